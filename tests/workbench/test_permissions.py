"""Every route × every responsibility × own and other objects, against expectations written by hand."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.workbench.people import LOGINS, Visitor, everything
from tests.workbench.permissions_expected import ALL, ROWS, Row, address
from workbench.permissions import ALLOWED, INSTALLATION, Actor, Held, Permission, Place, Responsibility, may

THROUGH = frozenset({200, 301, 302, 303, 422})
"""Got through: shown, done, or told that the form is not complete."""


def other_than(responsibility: str) -> str:
    return "lead" if responsibility != "lead" else "manager"


@pytest.mark.parametrize("responsibility", sorted(ALL))
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.endpoint}")
def test_only_the_expected_people_get_through_to_what_belongs_to_others(
    app: Flask, engine: Engine, row: Row, responsibility: str
) -> None:
    visitor = Visitor(app, LOGINS[responsibility])
    path = address(row, engine, other_than(responsibility))

    answer = visitor.get(path) if row.method == "GET" else visitor.post(path)

    if responsibility in row.others:
        assert answer.status_code in THROUGH
    else:
        assert answer.status_code == row.refused


@pytest.mark.parametrize("responsibility", sorted(ALL))
@pytest.mark.parametrize("row", [r for r in ROWS if r.own is not None], ids=lambda row: f"{row.method} {row.endpoint}")
def test_only_the_expected_people_get_through_to_their_own(
    app: Flask, engine: Engine, row: Row, responsibility: str
) -> None:
    visitor = Visitor(app, LOGINS[responsibility])
    path = address(row, engine, responsibility)

    answer = visitor.get(path) if row.method == "GET" else visitor.post(path)

    assert row.own is not None
    assert (answer.status_code in THROUGH) is (responsibility in row.own)


@pytest.mark.parametrize("row", [r for r in ROWS if not r.open], ids=lambda row: f"{row.method} {row.endpoint}")
def test_nobody_gets_through_without_signing_in(app: Flask, engine: Engine, row: Row) -> None:
    path = address(row, engine, "lead")
    visitor = Visitor(app)
    before = everything(engine)

    answer = visitor.get(path) if row.method == "GET" else visitor.post(path)

    asked = (303, "/signin") if row.method == "GET" else (401, "")
    assert answer.status_code == asked[0]
    assert asked[1] in answer.headers.get("Location", "")
    assert everything(engine) == before


def test_every_route_stands_in_the_expectations(app: Flask) -> None:
    routes = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }

    assert routes == {(row.method, row.endpoint) for row in ROWS}


def test_every_route_declares_a_permission_or_that_it_is_open(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint != "static":
            assert hasattr(view, "permission"), endpoint
            is_open = next(row.open for row in ROWS if row.endpoint == endpoint)
            assert (view.permission is None) is is_open, endpoint


@pytest.mark.parametrize("row", [r for r in ROWS if r.method == "GET"], ids=lambda row: row.endpoint)
def test_looking_changes_no_row(app: Flask, engine: Engine, row: Row) -> None:
    visitors = [Visitor(app, login) for login in LOGINS.values()]
    paths = [address(row, engine, who) for who in ("lead", "manager")]
    before = everything(engine)

    for visitor in visitors:
        for path in paths:
            visitor.get(path)

    assert everything(engine) == before


def test_every_permission_has_a_line() -> None:
    assert set(ALLOWED) == set(Permission)


def test_a_responsibility_reaches_what_lies_under_it_and_nothing_beside_it() -> None:
    lead = frozenset({Responsibility.LEAD})
    of_service = Actor("p", "P", (Held(lead, service="claims"),))
    of_review = Actor("p", "P", (Held(lead, review="r1"),))
    of_all = Actor("p", "P", (Held(lead),))

    places = [Place(service="claims"), Place(service="claims", review="r1"), Place(service="other"), INSTALLATION]
    reached = [[bool(actor.responsibilities(place)) for place in places] for actor in (of_service, of_review, of_all)]

    assert reached == [[True, True, False, False], [False, True, False, False], [True, True, True, True]]


def test_somebody_without_any_responsibility_may_only_look_after_themselves() -> None:
    somebody = Actor("p", "P")

    allowed = {
        permission for permission in Permission if may(somebody, permission, Place(service="claims", author="q"))
    }

    assert allowed == {Permission.SELF}

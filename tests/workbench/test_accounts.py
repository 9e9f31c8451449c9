"""How people come to have accounts: an administrator adds them, and they choose their own passwords by a link."""

import re
from html import unescape

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine

from tests.workbench.people import Visitor, everything
from workbench import database, example, record
from workbench.accounts import operations, store
from workbench.errors import Invalid, NotAllowed, NotFound

CHOSEN = "a sentence that only I know"
MARA = {"name": "Mara Lind", "login": "Mara"}


def link(page: str) -> str:
    found = re.search(r'href="http://localhost(/join/[^"]+)"', page)
    assert found
    return unescape(found[1])


def test_an_administrator_adds_a_person_who_chooses_a_password_and_signs_in(app: Flask, engine: Engine) -> None:
    owen, mara = Visitor(app, "owen"), Visitor(app)

    path = link(owen.post("/people/", MARA).text)
    shown = mara.get(path)
    joined = mara.post(path, {"password": CHOSEN})
    signed_in = mara.post("/signin", {"login": "mara", "password": CHOSEN})

    assert "Mara Lind" in shown.text
    assert (joined.status_code, joined.location) == (303, "/signin")
    assert signed_in.status_code == 303
    with database.reading(engine) as db:
        acts = [entry.act for entry in record.entries(db, 3)]
    assert acts == ["sign in", "choose password", "add person"]


def test_people_are_listed_with_what_they_are_and_whether_they_can_sign_in(app: Flask) -> None:
    owen = Visitor(app, "owen")
    owen.post("/people/", MARA)

    rows = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in owen.get("/people/").text.split("<tr>")]

    assert any(" ".join(row).startswith("Mara Lind mara nothing yet no password chosen yet") for row in rows)
    assert any("nora lead of household-claims chosen" in " ".join(row) for row in rows)


def test_a_link_works_once_and_until_a_newer_one_is_made(app: Flask, engine: Engine) -> None:
    owen, mara = Visitor(app, "owen"), Visitor(app)
    first = link(owen.post("/people/", MARA).text)
    with database.reading(engine) as db:
        found = store.by_login(db, "mara")
    assert found

    second = link(owen.post(f"/people/{found.id}/link").text)
    replaced = mara.post(first, {"password": CHOSEN})
    short = mara.post(second, {"password": "short"})
    used = mara.post(second, {"password": CHOSEN})
    twice = mara.post(second, {"password": "another sentence of mine"})

    assert [answer.status_code for answer in (replaced, short, used, twice)] == [404, 422, 303, 404]
    assert "has 12 to 128 characters" in short.text


def test_a_link_runs_out_after_seven_days(engine: Engine) -> None:
    with time_machine.travel("2026-03-02T09:00Z", tick=False):
        _person, token = operations.add_person(engine, example.actor(engine, "owen"), "mara", "Mara Lind")

    with time_machine.travel("2026-03-09T08:59Z", tick=False):
        assert operations.invited(engine, token).name == "Mara Lind"
    with time_machine.travel("2026-03-09T09:00Z", tick=False), pytest.raises(NotFound):
        operations.join(engine, token, CHOSEN)


def test_whoever_chooses_a_new_password_is_signed_out_everywhere(app: Flask, engine: Engine) -> None:
    lost = Visitor(app, "nora")
    token = operations.invite(engine, example.actor(engine, "owen"), "nora")

    operations.join(engine, token, CHOSEN)

    assert lost.get("/").location.startswith("/signin")
    assert operations.sign_in(engine, "nora", CHOSEN, "127.0.0.1", "")[0].id == "nora"


def test_only_an_administrator_adds_people_and_never_a_name_twice(engine: Engine) -> None:
    before = everything(engine)

    with pytest.raises(NotAllowed):
        operations.add_person(engine, example.actor(engine, "nora"), "mara", "Mara Lind")
    with pytest.raises(NotAllowed):
        operations.invite(engine, example.actor(engine, "nora"), "samir")
    with pytest.raises(Invalid, match="nora is taken"):
        operations.add_person(engine, example.actor(engine, "owen"), " Nora", "Another Nora")

    assert everything(engine) == before


def test_a_link_for_a_person_does_not_make_an_administrator(app: Flask, engine: Engine) -> None:
    token = operations.invite(engine, example.actor(engine, "owen"), "samir")

    shown = Visitor(app).get(f"/begin/{token}")
    with pytest.raises(NotFound):
        operations.begin(engine, token, "mallory", "Mallory", CHOSEN)

    assert shown.status_code == 404
    assert operations.invited(engine, token).id == "samir"

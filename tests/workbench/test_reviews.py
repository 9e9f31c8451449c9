"""Reviews: what is planned and drawn, how the scope is signed, and what outdates the signature."""

import re

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import Engine

from process_models.graph.edits import AddStep, ChangeStep, RemoveStep
from process_models.redesign.envelope import Envelope
from process_models.values.canonical import digest
from tests.building import step
from tests.workbench.people import Visitor
from tests.workbench.reviewing import PLAN, a_review, an_asked_review, criterion, found, scope_of
from workbench import database, example
from workbench.config import Settings
from workbench.data.example import PROCESS
from workbench.errors import Invalid, NotAllowed, NotPossible
from workbench.processes import operations as processes
from workbench.processes import store as process_rows
from workbench.reviews import operations, store
from workbench.reviews.example import REVIEW
from workbench.reviews.progress import scope_state
from workbench.signatures import Condition, Intent


def password(settings: Settings, login: str = "henrik") -> str:
    return example.example_passwords(settings)[login]


def intent(engine: Engine, id: str, **fields: object) -> Intent:
    return Intent(**{"shown": found(engine, id).asked_scope, "outcome": "approve", "reason": "It fits.", **fields})  # type: ignore[arg-type]


def sign(engine: Engine, settings: Settings, id: str, **fields: object):
    henrik = example.actor(engine, "henrik")
    return operations.sign_scope(engine, henrik, id, intent(engine, id, **fields), password(settings), "127.0.0.1")


def state_of(engine: Engine, id: str) -> tuple[str, list[str]]:
    with database.reading(engine) as db:
        judged = scope_state(db, store.find(db, id))["judgement"]
    return judged.standing, [change.path for change in judged.changes]


def test_a_scope_is_signed_on_what_was_shown(engine: Engine, installation: Settings):
    id = an_asked_review(engine)

    signed = sign(engine, installation, id)

    assert signed.pack == found(engine, id).asked_scope == signed.record.pack
    assert signed.record.reason != "It fits."
    assert state_of(engine, id) == ("current", [])


def test_later_detail_does_not_outdate_the_signature(engine: Engine, installation: Settings):
    id = an_asked_review(engine)
    sign(engine, installation, id)
    process, nora = found(engine, id).process, example.actor(engine, "nora")

    processes.edit(
        engine, nora, process, 1, AddStep(step("letter", role="claims handler"), after="check"), "more detail"
    )

    assert state_of(engine, id) == ("current", [])


def test_another_criterion_does_not_outdate_it_but_is_listed(engine: Engine, installation: Settings):
    id = an_asked_review(engine)
    sign(engine, installation, id)
    nora = example.actor(engine, "nora")

    operations.plan(engine, nora, id, 1, replace(PLAN, criteria=(criterion("0.95"),)), "The board asked for more.")

    assert state_of(engine, id) == ("earlier version", ["criteria.in-time.threshold"])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"last": ("end",)}, "last.0"),
        ({"locks": ()}, "locks.L1.target"),
        ({"envelope": Envelope(extra_heads=9)}, "envelope.extra_heads"),
        ({"excluded": ("Payments",)}, "excluded.0"),
    ],
)
def test_a_changed_boundary_lock_envelope_or_list_outdates_it(engine: Engine, installation: Settings, change, path):
    id = an_asked_review(engine)
    sign(engine, installation, id)

    operations.draw_scope(engine, example.actor(engine, "nora"), id, 1, scope_of(found(engine, id), **change))

    judged, paths = state_of(engine, id)
    assert judged == "outdated"
    assert path in paths


def test_a_boundary_step_that_is_gone_outdates_it(engine: Engine, installation: Settings):
    id = an_asked_review(engine)
    sign(engine, installation, id)
    process, nora = found(engine, id).process, example.actor(engine, "nora")

    processes.edit(engine, nora, process, 1, RemoveStep("take"), "no longer done")

    assert state_of(engine, id)[0] == "outdated"


def test_what_changed_after_it_was_submitted_cannot_be_signed(engine: Engine, installation: Settings):
    id = an_asked_review(engine)
    operations.draw_scope(engine, example.actor(engine, "nora"), id, 1, scope_of(found(engine, id), locks=()))

    with pytest.raises(NotPossible, match="changed after it was submitted"):
        sign(engine, installation, id)


def test_another_pack_than_the_one_shown_is_not_signed(engine: Engine, installation: Settings):
    id = an_asked_review(engine)

    with pytest.raises(NotPossible, match="Nothing was signed"):
        sign(engine, installation, id, shown="0" * 64)


def test_nobody_signs_a_scope_they_submitted_themselves(engine: Engine, installation: Settings):
    id = an_asked_review(engine, author="henrik")

    with pytest.raises(NotAllowed):
        sign(engine, installation, id)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reason": " "}, "reason"),
        ({"outcome": "approve with conditions"}, "condition"),
        ({"outcome": "defer"}, "date"),
    ],
)
def test_an_outcome_without_what_it_needs_is_refused(engine: Engine, installation: Settings, fields, says):
    with pytest.raises(Invalid, match=says):
        sign(engine, installation, an_asked_review(engine), **fields)


def test_conditions_stand_in_the_signed_record_and_the_reason_only_as_a_hash(engine: Engine, installation: Settings):
    condition = Condition("Pilot first", "claims handler", "2027-01-31")

    signed = sign(
        engine, installation, an_asked_review(engine), outcome="approve with conditions", conditions=(condition,)
    )

    assert signed.record.conditions == (condition,)
    assert digest(signed.record) == signed.signed


def test_frozen_criteria_change_only_with_a_reason(engine: Engine, installation: Settings):
    id = an_asked_review(engine)
    sign(engine, installation, id)

    with pytest.raises(Invalid, match="frozen"):
        operations.plan(engine, example.actor(engine, "nora"), id, 1, replace(PLAN, criteria=(criterion("0.5"),)))


def test_a_scope_without_boundary_or_criteria_is_not_submitted(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_review(engine)

    with pytest.raises(NotPossible, match="first and the last"):
        operations.submit_scope(engine, nora, id)
    operations.draw_scope(engine, nora, id, 0, scope_of(found(engine, id)))
    with pytest.raises(NotPossible, match="no criterion"):
        operations.submit_scope(engine, nora, id)


def test_a_boundary_that_no_case_can_follow_is_refused(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_review(engine)

    with pytest.raises(Invalid, match="No way leads"):
        operations.draw_scope(engine, nora, id, 0, scope_of(found(engine, id), first="pay", last=("take",)))


def test_two_leads_do_not_overwrite_each_other(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_review(engine)
    operations.plan(engine, nora, id, 0, PLAN)

    with pytest.raises(NotPossible, match="Nothing was overwritten"):
        operations.plan(engine, nora, id, 0, replace(PLAN, aims=()))


def test_a_renamed_step_leaves_the_signature_current(engine: Engine, installation: Settings):
    id = an_asked_review(engine)
    sign(engine, installation, id)
    process, nora = found(engine, id).process, example.actor(engine, "nora")
    with database.reading(engine) as db:
        graph = process_rows.graph(db, process_rows.head(db, process))

    processes.edit(
        engine, nora, process, 1, ChangeStep(replace(graph.by_id["take"], name="Take the call")), "a better name"
    )

    assert state_of(engine, id) == ("current", [])


def test_the_whole_way_of_plan_and_scope_works_in_pages(app: Flask, engine: Engine, installation: Settings):
    id = a_review(engine)
    lead, henrik = Visitor(app, "nora"), Visitor(app, "henrik")
    sent = [
        (f"/reviews/{id}/plan/aim", {"text": "Decide faster", "base": "0"}),
        (
            f"/reviews/{id}/plan/feature",
            {
                "name": "Time",
                "weight": "2",
                "outcome": "time",
                "best": "48",
                "worst": "480",
                "source": "survey",
                "grade": "B",
                "base": "1",
            },
        ),
        (
            f"/reviews/{id}/plan/criterion",
            {
                "name": "In time",
                "measure": "promise",
                "direction": "at least",
                "threshold": "90",
                "tolerance": "2",
                "base": "2",
            },
        ),
        (
            f"/reviews/{id}/scope",
            {"first": "take", "last": ["pay", "refused"], "included": "refunds", "extra_heads": "2", "base": "0"},
        ),
        (f"/reviews/{id}/scope/locks", {"target": "step:second", "reason": "The code asks for it", "base": "1"}),
        (f"/reviews/{id}/scope/submit", {}),
    ]

    assert [lead.post(path, data).status_code for path, data in sent] == [303] * 6
    page = henrik.get(f"/reviews/{id}/scope").text
    shown = re.search(r'name="shown"[^>]*value="(\w+)"', page)
    assert shown is not None
    form = {"shown": shown.group(1), "outcome": "approve", "reason": "It fits."}
    wrong = henrik.post(f"/reviews/{id}/scope/sign", {**form, "password": "wrong"})
    right = henrik.post(f"/reviews/{id}/scope/sign", {**form, "password": password(installation)})

    assert (wrong.status_code, right.status_code) == (403, 303)
    assert "It fits." in wrong.text
    assert "The scope is signed" in lead.get(f"/reviews/{id}/scope").text
    assert "90%" in lead.get(f"/reviews/{id}/").text


def test_the_decision_maker_finds_the_scope_under_waiting_for_you(app: Flask, engine: Engine):
    an_asked_review(engine)

    assert "Agree the scope of" in Visitor(app, "henrik").get("/").text
    assert "Agree the scope of" not in Visitor(app, "samir").get("/").text


@pytest.mark.parametrize("measure", ["wait", "nonsense"])
def test_the_map_of_a_review_shows_what_the_map_of_its_process_shows(app: Flask, measure: str):
    nora = Visitor(app, "nora")
    asked = f"map?heat={measure}&step=second-check"

    ours, theirs = (nora.get(f"{at}/{asked}") for at in (f"/reviews/{REVIEW}", f"/processes/{PROCESS}"))

    assert ours.status_code == theirs.status_code == 200
    for mark in ('class="step wait', "a clock starts or stops", 'id="card-title"', "heat=cost&amp;step=second-check"):
        assert mark in ours.text
        assert mark in theirs.text

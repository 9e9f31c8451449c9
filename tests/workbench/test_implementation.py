"""Implementation: actions from the difference of two designs, their owners, going live, and what deviates."""

from datetime import timedelta

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import Engine

from process_models.graph.edits import ChangeStep
from process_models.redesign.moves import Remove
from process_models.values.canonical import digest
from tests.workbench.deciding import a_recommendation, decided, found, pack
from tests.workbench.people import Visitor
from tests.workbench.reviewing import a_review, refunds
from workbench import database, example
from workbench.config import Settings
from workbench.errors import Invalid, NotAllowed, NotPossible
from workbench.implementation import operations, store
from workbench.implementation.model import Action, Intent, Rollout, proposed
from workbench.implementation.routes import progress, waiting
from workbench.processes import operations as processes
from workbench.processes import store as process_rows
from workbench.reviews import store as reviews

DAY = database.now().date()
INTENT = Intent(kind="train", text="Train two handlers", owner="grace", due=DAY + timedelta(days=20))
ROLLOUT = Rollout(
    way="pilot", start=DAY, back="The check is done again.", trigger="more than 5% refunded twice", who="grace"
)


@pytest.fixture
def decided_review(engine: Engine, installation: Settings) -> str:
    """Return a review with an approved recommendation."""
    id = a_recommendation(engine)
    decided(engine, installation, id, digest(pack(engine, id)))
    return found(engine, id).review


def written(engine: Engine, review: str, intent: Intent = INTENT) -> Action:
    operations.write(engine, example.actor(engine, "nora"), review, [intent])
    with database.reading(engine) as db:
        return store.actions(db, review)[-1]


def to_do(engine: Engine, review: str):
    with database.reading(engine) as db:
        return operations.to_do(db, reviews.find(db, review))


def test_actions_follow_from_each_change_with_training_and_a_briefing():
    before = refunds()
    steps = tuple(
        replace(step, role="senior", name="Check well") if step.id == "check" else step for step in before.graph.steps
    )
    after = replace(before, graph=replace(before.graph, steps=steps))

    follows = proposed(before, after)

    assert [(one.kind, one.text, one.step) for one in follows] == [
        ("change", "Change step “Check well”", "check"),
        ("train", "Train senior in “Check well”", ""),
        ("brief", "Brief claims handler, senior on what changes and from when", ""),
    ]
    assert "role claims handler → senior" in follows[0].origin
    assert proposed(before, before) == ()


def test_the_ways_of_cases_change_together():
    before = refunds()
    after = Remove("check").apply(before)

    assert [one.text for one in proposed(before, after)] == [
        "Stop step “Check”",
        "Lead cases the new way: “Take → Decide”",
        "Brief claims handler, senior on what changes and from when",
    ]


def test_what_was_decided_becomes_actions_once(engine: Engine, decided_review: str):
    follows = to_do(engine, decided_review)
    first = follows[0]

    written(engine, decided_review, replace(INTENT, kind=first.kind, text=first.text, origin=first.origin))

    assert first.text == "Stop step “Check”"
    assert [one.text for one in to_do(engine, decided_review)] == [one.text for one in follows[1:]]


def test_without_an_approval_there_is_nothing_to_do(engine: Engine):
    review = a_review(engine)

    assert to_do(engine, review) == ()
    with pytest.raises(NotPossible, match="Nothing is approved"):
        written(engine, review)


def test_actions_of_an_outdated_approval_are_no_longer_proposed(engine: Engine, decided_review: str):
    with database.reading(engine) as db:
        process = reviews.find(db, decided_review).process
        head = process_rows.head(db, process)
        step = process_rows.graph(db, head).by_id["pay"]
    nora = example.actor(engine, "nora")
    new = processes.edit(engine, nora, process, head.n, ChangeStep(replace(step, role="senior")), "changed")
    processes.tag(engine, nora, process, new.n, "Newer", True)

    assert to_do(engine, decided_review) == ()


def test_an_action_belongs_to_somebody_of_the_service(engine: Engine, decided_review: str):
    with pytest.raises(Invalid, match="belongs to this service"):
        written(engine, decided_review, replace(INTENT, owner="otto"))
    with pytest.raises(Invalid, match="what is done"):
        replace(INTENT, text=" ")


def test_an_action_is_closed_by_its_owner_or_the_lead_with_words(engine: Engine, decided_review: str):
    id = written(engine, decided_review).id

    with pytest.raises(NotAllowed, match="its owner or by the lead"):
        operations.close(engine, example.actor(engine, "samir"), id, "done", "It is.")
    with pytest.raises(Invalid, match="what came of it"):
        operations.close(engine, example.actor(engine, "grace"), id, "done", " ")
    operations.close(engine, example.actor(engine, "grace"), id, "done", "Both were trained.")
    with pytest.raises(NotPossible, match="closed already"):
        operations.close(engine, example.actor(engine, "nora"), id, "dropped", "No need.")

    with database.reading(engine) as db:
        assert (store.find(db, id).state, store.find(db, id).note) == ("done", "Both were trained.")


def test_an_open_action_waits_for_its_owner_by_its_date(app: Flask, engine: Engine, decided_review: str):
    id = written(engine, decided_review).id

    with app.test_request_context(), database.reading(engine) as db:
        due = {
            who: [one.due for one in waiting(db, example.actor(engine, who)) if id in one.url]
            for who in ("grace", "nora", "samir")
        }

    assert due == {"grace": [INTENT.due], "nora": [], "samir": []}


def test_a_change_goes_live_with_a_way_back_and_open_actions_only_with_a_reason(engine: Engine, decided_review: str):
    nora = example.actor(engine, "nora")
    written(engine, decided_review)

    with pytest.raises(Invalid, match="taken back"):
        replace(ROLLOUT, back=" ")
    with pytest.raises(NotPossible, match="Plan first"):
        operations.go_live(engine, nora, decided_review, DAY, "")
    operations.plan_rollout(engine, nora, decided_review, ROLLOUT)
    with pytest.raises(NotPossible, match="1 still open"):
        operations.go_live(engine, nora, decided_review, DAY, "")
    with pytest.raises(Invalid, match="today or earlier"):
        operations.go_live(engine, nora, decided_review, DAY + timedelta(days=3), "x")
    operations.go_live(engine, nora, decided_review, DAY, "Training follows on Friday.")
    with pytest.raises(NotPossible, match="live since"):
        operations.go_live(engine, nora, decided_review, DAY, "again")

    with database.reading(engine) as db:
        assert store.newest_rollout(db, decided_review).live == DAY


def test_a_deviation_outside_of_what_was_signed_is_refused_with_the_way_on(engine: Engine, decided_review: str):
    samir = example.actor(engine, "samir")

    operations.put_down(engine, samir, decided_review, "quick fix", DAY, "A shorter letter", "Nobody read it", False)
    operations.put_down(engine, samir, decided_review, "deviation", DAY, "Two checks stay", "New staff", True)
    with pytest.raises(NotPossible, match="decided again"):
        operations.put_down(engine, samir, decided_review, "deviation", DAY, "No second check", "Faster", False)
    with pytest.raises(Invalid, match="what was done, and why"):
        operations.put_down(engine, samir, decided_review, "quick fix", DAY, "Something", " ", True)

    with database.reading(engine) as db:
        assert {one.text for one in store.notes(db, decided_review)} == {"A shorter letter", "Two checks stay"}


# Pages


def test_from_the_decision_to_going_live_on_the_pages(app: Flask, engine: Engine, decided_review: str):
    nora, page = Visitor(app, "nora"), f"/reviews/{decided_review}/implementation"
    shown = nora.get(page).text
    assert "Stop step “Check”" in shown

    due = (DAY + timedelta(days=10)).isoformat()
    taken = nora.post(f"/reviews/{decided_review}/actions/take", {"take": ["0", "1"], "owner": "grace", "due": due})
    assert taken.status_code == 303
    with database.reading(engine) as db:
        actions = store.actions(db, decided_review)
    assert [one.owner for one in actions] == ["grace", "grace"]
    grace = Visitor(app, "grace")
    assert f"/actions/{actions[0].id}" in grace.get("/").text
    assert "Could be SMARTer" in grace.get(f"/actions/{actions[0].id}").text
    for one in actions:
        closed = grace.post(f"/actions/{one.id}/close", {"state": "done", "note": "Done as agreed."})
        assert closed.status_code == 303
    plan = {"way": "at once", "start": DAY.isoformat(), "back": "As before.", "trigger": "5%", "who": "grace"}
    assert nora.post(f"/reviews/{decided_review}/rollout", plan).status_code == 303
    assert nora.post(f"/reviews/{decided_review}/live", {"day": DAY.isoformat(), "reason": ""}).status_code == 303

    assert "Live since" in nora.get(page).text
    with app.test_request_context(), database.reading(engine) as db:
        assert progress(db, reviews.find(db, decided_review)).done


def test_what_was_typed_stays_where_something_is_missing(app: Flask, decided_review: str):
    nora = Visitor(app, "nora")

    answer = nora.post(f"/reviews/{decided_review}/actions", {"kind": "train", "text": "Train them", "owner": "grace"})

    assert answer.status_code == 422
    assert 'value="Train them"' in answer.text
    assert "Choose a day." in answer.text

"""Questions: who is asked, blind answers, one-use links, what closing needs."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from tests.workbench.people import Visitor
from tests.workbench.reviewing import a_question, a_review
from workbench import database, example
from workbench.errors import Invalid, NotAllowed, NotFound, NotPossible
from workbench.questions import operations, store
from workbench.questions.model import Answer, Given, Settled, by_side, differ
from workbench.questions.routes import waiting
from workbench.reviews import store as reviews

GIVEN = Given(view="change", reason="Nobody reads it.", basis="C")
SETTLED = Settled(closed_as="explored", disposition="keep", grade="C", closing="It stays.")


def answers(engine: Engine, id: str) -> list[Answer]:
    with database.reading(engine) as db:
        return store.answers(db, id)


def an_answer(side, view):
    return Answer(f"{side}{view}", "q", None, side, view, "so", "C", "1", "2", "3", "", database.now())


def test_triggers_propose_questions_and_asking_them_takes_them_off_the_list(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_review(engine)
    with database.reading(engine) as db:
        review = reviews.find(db, id)
        before = operations.proposed(db, review, operations.looks(db, review))
    chosen = before[0]

    count = operations.ask(engine, nora, id, frozenset({(chosen.step, chosen.question.id)}))

    with database.reading(engine) as db:
        after = operations.proposed(db, review, operations.looks(db, review))
        [asked] = store.questions(db, id)
    assert count == 1
    assert (asked.step, asked.text, asked.evidence) == (chosen.step, chosen.question.text, chosen.prompt.text)
    assert (chosen.step, chosen.question.id) not in {(one.step, one.question.id) for one in after}


def test_views_reach_the_triggers_from_three_answers_on_and_without_persons(engine: Engine):
    id = a_question(engine)
    found = []
    for n, (as_what, view) in enumerate([("doer", "keep"), ("manager", "remove"), ("manager", "change")]):
        with database.transaction(engine) as db:
            store.add_answer(db, Answer(f"a{n}", id, None, as_what, view, "so", "C", "", "", "", "", database.now()))
            review = reviews.find(db, store.find(db, id).review)
            looks = {one.trigger.id: one for one in operations.looks(db, review)}
        found.append([prompt.step for prompt in looks["T38"].prompts])

    assert found == [[], [], ["check"]]


def test_people_who_do_the_step_and_managers_are_asked_and_nobody_else(engine: Engine):
    id = a_question(engine)
    with database.reading(engine) as db:
        question = store.find(db, id)
        sides = {
            login: operations.side(db, example.actor(engine, login), question)
            for login in ("samir", "grace", "nora", "henrik", "lucia")
        }

    assert sides == {"samir": "doer", "grace": "manager", "nora": None, "henrik": None, "lucia": None}


def test_somebody_who_does_not_do_the_step_is_refused(engine: Engine):
    id = a_question(engine)
    with database.transaction(engine) as db:
        db.execute(store.question.update().where(store.question.c.id == id).values(step="second"))

    with pytest.raises(NotAllowed, match="asked of people who do the step"):
        operations.answer(engine, example.actor(engine, "samir"), id, GIVEN)


def test_an_answer_is_given_once(engine: Engine):
    id, samir = a_question(engine), example.actor(engine, "samir")
    operations.answer(engine, samir, id, GIVEN)

    with pytest.raises(NotPossible, match="once"):
        operations.answer(engine, samir, id, GIVEN)
    assert [one.view for one in answers(engine, id)] == ["change"]


def test_a_link_works_once_and_nobody_learns_who_used_it(engine: Engine):
    id, nora = a_question(engine), example.actor(engine, "nora")
    token = operations.make_link(engine, nora, id, "doer")

    operations.answer_by_link(engine, token, GIVEN)

    with pytest.raises(NotFound, match="has been used"):
        operations.answer_by_link(engine, token, GIVEN)
    [one] = answers(engine, id)
    assert (one.person, one.side) == (None, "doer")


def test_only_the_hash_of_a_link_is_kept(engine: Engine):
    id = a_question(engine)
    token = operations.make_link(engine, example.actor(engine, "nora"), id, "manager")

    with database.reading(engine) as db:
        kept = list(db.scalars(select(store.answer_link.c.id)))
    assert token not in kept
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reason": " "}, "sentence why"),
        ({"good": "3", "usual": "2", "bad": "4"}, "from good over usual to bad"),
        ({"usual": "2"}, "all three"),
    ],
)
def test_an_answer_needs_a_reason_and_an_estimate_in_order(fields, says):
    with pytest.raises(Invalid, match=says):
        Given(**{"view": "keep", "reason": "so", "basis": "D", **fields})


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"closing": ""}, "why"),
        ({"disposition": None}, "disposition"),
        ({"grade": None}, "grade"),
        ({"disposition": "change"}, "what follows"),
    ],
)
def test_closing_needs_disposition_evidence_and_what_follows(fields, says):
    with pytest.raises(Invalid, match=says):
        Settled(**{"closed_as": "explored", "disposition": "keep", "grade": "C", "closing": "so", **fields})


def test_a_question_set_aside_needs_a_reason_only():
    assert Settled(closed_as="set aside", disposition=None, grade=None, closing="Not in scope.").disposition is None


def test_a_closed_question_takes_no_answer_until_it_is_opened_again(engine: Engine):
    id, nora, samir = a_question(engine), example.actor(engine, "nora"), example.actor(engine, "samir")
    operations.settle(engine, nora, id, SETTLED)

    with pytest.raises(NotPossible, match="closed"):
        operations.answer(engine, samir, id, GIVEN)
    operations.reopen(engine, nora, id)
    operations.answer(engine, samir, id, GIVEN)

    assert len(answers(engine, id)) == 1


def test_two_leads_close_a_question_once(engine: Engine):
    id, nora = a_question(engine), example.actor(engine, "nora")
    operations.settle(engine, nora, id, SETTLED)

    with pytest.raises(NotPossible, match="closed"):
        operations.settle(engine, nora, id, SETTLED)


def test_sides_are_counted_without_persons_and_a_difference_is_seen():
    views = [an_answer("doer", "change"), an_answer("doer", "change"), an_answer("manager", "keep")]

    doers, managers = by_side(views)

    assert (doers.counts["change"], managers.counts["keep"], managers.counts["change"]) == (2, 1, 0)
    assert differ(views)
    assert not differ(views[:2])
    assert not differ([*views[:2], an_answer("manager", "cannot say")])


def test_others_see_answers_only_after_their_own_and_from_three_on(app: Flask, engine: Engine):
    id, nora = a_question(engine), example.actor(engine, "nora")
    form = {"view": "change", "reason": "Nobody reads it.", "basis": "C"}
    samir = Visitor(app, "samir")
    for side in ("doer", "manager"):
        operations.answer_by_link(engine, operations.make_link(engine, nora, id, side), GIVEN)
    before = samir.get(f"/questions/{id}").text

    assert samir.post(f"/questions/{id}/answer", form).status_code == 303
    after = samir.get(f"/questions/{id}").text

    assert "What the two sides say" not in before
    assert "What the two sides say" in after
    assert "Answers, for you to read first" not in after
    assert "Answers, for you to read first" in Visitor(app, "nora").get(f"/questions/{id}").text


def test_a_draft_is_kept_and_shown_to_nobody_else(app: Flask, engine: Engine):
    id = a_question(engine)
    samir = Visitor(app, "samir")

    kept = samir.post(f"/questions/{id}/answer", {"reason": "half a thought", "draft": "1"})

    assert kept.status_code == 303
    assert "half a thought" in samir.get(f"/questions/{id}").text
    assert "half a thought" not in Visitor(app, "grace").get(f"/questions/{id}").text
    assert answers(engine, id) == []


def test_the_answer_page_needs_three_things_and_works_behind_a_link(app: Flask, engine: Engine):
    id = a_question(engine)
    shown = Visitor(app, "nora").post(f"/questions/{id}/link", {"side": "doer"}).text
    found = re.search(r'href="http://localhost(/answer/[^"]+)"', shown)
    assert found is not None
    stranger = Visitor(app)

    nothing = stranger.post(found.group(1), {})
    sent = stranger.post(found.group(1), {"view": "keep", "reason": "It works.", "basis": "C"})
    again = stranger.get(found.group(1))

    assert len(re.findall(r'<a href="#(?:view|reason|basis)', nothing.text)) == 3
    assert (nothing.status_code, sent.status_code, again.status_code) == (422, 200, 404)


def test_at_most_ten_questions_wait_for_a_person(app: Flask, engine: Engine):
    for _ in range(12):
        a_question(engine)

    with app.test_request_context(), database.reading(engine) as db:
        items = waiting(db, example.actor(engine, "samir"))

    assert len(items) == 10


def test_the_lead_settles_a_question_in_pages(app: Flask, engine: Engine):
    id = a_question(engine)
    nora = Visitor(app, "nora")

    refused = nora.post(
        f"/questions/{id}/settle", {"closed_as": "explored", "disposition": "change", "grade": "C", "closing": "so"}
    )
    closed = nora.post(
        f"/questions/{id}/settle",
        {"closed_as": "explored", "disposition": "change", "grade": "C", "closing": "so", "follow_up": "Option A"},
    )

    assert (refused.status_code, closed.status_code) == (422, 303)
    assert "what follows" in refused.text
    assert "Option A" in nora.get(closed.location).text

"""Findings: right of reply, what accepting needs, what becomes of them, and conclusions on frozen criteria."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import Engine

from tests.workbench.deciding import with_signed_scope
from tests.workbench.people import Visitor
from tests.workbench.reviewing import (
    FOUND,
    PLAN,
    a_finding,
    a_finding_with_teams,
    a_question,
    a_review,
    an_accepted_finding,
    criterion,
)
from workbench import database, example
from workbench.errors import Invalid, NotAllowed, NotPossible
from workbench.findings import operations, store
from workbench.findings.model import Concluded, Conclusion, Finding, checked, working_days_after
from workbench.findings.routes import progress, waiting
from workbench.questions import operations as questions
from workbench.questions import store as question_rows
from workbench.questions.model import Settled
from workbench.reviews import operations as review_operations
from workbench.reviews import store as reviews


def found(engine: Engine, id: str) -> Finding:
    with database.reading(engine) as db:
        return store.find(db, id)


def concluded(finding: str, low="0.95", high="0.97", **fields) -> Concluded:
    told = {"criterion": "in-time", "findings": (finding,), "grade": "A", "source": "the log of May"}
    return Concluded(**{**told, "low": low, "high": high, **fields})


def a_conclusion(low, high) -> Conclusion:
    said = concluded("f", low, high)
    fields = {name: getattr(said, name) for name in said.__struct_fields__}
    return Conclusion(review="r", n=1, **fields, author="nora", at=database.now())


def check(engine: Engine, review: str):
    with database.reading(engine) as db:
        return operations.check(db, reviews.find(db, review))


@pytest.mark.parametrize(("fields", "says"), [({"text": " "}, "what is shown"), ({"evidence": ""}, "what shows it")])
def test_a_finding_needs_words_and_what_shows_them(fields, says):
    with pytest.raises(Invalid, match=says):
        replace(FOUND, **fields)


@pytest.mark.parametrize(
    ("fields", "says"), [({"steps": ("nowhere",)}, "“nowhere”"), ({"teams": ("strangers",)}, "“strangers”")]
)
def test_a_finding_names_steps_and_teams_of_the_process_only(engine: Engine, fields, says):
    with pytest.raises(Invalid, match=says):
        a_finding(engine, written=replace(FOUND, **fields))


def test_a_finding_that_names_a_team_is_accepted_only_after_it_had_its_say(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_finding(engine)

    with pytest.raises(NotPossible, match="5 working days"):
        operations.accept(engine, nora, id)
    operations.put_to_teams(engine, nora, id)
    with pytest.raises(NotPossible, match="waits for claims handler"):
        operations.accept(engine, nora, id)
    operations.reply(engine, example.actor(engine, "samir"), id, "claims handler", True, "")
    operations.accept(engine, nora, id)

    assert found(engine, id).state == "accepted"


def test_a_team_that_says_nothing_holds_nothing_up_for_ever(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_finding_with_teams(engine)
    last = found(engine, id).reply_by

    with time_machine.travel(database.now() + (last - database.now().date()) + timedelta(days=1)):
        operations.accept(engine, nora, id)

    assert found(engine, id).accepted


def test_five_working_days_leave_the_weekend_out():
    days = [working_days_after(database.now().date() + timedelta(days=n), 5) for n in range(7)]

    assert all(day.weekday() < 5 for day in days)
    assert {(day - database.now().date() - timedelta(days=n)).days for n, day in enumerate(days)} == {5, 6, 7}


def test_only_teams_that_are_named_reply_and_once(engine: Engine):
    id, samir = a_finding_with_teams(engine), example.actor(engine, "samir")

    with pytest.raises(NotAllowed, match="put to the teams"):
        operations.reply(engine, samir, id, "senior", True, "")
    with pytest.raises(Invalid, match="not accurate"):
        operations.reply(engine, samir, id, "claims handler", False, " ")
    operations.reply(engine, samir, id, "claims handler", False, "It was 36 of 40.")
    with pytest.raises(NotPossible, match="once"):
        operations.reply(engine, samir, id, "claims handler", True, "")
    with database.reading(engine) as db:
        [kept] = store.replies(db, id)
    assert (kept.accurate, kept.text) == (False, "It was 36 of 40.")


def test_changed_words_go_to_the_teams_again_and_replies_stay(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_finding_with_teams(engine)
    operations.reply(engine, example.actor(engine, "samir"), id, "claims handler", False, "It was 36 of 40.")

    operations.correct(engine, nora, id, replace(FOUND, evidence="Of 40 files, 36 passed unchanged."))

    after = found(engine, id)
    assert (after.reply_by, after.evidence) == (None, "Of 40 files, 36 passed unchanged.")
    with database.reading(engine) as db:
        assert len(store.replies(db, id)) == 1
    with pytest.raises(NotPossible, match="Put it to the teams"):
        operations.accept(engine, nora, id)


def test_accepted_words_stay(engine: Engine):
    id = an_accepted_finding(engine, a_review(engine))

    with pytest.raises(NotPossible, match="is accepted"):
        operations.correct(engine, example.actor(engine, "nora"), id, FOUND)


def test_what_is_not_accepted_can_only_be_rejected_and_with_a_reason(engine: Engine):
    nora, id = example.actor(engine, "nora"), a_finding(engine)

    with pytest.raises(NotPossible, match="Only an accepted"):
        operations.settle(engine, nora, id, "parked", "For next year.")
    with pytest.raises(Invalid, match="Write why"):
        operations.settle(engine, nora, id, "rejected", " ")
    operations.settle(engine, nora, id, "rejected", "The sample was of one week only.")

    assert found(engine, id).state == "rejected"


def test_a_finding_waits_for_its_team_with_a_date_and_for_nobody_else(app: Flask, engine: Engine):
    id = a_finding_with_teams(engine)

    with app.test_request_context(), database.reading(engine) as db:
        due = {
            login: [one.due for one in waiting(db, example.actor(engine, login)) if id in one.url]
            for login in ("samir", "grace", "nora", "henrik", "lucia")
        }

    until = [found(engine, id).reply_by]
    assert due == {"samir": until, "grace": until, "nora": [], "henrik": [], "lucia": []}


def test_criteria_are_held_as_they_were_frozen(engine: Engine):
    nora, review = example.actor(engine, "nora"), with_signed_scope(engine)
    finding = an_accepted_finding(engine, review)
    assert [one.verdict for one in check(engine, review)] == ["not evidenced"]

    operations.conclude(engine, nora, review, concluded(finding, "0.91", "0.93"))
    stricter = replace(PLAN, criteria=(criterion("0.99"),))
    review_operations.plan(engine, nora, review, 1, stricter, "The board asks for more.")

    [one] = check(engine, review)
    assert (one.verdict, one.criterion.threshold, one.changed_to.threshold) == ("met", "0.9", "0.99")


def test_the_newest_conclusion_counts_and_the_earlier_stay(engine: Engine):
    nora, review = example.actor(engine, "nora"), with_signed_scope(engine)
    finding = an_accepted_finding(engine, review)

    operations.conclude(engine, nora, review, concluded(finding))
    operations.conclude(engine, nora, review, concluded(finding, "0.5", "0.6"))

    assert [one.verdict for one in check(engine, review)] == ["not met"]
    with database.reading(engine) as db:
        assert [one.n for one in store.conclusions(db, review)] == [1, 2]


def test_nothing_is_concluded_before_criteria_are_frozen_or_without_an_accepted_finding(engine: Engine):
    nora = example.actor(engine, "nora")
    unsigned, signed = a_review(engine), with_signed_scope(engine)
    written = a_finding(engine, signed)

    with pytest.raises(NotPossible, match="freeze when the scope is signed"):
        operations.conclude(engine, nora, unsigned, concluded(an_accepted_finding(engine, unsigned)))
    with pytest.raises(Invalid, match="accepted findings"):
        operations.conclude(engine, nora, signed, concluded(written))
    with pytest.raises(Invalid, match="at least one accepted finding"):
        concluded("x", findings=())
    with pytest.raises(Invalid, match="frozen with the scope"):
        operations.conclude(engine, nora, signed, concluded(an_accepted_finding(engine, signed), criterion="other"))


@pytest.mark.parametrize(
    ("low", "high", "verdict", "close"),
    [
        ("0.9", "0.95", "met", False),
        ("0.88", "0.92", "not certain", False),
        ("0.8", "0.88", "not met", True),
        ("0.8", "0.84", "not met", False),
    ],
)
def test_a_range_is_held_against_threshold_and_tolerance(low, high, verdict, close):
    frozen = replace(criterion(), tolerance="0.05")

    [one] = checked((frozen,), (frozen,), {frozen.id: a_conclusion(low, high)})

    assert (one.verdict, one.close, one.changed_to) == (verdict, close, None)


# Pages


def test_a_settled_question_begins_a_finding(app: Flask, engine: Engine):
    question = a_question(engine)
    with database.reading(engine) as db:
        review = question_rows.find(db, question).review
    settled = Settled(closed_as="explored", disposition="keep", grade="C", closing="It catches one in ten.")
    questions.settle(engine, example.actor(engine, "nora"), question, settled)
    nora = Visitor(app, "nora")

    page = nora.get(f"/reviews/{review}/findings?from=question/{question}").text
    assert "It catches one in ten.</textarea>" in page.replace("\r\n", "")
    sent = {
        "source": f"question/{question}",
        "text": "It catches one in ten.",
        "evidence": "They say so.",
        "grade": "C",
    }
    answer = nora.post(f"/reviews/{review}/findings", {**sent, "steps": "check", "teams": "claims handler"})

    assert answer.status_code == 303
    with database.reading(engine) as db:
        [made] = store.findings(db, review)
    assert (made.source, made.steps, made.teams) == (f"question/{question}", ("check",), ("claims handler",))
    assert f'href="/questions/{question}"' in nora.get(answer.location).text
    assert "Settled questions that are no finding yet" not in nora.get(f"/reviews/{review}/findings").text


def test_one_of_the_team_replies_on_the_page_and_stays_unnamed(app: Flask, engine: Engine):
    id = a_finding_with_teams(engine)
    samir, nora = Visitor(app, "samir"), Visitor(app, "nora")
    assert f"/findings/{id}" in samir.get("/").text

    answer = samir.post(f"/findings/{id}/reply", {"team": "claims handler", "accurate": "no", "text": "36 of 40."})

    assert answer.status_code == 303
    assert f"/findings/{id}" not in samir.get("/").text
    shown = re.search(r"<main.*</main>", nora.get(f"/findings/{id}").text, re.DOTALL)
    assert shown
    assert "36 of 40." in shown[0]
    assert "Samir" not in shown[0]


def test_a_finding_is_not_shown_to_a_member_before_it_is_put_to_the_team(app: Flask, engine: Engine):
    id = a_finding(engine)

    assert Visitor(app, "samir").get(f"/findings/{id}").status_code == 404


def test_figures_of_a_conclusion_are_typed_in_the_unit_of_the_measure(app: Flask, engine: Engine):
    review = with_signed_scope(engine)
    finding = an_accepted_finding(engine, review)
    nora = Visitor(app, "nora")

    sent = {"criterion": "in-time", "low": "91", "high": "93.5", "findings": finding, "grade": "A", "source": "a log"}
    answer = nora.post(f"/reviews/{review}/conclusions", sent)

    assert answer.status_code == 303
    [one] = check(engine, review)
    assert (one.conclusion.low, one.conclusion.high, one.verdict) == ("0.91", "0.935", "met")
    assert "91% to 94%" in nora.get(f"/reviews/{review}/findings").text.replace("\N{NO-BREAK SPACE}", "")


def test_the_stage_ends_when_findings_are_accepted_and_every_criterion_is_concluded(app: Flask, engine: Engine):
    nora, review = example.actor(engine, "nora"), with_signed_scope(engine)

    def missing() -> list[str]:
        with app.test_request_context(), database.reading(engine) as db:
            return [need.words for need in progress(db, reviews.find(db, review)).needs if not need.done]

    before = missing()
    finding = an_accepted_finding(engine, review)
    between = missing()
    operations.conclude(engine, nora, review, concluded(finding))

    assert before == ["A finding accepted", "A conclusion on every frozen criterion"]
    assert between == ["A conclusion on every frozen criterion"]
    assert missing() == []

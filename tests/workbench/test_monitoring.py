"""Monitoring: promised against actual, readings, the look back, and what closing needs."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine

from process_models.values.canonical import digest
from simulations.experiments import Result
from tests.workbench.deciding import WORDS, a_recommendation, an_action, change_baseline, decided, found, pack
from tests.workbench.people import Visitor
from tests.workbench.reviewing import a_review, an_accepted_finding, criterion
from workbench import database, example
from workbench.config import Settings
from workbench.errors import Invalid, NotPossible
from workbench.findings import operations as findings
from workbench.findings import store as finding_rows
from workbench.implementation import operations as implementation
from workbench.implementation.model import Rollout
from workbench.monitoring import operations, store
from workbench.monitoring.model import Reading, benefit, pasted
from workbench.monitoring.routes import progress, signs, waiting
from workbench.reviews import store as reviews

TODAY = database.now().date()
LIVE = TODAY - timedelta(days=70)


def promised(low: str, mean: str, high: str) -> Result:
    return Result(
        id="promise",
        name="Promise kept",
        unit="share",
        mean=mean,
        low=low,
        high=high,
        replications=20,
        direction="higher",
    )


def readings(*values: float, begin: date = LIVE) -> list[Reading]:
    return [
        Reading(
            review="r",
            criterion="in-time",
            day=begin + timedelta(days=7 * n),
            value=str(value),
            author="nora",
            at=database.now(),
        )
        for n, value in enumerate(values)
    ]


@pytest.fixture
def live_review(engine: Engine, installation: Settings) -> str:
    """Return a review whose approved change is live."""
    id = a_recommendation(engine)
    decided(engine, installation, id, digest(pack(engine, id)))
    review, nora = found(engine, id).review, example.actor(engine, "nora")
    way = Rollout(way="at once", start=LIVE, back="As before.", trigger="5% less", who="grace")
    implementation.plan_rollout(engine, nora, review, way)
    implementation.go_live(engine, nora, review, LIVE, "")
    return review


def benefits(engine: Engine, review: str):
    with database.reading(engine) as db:
        return operations.benefits(db, reviews.find(db, review))


# What is said of a promise


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ((0.93, 0.94, 0.95, 0.94), "kept"),
        ((0.70, 0.71, 0.72, 0.71), "not kept"),
        ((0.80, 0.99, 0.85, 0.98), "not certain"),
        ((0.93, 0.94), "too early"),
    ],
)
def test_a_promise_is_kept_when_readings_are_surely_within_or_better(values, kept):
    said = benefit(criterion(), None, promised("0.9", "0.92", "0.94"), readings(*values), LIVE)

    assert said.kept == kept


def test_where_less_is_better_the_upper_end_is_what_was_promised():
    less = criterion("0.1")
    less = type(less)(**{**{f: getattr(less, f) for f in less.__struct_fields__}, "direction": "at most"})

    good = benefit(less, None, promised("0.05", "0.08", "0.1"), readings(0.06, 0.07, 0.06), LIVE)
    bad = benefit(less, None, promised("0.05", "0.08", "0.1"), readings(0.2, 0.21, 0.2), LIVE)

    assert (good.kept, good.criterion_verdict) == ("kept", "met")
    assert (bad.kept, bad.criterion_verdict) == ("not kept", "not met")


def test_readings_before_the_change_do_not_count_for_the_promise_and_part_the_chart():
    before = readings(*[0.7, 0.72, 0.71, 0.7, 0.72], begin=LIVE - timedelta(days=35))
    after = readings(*[0.93, 0.94, 0.95, 0.94])

    said = benefit(criterion(), None, promised("0.9", "0.92", "0.94"), [*before, *after], LIVE)

    assert (said.kept, said.readings) == ("kept", 4)
    assert [(one.start, one.cause) for one in said.drawn.segments] == [(0, ""), (5, "live")]


def test_without_a_promise_nothing_is_held_against_one():
    assert benefit(criterion(), None, None, readings(0.9, 0.9, 0.91), LIVE).kept == "not promised"


def test_lines_of_a_spreadsheet_are_read_and_a_bad_one_is_named():
    assert pasted("2026-05-31, 12.5\n\n2026-06-30\t13") == [(date(2026, 5, 31), "12.5"), (date(2026, 6, 30), "13")]
    with pytest.raises(Invalid, match=r"Line 2, “31\.6\.2026, 3”"):
        pasted("2026-05-31, 12.5\n31.6.2026, 3")


# What people do


def test_readings_are_kept_in_the_unit_of_the_measure_and_replaced_by_day(engine: Engine, live_review: str):
    nora = example.actor(engine, "nora")

    operations.take_readings(engine, nora, live_review, "in-time", [(LIVE, "88"), (TODAY, "91.5")])
    operations.take_readings(engine, nora, live_review, "in-time", [(TODAY, "92")])

    with database.reading(engine) as db:
        assert [one.value for one in store.readings(db, live_review)] == ["0.88", "0.92"]


@pytest.mark.parametrize(
    ("which", "lines", "says"),
    [
        ("in-time", [(TODAY + timedelta(days=3), "90")], "has not come yet"),
        ("in-time", [(TODAY, "many")], "Line 1: “many”"),
        ("in-time", [(LIVE, "90"), (TODAY, "NaN")], "Line 2: “NaN”"),
        ("in-time", [], "at least one line"),
        ("other", [(TODAY, "90")], "frozen with the scope"),
    ],
)
def test_a_reading_that_cannot_be_is_refused_and_none_is_kept(engine: Engine, live_review: str, which, lines, says):
    with pytest.raises(Invalid, match=says):
        operations.take_readings(engine, example.actor(engine, "nora"), live_review, which, lines)

    with database.reading(engine) as db:
        assert store.readings(db, live_review) == []


def test_what_was_promised_stays_when_the_map_moves_on(engine: Engine, live_review: str):
    def packs() -> tuple[list[str], int]:
        with database.reading(engine) as db:
            review = reviews.find(db, live_review)
            return [digest(one) for one in operations.signed_packs(db, review)], len(
                implementation.approved(db, review)
            )

    signed, standing = packs()
    change_baseline(engine, live_review, "pay", role="senior")

    assert (len(signed), standing) == (1, 1)
    assert packs() == (signed, 0)


def test_a_review_is_closed_when_all_findings_have_their_end(engine: Engine, live_review: str):
    nora = example.actor(engine, "nora")
    with database.reading(engine) as db:
        [used] = finding_rows.findings(db, live_review)
    assert used.fate == "used"
    left = an_accepted_finding(engine, live_review)

    with pytest.raises(NotPossible, match="1 finding neither"):
        operations.close(engine, nora, live_review, "Ask earlier.", "")
    findings.settle(engine, nora, left, "parked", "For next year.")
    with pytest.raises(Invalid, match="no reading was taken of: In time"):
        operations.close(engine, nora, live_review, "Ask earlier.", "")
    with pytest.raises(Invalid, match="what was learned"):
        operations.close(engine, nora, live_review, " ", "The log ended.")
    operations.close(engine, nora, live_review, "Ask earlier.", "The log ended.")
    with pytest.raises(NotPossible, match="closed"):
        operations.take_readings(engine, nora, live_review, "in-time", [(TODAY, "90")])

    with database.reading(engine) as db:
        assert store.closed(db, live_review).unread == "The log ended."


def test_nothing_is_closed_or_looked_back_on_before_it_is_live(engine: Engine):
    nora, review = example.actor(engine, "nora"), a_review(engine)

    with pytest.raises(NotPossible, match="after its change went live"):
        operations.close(engine, nora, review, "x", "y")
    with pytest.raises(NotPossible, match="Nothing is live"):
        operations.look_back(engine, nora, review, "3 months", "continue", "Well.")


def test_the_look_back_waits_for_the_lead_when_it_is_near(app: Flask, engine: Engine, live_review: str):
    def waits() -> list[str]:
        with app.test_request_context(), database.reading(engine) as db:
            return [one.title for one in waiting(db, example.actor(engine, "nora")) if live_review in one.url]

    before = waits()
    operations.look_back(engine, example.actor(engine, "nora"), live_review, "3 months", "adapt", "Half of it.")

    assert (before, waits()) == (["Look back after 3 months"], [])


# Pages


def test_from_readings_to_the_close_on_the_page(app: Flask, engine: Engine, live_review: str):
    nora, page = Visitor(app, "nora"), f"/reviews/{live_review}/benefits"
    assert "Too early to tell" in nora.get(page).text
    lines = "\n".join(f"{LIVE + timedelta(days=7 * n)}, {99 + n / 10}" for n in range(6))

    taken = nora.post(f"/reviews/{live_review}/readings", {"criterion": "in-time", "lines": lines})
    assert taken.status_code == 303
    shown = nora.get(page).text
    assert "6 readings" in shown
    assert "<svg" in shown
    looked = {"after": "3 months", "verdict": "continue", "text": "It holds."}
    assert nora.post(f"/reviews/{live_review}/outcome", looked).status_code == 303
    assert nora.post(f"/reviews/{live_review}/close", {"lessons": "Ask earlier.", "unread": ""}).status_code == 303

    assert "The review is closed" in nora.get(page).text
    with app.test_request_context(), database.reading(engine) as db:
        assert progress(db, reviews.find(db, live_review)).done


def test_a_line_that_cannot_be_read_stays_on_the_page(app: Flask, live_review: str):
    answer = Visitor(app, "nora").post(
        f"/reviews/{live_review}/readings", {"criterion": "in-time", "lines": "yesterday, 3"}
    )

    assert answer.status_code == 422
    assert "Line 1, “yesterday, 3”" in answer.text
    assert "yesterday, 3</textarea>" in answer.text


def test_the_portfolio_shows_promises_late_actions_and_outdated_signatures(
    app: Flask, engine: Engine, live_review: str
) -> None:
    nora = Visitor(app, "nora")
    an_action(engine, live_review)
    with time_machine.travel(database.now() + timedelta(days=40)):
        change_baseline(engine, live_review, "pay", role="senior")
        page = Visitor(app, "nora").get("/reviews/").text

    assert nora.get("/reviews/").status_code == 200
    assert "1 action late, the first since" in page
    assert "Look back after 3 months, due" in page
    assert f"Signature outdated: {WORDS.title}" in page


def test_the_portfolio_says_which_promises_are_kept(app: Flask, engine: Engine, live_review: str) -> None:
    with app.test_request_context(), database.reading(engine) as db:
        assert signs(db, reviews.find(db, live_review)) == []

"""Waits split by cause: the published logs give what their authors expect, and small logs what can be seen by eye."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from process_models.graph.steps import Lane
from process_models.logs.columns import Columns, Meaning, Waiting
from process_models.logs.errors import LogError
from process_models.logs.events import Events, events
from process_models.logs.guessing import guess
from process_models.logs.opening import Open, disjoint
from process_models.logs.reading import read
from process_models.logs.waits import Waits, lacking, wait_causes
from process_models.values.calendars import HOUR, MINUTE, Calendar, Span, instant, merged, working
from process_models.values.causes import CAUSES, Cause
from simulations.story import Stretch
from tests.conftest import DATA

LOGS = DATA / "messy_imports/api_waiting_time/handoff_logs"
PUBLISHED = {
    "batching": "wt_batching",
    "contention": "wt_contention",
    "priority": "wt_prioritization",
    "unavailability": "wt_unavailability",
    "extraneous": "wt_extraneous",
}


def week(*spans: tuple[float, float], days: int = 5) -> Calendar:
    return Calendar(
        spans=tuple(Span(day=d, start=int(a * HOUR), end=int(b * HOUR)) for d in range(days) for a, b in spans)
    )


TEN_TO_EIGHT, MARCUS = week((10, 20)), week((10, 12), (12.5, 20))
"""The calendars that the authors' own tests give."""


def transitions(found: Waits, log: Events, names: list[str]) -> pd.DataFrame:
    """Return the waits between steps and people, in seconds, as the published files have them."""
    rows = found.frame[found.frame["source"] >= 0]
    step, person = log.frame["step"].astype(str).to_numpy(), np.array(names)[log.frame["person"]]
    keys = {
        "source_activity": step[rows["source"]],
        "source_resource": person[rows["source"]],
        "target_activity": step[rows["row"]],
        "target_resource": person[rows["row"]],
    }
    seconds = {cause: rows[cause].to_numpy() / 1000 for cause in CAUSES}
    table = pd.DataFrame({**keys, "frequency": 1, "waited": rows["waited"].to_numpy() / 1000, **seconds})
    return table.groupby(list(keys)).sum()


def expected(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file)
    for cause, column in {"waited": "wt_total", **PUBLISHED}.items():
        table[cause] = pd.to_timedelta(table[column]).dt.total_seconds()
    keys = ["source_activity", "source_resource", "target_activity", "target_resource"]
    return table.set_index(keys)[["frequency", "waited", *CAUSES]].sort_index()


@pytest.mark.parametrize("name", ["handoff-test", *(f"manual_log_{n}" for n in range(1, 6))])
def test_published_logs_wait_for_the_causes_that_their_authors_expect(name: str, shared_data: Path):
    table = read(LOGS / f"{name}.csv").table
    columns = guess(table).columns
    assert columns is not None
    log = events(table, columns)
    names = list(table["Resource"].texts)
    hours = {n: MARCUS if person == "Marcus" else TEN_TO_EIGHT for n, person in enumerate(names)}

    manual = name != "handoff-test"  # Of that one the authors read the calendars off the log.
    found = wait_causes(log, hours if manual else None, batch=2 if manual else 10)

    wanted = expected(LOGS / f"{name}_expected.csv")
    pd.testing.assert_frame_equal(transitions(found, log, names), wanted, check_dtype=False)


@pytest.mark.parametrize(
    ("name", "contention", "priority"),
    [
        ("resource_contention", 150, 0),
        ("prioritization", 0, 90),
        ("prioritization_and_contention", 60, 90),
        ("non_processing_intervals", 60, 90),
        ("non_processing_intervals_3", 60, 90),
        ("undifferentiated_pool", 0, 0),
    ],
)
def test_who_is_busy_with_what_came_before_or_later(name: str, contention: int, priority: int, shared_data: Path):
    table = read(LOGS / f"{name}.csv").table
    columns = Columns(
        case="case:concept:name",
        step="concept:name",
        time="time:timestamp",
        start="start_timestamp",
        opened="enabled_timestamp",
        resource="org:resource",
        meaning=Meaning.SPANS,
    )

    found = wait_causes(events(table, columns), week((0, 24), days=7)).by_step().set_index("step").loc["B"]

    assert (found["contention"], found["priority"]) == (contention * MINUTE, priority * MINUTE)
    assert found["waited"] == sum(found[cause] for cause in CAUSES)


Log = Callable[..., Events]


@pytest.fixture
def desk(table: Callable[..., pd.DataFrame]) -> Log:
    """A log of rows (case, step, start, end, person) on one Monday, hours as text."""

    def build(*rows: tuple[str, str, str, str, str], **changes: object) -> Events:
        columns = Columns(case="case", step="step", time="end", start="start", resource="who", meaning=Meaning.SPANS)
        dated = [(c, s, f"2026-01-05 {a}:00", f"2026-01-05 {b}:00", who) for c, s, a, b, who in rows]
        return events(table(dated, "case", "step", "start", "end", "who"), structs.replace(columns, **changes))

    return build


def minutes(found: Waits, step: str) -> dict[str, int]:
    row = found.by_step().set_index("step").loc[step]
    return {cause: int(row[cause]) // MINUTE for cause in CAUSES if row[cause]}


def test_what_lies_outside_of_the_calendar_is_never_batching(desk: Log):
    cases = [(f"c{n}", "Ask", "17:00", "17:10", "Ann") for n in range(4)]
    heap = [(f"c{n}", "Pay", f"18:{10 * n + 10}", f"18:{10 * n + 20}", "Ben") for n in range(4)]

    found = wait_causes(desk(*cases, *heap), week((8, 17), (18, 19)))

    assert "batching" not in minutes(found, "Pay")
    assert minutes(found, "Pay")["unavailability"] == 4 * 50


def test_a_queue_worked_off_as_it_comes_is_no_batch(desk: Log):
    came = [(f"c{n}", "Ask", f"09:{n:02d}", f"09:{n + 1:02d}", "Ann") for n in range(6)]
    served = [(f"c{n}", "Pay", f"{9 + (n * 20 + 1) // 60:02d}:{(n * 20 + 1) % 60:02d}", f"{9 + (n * 20 + 21) // 60:02d}:{(n * 20 + 21) % 60:02d}", "Ben") for n in range(6)]  # fmt: skip

    assert set(minutes(wait_causes(desk(*came, *served), week((0, 24))), "Pay")) == {"contention"}


def test_a_wait_for_others_is_all_outside(desk: Log):
    log = desk(("c", "Ask", "09:00", "09:10", "Ann"), ("c", "Answer", "09:30", "12:00", "Customer"))

    found = wait_causes(log, week((0, 24)), (Waiting(step="Answer", lane=Lane.CUSTOMER),))

    assert minutes(found, "Answer") == {"extraneous": 170}


def test_steps_side_by_side_do_not_wait_for_one_another(desk: Log):
    rows = []
    for n in range(10):
        hour = f"{n + 8:02d}"
        first, second = ("B", "C") if n % 2 else ("C", "B")
        rows += [(f"c{n}", "A", f"{hour}:00", f"{hour}:10", "Ann"), (f"c{n}", first, f"{hour}:20", f"{hour}:40", "Ben")]
        rows += [
            (f"c{n}", second, f"{hour}:30", f"{hour}:50", "Cem"),
            (f"c{n}", "D", f"{hour}:55", f"{hour}:59", "Ann"),
        ]

    found = wait_causes(desk(*rows), week((0, 24))).by_step().set_index("step")["waited"] // MINUTE

    assert (found["B"] + found["C"], found["D"]) == (10 * (10 + 20), 10 * 5)


def test_who_is_nobody_named_is_not_split(desk: Log):
    log = desk(("c", "A", "09:00", "09:10", "Ann"), ("c", "B", "09:40", "09:50", ""))

    found = wait_causes(log, week((0, 24)))

    assert found.unnamed_ms == 30 * MINUTE
    assert "B" not in set(found.by_step()["step"])


def test_what_follows_the_customers_end_is_no_wait(desk: Log):
    log = desk(("c", "A", "09:00", "09:10", "Ann"), ("c", "B", "09:40", "09:50", "Ann"), last="A")

    assert wait_causes(log, week((0, 24))).total == 0


def test_a_log_says_what_it_lacks_to_tell_causes(desk: Log, log: Log):
    assert [one.id for one in lacking(log("AB"))] == ["log_waits_no_starts", "log_waits_no_people"]
    assert [one.id for one in lacking(desk(("c", "A", "09:00", "09:10", "Ann"), resource=""))] == [
        "log_waits_no_people"
    ]
    assert not lacking(desk(("c", "A", "09:00", "09:10", "Ann")))
    with pytest.raises(LogError) as refused:
        wait_causes(log("AB"))
    assert refused.value.sentence.id == "log_waits_no_starts"


def test_logs_and_simulations_name_the_causes_alike():
    assert get_type_hints(Stretch)["cause"] == Cause
    assert get_args(Cause) == CAUSES


def test_every_wait_of_the_example_is_split_wholly(example: Events):
    found = wait_causes(example)

    known = found.frame.dropna()
    parts = known[list(CAUSES)]
    assert (parts >= 0).all().all()
    assert (parts.sum(axis=1) == known["waited"]).all()
    assert found.hours == "seen"
    row = found.by_step().set_index("step").loc["Second check"]
    assert row["unavailability"] > row["contention"] > 0  # It is done on Tuesdays and Thursdays by a few people.


spans = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 40)), max_size=30)


@given(spans)
def test_disjoint_stretches_cover_what_the_joined_ones_do(stretches: list[tuple[int, int, int]]):
    group, begin, end = (np.array([one[n] for one in stretches], dtype=np.int64) for n in range(3))

    found = disjoint(group, begin, end)

    for one in range(4):
        cut = [(int(a), int(b)) for g, a, b in zip(*found, strict=True) if g == one]
        whole = merged([(a, b) for g, a, b in stretches if g == one])
        assert merged(cut) == whole
        assert sum(b - a for a, b in cut) == sum(b - a for a, b in whole)


def test_open_time_of_many_is_that_of_each_also_where_clocks_change():
    calendar = week((8, 12), (13, 17), days=7)
    begin = instant("2026-03-27T10:00", "Europe/Berlin")
    at = begin + np.arange(0, 5 * 24 * HOUR, 17 * MINUTE)

    found = Open.of(calendar, "Europe/Berlin", int(at[0]), int(at[-1])).between(np.full(len(at), begin), at)

    assert found.tolist() == [working(calendar, "Europe/Berlin", begin, int(one)) for one in at]

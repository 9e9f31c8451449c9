"""Promises of a log by the wall and in working time: what one clock shows for one case, it shows for all of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from process_models.logs.columns import Columns, Meaning
from process_models.logs.events import Events, events
from process_models.logs.promised import NEVER, kept, readings, stays, whole_case
from process_models.logs.quality import times_in_process
from process_models.logs.times import with_working_wait
from process_models.logs.visits import kept_visits, visits
from process_models.values.calendars import DAY, HOUR, Calendar, Span, working
from process_models.values.clocks import Clock, Moment, Stay, read_clock

NINE_TO_FIVE = Calendar(spans=tuple(Span(day=day, start=9 * HOUR, end=17 * HOUR) for day in range(5)))
ZONE = "Europe/Berlin"


@pytest.fixture
def desk(table: Callable[..., pd.DataFrame]) -> Callable[..., Events]:
    """A log of states: (case, state, local time)."""

    def build(*rows: tuple[str, str, str], **changes: object) -> Events:
        columns = Columns(case="case", step="state", time="time", meaning=Meaning.STATES, zone=ZONE)
        return events(table(list(rows), "case", "state", "time"), structs.replace(columns, **changes))

    return build


def test_a_night_is_no_working_time(desk: Callable[..., Events]):
    log = desk(("c", "New", "2026-01-05 16:00"), ("c", "Done", "2026-01-06 10:00"))

    [told] = readings(log, whole_case(4 * HOUR), NINE_TO_FIVE).to_dict("records")

    assert (told["wall_ms"], told["working_ms"]) == (18 * HOUR, 2 * HOUR)
    assert (told["wall"], told["working"]) == (False, True)


def test_a_promise_stands_still_while_the_customer_is_awaited(desk: Callable[..., Events]):
    rows = [
        ("c", "New", "2026-01-05 10:00"),
        ("c", "Awaiting User", "2026-01-05 11:00"),
        ("c", "Active", "2026-01-06 11:00"),
        ("c", "Done", "2026-01-06 12:00"),
    ]

    [told] = readings(desk(*rows), whole_case(3 * HOUR, ("Awaiting User",)), NINE_TO_FIVE).to_dict("records")

    assert (told["wall_ms"], told["working_ms"]) == (2 * HOUR, 2 * HOUR)


def test_working_hours_count_also_over_the_night_on_which_clocks_go_forward(desk: Callable[..., Events]):
    always = Calendar(spans=tuple(Span(day=day, start=0, end=DAY) for day in range(7)))
    log = desk(("c", "New", "2026-03-28 12:00"), ("c", "Done", "2026-03-29 12:00"))

    [told] = readings(log, whole_case(DAY), always).to_dict("records")

    assert (told["wall_ms"], told["working_ms"]) == (23 * HOUR, 23 * HOUR)


def test_what_has_not_ended_is_missed_only_when_the_limit_is_over(desk: Callable[..., Events]):
    rows = [("late", "New", "2026-01-05 10:00"), ("new", "New", "2026-01-05 13:00"), ("x", "New", "2026-01-05 13:30")]
    log = desk(*rows, ("x", "Done", "2026-01-05 14:00"), last="Done")

    told = readings(log, whole_case(2 * HOUR), None)

    assert dict(zip(told["case"], told["wall"], strict=True)) == {"late": False, "new": pd.NA, "x": True}
    found = kept(told, "wall")
    assert (found.kept, found.missed, found.open, found.share) == (1, 1, 1, 0.5)


LETTERS = "ABC"
ways = st.lists(
    st.lists(st.tuples(st.sampled_from(LETTERS), st.integers(0, 60)), min_size=1, max_size=8), min_size=1, max_size=6
)
moments = st.builds(Moment, st.sampled_from(("", *LETTERS)), st.sampled_from(("enter", "leave")))
clocks = st.builds(
    Clock,
    moments.filter(lambda one: one != Moment("", "leave")),
    moments.filter(lambda one: one != Moment("", "enter")),
    st.integers(0, 100).map(lambda n: n * HOUR),
    pauses=st.lists(st.sampled_from(LETTERS), unique=True, max_size=2).map(sorted).map(tuple),
)


@settings(max_examples=30, deadline=None)
@given(ways, clocks, st.sampled_from(list(Meaning)))
def test_a_whole_log_is_read_as_one_case_after_another(
    went: list[list[tuple[str, int]]], clock: Clock, meaning: Meaning
):
    rows, begin = [], pd.Timestamp("2026-03-26 08:00")
    for number, way in enumerate(went):
        at = begin
        for step, hours in way:
            start, at = at + pd.Timedelta(hours=hours // 2), at + pd.Timedelta(hours=hours)
            rows.append((f"c{number}", step, str(start), str(at)))
    frame = pd.DataFrame(rows, columns=["case", "step", "start", "time"], dtype="str")
    columns = Columns(
        case="case", step="step", time="time", meaning=meaning, start="start" if meaning is Meaning.SPANS else "", zone=ZONE
    )  # fmt: skip
    log = events(frame, columns)
    seen = stays(log)
    until = int(log.frame["time"].max().value // 1_000_000)

    told = readings(log, clock, NINE_TO_FIVE).set_index("case")

    for number, case in enumerate(seen.cases):
        mine = np.flatnonzero(seen.case == number)
        visits = [
            Stay(
                seen.names[seen.step[row]],
                int(seen.entered[row]),
                None if seen.left[row] == NEVER else int(seen.left[row]),
            )
            for row in mine
        ]
        whole = Stay("", min(one.entered for one in visits), int(seen.seen[mine].max()))
        for time in ("wall", "working"):
            alone = read_clock(structs.replace(clock, time=time), [*visits, whole], NINE_TO_FIVE, ZONE, until)
            if alone is None:
                assert case not in told.index
                continue
            assert (told.loc[case, f"{time}_ms"], told.loc[case, "stopped"]) == (alone.ms, alone.stopped)
            known = alone.kept(clock)
            assert told.loc[case, time] is pd.NA if known is None else bool(told.loc[case, time]) is known


def test_time_in_process_is_the_same_figure_by_the_wall(example: Events):
    told = readings(example, whole_case(0), None).set_index("case")["wall_ms"]

    whole = times_in_process(example)

    assert told.equals(whole.reindex(told.index).astype("int64").rename("wall_ms"))


def test_waits_in_working_time_are_those_of_the_calendar_case_by_case(example: Events):
    table = with_working_wait(kept_visits(visits(example)), example, NINE_TO_FIVE)
    some = table[table["waited_ms"] > 0].iloc[::97]

    for row in some.to_dict("records"):
        begin, since = (int(row[name].value // 1_000_000) for name in ("begin", "since"))
        assert row["working_wait_ms"] == max(0, working(NINE_TO_FIVE, example.zone, since, begin))


def test_the_help_desk_keeps_more_promises_in_working_time(shared_data: Path, uci: Events):
    told = readings(uci, whole_case(24 * HOUR, ("Awaiting User Info",)), NINE_TO_FIVE)

    assert len(told) == uci.cases
    assert (told["working_ms"] <= told["wall_ms"]).all()
    assert kept(told, "working").kept > kept(told, "wall").kept

"""A clock runs from the first start to the last end, and stands still where it is told to."""

import pytest

from process_models.values.calendars import DAY, HOUR, Calendar, Span, instant
from process_models.values.clocks import Clock, Moment, Reading, Stay, read_clock
from process_models.values.errors import ModelError

LONDON = "Europe/London"
OFFICE = Calendar(tuple(Span(day, 9 * HOUR, 17 * HOUR) for day in range(5)))
MONDAY = instant("2026-03-02T09:00", LONDON)
ANSWER = Clock(Moment("receive", "enter"), Moment("answer", "leave"), 8 * HOUR)
STAYS = [
    Stay("receive", MONDAY, MONDAY + HOUR),
    Stay("ask", MONDAY + HOUR, MONDAY + DAY),
    Stay("answer", MONDAY + DAY, MONDAY + DAY + 2 * HOUR),
]


def read(clock, stays=STAYS, hours=OFFICE):
    return read_clock(clock, stays, hours, LONDON, until=MONDAY + 3 * DAY)


def test_working_time_leaves_out_the_night_and_wall_time_does_not():
    assert read(ANSWER) == Reading(10 * HOUR, stopped=True)
    assert read(Clock(ANSWER.start, ANSWER.end, 8 * HOUR, "wall")) == Reading(26 * HOUR, stopped=True)
    assert read(ANSWER, hours=None) == Reading(26 * HOUR, stopped=True)


def test_the_clock_stands_still_during_the_steps_it_names():
    paused = Clock(ANSWER.start, ANSWER.end, 8 * HOUR, pauses=("ask",))

    assert read(paused) == Reading(3 * HOUR, stopped=True)
    assert read(paused, [*STAYS, Stay("ask", MONDAY + DAY, MONDAY + DAY + HOUR)]).ms == 2 * HOUR
    assert read(paused, [*STAYS, Stay("ask", MONDAY + 2 * HOUR, MONDAY + 3 * HOUR)]).ms == 3 * HOUR


def test_it_runs_from_the_first_start_to_the_last_end():
    again = [*STAYS, Stay("receive", MONDAY + DAY, MONDAY + DAY), Stay("answer", MONDAY + DAY, MONDAY + DAY + 3 * HOUR)]

    assert read(ANSWER, again).ms == 11 * HOUR


def test_a_limit_is_kept_missed_or_not_yet_known():
    assert Reading(8 * HOUR, True).kept(ANSWER) is True
    assert Reading(8 * HOUR + 1, True).kept(ANSWER) is False
    assert read(ANSWER, [STAYS[0]]) == Reading(24 * HOUR, stopped=False)
    assert Reading(HOUR, False).kept(ANSWER) is None
    assert Reading(24 * HOUR, False).kept(ANSWER) is False


def test_a_clock_that_never_started_or_ended_before_shows_nothing():
    assert read(ANSWER, STAYS[1:]) is None
    assert read(ANSWER, [Stay("answer", 0, 5), Stay("receive", 10, 20)]) is None


def test_a_limit_below_zero_is_refused():
    with pytest.raises(ModelError, match="limit"):
        Clock(ANSWER.start, ANSWER.end, -1)

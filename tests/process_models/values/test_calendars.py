"""Open time is counted right, also where clocks are changed."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.values.calendars import (
    DAY,
    HOUR,
    MINUTE,
    Calendar,
    Span,
    add_working,
    instant,
    unroll,
    working,
    zone,
)
from process_models.values.errors import ModelError

OFFICE = Calendar(tuple(Span(day, 9 * HOUR, 17 * HOUR) for day in range(5)), closed=("2026-04-03",))
ALWAYS = Calendar(tuple(Span(day, 0, DAY) for day in range(7)))
BERLIN = "Europe/Berlin"


def test_only_the_pinned_zones_are_read():
    assert zoneinfo.TZPATH == ()
    assert zone(BERLIN).key == BERLIN


def test_a_week_of_office_hours_is_forty_hours():
    monday = instant("2026-03-02T00:00", BERLIN)

    assert working(OFFICE, BERLIN, monday, monday + 7 * DAY) == 40 * HOUR
    assert unroll(OFFICE, BERLIN, monday, monday + DAY) == ((monday + 9 * HOUR, monday + 17 * HOUR),)


def test_a_closed_date_does_not_count():
    before_good_friday = instant("2026-04-02T16:00", BERLIN)

    assert add_working(OFFICE, BERLIN, before_good_friday, 2 * HOUR) == instant("2026-04-06T10:00", BERLIN)


def test_time_used_up_at_closing_ends_at_closing():
    assert add_working(OFFICE, BERLIN, instant("2026-03-02T16:00", BERLIN), HOUR) == instant("2026-03-02T17:00", BERLIN)


@pytest.mark.parametrize(("date", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_days_on_which_clocks_are_changed_are_shorter_or_longer(date, hours):
    start = instant(f"{date}T00:00", BERLIN)

    assert working(ALWAYS, BERLIN, start, start + 36 * HOUR) == 36 * HOUR
    assert len(unroll(ALWAYS, BERLIN, start, start + 3 * DAY)) == 1
    sunday = Calendar((Span(datetime.fromisoformat(date).weekday(), 0, DAY),))
    assert working(sunday, BERLIN, start - HOUR, start + 30 * HOUR) == hours * HOUR


def test_an_hour_that_comes_twice_is_open_twice():
    night = Calendar((Span(6, HOUR, 2 * HOUR + 30 * MINUTE),))

    pieces = unroll(night, BERLIN, instant("2026-10-25T00:00", BERLIN), instant("2026-10-26T00:00", BERLIN))

    assert [stop - start for start, stop in pieces] == [90 * MINUTE, 30 * MINUTE]


SPANS = st.builds(
    lambda day, start, length: Span(day, start * MINUTE, min(start + length, 1440) * MINUTE),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 1440),
)
CHANGES = [
    ("2026-03-28T12:00", BERLIN),
    ("2026-10-24T12:00", BERLIN),
    ("2026-04-04T12:00", "Australia/Lord_Howe"),
    ("2026-10-03T12:00", "Australia/Lord_Howe"),
    ("2026-03-07T12:00", "America/St_Johns"),
    ("2011-12-29T12:00", "Pacific/Apia"),
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(SPANS, min_size=1, max_size=4),
    st.sampled_from(CHANGES),
    st.integers(0, 600),
    st.integers(0, 2000),
    st.booleans(),
)
def test_counting_agrees_with_walking_minute_by_minute_over_a_change_of_clocks(spans, change, shift, length, shut):
    local, name = change
    closed = ((datetime.fromisoformat(local) + timedelta(days=1)).date().isoformat(),) if shut else ()
    calendar = Calendar(tuple(spans), closed)
    a = instant(local, name) + shift * MINUTE
    b = a + length * MINUTE

    minutes = [at for at in range(a, b, MINUTE) if _open_at(calendar, name, at)]

    assert working(calendar, name, a, b) == len(minutes) * MINUTE
    assert working(calendar, name, b, a) == -len(minutes) * MINUTE
    if minutes:
        assert add_working(calendar, name, a, len(minutes) * MINUTE) == minutes[-1] + MINUTE
    pieces = unroll(calendar, name, a, b)
    assert all(one[1] < other[0] for one, other in pairwise(pieces))


def _open_at(calendar: Calendar, name: str, at: int) -> bool:
    there = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(name))
    into_day = (there.hour * 60 + there.minute) * MINUTE
    open_now = any(span.day == there.weekday() and span.start <= into_day < span.end for span in calendar.spans)
    return open_now and there.date().isoformat() not in calendar.closed


def test_without_a_calendar_all_time_counts():
    assert working(None, BERLIN, 5, 12) == 7
    assert add_working(None, BERLIN, 5, 7) == 12


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Span(7, 0, 1), "Sunday"),
        (lambda: Span(0, 5, 5), "starts before it ends"),
        (lambda: Span(0, 5, DAY + 1), "within one day"),
        (lambda: Calendar((), ("2026-02-30",)), "no date"),
        (lambda: zone("Europe/Bielefeld"), "no time zone"),
        (lambda: zone("../etc/passwd"), "no time zone"),
        (lambda: instant("yesterday", BERLIN), "no date and time"),
        (lambda: instant("2026-03-02T09:00+01:00", BERLIN), "names an offset"),
        (lambda: add_working(Calendar(()), BERLIN, 0, 1), "ten years"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make, why):
    with pytest.raises(ModelError, match=why):
        make()

"""One calendar arithmetic for logs, promises, simulation and charts.

An instant is open when its local date is not closed and its local time lies in a span of that weekday. So where clocks
go forward a span may be shorter than it reads, and where they go back longer. Instants are ms since 1970-01-01 UTC;
the system's time zone files are never read, only the pinned ``tzdata`` package.
"""

import zoneinfo
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from process_models.values.document import Document
from process_models.values.errors import ModelError

zoneinfo.reset_tzpath(())

MINUTE = 60_000
HOUR = 3_600_000
DAY = 86_400_000
WEEK = 7 * DAY

EPOCH = datetime(1970, 1, 1)
MONDAY = 4
"""Days from 1970-01-01, a Thursday, to the first Monday."""

Interval = tuple[int, int]
"""From an instant up to, not including, another."""


class Span(Document, frozen=True):
    """Open hours on one weekday: Monday is 0, times in ms after local midnight, end at most 24 h."""

    day: int
    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a day that no week has and hours that no day has."""
        super().__post_init__()
        _refuse(not 0 <= self.day <= 6, "days run from 0 (Monday) to 6 (Sunday)")
        _refuse(not 0 <= self.start < self.end <= DAY, "a span starts before it ends, within one day")


class Calendar(Document, frozen=True):
    """A week of open spans in local time, and dates (ISO) on which nothing is open."""

    spans: tuple[Span, ...]
    closed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse closed days that are no ISO dates."""
        super().__post_init__()
        for day in self.closed:
            _day(day)


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise ModelError("bad_calendar", why=why)


def _day(iso: str) -> int:
    """Return the number of a date, 1970-01-01 being 0."""
    try:
        return (date.fromisoformat(iso) - EPOCH.date()).days
    except ValueError:
        raise ModelError("bad_calendar", why=f"“{iso}” is no date such as 2026-12-25") from None


@lru_cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone by its IANA name, from the pinned data.

    >>> zone("Europe/London").key
    'Europe/London'
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ModelError("bad_calendar", why=f"“{name}” is no time zone such as Europe/London") from None


def instant(local: str, zone_name: str) -> int:
    """Return the instant of a local date and time (ISO, such as 2026-03-02T09:00), the earlier where it comes twice.

    >>> instant("1970-01-01T01:00", "Europe/Berlin")
    0
    """
    try:
        said = datetime.fromisoformat(local)
    except ValueError:
        raise ModelError("bad_calendar", why=f"“{local}” is no date and time such as 2026-03-02T09:00") from None
    _refuse(said.tzinfo is not None, f"“{local}” names an offset, but the time is local to {zone_name}")
    exact = said.replace(tzinfo=zone(zone_name)).astimezone(UTC).replace(tzinfo=None)
    return (exact - EPOCH) // timedelta(milliseconds=1)


def offset(at: int, zone_name: str) -> int:
    """Return how far local time is ahead of UTC at an instant, ms."""
    moment = (EPOCH + timedelta(milliseconds=at)).replace(tzinfo=UTC)
    ahead = moment.astimezone(zone(zone_name)).utcoffset()
    return (ahead or timedelta()) // timedelta(milliseconds=1)


def stretches(zone_name: str, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the parts (from, to, offset) of a time between which clocks were changed."""
    start, ahead = begin, offset(begin, zone_name)
    edges = [*range(begin, end, 12 * HOUR), end]
    for low, high in pairwise(edges):
        after = offset(high, zone_name)
        if after != ahead:
            change = _change(zone_name, low, high)
            yield start, change, ahead
            start, ahead = change, after
    if start < end:
        yield start, end, ahead


def _change(zone_name: str, low: int, high: int) -> int:
    """Return the first instant with the later offset."""
    before = offset(low, zone_name)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle, zone_name) == before else (low, middle)
    return high


def unroll(calendar: Calendar, zone_name: str, begin: int, end: int) -> tuple[Interval, ...]:
    """Return the open intervals between two instants, in order; those that touch are one."""
    return merged(_pieces(calendar, zone_name, begin, end))


def _pieces(calendar: Calendar, zone_name: str, begin: int, end: int) -> Iterator[Interval]:
    closed = {_day(iso) for iso in calendar.closed}
    for start, stop, ahead in stretches(zone_name, begin, end):
        for day in range((start + ahead) // DAY, (stop + ahead - 1) // DAY + 1):
            if day in closed:
                continue
            midnight = day * DAY - ahead
            for span in calendar.spans:
                if span.day == (day - MONDAY) % 7:
                    yield max(start, midnight + span.start), min(stop, midnight + span.end)


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return intervals in order, empty ones left out, those that touch or overlap joined.

    >>> merged([(5, 9), (0, 3), (3, 4), (6, 7), (8, 8)])
    ((0, 4), (5, 9))
    """
    out: list[Interval] = []
    for start, stop in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        else:
            out.append((start, stop))
    return tuple(out)


class Opening(NamedTuple):
    """Open intervals made ready to be measured."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    """Open ms before each interval."""

    @classmethod
    def of(cls, intervals: tuple[Interval, ...]) -> "Opening":
        """Return intervals (in order, apart) with the open time before each."""
        before = (0, *accumulate(stop - start for start, stop in intervals))
        return cls(tuple(one[0] for one in intervals), tuple(one[1] for one in intervals), before[:-1])

    def until(self, at: int) -> int:
        """Return the open ms before an instant."""
        i = bisect_right(self.starts, at) - 1
        return 0 if i < 0 else self.before[i] + min(at, self.ends[i]) - self.starts[i]

    def reached(self, open_ms: int) -> int | None:
        """Return the first instant before which so much open time lies; None where there is less."""
        i = bisect_left(self.before, open_ms) - 1
        if i < 0 or self.before[i] + self.ends[i] - self.starts[i] < open_ms:
            return None
        return self.starts[i] + open_ms - self.before[i]


@lru_cache(maxsize=256)
def opening(calendar: Calendar, zone_name: str, begin: int, end: int) -> Opening:
    """Return the open time between two instants, ready to be measured."""
    return Opening.of(unroll(calendar, zone_name, begin, end))


def working(calendar: Calendar | None, zone_name: str, a: int, b: int) -> int:
    """Return the open ms from one instant to another; without a calendar all time counts.

    Below zero where the second lies before the first.
    """
    if calendar is None:
        return b - a
    open_time = opening(calendar, zone_name, *_years(min(a, b), max(a, b)))
    return open_time.until(b) - open_time.until(a)


def add_working(calendar: Calendar | None, zone_name: str, a: int, ms: int) -> int:
    """Return the first instant by which so much open time has passed since another.

    Time that is used up exactly at closing ends at closing. Refuses a calendar that does not open within ten years.
    """
    if calendar is None or ms <= 0:
        return a + ms if calendar is None else a
    begin, end = _years(a, a)
    for _ in range(10):
        open_time = opening(calendar, zone_name, begin, end)
        found = open_time.reached(open_time.until(a) + ms)
        if found is not None:
            return found
        end = _years(a, end)[1]
    raise ModelError("bad_calendar", why="it has not that much open time within ten years")


def _years(a: int, b: int) -> Interval:
    """Return the span of whole UTC years around two instants, so that few spans are unrolled and kept."""
    begins = _new_years()
    return begins[bisect_right(begins, a) - 1], begins[bisect_right(begins, b)]


@lru_cache
def _new_years() -> tuple[int, ...]:
    """Return the instants at which the years from 1 to 9999 begin; looked up some thousand times in a play."""
    return tuple((datetime(year, 1, 1) - EPOCH) // timedelta(milliseconds=1) for year in range(1, 10_000))

"""A limit between two moments of a case, for promises and obligations alike."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from process_models.values.calendars import Calendar, Interval, merged, working
from process_models.values.document import Document
from process_models.values.errors import ModelError


class Moment(Document, frozen=True):
    """When a case enters or leaves a step: the first time for a start, the last time for an end."""

    step: str
    at: Literal["enter", "leave"]


class Clock(Document, frozen=True):
    """From a moment to a moment within a limit, in working or wall time, standing still during named steps."""

    start: Moment
    end: Moment
    limit: int
    """ms"""
    time: Literal["working", "wall"] = "working"
    pauses: tuple[str, ...] = ()
    """Ids of steps during which the clock stands still, sorted."""

    def __post_init__(self) -> None:
        """Refuse a limit below zero."""
        super().__post_init__()
        if self.limit < 0:
            raise ModelError("bad_calendar", why="the limit of a clock is not below zero")


class Stay(NamedTuple):
    """One visit of a case to a step, as instants; not left yet where ``left`` is None."""

    step: str
    entered: int
    left: int | None


class Reading(NamedTuple):
    """What a clock shows for one case."""

    ms: int
    stopped: bool
    """False where the end has not come: then ``ms`` is the time so far."""

    def kept(self, clock: Clock) -> bool | None:
        """Say whether the limit was kept; None where nobody can know yet."""
        if self.ms > clock.limit:
            return False
        return True if self.stopped else None


def read_clock(
    clock: Clock, stays: Iterable[Stay], calendar: Calendar | None, zone_name: str, until: int
) -> Reading | None:
    """Return what a clock shows for a case; None where it never started, or its end lies before its start.

    A clock that has not stopped is read at ``until``. Time within the steps named as pauses does not count; a clock in
    working time without a calendar runs in wall time.
    """
    visits = list(stays)
    start = min(_instants(clock.start, visits), default=None)
    end = max(_instants(clock.end, visits), default=None)
    if start is None or (end is not None and end < start):
        return None
    stop = until if end is None else end
    hours = calendar if clock.time == "working" else None
    still = merged(_within(stay, start, stop) for stay in visits if stay.step in clock.pauses)
    paused = sum(working(hours, zone_name, a, b) for a, b in still)
    return Reading(working(hours, zone_name, start, stop) - paused, end is not None)


def _instants(moment: Moment, stays: list[Stay]) -> list[int]:
    here = [stay for stay in stays if stay.step == moment.step]
    if moment.at == "enter":
        return [stay.entered for stay in here]
    return [stay.left for stay in here if stay.left is not None]


def _within(stay: Stay, start: int, stop: int) -> Interval:
    return max(stay.entered, start), min(stop if stay.left is None else stay.left, stop)

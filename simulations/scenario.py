"""What is asked of a design: demand and contingencies for a period. No staffing, no seed."""

from typing import Literal

from process_models.values.calendars import instant
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, number
from process_models.values.provenance import Provenance


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise ModelError("bad_scenario", why=why)


class Stream(Document, frozen=True, kw_only=True):
    """Cases of one type through one channel."""

    id: str
    case_type: str = ""
    channel: str = ""
    per_hour: tuple[Fraction, ...]
    """Mean arrivals in each of the 168 hours of a local week, Monday 0:00 first."""
    priority: int = 0
    """Served before higher numbers where work queues."""
    due: int = 0
    """ms after its arrival by which a case is due, for queues that go by it."""
    growth: Fraction = "0"
    """Share by which arrivals have grown a year after the start, evenly from hour to hour; below zero they shrink."""
    provenance: Provenance = Provenance("judged", "D", "typed in")

    def __post_init__(self) -> None:
        """Refuse anything but a week of hours."""
        super().__post_init__()
        if len(self.per_hour) != 168:
            raise ModelError("not_a_week_of_hours", stream=self.id, hours=len(self.per_hour))
        _refuse(any(number(rate) < 0 for rate in self.per_hour), f"stream “{self.id}” has arrivals below zero")
        _refuse(self.due < 0, f"cases of stream “{self.id}” would be due before they come")
        _refuse(not 0 <= self.priority <= 255, f"the priority of stream “{self.id}” must lie between 0 and 255")


class Absence(Document, frozen=True, kw_only=True):
    """Heads of a pool away at random: a share of time, in spells."""

    id: str
    pool: str
    share: Fraction
    """Share of time that a head is away, in the long run."""
    spell: int
    """Mean length of a spell, ms of wall time."""
    together: bool = False
    """All heads of the pool are away at the same times, as in a storm or a strike; else each at times of its own."""

    def __post_init__(self) -> None:
        """Refuse heads that are always away, and spells without length."""
        super().__post_init__()
        _refuse(not 0 <= number(self.share) < 1, f"the share of absence “{self.id}” must be at least 0 and below 1")
        _refuse(self.spell <= 0, f"a spell of absence “{self.id}” must last")


class Away(Document, frozen=True, kw_only=True):
    """Heads of a pool known to be away from one time to another."""

    id: str
    pool: str
    heads: int
    start: int
    """ms after the scenario's start."""
    end: int

    def __post_init__(self) -> None:
        """Refuse a time that ends before it starts."""
        super().__post_init__()
        _refuse(self.heads < 0, f"“{self.id}” takes fewer than no heads away")
        _refuse(not 0 <= self.start < self.end, f"the time of “{self.id}” must start at 0 or later and end after that")


class Surge(Document, frozen=True, kw_only=True):
    """Arrivals of all streams (or one) multiplied between two times, at once or by degrees, once or again and again."""

    id: str
    factor: Fraction
    start: int
    end: int
    stream: str = ""
    ramp: int = 0
    """ms over which it rises to its full height, and falls again before its end, in steps of a quarter of an hour."""
    every: int = 0
    """ms after which it comes again, from start to start; 0 for once."""

    def __post_init__(self) -> None:
        """Refuse a time that ends before it starts, fewer than no arrivals, and a pattern that overlaps itself."""
        super().__post_init__()
        _refuse(number(self.factor) < 0, f"surge “{self.id}” has a factor below zero")
        _refuse(not 0 <= self.start < self.end, f"the time of “{self.id}” must start at 0 or later and end after that")
        _refuse(
            not 0 <= 2 * self.ramp <= self.end - self.start, f"surge “{self.id}” must rise and fall within its time"
        )
        _refuse(
            self.every != 0 and self.every < self.end - self.start,
            f"surge “{self.id}” must be over before it comes again",
        )


class Slowdown(Document, frozen=True, kw_only=True):
    """Work or waits that take so many times as long when they begin between two times, as with a supplier in delay."""

    id: str
    factor: Fraction
    """Kept to a thousandth."""
    start: int
    """ms after the scenario's start."""
    end: int
    steps: tuple[str, ...] = ()
    """The steps that it slows down, WORK or WAIT."""
    pool: str = ""
    """The pool whose work it slows down, whatever the step."""

    def __post_init__(self) -> None:
        """Refuse a time that ends before it starts, a factor below zero, and slowing nothing down."""
        super().__post_init__()
        _refuse(not 0 <= number(self.factor) <= 1000, f"the factor of “{self.id}” must lie between 0 and 1000")
        _refuse(not 0 <= self.start < self.end, f"the time of “{self.id}” must start at 0 or later and end after that")
        _refuse(not self.steps and not self.pool, f"“{self.id}” names neither a step nor a pool")


class Outage(Document, frozen=True, kw_only=True):
    """Between two times nobody begins certain steps, or a pool cannot do them; what is in hand is finished.

    Without a pool it is a system that is down, with one a skill that the pool lacks; without steps the whole pool.
    """

    id: str
    start: int
    """ms after the scenario's start."""
    end: int
    steps: tuple[str, ...] = ()
    pool: str = ""

    def __post_init__(self) -> None:
        """Refuse a time that ends before it starts, and stopping nothing."""
        super().__post_init__()
        _refuse(not 0 <= self.start < self.end, f"the time of “{self.id}” must start at 0 or later and end after that")
        _refuse(not self.steps and not self.pool, f"“{self.id}” names neither a step nor a pool")


class Backlog(Document, frozen=True, kw_only=True):
    """Cases already waiting before a step when the period starts."""

    id: str
    """The step."""
    cases: int
    stream: str

    def __post_init__(self) -> None:
        """Refuse fewer than no cases."""
        super().__post_init__()
        _refuse(self.cases < 0, f"fewer than no cases wait before “{self.id}”")


class Scenario(Document, frozen=True, kw_only=True):
    """Demand and contingencies for a period."""

    format: int = 1
    id: str
    name: str
    start: str
    """Local date and time of the start, ISO, such as 2026-03-02T00:00."""
    zone: str
    """IANA time zone."""
    period: int
    """ms in which cases arrive."""
    streams: tuple[Stream, ...]
    absences: tuple[Absence, ...] = ()
    away: tuple[Away, ...] = ()
    surges: tuple[Surge, ...] = ()
    backlog: tuple[Backlog, ...] = ()
    slowdowns: tuple[Slowdown, ...] = ()
    outages: tuple[Outage, ...] = ()
    drain: Literal["empty", "stop"] = "empty"
    """After the period play until no case is left, or stop at its end; unfinished cases are counted."""
    drain_limit: int = 13 * 7 * 86_400_000
    """ms after the period at which play stops in any case."""

    def __post_init__(self) -> None:
        """Refuse a start or zone that is none, a period without length, and surges or backlogs of unknown streams."""
        super().__post_init__()
        instant(self.start, self.zone)
        _refuse(self.period <= 0 or self.drain_limit < 0, "its period must last, and the play after it not end before")
        known = {stream.id for stream in self.streams}
        named = {surge.stream for surge in self.surges if surge.stream} | {one.stream for one in self.backlog}
        _refuse(bool(named - known), f"no stream is called {', '.join(sorted(named - known))}")

    @property
    def calm(self) -> bool:
        """Say whether nothing goes wrong in it; growth of demand is no contingency."""
        return not (self.absences or self.away or self.surges or self.slowdowns or self.outages)

    @property
    def begin(self) -> int:
        """The instant of the start, ms since 1970 UTC."""
        return instant(self.start, self.zone)

    @property
    def limit(self) -> int:
        """ms after the start at which play stops in any case."""
        return self.period + (self.drain_limit if self.drain == "empty" else 0)

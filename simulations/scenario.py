"""What is asked of a design: demand and contingencies for a period. No staffing, no seed."""

from typing import Literal

from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction
from process_models.values.provenance import Provenance


class Stream(Document, frozen=True, kw_only=True):
    """Cases of one type through one channel."""

    id: str
    case_type: str = ""
    channel: str = ""
    per_hour: tuple[Fraction, ...]
    """Mean arrivals in each of the 168 hours of a local week, Monday 0:00 first."""
    priority: int = 0
    """Served before higher numbers where work queues."""
    provenance: Provenance = Provenance("judged", "D", "typed in")

    def __post_init__(self) -> None:
        """Refuse anything but a week of hours."""
        super().__post_init__()
        if len(self.per_hour) != 168:
            raise ModelError("not_a_week_of_hours", stream=self.id, hours=len(self.per_hour))


class Absence(Document, frozen=True, kw_only=True):
    """Heads of a pool away at random: a share of time, in spells."""

    id: str
    pool: str
    share: Fraction
    """Share of time that a head is away, in the long run."""
    spell: int
    """Mean length of a spell, ms of wall time."""


class Away(Document, frozen=True, kw_only=True):
    """Heads of a pool known to be away from one time to another."""

    id: str
    pool: str
    heads: int
    start: int
    """ms after the scenario's start."""
    end: int


class Surge(Document, frozen=True, kw_only=True):
    """Arrivals of all streams (or one) multiplied between two times."""

    id: str
    factor: Fraction
    start: int
    end: int
    stream: str = ""


class Backlog(Document, frozen=True, kw_only=True):
    """Cases already waiting before a step when the period starts."""

    id: str
    """The step."""
    cases: int
    stream: str


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
    drain: Literal["empty", "stop"] = "empty"
    """After the period play until no case is left, or stop at its end; unfinished cases are counted."""
    drain_limit: int = 13 * 7 * 86_400_000
    """ms after the period at which play stops in any case."""

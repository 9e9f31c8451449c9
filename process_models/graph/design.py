"""A step graph with the people who do it: what is changed by moves and played by simulation."""

from typing import Literal

from process_models.graph.graph import StepGraph
from process_models.values.calendars import Span
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, number
from process_models.values.provenance import Provenance


class Learning(Document, frozen=True, kw_only=True):
    """How much longer work takes heads who are new at the start of a play, and until when."""

    factor: Fraction
    """Times as long at first; it falls evenly to 1, week by week."""
    lasts: int
    """ms until they work like everybody else."""

    def __post_init__(self) -> None:
        """Refuse learning that lasts no time, and a factor that is none."""
        super().__post_init__()
        if self.lasts <= 0 or not 0 < number(self.factor) <= 1000:
            raise ModelError("bad_learning")


class Shift(Document, frozen=True, kw_only=True):
    """Heads present in the same spans every week."""

    id: str
    spans: tuple[Span, ...]
    heads: int
    learning: Learning | None = None
    """The heads of this shift are new."""

    def __post_init__(self) -> None:
        """Refuse fewer than no heads."""
        super().__post_init__()
        if self.heads < 0:
            raise ModelError("negative_heads", shift=self.id)


class Pool(Document, frozen=True, kw_only=True):
    """People (or systems) who share work."""

    id: str
    name: str
    shifts: tuple[Shift, ...] = ()
    rate: int = 0
    """Cost of an hour, minor units."""
    finish: bool = True
    """At the end of a shift work in hand is finished; otherwise ``unfinished`` says what becomes of it."""
    unfinished: Literal["pause", "hand over", "restart"] = "pause"
    """Work in hand pauses until the next shift, or goes back to its place in the queue: somebody takes up the rest,
    or begins it anew."""
    setup: int = 0
    """ms that a head needs before work of another sort than it did last."""
    setup_between: Literal["steps", "types"] = "steps"
    """What makes work another sort: the step, or the type of the case."""
    provenance: Provenance = Provenance("judged", "D", "typed in")

    def __post_init__(self) -> None:
        """Refuse a set-up time below zero."""
        super().__post_init__()
        if self.setup < 0:
            raise ModelError("negative_setup", pool=self.id)

    @property
    def heads(self) -> int:
        """People in all shifts together."""
        return sum(shift.heads for shift in self.shifts)


class RoleStaffing(Document, frozen=True):
    """Which pools do the work of a role, the preferred first."""

    id: str
    """The role's name, as steps give it."""
    pools: tuple[str, ...]
    order: Literal["first", "last", "due"] = "first"
    """Who goes first of those with the same priority: who came first, who came last, or whose due time is next."""
    ageing: int = 0
    """ms of waiting after which work counts one priority better, again and again; 0 for never."""

    def __post_init__(self) -> None:
        """Refuse ageing in a queue that does not go by who came first: it would have no one meaning."""
        super().__post_init__()
        if self.ageing < 0 or (self.ageing and self.order != "first"):
            raise ModelError("bad_ageing", role=self.id)


class Keeping(Document, frozen=True):
    """Who stays with a case through some steps: one person, one team, or one owner whom the customer can name."""

    id: str
    by: Literal["person", "team", "owner"]
    steps: tuple[str, ...]


class Staffing(Document, frozen=True):
    """Who does what, and when they are there."""

    pools: tuple[Pool, ...] = ()
    roles: tuple[RoleStaffing, ...] = ()
    keeps: tuple[Keeping, ...] = ()
    """Agreements about who stays with a case; not simulated, because heads of a pool have no identity yet."""

    def pool(self, id: str) -> Pool | None:
        """Return a pool by id."""
        return next((pool for pool in self.pools if pool.id == id), None)

    def pools_of(self, role: str) -> tuple[Pool, ...]:
        """Return the pools that do a role's work, in order of preference."""
        names = next((entry.pools for entry in self.roles if entry.id == role), ())
        return tuple(pool for name in names if (pool := self.pool(name)))

    def heads_of(self, role: str) -> int:
        """Return how many people can do a role's work."""
        return sum(pool.heads for pool in self.pools_of(role))


class Design(Document, frozen=True, kw_only=True):
    """A step graph and its staffing."""

    format: int = 1
    graph: StepGraph
    staffing: Staffing = Staffing()

"""Scenarios and experiments of a review, and what an experiment asks for as a document."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from process_models.evidence.satisfaction import Feature
from process_models.graph.design import Design
from process_models.values.calendars import DAY
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction
from process_models.values.provenance import Grade, worst
from simulations.experiments import BLOCK
from simulations.precision import Aim
from workbench.permissions import Place

BASELINE = "baseline"
LEAST = 20
"""Replications below which no interval is shown to decide on."""
MOST = 400
DECISIVE = ("time_in_process", "waiting", "cost")
"""Measures that must be known well enough where a review has no criteria."""
JUDGED = (*DECISIVE, "promise", "satisfaction", "compliance")
"""Measures of which a page says which option is better: the family that verdicts are corrected for."""


class ScenarioRow(Struct, frozen=True):
    """A scenario of a review; the newest state of it."""

    id: str
    review: str
    name: str
    digest: str
    author: str
    at: datetime


class Played(Document, frozen=True):
    """A design or a scenario in an experiment: what it is called, and its digest."""

    id: str
    """``baseline`` or the letter of an option; or the id of a scenario."""
    name: str
    digest: str
    source: str = ""
    """Id of the option a design is of."""


class Spec(Document, frozen=True, kw_only=True):
    """What an experiment asks for."""

    format: int = 1
    designs: tuple[Played, ...]
    scenarios: tuple[Played, ...]
    features: tuple[Feature, ...] = ()
    seed: int
    replications: int
    """Of each design under each scenario; where ``most`` is more, only to begin with."""
    most: int = 0
    """Replications up to which more are played until every aim is settled; 0: none are added."""
    aims: tuple[Aim, ...] = ()
    run: Literal["terminating", "steady"] = "terminating"
    """The whole period as it is, or the long run: the warm-up is found and left out."""
    drop: str = ""
    """Measure on which options that are clearly behind are not played further; empty: all are."""

    def __post_init__(self) -> None:
        """Refuse too few replications to tell anything, and more than a page should ask for."""
        super().__post_init__()
        if not LEAST <= self.replications <= MOST or not (self.most == 0 or self.replications <= self.most <= MOST):
            raise ModelError("bad_replications", least=LEAST, most=MOST)
        if self.most and (self.replications % BLOCK or self.most % BLOCK):
            raise ModelError("uneven_replications", block=BLOCK)

    @property
    def in_order(self) -> tuple[Played, ...]:
        """The designs, the as-is process first."""
        return tuple(sorted(self.designs, key=lambda one: (one.id != BASELINE, one.id)))


class Cell(Document, frozen=True):
    """What one design under one scenario gave: the digest of its summary."""

    id: str
    """Design and scenario with a slash between."""
    summary: str


class Grown(Document, frozen=True, kw_only=True):
    """How often a design was played under a scenario where replications were added, and whether it was enough."""

    id: str
    """Design and scenario with a slash between."""
    replications: int
    wide: tuple[str, ...] = ()
    """Measures whose interval stayed wider than the decision needs."""
    needed: int = 0
    """Replications that would narrow them, by what is known; 0 where all are narrow or nobody can say."""
    dropped: bool = False
    """Not played further, because it was clearly behind."""


class Corrected(Document, frozen=True, kw_only=True):
    """A difference as one of many: its p-value and verdict after Holm's correction."""

    id: str
    """Design, scenario and measure with slashes between."""
    p: Fraction
    verdict: str


class Best(Document, frozen=True, kw_only=True):
    """Which design is best on a measure under a scenario."""

    id: str
    """Scenario and measure with a slash between."""
    best: str
    confidence: Fraction
    left: tuple[str, ...]
    """Designs of which one is the best, with the confidence of the intervals; the best mean first."""


class Settled(Document, frozen=True, kw_only=True):
    """How a design settled under a scenario, where a steady run was asked for."""

    id: str
    """Design and scenario with a slash between."""
    cut: int
    """Days left out of every design under that scenario."""
    warm_up: int = -1
    """Days of its own start that differ from the rest; -1 where no end of them was found."""
    grows: bool = False
    full: tuple[str, ...] = ()
    """Pools with more work than people present can do."""

    @property
    def steady(self) -> bool:
        """Say whether it settles."""
        return self.warm_up >= 0 and not self.grows and not self.full


class Outcome(Document, frozen=True, kw_only=True):
    """What an experiment gave."""

    format: int = 1
    spec: str
    """Digest of what was asked."""
    cells: tuple[Cell, ...]
    blocks: tuple[str, ...]
    """Keys of all blocks, sorted."""
    grown: tuple[Grown, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    best: tuple[Best, ...] = ()
    settled: tuple[Settled, ...] = ()
    """Where a steady run was asked for."""

    def warm_up(self, cell: str) -> int:
        """Return the ms that were left out at the start of a design under a scenario."""
        return next((one.cut for one in self.settled if one.id == cell), 0) * DAY

    def replications(self, cell: str, asked: int) -> int:
        """Return how often a design was played under a scenario."""
        return next((one.replications for one in self.grown if one.id == cell), asked)


class Bears(Document, frozen=True, kw_only=True):
    """How much a design bears before a promise fails: steps of a stress, None where even the most searched is borne."""

    id: str
    """Design, for its demand in twentieths of the present one; with ``/away`` the same with people away, with
    ``/absence`` absence in steps of two per cent of the time, with ``/heads`` heads away from a pool."""
    sure: int | None = None
    mean: int | None = None
    perhaps: int | None = None


class BreakPoint(Document, frozen=True, kw_only=True):
    """What was found when demand and absence were raised, and heads taken away, until a promise failed."""

    format: int = 1
    scenario: str
    """Its id in the experiment."""
    measure: str
    direction: Literal["at least", "at most"]
    threshold: Fraction
    """In ms, or a share, as the measure is."""
    away: Fraction
    """Share of time for which everybody is away in the second play of each design."""
    pool: str = ""
    """The pool from which heads are taken away; empty: none."""
    replications: int
    seed: int
    bears: tuple[Bears, ...] = ()


class Told(Document, frozen=True):
    """A mean with its interval; empty ends where there is none."""

    mean: Fraction
    low: Fraction = ""
    high: Fraction = ""


class Swung(Document, frozen=True, kw_only=True):
    """A figure with one assumption switched."""

    assumption: str
    switch: Literal["low", "high", "off"]
    then: Told | None = None
    """None where the play had to be stopped: far too much work came."""
    change: Told | None = None
    word: str = ""
    """The verdict on a difference."""


class Worked(Document, frozen=True, kw_only=True):
    """What an assumption does to a figure over its whole range, wherever the others stand."""

    assumption: str
    size: Told
    mean: Fraction
    spread: Fraction


class Sensitivity(Document, frozen=True, kw_only=True):
    """What a figure hangs on: what was asked, and what was found."""

    format: int = 1
    scenario: str
    """Its id in the experiment."""
    design: str
    """``baseline``; or the letter of an option, then the figure is its difference to the as-is process."""
    measure: str
    way: Literal["alone", "together"]
    """Each assumption alone (a tornado), or all together (elementary effects)."""
    replications: int
    seed: int
    usual: Told | None = None
    """The figure as assumed."""
    word: str = ""
    """The verdict on it, where it is a difference."""
    swings: tuple[Swung, ...] = ()
    effects: tuple[Worked, ...] = ()
    unplayable: tuple[str, ...] = ()
    """Assumptions that some switch of which no design could be played with."""


class Switched(Document, frozen=True, kw_only=True):
    """An experiment played with assumptions switched, and what it said."""

    format: int = 1
    scenario: str
    """Its id in the experiment."""
    levels: tuple[tuple[str, Literal["low", "high", "off"]], ...]
    """Assumption and switch, sorted by assumption."""
    usual: tuple[Cell, ...] = ()
    """Summary of each design as assumed, options beside the as-is process."""
    then: tuple[Cell, ...] = ()
    """The same with the switches, options beside the as-is process with the switches."""
    shifts: tuple[Cell, ...] = ()
    """With the switches, each design beside itself as assumed."""


class Manned(Document, frozen=True, kw_only=True):
    """One interval of the week (Monday is 0, ms after local midnight): who comes, and how many heads it takes."""

    day: int
    start: int
    end: int
    came: Fraction
    """Cases a week."""
    now: int
    formula: int
    heads: int
    kept: Told | None = None
    """Share begun in time with the heads found; None where nobody came."""
    before: Told | None = None
    """The same with the heads there are now."""
    unmet: bool = False
    """No number of heads tried makes the promise hold."""


class Staffed(Document, frozen=True, kw_only=True):
    """How many heads a pool of a design needs in each interval of the week, so that a promise holds."""

    format: int = 1
    scenario: str
    """Its id in the experiment."""
    design: str
    pool: str
    within: int
    """ms in which the pool is open, until work begins."""
    share: Fraction
    length: int
    """Of an interval, ms."""
    replications: int
    seed: int
    rows: tuple[Manned, ...] = ()
    plays: int = 0
    stopped: bool = False
    """The search ended after the most plays, so that fewer heads may do."""
    costs: tuple[int, ...] = ()
    """Of a week, minor units: as now, by the formula, as found."""


class Experiment(Struct, frozen=True):
    """An experiment of a review."""

    id: str
    review: str
    service: str
    spec: str
    job: str
    asked_by: str
    asked_at: datetime
    outcome: str | None = None

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, review=self.review, author=self.asked_by)


def grade_of(design: Design) -> Grade:
    """Return the weakest grade of what the figures of a design rest on: times of steps and staffing."""
    times = [step.time.provenance.grade for step in design.graph.steps if step.time]
    return worst((*times, *(pool.provenance.grade for pool in design.staffing.pools)))

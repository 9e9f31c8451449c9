"""What triggers look at: figures that follow from a design, worked out once, and what other sources say of it."""

from collections.abc import Collection
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Literal

import networkx as nx
from msgspec import Struct

from process_models.graph.checks import network
from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.measures import visit_cost, visits
from process_models.graph.steps import TIMED, Kind, Step
from process_models.values.calendars import HOUR, WEEK
from process_models.values.distributions import mean
from process_models.values.errors import ModelError


class FeatureRating(Struct, frozen=True):
    """How much a feature of the service matters to customers and how it does, both on the scale of one survey."""

    name: str
    steps: tuple[str, ...]
    importance: float
    performance: float


class Opinion(Struct, frozen=True):
    """What one person who does a step, or one manager, says of it; nobody is named."""

    side: Literal["doer", "manager"]
    view: str
    """Keep, change, remove, test or cannot say."""
    score: float | None = None
    """On the scale from −2 to +2."""


class Outcome(Struct, frozen=True):
    """Cases of one type that one person had at a step, and how many went well; nobody is named."""

    n: int
    good: int


class Practice(Struct, frozen=True):
    """Whether a step stands in the written procedure, and the share of cases in which it is done."""

    in_procedure: bool
    done: float


class ClockRun(Struct, frozen=True):
    """How a clock ran in a simulation: share of cases that missed it, and the time that 95 of 100 cases keep to, ms."""

    id: str
    """Id of the obligation or promise."""
    missed: float
    p95: float


class Played(Struct, frozen=True):
    """What a simulation of the design says."""

    clocks: tuple[ClockRun, ...] = ()
    contention: dict[str, float] = {}
    """Mean wait for people who are busy, by step, ms."""
    surge: dict[str, tuple[float, float]] = {}
    """P90 of the wait by step, ms: with the demand as it is, and with three cases for every ten more."""


class Evidence(Struct, frozen=True):
    """What surveys, people, procedures and simulations say of the steps; all of it may be missing."""

    today: date | None = None
    promised_update: int | None = None
    """How long customers are told they may hear nothing at most, ms."""
    features: tuple[FeatureRating, ...] = ()
    work_by_type: dict[str, dict[str, float]] = {}
    """Mean work by step and type of case, ms."""
    type_shares: dict[str, float] = {}
    """Share of cases of each type."""
    opinions: dict[str, tuple[Opinion, ...]] = {}
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    practice: dict[str, Practice] = {}
    played: Played | None = None


WEEKS_A_YEAR = 52


class Facts(Struct, frozen=True, dict=True):
    """A design, the cases it meets, and what follows from both."""

    design: Design
    cases_per_week: float | None = None
    """Arrivals of a scenario; None where no scenario is given."""
    evidence: Evidence = Evidence()

    @property
    def graph(self) -> StepGraph:
        """The design's step graph."""
        return self.design.graph

    @cached_property
    def visits(self) -> dict[str, float] | None:
        """Expected visits a case to each step; None where the graph cannot be counted."""
        try:
            return visits(self.graph).of
        except ModelError:
            return None

    @cached_property
    def costs(self) -> dict[str, float]:
        """Cost a case of each step, minor units; steps without time or rate cost nothing yet."""
        counted = self.visits or {}
        return {step.id: counted.get(step.id, 0.0) * visit_cost(self.design, step) for step in self.graph.steps}

    @cached_property
    def times(self) -> dict[str, float]:
        """Time a case spends at each step: wait before it and work, or the wait itself, ms."""
        counted = self.visits or {}
        return {step.id: counted.get(step.id, 0.0) * (self.wait(step) + self.work(step)) for step in self.graph.steps}

    def wait(self, step: Step) -> float:
        """Return the mean wait before a step, 0 where it is not known, ms."""
        figure = step.figure("wait")
        return float(figure.value) if figure else 0.0

    def work(self, step: Step) -> float:
        """Return the mean time of a step itself, 0 where it is not known, ms."""
        return mean(step.time.distribution) if step.time else 0.0

    def volume(self, step: Step) -> float | None:
        """Return how often a step is done a year: as counted, or from demand and visits; None if neither is known."""
        figure = step.figure("volume")
        if figure:
            return float(figure.value)
        if self.cases_per_week is None or self.visits is None:
            return None
        return self.cases_per_week * WEEKS_A_YEAR * self.visits.get(step.id, 0.0)

    @cached_property
    def loads(self) -> dict[str, float] | None:
        """Load of each role: work asked for ÷ rostered time of its pools, both a week; None without a scenario."""
        if self.cases_per_week is None or self.visits is None:
            return None
        out = {}
        work_steps = sorted((s for s in self.graph.of_kind(Kind.WORK) if s.role), key=lambda s: s.role)
        for role, steps in groupby(work_steps, key=lambda s: s.role):
            asked = self.cases_per_week * sum(self.visits[s.id] * self.work(s) for s in steps)
            rostered = sum(hours(self.design, role))
            if rostered:
                out[role] = asked / rostered
        return out

    @cached_property
    def cycles(self) -> tuple[frozenset[str], ...]:
        """Groups of steps that a case can come back to."""
        net = network(self.graph)
        return tuple(
            frozenset(part)
            for part in nx.strongly_connected_components(net)
            if len(part) > 1 or net.has_edge(min(part), min(part))
        )

    def before(self, step: str) -> frozenset[str]:
        """Return the steps a case may have passed before a step."""
        return frozenset(nx.ancestors(network(self.graph), step))

    @cached_property
    def _earlier(self) -> dict[str, frozenset[str]]:
        """Steps before each step, loops not followed back."""
        back = set(self.graph.backward)
        earlier: dict[str, frozenset[str]] = {}
        for id in self.graph.reading_order:
            sources = {f.source for f in self.graph.before(id) if f.id not in back and f.source != id}
            earlier[id] = frozenset(sources).union(*(earlier.get(source, frozenset()) for source in sources))
        return earlier

    def comes_after(self, step: str, other: str) -> bool:
        """Say whether a case can come from another step on to a step, loops apart."""
        return other in self._earlier.get(step, ())

    def previous(self, step: str, among: Collection[Step] | None = None) -> list[Step]:
        """Return the nearest steps before a step at which something happens, or the nearest among some; loops apart."""
        wanted = {one.id for one in among} if among is not None else {s.id for s in self.graph.steps if s.kind in TIMED}
        back, found, seen = set(self.graph.backward), [], {step}
        front = [step]
        while front:
            for flow in self.graph.before(front.pop(0)):
                if flow.id in back or flow.source in seen:
                    continue
                seen.add(flow.source)
                if flow.source in wanted:
                    found.append(self.graph.by_id[flow.source])
                else:
                    front.append(flow.source)
        return found


def hours(design: Design, role: str) -> list[int]:
    """Return the rostered time of each pool of a role, ms a week."""
    return [
        shift.heads * sum(span.end - span.start for span in shift.spans)
        for pool in design.staffing.pools_of(role)
        for shift in pool.shifts
    ]


def per_week(per_hour: tuple[str, ...]) -> float:
    """Return the arrivals of a week of hours.

    >>> per_week(("0.5",) * 168)
    84.0
    """
    return sum(float(rate) for rate in per_hour) * WEEK / (168 * HOUR)

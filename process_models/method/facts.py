"""What triggers look at: figures that follow from a design, worked out once."""

from functools import cached_property
from itertools import groupby

import networkx as nx
from msgspec import Struct

from process_models.graph.checks import network
from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.measures import visit_cost, visits
from process_models.graph.steps import Kind, Step
from process_models.values.calendars import HOUR, WEEK
from process_models.values.distributions import mean
from process_models.values.errors import ModelError


class Facts(Struct, frozen=True, dict=True):
    """A design, the cases it meets, and what follows from both."""

    design: Design
    cases_per_week: float | None = None
    """Arrivals of a scenario; None where no scenario is given."""

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

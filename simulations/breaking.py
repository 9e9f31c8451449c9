"""How much more demand until a promise fails: the edge of a design, with and without people away.

Demand is multiplied over the whole period and the smallest factor searched at which the measure no longer meets its
threshold, by bisection on a grid of 1/20. Luck is common, so more demand is the same cases and more of them, closer
together. The edge has an interval: below its low end the threshold is met for certain (the whole 95 % interval of the
measure), above its high end it is missed for certain.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

from msgspec.structs import replace

from process_models.graph.design import Design
from process_models.values.errors import ModelError
from process_models.values.fractions import fraction
from simulations.comparison import Estimate, estimate
from simulations.experiments import MEASURES, Task, run_block, value
from simulations.scenario import Absence, Scenario, Surge

GRID = 20
LEAST, MOST = GRID // 2, 4 * GRID
"""Factors searched: from half of the demand to four times."""
MORE, AWAY = "break-point", "break-point-away"
REPLICATIONS = 10

Found = Estimate | None
"""What a measure is at a factor; None where the play had to be stopped or nothing could be measured: a failure."""


class Threshold(NamedTuple):
    """What a promise asks of a measure."""

    measure: str
    direction: Literal["at least", "at most"]
    value: float

    def met(self, figure: float) -> bool:
        """Say whether a figure is good enough."""
        return figure >= self.value if self.direction == "at least" else figure <= self.value

    def surely(self, found: Found) -> bool:
        """Say whether the whole interval is good enough."""
        return (
            found is not None
            and found.low is not None
            and found.high is not None
            and all(map(self.met, (found.low, found.high)))
        )

    def perhaps(self, found: Found) -> bool:
        """Say whether any of the interval is good enough."""
        return (
            found is not None
            and found.low is not None
            and found.high is not None
            and any(map(self.met, (found.low, found.high)))
        )


class Edge(NamedTuple):
    """How many times the demand a design bears, in 1/20; None where even the most searched is borne."""

    sure: int | None
    """Up to here for certain; below the least searched where not even that is certain."""
    mean: int | None
    """The last at which the mean is good enough."""
    perhaps: int | None
    """From the next on it is missed for certain."""


def surged(scenario: Scenario, factor: int) -> Scenario:
    """Return a scenario with demand multiplied by twentieths over the whole period."""
    more = Surge(id=MORE, factor=fraction(factor / GRID, 2), start=0, end=scenario.period)
    return scenario if factor == GRID else replace(scenario, surges=(*scenario.surges, more))


def with_people_away(scenario: Scenario, design: Design, share: str, spell: int) -> Scenario:
    """Return a scenario in which everybody is away a share of time more, in spells."""
    more = tuple(
        Absence(id=f"{AWAY}-{pool.id}", pool=pool.id, share=share, spell=spell)
        for pool in design.staffing.pools
        if pool.shifts
    )
    return replace(scenario, absences=(*scenario.absences, *more))


def edge(look: Callable[[int], Found], asked: Threshold) -> Edge:
    """Return the edge of a design, given what the measure is at a factor; each factor is looked at once."""
    known: dict[int, Found] = {}

    def at(factor: int) -> Found:
        if factor not in known:
            known[factor] = look(factor)
        return known[factor]

    def last(good: Callable[[Found], bool]) -> int | None:
        if good(at(MOST)):
            return None
        low, high = LEAST - 1, MOST
        if good(at(GRID)):
            low = GRID
        else:
            high = GRID
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if good(at(middle)) else (low, middle)
        return low

    def on_average(found: Found) -> bool:
        return found is not None and asked.met(found.mean)

    return Edge(last(asked.surely), last(on_average), last(asked.perhaps))


def looked_at(
    design: Design, scenario: Scenario, asked: Threshold, seed: int, factor: int, replications: int = REPLICATIONS
) -> Found:
    """Return a measure with demand multiplied; None where far too much work comes to be played."""
    kind = next(one for one in MEASURES if one.id == asked.measure)
    task = Task(design=design, scenario=surged(scenario, factor), seed=seed, first=0, count=replications)
    try:
        played = run_block(task)
    except ModelError as refused:
        if refused.sentence.id != "too_many_under_way":
            raise
        return None
    told = [value(kind, dict(one.sums)) for one in played.replications]
    return estimate([one for one in told if one is not None])


def edge_of(design: Design, scenario: Scenario, asked: Threshold, seed: int, beat: Callable[[], None]) -> Edge:
    """Return how much more demand a design bears under a scenario; the beat is called before each look."""
    look = partial(looked_at, design, scenario, asked, seed)

    def told(factor: int) -> Found:
        beat()
        return look(factor)

    return edge(told, asked)

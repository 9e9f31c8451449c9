"""How much until a promise fails: more demand, more absence, fewer heads; the edge of a design.

A *stress* is put on a scenario in whole steps, and the last step is searched at which the measure still meets its
threshold, by bisection: a promise that holds under much is taken to hold under less. Luck is common, so more demand is
the same cases and more of them, closer together. The edge has an interval: below its low end the threshold is met for
certain (the whole 95 % interval of the measure), above its high end it is missed for certain.

What softens a blow (a playbook) is a function of the scenario: play the edge with it and without, and see how far it
moves.
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
from simulations.scenario import Absence, Away, Scenario, Surge

GRID = 20
LEAST, MOST = GRID // 2, 4 * GRID
"""Factors of demand searched: from half of it to four times, in twentieths."""
PER_CENT = 2
MOST_AWAY = 90 // PER_CENT
"""Absence searched: from none to 90 % of the time, in steps of two."""
SPELL = 3 * 86_400_000
"""Mean length of a spell of absence that is put on a scenario, ms."""
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
    """How many steps of a stress a design bears; None where even the most searched is borne."""

    sure: int | None
    """Up to here for certain; below the least searched where not even that is certain."""
    mean: int | None
    """The last at which the mean is good enough."""
    perhaps: int | None
    """From the next on it is missed for certain."""


class Stress(NamedTuple):
    """Something that is made worse step by step."""

    id: str
    least: int
    now: int
    """The step at which a scenario is as it is; the least where it cannot be made better."""
    most: int
    put: Callable[[Scenario, Design, int], Scenario]
    """Returns the scenario under so many steps."""


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


def with_heads_away(pool: str) -> Callable[[Scenario, Design, int], Scenario]:
    """Return what takes a number of heads of a pool away for the whole period."""

    def put(scenario: Scenario, _: Design, heads: int) -> Scenario:
        more = Away(id=f"{AWAY}-{pool}", pool=pool, heads=heads, start=0, end=scenario.period)
        return replace(scenario, away=(*scenario.away, more)) if heads else scenario

    return put


def _absent(scenario: Scenario, design: Design, steps: int) -> Scenario:
    return with_people_away(scenario, design, fraction(steps * PER_CENT / 100, 2), SPELL) if steps else scenario


DEMAND = Stress("demand", LEAST, GRID, MOST, lambda scenario, _, factor: surged(scenario, factor))
ABSENCE = Stress("absence", 0, 0, MOST_AWAY, _absent)


def heads_of(design: Design, pool: str) -> Stress | None:
    """Return the stress of heads away from a pool; None where the design does not have it, or nobody in it."""
    found = design.staffing.pool(pool)
    return Stress(f"heads:{pool}", 0, 0, found.heads, with_heads_away(pool)) if found and found.heads else None


def edge(look: Callable[[int], Found], asked: Threshold, stress: Stress = DEMAND) -> Edge:
    """Return the edge of a design, given what the measure is under so many steps; each is looked at once."""
    known: dict[int, Found] = {}

    def at(steps: int) -> Found:
        if steps not in known:
            known[steps] = look(steps)
        return known[steps]

    def last(good: Callable[[Found], bool]) -> int | None:
        if good(at(stress.most)):
            return None
        low, high = (stress.now, stress.most) if good(at(stress.now)) else (stress.least - 1, stress.now)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if good(at(middle)) else (low, middle)
        return low

    def on_average(found: Found) -> bool:
        return found is not None and asked.met(found.mean)

    return Edge(last(asked.surely), last(on_average), last(asked.perhaps))


def looked_at(
    design: Design, scenario: Scenario, asked: Threshold, seed: int, replications: int = REPLICATIONS
) -> Found:
    """Return a measure of a play; None where far too much work comes to be played."""
    kind = next(one for one in MEASURES if one.id == asked.measure)
    task = Task(design=design, scenario=scenario, seed=seed, first=0, count=replications)
    try:
        played = run_block(task)
    except ModelError as refused:
        if refused.sentence.id != "too_many_under_way":
            raise
        return None
    told = [value(kind, dict(one.sums)) for one in played.replications]
    return estimate([one for one in told if one is not None])


def edge_of(
    design: Design,
    scenario: Scenario,
    asked: Threshold,
    seed: int,
    beat: Callable[[], None],
    stress: Stress = DEMAND,
) -> Edge:
    """Return how much of a stress a design bears under a scenario; the beat is called before each look."""
    look = partial(looked_at, design, asked=asked, seed=seed)

    def told(steps: int) -> Found:
        beat()
        return look(stress.put(scenario, design, steps))

    return edge(told, asked, stress)

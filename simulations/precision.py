"""How often to play: until the intervals are as narrow as the decision needs, or as often as somebody allows.

An aim is *settled* when the half-width of its interval is at most a share of the mean, or when its threshold lies
outside the interval. The second looks at the answer, and a look that may end the play is a chance to be wrong: so it
uses an interval that holds at all looks together (Bonferroni). Nothing is ever stopped because a difference just became
clear. (Method: Law, *Simulation Modeling and Analysis*, 5th ed. 2015, 9.4.1.)
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from process_models.values.document import Document
from process_models.values.fractions import Fraction
from simulations.comparison import Estimate, estimate

GROWTH = 1.5
"""A round is at least so many times as long as all before, so that there are few looks."""


class Aim(Document, frozen=True, kw_only=True):
    """A measure that must be known well enough, and the threshold it is held against, if any."""

    id: str
    measure: str
    threshold: Fraction = ""


class State(NamedTuple):
    """How well an aim is known."""

    settled: bool
    needed: int | None
    """Replications that would make the interval narrow, by what is known so far; None where that cannot be said."""


def looks(first: int, most: int) -> int:
    """Return at most how many times a play is looked at.

    >>> looks(20, 20), looks(20, 45), looks(20, 400)
    (1, 3, 9)
    """
    return 1 + max(0, math.ceil(math.log(most / first) / math.log(GROWTH) - 1e-9))


def state(
    series: Sequence[float | None], aim: Aim, tolerance: float, *, confidence: float = 0.95, looks: int = 1
) -> State:
    """Return whether an aim is settled by one value a replication; what has no value at all has nothing to settle."""
    known = [value for value in series if value is not None]
    found = estimate(known, confidence)
    if found is None:
        return State(True, None)
    needed = enough(found, tolerance)
    if found.reached(tolerance):
        return State(True, needed)
    surer = estimate(known, 1 - (1 - confidence) / looks)
    apart = surer is not None and surer.half_width is not None and not surer.holds(float(aim.threshold or "nan"))
    return State(bool(aim.threshold) and apart, needed)


def enough(found: Estimate, tolerance: float) -> int | None:
    """Return how many replications make an interval as narrow as a share of the mean; None where nobody can say.

    >>> enough(Estimate(100.0, 10.0, 20), 0.05), enough(Estimate(0.0, 1.0, 20), 0.05)
    (80, None)
    """
    if found.half_width is None or found.mean == 0:
        return None
    return math.ceil(found.replications * (found.half_width / (tolerance * abs(found.mean))) ** 2 - 1e-9)


def following(played: int, states: Sequence[State], most: int, block: int) -> int:
    """Return how many replications to have after the next round; as many as played where all is settled.

    >>> following(20, [State(False, 28)], 400, 5), following(20, [State(False, 900)], 400, 5)
    (30, 40)
    >>> following(20, [State(True, 28)], 400, 5), following(390, [State(False, None)], 400, 5)
    (20, 400)
    """
    open_ones = [one for one in states if not one.settled]
    if not open_ones or played >= most:
        return played
    wish = max(one.needed or 2 * played for one in open_ones)
    goal = min(max(math.ceil(GROWTH * played), wish), 2 * played)
    return min(most, -(-goal // block) * block)

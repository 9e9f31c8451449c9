"""Which design is best, with what confidence; what a family of differences still says; who is clearly behind.

All on values that share their luck, replication by replication. Holm (1979) keeps the chance of any wrong word among a
family of differences within the stated level. *Best* is said by paired one-sided tests against each other design with
Bonferroni's correction (Clark and Yang 1986; Law, *Simulation Modeling and Analysis*, 5th ed. 2015, 10.4): it is wrong
with at most the stated chance, and common luck may correlate designs as it likes. Clear losers are dropped during play
by the fully sequential procedure of Kim and Nelson (*ACM TOMACS* 11(3), 2001), which keeps the best with the stated
confidence if it is better than the rest by more than a difference nobody would act on.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from simulations.comparison import Direction

Series = Sequence[float | None]


def paired(one: Series, other: Series) -> list[float]:
    """Return other − one where both have a value, as far as both were played."""
    return [b - a for a, b in zip(one, other, strict=False) if a is not None and b is not None]


def chance_above(apart: Sequence[float]) -> float:
    """Return the one-sided p-value of a mean difference above zero (Student): small where it clearly is above.

    >>> round(chance_above([1.0, 2.0, 3.0]), 4), chance_above([0.0, 0.0]), chance_above([1.0, 1.0])
    (0.0371, 0.5, 0.0)
    """
    if len(apart) < 2:
        return 0.5
    mean, spread = fmean(apart), float(np.std(apart, ddof=1))
    if spread == 0:
        return 0.5 if mean == 0 else 0.0 if mean > 0 else 1.0
    from scipy import stats

    return float(stats.t.sf(mean / spread * math.sqrt(len(apart)), len(apart) - 1))


def two_sided(apart: Sequence[float]) -> float:
    """Return the p-value of a mean difference from zero.

    >>> round(two_sided([1.0, 2.0, 3.0]), 4), two_sided([0.0, 0.0])
    (0.0742, 1.0)
    """
    above = chance_above(apart)
    return min(1.0, 2 * min(above, 1 - above))


def holm(chances: Mapping[str, float]) -> dict[str, float]:
    """Return p-values corrected for being many (Holm 1979): below a level, all below it hold together at that level.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    ordered = sorted(chances.items(), key=lambda pair: (pair[1], pair[0]))
    out: dict[str, float] = {}
    least = 0.0
    for rank, (name, chance) in enumerate(ordered):
        least = max(least, min(1.0, (len(ordered) - rank) * chance))
        out[name] = least
    return out


class Choice(NamedTuple):
    """Which design is best on a measure, as far as can be said."""

    best: str
    """The one with the best mean."""
    confidence: float
    """With which it is really the best: 1 less the chance that any other is at least as good, added up; 0 at least."""
    left: tuple[str, ...]
    """Those of which one is the best with the confidence asked for, the best mean first."""


def choose(values: Mapping[str, Series], direction: Direction, confidence: float = 0.95) -> Choice | None:
    """Return the best of two or more designs; None where nothing is better or not all were measured.

    Only replications that all designs have are looked at.
    """
    lines = _shared(values)
    if direction == "neither" or len(lines) < 2 or len(next(iter(lines.values()))) < 2:
        return None
    sign = -1 if direction == "lower" else 1
    lines = {name: [sign * value for value in line] for name, line in lines.items()}
    ranked = sorted(lines, key=lambda name: (-fmean(lines[name]), name))
    best, others = ranked[0], len(ranked) - 1
    behind = max(chance_above(paired(lines[other], lines[best])) for other in ranked[1:])
    level = (1 - confidence) / others
    left = tuple(
        name
        for name in ranked
        if all(chance_above(paired(lines[name], lines[rival])) > level for rival in ranked if rival != name)
    )
    return Choice(best, max(0.0, 1 - others * behind), left)


def _shared(values: Mapping[str, Series]) -> dict[str, list[float]]:
    """Return the values of replications in which every design has one."""
    names = list(values)
    rows = [row for row in zip(*values.values(), strict=False) if None not in row]
    return {name: [float(row[n]) for row in rows] for n, name in enumerate(names)} if rows else {}


def in_play(
    values: Mapping[str, Series],
    direction: Direction,
    indifference: float,
    *,
    first: int,
    of: int = 0,
    confidence: float = 0.95,
) -> tuple[str, ...]:
    """Return the designs that may still be the best, by Kim and Nelson's procedure; those once dropped are not given.

    ``first`` replications estimate the spread of differences; a better mean by less than ``indifference`` is no matter;
    ``of`` is how many designs there were before any was dropped.
    """
    lines = _shared(values)
    if direction == "neither" or len(lines) < 2 or indifference <= 0 or len(next(iter(lines.values()))) < first:
        return tuple(values)
    sign = -1 if direction == "lower" else 1
    lines = {name: [sign * value for value in line] for name, line in lines.items()}
    played = len(next(iter(lines.values())))
    rivals = max(of, len(lines)) - 1
    eta = ((2 * (1 - confidence) / rivals) ** (-2 / (first - 1)) - 1) / 2
    reach = 2 * eta * (first - 1)

    def beaten(one: str, other: str) -> bool:
        apart = paired(lines[one], lines[other])
        spread = float(np.var(apart[:first], ddof=1))
        margin = max(0.0, indifference / (2 * played) * (reach * spread / indifference**2 - played))
        return bool(fmean(apart) > margin)

    return tuple(one for one in lines if not any(beaten(one, other) for other in lines if other != one))

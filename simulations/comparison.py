"""What may be concluded from replications: means with intervals, paired differences, and the words for them.

Replications are independent; within one, designs share their luck, so they are compared replication by replication. The
interval is Student's (Law, *Simulation Modeling and Analysis*, 5th ed. 2015, 9.4 and 10.2).
"""

import math
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Literal, NamedTuple

Direction = Literal["lower", "higher", "neither"]
"""Which way is better."""

Verdict = Literal["better", "worse", "unclear", "different", "same"]
"""``same`` where no replication differs at all; ``different`` where neither way is better."""


class Estimate(NamedTuple):
    """A mean over replications and the interval that holds the true one with the confidence asked for."""

    mean: float
    half_width: float | None
    """None with fewer than two replications: then nobody can say."""
    replications: int

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""
        return None if self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""
        return None if self.half_width is None else self.mean + self.half_width

    def holds(self, value: float) -> bool:
        """Say whether a value lies in the interval."""
        return self.half_width is not None and abs(value - self.mean) <= self.half_width

    def reached(self, tolerance: float) -> bool:
        """Say whether the half-width is at most a share of the mean, as asked for."""
        return self.half_width is not None and self.half_width <= tolerance * abs(self.mean)


def estimate(values: Sequence[float], confidence: float = 0.95) -> Estimate | None:
    """Return the mean of one value a replication with its interval; None without any."""
    if not values:
        return None
    if len(values) < 2:
        return Estimate(fmean(values), None, len(values))
    from scipy import stats

    t = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1))
    return Estimate(fmean(values), t * stdev(values) / math.sqrt(len(values)), len(values))


class Difference(NamedTuple):
    """How a design differs from the baseline under the same luck."""

    estimate: Estimate
    """Of design − baseline, replication by replication."""
    verdict: Verdict
    reduction: float | None
    """How many times smaller the variance is than with independent luck; None where it cannot be said."""


def difference(
    baseline: Sequence[float | None],
    design: Sequence[float | None],
    direction: Direction,
    confidence: float = 0.95,
) -> Difference | None:
    """Return the paired difference of two designs; replications in which one has no value are left out."""
    pairs = [(a, b) for a, b in zip(baseline, design, strict=True) if a is not None and b is not None]
    found = estimate([b - a for a, b in pairs], confidence)
    if found is None:
        return None
    return Difference(found, verdict(found, direction), _reduction(pairs))


def verdict(difference: Estimate, direction: Direction) -> Verdict:
    """Say in a word what a difference means; unclear where its interval holds zero.

    >>> verdict(Estimate(-3.0, 1.0, 20), "lower"), verdict(Estimate(-3.0, 4.0, 20), "lower")
    ('better', 'unclear')
    """
    if difference.half_width is None:
        return "unclear"
    if difference.mean == 0 and difference.half_width == 0:
        return "same"
    if difference.holds(0):
        return "unclear"
    if direction == "neither":
        return "different"
    return "better" if (difference.mean < 0) == (direction == "lower") else "worse"


def _reduction(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < 2:
        return None
    apart = sum(stdev(values) ** 2 for values in zip(*pairs, strict=True))
    together = stdev([b - a for a, b in pairs]) ** 2
    return apart / together if together else None

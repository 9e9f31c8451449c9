"""Shares, means and scores of answers, each with its interval: how sure a sample lets us be.

Wilson, *Probable inference* (1927), for shares; Student's t for means; the net promoter score with the standard error
of a difference of two shares of one sample. Fewer than :data:`FEWEST` answers are not told at all.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

FEWEST = 10
"""Below this nothing is told, so that nobody is recognised and nothing is made of chance."""
FEW = 30
"""Below this a figure is told with a warning."""


class Estimate(NamedTuple):
    """A figure with its interval, and how many answers it rests on."""

    value: float
    low: float
    high: float
    n: int

    @property
    def few(self) -> bool:
        """Say whether it rests on so few answers that a warning belongs beside it."""
        return self.n < FEW


def share(hits: int, n: int, confidence: float = 0.95) -> Estimate:
    """Return a share with Wilson's interval, from 0 to 1; n must be above zero.

    >>> one = share(8, 10)
    >>> round(one.low, 3), round(one.high, 3)
    (0.49, 0.943)
    """
    z = _normal(confidence)
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), n)


def mean(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Return a mean with Student's interval; with one value only the interval is that value."""
    n = len(values)
    centre = sum(values) / n
    if n == 1:
        return Estimate(centre, centre, centre, 1)
    spread = sqrt(sum((value - centre) ** 2 for value in values) / (n - 1))
    half = _student(confidence, n - 1) * spread / sqrt(n)
    return Estimate(centre, centre - half, centre + half, n)


def top_two(scores: Sequence[int], best: int = 5, confidence: float = 0.95) -> Estimate:
    """Return the share of answers in the two best of a scale that ends with ``best``: customer satisfaction (CSAT)."""
    return share(sum(1 for score in scores if score >= best - 1), len(scores), confidence)


def net_promoter(scores: Sequence[int], confidence: float = 0.95) -> Estimate:
    """Return the share of 9 and 10 less the share of 0 to 6, from −1 to 1.

    >>> net_promoter([10, 9, 8, 0]).value
    0.25
    """
    n = len(scores)
    for_us = sum(1 for score in scores if score >= 9) / n
    against = sum(1 for score in scores if score <= 6) / n
    value = for_us - against
    half = _normal(confidence) * sqrt((for_us + against - value * value) / n)
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), n)


def _normal(confidence: float) -> float:
    from scipy.special import ndtri  # a tenth of a second to import: only where an interval is asked for

    return float(ndtri(0.5 + confidence / 2))


def _student(confidence: float, freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + confidence / 2))

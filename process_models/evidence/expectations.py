"""What customers expect beside what they get: Kano's kinds of feature, and gaps between expectation and perception.

Kano, Seraku, Takahashi and Tsuji (1984) for the table of a question asked twice, if the feature is there and if it is
not; Berger and others (1993) for the two coefficients; Parasuraman, Zeithaml and Berry, *Journal of Retailing* 64
(1988) for gaps.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Answer = Literal["like", "must be", "neutral", "live with", "dislike"]
ANSWERS: tuple[Answer, ...] = ("like", "must be", "neutral", "live with", "dislike")
Kind = Literal["attractive", "one-dimensional", "must-be", "indifferent", "reverse", "questionable"]

_A: Kind = "attractive"
_O: Kind = "one-dimensional"
_M: Kind = "must-be"
_I: Kind = "indifferent"
_R: Kind = "reverse"
_Q: Kind = "questionable"
TABLE: dict[Answer, tuple[Kind, ...]] = {
    "like": (_Q, _A, _A, _A, _O),
    "must be": (_R, _I, _I, _I, _M),
    "neutral": (_R, _I, _I, _I, _M),
    "live with": (_R, _I, _I, _I, _M),
    "dislike": (_R, _R, _R, _R, _Q),
}
"""Rows: if the feature is there; columns, in the order of :data:`ANSWERS`: if it is not."""


class Kano(NamedTuple):
    """How customers take a feature."""

    kind: Kind
    counts: dict[Kind, int]
    better: float
    """Share of customers whom the feature makes more content, from 0 to 1."""
    worse: float
    """Share whom its lack makes less content, from −1 to 0."""
    n: int


def kano(pairs: Sequence[tuple[Answer, Answer]]) -> Kano | None:
    """Return how customers take a feature, from pairs of answers (if it is there, if it is not); None without any.

    A tie goes to the kind that matters more: must-be before one-dimensional, attractive and indifferent.
    """
    if not pairs:
        return None
    counts = Counter(TABLE[there][ANSWERS.index(lacking)] for there, lacking in pairs)
    order: tuple[Kind, ...] = (_M, _O, _A, _I, _R, _Q)
    kind = max(order, key=lambda one: (counts[one], -order.index(one)))
    asked = sum(counts[one] for one in (_A, _O, _M, _I))
    better = (counts[_A] + counts[_O]) / asked if asked else 0.0
    worse = -(counts[_O] + counts[_M]) / asked if asked else 0.0
    return Kano(kind, dict(counts), better, worse, len(pairs))


def gaps(expected: Mapping[str, Sequence[float]], perceived: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return for each item the mean perception less the mean expectation; items that only one side has are left out.

    >>> gaps({"on time": [7, 6]}, {"on time": [5, 5], "polite": [6]})
    {'on time': -1.5}
    """
    return {
        item: sum(perceived[item]) / len(perceived[item]) - sum(expected[item]) / len(expected[item])
        for item in expected
        if perceived.get(item) and expected[item]
    }


def overall(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the weighted gap; weights are points shared out, and need not add up to 1."""
    whole = sum(weights.get(item, 0.0) for item in found)
    return sum(gap * weights.get(item, 0.0) for item, gap in found.items()) / whole if whole else 0.0

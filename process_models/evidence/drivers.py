"""What satisfaction is associated with: how much of its variation each rated feature accounts for, with intervals.

Two ways that share the variance that features explain together: the mean over all orders in which features could be
added (Lindeman, Merenda and Gold, *Introduction to Bivariate and Multivariate Analysis*, 1980: LMG, the Shapley value),
exact up to ten features, and relative weights (Johnson, *Multivariate Behavioral Research* 35, 2000) beyond. Both rest
on correlations, so all that is said is “associated with”. Intervals are bootstrap percentiles.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from process_models.values.errors import ModelError

Floats = NDArray[np.float64]
EXACT_UP_TO = 10
RESPONDENTS = 10
"""Answers needed for each feature."""
TANGLED = 10.0
"""Variance inflation above which features cannot be told apart."""
ROUNDS = 500


class Driver(NamedTuple):
    """A feature and its share in the variance of the outcome, with its interval."""

    name: str
    importance: float
    low: float
    high: float
    correlation: float
    performance: float
    """Mean rating."""
    inflation: float
    """How far the other features say the same (variance inflation factor)."""


class Drivers(NamedTuple):
    """What the features account for together and each, the largest first."""

    explained: float
    """R², the share of the variance that all features account for."""
    explained_low: float
    """Adjusted for their number; not above zero means that nothing is shown."""
    drivers: tuple[Driver, ...]
    n: int
    left_out: int
    """Answers that miss one of the ratings."""
    method: Literal["LMG", "Johnson"]
    told_apart: bool
    """The first is beyond doubt ahead of the last."""
    leads: bool
    """The first is beyond doubt ahead of the second."""

    @property
    def any(self) -> bool:
        """Say whether any association is beyond what chance would show."""
        return self.explained_low > 0 and any(one.low > CHANCE / self.n for one in self.drivers)

    @property
    def tangled(self) -> tuple[str, ...]:
        """Features that cannot be told from others."""
        return tuple(one.name for one in self.drivers if one.inflation > TANGLED)


CHANCE = 4.0
"""R² that one feature without any association shows by chance once in twenty times, times the number of answers."""


def lmg(r_xx: Floats, r_xy: Floats) -> Floats:
    """Return the LMG shares from the correlations of the features and with the outcome; they add up to R²."""
    p = len(r_xy)
    explained = {frozenset[int](): 0.0}
    for size in range(1, p + 1):
        for chosen in combinations(range(p), size):
            some = np.array(chosen)
            explained[frozenset(chosen)] = float(r_xy[some] @ np.linalg.lstsq(r_xx[np.ix_(some, some)], r_xy[some])[0])
    shares = np.zeros(p)
    for j in range(p):
        others = [i for i in range(p) if i != j]
        for size in range(p):
            weight = factorial(size) * factorial(p - size - 1) / factorial(p)
            shares[j] += weight * sum(
                explained[frozenset((*some, j))] - explained[frozenset(some)] for some in combinations(others, size)
            )
    return shares


def johnson(r_xx: Floats, r_xy: Floats) -> Floats:
    """Return Johnson's relative weights from the same correlations; they add up to R²."""
    values, vectors = np.linalg.eigh(r_xx)
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    beta = np.linalg.lstsq(root, r_xy)[0]
    weights: Floats = (root**2) @ (beta**2)
    return weights


def drivers(
    outcome: Sequence[float],
    ratings: Mapping[str, Sequence[float]],
    weights: Sequence[float] | None = None,
    missing: frozenset[float] = frozenset(),
    rounds: int = ROUNDS,
    seed: int = 1,
) -> Drivers:
    """Return what an outcome is associated with; a row counts where all its figures are known.

    ``missing`` are codes that mean “not used” or “no answer”. Refuses too few answers and figures that do not vary.
    """
    names = list(ratings)
    table = np.column_stack([np.asarray(outcome, float), *(np.asarray(ratings[name], float) for name in names)])
    known = np.isfinite(table).all(axis=1) & ~np.isin(table, list(missing)).any(axis=1)
    own = np.ones(len(table)) if weights is None else np.asarray(weights, float)
    known &= np.isfinite(own) & (own > 0)
    table, own = table[known], own[known]
    _check(table, names)
    method: Literal["LMG", "Johnson"] = "LMG" if len(names) <= EXACT_UP_TO else "Johnson"
    r_xx, r_xy = _correlations(table, own)
    found = _shares(r_xx, r_xy, method)
    tried = _again(table, own, method, rounds, seed)
    low, high = np.quantile(tried, (0.025, 0.975), axis=0)
    low, high = np.minimum(low, found), np.maximum(high, found)  # samples drawn anew overstate what is next to nothing
    inflation = np.diag(np.linalg.pinv(r_xx))
    means = np.average(table[:, 1:], axis=0, weights=own)
    order = [int(j) for j in np.argsort(-found)]
    each = [Driver(names[j], *(float(one[j]) for one in (found, low, high, r_xy, means, inflation))) for j in order]
    ahead = [bool(np.quantile(tried[:, order[0]] - tried[:, other], 0.025) > 0) for other in order[1:]] or [True]
    n, r2 = len(table), float(found.sum())
    adjusted = 1 - (1 - r2) * (n - 1) / (n - len(names) - 1)
    return Drivers(r2, adjusted, tuple(each), n, int((~known).sum()), method, ahead[-1], ahead[0])


def _check(table: Floats, names: Sequence[str]) -> None:
    if not names:
        raise ModelError("bad_answers", why="no rated feature is named")
    needed = max(RESPONDENTS * len(names), len(names) + 3)
    if len(table) < needed:
        raise ModelError(
            "bad_answers",
            why=f"{len(table)} answers rate all {len(names)} features; {needed} are needed, {RESPONDENTS} for each",
        )
    still = [name for name, spread in zip(["the outcome", *names], table.std(axis=0), strict=True) if spread == 0]
    if still:
        raise ModelError("bad_answers", why=f"every answer is the same for {', '.join(still)}")


def _correlations(table: Floats, weights: Floats) -> tuple[Floats, Floats]:
    covariance = np.cov(table, rowvar=False, aweights=weights)
    spread = np.sqrt(np.diag(covariance))
    together = covariance / np.outer(spread, spread)
    return together[1:, 1:], together[0, 1:]


def _shares(r_xx: Floats, r_xy: Floats, method: str) -> Floats:
    return lmg(r_xx, r_xy) if method == "LMG" else johnson(r_xx, r_xy)


def _again(table: Floats, weights: Floats, method: str, rounds: int, seed: int) -> Floats:
    """Return the shares of samples drawn from the sample; those in which something does not vary are drawn anew."""
    luck = np.random.default_rng(seed)
    out: list[Floats] = []
    while len(out) < rounds:
        some = luck.integers(0, len(table), len(table))
        if (table[some].std(axis=0) > 0).all():
            # Johnson's weights come near to LMG's and take a hundredth of the time: they give the spread.
            out.append(johnson(*_correlations(table[some], weights[some])))
    tried = np.array(out)
    if method == "LMG":
        r_xx, r_xy = _correlations(table, weights)
        tried = tried + (lmg(r_xx, r_xy) - johnson(r_xx, r_xy))
    return np.maximum(tried, 0.0)


# Importance beside performance


Quadrant = Literal["improve first", "keep up", "low priority", "possible overkill"]


def quadrants(found: Sequence[Driver]) -> dict[str, Quadrant]:
    """Return where each feature stands: its importance and performance beside the medians of all."""
    importance = float(np.median([one.importance for one in found]))
    performance = float(np.median([one.performance for one in found]))
    words: dict[tuple[bool, bool], Quadrant] = {
        (True, False): "improve first",
        (True, True): "keep up",
        (False, False): "low priority",
        (False, True): "possible overkill",
    }
    return {one.name: words[one.importance >= importance, one.performance >= performance] for one in found}

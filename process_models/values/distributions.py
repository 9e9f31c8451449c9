"""How long things take: distributions in whole milliseconds, as a tagged union.

:func:`mean`, :func:`quantile` (P10, P50 and P90 are quantiles) and :func:`scaled` work on all of them. Quantiles come
from scipy and are rounded half even to ms; where a value lies so near a rounding boundary that machines could differ,
mpmath decides.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction as Exact
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 1e-9
"""Relative distance to a rounding boundary within which mpmath decides."""


class Fixed(Document, frozen=True, tag_field="type", tag="fixed"):
    """Always the same."""

    ms: int

    def __post_init__(self) -> None:
        """Refuse a time below zero."""
        super().__post_init__()
        _refuse(self.ms < 0, "a time is not below zero")


class Exponential(Document, frozen=True, tag_field="type", tag="exponential"):
    """Without memory."""

    mean: int

    def __post_init__(self) -> None:
        """Refuse a mean that is not above zero."""
        super().__post_init__()
        _refuse(self.mean <= 0, "its mean must be above zero")


class LogNormal(Document, frozen=True, tag_field="type", tag="lognormal"):
    """By mean and standard deviation of the time itself, not of its logarithm."""

    mean: int
    sd: int

    def __post_init__(self) -> None:
        """Refuse a mean that is not above zero and a standard deviation below it."""
        super().__post_init__()
        _refuse(self.mean <= 0 or self.sd < 0, "its mean must be above zero, its standard deviation not below")


class Gamma(Document, frozen=True, tag_field="type", tag="gamma"):
    """By mean and standard deviation."""

    mean: int
    sd: int

    def __post_init__(self) -> None:
        """Refuse a mean that is not above zero and a standard deviation below it."""
        super().__post_init__()
        _refuse(self.mean <= 0 or self.sd < 0, "its mean must be above zero, its standard deviation not below")
        _refuse(0 < self.sd * 100 < self.mean, "a standard deviation below a hundredth of the mean is as good as fixed")


class Triangular(Document, frozen=True, tag_field="type", tag="triangular"):
    """By lowest, most frequent and highest time."""

    low: int
    mode: int
    high: int

    def __post_init__(self) -> None:
        """Refuse times out of order."""
        super().__post_init__()
        rising = 0 <= self.low <= self.mode <= self.high
        _refuse(not rising, "lowest, most frequent and highest time must rise from zero or above")


class Quantiles(Document, frozen=True, tag_field="type", tag="quantiles"):
    """By points of the distribution function: (share below, ms), rising; linear between them.

    Beyond the first and the last point the line of the outermost two goes on to shares 0 and 1, never below 0 ms.
    """

    points: tuple[tuple[Fraction, int], ...]

    def __post_init__(self) -> None:
        """Refuse fewer than two points, and points that do not rise."""
        super().__post_init__()
        _refuse(len(self.points) < 2, "it needs at least two points")
        shares = [number(share) for share, _ in self.points]
        times = [ms for _, ms in self.points]
        _refuse(shares[0] < 0 or shares[-1] > 1, "shares lie between 0 and 1")
        _refuse(any(one >= after for one, after in pairwise(shares)), "the shares of its points must rise")
        _refuse(times[0] < 0 or any(a > b for a, b in pairwise(times)), "the times of its points must not fall")


Distribution = Fixed | Exponential | LogNormal | Gamma | Triangular | Quantiles
Shape = Literal["fixed", "exponential", "lognormal", "gamma", "triangular", "quantiles"]


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise ModelError("bad_distribution", why=why)


def mean(distribution: Distribution) -> float:
    """Return the mean, ms.

    >>> mean(Triangular(0, 60, 120)), mean(Quantiles((("0.1", 100), ("0.9", 900))))
    (60.0, 500.0)
    """
    match distribution:
        case Fixed(ms=ms):
            return float(ms)
        case Triangular(low=low, mode=mode, high=high):
            return (low + mode + high) / 3
        case Quantiles():
            corners = _corners(distribution)
            return float(sum((p1 - p0) * (x0 + x1) / 2 for (p0, x0), (p1, x1) in pairwise(corners)))
        case _:
            return float(distribution.mean)


def deviation(distribution: Distribution) -> float:
    """Return the standard deviation, ms.

    >>> deviation(Exponential(1000)), round(deviation(Quantiles((("0", 0), ("1", 1200)))), 1)
    (1000.0, 346.4)
    """
    match distribution:
        case Fixed():
            return 0.0
        case Exponential(mean=m):
            return float(m)
        case LogNormal(sd=sd) | Gamma(sd=sd):
            return float(sd)
        case Triangular(low=a, mode=c, high=b):
            return float(((a * a + b * b + c * c - a * b - a * c - b * c) / 18) ** 0.5)
        case Quantiles():
            pieces = pairwise(_corners(distribution))
            squares = sum((p1 - p0) * (x0 * x0 + x0 * x1 + x1 * x1) / 3 for (p0, x0), (p1, x1) in pieces)
            return float(max(0.0, float(squares) - mean(distribution) ** 2) ** 0.5)


def scaled(distribution: Distribution, factor: Fraction) -> Distribution:
    """Return the distribution with all times multiplied, rounded half even to ms; what would vanish becomes fixed.

    >>> scaled(LogNormal(1000, 500), "0.5")
    LogNormal(mean=500, sd=250)
    """
    by = number(factor)
    _refuse(by < 0, "a factor is not below zero")
    match distribution:
        case Fixed(ms=ms):
            return Fixed(_times(ms, by))
        case Triangular(low=low, mode=mode, high=high):
            return Triangular(_times(low, by), _times(mode, by), _times(high, by))
        case Quantiles(points=points):
            return Quantiles(tuple((share, _times(ms, by)) for share, ms in points))
        case Exponential(mean=m):
            return Exponential(_times(m, by)) if _times(m, by) else Fixed(0)
        case LogNormal(mean=m, sd=sd) | Gamma(mean=m, sd=sd):
            return type(distribution)(_times(m, by), _times(sd, by)) if _times(m, by) else Fixed(0)


def _times(ms: int, by: Decimal) -> int:
    return round(Exact(ms) * Exact(by))


def quantile(distribution: Distribution, p: Fraction) -> int:
    """Return the time below which a share of cases lies, ms.

    >>> quantile(Exponential(1000), "0.5"), quantile(Triangular(0, 60, 120), "0.5")
    (693, 60)
    """
    share = number(p)
    if not 0 <= share < 1 and not (share == 1 and isinstance(distribution, Fixed | Triangular | Quantiles)):
        raise ModelError("bad_distribution", why=f"it has no quantile at {p}")
    return quantiles(distribution, [float(share)])[0]


def quantiles(distribution: Distribution, shares: Iterable[float]) -> list[int]:
    """Return the times at many shares (0 ≤ p < 1; up to 1 where the distribution is bounded), ms."""
    ps = list(shares)
    match distribution:
        case Fixed(ms=ms):
            return [ms] * len(ps)
        case Quantiles():
            corners = _corners(distribution)
            return [_between(corners, Exact(p)) for p in ps]
        case Triangular(low=low, high=high) if low == high:
            return [low] * len(ps)
        case LogNormal(mean=m, sd=0) | Gamma(mean=m, sd=0):
            return [m] * len(ps)
    return _rounded(distribution, ps)


def _corners(distribution: Quantiles) -> list[tuple[Exact, Exact]]:
    """Return the points of the distribution function from share 0 to share 1, exactly."""
    points = [(Exact(number(share)), Exact(ms)) for share, ms in distribution.points]
    zero, first = _extended(points[0], points[1], Exact(0)), []
    if zero < 0:
        (p0, x0), (p1, x1) = points[0], points[1]
        first = [(Exact(0), Exact(0)), (p0 - x0 * (p1 - p0) / (x1 - x0), Exact(0))]
    elif points[0][0] > 0:
        first = [(Exact(0), zero)]
    last = [(Exact(1), _extended(points[-2], points[-1], Exact(1)))] if points[-1][0] < 1 else []
    return [*first, *points, *last]


def _extended(one: tuple[Exact, Exact], other: tuple[Exact, Exact], p: Exact) -> Exact:
    return one[1] + (p - one[0]) * (other[1] - one[1]) / (other[0] - one[0])


def _between(corners: Sequence[tuple[Exact, Exact]], p: Exact) -> int:
    for one, other in pairwise(corners):
        if one[0] <= p <= other[0] and one[0] < other[0]:
            return round(_extended(one, other, p))
    raise ModelError("bad_distribution", why=f"it has no quantile at {float(p)}")


def _rounded(distribution: Distribution, ps: list[float]) -> list[int]:
    import numpy as np

    p = np.asarray(ps, dtype=np.float64)
    values = _floats(distribution, p)
    below = np.floor(values)
    near = np.abs(values - below - 0.5) <= NEAR * np.maximum(values, 1.0)
    out: list[int] = np.floor(values + 0.5).astype(np.int64).tolist()
    for i in np.flatnonzero(near).tolist():
        out[i] = _decided(distribution, float(p[i]), float(values[i]))
    return out


def _floats(distribution: Distribution, p: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np
    from scipy import special

    match distribution:
        case Exponential(mean=m):
            return np.asarray(-m * np.log1p(-p))
        case LogNormal(mean=m, sd=sd):
            var = np.log1p((sd / m) ** 2)
            return np.asarray(np.exp(np.log(m) - var / 2 + np.sqrt(var) * special.ndtri(p)))
        case Gamma(mean=m, sd=sd):
            shape = (m / sd) ** 2
            standard = np.where(p <= 0.5, special.gammaincinv(shape, p), special.gammainccinv(shape, 1 - p))
            return np.asarray(standard * (sd * sd / m))
        case Triangular(low=low, mode=mode, high=high):
            rising = low + np.sqrt(p * (high - low) * (mode - low))
            falling = high - np.sqrt((1 - p) * (high - low) * (high - mode))
            return np.where(p * (high - low) <= mode - low, rising, falling)
    raise TypeError(distribution)


def _decided(distribution: Distribution, p: float, near: float) -> int:
    """Return a quantile rounded half even after computing it to 40 digits."""
    import mpmath

    with mpmath.workdps(40):
        return int(mpmath.nint(_precise(distribution, mpmath.mpf(p), mpmath.mpf(near), mpmath.mp)))


def _precise(distribution: Distribution, p: Any, near: Any, mp: Any) -> Any:
    match distribution:
        case Exponential(mean=m):
            return -m * mp.log(1 - p)
        case LogNormal(mean=m, sd=sd):
            var = mp.log(1 + mp.mpf(sd) ** 2 / mp.mpf(m) ** 2)
            z = (mp.log(near) - mp.log(m) + var / 2) / mp.sqrt(var)
            for _ in range(2):  # Newton: each round doubles the good digits of scipy's value
                z -= (mp.ncdf(z) - p) / mp.npdf(z)
            return mp.exp(mp.log(m) - var / 2 + mp.sqrt(var) * z)
        case Gamma(mean=m, sd=sd):
            shape, scale = mp.mpf(m) ** 2 / mp.mpf(sd) ** 2, mp.mpf(sd) ** 2 / mp.mpf(m)
            x = near / scale
            for _ in range(2):
                density = mp.exp((shape - 1) * mp.log(x) - x - mp.loggamma(shape))
                x -= (mp.gammainc(shape, 0, x, regularized=True) - p) / density
            return x * scale
        case Triangular(low=low, mode=mode, high=high):
            if p * (high - low) <= mode - low:
                return low + mp.sqrt(p * (high - low) * (mode - low))
            return high - mp.sqrt((1 - p) * (high - low) * (high - mode))
    raise TypeError(distribution)

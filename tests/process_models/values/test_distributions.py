"""Distributions say their mean and quantiles, to the millisecond and the same everywhere."""

import math

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from process_models.values.canonical import canonical, read
from process_models.values.distributions import (
    Distribution,
    Exponential,
    Fixed,
    Gamma,
    LogNormal,
    Quantiles,
    Triangular,
    _decided,
    _floats,
    mean,
    quantile,
    quantiles,
    scaled,
)
from process_models.values.errors import ModelError

ONE_OF_EACH: tuple[Distribution, ...] = (
    Fixed(5_000),
    Exponential(60_000),
    LogNormal(60_000, 50_000),
    Gamma(60_000, 90_000),
    Triangular(1_000, 40_000, 200_000),
    Quantiles((("0.1", 20_000), ("0.5", 60_000), ("0.9", 200_000))),
)


@pytest.mark.parametrize("distribution", ONE_OF_EACH)
def test_the_mean_is_the_area_under_the_quantiles(distribution):
    n = 200_000
    middle = quantiles(distribution, [(i + 0.5) / n for i in range(n)])

    assert sum(middle) / n == pytest.approx(mean(distribution), rel=2e-4)


def test_quantiles_are_those_of_scipy_by_mean_and_standard_deviation():
    sigma = math.sqrt(math.log(1 + 25 / 36))
    assert quantile(LogNormal(60_000, 50_000), "0.9") == round(
        stats.lognorm(s=sigma, scale=60_000 * math.exp(-(sigma**2) / 2)).ppf(0.9)
    )
    assert quantile(Gamma(60_000, 60_000), "0.5") == quantile(Exponential(60_000), "0.5") == 41_589
    assert quantile(Triangular(0, 0, 100), "0.75") == 50


def test_expert_points_go_on_in_a_line_beyond_the_outermost_and_never_below_zero():
    usual = Quantiles((("0.1", 20), ("0.5", 60), ("0.9", 200)))

    assert [quantile(usual, p) for p in ("0", "0.1", "0.3", "0.9", "1")] == [10, 20, 40, 200, 235]
    assert quantile(Quantiles((("0.5", 10), ("0.6", 110))), "0.1") == 0


@pytest.mark.parametrize(
    "distribution", [Exponential(10**9), LogNormal(10**9, 7 * 10**8), Gamma(10**9, 3 * 10**8), Triangular(0, 7, 10**9)]
)
def test_near_a_rounding_boundary_forty_digits_decide(distribution):
    for p in (0.25, 0.6, 0.9990234375):
        rough = float(_floats(distribution, p))
        exact = _by_bisection(distribution, p, rough)

        assert _decided(distribution, p, rough * (1 + 1e-12)) == int(mpmath.nint(exact))


def _by_bisection(distribution, p, rough):
    """Find the quantile independently, from the distribution function alone."""
    with mpmath.workdps(40):
        low, high = mpmath.mpf(rough) * (1 - mpmath.mpf("1e-6")), mpmath.mpf(rough) * (1 + mpmath.mpf("1e-6"))
        for _ in range(90):
            middle = (low + high) / 2
            low, high = (middle, high) if _cdf(distribution, middle) < p else (low, middle)
        return low


def _cdf(distribution, x):
    match distribution:
        case Exponential(mean=m):
            return 1 - mpmath.exp(-x / m)
        case LogNormal(mean=m, sd=sd):
            var = mpmath.log(1 + mpmath.mpf(sd * sd) / (m * m))
            return mpmath.ncdf((mpmath.log(x) - mpmath.log(m) + var / 2) / mpmath.sqrt(var))
        case Gamma(mean=m, sd=sd):
            return mpmath.gammainc(mpmath.mpf(m * m) / (sd * sd), 0, x * m / (sd * sd), regularized=True)
        case Triangular(mode=mode, high=high):
            return 1 - (high - x) ** 2 / (mpmath.mpf(high) * (high - mode))


@given(st.sampled_from(ONE_OF_EACH), st.lists(st.floats(0, 0.9999), min_size=2, max_size=8))
def test_quantiles_never_fall(distribution, shares):
    found = quantiles(distribution, sorted(shares))

    assert found == sorted(found)


@pytest.mark.parametrize("distribution", ONE_OF_EACH)
def test_scaling_scales_the_mean_and_reading_gives_the_same_value_back(distribution):
    assert mean(scaled(distribution, "0.5")) == pytest.approx(mean(distribution) / 2, abs=1)
    assert read(canonical(distribution), Distribution) == distribution


def test_scaled_to_nothing_takes_no_time():
    assert scaled(Exponential(1000), "0") == Fixed(0)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Fixed(-1), "below zero"),
        (lambda: Exponential(0), "above zero"),
        (lambda: LogNormal(0, 5), "above zero"),
        (lambda: Gamma(10_000, 1), "as good as fixed"),
        (lambda: Triangular(5, 4, 9), "must rise"),
        (lambda: Quantiles((("0.5", 3),)), "two points"),
        (lambda: Quantiles((("0.5", 3), ("0.5", 4))), "must rise"),
        (lambda: Quantiles((("0.5", 3), ("0.6", 2))), "must not fall"),
        (lambda: quantile(Exponential(5), "1"), "no quantile"),
        (lambda: scaled(Fixed(5), "-1"), "not below zero"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make, why):
    with pytest.raises(ModelError, match=why):
        make()

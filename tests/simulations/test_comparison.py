"""Intervals are Student's, and a word is only said when the interval allows it."""

import numpy as np
import pytest
from scipy import stats

from simulations.comparison import Estimate, difference, estimate, verdict

WAITS = [12.0, 15.0, 11.0, 14.0, 13.0, 16.0]


@pytest.mark.parametrize("confidence", [0.95, 0.997])
def test_the_interval_is_that_of_student(confidence):
    found = estimate(WAITS, confidence)

    low, high = stats.t.interval(confidence, 5, loc=np.mean(WAITS), scale=stats.sem(WAITS))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.holds(13)
    assert not found.holds(20)


def test_one_replication_tells_no_interval_and_none_tells_nothing():
    assert estimate([]) is None
    assert estimate([3.0]) == Estimate(3.0, None, 1)
    assert estimate([3.0]).low is None
    assert not estimate([3.0]).reached(0.05)
    assert verdict(estimate([-3.0]), "lower") == "unclear"


def test_the_half_width_asked_for_is_reached_or_not():
    assert Estimate(100, 5, 9).reached(0.05)
    assert not Estimate(100, 5.1, 9).reached(0.05)


@pytest.mark.parametrize(
    ("mean", "half", "direction", "word"),
    [
        (-2, 1, "lower", "better"),
        (2, 1, "lower", "worse"),
        (2, 1, "higher", "better"),
        (-2, 1, "higher", "worse"),
        (2, 1, "neither", "different"),
        (1, 2, "lower", "unclear"),
        (0, 0, "lower", "same"),
    ],
)
def test_a_difference_is_better_worse_or_unclear_by_the_way_that_is_better(mean, half, direction, word):
    assert verdict(Estimate(mean, half, 20), direction) == word


def test_pairs_show_what_two_separate_intervals_hide():
    faster = [wait - 0.5 - 0.01 * n for n, wait in enumerate(WAITS)]

    found = difference(WAITS, faster, "lower")

    assert found.verdict == "better"
    assert found.estimate.mean == pytest.approx(-0.525)
    assert found.reduction > 1000
    assert estimate(faster).holds(np.mean(WAITS))


def test_replications_without_a_value_are_left_out_in_pairs():
    found = difference([1.0, None, 3.0], [2.0, 5.0, 4.0], "lower")

    assert found.estimate == Estimate(1.0, 0.0, 2)
    assert found.verdict == "worse"
    assert difference([None], [1.0], "lower") is None

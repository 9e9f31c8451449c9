"""Our own 95 % intervals hold the truth about 95 times in 100; ones made wrongly do not."""

import math

import pytest

from benchmarks.coverage import covered
from simulations.comparison import Estimate, estimate

EXPERIMENTS = 200
SPREAD = 3 * math.sqrt(0.95 * 0.05 / EXPERIMENTS)
"""Three standard errors of a share of 95 %."""


@pytest.mark.parametrize("kind", ["terminating", "steady"])
def test_intervals_hold_the_truth_as_often_as_they_say(kind):
    assert covered(kind, EXPERIMENTS) == pytest.approx(0.95, abs=SPREAD)


def test_intervals_of_steady_runs_hold_the_truth_with_the_warm_up_that_each_finds_for_itself():
    few = 60

    assert covered("found", few) == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / few))


def test_intervals_as_if_the_spread_were_halved_are_seen_by_the_same_check():
    def too_sure(means):
        found = estimate(means)
        return Estimate(found.mean, found.half_width / 2, found.replications)

    assert covered("terminating", EXPERIMENTS, too_sure) < 0.95 - SPREAD


def test_means_that_are_half_an_hour_off_are_seen_by_the_same_check():
    def half_an_hour_off(means):
        return estimate([mean + 30 * 60_000 for mean in means])

    assert covered("steady", EXPERIMENTS, half_an_hour_off) < 0.95 - SPREAD

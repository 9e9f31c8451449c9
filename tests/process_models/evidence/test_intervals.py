"""Intervals of shares, means and scores against published examples."""

import pytest

from process_models.evidence.intervals import FEW, mean, net_promoter, share, top_two
from process_models.evidence.pareto import pareto


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]
)
def test_wilson_s_interval_is_what_newcombe_published(hits, n, low, high):
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = share(hits, n)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_mean_has_student_s_interval():
    found = mean([4.0, 6.0, 5.0, 5.0])

    assert found.value == 5.0
    assert round(found.high - 5.0, 4) == round(3.1824 * 0.81650 / 2, 4)
    assert mean([3.0]) == (3.0, 3.0, 3.0, 1)


def test_a_net_promoter_score_has_the_error_of_a_difference_of_shares():
    found = net_promoter([10] * 50 + [8] * 30 + [3] * 20)

    assert round(found.value, 2) == 0.30
    assert round(found.value - found.low, 4) == round(1.959964 * ((0.7 - 0.09) / 100) ** 0.5, 4)


def test_satisfaction_is_the_share_of_the_two_best():
    assert top_two([5, 4, 3, 5, 1]).value == 0.6
    assert top_two([7, 6, 5], best=7).value == pytest.approx(2 / 3)
    assert top_two([5] * (FEW - 1)).few
    assert not top_two([5] * FEW).few


def test_the_vital_few_end_where_most_of_it_is_reached_and_other_comes_last():
    bars = pareto({"other": 30, "late": 50, "lost": 15, "rude": 5, "never": 0})

    assert [bar.cause for bar in bars] == ["late", "lost", "rude", "never", "other"]
    assert [bar.vital for bar in bars] == [True, True, True, True, False]
    assert bars[-1].so_far == 1.0
    assert [bar.vital for bar in pareto({"late": 85, "lost": 10, "rude": 5})] == [True, False, False]
    assert pareto({}) == ()
    assert [bar.so_far for bar in pareto({"none": 0})] == [0.0]

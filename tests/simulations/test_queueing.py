"""The formulas give the values that others published, and agree with one another where they must."""

import math

import pytest

from simulations import queueing
from simulations.queueing import allen_cunneen, erlang_a, erlang_b, erlang_c, mean_wait, service_level


def test_a_call_centre_with_a_load_of_ten_and_fourteen_heads():
    assert erlang_c(10, 14) == pytest.approx(0.17413, abs=5e-6)
    assert mean_wait(10, 14, 3.0) == pytest.approx(0.13060, abs=5e-6)
    assert service_level(10, 14, 180, 20) == pytest.approx(0.8884, abs=5e-5)


@pytest.mark.parametrize(("arrivals", "waits", "gives_up"), [(10 / 3, 0.38282, 0.09416), (3.33, 0.38169, 0.09381)])
def test_impatient_customers_as_published(arrivals, waits, gives_up):
    found = erlang_a(arrivals, 1 / 3, 11, 0.5)

    assert found.waits == pytest.approx(waits, abs=5e-6)
    assert found.gives_up == pytest.approx(gives_up, abs=5e-6)
    assert found.wait == pytest.approx(0.188, abs=5e-4)


def test_one_head_waits_as_the_textbook_says():
    assert erlang_c(0.7, 1) == pytest.approx(0.7)
    assert mean_wait(0.7, 1, 60) == pytest.approx(60 * 0.7 / 0.3)
    assert erlang_b(0.7, 1) == pytest.approx(0.7 / 1.7)


def test_with_endless_patience_everybody_waits_and_without_any_nobody():
    assert erlang_a(10, 1, 14, 1e-9).waits == pytest.approx(erlang_c(10, 14), rel=1e-6)
    assert erlang_a(10, 1, 14, 1e9).gives_up == pytest.approx(erlang_b(10, 14), rel=1e-6)


def test_other_than_exponential_times_scale_the_wait():
    assert allen_cunneen(10, 14, 3, 1, 1) == mean_wait(10, 14, 3)
    assert allen_cunneen(10, 14, 3, 1, 0) == mean_wait(10, 14, 3) / 2


def test_heads_that_cannot_keep_up_let_everybody_wait_for_ever():
    assert erlang_c(14, 14) == 1
    assert mean_wait(15, 14, 1) == float("inf")
    assert service_level(14, 14, 1, 100) == 0


def test_the_screen_finds_the_fewest_heads_and_agrees_with_the_published_figures():
    asked = queueing.Asked(arrivals=10 / 3, work=3.0, within=1 / 3, share=0.888, patience=2.0)

    found = {one.heads: one for one in queueing.screen(asked)}

    assert queueing.enough(asked) == 14
    assert found[14].within == pytest.approx(0.8884, abs=5e-5)
    assert found[13].within < 0.888
    assert found[14].wait == pytest.approx(0.13060, abs=1e-5)
    assert found[11].leaves.waits == pytest.approx(0.38282, abs=1e-5)
    assert found[11].leaves.gives_up == pytest.approx(0.09416, abs=1e-5)


def test_steadier_work_waits_less_and_too_few_heads_never_catch_up():
    steady = queueing.Asked(arrivals=10 / 3, work=3.0, within=1 / 3, share=0.8, cv_work=0.0)
    wild = steady._replace(cv_work=1.0)

    halves = [(a.wait, b.wait) for a, b in zip(queueing.screen(steady), queueing.screen(wild), strict=True)]

    assert all(a == pytest.approx(b / 2) for a, b in halves if b != math.inf)
    assert queueing.screen(wild, 10)[0].wait == math.inf

"""Figures of simulations in words: one unit a measure, intervals that keep together, shares that end at 100%."""

import pytest

from process_models.values.words import HARD, MINUS
from simulations.experiments import Change, Result
from workbench.figures import JOINED, rows, unit_of


def result(unit: str, mean: str, low: str, high: str) -> Result:
    return Result(
        id="time_in_process", name="Time", unit=unit, direction="lower", mean=mean, low=low, high=high, replications=20
    )


@pytest.mark.parametrize(
    ("unit", "mean", "told"),
    [
        ("ms", "259200000", f"3.0{HARD}d"),
        ("ms", "14400000", f"4.0{HARD}h"),
        ("ms", "600000", f"10.0{HARD}min"),
        ("minor", "-1049", f"{MINUS}£10.49"),
        ("share", "0.226", "22.6%"),
        ("points", "61.25", "61.3"),
    ],
)
def test_a_measure_is_told_in_the_unit_of_its_size(unit, mean, told):
    assert unit_of(result(unit, mean, mean, mean), "GBP").told(mean) == told


def test_an_interval_names_its_unit_once():
    unit = unit_of(result("ms", "259200000", "0", "0"), "GBP")

    assert unit.between("172800000", "345600000") == f"2.0 to 4.0{HARD}d"
    assert unit.between("-86400000", "86400000", apart=True) == f"{MINUS}{JOINED}1.0 to +1.0{HARD}d"


def test_nothing_is_shown_beyond_a_hundred_per_cent():
    unit = unit_of(result("share", "0.95", "0", "0"), "GBP")

    assert unit.between("0.872", "1.002") == "87.2% to 100.0%"
    assert unit.between("-0.013", "0.014", apart=True) == f"{MINUS}{JOINED}1.3 to +1.4{HARD}pts"


def test_a_difference_is_told_in_the_unit_of_the_baseline():
    base, mine = result("ms", "259200000", "1", "2"), result("ms", "3600000", "1", "2")
    change = Change(id="time_in_process", mean="-255600000", low="-260000000", high="-250000000", verdict="better")

    [row] = rows((mine,), (change,), (base,), "GBP")

    assert (row.value, row.difference, row.verdict) == (f"0.0{HARD}d", f"{MINUS}3.0{HARD}d", "better")


def test_a_small_difference_is_not_told_as_nothing():
    unit = unit_of(result("points", "94", "0", "0"), "GBP")

    assert unit.finer("0.02", "0.01", "0.03").apart("0.02") == "+0.02"
    assert unit.finer("-0.12", "-0.14", "-0.1").between("-0.14", "-0.1", apart=True).endswith("0.10")
    assert unit.finer("0.0000001", "0", "0.0000002").apart("0.0000001") == "0.000"
    assert unit.finer("0", "0", "0").apart("0") == "0.0"

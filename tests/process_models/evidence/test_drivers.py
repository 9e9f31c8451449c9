"""Drivers against published figures, theorems and real surveys; none is found where there is none."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from process_models.evidence.drivers import Drivers, drivers, johnson, lmg, quadrants
from process_models.values.errors import ModelError

SWISS = ("Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality")
SWISS_TOGETHER = np.array(
    [
        [1.0, -0.68654, -0.63952, 0.40110, -0.06086],
        [-0.68654, 1.0, 0.69842, -0.57274, -0.11402],
        [-0.63952, 0.69842, 1.0, -0.15386, -0.09932],
        [0.40110, -0.57274, -0.15386, 1.0, 0.17550],
        [-0.06086, -0.11402, -0.09932, 0.17550, 1.0],
    ]
)
SWISS_WITH_FERTILITY = np.array([0.35308, -0.64588, -0.66379, 0.46368, 0.41656])
"""Correlations in the Swiss fertility data of 1888 (Mosteller and Tukey, Data Analysis and Regression, 1977)."""
SWISS_LMG = [0.05709, 0.17117, 0.26013, 0.10557, 0.11277]
"""As the documentation of the R package relaimpo gives them (Grömping, Journal of Statistical Software 17, 2006)."""


def some(n: int = 400, seed: int = 1) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    luck = np.random.default_rng(seed)
    ratings = {name: luck.normal(size=n) for name in ("speed", "tone", "place")}
    return ratings["speed"] * 2 + ratings["tone"] + luck.normal(size=n), ratings


def rows(file: Path) -> list[dict[str, str]]:
    packed = file.read_bytes()
    text = (gzip.decompress(packed) if file.suffix == ".gz" else packed).decode("utf-8", "replace")
    return list(csv.DictReader(text.splitlines()))


def test_lmg_is_what_was_published():
    found = lmg(SWISS_TOGETHER, SWISS_WITH_FERTILITY)

    assert np.abs(found - SWISS_LMG).max() < 2e-4
    assert abs(found.sum() - 0.7067) < 2e-4


def test_johnson_s_weights_add_up_to_the_same_and_are_lmg_for_two_features():
    assert abs(johnson(SWISS_TOGETHER, SWISS_WITH_FERTILITY).sum() - 0.7067) < 2e-4
    for r in (-0.5, 0.0, 0.3, 0.8):
        both, out = np.array([[1.0, r], [r, 1.0]]), np.array([0.5, 0.4])
        assert np.allclose(johnson(both, out), lmg(both, out))


def test_features_that_say_nothing_of_each_other_have_their_squared_correlations():
    alone = np.array([0.5, 0.3, 0.1])

    assert np.allclose(lmg(np.eye(3), alone), alone**2)
    assert np.allclose(johnson(np.eye(3), alone), alone**2)


def test_the_larger_driver_comes_first_and_is_told_apart():
    outcome, ratings = some()

    found = drivers(outcome, ratings)

    assert [one.name for one in found.drivers] == ["speed", "tone", "place"]
    assert (found.any, found.told_apart, found.leads, found.method, found.n) == (True, True, True, "LMG", 400)
    assert 0.75 < found.explained < 0.9
    assert all(one.low <= one.importance <= one.high for one in found.drivers)
    assert found.drivers[2].low < 0.005


def test_in_noise_there_is_no_driver():
    luck = np.random.default_rng(2)

    found = drivers(luck.normal(size=300), {name: luck.normal(size=300) for name in "abcd"})

    assert not found.any
    assert not found.told_apart


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    covered = 0
    for seed in range(60):
        outcome, ratings = some(300, seed)
        found = {one.name: one for one in drivers(outcome, ratings, rounds=200, seed=seed).drivers}
        covered += found["speed"].low <= 4 / 6 <= found["speed"].high

    assert 51 <= covered <= 60


def test_answers_with_codes_for_not_used_are_left_out_and_counted():
    outcome, ratings = some()
    ratings["tone"][:7] = 6.0

    found = drivers(outcome, ratings, missing=frozenset({6.0}))

    assert (found.n, found.left_out) == (393, 7)


def test_weights_of_answers_count():
    outcome, ratings = some()
    flipped = outcome.copy()
    flipped[:200] = -ratings["place"][:200] * 3
    weights = np.array([0.001] * 200 + [1.0] * 200)

    assert drivers(flipped, ratings, weights).drivers[0].name == "speed"
    assert drivers(flipped, ratings).drivers[0].name == "place"


def test_features_that_cannot_be_told_apart_are_named():
    outcome, ratings = some()
    twin = ratings["speed"] + np.random.default_rng(9).normal(scale=0.05, size=400)

    assert set(drivers(outcome, {**ratings, "pace": twin}).tangled) == {"speed", "pace"}


def test_with_more_than_ten_features_relative_weights_are_taken():
    luck = np.random.default_rng(4)
    ratings = {f"f{n}": luck.normal(size=200) for n in range(12)}

    found = drivers(ratings["f3"] + luck.normal(size=200), ratings, rounds=100)

    assert (found.method, found.drivers[0].name) == ("Johnson", "f3")


@pytest.mark.parametrize(("n", "still", "says"), [(29, False, "29 answers rate all 3"), (60, True, "same for tone")])
def test_too_few_answers_and_such_that_never_vary_are_refused(n, still, says):
    outcome, ratings = some(n)
    if still:
        ratings["tone"][:] = 3.0

    with pytest.raises(ModelError, match=says):
        drivers(outcome, ratings)


def test_importance_stands_beside_performance():
    outcome, ratings = some()
    ratings["speed"] -= 2

    where = quadrants(drivers(outcome, ratings).drivers)

    assert where == {"speed": "improve first", "tone": "keep up", "place": "low priority"} or where["speed"] == (
        "improve first"
    )


# Real surveys


def number(text: str) -> float:
    """Return a rating; “Blank” and nothing at all are none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def of_mobile_phones(shared_data: Path) -> Drivers:
    asked = rows(shared_data / "ecsi_satisfaction/mobi_ecsi.csv")
    named = {name: name for name in asked[0] if name.upper().startswith(("PERQ", "PERV"))}
    outcome = next(name for name in asked[0] if name.upper() == "CUSA1")
    return drivers(
        [float(row[outcome]) for row in asked],
        {name: [float(row[name]) for row in asked] for name in named},
    )


def test_quality_and_value_go_with_the_satisfaction_of_mobile_phone_customers(shared_data: Path):
    found = of_mobile_phones(shared_data)

    assert (found.any, found.n) == (True, 250)
    assert found.explained > 0.4


def test_the_airport_s_codes_for_not_used_are_left_out_and_drivers_found(shared_data: Path):
    asked = rows(shared_data / "licence_clean/sfo2017_passenger_survey.csv.gz")
    named = ("Q7ART", "Q7FOOD", "Q7STORE", "Q7SIGN", "Q7WALKWAYS", "Q7SCREENS")

    found = drivers(
        [number(row["Q7ALL"]) for row in asked],
        {name: [number(row[name]) for row in asked] for name in named},
        [number(row["WEIGHT"]) for row in asked],
        missing=frozenset({0.0, 6.0}),
    )

    assert found.any
    assert found.left_out > 500
    assert found.n + found.left_out == len(asked)
    assert (found.told_apart, found.leads) == (True, False), "the first are too close to be ranked"


def test_in_made_up_tickets_there_is_no_driver(shared_data: Path):
    asked = rows(shared_data / "support_tickets_synthetic/customer_support_tickets.csv.gz")
    levels = {"Low": 1.0, "Medium": 2.0, "High": 3.0, "Critical": 4.0}
    rated = [row for row in asked if row["Customer Satisfaction Rating"]]

    found = drivers(
        [number(row["Customer Satisfaction Rating"]) for row in rated],
        {
            "age": [number(row["Customer Age"]) for row in rated],
            "urgency": [levels[row["Ticket Priority"]] for row in rated],
            "written": [float(row["Ticket Channel"] in ("Email", "Social media")) for row in rated],
            "hour of the first response": [number(row["First Response Time"][11:13]) for row in rated],
        },
    )

    assert found.n > 2_000
    assert not found.any

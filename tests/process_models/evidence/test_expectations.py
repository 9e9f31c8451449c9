"""Kano's table, gaps, and parts that disagree with the whole."""

from itertools import product

import pytest

from process_models.evidence.expectations import ANSWERS, TABLE, gaps, kano, overall
from process_models.evidence.strata import Pair, stratified


def test_the_table_is_kano_s():
    letters = {
        "attractive": "A",
        "one-dimensional": "O",
        "must-be": "M",
        "indifferent": "I",
        "reverse": "R",
        "questionable": "Q",
    }
    read = ["".join(letters[kind] for kind in TABLE[answer]) for answer in ANSWERS]

    assert read == ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]
    assert {kano([pair]).n for pair in product(ANSWERS, ANSWERS)} == {1}


def test_a_feature_is_taken_as_most_take_it_and_a_tie_goes_to_what_matters_more():
    must, liked, dull = ("neutral", "dislike"), ("like", "neutral"), ("neutral", "neutral")

    found = kano([must] * 5 + [liked] * 3 + [dull] * 2)

    assert (found.kind, found.better, found.worse) == ("must-be", 0.3, -0.5)
    assert kano([must, liked]).kind == "must-be"
    assert kano([liked, dull]).kind == "attractive"
    assert kano([]) is None


def test_gaps_are_perception_less_expectation_weighted_by_points():
    found = gaps({"on time": [7, 6], "polite": [5]}, {"on time": [5, 5], "polite": [6], "new": [1]})

    assert found == {"on time": -1.5, "polite": 1.0}
    assert overall(found, {"on time": 75, "polite": 25}) == pytest.approx(-0.875)
    assert overall(found, {}) == 0.0


def test_parts_that_disagree_with_the_whole_are_seen():
    """Kidney stones: Charig and others, British Medical Journal 292 (1986), as told by Julious and Mullee (1994)."""
    stones = {"small": Pair(81, 87, 234, 270), "large": Pair(192, 263, 55, 80)}

    found = stratified(stones)

    assert round(found.whole, 2) == -0.05
    assert {name: round(value, 2) for name, value in found.parts.items()} == {"small": 0.06, "large": 0.04}
    assert found.turns


def test_parts_that_agree_do_not_turn_and_small_ones_are_left_out():
    found = stratified({"a": Pair(30, 40, 20, 40), "b": Pair(9, 9, 0, 9)})

    assert (found.turns, found.left_out, found.adjusted) == (False, ("b",), 0.25)
    assert stratified({"b": Pair(9, 9, 0, 9)}) is None

"""Sensitivity on functions whose answer is known, and on a line where theory tells it."""

from itertools import pairwise

import pytest

from process_models.values.provenance import Provenance
from process_models.values.sentences import Sentence
from simulations.assumptions import Assumption
from simulations.sensitivity import effects, flips, one_at_a_time, placed, swings, walks

SOURCE = Provenance("judged", "C", "a workshop")


def assumed(id: str, *switches: str) -> Assumption:
    told = tuple((switch, Sentence.of("assumed_there")) for switch in switches or ("low", "high"))
    return Assumption(id, id, Sentence.of("assumed_there"), SOURCE, told)


def value(levels, formula):
    """A figure over ten replications whose luck is shared."""
    at = {id: 0.0 if level == "off" else level for id, level in levels}
    return [formula(at) + luck for luck in range(10)]


def test_a_tornado_ranks_by_width_and_shared_luck_leaves_no_doubt():
    known = (assumed("a"), assumed("b"), assumed("c", "off"))

    def formula(at):
        return 10 * at.get("a", 0.5) - 2 * at.get("b", 0.5) + (0 if at.get("c", 1) == 0 else 3)

    played = {levels: value(levels, formula) for levels in one_at_a_time(known)}
    found = swings(known, played, "lower")

    assert [(one.id, one.switch, one.change.mean) for one in found] == [
        ("a", "low", pytest.approx(-5)),
        ("a", "high", pytest.approx(5)),
        ("c", "off", pytest.approx(-3)),
        ("b", "low", pytest.approx(1)),
        ("b", "high", pytest.approx(-1)),
    ]
    assert all(one.change.half_width == pytest.approx(0) for one in found)


def test_our_mind_changes_where_the_verdict_is_another_or_nothing_can_be_played():
    known = (assumed("a"), assumed("b"), assumed("c"))
    series = {"low": [-3.0, -2.9, -3.1], "high": [2.0, 2.1, 1.9]}
    played = {
        (): [-1.0, -1.1, -0.9],
        (("a", 0.0),): series["low"],
        (("a", 1.0),): series["high"],
        (("b", 0.0),): series["low"],
        (("b", 1.0),): series["low"],
        (("c", 0.0),): series["low"],
        (("c", 1.0),): [],
    }

    found = swings(known, played, "lower")

    assert {(one.id, one.switch, one.word) for one in flips(found, "better")} == {
        ("a", "high", "worse"),
        ("c", "high", ""),
    }
    assert found[0].id == "c"


def test_elementary_effects_are_those_of_a_known_function():
    known = (assumed("a"), assumed("b"), assumed("c"), assumed("d", "off"), assumed("e"))

    def formula(at):
        return 6 * at["a"] + 4 * at["b"] * at["c"] - 3 * (at["d"] > 0)

    points = {placed(known, point) for walk in walks([one.id for one in known], 7) for point in walk}
    found = {one.id: one for one in effects(known, 7, {levels: value(levels, formula) for levels in points})}

    assert found["a"].size.mean == pytest.approx(6)
    assert (found["a"].mean, found["a"].spread) == (pytest.approx(6), pytest.approx(0, abs=1e-9))
    assert found["d"].mean == pytest.approx(-3)
    assert found["e"].size.mean == pytest.approx(0, abs=1e-9)
    assert found["b"].spread > 0.5
    assert 0 < found["b"].size.mean < 4
    assert list(found)[-1] == "e"


def test_walks_move_one_assumption_at_a_time_by_two_levels_and_use_all_levels_evenly():
    ids = [f"x{n}" for n in range(12)]
    seen = [0, 0, 0, 0]

    for walk in walks(ids, 3, 40):
        assert len(walk) == len(ids) + 1
        for one, after in pairwise(walk):
            assert sorted(abs(a - b) for a, b in zip(one, after, strict=True)) == [0] * 11 + [2]
        for level in walk[0]:
            seen[level] += 1

    assert walks(ids, 3, 40) == walks(ids, 3, 40)
    assert walks(ids, 3, 1) != walks(ids, 4, 1)
    assert min(seen) > 80

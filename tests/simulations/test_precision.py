"""Replications are added while something the decision needs is uncertain, and no longer."""

import numpy as np
import pytest

from simulations.precision import Aim, State, following, looks, state

STEADY = [100.0, 101.0, 99.0, 100.5, 99.5] * 4
WILD = [10.0, 190.0, 40.0, 160.0, 100.0] * 4


def aim(threshold: str = "") -> Aim:
    return Aim(id="wait", measure="waiting", threshold=threshold)


def test_a_narrow_interval_settles_an_aim_and_a_wide_one_says_how_many_it_takes():
    narrow, wide = state(STEADY, aim(), 0.05), state(WILD, aim(), 0.05)

    assert narrow.settled
    assert not wide.settled
    assert wide.needed is not None
    longer = WILD * (wide.needed // len(WILD) + 1)
    assert state(longer, aim(), 0.05).settled


def test_a_threshold_far_from_a_wide_interval_is_settled_and_one_inside_is_not():
    assert state(WILD, aim("1000"), 0.05).settled
    assert not state(WILD, aim("110"), 0.05).settled


def test_a_threshold_just_outside_at_one_look_is_not_settled_where_there_are_many():
    edge = str(np.mean(WILD) + 2.15 * np.std(WILD, ddof=1) / np.sqrt(len(WILD)))

    assert state(WILD, aim(edge), 0.05, looks=1).settled
    assert not state(WILD, aim(edge), 0.05, looks=9).settled


def test_what_nobody_could_measure_needs_no_replications():
    assert state([None, None], aim(), 0.05) == State(True, None)
    assert not state([0.0, 1.0, -1.0], aim(), 0.05).settled


def test_rounds_grow_up_to_the_most_and_are_no_more_than_was_said():
    played = [20]
    while (more := following(played[-1], [State(False, None)], 400, 5)) != played[-1]:
        played.append(more)

    assert played[-1] == 400
    assert all(number % 5 == 0 for number in played)
    assert len(played) <= looks(20, 400)


@pytest.mark.parametrize(("true", "sure"), [(100.0, 0.93), (103.0, 0.93)])
def test_a_play_that_stops_when_its_threshold_is_clear_is_rarely_on_the_wrong_side(true, sure):
    rng = np.random.default_rng(1)
    wrong = 0
    for _ in range(400):
        line, n = rng.normal(true, 60, 400), 20
        while not (found := state(line[:n].tolist(), aim("101"), 0.001, looks=looks(20, 400))).settled:
            more = following(n, [found], 400, 5)
            if more == n:
                break
            n = more
        wrong += found.settled and (np.mean(line[:n]) > 101) != (true > 101)
    assert 1 - wrong / 400 >= sure

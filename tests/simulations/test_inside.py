"""Queues and staff over the day, and work in progress that settles or does not."""

import numpy as np
import pytest

from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.distributions import Exponential, Fixed
from simulations import engines
from simulations.inside import mser, over_the_day, steadiness
from simulations.plan import plan
from simulations.scenario import Stream
from simulations.story import Replay
from tests.building import graph_of
from tests.simulations.playing import hours, pool, scenario, shop, story, takes, weekly


def test_an_hour_in_which_one_of_two_works_half_of_the_time_and_a_case_waits_at_night():
    graph = graph_of("start a, a end", made={"a": takes(Fixed(30 * MINUTE))})
    told = story(shop(graph, pool("team", 2, hours((9, 12)))), scenario(), 8 * HOUR, 10 * HOUR)

    found = {one.hour: one for one in over_the_day(told.plan, [Replay(told.plan, told.trace)], "team")}

    assert [found[hour].present.mean for hour in (8, 9, 10, 12)] == [0, 2, 2, 0]
    assert [found[hour].busy.mean for hour in (8, 9, 10, 12)] == [0, 0.5, 0.5, 0]
    assert [found[hour].waiting.mean for hour in (8, 9, 10)] == [1, 0, 0]


def played(per_hour, heads=10, days=42, seeds=6):
    graph = graph_of("start a, a end", made={"a": takes(Exponential(6 * HOUR))})
    streams = (Stream(id="post", per_hour=weekly(per_hour)),)
    made = plan(shop(graph, pool("team", heads)), scenario(period=days * DAY, streams=streams, drain="stop"))
    return made, [Replay(made, engines.play(made, seed, 0)) for seed in range(seeds)]


def test_a_process_with_time_to_spare_settles():
    found = steadiness(*played("1.2"))

    assert found.steady
    assert found.warm_up <= 10
    assert np.mean(found.days) == pytest.approx(1.2 * 6, rel=0.15)


def test_a_process_with_more_work_than_people_never_settles_and_says_so():
    found = steadiness(*played("2"))

    assert found.grows
    assert not found.steady


def test_too_short_a_period_tells_nothing_and_full_people_are_never_steady():
    assert steadiness(*played("1.2", days=10)) is None
    assert not steadiness(*played("1.2"), full=("team",)).steady


def test_the_warm_up_is_the_start_that_differs():
    assert mser([0.0] * 15 + [5.0, 5.2, 4.8, 5.1, 4.9] * 10) == 15
    assert mser([1.0] * 12) is None

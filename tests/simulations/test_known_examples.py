"""Examples of peers and of the literature, rebuilt: the figure each source states is one that our play gives too.

A source states the mean of a few trials. We play the same model many times, and ask whether a mean of so many trials may
well be the one stated: whether it lies within three standard errors of ours, theirs and ours counted together. A model
that is almost the same (one server more or less) must not agree, else the check would show nothing.
"""

import math
from collections.abc import Sequence
from statistics import fmean, stdev

import numpy as np
import pytest

from process_models.graph.design import Design
from process_models.values.calendars import DAY, MINUTE
from process_models.values.distributions import Exponential
from simulations import engines
from simulations.outcomes import NEVER, visits
from simulations.plan import plan
from simulations.scenario import Scenario, Stream
from tests.building import graph_of
from tests.simulations.playing import pool, scenario, shop, story, takes, weekly

ERRORS = 3


def agrees(stated: float, trials: int, ours: Sequence[float]) -> bool:
    """Say whether a mean of so many trials may well be the one stated."""
    reach = ERRORS * stdev(ours) * math.sqrt(1 / trials + 1 / len(ours))
    return abs(stated - fmean(ours)) <= reach


def counter(heads: int, minutes: float) -> Design:
    """One queue, some servers, exponential work."""
    graph = graph_of("start a, a end", made={"a": takes(Exponential(round(minutes * MINUTE)))})
    return shop(graph, pool("team", heads))


def poisson(per_minute: float, period: int, **more: object) -> Scenario:
    stream = Stream(id="customers", per_hour=weekly(f"{per_minute * 60:g}"))
    return scenario(period=round(period * MINUTE), streams=(stream,), **more)


def waits(design: Design, asked: Scenario, plays: int, since: int, until: int) -> list[float]:
    """The mean wait, in minutes, of those who come between two minutes and are served before play ends."""
    made = plan(design, asked)
    out = []
    for number in range(plays):
        table = visits(made, engines.play(made, 1, number))
        mine = table[(table["step"] == made.steps.index("a")) & (table["left"] != NEVER)]
        mine = mine[(mine["entered"] > since * MINUTE) & (mine["entered"] < until * MINUTE)]
        out.append(float(mine["wait"].mean()) / MINUTE)
    return out


@pytest.mark.parametrize(("servers", "stated"), [(3, 5.62649), (4, 0.79868)])
def test_the_bank_of_ciws_tutorial_waits_as_long_as_it_says(servers, stated):
    """Ciw documentation, Tutorial I part 4: 0.2 a minute, 10 minutes each, ten trials, from minute 100 to 1540."""
    asked = poisson(0.2, 1640, drain="stop")

    ours, other = (waits(counter(heads, 10), asked, 150, 100, 1540) for heads in (servers, 7 - servers))

    assert agrees(stated, 10, ours)
    assert not agrees(stated, 10, other)


def test_the_single_server_of_ciws_example_waits_as_long_as_it_says_and_as_theory_says():
    """Ciw documentation, Example M/M/1: 3 and 5 a unit of time, 100 trials of 250 units, from 50 on; 0.3 by theory."""
    asked = poisson(0.05, 250 * 60, drain="stop")

    ours = [one / 60 for one in waits(counter(1, 12), asked, 150, 50 * 60, 250 * 60)]
    slower = [one / 60 for one in waits(counter(1, 13), asked, 50, 50 * 60, 250 * 60)]

    assert agrees(0.292014274888, 100, ours)
    assert agrees(0.3, 10**9, ours)
    assert not agrees(0.292014274888, 100, slower)


def served_at_lunch(tills: int, minutes: int = 2, plays: int = 100) -> list[float]:
    graph = graph_of(
        "start choice, choice cold 0.6, choice hot 0.4, cold choice2, choice2 hot 0.3, choice2 till 0.7, hot till, till end",
        made={
            "cold": {"role": "cold", **takes(Exponential(MINUTE))},
            "hot": {"role": "hot", **takes(Exponential(150_000))},
            "till": {"role": "till", **takes(Exponential(minutes * MINUTE))},
        },
    )
    people = (pool("cold", 1), pool("hot", 2), pool("till", tills))
    made = plan(
        shop(graph, *people, cold=("cold",), hot=("hot",), till=("till",)),
        poisson(0.5, 200, drain="stop"),
    )
    out = []
    for number in range(plays):
        table = visits(made, engines.play(made, 1, number))
        mine = table[(table["step"] == made.steps.index("till")) & (table["left"] != NEVER)]
        out.append(float((mine["entered"] < 180 * MINUTE).sum()))
    return out


def test_the_cafe_of_ciws_tutorial_serves_as_many_as_it_says():
    """Ciw documentation, Tutorial II: cold counter, hot counter and till, ten lunchtimes of three hours: 81.9."""
    assert agrees(81.9, 10, served_at_lunch(2))
    assert not agrees(81.9, 10, served_at_lunch(1, 3))


def bank12(counters: int, plays: int = 120) -> list[float]:
    """The mean wait of fifty customers, the first at once."""
    luck = np.random.default_rng(12)
    design, asked = counter(counters, 12), scenario(drain_limit=30 * DAY)
    out = []
    for _ in range(plays):
        gaps = luck.exponential(10 * MINUTE, 49).round().astype(int).tolist()
        times = [0, *np.cumsum(gaps).tolist()]
        played = story(design, asked, *times)
        table = visits(played.plan, played.trace)
        out.append(float(table[table["step"] == played.plan.steps.index("a")]["wait"].mean()) / MINUTE)
    return out


def test_the_bank_of_simpys_tutorial_waits_as_long_as_its_four_runs_say():
    """SimPy Classic documentation, The Bank, bank12: two counters, 12 minutes each, one every 10, fifty customers."""
    stated = fmean([3.66, 2.62, 8.97, 5.34])

    assert agrees(stated, 4, bank12(2))
    assert not agrees(stated, 4, bank12(1))

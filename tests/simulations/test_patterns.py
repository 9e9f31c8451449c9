"""Demand that grows, surges by degrees and again and again, absence together, and what failures cost."""

from itertools import pairwise

import pytest

from process_models.graph.steps import Obligation, Promise
from process_models.values import luck
from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.clocks import Clock, Moment
from process_models.values.errors import ModelError
from simulations.contingencies import absences
from simulations.demand import ONE, cumulative
from simulations.outcomes import cases, visits
from simulations.plan import plan
from simulations.scenario import Absence, Scenario, Stream, Surge
from tests.building import graph_of
from tests.simulations.playing import pool, scenario, shop, story, weekly

TEN = graph_of("start a, a end")


def rates(asked: Scenario) -> dict[int, float]:
    """Arrivals an hour from each corner on."""
    rate = cumulative(asked, asked.streams[0])
    corners = zip(pairwise(rate.times), pairwise(rate.totals), strict=True)
    return {start: round((high - low) / ONE * HOUR / (end - start), 3) for (start, end), (low, high) in corners}


def test_demand_that_grows_by_half_a_year_is_half_as_much_again_after_a_year():
    streams = (Stream(id="x", per_hour=weekly("10"), growth="0.5"),)
    found = rates(scenario(streams=streams, period=366 * DAY))

    assert found[0] == 10
    assert found[365 * DAY] == 15
    assert found[73 * DAY] == 11


def test_demand_that_shrinks_never_falls_below_none():
    found = rates(scenario(streams=(Stream(id="x", per_hour=weekly("10"), growth="-2"),), period=300 * DAY))

    assert found[73 * DAY] == 6
    assert min(found.values()) == 0


def test_a_surge_rises_and_falls_by_quarters_of_an_hour():
    surge = Surge(id="s", factor="3", start=HOUR, end=3 * HOUR, ramp=30 * MINUTE)

    found = rates(scenario(surges=(surge,), period=4 * HOUR))

    assert {time / HOUR: rate for time, rate in found.items()} == {
        0: 6, 1: 9, 1.25: 15, 1.5: 18, 2.5: 15, 2.75: 9, 3: 6,
    }  # fmt: skip


def test_a_ramp_brings_as_many_as_its_slope_even_where_it_is_no_whole_number_of_quarters():
    surge = Surge(id="s", factor="3", start=HOUR, end=3 * HOUR, ramp=20 * MINUTE)
    asked = scenario(surges=(surge,), period=4 * HOUR)

    assert cumulative(asked, asked.streams[0]).totals[-1] / ONE == pytest.approx(4 * 6 + 12 * (2 - 1 / 3))


def test_a_surge_comes_again():
    surge = Surge(id="s", factor="2", start=HOUR, end=2 * HOUR, every=5 * HOUR)

    found = rates(scenario(surges=(surge,), period=12 * HOUR))

    assert [time / HOUR for time, rate in found.items() if rate == 12] == [1, 6, 11]
    assert [time / HOUR for time, rate in found.items() if rate == 6] == [0, 2, 7]


@pytest.mark.parametrize("pattern", [{"ramp": HOUR}, {"every": HOUR}, {"ramp": -1}])
def test_a_surge_that_overlaps_itself_is_refused(pattern):
    with pytest.raises(ModelError, match="surge “s”"):
        Surge(id="s", factor="2", start=0, end=HOUR + HOUR // 2, **pattern)


def test_heads_that_are_away_together_have_the_same_spells():
    alone = Absence(id="ill", pool="team", share="0.3", spell=DAY)
    storm = Absence(id="ill", pool="team", share="0.3", spell=DAY, together=True)
    own, shared = (
        plan(shop(TEN, pool("team", 3)), scenario(absences=(one,), period=60 * DAY)) for one in (alone, storm)
    )
    world = luck.world(1, 0)

    assert len({absences(shared, world, 0, head) for head in range(3)}) == 1
    assert len({absences(own, world, 0, head) for head in range(3)}) == 3
    assert len(absences(shared, world, 0, 0)) > 3


def test_each_missed_promise_costs_what_it_says():
    clock = Clock(Moment("a", "enter"), Moment("a", "leave"), 15 * MINUTE)
    strict = Clock(Moment("a", "enter"), Moment("a", "leave"), 5 * MINUTE)
    graph = graph_of(
        "start a, a end",
        made={"start": {"unit_cost": 3}},
        promises=(Promise("quick", "Quick", clock, 500),),
        obligations=(Obligation(id="law", name="Law", basis="law", clock=strict, failure_cost=40),),
    )
    told = story(shop(graph, pool("team", 1, rate=6000)), scenario(), 0, MINUTE)

    table = cases(told.plan, told.trace, visits(told.plan, told.trace))

    assert table["cost"].tolist() == [3 + 1000 + 40, 3 + 1000 + 40 + 500]


def test_what_is_left_alone_changes_no_digest():
    clock = Clock(Moment("a", "enter"), Moment("a", "leave"), HOUR)
    kept, paid = (graph_of("start a, a end", promises=(Promise("p", "P", clock, cost),)) for cost in (0, 1))
    usual = plan(shop(TEN, pool("team", 1)), scenario()).digest
    flat = scenario(streams=(Stream(id="phone", per_hour=weekly("6"), growth="0"),))

    assert plan(shop(TEN, pool("team", 1)), flat).digest == usual
    assert plan(shop(kept, pool("team", 1)), scenario()).digest != plan(shop(paid, pool("team", 1)), scenario()).digest

"""The demand at which a promise fails: found on known curves, and where a line with a known answer breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.distributions import Exponential
from simulations.breaking import GRID, LEAST, MOST, Edge, Threshold, edge, edge_of, surged, with_people_away
from simulations.comparison import Estimate
from simulations.scenario import Stream
from tests.building import graph_of
from tests.simulations.playing import pool, scenario, shop, takes, weekly

WAIT = Threshold("waiting", "at most", 100.0)


@given(st.integers(LEAST, MOST - 1), st.integers(0, 5), st.integers(0, 5))
def test_the_edge_of_a_known_curve_is_found_with_its_interval_and_nothing_is_looked_at_twice(breaks, below, above):
    looked = []

    def curve(factor):
        looked.append(factor)
        return Estimate(100.0 + 10 * (factor - breaks), 10.0 * below if factor <= breaks else 10.0 * above, 10)

    found = edge(curve, WAIT)

    assert found.mean == breaks
    assert found.sure <= found.mean <= (MOST if found.perhaps is None else found.perhaps)
    assert len(looked) == len(set(looked)) <= 20


def test_what_bears_everything_or_not_even_half_says_so():
    assert edge(lambda _: Estimate(1.0, 0.5, 10), WAIT) == Edge(None, None, None)
    assert edge(lambda _: None, WAIT) == Edge(LEAST - 1, LEAST - 1, LEAST - 1)


def test_a_line_breaks_where_theory_says_and_sooner_with_people_away():
    graph = graph_of("start a, a end", made={"a": takes(Exponential(30 * MINUTE))})
    design = shop(graph, pool("team", 1))
    asked = scenario(period=60 * DAY, streams=(Stream(id="post", per_hour=weekly("1")),))
    promise = Threshold("waiting", "at most", 1.0 * HOUR)
    beats = []

    found = edge_of(design, asked, promise, 1, lambda: beats.append(1))
    away = edge_of(design, with_people_away(asked, design, "0.1", 4 * HOUR), promise, 1, lambda: None)

    exact = 4 / 3 * GRID
    assert found.mean == pytest.approx(exact, abs=1.5)
    assert found.sure <= exact <= found.perhaps + 1
    assert found.sure < found.perhaps
    assert away.perhaps < found.sure
    assert len(beats) < 20


def test_demand_as_it_is_is_the_scenario_as_it_is():
    assert surged(scenario(), GRID) == scenario()
    assert surged(scenario(), 30).surges[-1].factor == "1.5"

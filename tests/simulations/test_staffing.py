"""Heads by interval: found on known curves, equal to the formula where that is right, and more where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.values.calendars import DAY, HOUR, MINUTE, Span
from process_models.values.distributions import Exponential
from process_models.values.errors import ModelError
from simulations.comparison import Estimate
from simulations.scenario import Stream
from simulations.staffing import (
    Interval,
    Level,
    Look,
    Promise,
    cost,
    intervals,
    layers,
    needed,
    present,
    search,
    with_heads,
)
from tests.building import graph_of
from tests.simulations.playing import hours, pool, scenario, shop, takes

QUICK = Promise(within=5 * MINUTE, share=0.8)


DAYS = hours((9, 17))


def office(heads: int, spans=DAYS):
    return shop(
        graph_of("start a, a end", made={"a": takes(Exponential(10 * MINUTE))}), pool("team", heads, spans, 2000)
    )


def by_the_hour(rates: dict[int, str]):
    return Stream(id="phone", per_hour=tuple(rates.get(hour % 24, "0") for hour in range(168)))


@given(st.lists(st.integers(1, 9), min_size=2, max_size=8), st.data())
def test_a_search_ends_with_heads_that_hold_and_were_played_and_none_is_needless_alone(truth, data):
    days = data.draw(st.lists(st.integers(0, 3), min_size=len(truth), max_size=len(truth)).map(sorted))
    formula = tuple(data.draw(st.integers(1, 9)) for _ in truth)
    played = []

    def look(heads):
        played.append(heads)
        kept = [Estimate(1.0 if there >= wanted else 0.0, 0.0, 10) for there, wanted in zip(heads, truth, strict=True)]
        return Look(tuple(Level(1.0, one) for one in kept), 1.0)

    found = search(look, formula, QUICK, days)

    assert found.heads in played
    assert len(played) == len(set(played)) <= 120
    reachable = [n for n, wanted in enumerate(truth) if wanted <= 3 * formula[n] + 4]
    assert all(found.heads[n] == truth[n] for n in reachable)
    assert not found.stopped
    assert set(found.unmet) == set(range(len(truth))) - set(reachable)


def test_a_search_that_runs_out_of_plays_says_so_and_still_holds():
    def look(heads):
        return Look(
            tuple(Level(1.0, Estimate(1.0 if n < 4 or there > 2 else 0.0, 0.0, 10)) for n, there in enumerate(heads)),
            1.0,
        )

    found = search(look, (9,) * 8, QUICK, [0] * 8, most=5)

    assert found.stopped
    assert not found.look.fails(QUICK)


def test_what_is_left_over_from_the_day_before_is_mended_there():
    def look(heads):
        kept = [1.0, 1.0, 1.0 if heads[1] > 3 else 0.0, 1.0]
        return Look(tuple(Level(1.0, Estimate(one, 0.0, 10)) for one in kept), 1.0)

    found = search(look, (5, 5, 5, 5), QUICK, [0, 0, 1, 1])

    assert found.heads == (1, 4, 1, 1)
    assert not found.stopped


@given(st.lists(st.integers(0, 6), min_size=8, max_size=8))
def test_layers_have_so_many_heads_in_each_interval_and_no_more(heads):
    design = office(1)
    parts = tuple(Interval(day, hour * HOUR, (hour + 2) * HOUR) for day in (0, 3) for hour in (8, 10, 12, 16))

    made = with_heads(design, "team", parts, heads)

    (team,) = made.staffing.pools
    assert present(team, parts) == tuple(heads)
    assert sum(s.heads * (span.end - span.start) for s in team.shifts for span in s.spans) == 2 * HOUR * sum(heads)
    assert cost(parts, heads, team.rate) == 2 * sum(heads) * 2000


def test_a_layer_lasts_as_long_as_it_is_needed():
    parts = tuple(Interval(0, hour * HOUR, (hour + 1) * HOUR) for hour in range(9, 13))

    shifts = {shift.id: (shift.heads, shift.spans) for shift in layers(parts, (1, 3, 3, 1))}

    assert shifts == {
        "layer-1": (1, (Span(0, 9 * HOUR, 13 * HOUR),)),
        "layer-2": (2, (Span(0, 10 * HOUR, 12 * HOUR),)),
    }


def test_where_the_formula_is_right_the_simulation_says_the_same():
    rates = tuple("30" if hour // 24 < 2 and 8 <= hour % 24 < 16 else "0" for hour in range(168))
    asked = scenario(period=28 * DAY, streams=(Stream(id="phone", per_hour=rates),))
    two_days = tuple(Span(day, 8 * HOUR, 16 * HOUR) for day in (0, 1))

    found = needed(office(6, two_days), asked, "team", QUICK, 1, length=8 * HOUR, replications=10)

    assert found.formula == (7, 7)
    assert set(found.heads) <= {7, 8}
    assert found.unmet == ()
    assert all(level.kept.mean >= QUICK.share for level in found.levels)
    assert all(level.came == pytest.approx(240, rel=0.05) for level in found.levels)


def test_what_a_rush_leaves_behind_needs_heads_of_which_the_formula_knows_nothing():
    asked = scenario(period=28 * DAY, streams=(by_the_hour({9: "60", 10: "6", 11: "6"}),))
    whole_hours = office(2, hours((9, 12)))

    found = needed(whole_hours, asked, "team", Promise(5 * MINUTE, 0.9), 1, replications=5)

    assert found.now == (2,) * 21
    assert all(level.kept is None or level.kept.mean >= 0.9 for level in found.levels)
    assert any(level.kept.mean < 0.9 for level in found.before)
    rush = [heads for part, heads in zip(found.intervals, found.heads, strict=True) if part.start == 9 * HOUR]
    calm = [heads for part, heads in zip(found.intervals, found.heads, strict=True) if part.start == 11 * HOUR]
    assert min(rush) > 2 * max(calm)
    assert found.plays <= 122


def test_a_night_does_not_count_against_the_promise():
    asked = scenario(period=28 * DAY, streams=(by_the_hour({20: "6"}),))

    found = needed(office(1), asked, "team", Promise(2 * HOUR, 0.9), 1, length=8 * HOUR, replications=3)

    assert found.unmet == ()
    assert set(found.heads) == {1}
    assert [part.day for part, level in zip(found.intervals, found.levels, strict=True) if level.came > 3] == list(
        range(7)
    )


def test_a_pool_that_is_never_there_is_refused():
    with pytest.raises(ModelError, match="is ever there"):
        needed(office(0), scenario(), "team", QUICK, 1)


def test_intervals_keep_to_the_clock_and_to_the_hours_of_the_pool():
    half = (Span(0, 9 * HOUR + 30 * MINUTE, 12 * HOUR), Span(0, 13 * HOUR, 14 * HOUR))

    found = intervals(pool("team", 1, half), 2 * HOUR)

    assert [(one.start / HOUR, one.end / HOUR) for one in found] == [(9.5, 10), (10, 12), (13, 14)]

"""Cases come at the rate asked for, and everybody keeps their own luck."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.values import luck
from process_models.values.calendars import DAY, HOUR, instant
from simulations.contingencies import absences
from simulations.demand import ONE, Rate, arrivals, cumulative
from simulations.plan import plan
from simulations.scenario import Absence, Away, Backlog, Stream, Surge
from tests.building import graph_of
from tests.simulations.playing import pool, scenario, shop, weekly

SIMPLE = graph_of("start a, a end")
PHONE = Stream(id="phone", per_hour=weekly("6"))
POST = Stream(id="letters", per_hour=weekly("4"))


def coming(asked, seed=1, replication=0, heads=1):
    return arrivals(plan(shop(SIMPLE, pool("team", heads)), asked), luck.world(seed, replication))


def times(asked, stream="phone", **where):
    index = [one.id for one in asked.streams].index(stream)
    return [one.time for one in coming(asked, **where) if one.stream == index]


def test_as_many_come_as_the_rate_says_and_as_unevenly_as_chance():
    asked = scenario(period=7 * DAY)

    counts = [len(coming(asked, replication=n)) for n in range(60)]

    assert np.mean(counts) == pytest.approx(7 * 24 * 6, rel=0.02)
    assert 0.6 < np.var(counts) / np.mean(counts) < 1.6


def test_nobody_comes_in_hours_without_demand_and_hours_are_local():
    nine_to_five = tuple("30" if 9 <= hour < 17 else "0" for hour in range(24)) * 7
    asked = scenario(
        start="2026-03-27T00:00",
        zone="Europe/Berlin",
        period=4 * DAY,
        streams=(Stream(id="phone", per_hour=nine_to_five),),
    )

    found = np.array(times(asked))

    for day in ("27", "28", "29", "30"):
        opens = instant(f"2026-03-{day}T09:00", "Europe/Berlin") - asked.begin
        assert 160 < ((found >= opens) & (found < opens + 8 * HOUR)).sum() < 330
    opening = [instant(f"2026-03-{day}T09:00", "Europe/Berlin") - asked.begin for day in ("27", "28", "29", "30")]
    assert all(any(start <= time < start + 8 * HOUR for start in opening) for time in found.tolist())


def test_the_hour_that_clocks_skip_brings_nobody_and_the_one_that_comes_twice_twice_as_many():
    at_two = tuple("600" if hour == 6 * 24 + 2 else "0" for hour in range(168))

    def count(start):
        asked = scenario(start=start, zone="Europe/Berlin", streams=(Stream(id="phone", per_hour=at_two),))
        return cumulative(asked, asked.streams[0]).totals[-1] / ONE

    assert [count(f"{day}T00:00") for day in ("2026-03-22", "2026-03-29", "2026-10-25")] == [600, 0, 1200]


def test_a_surge_brings_more_in_its_time_and_only_moves_those_who_come_anyway():
    calm, storm = scenario(), scenario(surges=(Surge(id="storm", factor="3", start=6 * HOUR, end=12 * HOUR),))

    before, after = times(calm), times(storm)

    in_surge = sum(6 * HOUR <= time < 12 * HOUR for time in after)
    assert in_surge > 2 * sum(6 * HOUR <= time < 12 * HOUR for time in before)
    early = [time for time in before if time < 6 * HOUR]
    assert after[: len(early)] == early


def test_a_surge_counts_from_its_first_millisecond_to_its_last():
    asked = scenario(surges=(Surge(id="storm", factor="3", start=6 * HOUR + 1, end=12 * HOUR),))

    rate = cumulative(asked, PHONE)

    assert dict(zip(rate.times, (total / ONE for total in rate.totals), strict=True)) == pytest.approx(
        {0: 0, 6 * HOUR + 1: 36, 12 * HOUR: 144, DAY: 216}, abs=1e-4
    )


def test_a_surge_of_one_stream_leaves_the_other_alone():
    both = (PHONE, POST)
    storm = Surge(id="storm", factor="3", start=0, end=DAY, stream="phone")

    assert times(scenario(streams=both, surges=(storm,)), "letters") == times(scenario(streams=both), "letters")


def test_another_channel_leaves_the_luck_of_the_first_alone():
    alone = coming(scenario(streams=(PHONE,)))
    together = coming(scenario(streams=(PHONE, POST)))

    assert [(one.time, one.who) for one in together if one.stream == 1] == [(one.time, one.who) for one in alone]


def test_cases_are_numbered_by_time_and_those_that_wait_at_the_start_come_first():
    asked = scenario(streams=(PHONE, POST), backlog=(Backlog(id="a", cases=3, stream="letters"),))

    found = coming(asked)

    assert [one.time for one in found] == sorted(one.time for one in found)
    assert [(one.time, one.stream, one.number) for one in found[:3]] == [(0, 0, 0), (0, 0, 1), (0, 0, 2)]
    assert len({one.who for one in found}) == len(found)


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 10**9)), min_size=1, max_size=6), st.integers(0, 10**10)
)
def test_the_inverse_of_the_cumulative_rate_is_the_latest_millisecond_not_beyond(pieces, total):
    corners = np.cumsum([(0, 0), *pieces], axis=0)
    rate = Rate(tuple(corners[:, 0].tolist()), tuple(corners[:, 1].tolist()))

    found = rate.when(total)

    if found is None:
        assert total >= rate.totals[-1]
    else:
        assert np.interp(found, *corners.T) <= total + 1e-3
        assert np.interp(found + 1, *corners.T) > total - 1e-3


def away_share(asked, heads=40):
    made = plan(shop(SIMPLE, pool("team", heads)), asked)
    world = luck.world(1, 0)
    spells = [spell for head in range(heads) for spell in absences(made, world, 0, head)]
    away = sum(min(stop, made.limit) - min(start, made.limit) for start, stop in spells)
    return away / (heads * made.limit), spells


def test_heads_are_away_for_their_share_of_time_in_spells_of_their_length():
    ill = Absence(id="ill", pool="team", share="0.08", spell=2 * DAY)

    share, spells = away_share(scenario(period=365 * DAY, drain="stop", absences=(ill,)))

    assert share == pytest.approx(0.08, rel=0.1)
    assert np.mean([stop - start for start, stop in spells]) == pytest.approx(2 * DAY, rel=0.1)


def test_from_the_first_moment_on_some_are_away():
    ill = Absence(id="ill", pool="team", share="0.2", spell=5 * DAY)

    _, spells = away_share(scenario(absences=(ill,)), heads=400)

    assert 55 < sum(start == 0 for start, _ in spells) < 105


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(0, 50))
def test_another_head_or_another_absence_leaves_the_spells_of_all_others_alone(heads, replication):
    ill = Absence(id="ill", pool="team", share="0.2", spell=DAY)
    world = luck.world(1, replication)
    asked = scenario(period=30 * DAY, absences=(ill,))
    trip = Away(id="trip", pool="team", heads=1, start=DAY, end=2 * DAY)

    small = plan(shop(SIMPLE, pool("team", heads)), asked)
    large = plan(shop(SIMPLE, pool("team", heads + 1), pool("others", 3)), asked)
    travelling = plan(shop(SIMPLE, pool("team", heads)), scenario(period=30 * DAY, absences=(ill,), away=(trip,)))

    group = large.groups.index(("team", "all"))
    for head in range(heads):
        assert absences(small, world, 0, head) == absences(large, world, group, head)
        if head > 0:
            assert absences(small, world, 0, head) == absences(travelling, world, 0, head)


def test_a_head_away_twice_at_once_is_away_once():
    trips = (
        Away(id="1", pool="team", heads=1, start=0, end=3 * HOUR),
        Away(id="2", pool="team", heads=2, start=2 * HOUR, end=5 * HOUR),
    )
    made = plan(shop(SIMPLE, pool("team", 2)), scenario(away=trips))

    assert absences(made, 0, 0, 0) == ((0, 5 * HOUR),)
    assert absences(made, 0, 0, 1) == ((2 * HOUR, 5 * HOUR),)

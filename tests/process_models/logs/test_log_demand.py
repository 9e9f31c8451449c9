"""Arrivals by hour of the week."""

import msgspec
import pandas as pd

from process_models.logs.demand import HOURS, demand
from process_models.logs.events import events

MONDAY_10 = 10


def arrivals(table, plain, times, zone="UTC"):
    rows = [(f"c{n}", "New", f"{time:%Y-%m-%d %H:%M}") for n, time in enumerate(times)]
    return demand(events(table(rows, "case", "step", "time"), msgspec.structs.replace(plain, zone=zone)))


def every_hour(first: str, weeks: int) -> list[pd.Timestamp]:
    return list(pd.date_range(first, periods=HOURS * weeks, freq="h"))


def test_one_case_each_hour_is_one_an_hour(table, plain):
    found = arrivals(table, plain, every_hour("2026-01-05", 4))

    assert set(found.per_hour) == {"1"}
    assert (found.n, found.weeks, found.cut, set(found.seen)) == (672, "4", 0, {4})


def test_the_mean_is_over_the_weeks_seen(table, plain):
    mondays = [pd.Timestamp("2026-01-05 10:15"), pd.Timestamp("2026-01-12 10:45"), pd.Timestamp("2026-01-12 10:50")]

    found = arrivals(table, plain, mondays)

    assert found.per_hour[MONDAY_10] == "1.5"
    assert sum(float(mean) for mean in found.per_hour) == 1.5


def test_thin_weeks_at_the_edges_are_cut_off_and_counted(table, plain):
    full = every_hour("2026-01-05", 4)
    stray = [pd.Timestamp("2025-12-30 09:00"), pd.Timestamp("2026-02-03 09:00")]

    found = arrivals(table, plain, [*stray, *full])

    assert set(found.per_hour) == {"1"}
    assert (found.cut, found.first, found.last) == (2, "2026-01-05", "2026-02-01")
    assert "log_demand_cut" in {remark.id for remark in found.remarks}


def test_hours_are_those_of_the_local_clock_through_its_change(table, plain):
    mornings = [pd.Timestamp(f"2026-{day} 09:30") for day in ("03-16", "03-23", "03-30", "04-06")]

    found = arrivals(table, plain, mornings, zone="Europe/London")

    assert found.per_hour[9] == "1"
    assert found.seen[6 * 24 + 1] == 2


def test_the_opening_counts_before_the_first_row(example):
    found = demand(example)

    assert (found.first, found.last, found.weeks, found.n) == ("2026-01-05", "2026-04-05", "13", 1207)
    assert not found.remarks
    assert max(range(HOURS), key=lambda hour: float(found.per_hour[hour])) in range(9, 12)


def test_the_service_desk_has_two_weeks_and_says_so(uci):
    found = demand(uci)

    assert (found.n, found.weeks) == (4003, "2")
    assert "log_demand_few_weeks" in {remark.id for remark in found.remarks}

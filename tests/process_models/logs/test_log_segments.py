"""Cases by kind, and arrivals by weekday and interval."""

import numpy as np
import pytest

from process_models.logs.quality import times_in_process
from process_models.logs.segments import arrivals_in, segments
from process_models.logs.variants import promises


def test_segments_hold_each_case_once_with_its_time_and_promise(example):
    found = segments(example, "channel")

    assert set(found["value"]) == {"phone", "web"}
    assert found["cases"].sum() == example.cases
    assert found["share"].sum() == pytest.approx(1)
    assert found["missed"].sum() == promises(example).missed
    whole = times_in_process(example).mean()
    assert np.average(found["mean_ms"], weights=found["cases"]) == pytest.approx(whole)


def test_a_log_that_does_not_say_is_one_segment_without_a_name(log):
    found = segments(log("AB", "AC"), "channel")

    assert found[["value", "cases", "promised", "missed"]].to_numpy().tolist() == [["", 2, 0, 0]]
    assert found["median_ms"].tolist() == [3_600_000.0]


@pytest.mark.parametrize("minutes", [5, 30, 60])
def test_arrivals_fall_into_every_interval_of_the_week_once(example, minutes):
    found = arrivals_in(example, minutes)

    assert len(found) == 7 * 24 * 60 // minutes
    assert found["cases"].sum() == example.cases
    by_day = found.groupby("weekday")["cases"].sum()
    assert by_day.idxmax() == 0

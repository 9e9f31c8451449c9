"""Dates as people export them."""

import pandas as pd
import pytest

from process_models.logs.dates import moments, possible_orders
from process_models.logs.errors import LogError


def said(*texts: str) -> "pd.Series[str]":
    return pd.Series(list(texts), dtype="str")


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (["13/04/2016 09:05", "4/4/2016 00:25"], ("dmy",)),
        (["04/13/2016"], ("mdy",)),
        (["03/04/2016", "05/04/2016"], ("dmy", "mdy")),
        (["2016-04-03T10:00:00.123Z"], ("ymd",)),
        (["2019-19-12", "2019-01-02"], ("ydm",)),
        (["9.3.10 8:05", "11.3.10 10:30"], ("dmy", "mdy")),
        (["12-Mar-2016 11:05 PM"], ("dmy",)),
        (["hello", "2016-13-41"], ()),
        ([], ()),
    ],
)
def test_only_the_orders_that_read_the_values_are_possible(texts, orders):
    assert possible_orders(said(*texts)) == orders


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-05 09:30", "2026-01-05 09:30:00"),
        ("2026-07-05 09:30", "2026-07-05 08:30:00"),
        ("2026-07-05 09:30:01.2345+02:00", "2026-07-05 07:30:01.234"),
        ("2026-07-05 09:30-03:30", "2026-07-05 13:00:00"),
        ("2026-07-05 09:30Z", "2026-07-05 09:30:00"),
        ("2026-01-05 24:00", "2026-01-06 00:00:00"),
        ("2026-01-05 12:15 am", "2026-01-05 00:15:00"),
        ("2026-01-05 12:15 PM", "2026-01-05 12:15:00"),
        ("2026-01-05", "2026-01-05 00:00:00"),
    ],
)
def test_a_time_is_on_the_clock_of_its_zone_unless_it_says_an_offset(text, utc):
    found = moments(said(text), "ymd", "Europe/London").times

    assert found.iloc[0] == pd.Timestamp(utc, tz="UTC")


@pytest.mark.parametrize("text", ["2026-02-30", "2026-01-05 25:00", "2026-01-05 13:15 pm", "5/1", "20260105"])
def test_what_is_no_date_gives_no_time(text):
    assert moments(said(text), "ymd", "UTC").times.isna().all()


def test_hours_that_the_clock_has_twice_or_never_are_counted():
    found = moments(said("2026-03-29 01:30", "2026-10-25 01:30", "2026-07-01 01:30"), "ymd", "Europe/London")

    assert (found.twice, found.never) == (1, 1)
    assert found.times.iloc[1] == pd.Timestamp("2026-10-25 00:30", tz="UTC")


def test_an_unknown_zone_is_refused_by_name():
    with pytest.raises(LogError, match="Atlantis"):
        moments(said("2026-01-05"), "ymd", "Atlantis")

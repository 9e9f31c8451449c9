"""The thirteen traps of the shared data, each noticed on its file; the user guide names file and remark."""

from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest

from process_models.logs.columns import Columns, Meaning
from process_models.logs.events import events
from process_models.logs.figures import (
    censored,
    correlation,
    impossible_limits,
    no_driver,
    not_apart,
    off_scale,
    seasonal,
)
from process_models.logs.quality import quality
from process_models.logs.reading import read
from process_models.logs.wide import long
from process_models.values.sentences import say
from tests.process_models.logs.published import published

ROOT = Path(__file__).parents[3]


@lru_cache
def looked_at(file: Path):
    """Return the guess of a log and the remarks on it, by id."""
    found, columns, log = published(file)
    return found, {one.id: one for one in quality(log, columns)}


def numbers(table: pd.DataFrame, name: str) -> np.ndarray:
    return pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)


def test_1_the_clock_of_a_log_without_offset_is_asked_for(shared_data):
    found, _ = looked_at(shared_data / "helpdesk_italian/helpdesk_full.csv.gz")

    assert "peak hours are only as good as it" in " ".join(
        say(one) for one in found.doubts if one.id == "log_doubt_zone"
    )


def test_2_closing_by_itself_is_neither_work_nor_waiting(shared_data):
    _, remarks = looked_at(shared_data / "licence_clean/uci498_incidents_2016-04-04_to_17.csv.gz")

    assert remarks["auto_close"].sentence["hours"] == "120"


def test_3_a_promise_is_counted_by_case(shared_data):
    _, remarks = looked_at(shared_data / "uci_servicenow_incidents/incident_event_log.zip")

    assert (remarks["promise"].sentence["by_case"], remarks["promise"].sentence["by_row"]) == ("36.6 %", "6.5 %")


def test_4_a_cut_export_is_no_fall_in_demand(shared_data):
    _, remarks = looked_at(shared_data / "licence_clean/uci498_incidents_2016-04-04_to_17.csv.gz")

    assert "not a fall in demand" in say(remarks["edges"].consequence)


def test_5_a_mean_far_from_the_median_is_shown_with_it(shared_data):
    _, remarks = looked_at(shared_data / "uci_servicenow_incidents/incident_event_log.zip")

    assert "Read median and percentiles" in say(remarks["skewed"].consequence)


def test_6_a_duration_that_is_a_queue_and_weekdays_that_are_shifted(shared_data):
    _, remarks = looked_at(shared_data / "fluxicon_callcenter/CallCenter_niceyeti_LF.csv")

    assert remarks["queue"].sentence["step"] == "Inbound Email"
    assert "Wednesday" in remarks["odd_weekdays"].sentence["quiet"]


def test_7_a_placeholder_is_not_a_customer(shared_data):
    found, _ = looked_at(shared_data / "fluxicon_callcenter/CallCenter_niceyeti_LF.csv")

    assert [one["value"] for one in found.doubts if one.id == "log_doubt_placeholder"] == ["Customer 3"]


def test_7_a_group_of_a_question_mark_is_unknown(shared_data):
    _, remarks = looked_at(shared_data / "uci_servicenow_incidents/incident_event_log.zip")

    assert "never pooled under one name" in say(remarks["unknown"].consequence)


def test_7_a_rating_of_0_or_6_is_no_rating(shared_data):
    table = pd.read_csv(shared_data / "licence_clean/sfo2017_passenger_survey.csv.gz", dtype=str)

    [remark] = off_scale("Q7ART", numbers(table, "Q7ART"), 1, 5)

    assert remark.sentence["codes"].startswith("0 (")
    assert "6 (" in remark.sentence["codes"]


@lru_cache
def bank(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, sep="\t", dtype=str, encoding="latin-1")


def test_8_who_hung_up_does_not_tell_patience(shared_data):
    calls = bank(shared_data / "anonymous_bank_1999/data_anonymous_bank_february.txt.gz")
    waited = calls[numbers(calls, "q_time") > 0]
    waits = numbers(waited, "q_time") * 1000

    [remark] = censored(waits, waited["outcome"].str.strip().eq("HANG").to_numpy())

    assert (remark.sentence["seen"], remark.sentence["patience"]) == (
        "1.1\N{NO-BREAK SPACE}min",
        "5.9\N{NO-BREAK SPACE}min",
    )


def test_9_no_driver_is_an_answer(shared_data):
    file = shared_data / "pwc_call_center_csat/Call-Center-Dataset.xlsx"
    table = read(file).frame

    [remark] = no_driver(
        "Speed of answer", numbers(table, "Speed of answer in seconds"), numbers(table, "Satisfaction rating")
    )

    assert float(remark.sentence["r"]) == pytest.approx(0.001, abs=0.002)


def test_9_drivers_whose_intervals_overlap_are_not_ranked(shared_data):
    table = pd.read_csv(shared_data / "ecsi_satisfaction/mobi_ecsi.csv")
    names = tuple(name for name in table.columns if name.startswith("PERQ"))

    found = list(not_apart(names, tuple(numbers(table, name) for name in names), numbers(table, "CUSA1")))

    assert int(found[0].sentence["n"]) >= 1
    assert correlation(np.arange(9.0), np.arange(9.0))[1] > 0.99


def test_10_a_season_is_no_special_cause(shared_data):
    table = pd.read_csv(shared_data / "licence_clean/nhs_ae_attendances_2016-2019.csv.gz", parse_dates=["period"])
    sums = table[table["type"].astype(str) == "1"].groupby("period")[["admissions", "attendances", "breaches"]].sum()
    months = (sums.index.year * 12 + sums.index.month - 1).to_numpy()

    [remark] = seasonal("Share over four hours", months, (sums["breaches"] / sums["attendances"]).to_numpy())

    assert "January" in remark.sentence["months"]


def test_11_limits_beyond_the_possible_are_capped_and_said(shared_data):
    table = pd.read_csv(shared_data / "daily_call_center_kaggle/call_center_dated_seconds.csv")

    [remark] = impossible_limits("Answer rate", numbers(table, "Answer Rate"))

    assert float(remark.sentence["worked"].split(" to ")[1].split()[0]) > 100
    assert remark.sentence["capped"].endswith("100.0 %")


def test_12_dates_without_a_time_are_told_from_answers_before_the_question(shared_data):
    file = next((shared_data / "ecommerce_csat").glob("*.csv.gz"))
    table = read(file).table
    columns = Columns(case="Unique id", step="step", time="time", dates="dmy", meaning=Meaning.ENDS)
    rows = long(table, ("Issue_reported at", "issue_responded"))
    columns = msgspec.structs.replace(columns, step=rows.names[-2], time=rows.names[-1])
    log = events(rows, columns)

    remark = {one.id: one for one in quality(log, columns)}["midnight"]

    assert remark.sentence["step"] == "issue responded"
    assert remark.sentence["back"] == "333"  # 635 in the whole file; this is half of it


def test_13_work_of_seconds_by_a_few_people_is_asked_about(shared_data, table):
    calls = bank(shared_data / "anonymous_bank_1999/data_anonymous_bank_february.txt.gz")
    served = calls[calls["outcome"].str.strip().eq("AGENT") & calls["server"].str.strip().ne("NO_SERVER")]
    served = served[numbers(served, "ser_time") > 0]
    begin = pd.to_datetime("19" + served["date"].str.strip() + " " + served["ser_start"].str.strip())
    end = begin + pd.to_timedelta(numbers(served, "ser_time"), unit="s")
    rows = list(
        zip(
            served["call_id"], ["Call"] * len(served), begin.astype(str), end.astype(str), served["server"], strict=True
        )
    )
    columns = Columns(case="call", step="step", time="end", start="begin", resource="server", meaning=Meaning.SPANS)
    log = events(table(rows, "call", "step", "begin", "end", "server"), columns)

    remark = {one.id: one for one in quality(log, columns)}["too_short"]

    assert remark.sentence["share"].startswith("5.")
    assert "before anybody is blamed" in say(remark.consequence)


def test_the_user_guide_names_each_trap_with_its_file(shared_data):
    guide = (ROOT / "docs/user-guide/bring-in-a-log.md").read_text("utf-8")

    rows = [
        line.split("|") for line in guide.splitlines() if line.startswith("| ") and line.split("|")[1].strip().isdigit()
    ]

    assert [int(row[1]) for row in rows] == list(range(1, 14))
    for row in rows:
        assert (shared_data / row[3].strip().strip("`")).exists(), row[3]

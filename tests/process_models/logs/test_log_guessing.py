"""The guess of what columns are for, on logs of different kinds."""

from pathlib import Path

import pandas as pd
import pytest

from process_models.graph.steps import Lane
from process_models.logs.columns import Meaning
from process_models.logs.guessing import guess
from process_models.values.sentences import say
from tests.process_models.logs.published import guessed

EXPECTED = {
    "licence_clean/uci498_incidents_2016-04-04_to_17.csv.gz": {
        "case": "number",
        "step": "incident_state",
        "time": "sys_updated_at",
        "order": "sys_mod_count",
        "group": "assignment_group",
        "resource": "assigned_to",
        "opened": "opened_at",
        "promise": "made_sla",
        "start": "",
        "kept": ("True",),
        "meaning": Meaning.STATES,
        "dates": "dmy",
        "missing": ("?",),
        "last": "Resolved",
    },
    "licence_clean/simulated_insurance_claims_startend.csv.gz": {
        "case": "case_id",
        "step": "activity",
        "start": "start_time",
        "time": "end_time",
        "resource": "resource",
        "group": "",
        "group_from_resource": True,
        "meaning": Meaning.SPANS,
        "dates": "ymd",
        "opened": "",
        "promise": "",
        "last": "",
    },
    "licence_clean/simulated_client_onboarding_startend.csv.gz": {
        "case": "process",
        "step": "activity",
        "start": "start",
        "time": "end",
        "resource": "resource",
        "group": "role",
        "group_from_resource": False,
        "meaning": Meaning.SPANS,
        "dates": "dmy",
        "last": "",
    },
}


def ids(found) -> set[str]:
    return {doubt.id for doubt in found.doubts}


@pytest.mark.parametrize("file", EXPECTED)
def test_columns_of_published_logs_are_guessed(shared_data: Path, file: str):
    columns = guessed(shared_data / file)[1].columns

    assert columns is not None
    assert {use: getattr(columns, use) for use in EXPECTED[file]} == EXPECTED[file]


def test_columns_of_the_example_are_guessed(example_frame):
    found = guess(example_frame)

    assert {hint.use: hint.column for hint in found.hints} == {
        "case": "claim",
        "step": "step",
        "time": "ended",
        "start": "started",
        "group": "group",
        "resource": "resource",
        "opened": "opened",
        "promise": "promise kept",
        "channel": "channel",
        "case_type": "claim type",
    }
    assert found.columns is not None
    assert found.columns.kept == ("yes",)
    assert [(one.step, one.lane) for one in found.columns.waiting] == [("Customer sends papers", Lane.CUSTOMER)]


def test_every_use_comes_with_its_reason_in_figures(uci_frame):
    found = guess(uci_frame)

    assert say(found.hint("case").reason).startswith("number has 4003 values on 21597 rows, 5.4 rows each on average")
    assert all(hint.column in say(hint.reason) for hint in found.hints)


def test_the_doubts_of_the_service_desk_are_listed(uci_frame):
    found = guess(uci_frame)

    doubts = {doubt.id: doubt for doubt in found.doubts}
    assert {"log_doubt_zone", "log_doubt_no_start", "log_doubt_minutes", "log_doubt_promise"} <= set(doubts)
    assert doubts["log_doubt_hindsight"]["columns"] == "closed_code, resolved_by, resolved_at, closed_at"
    assert "assignment_group" in doubts["log_doubt_mark"]["columns"]
    assert (doubts["log_doubt_last"]["step"], doubts["log_doubt_last"]["hours"]) == ("Resolved", "120")


def small(first: str, second: str) -> pd.DataFrame:
    rows = [(f"c{n}", step, time) for n in range(6) for step, time in (("Register", first), ("Pay", second))]
    return pd.DataFrame(rows, columns=["case", "step", "time"], dtype="str")


def test_day_and_month_that_could_change_places_are_a_doubt():
    found = guess(small("03/04/2016 10:00:00", "05/04/2016 10:00:00"))

    doubt = next(doubt for doubt in found.doubts if doubt.id == "log_doubt_dates")
    assert doubt["orders"] == "dmy, mdy"
    assert doubt["example"] == "03/04/2016 10:00:00"


def test_one_day_above_twelve_settles_the_order():
    for first, order in (("13/04/2016", "dmy"), ("04/13/2016", "mdy")):
        found = guess(small(first, "05/04/2016"))

        assert found.columns.dates == order
        assert "log_doubt_dates" not in ids(found)


def test_dates_without_a_time_of_day_are_a_doubt():
    assert "log_doubt_days" in ids(guess(small("2016-04-13", "2016-04-14")))


def test_a_table_without_a_case_gets_no_mapping_and_says_why():
    found = guess(pd.DataFrame({"amount": ["1", "2", "3"]}, dtype="str"))

    assert found.columns is None
    assert [doubt.id for doubt in found.doubts] == ["log_doubt_no_case"]


def test_a_table_without_a_time_gets_no_mapping_and_says_why():
    found = guess(small("x", "y"))

    assert found.columns is None
    assert "log_doubt_no_time" in ids(found)


def test_a_flag_that_speaks_of_missing_is_turned_round():
    frame = small("2016-04-13 10:00:00", "2016-04-14 10:00:00").assign(sla_breached=["false", "true"] * 6)

    assert guess(frame).columns.kept == ("false",)


def test_columns_named_as_xes_does_are_guessed():
    frame = small("2016-04-13 10:00:00", "2016-04-14 10:00:00")
    frame.columns = ["case:concept:name", "concept:name", "time:timestamp"]

    columns = guess(frame).columns

    assert (columns.case, columns.step, columns.time) == tuple(frame.columns)


def test_steps_told_by_numbers_are_guessed_by_their_name():
    frame = small("2016-04-13 10:00:00", "2016-04-14 10:00:00").replace({"Register": "1", "Pay": "2"})
    frame.columns = ["CaseID", "ActivityID", "CompleteTimestamp"]

    assert guess(frame).columns.step == "ActivityID"

"""Tidy events and visits: order, times, and what is left out."""

import msgspec
import pandas as pd
import pytest

from process_models.logs.columns import Meaning
from process_models.logs.errors import LogError
from process_models.logs.events import events
from process_models.logs.visits import kept_visits, visits

HOUR = 3_600_000


def test_rows_are_sorted_by_case_and_time_whatever_their_place(table, plain):
    rows = [("b", "Pay", "2026-01-05 12:00"), ("a", "Pay", "2026-01-05 11:00"), ("a", "Register", "2026-01-05 10:00")]

    found = events(table(rows, "case", "step", "time"), plain)

    assert found.frame[["case", "step"]].to_numpy().tolist() == [["a", "Register"], ["a", "Pay"], ["b", "Pay"]]
    assert found.frame["row"].tolist() == [4, 3, 2]


def test_a_counter_decides_the_order_within_one_minute(table, plain):
    rows = [("a", "2", "Pay", "2026-01-05 10:00"), ("a", "10", "Close", "2026-01-05 10:00")]
    rows.append(("a", "1", "Register", "2026-01-05 10:00"))

    found = events(table(rows, "case", "no", "step", "time"), msgspec.structs.replace(plain, order="no"))

    assert found.frame["step"].tolist() == ["Register", "Pay", "Close"]


def test_rows_that_cannot_be_used_are_listed_with_number_and_reason(table, plain):
    rows = [("a", "Pay", "2026-01-05"), ("", "Pay", "2026-01-05"), ("a", "?", "2026-01-05"), ("a", "Pay", "?")]

    found = events(table(rows, "case", "step", "time"), msgspec.structs.replace(plain, missing=("?",)))

    assert [(out.row, out.reason.id) for out in found.left_out] == [
        (3, "log_row_no_case"),
        (4, "log_row_no_step"),
        (5, "log_row_no_time"),
    ]
    assert len(found.frame) + len(found.left_out) == found.read == 4


def test_a_span_that_ends_before_it_starts_is_left_out(table, plain):
    rows = [
        ("a", "Pay", "2026-01-05 10:00", "2026-01-05 11:00"),
        ("a", "Pay", "2026-01-05 12:00", "2026-01-05 11:00"),
        ("a", "Pay", "", "2026-01-05 11:00"),
    ]
    columns = msgspec.structs.replace(plain, start="begun", meaning=Meaning.SPANS)

    found = events(table(rows, "case", "step", "begun", "time"), columns)

    assert [out.reason.id for out in found.left_out] == ["log_row_start_late", "log_row_no_start"]


def test_unreadable_dates_are_refused_with_row_column_and_value(table, plain):
    rows = [("a", "Pay", "2026-01-05")] + [("a", "Pay", f"soon {n}") for n in range(12)]

    with pytest.raises(LogError) as refused:
        events(table(rows, "case", "step", "time"), plain)

    assert refused.value.sentence["count"] == "12"
    assert len(refused.value.places) == 10
    assert "Row 3, time: “soon 0”." in str(refused.value)


def test_a_mark_of_the_unknown_turns_an_unreadable_date_into_a_row_left_out(table, plain):
    rows = [("a", "Pay", "2026-01-05"), ("a", "Pay", "soon")]

    found = events(table(rows, "case", "step", "time"), msgspec.structs.replace(plain, missing=("soon",)))

    assert [out.row for out in found.left_out] == [3]


def test_a_missing_column_is_refused_with_those_that_are_there(table, plain):
    with pytest.raises(LogError, match=r"no column time\. It has: case, step") as refused:
        events(table([("a", "Pay")], "case", "step"), plain)

    assert refused.value.sentence.id == "log_missing_column"


def test_a_log_without_a_usable_row_is_refused(table, plain):
    with pytest.raises(LogError) as refused:
        events(table([("", "Pay", "2026-01-05")], "case", "step", "time"), plain)

    assert refused.value.sentence.id == "log_no_rows_left"


def test_a_customers_end_that_is_no_step_is_refused(log):
    with pytest.raises(LogError, match="Z"):
        log("AB", last="Z")


def test_people_are_told_apart_but_never_named(table, plain):
    rows = [("a", "Pay", "2026-01-05", "Ann"), ("a", "Close", "2026-01-06", "Bob"), ("b", "Pay", "2026-01-07", "Ann")]

    found = events(table(rows, "case", "step", "time", "who"), msgspec.structs.replace(plain, resource="who"))

    assert found.frame["person"].nunique() == 2
    assert not {"Ann", "Bob"} & set(found.frame.astype(str).to_numpy().ravel())


def test_numbered_people_become_their_role(table, plain):
    rows = [("a", "Pay", "2026-01-05", "Clerk 7"), ("a", "Close", "2026-01-06", "Senior_2")]
    columns = msgspec.structs.replace(plain, resource="who", group_from_resource=True)

    found = events(table(rows, "case", "step", "time", "who"), columns)

    assert found.frame["group"].tolist() == ["Clerk", "Senior"]


def test_a_person_without_a_number_never_becomes_a_group(table, plain):
    rows = [("a", "Pay", "2026-01-05", "Clerk 7"), ("a", "Close", "2026-01-06", "Ann Smith")]
    columns = msgspec.structs.replace(plain, resource="who", group_from_resource=True)

    found = events(table(rows, "case", "step", "time", "who"), columns)

    assert found.frame["group"].astype(object).where(found.frame["group"].notna(), None).tolist() == ["Clerk", None]


def test_a_run_of_the_same_step_is_one_visit(log):
    table = visits(log("AABA"))

    assert table["step"].tolist() == ["A", "B", "A"]
    assert table["rows"].tolist() == [2, 1, 1]
    assert table["visit"].tolist() == [1, 1, 2]


def test_a_state_lasts_until_the_next_one(log):
    table = visits(log("AABC", meaning=Meaning.STATES))

    assert table["elapsed_ms"].tolist()[:2] == [2 * HOUR, HOUR]
    assert pd.isna(table["elapsed_ms"].iloc[2])


def test_an_end_is_measured_from_the_end_before(log):
    table = visits(log("AABC"))

    assert pd.isna(table["elapsed_ms"].iloc[0])
    assert table["elapsed_ms"].tolist()[1:] == [HOUR, HOUR]


def test_what_follows_the_customers_end_is_neither_kept_nor_measured(log):
    table = visits(log("ABCB" + "D", "AC", meaning=Meaning.STATES, last="B"))

    kept = kept_visits(table)
    assert kept["step"].tolist() == ["A", "B", "C", "B", "A", "C"]
    assert kept["elapsed_ms"].isna().tolist() == [False, False, False, True, False, True]


def test_spans_give_work_and_wait_apart(table, plain):
    rows = [
        ("a", "Register", "2026-01-05 10:00", "2026-01-05 10:20"),
        ("a", "Pay", "2026-01-05 11:20", "2026-01-05 11:30"),
        ("a", "Close", "2026-01-05 11:25", "2026-01-05 11:40"),
    ]
    columns = msgspec.structs.replace(plain, start="begun", meaning=Meaning.SPANS)

    found = visits(events(table(rows, "case", "step", "begun", "time"), columns))

    assert found["worked_ms"].tolist() == [HOUR / 3, HOUR / 6, HOUR / 4]
    assert found["waited_ms"].tolist()[1:] == [HOUR, 0]
    assert found["overlaps"].tolist() == [False, False, True]

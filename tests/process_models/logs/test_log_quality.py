"""Remarks on a log: each with its figures and its consequence."""

import msgspec

from process_models.graph.steps import Lane
from process_models.logs.columns import Meaning, Waiting
from process_models.logs.discovery import discover
from process_models.logs.events import events
from process_models.logs.quality import quality
from process_models.values.sentences import say


def found(log_events, columns) -> dict:
    return {remark.id: remark for remark in quality(log_events, columns)}


def test_what_the_service_desk_cannot_tell_comes_first(uci, uci_columns):
    remarks = quality(uci, uci_columns)

    assert [remark.id for remark in remarks[:2]] == ["no_starts", "no_rosters"]
    assert {remark.severity for remark in remarks[:2]} == {"cannot"}
    assert "grade D" in say(remarks[0].consequence)
    assert "heads and hours are typed in, grade D" in say(remarks[1].consequence)


def test_closing_by_itself_is_measured(uci, uci_columns):
    remark = found(uci, uci_columns)["auto_close"]

    assert (remark.sentence["step"], remark.sentence["closing"], remark.sentence["hours"]) == (
        "Resolved",
        "Closed",
        "120",
    )
    assert float(remark.sentence["share"].split()[0]) > 95
    assert "neither work nor waiting" in say(remark.consequence)


def test_closing_by_itself_stays_a_doubt_until_the_customers_end_is_set(uci, uci_columns):
    columns = msgspec.structs.replace(uci_columns, last="")

    assert found(uci, columns)["auto_close"].severity == "doubt"
    assert found(uci, uci_columns)["auto_close"].severity == "note"


def test_the_service_desk_has_ties_a_cut_edge_a_skewed_mean_and_a_promise_by_rows(uci, uci_columns):
    remarks = found(uci, uci_columns)

    assert remarks["ties"].sentence["n"] == "2331"
    assert remarks["edges"].sentence["last"] == "2016-04-17"
    assert remarks["promise"].sentence["by_case"] == "22.6 %"
    assert remarks["promise"].sentence["by_row"] == "4.2 %"
    assert remarks["unknown"].sentence["share"] != "0 %"
    assert {"skewed", "rare_steps"} <= set(remarks)


def test_a_log_with_starts_can_carry_waiting_times(example, example_columns):
    remarks = found(example, example_columns)

    assert "no_starts" not in remarks
    assert "edges" not in remarks
    assert remarks["no_rosters"].sentence["people"] == "13"


def test_rows_left_out_are_remarked_with_their_share(table, plain):
    rows = [("a", "Pay", "2026-01-05")] * 3 + [("", "Pay", "2026-01-05")]

    remark = found(events(table(rows, "case", "step", "time"), plain), plain)["left_out"]

    assert (remark.sentence["n"], remark.sentence["share"]) == ("1", "25 %")


def test_a_counter_that_contradicts_the_clock_and_repeats_itself_is_remarked(table, plain):
    rows = [("a", "1", "New", "2026-01-05"), ("a", "2", "Pay", "2026-01-04"), ("a", "2", "Close", "2026-01-06")]
    columns = msgspec.structs.replace(plain, order="no")

    remarks = found(events(table(rows, "case", "no", "step", "time"), columns), columns)

    assert remarks["against_time"].sentence["n"] == "1"
    assert remarks["doubles"].sentence["n"] == "1"


def test_overlapping_spans_are_remarked_and_not_claimed_as_parallel(table, plain):
    rows = [
        ("a", "Pay", "2026-01-05 10:00", "2026-01-05 12:00"),
        ("a", "Write", "2026-01-05 11:00", "2026-01-05 11:30"),
    ]
    columns = msgspec.structs.replace(plain, start="begun", meaning=Meaning.SPANS)
    log_events = events(table(rows, "case", "step", "begun", "time"), columns)

    assert found(log_events, columns)["overlaps"].sentence["n"] == "1"
    note = next(n for n in discover(log_events, columns).account.notes if n.id == "log_account_overlaps")
    assert "1 visits (50 %)" in say(note)


def test_a_step_that_lasts_days_is_a_queue_unless_it_is_said_to_be_a_wait(example, example_columns):
    taken = msgspec.structs.replace(
        example_columns, waiting=(Waiting(step="Customer sends papers", lane=Lane.CUSTOMER),)
    )
    open_still = msgspec.structs.replace(example_columns, waiting=())

    assert found(example, open_still)["queue"].sentence["step"] == "Customer sends papers"
    assert "queue" not in found(example, taken)


def test_hours_that_the_clock_has_twice_are_remarked(table, plain):
    columns = msgspec.structs.replace(plain, zone="Europe/London")

    log_events = events(table([("a", "Pay", "2026-10-25 01:30")], "case", "step", "time"), columns)

    assert found(log_events, columns)["twice"].sentence["n"] == "1"


def test_a_clean_small_log_has_few_remarks(log, plain):
    assert set(found(log("AB", "AB", "AB", "AB", "AB"), plain)) == {"no_starts", "no_rosters"}

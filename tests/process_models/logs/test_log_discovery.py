"""The discovered graph: counts that conserve, shares that are counts, times that were measured."""

from collections import Counter
from decimal import Decimal

import msgspec
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.graph.checks import CHECKS
from process_models.graph.measures import visits as expected_visits
from process_models.graph.steps import Kind, Lane
from process_models.logs.columns import Meaning, Waiting
from process_models.logs.conformance import conformance
from process_models.logs.discovery import Source, discover, effect
from process_models.logs.errors import LogError
from process_models.logs.events import events
from process_models.logs.times import measured
from process_models.logs.variants import variants
from process_models.logs.visits import visits
from process_models.values.canonical import digest
from process_models.values.distributions import Fixed, mean
from process_models.values.fractions import number

LOGS = st.lists(st.text("ABCD", min_size=1, max_size=9), min_size=1, max_size=40)
NOISES = st.sampled_from(["0", "0.05", "0.2", "0.4"])


def shares(graph, step: str) -> dict[str, str]:
    return {flow.target: flow.share for flow in graph.after(step)}


def test_shares_are_counts_over_counts(log, plain):
    graph = discover(log("AB", "AB", "AC"), plain).graph

    assert shares(graph, "a") == {"b": "0.666666667", "c": "0.333333333"}
    assert {flow.target: flow.count for flow in graph.after("a")} == {"b": 2, "c": 1}


@given(LOGS, NOISES)
@settings(max_examples=30, deadline=None)
def test_flows_conserve_and_shares_are_their_counts(log, plain, ways, noise):
    found = discover_or_none(log(*ways), plain, noise)
    if found is None:
        return

    graph, cases = found.graph, found.account.explained
    for step in graph.steps:
        came = sum(flow.count for flow in graph.before(step.id)) if step.kind is not Kind.START else cases
        left = sum(flow.count for flow in graph.after(step.id)) if step.kind is not Kind.END else cases
        assert came == left
        for flow in graph.after(step.id):
            assert abs(number(flow.share) - Decimal(flow.count) / left) < Decimal("1e-8")
        if graph.after(step.id):
            assert sum(number(flow.share) for flow in graph.after(step.id)) == 1


@given(LOGS, NOISES)
@settings(max_examples=30, deadline=None)
def test_every_case_is_replayed_or_counted_as_not_explained(log, plain, ways, noise):
    cases = log(*ways)
    found = discover_or_none(cases, plain, noise)
    if found is None:
        return

    replay = conformance(found.graph, cases)
    assert replay.cases == found.account.cases == len(ways)
    assert replay.fitting >= found.account.explained
    if not found.graph.of_kind(Kind.FORK):
        assert replay.fitting == found.account.explained
    assert bool(replay.denied) == (replay.fitting < replay.cases)


@given(LOGS)
@settings(max_examples=25, deadline=None)
def test_without_noise_every_case_is_explained_and_the_graph_has_no_fault(log, plain, ways):
    found = discover(log(*ways), plain)

    assert found.account.explained == len(ways)
    assert not found.account.left_out_moves
    assert not [fault for check in CHECKS for fault in check(found.graph) if fault.weight == "fault"]


def discover_or_none(events, columns, noise):
    """Discover, or see the refusal where no case has only common moves."""
    if effect(events, [noise])["cases"].tolist() == [0]:
        with pytest.raises(LogError, match="no case is explained"):
            discover(events, columns, noise)
        return None
    return discover(events, columns, noise)


def test_noise_leaves_out_rare_moves_and_says_what_it_cost(log, plain):
    found = discover(log(*["AB"] * 98, "AXB", "BA"), plain, noise="0.05")

    assert found.account.explained == 99
    assert ("B", "A", 1) in found.account.left_out_moves
    assert {step.name for step in found.graph.steps} == {"Start", "A", "B", "X", "End"}


def test_the_effect_of_noise_can_be_seen_before_it_is_chosen(log):
    found = effect(log(*["AB"] * 98, "AXB", "BA"), ["0", "0.05"])

    assert found["cases"].tolist() == [100, 99]
    assert found["flows"].iloc[0] > found["flows"].iloc[1]


def test_a_noise_that_is_no_fraction_is_refused(log, plain):
    with pytest.raises(ValueError, match="several"):
        discover(log("AB"), plain, noise="several")


def test_a_loop_whose_shares_depend_on_the_visit_keeps_them_as_rows(log, plain):
    first, second = ["AB"] * 40 + ["ACAB"] * 50 + ["ACACAB"] * 10, ["AB"] * 50
    graph = discover(log(*first, *second), plain).graph

    rows = {row.id: (row.visit_from, row.count, row.share) for row in graph.rows}
    assert {flow.target for flow in graph.after("a")} == {"b", "c"}
    assert rows["a--c.v1"] == (1, 60, "0.4")
    assert rows["a--c.v2"] == (2, 10, "0.142857143")
    for flow in graph.after("a"):
        assert sum(row.count for row in graph.rows if row.flow == flow.id) == flow.count


def test_a_loop_whose_shares_stay_the_same_has_no_rows(log, plain):
    assert discover(log(*["AB"] * 80, *["ACAB"] * 16, *["ACACAB"] * 4), plain).graph.rows == ()


def test_third_visits_have_rows_of_their_own_where_they_differ_again(log, plain):
    ways = [*["AB"] * 40, *["ACAB"] * 10, *["ACACAB"] * 150, "ACACAXB"]

    rows = {(row.flow, row.visit_from): row.count for row in discover(log(*ways), plain).graph.rows}

    assert {visit for _, visit in rows} == {1, 2, 3}
    assert [rows["a--c", visit] for visit in (1, 2, 3)] == [161, 151, 0]
    assert [rows["a--x", visit] for visit in (1, 2, 3)] == [0, 0, 1]


def test_expected_visits_of_the_graph_are_the_visits_of_the_log(log, plain):
    cases = log(*["AB"] * 60, *["ACAB"] * 30, *["ACACAB"] * 10)

    expected = expected_visits(discover(cases, plain).graph).of

    counted = Counter(visits(cases)["step"])
    assert {name: round(expected[name.lower()], 6) for name in "ABC"} == {n: counted[n] / 100 for n in "ABC"}


def test_a_wait_stands_in_its_lane_with_its_measured_time(log, plain):
    columns = msgspec.structs.replace(plain, waiting=(Waiting(step="B", lane=Lane.CUSTOMER),))

    step = discover(log("ABC", "ABC", meaning=Meaning.STATES), columns).graph.by_id["b"]

    assert (step.kind, step.lane, step.role) == (Kind.WAIT, Lane.CUSTOMER, "")
    assert step.time.distribution == Fixed(ms=3_600_000)
    assert (step.time.provenance.kind, step.time.provenance.grade, step.time.n) == ("measured", "A", 2)


def test_without_starts_no_work_time_is_made_up(log, plain):
    found = discover(log("AB", "AB"), plain, source=Source(log="export.csv", date="2026-01-06"))

    step = found.graph.by_id["b"]
    assert step.time is None
    assert step.figure("elapsed").value == "3600000"
    assert step.figure("elapsed").provenance.source == "export.csv: 2 visits"
    assert "log_account_ends" in {note.id for note in found.account.notes}


def test_steps_named_alike_or_like_the_start_get_ids_of_their_own(table, plain):
    rows = [("a", name, f"2026-01-05 1{hour}:00") for hour, name in enumerate(("Start", "Pay!", "Pay?", "End"))]

    graph = discover(events(table(rows, "case", "step", "time"), plain), plain).graph

    assert {step.id for step in graph.steps} == {"start", "end", "start-2", "pay", "pay-2", "end-2"}


def test_the_same_log_gives_the_same_digest_whatever_the_order_of_its_rows(example_frame, example_columns):
    one = discover(events(example_frame, example_columns), example_columns).graph
    other = discover(events(example_frame.iloc[::-1], example_columns), example_columns).graph

    assert digest(one) == digest(other)


def test_measured_times_keep_their_mean_however_skewed():
    for times in ([1, 1, 1, 1, 1, 1, 1, 1, 1, 100_000], list(range(1000)), [2**n for n in range(30)], [5, 9]):
        ms = pd.Series(times, dtype=float) * 1000

        assert mean(measured(ms)) == pytest.approx(ms.mean(), rel=0.005)


def test_the_service_desk_is_discovered_whole(uci, uci_columns):
    found = discover(uci, uci_columns)

    waits = {step.name: step.lane for step in found.graph.of_kind(Kind.WAIT)}
    assert waits == {
        "Awaiting User Info": Lane.CUSTOMER,
        "Awaiting Vendor": Lane.EXTERNAL,
        "Awaiting Problem": Lane.EXTERNAL,
        "Awaiting Evidence": Lane.EXTERNAL,
    }
    assert found.account.explained == found.account.cases == 4003
    assert found.graph.by_id["resolved"].time is None
    assert next(f.count for f in found.graph.after("resolved") if f.target == "end") == 4002
    assert len(variants(uci)) == 69
    assert {"log_account_states", "log_account_last", "log_account_sequence"} <= {n.id for n in found.account.notes}

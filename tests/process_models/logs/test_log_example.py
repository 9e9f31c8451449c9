"""The example log: the same everywhere, and its planted truths are found by our own functions."""

import hashlib

import pandas as pd

from process_models.graph.steps import Kind
from process_models.logs.discovery import discover
from process_models.logs.example import ABSENT, FIRST_DAY, SECOND, WORKING_HOURS, ZONE, claims_log, next_open
from process_models.logs.variants import handovers, promises_by_weekday, variants
from process_models.logs.visits import visits

DIGEST = "656eb18fb60df2231e7ef2e4ec8645bb7b2229c2d8efbc44fb6b4bb77ad7aa5c"


def test_the_same_seed_gives_the_same_text_on_every_machine(example_text):
    assert hashlib.sha256(example_text.encode()).hexdigest() == DIGEST
    assert claims_log(8) != example_text


def test_it_has_about_1200_claims_and_few_ways(example):
    assert 1150 <= example.cases <= 1250
    assert len(variants(example)) == 12
    assert not example.left_out


def test_claims_go_to_the_technical_desk_and_straight_back(example):
    found = handovers(example)

    top = found.ping_pong.iloc[0]
    assert (top["group"], top["other"]) == ("Claims desk", "Technical desk")
    assert 0.10 < found.ping_pong_cases / found.cases < 0.14


def test_cover_is_refused_late(example, example_columns):
    graph = discover(example, example_columns).graph

    refused = next(flow for flow in graph.after("check-cover") if flow.target == "explain-decision")
    order = graph.reading_order
    assert 0.16 < float(refused.share) < 0.20
    assert {"assess-claim", "second-check"} <= set(order[: order.index("check-cover")])


def test_claims_wait_for_the_second_check_while_a_senior_is_away(example):
    table = visits(example)
    second = table[table["step"].eq(SECOND)]
    begun = second["begin"].dt.tz_convert(ZONE).dt.tz_localize(None)
    week = (begun - pd.Timestamp(FIRST_DAY)).dt.days // 7 + 1
    waits = second["waited_ms"].groupby(week).mean()

    assert waits[[6, 7]].min() > 5 * waits[[1, 2, 3, 4, 5, 10, 11, 12, 13]].mean()


def test_the_promise_is_missed_on_mondays(example):
    shares = promises_by_weekday(example)["share"]

    assert shares[0] > 0.25
    assert shares[1:].max() < 0.05


def test_a_second_opinion_is_likelier_after_the_first(example, example_columns):
    graph = discover(example, example_columns).graph

    rows = {row.id: float(row.share) for row in graph.rows}
    assert rows["assess-claim--technical-opinion.v2"] > rows["assess-claim--technical-opinion.v1"] + 0.05


def test_work_and_waiting_are_measured_apart_in_wall_and_in_working_time(example, example_columns):
    found = discover(example, example_columns, calendar=WORKING_HOURS)

    mean = found.times.pivot_table(index="step", columns="measure", values="mean_ms", observed=True).loc[SECOND]
    assert 30 * 60_000 < mean["work"] < 40 * 60_000
    assert 0 < mean["working_wait"] < mean["wait"] / 2
    step = found.graph.by_id["second-check"]
    assert (step.kind, step.role, step.time.n) == (Kind.WORK, "Senior desk", 1207)
    assert int(step.figure("wait").value) == mean["working_wait"]


def test_the_absent_senior_does_nothing_while_away(example_frame):
    hers = example_frame[example_frame["resource"] == ABSENT]["started"]

    assert len(hers) > 200
    assert not hers.between("2026-02-09", "2026-02-23").any()
    assert next_open(pd.Timestamp("2026-02-10 10:00"), ABSENT) == pd.Timestamp("2026-02-23 09:00")

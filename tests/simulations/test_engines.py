"""The kernel plays what the reference plays, row for row, whatever the shop; and says what it adds up to without a trace."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from process_models.graph.checks import faults
from process_models.graph.steps import Kind
from process_models.values.calendars import DAY, HOUR
from process_models.values.distributions import Exponential, Fixed
from process_models.values.errors import ModelError
from simulations import engines, kernel, reference
from simulations.outcomes import cases, visits
from simulations.plan import PlanError, plan
from simulations.scenario import Stream
from simulations.trace import Row
from tests.building import graph_of
from tests.simulations.any_shop import shops
from tests.simulations.feature_plays import FEATURES
from tests.simulations.golden_plays import claims
from tests.simulations.playing import ALWAYS, pool, scenario, shop, takes, weekly

MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(shops())
def test_both_engines_give_the_same_trace(drawn):
    design, asked = drawn
    assume(not [fault for fault in faults(design.graph) if fault.weight == "fault"])
    try:
        played = plan(design, asked)
    except PlanError:
        assume(False)
    for seed in (1, 2):
        slow, fast = reference.play(played, seed, seed), kernel.play(played, seed, seed)

        assert np.array_equal(slow.cases, fast.cases)
        assert np.array_equal(slow.rows, fast.rows)


@pytest.mark.parametrize("tick", [1, 1000, 60_000])
def test_both_engines_give_the_same_digest_for_everything_at_once(tick):
    played = plan(*claims(tick))

    assert [kernel.play(played, seed, 0).digest for seed in range(5)] == [
        reference.play(played, seed, 0).digest for seed in range(5)
    ]


@pytest.mark.parametrize("feature", FEATURES)
def test_both_engines_give_the_same_trace_for_each_feature(feature):
    played = plan(*FEATURES[feature]())

    for seed in range(20):
        slow, fast = reference.play(played, seed, 0), kernel.play(played, seed, 0)
        assert np.array_equal(slow.cases, fast.cases)
        assert np.array_equal(slow.rows, fast.rows)
        assert len(slow.rows) > 100


def busy(rate="60", heads=3):
    graph = graph_of(
        "start a, a b 0.9, a a 0.1, b end",
        made={"a": takes(Exponential(HOUR // 30)), "b": takes(Exponential(HOUR // 60))},
    )
    return plan(shop(graph, pool("p", heads, ALWAYS)), scenario(streams=(Stream(id="x", per_hour=weekly(rate)),)))


def test_sums_without_a_trace_are_those_of_the_trace():
    played = busy()
    found, trace = kernel.total(played, 7, 0), kernel.play(played, 7, 0)
    visited = visits(played, trace)
    table = cases(played, trace, visited)
    done = table[table["status"] == "completed"]

    assert (found.arrived, found.over, found.completed) == (len(table), len(done), len(done))
    assert found.time == done["time"].sum()
    assert found.entered.tolist() == np.bincount(visited["step"], minlength=len(played.steps)).tolist()
    assert found.waits.sum() == visited["wait"].sum()
    assert found.in_hand.sum() == visited["worked"].sum()
    exact = np.sort(done["time"].to_numpy())[-(-len(done) * 9 // 10) - 1]
    assert exact <= found.percentile(0.9) <= exact * 1.02


def test_room_grows_with_the_work_in_progress_and_nothing_is_lost():
    flood = busy("4000", 1)

    trace = kernel.play(flood, 1, 0)

    assert np.array_equal(trace.rows, reference.play(flood, 1, 0).rows)
    assert len(trace.cases) > 40 * kernel.FIRST_ROOM


def test_a_loop_without_end_is_stopped_with_the_name_of_the_step():
    graph = graph_of("start a, a a 0.999999, a end 0.000001", made={"a": takes(Fixed(1))})
    asked = scenario(streams=(Stream(id="x", per_hour=weekly("1")),))

    with pytest.raises(ModelError, match="A"):
        kernel.play(plan(shop(graph, pool("p", 50)), asked), 1, 0)


def test_a_queue_that_only_grows_is_stopped_with_the_step_and_the_reason(monkeypatch):
    monkeypatch.setattr(reference, "MOST_UNDER_WAY", 1000)

    for engine, most in ((kernel, 2**17), (reference, 1000)):
        with pytest.raises(ModelError, match=f"More than {most} cases .* most of them before “A”"):
            engine.play(busy("60000", 1), 1, 0)


def test_the_kernel_has_one_compiled_form():
    kernel.play(busy(), 1, 0)
    kernel.total(busy(), 1, 0)
    kernel.play(plan(*claims(1000)), 1, 0)

    assert len(kernel.run.signatures) == 1


@pytest.mark.parametrize(("span", "part", "whole"), [(3 * 10**10, 10**13 - 1, 10**13), (7, 0, 1), (10**11, 3, 7)])
def test_a_share_of_a_span_is_exact_beyond_64_bits(span, part, whole):
    assert kernel.share_of(np.int64(span), np.int64(part), np.int64(whole)) == span * part // whole


def test_what_asks_for_the_reference_gets_it(monkeypatch):
    played = busy()
    monkeypatch.setattr(engines, "find_spec", lambda _: None)

    assert engines.usual() == "reference"
    assert engines.notice().id == "engine_without_numba"
    assert engines.play(played, 1, 0).digest == kernel.play(played, 1, 0).digest


def test_zero_durations_and_equal_times_keep_their_order():
    graph = graph_of(
        "start fork, fork a, fork b, a join, b join, join c, c end", made={n: takes(Fixed(0)) for n in "abc"}
    )
    played = plan(shop(graph, pool("p", 1)), scenario(period=DAY))

    rows = kernel.play(played, 3, 0).rows

    assert np.array_equal(rows, reference.play(played, 3, 0).rows)
    assert (rows[:, 1] == Row.CLOSE).sum() == len(kernel.play(played, 3, 0).cases) > 50
    assert {Kind.FORK, Kind.JOIN} <= {step.kind for step in graph.steps}

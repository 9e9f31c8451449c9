"""Everybody keeps their luck: what is changed in one place of a design leaves all other draws as they were."""

from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.graph.graph import StepGraph
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.distributions import Exponential
from simulations.outcomes import visits
from simulations.plan import plan
from simulations.reference import play
from simulations.scenario import Stream
from tests.building import graph_of
from tests.simulations.playing import pool, scenario, shop, takes, weekly

SLOW = {"a": takes(Exponential(9 * MINUTE)), "b": takes(Exponential(4 * MINUTE)), "new": takes(Exponential(MINUTE))}
PLAIN = graph_of("start a, a b, b end 0.6, b a 0.4", made=SLOW)
WITH_A_STEP = graph_of("start a, a new, new b, b end 0.6, b a 0.4", made=SLOW)
PHONE = Stream(id="phone", per_hour=weekly("12"))
POST = Stream(id="letters", per_hour=weekly("5"))


def work(
    graph: StepGraph, seed: int, heads: int = 3, streams=(PHONE,), pools=()
) -> dict[tuple[str, int, str, int], int]:
    """How long each visit of each case to each step took, by stream, number, step and visit."""
    made = plan(shop(graph, pool("team", heads), *pools), scenario(period=6 * HOUR, streams=streams))
    trace = play(made, seed, 0)
    visited = visits(made, trace)
    names = {case: (made.streams[stream], number) for case, (_, stream, number) in enumerate(trace.cases.tolist())}
    columns = zip(*(visited[name].tolist() for name in ("case", "step", "visit", "worked")), strict=True)
    return {(*names[case], made.steps[step], visit): worked for case, step, visit, worked in columns}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**53 - 1))
def test_the_same_seed_gives_the_same_trace_and_another_another(seed):
    made = plan(shop(PLAIN, pool("team", 2)), scenario(period=3 * HOUR))

    assert play(made, seed, 0).digest == play(made, seed, 0).digest
    assert play(made, seed, 0).digest != play(made, seed, 1).digest
    assert play(made, seed, 0).digest != play(made, seed + 1, 0).digest


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999))
def test_a_new_step_leaves_the_work_of_all_other_steps_as_it_was(seed):
    before, after = work(PLAIN, seed), work(WITH_A_STEP, seed)

    assert {key: ms for key, ms in after.items() if key[2] != "new"} == before


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999), st.integers(1, 5))
def test_more_heads_or_other_pools_change_waits_but_no_case_s_work_or_way(seed, more):
    assert work(PLAIN, seed) == work(PLAIN, seed, heads=3 + more) == work(PLAIN, seed, pools=(pool("others", more),))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999))
def test_another_channel_leaves_the_cases_of_the_first_as_they_were(seed):
    both = work(PLAIN, seed, streams=(PHONE, POST))

    assert {key: ms for key, ms in both.items() if key[0] == "phone"} == work(PLAIN, seed)


def test_the_order_in_which_steps_and_flows_are_written_changes_nothing():
    steps, flows = tuple(reversed(PLAIN.steps)), tuple(reversed(PLAIN.flows))
    turned = StepGraph(id=PLAIN.id, name=PLAIN.name, steps=steps, flows=flows)

    assert (
        plan(shop(turned, pool("team", 1)), scenario()).digest == plan(shop(PLAIN, pool("team", 1)), scenario()).digest
    )

"""A long process in phases: nothing lost, few enough to look at, shares of cases between them, each can be opened."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.graph.graph import StepGraph
from process_models.graph.measures import visits
from process_models.graph.phases import MOST_PHASES, collapsed, phases
from process_models.graph.steps import Flow, Kind
from tests.building import graph_of, long_graph, step
from tests.process_models.graph.picturing import check_picture, graphs


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 120), st.integers(0, 10**6))
def test_every_step_stands_in_one_phase_and_there_are_few(steps, seed):
    graph = long_graph(steps, seed)

    parts = phases(graph)

    assert [id for part in parts for id in part.steps] == list(graph.reading_order)
    assert len(parts) <= MOST_PHASES


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(1, 5))
def test_any_graph_can_be_collapsed_and_drawn(graph, opened):
    parts = phases(graph, most=4)

    small = collapsed(graph, parts, frozenset({opened}))

    inside = next((part.steps for part in parts if part.n == opened), ())
    assert len(small.steps) == len(parts) - bool(inside) + len(inside)
    assert set(inside) <= set(small.by_id)
    check_picture(small)


def test_shares_between_phases_are_those_of_cases():
    graph = graph_of("start a, a b 0.5, a c 0.5, b d, c d, d e 0.75, d f 0.25, e g, f g, g d 0.2, g end 0.8")

    parts = phases(graph, most=2)
    small = collapsed(graph, parts)

    assert len(parts) == 2
    for one in small.steps:
        ways = small.ways(one.id)
        assert not ways or sum(float(flow.share) for flow in ways) == pytest.approx(1)
    assert visits(graph).of["g"] == pytest.approx(1.25)


def test_a_phase_is_cut_where_no_way_leads_past():
    graph = graph_of("start a, a b 0.5, a c 0.5, b d, c d, d e, e f 0.5, e g 0.5, f h, g h, h end")

    parts = phases(graph, most=2)

    assert parts[1].steps[0] in ("d", "e")
    assert parts[0].name.startswith("Start to ")


def test_two_thousand_steps_become_a_picture_of_phases():
    names = [f"a{n}" for n in range(2000)]
    steps = (step("start"), *(step(name) for name in names), step("end"))
    flows = tuple(Flow(id=f"{one.id}-{two.id}", source=one.id, target=two.id) for one, two in pairwise(steps))
    graph = StepGraph(id="g", name="Long", steps=steps, flows=flows)

    small = collapsed(graph, phases(graph))

    assert len(small.steps) <= MOST_PHASES
    assert sum(1 for one in small.steps if one.kind is Kind.WORK) == len(small.steps)

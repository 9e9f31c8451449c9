"""What may be submitted: whatever moves are made, a draft that breaks nothing keeps duties, structure and shares."""

from decimal import Decimal

import networkx as nx
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from process_models.graph.blocks import structure
from process_models.graph.checks import faults
from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind, Lane
from process_models.redesign.envelope import Rules, breaches
from process_models.redesign.moves import (
    Automate,
    Bypass,
    ChangeRole,
    ChangeWork,
    Insert,
    Merge,
    Move,
    Outsource,
    Parallelise,
    Relocate,
    Remove,
    Reorder,
    Split,
    Triage,
)
from process_models.redesign.obligations import uncovered
from process_models.redesign.options import derive, option
from process_models.values.canonical import canonical, digest, read
from process_models.values.errors import ModelError
from process_models.values.fractions import number
from tests.building import Dependency, Obligation, design_of, graph_of

SHARES = ("0.1", "0.25", "0.5")


@st.composite
def designs(draw) -> Design:
    """A line of work with a loop, a refusal, a parallel block or a wait on it, and duties met somewhere."""
    line = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]
    flows = [f"start {line[0]}"]
    for here, after in zip(line, [*line[1:], "last"], strict=True):
        match draw(st.sampled_from(["plain", "loop", "refuse", "block", "wait"])):
            case "plain":
                flows.append(f"{here} {after}")
            case "loop":
                flows += [f"{here} {here}x", f"{here}x {here} 0.2", f"{here}x {after} 0.8"]
            case "refuse":
                flows += [f"{here} refused 0.3", f"{here} {after} 0.7"]
            case "block":
                n = line.index(here)
                flows += [f"{here} fork{n}", f"fork{n} {here}1", f"fork{n} {here}2"]
                flows += [f"{here}1 join{n}", f"{here}2 join{n}", f"join{n} {after}"]
            case "wait":
                n = line.index(here)
                flows += [f"{here} wait{n}", f"wait{n} {after}"]
    flows.append("last end")
    sketch = graph_of(", ".join(flows))
    workers = sorted(step.id for step in sketch.of_kind(Kind.WORK))
    duties = (
        Obligation(id="O1", name="First duty", basis="law"),
        Obligation(id="O2", name="Second duty", basis="code"),
    )
    made = {}
    for duty in duties:
        step = draw(st.sampled_from(workers))
        made[step] = {"covers": tuple(sorted({*made.get(step, {}).get("covers", ()), duty.id}))}
    needs = draw(st.lists(st.tuples(st.sampled_from(workers), st.sampled_from(workers)), max_size=2))
    dependencies = tuple(
        Dependency(f"d{n}", step, needed, "data") for n, (step, needed) in enumerate(needs) if step != needed
    )
    return design_of(graph_of(", ".join(flows), made=made, obligations=duties, dependencies=dependencies))


def any_move(draw, design: Design) -> Move:
    """Return a move of some kind on some steps of a design; it need not apply."""
    steps = st.sampled_from(sorted(step.id for step in design.graph.steps))
    flows = st.sampled_from(sorted(flow.id for flow in design.graph.flows))
    one, two, share = draw(steps), draw(steps), draw(st.sampled_from(SHARES))
    return draw(
        st.sampled_from(
            [
                Remove(one),
                Merge(first=one, second=two, name="Both", role="clerk"),
                Split(step=one, name="Rest", role="clerk", share=share),
                Insert(flow=draw(flows), name="New", time=1000, back_to=two, back=share),
                Insert(flow=draw(flows), name="New", time=1000),
                Reorder(one, two),
                Parallelise(one, two),
                Bypass(one, share),
                Triage(step=one, name="Quick", role="clerk", share=share, factor="0.5", misrouted="0.1"),
                Automate(step=one, time=1000, exceptions=share),
                Outsource(step=one, wait=1000, price=10),
                Relocate(one, Lane.FRONT, "clerk"),
                ChangeRole(one, "clerk"),
                ChangeWork(one, share),
            ]
        )
    )


def broken(graph: StepGraph, meant: StepGraph) -> list[str]:
    """Return what is wrong with a graph, found by other means than those that mark drafts."""
    net = nx.DiGraph((flow.source, flow.target) for flow in graph.flows)
    start = graph.of_kind(Kind.START)[0].id
    reached = {start} | nx.descendants(net, start)
    wrong = [f"{step.id} is not reached" for step in graph.steps if step.id not in reached]
    wrong += [f"{one.step} is not structured" for one in structure(graph).unstructured]
    for step in graph.steps:
        ways = graph.ways(step.id)
        total = sum((number(flow.share) for flow in ways), Decimal(0))
        if ways and step.kind is not Kind.FORK and abs(total - 1) > Decimal("0.000001"):
            wrong.append(f"shares after {step.id} add up to {total}")
    return wrong + [duty.id for duty in meant.obligations if uncovered(graph, duty) and not uncovered(meant, duty)]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data())
def test_no_moves_that_may_be_submitted_break_duties_structure_or_shares(data):
    baseline = data.draw(designs())
    assume(not [fault for fault in faults(baseline.graph) if fault.weight == "fault"])
    moves, design = (), baseline
    for _ in range(data.draw(st.integers(1, 4))):
        move = any_move(data.draw, design)
        try:
            design = move.apply(design)
        except ModelError:
            continue
        moves = (*moves, move)

    if not breaches(baseline, design, moves, Rules()):
        assert broken(design.graph, baseline.graph) == []
    made = option(baseline, moves)
    assert made.design == digest(design) == digest(derive(baseline, read(canonical(made), type(made)).moves))


def test_the_check_itself_sees_what_is_broken():
    duty = Obligation(id="O1", name="First duty", basis="law")
    whole = graph_of("start a, a b, b end", made={"b": {"covers": ("O1",)}}, obligations=(duty,))
    torn = graph_of("start a, a end 0.5, b end, fork a", made={"b": {"covers": ("O1",)}}, obligations=(duty,))

    assert broken(whole, whole) == []
    assert broken(torn, whole) == [
        "b is not reached",
        "fork is not reached",
        "fork is not structured",
        "shares after a add up to 0.5",
        "O1",
    ]

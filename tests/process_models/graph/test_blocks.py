"""Structured parallel work is found, and what is not structured is named with its reason."""

import pytest

from process_models.graph.blocks import Block, Unstructured, structure, unstructured
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step
from process_models.values.sentences import say

KINDS = {kind.value[0]: kind for kind in (Kind.START, Kind.WORK, Kind.CHOICE, Kind.FORK, Kind.JOIN, Kind.END)}


def graph_of(ways: str, abandon: str = "") -> StepGraph:
    """A graph from flows such as ``S>F1 F1>W1``; the first letter of a name is its kind."""
    flows = [(way, "normal") for way in ways.split()] + [(way, "abandon") for way in abandon.split()]
    names = sorted({name for way, _ in flows for name in way.split(">")})
    return StepGraph(
        id="g",
        name="g",
        steps=tuple(Step(id=name, kind=KINDS[name[0]], name=name) for name in names),
        flows=tuple(
            Flow(id=f"{n}-{kind}", source=way.split(">")[0], target=way.split(">")[1], kind=kind)
            for n, (way, kind) in enumerate(flows)
        ),
    )


def test_a_fork_whose_branches_meet_in_one_join_is_a_block():
    found = structure(graph_of("S>F F>W1 F>W2 W1>J W2>J J>E"))

    assert found.blocks == (Block("F", "J", (("W1",), ("W2",))),)
    assert found.unstructured == ()


def test_blocks_lie_inside_branches_and_loops_may_pass_through_them():
    found = structure(graph_of("S>F1 F1>F2 F1>W1 W1>J1 F2>W2 F2>W3 W2>J2 W3>J2 J2>C C>F2 C>J1 J1>E"))

    assert [(block.fork, block.join) for block in found.blocks] == [("F1", "J1"), ("F2", "J2")]
    assert found.blocks[0].branches == (("C", "F2", "J2", "W2", "W3"), ("W1",))


def test_an_end_inside_a_block_and_an_abandon_flow_out_of_it_are_allowed():
    assert len(structure(graph_of("S>F F>C F>W C>E C>J W>J J>E", abandon="W>E")).blocks) == 1


def test_a_join_that_is_a_fork_s_next_step_closes_an_empty_branch():
    assert structure(graph_of("S>F F>J F>W W>J J>E")).blocks == (Block("F", "J", ((), ("W",))),)


@pytest.mark.parametrize(
    ("ways", "step", "reason", "other"),
    [
        ("S>F F>W1 F>W2 W1>E W2>E", "F", "no_join", "W1"),
        ("S>F F>W1 F>W2 W1>W9 W2>J J>W9 W9>E", "F", "no_join", "W1"),
        ("S>F F>W1 W1>J J>E", "F", "one_branch", ""),
        ("S>F F>W1 F>W2 W1>J1 W2>J2 J1>E J2>E", "F", "several_joins", "J1"),
        ("S>F F>W1 F>W2 W1>W3 W2>W3 W3>J J>E", "F", "branches_meet", "W3"),
        ("S>C C>F C>W1 F>W1 F>W2 W1>J W2>J J>E", "F", "way_in", "C"),
        ("S>C C>F C>J F>W1 F>W2 W1>J W2>J J>E", "F", "way_in", "C"),
        ("S>F F>C F>W2 C>F C>J W2>J J>E", "F", "levels_differ", "F"),
        ("S>C C>J C>W W>J J>E", "J", "no_fork", ""),
    ],
)
def test_what_is_not_structured_is_named_with_the_reason(ways, step, reason, other):
    graph = graph_of(ways)

    assert structure(graph).unstructured == (Unstructured(step, reason, other),)
    [(place, sentence)] = unstructured(graph)
    assert place == step
    assert f"“{step}”" in say(sentence)
    assert other in say(sentence)


def test_giving_up_inside_a_block_may_only_end_the_case():
    found = structure(graph_of("S>F F>W1 F>W2 W1>J W2>J J>W3 W3>E", abandon="W1>W3"))

    assert found.unstructured == (Unstructured("F", "abandon_goes_on", "W1"),)

"""Whether an obligation is met whichever way a case goes: covered, in order, with its record.

An obligation is covered when a case can no longer complete if all the steps that cover it are deleted: a JOIN needs all
its branches, an abandoned case does not complete. Dominators alone are wrong under FORK and for alternatives.
"""

import networkx as nx

from process_models.graph.blocks import blocks
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Kind, Obligation


def uncovered(graph: StepGraph, obligation: Obligation) -> bool:
    """Say whether a case can complete without any step that covers the obligation."""
    return _can_complete(graph, obligation, frozenset(s.id for s in graph.steps if obligation.id in s.covers))


def unrecorded(graph: StepGraph, obligation: Obligation) -> bool:
    """Say whether a case can complete without the record that the obligation needs."""
    if not obligation.needs_record:
        return False
    return _can_complete(graph, obligation, frozenset(s.id for s in graph.steps if obligation.id in s.records))


def out_of_order(graph: StepGraph, obligation: Obligation) -> tuple[str, ...]:
    """Return the steps that may be reached only once the obligation is met, and can be reached before."""
    covering = frozenset(s.id for s in graph.steps if obligation.id in s.covers)
    wanted = [step for step in obligation.before if step in graph.by_id and step not in covering]
    return tuple(step for step in wanted if _reachable(graph, step, covering))


def violated(graph: StepGraph, dependency: Dependency) -> bool:
    """Say whether a step can be reached without the step it depends on, or one that stands for it."""
    if dependency.step not in graph.by_id:
        return False
    serving = {s.id for s in graph.steps if s.stands_for == dependency.needs}
    return _reachable(graph, dependency.step, frozenset({dependency.needs, *serving}))


def _can_complete(graph: StepGraph, obligation: Obligation, gone: frozenset[str]) -> bool:
    """Say whether a case to which an obligation applies can complete with steps deleted, before that and after."""
    applies = [obligation.applies_from] if obligation.applies_from in graph.by_id else []
    if applies and not _reachable(graph, applies[0], gone):
        return False
    net = collapsed(graph, gone, keep="")
    ends = {step.id for step in graph.of_kind(Kind.END)} & set(net)
    starts = applies or [step.id for step in graph.of_kind(Kind.START)]
    return any(start in net and ends & _onward(net, start) for start in starts)


def _reachable(graph: StepGraph, step: str, gone: frozenset[str]) -> bool:
    """Say whether a case can come to a step while some steps are deleted."""
    net = collapsed(graph, gone, keep=step)
    starts = [s.id for s in graph.of_kind(Kind.START) if s.id in net]
    return step in net and any(step in _onward(net, start) for start in starts)


def collapsed(graph: StepGraph, gone: frozenset[str], keep: str) -> "nx.DiGraph[str]":
    """Return who can follow whom with steps deleted: a parallel block is passed only if each branch can be passed.

    Blocks that hold the step to keep stay open, so that the way to it inside them can be seen.
    """
    net: nx.DiGraph[str] = nx.DiGraph()
    net.add_nodes_from(step.id for step in graph.steps if step.id not in gone)
    for flow in graph.flows:
        if flow.kind == "normal" and flow.source in net and flow.target in net:
            net.add_edge(flow.source, flow.target)
    for block in sorted(blocks(graph), key=lambda block: len(block.inside)):
        if block.fork in net and keep not in block.inside:
            heads = [flow.target for flow in graph.ways(block.fork)]
            targets = _outcomes(graph, net, heads, block.join)
            net.remove_edges_from([(block.fork, head) for head in heads if net.has_edge(block.fork, head)])
            net.add_edges_from((block.fork, target) for target in targets)
    return net


def _onward(net: "nx.DiGraph[str]", start: str) -> set[str]:
    """Return a step and all that can come after it."""
    return {start, *nx.descendants(net, start)}


def _outcomes(graph: StepGraph, net: "nx.DiGraph[str]", heads: list[str], join: str) -> list[str]:
    """Return where a block can lead: to its JOIN if every branch can, and to an END that lies inside it."""
    reached = [_onward(net, head) if head in net else set() for head in heads]
    out = [join] if join in net and all(join in one for one in reached) else []
    before_join = net.subgraph([node for node in net if node != join])
    inside = [_onward(before_join, head) if head in before_join else set() for head in heads]
    return out + sorted({id for one in inside for id in one if graph.by_id[id].kind is Kind.END})

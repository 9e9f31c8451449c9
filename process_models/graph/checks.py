"""What can be wrong with a step graph. Each check is one function; add one, list it, word it, test it."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal

import networkx as nx
from msgspec import Struct

from process_models.graph.blocks import unstructured
from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import TIMED, Condition, Kind, Lane
from process_models.values.fractions import number
from process_models.values.sentences import Sentence, say

SHARE_TOLERANCE = Decimal("0.000001")


class Fault(Struct, frozen=True):
    """Something wrong with a graph or a design, and where."""

    sentence: Sentence
    step: str = ""
    flow: str = ""
    weight: Literal["fault", "gap"] = "fault"
    """A fault keeps the graph from being simulated; a gap is something not yet known."""

    @property
    def text(self) -> str:
        """The fault in words."""
        return say(self.sentence)


Check = Callable[[StepGraph], Iterator[Fault]]


def _at(graph: StepGraph, step: str, id: str, **params: object) -> Fault:
    return Fault(Sentence.of(id, step=graph.by_id[step].name, **params), step=step)


def no_start(graph: StepGraph) -> Iterator[Fault]:
    """A graph without a beginning."""
    if not graph.of_kind(Kind.START):
        yield Fault(Sentence.of("no_start"))


def many_starts(graph: StepGraph) -> Iterator[Fault]:
    """More than one beginning: cases of different types share one start and part at a choice."""
    for step in sorted(graph.of_kind(Kind.START), key=lambda s: graph.numbers[s.id])[1:]:
        yield _at(graph, step.id, "many_starts")


def no_end(graph: StepGraph) -> Iterator[Fault]:
    """A graph without an end."""
    if not graph.of_kind(Kind.END):
        yield Fault(Sentence.of("no_end"))


def start_entered(graph: StepGraph) -> Iterator[Fault]:
    """A start that cases come back to."""
    for step in graph.of_kind(Kind.START):
        if graph.before(step.id):
            yield _at(graph, step.id, "start_entered")


def end_left(graph: StepGraph) -> Iterator[Fault]:
    """An end that cases leave."""
    for step in graph.of_kind(Kind.END):
        if graph.after(step.id):
            yield _at(graph, step.id, "end_left")


def unreachable(graph: StepGraph) -> Iterator[Fault]:
    """Steps that no case can reach."""
    net = network(graph)
    starts = [step.id for step in graph.of_kind(Kind.START)]
    reached = set(starts).union(*(nx.descendants(net, start) for start in starts)) if starts else set(net)
    for step in graph.steps:
        if step.id not in reached:
            yield _at(graph, step.id, "unreachable")


def dead_ends(graph: StepGraph) -> Iterator[Fault]:
    """Steps that cases enter and never leave, though they are no ends."""
    for step in graph.steps:
        if step.kind is not Kind.END and not graph.ways(step.id):
            yield _at(graph, step.id, "dead_end")


def never_ending(graph: StepGraph) -> Iterator[Fault]:
    """Steps with a way on, but none that comes to an end."""
    net = network(graph)
    ends = [step.id for step in graph.of_kind(Kind.END)]
    ending = set(ends).union(*(nx.ancestors(net, end) for end in ends)) if ends else set(net)
    for step in graph.steps:
        if step.id not in ending and graph.ways(step.id):
            yield _at(graph, step.id, "never_ending")


def uneven_shares(graph: StepGraph) -> Iterator[Fault]:
    """Alternatives whose shares do not add up to 1."""
    for step in graph.steps:
        ways = graph.ways(step.id)
        total = sum((number(flow.share) for flow in ways), Decimal(0))
        if ways and step.kind not in (Kind.FORK, Kind.INCLUSIVE) and abs(total - 1) > SHARE_TOLERANCE:
            yield _at(graph, step.id, "uneven_shares", total=total)


def uneven_rows(graph: StepGraph) -> Iterator[Fault]:
    """Conditional shares of a step that do not add up to 1 for one of their conditions."""
    totals: dict[tuple[str, Condition], Decimal] = {}
    for row in graph.rows:
        key = (graph.flow_by_id[row.flow].source, row.condition)
        totals[key] = totals.get(key, Decimal(0)) + number(row.share)
    for (step, (case_type, came_from, visit)), total in sorted(totals.items()):
        if abs(total - 1) > SHARE_TOLERANCE:
            given = {"visit": visit, "came_from": came_from or "any step", "cases": case_type or "any"}
            yield _at(graph, step, "uneven_rows", total=total, **given)


def wrong_blocks(graph: StepGraph) -> Iterator[Fault]:
    """Parallel work that is not structured: it is drawn and kept, but not simulated."""
    for step, sentence in unstructured(graph):
        yield Fault(sentence, step=step)


def inclusive(graph: StepGraph) -> Iterator[Fault]:
    """Inclusive gateways, kept from an import, not simulated."""
    for step in graph.of_kind(Kind.INCLUSIVE):
        yield _at(graph, step.id, "inclusive")


def idle_loops(graph: StepGraph) -> Iterator[Fault]:
    """Loops that take no time: a case could go round for ever at one instant."""
    net = network(graph)
    quick = net.subgraph([step.id for step in graph.steps if step.kind not in TIMED])
    for part in nx.strongly_connected_components(quick):
        first = min(part)
        if len(part) > 1 or quick.has_edge(first, first):
            yield _at(graph, first, "idle_loop")


def abandon_without_patience(graph: StepGraph) -> Iterator[Fault]:
    """Steps that cases give up on without a patience, or with a patience and no way out."""
    for step in graph.steps:
        out = [flow for flow in graph.after(step.id) if flow.kind == "abandon"]
        if bool(out) != (step.patience is not None) or len(out) > 1:
            yield _at(graph, step.id, "patience_and_way")


def missing_time(graph: StepGraph) -> Iterator[Fault]:
    """Steps that take time, but nobody said how much."""
    for step in graph.steps:
        if step.kind in TIMED and step.time is None:
            yield Fault(Sentence.of("missing_time", step=step.name), step=step.id, weight="gap")


def missing_role(graph: StepGraph) -> Iterator[Fault]:
    """Work of ours that nobody does; machines, customers and others outside need no role."""
    for step in graph.of_kind(Kind.WORK):
        if not step.role and step.automation != "automatic" and step.lane not in (Lane.CUSTOMER, Lane.EXTERNAL):
            yield Fault(Sentence.of("missing_role", step=step.name), step=step.id, weight="gap")


def lost_names(graph: StepGraph) -> Iterator[Fault]:
    """Obligations and promises that speak of steps which are not there."""
    known = set(graph.by_id)
    duties = {obligation.id for obligation in graph.obligations}
    for of, clock in graph.clocks:
        for lost in sorted({clock.start.step, clock.end.step, *clock.pauses} - known):
            yield Fault(Sentence.of("clock_without_step", clock=of.name, step=lost))
    for step in graph.steps:
        for lost in sorted({*step.covers, *step.records} - duties):
            yield _at(graph, step.id, "unknown_obligation", obligation=lost)


CHECKS: tuple[Check, ...] = (
    no_start,
    many_starts,
    no_end,
    start_entered,
    end_left,
    unreachable,
    dead_ends,
    never_ending,
    uneven_shares,
    uneven_rows,
    wrong_blocks,
    inclusive,
    idle_loops,
    abandon_without_patience,
    lost_names,
    missing_time,
    missing_role,
)


def faults(graph: StepGraph) -> tuple[Fault, ...]:
    """Return everything wrong with a graph, all at once, in the order of the checks."""
    return tuple(fault for check in CHECKS for fault in check(graph))


def staffing_faults(design: Design) -> tuple[Fault, ...]:
    """Return the steps of a design that nobody is there to do."""
    found = []
    for step in design.graph.of_kind(Kind.WORK):
        pools = design.staffing.pools_of(step.role) if step.role else ()
        if step.role and not pools:
            found.append(Fault(Sentence.of("no_pool", step=step.name, role=step.role), step=step.id))
        elif step.role and not any(shift.heads and shift.spans for pool in pools for shift in pool.shifts):
            found.append(Fault(Sentence.of("no_heads", step=step.name, role=step.role), step=step.id))
    return tuple(found)


def network(graph: StepGraph) -> "nx.MultiDiGraph[str]":
    """Return the graph for networkx, one edge a flow, keyed by its id."""
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    net.add_nodes_from(step.id for step in graph.steps)
    for flow in graph.flows:
        net.add_edge(flow.source, flow.target, key=flow.id)
    return net

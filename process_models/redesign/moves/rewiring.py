"""What moves have in common: putting a step in another's place, and leading cases another way."""

from typing import Any

import msgspec
from msgspec.structs import replace

from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Flow, Kind, Step, Timing
from process_models.graph.wiring import flow_id
from process_models.values.canonical import digest
from process_models.values.distributions import scaled
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, fraction, number
from process_models.values.provenance import Provenance, worst


def made(move: Document, stem: str) -> str:
    """Return the id of what a move makes: from the move, so that replaying it gives the same digest."""
    return f"{stem}-{digest(move)[:12]}"


def main_way(graph: StepGraph, step: str) -> Flow | None:
    """Return the likeliest way on from a step, loops apart."""
    ways = [flow for flow in graph.ways(step) if flow.id not in graph.backward]
    return max(ways, key=lambda flow: (float(flow.share), flow.id), default=None)


def named(design: Design, step: str) -> str:
    """Return the name of a step, or its id where it is not there."""
    return design.graph.by_id[step].name if step in design.graph.by_id else step


def having(design: Design, graph: StepGraph) -> Design:
    """Return the design with another graph."""
    return replace(design, graph=graph)


def replaced(graph: StepGraph, step: Step) -> StepGraph:
    """Return the graph with a step in the place of that of its id."""
    return replace(graph, steps=tuple(step if s.id == step.id else s for s in graph.steps))


def repointed(dependency: Dependency, old: str, new: str) -> Dependency:
    """Return a dependency that speaks of a new step where it spoke of an old one."""
    return replace(
        dependency,
        step=new if dependency.step == old else dependency.step,
        needs=new if dependency.needs == old else dependency.needs,
    )


def renamed_everywhere(graph: StepGraph, old: str, new: str) -> StepGraph:
    """Return the graph with clocks, orders, histories and stand-ins speaking of the new step instead of the old."""

    def swapped(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: swapped(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [swapped(item) for item in value]
        return new if value == old else value

    def again(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(msgspec.convert({**swapped(msgspec.to_builtins(t)), "id": t.id}, type(t)) for t in things)

    steps = tuple(replace(s, stands_for=new) if old and s.stands_for == old else s for s in graph.steps)
    parts = {name: again(getattr(graph, name)) for name in ("obligations", "promises", "rows")}
    return replace(graph, steps=steps, **parts)


def assumed(timing: Timing | None, factor: Fraction, why: str) -> Timing | None:
    """Return a time multiplied by a factor that somebody assumes: a guess until it is tried."""
    if timing is None:
        return None
    provenance = Provenance("derived", worst((timing.provenance.grade, "D")), why)
    return Timing(scaled(timing.distribution, factor), provenance)


def between(low: Fraction, value: Fraction, high: Fraction) -> None:
    """Refuse a share outside its bounds."""
    if not number(low) <= number(value) <= number(high):
        raise ModelError("move_share", share=value, low=low, high=high)


def way(graph: StepGraph, source: str, target: str, share: Fraction, label: str = "") -> Flow:
    """Return a new flow of a graph."""
    return Flow(
        id=flow_id(frozenset(graph.flow_by_id), source, target), source=source, target=target, share=share, label=label
    )


def entered_by(graph: StepGraph, step: str, door: str) -> tuple[Flow, ...]:
    """Return the flows with those that came to a step coming to a door before it; loops still come to the step."""
    back = set(graph.backward)
    return tuple(
        replace(flow, target=door) if flow.target == step and flow.source != step and flow.id not in back else flow
        for flow in graph.flows
    )


def with_flows(graph: StepGraph, flows: list[Flow]) -> StepGraph:
    """Return the graph with more flows."""
    return replace(graph, flows=(*graph.flows, *flows))


def beside(graph: StepGraph, step: Step, other: Step, door: Step | None, share: Fraction, onto: Fraction) -> StepGraph:
    """Return the graph with another way to do a step beside it.

    A share of the cases go to the other step, all of them where there is no door to choose at; of those a share go on
    to the step itself after all, the rest go where it leads, in the same shares. What the step needs the other needs.
    """
    entrance = door.id if door else other.id
    ways = graph.ways(step.id)
    flows = entered_by(graph, step.id, entrance)
    steps = (*graph.steps, other, *((door,) if door else ()))
    needs = tuple(
        replace(one, id=f"{one.id}-{other.id}", step=other.id) for one in graph.dependencies if one.step == step.id
    )
    graph = replace(graph, steps=steps, flows=flows, dependencies=(*graph.dependencies, *needs))
    if door:
        graph = with_flows(graph, [way(graph, door.id, other.id, share)])
        graph = with_flows(graph, [way(graph, door.id, step.id, fraction(1 - number(share)))])
    if number(onto):
        graph = with_flows(graph, [way(graph, other.id, step.id, onto)])
    rest = 1 - number(onto)
    for flow in ways:
        if rest:
            target = other.id if flow.target == step.id else flow.target
            graph = with_flows(graph, [way(graph, other.id, target, fraction(number(flow.share) * rest), flow.label)])
    return graph


def refuse_gate(step: Step, *kinds: Kind) -> None:
    """Refuse a step that is not of one of these kinds."""
    if step.kind not in kinds:
        raise ModelError("move_other_kind", step=step.name, kinds=" or ".join(kinds))

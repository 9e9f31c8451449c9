"""The gateways that BPMN wants and a step graph does not: a split where ways part at a step, a merge where they meet.

Without the split every other tool reads several ways out of a task as all at once; without the merge a gateway would
bring ways together and part them in one. Both are marked when they are written, and folded away when they are read.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step

PARTING = (Kind.CHOICE, Kind.FORK, Kind.INCLUSIVE)
MEETING = (Kind.JOIN, Kind.INCLUSIVE)


class Spread(Struct, frozen=True):
    """A graph as BPMN draws it, and which steps and flows were put in for that."""

    graph: StepGraph
    synthetic: dict[str, str]
    """Step or flow: split or merge."""


def spread(graph: StepGraph) -> Spread:
    """Return a graph with a gateway wherever ways part at a step that is none, or meet before one that is no join."""
    steps, flows = list(graph.steps), {flow.id: flow for flow in graph.flows}
    synthetic: dict[str, str] = {}
    taken = {*graph.by_id, *flows}

    def put_in(step: Step, verb: str, ways: tuple[Flow, ...], moved: Callable[[Flow, str], Flow]) -> None:
        new, between = _free(f"{step.id}-{verb}", taken), _free(f"{step.id}-{verb}-flow", taken)
        steps.append(Step(id=new, kind=Kind.CHOICE, name=verb, lane=step.lane, role=step.role))
        flows.update({flow.id: moved(flows[flow.id], new) for flow in ways})
        ends = (step.id, new) if verb == "split" else (new, step.id)
        flows[between] = Flow(id=between, source=ends[0], target=ends[1])
        synthetic.update({new: verb, between: verb})

    for step in graph.steps:
        if len(graph.after(step.id)) > 1 and step.kind not in PARTING:
            put_in(step, "split", graph.after(step.id), lambda flow, new: replace(flow, source=new))
        if len(graph.before(step.id)) > 1 and step.kind not in MEETING:
            put_in(step, "merge", graph.before(step.id), lambda flow, new: replace(flow, target=new))
    return Spread(StepGraph(id=graph.id, name=graph.name, steps=tuple(steps), flows=tuple(flows.values())), synthetic)


def _free(id: str, taken: set[str]) -> str:
    n, free = 2, id[:120]
    while free in taken:
        free = f"{id[:120]}-{n}"
        n += 1
    taken.add(free)
    return free

"""Changes of a graph by hand. An edit is a value: it gives another graph, and says what it touches.

An edit made on an older version is applied to the newest if all that it touches is the same in both; otherwise both
values are shown to the person who made it (:class:`Conflict`).
"""

from typing import Any

import msgspec

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Flow, Kind, Obligation, Promise, ShareRow, Step
from process_models.graph.wiring import connected, disconnected, flow_id, with_shares, without
from process_models.values.calendars import Calendar
from process_models.values.document import Document
from process_models.values.errors import ModelError


class AddStep(Document, frozen=True, tag_field="type", tag="add_step"):
    """Add a step, after another one if named: all that left it then leaves the new step."""

    step: Step
    after: str = ""

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the step."""
        if self.step.id in graph.by_id:
            raise ModelError("id_twice", id=self.step.id)
        if not self.after:
            return changed(graph, steps=(*graph.steps, self.step))
        known(graph, self.after)
        flows = tuple(
            msgspec.structs.replace(f, source=self.step.id) if f.source == self.after and f.kind == "normal" else f
            for f in graph.flows
        )
        link = Flow(
            id=flow_id(frozenset(graph.flow_by_id), self.after, self.step.id), source=self.after, target=self.step.id
        )
        return changed(graph, steps=(*graph.steps, self.step), flows=(*flows, link))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the parts that must be as they were."""
        return parts(graph, (self.step.id, self.after))


class AddBetween(Document, frozen=True, tag_field="type", tag="add_between"):
    """Put a step on a flow: its cases come by the new step, and go on to where the flow led."""

    step: Step
    flow: str

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the step on the flow."""
        if self.step.id in graph.by_id:
            raise ModelError("id_twice", id=self.step.id)
        old = _flow(graph, self.flow)
        led = msgspec.structs.replace(old, target=self.step.id)
        on = Flow(
            id=flow_id(frozenset(graph.flow_by_id), self.step.id, old.target), source=self.step.id, target=old.target
        )
        rest = tuple(led if flow.id == old.id else flow for flow in graph.flows)
        return changed(graph, steps=(*graph.steps, self.step), flows=(*rest, on))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the flow, and that the new step is not there."""
        return {
            f"flow {self.flow}": graph.flow_by_id.get(self.flow),
            f"step {self.step.id}": graph.by_id.get(self.step.id),
        }


class MoveBefore(Document, frozen=True, tag_field="type", tag="move_before"):
    """Take a step from its place and put it before another: all that led there comes by it first."""

    step: str
    before: str

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the step in its new place; its own ways on are gone, ways back to the other stay."""
        moved, target = known(graph, self.step), known(graph, self.before)
        if moved.id == target.id or target.kind is Kind.START:
            raise ModelError("cannot_move_before", step=moved.name, before=target.name)
        rest = without(graph, moved.id)
        back = set(rest.backward)
        flows = tuple(
            msgspec.structs.replace(f, target=moved.id) if f.target == target.id and f.id not in back else f
            for f in rest.flows
        )
        link = Flow(id=flow_id(frozenset(rest.flow_by_id), moved.id, target.id), source=moved.id, target=target.id)
        needs = tuple(d for d in graph.dependencies if moved.id in (d.step, d.needs))
        return changed(
            rest,
            steps=(*rest.steps, moved),
            flows=(*flows, link),
            dependencies=(*rest.dependencies, *needs),
            obligations=graph.obligations,
            promises=graph.promises,
        )

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the step with its flows, and what enters both places."""
        entering = {f"flow {f.id}": f for end in (self.step, self.before) for f in graph.before(end)}
        return parts(graph, (self.step,)) | entering


class ChangeStep(Document, frozen=True, tag_field="type", tag="change_step"):
    """Put another step in a step's place, under the same id."""

    step: Step

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the step changed."""
        known(graph, self.step.id)
        return changed(graph, steps=tuple(self.step if s.id == self.step.id else s for s in graph.steps))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the step."""
        return {f"step {self.step.id}": graph.by_id.get(self.step.id)}


class RemoveStep(Document, frozen=True, tag_field="type", tag="remove_step"):
    """Take a step out; what came in goes on to where it went, in the same shares."""

    step: str

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph without the step."""
        known(graph, self.step)
        return without(graph, self.step)

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the step, its flows and those that enter it."""
        return parts(graph, (self.step,)) | {f"flow {f.id}": f for f in graph.before(self.step)}


class Connect(Document, frozen=True, tag_field="type", tag="connect"):
    """Add a flow with the share it takes; the others at the source give way in proportion."""

    flow: Flow

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the flow."""
        known(graph, self.flow.source)
        known(graph, self.flow.target)
        if self.flow.id in graph.flow_by_id:
            raise ModelError("id_twice", id=self.flow.id)
        return connected(graph, self.flow)

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the ends and what leaves the source."""
        return parts(graph, (self.flow.source,)) | {f"step {self.flow.target}": self.flow.target in graph.by_id}


class Disconnect(Document, frozen=True, tag_field="type", tag="disconnect"):
    """Take a flow out; the others that leave its source take over in proportion."""

    flow: str

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph without the flow."""
        return disconnected(graph, _flow(graph, self.flow))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return what leaves the flow's source."""
        flow = graph.flow_by_id.get(self.flow)
        return parts(graph, (flow.source,)) if flow else {f"flow {self.flow}": None}


class SetShares(Document, frozen=True, tag_field="type", tag="set_shares"):
    """Set the overall shares of the flows that leave a step; conditional rows keep their odds ratios."""

    step: str
    shares: tuple[tuple[str, str], ...]
    """Flow id and share."""

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the shares."""
        known(graph, self.step)
        return with_shares(graph, self.step, dict(self.shares))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return what leaves the step."""
        return {key: value for key, value in parts(graph, (self.step,)).items() if not key.startswith("step")}


class SetDependency(Document, frozen=True, tag_field="type", tag="set_dependency"):
    """Say that a step needs something of another before it can be done, or say it in other words."""

    dependency: Dependency

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the dependency."""
        step = known(graph, self.dependency.step)
        known(graph, self.dependency.needs)
        if self.dependency.needs == step.id:
            raise ModelError("needs_itself", step=step.name)
        rest = tuple(one for one in graph.dependencies if one.id != self.dependency.id)
        return changed(graph, dependencies=(*rest, self.dependency))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the dependency, and that its steps are there."""
        ends = {f"step {end}": end in graph.by_id for end in (self.dependency.step, self.dependency.needs)}
        return ends | {f"dependency {self.dependency.id}": graph.dependency(self.dependency.id)}


class RemoveDependency(Document, frozen=True, tag_field="type", tag="remove_dependency"):
    """Say that a step no longer needs another."""

    dependency: str

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph without the dependency."""
        if graph.dependency(self.dependency) is None:
            raise ModelError("no_such_dependency", dependency=self.dependency)
        return changed(graph, dependencies=tuple(one for one in graph.dependencies if one.id != self.dependency))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the dependency."""
        return {f"dependency {self.dependency}": graph.dependency(self.dependency)}


class SetObligation(Document, frozen=True, tag_field="type", tag="set_obligation"):
    """Add an obligation to the register, or change it, and say which steps cover it and which make its record."""

    obligation: Obligation
    covered_by: tuple[str, ...] = ()
    recorded_by: tuple[str, ...] = ()

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the obligation and its steps."""
        for step in (*self.covered_by, *self.recorded_by):
            known(graph, step)
        rest = tuple(o for o in graph.obligations if o.id != self.obligation.id)
        steps = tuple(self._tied(step) for step in graph.steps)
        return changed(graph, obligations=(*rest, self.obligation), steps=steps)

    def _tied(self, step: Step) -> Step:
        return msgspec.structs.replace(
            step,
            covers=_member(step.covers, self.obligation.id, step.id in self.covered_by),
            records=_member(step.records, self.obligation.id, step.id in self.recorded_by),
        )

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the obligation and the steps tied to it."""
        tied = [s.id for s in graph.steps if self.obligation.id in (*s.covers, *s.records)]
        return {
            f"obligation {self.obligation.id}": graph.obligation(self.obligation.id),
            f"steps of {self.obligation.id}": tuple(tied),
        }


class SetPromise(Document, frozen=True, tag_field="type", tag="set_promise"):
    """Say what customers are told about time."""

    promise: Promise

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the promise."""
        rest = tuple(p for p in graph.promises if p.id != self.promise.id)
        return changed(graph, promises=(*rest, self.promise))

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the promise."""
        return {f"promise {self.promise.id}": next((p for p in graph.promises if p.id == self.promise.id), None)}


class SetHours(Document, frozen=True, tag_field="type", tag="set_hours"):
    """Say in which week clocks in working time run; None: day and night."""

    hours: Calendar | None = None

    def apply(self, graph: StepGraph) -> StepGraph:
        """Return the graph with the hours."""
        return changed(graph, hours=self.hours)

    def touches(self, graph: StepGraph) -> dict[str, Any]:
        """Return the hours."""
        return {"hours": graph.hours}


Edit = (
    AddStep
    | AddBetween
    | MoveBefore
    | ChangeStep
    | RemoveStep
    | Connect
    | Disconnect
    | SetShares
    | SetDependency
    | RemoveDependency
    | SetObligation
    | SetPromise
    | SetHours
)


class Conflict(ModelError):
    """An edit made on an older version meets a change of the same thing."""

    def __init__(self, place: str, base: Any, head: Any) -> None:
        self.place, self.base, self.head = place, base, head
        super().__init__("edited_meanwhile", place=place)


def reapply(edit: Edit, base: StepGraph, head: StepGraph) -> StepGraph:
    """Return the newest graph with an edit that was made on an older one.

    Raises Conflict with both values where something the edit touches has changed in between.
    """
    if base != head:
        ours, theirs = edit.touches(base), edit.touches(head)
        for place in sorted(ours.keys() | theirs.keys()):
            if ours.get(place) != theirs.get(place):
                raise Conflict(place, ours.get(place), theirs.get(place))
    return edit.apply(head)


def parts(graph: StepGraph, steps: tuple[str, ...]) -> dict[str, Any]:
    """Return steps and what leaves them, by name."""
    out: dict[str, Any] = {}
    for id in steps:
        if id:
            out[f"step {id}"] = graph.by_id.get(id)
            out[f"shares of {id}"] = graph.after(id)
            out[f"conditional shares of {id}"] = rows_of(graph, id)
    return out


def rows_of(graph: StepGraph, step: str) -> tuple[ShareRow, ...]:
    """Return the conditional rows of the flows that leave a step."""
    leaving = {flow.id for flow in graph.after(step)}
    return tuple(row for row in graph.rows if row.flow in leaving)


def changed(graph: StepGraph, **fields: Any) -> StepGraph:
    """Return the graph with other values in some fields."""
    return msgspec.structs.replace(graph, **fields)


def known(graph: StepGraph, step: str) -> Step:
    """Return a step; one that is not there is refused."""
    if step not in graph.by_id:
        raise ModelError("no_such_step", step=step)
    return graph.by_id[step]


def _flow(graph: StepGraph, flow: str) -> Flow:
    if flow not in graph.flow_by_id:
        raise ModelError("no_such_flow", flow=flow)
    return graph.flow_by_id[flow]


def _member(ids: tuple[str, ...], id: str, wanted: bool) -> tuple[str, ...]:
    return tuple(sorted({*ids, id} if wanted else {*ids} - {id}))

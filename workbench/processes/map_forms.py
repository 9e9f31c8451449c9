"""What an act on the map sends: which act, on which step or way, on which revision it was thought of."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Length, Regexp

from process_models.graph.edits import (
    AddBetween,
    AddStep,
    ChangeStep,
    Connect,
    Disconnect,
    Edit,
    MoveBefore,
    RemoveStep,
    known,
)
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Lane, Step
from process_models.graph.wiring import flow_id
from process_models.values.document import slug
from process_models.values.errors import ModelError
from process_models.values.fractions import fraction
from workbench.forms import choices
from workbench.processes.forms import BasedForm
from workbench.processes.picture import KINDS
from workbench.processes.step_forms import LANES
from workbench.processes.typed import read_number

TURNS = ("undo", "redo")


class MapForm(BasedForm):
    """One act on the map. Every field but the act may be empty; each act says what it needs."""

    act = HiddenField()
    step = HiddenField(validators=[Length(max=80)])
    flow = HiddenField(validators=[Length(max=200)])
    place = StringField("Where", [Length(max=200)])
    target = StringField("To", [Length(max=80)])
    name = StringField("Name", [Length(max=120)])
    kind = SelectField(
        "What it is", choices=choices((kind.value, words) for kind, words in KINDS.items()), default="WORK"
    )
    lane = SelectField("Lane", choices=[*choices([("", "as it is")]), *LANES], default="")
    share = StringField("Share, per cent", [Length(max=12), Regexp(r"^[\d.,%\s]*$", message="Write a number.")])
    label = StringField("Why", [Length(max=80)])

    def edit(self, graph: StepGraph) -> tuple[Edit, str]:
        """Return the edit that the act asks for, and what was done in words.

        Raises ModelError where a part is missing or not there.
        """
        if self.act.data not in ACTS:
            raise ModelError("no_such_act", act=str(self.act.data)[:40])
        return ACTS[self.act.data](self, graph)

    def said(self, name: str) -> str:
        """Return what was sent in a field, without blanks round it."""
        return str(self[name].data or "").strip()

    def placed(self) -> tuple[str, str]:
        """Return the way and the step that ``place`` names, one of them empty: a way is sent as ``flow:<id>``."""
        said = self.said("place")
        return (said[5:], "") if said.startswith("flow:") else ("", said)


def _add(form: MapForm, graph: StepGraph) -> tuple[Edit, str]:
    """Add a step after another, or on the way that ``place`` names as ``flow:<id>``."""
    way, place = form.placed()
    beside = graph.flow_by_id[way].source if way in graph.flow_by_id else place
    lane = Lane(form.said("lane")) if form.said("lane") else graph.by_id[beside].lane if beside in graph.by_id else None
    name = form.said("name")
    step = Step(
        id=slug(name or "step", frozenset(graph.by_id)),
        kind=Kind(form.kind.data),
        name=name,
        lane=lane or Lane.BACK,
    )
    if way:
        return AddBetween(step, way), f"added step {name}"
    return AddStep(step, place), f"added step {name}"


def _connect(form: MapForm, graph: StepGraph) -> tuple[Edit, str]:
    """Connect two steps; without a share the new way takes as much as each of the others then has."""
    source, target = known(graph, form.said("step")), known(graph, form.said("target"))
    share = read_number(form.said("share")) / 100 if form.said("share") else None
    others = len(graph.ways(source.id))
    flow = Flow(
        id=flow_id(frozenset(graph.flow_by_id), source.id, target.id),
        source=source.id,
        target=target.id,
        share="1" if source.kind is Kind.FORK or not others else fraction(share or read_number("1") / (others + 1)),
        label=form.said("label"),
    )
    return Connect(flow), f"connected {source.name} to {target.name}"


def _rename(form: MapForm, graph: StepGraph) -> tuple[Edit, str]:
    old = known(graph, form.said("step"))
    return ChangeStep(replace(old, name=form.said("name"))), f"renamed {old.name}"


def _lane(form: MapForm, graph: StepGraph) -> tuple[Edit, str]:
    old = known(graph, form.said("step"))
    lane = Lane(form.said("lane")) if form.said("lane") else old.lane
    return ChangeStep(replace(old, lane=lane)), f"moved {old.name} to lane {lane.value}"


def _before(form: MapForm, graph: StepGraph) -> tuple[Edit, str]:
    step, target = known(graph, form.said("step")), known(graph, form.said("target"))
    return MoveBefore(step.id, target.id), f"moved {step.name} before {target.name}"


def _remove(form: MapForm, graph: StepGraph) -> tuple[Edit, str]:
    """Take out a step, or the way that ``place`` names as ``flow:<id>``."""
    way, place = form.placed()
    if way:
        flow = graph.flow_by_id.get(way)
        ends = f" from {graph.by_id[flow.source].name} to {graph.by_id[flow.target].name}" if flow else ""
        return Disconnect(way), f"took out the way{ends}"
    step = known(graph, place or form.said("step"))
    return RemoveStep(step.id), f"took out step {step.name}"


ACTS: dict[str, Callable[[MapForm, StepGraph], tuple[Edit, str]]] = {
    "add": _add,
    "connect": _connect,
    "rename": _rename,
    "lane": _lane,
    "before": _before,
    "remove": _remove,
}


def places(graph: StepGraph) -> dict[str, list[dict[str, Any]]]:
    """Return for each step its ways on, for the dialogs of the map: id of the flow, its words."""
    return {
        id: [
            {"flow": flow.id, "to": f"{graph.numbers[flow.target]} {graph.by_id[flow.target].name}"}
            for flow in graph.after(id)
        ]
        for id in graph.by_id
    }

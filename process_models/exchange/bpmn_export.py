"""A step graph as a BPMN 2.0 file with its diagram; what BPMN cannot say stands in our annotations on the elements.

Reading the file back gives the graph with the same digest (see ``docs/formats``). The order of children is that of the
OMG schema.
"""

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from process_models.exchange.annotations import plain_text, written
from process_models.exchange.bpmn_beside import Foreign, conditional, of_report
from process_models.exchange.bpmn_diagram import Frame, diagram
from process_models.exchange.bpmn_file import words
from process_models.exchange.bpmn_places import PLAIN_NAMES
from process_models.exchange.bpmn_words import DC, DD, DI, MODEL, OURS, XSI
from process_models.exchange.gateways import spread
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step
from process_models.values.canonical import digest
from process_models.values.distributions import mean

SPACES = {"bpmn": MODEL, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI, "rw": OURS}
TAGS = {
    Kind.START: "startEvent",
    Kind.END: "endEvent",
    Kind.CHOICE: "exclusiveGateway",
    Kind.FORK: "parallelGateway",
    Kind.JOIN: "parallelGateway",
    Kind.INCLUSIVE: "inclusiveGateway",
}
QUIET = frozenset({Kind.FORK, Kind.JOIN})
"""Kinds that need no name in a diagram."""
NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
ELSEWHERE = frozenset({"id", "name", "role", "description"})
"""Fields of a step that BPMN says in its own words."""


class _Names:
    """Ids that XML allows, each once in the file."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def give(self, wanted: str) -> str:
        base = wanted if NCNAME.fullmatch(wanted) else f"_{wanted}"
        n, id = 2, base
        while id in self.taken:
            id, n = f"{base}_{n}", n + 1
        self.taken.add(id)
        return id


class _Drawing:
    """A graph on its way into a file: with its gateways, its lanes, and an id of XML for everything."""

    def __init__(self, graph: StepGraph, foreign: Foreign) -> None:
        self.graph, self.foreign = graph, foreign
        spread_out = spread(graph)
        self.drawn, self.synthetic = spread_out.graph, spread_out.synthetic
        self.names = _Names()
        self.steps = {step.id: self.names.give(step.id) for step in self.drawn.steps}
        self.flows = {flow.id: self.names.give(flow.id) for flow in self.drawn.flows}
        self.process, self.pool = self.names.give(f"process-{graph.id}"), self.names.give("pool")
        self.collaboration = self.names.give("collaboration")
        self.lane_of = _lanes(self.drawn)
        roles = dict.fromkeys(name for name in self.lane_of.values() if name)
        self.lanes = {name: self.names.give(f"lane-{n}") for n, name in enumerate(roles, 1)}


def export_bpmn(graph: StepGraph, report: Any = None) -> bytes:
    """Return a graph as a BPMN file in UTF-8, with what the report of its import keeps beside it.

    Raises ModelError where a text holds a letter that XML has not.
    """
    drawing = _Drawing(graph, Foreign(of_report(report)))
    root = Element("bpmn:definitions", {f"xmlns:{prefix}": space for prefix, space in SPACES.items()})
    root.attrib.update(id=drawing.names.give("definitions"), targetNamespace=OURS, exporter="service-workbench")
    collaboration = SubElement(root, "bpmn:collaboration", id=drawing.collaboration)
    name = plain_text(graph.name)
    SubElement(collaboration, "bpmn:participant", id=drawing.pool, name=name, processRef=drawing.process)
    process = SubElement(root, "bpmn:process", id=drawing.process, name=name, isExecutable="false")
    notes = SubElement(process, "bpmn:extensionElements")
    notes.append(_graph(graph))
    drawing.foreign.put(process, notes, drawing.foreign.beside["process"])
    _lane_set(process, drawing)
    process.extend([_node(drawing, step) for step in drawing.drawn.steps])
    process.extend([_flow(drawing, flow) for flow in drawing.drawn.flows])
    _draw(root, drawing)
    drawing.foreign.declare(root)
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def _graph(graph: StepGraph) -> Element:
    kept_elsewhere = frozenset({"format", "name", "steps", "flows", "rows", "dependencies"})
    element = written("graph", graph, kept_elsewhere)
    element.attrib.update(format=str(graph.format), digest=digest(graph))
    return element


def _lanes(graph: StepGraph) -> dict[str, str]:
    """Return the lane in which each step is drawn: its role, else that of a step beside it."""
    lanes = {step.id: step.role for step in graph.steps}
    for id in (*graph.reading_order, *reversed(graph.reading_order)):
        if not lanes[id]:
            beside = [flow.source for flow in graph.before(id)] + [flow.target for flow in graph.after(id)]
            lanes[id] = next((lanes[step] for step in beside if lanes[step]), "")
    return {id: lane or next(iter(graph.roles), "") for id, lane in lanes.items()}


def _lane_set(process: Element, drawing: _Drawing) -> None:
    if not drawing.lanes:
        return
    lane_set = SubElement(process, "bpmn:laneSet", id=drawing.names.give("lanes"))
    for name, id in drawing.lanes.items():
        lane = SubElement(lane_set, "bpmn:lane", id=id, name=plain_text(name))
        if words(name) != name:
            SubElement(lane, "bpmn:extensionElements").append(Element("rw:lane", role=name))
        for step in drawing.drawn.reading_order:
            if drawing.lane_of[step] == name:
                SubElement(lane, "bpmn:flowNodeRef").text = drawing.steps[step]


def _node(drawing: _Drawing, step: Step) -> Element:
    id, verb = drawing.steps[step.id], drawing.synthetic.get(step.id, "")
    before, after = drawing.drawn.before(step.id), drawing.drawn.after(step.id)
    node = Element(f"bpmn:{_tag(step)}", id=id)
    if not verb and not (step.kind in QUIET and step.name == PLAIN_NAMES[step.kind]):
        node.set("name", plain_text(step.name))
    elif verb == "split":
        node.set("name", PLAIN_NAMES[Kind.CHOICE])
    if step.description and "\r" not in step.description:
        SubElement(node, "bpmn:documentation").text = plain_text(step.description)
    notes = SubElement(node, "bpmn:extensionElements")
    notes.append(Element("rw:step", synthetic=verb) if verb else _annotated(drawing.graph, step, id))
    if not verb:
        drawing.foreign.put(node, notes, drawing.foreign.on("steps", step.id))
    if default := _default(drawing, after):
        node.set("default", default)
    for way in before:
        SubElement(node, "bpmn:incoming").text = drawing.flows[way.id]
    for way in after:
        SubElement(node, "bpmn:outgoing").text = drawing.flows[way.id]
    if _tag(step) == "intermediateCatchEvent":
        _timer(node, step, drawing.names.give(f"{id}_timer"))
    return node


def _default(drawing: _Drawing, after: tuple[Flow, ...]) -> str:
    """Return the way out that a file marked as the one to take when no condition holds."""
    marked = [flow.id for flow in after if drawing.foreign.on("flows", flow.id).get("default") is True]
    return drawing.flows[marked[0]] if marked and conditional(drawing.drawn, marked[0]) else ""


def _timer(node: Element, step: Step, id: str) -> None:
    timer = SubElement(node, "bpmn:timerEventDefinition", id=id)
    if step.time is not None:
        length = SubElement(timer, "bpmn:timeDuration", {"xsi:type": "bpmn:tFormalExpression"})
        length.text = f"PT{round(mean(step.time.distribution) / 1000)}S"


def _tag(step: Step) -> str:
    if step.kind is Kind.WORK:
        return "serviceTask" if step.automation == "automatic" else "userTask" if step.role else "task"
    if step.kind is Kind.WAIT:
        return "receiveTask" if step.role else "intermediateCatchEvent"
    return TAGS[step.kind]


def _annotated(graph: StepGraph, step: Step, id: str) -> Element:
    element = written("step", step, ELSEWHERE)
    if id != step.id:
        element.set("id", step.id)
    if not step.role:
        element.set("roleless", "true")
    if "\r" in step.description:
        element.set("description", plain_text(step.description))
    for need in graph.dependencies:
        if need.step == step.id:
            element.append(written("dependency", need, frozenset({"step"})))
    return element


def _flow(drawing: _Drawing, flow: Flow) -> Element:
    ends = {"sourceRef": drawing.steps[flow.source], "targetRef": drawing.steps[flow.target]}
    element = Element("bpmn:sequenceFlow", {"id": drawing.flows[flow.id], **ends})
    if flow.label:
        element.set("name", plain_text(flow.label))
    notes = SubElement(element, "bpmn:extensionElements")
    if verb := drawing.synthetic.get(flow.id):
        notes.append(Element("rw:flow", synthetic=verb))
        return element
    mine = written("flow", flow, frozenset({"id", "source", "target", "label"}))
    mine.set("share", flow.share)
    if drawing.flows[flow.id] != flow.id:
        mine.set("id", flow.id)
    mine.extend([written("row", row, frozenset({"flow"})) for row in drawing.graph.rows if row.flow == flow.id])
    notes.append(mine)
    kept = drawing.foreign.on("flows", flow.id)
    drawing.foreign.put(element, notes, kept)
    condition, language = kept.get("condition"), kept.get("language")
    if isinstance(condition, str) and conditional(drawing.drawn, flow.id):
        typed = {"xsi:type": "bpmn:tFormalExpression", **({"language": language} if isinstance(language, str) else {})}
        SubElement(element, "bpmn:conditionExpression", typed).text = plain_text(condition)
    return element


def _draw(root: Element, drawing: _Drawing) -> None:
    give = drawing.names.give
    tasks = frozenset(step.id for step in drawing.drawn.of_kind(Kind.WAIT) if step.role)
    shown = diagram(drawing.drawn, drawing.lane_of, tasks)
    outside = SubElement(root, "bpmndi:BPMNDiagram", id=give("diagram"))
    plane = SubElement(outside, "bpmndi:BPMNPlane", id=give("plane"), bpmnElement=drawing.collaboration)

    def shape(of: str, frame: Frame, **marks: str) -> None:
        element = SubElement(plane, "bpmndi:BPMNShape", {"id": give(f"{of}_di"), "bpmnElement": of, **marks})
        bounds = {"x": frame.x, "y": frame.y, "width": frame.width, "height": frame.height}
        SubElement(element, "dc:Bounds", {name: str(value) for name, value in bounds.items()})

    shape(drawing.pool, shown.pool, isHorizontal="true")
    for name, id in drawing.lanes.items():
        shape(id, shown.lanes[name], isHorizontal="true")
    for step in drawing.drawn.steps:
        marked = {"isMarkerVisible": "true"} if step.kind is Kind.CHOICE else {}
        shape(drawing.steps[step.id], shown.steps[step.id], **marked)
    for flow in drawing.drawn.flows:
        id = drawing.flows[flow.id]
        edge = SubElement(plane, "bpmndi:BPMNEdge", id=give(f"{id}_di"), bpmnElement=id)
        for x, y in shown.flows[flow.id]:
            SubElement(edge, "di:waypoint", x=str(x), y=str(y))

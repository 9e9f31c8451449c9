"""What we wrote into a BPMN file, read again: annotated steps and flows as they were, our extra gateways folded away.

Where BPMN's own words say something (name, role by lane, description, what leads where), they hold: another tool may
have changed them. An annotation that does not fit its element any more is passed over and said so.
"""

from xml.etree.ElementTree import Element

from process_models.exchange.annotations import read_as
from process_models.exchange.bpmn_file import BpmnFile, children, kind, words
from process_models.exchange.bpmn_places import PLAIN_NAMES
from process_models.exchange.bpmn_words import ACTIVITIES, OURS
from process_models.exchange.sketch import Place, Sketch
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Flow, Kind, ShareRow, Step
from process_models.values.canonical import digest
from process_models.values.document import SLUG
from process_models.values.errors import ModelError

TAGS = {
    Kind.START: {"startEvent"},
    Kind.END: {"endEvent"},
    Kind.WORK: set(ACTIVITIES),
    Kind.WAIT: {"intermediateCatchEvent", "receiveTask"},
    Kind.CHOICE: {"exclusiveGateway"},
    Kind.FORK: {"parallelGateway"},
    Kind.JOIN: {"parallelGateway"},
    Kind.INCLUSIVE: {"inclusiveGateway"},
}
"""The elements that a kind of step may stand in."""


def annotation(element: Element, name: str) -> Element | None:
    """Return our annotation on an element."""
    tag = f"{{{OURS}}}{name}"
    return next((one for outer in children(element, "extensionElements") for one in outer if one.tag == tag), None)


def read_annotations(sketch: Sketch) -> None:
    """Take steps and flows that carry our annotations as they were, and fold our extra gateways away."""
    synthetic: list[Place] = []
    for place in sketch.places.values():
        note = annotation(place.element, "step") if place.element is not None else None
        if note is not None and note.get("synthetic"):
            synthetic.append(place)
        elif note is not None:
            _take(sketch, place, note)
    for place in synthetic:
        _fold(sketch, place)


def _take(sketch: Sketch, place: Place, note: Element) -> None:
    assert place.element is not None
    name = place.element.get("name") or ""
    plain = PLAIN_NAMES.get(note.get("kind", ""), "")  # type: ignore[call-overload]
    texts = [one.text or "" for one in children(place.element, "documentation")]
    given = {"id": "x", "name": name if name.strip() else plain}
    if "description" not in note.attrib:
        given["description"] = "\n".join(texts)
    try:
        place.step = read_as(note, Step, **given)
    except ModelError:
        sketch.ledger.simplify(place.key, "bpmn_ours_broken")
        return
    if kind(place.element) not in TAGS[place.step.kind]:
        sketch.ledger.simplify(place.key, "bpmn_ours_other_kind", kind=place.step.kind.value)
        place.step = None
        return
    place.kind, place.whole, place.name = place.step.kind, True, place.step.name
    place.id = note.get("id", "")


def _fold(sketch: Sketch, place: Place) -> None:
    """Fold a gateway of ours away, if it is still what it was: one way in (split) or one way out (merge)."""
    into, out = sketch.into(place), sketch.out(place)
    if len(out) == 1 and into and out[0].target != place.key:
        sketch.fold(place)
    elif len(into) == 1 and out and into[0].source != place.key:
        source = sketch.places[into[0].source]
        for way in out:
            way.of += [*into[0].of, *place.of]
            sketch.begin_at(way, source)
        sketch.remove(into[0])
        del sketch.places[place.key]
    else:
        place.kind = Kind.CHOICE
        return
    sketch.ledger.simplify(place.key, "bpmn_ours_folded")


def read_flows(sketch: Sketch, file: BpmnFile) -> None:
    """Take the shares, kinds and labels of annotated flows as they were."""
    for flow in file.all("sequenceFlow"):
        way = sketch.ways.get(file.key(flow))
        note = annotation(flow, "flow")
        if way is None or note is None or note.get("synthetic"):
            continue
        try:
            way.flow = read_as(note, Flow, id="x", source="x", target="x", label=flow.get("name") or "")
        except ModelError:
            sketch.ledger.simplify(way.key, "bpmn_ours_broken")
            continue
        way.id, way.note = note.get("id", ""), note


def own_roles(file: BpmnFile, sketch: Sketch) -> None:
    """Give annotated steps their role: that of their lane word for word, or none."""
    exact = {}
    for lane in file.all("lane"):
        note = annotation(lane, "lane")
        if note is not None and words(note.get("role")) == words(lane.get("name")):
            exact[words(lane.get("name"))] = note.get("role", "")
    for place in sketch.places.values():
        if place.step is not None:
            note = annotation(place.element, "step") if place.element is not None else None
            roleless = note is not None and note.get("roleless") == "true"
            place.role = "" if roleless else exact.get(place.role, place.role)


Ids = dict[str, str]


def whole_graph(file: BpmnFile, sketch: Sketch, graph: StepGraph, ids: Ids, flow_ids: Ids) -> StepGraph:
    """Return the graph with what stood on the process: id, obligations, promises, hours, rows, dependencies."""
    try:
        return _whole(file, sketch, graph, ids, flow_ids)
    except ModelError:
        sketch.ledger.remark("bpmn_ours_graph_broken")
        return graph


def _whole(file: BpmnFile, sketch: Sketch, graph: StepGraph, ids: Ids, flow_ids: Ids) -> StepGraph:
    found = [(one, note) for one in file.all("process") if (note := annotation(one, "graph")) is not None]
    if len(found) != 1 or len(file.of_kind["process"]) != 1:
        return graph
    process, note = found[0]
    if not SLUG.fullmatch(note.get("id", "")):
        return graph
    steps, flows = {step.id for step in graph.steps}, {flow.id for flow in graph.flows}
    needs = [one for one in _dependencies(sketch, ids) if one.needs in steps]
    rows = [row for row in _rows(sketch, flow_ids) if row.flow in flows]
    whole = read_as(
        note,
        StepGraph,
        format=graph.format,
        name=process.get("name") or graph.name,
        steps=graph.steps,
        flows=graph.flows,
        rows=tuple(rows),
        dependencies=tuple(needs),
    )
    same = digest(whole) == note.get("digest")
    sketch.ledger.remark("bpmn_ours_same" if same else "bpmn_ours_edited")
    return whole


def _dependencies(sketch: Sketch, ids: dict[str, str]) -> list[Dependency]:
    out = []
    for place in sketch.places.values():
        note = annotation(place.element, "step") if place.step is not None and place.element is not None else None
        for one in note if note is not None else ():
            if one.tag == f"{{{OURS}}}dependency":
                out.append(read_as(one, Dependency, step=ids[place.key]))
    return out


def _rows(sketch: Sketch, flow_ids: dict[str, str]) -> list[ShareRow]:
    out = []
    for way in sketch.ways.values():
        for one in way.note if way.note is not None else ():
            if one.tag == f"{{{OURS}}}row":
                out.append(read_as(one, ShareRow, flow=flow_ids[way.key]))
    return out

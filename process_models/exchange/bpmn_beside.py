"""What a BPMN file says and a step graph does not: kept beside the graph, outside of its digest, and given out again.

Conditions, marks of the default way, elements and attributes of other makers. They are stored under the step or flow
they belong to, as they stand in the file. What belongs to neither stays in the account with what it says.
"""

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from process_models.exchange.bpmn_file import BpmnFile, children, kind, reference, said, split, words
from process_models.exchange.bpmn_words import COUNTED, DC, DD, DI, MODEL, OURS, XSI
from process_models.exchange.safe_xml import read_xml
from process_models.exchange.sketch import Sketch
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind
from process_models.values.errors import ModelError

NOT_FOREIGN = frozenset({"", MODEL, OURS, DI, DC, DD, XSI, "http://www.w3.org/XML/1998/namespace"})
Beside = dict[str, dict[str, Any]]
"""``steps`` and ``flows`` by id, and ``process``. Each may hold ``extensions`` (XML) and ``attributes`` of others,
flows also ``condition``, ``language`` and ``default``. ``others``: what lies on elements that are none of these, by
their ids; no BPMN that is given out has a place for it."""
Ids = dict[str, str]


def kept_beside(file: BpmnFile, sketch: Sketch, graph: StepGraph, ids: Ids, flow_ids: Ids) -> Beside:
    """Return what is kept beside a graph; what is said of elements that stand nowhere is taken down."""
    beside: Beside = {"steps": {}, "flows": {}, "process": {}, "others": {}}
    steps = {place.key: ids[place.key] for place in sketch.places.values() if place.key in place.of}
    flows = {way.key: flow_ids[way.key] for way in sketch.ways.values() if way.key in way.of}
    default = {reference(one.get("default") or "") for one in file.everywhere if one.get("default")}
    for element in file.all(*sorted(COUNTED)):
        key, kept = file.key(element), foreign(element)
        if key in sketch.ledger.lost:
            continue
        if key in steps:
            beside["steps"][steps[key]] = kept
        elif key in flows:
            if conditional(graph, flows[key]):
                kept |= _condition(element)
                kept |= {"default": True} if element.get("id") in default else {}
            beside["flows"][flows[key]] = kept
        elif kind(element) == "process" and len(file.of_kind["process"]) == 1:
            beside["process"] = kept
        elif kept:
            beside["others"][key] = {"type": kind(element), "name": words(element.get("name")), **kept}
        if "extensions" in kept and key in beside["others"]:
            sketch.ledger.simplify(f"{key}#extension", "bpmn_extension_aside")
        text = said(element, "conditionExpression")
        if text and "condition" not in beside["flows"].get(flows.get(key, ""), {}):
            sketch.ledger.simplify(f"{key}#condition", "bpmn_condition_aside", text=text)
    _tell_defaults(file, sketch, beside, flows)
    _tell_words(file, sketch, graph, steps)
    return {
        "steps": {id: one for id, one in beside["steps"].items() if one},
        "flows": {id: one for id, one in beside["flows"].items() if one},
        "process": beside["process"],
        "others": beside["others"],
    }


def foreign(element: Element) -> dict[str, Any]:
    """Return the elements and attributes that other makers put on an element."""
    found = [one for outer in children(element, "extensionElements") for one in outer if split(one.tag)[0] != OURS]
    extensions = [_text(one) for one in found]
    attributes = {name: text for name, text in element.attrib.items() if split(name)[0] not in NOT_FOREIGN}
    return {name: one for name, one in (("extensions", extensions), ("attributes", attributes)) if one}


def _text(found: Element) -> str:
    """Return an element as XML, without the blanks that only set it out."""
    for one in found.iter():
        one.text = None if len(one) and not (one.text or "").strip() else one.text
        one.tail = None if not (one.tail or "").strip() else one.tail
    return ElementTree.tostring(found, "unicode")


def conditional(graph: StepGraph, flow: str) -> bool:
    """Say whether BPMN lets a flow out of a gateway that chooses, so that a condition may stand on it."""
    source = graph.by_id[graph.flow_by_id[flow].source]
    return len(graph.after(source.id)) > 1 and source.kind not in (Kind.FORK, Kind.JOIN)


def _condition(flow: Element) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for one in children(flow, "conditionExpression"):
        if text := "".join(one.itertext()).strip():
            out["condition"] = text
            out |= {"language": one.get("language", "")} if one.get("language") else {}
    return out


def _tell_defaults(file: BpmnFile, sketch: Sketch, beside: Beside, flows: Ids) -> None:
    for node in file.everywhere:
        flow = file.found(node.get("default"))
        if flow is not None and not beside["flows"].get(flows.get(file.key(flow), ""), {}).get("default"):
            sketch.ledger.simplify(f"{file.key(node)}#default", "bpmn_default_aside")


def _tell_words(file: BpmnFile, sketch: Sketch, graph: StepGraph, steps: Ids) -> None:
    """Say of documentation, notes, parties and lanes what they said, where no step says it."""
    noted = {note for place in sketch.places.values() for note in place.notes}
    whole = {place.key for place in sketch.places.values() if place.step is not None}
    for element in file.all(*sorted(COUNTED)):
        key, text = file.key(element), said(element, "documentation")
        if text and key not in whole and not (key in steps and text in noted):
            _say(sketch, f"{key}#documentation", "bpmn_documentation_aside", text=text)
        if kind(element) == "textAnnotation" and (text := said(element, "text")) and text not in noted:
            _say(sketch, key, "bpmn_note_aside", text=text)
    _tell_who(file, sketch, graph)


def _tell_who(file: BpmnFile, sketch: Sketch, graph: StepGraph) -> None:
    told = {part for role in graph.roles for part in (role, *role.split(" / "))} | {graph.name}
    for message in file.all("messageFlow"):
        ends = [file.found(message.get(end)) for end in ("sourceRef", "targetRef")]
        if any(end is not None and file.key(end) in sketch.places for end in ends):
            told |= {words(end.get("name")) for end in ends if end is not None and kind(end) == "participant"}
    for element in file.all("participant", "lane"):
        if (name := words(element.get("name"))) and name not in told:
            _say(sketch, file.key(element), f"bpmn_{kind(element)}_aside")
    if len([one for one in file.all("process") if file.key(one) not in sketch.ledger.lost]) > 1:
        for process in file.all("process"):
            _say(sketch, file.key(process), "bpmn_process_together")
    else:
        for process in file.all("process"):
            if (name := words(process.get("name"))) and name != graph.name:
                _say(sketch, file.key(process), "bpmn_process_aside")


def _say(sketch: Sketch, key: str, id: str, **params: object) -> None:
    owner = key.split("#", 1)[0] if "#" in key else key
    if key not in sketch.ledger.lost and owner not in sketch.ledger.lost:
        sketch.ledger.simplify(key, id, **params)


# Giving it out again


def of_report(report: Any) -> Beside:
    """Return what a report keeps beside its graph, as far as it fits: a graph file of strangers may carry anything."""
    found = report.get("beside") if isinstance(report, dict) else None
    beside: Beside = {"steps": {}, "flows": {}, "process": {}}
    if isinstance(found, dict):
        for part in ("steps", "flows"):
            inside = found.get(part)
            things = inside.items() if isinstance(inside, dict) else ()
            beside[part] = {id: one for id, one in things if isinstance(one, dict)}
        beside["process"] = found["process"] if isinstance(found.get("process"), dict) else {}
    return beside


class Foreign:
    """Puts elements and attributes of other makers into a file, with a prefix for each of their namespaces."""

    def __init__(self, beside: Beside) -> None:
        self.beside = beside
        self.spaces: dict[str, str] = {}

    def on(self, part: str, id: str) -> dict[str, Any]:
        """Return what is kept for a step or flow."""
        found: dict[str, Any] = self.beside.get(part, {}).get(id, {})
        return found

    def put(self, element: Element, notes: Element, kept: dict[str, Any]) -> None:
        """Put on an element, and into its extension elements, what was kept for it."""
        attributes, extensions = kept.get("attributes", {}), kept.get("extensions", [])
        for name, text in attributes.items() if isinstance(attributes, dict) else ():
            if isinstance(text, str) and split(name)[0] not in NOT_FOREIGN:
                element.set(self._name(name), text)
        for text in extensions if isinstance(extensions, list) else ():
            try:
                found = read_xml(text.encode()).root
            except (ModelError, AttributeError, UnicodeEncodeError):
                continue
            if split(found.tag)[0] not in NOT_FOREIGN:
                notes.append(self._prefixed(found))

    def declare(self, root: Element) -> None:
        """Declare the namespaces that were used."""
        root.attrib.update({f"xmlns:{prefix}": space for space, prefix in self.spaces.items()})

    def _prefixed(self, found: Element) -> Element:
        made = Element(self._name(found.tag), {self._name(name): text for name, text in found.attrib.items()})
        made.text, made.tail = found.text, found.tail
        made.extend([self._prefixed(child) for child in found])
        return made

    def _name(self, tag: str) -> str:
        if not tag.startswith("{"):
            return tag
        space, local = tag[1:].split("}", 1)
        if space == "http://www.w3.org/XML/1998/namespace":
            return f"xml:{local}"
        return f"{self.spaces.setdefault(space, f'x{len(self.spaces) + 1}')}:{local}"

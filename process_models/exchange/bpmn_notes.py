"""What stands beside the flow in BPMN: lanes and parties, messages, documents, notes, who performs."""

from xml.etree.ElementTree import Element

from process_models.exchange.bpmn_file import BpmnFile, children, facets, kind, reference, said, words
from process_models.exchange.bpmn_words import CONVERSATIONS, DATA, NODES, PERFORMERS, STORES
from process_models.exchange.sketch import Place, Sketch

LANE, BOX = frozenset({"lane"}), frozenset({"process", "subProcess", "transaction", "adHocSubProcess", "choreography"})


def give_roles(file: BpmnFile, sketch: Sketch) -> None:
    """Give each place the role of its lane (the deepest that names it), else of what it lies in, else of its pool."""
    found: dict[str, tuple[int, str]] = {}
    for lane in file.all("lane"):
        path = _path(file, lane)
        for named in children(lane, "flowNodeRef"):
            target = file.found(named.text)
            if target is not None:
                _claim(sketch, found, file.key(target), (len(path), " / ".join(name for name in path if name)))
    pools = {
        id: words(one.get("name")) for one in file.all("participant") if (id := reference(one.get("processRef") or ""))
    }
    for place in sketch.places.values():
        if place.element is not None and not place.role:
            place.role = _role(file, place.element, found, pools)


def _path(file: BpmnFile, lane: Element) -> list[str]:
    path, one = [words(lane.get("name"))], file.above(lane, LANE)
    while one is not None:
        path.insert(0, words(one.get("name")))
        one = file.above(one, LANE)
    return path


def _claim(sketch: Sketch, found: dict[str, tuple[int, str]], key: str, lane: tuple[int, str]) -> None:
    old = found.setdefault(key, lane)
    if lane[0] > old[0]:
        found[key] = lane
    elif lane[0] == old[0] and lane != old and key in sketch.places:
        sketch.ledger.simplify(key, "bpmn_two_lanes", kept=old[1] or "?", other=lane[1] or "?")


def _role(file: BpmnFile, element: Element, found: dict[str, tuple[int, str]], pools: dict[str, str]) -> str:
    one: Element | None = element
    while one is not None:
        if kind(one) == "process":
            return pools.get(one.get("id") or "", "")
        if (lane := found.get(file.key(one))) and lane[1]:
            return lane[1]
        one = file.parent.get(one)
    return ""


def note_messages(file: BpmnFile, sketch: Sketch) -> None:
    """Note messages between parties at both ends; they carry no case."""
    for flow in file.all("messageFlow"):
        source, target = file.found(flow.get("sourceRef")), file.found(flow.get("targetRef"))
        what = words(flow.get("name"))
        for here, there, verb in ((source, target, "Sends to"), (target, source, "Receives from")):
            place = sketch.places.get(file.key(here)) if here is not None else None
            if place is not None:
                other = words(there.get("name")) if there is not None else ""
                place.notes.append(f"{verb} {other or 'another party'}{': ' + what if what else ''}.")
        sketch.ledger.simplify(file.key(flow), "bpmn_message")


def note_data(file: BpmnFile, sketch: Sketch) -> None:
    """List documents and stores at the steps that use them."""
    for link in file.all("dataInputAssociation", "dataOutputAssociation"):
        place = _owner(file, sketch, link)
        for end in children(link, "sourceRef", "targetRef"):
            _use(file, place, file.found(end.text), "inputs" if kind(link) == "dataInputAssociation" else "outputs")
    for thing in file.all(*sorted(DATA)):
        sketch.ledger.simplify(file.key(thing), "bpmn_data")


def _owner(file: BpmnFile, sketch: Sketch, link: Element) -> Place | None:
    owner = file.above(link, NODES)
    return sketch.places.get(file.key(owner)) if owner is not None else None


def _use(file: BpmnFile, place: Place | None, thing: Element | None, field: str) -> None:
    if place is None or thing is None or kind(thing) not in DATA:
        return
    meant = file.found(thing.get("dataObjectRef") or thing.get("dataStoreRef"))
    name = words(thing.get("name")) or (words(meant.get("name")) if meant is not None else "")
    field = "systems" if kind(thing) in STORES else field
    if name and name not in place.fields.setdefault(field, ()):
        place.fields[field] += (name,)


def note_artifacts(file: BpmnFile, sketch: Sketch) -> None:
    """Put text notes on the steps they hang on, data likewise; groups are told with what they enclose."""
    for link in file.all("association"):
        source, target = file.found(link.get("sourceRef")), file.found(link.get("targetRef"))
        for here, there, field in ((source, target, "outputs"), (target, source, "inputs")):
            place = sketch.places.get(file.key(here)) if here is not None else None
            if place is not None and there is not None and kind(there) == "textAnnotation":
                place.notes += [text] if (text := said(there, "text")) else []
            _use(file, place, there, field)
        ends = {kind(end) for end in (source, target) if end is not None}
        if "textAnnotation" not in ends:
            sketch.ledger.simplify(file.key(link), "bpmn_association")
    for group in file.all("group"):
        inside = _enclosed(file, sketch, group)
        if inside:
            sketch.ledger.simplify(file.key(group), "bpmn_group", steps=", ".join(inside)[:300])
        else:
            sketch.ledger.drop(file.key(group), "bpmn_group_empty")
    for one in file.all(*sorted(CONVERSATIONS)):
        sketch.ledger.drop(file.key(one), "bpmn_conversation")


def _enclosed(file: BpmnFile, sketch: Sketch, group: Element) -> list[str]:
    box = file.drawn.get(group.get("id") or "")
    if box is None:
        return []
    out = []
    for place in sketch.places.values():
        mine = file.drawn.get(place.key)
        if place.element is not None and mine is not None and _middle_in(mine, box):
            out.append(place.name or place.key)
    return out


def _middle_in(mine: tuple[float, float, float, float], box: tuple[float, float, float, float]) -> bool:
    x, y = mine[0] + mine[2] / 2, mine[1] + mine[3] / 2
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def note_facets(file: BpmnFile, sketch: Sketch) -> None:
    """Remark on what hangs on elements: data and performers become notes, compensation is not played."""
    for owner in [one for one in file.order if kind(one)]:
        key = file.key(owner) if owner.get("id") or kind(owner) in NODES else ""
        place = sketch.places.get(key)
        for facet in facets(owner):
            if facet in ("ioSpecification", "dataAssociation"):
                sketch.ledger.simplify(f"{file.key(owner)}#{facet}", "bpmn_data")
            elif facet == "performer":
                _performers(file, sketch, place, owner)
            elif facet == "compensation":
                sketch.ledger.simplify(f"{file.key(owner)}#compensation", "bpmn_compensation")
                sketch.ledger.simplify(file.key(owner), "bpmn_compensation")
            elif facet == "nonInterrupting" and kind(owner) == "startEvent":
                sketch.ledger.simplify(f"{file.key(owner)}#nonInterrupting", "bpmn_beside_note")


def _performers(file: BpmnFile, sketch: Sketch, place: Place | None, owner: Element) -> None:
    names = []
    for one in children(owner, *PERFORMERS):
        who = words(one.get("name")) or words("".join(one.itertext()))
        names += [who] if who else []
    if place is not None and names:
        place.notes.append(f"Performed by: {', '.join(names)}.")
        place.role = place.role or names[0]
    sketch.ledger.simplify(f"{file.key(owner)}#performer", "bpmn_performer")

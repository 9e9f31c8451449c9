"""Subprocesses opened: what lies inside takes the place of the box, and the case goes in and comes out where it did.

The box stays as a place to go in, a second place to come out is put behind it; both are folded away where they can be.
"""

import networkx as nx

from process_models.exchange.bpmn_file import kind
from process_models.exchange.bpmn_patterns import ALWAYS, NEVER, drawn, kind_of
from process_models.exchange.bpmn_words import SUBS
from process_models.exchange.sketch import THROUGH, Place, Sketch
from process_models.graph.steps import Kind

BOXES = SUBS | {"subChoreography"}


def open_boxes(sketch: Sketch) -> None:
    """Open every subprocess that has content, the outer ones first."""
    boxes = drawn(sketch, BOXES)
    for box in boxes:
        if box.element is not None and box.element.get("triggeredByEvent") == "true":
            _on_event(sketch, box)
    for box in boxes:
        if inside := sketch.within(box.key):
            _open(sketch, box, inside)


def _open(sketch: Sketch, box: Place, inside: list[Place]) -> None:
    ledger = sketch.ledger
    ledger.simplify(
        box.key, {"transaction": "bpmn_transaction", "adHocSubProcess": "bpmn_ad_hoc"}.get(kind_of(box), "bpmn_opened")
    )
    out = sketch.insert(f"{box.key}-done", THROUGH, box)
    for way in sketch.out(box):
        sketch.begin_at(way, out)
    box.kind = THROUGH
    parts = _parts(sketch, inside)
    if kind_of(box) == "adHocSubProcess":
        _in_a_row(sketch, box, out, parts)
    else:
        _side_by_side(sketch, box, out, parts)
    box.name = ""


def _takes_part(place: Place) -> bool:
    element = place.element
    if element is None:
        return True
    aside = element.get("isForCompensation") == "true" or element.get("triggeredByEvent") == "true"
    return not aside and kind(element) not in ("boundaryEvent",)


Part = tuple[list[Place], list[Place]]
"""Where a part of the inside begins and where it ends."""


def _parts(sketch: Sketch, inside: list[Place]) -> list[Part]:
    """Return the parts of the inside that no way joins, in the order of the file."""
    net: nx.Graph[str] = nx.Graph()
    net.add_nodes_from(place.key for place in inside)
    net.add_edges_from((way.source, way.target) for place in inside for way in sketch.out(place) if way.target in net)
    parts = []
    for keys in nx.connected_components(net):
        places = [place for place in inside if place.key in keys]
        sources = [place for place in places if not sketch.into(place)]
        starts = [place for place in sources or places[:1] if _takes_part(place)]
        if starts:
            parts.append((starts, [p for p in places if _takes_part(p) and not sketch.out(p)]))
    return parts


def _in_a_row(sketch: Sketch, box: Place, out: Place, parts: list[Part]) -> None:
    here = box
    for n, (starts, ends) in enumerate(parts, 1):
        there = out if n == len(parts) else sketch.insert(f"{box.key}-then", THROUGH, box)
        _lead_through(sketch, here, starts, ends, there)
        here = there


def _side_by_side(sketch: Sketch, box: Place, out: Place, parts: list[Part]) -> None:
    """Lead in and out; parts without a way between them are done in parallel, unless events choose among them."""
    chosen = all(place.kind is Kind.START for starts, _ in parts for place in starts)
    if len(parts) > 1 and not chosen:
        box.kind, out.kind = Kind.FORK, Kind.JOIN
        for starts, ends in parts:
            one = sketch.insert(f"{box.key}-part", THROUGH, box)
            done = sketch.insert(f"{box.key}-part-done", THROUGH, box)
            sketch.lead(box, one)
            _lead_through(sketch, one, starts, ends, done)
            sketch.lead(done, out)
        return
    for starts, ends in parts:
        _lead_through(sketch, box, starts, ends, out)
    if len(parts) > 1:
        box.kind = Kind.CHOICE


def _lead_through(sketch: Sketch, here: Place, starts: list[Place], ends: list[Place], there: Place) -> None:
    for place in starts:
        sketch.lead(here, place)
        if place.kind is Kind.START:
            _pass(sketch, place)
    for place in ends:
        if place.kind is Kind.END:
            _pass(sketch, place)
        sketch.lead(place, there)
    if len(starts) > 1 and here.kind == THROUGH:
        here.kind = Kind.CHOICE if all(place.kind == THROUGH for place in starts) else Kind.FORK


def _pass(sketch: Sketch, place: Place) -> None:
    place.kind = THROUGH
    sketch.ledger.simplify(place.key, "bpmn_inner_end")


def _on_event(sketch: Sketch, box: Place) -> None:
    """Let an event subprocess be entered after the start of what it lies in, never until somebody says how often."""
    sketch.ledger.simplify(box.key, "bpmn_event_box")
    starts = [p for p in sketch.within(box.scope) if p.kind is Kind.START and sketch.out(p)]
    if len(starts) != 1:
        return
    normal = starts[0].key + "-whether"
    choice = sketch.places.get(normal)
    if choice is None:
        choice = sketch.after(starts[0], Kind.CHOICE, normal, "Does something else happen?")
        for way in sketch.out(choice):
            way.weight = ALWAYS
    sketch.lead(choice, box, weight=NEVER).label = box.name

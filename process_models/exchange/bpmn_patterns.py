"""What BPMN says by drawing and a step graph by steps: links, splits without gateway, loops, events at the border.

Each function looks for one pattern and writes it out; the order in which they run is that of :data:`PATTERNS`.
"""

from collections.abc import Callable
from decimal import Decimal
from xml.etree.ElementTree import Element

from process_models.exchange.bpmn_file import BpmnFile, children, events, kind, words
from process_models.exchange.bpmn_words import ACTIVITIES, EVENTS, TASKS
from process_models.exchange.sketch import THROUGH, Place, Sketch, Way
from process_models.graph.steps import Kind

NEVER, ALWAYS = Decimal(0), Decimal(1)
Pattern = Callable[[BpmnFile, Sketch], None]


def drawn(sketch: Sketch, names: frozenset[str]) -> list[Place]:
    """Return the places of some kinds of element that do not carry our own annotations."""
    found = []
    for place in list(sketch.places.values()):
        if place.element is not None and not place.whole and kind(place.element) in names:
            found.append(place)
    return found


def join_links(file: BpmnFile, sketch: Sketch) -> None:
    """Lead every link that is thrown to where it is caught."""
    caught: dict[str, Place] = {}
    for place in drawn(sketch, frozenset({"intermediateCatchEvent"})):
        if (name := _link(file, place)) is not None:
            caught.setdefault(name, place)
    for place in drawn(sketch, frozenset({"intermediateThrowEvent"})):
        if (name := _link(file, place)) in caught and name is not None:
            sketch.lead(place, caught[name]).of = []
            for end in (place, caught[name]):
                sketch.ledger.simplify(end.key, "bpmn_link")
    for place in drawn(sketch, frozenset({"intermediateCatchEvent", "intermediateThrowEvent"})):
        if _link(file, place) is not None and not (sketch.into(place) and sketch.out(place)):
            sketch.ledger.simplify(place.key, "bpmn_link_alone")


def _link(file: BpmnFile, place: Place) -> str | None:
    assert place.element is not None
    for name, definition in events(file, place.element):
        if name == "link":
            return words(definition.get("name")) or place.name
    return None


def split_openly(_file: BpmnFile, sketch: Sketch) -> None:
    """Put in the fork (or, with conditions, the inclusive gateway) that several ways out of a task mean."""
    for place in drawn(sketch, ACTIVITIES | EVENTS):
        ways = sketch.out(place)
        if len(ways) < 2:
            continue
        asked = any(way.fields.get("condition") or way.fields.get("default") for way in ways)
        if asked:
            sketch.after(place, Kind.INCLUSIVE, f"{place.key}-which")
        else:
            sketch.after(place, Kind.FORK, f"{place.key}-fork")
        sketch.ledger.simplify(place.key, "bpmn_implicit_conditions" if asked else "bpmn_implicit_split")


def repeat(_file: BpmnFile, sketch: Sketch) -> None:
    """Write loops out as a way back; what is done for each of several items is noted."""
    tasks = drawn(sketch, ACTIVITIES)
    looped = [place for place in tasks if _has(place, "standardLoopCharacteristics")]
    artefact = len(looped) > 1 and len(looped) == len([p for p in tasks if kind_of(p) in TASKS])
    for place in looped:
        key = f"{place.key}#loop"
        if artefact:
            sketch.ledger.simplify(key, "bpmn_loop_artefact")
            continue
        again = sketch.after(place, Kind.CHOICE, f"{place.key}-again", "Once more?")
        _weigh(sketch.out(again), ALWAYS)
        back = sketch.lead(again, place, weight=NEVER)
        back.label = "once more"
        sketch.ledger.simplify(key, "bpmn_loop")
    for place in tasks:
        for loop in children(place.element, "multiInstanceLoopCharacteristics") if place.element is not None else ():
            how = "one after the other" if loop.get("isSequential") == "true" else "at the same time"
            place.notes.append(f"Done for each of several items, {how}.")
            sketch.ledger.simplify(f"{place.key}#multiInstance", "bpmn_multi", how=how)


def _has(place: Place, name: str) -> bool:
    return place.element is not None and bool(children(place.element, name))


def kind_of(place: Place) -> str:
    """Return the kind of element a place was made of, empty for one put in."""
    return kind(place.element) if place.element is not None else ""


def _weigh(ways: list[Way], weight: Decimal) -> None:
    for way in ways:
        way.weight = weight


def border_events(file: BpmnFile, sketch: Sketch) -> None:
    """Lead events at the border of work out of a choice after it; those beside it into parallel work."""
    by_host: dict[str, list[Place]] = {}
    for event in drawn(sketch, frozenset({"boundaryEvent"})):
        if (host := _host(file, sketch, event)) is not None:
            by_host.setdefault(host.key, []).append(event)
    for key, found in by_host.items():
        _at_border(file, sketch, sketch.places[key], found)


def _host(file: BpmnFile, sketch: Sketch, event: Place) -> Place | None:
    assert event.element is not None
    host = file.found(event.element.get("attachedToRef"))
    place = sketch.places.get(file.key(host)) if host is not None else None
    if place is None or place is event or kind_of(place) not in ACTIVITIES:
        sketch.ledger.simplify(event.key, "bpmn_unattached")
        return None
    return place


def _at_border(file: BpmnFile, sketch: Sketch, host: Place, found: list[Place]) -> None:
    instead = []
    for event in found:
        if not _kept_as_note(file, sketch, host, event):
            aside = event.element is not None and event.element.get("cancelActivity") == "false"
            if not aside:
                sketch.ledger.simplify(event.key, "bpmn_boundary")
            if not aside or not _beside(sketch, host, event):
                instead.append(event)
    events_out = [event for event in instead if not sketch.into(event)]
    if events_out:
        _outcome(sketch, host, events_out)


def _kept_as_note(file: BpmnFile, sketch: Sketch, host: Place, event: Place) -> bool:
    """Note an event that leads nowhere, or calls for undoing, on the work it belongs to."""
    assert event.element is not None
    undo = any(name == "compensate" for name, _ in events(file, event.element))
    if event.element.get("cancelActivity") == "false":
        sketch.ledger.simplify(f"{event.key}#nonInterrupting", "bpmn_beside_note")
    if sketch.out(event):
        return False
    what = event.name or ", ".join(name for name, _ in events(file, event.element)) or "an event"
    host.notes.append(f"May be met by: {what}.")
    host.of += event.of
    for way in sketch.into(event):
        sketch.end_at(way, host)
        way.of += event.of
    del sketch.places[event.key]
    sketch.ledger.simplify(event.key, "bpmn_undo" if undo else "bpmn_boundary_note", host=host.name or host.key)
    return True


def _outcome(sketch: Sketch, host: Place, found: list[Place]) -> None:
    choice = sketch.after(host, Kind.CHOICE, f"{host.key}-outcome", "How did it end?")
    if not sketch.out(choice):
        end = sketch.insert(f"{host.key}-end", Kind.END, host)
        sketch.lead(choice, end)
    _weigh(sketch.out(choice), ALWAYS)
    for event in found:
        sketch.lead(choice, event, weight=NEVER)


def _beside(sketch: Sketch, host: Place, event: Place) -> bool:
    """Write what happens beside work as parallel work, where it keeps to itself; say whether it does."""
    apart = sketch.reached([event])
    if host.key in apart or apart & sketch.reached(sketch.places[way.target] for way in sketch.out(host)):
        sketch.ledger.simplify(event.key, "bpmn_beside_instead")
        return False
    fork = sketch.before(host, Kind.FORK, f"{host.key}-beside")
    join = sketch.after(host, Kind.JOIN, f"{host.key}-both")
    guard = sketch.insert(f"{event.key}-whether", Kind.CHOICE, host, "Does it happen?")
    done = sketch.insert(f"{event.key}-done", THROUGH, host)
    sketch.lead(fork, guard)
    sketch.lead(guard, event, weight=NEVER)
    sketch.lead(guard, done, weight=ALWAYS).label = "no"
    sketch.lead(done, join)
    for place in [sketch.places[key] for key in sorted(apart)]:
        if not sketch.out(place) and place.scope == event.scope:
            place.kind = THROUGH if place.kind is Kind.END else place.kind
            sketch.lead(place, done)
    sketch.ledger.simplify(event.key, "bpmn_beside")
    return True


def thrown_inside(file: BpmnFile, sketch: Sketch) -> None:
    """Lead an end with an error, escalation or cancellation to the event at the border that catches it."""
    for event in drawn(sketch, frozenset({"boundaryEvent"})):
        assert event.element is not None
        host = file.found(event.element.get("attachedToRef"))
        caught = dict(events(file, event.element))
        if host is None or not sketch.out(event) or event.element.get("cancelActivity") == "false":
            continue
        for end in sketch.within(file.key(host)):
            if end.kind is Kind.END and end.element is not None and _matches(file, end, caught):
                end.kind = THROUGH
                sketch.lead(end, event)
                sketch.ledger.simplify(end.key, "bpmn_thrown")
                sketch.ledger.simplify(event.key, "bpmn_caught")


def _matches(file: BpmnFile, end: Place, caught: dict[str, Element]) -> bool:
    assert end.element is not None
    for name, one in events(file, end.element):
        other = caught.get(name)
        if name in ("error", "escalation", "cancel") and other is not None:
            wanted = other.get(f"{name}Ref")
            return wanted is None or wanted == one.get(f"{name}Ref")
    return False


PATTERNS: tuple[Pattern, ...] = (join_links, split_openly, repeat, thrown_inside, border_events)

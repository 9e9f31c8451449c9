"""Which kind of step each flow node of BPMN becomes: one place per node, the sentence where something is simplified."""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from process_models.exchange.bpmn_file import BpmnFile, children, events, kind, said, words
from process_models.exchange.bpmn_words import AUTOMATIC, CHOREOGRAPHY, SCOPES, SUBS
from process_models.exchange.sketch import THROUGH, Place, Sketch
from process_models.graph.steps import Kind, Timing
from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.distributions import Fixed
from process_models.values.provenance import Provenance

DURATION = re.compile(
    r"(?:R\d*/)?P(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?(?:T(?:(?P<H>\d+)H)?(?:(?P<M>\d+)M)?(?:(?P<S>\d+)(?:\.\d+)?S)?)?"
)
UNITS = {"W": 7 * DAY, "D": DAY, "H": HOUR, "M": MINUTE, "S": 1000}
PLAIN_NAMES = {
    Kind.START: "Start",
    Kind.END: "End",
    Kind.WORK: "(unnamed)",
    Kind.WAIT: "Wait",
    Kind.CHOICE: "Which way?",
    Kind.FORK: "In parallel",
    Kind.JOIN: "All done",
    Kind.INCLUSIVE: "Which ways?",
}
"""What a step is called whose element has no name."""


def place_nodes(file: BpmnFile, sketch: Sketch) -> None:
    """Make a place for every flow node, wherever it stands."""
    for element in file.everywhere:
        scope = file.above(element, SCOPES)
        place = sketch.add(Place(file.key(element), THROUGH, file.key(scope) if scope is not None else "", element))
        place.of = [place.key]
        place.name = words(element.get("name"))
        if scope is None or kind(file.parent[element]) not in SCOPES:
            sketch.ledger.simplify(place.key, "bpmn_misplaced")
        if note := said(element, "documentation"):
            place.notes.append(note)


def give_kinds(file: BpmnFile, sketch: Sketch) -> None:
    """Say of every place what it does to a case; gateways need the ways to be known."""
    for place in list(sketch.places.values()):
        if place.element is not None and not place.whole and place.key in sketch.places:
            KINDS.get(kind(place.element), _work)(file, sketch, place)


Naming = Callable[[BpmnFile, Sketch, Place], None]


def _work(file: BpmnFile, sketch: Sketch, place: Place) -> None:
    name = kind(_element(place))
    place.kind = Kind.WORK
    if name in AUTOMATIC:
        place.fields["automation"] = "automatic"
    if name in CHOREOGRAPHY:
        sketch.ledger.simplify(place.key, "bpmn_choreography")
        first = file.found(_element(place).get("initiatingParticipantRef"))
        place.role = words(first.get("name")) if first is not None else ""


def _call(file: BpmnFile, _sketch: Sketch, place: Place) -> None:
    place.kind = Kind.WORK
    if called := _element(place).get("calledElement"):
        there = file.found(called) is not None
        place.notes.append(f"Calls the process {called}, which is {'also' if there else 'not'} in the file.")


def _receive(_file: BpmnFile, _sketch: Sketch, place: Place) -> None:
    place.kind = Kind.WAIT


def _subprocess(_file: BpmnFile, _sketch: Sketch, place: Place) -> None:
    """Leave what has content to be opened; an empty one is work whose detail is elsewhere."""
    place.kind = Kind.WORK


def _start(file: BpmnFile, sketch: Sketch, place: Place) -> None:
    place.kind = Kind.START
    if names := _triggers(file, place):
        place.notes.append(f"Begins with: {names}.")
        sketch.ledger.simplify(place.key, "bpmn_start_trigger", trigger=names)


def _end(file: BpmnFile, sketch: Sketch, place: Place) -> None:
    place.kind = Kind.END
    names = _triggers(file, place)
    if names == "terminate":
        sketch.ledger.simplify(place.key, "bpmn_end_terminate")
    elif names:
        place.notes.append(f"Ends with: {names}.")
        sketch.ledger.simplify(place.key, "bpmn_end_trigger", trigger=names)


def _catch(file: BpmnFile, sketch: Sketch, place: Place) -> None:
    """Make a wait; a timer that gives a length has that time."""
    place.kind = Kind.WAIT
    for name, definition in events(file, _element(place)):
        if name == "timer":
            _timer(sketch, place, definition)
        elif name == "link":
            place.kind = THROUGH


def _timer(sketch: Sketch, place: Place, definition: Element) -> None:
    given = said(definition, "timeDuration", "timeDate", "timeCycle")
    ms = duration(said(definition, "timeDuration") or said(definition, "timeCycle"))
    if ms is not None:
        place.fields["time"] = Timing(Fixed(ms), Provenance("imported", "D", f"BPMN timer {given}"[:200]))
    elif given:
        place.notes.append(f"Timer: {given}.")
        sketch.ledger.simplify(place.key, "bpmn_timer_note", timer=given[:200])


def _throw(file: BpmnFile, sketch: Sketch, place: Place) -> None:
    """Make a step that takes no time; one half of a link only leads to the other."""
    names = _triggers(file, place)
    place.kind = THROUGH if names == "link" else Kind.WORK
    if place.kind is Kind.WORK:
        place.fields["time"] = Timing(Fixed(0), Provenance("imported", "D", "BPMN event, takes no time"))
        place.fields["automation"] = "automatic"
        sketch.ledger.simplify(place.key, "bpmn_throw", trigger=names or "none")


def _boundary(_file: BpmnFile, _sketch: Sketch, place: Place) -> None:
    place.kind = THROUGH


def _exclusive(_file: BpmnFile, sketch: Sketch, place: Place) -> None:
    """Make a choice; what only brings ways together is needed where it says something."""
    if len(sketch.out(place)) > 1 or (len(sketch.into(place)) > 1 and _speaks(place)):
        place.kind = Kind.CHOICE
    if len(sketch.out(place)) <= 1:
        _merge(sketch, place)


def _speaks(place: Place) -> bool:
    return bool(place.name) or any(len(child) for child in children(_element(place), "extensionElements"))


def _merge(sketch: Sketch, place: Place) -> None:
    several = len(sketch.into(place)) > 1
    sketch.ledger.simplify(place.key, "bpmn_merge" if several else "bpmn_pass_through")


def _parallel(_file: BpmnFile, sketch: Sketch, place: Place) -> None:
    """Make a fork, a join, or both one after the other."""
    ins, outs = len(sketch.into(place)), len(sketch.out(place))
    if ins > 1 and outs > 1:
        place.kind = Kind.JOIN
        fork = sketch.after(place, Kind.FORK, f"{place.key}-fork", place.name)
        fork.of = []
        sketch.ledger.simplify(place.key, "bpmn_join_and_fork")
    elif ins > 1:
        place.kind = Kind.JOIN
    elif outs > 1:
        place.kind = Kind.FORK
    else:
        sketch.ledger.simplify(place.key, "bpmn_pass_through")


def _inclusive(_file: BpmnFile, sketch: Sketch, place: Place) -> None:
    if len(sketch.into(place)) > 1 or len(sketch.out(place)) > 1:
        place.kind = Kind.INCLUSIVE
    else:
        sketch.ledger.simplify(place.key, "bpmn_pass_through")


def _complex(file: BpmnFile, sketch: Sketch, place: Place) -> None:
    _inclusive(file, sketch, place)
    rule = said(_element(place), "activationCondition")
    place.notes += [f"Rule: {rule}"] if rule else []
    sketch.ledger.simplify(place.key, "bpmn_complex")


def _event_based(_file: BpmnFile, sketch: Sketch, place: Place) -> None:
    """Make a choice of what happens first; the parallel kind waits for all."""
    several = len(sketch.out(place)) > 1
    if several and _element(place).get("eventGatewayType") == "Parallel":
        place.kind = Kind.FORK
        sketch.ledger.simplify(place.key, "bpmn_events_parallel")
    elif several:
        place.kind = Kind.CHOICE
        place.name = place.name or "What happens first?"
        sketch.ledger.simplify(place.key, "bpmn_race")
    else:
        sketch.ledger.simplify(place.key, "bpmn_pass_through")


KINDS: dict[str, Naming] = {
    "receiveTask": _receive,
    "callActivity": _call,
    **dict.fromkeys(SUBS, _subprocess),
    "startEvent": _start,
    "endEvent": _end,
    "intermediateCatchEvent": _catch,
    "intermediateThrowEvent": _throw,
    "implicitThrowEvent": _throw,
    "boundaryEvent": _boundary,
    "exclusiveGateway": _exclusive,
    "parallelGateway": _parallel,
    "inclusiveGateway": _inclusive,
    "complexGateway": _complex,
    "eventBasedGateway": _event_based,
}
"""How each kind of flow node is taken; whatever is not named is work."""


def _element(place: Place) -> Element:
    assert place.element is not None
    return place.element


def _triggers(file: BpmnFile, place: Place) -> str:
    return ", ".join(name for name, _ in events(file, _element(place)))


def duration(text: str) -> int | None:
    """Return an ISO 8601 duration (or the span of a cycle) in ms; None where it is another thing.

    >>> duration("P1DT2H"), duration("R3/PT10M"), duration("2024-01-01T00:00:00Z"), duration("P")
    (93600000, 600000, None, None)
    """
    found = DURATION.fullmatch(text.strip())
    parts = {unit: int(n) for unit, n in found.groupdict().items() if n} if found else {}
    total = sum(n * UNITS[unit] for unit, n in parts.items())
    return total if parts and total < 2**53 else None

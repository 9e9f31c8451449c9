"""A step graph from a BPMN 2.0 file, with an account of every element: kept, simplified and how, dropped and why."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from process_models.exchange.account import Account, Entry
from process_models.exchange.bpmn_beside import Beside, kept_beside
from process_models.exchange.bpmn_file import BpmnFile, kind, reference, said, words
from process_models.exchange.bpmn_inside import open_boxes
from process_models.exchange.bpmn_notes import give_roles, note_artifacts, note_data, note_facets, note_messages
from process_models.exchange.bpmn_parts import Part, parts_of, take
from process_models.exchange.bpmn_patterns import PATTERNS
from process_models.exchange.bpmn_places import PLAIN_NAMES, give_kinds, place_nodes
from process_models.exchange.bpmn_shares import tell_times, weigh
from process_models.exchange.bpmn_times import read_times
from process_models.exchange.ours import own_roles, read_annotations, read_flows, whole_graph
from process_models.exchange.simulation_beside import data_in
from process_models.exchange.simulation_data import SimulationData
from process_models.exchange.sketch import THROUGH, Place, Sketch, Way
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step
from process_models.values.document import SLUG, slug
from process_models.values.fractions import Fraction, fraction, shares_of
from process_models.values.sentences import say

GATHERING = (Kind.JOIN, Kind.INCLUSIVE)
SEVERAL = (Kind.FORK, Kind.INCLUSIVE)
NAME_LENGTH = 2000


Stands = dict[str, tuple[str, ...]]
"""Elements of the file by the step or flow they stand in."""


class Imported(Struct, frozen=True):
    """A graph brought in, and what became of its file."""

    graph: StepGraph
    account: Account
    of_steps: Stands
    """Which elements of the file stand in each step."""
    of_flows: Stands
    """Which stand in each flow; a step and a flow may have the same id."""
    layout: dict[str, Any] = {}
    beside: Beside = {}
    """What the graph does not hold, but a BPMN file of it shall again."""
    parts: tuple[Part, ...] = ()
    """What the file draws apart from each other, if only one of it was not asked for."""
    simulation: SimulationData | None = None
    """People, hours, times and arrivals that the file says for a simulation; not put on the graph yet."""

    @property
    def report(self) -> dict[str, Any]:
        """The account as a graph file carries it: each element, what became of it, and where it stands."""
        entries = (
            {"id": e.id, "type": e.type, "name": e.name, "became": e.became, "reason": e.reason, "in": list(e.steps)}
            for e in self.account.entries
        )
        remarks = [say(one) for one in (self.account.summary, *self.account.remarks)]
        parts = [{"id": p.id, "name": p.name, "starts": list(p.starts), "steps": p.steps} for p in self.parts]
        return {
            "source": "BPMN 2.0",
            "remarks": remarks,
            "elements": list(entries),
            "parts": parts,
            "beside": self.beside,
        }


def import_bpmn(data: bytes, name: str = "", only: str = "") -> Imported:
    """Return the step graph that a BPMN file draws: all of it, or one part, called by its process, pool or start.

    Raises ModelError with the reason where the file is not read: no XML, no BPMN, not safe, or no such part.
    """
    file = BpmnFile(data)
    sketch = Sketch()
    _draw(file, sketch)
    ways = {way.key: way for way in sketch.ways.values()}
    weigh(file, ways)
    read_times(file, sketch, name)
    simulated = tell_times(file, sketch)
    for pattern in PATTERNS:
        pattern(file, sketch)
    open_boxes(sketch)
    _fold_all(sketch)
    _begin_and_end(sketch)
    parts = parts_of(file, sketch)
    title = take(file, sketch, only).name[:120] if only else _title(file)
    if len(parts) > 1 and not only:
        sketch.ledger.remark("bpmn_several_parts", parts=len(parts))
    beside = data_in(file) if simulated else None
    return replace(_finished(file, sketch, title or name or "Process"), parts=parts, simulation=beside)


def _draw(file: BpmnFile, sketch: Sketch) -> None:
    """Put in all nodes and flows, and what stands beside them."""
    place_nodes(file, sketch)
    _lead_flows(file, sketch)
    read_flows(sketch, file)
    read_annotations(sketch)
    give_kinds(file, sketch)
    give_roles(file, sketch)
    own_roles(file, sketch)
    for note in (note_messages, note_data, note_artifacts, note_facets):
        note(file, sketch)
    if file.recovered:
        sketch.ledger.remark("bpmn_encoding", encoding=file.recovered)


def _lead_flows(file: BpmnFile, sketch: Sketch) -> None:
    chosen = {reference(one.get("default") or "") for one in file.everywhere if one.get("default")}
    for flow in file.all("sequenceFlow"):
        key = file.key(flow)
        ends = [_end_of(file, sketch, flow.get(name)) for name in ("sourceRef", "targetRef")]
        source, target = ends
        if source is None or target is None:
            sketch.ledger.drop(key, "bpmn_flow_without_end")
            continue
        way = sketch.lead(source, target, key)
        way.of = [key]
        way.fields["condition"] = said(flow, "conditionExpression").replace("\n", " ")
        way.fields["default"] = flow.get("id") in chosen
        way.label = words(flow.get("name")) or way.fields["condition"]
        if source.scope != target.scope:
            sketch.ledger.simplify(key, "bpmn_across")
    for one in file.everywhere:
        if one.get("default") and file.found(one.get("default")) is None:
            sketch.ledger.simplify(f"{file.key(one)}#default", "bpmn_default_lost")


def _end_of(file: BpmnFile, sketch: Sketch, text: str | None) -> Place | None:
    element = file.found(text)
    return sketch.places.get(file.key(element)) if element is not None else None


def _fold_all(sketch: Sketch) -> None:
    """Fold what only passes cases on; keep it as a choice where folding would change what a join waits for."""
    for place in [one for one in sketch.places.values() if one.kind == THROUGH]:
        into, out = sketch.into(place), sketch.out(place)
        if not into or not out:
            place.kind = Kind.START if out else Kind.END if into else Kind.CHOICE
        elif len(out) == 1 and _foldable(sketch, place, out[0]):
            sketch.fold(place)
        else:
            place.kind = Kind.CHOICE


def _foldable(sketch: Sketch, place: Place, on: Way) -> bool:
    gathers = sketch.places[on.target].kind in GATHERING and len(sketch.into(place)) > 1
    return on.target != place.key and not gathers


def _begin_and_end(sketch: Sketch) -> None:
    """Put a start before what nothing leads to, an end behind what leads nowhere."""
    for place in list(sketch.places.values()):
        if place.whole or _undoes(place):
            continue
        if not sketch.into(place) and place.kind is not Kind.START:
            sketch.lead(sketch.insert(f"{place.key}-start", Kind.START, place), place)
            _remark(sketch, place, "bpmn_implicit_start")
        if not sketch.out(place) and place.kind is not Kind.END:
            sketch.lead(place, sketch.insert(f"{place.key}-end", Kind.END, place))
            _remark(sketch, place, "bpmn_implicit_end")


def _undoes(place: Place) -> bool:
    return place.element is not None and place.element.get("isForCompensation") == "true"


def _remark(sketch: Sketch, place: Place, id: str) -> None:
    if place.element is not None:
        sketch.ledger.simplify(place.key, id)


def _finished(file: BpmnFile, sketch: Sketch, title: str) -> Imported:
    """Make the values: ids that are slugs, shares that add up, the account."""
    ids, flow_ids = _ids(sketch.places), _ids(sketch.ways)
    steps = tuple(_step(place, ids[place.key]) for place in sketch.places.values())
    shares = _shares(sketch)
    flows = tuple(_flow(way, flow_ids[way.key], ids, shares[way.key]) for way in sketch.ways.values())
    graph = StepGraph(id=slug(title), name=title, steps=steps, flows=flows)
    graph = whole_graph(file, sketch, graph, ids, flow_ids)
    of_steps = {ids[place.key]: tuple(dict.fromkeys(place.of)) for place in sketch.places.values()}
    of_flows = {flow_ids[way.key]: tuple(dict.fromkeys(way.of)) for way in sketch.ways.values()}
    if not steps:
        sketch.ledger.remark("bpmn_no_steps")
    beside = kept_beside(file, sketch, graph, ids, flow_ids)
    account = _account(file, sketch, (*of_steps.items(), *of_flows.items()))
    return Imported(graph, account, of_steps, of_flows, _layout(file, sketch, ids), beside=beside)


def _ids(things: dict[str, Any]) -> dict[str, str]:
    """Return an id for each thing: the file's own where it can be one, else one made from it."""
    out = {key: thing.id or key for key, thing in things.items() if SLUG.fullmatch(thing.id or key)}
    taken = set(out.values())
    if len(taken) < len(out):
        out = {key: key for key in things if SLUG.fullmatch(key)}
        taken = set(out.values())
    used: dict[str, int] = {}
    for key in things:
        if key not in out:
            out[key] = _free(slug(key), taken, used)
            taken.add(out[key])
    return out


def _free(base: str, taken: set[str], used: dict[str, int]) -> str:
    """Return an id that is not taken; where ``used`` says how far a base was numbered, on from there."""
    id = base
    while id in taken:
        used[base] = used.get(base, 1) + 1
        id = f"{base}-{used[base]}"
    return id


def _step(place: Place, id: str) -> Step:
    assert isinstance(place.kind, Kind)
    if place.step is not None:
        return replace(place.step, id=id, role=place.role)
    return Step(
        id=id,
        kind=place.kind,
        name=place.name[:NAME_LENGTH] or PLAIN_NAMES[place.kind],
        role=place.role,
        description="\n".join(dict.fromkeys(place.notes)),
        **place.fields,
    )


def _flow(way: Way, id: str, ids: dict[str, str], share: Fraction) -> Flow:
    if way.flow is not None:
        return replace(way.flow, id=id, source=ids[way.source], target=ids[way.target], share=share)
    return Flow(id=id, source=ids[way.source], target=ids[way.target], share=share, label=way.label)


def _shares(sketch: Sketch) -> dict[str, Fraction]:
    out: dict[str, Fraction] = {}
    for place in sketch.places.values():
        ways = sketch.out(place)
        known = [way.weight for way in ways]
        told = {way.key: way.flow.share for way in ways if way.flow is not None}
        if len(told) == len(ways):
            out |= told
        elif place.kind is Kind.FORK or len(ways) == 1:
            out |= {way.key: "1" for way in ways}
        elif place.kind is Kind.INCLUSIVE:
            out |= {way.key: _inclusive_share(way, len(ways)) for way in ways}
        elif ways:
            parts = _parts(known)
            out |= dict(zip((way.key for way in ways), parts, strict=True))
            if any(weight is None for weight in known):
                sketch.ledger.remark("bpmn_shares_assumed", step=place.name or PLAIN_NAMES[Kind(place.kind)])
    return out


def _inclusive_share(way: Way, ways: int) -> Fraction:
    return fraction(min(way.weight, Decimal(1))) if way.weight is not None else shares_of((1,) * ways)[0]


def _parts(known: list[Decimal | None]) -> tuple[Fraction, ...]:
    """Return shares that add up to 1: as known, the rest shared out equally among those not known."""
    told = [weight for weight in known if weight is not None]
    unknown = len(known) - len(told)
    rest = max(Decimal(0), 1 - sum(told))
    weights = [weight if weight is not None else rest / unknown for weight in known]
    if not sum(weights):
        weights = [Decimal(1) for _ in known]
    return shares_of(tuple(int(weight * 10**9) for weight in weights))


def _title(file: BpmnFile) -> str:
    for element in (*file.all("process"), *file.all("collaboration"), *file.all("participant"), file.root):
        if (name := words(element.get("name"))) and (kind(element) != "process" or len(file.of_kind["process"]) == 1):
            return name[:120]
    return ""


def _account(file: BpmnFile, sketch: Sketch, of: Iterable[tuple[str, tuple[str, ...]]]) -> Account:
    stands: dict[str, list[str]] = {}
    for id, keys in of:
        for key in keys:
            stands.setdefault(key, []).append(id)
    names = {file.key(one): words(one.get("name")) for one in file.order if kind(one)}
    entries: list[Entry] = []
    for key, type in file.accountable:
        owner = key if type[:1] != "#" else key.removesuffix(type)
        entries.append(sketch.ledger.entry(key, type, names.get(owner, ""), tuple(stands.get(owner, ()))))
    return Account(tuple(entries), tuple(dict.fromkeys(sketch.ledger.remarks)))


def _layout(file: BpmnFile, sketch: Sketch, ids: dict[str, str]) -> dict[str, Any]:
    """Return where steps stood, where the file shows all that it draws."""
    own = [place for place in sketch.places.values() if place.element is not None]
    if not own or any(place.key not in file.drawn for place in own):
        return {}
    return {"positions": {ids[place.key]: [round(part) for part in file.drawn[place.key]] for place in own}}


def told(imported: Imported) -> dict[str, Any]:
    """Return an import as plain values: steps, flows and the account of the file's elements."""
    graph, account = imported.graph, imported.account
    return {
        "steps": [
            {"id": s.id, "name": s.name, "kind": s.kind.value, "role": s.role, "of": list(imported.of_steps[s.id])}
            for s in graph.steps
        ],
        "flows": [
            {"id": f.id, "source": f.source, "target": f.target, "share": f.share, "of": list(imported.of_flows[f.id])}
            for f in graph.flows
        ],
        "report": {
            "kept": [entry.id for entry in account.of("kept")],
            "simplified": [{"id": entry.id, "reason": entry.reason} for entry in account.of("simplified")],
            "dropped": [{"id": entry.id, "reason": entry.reason} for entry in account.of("dropped")],
        },
    }

"""Files that draw several processes, each with a start of its own: which there are, and taking one of them.

What hangs together by flows is one part. It is called by the pool or process it lies in, or by its start where several
parts lie in one process (some tools draw pools without saying which process is theirs).
"""

from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from msgspec import Struct

from process_models.exchange.bpmn_file import BpmnFile, kind, reference, words
from process_models.exchange.bpmn_words import NODES
from process_models.exchange.sketch import Place, Sketch
from process_models.graph.steps import Kind
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence

PROCESS, LANE = frozenset({"process"}), frozenset({"lane"})


class Part(Struct, frozen=True):
    """What can be taken out of a file as a process of its own."""

    id: str
    """The id of its process, or of its start where it shares the process with others."""
    name: str
    starts: tuple[str, ...]
    """What its starts are called."""
    steps: int
    also: tuple[str, ...] = ()
    """What else it answers to: id and name of its pool, ids of its starts."""


class _Found(Struct):
    part: Part
    keys: set[str]
    process: str


def parts_of(file: BpmnFile, sketch: Sketch) -> tuple[Part, ...]:
    """Return the parts of a file, in its order; what never starts is none."""
    return tuple(one.part for one in _found(file, sketch))


def take(file: BpmnFile, sketch: Sketch, only: str) -> Part:
    """Leave out all but one part and return it; say so of every element that goes with the others.

    Raises ModelError, naming the parts there are, where none is called so.
    """
    found = _found(file, sketch)
    wanted = [one for one in found if only == one.part.id] or [one for one in found if only in one.part.also]
    if not wanted:
        known = ", ".join(f"{one.part.id} ({one.part.name})" for one in found)
        raise ModelError("bpmn_no_such_part", wanted=only[:100], known=known[:2000])
    processes = {one.process for one in wanted}
    keys = set().union(*(one.keys for one in wanted))
    started = set().union(*(one.keys for one in found))
    keys |= {key for key, place in sketch.places.items() if key not in started and _process(file, place) in processes}
    _leave(file, sketch, keys, processes)
    return wanted[0].part


def _found(file: BpmnFile, sketch: Sketch) -> list[_Found]:
    groups = [group for group in _hanging(sketch) if any(sketch.places[key].kind is Kind.START for key in group)]
    homes = [next((home for key in group if (home := _process(file, sketch.places[key]))), "") for group in groups]
    shared, pools = Counter(homes), _pools(file)
    return [
        _named(file, sketch, group, home, shared[home], pools.get(home, []))
        for group, home in zip(groups, homes, strict=True)
    ]


def _pools(file: BpmnFile) -> dict[str, list[Element]]:
    """Return the pools of each process."""
    pools: dict[str, list[Element]] = {}
    for one in file.all("participant"):
        pools.setdefault(reference(one.get("processRef") or ""), []).append(one)
    return pools


def _hanging(sketch: Sketch) -> list[list[str]]:
    """Return the places that hang together by ways, in the order of the file."""
    beside: dict[str, list[str]] = {key: [] for key in sketch.places}
    for way in sketch.ways.values():
        beside[way.source].append(way.target)
        beside[way.target].append(way.source)
    seen: set[str] = set()
    out: list[list[str]] = []
    for first in sketch.places:
        if first not in seen:
            seen.add(first)
            out.append([first])
            for key in out[-1]:
                more = [other for other in dict.fromkeys(beside[key]) if other not in seen]
                seen.update(more)
                out[-1].extend(more)
    return out


def _named(file: BpmnFile, sketch: Sketch, group: list[str], home: str, in_home: int, pools: list[Element]) -> _Found:
    places = [sketch.places[key] for key in group]
    starts = [place for place in places if place.kind is Kind.START]
    process = file.by_id.get(home)
    names = [words(one.get("name")) for one in (*pools, *([process] if process is not None else []))]
    roles = [place.role for place in places if place.role]
    alone = in_home == 1 and home
    own = [*names, *roles[:1]] if alone else [*roles[:1], *(start.name for start in starts)]
    part = Part(
        id=home if alone else starts[0].key,
        name=next((name for name in own if name), starts[0].name or home or starts[0].key),
        starts=tuple(dict.fromkeys(start.name for start in starts if start.name)),
        steps=len(places),
        also=(*(start.key for start in starts), home, *(one.get("id") or "" for one in pools), *names),
    )
    return _Found(part, set(group), home)


def _process(file: BpmnFile, place: Place) -> str:
    element = place.element if place.element is not None else file.by_id.get(place.scope)
    if element is None:
        return ""
    home = element if kind(element) == "process" else file.above(element, PROCESS)
    return file.key(home) if home is not None else ""


def _leave(file: BpmnFile, sketch: Sketch, keys: set[str], processes: set[str]) -> None:
    for way in [one for one in sketch.ways.values() if one.source not in keys]:
        sketch.remove(way)
    for key in [one for one in sketch.places if one not in keys]:
        del sketch.places[key]
    stands = {id for place in sketch.places.values() for id in place.of}
    stands |= {id for way in sketch.ways.values() for id in way.of}
    gone = {file.key(one) for one in file.order if kind(one) and _goes(file, one, stands, processes)}
    reason = Sentence.of("bpmn_not_taken")
    for key, type in file.accountable:
        if (key if type[:1] != "#" else key.removesuffix(type)) in gone:
            sketch.ledger.reasons[key] = [reason]
            sketch.ledger.lost.add(key)
    sketch.ledger.remark("bpmn_taken", left=len(gone))


def _goes(file: BpmnFile, element: Element, stands: set[str], processes: set[str]) -> bool:
    """Say whether an element goes with the parts that are left out."""
    name = kind(element)
    home = element if name == "process" else file.above(element, PROCESS)
    if home is not None and file.key(home) not in processes:
        return True
    if name == "participant":
        process = file.found(element.get("processRef"))
        return process is not None and file.key(process) not in processes
    if name == "messageFlow":
        return not any(_stands(file, element.get(end), stands) for end in ("sourceRef", "targetRef"))
    if name == "lane":
        named = list(_laned(element))
        return bool(named) and not any(_stands(file, text, stands) for text in named)
    if name in NODES or name == "sequenceFlow":
        return file.key(element) not in stands and not any(child in stands for child in _inside(file, element))
    return False


def _stands(file: BpmnFile, text: str | None, stands: set[str]) -> bool:
    element = file.found(text)
    return element is not None and file.key(element) in stands


def _laned(lane: Element) -> Iterable[str]:
    yield from ((one.text or "").strip() for one in lane.iter() if kind(one) == "flowNodeRef")


def _inside(file: BpmnFile, element: Element) -> Iterable[str]:
    return (file.key(one) for one in element.iter() if one is not element and kind(one) in NODES)

"""A long process in phases: stretches between the steps that every case passes, each drawn as one step.

A phase is cut where no way leads past: all flows but those that lead back go into the next phase by its first step.
Where a process has no such place it is cut by reading order, so that its map always becomes small enough to look at.
"""

from collections import Counter, defaultdict
from decimal import Decimal

from msgspec import Struct

from process_models.graph.graph import StepGraph
from process_models.graph.measures import visits
from process_models.graph.steps import Flow, Kind, Lane, Step
from process_models.values.document import slug
from process_models.values.errors import ModelError
from process_models.values.fractions import shares_of

MOST_VISIBLE = 1500
"""Beyond so many steps a map is drawn in phases by itself."""
MOST_PHASES = 12
MOST_COUNTED = 3000
"""Up to so many steps expected visits are counted for the shares between phases."""
FINE = 10**6


class Phase(Struct, frozen=True):
    """A stretch of a process: its number from 1, its name, its steps in reading order."""

    n: int
    name: str
    steps: tuple[str, ...]

    @property
    def id(self) -> str:
        """Under which it stands in a collapsed graph."""
        return f"phase-{self.n}"


def phases(graph: StepGraph, most: int = MOST_PHASES) -> tuple[Phase, ...]:
    """Return the phases of a process, of about equal size, at most so many."""
    order = graph.reading_order
    if not order:
        return ()
    size = -(-len(order) // most)
    gates = _gates(graph)
    starts = [0]
    for place in range(1, len(order)):
        length = place - starts[-1]
        if (length >= size and order[place] in gates) or length >= 2 * size:
            starts.append(place)
    ends = [*starts[1:], len(order)]
    return tuple(_phase(graph, n, order[a:b]) for n, (a, b) in enumerate(zip(starts, ends, strict=True), 1))


def _phase(graph: StepGraph, n: int, steps: tuple[str, ...]) -> Phase:
    named = [graph.by_id[id].name for id in steps if graph.by_id[id].kind not in (Kind.FORK, Kind.JOIN)]
    first, last = (named or [graph.by_id[steps[0]].name])[0], (named or [graph.by_id[steps[-1]].name])[-1]
    return Phase(n, first if first == last else f"{first} to {last}", steps)


def _gates(graph: StepGraph) -> set[str]:
    """Return the steps past which no flow leads in reading order, flows back aside."""
    order = graph.reading_order
    place = {id: n for n, id in enumerate(order)}
    back = set(graph.backward)
    furthest, gates = 0, set()
    reach: dict[int, int] = defaultdict(int)
    for flow in graph.flows:
        if flow.id not in back:
            reach[place[flow.source]] = max(reach[place[flow.source]], place[flow.target])
    for n, id in enumerate(order):
        if furthest <= n:
            gates.add(id)
        furthest = max(furthest, reach[n])
    return gates


def collapsed(graph: StepGraph, parts: tuple[Phase, ...], opened: frozenset[int] = frozenset()) -> StepGraph:
    """Return the graph with each phase as one step, except those that are opened.

    Shares between phases are those of cases, counted by expected visits; where visits cannot be counted all ways of a
    phase get the same share.
    """
    closed = [part for part in parts if part.n not in opened]
    taken = {id for part in parts if part.n in opened for id in part.steps}
    of = {id: slug(part.id, frozenset(taken)) for part in closed for id in part.steps}
    steps = [step for step in graph.steps if step.id in taken]
    steps += [_as_step(graph, part, of[part.steps[0]]) for part in closed]
    ways: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    counted = _counted(graph)
    for flow in graph.flows:
        source, target = of.get(flow.source, flow.source), of.get(flow.target, flow.target)
        if source != target or flow.source in taken:
            ways[source, target, flow.kind] += counted.get(flow.id, Decimal(1))
    return StepGraph(id=graph.id, name=graph.name, steps=tuple(steps), flows=_flows(steps, ways))


def _as_step(graph: StepGraph, part: Phase, id: str) -> Step:
    lane: Lane = Counter(graph.by_id[step].lane for step in part.steps).most_common(1)[0][0]
    return Step(id=id, kind=Kind.WORK, name=part.name, lane=lane)


def _counted(graph: StepGraph) -> dict[str, Decimal]:
    """Return how many cases take each flow; empty where visits cannot be counted."""
    if len(graph.steps) > MOST_COUNTED:
        return {}
    try:
        often = visits(graph).of
    except ModelError:
        return {}
    return {flow.id: Decimal(str(often.get(flow.source, 0.0))) * Decimal(flow.share) for flow in graph.flows}


def _flows(steps: list[Step], ways: dict[tuple[str, str, str], Decimal]) -> tuple[Flow, ...]:
    kinds = {step.id: step.kind for step in steps}
    out = []
    leaving: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for way in sorted(ways):
        leaving[way[0]].append(way)
    for source, own in leaving.items():
        normal = [way for way in own if way[2] == "normal"]
        weights = [ways[way] for way in normal]
        whole = kinds[source] is Kind.FORK or sum(weights) * FINE < 1
        shares = (
            dict(zip(normal, shares_of(tuple(int(weight * FINE) for weight in weights)), strict=True))
            if normal and not whole
            else {}
        )
        for number, (_, target, kind) in enumerate(own):
            share = shares.get((source, target, kind), "1")
            id = slug(f"{source}-to-{target}-{number}")
            out.append(
                Flow(
                    id=id, source=source, target=target, kind="abandon" if kind == "abandon" else "normal", share=share
                )
            )
    return tuple(out)

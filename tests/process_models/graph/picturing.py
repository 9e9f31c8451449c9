"""The rules that every picture keeps, as one check: flows, lines, labels; and any graphs to try them on."""

from itertools import combinations, pairwise

from hypothesis import strategies as st

from process_models.graph.drawing import Look, texts
from process_models.graph.graph import StepGraph
from process_models.graph.labels import lettered
from process_models.graph.layout import layout
from process_models.graph.routing import POINT, ROUND, TRACK, Box, Routes, plan
from process_models.graph.steps import Flow, Kind, Lane, Step

INSET = {Kind.CHOICE: POINT, Kind.INCLUSIVE: POINT, Kind.START: ROUND, Kind.END: ROUND}
"""How far inside its box the outline of a step may lie."""
WORDS = ("check", "the claim", "book", "surveyor", "answer", "Kostenvoranschlag", "second", "pay", "e-mail", "ask")


@st.composite
def graphs(drawing, most=12):
    """Chains with jumps forward and back, of any kinds, in any lanes, with words at the flows."""
    n = drawing(st.integers(2, most))
    lanes = drawing(st.lists(st.sampled_from(list(Lane)), min_size=n, max_size=n))
    kinds = drawing(st.lists(st.sampled_from(list(Kind)), min_size=n, max_size=n))
    names = drawing(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), min_size=n, max_size=n))
    steps = [
        Step(id=f"s{i}", kind=kind, name=" ".join(words), lane=lane)
        for i, (kind, lane, words) in enumerate(zip(kinds, lanes, names, strict=True))
    ]
    pairs = {(i, i + 1) for i in range(n - 1)}
    pairs |= set(drawing(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=n)))
    said = drawing(st.lists(st.sampled_from(("", "no", "asked again for papers")), min_size=len(pairs)))
    flows = [
        Flow(id=f"f{a}-{b}", source=f"s{a}", target=f"s{b}", share="0.5", label=word)
        for (a, b), word in zip(sorted(pairs), said, strict=False)
    ]
    return StepGraph(id="g", name="Any graph", steps=tuple(steps), flows=tuple(flows))


def check_picture(graph: StepGraph) -> Routes:
    """Assert all rules of a picture, and return it."""
    routes, labels = lettered(plan(graph, layout(graph)), texts(graph, Look()))
    _check_ways(graph, routes)
    _check_parallels(graph, routes)
    for one, two in combinations(routes.boxes.values(), 2):
        assert not one.overlaps(two), "steps stand apart"
    for one, two in combinations(labels, 2):
        assert not one.box.overlaps(two.box), f"labels of {one.flow} and {two.flow}"
    for label in labels:
        lying = [id for id, box in routes.boxes.items() if label.box.overlaps(box)]
        assert not lying, f"the label of {label.flow} lies on {lying}"
        assert not any(label.box.overlaps(band.name) for band in routes.bands), f"{label.flow} on a lane name"
        assert label.box.x >= 0, f"the label of {label.flow} is cut off"
        assert label.box.y >= 0, f"the label of {label.flow} is cut off"
    return routes


def _check_ways(graph: StepGraph, routes: Routes) -> None:
    for flow in graph.flows:
        path = routes.paths[flow.id]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(path)), "flows run level or upright"
        for piece in _pieces(path):
            through = [id for id, box in routes.boxes.items() if _goes_through(piece, _inner(graph, flow, id, box))]
            assert not through, f"{flow.id} runs through {through}"
        for end, point in ((flow.source, path[0]), (flow.target, path[-1])):
            inset = INSET.get(graph.by_id[end].kind, 0)
            assert _from_edge(point, routes.boxes[end]) <= inset + 0.01, f"{flow.id} does not end at {end}"


def _pieces(path):
    return [(a, b) for a, b in pairwise(path) if a != b]


def _inner(graph: StepGraph, flow: Flow, id: str, box: Box) -> Box:
    own = INSET.get(graph.by_id[id].kind, 0) if id in (flow.source, flow.target) else 0
    by = own + 0.5
    return Box(box.x + by, box.y + by, box.width - 2 * by, box.height - 2 * by)


def _goes_through(piece, inner: Box) -> bool:
    (x1, y1), (x2, y2) = piece
    return Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)).overlaps(inner)


def _from_edge(point, box: Box) -> float:
    """Return how far a point lies from the nearest side of a box; far if it is outside."""
    x, y = point
    inside = box.x - 0.01 <= x <= box.x + box.width + 0.01 and box.y - 0.01 <= y <= box.y + box.height + 0.01
    sides = (abs(x - box.x), abs(x - box.x - box.width), abs(y - box.y), abs(y - box.y - box.height))
    return min(sides) if inside else 1e6


def _check_parallels(graph: StepGraph, routes: Routes) -> None:
    """Assert that two flows side by side keep 16 px."""
    for along, across in ((0, 1), (1, 0)):
        pieces = [
            (a[across], min(a[along], b[along]), max(a[along], b[along]), flow.id)
            for flow in graph.flows
            for a, b in _pieces(routes.paths[flow.id])
            if a[across] == b[across]
        ]
        pieces.sort()
        for n, (at, low, high, flow) in enumerate(pieces):
            for other_at, other_low, other_high, other in pieces[n + 1 :]:
                if other_at - at >= TRACK - 0.01:
                    break
                beside = min(high, other_high) - max(low, other_low)
                assert beside <= 1 or flow == other, f"{flow} and {other} run {other_at - at} px apart"


def keeping(before, after, steps: list[str]) -> int:
    """Return how many steps keep lane row and relative column order from one layout to another.

    The order is kept by the largest set of steps in which no step that was further left is now further right.
    """
    same = [id for id in steps if (before[id].lane, before[id].row) == (after[id].lane, after[id].row)]
    columns = [after[id].column for id in sorted(same, key=lambda one: (before[one].column, after[one].column))]
    best: list[int] = []
    for n, column in enumerate(columns):
        best.append(1 + max((best[m] for m in range(n) if columns[m] <= column), default=0))
    return max(best, default=0)

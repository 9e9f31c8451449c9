"""Where the words of flows stand: on the longest straight piece, on nothing else.

A label that finds no free place makes the gap at its flow's source wider, and all are placed anew (:func:`lettered`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from process_models.graph.lettering import cut, width
from process_models.graph.routing import Box, Gap, Plan, Point, Routes, placed

HEIGHT = 18
PADDING = 8
LONGEST = 176
"""Words of a flow are cut at this width, px; the table and the title hold all of them."""
FROM_BEND = 12
STEP = 8.0
TRIES = 30
"""How many places are tried to each side of the middle of a piece."""
ROUNDS = 12
PATIENT = 2
"""For so many rounds a label asks for a place that hides no other flow."""


class Label(Struct, frozen=True):
    """Words at a flow, with the former share struck through before them, and where they stand."""

    flow: str
    old: str
    text: str
    box: Box


class Crowd:
    """Rectangles that can be asked what overlaps them, quickly: each is kept in the squares of 128 px it touches."""

    SIDE = 128

    def __init__(self, boxes: Iterable[Box] = ()) -> None:
        self.squares: dict[tuple[int, int], list[tuple[Box, str]]] = defaultdict(list)
        for box in boxes:
            self.add(box)

    def add(self, box: Box, owner: str = "") -> None:
        """Put a rectangle in; its owner may overlap it."""
        for square in self._touched(box):
            self.squares[square].append((box, owner))

    def overlaps(self, box: Box, clear: float = 0, but: str = "-") -> bool:
        """Say whether anything of another owner overlaps a rectangle."""
        return any(
            owner != but and box.overlaps(other, clear)
            for square in self._touched(box, clear)
            for other, owner in self.squares.get(square, ())
        )

    def _touched(self, box: Box, clear: float = 0) -> Iterator[tuple[int, int]]:
        side = self.SIDE
        for i in range(int((box.x - clear) // side), int((box.x + box.width + clear) // side) + 1):
            for j in range(int((box.y - clear) // side), int((box.y + box.height + clear) // side) + 1):
                yield i, j


def lettered(plan: Plan, texts: dict[str, tuple[str, str]]) -> tuple[Routes, tuple[Label, ...]]:
    """Return the map in px with a place for each label, clear of steps, names of lanes and one another."""
    growth: dict[Gap, float] = {}
    for n in range(ROUNDS):
        routes = placed(plan, growth)
        labels, lost = place_labels(routes, texts, careful=n < PATIENT)
        if not lost:
            break
        for flow in lost:
            first = plan.pieces[flow][0]
            gap: Gap = ("y" if first.axis == "x" else "x", first.start + (1 if first.delta > 0 else -1))
            more = _width(*texts[flow]) / 2 + FROM_BEND if first.axis == "x" else HEIGHT + 4
            growth[gap] = growth.get(gap, 0.0) + more
    return routes, labels


def place_labels(
    routes: Routes, texts: dict[str, tuple[str, str]], careful: bool = False
) -> tuple[tuple[Label, ...], list[str]]:
    """Return a place for each label, and the flows whose label found no free one.

    The best free place is on the flow's longest straight piece, at least 12 px from a bend; then beside it; then on its
    other pieces. A careful label also wants to hide no other flow.
    """
    solid = Crowd([*routes.boxes.values(), *(band.name for band in routes.bands), *routes.notes])
    lines = Crowd()
    for flow, path in routes.paths.items():
        for one, two in pairwise(path):
            lines.add(_line(one, two), flow)
    found: list[Label] = []
    lost: list[str] = []
    for flow in sorted(texts, key=lambda flow: (_length(routes.paths[flow]), flow)):
        old, text = texts[flow]
        box, clear = _best(flow, routes.paths[flow], _width(old, text), solid, lines)
        if box is None or (careful and not clear):
            lost.append(flow)
        box = box or next(_candidates(routes.paths[flow], _width(old, text)))
        solid.add(box)
        found.append(Label(flow, old, cut(text, LONGEST, 12, strong=False), box))
    return tuple(found), lost


def _width(old: str, text: str) -> float:
    return min(width(text), LONGEST) + (width(f"{old} ") if old else 0) + PADDING


def _best(flow: str, path: tuple[Point, ...], width: float, solid: Crowd, lines: Crowd) -> tuple[Box | None, bool]:
    """Return the first free candidate, one that hides no other flow if there is such a one, and whether it does."""
    free = None
    for box in _candidates(path, width):
        if box.x >= 2 and box.y >= 2 and not solid.overlaps(box, 2):
            if not lines.overlaps(box, but=flow):
                return box, True
            free = free or box
    return free, False


def _candidates(path: tuple[Point, ...], width: float) -> Iterator[Box]:
    pieces = sorted(pairwise(path), key=lambda piece: -_length(piece))
    found = False
    for beside in (False, True):
        for one, two in pieces:
            for box in _along(one, two, width, beside):
                found = True
                yield box
    if not found:
        raise AssertionError("beside a piece there is always a place to try")


def _along(one: Point, two: Point, width: float, beside: bool) -> Iterator[Box]:
    """Yield places along a piece from its middle outwards; beside it means above or below, left or right of it."""
    level = one[1] == two[1]
    room = _length((one, two)) / 2 - (0 if beside else FROM_BEND + (width if level else HEIGHT) / 2)
    if room < 0:
        if not beside:
            return
        room = 0
    x, y = (one[0] + two[0]) / 2, (one[1] + two[1]) / 2
    aside = ((HEIGHT / 2 + 3) if level else (width / 2 + 4)) if beside else 0.0
    for n in range(min(TRIES, int(room / STEP)) + 1):
        for way in (n * STEP, -n * STEP) if n else (0.0,):
            for off in (-aside, aside) if beside else (0.0,):
                cx, cy = (x + way, y + off) if level else (x + off, y + way)
                yield Box(cx - width / 2, cy - HEIGHT / 2, width, HEIGHT)


def _length(path: tuple[Point, ...]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(path))


def _line(one: Point, two: Point) -> Box:
    return Box(min(one[0], two[0]) - 1, min(one[1], two[1]) - 1, abs(one[0] - two[0]) + 2, abs(one[1] - two[1]) + 2)

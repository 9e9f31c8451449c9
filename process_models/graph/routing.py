"""How flows run: elbows on an orthogonal grid, with a price on bends and crossings, then parallel lines nudged apart.

After Wybrow, Marriott and Stuckey, *Orthogonal connector routing* (2009), simply: the lines of the grid are the middles
of the columns and rows of steps and of the gaps between them; a flow takes the cheapest way over it, never through a
step; flows that share a line get tracks 16 px apart.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from process_models.graph.graph import StepGraph
from process_models.graph.layout import Layout
from process_models.graph.steps import Kind, Lane

STEP_WIDTH, STEP_HEIGHT, TALL = 128, 74, 90
GAP, TRACK = 42, 16
LINE_LENGTH = 16
"""Letters of a step's name in one line."""
MARGIN = 52
RIGHT = 24
HEAD, FOOT, BETWEEN = 42, 22, 22
BACK_EXTRA = 6
BEND, CROSS, AGAINST = 60.0, 40.0, 25.0
SMALL = {Kind.START: (128, 40), Kind.END: (128, 40), Kind.FORK: (16, 74), Kind.JOIN: (16, 74)}

Point = tuple[float, float]
Node = tuple[int, int]
"""A crossing of the grid: index of the vertical line, index of the horizontal line; odd ones run through steps."""
Axis = Literal["x", "y"]


class Box(Struct, frozen=True):
    """A rectangle on the map, px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: "Box", clear: float = 0) -> bool:
        """Say whether two rectangles come closer than a clearance."""
        return (
            self.x < other.x + other.width + clear
            and other.x < self.x + self.width + clear
            and self.y < other.y + other.height + clear
            and other.y < self.y + self.height + clear
        )


class Band(Struct, frozen=True):
    """A lane on the map."""

    lane: Lane
    top: float
    height: float


class Routes(Struct, frozen=True):
    """The map in px: where steps stand, how flows run, how lanes lie."""

    boxes: dict[str, Box]
    paths: dict[str, tuple[Point, ...]]
    bands: tuple[Band, ...]
    width: float
    height: float


class Piece(Struct):
    """A straight piece of a way: the line it runs on, from one crossing to another."""

    flow: str
    axis: Axis
    """The axis it runs along."""
    line: int
    start: int
    end: int
    track: float = 0.0
    """Offset from the middle of its line, px."""


def size(kind: Kind, name: str) -> tuple[int, int]:
    """Return the width and height of a step: 128 × 74, taller with a name in two lines, small for start and end."""
    return SMALL.get(kind, (STEP_WIDTH, TALL if len(name) > LINE_LENGTH else STEP_HEIGHT))


def route(graph: StepGraph, layout: Layout) -> Routes:
    """Return places and ways for a graph with its layout."""
    if not layout.cells:
        return Routes({}, {}, (), 2.0 * MARGIN, 2.0 * MARGIN)
    grid = Grid(graph, layout)
    ways = grid.ways()
    pieces = {flow: _pieces(flow, way) for flow, way in ways.items()}
    for axis in ("x", "y"):
        _tracks([piece for way in pieces.values() for piece in way if piece.axis == axis], grid)
    return _place(graph, grid, pieces)


class Grid:
    """The crossings flows may use, and what each has already been used for."""

    def __init__(self, graph: StepGraph, layout: Layout) -> None:
        self.graph, self.layout = graph, layout
        first_row, rows = {}, 0
        for lane, count in layout.lanes:
            first_row[lane] = rows
            rows += count
        self.columns, self.rows = layout.columns, rows
        self.cell = {id: (2 * c.column + 1, 2 * (first_row[c.lane] + c.row) + 1) for id, c in layout.cells.items()}
        self.taken = {node: id for id, node in self.cell.items()}
        self.used: dict[tuple[Node, Axis], int] = defaultdict(int)
        self.first_rows = {2 * row for row in first_row.values()}

    def ways(self) -> dict[str, list[Node]]:
        """Return the way of each flow, short ones first so that long ones go round them."""
        back = set(self.graph.backward)
        flows = [f for f in self.graph.flows if f.source != f.target]
        flows.sort(key=lambda f: (f.id in back, self._distance(f.source, f.target), f.id))
        ways = {}
        for flow in flows:
            way = self._cheapest(self.cell[flow.source], self.cell[flow.target], back=flow.id in back)
            ways[flow.id] = way
            for one, two in pairwise(way):
                axis: Axis = "x" if one[1] == two[1] else "y"
                self.used[one, axis] += 1
                self.used[two, axis] += 1
        for flow in self.graph.flows:
            if flow.source == flow.target:
                x, y = self.cell[flow.source]
                ways[flow.id] = [(x, y), (x + 1, y), (x + 1, y - 1), (x, y - 1), (x, y)]
        return ways

    def step_on(self, piece: Piece, at: int) -> bool:
        """Say whether a step stands where a piece crosses a line."""
        return ((at, piece.line) if piece.axis == "x" else (piece.line, at)) in self.taken

    def _distance(self, source: str, target: str) -> int:
        (x1, y1), (x2, y2) = self.cell[source], self.cell[target]
        return abs(x1 - x2) + abs(y1 - y2)

    def _cheapest(self, source: Node, target: Node, back: bool) -> list[Node]:
        """Return the cheapest way between two steps (A*; a state is a crossing and the axis it was reached along)."""
        start: tuple[Node, Axis | None] = (source, None)
        queue: list[tuple[float, float, Node, str]] = [(0.0, 0.0, source, "")]
        best: dict[tuple[Node, str], float] = {(source, ""): 0.0}
        came: dict[tuple[Node, str], tuple[Node, str]] = {}
        while queue:
            _, cost, node, axis = heapq.heappop(queue)
            if node == target:
                return _trace(came, (node, axis), start[0])
            if cost > best[node, axis]:
                continue
            for there, along in self._neighbours(node, target):
                step = self._price(node, there, axis, along, back, node == source, there == target)
                state = (there, along)
                if cost + step < best.get(state, float("inf")):
                    best[state] = cost + step
                    came[state] = (node, axis)
                    rest = 40.0 * (abs(there[0] - target[0]) + abs(there[1] - target[1]))
                    heapq.heappush(queue, (cost + step + rest, cost + step, there, along))
        raise AssertionError("the outer lines of the grid connect every step")

    def _neighbours(self, node: Node, target: Node) -> Iterator[tuple[Node, str]]:
        x, y = node
        for there, along in (((x + 1, y), "x"), ((x, y + 1), "y"), ((x - 1, y), "x"), ((x, y - 1), "y")):
            inside = 0 <= there[0] <= 2 * self.columns and 0 <= there[1] <= 2 * self.rows
            if inside and (there == target or there not in self.taken):
                yield there, along

    def _price(
        self, node: Node, there: Node, axis: str, along: str, back: bool, leaving: bool, arriving: bool
    ) -> float:
        """Return what a piece costs: length, a bend, lines already there, an unusual side of a step."""
        price = 85.0 if along == "x" else 48.0
        if axis and axis != along:
            price += BEND
        price += CROSS * self.used[there, "y" if along == "x" else "x"] if not arriving else 0.0
        price += 6.0 * self.used[there, "x" if along == "x" else "y"]
        forward = there[0] > node[0]
        if (leaving or arriving) and along == "x" and forward == back:
            price += 2 * AGAINST
        if (leaving or arriving) and along == "y" and not back:
            price += AGAINST if leaving else AGAINST / 2
        if back and (leaving or arriving) and along == "x":
            price += AGAINST
        if there[0] % 2 and there[1] % 2 and not arriving:
            price += 30.0
        return price


def _trace(came: dict[tuple[Node, str], tuple[Node, str]], last: tuple[Node, str], source: Node) -> list[Node]:
    way = [last[0]]
    while last in came:
        last = came[last]
        way.append(last[0])
    assert way[-1] == source
    return way[::-1]


def _pieces(flow: str, way: list[Node]) -> list[Piece]:
    """Return a way as straight pieces."""
    out: list[Piece] = []
    for one, two in pairwise(way):
        axis: Axis = "x" if one[1] == two[1] else "y"
        here, there = (one[0], two[0]) if axis == "x" else (one[1], two[1])
        line = one[1] if axis == "x" else one[0]
        if out and out[-1].axis == axis:
            out[-1].end = there
        else:
            out.append(Piece(flow, axis, line, here, there))
    return out


def _tracks(pieces: list[Piece], grid: Grid) -> None:
    """Give pieces that share a part of a line tracks of their own, 16 px apart and centred."""
    lines: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        lines[piece.line].append(piece)
    for on_line in lines.values():
        for cluster in _clusters(on_line, grid):
            tracks: list[list[Piece]] = []
            for piece in cluster:
                free = next((t for t in tracks if all(not _meet(piece, other, grid) for other in t)), None)
                if free is None:
                    tracks.append([piece])
                else:
                    free.append(piece)
            for n, track in enumerate(tracks):
                for piece in track:
                    piece.track = (n - (len(tracks) - 1) / 2) * TRACK


def _clusters(pieces: list[Piece], grid: Grid) -> Iterator[list[Piece]]:
    """Yield groups of pieces that touch one another along a line."""
    ordered = sorted(pieces, key=lambda p: (min(p.start, p.end), max(p.start, p.end), p.flow))
    group: list[Piece] = []
    reach = -1
    for piece in ordered:
        low, high = sorted((piece.start, piece.end))
        if group and (low > reach or (low == reach and grid.step_on(piece, low))):
            yield group
            group = []
        group.append(piece)
        reach = max(reach, high) if len(group) > 1 else high
    if group:
        yield group


def _meet(one: Piece, two: Piece, grid: Grid) -> bool:
    """Say whether two pieces of a line overlap or touch, other than at the opposite sides of a step."""
    low = max(min(one.start, one.end), min(two.start, two.end))
    high = min(max(one.start, one.end), max(two.start, two.end))
    return low < high or (low == high and not grid.step_on(one, low))


def _place(graph: StepGraph, grid: Grid, pieces: dict[str, list[Piece]]) -> Routes:
    """Turn grid lines into px: gaps grow by 16 px for each line beyond what they hold, lanes with their rows."""
    spread = _spread(pieces)
    xs = _columns(grid, spread)
    ys, bands, height = _rows(graph, grid, spread)
    boxes = {}
    for step in graph.steps:
        width, tall = size(step.kind, step.name)
        x, y = grid.cell[step.id]
        boxes[step.id] = Box(xs[x] - width / 2, ys[y] - tall / 2, width, tall)
    paths = {flow: _points(graph, flow, way, xs, ys, boxes) for flow, way in pieces.items()}
    return Routes(boxes, paths, bands, xs[-1] + RIGHT, height)


def _spread(pieces: dict[str, list[Piece]]) -> dict[tuple[Axis, int], float]:
    """Return how far the tracks of each line reach, from the first to the last."""
    spread: dict[tuple[Axis, int], float] = defaultdict(float)
    for way in pieces.values():
        for piece in way:
            key = (piece.axis, piece.line)
            spread[key] = max(spread[key], 2 * abs(piece.track))
    return spread


def _columns(grid: Grid, spread: dict[tuple[Axis, int], float]) -> list[float]:
    """Return the x of each vertical line."""
    xs: list[float] = []
    x = float(MARGIN)
    for line in range(2 * grid.columns + 1):
        if line % 2:
            width: float = max(STEP_WIDTH, spread["y", line] + 40)
        else:
            used = ("y", line) in spread
            outer = line in (0, 2 * grid.columns)
            width = (
                (spread["y", line] + 2 * TRACK if used else 0.0) if outer else GAP + max(0.0, spread["y", line] - TRACK)
            )
        xs.append(x + width / 2)
        x += width
    xs.append(x)
    return xs


def _rows(
    graph: StepGraph, grid: Grid, spread: dict[tuple[Axis, int], float]
) -> tuple[list[float], tuple[Band, ...], float]:
    """Return the y of each horizontal line, the lanes, and the height of the map."""
    tall = {grid.cell[s.id][1] for s in graph.steps if size(s.kind, s.name)[1] == TALL}
    ys: list[float] = [0.0] * (2 * grid.rows + 1)
    bands: list[Band] = []
    y, row = 0.0, 0
    above = spread["x", 0] + TRACK if ("x", 0) in spread else 0.0
    ys[0] = HEAD - 14.0 + spread["x", 0] / 2
    y += above
    top = 0.0
    for lane, rows in grid.layout.lanes:
        y += HEAD + (BACK_EXTRA if lane is Lane.BACK else 0)
        for n in range(rows):
            line = 2 * row + 1
            height = float(max(TALL if line in tall else STEP_HEIGHT, spread["x", line] + 30))
            ys[line] = y + height / 2
            y += height
            used = ("x", line + 1) in spread
            room = spread["x", line + 1]
            below = (BETWEEN if n + 1 < rows else FOOT) + (room + 10 if used else 0)
            ys[line + 1] = y + below / 2 if n + 1 < rows else y + 15 + room / 2
            y += below
            row += 1
        bands.append(Band(lane, top, y - top))
        top = y
    return ys, tuple(bands), y


def _points(
    graph: StepGraph, flow: str, way: list[Piece], xs: list[float], ys: list[float], boxes: dict[str, Box]
) -> tuple[Point, ...]:
    """Return the corners of a way, from the edge of its source to the edge of its target."""
    ends = graph.flow_by_id[flow]
    points: list[Point] = [_port(boxes[ends.source], way[0], leaving=True, xs=xs, ys=ys)]
    for one, two in pairwise(way):
        across, down = (one, two) if one.axis == "x" else (two, one)
        points.append((xs[down.line] + down.track, ys[across.line] + across.track))
    points.append(_port(boxes[ends.target], way[-1], leaving=False, xs=xs, ys=ys))
    return tuple(points)


def _port(box: Box, piece: Piece, leaving: bool, xs: list[float], ys: list[float]) -> Point:
    """Return where a way meets the edge of a step."""
    ahead = piece.end > piece.start
    if piece.axis == "x":
        y = ys[piece.line] + piece.track
        return (box.x + box.width if ahead == leaving else box.x), y
    x = xs[piece.line] + piece.track
    return x, (box.y + box.height if ahead == leaving else box.y)

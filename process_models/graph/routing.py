"""How flows run: elbows on an orthogonal grid, with a price on bends and crossings, then parallel lines nudged apart.

After Wybrow, Marriott and Stuckey, *Orthogonal connector routing* (2009), simply: the lines of the grid are the middles
of the columns and rows of steps and of the gaps between them; a flow takes the cheapest way over it (:func:`plan`),
never through a step; flows that share a line get tracks 16 px apart, in an order that saves crossings; then grid lines
become px (:func:`placed`), with more room in the gaps that are said to need it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from process_models.graph.graph import StepGraph
from process_models.graph.layout import Layout
from process_models.graph.lettering import wrapped
from process_models.graph.steps import Kind, Lane, Step

STEP_WIDTH, STEP_HEIGHT, TALL = 128, 74, 90
GAP, TRACK = 42, 16
POINT, ROUND = 12, 20
"""How far a decision is pointed, how a start or an end is rounded."""
ROOM = {Kind.CHOICE: 94, Kind.INCLUSIVE: 94, Kind.START: 106, Kind.END: 106}
"""Room for the name of a step, px."""
BAR_ROOM = 150
MARGIN = 52
NAMES = (12, 66)
"""Where names of lanes stand, and how wide they are."""
RIGHT = 24
HEAD, FOOT, BETWEEN = 42, 22, 22
BACK_EXTRA = 6
EDGE = 12
"""How far the outermost flow at a side keeps from the corner of its step."""
LEVEL, UPRIGHT = 85.0, 48.0
BEND, CROSS, BESIDE, AGAINST, BAR = 60.0, 40.0, 6.0, 25.0, 400.0
BARS = (Kind.FORK, Kind.JOIN)
SMALL = {Kind.START: (128, 40), Kind.END: (128, 40), Kind.FORK: (16, 74), Kind.JOIN: (16, 74)}

Point = tuple[float, float]
Node = tuple[int, int]
"""A crossing of the grid: index of the vertical line, index of the horizontal line; odd ones run through steps."""
Axis = Literal["x", "y"]
Gap = tuple[Axis, int]
"""A line of the grid: the axis it runs along, and its number."""


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

    @property
    def name(self) -> Box:
        """Where its name stands."""
        return Box(NAMES[0], self.top + 4, NAMES[1], 18)


class Routes(Struct, frozen=True):
    """The map in px: where steps stand, how flows run, how lanes lie."""

    boxes: dict[str, Box]
    paths: dict[str, tuple[Point, ...]]
    bands: tuple[Band, ...]
    width: float
    height: float

    @property
    def notes(self) -> tuple[Box, ...]:
        """Where the lines between lanes are named: at the right, below each line."""
        return tuple(Box(self.width - 190, band.top + 4, 160, 17) for band in self.bands[1:])


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
    order: tuple[float, ...] = ()
    """Its place among the pieces beside it, from the top or the left."""

    @property
    def delta(self) -> int:
        """How far it leads, and in which direction."""
        return self.end - self.start


class Plan(Struct, frozen=True, dict=True):
    """The ways of all flows on the grid, before they have px."""

    graph: StepGraph
    layout: Layout
    cell: dict[str, Node]
    pieces: dict[str, list[Piece]]

    @cached_property
    def spread(self) -> dict[Gap, float]:
        """How far the tracks of each line reach, from the first to the last."""
        spread: dict[Gap, float] = defaultdict(float)
        for way in self.pieces.values():
            for piece in way:
                key = (piece.axis, piece.line)
                spread[key] = max(spread[key], 2 * abs(piece.track))
        return spread

    @cached_property
    def reach(self) -> dict[tuple[str, Axis], float]:
        """How far from its middle flows leave and enter each step, along either axis."""
        reach: dict[tuple[str, Axis], float] = defaultdict(float)
        for id, way in self.pieces.items():
            ends = self.graph.flow_by_id[id]
            for step, piece in ((ends.source, way[0]), (ends.target, way[-1])):
                reach[step, piece.axis] = max(reach[step, piece.axis], abs(piece.track))
        return reach


def name_of(step: Step) -> tuple[str, ...]:
    """Return the lines in which the name of a step stands."""
    return wrapped(step.name, ROOM.get(step.kind, STEP_WIDTH - 20))


def size(step: Step) -> tuple[int, int]:
    """Return the width and height of a step: 128 × 74, taller with a name in two lines, small for start and end."""
    return SMALL.get(step.kind) or (STEP_WIDTH, TALL if len(name_of(step)) > 1 else STEP_HEIGHT)


def route(graph: StepGraph, layout: Layout) -> Routes:
    """Return places and ways for a graph with its layout."""
    return placed(plan(graph, layout))


def plan(graph: StepGraph, layout: Layout) -> Plan:
    """Return the ways of all flows over the grid of a layout."""
    if not layout.cells:
        return Plan(graph, layout, {}, {})
    grid = Grid(graph, layout)
    pieces = {flow: _pieces(flow, way) for flow, way in grid.ways().items()}
    axes: tuple[Axis, ...] = ("x", "y")
    for axis in axes:
        _tracks([piece for way in pieces.values() for piece in way if piece.axis == axis], grid)
    return Plan(graph, layout, grid.cell, pieces)


class Grid:
    """The crossings flows may use, and what each has already been used for."""

    def __init__(self, graph: StepGraph, layout: Layout) -> None:
        self.graph, self.layout = graph, layout
        first_row, rows = {}, 0
        for lane, count in layout.lanes:
            first_row[lane] = rows
            rows += count
        self.right, self.foot = 2 * layout.columns, 2 * rows
        self.cell = {id: (2 * c.column + 1, 2 * (first_row[c.lane] + c.row) + 1) for id, c in layout.cells.items()}
        self.taken = {node: id for id, node in self.cell.items()}
        self.bars = {self.cell[step.id] for step in graph.steps if step.kind in BARS}
        self.along: dict[str, dict[Node, int]] = {"x": defaultdict(int), "y": defaultdict(int)}
        """How many flows run along each axis at a crossing."""

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
                used = self.along["x" if one[1] == two[1] else "y"]
                used[one] += 1
                used[two] += 1
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
        to_x, to_y = target
        queue: list[tuple[float, float, Node, str]] = [(0.0, 0.0, source, "")]
        best: dict[tuple[Node, str], float] = {(source, ""): 0.0}
        came: dict[tuple[Node, str], tuple[Node, str]] = {}
        while queue:
            _, cost, node, axis = heapq.heappop(queue)
            if node == target:
                return _trace(came, (node, axis))
            if cost > best[node, axis]:
                continue
            for there, along in self._neighbours(node, target):
                step = cost + self._price(node, there, axis, along)
                if node == source or there == target:
                    step += self._side(node, there, along, back, node == source)
                state = (there, along)
                if step < best.get(state, float("inf")):
                    best[state] = step
                    came[state] = (node, axis)
                    rest = LEVEL * abs(there[0] - to_x) + UPRIGHT * abs(there[1] - to_y)
                    heapq.heappush(queue, (step + rest, step, there, along))
        raise AssertionError("the outer lines of the grid connect every step")

    def _neighbours(self, node: Node, target: Node) -> Iterator[tuple[Node, str]]:
        x, y = node
        for there, along in (((x + 1, y), "x"), ((x, y + 1), "y"), ((x - 1, y), "x"), ((x, y - 1), "y")):
            inside = 0 <= there[0] <= self.right and 0 <= there[1] <= self.foot
            if inside and (there == target or there not in self.taken):
                yield there, along

    def _price(self, node: Node, there: Node, axis: str, along: str) -> float:
        """Return what a piece costs: its length, a bend, lines already there, a place where a step could stand."""
        price = LEVEL if along == "x" else UPRIGHT
        if axis and axis != along:
            price += BEND
        if there not in self.taken:
            price += CROSS * self.along["y" if along == "x" else "x"].get(there, 0)
            price += 30.0 if there[0] % 2 and there[1] % 2 else 0.0
        return price + BESIDE * self.along[along].get(there, 0)

    def _side(self, node: Node, there: Node, along: str, back: bool, leaving: bool) -> float:
        """Return what an unusual side costs: backwards, from above where it goes on, into the end of a bar."""
        at = node if leaving else there
        if along == "y":
            return (BAR if at in self.bars else 0.0) + (0.0 if back else AGAINST if leaving else AGAINST / 2)
        against = (there[0] > node[0]) == back
        return (2 * AGAINST if against else 0.0) + (AGAINST if back else 0.0)


def _trace(came: dict[tuple[Node, str], tuple[Node, str]], last: tuple[Node, str]) -> list[Node]:
    way = [last[0]]
    while last in came:
        last = came[last]
        way.append(last[0])
    return way[::-1]


def _pieces(flow: str, way: list[Node]) -> list[Piece]:
    """Return a way as straight pieces, each with its order among others."""
    out: list[Piece] = []
    for one, two in pairwise(way):
        axis: Axis = "x" if one[1] == two[1] else "y"
        here, there = (one[0], two[0]) if axis == "x" else (one[1], two[1])
        line = one[1] if axis == "x" else one[0]
        if out and out[-1].axis == axis:
            out[-1].end = there
        else:
            out.append(Piece(flow, axis, line, here, there))
    for n, piece in enumerate(out):
        before, after = out[n - 1].delta if n else 0, out[n + 1].delta if n + 1 < len(out) else 0
        piece.order = (*_order(piece, before, after), n)
    return out


def _order(piece: Piece, before: int, after: int) -> tuple[float, ...]:
    """Return where a piece belongs among those beside it, so that few flows cross where they turn off.

    ``before`` and ``after`` say how far the pieces before and after lead; 0 where there is none. What turns up leaves
    above what turns down; of brackets the wider lies outside; of stairs the one that begins further on lies before.
    """
    turn = (after > 0) - (after < 0) - (before > 0) + (before < 0)
    length = abs(piece.delta)
    if not before or not after:
        return (turn, after - before, 0)
    if turn:
        return (turn, -length if turn > 0 else length, 0)
    sign = 1 if after > 0 else -1
    return (0, -sign * piece.start if piece.delta > 0 else sign * piece.start, -sign * length)


def _tracks(pieces: list[Piece], grid: Grid) -> None:
    """Give pieces that share a part of a line tracks of their own, in their order, 16 px apart and centred."""
    lines: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        lines[piece.line].append(piece)
    for on_line in lines.values():
        for cluster in _clusters(on_line, grid):
            if len(cluster) > 1:
                _apart(sorted(cluster, key=lambda piece: (piece.order, piece.flow)), grid)


def _apart(ordered: list[Piece], grid: Grid) -> None:
    """Put each piece of a cluster on the first track beyond all that it meets."""
    track: dict[int, int] = {}
    for n, piece in enumerate(ordered):
        met = [track[m] for m in range(n) if _meet(piece, ordered[m], grid)]
        track[n] = max(met, default=-1) + 1
    last = max(track.values())
    for n, piece in enumerate(ordered):
        piece.track = (track[n] - last / 2) * TRACK


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


def placed(plan: Plan, growth: Mapping[Gap, float] | None = None) -> Routes:
    """Turn grid lines into px: gaps grow by 16 px for each line beyond what they hold, and by what is asked for."""
    if not plan.cell:
        return Routes({}, {}, (), 2.0 * MARGIN, 2.0 * MARGIN)
    growth = growth or {}
    boxes = {step.id: _size(plan, step) for step in plan.graph.steps}
    xs = _columns(plan, growth)
    ys, bands, height = _rows(plan, boxes, growth)
    at = {id: Box(xs[x] - boxes[id][0] / 2, ys[y] - boxes[id][1] / 2, *boxes[id]) for id, (x, y) in plan.cell.items()}
    paths = {flow: _points(plan.graph, flow, way, xs, ys, at) for flow, way in plan.pieces.items()}
    return Routes(at, paths, bands, xs[-1] + RIGHT, height)


def _size(plan: Plan, step: Step) -> tuple[float, float]:
    """Return the size of a step, grown so that all its flows reach its sides."""
    width, height = size(step)
    across, down = plan.reach.get((step.id, "y"), 0.0), plan.reach.get((step.id, "x"), 0.0)
    return max(width, 2 * (across + EDGE) if across else 0), max(height, 2 * (down + EDGE) if down else 0)


def _columns(plan: Plan, growth: Mapping[Gap, float]) -> list[float]:
    """Return the x of each vertical line."""
    spread, last = plan.spread, 2 * plan.layout.columns
    xs: list[float] = []
    x = float(NAMES[0] + NAMES[1] + 4 if ("y", 0) in spread or ("y", 0) in growth else MARGIN)
    for line in range(last + 1):
        used = spread.get(("y", line), 0.0)
        if line % 2:
            width = max(STEP_WIDTH, used + 40)
        elif line in (0, last):
            width = used + 2 * TRACK if ("y", line) in spread else 0.0
        else:
            width = GAP + max(0.0, used - TRACK)
        width += growth.get(("y", line), 0.0)
        xs.append(x + width / 2)
        x += width
    xs.append(x)
    return xs


def _rows(
    plan: Plan, boxes: dict[str, tuple[float, float]], growth: Mapping[Gap, float]
) -> tuple[list[float], tuple[Band, ...], float]:
    """Return the y of each horizontal line, the lanes, and the height of the map."""
    tallest: dict[int, float] = defaultdict(lambda: float(STEP_HEIGHT))
    for id, (_, line) in plan.cell.items():
        tallest[line] = max(tallest[line], boxes[id][1])
    spread = plan.spread
    rows = sum(count for _, count in plan.layout.lanes)
    ys: list[float] = [0.0] * (2 * rows + 1)
    bands: list[Band] = []
    row, top = 0, 0.0
    room = spread.get(("x", 0), 0.0)
    y = (room + TRACK if ("x", 0) in spread else 0.0) + growth.get(("x", 0), 0.0)
    ys[0] = HEAD - 14.0 + y / 2
    for lane, count in plan.layout.lanes:
        y += HEAD + (BACK_EXTRA if lane is Lane.BACK else 0)
        for n in range(count):
            line = 2 * row + 1
            height = max(tallest[line], spread.get(("x", line), 0.0) + 30)
            ys[line] = y + height / 2
            y += height
            room = spread.get(("x", line + 1), 0.0) + growth.get(("x", line + 1), 0.0)
            below = (BETWEEN if n + 1 < count else FOOT) + (room + 10 if ("x", line + 1) in spread else room)
            ys[line + 1] = y + below / 2 if n + 1 < count else y + 15 + room / 2
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
    source, target = graph.by_id[ends.source], graph.by_id[ends.target]
    points: list[Point] = [_port(source.kind, boxes[source.id], way[0], leaving=True)]
    for one, two in pairwise(way):
        across, down = (one, two) if one.axis == "x" else (two, one)
        points.append((xs[down.line] + down.track, ys[across.line] + across.track))
    points.append(_port(target.kind, boxes[target.id], way[-1], leaving=False))
    return tuple(points)


def _port(kind: Kind, box: Box, piece: Piece, leaving: bool) -> Point:
    """Return where a way meets the outline of a step."""
    x, y = box.middle
    far = (piece.delta > 0) == leaving
    if piece.axis == "x":
        inset = _inset(kind, box.height, piece.track)
        return (box.x + box.width - inset if far else box.x + inset), y + piece.track
    inset = _inset(kind, box.width, piece.track) if kind in (Kind.START, Kind.END) else 0.0
    return x + piece.track, (box.y + box.height - inset if far else box.y + inset)


def _inset(kind: Kind, length: float, off: float) -> float:
    """Return how far inside its box the side of a step lies, so far from the middle of the side."""
    if kind in (Kind.CHOICE, Kind.INCLUSIVE):
        return POINT * abs(off) / (length / 2)
    if kind in (Kind.START, Kind.END) and (beyond := abs(off) - (length / 2 - ROUND)) > 0:
        return float(ROUND - (ROUND**2 - beyond**2) ** 0.5)
    return 0.0

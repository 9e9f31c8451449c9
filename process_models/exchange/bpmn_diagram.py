"""Where things stand in a BPMN diagram: columns from the layout of maps, a band for each role, elbows for flows.

Other tools show nothing without it, so every step has a shape and every flow an edge.
"""

from msgspec import Struct

from process_models.graph.graph import StepGraph
from process_models.graph.layout import layout
from process_models.graph.steps import Flow, Kind, Step

COLUMN, ROW, HEADER, MARGIN = 160, 120, 30, 40
SIZES = {Kind.WORK: (100, 80), Kind.START: (36, 36), Kind.END: (36, 36)}
EVENT, GATEWAY = (36, 36), (50, 50)
OFFSETS = (0, 10, -10, 20, -20)

Spot = tuple[int, int]


class Frame(Struct, frozen=True):
    """A rectangle of the diagram."""

    x: int
    y: int
    width: int
    height: int


class Diagram(Struct, frozen=True):
    """Rectangles of the pool, its lanes and the steps, and the corners of flows."""

    pool: Frame
    lanes: dict[str, Frame]
    steps: dict[str, Frame]
    flows: dict[str, tuple[Spot, ...]]


def diagram(graph: StepGraph, lanes: dict[str, str], waits_as_task: frozenset[str]) -> Diagram:
    """Return the diagram of a graph; ``lanes`` says for each step the lane it is drawn in."""
    columns = {id: cell.column for id, cell in layout(graph).cells.items()}
    names = tuple(dict.fromkeys(lanes[id] for id in graph.reading_order)) or ("",)
    rows: dict[str, int] = {}
    taken: set[tuple[str, int, int]] = set()
    for id in sorted(columns, key=lambda step: (columns[step], graph.numbers[step])):
        row = next(n for n in range(len(columns)) if (lanes[id], columns[id], n) not in taken)
        taken.add((lanes[id], columns[id], row))
        rows[id] = row
    width = HEADER + MARGIN + COLUMN * (1 + max(columns.values(), default=0))
    bands: dict[str, Frame] = {}
    top = 0
    for name in names:
        deep = ROW * (1 + max((row for id, row in rows.items() if lanes[id] == name), default=0))
        bands[name] = Frame(HEADER, top, width, deep)
        top += deep
    steps = {
        id: _frame(graph.by_id[id], columns[id], bands[lanes[id]].y + ROW * rows[id], id in waits_as_task)
        for id in columns
    }
    flows = {flow.id: _corners(graph, flow, steps) for flow in graph.flows}
    return Diagram(Frame(0, 0, width + HEADER, top), bands, steps, flows)


def _frame(step: Step, column: int, top: int, as_task: bool) -> Frame:
    width, height = size(step, as_task)
    middle = HEADER + MARGIN + COLUMN * column + 60
    return Frame(middle - width // 2, top + (ROW - height) // 2, width, height)


def size(step: Step, as_task: bool) -> tuple[int, int]:
    """Return how large a step is drawn."""
    if as_task:
        return SIZES[Kind.WORK]
    return SIZES.get(step.kind, EVENT if step.kind is Kind.WAIT else GATEWAY)


def _corners(graph: StepGraph, flow: Flow, steps: dict[str, Frame]) -> tuple[Spot, ...]:
    """Return an elbow from right to left, bent half-way; a flow that leads back runs below both of its steps."""
    one, two = steps[flow.source], steps[flow.target]
    offset = OFFSETS[[way.id for way in graph.after(flow.source)].index(flow.id) % len(OFFSETS)]
    (x1, y1), (x2, y2) = (one.x + one.width, one.y + one.height // 2), (two.x, two.y + two.height // 2)
    if x2 <= x1:
        below = max(one.y + one.height, two.y + two.height) + 12 + abs(offset) // 2
        here, there = one.x + one.width // 2, two.x + two.width // 2
        return ((here, one.y + one.height), (here, below), (there, below), (there, two.y + two.height))
    if y1 == y2:
        return ((x1, y1), (x2, y2))
    bend = (x1 + x2) // 2 + offset
    return ((x1, y1), (bend, y1), (bend, y2), (x2, y2))

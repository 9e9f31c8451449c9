"""A table of steps, as people type it into a spreadsheet, to a step graph and back.

Only the names of steps are needed. Headings may be written in other words, columns may be missing, ``next`` may name
steps by name, id or number. What cannot be understood is said for all rows at once, with the row and the remedy.
"""

import csv
import difflib
import io
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct
from python_calamine import CalamineError, CalamineWorkbook

from process_models.exchange import table_words
from process_models.exchange.bpmn_places import PLAIN_NAMES
from process_models.exchange.table_words import COLUMNS, GIVES_UP, Goal
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Lane, Step, Timing
from process_models.graph.wiring import flow_id
from process_models.values.distributions import Fixed, mean
from process_models.values.document import SLUG, slug
from process_models.values.errors import ModelError
from process_models.values.fractions import fraction, number, shares_of
from process_models.values.provenance import Provenance
from process_models.values.sentences import Sentence, say

MOST_ROWS = 2000
HEADER_WITHIN = 20
SHARED = (Kind.FORK, Kind.INCLUSIVE)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cells = list[list[str]]


class Row(Struct):
    """One row of the table, as read."""

    number: int
    cells: dict[str, str]
    id: str = ""
    kind: Kind = Kind.WORK


class TableRead(Struct, frozen=True):
    """The graph of a table, and what was assumed."""

    graph: StepGraph
    remarks: tuple[Sentence, ...]


def csv_cells(data: bytes) -> Cells:
    """Return the cells of a CSV file, whatever its encoding and separator."""
    text = ""
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "windows-1252", "iso-8859-1"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text = first.strip()[4], rest
    else:
        separator = max(";\t,|", key=lambda mark: (_columns(text, mark), first.count(mark)))
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as problem:
        raise ModelError("table_not_csv", problem=problem) from None


def _columns(text: str, mark: str) -> int:
    """Return how many headings we know when the table is taken apart by a mark."""
    lines = text.splitlines()[:HEADER_WITHIN]
    known = (sum(1 for cell in line.split(mark) if table_words.column(cell.strip('" '))) for line in lines)
    return max(known, default=0)


def xlsx_cells(data: bytes) -> Cells:
    """Return the cells of the first sheet of a workbook that has a heading we know."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as problem:
        raise ModelError("table_not_xlsx", problem=problem) from None
    tables = [[[_text(cell) for cell in row] for row in sheet] for sheet in sheets]
    return next((table for table in tables if _header(table) is not None), tables[0] if tables else [])


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _header(table: Cells) -> int | None:
    for n, row in enumerate(table[:HEADER_WITHIN]):
        if "step" in (table_words.column(cell) for cell in row):
            return n
    return None


def read_table(table: Cells, name: str, date: str = "") -> TableRead:
    """Return the graph that a table of steps describes.

    Raises ModelError naming every row that cannot be understood, with what to do.
    """
    top = _header(table)
    if top is None:
        raise ModelError("table_no_heading", found=", ".join(cell for row in table[:1] for cell in row if cell)[:200])
    heads = [table_words.column(cell) for cell in table[top]]
    unit = next((table_words.unit_of(cell) for cell in table[top] if table_words.column(cell) == "time"), "min")
    rows = [row for n, cells in enumerate(table[top + 1 :], top + 2) if (row := _row(n, heads, cells)) is not None]
    if not rows:
        raise ModelError("table_no_rows")
    if len(rows) > MOST_ROWS:
        raise ModelError("table_too_long", rows=len(rows), most=MOST_ROWS)
    found = _Reader(rows, "next" in heads, unit, date).read(name)
    unknown = [cell.strip() for cell, head in zip(table[top], heads, strict=True) if cell.strip() and not head]
    return TableRead(found.graph, (*found.remarks, *(_left_out(cell) for cell in dict.fromkeys(unknown))))


def _left_out(heading: str) -> Sentence:
    return Sentence.of("table_column_unknown", heading=heading[:60])


def _row(n: int, heads: list[str], cells: list[str]) -> Row | None:
    said: dict[str, str] = {}
    for head, cell in zip(heads, cells, strict=False):
        if head and cell.strip():
            said.setdefault(head, _unquoted(cell.strip()))
    return Row(n, said) if said else None


def _unquoted(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


class _Reader:
    """Reads rows into steps and flows, and gathers what is wrong with any of them."""

    def __init__(self, rows: list[Row], leads: bool, unit: str, date: str) -> None:
        self.rows, self.leads, self.unit, self.date = rows, leads, unit, date
        self.faults: list[Sentence] = []
        self.remarks: list[Sentence] = []
        self.meant: dict[str, list[Row]] = {}

    def read(self, name: str) -> TableRead:
        self._give_ids()
        flows = self._flows() if self.leads else self._in_a_row()
        steps = [self._step(row) for row in self.rows if "step" in row.cells]
        if self.faults:
            raise ModelError("table_rows", rows=" ".join(say(fault) for fault in self.faults))
        steps, flows = self._with_ends(steps, flows)
        graph = StepGraph(id=slug(name), name=name, steps=tuple(steps), flows=tuple(flows))
        return TableRead(graph, tuple(dict.fromkeys(self.remarks)))

    def _give_ids(self) -> None:
        taken: set[str] = set()
        for row in self.rows:
            name, wanted = row.cells.get("step", ""), row.cells.get("id", "")
            if not name:
                self._fault("table_row_without_name", row)
                continue
            if wanted in taken:
                self._fault("table_row_id_twice", row, id=wanted)
            usable = SLUG.fullmatch(wanted) and wanted not in taken
            row.id = wanted if usable else slug(wanted or name, frozenset(taken))
            taken.add(row.id)
            for key in {row.id.casefold(), wanted.casefold(), name.casefold()} - {""}:
                self.meant.setdefault(key, []).append(row)

    def _fault(self, id: str, row: Row, /, **params: object) -> None:
        self.faults.append(Sentence.of(id, row=row.number, **params))

    def _flows(self) -> list[Flow]:
        known = frozenset(self.meant)
        flows: list[Flow] = []
        for row in self.rows:
            if row.id:
                goals = table_words.goals(row.cells.get("next", ""), known)
                found = [(goal, to) for goal in goals if (to := self._to(row, goal))]
                flows += self._ways(row, found, frozenset(flow.id for flow in flows))
        return flows

    def _to(self, row: Row, goal: Goal) -> Row | None:
        found = self.meant.get(goal.to.casefold(), [])
        exact = [one for one in found if goal.to in (one.id, one.cells.get("id"))]
        if len(found) == 1 or len(exact) == 1:
            return (exact or found)[0]
        if found:
            self._fault("table_row_twice", row, step=goal.to)
        else:
            names = [one.cells["step"] for one in self.rows if "step" in one.cells]
            near = difflib.get_close_matches(goal.to, names, 1)
            fault = "table_row_near" if near else "table_row_unknown"
            self._fault(fault, row, step=goal.to[:60], near="".join(near))
        return None

    def _ways(self, row: Row, found: list[tuple[Goal, Row]], taken: frozenset[str]) -> list[Flow]:
        kind = self._kind(row)
        normal = [goal for goal, _ in found if not goal.gives_up]
        shares = iter(self._shares(row, kind, normal))
        flows: list[Flow] = []
        for goal, to in found:
            id = flow_id(taken | {flow.id for flow in flows}, row.id, to.id)
            how = {"kind": "abandon"} if goal.gives_up else {"share": next(shares)}
            flows.append(Flow(id=id, source=row.id, target=to.id, label=goal.label, **how))  # type: ignore[arg-type]
        return flows

    def _shares(self, row: Row, kind: Kind, goals: list[Goal]) -> list[str]:
        told = [goal.share for goal in goals]
        if kind in SHARED or not goals:
            return [fraction(share) if share is not None else "1" for share in told]
        missing = told.count(None)
        rest = 1 - sum((share for share in told if share is not None), Decimal(0))
        if (missing == 0 and abs(rest) > Decimal("0.01")) or rest < 0:
            self._fault("table_row_shares", row, total=fraction((1 - rest) * 100, 2))
            return ["1"] * len(goals)
        if missing == 0 and abs(rest) <= Decimal("0.000001"):
            return [fraction(share) for share in told if share is not None]
        if len(goals) > 1 and missing:
            self.remarks.append(Sentence.of("table_shares_assumed", row=row.number, step=row.cells["step"]))
        weights = [share if share is not None else rest / missing for share in told]
        if missing and not rest:
            return [fraction(weight) for weight in weights]
        return list(shares_of(tuple(int(weight * 10**9) for weight in weights)))

    def _in_a_row(self) -> list[Flow]:
        self.remarks.append(Sentence.of("table_in_a_row"))
        named = [row for row in self.rows if row.id]
        return [Flow(id=f"{one.id}--{two.id}", source=one.id, target=two.id) for one, two in pairwise(named)]

    def _kind(self, row: Row) -> Kind:
        text = row.cells.get("kind", "")
        kind = table_words.kind(text) if text else None
        return kind or Kind.WORK

    def _step(self, row: Row) -> Step:
        cells = row.cells
        if "kind" in cells and table_words.kind(cells["kind"]) is None:
            self._fault("table_row_kind", row, text=cells["kind"][:40], known=", ".join(kind.lower() for kind in Kind))
        kind = self._kind(row)
        return Step(
            id=row.id,
            kind=kind,
            name=cells["step"],
            lane=table_words.lane(cells.get("lane", "")) or Lane.BACK,
            role=cells.get("role", "") or self._lane_as_role(row),
            description=cells.get("description", ""),
            time=self._time(row) if kind in (Kind.WORK, Kind.WAIT) else None,
            unit_cost=self._cost(row),
            systems=_list(cells.get("systems", "")),
            inputs=_list(cells.get("inputs", "")),
            outputs=_list(cells.get("outputs", "")),
        )

    def _lane_as_role(self, row: Row) -> str:
        """Return a lane that is none of ours as the role: most people call the rows of a diagram so."""
        lane = row.cells.get("lane", "")
        if not lane or table_words.lane(lane):
            return ""
        self.remarks.append(Sentence.of("table_lane_is_role", lane=lane[:60]))
        return lane

    def _time(self, row: Row) -> Timing | None:
        text = row.cells.get("time", "")
        ms = table_words.time(text, self.unit) if text else None
        if text and ms is None:
            self._fault("table_row_time", row, text=text[:40])
        source = Provenance("imported", "D", f"step table, row {row.number}", self.date)
        return Timing(Fixed(ms), source) if ms is not None else None

    def _cost(self, row: Row) -> int:
        text = row.cells.get("unit cost", "0").replace(",", ".")
        try:
            minor = int((Decimal(text) * 100).to_integral_value())
        except ArithmeticError:
            minor = -1
        if not 0 <= minor < 2**53:
            self._fault("table_row_cost", row, text=text[:40])
            return 0
        return minor

    def _with_ends(self, steps: list[Step], flows: list[Flow]) -> tuple[list[Step], list[Flow]]:
        """Put a start before the first step, and an end behind each that leads nowhere, where the table has none."""
        entered, left = {flow.target for flow in flows}, {flow.source for flow in flows if flow.kind == "normal"}
        taken = frozenset(step.id for step in steps)
        before = [s for s in steps if s.id not in entered and s.kind is not Kind.START]
        after = [s for s in steps if s.id not in left and s.kind is not Kind.END]
        if before and not any(step.kind is Kind.START for step in steps):
            start = Step(id=slug("start", taken), kind=Kind.START, name=PLAIN_NAMES[Kind.START], lane=before[0].lane)
            steps = [start, *steps]
            shares = shares_of((1,) * len(before))
            flows = [*flows, *(_flow(start, step, share) for step, share in zip(before, shares, strict=True))]
            self.remarks.append(Sentence.of("table_start"))
        if after:
            ends = [step for step in steps if step.kind is Kind.END]
            if not ends:
                ends = [Step(id=slug("end", taken), kind=Kind.END, name=PLAIN_NAMES[Kind.END], lane=after[-1].lane)]
                steps = [*steps, *ends]
                self.remarks.append(Sentence.of("table_end"))
                flows = [*flows, *(_flow(step, ends[0]) for step in after)]
        return steps, flows


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _flow(source: Step, target: Step, share: str = "1") -> Flow:
    return Flow(id=f"{source.id}--{target.id}", source=source.id, target=target.id, share=share)


# Giving out


def table_of(graph: StepGraph) -> Cells:
    """Return a graph as the cells of a step table, in reading order, headings first."""
    return [list(COLUMNS), *(_cells(graph, graph.by_id[id]) for id in graph.reading_order)]


def _cells(graph: StepGraph, step: Step) -> list[str]:
    goes = "; ".join(_goal(graph, flow) for flow in graph.after(step.id))
    ms = round(mean(step.time.distribution)) if step.time else None
    lists = ["; ".join(values) for values in (step.systems, step.inputs, step.outputs)]
    cost = fraction(Decimal(step.unit_cost) / 100, 2) if step.unit_cost else ""
    time = "" if ms is None else f"{fraction(Decimal(ms) / 60_000, 9)} min"
    return [
        step.id,
        step.name,
        step.kind.lower(),
        step.lane.value,
        step.role,
        goes,
        time,
        cost,
        *lists,
        step.description,
    ]


def _goal(graph: StepGraph, flow: Flow) -> str:
    alone = len(graph.ways(flow.source)) == 1 and flow.share == "1"
    how = f" ({GIVES_UP})" if flow.kind == "abandon" else "" if alone else f" ({fraction(number(flow.share) * 100)} %)"
    label = " ".join(flow.label.replace(";", ",").replace("|", "/").split())
    return flow.target + how + (f": {label}" if label else "")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in FORMULA else cell


def harmless_csv_of(rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV in which no cell is a formula; whole numbers stay as they are."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([cell if isinstance(cell, int) else harmless(str(cell)) for cell in row] for row in rows)
    return out.getvalue()


def csv_of(graph: StepGraph) -> bytes:
    """Return a graph as a step table in CSV, UTF-8 with the mark that spreadsheets look for."""
    return harmless_csv_of(table_of(graph)).encode("utf-8-sig")


def xlsx_of(graph: StepGraph) -> bytes:
    """Return a graph as a step table in a workbook of one sheet; every cell is text."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook()
    sheet = book.active
    sheet.title = "Steps"
    for n, row in enumerate(table_of(graph), 1):
        for m, cell in enumerate(row, 1):
            place = sheet.cell(n, m, ILLEGAL_CHARACTERS_RE.sub(" ", harmless(cell)))
            place.data_type = "s"
    sheet.freeze_panes = "C2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

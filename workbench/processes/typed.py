"""What people type, as values: times such as “14 min”, shares in per cent, hours of the day, rows of steps."""

import csv
import io
import re
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from msgspec import Struct

from process_models.exchange.step_table import TableRead, csv_cells, read_table
from process_models.exchange.table_words import column
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Lane, Step, Timing
from process_models.graph.wiring import flow_id
from process_models.values.calendars import DAY, HOUR, MINUTE, Calendar, Span
from process_models.values.distributions import Quantiles
from process_models.values.document import slug
from process_models.values.errors import ModelError
from process_models.values.provenance import Provenance

UNITS = {"d": DAY, "h": HOUR, "min": MINUTE, "s": 1000}
NAMES = {"": "min", "m": "min", "minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h"}
NAMES |= {"hr": "h", "hrs": "h", "day": "d", "days": "d", "sec": "s", "second": "s", "seconds": "s"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_ROWS = 500


def read_duration(text: str) -> int:
    """Return a typed time in ms; a plain number is minutes.

    Raises ModelError where it is no time.

    >>> read_duration("14"), read_duration("2.5 h"), read_duration("1,5 days")
    (840000, 9000000, 129600000)
    """
    found = re.fullmatch(r"\s*(\d{1,9}(?:[.,]\d{1,6})?)\s*([a-z]*)\s*", text.lower())
    unit = NAMES.get(found[2], found[2]) if found else ""
    if found is None or unit not in UNITS:
        raise ModelError("not_a_time", text=text.strip()[:40])
    return int((Decimal(found[1].replace(",", ".")) * UNITS[unit]).to_integral_value())


def write_duration(ms: float) -> str:
    """Return a time as it would be typed.

    >>> write_duration(840_000), write_duration(9_000_000), write_duration(259_200_000)
    ('14 min', '2.5 h', '3 d')
    """
    unit = "d" if ms >= 2 * DAY else "h" if ms >= 2 * HOUR else "s" if 0 < ms < MINUTE else "min"
    amount = (Decimal(str(ms)) / UNITS[unit]).quantize(Decimal("0.01"))
    return f"{plain_number(amount)} {unit}"


def plain_number(amount: Decimal) -> str:
    """Return a number without zeros at its end.

    >>> plain_number(Decimal("12.50")), plain_number(Decimal("100"))
    ('12.5', '100')
    """
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_grade(text: str) -> int:
    """Return a grade of staff: a whole number, higher is more senior.

    >>> read_grade(" 4 ")
    4
    """
    value = read_number(text)
    if value != int(value) or value < 0:
        raise ModelError("not_a_grade", text=text.strip())
    return int(value)


def read_number(text: str) -> Decimal:
    """Return a typed number, with a point or a comma for decimals; raises ModelError where it is none."""
    try:
        value = Decimal(text.strip().replace(",", ".").rstrip("%").strip())
    except InvalidOperation:
        raise ModelError("not_a_typed_number", text=text.strip()[:40]) from None
    if not value.is_finite() or abs(value) > 10**12:
        raise ModelError("not_a_typed_number", text=text.strip()[:40])
    return value


def read_clock(text: str) -> int:
    """Return an hour of the day in ms after midnight.

    >>> read_clock("9:30"), read_clock("17"), read_clock("24:00")
    (34200000, 61200000, 86400000)
    """
    found = re.fullmatch(r"\s*(\d{1,2})(?:[:.](\d{2}))?\s*", text)
    ms = (int(found[1]) * HOUR + int(found[2] or 0) * MINUTE) if found else -1
    if found is None or not 0 <= ms <= DAY or int(found[2] or 0) > 59:
        raise ModelError("not_an_hour", text=text.strip()[:20])
    return ms


def write_clock(ms: int) -> str:
    """Return an hour of the day as it would be typed.

    >>> write_clock(34_200_000)
    '9:30'
    """
    return f"{ms // HOUR}:{ms % HOUR // MINUTE:02d}"


def spans(days: list[str], start: int, end: int) -> tuple[Span, ...]:
    """Return the same hours on several days, given by their number."""
    return tuple(Span(int(day), start, end) for day in sorted(days))


def week(days: list[str], start: int, end: int, closed: tuple[str, ...]) -> Calendar | None:
    """Return the week of open hours; no day means that no hours are kept."""
    return Calendar(spans(days, start, end), closed) if days else None


class TypedRow(Struct, frozen=True):
    """One row of a table of steps, as typed."""

    row: int
    name: str
    lane: Lane
    role: str
    minutes: Decimal | None


HEADINGS = frozenset({"name", "step", "activity", "task"})


def rows_of(text: str) -> list[TypedRow]:
    """Return typed rows: name, lane, role, minutes, with tab, semicolon or comma between; a header row is passed over.

    Raises ModelError naming every row that does not fit, with the remedy.
    """
    separator = next((mark for mark in "\t;," if mark in text), ";")
    rows, faults = [], []
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1):
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (number == 1 and cells[0].lower() in HEADINGS):
            continue
        try:
            rows.append(_row(number, [*cells, "", "", "", ""][:4]))
        except ModelError as problem:
            faults.append(str(problem))
    if faults:
        raise ModelError("rows_do_not_fit", rows=" ".join(faults))
    if not rows:
        raise ModelError("no_rows")
    if len(rows) > MOST_ROWS:
        raise ModelError("too_many_rows_typed", rows=len(rows), most=MOST_ROWS)
    return rows


def _row(number: int, cells: list[str]) -> TypedRow:
    name, lane, role, minutes = cells
    if not name:
        raise ModelError("row_without_name", row=number)
    known = {one.value for one in Lane}
    if lane and lane.lower() not in known:
        raise ModelError("row_lane", row=number, lane=lane[:40], known=", ".join(one.value for one in Lane))
    try:
        time = read_number(minutes) if minutes else None
    except ModelError:
        time = Decimal(-1)
    if time is not None and time < 0:
        raise ModelError("row_minutes", row=number, minutes=minutes[:40])
    return TypedRow(number, name, Lane(lane.lower()) if lane else Lane.BACK, role, time)


def pasted(name: str, text: str, date: str) -> TableRead:
    """Return the graph of typed or pasted rows: a table with headings as spreadsheets have it, else plain rows.

    Raises ModelError naming every row that does not fit.
    """
    cells = csv_cells(text.encode())
    top = next((n for n, row in enumerate(cells) if any(cell.strip() for cell in row)), 0)
    headings = [column(cell) for cell in cells[top]] if cells else []
    if "step" in headings and headings != list(PLAIN[: len(headings)]):
        return read_table(_with_shares(cells, top, headings), name, date)
    return TableRead(graph_of(name, rows_of(text), date), ())


PLAIN = ("step", "lane", "role", "time")
"""The order of columns in which rows are typed; a table in it needs no other reader."""
SHARES = frozenset({"share", "shares", "percent", "per cent", "%", "probability", "chance"})


def _with_shares(cells: list[list[str]], top: int, headings: list[str]) -> list[list[str]]:
    """Return a table in which shares of a column of their own stand behind the steps they belong to."""
    at = next((n for n, cell in enumerate(cells[top]) if cell.strip().lower() in SHARES), None)
    if at is None or "next" not in headings:
        return cells
    to = headings.index("next")
    out = cells[: top + 1]
    for row in cells[top + 1 :]:
        full = [*row, *[""] * (len(headings) - len(row))]
        goals, shares = ([one.strip() for one in full[n].split(";") if one.strip()] for n in (to, at))
        if len(goals) == len(shares) > 1:
            full[to] = "; ".join(f"{goal} ({share})" for goal, share in zip(goals, shares, strict=True))
        out.append(full)
    return out


def graph_of(name: str, rows: list[TypedRow], date: str) -> StepGraph:
    """Return the steps of typed rows one after another, between a start and an end."""
    steps = [Step(id="start", kind=Kind.START, name="Start", lane=rows[0].lane)]
    for row in rows:
        steps.append(_step(row, frozenset(step.id for step in steps) | {"end"}, date))
    steps.append(Step(id="end", kind=Kind.END, name="End", lane=rows[-1].lane))
    flows = tuple(
        Flow(id=flow_id(frozenset(), one.id, two.id), source=one.id, target=two.id) for one, two in pairwise(steps)
    )
    return StepGraph(id=slug(name), name=name, steps=tuple(steps), flows=flows)


def _step(row: TypedRow, taken: frozenset[str], date: str) -> Step:
    """Return a typed step; its one figure is spread as a guess, half and twice in one case of ten each."""
    time = None
    if row.minutes is not None:
        ms = int(row.minutes * MINUTE)
        points = Quantiles(points=(("0.1", ms // 2), ("0.5", ms), ("0.9", 2 * ms)))
        source = f"typed in, row {row.row}; half and twice the time are assumed for good and bad days"
        time = Timing(points, Provenance("judged", "D", source, date))
    outside = row.lane is Lane.CUSTOMER and not row.role
    kind = Kind.WAIT if outside else Kind.WORK
    return Step(id=slug(row.name, taken), kind=kind, name=row.name, lane=row.lane, role=row.role, time=time)

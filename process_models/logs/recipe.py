"""A recipe: how a log is read, from the bytes to the graph. Kept for the next export of the same shape.

The document holds how the file is taken apart, what its columns are for, and which rows were corrected by hand. The
same recipe on the same bytes gives the same events, on a page and on the command line.
"""

from pathlib import Path

from process_models.logs.columns import Columns
from process_models.logs.delimited import Draw, Parse
from process_models.logs.errors import LogError
from process_models.logs.events import Events, events
from process_models.logs.limits import LIMITS, Limits
from process_models.logs.reading import Reading, corrected, read
from process_models.logs.table import LeftOut, Table
from process_models.logs.wide import long
from process_models.values.calendars import Calendar
from process_models.values.canonical import canonical, plain
from process_models.values.canonical import read as read_document
from process_models.values.clocks import Clock
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, number

FORMAT = 1


class Cell(Document, frozen=True):
    """What a cell is to say."""

    column: str
    text: str


class Fix(Document, frozen=True, kw_only=True):
    """A row that was corrected or left out by hand."""

    row: int
    cells: tuple[Cell, ...] = ()
    leave_out: bool = False


class Recipe(Document, frozen=True):
    """On what terms a log is read."""

    columns: Columns
    noise: Fraction = "0"
    hours: Calendar | None = None
    """Hours in which waiting counts; None: day and night."""
    parse: Parse = Parse()
    wide: tuple[str, ...] = ()
    """Columns of dates of an export with one row a case: each becomes a step."""
    fixes: tuple[Fix, ...] = ()
    share: str = ""
    """Of all cases that are read, keyed by a hash of the case; empty: all."""
    promise: Clock | None = None
    """What was promised, with steps as the log names them; a moment without a step is the opening, or the end."""
    format: int = FORMAT


def table_of(source: bytes | Path, recipe: Recipe, limits: Limits = LIMITS) -> tuple[Table, tuple[LeftOut, ...]]:
    """Read a log as its recipe says; return the table and the rows set aside."""
    draw = Draw(recipe.columns.case, per_mille(recipe.share)) if recipe.share else None
    reading = mended(read(source, limits, recipe.parse, draw), recipe.fixes)
    table = long(reading.table, recipe.wide) if recipe.wide else reading.table
    return table, reading.left_out


def events_of(source: bytes | Path, recipe: Recipe, limits: Limits = LIMITS) -> Events:
    """Return the events of a log as its recipe says."""
    table, left_out = table_of(source, recipe, limits)
    return events(table, recipe.columns, left_out)


def mended(reading: Reading, fixes: tuple[Fix, ...]) -> Reading:
    """Return a reading with the corrections of a recipe; those of rows it does not have change nothing."""
    if not fixes:
        return reading
    cells = {fix.row: {cell.column: cell.text for cell in fix.cells} for fix in fixes if fix.cells}
    return corrected(reading, cells, frozenset(fix.row for fix in fixes if fix.leave_out))


def per_mille(share: str) -> int:
    """Return a share of cases in thousandths.

    >>> per_mille("0.25")
    250
    """
    try:
        parts = round(number(share) * 1000)
    except ModelError:
        raise LogError("log_bad_share", share=share) from None
    if not 1 <= parts < 1000:
        raise LogError("log_bad_share", share=share)
    return parts


def write_recipe(recipe: Recipe) -> str:
    """Return a recipe as a file; the number of its format stands in it."""
    return canonical({**plain(recipe), "format": FORMAT}).decode() + "\n"


def read_recipe(text: bytes) -> Recipe:
    """Return the recipe of a file; raises LogError where it is none, or one of a later format."""
    try:
        return read_document(text, Recipe)
    except ModelError as problem:
        raise LogError("log_bad_recipe", problem=problem) from None

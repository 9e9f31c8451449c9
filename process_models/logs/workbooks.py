"""Workbooks (XLSX, XLSB, XLS, ODS) as tables of text: values as the cells show them, dates as ISO texts."""

import datetime as clock
import zipfile
from typing import Any

import numpy as np

from process_models.logs.delimited import Parse, Source, Taken, cut_note, named, uneven_row
from process_models.logs.errors import LogError
from process_models.logs.limits import Limits
from process_models.logs.table import Column, LeftOut, Table
from process_models.values.sentences import Sentence

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Names the part of a compound file that holds a workbook under a password ([MS-OFFCRYPTO] 2.3.4.4)."""
MOST_SEARCHED = 200_000_000
FROM_1904 = b'date1904="1"'


def read_workbook(source: Source, limits: Limits, parse: Parse) -> tuple[Taken, dict[str, object]]:
    """Read one sheet of a workbook: the one named, else the one with most cells."""
    import python_calamine  # only when a workbook is read

    with source.open() as file:
        try:
            book = python_calamine.load_workbook(file)
        except python_calamine.PasswordError:
            raise LogError("log_password") from None
        except (python_calamine.CalamineError, OSError):
            raise LogError("log_password" if _locked(source) else "log_workbook") from None
        names = tuple(book.sheet_names)
        name = _chosen(book, names, parse.sheet)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    notes: tuple[Sentence, ...] = ()
    if len(names) > 1 and not parse.sheet:
        notes = (Sentence.of("log_note_sheet", sheets=", ".join(names), sheet=name),)
    if _from_1904(source):
        notes = (*notes, Sentence.of("log_note_mac_days"))
    taken = _taken(rows, parse, name, limits)
    return Taken(taken.table, taken.parse, taken.left_out, (*notes, *taken.notes), taken.rows), {"sheets": names}


def _locked(source: Source) -> bool:
    """Whether a file that is no workbook holds one under a password: the reader does not say for files in memory."""
    with source.open() as file:
        return ENCRYPTED in file.read(MOST_SEARCHED)


def _chosen(book: Any, names: tuple[str, ...], wanted: str) -> str:
    """Return the sheet to read."""
    if wanted and wanted not in names:
        raise LogError("log_no_sheet", sheet=wanted, sheets=", ".join(names))
    if wanted or len(names) == 1:
        return wanted or names[0]
    sizes = {name: sheet.height * sheet.width for name in names if (sheet := book.get_sheet_by_name(name))}
    return max(names, key=lambda name: sizes.get(name, 0))


def _from_1904(source: Source) -> bool:
    """Whether a workbook counts its days from 1904; the reader knows, people should too."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            return FROM_1904 in archive.read("xl/workbook.xml")
    except (zipfile.BadZipFile, KeyError):
        return False


def _taken(rows: list[list[Any]], parse: Parse, sheet: str, limits: Limits) -> Taken:
    """Return the rows of a sheet below its header."""
    filled = [number for number, row in enumerate(rows, 1) if any(cell != "" for cell in row)]
    if not filled:
        raise LogError("log_empty")
    header = parse.header or _header(rows, filled)
    if header > len(rows):
        raise LogError("log_no_header_row", row=header)
    wide = max((place for place, cell in enumerate(rows[header - 1], 1) if cell != ""), default=0)
    names, notes = named([text_of(cell) for cell in rows[header - 1][:wide]], limits)
    below = [number for number in filled if number > header]
    if not below:
        raise LogError("log_only_header", columns=", ".join(names))
    if above := [number for number in filled if number < header]:
        notes = (*notes, Sentence.of("log_note_preamble", rows=len(above), header=header))
    long = {number for number in below if any(cell != "" for cell in rows[number - 1][wide:])}
    left_out = tuple(_long_row(number, rows[number - 1], wide) for number in sorted(long))
    kept = [number for number in below if number not in long]
    columns = {name: _column([rows[number - 1][place] for number in kept]) for place, name in enumerate(names)}
    table = Table(columns, np.array(kept, dtype=np.int64))
    return Taken(table, Parse(header=header, sheet=sheet), left_out, (*notes, *cut_note(len(below))), len(below))


def _header(rows: list[list[Any]], filled: list[int]) -> int:
    """Return the row of names: the first in which at least as many cells are filled as in most rows below."""
    counts = sorted(sum(cell != "" for cell in rows[number - 1]) for number in filled[:200])
    usual = counts[len(counts) // 2]
    fits = (number for number in filled if sum(cell != "" for cell in rows[number - 1]) >= max(usual - 1, 1))
    return next(fits, filled[0])


def _long_row(number: int, row: list[Any], wide: int) -> LeftOut:
    cells = [text_of(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return uneven_row(number, cells, wide)


def _column(cells: list[Any]) -> Column:
    """Return cells as text, each distinct value told once."""
    known: dict[tuple[type, Any], int] = {}
    codes = np.array([known.setdefault((type(cell), cell), len(known)) for cell in cells], dtype=np.int32)
    told = Column.of([text_of(value) for _, value in known])
    return Column(told.codes[codes] if len(codes) else codes, told.texts)


def text_of(cell: Any) -> str:
    """Return a cell as text: whole numbers without a point, dates and times as ISO texts.

    >>> text_of(7.0), text_of(True), text_of(clock.datetime(2026, 1, 5, 9, 30)), text_of(clock.timedelta(hours=30))
    ('7', 'true', '2026-01-05 09:30:00', '30:00:00')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, clock.datetime):
        return _moment(cell)
    if isinstance(cell, clock.timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return str(cell)


def _moment(cell: clock.datetime) -> str:
    """Return a moment at ms: a workbook counts days, and a second is no round share of one."""
    whole = cell + clock.timedelta(microseconds=500)
    ms = whole.microsecond // 1000
    return f"{whole:%Y-%m-%d %H:%M:%S}" + (f".{ms:03d}" if ms else "")

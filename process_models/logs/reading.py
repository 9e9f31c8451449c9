"""A log as a table of text, whatever it came as: text with separators, a workbook, Parquet, XES; packed or not.

What a file is decides its content, never its name. Nothing is repaired here: rows that cannot be read as rows are set
aside with the reason, and a file that is none of these is refused with the remedy.
"""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pandas as pd
from msgspec import Struct, structs

from process_models.logs.delimited import BLOCK, Draw, Parse, Source, Taken, column_place, drawn, read_delimited
from process_models.logs.errors import LogError
from process_models.logs.limits import LIMITS, Limits, fits
from process_models.logs.table import LeftOut, Table
from process_models.values.sentences import Sentence

__all__ = ["FIRST", "LIMITS", "Draw", "Limits", "Parse", "Reading", "preview", "read"]

FIRST = 10
"""How many places an error lists before it only counts."""
PREVIEWED = 5000
FOUND_OUT = Parse()
GZIP, ZIP, OLE, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"


class Reading(Struct, frozen=True, eq=False, dict=True):
    """A table as it was read, how, and what was set aside."""

    table: Table
    """Text only; rows are numbered as a spreadsheet does: the header is row 1."""
    format: str
    """delimited, workbook, parquet or xes."""
    parse: Parse
    """How the file was taken apart; given back, it is taken apart the same way."""
    left_out: tuple[LeftOut, ...]
    notes: tuple[Sentence, ...]
    rows: int
    """Rows seen, kept or not."""
    source: bytes | Path
    sheets: tuple[str, ...] = ()
    classifiers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Of XES: what may be the step, by name, and the columns each joins."""
    share: str = ""
    """Of all cases, if only a sample was read."""
    size: int = 0
    """Bytes, unpacked."""
    partial: bool = False
    """Only the beginning (and middle) was read."""

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table as a frame of text."""
        return self.table.frame

    @property
    def encoding(self) -> str:
        """How letters are written; empty where the format says it itself."""
        return self.parse.encoding

    @property
    def separator(self) -> str:
        """What stands between cells; empty where the format says it itself."""
        return self.parse.separator

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes as they were brought in."""
        if isinstance(self.source, bytes):
            return hashlib.sha256(self.source).hexdigest()
        with self.source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


Read = Callable[[Source, Limits, Parse], tuple[Taken, dict[str, object]]]


def read(
    source: bytes | Path,
    limits: Limits = LIMITS,
    parse: Parse = FOUND_OUT,
    draw: Draw | None = None,
) -> Reading:
    """Read a log from bytes or a path; `draw` reads a sample by whole cases.

    Raises LogError where the file is empty, is no log, or is larger than the limits or than memory.
    """
    return _reading(source, limits, parse, draw, None)


def preview(source: bytes | Path, limits: Limits = LIMITS, parse: Parse = FOUND_OUT, rows: int = PREVIEWED) -> Reading:
    """Read the first rows of a log, and as many from its middle where it can be entered there."""
    return _reading(source, limits, parse, None, rows)


def _reading(source: bytes | Path, limits: Limits, parse: Parse, draw: Draw | None, rows: int | None) -> Reading:
    opened, head = _unpacked(source, limits)
    format = format_of(head)
    if draw is None and rows is None:
        fits(opened.size, limits)
    more: dict[str, object] = {}
    if format == "delimited":
        taken = read_delimited(opened, limits, parse, draw, rows)
        if rows is not None:
            taken = _with_middle(taken, opened, limits, rows)
    else:
        taken, more = _reader(format)(opened, limits, parse)
        taken = _some(taken, draw, rows)
    share = f"{draw.per_mille / 1000:g}" if draw else ""
    return Reading(
        table=taken.table,
        format=format,
        parse=taken.parse,
        left_out=taken.left_out,
        notes=taken.notes,
        rows=taken.rows,
        source=source,
        share=share,
        size=opened.size,
        partial=rows is not None and len(taken.table) >= rows,
        **more,  # type: ignore[arg-type]
    )


def format_of(head: bytes) -> str:
    """Return what a file is, by its first bytes."""
    if head[:4] == ZIP:
        return "workbook"
    if head[:4] == OLE:
        return "workbook"
    if head[:4] == PARQUET:
        return "parquet"
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    wide = head.replace(b"\x00", b"").lstrip(b"\xff\xfe \t\r\n")
    return "xes" if plain[:1] == b"<" or (head[:2] in (b"\xff\xfe", b"\xfe\xff") and wide[:1] == b"<") else "delimited"


def _reader(format: str) -> Read:
    """Return the reader of a format; imported only when needed, for each brings a library."""
    if format == "workbook":
        from process_models.logs.workbooks import read_workbook

        return read_workbook
    if format == "parquet":
        from process_models.logs.parquet import read_parquet

        return read_parquet
    from process_models.logs.xes import read_xes

    return read_xes


def _some(taken: Taken, draw: Draw | None, rows: int | None) -> Taken:
    """Keep the cases drawn, or the first rows."""
    table = taken.table
    if draw is not None:
        column_place(table.names, draw.case)
        table = table.rows(drawn(table[draw.case], draw))
    if rows is not None and len(table) > 2 * rows:
        table = table.rows(slice(0, 2 * rows))
    return Taken(table, taken.parse, taken.left_out, taken.notes, taken.rows)


def _with_middle(taken: Taken, source: Source, limits: Limits, rows: int) -> Taken:
    """Add rows from the middle of a large file to those of its beginning."""
    middle = source.size // 2
    if source.size < 2 * BLOCK or taken.parse.encoding not in ("utf-8", "cp1252"):
        return taken

    def enter() -> BinaryIO:
        header = taken.parse.separator.join(f'"{name}"' for name in taken.table.names)
        with source.open() as file:
            file.seek(middle)
            file.readline()
            rest = file.read(BLOCK // 2).rpartition(b"\n")[0]
        return io.BytesIO(header.encode(taken.parse.encoding) + b"\n" + rest)

    more = read_delimited(
        Source(enter, BLOCK),
        limits,
        Parse(encoding=taken.parse.encoding, separator=taken.parse.separator, header=1),
        None,
        rows,
    )
    both = pd.concat([taken.table.frame, more.table.frame])
    return Taken(Table.of(both), taken.parse, taken.left_out, taken.notes, taken.rows)


# Unpacking


def _unpacked(source: bytes | Path, limits: Limits) -> tuple[Source, bytes]:
    """Return a file as it can be opened, unpacked, with its first bytes."""
    opened = _as_source(source)
    head = _head(opened)
    if head[:2] == GZIP:
        opened = _gzipped(opened)
        head = _head(opened)
    if head[:4] == ZIP and (member := _only_member(opened)):
        opened = _zipped(opened, member)
        head = _head(opened)
    if opened.size > limits.bytes:
        raise LogError("log_too_large", limit=limits.bytes // 1_000_000)
    return opened, head


def _as_source(source: bytes | Path) -> Source:
    if isinstance(source, Path):
        return Source(lambda: source.open("rb"), source.stat().st_size)
    return Source(lambda: io.BytesIO(source), len(source))


def _head(source: Source) -> bytes:
    try:
        with source.open() as file:
            return file.read(4096)
    except (EOFError, OSError, zlib.error) as problem:
        raise LogError("log_bad_gzip", problem=problem) from None


class _Unpacking(io.RawIOBase):
    """What is inside of a packed file; says in a sentence when it is damaged, and closes both."""

    def __init__(self, packed: BinaryIO, inside: BinaryIO) -> None:
        self._packed, self._file = packed, inside

    def close(self) -> None:
        """Close both files."""
        self._file.close()
        self._packed.close()
        super().close()

    def seekable(self) -> bool:
        """Say yes: what lies before is unpacked once more."""
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place."""
        return self._file.seek(place, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer."""
        view = cast(memoryview, buffer)
        try:
            got = self._file.read(len(view))
        except (EOFError, OSError, zlib.error) as problem:
            raise LogError("log_bad_gzip", problem=problem) from None
        view[: len(got)] = got
        return len(got)


def _gzipped(source: Source) -> Source:
    """Return the content of a gzipped file; its last bytes say how much that is."""
    with source.open() as file:
        file.seek(max(source.size - 4, 0))
        said = int.from_bytes(file.read(4), "little")

    def enter() -> BinaryIO:
        packed = source.open()
        return _buffered(_Unpacking(packed, cast(BinaryIO, gzip.GzipFile(fileobj=packed))))

    return Source(enter, max(said, source.size))


def _buffered(inside: _Unpacking) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(inside, 1 << 20))


def _only_member(source: Source) -> str:
    """Return the name of the one file in an archive, empty if it is a workbook."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise LogError("log_password")
    except zipfile.BadZipFile:
        raise LogError("log_workbook") from None
    if "[Content_Types].xml" in names or "mimetype" in names:
        return ""
    names = [name for name in names if not name.startswith("__MACOSX/")]
    if len(names) != 1:
        raise LogError("log_archive", names=", ".join(sorted(names)[:FIRST]))
    return names[0]


def _zipped(source: Source, member: str) -> Source:
    with source.open() as file, zipfile.ZipFile(file) as archive:
        size = archive.getinfo(member).file_size

    def enter() -> BinaryIO:
        packed = source.open()
        with zipfile.ZipFile(packed) as archive:
            return _buffered(_Unpacking(packed, cast(BinaryIO, archive.open(member))))

    return Source(enter, size)


def corrected(reading: Reading, cells: dict[int, dict[str, str]], dropped: frozenset[int]) -> Reading:
    """Return a reading with cells corrected by row and column, and rows left out on purpose.

    A corrected row that had no place in the table gets one.
    """
    table, left_out = reading.table, list(reading.left_out)
    place_of = {int(row): place for place, row in enumerate(table.numbers)} if cells or dropped else {}
    columns = dict(table.columns)
    for name in columns:
        changes = {place_of[row]: new[name] for row, new in cells.items() if row in place_of and name in new}
        if changes:
            columns[name] = columns[name].changed(changes)
    table = Table(columns, table.numbers)
    fresh = [one for one in left_out if one.row in cells and one.row not in place_of]
    if fresh:
        table = _grown(table, fresh, cells)
    lost = {one.row for one in fresh}
    left_out = [one for one in left_out if one.row not in lost]
    if gone := [row for row in dropped if row in place_of]:
        table = table.rows(~np.isin(table.numbers, gone))
        left_out += [LeftOut(row, Sentence.of("log_row_dropped")) for row in gone]
    return structs.replace(reading, table=table, left_out=tuple(sorted(left_out, key=lambda one: one.row)))


def _grown(table: Table, fresh: list[LeftOut], cells: dict[int, dict[str, str]]) -> Table:
    """Return a table with rows put back, each where its number says."""
    frame = table.frame
    rows = {}
    for one in fresh:
        given = dict(zip(frame.columns, one.cells, strict=False))
        rows[one.row] = {**dict.fromkeys(frame.columns, ""), **given, **cells[one.row]}
    more = pd.DataFrame.from_dict(rows, orient="index", columns=frame.columns, dtype="str")
    return Table.of(pd.concat([frame, more]).sort_index(kind="stable"))

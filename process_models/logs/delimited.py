"""Text with separators as a table: encoding, separator, header and line ends are found, all else is left as it came.

Files are read in blocks. A block of regular text becomes codes without a single text being made (:mod:`table`); where
quotation marks do not stand as RFC 4180 has them, the whole file is read again, row by row, and rows that cannot be
read are set aside with the reason.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice, pairwise
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from process_models.logs.errors import LogError
from process_models.logs.limits import Limits
from process_models.logs.table import WORD, Column, Growing, Keys, LeftOut, Rows, Table, keys_of, words_of_texts
from process_models.values.document import Document
from process_models.values.sentences import Sentence

BLOCK = 1_000_000
HEAD = 1_000_000
LOOKED_AT = 1000
"""Rows that decide on the separator and the header."""
SWALLOWED = 50
"""A quotation mark that is still open so many lines later was never closed."""
SEPARATORS = ",;\t|"
CUT_AT = (10_000, 50_000, 65_535, 65_536, 100_000, 500_000, 1_000_000, 1_048_575, 1_048_576)
"""Numbers of rows at which programs stop exporting."""


class Parse(Document, frozen=True, kw_only=True):
    """How a file is taken apart; empty means that it is found out."""

    encoding: str = ""
    separator: str = ""
    header: int = 0
    """The row that names the columns."""
    sheet: str = ""
    """Of a workbook."""


class Source(Struct, frozen=True):
    """A file that can be opened more than once."""

    open: Callable[[], BinaryIO]
    size: int
    """In bytes, unpacked, as far as it is known before reading."""


class Draw(Struct, frozen=True):
    """A sample by whole cases, drawn while reading."""

    case: str
    """The column that tells cases apart."""
    per_mille: int


class Taken(Struct, frozen=True, eq=False):
    """A table, how it was read, and what was set aside."""

    table: Table
    parse: Parse
    left_out: tuple[LeftOut, ...]
    notes: tuple[Sentence, ...]
    rows: int
    """Rows seen, kept or not."""


class _Irregular(Exception):
    """The quotation marks are not those of RFC 4180: to be read row by row."""


class _OtherEncoding(Exception):
    """The text is not UTF-8 after all."""


class Layout(Struct, frozen=True):
    """What the beginning of a file says about the rest."""

    parse: Parse
    names: tuple[str, ...]
    lines: int
    """Lines up to the end of the header."""
    records: int
    """Rows up to the header and with it."""
    notes: tuple[Sentence, ...]


def read_delimited(
    source: Source, limits: Limits, parse: Parse, draw: Draw | None = None, rows: int | None = None
) -> Taken:
    """Read text with separators; with `rows`, only that many from the beginning and as many from further on."""
    with source.open() as file:
        head = file.read(HEAD)
    encoding = parse.encoding or encoding_of(head, whole=len(head) < HEAD)
    for attempt in (encoding, "") if not parse.encoding else (encoding,):
        chosen = attempt or _single_byte(head)
        layout = layout_of(_text(head, chosen), parse, chosen, limits)
        try:
            return _read(source, layout, limits, draw, rows)
        except _OtherEncoding:
            continue
    raise LogError("log_undecodable", line=0, byte="-", encoding=encoding)


def _read(source: Source, layout: Layout, limits: Limits, draw: Draw | None, rows: int | None) -> Taken:
    try:
        return _regular(source, layout, limits, draw, rows)
    except _Irregular:
        return _careful(source, layout, limits, draw, rows)


# Encoding


def encoding_of(head: bytes, whole: bool = True) -> str:
    """Return the encoding: by byte order mark, by where zeros stand, UTF-8 if it can be, else one byte a letter."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if head[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    if zeros := head[:2000].count(0):
        even = head[:2000:2].count(0)
        if zeros > 0.3 * len(head[:2000]):
            return "utf-16-be" if even > zeros / 2 else "utf-16-le"
        raise LogError("log_not_text", line=head[: head.index(b"\x00")].count(b"\n") + 1)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, whole)
    except UnicodeDecodeError:
        return _single_byte(head)
    return "utf-8"


def _single_byte(head: bytes) -> str:
    """Return Windows-1252, or the Hebrew or Cyrillic one where letters beyond ASCII stand in runs, as words do."""
    high = [byte for byte in head if byte >= 0xC0]
    pairs = sum(a >= 0xC0 and b >= 0xC0 for a, b in pairwise(head))
    if len(high) < 8 or pairs < len(high) / 2:
        return "cp1252"
    return "cp1255" if all(0xE0 <= byte <= 0xFA for byte in high) else "cp1251"


def _text(head: bytes, encoding: str) -> str:
    """Decode the beginning; what cannot be decoded further on is said when it is reached."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


# Separator and header


def layout_of(text: str, parse: Parse, encoding: str, limits: Limits) -> Layout:
    """Return separator, names and where the rows begin."""
    stated = text[4] if text[:4].lower() == "sep=" and text[4:5] in SEPARATORS and text[4:5] else ""
    separator = parse.separator or stated or max(SEPARATORS, key=lambda one: _agreement(text, one))
    begin = list(_head_rows(text, separator))
    if stated:
        begin = begin[1:]
    if not any(cells for _, _, cells in begin):
        raise LogError("log_empty")
    place = _header_place(begin, parse.header)
    number, lines, cells = begin[place]
    below = Counter(len(row) for _, _, row in begin[place + 1 :] if row)
    wide = below.most_common(1)[0][0] if below else len(cells)
    if wide == len(cells) + 1 and all(row[-1] == "" for _, _, row in begin[place + 1 :] if len(row) == wide):
        cells = [*cells, ""]
    names, notes = named(cells, limits)
    above = [first for first, _, row in begin[:place] if row]
    if above:
        notes = (*notes, Sentence.of("log_note_preamble", rows=len(above), header=number))
    if "\N{LATIN CAPITAL LETTER A WITH TILDE}\N{VULGAR FRACTION ONE QUARTER}" in text or "Ã¤" in text or "â€" in text:
        notes = (*notes, Sentence.of("log_note_mojibake"))
    if encoding in ("cp1255", "cp1251"):
        notes = (*notes, Sentence.of("log_note_encoding", encoding=encoding))
    return Layout(
        Parse(encoding=encoding, separator=separator, header=number, sheet=parse.sheet), names, lines, number, notes
    )


def _head_rows(text: str, separator: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield number, lines read so far, and cells of the first rows, those without cells as well."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    with suppress(csv.Error):
        for number, cells in enumerate(islice(reader, LOOKED_AT), 1):
            yield number, reader.line_num, cells


def _agreement(text: str, separator: str) -> tuple[float, int]:
    """Share of the first rows that have the commonest number of cells (more than one), and that number."""
    widths = Counter(len(cells) for _, _, cells in islice(_head_rows(text, separator), 200) if cells)
    wide = Counter({width: n for width, n in widths.items() if width > 1})
    if not wide:
        return 0.0, 0
    width, n = wide.most_common(1)[0]
    return round(n / widths.total(), 1), width


def _header_place(begin: list[tuple[int, int, list[str]]], wanted: int) -> int:
    """Return the place of the header: the first row as wide as most rows; lines of text above it are no rows."""
    if wanted:
        for place, (number, _, _) in enumerate(begin):
            if number == wanted:
                return place
        raise LogError("log_no_header_row", row=wanted)
    first = next(place for place, (_, _, cells) in enumerate(begin) if cells)
    widths = Counter(len(cells) for _, _, cells in begin if cells)
    width, n = widths.most_common(1)[0]
    if len(begin[first][2]) >= width - 1 or n < 3:
        return first
    return next(place for place, (_, _, cells) in enumerate(begin) if len(cells) == width)


def named(cells: list[str], limits: Limits) -> tuple[tuple[str, ...], tuple[Sentence, ...]]:
    """Return trimmed names: one without is called by its place, the second of a name gets a number."""
    if len(cells) > limits.columns:
        raise LogError("log_too_many_columns", columns=len(cells), limit=limits.columns)
    given = [name.strip() or f"column {place}" for place, name in enumerate(cells, 1)]
    names: list[str] = []
    for name in given:
        n, fresh = 1, name
        while fresh in names:
            n += 1
            fresh = f"{name} ({n})"
        names.append(fresh)
    doubled = sorted({name for name, n in Counter(given).items() if n > 1})
    notes = (Sentence.of("log_note_header_twice", names=", ".join(doubled)),) if doubled else ()
    return tuple(names), notes


# Blocks of regular text


def utf8_blocks(source: Source, encoding: str, limits: Limits) -> Iterator[bytes]:
    """Yield the file as blocks of UTF-8 with plain line ends, without a byte order mark."""
    seen = 0
    decoder = codecs.getincrementaldecoder(encoding)()
    plain = encoding == "utf-8"
    tail = b""
    with source.open() as file:
        while block := file.read(BLOCK):
            seen += len(block)
            if seen > limits.bytes:
                raise LogError("log_too_large", limit=limits.bytes // 1_000_000)
            if not (plain and block.isascii() and not tail):
                block, tail = _decoded(decoder, block, encoding, source, seen - len(block))
            if b"\x00" in block:
                line = _line(source, encoding, seen - BLOCK) + block[: block.index(b"\x00")].count(b"\n")
                raise LogError("log_not_text", line=line)
            yield block
    if tail:
        _decoded(decoder, b"", encoding, source, seen, final=True)


def _line(source: Source, encoding: str, place: int) -> int:
    """Return the number of the line at a place in the file."""
    with source.open() as file:
        return file.read(max(place, 0)).decode(encoding, "replace").count("\n") + 1


def _decoded(
    decoder: codecs.IncrementalDecoder, block: bytes, encoding: str, source: Source, before: int, final: bool = False
) -> tuple[bytes, bytes]:
    """Return a block as UTF-8, and the bytes at its end that are no whole letter yet."""
    try:
        text = decoder.decode(block, final)
    except UnicodeDecodeError as problem:
        if encoding == "utf-8":
            raise _OtherEncoding from None
        line = _line(source, encoding, before) + problem.object[: problem.start].count(b"\n")
        byte = f"0x{problem.object[problem.start]:02x}"
        raise LogError("log_undecodable", line=line, byte=byte, encoding=encoding) from None
    state = decoder.getstate()[0]
    return text.encode(), bytes(state)


def _regular(source: Source, layout: Layout, limits: Limits, draw: Draw | None, rows: int | None) -> Taken:
    """Read blocks of regular text."""
    growing = [Growing() for _ in layout.names]
    numbers: list[Rows] = []
    left_out: list[LeftOut] = []
    read = kept = 0
    records = layout.records
    for block in _whole_records(source, layout, limits):
        cut = _cut(block, layout)
        wanted = _drawn(cut, layout, draw)
        starts, lengths = (cut.starts, cut.lengths) if wanted.all() else (cut.starts[wanted], cut.lengths[wanted])
        for place, column in enumerate(growing):
            column.add(cut.buffer, starts[:, place].copy(), lengths[:, place].copy())
            column.doubled |= cut.doubled
        numbers.append(records + 1 + cut.numbers[wanted])
        left_out += _uneven(cut, records, layout)
        read += len(cut.numbers) + len(cut.uneven)
        kept += int(np.count_nonzero(wanted))
        records += cut.records
        if kept > limits.rows:
            raise LogError("log_too_many_rows", limit=limits.rows)
        if rows is not None and kept >= rows:
            break
    if not read:
        raise LogError("log_only_header", columns=", ".join(layout.names))
    columns = {}
    for name in layout.names:
        columns[name] = growing.pop(0).done()
    table = Table(columns, np.concatenate(numbers))
    if rows is not None:
        table = table.rows(slice(0, rows))
    return Taken(table, layout.parse, tuple(left_out), (*layout.notes, *cut_note(read, rows)), read)


def cut_note(read: int, rows: int | None = None) -> tuple[Sentence, ...]:
    """Say that an export has exactly as many rows as programs stop at."""
    return (Sentence.of("log_note_cut", rows=read),) if rows is None and read in CUT_AT else ()


def _whole_records(source: Source, layout: Layout, limits: Limits) -> Iterator[bytes]:
    """Yield blocks that end with a record, after the header."""
    rest, skip = b"", layout.lines
    lone = False
    for number, block in enumerate(utf8_blocks(source, layout.parse.encoding, limits)):
        lone = lone or (number == 0 and b"\n" not in block and b"\r" in block)
        block = rest + (block.replace(b"\r", b"\n") if lone else block)
        while skip and (line_end := block.find(b"\n")) >= 0:
            block, skip = block[line_end + 1 :], skip - 1
        if skip:
            rest = block
            continue
        end = _last_end(block)
        rest = block[end:]
        if len(rest) > BLOCK:
            raise _Irregular
        if end:
            yield block[:end]
    if rest and not skip:
        yield rest + b"\n"


def _last_end(block: bytes) -> int:
    """Return where the last whole record of a block ends."""
    end = block.rfind(b"\n") + 1
    quotes = block.count(b'"', 0, end)
    tries = 0
    while end and quotes % 2:
        before = block.rfind(b"\n", 0, end - 1) + 1
        quotes -= block.count(b'"', before, end)
        end, tries = before, tries + 1
        if tries > SWALLOWED:
            raise _Irregular
    return end


class Cut(Struct, frozen=True, eq=False):
    """Where the cells of a block are."""

    buffer: bytes
    starts: Rows
    """Row by row, cell by cell."""
    lengths: Rows
    numbers: Rows
    """Numbers of the rows within the block, from 0."""
    uneven: tuple[tuple[int, bytes], ...]
    records: int
    doubled: bool


def _cut(block: bytes, layout: Layout) -> Cut:
    """Find the cells of a block of whole records."""
    wide, separator = len(layout.names), layout.parse.separator.encode()
    buffer = block + bytes(2 * WORD - len(block) % WORD)
    data = np.frombuffer(block, dtype=np.uint8)
    at = np.flatnonzero((data == ord(separator)) | (data == 10))
    quotes = None
    if b'"' in block:
        quotes = np.cumsum(data == 34, dtype=np.int32)
        if quotes[-1] % 2:
            raise _Irregular
        at = at[quotes[at] % 2 == 0]
    ends_row = data[at] == 10
    lines = np.flatnonzero(ends_row)
    widths = np.diff(lines, prepend=-1)
    starts: Rows = np.empty(len(at), dtype=np.int64)
    starts[0], starts[1:] = 0, at[:-1] + 1
    even = widths == wide
    uneven: list[tuple[int, bytes]] = []
    if not even.all():
        for line in np.flatnonzero(~even):
            text = block[starts[lines[line] - widths[line] + 1] : at[lines[line]]]
            if text.strip(b"\r"):
                uneven.append((int(line), text.rstrip(b"\r")))
        chosen = np.repeat(even, widths)
        starts, at = starts[chosen], at[chosen]
    starts, ends = starts.reshape(-1, wide), at.reshape(-1, wide).copy()
    if b"\r" in block and len(ends):
        last = ends[:, -1]
        ends[:, -1] -= (data[np.maximum(last - 1, 0)] == 13) & (last > starts[:, -1])
    blank = np.zeros(len(starts), dtype=bool)
    if wide == 1:
        blank = (ends == starts)[:, 0]
    doubled = False
    if quotes is not None:
        starts, ends, doubled = _unquoted(block, data, quotes, starts, ends)
    numbers = np.flatnonzero(even)
    return Cut(buffer, starts[~blank], (ends - starts)[~blank], numbers[~blank], tuple(uneven), len(lines), doubled)


def _unquoted(
    block: bytes, data: npt.NDArray[np.uint8], quotes: Rows, starts: Rows, ends: Rows
) -> tuple[Rows, Rows, bool]:
    """Return the cells without the marks around them, and whether marks are doubled inside of any."""
    before = np.where(starts > 0, quotes[starts - 1], 0)
    last = np.maximum(ends - 1, starts)
    inside = np.where(ends > starts, quotes[last], before) - before
    quoted = inside > 0
    proper = (data[np.minimum(starts, len(data) - 1)] == 34) & (data[last] == 34) & (ends - starts >= 2)
    if (quoted & ~proper).any():
        raise _Irregular
    many = np.argwhere(inside > 2)
    for row, column in many:
        inner = block[starts[row, column] + 1 : ends[row, column] - 1]
        if b'"' in inner.replace(b'""', b""):
            raise _Irregular
    return starts + quoted, ends - quoted, bool(len(many))


def _uneven(cut: Cut, records: int, layout: Layout) -> Iterator[LeftOut]:
    """Say which rows have too few or too many cells."""
    for line, text in cut.uneven:
        cells = next(csv.reader([text.decode()], delimiter=layout.parse.separator))
        yield uneven_row(records + 1 + line, cells, len(layout.names))


def uneven_row(row: int, cells: list[str], columns: int) -> LeftOut:
    """Return a row that has another number of cells than the header."""
    reason = Sentence.of("log_row_uneven", cells=len(cells), columns=columns)
    return LeftOut(row, reason, tuple(cell.strip() for cell in cells))


def _drawn(cut: Cut, layout: Layout, draw: Draw | None) -> npt.NDArray[np.bool_]:
    """Mark the rows of the cases that are drawn."""
    if draw is None:
        return np.ones(len(cut.numbers), dtype=bool)
    place = column_place(layout.names, draw.case)
    growing = Growing()
    growing.add(cut.buffer, cut.starts[:, place], cut.lengths[:, place])
    return drawn(growing.done(), draw) if len(cut.numbers) else np.zeros(0, dtype=bool)


def column_place(names: tuple[str, ...], name: str) -> int:
    """Return the place of a column, or say that there is none."""
    if name not in names:
        raise LogError("log_missing_column", columns=name, present=", ".join(names))
    return names.index(name)


def drawn(case: Column, draw: Draw) -> npt.NDArray[np.bool_]:
    """Mark the rows of the cases that are drawn: those whose key, a hash of the case alone, is low."""
    keys: Keys = keys_of(words_of_texts(case.raw))
    low = keys < np.uint64(draw.per_mille * (2**64 // 1000))
    return np.asarray(low[case.codes], dtype=bool)


# Row by row


def _careful(source: Source, layout: Layout, limits: Limits, draw: Draw | None, rows: int | None) -> Taken:
    """Read row by row; a row whose quotation mark is never closed is set aside."""
    left_out: list[LeftOut] = []
    cells_by_row: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in _records(source, layout, limits, left_out):
        if len(cells) != len(layout.names):
            left_out.append(uneven_row(number, cells, len(layout.names)))
            continue
        numbers.append(number)
        cells_by_row.append(cells)
        if len(numbers) > limits.rows:
            raise LogError("log_too_many_rows", limit=limits.rows)
        if rows is not None and len(numbers) >= rows:
            break
    if not numbers and not left_out:
        raise LogError("log_only_header", columns=", ".join(layout.names))
    columns = list(zip(*cells_by_row, strict=True)) or [() for _ in layout.names]
    table = Table(
        {name: Column.of(list(cells)) for name, cells in zip(layout.names, columns, strict=True)},
        np.array(numbers, dtype=np.int64),
    )
    if draw is not None:
        table = table.rows(drawn(table[layout.names[column_place(layout.names, draw.case)]], draw))
    return Taken(table, layout.parse, tuple(left_out), layout.notes, len(numbers) + len(left_out))


def _records(
    source: Source, layout: Layout, limits: Limits, left_out: list[LeftOut]
) -> Iterator[tuple[int, list[str]]]:
    """Yield numbered rows that are not blank."""
    text = b"".join(utf8_blocks(source, layout.parse.encoding, limits)).decode()
    lines = io.StringIO(text, newline=None).read().split("\n")[layout.lines :]
    if lines and not lines[-1]:
        lines.pop()
    number, place = layout.records, 0
    while place < len(lines):
        number += 1
        cells, used = _record(lines, place, layout.parse.separator)
        if cells is None:
            reason = Sentence.of("log_row_open_quote")
            left_out.append(LeftOut(number, reason, (lines[place][:200],)))
        elif cells and any(cells):
            yield number, cells
        place += used


def _record(lines: list[str], place: int, separator: str) -> tuple[list[str] | None, int]:
    """Return the cells of the row that begins at a line and how many lines it takes; None if it never ends."""
    for used in range(1, min(SWALLOWED, len(lines) - place) + 1):
        text = "\n".join(lines[place : place + used])
        try:
            return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), []), used
        except csv.Error as problem:
            if "unexpected end of data" not in str(problem):
                if used > 1:
                    return None, 1  # A mark further down was taken for its end.
                return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), []), used
    return None, 1

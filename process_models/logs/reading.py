"""A CSV export as a table of text: encoding and separator are found, everything else is left as it came.

Nothing is repaired here. A file that cannot be read as a table is refused with the row and the remedy.
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pandas as pd
from msgspec import Struct

from process_models.logs.errors import LogError
from process_models.values.sentences import Sentence

FIRST = 10
"""How many places an error lists before it only counts."""
MEGABYTE = 1_000_000


class Limits(Struct, frozen=True):
    """How large an export may be."""

    bytes: int = 300 * MEGABYTE
    """After unpacking."""
    rows: int = 2_000_000
    columns: int = 500


LIMITS = Limits()


class Reading(Struct, frozen=True, eq=False):
    """A table as it was read, and how."""

    frame: pd.DataFrame
    """Text only; the index, named row, counts as a spreadsheet does: the header is row 1."""
    encoding: str
    separator: str
    digest: str
    """SHA-256 of the bytes as they were brought in."""


def read(source: bytes | Path, limits: Limits = LIMITS) -> Reading:
    """Read a CSV export, plain or gzipped, from bytes or a path.

    Raises LogError where the file is empty, holds only a header, cannot be decoded, names a column twice, has rows of
    unequal length, or is larger than the limits.
    """
    raw = source.read_bytes() if isinstance(source, Path) else source
    text, encoding = decoded(unpacked(raw, limits))
    separator, body = separated(text)
    header, rows = records(body, separator, limits)
    index = pd.Index([number for number, _ in rows], name="row")
    cells = zip(*(row for _, row in rows), strict=True)
    frame = pd.DataFrame(dict(zip(header, map(pd.array, cells), strict=True)), index=index, dtype="str")
    return Reading(frame, encoding, separator, hashlib.sha256(raw).hexdigest())


def unpacked(raw: bytes, limits: Limits) -> bytes:
    """Return the bytes themselves, unpacked if gzipped, never more than the limit."""
    if raw[:4] == b"PK\x03\x04":
        raise LogError("log_workbook")
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.GzipFile(fileobj=io.BytesIO(raw)).read(limits.bytes + 1)
        except (EOFError, OSError, zlib.error) as problem:
            raise LogError("log_bad_gzip", problem=problem) from None
    if len(raw) > limits.bytes:
        raise LogError("log_too_large", limit=limits.bytes // MEGABYTE)
    return raw


def decoded(raw: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by byte order mark, else UTF-8, else Windows-1252."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(raw, "utf-16"), "utf-16"
    if b"\x00" in raw:
        raise LogError("log_not_text", line=raw[: raw.index(b"\x00")].count(b"\n") + 1)
    if raw[:3] == b"\xef\xbb\xbf":
        return _decoded(raw, "utf-8-sig"), "utf-8-sig"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(raw, "cp1252"), "cp1252"


def _decoded(raw: bytes, encoding: str) -> str:
    """Decode, or say at which line it fails."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise LogError("log_undecodable", line=line, byte=f"0x{raw[problem.start]:02x}", encoding=encoding) from None


SEPARATORS = ",;\t|"


def separated(text: str) -> tuple[str, str]:
    """Return the separator and the text without a leading ``sep=`` line.

    The separator is the one that gives the first rows the most cells, all equally many; the comma wins ties.
    """
    if text[:4].lower() == "sep=" and text[4:5] in SEPARATORS:
        return text[4], text[5:].lstrip("\r\n")
    return max(SEPARATORS, key=lambda separator: _agreement(text, separator)), text


def _agreement(text: str, separator: str) -> tuple[float, int]:
    """Share of the first rows that have the commonest number of cells (more than one), and that number."""
    try:
        widths = Counter(len(row) for row in islice(_rows(text, separator), 200) if row)
    except csv.Error:
        return 0.0, 0
    wide = Counter({width: n for width, n in widths.items() if width > 1})
    if not wide:
        return 0.0, 0
    width, n = wide.most_common(1)[0]
    return round(n / widths.total(), 1), width


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the cells of each row; an empty line has none."""
    return csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True)


def records(text: str, separator: str, limits: Limits) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the numbered rows; blank lines are no rows but keep their number."""
    rows = _numbered(text, separator)
    header = next((cells for _, cells in rows), None)
    if header is None:
        raise LogError("log_empty")
    named = _header(header, limits)
    kept = list(islice(rows, limits.rows + 1))
    if not kept:
        raise LogError("log_only_header", columns=", ".join(named))
    if len(kept) > limits.rows:
        raise LogError("log_too_many_rows", limit=limits.rows)
    if uneven := [(number, len(cells)) for number, cells in kept if len(cells) != len(named)]:
        places = (Sentence.of("log_uneven_row", row=row, cells=n) for row, n in uneven[:FIRST])
        raise LogError("log_uneven", tuple(places), count=len(uneven), columns=len(named))
    return named, kept


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield numbered rows that are not blank; say where a quotation mark is never closed."""
    number = 0
    try:
        for number, cells in enumerate(_rows(text, separator), 1):
            if cells:
                yield number, cells
    except csv.Error as problem:
        raise LogError("log_bad_quotes", row=number + 1, problem=problem) from None


def _header(cells: list[str], limits: Limits) -> list[str]:
    """Return trimmed names; a column without one is called by its place."""
    if len(cells) > limits.columns:
        raise LogError("log_too_many_columns", columns=len(cells), limit=limits.columns)
    names = [name.strip() or f"column {place}" for place, name in enumerate(cells, 1)]
    if doubled := [name for name, n in Counter(names).items() if n > 1]:
        raise LogError("log_header_twice", names=", ".join(doubled))
    return names

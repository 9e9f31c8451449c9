"""A table of evidence, what is asked of it, and the answer in words, as a picture's figures and as a table."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Literal

import msgspec
from msgspec import Struct

from process_models.evidence.themes import Code
from process_models.values.document import Document

LARGEST = 20 * 2**20
"""Bytes of a table of evidence; larger ones are logs and go to the data room."""
NOT_KNOWN = float("nan")


class EvidenceTable(Struct, frozen=True, dict=True):
    """A table of a review: figures, ratings or comments, a row each; columns that are not needed were left out."""

    id: str
    review: str
    name: str
    file: bytes
    """CSV in UTF-8, the first row being the names of columns."""
    author: str
    at: datetime

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """The rows as they stand."""
        csv.field_size_limit(LARGEST)
        return list(csv.DictReader(io.StringIO(self.file.decode("utf-8"), newline="")))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(next(csv.reader(io.StringIO(self.file.decode("utf-8"), newline="")), ()))

    def texts(self, column: str) -> list[str]:
        """Return the cells of a column."""
        return [row[column] or "" for row in self.rows]

    def numbers(self, column: str) -> list[float]:
        """Return the cells of a column as numbers; NaN where a cell is none."""
        return [as_number(cell) for cell in self.texts(column)]


def as_number(cell: str) -> float:
    """Return a cell as a number, with either decimal mark and with or without a per cent sign; NaN where it is none.

    >>> as_number("12,5"), as_number("40 %"), as_number("Blank")
    (12.5, 40.0, nan)
    """
    text = cell.strip().removesuffix("%").strip().replace("\N{NO-BREAK SPACE}", "")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return NOT_KNOWN


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a table as a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


# What is asked


class Series(Document, frozen=True, kw_only=True, tag_field="kind", tag="series"):
    """A control chart of one figure over time."""

    label: str
    """Column that names the points, in order: days, weeks, months."""
    value: str
    size: str = ""
    """Column with the number of which the value is a part; empty for plain figures."""
    better: Literal["higher", "lower", "neither"] = "lower"
    target: str = ""
    preset: str = "nhs"
    chart: str = ""
    """Kind of chart; empty leaves the choice to the data."""
    season: int = 0
    """Points in a week or year whose return is taken out; 0 for none."""
    cuts: tuple[tuple[str, str], ...] = ()
    """(Label of the first point, recorded cause) of each new segment."""


class Driven(Document, frozen=True, kw_only=True, tag_field="kind", tag="drivers"):
    """What an outcome is associated with."""

    outcome: str
    features: tuple[str, ...]
    weight: str = ""
    missing: tuple[str, ...] = ()
    """Codes that are no rating, such as 0 or 6."""


class Causes(Document, frozen=True, kw_only=True, tag_field="kind", tag="pareto"):
    """Counts or amounts by cause."""

    cause: str
    amount: str = ""


class Comments(Document, frozen=True, kw_only=True, tag_field="kind", tag="themes"):
    """What comments speak of."""

    text: str
    codes: tuple[Code, ...] = ()


class Sides(Document, frozen=True, kw_only=True, tag_field="kind", tag="sides"):
    """Two sides compared in the whole and in its parts."""

    side: str
    first: str
    second: str
    hit: str
    hit_is: str
    """Value of the column ``hit`` that counts."""
    part: str


Ask = Series | Driven | Causes | Comments | Sides
KINDS: dict[str, str] = {
    "series": "Control chart: which points of a series stand out",
    "drivers": "Drivers: what satisfaction is associated with",
    "pareto": "Pareto: the few causes that make up most",
    "themes": "Themes: what comments speak of",
    "sides": "Comparison: do the parts say the same as the whole",
}


class Analysis(Struct, frozen=True):
    """What is asked of a table, under a title."""

    id: str
    review: str
    table: str
    title: str
    ask: Ask
    author: str
    at: datetime

    @property
    def kind(self) -> str:
        """What kind it is, in words."""
        return KINDS[kind_of(self.ask)]


def kind_of(ask: Ask) -> str:
    """Return the name of a kind of analysis."""
    return str(ask.__struct_config__.tag)


def packed(ask: Ask) -> bytes:
    """Return what is asked, as it is kept."""
    return msgspec.json.encode(ask)


def unpacked(kept: bytes | str) -> Ask:
    """Return what is asked from how it was kept."""
    ask: Ask = msgspec.json.decode(kept, type=Ask)
    return ask


# The answer


class Told(Struct, frozen=True, kw_only=True):
    """What an analysis says: a sentence, a picture, remarks, and its figures as a table."""

    finding: str
    picture: str = ""
    remarks: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    method: str = ""
    """How it was worked out, for whoever asks."""
    grade: Literal["A", "B"] = "B"

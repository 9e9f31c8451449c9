"""Amounts of money as people export them: which mark is the decimal one, and the minor units a column then says."""

import re
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from process_models.logs.table import Column

Mark = Literal[".", ","]
MARKS: tuple[Mark, ...] = (".", ",")
ENOUGH = 0.9
"""A column is one of amounts if this share of its values can be read."""
MONEY = re.compile(
    r"(?:[A-Z]{3}\s)?[$€£¥]?\s?\(?[-−+]?\s?(?:[A-Z]{3}\s)?[$€£¥]?\s?(?P<number>\d[\d.,'’\s]*)\)?\s?(?:[A-Z]{3}|[$€£¥])?-?"
)
"""A number with or without a currency and a sign, as spreadsheets of several countries write it."""

Floats = npt.NDArray[np.float64]


def readable(text: str, mark: Mark) -> bool:
    """Whether a text is an amount where a mark is the decimal one.

    >>> readable("1.234,56", ","), readable("1.234,56", "."), readable("3,50 €", ","), readable("1,234", ".")
    (True, False, True, True)
    """
    return _value(text, mark) is not None


def _value(text: str, mark: Mark) -> float | None:
    found = MONEY.fullmatch(text.strip())
    if found is None:
        return None
    number = re.sub(r"['’\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", "", found["number"])
    other = "." if mark == "," else ","
    whole, _, part = number.partition(mark)
    if not re.fullmatch(rf"\d+|\d{{1,3}}(?:{re.escape(other)}\d{{3}})+", whole) or not re.fullmatch(r"\d*", part):
        return None
    value = float(f"{whole.replace(other, '')}.{part or 0}")
    outside = text.replace(found["number"], "")
    return -value if any(sign in outside for sign in "-−(") else value


def possible_marks(texts: "pd.Series[str]") -> tuple[Mark, ...]:
    """Return the decimal marks with which most amounts can be read; none if no mark reads enough, two if both do as
    well and say different things."""
    if not len(texts):
        return ()
    read = {mark: [_value(text, mark) for text in texts] for mark in MARKS}
    counts = {mark: sum(value is not None for value in values) for mark, values in read.items()}
    most = max(counts.values())
    if most < ENOUGH * len(texts):
        return ()
    tied = tuple(mark for mark in MARKS if counts[mark] == most)
    return tied[:1] if len(tied) == 2 and read["."] == read[","] else tied


def minor_units(column: Column, mark: Mark) -> Floats:
    """Return the amounts of a column in minor units by row, missing where nothing can be read; code −1 is nothing."""
    values = [_value(text, mark) for text in column.texts]
    units = np.array([np.nan if value is None else round(100 * value) for value in values], dtype=np.float64)
    found: Floats = np.append(units, np.nan)[column.codes]
    return found

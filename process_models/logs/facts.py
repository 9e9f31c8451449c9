"""What is known of a table's columns before their uses are: words in names, codes, dates, numbers."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from process_models.logs.columns import words_of
from process_models.logs.dates import ENOUGH, Order, possible_counts, possible_orders
from process_models.logs.naming import OPENED_WORDS, START_WORDS, TIME_WORDS, YES_NO
from process_models.logs.table import Table

UNKNOWN_MARKS = ("?", "-", "--", "n/a", "na", "null", "none", "nan", "#n/a", "unknown")
"""Texts that usually mean that nothing is known; which of them do is shown and can be changed."""

MARK_LENGTH = 10
MANY = 200
CLEAR, CLOSE = 0.6, 0.9
ENOUGH_NAMED = 0.5
"""A column whose name speaks of times is one of dates if half of its values can be read; the others are slips."""


class Facts:
    """What is known of a table's columns before their uses are: words in the name, codes, dates, whole numbers."""

    def __init__(self, table: pd.DataFrame | Table) -> None:
        self.table = Table.of(table)
        self.names = self.table.names
        self.words = {name: words_of(name) for name in self.names}
        self.codes = {name: column.codes for name, column in self.table.columns.items()}
        self.values = {name: pd.Series(column.texts, dtype="str") for name, column in self.table.columns.items()}
        self._constant: dict[tuple[str, str], float] = {}

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Texts that stand for a missing value somewhere, in the order of :data:`UNKNOWN_MARKS`."""
        seen = set()
        for values in self.values.values():
            short = values[values.str.len() <= MARK_LENGTH]
            seen |= set(short[short.str.strip().str.lower().isin(UNKNOWN_MARKS)])
        return tuple(sorted(seen, key=lambda mark: UNKNOWN_MARKS.index(mark.strip().lower())))

    @cached_property
    def known(self) -> dict[str, "pd.Series[str]"]:
        """Distinct values of each column that are not missing."""
        nothing = {"", *self.marks}
        return {name: values[~values.str.strip().isin(nothing)] for name, values in self.values.items()}

    @cached_property
    def orders(self) -> dict[str, tuple[Order, ...]]:
        """Possible orders of day, month and year of the columns that are dates, or what their numbers may count."""
        found = {name: self._orders(name) for name in self.names}
        return {name: orders for name, orders in found.items() if orders}

    def _orders(self, name: str) -> tuple[Order, ...]:
        """Return the orders of a column; the first values tell most columns that are none without a closer look."""
        known = self.known[name]
        timed = (
            self.words[name] & set(TIME_WORDS) | self.words[name] & START_WORDS | self.words[name] & set(OPENED_WORDS)
        )
        enough = ENOUGH_NAMED if timed else ENOUGH
        if possible_orders(known.head(50), enough):
            return possible_orders(known, enough)
        return possible_counts(known) if timed and self.whole_or_decimal(name) else ()

    def missing_share(self, name: str) -> float:
        """Return the share of rows without a value."""
        missing = self.values[name].str.strip().isin({"", *self.marks}).to_numpy()
        return float(self.table[name].counts[missing].sum() / len(self.table))

    def whole(self, name: str) -> bool:
        """Whether every value is a whole number."""
        return len(self.known[name]) > 0 and bool(self.known[name].str.fullmatch(r"\d{1,15}").all())

    def whole_or_decimal(self, name: str) -> bool:
        """Whether the first values are numbers without a sign."""
        first = self.known[name].head(50)
        return len(first) > 0 and bool(first.str.fullmatch(r"\s*\d+(\.\d+)?\s*").all())

    def constant_share(self, case: str, name: str) -> float:
        """Return the share of cases in which a column never changes."""
        if (case, name) not in self._constant:
            self._constant[case, name] = float((self.values_per_case(case, name) == 1).mean())
        return self._constant[case, name]

    def values_per_case(self, case: str, name: str) -> npt.NDArray[np.signedinteger[Any]]:
        """Return how many different values a column has in each case."""
        wide = self.table[name].distinct
        pairs = pd.unique(self.codes[case].astype(np.int64) * wide + self.codes[name])
        return np.bincount(pairs // wide)


Confidence = Literal["high", "medium", "low"]
Score = Callable[[str], float]


def best(names: tuple[str, ...], score: Score) -> tuple[str, ...]:
    """Return the columns with a positive score, highest first; the earlier column wins ties."""
    scored = {name: score(name) for name in names}
    return tuple(sorted((name for name in names if scored[name] > 0), key=lambda name: -scored[name]))


def confidence(names: tuple[str, ...], score: Score) -> Confidence:
    """Say how far the best column is ahead of the next one."""
    if len(names) < 2:
        return "high"
    second = score(names[1]) / score(names[0]) if score(names[0]) > 0 else 0.0
    return "high" if second < CLEAR else "medium" if second < CLOSE else "low"


def constant(facts: Facts, case: str) -> tuple[str, ...]:
    """Return the columns that differ between cases but never change within one."""
    others = (name for name in facts.names if name != case and len(facts.values[name]) > 1)
    return tuple(name for name in others if facts.constant_share(case, name) == 1)


def yes_no(facts: Facts, name: str) -> bool:
    """Whether a column only says yes or no."""
    values = set(facts.known[name].str.lower())
    return len(values) > 0 and any(values <= both for both in YES_NO)


def word_score(facts: Facts, name: str, words: dict[str, int]) -> float:
    """Add up what the words of a column's name speak for."""
    return sum(words.get(word, 0) for word in facts.words[name])

"""A table of text as codes: each column is its distinct texts, and for each row which of them it holds.

Logs say the same few words a million times. Whoever asks a column a question asks its distinct texts, once each, and
spreads the answers over the rows; no text of a cell is ever made twice.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from process_models.values.sentences import Sentence

Codes = npt.NDArray[np.signedinteger[Any]]
Rows = npt.NDArray[np.signedinteger[Any]]
Bytes = npt.NDArray[np.bytes_]


class LeftOut(Struct, frozen=True):
    """A row that no event was made of, and why."""

    row: int
    """As a spreadsheet counts: the header is row 1."""
    reason: Sentence
    cells: tuple[str, ...] = ()
    """As it came, where it has no place in the table."""


class Column:
    """One column: `codes` name for each row a distinct text, in the order of its first row.

    The distinct texts are kept as fixed-width UTF-8 where they were read so, and become Python's only when asked for.
    """

    def __init__(
        self, codes: Codes, texts: "Bytes | pd.Index[str]", doubled: bool = False, told_apart: bool = True
    ) -> None:
        self._codes = codes
        self._kept = texts
        self._doubled = doubled
        self._told_apart = told_apart

    @property
    def codes(self) -> Codes:
        """For each row the place of its text, -1 where nothing is known."""
        self._tell_apart()
        return self._codes

    @property
    def _texts(self) -> "Bytes | pd.Index[str]":
        self._tell_apart()
        return self._kept

    def _tell_apart(self) -> None:
        """Bring equal texts together; left until somebody asks, for columns of times are read without it."""
        if self._told_apart or isinstance(self._kept, pd.Index):
            return
        codes, first = _told_apart(words_of_texts(self._kept))
        self._kept, self._codes, self._told_apart = self._kept[first], codes[self._codes], True

    @property
    def as_read(self) -> "Column":
        """The same column for whoever does not mind equal texts at several places."""
        return Column(self._codes, self._kept, self._doubled)

    @classmethod
    def of(cls, cells: Any) -> "Column":
        """Return the column of given cells; a missing cell is an empty text."""
        codes, distinct = pd.factorize(pd.Series(cells, dtype=object).fillna(""))
        return cls(codes.astype(np.int32), pd.Index(distinct, dtype="str"))

    @property
    def distinct(self) -> int:
        """How many different texts there are."""
        return len(self._texts)

    @cached_property
    def texts(self) -> "pd.Index[str]":
        """The distinct texts."""
        if isinstance(self._texts, pd.Index):
            return self._texts
        texts = [text.decode() for text in self._texts.tolist()]
        told: pd.Index[str] = pd.Index(_single(texts) if self._doubled else texts, dtype="str")
        return told

    @property
    def raw(self) -> Bytes:
        """The distinct texts as UTF-8, padded with zeros."""
        if isinstance(self._texts, pd.Index) or self._doubled:
            return np.array([text.encode() for text in self.texts], dtype=np.bytes_)
        return self._texts

    def some(self, begin: int, end: int) -> "Column":
        """Return a column of some of the distinct texts, each on one row."""
        texts = self._texts[begin:end]
        return Column(np.arange(len(texts)), texts, self._doubled)

    @property
    def plain(self) -> bool:
        """Whether the distinct texts are still as they stood in the file, as UTF-8."""
        return not (isinstance(self._texts, pd.Index) or self._doubled)

    def short(self, wide: int) -> Bytes:
        """The distinct texts as UTF-8, without those longer than so many bytes."""
        if not isinstance(self._texts, pd.Index) and self._texts.dtype.itemsize <= wide:
            return self.raw
        encoded = [text.encode() for text in self.texts]
        return np.array([text if len(text) <= wide else b"" for text in encoded], dtype=np.bytes_)

    @property
    def counts(self) -> Rows:
        """On how many rows each distinct text stands."""
        return np.bincount(self.codes, minlength=self.distinct)

    @property
    def cells(self) -> "pd.Series[str]":
        """The text of every row."""
        return pd.Series(self.texts.take(self.codes), dtype="str")

    def rows(self, places: Any) -> "Column":
        """Return the column of some rows only, without texts that none of them holds."""
        codes = self.codes[places]
        used, fresh = np.unique(codes, return_inverse=True)
        return Column(fresh.astype(np.int32), self._texts[used], self._doubled)

    def changed(self, changes: dict[int, str]) -> "Column":
        """Return the column with other texts at some places."""
        texts, codes = list(self.texts), self.codes.copy()
        known = {text: code for code, text in enumerate(texts)}
        for place, text in changes.items():
            if text not in known:
                known[text] = len(texts)
                texts.append(text)
            codes[place] = known[text]
        return Column(codes, pd.Index(texts, dtype="str"))


class Table:
    """Columns by name, and the row of each place as a spreadsheet counts."""

    def __init__(self, columns: dict[str, Column], numbers: Rows) -> None:
        self.columns = columns
        self.numbers = numbers

    @classmethod
    def of(cls, frame: "pd.DataFrame | Table") -> "Table":
        """Return a frame of text as a table; its index counts the rows."""
        if isinstance(frame, Table):
            return frame
        columns = {str(name): Column.of(frame[name]) for name in frame.columns}
        return cls(columns, frame.index.to_numpy(dtype=np.int64))

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.columns)

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a frame of text, for whoever wants to look at cells."""
        cells = {name: column.cells.array for name, column in self.columns.items()}
        return pd.DataFrame(cells, index=pd.Index(self.numbers, name="row"), dtype="str")

    def rows(self, places: Any) -> "Table":
        """Return some rows only."""
        return Table({name: column.rows(places) for name, column in self.columns.items()}, self.numbers[places])

    def joined(self, name: str, parts: Sequence[str], separator: str = " ") -> "Table":
        """Return the table with one more column that says what several say, one after another."""
        both = list(zip(*(self[part].cells for part in parts), strict=True))
        cells = [separator.join(filter(None, cells)) for cells in both]
        return Table({**self.columns, name: Column.of(cells)}, self.numbers)


def spread(column: Column, answer: Callable[["pd.Index[str]"], Iterable[Any]]) -> Any:
    """Ask the distinct texts of a column, once each, and return the answers by row."""
    return np.asarray(list(answer(column.texts)))[column.codes]


# Codes of raw bytes

WORD = 8
MIX = np.uint64(0x9E3779B97F4A7C15)
MIX_AGAIN = np.uint64(0xBF58476D1CE4E5B9)
MASKS = np.array([(1 << (8 * n)) - 1 for n in range(8)] + [2**64 - 1], dtype=np.uint64)
WIDEST = 128
"""Longer texts are told apart one by one: they are few, and would make every row as wide."""

Words = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.uint64]


def keys_of(words: Words) -> Keys:
    """Return a 64-bit key of each row of words; zero words at the end do not count (after Steele, splitmix)."""
    key = np.zeros(len(words), dtype=np.uint64)
    for place in range(words.shape[1]):
        mixed = words[:, place] * (MIX + np.uint64(2 * place))
        mixed ^= mixed >> np.uint64(31)
        mixed *= MIX_AGAIN
        mixed ^= mixed >> np.uint64(29)
        key += mixed
    return key


def words_of_texts(texts: Bytes) -> Words:
    """Return texts of fixed width as words of eight bytes."""
    width = max(-(-texts.dtype.itemsize // WORD), 1) * WORD
    return texts.astype(f"S{width}").view(np.uint64).reshape(len(texts), -1)


def sample_keys(column: Column) -> Keys:
    """Return the key of every row by which whole cases are drawn: it depends on the text alone."""
    return keys_of(words_of_texts(column.raw))[column.codes]


class Growing:
    """A column that is read piece by piece."""

    def __init__(self) -> None:
        self.codes: list[Codes] = []
        self.words: list[Words] = []
        self.long: list[list[bytes] | None] = []
        self.doubled = False
        self.various = False
        """Most texts differ: they are told apart once, at the end."""

    def add(self, buffer: bytes, starts: Rows, lengths: Rows) -> None:
        """Add the cells of a piece of the file, which is whole words long, the last few of them zeros."""
        widest = int(lengths.max(initial=0))
        if widest > WIDEST:
            cells = [buffer[start : start + length] for start, length in zip(starts, lengths, strict=True)]
            codes, distinct = pd.factorize(np.array(cells, dtype=object))
            self._keep(codes, np.zeros((0, 1), dtype=np.uint64), list(distinct))
            return
        words = _words(np.frombuffer(buffer, dtype=np.uint64), starts, lengths, max(-(-widest // WORD), 1))
        if self.various:
            self._keep(np.arange(len(words)), words, None)
            return
        codes, first = _told_apart(words)
        self.various = len(first) > len(words) / 2
        self._keep(codes, words[first], None)

    def _keep(self, codes: Any, words: Words, long: list[bytes] | None) -> None:
        self.codes.append(np.asarray(codes, dtype=np.int32))
        self.words.append(words)
        self.long.append(long)

    def done(self) -> Column:
        """Return the whole column."""
        if any(long is not None for long in self.long):
            return self._long()
        wide = max(words.shape[1] for words in self.words)
        words, offset = np.zeros((sum(map(len, self.words)), wide), dtype=np.uint64), 0
        for place, one in enumerate(self.words):
            words[offset : offset + len(one), : one.shape[1]] = one
            self.codes[place] = self.codes[place] + np.int32(offset)
            offset += len(one)
            self.words[place] = one[:0]
        if self.various:
            codes = np.concatenate(self.codes)
            self.codes.clear()
            return Column(codes, _bytes(words), self.doubled, told_apart=False)
        same, first = _told_apart(words)
        same = same.astype(narrow(len(first)))
        codes = np.concatenate([same[piece] for piece in self.codes])
        self.codes.clear()
        return Column(codes, _bytes(words[first]), self.doubled)

    def _long(self) -> Column:
        pieces = [_texts(words) if long is None else long for words, long in zip(self.words, self.long, strict=True)]
        known: dict[bytes, int] = {}
        codes = []
        for piece, own in zip(pieces, self.codes, strict=True):
            same = np.array([known.setdefault(text, len(known)) for text in piece], dtype=np.int32)
            codes.append(same[own])
        texts = [text.decode() for text in known]
        index = pd.Index(_single(texts) if self.doubled else texts, dtype="str")
        return Column(np.concatenate(codes), index)


def _single(texts: list[str]) -> list[str]:
    """Return texts without the doubling of the quotation marks in them."""
    return [text.replace('""', '"') for text in texts]


def narrow(distinct: int) -> "type[np.signedinteger[Any]]":
    """Return the smallest type that codes of so many distinct texts need."""
    return np.int8 if distinct < 127 else np.int16 if distinct < 32_767 else np.int32


def _texts(words: Words) -> list[bytes]:
    return list(_bytes(words).tolist())


def _bytes(words: Words) -> Bytes:
    """Return words as texts of fixed width."""
    return np.ascontiguousarray(words).view(f"S{WORD * words.shape[1]}").reshape(len(words))


def _words(data: Keys, starts: Rows, lengths: Rows, wide: int) -> Words:
    """Return the bytes of cells as words, zeros behind the end of each.

    A cell may begin anywhere, so each of its words is put together from two words of the file.
    """
    words = np.empty((wide, len(starts)), dtype=np.uint64)
    at, shift = starts >> 3, ((starts & 7) << 3).astype(np.uint64)
    rest = np.uint64(64) - shift
    low = data.take(at, mode="clip")
    least = int(lengths.min()) if len(lengths) else 0
    for place in range(wide):
        at += 1
        high = data.take(at, mode="clip")
        np.right_shift(low, shift, out=low)
        np.bitwise_or(low, high << rest, out=words[place])
        if least < WORD * (place + 1):
            words[place] &= MASKS.take(lengths - WORD * place, mode="clip")
        low = high
    return np.ascontiguousarray(words.T)


def _told_apart(words: Words) -> tuple[Codes, Rows]:
    """Return a code for each row of words, and the first row of each code, codes by first row."""
    key = words[:, 0] if words.shape[1] == 1 else keys_of(words)
    codes, distinct = pd.factorize(key)
    first = _firsts(codes, len(distinct))
    if words.shape[1] > 1 and not (words[first[codes]] == words).all():
        codes, distinct = pd.factorize(np.array(_texts(words), dtype=object))  # Two texts with one key.
        first = _firsts(codes, len(distinct))
    return np.asarray(codes, dtype=np.int32), first


def _firsts(codes: Any, distinct: int) -> Rows:
    """Return the first row of each code; later writes win, so rows are taken from the last to the first."""
    first = np.zeros(distinct, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first

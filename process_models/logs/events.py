"""A log as tidy events: one row for each change, in order, in UTC; rows left out are listed with the reason.

People are counted, never named: what the resource column says is replaced by a number that only tells one from another.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.logs.amounts import minor_units
from process_models.logs.columns import Columns, Meaning, require, role_of
from process_models.logs.dates import DAY, Moments, is_clock, moments
from process_models.logs.errors import LogError
from process_models.logs.reading import FIRST
from process_models.logs.table import Column, LeftOut, Rows, Table
from process_models.values.sentences import Sentence


class Events(Struct, frozen=True, eq=False, dict=True):
    """The events of a log, sorted by case and order, with what was left out."""

    frame: pd.DataFrame
    """Columns: row (int), case and step (categories), time (UTC, ms), start (UTC or NaT), order (number or missing),
    group (category or missing), person (number, -1 unknown), opened (UTC or NaT), kept (boolean or missing),
    channel and case_type (category or missing); where there is a column of money, cost (minor units or missing).
    The categories are texts in the order of the alphabet. The index counts from 0."""
    left_out: tuple[LeftOut, ...]
    read: int
    """Rows of the table, left out or not."""
    twice: int
    """Times in an hour that the local clock has twice; the first is taken."""
    never: int
    """Times in an hour that the local clock skips; they are moved forward."""
    meaning: Meaning
    zone: str
    """IANA name of the clock that local hours and weekdays are read on."""
    last: str
    """The customer's end, empty where it is the last row."""
    odd_amounts: int = 0
    """Values of the column of money that are no amounts."""
    parted: int = 0
    """Cases that begin with a number that another case had before."""

    @cached_property
    def cases(self) -> int:
        """How many cases there are."""
        return int(self.frame["case"].nunique())

    @cached_property
    def begins(self) -> Rows:
        """The place of the first row of each case, and behind them the number of rows."""
        case = self.frame["case"].cat.codes.to_numpy()
        return np.append(np.flatnonzero(np.diff(case, prepend=-1)), len(case))

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps, the most frequent first."""
        return tuple(self.frame["step"].value_counts().index)


TEXTS = ("group", "channel", "case_type")
TIMES = ("time", "start", "opened")
MOSTLY = 0.5
"""Where more of a column's values than this are no dates, its order of day, month and year is wrong."""


def events(table: pd.DataFrame | Table, columns: Columns, left_out: Sequence[LeftOut] = ()) -> Events:
    """Return the events that a table of text says under a confirmed mapping.

    Rows without case, step or time are left out and listed, as is a row whose time cannot be read, and a span whose
    start is missing or after its end. `left_out` are rows that were set aside before. Raises LogError where a column is
    not there, most dates of one cannot be read, or no row is left.
    """
    table = require(Table.of(table), columns)
    timed = {getattr(columns, use) for use in TIMES}
    known = {
        name: known_of(table[name].as_read if name in timed else table[name], columns.missing) for name in columns.used
    }
    if columns.whole_ids:
        known[columns.case] = without_decimals(known[columns.case])
    read_times = _times(table.numbers, known, columns)
    times, unread = read_times.times, read_times.unread
    frame = pd.DataFrame({"row": table.numbers.astype(np.int32), "case": _words(known[columns.case])})
    frame["step"] = _words(known[columns.step])
    for use in TIMES:
        frame[use] = times.get(use, pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ms, UTC]"))
    frame["order"] = _number(known[columns.order]) if columns.order else np.float32("nan")
    for use in TEXTS:
        name = getattr(columns, use)
        frame[use] = _words(known[name]) if name else _nothing(len(table))
    if columns.group_from_resource and columns.resource:
        frame["group"] = _words(_roles(known[columns.resource]))
    frame["person"] = _people(known[columns.resource]) if columns.resource else -1
    frame["kept"] = (
        _kept(known[columns.promise], columns.kept)
        if columns.promise
        else pd.array([pd.NA] * len(table), dtype="boolean")
    )
    odd_amounts = 0
    if columns.cost:
        frame["cost"] = minor_units(known[columns.cost], columns.decimal)
        odd_amounts = int(((known[columns.cost].codes >= 0) & frame["cost"].isna().to_numpy()).sum())
    if columns.last and columns.last not in frame["step"].cat.categories:
        raise LogError("log_no_such_last", step=columns.last, column=columns.step)
    reasons = _reasons(frame, unread, known, columns)
    gone = (*left_out, *(LeftOut(int(table.numbers[place]), reason) for place, reason in sorted(reasons.items())))
    if reasons:
        stays = np.ones(len(frame), dtype=bool)
        stays[list(reasons)] = False
        frame = frame[stays]
    read = len(table) + len(left_out)
    if frame.empty:
        raise LogError("log_no_rows_left", read=read, first=_first(gone))
    ordered = _sorted(frame, columns)
    parted = 0
    if columns.reuse_days:
        ordered, parted = _parted(ordered, columns.reuse_days * DAY)
    twice, never = read_times.twice, read_times.never
    shown = (columns.meaning, columns.zone, columns.last, odd_amounts, parted)
    return Events(ordered, gone, read, twice, never, *shown)


def without_decimals(known: Column) -> Column:
    """Return numbers of cases as whole ones where a program has added zeros behind a point: 1234.0 is 1234."""
    whole = known.texts.str.replace(r"^(\d+)\.0+$", r"\1", regex=True)
    codes, distinct = pd.factorize(np.array([*whole, None], dtype=object))
    return Column(codes.astype(np.int32)[known.codes], pd.Index(distinct, dtype="str"))


def _parted(frame: pd.DataFrame, gap: int) -> tuple[pd.DataFrame, int]:
    """Return events in which a case that rests for longer than a gap goes on as another case, and how many do."""
    time = frame["time"].astype("int64").to_numpy()
    begin = np.where(frame["start"].notna(), frame["start"].astype("int64"), time)
    case = frame["case"].cat.codes.to_numpy().astype(np.int64)
    same = np.diff(case, prepend=-1) == 0
    anew = same & (begin - np.concatenate([time[:1], time[:-1]]) > gap)
    if not anew.any():
        return frame, 0
    total = np.cumsum(anew)
    first = np.flatnonzero(~same)
    part = total - np.repeat(total[first], np.diff(np.append(first, len(case)))) + 1
    names = frame["case"].astype("str").to_numpy(dtype=object)
    told = [f"{name} ({n})" if n > 1 else name for name, n in zip(names, part, strict=True)]
    frame = frame.assign(case=_words(Column.of(told)))
    return frame.take(np.argsort(frame["case"].cat.codes, kind="stable")).reset_index(drop=True), int(anew.sum())


def known_of(column: Column, missing: tuple[str, ...]) -> Column:
    """Return a column with trimmed texts, code -1 where they are empty or a mark of the unknown."""
    if column.plain and (same := _known_raw(column, missing)) is not None:
        return same
    trimmed, nothing = column.texts.str.strip(), {"", *missing}
    unknown = trimmed.isin(list(nothing))
    if not unknown.any() and trimmed.is_unique:
        return Column(column.codes, trimmed)
    codes, distinct = pd.factorize(trimmed.where(~unknown, None))
    return Column(codes.astype(np.int32)[column.codes], pd.Index(distinct, dtype="str"))


def _known_raw(column: Column, missing: tuple[str, ...]) -> Column | None:
    """Return the same without making a text of any, None where one has to be trimmed."""
    raw = column.raw
    if (np.strings.strip(raw) != raw).any() or b"\xc2\xa0" in raw.tobytes():
        return None
    unknown = raw == b""
    for mark in missing:
        unknown |= raw == mark.strip().encode()
    if not unknown.any():
        return column
    fresh = np.where(unknown, -1, np.cumsum(~unknown) - 1).astype(np.int32)
    return Column(fresh[column.codes], raw[~unknown])


def _words(known: Column) -> "pd.Categorical[str]":
    """Return texts as categories in the order of the alphabet, missing where nothing is known."""
    order = np.argsort(known.texts.to_numpy(dtype=object), kind="stable")
    rank = np.empty(known.distinct + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(known.distinct), -1
    return pd.Categorical.from_codes(rank[known.codes], categories=known.texts[order])


def _nothing(n: int) -> "pd.Categorical[str]":
    """Return a column in which nothing is known."""
    return pd.Categorical.from_codes(np.full(n, -1, dtype=np.int8), categories=pd.Index([], dtype="str"))


def _roles(known: Column) -> Column:
    """Return the roles of numbered people; one without a number would become a group of one, under their own name."""
    roles = [role if (role := role_of(person)) != person else None for person in known.texts]
    codes, distinct = pd.factorize(np.array([*roles, None], dtype=object))
    return Column(codes.astype(np.int32)[known.codes], pd.Index(distinct, dtype="str"))


def _people(known: Column) -> Rows:
    """Return a number for each person, -1 unknown."""
    return known.codes.astype(np.int32)


class Times(Struct, frozen=True, eq=False):
    """The columns of times by use, and the places whose text is no date."""

    times: dict[str, "pd.Series[pd.Timestamp]"]
    unread: dict[str, Rows]
    twice: int
    never: int


def _times(rows: Rows, known: dict[str, Column], columns: Columns) -> Times:
    """Read the columns of times, each row on its own clock where a column names it."""
    read, unread, twice, never = {}, {}, 0, 0
    for use in TIMES:
        if name := getattr(columns, use):
            column = known[name]
            found = _read(column, known[columns.clock] if columns.clock else None, columns)
            read[use], twice, never = found.times, twice + found.twice, never + found.never
            unread[use] = np.flatnonzero((column.codes >= 0) & found.times.isna().to_numpy())
    _refuse_most(rows, known, unread, columns)
    return Times(read, unread, twice, never)


def _read(column: Column, clock: Column | None, columns: Columns) -> Moments:
    """Return the moments of a column, on the clock that each row names, else that of the log."""
    whole = moments(column, columns.dates, columns.zone)
    if clock is None:
        return whole
    told, twice, never = np.asarray(whole.times.astype("int64"), dtype=np.int64).copy(), 0, 0
    for code, name in enumerate(clock.texts):
        rows = np.flatnonzero(clock.codes == code)
        if len(rows) and is_clock(name):
            found = moments(_cells(column, rows), columns.dates, name)
            told[rows] = np.asarray(found.times.astype("int64"), dtype=np.int64)
            twice, never = twice + found.twice, never + found.never
    times = pd.Series(told.view("datetime64[ms]")).dt.tz_localize("UTC")
    return Moments(times, twice, never, whole.offset_share)


def _cells(column: Column, rows: Rows) -> Column:
    """Return the cells of some rows; those in which nothing is known are empty."""
    texts = np.array([*column.texts, ""], dtype=object)
    return Column.of(texts[column.codes[rows]])


def _refuse_most(rows: Rows, known: dict[str, Column], unread: dict[str, Rows], columns: Columns) -> None:
    """Refuse an order of day, month and year that reads less than half of a column."""
    for use, places in unread.items():
        column = known[getattr(columns, use)]
        if len(places) > MOSTLY * max(int((column.codes >= 0).sum()), 1):
            said = (_unread(getattr(columns, use), column, int(place), int(rows[place])) for place in places[:FIRST])
            raise LogError("log_bad_dates", tuple(said), count=len(places), order=columns.dates)


def _unread(name: str, column: Column, place: int, row: int = 0) -> Sentence:
    """Say which text is no date, and in which row, unless that is said beside it."""
    value = column.texts[column.codes[place]][:60]
    if row:
        return Sentence.of("log_bad_date", row=row, column=name, value=value)
    return Sentence.of("log_row_bad_time", column=name, value=value)


def _number(known: Column) -> "pd.Series[float]":
    """Return the counter that orders rows, missing where there is none."""
    numbers = pd.to_numeric(known.texts.to_series(), errors="coerce").to_numpy(dtype=float)
    return pd.Series(np.append(numbers, np.nan)[known.codes])


def _kept(known: Column, kept: tuple[str, ...]) -> pd.api.extensions.ExtensionArray:
    """Return whether the promise is kept so far, missing where the log does not say."""
    yes = np.append(known.texts.isin(list(kept)), False)[known.codes]
    return pd.arrays.BooleanArray(yes, known.codes < 0)


def _reasons(
    frame: pd.DataFrame, unread: dict[str, Rows], known: dict[str, Column], columns: Columns
) -> dict[int, Sentence]:
    """Return why rows cannot be used, by place."""
    reasons: dict[int, Sentence] = {}
    if columns.start:
        late = (frame["start"] > frame["time"]).to_numpy()
        reasons |= dict.fromkeys(late.nonzero()[0].tolist(), Sentence.of("log_row_start_late"))
        reasons |= _where(frame["start"].isna(), "log_row_no_start")
    reasons |= _where(frame["time"].isna(), "log_row_no_time")
    for use in ("start", "time"):
        name = getattr(columns, use)
        reasons |= {int(place): _unread(name, known[name], int(place)) for place in unread.get(use, ())}
    if columns.clock:
        reasons |= _odd_clocks(known[columns.clock], columns.clock)
    reasons |= _where(frame["step"].isna(), "log_row_no_step")
    reasons |= _where(frame["case"].isna(), "log_row_no_case")
    return reasons


def _odd_clocks(clock: Column, name: str) -> dict[int, Sentence]:
    """Return why rows cannot be used whose clock is none."""
    odd = {code: text for code, text in enumerate(clock.texts) if not is_clock(text)}
    rows = np.flatnonzero(np.isin(clock.codes, list(odd)))
    return {
        int(row): Sentence.of("log_row_bad_clock", column=name, value=odd[int(clock.codes[row])][:60]) for row in rows
    }


def _where(wrong: "pd.Series[bool]", id: str) -> dict[int, Sentence]:
    """Return one reason for all places that are marked."""
    return dict.fromkeys(wrong.to_numpy().nonzero()[0].tolist(), Sentence.of(id))


def _first(left_out: Sequence[LeftOut]) -> str:
    """Return the number of the first row left out."""
    return str(min(one.row for one in left_out)) if left_out else "-"


def _sorted(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Sort by case, then by the counter if there is one, the time (spans: the start), and the place in the file.

    Rows are in the order of the file already, so a stable sort by the others keeps that where they are equal.
    """
    keys = [frame["time"].astype("int64").to_numpy()]
    if columns.start:
        keys.append(frame["start"].astype("int64").to_numpy())
    if columns.order:
        keys.append(frame["order"].to_numpy())
    keys.append(frame["case"].cat.codes.to_numpy())
    return frame.take(np.lexsort(keys)).reset_index(drop=True)

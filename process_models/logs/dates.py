"""Dates as people export them: which readings of a column are possible, and the moments it then says.

The separators, seconds, fractions, offsets and halves of the day explain themselves. Only the order of day, month and
year can be in doubt (or, of plain numbers, what they count), so that is all a reader has to confirm.

Texts of one shape (the same but for their digits) are read together, on bytes: a million times take a moment.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from process_models.logs.errors import LogError
from process_models.logs.table import Column
from process_models.values.calendars import zone
from process_models.values.errors import ModelError

Order = Literal["dmy", "mdy", "ymd", "ydm", "excel", "excel1904", "epoch"]
ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy", "ydm")
COUNTS: tuple[Order, ...] = ("excel", "epoch")
"""Readings of plain numbers: days of a spreadsheet (since 1900, or 1904), time since 1970."""
ENOUGH = 0.8
"""A column is one of dates if this share of its values can be read in one order."""
DAY = 86_400_000
EPOCH = datetime(1970, 1, 1)
MOST_SHAPES = 2000
PIECE = 50_000
WIDEST_DATE = 64
"""Bytes; a longer text is no date."""

CLOCK = (
    r"(?:(?:T|[ ,]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<offset>[Zz]|UTC|GMT|WEST|WET|CEST|CET|EEST|EET|[+-]\d{2}(?::?\d{2})?)?\s*"
)
SHAPES = (
    re.compile(r"\s*(?P<a>\d{1,4})(?P<s>[-/. ]|\. )(?P<b>\d{1,2}|[^\W\d_]{3,9}\.?)(?P=s)(?P<c>\d{1,4})" + CLOCK),
    re.compile(r"\s*(?:[^\W\d_]{2,9}\.?,? )?(?P<a>\d{1,2})\.? (?P<b>[^\W\d_]{3,9})\.? (?P<c>\d{4})" + CLOCK),
    re.compile(r"\s*(?P<a>[^\W\d_]{3,9})\.? (?P<b>\d{1,2}),? (?P<c>\d{4})" + CLOCK),
)
NAMES = (
    "jan gen ene|feb fév|mar mär mrz maa|apr abr avr|may mai mei mag|jun juin giu|jul juil lug|aug ago aoû|sep set|"
    "oct okt ott|nov|dec dez dic déc"
)
MONTHS = {name: month for month, names in enumerate(NAMES.split("|"), 1) for name in names.split()}
ZONES = {"z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180}
SPELT = 9
"""Stands for the length of a month's name."""

SETTLED, TWICE, NEVER = 0, 1, 2
"""How often the local clock shows a time: once, twice, not at all."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NONE = -(2**62)
"""No time."""


class Parts(Struct, frozen=True, eq=False):
    """The pieces of a column's distinct texts, before it is known which is the day; text by text."""

    values: tuple[Ints, Ints, Ints]
    lengths: tuple[Ints, Ints, Ints]
    """Of the pieces, in digits; 0 where the text has no date's shape."""
    since_midnight: Ints
    """In ms; NONE where the time of day is impossible."""
    offsets: Ints
    """Minutes ahead of UTC; NONE where the text does not say."""

    def days(self, order: Order) -> Ints:
        """Return local dates in days since 1970, NONE where the order gives none."""
        year, month, day = (self.values[order.index(piece)] for piece in "ymd")
        ylen, mlen, dlen = (self.lengths[order.index(piece)] for piece in "ymd")
        year = np.where(ylen == 2, year + np.where(year < 70, 2000, 1900), year)
        good = ((ylen == 2) | (ylen == 4)) & (mlen > 0) & ((mlen <= 2) | (mlen == SPELT)) & (dlen > 0) & (dlen <= 2)
        good &= (year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12) & (day >= 1)
        since = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
        first = MONTH_BEGINS[since + SHIFT]
        good &= day <= MONTH_BEGINS[since + SHIFT + 1] - first
        return np.where(good, first + day - 1, NONE)

    def moments(self, order: Order) -> Ints:
        """Return local times in ms since 1970, NONE where the order gives no date."""
        days = self.days(order)
        return np.where((days == NONE) | (self.since_midnight == NONE), NONE, days * DAY + self.since_midnight)

    @property
    def dated(self) -> Flags:
        """Which texts have a date's shape."""
        return np.asarray(self.lengths[0] > 0)

    @property
    def distinct_days(self) -> "Parts":
        """The same without the times of day, each date once, for questions that only the date decides."""
        key = np.zeros(len(self.since_midnight), dtype=np.int64)
        for value, length in zip(self.values, self.lengths, strict=True):
            key = key * 100_000 + value * 10 + length
        chosen = np.flatnonzero(self.dated & ~pd.Series(key).duplicated().to_numpy())
        values, lengths = ((some[0][chosen], some[1][chosen], some[2][chosen]) for some in (self.values, self.lengths))
        return Parts(values, lengths, self.since_midnight[chosen], self.offsets[chosen])


SHIFT = 70 * 12
MONTH_BEGINS: Ints = (np.arange("1900-01", "2201-03", dtype="datetime64[M]")).astype("datetime64[D]").astype(np.int64)
"""The first day of each month from 1900 on, in days since 1970."""


def parts(texts: "Column | pd.Series[str]") -> Parts:
    """Take the distinct texts of a column apart."""
    column = texts if isinstance(texts, Column) else Column.of(texts.dropna().unique())
    raw = column.short(WIDEST_DATE)
    n, wide = len(raw), max(-(-raw.dtype.itemsize // 8), 1) * 8
    data = raw.astype(f"S{wide}", copy=False).view(np.uint8).reshape(n, wide)
    found = Parts(
        (np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)),
        (np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)),
        np.full(n, NONE),
        np.full(n, NONE),
    )
    shapes = np.where((data >= 48) & (data <= 57), np.uint8(48), data)
    words = shapes.view(np.uint64).reshape(n, wide // 8)
    left = np.arange(n)
    for _ in range(MOST_SHAPES):
        if not len(left):
            break
        shape = words[left[0]]
        same = (words[left] == shape).all(axis=1)
        rows = left[same]
        _take_apart(data, rows, shapes[left[0]].tobytes().rstrip(b"\x00"), found)
        left = left[~same]
    return found


def _take_apart(data: npt.NDArray[np.uint8], rows: Ints, shape: bytes, found: Parts) -> None:
    """Write the pieces of texts of one shape."""
    text = shape.decode("utf-8", "replace")
    match = next((match for pattern in SHAPES if (match := pattern.fullmatch(text))), None)
    if match is None:
        return
    all_rows = len(rows) == len(data)
    texts = data if all_rows else data[rows]

    def number(piece: str) -> Ints:
        begin, end = (len(text[:place].encode()) for place in match.span(piece))
        value = np.zeros(len(rows), dtype=np.int64)
        for place in range(begin, end):
            if shape[place] == 48:
                value = value * 10 + (texts[:, place] - np.uint8(48))
        return value

    for place, piece in enumerate("abc"):
        said = match[piece]
        spelt = not said[0].isdigit()
        found.values[place][rows] = _month(said) if spelt else number(piece)
        found.lengths[place][rows] = SPELT if spelt else len(said)
    found.since_midnight[rows] = _since_midnight(match, number)
    if match["offset"]:
        found.offsets[rows] = _offset(match["offset"], number)


def _month(name: str) -> int:
    """Return the number of a month by its name, 0 if it is none."""
    name = name.lower()
    return MONTHS.get(name[:4], MONTHS.get(name[:3], 0))


Number = Callable[[str], Ints]
"""Reads the digits of a named piece."""


def _since_midnight(match: "re.Match[str]", number: Number) -> Ints | int:
    """Return ms since midnight; no time of day is midnight, 24:00 the next one."""
    if not match["hour"]:
        return 0
    hour, minute = number("hour"), number("minute")
    second = number("second") if match["second"] else 0
    good = ((hour < 24) & (minute < 60) & (second < 60)) | ((hour == 24) & (minute == 0) & (second == 0))
    ms: Ints | int = 0
    if match["fraction"]:
        digits = len(match["fraction"])
        ms = number("fraction") * 10 ** max(3 - digits, 0) // 10 ** max(digits - 3, 0)
    if match["half"]:
        good &= hour <= 12
        hour = np.where(hour == 12, 0, hour) + (12 if match["half"][0] in "pP" else 0)
    return np.where(good, ((hour * 60 + minute) * 60 + second) * 1000 + ms, NONE)


def _offset(said: str, number: Number) -> Ints | int:
    """Return minutes ahead of UTC."""
    if said.lower() in ZONES:
        return ZONES[said.lower()]
    digits = number("offset")
    minutes = digits // 100 * 60 + digits % 100 if len(said.replace(":", "")) == 5 else digits * 60
    return minutes if said[0] == "+" else -minutes


def possible_orders(texts: "Column | pd.Series[str]", enough: float = ENOUGH) -> tuple[Order, ...]:
    """Return the orders of day, month and year that read most dates, none if no order reads enough.

    More than one means that the values alone do not decide; year, day, month only counts where year, month, day fails.
    """
    pieces = parts(texts)
    dated = int(pieces.dated.sum())
    if not dated >= enough * len(pieces.since_midnight) > 0:
        return ()
    dates = pieces.distinct_days
    read = {order: int((dates.days(order) != NONE).sum()) for order in ORDERS}
    most = max(read.values())
    if most < enough * len(dates.since_midnight):
        return ()
    tied = tuple(order for order in ORDERS if read[order] == most)
    return tuple(order for order in tied if order != "ydm" or "ymd" not in tied)


def possible_counts(texts: "Column | pd.Series[str]") -> tuple[Order, ...]:
    """Return what plain numbers may count as times: days of a spreadsheet from 1954 to 2064, time since 1970."""
    said = texts.texts.to_series() if isinstance(texts, Column) else texts
    numbers = pd.to_numeric(said.str.strip(), errors="coerce")
    if not len(numbers) or numbers.notna().mean() < ENOUGH:
        return ()
    known = numbers.dropna()
    if known.between(20_000, 60_000).all() and known.nunique() > 1:
        return ("excel",)
    return ("epoch",) if (_counted(known.to_numpy(), "epoch") != NONE).all() else ()


def _counted(numbers: npt.NDArray[np.float64], order: Order) -> Ints:
    """Return ms since 1970 that numbers count; epochs by magnitude (s, ms, µs, ns), from 1990 to 2100."""
    if order == "epoch":
        ms = np.full(len(numbers), np.nan)
        for factor in (1e3, 1.0, 1e-3, 1e-6):
            scaled = numbers * factor
            ms = np.where(np.isnan(ms) & (scaled >= 631_152_000_000) & (scaled < 4_102_444_800_000), scaled, ms)
    else:
        epoch = 25_569 if order == "excel" else 24_107
        ms = np.where((numbers >= 1) & (numbers < 110_000), np.round((numbers - epoch) * DAY), np.nan)
    return np.where(np.isnan(ms), NONE, np.nan_to_num(ms)).astype(np.int64)


class Moments(Struct, frozen=True, eq=False):
    """A column of times in UTC, and how many of them the local clock does not settle."""

    times: "pd.Series[pd.Timestamp]"
    twice: int
    """Times in an hour that the local clock has twice: the first is taken."""
    never: int
    """Times in an hour that the local clock skips: moved forward."""
    offset_share: float
    """Share of the distinct texts that say their offset from UTC."""


def moments(texts: "Column | pd.Series[str]", order: Order, zone_name: str) -> Moments:
    """Return the moments a column says, at ms in UTC, row by row; missing or unreadable values are NaT.

    Texts without an offset are on the clock of the zone.
    """
    column = texts if isinstance(texts, Column) else Column.of(texts)
    clock = clock_of(zone_name)
    if order in ("excel", "excel1904", "epoch"):
        numbers = pd.to_numeric(column.texts.to_series().str.strip(), errors="coerce").to_numpy(dtype=float)
        local, offsets = _counted(numbers, order), np.full(column.distinct, 0 if order == "epoch" else NONE)
    else:
        local, offsets = _local(column, order)
    told = offsets != NONE
    utc, unsettled = (
        np.where(told & (local != NONE), local - offsets * 60_000, local),
        np.zeros(len(local), dtype=np.int8),
    )
    naive = np.flatnonzero(~told & (local != NONE))
    if len(naive):
        utc[naive], unsettled[naive] = _in_utc(local[naive], clock)
    utc, unsettled = np.append(utc, NONE), np.append(unsettled, np.int8(SETTLED))
    stamps = np.where(utc == NONE, np.iinfo(np.int64).min, utc).view("datetime64[ms]")
    by_row = pd.Series(stamps[column.codes]).dt.tz_localize("UTC")
    if not isinstance(texts, Column):
        by_row.index = texts.index
    known = local != NONE
    share = float((told & known).sum() / known.sum()) if known.any() else 0.0
    twice, never = (_rows_that(unsettled == how, column) for how in (TWICE, NEVER))
    return Moments(by_row, twice, never, share)


def _rows_that(marked: Flags, column: Column) -> int:
    """Return on how many rows marked texts stand; the last mark is that of no text."""
    return int(marked[column.codes].sum()) if marked.any() else 0


def _local(column: Column, order: Order) -> tuple[Ints, Ints]:
    """Return local times and offsets of the distinct texts, read piece by piece."""
    local, offsets = np.empty(column.distinct, dtype=np.int64), np.empty(column.distinct, dtype=np.int64)
    for begin in range(0, column.distinct, PIECE):
        pieces = parts(column.some(begin, begin + PIECE))
        local[begin : begin + PIECE], offsets[begin : begin + PIECE] = pieces.moments(order), pieces.offsets
    return local, offsets


def _in_utc(local: Ints, clock: tzinfo) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Return local times in UTC, and whether the clock has each of them once, twice or never.

    The offset is asked once a day; only on days on which the clock is changed it is asked time by time.
    """
    day = local // DAY
    codes, days = pd.factorize(day)
    begins = [_offset_at(int(one), clock) for one in days]
    ends = [_offset_at(int(one) + 1, clock) for one in days]
    steady = np.array([a == b for a, b in zip(begins, ends, strict=True)])
    utc = local - np.array(begins, dtype=np.int64)[codes]
    unsettled = np.full(len(local), SETTLED, dtype=np.int8)
    rest = np.flatnonzero(~steady[codes])
    if len(rest):
        times = pd.Series(local[rest].view("datetime64[ms]"))
        settled = times.dt.tz_localize(clock, ambiguous="NaT", nonexistent="NaT")
        first = times.dt.tz_localize(clock, ambiguous=np.ones(len(rest), dtype=bool), nonexistent="shift_forward")
        utc[rest] = first.dt.tz_convert("UTC").astype("datetime64[ms, UTC]").astype("int64").to_numpy()
        shown = first.dt.tz_localize(None).astype("datetime64[ms]").astype("int64").to_numpy()
        unsettled[rest] = np.where(~settled.isna(), SETTLED, np.where(shown == local[rest], TWICE, NEVER))
    return utc, unsettled


def _offset_at(day: int, clock: tzinfo) -> int:
    """Return by how many ms a clock is ahead of UTC at the beginning of a local day."""
    midnight = EPOCH + timedelta(days=day)
    offset = midnight.replace(tzinfo=clock).utcoffset() or timedelta(0)
    return round(offset.total_seconds() * 1000)


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name, or say that there is none."""
    try:
        return zone(name)
    except ModelError:
        raise LogError("log_unknown_zone", zone=name) from None


FIXED = re.compile(r"(?:UTC|GMT)?\s*(?P<sign>[-+−])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")
"""A clock that is never changed, by its offset from UTC."""


def clock_of(name: str) -> tzinfo:
    """Return a clock by the IANA name of its zone, or by its offset from UTC.

    >>> clock_of("UTC+2").utcoffset(None), clock_of("Europe/Berlin")
    (datetime.timedelta(seconds=7200), zoneinfo.ZoneInfo(key='Europe/Berlin'))
    """
    found = FIXED.fullmatch(name.strip())
    if found is None or int(found["hours"]) > 14:
        return zone_of(name)
    ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return timezone(ahead if found["sign"] == "+" else -ahead)


def is_clock(name: str) -> bool:
    """Whether a text names a clock."""
    try:
        clock_of(name)
    except LogError:
        return False
    return True

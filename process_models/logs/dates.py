"""Dates as people export them: which readings of a column are possible, and the moments it then says.

The separators, seconds, fractions, offsets and halves of the day explain themselves. Only the order of day, month and
year can be in doubt, so that is all a reader has to confirm.
"""

import re
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.logs.errors import LogError
from process_models.values.calendars import zone
from process_models.values.errors import ModelError

Order = Literal["dmy", "mdy", "ymd", "ydm"]
ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy", "ydm")
ENOUGH = 0.8
"""A column is one of dates if this share of its values can be read in one order."""

SHAPE = (
    r"^\s*(?P<a>\d{1,4})(?P<s>[-/. ])(?P<b>\d{1,2}|[A-Za-z]{3,9})(?P=s)(?P<c>\d{1,4})"
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<offset>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$"
)
MONTHS = {"janfebmaraprmayjunjulaugsepoctnovdec"[3 * n - 3 : 3 * n]: n for n in range(1, 13)}


class Parts(Struct, frozen=True, eq=False):
    """The pieces of a column's distinct values, before it is known which is the day."""

    table: pd.DataFrame
    """Indexed by the text; a text that has no date's shape is missing."""

    def moments(self, order: Order) -> "pd.Series[pd.Timestamp]":
        """Return local times by text, NaT where the order gives no date."""
        since_midnight = pd.to_timedelta(_since_midnight(self.table), unit="ms").astype("timedelta64[ms]")
        return self.days(order) + since_midnight

    def days(self, order: Order) -> "pd.Series[pd.Timestamp]":
        """Return local dates by text, NaT where the order gives none."""
        table = self.table
        year, month, day = (table["abc"[order.index(piece)]] for piece in "ymd")
        spelt = month.str.lower().str[:3].map(MONTHS)
        dates = pd.DataFrame({"year": _years(year), "month": spelt.fillna(pd.to_numeric(month, errors="coerce"))})
        dates["day"] = pd.to_numeric(day, errors="coerce").where(day.str.len() <= 2)
        return pd.to_datetime(dates.where(_possible(dates)), errors="coerce").astype("datetime64[ms]")

    @property
    def distinct_days(self) -> "Parts":
        """The same without the times of day, each date once, for questions that only the date decides."""
        return Parts(self.table.dropna(subset="a").drop_duplicates(["a", "b", "c"]))

    @property
    def offsets(self) -> "pd.Series[float]":
        """Minutes ahead of UTC by text, missing where the text gives none."""
        given = self.table["offset"].str.upper().str.replace(":", "", regex=False)
        minutes = pd.to_numeric(given.str[:3], errors="coerce") * 60
        sign = given.str[0].map({"+": 1.0, "-": -1.0})
        minutes = minutes + sign * pd.to_numeric(given.str[3:], errors="coerce")
        return pd.Series(minutes.mask(given.isin(["Z", "UTC", "GMT"]), 0.0))


def _years(text: "pd.Series[str]") -> "pd.Series[float]":
    """Return years; two digits lie between 1970 and 2069, and one or three digits are none."""
    year = pd.to_numeric(text, errors="coerce")
    short = text.str.len() == 2
    return year.where(~short, year + np.where(year < 70, 2000, 1900)).where(text.str.len().isin([2, 4]))


def _possible(dates: pd.DataFrame) -> "pd.Series[bool]":
    """Whether year, month and day are within reach; the calendar itself is asked afterwards."""
    return dates["year"].between(1900, 2200) & dates["month"].between(1, 12) & dates["day"].between(1, 31)


def _since_midnight(table: pd.DataFrame) -> "pd.Series[float]":
    """Return ms since midnight; no time of day is midnight, 24:00 the next one, an impossible time missing."""
    hour, minute, second = (pd.to_numeric(table[part]).fillna(0) for part in ("hour", "minute", "second"))
    half = table["half"].str.lower().str[0]
    hour = hour.mask(half.eq("a") & hour.eq(12), 0).mask(half.eq("p") & hour.lt(12), hour + 12)
    fraction = pd.to_numeric("0." + table["fraction"].fillna("0"))
    good = ((hour < 24) & (minute < 60) & (second < 60)) | ((hour == 24) & (minute == 0) & (second == 0))
    ms = ((hour * 60 + minute) * 60 + second) * 1000 + np.floor(fraction * 1000 + 1e-9)
    return pd.Series(ms.where(good & (half.isna() | (pd.to_numeric(table["hour"]) <= 12))))


def parts(texts: "pd.Series[str]") -> Parts:
    """Take a column of dates apart, each distinct text once."""
    distinct = pd.Series(texts.dropna().unique(), dtype="str")
    return Parts(distinct.str.extract(SHAPE, flags=re.ASCII).set_index(distinct))


def possible_orders(texts: "pd.Series[str]") -> tuple[Order, ...]:
    """Return the orders of day, month and year that read most dates, none if no order reads enough.

    More than one means that the values alone do not decide; year, day, month only counts where year, month, day fails.
    """
    pieces = parts(texts)
    if not pieces.table["a"].notna().sum() >= ENOUGH * len(pieces.table) > 0:
        return ()
    dates = pieces.distinct_days
    read = {order: int(dates.days(order).notna().sum()) for order in ORDERS}
    most = max(read.values())
    if most < ENOUGH * len(dates.table):
        return ()
    tied = tuple(order for order in ORDERS if read[order] == most)
    return tuple(order for order in tied if order != "ydm" or "ymd" not in tied)


class Moments(Struct, frozen=True, eq=False):
    """A column of times in UTC, and how many of them the local clock does not settle."""

    times: "pd.Series[pd.Timestamp]"
    unsettled: int
    """Times in an hour that happens twice (the first is taken) or never (moved forward) on the local clock."""


def moments(texts: "pd.Series[str]", order: Order, zone_name: str) -> Moments:
    """Return the moments a column says, at ms in UTC; missing or unreadable values are NaT.

    Texts without an offset are on the clock of the zone.
    """
    pieces = parts(texts)
    local, offsets = pieces.moments(order), pieces.offsets
    clock = zone_of(zone_name)
    settled = local.dt.tz_localize(clock, ambiguous="NaT", nonexistent="NaT")
    first = local.dt.tz_localize(clock, ambiguous=np.ones(len(local), dtype=bool), nonexistent="shift_forward")
    by_zone = first.dt.tz_convert("UTC")
    by_offset = (local - pd.to_timedelta(offsets, unit="m").astype("timedelta64[ms]")).dt.tz_localize("UTC")
    utc = by_offset.where(offsets.notna(), by_zone).astype("datetime64[ms, UTC]")
    open_hour = settled.isna() & local.notna() & offsets.isna()
    return Moments(texts.map(utc).astype("datetime64[ms, UTC]"), int(texts.map(open_hour).eq(True).sum()))


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name, or say that there is none."""
    try:
        return zone(name)
    except ModelError:
        raise LogError("log_unknown_zone", zone=name) from None

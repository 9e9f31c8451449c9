"""When cases come: arrivals by weekday and hour on the local clock, as a profile for a scenario."""

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.logs.dates import zone_of
from process_models.logs.events import Events
from process_models.logs.visits import first_known
from process_models.values.fractions import Fraction, fraction
from process_models.values.sentences import Sentence

HOURS = 168
"""Hours of a week, from Monday 00:00."""
PLACES = 4
THIN = 0.5
"""A week at the edge of the log with fewer than this share of the usual arrivals is a cut of the export."""
FEW_WEEKS = 4


Slots = np.ndarray[tuple[int], np.dtype[np.int64]]


class Demand(Struct, frozen=True):
    """Mean arrivals an hour over the week."""

    per_hour: tuple[Fraction, ...]
    """168 means, from Monday 00:00 to Sunday 23:00 on the local clock."""
    seen: tuple[int, ...]
    """How often each of these hours was seen."""
    n: int
    """Arrivals counted."""
    cut: int
    """Arrivals in weeks at the edges that were left out."""
    weeks: Fraction
    """Weeks counted."""
    first: str
    """First and last local date counted."""
    last: str
    zone: str
    remarks: tuple[Sentence, ...]


def arrivals(events: Events) -> "pd.Series[pd.Timestamp]":
    """Return when each case came, on the local clock: when it was opened, else when it is first seen."""
    kept: pd.Series[pd.Timestamp] | None = events.__dict__.get("_arrivals")
    if kept is None:
        kept = events.__dict__["_arrivals"] = _arrivals(events)
    return kept


def _arrivals(events: Events) -> "pd.Series[pd.Timestamp]":
    frame, first = events.frame, events.begins[:-1]
    begin = frame["time"].astype("int64").to_numpy()
    if frame["start"].notna().any():
        begin = np.where(frame["start"].notna(), frame["start"].astype("int64"), begin)
    opened = frame["opened"].take(first_known(frame["opened"].notna().to_numpy(), first)).reset_index(drop=True)
    begun = pd.Series(np.minimum.reduceat(begin, first).view("datetime64[ms]")).dt.tz_localize("UTC")
    came = opened.fillna(begun)
    came.index = pd.Index(frame["case"].array[first])
    local: pd.Series[pd.Timestamp] = came.dt.tz_convert(zone_of(events.zone))
    return local


def demand(events: Events) -> Demand:
    """Return the mean arrivals of each hour of the week.

    Counted are whole local days from the first arrival to the last, each hour as often as the clock showed it. Weeks at
    either edge with fewer than half the usual arrivals are left out and said to be.
    """
    came = arrivals(events)
    counted = came[_within(came)]
    begin, end = counted.min().normalize(), counted.max().normalize() + pd.DateOffset(days=1)
    hours = pd.date_range(begin, end, freq="h", inclusive="left")
    seen = np.bincount(_slots(pd.Series(hours)), minlength=HOURS).astype(np.int64)
    found = np.bincount(_slots(counted), minlength=HOURS).astype(np.int64)
    per_hour = tuple(fraction(int(n) / int(of) if of else 0, PLACES) for n, of in zip(found, seen, strict=True))
    weeks = len(hours) / HOURS
    return Demand(
        per_hour,
        tuple(int(n) for n in seen),
        len(counted),
        len(came) - len(counted),
        fraction(weeks, 1),
        counted.min().date().isoformat(),
        counted.max().date().isoformat(),
        events.zone,
        _remarks(events, weeks, len(came) - len(counted), seen),
    )


def _slots(times: "pd.Series[pd.Timestamp]") -> Slots:
    """Return the hour of the week of local times."""
    return np.asarray(times.dt.day_of_week * 24 + times.dt.hour, dtype=np.int64)


def weekly(came: "pd.Series[pd.Timestamp]") -> "pd.Series[int]":
    """Return arrivals by calendar week, weeks without any included; the index is the Monday (ISO date)."""
    days = came.dt.tz_localize(None).dt.floor("D")
    mondays = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    counts = mondays.value_counts().sort_index()
    return counts.reindex(pd.date_range(counts.index.min(), counts.index.max(), freq="7D"), fill_value=0)


def _within(came: "pd.Series[pd.Timestamp]") -> "pd.Series[bool]":
    """Mark the arrivals of weeks that are no thin edge."""
    counts = weekly(came)
    usual = counts.median()
    full = counts[counts >= THIN * usual].index
    days = came.dt.tz_localize(None)
    return days.ge(full.min()) & days.lt(full.max() + pd.Timedelta(days=7))


def _remarks(events: Events, weeks: float, cut: int, seen: Slots) -> tuple[Sentence, ...]:
    """Say what the profile rests on."""
    said = []
    if events.frame["opened"].isna().all():
        said.append(Sentence.of("log_demand_first_seen"))
    if cut:
        said.append(Sentence.of("log_demand_cut", n=cut))
    if weeks < FEW_WEEKS:
        said.append(Sentence.of("log_demand_few_weeks", weeks=fraction(weeks, 1)))
    if (seen == 0).any():
        said.append(Sentence.of("log_demand_unseen", hours=int((seen == 0).sum())))
    return tuple(said)

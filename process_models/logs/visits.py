"""Events as visits: a case enters a step, stays, and leaves it. Consecutive rows of one step are one visit."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from process_models.logs.columns import Meaning
from process_models.logs.events import Events


def visits(events: Events) -> pd.DataFrame:
    """Return one row for each visit, sorted by case. It is counted once a log: do not write to it.

    Columns: case, step, rows, begin and end (UTC), group (the first known), number (from 1 within the case), visit
    (from 1 within case and step), since (the end of the visit before, or the opening), beyond (comes after the
    customer's end), overlaps (spans only: begins before the visit before ends), and in ms, missing where nothing says:

    - worked_ms: the sum of the spans;
    - elapsed_ms: the time in the state, or since the end of the visit before (of the first: since the opening);
    - waited_ms, spans only: from the end of the visit before to the begin, at least 0.
    """
    kept: pd.DataFrame | None = events.__dict__.get("_visits")
    if kept is None:
        kept = events.__dict__["_visits"] = _visits(events)
    return kept


def _visits(events: Events) -> pd.DataFrame:
    """Count the visits of a log, on codes."""
    frame = events.frame
    case, step = (frame[name].cat.codes.to_numpy() for name in ("case", "step"))
    fresh = np.ones(len(frame), dtype=bool)
    fresh[1:] = (case[1:] != case[:-1]) | (step[1:] != step[:-1])
    at = np.flatnonzero(fresh)
    new_case = np.diff(case[at], prepend=-1) != 0
    number = _count_within(new_case)
    table = pd.DataFrame({"case": frame["case"].array[at], "step": frame["step"].array[at]})
    table["rows"] = np.diff(at, append=len(frame)).astype(np.int32)
    begin = frame["start"] if events.meaning is Meaning.SPANS else frame["time"]
    table["begin"], table["end"] = _first_of(begin, at, np.minimum), _first_of(frame["time"], at, np.maximum)
    table["group"] = _first_word(frame["group"], at)
    table["worked_ms"] = _worked(frame, at)
    table["opened"] = _first_time(frame["opened"], at)
    table["number"] = number.astype(np.int32)
    table["visit"] = _visit_numbers(case[at], step[at]).astype(np.int32)
    table["beyond"] = _beyond(table, events.last)
    return _timed(table, events.meaning, new_case)


Ints = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]


def _count_within(fresh: Flags) -> Ints:
    """Return 1, 2, 3 … from each mark on."""
    places = np.arange(len(fresh))
    return places - places[fresh][np.cumsum(fresh) - 1] + 1 if len(fresh) else places


def _first_of(times: "pd.Series[pd.Timestamp]", at: Ints, of: np.ufunc) -> "pd.Series[pd.Timestamp]":
    """Return the least or greatest time of each run; a time is missing in all rows or in none."""
    ms = of.reduceat(times.astype("int64").to_numpy(), at)
    return pd.Series(ms.view("datetime64[ms]")).dt.tz_localize("UTC")


def first_known(known: Flags, at: Ints) -> Ints:
    """Return the place of the first row of each run in which something is known, else of its first row."""
    if known[at].all() or not known.any():
        return at
    places = np.where(known, np.arange(len(known)), len(known))
    first = np.minimum.reduceat(places, at)
    ends = np.append(at[1:], len(known))
    return np.where(first < ends, first, at)


def _first_word(words: "pd.Series[str]", at: Ints) -> "pd.Categorical[str]":
    """Return the first known word of each run."""
    codes = words.cat.codes.to_numpy()
    return pd.Categorical.from_codes(codes[first_known(codes >= 0, at)], categories=words.cat.categories)


def _first_time(times: "pd.Series[pd.Timestamp]", at: Ints) -> "pd.Series[pd.Timestamp]":
    """Return the first known time of each run."""
    return times.take(first_known(times.notna().to_numpy(), at)).reset_index(drop=True)


def _worked(frame: pd.DataFrame, at: Ints) -> npt.NDArray[np.float64]:
    """Return the sum of the spans of each run, 0 where there are none."""
    known = frame["start"].notna().to_numpy()
    if not known.any():
        return np.zeros(len(at))
    spans = frame["time"].astype("int64").to_numpy() - np.where(known, frame["start"].astype("int64").to_numpy(), 0)
    return np.add.reduceat(np.where(known, spans, 0), at).astype(float)


def _visit_numbers(case: npt.NDArray[Any], step: npt.NDArray[Any]) -> Ints:
    """Return how many visits of the same case to the same step there have been, with this one."""
    both = case.astype(np.int64) * (int(step.max()) + 1) + step
    order = np.argsort(both, kind="stable")
    numbers = np.empty(len(both), dtype=np.int64)
    numbers[order] = _count_within(np.diff(both[order], prepend=-1) != 0)
    return numbers


def _ms(span: "pd.Series[pd.Timedelta]") -> "pd.Series[float]":
    """Return time spans in ms, missing where there is none."""
    return span.astype("timedelta64[ms]").dt.total_seconds() * 1000


def _beyond(table: pd.DataFrame, last: str) -> "pd.Series[bool]":
    """Mark what follows the last visit of a case to the customer's end; a case that never gets there has nothing."""
    if not last:
        return pd.Series(False, index=table.index)
    case = table["case"].cat.codes.to_numpy()
    ends = np.full(int(case.max()) + 1, np.iinfo(np.int32).max)
    at_last = table["step"].eq(last).to_numpy()
    ends[case[at_last]] = table["number"].to_numpy()[at_last]  # Later visits are written over earlier ones.
    return pd.Series(table["number"].to_numpy() > ends[case], index=table.index)


def _timed(table: pd.DataFrame, meaning: Meaning, new_case: Flags) -> pd.DataFrame:
    """Add what the meaning of the rows lets be measured; nothing is measured beyond the customer's end."""
    same_before = pd.Series(~new_case)
    before = table["end"].shift().where(same_before, table["opened"])
    table["waited_ms"], table["overlaps"] = float("nan"), False
    if meaning is Meaning.STATES:
        stays = same_before.shift(-1, fill_value=False) & ~table["beyond"].shift(-1, fill_value=False)
        table["elapsed_ms"] = _ms(table["begin"].shift(-1) - table["begin"]).where(stays)
    else:
        table["elapsed_ms"] = _ms(table["end"] - before).where(~table["beyond"])
    if meaning is Meaning.SPANS:
        gap = _ms(table["begin"] - before).where(~table["beyond"])
        table["waited_ms"], table["overlaps"] = gap.clip(lower=0), gap.lt(0) & same_before
    else:
        table["worked_ms"] = float("nan")
    table["since"] = before
    return table.drop(columns="opened")


def kept_visits(table: pd.DataFrame) -> pd.DataFrame:
    """Return the visits up to the customer's end."""
    return table[~table["beyond"]].reset_index(drop=True) if table["beyond"].any() else table

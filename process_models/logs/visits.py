"""Events as visits: a case enters a step, stays, and leaves it. Consecutive rows of one step are one visit."""

import pandas as pd

from process_models.logs.columns import Meaning
from process_models.logs.events import Events


def visits(events: Events) -> pd.DataFrame:
    """Return one row for each visit, sorted by case.

    Columns: case, step, rows, begin and end (UTC), group (the first known), number (from 1 within the case), visit
    (from 1 within case and step), since (the end of the visit before, or the opening), beyond (comes after the
    customer's end), overlaps (spans only: begins before the visit before ends), and in ms, missing where nothing says:

    - worked_ms: the sum of the spans;
    - elapsed_ms: the time in the state, or since the end of the visit before (of the first: since the opening);
    - waited_ms, spans only: from the end of the visit before to the begin, at least 0.
    """
    frame = events.frame
    run = (frame["case"].ne(frame["case"].shift()) | frame["step"].ne(frame["step"].shift())).cumsum()
    begin = frame["start"] if events.meaning is Meaning.SPANS else frame["time"]
    spans = frame.assign(begin=begin, worked=_ms(frame["time"] - frame["start"]))
    table = (
        spans.groupby(run, sort=False)
        .agg(
            case=("case", "first"),
            step=("step", "first"),
            rows=("row", "size"),
            begin=("begin", "min"),
            end=("time", "max"),
            group=("group", "first"),
            worked_ms=("worked", "sum"),
            opened=("opened", "first"),
        )
        .reset_index(drop=True)
    )
    table["number"] = table.groupby("case").cumcount() + 1
    table["visit"] = table.groupby(["case", "step"]).cumcount() + 1
    table["beyond"] = _beyond(table, events.last)
    return _timed(table, events.meaning)


def _ms(span: "pd.Series[pd.Timedelta]") -> "pd.Series[float]":
    """Return time spans in ms, missing where there is none."""
    return span.astype("timedelta64[ms]").dt.total_seconds() * 1000


def _beyond(table: pd.DataFrame, last: str) -> "pd.Series[bool]":
    """Mark what follows the last visit of a case to the customer's end; a case that never gets there has nothing."""
    ends = table["number"].where(table["step"].eq(last)).groupby(table["case"]).transform("max")
    return table["number"].gt(ends.fillna(float("inf")))


def _timed(table: pd.DataFrame, meaning: Meaning) -> pd.DataFrame:
    """Add what the meaning of the rows lets be measured; nothing is measured beyond the customer's end."""
    same_before = table["case"].eq(table["case"].shift())
    before = table["end"].shift().where(same_before, table["opened"])
    table = table.assign(waited_ms=float("nan"), overlaps=False)
    if meaning is Meaning.STATES:
        stays = table["case"].eq(table["case"].shift(-1)) & ~table["beyond"].shift(-1, fill_value=False)
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
    return table[~table["beyond"]].reset_index(drop=True)

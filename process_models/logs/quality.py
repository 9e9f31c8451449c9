"""What a log can carry and what it cannot: each remark with its figures and its consequence.

Each remark is one function; add one, list it, word it (``log_quality_…`` and ``log_consequence_…``), test it.
"""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.logs.closing import auto_close
from process_models.logs.columns import Columns, Meaning
from process_models.logs.dates import zone_of
from process_models.logs.demand import THIN, arrivals, weekly
from process_models.logs.events import Events
from process_models.logs.telling import percent
from process_models.logs.variants import promises
from process_models.logs.visits import kept_visits, visits
from process_models.values.calendars import DAY, HOUR, WEEK
from process_models.values.sentences import Sentence
from process_models.values.words import duration

Severity = Literal["cannot", "doubt", "note"]
"""Something the log cannot carry, something to look into, something to know."""

SKEWED = 1.5
RARE = 5
FEW = 30
FEW_DAYS = 7
SHIFT = 8 * HOUR
"""Nobody works on end for longer."""
QUIET = 0.3
"""A weekday is quiet below this share of the usual."""
SATURDAY = 5
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHTS = 0.003
"""Four times what chance would put into one minute of the day."""
REST, RESTS = 90 * DAY, 20.0
"""A number seems to be used again after a rest of so long, and of so many times what half of the cases take."""
SHORT_SECONDS = 10
SHORT_SHARE = 0.02
CONCENTRATED = 1 / 3
"""Three people have this share of the short spans, and twice what an even spread would give them."""


class Remark(Struct, frozen=True):
    """One thing to know about a log, and what follows from it."""

    id: str
    severity: Severity
    sentence: Sentence
    consequence: Sentence


Look = Callable[[Events, Columns], Iterator[Remark]]


def quality(events: Events, columns: Columns) -> tuple[Remark, ...]:
    """Return the remarks on a log, what it cannot carry first."""
    found = [one for look in LOOKS for one in look(events, columns)]
    return tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity)))


SEVERITIES: tuple[Severity, ...] = ("cannot", "doubt", "note")


def remark(id: str, severity: Severity, **params: object) -> Remark:
    """Return a remark with its sentence and its consequence, both worded by its id."""
    return Remark(
        id, severity, Sentence.of(f"log_quality_{id}", **params), Sentence.of(f"log_consequence_{id}", **params)
    )


def rows_left_out(events: Events, _: Columns) -> Iterator[Remark]:
    """Rows that no event was made of."""
    if events.left_out:
        n = len(events.left_out)
        yield remark("left_out", "doubt", n=n, read=events.read, share=percent(n / events.read))


def no_starts(events: Events, _: Columns) -> Iterator[Remark]:
    """No start of work: work and waiting are one."""
    if events.meaning is not Meaning.SPANS:
        yield remark("no_starts", "cannot", meaning=events.meaning.value)


def no_rosters(events: Events, _: Columns) -> Iterator[Remark]:
    """No log of cases says who was there."""
    people = events.frame.loc[events.frame["person"] >= 0, "person"].nunique()
    yield remark("no_rosters", "cannot", people=people or "no")


def closes_by_itself(events: Events, columns: Columns) -> Iterator[Remark]:
    """A fixed time between the last two steps."""
    if found := auto_close(events):
        yield remark(
            "auto_close",
            "note" if columns.last == found.step else "doubt",
            step=found.step,
            closing=found.closing,
            share=percent(found.share),
            cases=found.cases,
            hours=round(found.gap_ms / 3_600_000),
        )


def _step_in_time(events: Events) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return how many ms each row comes after the one before it in its case, 1 for the first."""
    steps = np.diff(events.frame["time"].astype("int64").to_numpy(), prepend=0)
    steps[events.begins[:-1]] = 1
    return steps


def ties(events: Events, columns: Columns) -> Iterator[Remark]:
    """Neighbouring rows of a case with the same time."""
    same = _step_in_time(events) == 0
    if same.any():
        severity: Severity = "note" if columns.order else "doubt"
        by = columns.order or "the order of the file"
        yield remark("ties", severity, n=int(same.sum()), share=percent(float(same.mean())), order=by)


def against_time(events: Events, columns: Columns) -> Iterator[Remark]:
    """The counter and the clock disagree."""
    if columns.order and (back := _step_in_time(events) < 0).any():
        yield remark("against_time", "doubt", n=int(back.sum()), order=columns.order, time=columns.time)


def doubles(events: Events, columns: Columns) -> Iterator[Remark]:
    """The same number twice in one case."""
    if columns.order and (twice := int(events.frame.duplicated(["case", "order"]).sum())):
        yield remark("doubles", "doubt", n=twice, order=columns.order)


def edges(events: Events, _: Columns) -> Iterator[Remark]:
    """Weeks at the edge of the log in which hardly a case begins, though events go on for longer than cases take."""
    came = arrivals(events)
    counts = weekly(came)
    thin = counts.lt(THIN * float(counts.median()))
    lead, tail = int(thin.cummin().sum()), int(thin[::-1].cummin().sum())
    after = (events.frame["time"].max() - came.max()).total_seconds() * 1000
    silent = int(after // WEEK) if after > 2 * float(times_in_process(events).quantile(0.9)) else 0
    if lead or tail or silent:
        yield remark("edges", "doubt", lead=lead, tail=tail, silent=silent, last=came.max().date().isoformat())


def times_in_process(events: Events) -> "pd.Series[float]":
    """Return how long each case took in ms, from its opening (or first row) to the customer's end."""
    kept: pd.Series[float] | None = events.__dict__.get("_in_process")
    if kept is None:
        kept = events.__dict__["_in_process"] = _times_in_process(kept_visits(visits(events)))
    return kept


def _times_in_process(table: pd.DataFrame) -> "pd.Series[float]":
    at = np.flatnonzero(np.diff(table["case"].cat.codes.to_numpy(), prepend=-1))
    begin, end = (table[name].astype("int64").to_numpy() for name in ("begin", "end"))
    since = table["since"].iloc[at]
    from_there = np.where(since.notna(), since.astype("int64"), np.minimum.reduceat(begin, at))
    spans = np.maximum.reduceat(end, at) - from_there
    return pd.Series(spans.astype(float), index=pd.Index(table["case"].array[at]))


def skewed(events: Events, _: Columns) -> Iterator[Remark]:
    """A mean far from the median."""
    whole = times_in_process(events)
    mean, median = float(whole.mean()), float(whole.median())
    if mean >= SKEWED * median:
        p90 = duration(float(whole.quantile(0.9)))
        yield remark("skewed", "note", mean=duration(mean), median=duration(median), p90=p90)


def unknown(events: Events, columns: Columns) -> Iterator[Remark]:
    """Values that are missing where a column is in use."""
    for use in ("group", "opened", "kept", "channel", "case_type"):
        share = float(events.frame[use].isna().mean())
        name = getattr(columns, {"kept": "promise"}.get(use, use))
        if share > 0 and name:
            yield remark("unknown", "note", column=name, share=percent(share))


def promise_by_row(events: Events, columns: Columns) -> Iterator[Remark]:
    """A promise that turns during a case: rows and cases say different shares."""
    if not columns.promise:
        return
    by_case, known = promises(events), events.frame["kept"].dropna().astype(bool)
    by_row = float((~known).mean()) if len(known) else 0.0
    if round(by_row, 3) != round(by_case.missed_share, 3):
        yield remark("promise", "note", by_case=percent(by_case.missed_share), by_row=percent(by_row))


def overlaps(events: Events, _: Columns) -> Iterator[Remark]:
    """Steps that begin before the one before them ends."""
    table = kept_visits(visits(events))
    if n := int(table["overlaps"].sum()):
        yield remark("overlaps", "doubt", n=n, share=percent(n / len(table)))


def rare_steps(events: Events, _: Columns) -> Iterator[Remark]:
    """Steps of a handful of cases: slips of the keyboard, or the exceptions one should know."""
    table = visits(events)
    cases = table["step"][table["visit"].eq(1)].value_counts()
    rare = cases[cases.between(1, RARE - 1)]
    if len(rare):
        yield remark("rare_steps", "doubt", steps=", ".join(sorted(rare.index)), cases=RARE)


def unsettled(events: Events, _: Columns) -> Iterator[Remark]:
    """Times in the hour that the local clock has twice, and in the hour that it skips."""
    if events.twice:
        yield remark("twice", "note", n=events.twice, zone=events.zone)
    if events.never:
        yield remark("never", "doubt", n=events.never, zone=events.zone)


def odd_amounts(events: Events, columns: Columns) -> Iterator[Remark]:
    """Texts in the column of money that are no amounts."""
    if events.odd_amounts:
        mark = {".": "a point", ",": "a comma"}[columns.decimal]
        yield remark("odd_amounts", "doubt", n=events.odd_amounts, column=columns.cost, mark=mark)


def used_again(events: Events, columns: Columns) -> Iterator[Remark]:
    """Cases that rest for far longer than cases take and then begin again: numbers given out a second time."""
    if columns.reuse_days:
        if events.parted:
            yield remark("parted", "note", n=events.parted, days=columns.reuse_days)
        return
    gap = max(REST, RESTS * float(case_spans(events).quantile(0.5)))
    steps, first = _step_in_time(events), events.begins[:-1]
    anew = np.flatnonzero(steps > gap)
    codes = events.frame["step"].cat.codes.to_numpy()
    beginnings = set(codes[first].tolist())
    anew = anew[np.isin(codes[anew], list(beginnings))]
    if len(anew):
        shortest = int(steps[anew].min())
        case = str(events.frame["case"].iloc[int(anew[0])])
        yield remark("used_again", "doubt", n=len(anew), gap=duration(shortest), days=shortest // DAY, example=case)


def case_spans(events: Events) -> "pd.Series[float]":
    """Return how long each case took without its longest rest, ms: what is left where two cases share a number."""
    steps = _step_in_time(events).astype(float)
    steps[events.begins[:-1]] = 0
    longest = np.maximum.reduceat(steps, events.begins[:-1])
    return pd.Series(np.add.reduceat(steps, events.begins[:-1]) - longest)


def queues(events: Events, columns: Columns) -> Iterator[Remark]:
    """Steps whose spans are longer than anybody works on end: they hold a queue."""
    if events.meaning is not Meaning.SPANS:
        return
    table = visits(events)
    waits = {one.step for one in columns.waiting}
    for step, worked in table.groupby("step", observed=True)["worked_ms"]:
        mean = float(worked.mean())
        if step not in waits and mean >= SHIFT and len(worked) >= FEW:
            most = duration(float(worked.max()))
            yield remark("queue", "doubt", step=step, mean=duration(mean), longest=most, n=len(worked))


def odd_weekdays(events: Events, _: Columns) -> Iterator[Remark]:
    """Two quiet weekdays side by side that are no weekend: dates that were shifted, or a service that rests then."""
    local = events.frame["time"].dt.tz_convert(zone_of(events.zone))
    days = np.bincount(local.dt.day_of_week.to_numpy(), minlength=7)
    if (local.max() - local.min()).days < 4 * FEW_DAYS or days.max() < FEW:
        return
    pairs = days + np.roll(days, -1)
    quiet = int(pairs.argmin())
    busy = float(np.median(days))
    if quiet != SATURDAY and pairs[quiet] < 2 * QUIET * busy and days[SATURDAY] + days[6] >= busy:
        two = ", ".join(WEEKDAYS[day % 7] for day in (quiet, quiet + 1))
        yield remark("odd_weekdays", "doubt", quiet=two, n=int(pairs[quiet]), usual=round(busy))


def midnights(events: Events, columns: Columns) -> Iterator[Remark]:
    """Times that are exactly midnight far more often than any other minute: dates without a time."""
    ms = events.frame["time"].dt.tz_convert(zone_of(events.zone)).dt.tz_localize(None).astype("int64").to_numpy()
    at = ms % DAY == 0
    steps = events.frame["step"].astype(str)[at].value_counts()
    if MIDNIGHTS * len(at) <= at.sum() < len(at) / 2 and at.sum() >= FEW:
        back = int((np.flatnonzero(at[:-1] & (np.diff(events.frame["case"].cat.codes.to_numpy()) == 0))).size)
        yield remark("midnight", "doubt", n=int(at.sum()), step=steps.index[0], time=columns.time, back=back)


def too_short(events: Events, _: Columns) -> Iterator[Remark]:
    """Work of some seconds, most of it by a few people: hang-ups or slips, not service."""
    if events.meaning is not Meaning.SPANS:
        return
    frame = events.frame
    known = (frame["person"] >= 0).to_numpy()
    spans = (frame["time"] - frame["start"]).dt.total_seconds().to_numpy()
    people = frame["person"].to_numpy()
    short = known & (spans < SHORT_SECONDS) & (spans > 0)
    counts = np.sort(np.bincount(people[short], minlength=1))[::-1] if short.any() else np.zeros(1)
    if short.sum() >= FEW and short.sum() >= SHORT_SHARE * known.sum():
        top = int(counts[:3].sum())
        if top >= CONCENTRATED * short.sum() and top / short.sum() >= 2 * 3 / len(np.unique(people[known])):
            share = percent(float(short.sum() / known.sum()))
            yield remark("too_short", "doubt", n=int(short.sum()), share=share, top=top, seconds=SHORT_SECONDS)


LOOKS: tuple[Look, ...] = (
    no_starts,
    no_rosters,
    rows_left_out,
    closes_by_itself,
    ties,
    against_time,
    doubles,
    edges,
    overlaps,
    rare_steps,
    skewed,
    promise_by_row,
    unknown,
    unsettled,
    odd_amounts,
    used_again,
    queues,
    odd_weekdays,
    midnights,
    too_short,
)

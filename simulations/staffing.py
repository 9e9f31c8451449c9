"""How many heads a pool needs in each interval of the week: a formula first, then the simulation until a promise holds.

The promise: of the cases that come to the pool in an interval, a share is begun within a time, counted while the pool
is open. The formula (Erlang C) takes each interval for itself, as if its cases came evenly, and its heads for its own;
it knows no backlog from the hour before, no absence, no priorities. So the simulation begins with its answer, adds a
head wherever the promise fails until it holds everywhere, and then takes heads away, as many at once as hold. All plays
share their luck, and what is returned was played and found to hold. Heads stand in layers (the first is there whenever
anybody is needed, the second whenever two are), so that nobody's shift ends because the hour does.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from process_models.graph.design import Design, Pool, Shift
from process_models.values.calendars import DAY, HOUR, MONDAY, WEEK, Calendar, Opening, Span, merged, opening, stretches
from process_models.values.errors import ModelError
from simulations import engines, queueing
from simulations.comparison import Estimate, estimate
from simulations.inside import queued_for
from simulations.outcomes import NEVER
from simulations.plan import Ints, Plan, plan
from simulations.scenario import Scenario
from simulations.story import Replay

REPLICATIONS = 10
MOST_PLAYS = 120
"""Plays after which the search stops with the best that held."""
TIMES, AND = 3, 4
"""Heads are never raised beyond so many times what the formula says, and so many more."""


class Interval(NamedTuple):
    """A part of a weekday (Monday is 0); ms after local midnight."""

    day: int
    start: int
    end: int


Heads = tuple[int, ...]
"""Heads in each interval, in the order of the intervals."""


class Promise(NamedTuple):
    """A share of the cases is begun within a time in which the pool is open."""

    within: int
    share: float


class Level(NamedTuple):
    """How an interval does with some heads."""

    came: float
    """Cases that came to it in a week, on average."""
    kept: Estimate | None
    """Share begun in time; None where nobody came."""


class Look(NamedTuple):
    """What a play with some heads says."""

    levels: tuple[Level, ...]
    work: float
    """Mean time worked on a visit, ms."""

    def fails(self, promise: Promise) -> tuple[int, ...]:
        """Return the intervals in which the promise does not hold."""
        return tuple(n for n, one in enumerate(self.levels) if one.kept and one.kept.mean < promise.share)


class Found(NamedTuple):
    """What was found, interval by interval."""

    intervals: tuple[Interval, ...]
    now: Heads
    formula: Heads
    heads: Heads
    levels: tuple[Level, ...]
    """With the heads found."""
    before: tuple[Level, ...]
    """With the heads there are now."""
    unmet: tuple[int, ...]
    """Intervals in which more heads did not make the promise hold."""
    stopped: bool
    """The search ended after the most plays, so that fewer heads may hold."""
    plays: int


def intervals(pool: Pool, length: int = HOUR) -> tuple[Interval, ...]:
    """Return the open times of a pool, cut by the clock into intervals.

    >>> from process_models.values.calendars import Span
    >>> desk = Pool(id="desk", name="Desk", shifts=(Shift(id="am", spans=(Span(0, 9 * HOUR, 11 * HOUR),), heads=1),))
    >>> [(one.start // HOUR, one.end // HOUR) for one in intervals(desk)]
    [(9, 10), (10, 11)]
    """
    spans = [span for shift in pool.shifts if shift.heads for span in shift.spans]
    out = []
    for day in range(7):
        for start, end in merged((span.start, span.end) for span in spans if span.day == day):
            edges = [start, *(at for at in range(0, DAY, length) if start < at < end), end]
            out += [Interval(day, low, high) for low, high in pairwise(edges)]
    return tuple(out)


def present(pool: Pool, parts: Sequence[Interval]) -> Heads:
    """Return how many heads a pool has in the middle of each interval."""

    def there(part: Interval) -> int:
        middle = (part.start + part.end) // 2
        return sum(
            shift.heads
            for shift in pool.shifts
            if any(span.day == part.day and span.start <= middle < span.end for span in shift.spans)
        )

    return tuple(there(part) for part in parts)


def with_heads(design: Design, pool: str, parts: Sequence[Interval], heads: Sequence[int]) -> Design:
    """Return a design in which a pool has so many heads in each interval, and nobody at other times."""
    pools = tuple(replace(one, shifts=layers(parts, heads)) if one.id == pool else one for one in design.staffing.pools)
    return replace(design, staffing=replace(design.staffing, pools=pools))


def layers(parts: Sequence[Interval], heads: Sequence[int]) -> tuple[Shift, ...]:
    """Return shifts of one head each, of which so many are there in each interval; those that are alike are one."""
    alike: dict[tuple[Span, ...], list[int]] = {}
    for layer in range(1, max(heads, default=0) + 1):
        spans = []
        for day in range(7):
            wanted = [
                (part.start, part.end)
                for part, there in zip(parts, heads, strict=True)
                if part.day == day and there >= layer
            ]
            spans += [Span(day, start, end) for start, end in merged(wanted)]
        alike.setdefault(tuple(spans), []).append(layer)
    return tuple(Shift(id=f"layer-{of[0]}", spans=spans, heads=len(of)) for spans, of in alike.items())


def cost(parts: Sequence[Interval], heads: Sequence[int], rate: int) -> int:
    """Return what heads are paid in a week, minor units.

    >>> cost([Interval(0, 0, 2 * HOUR)], [3], 2500)
    15000
    """
    return round(sum((part.end - part.start) * there for part, there in zip(parts, heads, strict=True)) * rate / HOUR)


def by_formula(parts: Sequence[Interval], look: Look, promise: Promise) -> Heads:
    """Return the heads that Erlang C asks for in each interval, each taken for itself: at least one."""
    return tuple(_formula(part, level.came, look.work, promise) for part, level in zip(parts, look.levels, strict=True))


def _formula(part: Interval, came: float, work: float, promise: Promise) -> int:
    if not came or not work:
        return 1
    return queueing.enough(queueing.Asked(came / (part.end - part.start), work, promise.within, promise.share))


def needed(
    design: Design,
    scenario: Scenario,
    pool: str,
    promise: Promise,
    seed: int,
    *,
    length: int = HOUR,
    replications: int = REPLICATIONS,
    beat: Callable[[int], None] = lambda _: None,
) -> Found:
    """Return the heads a pool needs in each interval of the week; the beat is told how many plays are through."""
    own = design.staffing.pool(pool)
    parts = intervals(own, length) if own else ()
    if own is None or not parts:
        raise ModelError("pool_never_open", pool=pool)
    clock = Calendar(tuple(Span(*part) for part in parts))
    plays = 0

    def look(asked: Design) -> Look:
        nonlocal plays
        beat(plays)
        plays += 1
        return looked_at(asked, scenario, pool, parts, clock, promise, seed, replications)

    before = look(design)
    formula = by_formula(parts, before, promise)
    days = [part.day for part in parts]
    found = search(lambda heads: look(with_heads(design, pool, parts, heads)), formula, promise, days)
    levels = (found.look.levels, before.levels)
    return Found(parts, present(own, parts), formula, found.heads, *levels, found.unmet, found.stopped, plays)


class Search(NamedTuple):
    """The end of a search."""

    heads: Heads
    look: Look
    unmet: tuple[int, ...]
    stopped: bool = False
    """It ended after the most plays, so that fewer heads may hold."""


def search(
    look: Callable[[Heads], Look], formula: Heads, promise: Promise, days: Sequence[int], most: int = MOST_PLAYS
) -> Search:
    """Raise heads until the promise holds wherever heads can make it hold, then lower them while it does.

    All intervals are lowered together; where that fails, parts of them, down to single ones. None is played twice.
    """
    known: dict[Heads, Look] = {}

    def at(heads: Heads) -> Look:
        if heads not in known:
            known[heads] = look(heads)
        return known[heads]

    limit = tuple(TIMES * heads + AND for heads in formula)
    heads, now = formula, at(formula)
    while len(known) < most and (short := [n for n in now.fails(promise) if heads[n] < limit[n]]):
        heads = tuple(there + (n in short) for n, there in enumerate(heads))
        now = at(heads)
    unmet = now.fails(promise)
    best = Search(heads, now, unmet)
    batches = [tuple(n for n in range(len(heads)) if n not in unmet)]
    while batches and len(known) < most:
        batch = tuple(n for n in batches.pop() if best.heads[n] > 1)
        if not batch:
            continue
        lower = tuple(there - (n in batch) for n, there in enumerate(best.heads))
        now = at(lower)
        if failing := set(now.fails(promise)) - set(unmet):
            batches += _parted(batch, days, {days[n] for n in failing})
        else:
            best = Search(lower, now, unmet)
            batches.append(batch)
    return best._replace(stopped=bool(batches))


def _parted(batch: Sequence[int], days: Sequence[int], bad: set[int]) -> list[tuple[int, ...]]:
    """Return the parts of a batch that failed in which lowering may still hold, the most hopeful last.

    Days hardly touch each other: those that did well go on without the others. Where all did badly, each day is halved;
    where each has but one interval left, those are to blame.
    """
    good = tuple(n for n in batch if days[n] not in bad)
    if good and len(good) < len(batch):
        return [tuple(n for n in batch if days[n] in bad), good]
    by_day = {day: [n for n in batch if days[n] == day] for day in sorted({days[n] for n in batch})}
    if all(len(own) == 1 for own in by_day.values()):
        if not good or len(batch) == 1:
            return []
        return [tuple(batch[len(batch) // 2 :]), tuple(batch[: len(batch) // 2])]
    halves = [tuple(n for own in by_day.values() for n in own[len(own) // 2 :])]
    return [*halves, tuple(n for own in by_day.values() for n in own[: len(own) // 2])]


# What a play says of each interval


def looked_at(
    design: Design,
    scenario: Scenario,
    pool: str,
    parts: Sequence[Interval],
    clock: Calendar,
    promise: Promise,
    seed: int,
    replications: int,
) -> Look:
    """Return how each interval does in a play."""
    asked = plan(design, scenario)
    open_time = opening(clock, scenario.zone, asked.begin, asked.begin + asked.limit)
    kept: list[list[float]] = [[] for _ in parts]
    came = np.zeros(len(parts))
    worked, visits = 0, 0
    for number in range(replications):
        replay = Replay(asked, engines.play(asked, seed, number))
        rows = queued_for(replay, pool) & (replay.entered < asked.period)
        where = _interval_of(asked, replay.entered[rows], parts)
        spent = _until(open_time, asked.begin + replay.taken[rows]) - _until(
            open_time, asked.begin + replay.entered[rows]
        )
        good = (spent <= promise.within) & (replay.began[rows] != NEVER)
        counts = np.bincount(where, minlength=len(parts))
        for n, (total, well) in enumerate(zip(counts, np.bincount(where, good, len(parts)), strict=True)):
            if total:
                kept[n].append(float(well / total))
        came += counts
        taken = rows & (replay.began != NEVER)
        worked += int(replay.table["worked"].to_numpy()[taken].sum())
        visits += int(taken.sum())
    weeks = replications * asked.period / WEEK
    levels = tuple(Level(float(total) / weeks, estimate(shares)) for total, shares in zip(came, kept, strict=True))
    return Look(levels, worked / visits if visits else 0.0)


def _interval_of(asked: Plan, entered: Ints, parts: Sequence[Interval]) -> NDArray[np.intp]:
    """Return the interval in which each visit begins to wait; at closed times the next that opens."""
    local = np.zeros(len(entered), np.int64)
    for low, high, ahead in stretches(asked.zone, asked.begin, asked.begin + asked.period):
        here = (asked.begin + entered >= low) & (asked.begin + entered < high)
        local[here] = asked.begin + entered[here] + ahead
    of_week = (local - MONDAY * DAY) % WEEK
    ends = np.array([part.day * DAY + part.end for part in parts])
    return np.searchsorted(ends, of_week, side="right") % len(parts)


def _until(open_time: Opening, at: Ints) -> Ints:
    """Return the open ms before each instant."""
    starts, ends, before = (np.asarray(one, np.int64) for one in open_time)
    i = np.searchsorted(starts, at, side="right") - 1
    inside = before[i] + np.minimum(at, ends[i]) - starts[i]
    return np.where(i < 0, 0, inside)


def table(found: Found) -> Mapping[tuple[int, int], dict[int, int]]:
    """Return the numbers of intervals by their times and weekday: one row of a timetable for each pair of times."""
    rows: dict[tuple[int, int], dict[int, int]] = {}
    for n, part in enumerate(found.intervals):
        rows.setdefault((part.start, part.end), {})[part.day] = n
    return dict(sorted(rows.items()))

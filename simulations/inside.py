"""What goes on over the day and over the weeks: queues, staff, and whether the work in progress settles.

The warm-up is found by MSER-5 (White, *Simulation* 69(6), 1997): the start is left out whose absence makes the standard
error of the rest smallest, on means of five. Only starts up to half of the series are tried, because a short rest that
happens to be even would look settled; where the error still falls at half, no end of the warm-up was found. A process
is called not steady where the work in progress still grows after it, or where there is more work than people present
can do.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import fmean
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from process_models.values.calendars import DAY, HOUR
from simulations.comparison import Estimate, estimate
from simulations.outcomes import NEVER
from simulations.plan import Plan
from simulations.story import Replay

Floats = NDArray[np.float64]
FULL = 0.99
"""Utilisation from which people have no time left to catch up."""
GROWS = 0.1
"""Growth of the work in progress after the warm-up, as a share of its mean, that matters."""


def overlap(starts: Sequence[int], ends: Sequence[int], edges: Sequence[int]) -> Floats:
    """Return how long intervals cover each stretch between edges, all added up.

    >>> overlap([0, 5], [10, 10], [0, 4, 8]).tolist()
    [4.0, 7.0]
    """
    begun, over = np.sort(np.asarray(starts, np.int64)), np.sort(np.asarray(ends, np.int64))
    sums = [np.concatenate([[0], np.cumsum(part)]) for part in (begun, over)]
    at = np.asarray(edges, np.int64)
    low, high = np.searchsorted(begun, at), np.searchsorted(over, at)
    covered = (low * at - sums[0][low]) - (high * at - sums[1][high])
    return np.asarray(np.diff(covered), np.float64)


class Hour(NamedTuple):
    """One hour of the day, on days on which anybody of the pool is there: means over replications."""

    hour: int
    waiting: Estimate
    busy: Estimate
    present: Estimate


def over_the_day(plan: Plan, replays: Sequence[Replay], pool: str) -> tuple[Hour, ...]:
    """Return how many cases wait for a pool, and how many of its people are busy and present, by hour of the day."""
    edges = list(range(0, plan.period + 1, HOUR))
    local = [_local_hour(plan, edge) for edge in edges[:-1]]
    per = [within(one, pool, edges) for one in replays]
    days = np.array([edge // DAY for edge in edges[:-1]])
    out = []
    for hour in range(24):
        rows = []
        for waiting, busy, present in per:
            manned = np.isin(days, np.unique(days[present > 0]))
            chosen = manned & (np.array(local) == hour)
            if chosen.any():
                rows.append([float(series[chosen].mean()) / HOUR for series in (waiting, busy, present)])
        if rows:
            told = [estimate(column) for column in zip(*rows, strict=True)]
            out.append(Hour(hour, *(one for one in told if one is not None)))
    return tuple(out)


def _local_hour(plan: Plan, at: int) -> int:
    return datetime.fromtimestamp((plan.begin + at) / 1000, UTC).astimezone(ZoneInfo(plan.zone)).hour


def queued_for(replay: Replay, pool: str) -> NDArray[np.bool_]:
    """Return which visits queue for people, those of a pool among them."""
    groups = set(groups_of(replay.plan, pool))
    steps = [step for step in range(len(replay.plan.steps)) if groups & set(replay.groups_of(step))]
    return np.asarray(replay.works & np.isin(replay.step, steps), np.bool_)


def groups_of(plan: Plan, pool: str) -> list[int]:
    """Return the numbers of a pool's groups."""
    return [n for n, (id, _) in enumerate(plan.groups) if id == pool]


def within(replay: Replay, pool: str, edges: Sequence[int]) -> tuple[Floats, Floats, Floats]:
    """Return ms waited for a pool, and ms its people are busy and present, in each stretch between edges."""
    groups, queued = groups_of(replay.plan, pool), queued_for(replay, pool)
    hands = np.isin(replay.group, groups) & (replay.began != NEVER)
    there = [span for group in groups for span in replay.staff[group]]
    present = sum((heads * overlap([a], [b], edges) for a, b, heads in there), np.zeros(len(edges) - 1))
    busy = overlap(replay.began[hands].tolist(), replay.ended[hands].tolist(), edges)
    return (
        overlap(replay.entered[queued].tolist(), replay.taken[queued].tolist(), edges),
        np.minimum(busy, present),
        present,
    )


def in_progress(plan: Plan, replay: Replay) -> list[float]:
    """Return the mean number of cases under way on each day of the period."""
    table = replay.cases
    ended = np.where(table["ended"] == NEVER, plan.limit, table["ended"])
    edges = list(range(0, plan.period + 1, DAY))
    return [float(ms) / DAY for ms in overlap(table["arrived"].tolist(), ended.tolist(), edges)]


def mser(series: Sequence[float], batch: int = 5) -> int | None:
    """Return how many values of the start to leave out (MSER-5); None where the error still falls at half of them.

    >>> mser([9.0] * 10 + [1.0, 1.1, 0.9, 1.0, 1.0] * 8)
    10
    >>> mser([float(n) for n in range(100)]) is None
    True
    """
    means = [fmean(series[n : n + batch]) for n in range(0, len(series) - batch + 1, batch)]
    if len(means) < 4:
        return None

    def score(first: int) -> float:
        rest = means[first:]
        middle = fmean(rest)
        return sum((value - middle) ** 2 for value in rest) / len(rest) ** 2

    last = -(-len(means) // 2)
    best = min(range(last + 1), key=lambda first: (score(first), first))
    return best * batch if best < last else None


class Steadiness(NamedTuple):
    """Whether the work in progress settles."""

    days: tuple[float, ...]
    """Mean number of cases under way, day by day, over replications."""
    warm_up: int | None
    """Days of the start that differ from the rest; None where no such start was found."""
    growth: Estimate
    """Of the work in progress from the end of the warm-up to the end of the period."""
    full: tuple[str, ...]
    """Pools with more work than the people present can do."""

    @property
    def grows(self) -> bool:
        """Say whether work in progress clearly grows, and by enough to matter."""
        low = self.growth.low
        return low is not None and low > 0 and self.growth.mean > GROWS * fmean(self.days)

    @property
    def steady(self) -> bool:
        """Say whether it settles."""
        return self.warm_up is not None and not self.grows and not self.full


def steadiness(plan: Plan, replays: Sequence[Replay], full: tuple[str, ...] = ()) -> Steadiness | None:
    """Return whether a play settles; None where the period is too short (fewer than 20 days) to tell."""
    lines = [in_progress(plan, one) for one in replays]
    if len(lines) < 2 or len(lines[0]) < 20:
        return None
    days = [fmean(day) for day in zip(*lines, strict=True)]
    warm_up = mser(days)
    rest = [line[warm_up or 0 :] for line in lines]
    growth = estimate([_slope(line) * (len(line) - 1) for line in rest])
    assert growth is not None
    return Steadiness(tuple(days), warm_up, growth, full)


def _slope(line: Sequence[float]) -> float:
    return float(np.polyfit(np.arange(len(line)), np.asarray(line), 1)[0])

"""Measured times of steps: work, waiting and elapsed time, with mean, median and percentiles, never a bare mean."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd

from process_models.logs.columns import Meaning
from process_models.logs.events import Events
from process_models.logs.opening import Open, around
from process_models.values.calendars import Calendar
from process_models.values.distributions import Distribution, Fixed, Quantiles
from process_models.values.fractions import fraction

MEASURES = {"work": "worked_ms", "wait": "waited_ms", "working_wait": "working_wait_ms", "elapsed": "elapsed_ms"}
COLUMNS = ["step", "measure", "n", "mean_ms", "median_ms", "p10_ms", "p90_ms"]
MOST_POINTS = 60
NEAR = 1e-4
"""Points are added until none would move the mean by more than this share of it."""

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def with_working_wait(table: pd.DataFrame, events: Events, calendar: Calendar | None) -> pd.DataFrame:
    """Add working_wait_ms to visits: the wait in open hours of a calendar; missing without calendar or starts."""
    if calendar is None or events.meaning is not Meaning.SPANS:
        return table.assign(working_wait_ms=float("nan"))
    known = table["waited_ms"].notna()
    begins, sinces = (_instants(table.loc[known, name]) for name in ("begin", "since"))
    if not len(begins):
        return table.assign(working_wait_ms=float("nan"))
    hours = Open.of(calendar, events.zone, *around(begins, sinces))
    waits = np.maximum(hours.between(sinces, begins), 0).astype(float)
    return table.assign(working_wait_ms=pd.Series(waits, index=table.index[known]))


def _instants(times: "pd.Series[pd.Timestamp]") -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return moments as ms since 1970."""
    return np.asarray(times.astype("datetime64[ms, UTC]").astype("int64"), dtype=np.int64)


def times_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the measured times of each step, in whole ms.

    Columns: step, measure (work, wait, working_wait, elapsed), n, mean_ms, median_ms, p10_ms, p90_ms.
    """
    rows = [
        (step, measure, *_figures(visits[column].dropna().to_numpy(dtype=float)))
        for step, visits in table.groupby("step")
        for measure, column in MEASURES.items()
        if visits[column].notna().any()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _figures(ms: Floats) -> Iterable[int]:
    """Return number, mean, median, P10 and P90."""
    spread = [round(float(np.quantile(ms, share))) for share in (0.5, 0.1, 0.9)]
    return (len(ms), round(float(ms.mean())), *spread)


def measured(ms: "pd.Series[float]") -> Distribution:
    """Return measured times as a distribution: their quantiles, or one fixed time where they are all the same.

    Each of n sorted times stands in the middle of its share 1/n, linear between them, so that all points together have
    exactly the mean of the times. Points are kept at every 5 %, and then where leaving them out moves the mean most.
    """
    values = np.sort(ms.dropna().to_numpy(dtype=float)).round()
    if values[0] == values[-1]:
        return Fixed(ms=int(values[0]))
    middles = (np.arange(len(values)) + 0.5) / len(values)
    shares, times = np.r_[0.0, middles, 1.0], np.r_[values[0], values, values[-1]]
    kept = _knots(shares, times)
    return Quantiles(points=tuple((fraction(Decimal(repr(float(shares[k])))), int(times[k])) for k in kept))


def _knots(shares: Floats, times: Floats) -> list[int]:
    """Return the places of the points to keep, in order."""
    kept = sorted({int(place) for place in np.searchsorted(shares, np.linspace(0, 1, 21))})
    area = np.r_[0.0, np.cumsum(np.diff(shares) * (times[1:] + times[:-1]) / 2)]

    def gap(low: int, high: int) -> float:
        """How far the mean moves if nothing between two points is kept."""
        return float(abs((shares[high] - shares[low]) * (times[low] + times[high]) / 2 - (area[high] - area[low])))

    while len(kept) < MOST_POINTS:
        gaps = [gap(low, high) if high - low > 1 else 0.0 for low, high in pairwise(kept)]
        worst = int(np.argmax(gaps))
        if gaps[worst] <= NEAR * area[-1]:
            break
        kept.insert(worst + 1, (kept[worst] + kept[worst + 1]) // 2)
    return kept

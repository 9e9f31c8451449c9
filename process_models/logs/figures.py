"""What goes wrong with figures that come beside a log: ratings, rates, waits of those who hung up, series by month.

Each function looks at plain numbers and returns the remarks that a careful reader would make, with their consequence.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from process_models.logs.quality import Remark, remark
from process_models.logs.telling import percent
from process_models.values.words import duration

Numbers = npt.NDArray[np.float64]

XMR = 2.66
"""Limits of an XmR chart lie this many mean moving ranges from the mean (Shewhart; Wheeler)."""
WEAK = 0.1
"""A correlation whose interval lies within this of zero is no driver."""
NORMAL = 1.959964
SEASONAL = 0.5
"""Share of the variation within years that the month must explain."""
SHOWN_CODES = 6
YEARS = 2
LONGER = 2.0
"""Patience is remarked on where it is this many times the mean wait of those who gave up."""


def off_scale(name: str, values: Numbers, lowest: float, highest: float) -> Iterator[Remark]:
    """Ratings outside of their scale: codes for “not used” or “no answer”, which are no ratings."""
    known = values[~np.isnan(values)]
    codes, counts = np.unique(known[(known < lowest) | (known > highest)], return_counts=True)
    if len(codes):
        rated = known[(known >= lowest) & (known <= highest)]
        told = [f"{code:g} ({n} times)" for code, n in zip(codes, counts, strict=True)]
        rest = f" and {len(told) - SHOWN_CODES} other values" if len(told) > SHOWN_CODES else ""
        said = ", ".join(told[:SHOWN_CODES]) + rest
        means = {"mean": f"{rated.mean():.2f}", "wrong": f"{known.mean():.2f}"}
        yield remark("off_scale", "doubt", name=name, codes=said, low=f"{lowest:g}", high=f"{highest:g}", **means)


def patience(waits: Numbers, gave_up: npt.NDArray[np.bool_]) -> float:
    """Return the mean patience behind waits that some gave up: all time waited ÷ those who gave up.

    Who was answered would have waited longer, so their waits are censored; with a constant rate of giving up this is
    the likeliest mean (Mandelbaum and Zeltyn, *Service engineering in action*, 2007).
    """
    return float(waits.sum() / gave_up.sum()) if gave_up.any() else math.inf


def censored(waits: Numbers, gave_up: npt.NDArray[np.bool_]) -> Iterator[Remark]:
    """Those who hung up waited less long than people are ready to wait."""
    if not gave_up.any():
        return
    seen, real = float(waits[gave_up].mean()), patience(waits, gave_up)
    if real >= LONGER * seen:
        yield remark("censored", "doubt", seen=duration(seen), patience=duration(real), n=int(gave_up.sum()))


def correlation(one: Numbers, other: Numbers) -> tuple[float, float, float]:
    """Return how far two figures go together, and the interval in which that lies 19 times of 20 (Fisher, 1915)."""
    known = ~(np.isnan(one) | np.isnan(other))
    n = int(known.sum())
    if n < 4 or one[known].std() == 0 or other[known].std() == 0:
        return math.nan, -1.0, 1.0
    r = float(np.corrcoef(one[known], other[known])[0, 1])
    z, half = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r))), NORMAL / math.sqrt(n - 3)
    return r, math.tanh(z - half), math.tanh(z + half)


def no_driver(name: str, driver: Numbers, outcome: Numbers) -> Iterator[Remark]:
    """A figure that does not go together with the outcome: that it is no driver is the answer."""
    r, low, high = correlation(driver, outcome)
    if max(abs(low), abs(high)) <= WEAK:
        yield remark("no_driver", "note", name=name, r=f"{r:.3f}", low=f"{low:.3f}", high=f"{high:.3f}")


def not_apart(names: tuple[str, ...], drivers: tuple[Numbers, ...], outcome: Numbers) -> Iterator[Remark]:
    """Drivers next to each other in a ranking whose intervals overlap: their order is luck."""
    found = sorted(
        ((*correlation(driver, outcome), name) for driver, name in zip(drivers, names, strict=True)), reverse=True
    )
    pairs = [(a[3], b[3]) for a, b in pairwise(found) if b[2] >= a[1]]
    if pairs:
        told = "; ".join(f"{a}, {b}" for a, b in pairs)
        yield remark("not_apart", "doubt", pairs=told, n=len(pairs), of=len(found) - 1)


def limits(values: Numbers, least: float = -math.inf, most: float = math.inf) -> tuple[float, float, float]:
    """Return lower limit, mean and upper limit of an XmR chart, capped at what is possible."""
    mean, moving = float(values.mean()), float(np.abs(np.diff(values)).mean())
    return max(least, mean - XMR * moving), mean, min(most, mean + XMR * moving)


def impossible_limits(name: str, values: Numbers, least: float = 0.0, most: float = 1.0) -> Iterator[Remark]:
    """Limits outside of what is possible are capped, and said to be."""
    low, _, high = limits(values)
    if low < least or high > most:
        worked = f"{percent_of(low)} to {percent_of(high)}"
        capped = " to ".join(percent_of(one) for one in (max(low, least), min(high, most)))
        yield remark("impossible_limits", "note", name=name, worked=worked, capped=capped)


def percent_of(share: float) -> str:
    """Return any number as per cent, also above all.

    >>> percent_of(1.04)
    '104.0 %'
    """
    return f"{100 * share:.1f} %"


def by_month(months: npt.NDArray[np.int64], values: Numbers) -> tuple[float, Numbers]:
    """Return which share of the variation within years the month explains, and each month's mean difference.

    Months are counted on and on (year × 12 + month − 1); only whole years from the first month on are looked at.
    """
    order = np.argsort(months)
    years = len(order) // 12
    table = values[order][: 12 * years].reshape(years, 12)
    within = table - table.mean(axis=1, keepdims=True)
    total = float((within**2).sum())
    means = np.roll(within.mean(axis=0), int(months[order][0] % 12)) if years else np.zeros(12)
    return (years * float((means**2).sum()) / total if total else 0.0), means


def seasonal(name: str, months: npt.NDArray[np.int64], values: Numbers) -> Iterator[Remark]:
    """The same months are high year after year: no special cause."""
    if len(values) < 12 * YEARS:
        return
    share, means = by_month(months, values)
    if share >= SEASONAL:
        high = ", ".join(MONTHS[place] for place in np.argsort(-means)[:3])
        yield remark("seasonal", "note", name=name, share=percent(share), months=high)


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

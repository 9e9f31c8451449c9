"""Open time for a whole log at once: the calendar arithmetic of :mod:`process_models.values.calendars` on arrays."""

import numpy as np
import numpy.typing as npt

from process_models.values.calendars import WEEK, Calendar, Interval, Opening, unroll

Ints = npt.NDArray[np.int64]


class Open:
    """Open intervals ready to be measured from many instants to many others; ms since 1970."""

    def __init__(self, opening: Opening) -> None:
        self._starts = np.array(opening.starts, dtype=np.int64)
        self._ends = np.array(opening.ends, dtype=np.int64)
        self._before = np.array(opening.before, dtype=np.int64)

    @classmethod
    def of(cls, calendar: Calendar | None, zone: str, begin: int, end: int) -> "Open":
        """Return the open time of a calendar around two instants; without one all time is open."""
        wider: Interval = (begin - WEEK, end + WEEK)
        return cls(Opening.of((wider,) if calendar is None else unroll(calendar, zone, *wider)))

    def until(self, at: Ints) -> Ints:
        """Return the open ms before each instant."""
        if not len(self._starts):
            return np.zeros(len(at), dtype=np.int64)
        place = np.searchsorted(self._starts, at, side="right") - 1
        inside = np.minimum(at, self._ends[place]) - self._starts[place]
        found: Ints = np.where(place < 0, 0, self._before[place] + inside)
        return found

    def between(self, begins: Ints, ends: Ints) -> Ints:
        """Return the open ms from each instant to its other; below zero where that lies before it."""
        found: Ints = self.until(ends) - self.until(begins)
        return found


def around(*instants: Ints) -> tuple[int, int]:
    """Return the first and the last of many instants."""
    return min(int(part.min()) for part in instants), max(int(part.max()) for part in instants)


def disjoint(groups: Ints, begins: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """Return stretches of groups cut so that none overlaps another of its group, and nothing they cover is lost.

    What is left of a stretch is what no earlier one of its group covers; empty stretches are left out.
    """
    keep = begins < ends
    groups, begins, ends = groups[keep], begins[keep], ends[keep]
    order = np.lexsort((begins, groups))
    groups, begins, ends = groups[order], begins[order], ends[order]
    if not len(groups):
        return groups, begins, ends
    low = int(begins.min())
    wide = int(ends.max()) - low + 1
    rank = np.cumsum(np.diff(groups, prepend=groups[0]) != 0)
    latest = np.maximum.accumulate(ends - low + rank * wide)
    covered = np.full(len(groups), low)
    covered[1:] = np.where(rank[1:] == rank[:-1], latest[:-1] - rank[:-1] * wide + low, low)
    begins = np.maximum(begins, covered)
    keep = begins < ends
    return groups[keep], begins[keep], ends[keep]

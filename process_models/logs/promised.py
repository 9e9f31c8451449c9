"""What a clock shows for every case of a log: a promise read by the wall and in working time, pauses left out.

The clock is that of promises and obligations (:class:`process_models.values.clocks.Clock`), with steps named as the log
names them. A moment without a step is the opening of a case (enter) or its end (leave), which is the customer's end
where one was chosen.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from process_models.logs.columns import Meaning
from process_models.logs.events import Events
from process_models.logs.opening import Open, disjoint
from process_models.logs.visits import kept_visits, visits
from process_models.values.calendars import Calendar
from process_models.values.clocks import Clock, Moment

Ints = npt.NDArray[np.int64]
NEVER = np.iinfo(np.int64).min
OPENING, ENDING = Moment("", "enter"), Moment("", "leave")


def whole_case(limit: int, pauses: tuple[str, ...] = ()) -> Clock:
    """Return the clock of a promise from the opening of a case to its end."""
    return Clock(OPENING, ENDING, limit, pauses=tuple(sorted(pauses)))


class Stays(Struct, frozen=True, eq=False):
    """Visits of all cases up to the customer's end, times in ms since 1970; sorted by case."""

    case: Ints
    """Numbers of cases, in their order."""
    step: Ints
    """Places in the names."""
    entered: Ints
    left: Ints
    """NEVER where the log does not say."""
    seen: Ints
    """The last row of the visit."""
    names: tuple[str, ...]
    cases: "pd.Index[str]"
    ended: npt.NDArray[np.bool_]
    """By case: whether the customer's end was reached; without one the last row is the end."""


def stays(events: Events) -> Stays:
    """Return when each case entered and left its steps.

    A step is entered when the one before it was left (the first: when the case was opened), so that time waited before
    it belongs to it; a state is entered when it begins.
    """
    table = kept_visits(visits(events))
    codes = table["case"].cat.codes.to_numpy()
    fresh = np.diff(codes, prepend=-1) != 0
    case = np.cumsum(fresh).astype(np.int64) - 1
    begin, end = (np.asarray(table[name].astype("int64"), dtype=np.int64) for name in ("begin", "end"))
    since = np.where(table["since"].notna(), table["since"].astype("int64"), begin)
    at = np.flatnonzero(fresh)
    names = tuple(str(name) for name in table["step"].cat.categories)
    if events.meaning is Meaning.STATES:
        left = np.append(begin[1:], NEVER)
        left[np.append(at[1:], len(left)) - 1] = NEVER
        entered = begin.copy()
        entered[at] = np.minimum(begin[at], since[at])
    else:
        entered, left = np.minimum(since, begin), end
    step = table["step"].cat.codes.to_numpy().astype(np.int64)
    ended = np.ones(len(at), dtype=bool)
    if events.last:
        last = np.append(at[1:], len(step)) - 1
        ended = step[last] == names.index(events.last)
    return Stays(case, step, entered, left, end, names, pd.Index(table["case"].array[at]), ended)


def readings(events: Events, clock: Clock, calendar: Calendar | None) -> pd.DataFrame:
    """Return what a clock shows for each case, by the wall and in working time.

    Columns: case, wall_ms, working_ms, stopped (the end has come), wall and working (kept: true, false, or missing
    where nobody can know yet). Cases for which it never started are left out; one that has not stopped is read at the
    last moment of the log. Without a calendar both are the same.
    """
    visited = stays(events)
    start, end = _instants(clock.start, visited, True), _instants(clock.end, visited, False)
    until = int(events.frame["time"].max().value // 1_000_000)
    ran = (start != NEVER) & ((end == NEVER) | (end >= start))
    stop = np.where(end == NEVER, until, end)
    paused = _paused(visited, clock, start, stop)
    begin, close = int(start[ran].min(initial=until)), int(stop.max(initial=until))
    found = pd.DataFrame({"case": visited.cases[ran]})
    for name, hours in (("wall", None), ("working", calendar)):
        open_time = Open.of(hours, events.zone, begin, close)
        group, a, b = paused
        still = np.bincount(group, weights=open_time.between(a, b), minlength=len(start)).astype(np.int64)
        found[f"{name}_ms"] = (open_time.between(start[ran], stop[ran]) - still[ran]).astype(np.int64)
    stopped = (end != NEVER)[ran]
    found["stopped"] = stopped
    for name in ("wall", "working"):
        over = (found[f"{name}_ms"] > clock.limit).to_numpy()
        found[name] = pd.arrays.BooleanArray(~over, ~over & ~stopped)
    return found


def _instants(moment: Moment, visited: Stays, starts: bool) -> Ints:
    """Return the first (to start a clock) or last instant of a moment for each case, NEVER where it has none."""
    found = np.full(len(visited.cases), NEVER, dtype=np.int64)
    if not moment.step:
        at = np.flatnonzero(np.diff(visited.case, prepend=-1))
        if moment.at == "enter":
            return visited.entered[at]
        return np.where(visited.ended, np.maximum.reduceat(visited.seen, at), NEVER)
    here = visited.step == (visited.names.index(moment.step) if moment.step in visited.names else -1)
    times = visited.entered if moment.at == "enter" else visited.left
    here &= times != NEVER
    case, at = visited.case[here], times[here]
    if starts:
        found[case[::-1]] = at[::-1]
        np.minimum.at(found, case, at)
    else:
        np.maximum.at(found, case, at)
    return found


def _paused(visited: Stays, clock: Clock, start: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the stretches in which the clock of a case stands still, none twice."""
    codes = [n for n, name in enumerate(visited.names) if name in clock.pauses]
    here = np.isin(visited.step, codes) & (start[visited.case] != NEVER)
    case = visited.case[here]
    left = np.where(visited.left[here] == NEVER, stop[case], visited.left[here])
    return disjoint(case, np.maximum(visited.entered[here], start[case]), np.minimum(left, stop[case]))


class Kept(Struct, frozen=True):
    """How many cases kept a promise."""

    kept: int
    missed: int
    open: int
    """Nobody can know yet."""

    @property
    def share(self) -> float:
        """Share of the cases that are decided; 0 where none is."""
        return self.kept / (self.kept + self.missed) if self.kept + self.missed else 0.0


def kept(told: pd.DataFrame, reading: str) -> Kept:
    """Return how many cases kept a promise by a reading of :func:`readings`: wall, or working."""
    known = told[reading].dropna().astype(bool)
    return Kept(int(known.sum()), int((~known).sum()), len(told) - len(known))

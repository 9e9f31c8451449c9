"""One replication read closely: what each case waited for, why, and who was busy with what meanwhile.

Pure functions on a plan and a trace. A wait is cut into stretches by cause, with the names that logs use (Lashkevich et
al., *Why am I waiting?*, CAiSE 2023): **unavailability** (nobody who may do it is on shift and present), **priority**
(somebody who may do it is busy with work that queued up later), **contention** (they are busy with what queued up
before), **extraneous** (time that no people decide, as with a customer or a supplier) and **batching** (saving up).
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from process_models.graph.steps import Kind
from process_models.values.calendars import Interval, merged
from process_models.values.causes import CAUSES, Cause
from simulations.contingencies import absences
from simulations.outcomes import HANDED_OVER, NEVER, cases, stints, visits
from simulations.plan import KINDS, Ints, Plan
from simulations.trace import Trace


class Stretch(NamedTuple):
    """A part of a wait that has one cause; ms after the start."""

    start: int
    end: int
    cause: Cause


class Hand(NamedTuple):
    """Work in hand: the case and the step."""

    case: int
    step: int


class Crew(NamedTuple):
    """Who of a group is there at a moment, and with what."""

    group: int
    present: int
    """On shift and not away."""
    hands: tuple[Hand, ...]
    """Work that somebody is bound to, also over a pause."""


class Stay(NamedTuple):
    """One visit of a case to a step that takes time, with what came before the work."""

    step: int
    visit: int
    entered: int
    began: int | None
    left: int | None
    how: str
    group: int | None
    wait: int
    stretches: tuple[Stretch, ...]
    ahead: int
    """Cases in the same queue on arrival."""
    crews: tuple[Crew, ...]
    """On arrival, those who may do it."""


class Replay:
    """A plan and one trace of it, ready to be asked."""

    def __init__(self, plan: Plan, trace: Trace) -> None:
        self.plan = plan
        self.trace = trace
        self.table = table = stints(plan, trace)
        """A row for each visit, cut where its work was handed over."""
        self.case: Ints = table["case"].to_numpy()
        self.step: Ints = table["step"].to_numpy()
        self.visit: Ints = table["visit"].to_numpy()
        self.entered: Ints = table["entered"].to_numpy()
        self.began: Ints = table["began"].to_numpy()
        self.left: Ints = table["left"].to_numpy()
        self.group: Ints = table["group"].to_numpy()
        self.held: Ints = table["held"].to_numpy()
        kinds = plan.stype[self.step]
        self.works = kinds == KINDS.index(Kind.WORK)
        self.rests = kinds == KINDS.index(Kind.WAIT)
        self.ended: Ints = np.where(self.left == NEVER, plan.limit, self.left)
        self.taken: Ints = np.where(self.works, self.entered + table["wait"].to_numpy(), self.entered)
        """When waiting for people was over."""
        self.queued: Ints = self.entered
        if (table["how"] == HANDED_OVER).any():
            self.queued = table.groupby(["case", "step", "visit"])["entered"].transform("min").to_numpy()
        """When the visit began, which is what its place in the queue goes by."""

    @cached_property
    def visited(self) -> pd.DataFrame:
        """One row a visit, as outcomes tell it."""
        return visits(self.plan, self.trace)

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row a case, as outcomes tell it."""
        return cases(self.plan, self.trace, self.visited)

    def groups_of(self, step: int) -> list[int]:
        """Return the groups that may do a step, in order of preference."""
        queue = int(self.plan.qu[step])
        return [] if queue < 0 else self.plan.qgl[self.plan.qgp[queue] : self.plan.qgp[queue + 1]].tolist()

    @cached_property
    def staff(self) -> list[list[tuple[int, int, int]]]:
        """For each group the stretches (from, to, heads) in which anybody is on shift and present."""
        return [list(_present(self.plan, self.trace.world, group)) for group in range(len(self.plan.groups))]

    @cached_property
    def _manned(self) -> dict[int, tuple[Interval, ...]]:
        """For each queue when anybody who serves it is there."""
        steps = {int(queue): step for step, queue in enumerate(self.plan.qu.tolist()) if queue >= 0}
        return {
            queue: merged([(a, b) for group in self.groups_of(step) for a, b, _ in self.staff[group]])
            for queue, step in steps.items()
        }

    @cached_property
    def _manned_starts(self) -> dict[int, list[int]]:
        return {queue: [start for start, _ in spans] for queue, spans in self._manned.items()}

    @cached_property
    def _by_group(self) -> list[Ints]:
        """Rows in the order in which each group began them."""
        rows = [np.flatnonzero((self.group == group) & (self.began != NEVER)) for group in range(len(self.plan.groups))]
        return [own[np.argsort(self.began[own], kind="stable")] for own in rows]

    def stretches(self, row: int) -> tuple[Stretch, ...]:
        """Return the wait of a visit cut by cause, in order; the parts add up to the wait."""
        start = int(self.entered[row])
        going_on = start + int(self.held[row])
        saved_up = (Stretch(start, going_on, "batching"),) if going_on > start else ()
        return saved_up + self._after(row, going_on)

    def _after(self, row: int, start: int) -> tuple[Stretch, ...]:
        """Return the wait of a visit from when it was no longer saved up."""
        if self.rests[row]:
            end = int(self.ended[row])
            return (Stretch(start, end, "extraneous"),) if end > start else ()
        end = int(self.taken[row])
        if not self.works[row] or end <= start:
            return ()
        step = int(self.step[row])
        manned = self._manned_within(int(self.plan.qu[step]), start, end)
        later = merged(list(self._later(step, int(self.queued[row]), start, end)))
        return _cut(start, end, manned, later)

    def _manned_within(self, queue: int, start: int, end: int) -> list[Interval]:
        spans, starts = self._manned[queue], self._manned_starts[queue]
        first = max(0, bisect_right(starts, start) - 1)
        out = []
        for a, b in spans[first:]:
            if a >= end:
                break
            if b > start:
                out.append((max(a, start), min(b, end)))
        return out

    def _later(self, step: int, queued: int, start: int, end: int) -> Iterator[Interval]:
        """Yield when somebody who may do a step was busy between two moments with work that queued up after a third."""
        for group in self.groups_of(step):
            rows = self._by_group[group]
            low, high = np.searchsorted(self.began[rows], [start, end])
            inner = rows[low:high]
            for other in inner[self.queued[inner] > queued].tolist():
                yield int(self.began[other]), min(int(self.ended[other]), end)

    def crew(self, group: int, at: int) -> Crew:
        """Return who of a group is there at a moment, and with what; work begun at that moment counts."""
        present = next((heads for a, b, heads in self.staff[group] if a <= at < b), 0)
        rows = self._by_group[group]
        busy = rows[(self.began[rows] <= at) & (self.ended[rows] > at)]
        return Crew(group, present, tuple(Hand(int(self.case[row]), int(self.step[row])) for row in busy))

    def ahead(self, row: int) -> int:
        """Return how many cases stood in the same queue when a visit began to wait."""
        queue = self.plan.qu[int(self.step[row])]
        at = self.entered[row]
        same = self.works & (self.plan.qu[self.step] == queue) & (self.entered < at) & (self.taken > at)
        return int(same.sum())

    def story(self, case: int) -> tuple[Stay, ...]:
        """Return what happened to a case at each step that takes time, in the order in which it came there."""
        mine = np.flatnonzero((self.case == case) & (self.works | self.rests))
        return tuple(self._stay(int(row)) for row in mine[np.argsort(self.entered[mine], kind="stable")])

    def _stay(self, row: int) -> Stay:
        step, works = int(self.step[row]), bool(self.works[row])
        began, left = int(self.began[row]), int(self.left[row])
        return Stay(
            step=step,
            visit=int(self.visit[row]),
            entered=int(self.entered[row]),
            began=None if began == NEVER else began,
            left=None if left == NEVER else left,
            how=str(self.table["how"].iat[row]),
            group=None if began == NEVER else int(self.group[row]),
            wait=int(self.taken[row] - self.entered[row]),
            stretches=self.stretches(row),
            ahead=self.ahead(row) if works else 0,
            crews=tuple(self.crew(group, int(self.entered[row])) for group in self.groups_of(step)),
        )

    @cached_property
    def causes(self) -> dict[int, dict[Cause, int]]:
        """For each step that takes time the ms waited by cause, all cases together."""
        out: dict[int, dict[Cause, int]] = {}
        for row in np.flatnonzero(self.works | self.rests).tolist():
            total = out.setdefault(int(self.step[row]), dict.fromkeys(CAUSES, 0))
            for start, end, cause in self.stretches(row):
                total[cause] += end - start
        return out


def _present(plan: Plan, world: int, group: int) -> Iterator[tuple[int, int, int]]:
    """Yield (from, to, heads) in which at least one head of a group is on shift and present."""
    rows = slice(plan.cptr[group], plan.cptr[group + 1])
    shifts = list(zip(plan.cs[rows].tolist(), plan.ce[rows].tolist(), strict=True))
    heads = int(plan.cap0[group])
    changes = [
        (at, change)
        for head in range(heads)
        for start, stop in absences(plan, world, group, head)
        for at, change in ((start, -1), (stop, 1))
    ]
    changes.sort()
    here, i = heads, 0
    for begins, closes in shifts:
        at = begins
        while i < len(changes) and changes[i][0] < closes:
            when, change = changes[i]
            if when > at and here > 0:
                yield at, when, here
            at, here, i = max(at, when), here + change, i + 1
        if closes > at and here > 0:
            yield at, closes, here


def _cut(start: int, end: int, manned: list[Interval], later: tuple[Interval, ...]) -> tuple[Stretch, ...]:
    """Cut a wait: nobody there, or busy with what came later, or busy with what came before; neighbours are joined."""
    edges = sorted({start, end, *(edge for span in (*manned, *later) for edge in span if start < edge < end)})
    out: list[Stretch] = []
    for a, b in pairwise(edges):
        there = any(low <= a < high for low, high in manned)
        passed = any(low <= a < high for low, high in later)
        cause: Cause = "unavailability" if not there else "priority" if passed else "contention"
        if out and out[-1].cause == cause:
            out[-1] = Stretch(out[-1].start, b, cause)
        else:
            out.append(Stretch(a, b, cause))
    return tuple(out)

"""What a trace says: tidy tables of visits, cases and pools, and the whole-number sums that measures are made of.

A case that is over has *completed* or *gave up*; what is still under way when play stops is *unfinished*, counted, and
measured up to that moment only where a clock has already run out. Waiting is time in queues for people; pauses within
work are not waiting. Utilisation looks at the period in which cases arrive: worked ÷ (open × present).
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from process_models.evidence.satisfaction import CaseOutcomes, Feature, hundredths
from process_models.graph.steps import Kind
from process_models.values.calendars import HOUR, Opening
from process_models.values.clocks import Stay, read_clock
from process_models.values.money import half_even
from simulations.contingencies import absences
from simulations.plan import KINDS, Ints, Plan
from simulations.trace import Row, Trace

VISITS = 2**16
NEVER = -1
INSTANT = frozenset(KINDS.index(kind) for kind in (Kind.START, Kind.CHOICE, Kind.FORK, Kind.END))
"""Steps that are left the moment they are entered."""
HANDED_OVER = "handed_over"
STATUS = ("completed", "gave up", "unfinished")
Sums = dict[str, int]


def visits(plan: Plan, trace: Trace) -> pd.DataFrame:
    """Return one row a visit: case, step, visit, entered, began, left, how, group, wait, worked, held.

    Times in ms, -1 where it did not come to that. ``left`` is also when a case gave up or was
    withdrawn; ``how`` says which: left, gave_up, withdrawn or unfinished. A visit whose work was handed over tells
    when it first began, who had it last, and all waits and work added up. ``held`` is the part of the time before the
    work in which it was saved up with others.
    """
    parts = stints(plan, trace)
    if not parts["how"].eq(HANDED_OVER).any():
        return parts
    of_visit = parts.assign(group=parts["group"].where(parts["group"] != NEVER)).groupby(["case", "step", "visit"])
    firsts, lasts = of_visit[["entered", "began"]].first(), of_visit[["left", "how", "group"]].last()
    whole = pd.concat([firsts, lasts, of_visit[["wait", "worked", "held"]].sum()], axis=1).reset_index()
    whole["group"] = whole["group"].fillna(NEVER).astype(np.int64)
    return whole


def stints(plan: Plan, trace: Trace) -> pd.DataFrame:
    """Return visits like :func:`visits`, cut where work was handed over: a row for each time in a queue and its work.

    ``entered`` is when that time in the queue began; ``how`` is ``handed_over`` for all but the last of a visit.
    """
    rows = trace.rows
    mark = _marks(rows)
    entries = (rows[:, 1] == Row.ENTER) | (rows[:, 1] == Row.PUT_BACK)
    mark_in = np.where(rows[:, 1] == Row.PUT_BACK, mark + 1, mark)
    where, first = np.unique(mark_in[entries], return_index=True)
    entered = rows[entries][first]
    table = pd.DataFrame(
        {"case": entered[:, 2], "step": entered[:, 3], "visit": entered[:, 4], "entered": entered[:, 0]}
    )
    ends = (Row.LEAVE, Row.GIVE_UP, Row.WITHDRAW, Row.PUT_BACK)
    times = {row: _times(rows, mark, where, row) for row in (Row.BEGIN, *ends)}
    kind = plan.stype[table["step"].to_numpy()]
    left = np.max([times[row] for row in ends], axis=0)
    table["began"] = times[Row.BEGIN]
    table["left"] = np.where(np.isin(kind, list(INSTANT)), table["entered"], left)
    gone = [*(times[row] != NEVER for row in ends[1:]), table["left"] == NEVER]
    table["how"] = np.select(gone, ["gave_up", "withdrawn", HANDED_OVER, "unfinished"], "left")
    table["group"] = _groups(rows, mark, where)
    queued = np.where(table["began"] != NEVER, table["began"], np.where(left != NEVER, left, plan.limit))
    table["wait"] = np.where(kind == KINDS.index(Kind.WORK), queued - table["entered"], 0)
    table["worked"] = _worked(plan, table, plan.limit)
    table["held"] = _held(plan, rows, mark, where, entered, table["left"].to_numpy())
    return table


def _held(plan: Plan, rows: Ints, mark: Ints, where: Ints, entered: Ints, left: Ints) -> Ints:
    """Return how long each was saved up with others before its step, ms."""
    if not plan.hsize.size:
        return np.zeros(len(where), np.int64)
    saved = (plan.hsize + plan.hwait)[entered[:, 3]] > 0
    released = _times(rows, mark, where, Row.RELEASE)
    until = np.select([released != NEVER, left != NEVER], [released, left], plan.limit)
    return np.where(saved & (entered[:, 1] == Row.ENTER), until - entered[:, 0], 0)


def _marks(rows: Ints) -> Ints:
    """Return a number for each row that says to which stint of which visit it belongs, in the order of both."""
    mark = (rows[:, 2] << 28) | (rows[:, 3] << 16) | rows[:, 4]
    put_back = rows[:, 1] == Row.PUT_BACK
    if not put_back.any():
        return mark
    order = np.argsort(mark, kind="stable")
    before = np.cumsum(put_back[order]) - put_back[order]
    _, first, dense = np.unique(mark[order], return_index=True, return_inverse=True)
    nth = before - before[first][dense]
    out = np.empty(len(mark), np.int64)
    out[order] = dense * (int(nth.max()) + 2) + nth
    return out


def _times(rows: Ints, mark: Ints, where: Ints, row: Row) -> Ints:
    """Return when something happened on each visit."""
    found = np.full(len(where), NEVER, np.int64)
    these = rows[:, 1] == row
    found[np.searchsorted(where, mark[these])] = rows[these, 0]
    return found


def _groups(rows: Ints, mark: Ints, where: Ints) -> Ints:
    found = np.full(len(where), NEVER, np.int64)
    these = rows[:, 1] == Row.BEGIN
    found[np.searchsorted(where, mark[these])] = rows[these, 5]
    return found


def _worked(plan: Plan, table: pd.DataFrame, until: int) -> Ints:
    """Return the ms worked on each visit up to a time; pauses between shifts do not count."""
    began = table["began"].to_numpy()
    stop = np.minimum(np.where(table["left"] == NEVER, until, table["left"]), until)
    worked = np.where(began == NEVER, 0, np.maximum(stop - began, 0))
    for group in np.flatnonzero(plan.fin == 0).tolist():
        pausing = np.flatnonzero((table["group"].to_numpy() == group) & (worked > 0))
        low, high = _open_before(plan, group, began[pausing]), _open_before(plan, group, stop[pausing])
        worked[pausing] = high - low
    return worked.astype(np.int64)


def _open_before(plan: Plan, group: int, at: Ints) -> Ints:
    """Return the open ms of a group before each time."""
    rows = slice(plan.cptr[group], plan.cptr[group + 1])
    starts, ends, before = plan.cs[rows], plan.ce[rows], plan.cc[rows]
    i = np.searchsorted(starts, at, side="right") - 1
    inside = before[i] + np.minimum(at, ends[i]) - starts[i]
    return np.where(i < 0, 0, inside)


def cases(
    plan: Plan,
    trace: Trace,
    visited: pd.DataFrame,
    features: Sequence[Feature] = (),
    scores: dict[str, int] | None = None,
) -> pd.DataFrame:
    """Return one row a case: stream, number, arrived, ended, status, time, wait, worked, contacts, cost, clocks, index.

    Times in ms, ``cost`` in minor units, ``first_time_right`` and each clock 1, 0 or -1 (cannot be said),
    ``satisfaction`` in hundredths of a point, -1 where a case is not over or no feature applies.
    """
    n = len(trace.cases)
    ended, gave_up = np.full(n, NEVER, np.int64), np.zeros(n, np.int64)
    closes = trace.rows[trace.rows[:, 1] == Row.CLOSE]
    ended[closes[:, 2]], gave_up[closes[:, 2]] = closes[:, 0], closes[:, 5]
    table = pd.DataFrame({"case": np.arange(n), "stream": [plan.streams[i] for i in trace.cases[:, 1].tolist()]})
    table["number"], table["arrived"], table["ended"] = trace.cases[:, 2], trace.cases[:, 0], ended
    table["status"] = np.select([ended == NEVER, gave_up == 1], ["unfinished", "gave up"], "completed")
    table["time"] = np.where(ended == NEVER, plan.limit, ended) - table["arrived"]
    who = visited["case"].to_numpy()
    table["wait"], table["worked"] = _added(who, visited["wait"], n), _added(who, visited["worked"], n)
    step = visited["step"].to_numpy()
    table["contacts"] = _added(who, plan.touch[step], n)
    table["cost"] = _costs(plan, _hands(plan, trace, visited), n) + _added(who, plan.ucost[step], n)
    again = (visited["visit"] > 1) & (plan.stype[step] == KINDS.index(Kind.WORK))
    over = table["status"].to_numpy() == "completed"
    table["first_time_right"] = np.where(over, _added(who, again, n) == 0, np.where(gave_up == 1, 0, NEVER))
    for name, kept in _clocks(plan, trace, visited, ended).items():
        table[name] = kept
    for (name, _), cost in zip(plan.clocks, plan.fcost.tolist() or [0] * len(plan.clocks), strict=True):
        table["cost"] += cost * (table[name] == 0)
    table["promise"] = _all_kept(table, "promise:")
    table["obligation"] = _all_kept(table, "obligation:")
    table["satisfaction"] = _satisfaction(plan, table, visited, features, scores or {})
    return table


def _added(who: Ints, values: Any, cases: int) -> Ints:
    """Return the sum of whole numbers over the visits of each case."""
    total = np.zeros(cases, np.int64)
    np.add.at(total, who, np.asarray(values, np.int64))
    return total


def _hands(plan: Plan, trace: Trace, visited: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each time that somebody had work in hand: the visits, unless some was handed over."""
    return stints(plan, trace) if (trace.rows[:, 1] == Row.PUT_BACK).any() else visited


def _costs(plan: Plan, hands: pd.DataFrame, cases: int) -> Ints:
    """Return the cost of work of each case, rounded half even once."""
    rates = np.append(plan.rate, 0)[hands["group"].to_numpy()]
    spent = _added(hands["case"].to_numpy(), hands["worked"].to_numpy() * rates, cases)
    whole, rest = np.divmod(spent, HOUR)
    up = (2 * rest > HOUR) | ((2 * rest == HOUR) & (whole % 2 == 1))
    return np.asarray(whole + up, np.int64)


def _clocks(plan: Plan, trace: Trace, visited: pd.DataFrame, ended: Ints) -> dict[str, Ints]:
    """Return for each clock whether each case kept it: 1, 0, or -1 where it never ran or nobody can know yet."""
    found = {name: np.full(len(trace.cases), NEVER, np.int64) for name, _ in plan.clocks}
    if not plan.clocks:
        return found
    columns = zip(*(visited[name].tolist() for name in ("case", "step", "entered", "left", "how")), strict=True)
    for case, mine in groupby(columns, key=lambda row: row[0]):
        until = plan.limit if ended[case] == NEVER else int(ended[case])
        stays = [_stay(plan, until, *row[1:]) for row in mine]
        for name, clock in plan.clocks:
            reading = read_clock(clock, stays, plan.hours, plan.zone, plan.begin + until)
            kept = reading.kept(clock) if reading else None
            if kept is not None:
                found[name][case] = int(kept)
    return found


def _stay(plan: Plan, until: int, step: int, entered: int, left: int, how: str) -> Stay:
    """Return a visit as a clock sees it; a step that was given up or withdrawn from was never left."""
    done = plan.begin + left if how == "left" and left <= until else None
    return Stay(plan.steps[step], plan.begin + entered, done)


def _all_kept(table: pd.DataFrame, prefix: str) -> Ints:
    """Return whether all clocks of a sort were kept; -1 where none ran."""
    names = [name for name in table.columns if name.startswith(prefix)]
    if not names:
        return np.full(len(table), NEVER, np.int64)
    values = table[names].to_numpy()
    return np.select([(values == 0).any(axis=1), (values == 1).any(axis=1)], [0, 1], NEVER).astype(np.int64)


def _satisfaction(
    plan: Plan, table: pd.DataFrame, visited: pd.DataFrame, features: Sequence[Feature], scores: dict[str, int]
) -> Ints:
    if not features:
        return np.full(len(table), NEVER, np.int64)
    counts = np.zeros((len(plan.steps), len(table)), np.int64)
    np.add.at(counts, (visited["step"].to_numpy(), visited["case"].to_numpy()), 1)
    names = ("wait", "time", "contacts", "promise", "first_time_right")
    gave_up = (table["status"] == "gave up").to_numpy().astype(np.int64)
    happened = CaseOutcomes(
        **{name: table[name].to_numpy().astype(np.int64) for name in names},
        gave_up=gave_up,
        visits={step: counts[i] for i, step in enumerate(plan.steps) if step in scores},
    )
    return np.where(table["status"] == "unfinished", NEVER, hundredths(features, happened, scores))


def pools(plan: Plan, trace: Trace, visited: pd.DataFrame, since: int = 0) -> pd.DataFrame:
    """Return one row a pool: ms worked and ms present while open within the period, and what its roster is paid."""
    hands = _hands(plan, trace, visited)
    early = hands[hands["began"] != NEVER]
    spent = _worked(plan, early, plan.period) - (_worked(plan, early, since) if since else 0)
    worked = _added(early["group"].to_numpy(), spent, len(plan.groups))
    rows = []
    for group, (pool, _) in enumerate(plan.groups):
        rostered, present = _rostered(plan, trace.world, group, since)
        rows.append((pool, int(worked[group]), present, rostered * int(plan.rate[group])))
    table = pd.DataFrame(rows, columns=["pool", "worked", "present", "paid"])
    table = table.groupby("pool", as_index=False, sort=False).sum()
    table["paid"] = [half_even(int(paid), HOUR) for paid in table["paid"]]
    table["utilisation"] = table["worked"] / table["present"].where(table["present"] > 0)
    return table


def _rostered(plan: Plan, world: int, group: int, since: int = 0) -> tuple[int, int]:
    """Return head-ms on the roster and head-ms really present, from a time to the end of the period."""
    rows = slice(plan.cptr[group], plan.cptr[group + 1])
    times = Opening(*(tuple(array[rows].tolist()) for array in (plan.cs, plan.ce, plan.cc)))
    heads = int(plan.cap0[group])
    rostered = heads * (times.until(plan.period) - times.until(since))
    away = 0
    for head in range(heads):
        for start, stop in absences(plan, world, group, head):
            first, last = (min(max(at, since), plan.period) for at in (start, stop))
            away += times.until(last) - times.until(first)
    return rostered, rostered - away


def sums(
    plan: Plan,
    trace: Trace,
    features: Sequence[Feature] = (),
    scores: dict[str, int] | None = None,
    since: int = 0,
) -> Sums:
    """Return what one replication adds up to, in whole numbers: measures are their quotients, re-runs compare them.

    Only cases that arrive from ``since`` on are counted, and only the work done from then on.
    """
    visited = visits(plan, trace)
    table = cases(plan, trace, visited, features, scores)
    staff = pools(plan, trace, visited, since)
    if since:
        counted = (table["arrived"] >= since).to_numpy()
        table, visited = table[counted], visited[counted[visited["case"].to_numpy()]]
    over = table[table["status"] != "unfinished"]
    done = table[table["status"] == "completed"]
    out: Sums = {"arrived": len(table), "over": len(over), "completed": len(done)}
    out |= {"gave_up": len(over) - len(done), "unfinished": len(table) - len(over)}
    out |= {name: int(done[name].sum()) for name in ("time", "wait")}
    out |= {name: int(over[name].sum()) for name in ("cost", "contacts", "worked")}
    for part in (50, 90, 95):
        out[f"time_p{part}"] = _percentile(np.sort(done["time"].to_numpy()), part)
    clocks = [name for name, _ in plan.clocks]
    for name in ("first_time_right", "promise", "obligation", *clocks):
        out |= {f"yes:{name}": int((table[name] == 1).sum()), f"known:{name}": int((table[name] != NEVER).sum())}
    judged = table[table["satisfaction"] != NEVER]["satisfaction"]
    out |= {"satisfaction": int(judged.sum()), "judged": len(judged)}
    for name in ("worked", "present", "paid"):
        out |= {f"{name}:{pool}": int(ms) for pool, ms in zip(staff["pool"], staff[name], strict=True)}
    return out | _by_step(plan, visited)


def _percentile(ordered: NDArray[np.int64], part: int) -> int:
    """Return the smallest time that at least so many percent do not exceed; 0 without cases."""
    return int(ordered[-(-len(ordered) * part // 100) - 1]) if len(ordered) else 0


def _by_step(plan: Plan, visited: pd.DataFrame) -> Sums:
    """Return visits, those in which work began or patience ended, and time in the queue, for each step that is done."""
    step = visited["step"].to_numpy()
    served = ((visited["began"] != NEVER) | (visited["how"] == "gave_up")).to_numpy()
    out: Sums = {}
    counts = np.bincount(step, minlength=len(plan.steps))
    offered = np.bincount(step[served], minlength=len(plan.steps))
    waited = _added(step[served], visited["wait"].to_numpy()[served], len(plan.steps))
    for i, name in enumerate(plan.steps):
        out[f"visits:{name}"] = int(counts[i])
        if plan.stype[i] == KINDS.index(Kind.WORK):
            out |= {f"offered:{name}": int(offered[i]), f"waited:{name}": int(waited[i])}
    return out

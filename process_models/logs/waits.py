"""Why cases waited before each step: every wait of a log with starts and people, split by cause.

After Lashkevich, Milani, Chapela-Campa, Suvorau and Dumas, *Why am I waiting? Data-driven analysis of waiting times in
business processes* (CAiSE 2023); batches after Martin, Pufahl and Mannhardt, *Detection of batch activities from event
logs* (Information Systems 95, 2021). A wait begins when the last step that does not run side by side with this one has
ended (else when the case was opened) and ends when work begins. It is looked at through the eyes of the person who then
did the work:

- **batching**: until the last case of a batch had come. A batch is a run of the same step, done by the same person one
  right after another, all of whose cases had come before the first was begun, after something else or nothing;
- **contention**: they worked on what had come before this case (for a batch: before it was complete);
- **priority**: they worked on what came later;
- **unavailability**: they were not at work by their calendar;
- **extraneous**: none of these; what is waiting for others (:class:`process_models.logs.columns.Waiting`) is all of it.

The published order of precedence holds with one exception: time outside of the calendar is never batching, for who
finds a heap in the morning did not save it up. Nothing is sampled or left out without being said.
"""

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from process_models.logs.columns import Meaning, Waiting
from process_models.logs.dates import zone_of
from process_models.logs.discovery import paths
from process_models.logs.errors import LogError
from process_models.logs.events import Events
from process_models.logs.opening import Open, disjoint
from process_models.logs.parallel import Region, overlapping, structure
from process_models.logs.variants import ways
from process_models.logs.visits import first_known, kept_visits, visits
from process_models.values.calendars import DAY, HOUR, MINUTE, MONDAY, WEEK, Calendar, Span
from process_models.values.causes import CAUSES
from process_models.values.sentences import Sentence

BATCH = 3
"""Fewer cases in a row are no batch."""
GAP = MINUTE
"""Between two cases of a batch there is at most so much time."""
PAIRS_AT_ONCE = 4_000_000
MOST_PAIRS = 150_000_000
"""Pairs of a wait and work done meanwhile that are looked at; beyond, every so-manieth wait is."""
SEEN_SHARE = 0.1
"""Somebody works in an hour of the week if seen in it in this share of the weeks they were there."""
SEEN_ROWS = 20
"""Whoever is seen on fewer rows is taken to work when anybody does."""
HOURS = 168

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Waits(Struct, frozen=True, eq=False, dict=True):
    """The waits of a log, split by cause."""

    frame: pd.DataFrame
    """One row each row of the log up to the customer's end that was looked at. Columns: row (place in the events),
    source (place of the row that enabled it, −1 the opening), waited (ms), and one for each cause (ms), which add up to
    it; missing where nobody is named."""
    steps: "pd.Series[str]"
    """Names of the steps by place in the events."""
    hours: str
    """Whose calendar says who was at work: stated, or seen."""
    every: int
    """Every so-manieth wait was looked at; 1: all."""
    unnamed_ms: int
    """Waited before work of nobody named; not split."""

    @cached_property
    def total(self) -> int:
        """All that was waited and split, ms."""
        return int(self.frame[list(CAUSES)].sum().sum())

    def by_step(self) -> pd.DataFrame:
        """Return the waits of each step, the longest in all first.

        Columns: step, n (waits and none), waited, and one for each cause: ms in all.
        """
        known = self.frame.dropna(subset="batching")
        step = self.steps.take(known["row"].to_numpy()).astype("str").to_numpy()
        table = known.assign(step=step).groupby("step")[["waited", *CAUSES]].agg("sum")
        table.insert(0, "n", pd.Series(step).value_counts())
        table = table.reset_index().sort_values(["waited", "step"], ascending=[False, True], ignore_index=True)
        return table.astype(dict.fromkeys(("waited", *CAUSES), "int64"))


def lacking(events: Events) -> tuple[Sentence, ...]:
    """Return what a log lacks to tell why cases waited; none where it can."""
    found = []
    if events.meaning is not Meaning.SPANS:
        found.append(Sentence.of("log_waits_no_starts", meaning=events.meaning.value))
    if (events.frame["person"] < 0).all():
        found.append(Sentence.of("log_waits_no_people"))
    return tuple(found)


def wait_causes(
    events: Events,
    hours: Calendar | Mapping[int, Calendar] | None = None,
    waiting: tuple[Waiting, ...] = (),
    batch: int = BATCH,
) -> Waits:
    """Split every wait of a log by its cause.

    `hours` are those of everybody, or of each person by number; without, they are read off the log: the hours of the
    week in which somebody is seen to begin or end work. Raises LogError where the log has no starts or names nobody.
    """
    if lost := lacking(events):
        raise LogError(lost[0].id, (), **dict(lost[0].params))
    rows = _Rows(events, frozenset(one.step for one in waiting))
    enabled, source = _enabled(events, rows)
    batches = _batches(rows, enabled, batch)
    waited = np.maximum(rows.start - enabled, 0)
    frame = pd.DataFrame({"row": np.arange(len(waited)), "source": source, "waited": waited})
    for cause in CAUSES:
        frame[cause] = np.where(rows.person >= 0, 0.0, np.nan)
    frame.loc[rows.outside, list(CAUSES)] = 0.0
    frame.loc[rows.outside, "waited"] += rows.end[rows.outside] - rows.start[rows.outside]
    frame.loc[rows.outside, "extraneous"] = frame.loc[rows.outside, "waited"].astype(float)
    chosen = (waited > 0) & (rows.person >= 0) & ~rows.beyond & ~rows.outside
    looked = np.flatnonzero(chosen)
    work = _Work(rows)
    low, until = work.span(rows, looked, enabled)
    every = max(1, -(-int((until - low).sum()) // MOST_PAIRS))
    left = np.setdiff1d(looked, looked[::every])
    looked, low, until = looked[::every], low[::every], until[::every]
    shifts = _Shifts(events, rows, hours)
    told = {cause: np.zeros(len(looked)) for cause in CAUSES}
    for piece in _pieces(until - low):
        split = _split(looked[piece], (low[piece], until[piece]), rows, work, enabled, batches, shifts)
        for cause, ms in zip(CAUSES, split, strict=True):
            told[cause][piece] = ms
    for cause in CAUSES:
        frame.loc[looked, cause] = told[cause]
    kept = ~rows.beyond
    kept[left] = False
    frame = frame[kept]
    unnamed = int(frame.loc[frame["batching"].isna(), "waited"].sum())
    kind = "seen" if hours is None else "stated"
    return Waits(frame.reset_index(drop=True), events.frame["step"], kind, every, unnamed)


class _Rows:
    """The rows of a log as arrays, times in ms since 1970."""

    def __init__(self, events: Events, outside: frozenset[str]) -> None:
        frame = events.frame
        self.start: Ints = np.asarray(frame["start"].astype("int64"), dtype=np.int64)
        self.end: Ints = np.asarray(frame["time"].astype("int64"), dtype=np.int64)
        self.case: Ints = frame["case"].cat.codes.to_numpy().astype(np.int64)
        self.step: Ints = frame["step"].cat.codes.to_numpy().astype(np.int64)
        self.person: Ints = frame["person"].to_numpy().astype(np.int64)
        self.opened: Ints = _opened(events)
        names = frame["step"].cat.categories
        self.outside: Flags = np.isin(self.step, [n for n, name in enumerate(names) if name in outside])
        self.beyond: Flags = _beyond(events)


def _opened(events: Events) -> Ints:
    """Return when the case of each row was opened; the start of its first row where nothing says."""
    frame, first = events.frame, events.begins[:-1]
    opened = frame["opened"].take(first_known(frame["opened"].notna().to_numpy(), first)).reset_index(drop=True)
    begun = frame["start"].take(first).reset_index(drop=True)
    told = opened.where(opened.notna() & (opened <= begun), begun).astype("int64").to_numpy()
    return np.repeat(told, np.diff(events.begins))


def _beyond(events: Events) -> Flags:
    """Mark the rows of visits beyond the customer's end."""
    table = visits(events)
    return np.repeat(table["beyond"].to_numpy(), table["rows"].to_numpy())


# When a row could have begun


def _enabled(events: Events, rows: _Rows) -> tuple[Ints, Ints]:
    """Return when each row could have begun, and the place of the row that let it, −1 the opening.

    That is the last one of its case to end before this one began, without those that run side by side with it.
    """
    times = np.unique(np.concatenate([rows.start, rows.end]))
    end_key = rows.case * len(times) + np.searchsorted(times, rows.end)
    order = np.lexsort((np.arange(len(end_key)), end_key))
    sorted_ends = end_key[order]
    start_key = rows.case * len(times) + np.searchsorted(times, rows.start)
    at = np.searchsorted(sorted_ends, start_key, side="right") - 1
    side = _side_by_side(events)
    source = np.full(len(at), -1)
    open_rows = np.arange(len(at))
    while len(open_rows):
        open_rows = open_rows[at[open_rows] >= 0]
        there = order[at[open_rows]]
        same = rows.case[there] == rows.case[open_rows]
        open_rows, there = open_rows[same], there[same]
        fits = (there < open_rows) & ~side[rows.step[there], rows.step[open_rows]]
        source[open_rows[fits]] = there[fits]
        open_rows = open_rows[~fits]
        at[open_rows] -= 1
    return np.where(source >= 0, rows.end[source], rows.opened), source


def _side_by_side(events: Events) -> Flags:
    """Return for each pair of steps whether they run side by side: they stand in different branches, or overlap."""
    table = kept_visits(visits(events))
    names = events.frame["step"].cat.categories
    code = {str(name): n for n, name in enumerate(names)}
    pairs = overlapping(table)
    found = np.zeros((len(names), len(names)), dtype=bool)
    for region in structure(paths(ways(table)), pairs).regions:
        pairs |= _apart(region)
    for one, other in pairs:
        found[code[one], code[other]] = True
    return found


def _apart(region: Region) -> frozenset[tuple[str, str]]:
    """Return the pairs of steps that stand in different branches, here and within."""
    found: set[tuple[str, str]] = set()
    for branch in region.branches:
        others = region.steps - branch.steps
        found |= {(step, other) for step in branch.steps for other in others}
        for inner in branch.regions:
            found |= _apart(inner)
    return frozenset(found)


# Batches


def _batches(rows: _Rows, enabled: Ints, fewest: int) -> tuple[Ints, Ints]:
    """Return the batch of each row (−1: none) and when the batch was complete (else when the row was enabled)."""
    order = np.lexsort((rows.end, rows.start, rows.person))
    person, step, start, end, came = (part[order] for part in (rows.person, rows.step, rows.start, rows.end, enabled))
    follows = np.zeros(len(order), dtype=bool)
    follows[1:] = (
        (person[1:] == person[:-1]) & (step[1:] == step[:-1]) & (start[1:] <= end[:-1] + GAP) & (person[1:] >= 0)
    )
    run = np.cumsum(~follows) - 1
    first = np.flatnonzero(~follows)
    together = came <= start[first][run]
    broken = np.flatnonzero(~together)
    limit = np.full(len(first), len(order))
    np.minimum.at(limit, run[broken], broken)
    member = np.arange(len(order)) < limit[run]
    sizes = np.bincount(run[member], minlength=len(first))
    member &= sizes[run] >= fewest
    member &= person >= 0
    latest = np.full(len(first), np.iinfo(np.int64).min)
    np.maximum.at(latest, run[member], came[member])
    batch, complete = np.full(len(order), -1), enabled.copy()
    batch[order[member]] = run[member]
    complete[order[member]] = latest[run[member]]
    return batch, complete


# What people did meanwhile


class _Work:
    """All work of people by person and start, to find what somebody did between two moments."""

    def __init__(self, rows: _Rows) -> None:
        mine = np.flatnonzero((rows.person >= 0) & ~rows.outside)
        self.order = mine[np.lexsort((rows.start[mine], rows.person[mine]))]
        self.low, self.wide = int(rows.opened.min()), int(rows.end.max() - rows.opened.min()) + 1
        person = rows.person[self.order]
        self.starts = rows.start[self.order] - self.low + person * self.wide
        self.latest = np.maximum.accumulate(rows.end[self.order] - self.low + person * self.wide)

    def span(self, rows: _Rows, places: Ints, enabled: Ints) -> tuple[Ints, Ints]:
        """Return from and up to which work each wait may overlap, as places in the order."""
        own = rows.person[places] * self.wide - self.low
        until = np.searchsorted(self.starts, rows.start[places] + own)
        begin = np.searchsorted(self.latest, enabled[places] + own, side="right")
        return np.minimum(begin, until), until


def _pieces(counts: Ints) -> list[slice]:
    """Return waits in pieces that have no more pairs together than are looked at at once."""
    begun = np.cumsum(counts) // PAIRS_AT_ONCE
    edges = [0, *(np.flatnonzero(np.diff(begun)) + 1).tolist(), len(counts)]
    return [slice(a, b) for a, b in pairwise(edges) if b > a]


def _split(
    places: Ints,
    spans: tuple[Ints, Ints],
    rows: _Rows,
    work: _Work,
    enabled: Ints,
    batches: tuple[Ints, Ints],
    shifts: "_Shifts",
) -> tuple[Ints, ...]:
    """Return the ms of each wait by cause, in the order of :data:`CAUSES`."""
    batch, complete = batches
    begin, end, came = complete[places], rows.start[places], enabled[places]
    begin = np.minimum(begin, end)
    at_work = shifts.open(rows.person[places], came, begin)
    low, until = spans
    counts = until - low
    wait = np.repeat(np.arange(len(places)), counts)
    other = work.order[np.arange(len(wait)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)]
    a, b = np.maximum(rows.start[other], begin[wait]), np.minimum(rows.end[other], end[wait])
    fits = a < b
    wait, other, a, b = wait[fits], other[fits], a[fits], b[fits]
    mate = (batch[other] >= 0) & (batch[other] == batch[places][wait])
    later = enabled[other] > np.where(mate, came[wait], begin[wait])
    busy_wait, busy_a, busy_b = disjoint(wait, a, b)
    busy = np.bincount(busy_wait, weights=busy_b - busy_a, minlength=len(places)).astype(np.int64)
    earlier_wait, earlier_a, earlier_b = disjoint(wait[~later], a[~later], b[~later])
    contention = np.bincount(earlier_wait, weights=earlier_b - earlier_a, minlength=len(places)).astype(np.int64)
    open_busy = shifts.open(rows.person[places][busy_wait], busy_a, busy_b)
    closed_busy = np.bincount(busy_wait, weights=busy_b - busy_a - open_busy, minlength=len(places)).astype(np.int64)
    closed = (end - came) - shifts.open(rows.person[places], came, end) - closed_busy
    extraneous = (end - came) - at_work - busy - closed
    return at_work, contention, busy - contention, closed, extraneous


# Who is at work when


class _Shifts:
    """The open time of each person."""

    def __init__(self, events: Events, rows: _Rows, hours: Calendar | Mapping[int, Calendar] | None) -> None:
        around = int(rows.opened.min()), int(rows.end.max())
        seen = _seen(events, rows) if hours is None else hours
        of = {None: Open.of(seen, events.zone, *around)} if isinstance(seen, Calendar) else {}
        self._all = of.get(None)
        self._of: dict[int, Open] = {}
        if not isinstance(seen, Calendar):
            known: dict[Calendar, Open] = {}
            for person, calendar in seen.items():
                if calendar not in known:
                    known[calendar] = Open.of(calendar, events.zone, *around)
                self._of[person] = known[calendar]

    def open(self, people: Ints, begins: Ints, ends: Ints) -> Ints:
        """Return the time from each instant to its other in which its person is at work."""
        if self._all is not None:
            return self._all.between(begins, ends)
        found = ends - begins
        order = np.argsort(people, kind="stable")
        edges = np.flatnonzero(np.diff(people[order], prepend=-1))
        for a, b in pairwise([*edges.tolist(), len(order)]):
            mine = order[a:b]
            if (own := self._of.get(int(people[mine[0]]))) is not None:
                found[mine] = own.between(begins[mine], ends[mine])
        return found


def _seen(events: Events, rows: _Rows) -> dict[int, Calendar]:
    """Return for each person the hours of the week in which they are seen to begin or end work often enough."""
    named = np.flatnonzero((rows.person >= 0) & ~rows.outside)
    people = np.concatenate([rows.person[named]] * 2)
    local = _local(events, np.concatenate([rows.start[named], rows.end[named]]))
    week, hour = np.divmod(local - MONDAY * DAY, WEEK)
    hour //= HOUR
    everybody = _weekly(np.zeros(len(people), dtype=np.int64), week, hour)[0]
    rows_of = np.bincount(rows.person[named])
    often = _weekly(people, week, hour)
    return {int(one): often[int(one)] if rows_of[one] >= SEEN_ROWS else everybody for one in np.unique(people)}


def _local(events: Events, instants: Ints) -> Ints:
    """Return instants as local ms."""
    times = pd.Series(instants.view("datetime64[ms]")).dt.tz_localize("UTC").dt.tz_convert(zone_of(events.zone))
    found: Ints = times.dt.tz_localize(None).to_numpy().astype("datetime64[ms]").astype(np.int64)
    return found


def _weekly(people: Ints, week: Ints, hour: Ints) -> dict[int, Calendar]:
    """Return the calendar of each person: hours of the week seen in enough of the weeks between first and last."""
    weeks = week - week.min()
    wide = int(weeks.max()) + 1
    seen = np.unique((people * HOURS + hour) * wide + weeks) // wide
    slots, times = np.unique(seen, return_counts=True)
    first, last = np.full(int(people.max()) + 1, wide), np.zeros(int(people.max()) + 1, dtype=np.int64)
    np.minimum.at(first, people, weeks)
    np.maximum.at(last, people, weeks)
    there = last - first + 1
    kept = slots[times >= SEEN_SHARE * there[slots // HOURS]]
    found: dict[int, Calendar] = {}
    for person in np.unique(people).tolist():
        own = kept[kept // HOURS == person] % HOURS
        spans = tuple(
            Span(day=int(hour // 24), start=int(hour % 24) * HOUR, end=int(hour % 24 + 1) * HOUR) for hour in own
        )
        found[person] = Calendar(spans=spans)
    return found

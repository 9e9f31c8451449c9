"""From events to a step graph: sequence, choice, loops and structured parallel work, with shares, counts and times.

The graph is counted on the cases it explains: a case is explained if every one of its moves is a flow of the graph, so
what flows into a step flows out of it, and each share is a count over a count. Steps that run side by side stand
between a fork and its join (:mod:`process_models.logs.parallel`); steps that overlap or change order without such a
structure come out as alternatives of order, and the account names them. What the threshold of noise leaves out is
counted as well.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.graph.checks import idle_loops, wrong_blocks
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Lane, ShareRow, Step, Timing
from process_models.graph.wiring import flow_id, row_id
from process_models.logs.columns import Columns, Meaning, Waiting, words_of
from process_models.logs.errors import LogError
from process_models.logs.events import Events
from process_models.logs.parallel import (
    END,
    FOLD,
    START,
    Folded,
    Move,
    Path,
    Structure,
    allowed,
    fits,
    fold,
    moves,
    overlapping,
    structure,
)
from process_models.logs.telling import percent
from process_models.logs.times import measured, times_of, with_working_wait
from process_models.logs.variants import Ways, ways
from process_models.logs.visits import kept_visits, visits
from process_models.values.calendars import Calendar
from process_models.values.document import slug
from process_models.values.fractions import Fraction, fraction, number, shares_of
from process_models.values.provenance import Figure, Provenance
from process_models.values.sentences import Sentence

MAIN_GROUP = 0.6
"""A group is the role of a step if it did this share of its visits."""
CLEAR_P = 0.001
CLEAR_N = 30
CLEAR_SHARE = 0.05
"""Shares depend on the visit if a G-test says so, both sides are many enough, and one share moves this far."""

FRONT_WORDS = frozenset(("front", "contact", "reception", "counter", "call", "enquiry", "rep"))
CUSTOMER_WORDS = frozenset(("customer", "client", "claimant", "applicant", "caller"))

SAID_STEPS = 4
"""Steps that the name of a choice within parallel work lists."""


class Account(Struct, frozen=True):
    """What a discovered graph tells of its log, and what it lost."""

    cases: int
    explained: int
    """Cases whose every move is a flow of the graph."""
    variants: int
    explained_variants: int
    left_out_moves: tuple[tuple[str, str, int], ...]
    """Step, next step and count of the moves that are no flow, the most frequent first; START and END are empty."""
    left_out_steps: tuple[str, ...]
    notes: tuple[Sentence, ...]

    @property
    def explained_share(self) -> float:
        """Share of cases fully explained by the graph."""
        return self.explained / self.cases


class Discovered(Struct, frozen=True, eq=False):
    """A step graph from a log, its measured times, and the account."""

    graph: StepGraph
    times: pd.DataFrame
    """Columns: step (name), measure (work, wait, working_wait, elapsed), n, mean_ms, median_ms, p10_ms, p90_ms."""
    account: Account


class Source(Struct, frozen=True):
    """What to call a discovered graph, and where its figures come from."""

    id: str = "discovered"
    name: str = "Discovered process"
    log: str = "log"
    """Named in the provenance of every figure."""
    date: str = ""
    """ISO date of the export."""


def discover(
    events: Events,
    columns: Columns,
    noise: Fraction = "0",
    calendar: Calendar | None = None,
    source: Source = Source(),  # noqa: B008  a frozen value
) -> Discovered:
    """Return the step graph of a log.

    A move is left out if it is a smaller share than the noise of what leaves its step, unless it is the commonest way
    into or out of a step. Raises LogError where the noise leaves no case explained, ModelError where it is no fraction.
    """
    table = with_working_wait(kept_visits(visits(events)), events, calendar)
    found = ways(table)
    counts = paths(found)
    shape = _playable(counts, structure(counts, overlapping(table)))
    folded = fold(counts, shape.regions)
    kept = allowed(folded, number(noise))
    fitting = Counter({path: n for path, n in counts.items() if fits(path, folded, kept)})
    if not fitting:
        raise LogError("log_noise_too_high", noise=noise)
    if len(fitting) < len(counts):
        table = table[np.array([path in fitting for path in counts])[found.of_visit]]
    used = fold(fitting, shape.regions)
    graph = _graph(table, used, columns, source, events.meaning)
    account = _account(counts, fitting, folded, used, shape, table, events, columns, noise)
    return Discovered(graph, times_of(table), account)


def _playable(counts: Counter[Path], shape: Structure) -> Structure:
    """Return a structure whose graph can be played; parallel work that could go round in no time is not claimed."""
    if not shape.regions:
        return shape
    flows, kinds, _ = _wired(fold(counts, shape.regions))
    steps = tuple(Step(id=id, kind=kind, name=name) for id, (kind, name) in kinds.items())
    drawn = StepGraph(id="drawn", name="drawn", steps=steps, flows=flows)
    if not any((*idle_loops(drawn), *wrong_blocks(drawn))):
        return shape
    return Structure((), (*shape.loose, *(tuple(sorted(region.steps)) for region in shape.regions)))


def paths(found: Ways) -> Counter[Path]:
    """Return how many cases went each path, in the order of the ways."""
    return Counter({(START, *steps, END): n for steps, n in zip(found.steps, found.counts, strict=True)})


def effect(events: Events, noises: Iterable[Fraction] = ("0", "0.005", "0.01", "0.02", "0.05", "0.1")) -> pd.DataFrame:
    """Return what a threshold of noise does, so that it is chosen knowingly.

    Columns: noise, steps, flows (moves from step to step, in parallel work those of each branch), cases (explained),
    share (of all cases).
    """
    table = kept_visits(visits(events))
    counts = paths(ways(table))
    shape = _playable(counts, structure(counts, overlapping(table)))
    folded = fold(counts, shape.regions)
    rows = []
    for noise in noises:
        kept = allowed(folded, number(noise))
        fitting = Counter({path: n for path, n in counts.items() if fits(path, folded, kept)})
        steps = {step for path in fitting for step in path} - {START, END}
        explained = fitting.total()
        rows.append((noise, len(steps), _size(fold(fitting, shape.regions)), explained, explained / counts.total()))
    return pd.DataFrame(rows, columns=["noise", "steps", "flows", "cases", "share"])


def _size(folded: Folded) -> int:
    """Return how many different moves there are at all levels."""
    return len(moves(folded.counts)) + sum(_size(branch) for branches in folded.blocks.values() for branch in branches)


def _named(made: Counter[Move]) -> tuple[tuple[str, str, int], ...]:
    """Return moves with their counts, the most frequent first, start and end as empty names."""
    plain = {START: "", END: ""}
    ranked = sorted(made.items(), key=lambda item: (-item[1], item[0]))
    return tuple((plain.get(step, step), plain.get(after, after), n) for (step, after), n in ranked)


def _graph(table: pd.DataFrame, used: Folded, columns: Columns, source: Source, meaning: Meaning) -> StepGraph:
    """Return the graph of the explained cases."""
    flows, kinds, flow_ids = _wired(used)
    ids = {name: id for id, (kind, name) in kinds.items() if kind is Kind.WORK}
    cases = used.counts.total()
    waiting = {one.step: one for one in columns.waiting}
    steps = [Step(id=id, kind=kind, name=name) for id, (kind, name) in kinds.items() if kind is not Kind.WORK]
    for name, visited in table.groupby("step"):
        steps.append(_step(ids[str(name)], visited, cases, waiting.get(str(name)), source, meaning))
    rows = _rows(used, flow_ids)
    return StepGraph(id=source.id, name=source.name, steps=tuple(steps), flows=flows, rows=rows)


Kinds = dict[str, tuple[Kind, str]]
"""Kind and name of steps by id."""


class Wiring:
    """Steps and flows while a graph is put together."""

    def __init__(self, names: list[str]) -> None:
        self.kinds: Kinds = {"start": (Kind.START, "Start"), "end": (Kind.END, "End")}
        self.flows: dict[str, Flow] = {}
        self.of = {name: self.step(Kind.WORK, name) for name in names}

    def step(self, kind: Kind, name: str) -> str:
        """Add a step and return its id."""
        id = slug(name, frozenset(self.kinds))
        self.kinds[id] = (kind, name)
        return id

    def flow(self, source: str, target: str, count: int, share: Fraction = "1") -> str:
        """Add a flow and return its id."""
        id = flow_id(frozenset(self.flows), source, target)
        self.flows[id] = Flow(id=id, source=source, target=target, share=share, count=count)
        return id


def _wired(used: Folded) -> tuple[tuple[Flow, ...], Kinds, dict[Move, str]]:
    """Return flows, steps, and the ids of the flows that are the moves outside of parallel work."""
    wiring = Wiring(sorted(_steps(used)))
    flow_ids = _wire(wiring, used, "start", "end")
    return tuple(wiring.flows.values()), wiring.kinds, flow_ids


def _steps(used: Folded) -> set[str]:
    """Return the names of the steps at all levels."""
    here = {step for path in used.counts for step in path if step not in (START, END) and step not in used.blocks}
    return here.union(*(_steps(branch) for branches in used.blocks.values() for branch in branches))


def _wire(wiring: Wiring, used: Folded, entry: str, exit: str) -> dict[Move, str]:
    """Add the moves of one level between two steps, and all that lies within; return the ids of its flows."""
    into, out = {END: exit}, {START: entry}
    for symbol in sorted(used.blocks):
        into[symbol], out[symbol] = _wire_block(wiring, used, symbol)
    made = moves(used.counts)
    found: dict[Move, str] = {}
    for step in sorted({move[0] for move in made}, key=lambda step: (step != START, step)):
        leaving = _ranked(made, step)
        for move, share in zip(leaving, shares_of(tuple(made[move] for move in leaving)), strict=True):
            source = out.get(move[0]) or wiring.of[move[0]]
            target = into.get(move[1]) or wiring.of[move[1]]
            found[move] = wiring.flow(source, target, made[move], share)
    return found


def _wire_block(wiring: Wiring, used: Folded, symbol: str) -> tuple[str, str]:
    """Add a fork, its branches and its join; a branch with several ways to begin, or none, begins with a choice."""
    passes = sum(n for path, n in used.counts.items() for step in path if step == symbol)
    fork, join = wiring.step(Kind.FORK, "At the same time"), wiring.step(Kind.JOIN, "All done")
    for branch in used.blocks[symbol]:
        first = sorted({path[1] for path in branch.counts})
        entry = fork
        if len(first) > 1:
            entry = wiring.step(Kind.CHOICE, _question(branch, first))
            wiring.flow(fork, entry, passes)
        _wire(wiring, branch, entry, join)
    return fork, join


def _question(branch: Folded, first: list[str]) -> str:
    """Return the name of the choice with which a branch begins."""
    names = sorted({step for step in first if step in _steps(branch)}) or sorted(_steps(branch))
    said = ", ".join(names[:SAID_STEPS])
    return f"{said} needed?" if END in first else f"Which: {said}?"


def _ranked(made: Counter[Move], step: str) -> list[Move]:
    """Return the moves from a step, the most frequent first."""
    return sorted((move for move in made if move[0] == step), key=lambda move: (-made[move], move))


def _rows(used: Folded, flow_ids: dict[Move, str]) -> tuple[ShareRow, ...]:
    """Return shares by visit of the steps outside of parallel work where they clearly differ.

    The first visit is held against all later ones, and, where there are enough, the second against those after it.
    """
    by_visit = _by_visit(used.counts)
    made = moves(used.counts)
    rows: list[ShareRow] = []
    for step in sorted({move[0] for move in made} - {START}):
        out = _ranked(made, step)
        first, second, later = ([by_visit[visit][move] for move in out] for visit in (1, 2, 3))
        beyond = [a + b for a, b in zip(second, later, strict=True)]
        if not clearly_differ(first, beyond):
            continue
        ids = [flow_ids[move] for move in out]
        rows += _rows_of(1, ids, first)
        if clearly_differ(second, later):
            rows += [*_rows_of(2, ids, second), *_rows_of(3, ids, later)]
        else:
            rows += _rows_of(2, ids, beyond)
    return tuple(rows)


def _by_visit(counts: Counter[Path]) -> dict[int, Counter[Move]]:
    """Return the moves from the first, from the second, and from all later visits to a step."""
    found: dict[int, Counter[Move]] = {1: Counter(), 2: Counter(), 3: Counter()}
    for path, n in counts.items():
        seen: Counter[str] = Counter()
        for move in pairwise(path):
            seen[move[0]] += 1
            found[min(seen[move[0]], 3)][move] += n
    return found


def _rows_of(visit: int, flows: list[str], counts: list[int]) -> list[ShareRow]:
    """Return the rows of one condition."""
    shares = shares_of(tuple(counts))
    return [
        ShareRow(id=row_id(flow, visit, ""), flow=flow, visit_from=visit, share=share, count=count)
        for flow, share, count in zip(flows, shares, counts, strict=True)
    ]


def clearly_differ(one: list[int], other: list[int]) -> bool:
    """Whether two sets of counts have clearly different shares: G-test, enough cases on both sides, 5 points or more.

    >>> clearly_differ([50, 50], [52, 48]), clearly_differ([90, 10], [40, 60]), clearly_differ([9, 1], [4, 6])
    (False, True, False)
    """
    from scipy.stats import chi2_contingency  # a second to import: only when a log is read

    if min(sum(one), sum(other)) < CLEAR_N or len(one) < 2:
        return False
    moved = max(abs(a / sum(one) - b / sum(other)) for a, b in zip(one, other, strict=True))
    if moved < CLEAR_SHARE:
        return False
    taken = [pair for pair in zip(one, other, strict=True) if any(pair)]
    return bool(chi2_contingency(list(zip(*taken, strict=True)), lambda_="log-likelihood").pvalue < CLEAR_P)


def _step(
    id: str, visited: pd.DataFrame, cases: int, waiting: Waiting | None, source: Source, meaning: Meaning
) -> Step:
    """Return one step with what was measured of it."""
    name = str(visited["step"].iloc[0])
    role = main_group(visited["group"])
    column = "worked_ms" if meaning is Meaning.SPANS else "elapsed_ms"
    timed = visited[column].notna().any() and (waiting is not None or meaning is Meaning.SPANS)
    n = int(visited[column].notna().sum())
    time = Timing(distribution=measured(visited[column]), provenance=_measured(source, n), n=n) if timed else None
    return Step(
        id=id,
        kind=Kind.WAIT if waiting else Kind.WORK,
        name=name,
        lane=waiting.lane if waiting else _lane(role),
        role="" if waiting else role,
        time=time,
        figures=_figures(visited, cases, waiting is not None, source),
    )


def main_group(groups: "pd.Series[str]") -> str:
    """Return the group that did most of the visits of a step, empty where none did clearly."""
    counts = groups.dropna().value_counts()
    if counts.empty or counts.iloc[0] < MAIN_GROUP * counts.sum():
        return ""
    return str(counts.index[0])


def _lane(role: str) -> Lane:
    """Propose a lane by the words of the role."""
    words = words_of(role)
    if words and words <= CUSTOMER_WORDS:
        return Lane.CUSTOMER
    return Lane.FRONT if words & FRONT_WORDS else Lane.BACK


def _measured(source: Source, n: int) -> Provenance:
    """Return the provenance of a figure counted on visits."""
    return Provenance(kind="measured", grade="A", source=f"{source.log}: {n} visits", date=source.date)


def _figures(visited: pd.DataFrame, cases: int, waits: bool, source: Source) -> tuple[Figure, ...]:
    """Return visits a case, share of cases that reach the step, and measured times; a wait does not wait to begin."""
    provenance = Provenance(kind="measured", grade="A", source=f"{source.log}: {cases} cases", date=source.date)
    reached = visited["case"].nunique() / cases
    figures = [
        Figure(id="visits", value=fraction(len(visited) / cases, 4), n=cases, provenance=provenance),
        Figure(id="reached", value=fraction(reached, 4), n=cases, provenance=provenance),
    ]
    wait = "working_wait_ms" if visited["working_wait_ms"].notna().any() else "waited_ms"
    for id, column in (("elapsed", "elapsed_ms"), *(() if waits else (("wait", wait),))):
        if (known := visited[column].dropna()).size:
            figures.append(_time_figure(id, known, source))
    return tuple(figures)


def _time_figure(id: str, ms: "pd.Series[float]", source: Source) -> Figure:
    """Return a measured time: the mean, with P10 and P90 as low and high."""
    low, high = (fraction(float(ms.quantile(share)), 0) for share in (0.1, 0.9))
    value = fraction(float(ms.mean()), 0)
    return Figure(id=id, value=value, unit="ms", low=low, high=high, n=len(ms), provenance=_measured(source, len(ms)))


def _account(
    counts: Counter[Path],
    fitting: Counter[Path],
    folded: Folded,
    used: Folded,
    shape: Structure,
    table: pd.DataFrame,
    events: Events,
    columns: Columns,
    noise: Fraction,
) -> Account:
    """Return what the graph tells of the log, and what it lost."""
    lost = Counter(_all_moves(folded)) - Counter(_all_moves(used))
    kept = set(_all_moves(used))
    gone = {step for path in counts for step in path} - {step for path in fitting for step in path}
    dropped = Counter({move: n for move, n in lost.items() if move not in kept})
    notes = (
        _explained_note(counts.total(), fitting.total(), noise, dropped),
        *_meaning_note(events),
        *_last_note(events),
        *_parallel_notes(used, shape, table),
        *_repeat_note(table),
        *_role_notes(table, columns),
    )
    return Account(
        counts.total(), fitting.total(), len(counts), len(fitting), _named(dropped), tuple(sorted(gone)), notes
    )


def _all_moves(folded: Folded) -> Counter[Move]:
    """Return the moves of all levels, a pass through parallel work named by its first step."""
    found: Counter[Move] = Counter()
    for (step, after), n in moves(folded.counts).items():
        found[step.removeprefix(FOLD), after.removeprefix(FOLD)] += n
    for branches in folded.blocks.values():
        for branch in branches:
            found += Counter(
                {move: n for move, n in _all_moves(branch).items() if START not in move and END not in move}
            )
    return found


def _explained_note(cases: int, fit: int, noise: Fraction, dropped: Counter[Move]) -> Sentence:
    """Say which share of cases the graph explains."""
    if not dropped:
        return Sentence.of("log_account_all_explained", cases=cases)
    return Sentence.of(
        "log_account_explained",
        cases=cases,
        explained=fit,
        share=percent(fit / cases),
        noise=percent(float(number(noise))),
        moves=len(dropped),
    )


def _meaning_note(events: Events) -> list[Sentence]:
    """Say that work was not measured, or that it was."""
    return [Sentence.of(f"log_account_{events.meaning.value}")]


def _last_note(events: Events) -> list[Sentence]:
    """Say what lies beyond the customer's end."""
    if not events.last:
        return []
    table = visits(events)
    beyond = table[table["beyond"]]
    steps = ", ".join(sorted(set(beyond["step"])))
    return [Sentence.of("log_account_last", last=events.last, steps=steps or "nothing", cases=beyond["case"].nunique())]


def _parallel_notes(used: Folded, shape: Structure, table: pd.DataFrame) -> Iterator[Sentence]:
    """Say what runs side by side, and what overlaps or changes order without being claimed."""
    for branches in _blocks(used):
        told = "; ".join(", ".join(sorted(_steps(branch))) for branch in branches)
        yield Sentence.of("log_account_parallel", branches=len(branches), steps=told)
    for steps in shape.loose:
        yield Sentence.of("log_account_unstructured", steps=", ".join(steps))
    late = table["overlaps"]
    yield Sentence.of(
        "log_account_overlaps" if late.any() else "log_account_sequence", n=int(late.sum()), share=percent(late.mean())
    )


def _blocks(used: Folded) -> Iterator[tuple[Folded, ...]]:
    """Yield the branches of parallel work at all levels, the outer first."""
    for symbol in sorted(used.blocks):
        yield used.blocks[symbol]
        for branch in used.blocks[symbol]:
            yield from _blocks(branch)


def _repeat_note(table: pd.DataFrame) -> list[Sentence]:
    """Say how many rows repeat the step before and count as one visit."""
    repeats = int(table["rows"].sum()) - len(table)
    return [Sentence.of("log_account_repeats", n=repeats, rows=int(table["rows"].sum()))] if repeats else []


def _role_notes(table: pd.DataFrame, columns: Columns) -> list[Sentence]:
    """Name the steps of work that no single group does clearly."""
    table = table[~table["step"].isin([one.step for one in columns.waiting])]
    if table["group"].isna().all():
        return [Sentence.of("log_account_no_groups")]
    many = [str(step) for step, groups in table.groupby("step")["group"] if not main_group(groups)]
    return [Sentence.of("log_account_no_role", steps=", ".join(many), share=percent(MAIN_GROUP))] if many else []

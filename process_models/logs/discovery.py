"""From events to a step graph: sequence, choice and loops, with shares, counts and measured times.

The graph is counted on the cases it explains: a case is explained if every one of its moves is a flow of the graph, so
what flows into a step flows out of it, and each share is a count over a count. Concurrency is not claimed: steps that
overlap in time come out as alternatives of order, and the account says how often. What the threshold of noise leaves
out is counted as well.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Lane, ShareRow, Step, Timing
from process_models.graph.wiring import flow_id, row_id
from process_models.logs.columns import Columns, Meaning, Waiting, words_of
from process_models.logs.errors import LogError
from process_models.logs.events import Events
from process_models.logs.telling import percent
from process_models.logs.times import measured, times_of, with_working_wait
from process_models.logs.variants import Ways, ways
from process_models.logs.visits import kept_visits, visits
from process_models.values.calendars import Calendar
from process_models.values.document import slug
from process_models.values.fractions import Fraction, fraction, number, shares_of
from process_models.values.provenance import Figure, Provenance
from process_models.values.sentences import Sentence

START = "\N{RIGHTWARDS ARROW}"
END = "\N{BLACK SQUARE}"
"""Where paths begin and end; no step is called so."""

MAIN_GROUP = 0.6
"""A group is the role of a step if it did this share of its visits."""
CLEAR_P = 0.001
CLEAR_N = 30
CLEAR_SHARE = 0.05
"""Shares depend on the visit if a G-test says so, both sides are many enough, and one share moves this far."""

FRONT_WORDS = frozenset(("front", "contact", "reception", "counter", "call", "enquiry", "rep"))
CUSTOMER_WORDS = frozenset(("customer", "client", "claimant", "applicant", "caller"))

Path = tuple[str, ...]
"""The steps of a case, from START to END."""
Move = tuple[str, str]


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
    flows = kept_moves(moves(counts), number(noise))
    fitting = {path: n for path, n in counts.items() if flows.issuperset(pairwise(path))}
    if not fitting:
        raise LogError("log_noise_too_high", noise=noise)
    if len(fitting) < len(counts):
        table = table[np.array([path in fitting for path in counts])[found.of_visit]]
    graph = _graph(table, moves(fitting), fitting, columns, source, events.meaning)
    account = _account(counts, fitting, table, events, columns, noise)
    return Discovered(graph, times_of(table), account)


def paths(found: Ways) -> Counter[Path]:
    """Return how many cases went each path, in the order of the ways."""
    return Counter({(START, *steps, END): n for steps, n in zip(found.steps, found.counts, strict=True)})


def moves(counts: dict[Path, int]) -> Counter[Move]:
    """Return how often each move was made."""
    made: Counter[Move] = Counter()
    for path, n in counts.items():
        for move in pairwise(path):
            made[move] += n
    return made


def kept_moves(made: Counter[Move], noise: Decimal) -> frozenset[Move]:
    """Return the moves that are not noise: at least that share of what leaves their step, or the best in or out."""
    leaving: Counter[str] = Counter()
    for (step, _), n in made.items():
        leaving[step] += n
    ranked = sorted(made, key=lambda move: (-made[move], move))
    best_out = {move[0]: move for move in reversed(ranked)}
    best_in = {move[1]: move for move in reversed(ranked)}
    common = {move for move, n in made.items() if n >= noise * leaving[move[0]]}
    return frozenset(common | set(best_out.values()) | set(best_in.values()))


def effect(events: Events, noises: Iterable[Fraction] = ("0", "0.005", "0.01", "0.02", "0.05", "0.1")) -> pd.DataFrame:
    """Return what a threshold of noise does, so that it is chosen knowingly.

    Columns: noise, steps, flows, cases (explained), share (of all cases).
    """
    counts = paths(ways(kept_visits(visits(events))))
    rows = []
    for noise in noises:
        flows = kept_moves(moves(counts), number(noise))
        fitting = {path: n for path, n in counts.items() if flows.issuperset(pairwise(path))}
        used = moves(fitting)
        steps = {step for move in used for step in move} - {START, END}
        explained = sum(fitting.values())
        rows.append((noise, len(steps), len(used), explained, explained / counts.total()))
    return pd.DataFrame(rows, columns=["noise", "steps", "flows", "cases", "share"])


class Explained(Struct, frozen=True):
    """How many cases of a log can be replayed on a graph, and where the others leave it."""

    cases: int
    explained: int
    first_misfits: tuple[tuple[str, str, int], ...]
    """Step, next step, and how many cases leave the graph there first; START and END are empty."""

    @property
    def share(self) -> float:
        """Share of cases that can be replayed."""
        return self.explained / self.cases


def explained(graph: StepGraph, events: Events) -> Explained:
    """Replay every case on a graph, steps told by their names, and count those that fit from start to end."""
    names = {step.id: _mark(step) for step in graph.steps}
    flows = {(names[flow.source], names[flow.target]) for flow in graph.flows if flow.kind == "normal"}
    counts = paths(ways(kept_visits(visits(events))))
    misfits: Counter[Move] = Counter()
    for path, n in counts.items():
        if misfit := next((move for move in pairwise(path) if move not in flows), None):
            misfits[misfit] += n
    return Explained(counts.total(), counts.total() - misfits.total(), _named(misfits))


def _mark(step: Step) -> str:
    """Return the name of a step as paths have it."""
    return {Kind.START: START, Kind.END: END}.get(step.kind, step.name)


def _named(made: Counter[Move]) -> tuple[tuple[str, str, int], ...]:
    """Return moves with their counts, the most frequent first, start and end as empty names."""
    plain = {START: "", END: ""}
    ranked = sorted(made.items(), key=lambda item: (-item[1], item[0]))
    return tuple((plain.get(step, step), plain.get(after, after), n) for (step, after), n in ranked)


def _graph(
    table: pd.DataFrame,
    made: Counter[Move],
    fitting: dict[Path, int],
    columns: Columns,
    source: Source,
    meaning: Meaning,
) -> StepGraph:
    """Return the graph of the explained cases."""
    ids = _ids(sorted({step for move in made for step in move} - {START, END}))
    cases = sum(fitting.values())
    waiting = {one.step: one for one in columns.waiting}
    steps = [Step(id=ids[START], kind=Kind.START, name="Start"), Step(id=ids[END], kind=Kind.END, name="End")]
    for name, visited in table.groupby("step"):
        steps.append(_step(ids[str(name)], visited, cases, waiting.get(str(name)), source, meaning))
    flows, flow_ids = _flows(made, ids)
    rows = _rows(made, fitting, flow_ids)
    return StepGraph(id=source.id, name=source.name, steps=tuple(steps), flows=flows, rows=rows)


def _ids(names: list[str]) -> dict[str, str]:
    """Return an id for each step."""
    ids = {START: "start", END: "end"}
    for name in names:
        ids[name] = slug(name, frozenset(ids.values()))
    return ids


def _flows(made: Counter[Move], ids: dict[str, str]) -> tuple[tuple[Flow, ...], dict[Move, str]]:
    """Return the flows with counts, and shares that add up to exactly 1 at each step."""
    flows: list[Flow] = []
    flow_ids: dict[Move, str] = {}
    for step in ids:
        out = sorted((move for move in made if move[0] == step), key=lambda move: (-made[move], move))
        for move, share in zip(out, shares_of(tuple(made[move] for move in out)) if out else (), strict=True):
            flow_ids[move] = flow_id(frozenset(flow_ids.values()), ids[move[0]], ids[move[1]])
            flow = Flow(id=flow_ids[move], source=ids[move[0]], target=ids[move[1]], share=share, count=made[move])
            flows.append(flow)
    return tuple(flows), flow_ids


def _rows(made: Counter[Move], fitting: dict[Path, int], flow_ids: dict[Move, str]) -> tuple[ShareRow, ...]:
    """Return shares by visit (first, later) of the steps where they clearly differ."""
    first: Counter[Move] = Counter()
    for path, n in fitting.items():
        seen: set[str] = set()
        for move in pairwise(path):
            first[move] += n * (move[0] not in seen)
            seen.add(move[0])
    rows: list[ShareRow] = []
    for step in sorted({move[0] for move in made}):
        out = sorted((move for move in made if move[0] == step), key=lambda move: (-made[move], move))
        by_visit = {1: [first[move] for move in out], 2: [made[move] - first[move] for move in out]}
        if clearly_differ(by_visit[1], by_visit[2]):
            for visit, counts in by_visit.items():
                rows += _rows_of(visit, [flow_ids[move] for move in out], counts)
    return tuple(rows)


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
    return bool(chi2_contingency([one, other], lambda_="log-likelihood").pvalue < CLEAR_P)


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
    counts: dict[Path, int],
    fitting: dict[Path, int],
    table: pd.DataFrame,
    events: Events,
    columns: Columns,
    noise: Fraction,
) -> Account:
    """Return what the graph tells of the log, and what it lost."""
    lost = moves(counts) - moves(fitting)
    used = set(moves(fitting))
    cases, fit = sum(counts.values()), sum(fitting.values())
    gone = {step for path in counts for step in path} - {step for path in fitting for step in path}
    dropped = Counter({move: n for move, n in lost.items() if move not in used})
    notes = (
        _explained_note(cases, fit, noise, dropped),
        *_meaning_note(events),
        *_last_note(events),
        *_overlap_note(table),
        *_repeat_note(table),
        *_role_notes(table, columns),
    )
    return Account(cases, fit, len(counts), len(fitting), _named(dropped), tuple(sorted(gone)), notes)


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


def _overlap_note(table: pd.DataFrame) -> list[Sentence]:
    """Say that concurrency is not claimed, and how often steps overlap."""
    return [
        Sentence.of("log_account_sequence", n=int(table["overlaps"].sum()), share=percent(table["overlaps"].mean()))
    ]


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

"""Designs × scenarios × replications: played in blocks, each kept under its key, taken up again where it stopped.

A :class:`Task` is a block of replications of one design under one scenario; :func:`run_block` plays it in any process.
Its key says everything the numbers depend on, so a block that is known is never played twice, and a re-run elsewhere
must give the same digest. All designs meet the same luck in the same replication.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction as Exact
from functools import lru_cache, partial
from typing import NamedTuple

from process_models.evidence.satisfaction import Feature, anchors, grade
from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.values.canonical import digest
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, fraction
from process_models.values.provenance import Grade
from simulations import engines
from simulations.comparison import Difference, Direction, Estimate, difference, estimate
from simulations.engines import Beat, Engine
from simulations.outcomes import sums
from simulations.plan import Plan, plan
from simulations.scenario import Scenario
from simulations.trace import Trace

RULES = 1
"""Version of the rules of play, raised only when a golden trace changes."""

BLOCK = 5
"""Replications in a block, where nothing else is asked."""

CONFIDENCE = 0.95
TOLERANCE = 0.05
"""Half-width of an interval, as a share of the mean, up to which it counts as narrow enough."""


class Task(Document, frozen=True, kw_only=True):
    """A block of replications to play."""

    design: Design
    scenario: Scenario
    features: tuple[Feature, ...] = ()
    seed: int
    first: int
    """Number of the first replication, from 0."""
    count: int
    warm_up: int = 0
    """ms at the start whose cases and work are not counted."""

    def __post_init__(self) -> None:
        """Refuse a seed no document can hold, and blocks without replications."""
        super().__post_init__()
        if not 0 <= self.seed < 2**53:
            raise ModelError("bad_seed", seed=self.seed)
        if self.first < 0 or self.count < 1:
            raise ModelError("no_replications")

    @property
    def plan(self) -> Plan:
        """The arrays to play."""
        return planned(self.design, self.scenario)

    @property
    def key(self) -> str:
        """The identity of the result: plan, what the index is made of, seed, replications, rules."""
        judged = judged_by(self.features, self.design.graph)
        of = [self.plan.digest, judged, self.seed, self.first, self.count, RULES]
        return digest([*of, self.warm_up] if self.warm_up else of)


@lru_cache(maxsize=32)
def planned(design: Design, scenario: Scenario) -> Plan:
    """Return the plan of a design under a scenario, made once in a process."""
    return plan(design, scenario)


def judged_by(features: Sequence[Feature], graph: StepGraph) -> str:
    """Return the digest of all that the satisfaction index takes from features and scores of steps."""
    scores = anchors(graph) if any(feature.outcome == "steps" for feature in features) else {}
    return digest([list(features), scores]) if features else ""


class Replication(Document, frozen=True):
    """The whole-number sums of one replication, by name, sorted."""

    number: int
    sums: tuple[tuple[str, int], ...]


class BlockResult(Document, frozen=True, kw_only=True):
    """What a block gave."""

    format: int = 1
    key: str
    """Of the task."""
    plan: str
    """Digest of the plan."""
    seed: int
    rules: int
    replications: tuple[Replication, ...]

    @property
    def digest(self) -> str:
        """Identity of the numbers: a re-run must give the same."""
        return digest(self)


Played = Callable[[int], None]
"""Told the number of each replication that is through; may raise to stop the block."""


Seen = Callable[[int, Trace], None]
"""Shown the number and the trace of each replication, before its trace is forgotten."""


def run_block(
    task: Task,
    played: Played | None = None,
    beat: Beat | None = None,
    engine: Engine | None = None,
    seen: Seen | None = None,
) -> BlockResult:
    """Play a block and return its sums; depends on nothing but the task, whichever engine plays it."""
    scores = anchors(task.design.graph)
    done = []
    for number in range(task.first, task.first + task.count):
        trace = engines.play(task.plan, task.seed, number, engine, beat)
        found = sums(task.plan, trace, task.features, scores, task.warm_up)
        done.append(Replication(number, tuple(sorted(found.items()))))
        if seen:
            seen(number, trace)
        if played:
            played(number)
    return BlockResult(key=task.key, plan=task.plan.digest, seed=task.seed, rules=RULES, replications=tuple(done))


def run_or_stop(task: Task, played: Played | None = None, beat: Beat | None = None) -> BlockResult:
    """Play a block; where far too much work comes to be played, return it without replications: that is an answer too.

    Such a block is not for keeping: whoever plays it for its own sake must be told the reason.
    """
    try:
        return run_block(task, played, beat)
    except ModelError as refused:
        if refused.sentence.id != "too_many_under_way":
            raise
    return BlockResult(key=task.key, plan=task.plan.digest, seed=task.seed, rules=RULES, replications=())


def tasks(
    design: Design,
    scenario: Scenario,
    *,
    replications: int,
    seed: int,
    features: tuple[Feature, ...] = (),
    block: int = BLOCK,
    warm_up: int = 0,
) -> tuple[Task, ...]:
    """Return the blocks that make up an experiment with one design under one scenario, in order."""
    return tuple(
        Task(
            design=design,
            scenario=scenario,
            features=features,
            seed=seed,
            first=first,
            count=min(block, replications - first),
            warm_up=warm_up,
        )
        for first in range(0, replications, block)
    )


Executor = Callable[[Callable[[Task], BlockResult], Iterable[Task]], Iterable[BlockResult]]
"""Anything that works like ``map``: the built-in one plays one after another, ``ProcessPoolExecutor.map`` several."""


def run(
    wanted: Sequence[Task],
    known: Mapping[str, BlockResult] | None = None,
    executor: Executor = map,
    play: Callable[[Task], BlockResult] = run_block,
) -> Iterator[BlockResult]:
    """Yield the results of blocks as they come, in order; those already known are not played again."""
    known = known or {}
    missing = [task for task in wanted if task.key not in known]
    fresh = iter(executor(play, missing))
    for task in wanted:
        yield known[task.key] if task.key in known else next(fresh)


# Measures


class Measure(NamedTuple):
    """A quotient of two sums, its unit, which way is better, and to how many places it is told."""

    id: str
    name: str
    over: str
    """Sum above the line."""
    under: str
    """Sum below the line; empty: none."""
    unit: str
    direction: Direction
    places: int = 0
    divisor: int = 1


MEASURES = (
    Measure("time_in_process", "Time in process", "time", "completed", "ms", "lower"),
    Measure("time_p50", "Time in process, half of the cases", "time_p50", "", "ms", "lower"),
    Measure("time_p90", "Time in process, 9 of 10 cases", "time_p90", "", "ms", "lower"),
    Measure("time_p95", "Time in process, 19 of 20 cases", "time_p95", "", "ms", "lower"),
    Measure("waiting", "Waiting for people", "wait", "completed", "ms", "lower"),
    Measure("cost", "Cost a case", "cost", "over", "minor", "lower", 2),
    Measure("promise", "Promise kept", "yes:promise", "known:promise", "share", "higher", 4),
    Measure("utilisation", "Utilisation", "worked:*", "present:*", "share", "neither", 4),
    Measure("satisfaction", "Satisfaction index", "satisfaction", "judged", "points", "higher", 2, 100),
    Measure("compliance", "Compliance", "yes:obligation", "known:obligation", "share", "higher", 4),
    Measure(
        "first_time_right", "First time right", "yes:first_time_right", "known:first_time_right", "share", "higher", 4
    ),
    Measure("contacts", "Contacts a case", "contacts", "over", "count", "lower", 2),
    Measure("completed", "Completed", "completed", "arrived", "share", "higher", 4),
    Measure("abandoned", "Gave up", "gave_up", "arrived", "share", "lower", 4),
    Measure("unfinished", "Unfinished", "unfinished", "arrived", "share", "lower", 4),
    Measure("staff_cost", "Paid for the roster in the period", "paid:*", "", "minor", "lower"),
)
"""What is told of every experiment. Costs of cases and of the roster are two views and never added up."""

PARTS = (
    Measure("utilisation:", "Utilisation of {part}", "worked:", "present:", "share", "neither", 4),
    Measure("wait:", "Wait before {part}", "waited:", "offered:", "ms", "lower"),
    Measure("visits:", "Visits to {part}, a case", "visits:", "arrived", "count", "neither", 4),
    Measure("promise:", "{part}, kept", "yes:promise:", "known:promise:", "share", "higher", 4),
    Measure("compliance:", "{part}, kept", "yes:obligation:", "known:obligation:", "share", "higher", 4),
)
"""The same by pool, step, promise and obligation: ``wait:check``."""


def measures_in(sums_by_name: Iterable[str]) -> tuple[Measure, ...]:
    """Return all measures that sums of these names can give, those of the parts last."""
    names = list(sums_by_name)
    parts = [
        Measure(
            measure.id + part,
            measure.name.format(part=part),
            measure.over + part,
            measure.under + part if measure.under.endswith(":") else measure.under,
            *measure[4:],
        )
        for measure in PARTS
        for name in names
        if name.startswith(measure.over) and (part := name.removeprefix(measure.over))
    ]
    return (*MEASURES, *parts)


def value(measure: Measure, sums_of_one: Mapping[str, int]) -> float | None:
    """Return a measure of one replication; None where there was nothing to measure."""
    over, under = _total(measure.over, sums_of_one), _total(measure.under, sums_of_one) if measure.under else 1
    if not under or (measure.id.startswith("time_p") and not sums_of_one["completed"]):
        return None
    return float(Exact(over, under * measure.divisor))


def _total(name: str, sums_of_one: Mapping[str, int]) -> int:
    if name.endswith("*"):
        return sum(value for key, value in sums_of_one.items() if key.startswith(name[:-1]))
    return sums_of_one.get(name, 0)


Values = dict[str, list[float | None]]
"""Measures by id, one value a replication."""


def values(blocks: Iterable[BlockResult], among: Sequence[BlockResult] | None = None) -> Values:
    """Return all measures of all replications (that other blocks have too), in the order of their numbers."""
    every = sorted((one for block in blocks for one in block.replications), key=lambda one: one.number)
    if among is not None:
        shared = {one.number for block in among for one in block.replications}
        every = [one for one in every if one.number in shared]
    as_maps = [dict(one.sums) for one in every]
    found = measures_in(as_maps[0]) if as_maps else ()
    return {measure.id: [value(measure, one) for one in as_maps] for measure in found}


# What may be concluded


class Result(Document, frozen=True, kw_only=True):
    """A measure over all replications, in words that can be stored."""

    id: str
    name: str
    unit: str
    direction: Direction
    mean: Fraction
    low: Fraction | None = None
    high: Fraction | None = None
    replications: int
    """In which there was something to measure."""
    narrow: bool = False
    """The half-width is at most the tolerance asked for."""


class Change(Document, frozen=True, kw_only=True):
    """How a measure differs from the baseline under the same luck."""

    id: str
    mean: Fraction
    low: Fraction | None = None
    high: Fraction | None = None
    verdict: str
    """better, worse, unclear, different or same."""


class Summary(Document, frozen=True, kw_only=True):
    """What an experiment with one design under one scenario says, beside the baseline if one was given."""

    format: int = 1
    seed: int
    rules: int
    plan: str
    replications: int
    confidence: Fraction
    tolerance: Fraction
    results: tuple[Result, ...]
    changes: tuple[Change, ...] = ()


def summarise(
    blocks: Sequence[BlockResult],
    baseline: Sequence[BlockResult] = (),
    *,
    confidence: float = CONFIDENCE,
    tolerance: float = TOLERANCE,
) -> Summary:
    """Return means with intervals, and paired differences to the baseline where one is given.

    The baseline may have been played more often; only the replications of both are compared.
    """
    mine, others = values(blocks), values(baseline, among=blocks)
    kinds = _kinds(blocks)
    results = [
        _result(kinds[id], found, tolerance)
        for id, series in mine.items()
        if (found := estimate([one for one in series if one is not None], confidence)) is not None
    ]
    changes = [
        _change(kinds[id], apart)
        for id, series in mine.items()
        if id in others and (apart := difference(others[id], series, kinds[id].direction, confidence))
    ]
    return Summary(
        seed=blocks[0].seed,
        rules=blocks[0].rules,
        plan=blocks[0].plan,
        replications=sum(len(block.replications) for block in blocks),
        confidence=fraction(confidence),
        tolerance=fraction(tolerance),
        results=tuple(results),
        changes=tuple(changes),
    )


def _kinds(blocks: Sequence[BlockResult]) -> dict[str, Measure]:
    names = [name for name, _ in blocks[0].replications[0].sums]
    return {measure.id: measure for measure in measures_in(names)}


def _result(measure: Measure, found: Estimate, tolerance: float) -> Result:
    return Result(
        id=measure.id,
        name=measure.name,
        unit=measure.unit,
        direction=measure.direction,
        mean=fraction(found.mean, measure.places),
        low=None if found.low is None else fraction(found.low, measure.places),
        high=None if found.high is None else fraction(found.high, measure.places),
        replications=found.replications,
        narrow=found.reached(tolerance),
    )


def _change(measure: Measure, found: Difference) -> Change:
    low, high = found.estimate.low, found.estimate.high
    return Change(
        id=measure.id,
        mean=fraction(found.estimate.mean, measure.places),
        low=None if low is None else fraction(low, measure.places),
        high=None if high is None else fraction(high, measure.places),
        verdict=found.verdict,
    )


# From the command line, and again


def simulate(
    design: Design,
    scenario: Scenario,
    *,
    replications: int = 20,
    seed: int = 1,
    features: tuple[Feature, ...] = (),
    executor: Executor = map,
    engine: Engine | None = None,
    seen: Seen | None = None,
) -> Summary:
    """Play a design under a scenario and return what it says; ``seen`` is shown each trace, in order."""
    wanted = tasks(design, scenario, replications=replications, seed=seed, features=features)
    return summarise(list(run(wanted, executor=executor, play=partial(run_block, engine=engine, seen=seen))))


def differs(stored: Sequence[BlockResult], wanted: Sequence[Task], executor: Executor = map) -> tuple[str, ...]:
    """Play blocks again without looking at what is stored, and return the keys of those whose numbers differ.

    A stored block that was played under other rules, or is not there, counts as different.
    """
    before = {block.key: block.digest for block in stored}
    again = run(wanted, executor=executor)
    return tuple(task.key for task, block in zip(wanted, again, strict=True) if before.get(task.key) != block.digest)


def satisfaction_grade(features: Sequence[Feature], graph: StepGraph) -> Grade:
    """Return how well founded the satisfaction index is: as its weakest input."""
    return grade(features, graph)


def in_words(summary: Summary, parts: bool = False) -> str:
    """Return a summary as lines of text: measure, mean, interval; measures of single parts only if asked for.

    Hours and minutes are written as such, money in minor units.
    """
    lines = [
        f"{summary.replications} replications, seed {summary.seed}, rules {summary.rules}, plan {summary.plan[:12]}",
        f"{'measure':<36}{'mean':>14}   {float(summary.confidence):.0%} interval",
    ]
    known = {measure.id for measure in MEASURES}
    shown = [result for measure in MEASURES for result in summary.results if result.id == measure.id]
    shown += [result for result in summary.results if parts and result.id not in known]
    for result in shown:
        interval = "one replication tells no interval"
        if result.low is not None and result.high is not None:
            interval = f"{_told(result, result.low)} to {_told(result, result.high)}" + (
                "" if result.narrow else "  (wide)"
            )
        lines.append(f"{result.name:<36}{_told(result, result.mean):>14}   {interval}")
    return "\n".join(lines)


def _told(result: Result, text: Fraction) -> str:
    number = float(text)
    match result.unit:
        case "ms":
            return f"{number / 3_600_000:.2f} h" if abs(number) >= 3_600_000 else f"{number / 60_000:.2f} min"
        case "share":
            return f"{100 * number:.1f} %"
        case _:
            return text

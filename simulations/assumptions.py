"""What an experiment rests on: every input with its value, grade, source and date, and a switch.

An input is moved over a range that its grade states (:data:`SPREAD`): from the value divided by a factor to the value
times it, and further where a derived figure carries a greater doubt. A share is moved by its odds, so that it stays a
share; heads by whole people, at least one; a calendar by the ends of its spans; a surge by what it adds. What is a rule
or an event rather than a quantity can be switched off. :func:`moved` gives the design and the scenario back as they
would be, so whatever plays them needs to know nothing of assumptions.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from process_models.graph.design import Design, Pool, Shift
from process_models.graph.edits import SetShares
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, ShareRow, Step, Timing
from process_models.values.calendars import DAY, HOUR, Span
from process_models.values.distributions import mean, scaled
from process_models.values.fractions import SHARE_PLACES, Fraction, fraction, number
from process_models.values.provenance import Grade, Provenance
from process_models.values.sentences import Sentence
from process_models.values.words import count, decimal, duration, percent
from simulations.scenario import Scenario, Stream

SPREAD: dict[Grade, float] = {"A": 1.05, "B": 1.1, "C": 1.25, "D": 1.5}
"""The factor by which a value of each grade is moved down and up."""
MOST_AWAY = 0.9
"""The largest share of time for which heads are ever moved away."""

Switch = Literal["low", "high", "off"]
Level = float | Literal["off"]
"""From 0 (low) over 0.5 (as assumed) to 1 (high); or switched off."""
LEVELS: dict[Switch, Level] = {"low": 0.0, "high": 1.0, "off": "off"}

Played = tuple[Design, Scenario]
Mover = Callable[[Design, Scenario, float], Played]
"""Takes a factor, or 0 for off where something can be switched off."""


class Assumption(NamedTuple):
    """One input, where it comes from, and what it can be switched to."""

    id: str
    """Sort and thing with a slash between: ``time/check``."""
    about: str
    """The step, pool, stream or contingency, as people call it."""
    value: Sentence
    provenance: Provenance
    switches: tuple[tuple[Switch, Sentence], ...]
    """What it can be switched to, and what it would be then."""

    @property
    def sort(self) -> str:
        """What sort of input it is."""
        return self.id.partition("/")[0]

    def what_is(self, switch: Switch) -> Sentence | None:
        """Return what it would be when switched, None where it cannot be."""
        return dict(self.switches).get(switch)


class _Input(NamedTuple):
    """An assumption before its switches were tried: how it is told, and how it is moved."""

    sort: str
    thing: str
    about: str
    provenance: Provenance
    told: Callable[[Design, Scenario], Sentence | None]
    """None where a design or scenario no longer has it."""
    move: Mover
    switches: tuple[Switch, ...] = ("low", "high")

    @property
    def id(self) -> str:
        return f"{self.sort}/{self.thing}"


def register(design: Design, scenario: Scenario) -> tuple[Assumption, ...]:
    """Return everything that a play of a design under a scenario rests on, the weakest grade first."""
    found = [_tried(one, design, scenario) for one in _inputs(design, scenario)]
    order = {one.id: n for n, one in enumerate(found)}
    return tuple(sorted(found, key=lambda one: (-ord(one.provenance.grade), order[one.id])))


def moved(design: Design, scenario: Scenario, levels: Mapping[str, Level]) -> Played:
    """Return a design and a scenario with assumptions moved; those that they do not have leave them as they are."""
    for one in _inputs(design, scenario):
        if (level := levels.get(one.id, 0.5)) != 0.5:
            design, scenario = one.move(design, scenario, _factor(level, one.provenance))
    return design, scenario


def spread(provenance: Provenance) -> float:
    """Return the factor by which a value is moved down and up.

    >>> spread(Provenance("judged", "C", "two clerks")), spread(Provenance("derived", "B", "a formula", doubt="2"))
    (1.25, 2.0)
    """
    return max(SPREAD[provenance.grade], float(number(provenance.doubt)))


def _factor(level: Level, provenance: Provenance) -> float:
    return 0.0 if level == "off" else float(spread(provenance) ** (2 * level - 1))


def _tried(one: _Input, design: Design, scenario: Scenario) -> Assumption:
    """Return an input with the switches that really change something."""
    switches = []
    for switch in one.switches:
        then = one.move(design, scenario, _factor(LEVELS[switch], one.provenance))
        if then != (design, scenario):
            switches.append((switch, one.told(*then) or Sentence.of("assumed_off")))
    now = one.told(design, scenario)
    assert now is not None
    return Assumption(one.id, one.about, now, one.provenance, tuple(switches))


# What there is to assume, sort by sort

GUESSED = Provenance("judged", "D", "typed in")
"""Where a scenario's contingency says nothing of where it comes from."""


def _inputs(design: Design, scenario: Scenario) -> Iterator[_Input]:
    for inputs in SORTS.values():
        yield from inputs(design, scenario)


def _times(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001 (all sorts share a signature)
    for step in design.graph.steps:
        if step.time and step.kind in (Kind.WORK, Kind.WAIT):
            yield _timing("time", step, step.time)


def _patience(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    for step in design.graph.steps:
        if step.patience:
            yield _timing("patience", step, step.patience)


def _timing(field: Literal["time", "patience"], step: Step, timing: Timing) -> _Input:
    def told(design: Design, _: Scenario) -> Sentence | None:
        now = getattr(design.graph.by_id[step.id], field)
        return Sentence.of("assumed_time", mean=duration(mean(now.distribution))) if now else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        old = design.graph.by_id[step.id]
        now: Timing = getattr(old, field)
        new = replace(now, distribution=scaled(now.distribution, fraction(factor)))
        return _with_step(design, replace(old, **{field: new})), scenario

    return _Input(field, step.id, step.name, timing.provenance, told, move)


def _type_times(design: Design, scenario: Scenario) -> Iterator[_Input]:
    types = {stream.case_type for stream in scenario.streams}
    for step in design.graph.steps:
        for one in step.type_times:
            if step.time and one.id in types:
                yield _type_time(step, one.id, step.time.provenance)


def _type_time(step: Step, case_type: str, provenance: Provenance) -> _Input:
    def told(design: Design, _: Scenario) -> Sentence | None:
        now = next((one for one in design.graph.by_id[step.id].type_times if one.id == case_type), None)
        return Sentence.of("assumed_times", factor=now.factor) if now else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        old = design.graph.by_id[step.id]
        kept = [
            one if one.id != case_type else replace(one, factor=_scaled(one.factor, factor, 4))
            for one in old.type_times
            if factor or one.id != case_type
        ]
        return _with_step(design, replace(old, type_times=tuple(kept))), scenario

    about = f"{step.name}, {case_type}"
    return _Input("type-time", f"{step.id}/{case_type}", about, provenance, told, move, ("low", "high", "off"))


def _behaviour(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    """Yield what customers do because they had to wait: call again, or chase."""
    for step in design.graph.steps:
        again, chasing = step.calling_again, step.chasing
        if again:
            yield _calling_again(step, again.after.provenance)
        if chasing:
            yield _chasing(step)


def _calling_again(step: Step, provenance: Provenance) -> _Input:
    def told(design: Design, _: Scenario) -> Sentence | None:
        now = design.graph.by_id[step.id].calling_again
        return Sentence.of("assumed_again", share=percent(now.share)) if now else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        old: Any = design.graph.by_id[step.id]
        share = float(old.calling_again.share)
        then = fraction(share * factor / (1 - share + share * factor))
        new = replace(old.calling_again, share=then) if factor else None
        return _with_step(design, replace(old, calling_again=new)), scenario

    return _Input("again", step.id, step.name, provenance, told, move, ("low", "high", "off"))


def _chasing(step: Step) -> _Input:
    def told(design: Design, _: Scenario) -> Sentence | None:
        now = design.graph.by_id[step.id].chasing
        return Sentence.of("assumed_chasing", after=duration(now.after)) if now else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        old: Any = design.graph.by_id[step.id]
        new = replace(old.chasing, after=max(1, round(old.chasing.after / factor))) if factor else None
        return _with_step(design, replace(old, chasing=new)), scenario

    return _Input("chasing", step.id, step.name, GUESSED, told, move, ("low", "high", "off"))


def _people(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    """Yield what people need beside the work itself: time to set up, and time to learn."""
    for pool in design.staffing.pools:
        if pool.setup:
            yield _pool(
                "setup",
                pool,
                lambda now: Sentence.of("assumed_time", mean=duration(now.setup)),
                lambda now, factor: replace(now, setup=round(now.setup * factor)),
                ("low", "high", "off"),
            )
        if any(shift.learning for shift in pool.shifts):
            yield _pool("learning", pool, _learnt, _with_learning, ("low", "high", "off"))


def _learnt(pool: Pool) -> Sentence:
    new: list[Any] = [shift for shift in pool.shifts if shift.learning]
    if not new:
        return Sentence.of("assumed_off")
    return Sentence.of("assumed_times", factor=max((one.learning.factor for one in new), key=float))


def _with_learning(pool: Pool, factor: float) -> Pool:
    """Return a pool whose new heads are slower, faster, or not new."""

    def changed(shift: Any) -> Any:
        if not shift.learning:
            return shift
        return replace(shift, learning=_further(shift.learning, factor) if factor else None)

    return replace(pool, shifts=tuple(changed(shift) for shift in pool.shifts))


def _shares(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    for step in design.graph.steps:
        ways = design.graph.ways(step.id)
        if step.kind is Kind.FORK or len(ways) < 2:
            continue
        rarest = min(ways, key=lambda flow: (number(flow.share), flow.id))
        yield from (_share(design.graph, flow) for flow in ([rarest] if len(ways) == 2 else ways))


def _share(graph: StepGraph, flow: Flow) -> _Input:
    def told(design: Design, _: Scenario) -> Sentence | None:
        now = design.graph.flow_by_id.get(flow.id)
        return Sentence.of("assumed_share", share=percent(now.share, 1)) if now else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        ways = {one.id: number(one.share) for one in design.graph.ways(flow.source)}
        return replace(design, graph=_with_odds(design.graph, flow.source, ways, flow.id, factor)), scenario

    counts = [one.count for one in graph.ways(flow.source)]
    seen = sum(count or 0 for count in counts)
    known = None not in counts and seen > 0
    source = Provenance("measured", "A", f"{seen:,} cases counted") if known else GUESSED
    about = f"{graph.by_id[flow.source].name} → {graph.by_id[flow.target].name}"
    return _Input("share", flow.id, about, source, told, move)


def _with_odds(graph: StepGraph, step: str, ways: Mapping[str, Decimal], flow: str, factor: float) -> StepGraph:
    """Return a graph with the odds of one way multiplied, the others keeping their proportions."""
    share = float(ways[flow])
    if share in (0.0, 1.0):
        return graph
    then = share * factor / (1 - share + share * factor)
    rest = {id: fraction(float(old) * (1 - then) / (1 - share)) for id, old in ways.items() if id != flow}
    whole = sum(map(number, rest.values()))
    return SetShares(step, tuple({**rest, flow: fraction(Decimal(1) - whole, SHARE_PLACES)}.items())).apply(graph)


def _guards(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    conditions: dict[tuple[str, tuple[Any, ...]], list[ShareRow]] = {}
    for row in design.graph.rows:
        conditions.setdefault((design.graph.flow_by_id[row.flow].source, _condition(row)), []).append(row)
    for (step, _), rows in conditions.items():
        yield _guard(design.graph, step, rows)


def _condition(row: ShareRow) -> tuple[Any, ...]:
    """Return for which cases a row holds: all that it says but whose share it is."""
    return tuple(getattr(row, name) for name in row.__struct_fields__ if name not in ("id", "flow", "share", "count"))


def _guard(graph: StepGraph, step: str, rows: list[ShareRow]) -> _Input:
    ids = {row.id for row in rows}

    def told(design: Design, _: Scenario) -> Sentence | None:
        held = [row for row in design.graph.rows if row.id in ids]
        flows = design.graph.flow_by_id
        ways = ", ".join(f"{percent(row.share)} → {design.graph.by_id[flows[row.flow].target].name}" for row in held)
        return Sentence.of("assumed_guard", ways=ways) if held else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:  # noqa: ARG001 (it can only be off)
        kept = tuple(row for row in design.graph.rows if row.id not in ids)
        return replace(design, graph=replace(design.graph, rows=kept)), scenario

    counts = [row.count for row in rows]
    known = None not in counts
    source = Provenance("measured", "A", f"{sum(count or 0 for count in counts):,} cases counted") if known else GUESSED
    about = f"{graph.by_id[step].name}, {_when(graph, rows[0])}"
    return _Input("guard", min(ids), about, source, told, move, ("off",))


def _when(graph: StepGraph, row: ShareRow) -> str:
    """Return for which cases a row holds, in words."""
    parts = [f"from visit {row.visit_from}"] if row.visit_from > 1 else []
    parts += [f"coming from {graph.by_id[row.came_from].name}"] if row.came_from in graph.by_id else []
    parts += [row.case_type] if row.case_type else []
    return ", ".join(parts) or "at first"


def _demand(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    for stream in scenario.streams:
        if any(number(rate) for rate in stream.per_hour):
            yield _stream(stream)


def _stream(stream: Stream) -> _Input:
    def told(_: Design, scenario: Scenario) -> Sentence | None:
        now = _by_id(scenario.streams, stream.id)
        return Sentence.of("assumed_demand", cases=decimal(sum(map(number, now.per_hour)), 1)) if now else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        now = _by_id(scenario.streams, stream.id)
        per_hour = tuple(_scaled(rate, factor) for rate in now.per_hour)
        return design, _with(scenario, "streams", replace(now, per_hour=per_hour))

    return _Input("demand", stream.id, _called(stream), stream.provenance, told, move)


def _growth(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    for stream in scenario.streams:
        if number(stream.growth):
            yield _growing(stream)


def _growing(stream: Stream) -> _Input:
    def told(_: Design, scenario: Scenario) -> Sentence | None:
        now = _by_id(scenario.streams, stream.id)
        return Sentence.of("assumed_growth", share=percent(now.growth, 1)) if now and number(now.growth) else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        now = _by_id(scenario.streams, stream.id)
        return design, _with(scenario, "streams", replace(now, growth=_scaled(now.growth, factor)))

    return _Input("growth", stream.id, _called(stream), stream.provenance, told, move, ("low", "high", "off"))


def _called(stream: Stream) -> str:
    return ", ".join(part for part in (stream.case_type, stream.channel) if part) or stream.id


def _priorities(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    if len({stream.priority for stream in scenario.streams}) < 2:
        return

    def told(_: Design, now: Scenario) -> Sentence | None:
        order = sorted(now.streams, key=lambda one: (one.priority, one.id))
        even = len({one.priority for one in order}) == 1
        return None if even else Sentence.of("assumed_priority", order=", ".join(one.id for one in order))

    def move(one: Design, now: Scenario, factor: float) -> Played:  # noqa: ARG001 (it can only be off)
        return one, replace(now, streams=tuple(replace(stream, priority=0) for stream in now.streams))

    yield _Input("priority", "streams", "Which cases go first", GUESSED, told, move, ("off",))


def _heads(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    for pool in design.staffing.pools:
        if pool.heads:
            yield _pool(
                "heads",
                pool,
                lambda now: Sentence.of("assumed_heads", heads=count(now.heads, "head", "heads")),
                _with_heads,
            )


def _with_heads(pool: Pool, factor: float) -> Pool:
    """Return a pool with more or fewer heads: at least one fewer or more, and never none."""
    wanted = round(pool.heads * factor)
    if wanted == pool.heads and factor in (_factor(0.0, pool.provenance), _factor(1.0, pool.provenance)):
        wanted += 1 if factor > 1 else -1
    shifts = {shift.id: shift.heads for shift in pool.shifts}
    while sum(shifts.values()) != max(1, wanted):
        fullest = max(shifts, key=lambda one: (shifts[one], one))
        shifts[fullest] += 1 if sum(shifts.values()) < wanted else -1
    return replace(pool, shifts=tuple(replace(shift, heads=shifts[shift.id]) for shift in pool.shifts))


def _calendars(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    for pool in design.staffing.pools:
        if pool.heads:
            yield _pool("calendar", pool, lambda now: Sentence.of("assumed_hours", hours=_open(now)), _with_hours)


def _open(pool: Pool) -> str:
    """Return the head-hours of a pool in a week."""
    return decimal(sum(s.heads * (span.end - span.start) for s in pool.shifts for span in s.spans) / HOUR, 0)


def _with_hours(pool: Pool, factor: float) -> Pool:
    return replace(pool, shifts=tuple(_longer(shift, factor) for shift in pool.shifts))


def _longer(shift: Shift, factor: float) -> Shift:
    """Return a shift whose spans end later or earlier, never after the day or in the next span."""
    spans = sorted(shift.spans, key=lambda span: (span.day, span.start))
    after = [
        *(other.start if other.day == span.day else DAY for span, other in pairwise(spans)),
        DAY,
    ]
    return replace(
        shift,
        spans=tuple(
            Span(span.day, span.start, min(bound, span.start + max(1, round((span.end - span.start) * factor))))
            for span, bound in zip(spans, after, strict=False)
        ),
    )


def _rates(design: Design, scenario: Scenario) -> Iterator[_Input]:  # noqa: ARG001
    for pool in design.staffing.pools:
        if pool.rate and pool.heads:
            yield _pool(
                "rate",
                pool,
                lambda now: Sentence.of("assumed_rate", amount=decimal(now.rate / 100, 2)),
                lambda now, factor: replace(now, rate=round(now.rate * factor)),
            )


def _pool(
    sort: str,
    pool: Pool,
    say: Callable[[Pool], Sentence],
    change: Callable[[Pool, float], Pool],
    switches: tuple[Switch, ...] = ("low", "high"),
) -> _Input:
    def told(design: Design, _: Scenario) -> Sentence | None:
        now = design.staffing.pool(pool.id)
        return say(now) if now else None

    def move(design: Design, scenario: Scenario, factor: float) -> Played:
        pools = tuple(change(one, factor) if one.id == pool.id else one for one in design.staffing.pools)
        return replace(design, staffing=replace(design.staffing, pools=pools)), scenario

    return _Input(sort, pool.id, pool.name, pool.provenance, told, move, switches)


def _contingencies(design: Design, scenario: Scenario) -> Iterator[_Input]:
    """Yield whatever a scenario holds beside its streams: what is known here can be moved, all can be switched off."""
    for field in scenario.__struct_fields__:
        things = getattr(scenario, field)
        if field != "streams" and isinstance(things, tuple):
            yield from (_contingency(design, field, thing) for thing in things if hasattr(thing, "id"))


def _contingency(design: Design, field: str, thing: Any) -> _Input:
    def told(_: Design, scenario: Scenario) -> Sentence | None:
        now = _by_id(getattr(scenario, field), thing.id)
        return _event(field, now) if now else None

    def move(one: Design, scenario: Scenario, factor: float) -> Played:
        now = _by_id(getattr(scenario, field), thing.id)
        if not factor:
            kept = tuple(other for other in getattr(scenario, field) if other.id != thing.id)
            return one, replace(scenario, **{field: kept})
        return one, _with(scenario, field, STRONGER[field](now, factor))

    switches: tuple[Switch, ...] = ("low", "high", "off") if field in STRONGER else ("off",)
    return _Input(
        "contingency",
        f"{field}/{thing.id}",
        _named(design, field, thing),
        getattr(thing, "provenance", GUESSED),
        told,
        move,
        switches,
    )


def _named(design: Design, field: str, thing: Any) -> str:
    """Return what a contingency is called: its sort, and the pool or steps it strikes."""
    pool = design.staffing.pool(getattr(thing, "pool", ""))
    steps = [thing.id] if field == "backlog" else list(getattr(thing, "steps", ()))
    struck = [pool.name] if pool else [design.graph.by_id[id].name for id in steps if id in design.graph.by_id]
    return ", ".join([EVENTS.get(field, field.capitalize()), *struck])


EVENTS = {
    "absences": "Absence",
    "away": "Known absence",
    "surges": "Surge",
    "backlog": "Backlog",
    "slowdowns": "Slow-down",
    "outages": "Outage",
}
"""What contingencies are called, by the field of a scenario that holds them."""


def _event(field: str, thing: Any) -> Sentence:
    match field:
        case "absences":
            return Sentence.of("assumed_absence", share=percent(thing.share), spell=duration(thing.spell))
        case "surges":
            return Sentence.of("assumed_surge", factor=thing.factor)
        case "backlog":
            return Sentence.of("assumed_backlog", cases=thing.cases)
        case "slowdowns":
            return Sentence.of("assumed_times", factor=thing.factor)
        case "outages":
            return Sentence.of("assumed_outage", lasts=duration(thing.end - thing.start))
    return Sentence.of("assumed_there")


def _more_absent(thing: Any, factor: float) -> Any:
    share = float(thing.share)
    return replace(thing, share=fraction(min(max(MOST_AWAY, share), share * factor)))


def _further(thing: Any, factor: float) -> Any:
    """Return a surge or slow-down whose distance from the usual is multiplied."""
    return replace(thing, factor=fraction(max(0.0, 1 + (float(thing.factor) - 1) * factor), 3))


STRONGER: dict[str, Callable[[Any, float], Any]] = {
    "absences": _more_absent,
    "surges": _further,
    "slowdowns": _further,
    "backlog": lambda thing, factor: replace(thing, cases=round(thing.cases * factor)),
    "outages": lambda thing, factor: replace(
        thing, end=thing.start + max(1, round((thing.end - thing.start) * factor))
    ),
}
"""How a contingency is made weaker or stronger; one that is not here can only be switched off."""


Sort = Callable[[Design, Scenario], Iterator[_Input]]
SORTS: dict[str, Sort] = {
    "time": _times,
    "type-time": _type_times,
    "share": _shares,
    "guard": _guards,
    "patience": _patience,
    "behaviour": _behaviour,
    "demand": _demand,
    "growth": _growth,
    "priority": _priorities,
    "heads": _heads,
    "calendar": _calendars,
    "people": _people,
    "contingency": _contingencies,
    "rate": _rates,
}
"""Where inputs come from, in the order in which they are told."""


def _by_id(things: tuple[Any, ...], id: str) -> Any:
    return next((thing for thing in things if thing.id == id), None)


def _with(scenario: Scenario, field: str, new: Any) -> Scenario:
    """Return a scenario with one thing in place of the one with its id."""
    return replace(scenario, **{field: tuple(new if one.id == new.id else one for one in getattr(scenario, field))})


def _with_step(design: Design, step: Step) -> Design:
    steps = tuple(step if one.id == step.id else one for one in design.graph.steps)
    return replace(design, graph=replace(design.graph, steps=steps))


def _scaled(text: Fraction, factor: float, places: int = SHARE_PLACES) -> Fraction:
    return fraction(float(number(text)) * factor, places)

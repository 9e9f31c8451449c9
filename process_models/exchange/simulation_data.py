"""What simulators say beside a process: people and their hours, times of steps, shares, arrivals; as guesses, grade D.

The readers (:mod:`process_models.exchange.simulation_qbp` and :mod:`process_models.exchange.simulation_bpsim` for what
stands in a BPMN file, :mod:`process_models.exchange.simulation_json` for the files of Prosimos and Simod) give one
value, which is put on a graph here: times and shares on its steps and flows, people as staffing. Arrivals come back as
the mean of each hour of the week, which is what a stream of a scenario asks for. Every part that a file says is
accounted for: kept, simplified, dropped.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal

from msgspec import Struct, structs

from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import TIMED, Kind, Step, Timing
from process_models.values.calendars import DAY, HOUR, Calendar, Span
from process_models.values.distributions import Distribution, Exponential, mean
from process_models.values.document import slug
from process_models.values.fractions import Fraction, fraction, shares_of
from process_models.values.provenance import Provenance
from process_models.values.sentences import Sentence

Became = Literal["kept", "simplified", "dropped"]
Part = Literal["people", "hours", "time", "share", "arrivals", "other"]
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
NEARLY_MIDNIGHT = DAY - 60_000
"""A time of day after this is the end of the day: files write 23:59:59.999."""
PLACES = 4


class Entry(Struct, frozen=True):
    """What became of one part of the data."""

    part: Part
    id: str
    became: Became
    reason: Sentence | None = None


class Crew(Struct, frozen=True):
    """People who share work, by the calendars they keep."""

    id: str
    name: str
    heads: tuple[tuple[Calendar, int], ...]
    rate: int
    """Cost of an hour, minor units."""


class Task(Struct, frozen=True):
    """How long a step takes, and the ids of the crews that may do it."""

    step: str
    time: Distribution | None
    crews: tuple[str, ...]


class SimulationData(Struct, frozen=True):
    """All that a file says beside the process."""

    maker: str
    crews: tuple[Crew, ...] = ()
    tasks: tuple[Task, ...] = ()
    weights: tuple[tuple[str, Decimal], ...] = ()
    """By flow."""
    per_hour: tuple[Fraction, ...] = ()
    """Mean arrivals in each of the 168 hours of a week; empty where the file says none."""
    entries: tuple[Entry, ...] = ()


class Applied(Struct, frozen=True):
    """A graph with its staffing, the arrivals, and what became of each part of the data."""

    design: Design
    per_hour: tuple[Fraction, ...]
    entries: tuple[Entry, ...]

    def count(self, became: Became) -> int:
        """Return how many parts became so."""
        return sum(entry.became == became for entry in self.entries)


def apply(data: SimulationData, graph: StepGraph, file: str, date: str = "") -> Applied:
    """Put simulation data on a graph whose steps and flows have the ids of the file; what the graph knows stays.

    A step without a role gets that of its first crew; the crews of all steps of a role are its pools. Shares are put on
    a choice only where the file says them for each of its ways.
    """
    source = Provenance("imported", "D", f"file {file}, {data.maker}"[:200], date)
    entries = list(data.entries)
    data = structs.replace(data, crews=tuple(_once(data.crews, entries)))
    names = {crew.id: crew.name for crew in data.crews}
    tasks = {task.step: task for task in data.tasks}
    steps = tuple(_step(step, tasks.get(step.id), names, source, entries) for step in graph.steps)
    entries += [
        Entry("time", task.step, "dropped", Sentence.of("simulation_no_step"))
        for task in data.tasks
        if task.step not in graph.by_id
    ]
    shares, weighed = _shares(graph, dict(data.weights))
    flows = tuple(structs.replace(flow, share=shares.get(flow.id, flow.share)) for flow in graph.flows)
    made = structs.replace(graph, steps=steps, flows=flows)
    return Applied(Design(graph=made, staffing=_staffing(made, data, source)), data.per_hour, (*entries, *weighed))


def _once(crews: tuple[Crew, ...], entries: list[Entry]) -> Iterator[Crew]:
    """Yield the first crew of each id, and enter the others."""
    seen: set[str] = set()
    for crew in crews:
        if crew.id in seen:
            entries.append(Entry("people", crew.id, "dropped", Sentence.of("simulation_twice")))
        else:
            seen.add(crew.id)
            yield crew


def _step(step: Step, task: Task | None, names: dict[str, str], source: Provenance, entries: list[Entry]) -> Step:
    """Return a step with its time and role, and enter what became of them."""
    if task is None:
        return step
    if task.time is not None:
        if step.kind not in TIMED:
            entries.append(Entry("time", step.id, "dropped", Sentence.of("simulation_untimed")))
        elif step.time is not None:
            entries.append(Entry("time", step.id, "kept", Sentence.of("simulation_time_known")))
        else:
            entries.append(Entry("time", step.id, "kept"))
            step = structs.replace(step, time=Timing(task.time, source))
    crews = [names[crew] for crew in task.crews if crew in names]
    return structs.replace(step, role=crews[0]) if crews and not step.role and step.kind is Kind.WORK else step


def _shares(graph: StepGraph, weights: dict[str, Decimal]) -> tuple[dict[str, Fraction], list[Entry]]:
    """Return the shares of flows whose choice is told wholly, and what became of each weight."""
    shares: dict[str, Fraction] = {}
    entries = [
        Entry("share", flow, "dropped", Sentence.of("simulation_no_flow"))
        for flow in weights
        if flow not in graph.flow_by_id
    ]
    for source in sorted({graph.flow_by_id[flow].source for flow in weights if flow in graph.flow_by_id}):
        ways = [flow.id for flow in graph.ways(source)]
        told = [way for way in ways if way in weights]
        several = graph.by_id[source].kind in (Kind.FORK, Kind.INCLUSIVE)
        if several or len(told) < len(ways) or not any(weights[way] for way in ways):
            entries += [Entry("share", way, "dropped", Sentence.of("simulation_some_shares")) for way in told]
            continue
        counts = tuple(int(weights[way] * 10**9) for way in ways)
        shares |= dict(zip(ways, shares_of(counts), strict=True))
        whole = abs(sum((weights[way] for way in ways), Decimal(0)) - 1) < Decimal("0.000001")
        became: Became = "kept" if whole else "simplified"
        reason = None if whole else Sentence.of("simulation_shares_sum")
        entries += [Entry("share", way, became, reason) for way in ways]
    return shares, entries


def _staffing(graph: StepGraph, data: SimulationData, source: Provenance) -> Staffing:
    """Return the crews as pools, and for each role those that may do one of its steps, in the order of the file."""
    ids: dict[str, str] = {}
    for crew in data.crews:
        ids[crew.id] = slug(crew.name, frozenset(ids.values()))
    pools = tuple(_pool(crew, ids[crew.id], source) for crew in data.crews)
    of_role: dict[str, list[str]] = {}
    for task in data.tasks:
        step = graph.by_id.get(task.step)
        if step is not None and step.role:
            of_role.setdefault(step.role, []).extend(ids[crew] for crew in task.crews if crew in ids)
    roles = [RoleStaffing(role, tuple(dict.fromkeys(served))) for role, served in sorted(of_role.items()) if served]
    return Staffing(pools, tuple(roles))


def _pool(crew: Crew, id: str, source: Provenance) -> Pool:
    shifts = tuple(
        Shift(id=f"shift-{n}", spans=calendar.spans, heads=heads) for n, (calendar, heads) in enumerate(crew.heads, 1)
    )
    return Pool(id=id, name=crew.name, shifts=shifts, rate=crew.rate, provenance=source)


# What readers share


def week(periods: Iterable[tuple[str, str, str, str]]) -> Calendar:
    """Return a calendar of periods: first and last weekday, and from when to when on each of these days.

    >>> made = week([("SATURDAY", "MONDAY", "09:00", "23:59:59.999+00:00")])
    >>> [(span.day, span.start, span.end) for span in made.spans]
    [(0, 32400000, 86400000), (5, 32400000, 86400000), (6, 32400000, 86400000)]
    """
    spans = set()
    for first, last, begin, end in periods:
        a, b = WEEKDAYS.index(first.upper()), WEEKDAYS.index(last.upper())
        start, stop = _of_day(begin), _of_day(end)
        stop = DAY if stop >= NEARLY_MIDNIGHT or stop == 0 else stop
        if start < stop:
            spans |= {Span(day=(a + n) % 7, start=start, end=stop) for n in range((b - a) % 7 + 1)}
    return Calendar(spans=tuple(sorted(spans, key=lambda span: (span.day, span.start, span.end))))


def _of_day(text: str) -> int:
    """Return a time of day in ms; an offset behind it is left out."""
    hour, minute, *second = text.partition("+")[0].rstrip("Z").split(":")
    return (int(hour) * 60 + int(minute)) * 60_000 + int(Decimal(second[0] if second else 0) * 1000)


def arrivals_of(gap: Distribution | None, calendar: Calendar, entries: list[Entry]) -> tuple[Fraction, ...]:
    """Return the mean arrivals of each hour of the week by the gap between two cases, and enter what became of it."""
    between = round(mean(gap)) if gap is not None else 0
    if between <= 0:
        entries.append(Entry("arrivals", "arrivals", "dropped", Sentence.of("simulation_no_arrivals")))
        return ()
    exact = isinstance(gap, Exponential)
    reason = None if exact else Sentence.of("simulation_random_arrivals")
    entries.append(Entry("arrivals", "arrivals", "kept" if exact else "simplified", reason))
    return arrivals(between, calendar)


def arrivals(gap_ms: int, calendar: Calendar) -> tuple[Fraction, ...]:
    """Return the mean arrivals of each hour of the week where one case comes a gap after the other while it is open.

    >>> from process_models.values.calendars import Calendar, Span
    >>> rates = arrivals(600_000, Calendar(spans=(Span(0, 32_400_000, 37_800_000),)))
    >>> len(rates), rates[8:11]
    (168, ('0', '6', '3'))
    """
    return tuple(_rate(gap_ms, calendar, hour) for hour in range(168))


def _rate(gap_ms: int, calendar: Calendar, hour: int) -> Fraction:
    day, begin = hour // 24, hour % 24 * HOUR
    spans = [span for span in calendar.spans if span.day == day]
    open_ms = sum(max(0, min(span.end, begin + HOUR) - max(span.start, begin)) for span in spans)
    return fraction(Decimal(open_ms) / Decimal(gap_ms), PLACES)


def told(entries: Iterable[Entry]) -> Iterator[Sentence]:
    """Yield why parts were simplified or dropped, each reason once."""
    yield from dict.fromkeys(entry.reason for entry in entries if entry.reason is not None)

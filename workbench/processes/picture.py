"""What the map shows of a graph: heat, key, finding, the rows of its table, the card of a step.

Plain values, ready to be printed: templates do no arithmetic. Every figure keeps its grade, its n and its source.
"""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from process_models.graph.design import Pool, Staffing
from process_models.graph.drawing import LANE_NAMES, Heat
from process_models.graph.graph import StepGraph
from process_models.graph.measures import visit_cost
from process_models.graph.narration import figure_interval, figure_value
from process_models.graph.steps import TIMED, Dependency, Kind, Lane, Lens, Step
from process_models.method.facts import Facts
from process_models.redesign.obligations import out_of_order, uncovered, unrecorded
from process_models.values.calendars import DAY, HOUR, MINUTE, Calendar, Span
from process_models.values.distributions import mean, quantile
from process_models.values.provenance import FIGURES, GRADE_WORDS, Provenance
from process_models.values.sentences import Sentence, say
from process_models.values.words import count, decimal, duration, money, percent, signed
from workbench.processes.typed import DAYS, plain_number, write_clock

OUTSIDE = (Lane.CUSTOMER, Lane.EXTERNAL)


class Scale(Struct, frozen=True):
    """A measure that can be shown as heat: its name, and the upper bounds of its first four classes."""

    name: str
    bounds: tuple[float, ...]
    unit: str
    """How the bounds are written: duration, money, percent, number or grade."""


SCALES: dict[str, Scale] = {
    "wait": Scale("Mean wait before the step, or of the wait itself", (15 * MINUTE, HOUR, 4 * HOUR, DAY), "duration"),
    "work": Scale("Mean work of one visit", (10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE), "duration"),
    "cost": Scale("Mean cost of one visit", (500, 1000, 2000, 4000), "money"),
    "rework": Scale("Visits beyond the first, for each case that comes here", (0.02, 0.05, 0.1, 0.25), "percent"),
    "evidence": Scale("Weakest evidence that the step rests on", (1, 2, 3, 4), "grade"),
    "elapsed": Scale(FIGURES["elapsed"], (HOUR, 4 * HOUR, DAY, 4 * DAY), "duration"),
    "update_gap": Scale(FIGURES["update_gap"], (4 * HOUR, DAY, 3 * DAY, 7 * DAY), "duration"),
    "setup": Scale(FIGURES["setup"], (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR), "duration"),
    "visits": Scale(FIGURES["visits"], (0.25, 0.75, 1.05, 1.5), "number"),
    "reached": Scale(FIGURES["reached"], (0.2, 0.4, 0.6, 0.8), "percent"),
    "error_rate": Scale(FIGURES["error_rate"], (0.02, 0.05, 0.1, 0.25), "percent"),
    "pass_rate": Scale(FIGURES["pass_rate"], (0.5, 0.75, 0.9, 0.97), "percent"),
    "failure_demand": Scale(FIGURES["failure_demand"], (0.05, 0.1, 0.25, 0.5), "percent"),
    "negative_comments": Scale(FIGURES["negative_comments"], (0.02, 0.05, 0.1, 0.25), "percent"),
    "below_limit": Scale(FIGURES["below_limit"], (0.02, 0.05, 0.1, 0.25), "percent"),
    "volume": Scale(FIGURES["volume"], (100, 1_000, 10_000, 100_000), "number"),
    "covers": Scale(FIGURES["covers"], (1, 2, 4, 8), "number"),
}
"""Five fixed classes each, so that two maps can be compared."""

GRADES = "ABCD"
TICKS = (6, 36, 66, 96, 126)
"""Where −2 to +2 stand on the rule of a lens."""


def value_of(facts: Facts, step: Step, measure: str) -> float | None:
    """Return a measure of a step, None where it is not known."""
    match measure:
        case "wait":
            if step.kind is Kind.WAIT:
                return mean(step.time.distribution) if step.time else None
            return facts.wait(step) if step.figure("wait") else None
        case "work":
            return mean(step.time.distribution) if step.time and step.kind is Kind.WORK else None
        case "cost":
            known = step.kind is Kind.WORK and step.time and facts.design.staffing.pools_of(step.role)
            return visit_cost(facts.design, step) if known or step.unit_cost else None
        case "rework":
            visits, reached = step.figure("visits"), step.figure("reached")
            return (
                float(visits.value) / float(reached.value) - 1 if visits and reached and reached.value != "0" else None
            )
        case "evidence":
            return float(len(GRADES) + 1 if not grades(step) else 1 + GRADES.index(max(grades(step))))
    figure = step.figure(measure)
    return float(figure.value) if figure else None


def other_measures(facts: Facts, shown: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the measures beside those on show of which at least one step has a value: id and name."""
    known = {figure.id for step in facts.graph.steps for figure in step.figures}
    return [(id, scale.name) for id, scale in SCALES.items() if id not in shown and id in known]


def grades(step: Step) -> list[str]:
    """Return the grades of all that is known of a step."""
    known: list[Any] = [step.time, step.patience, *step.scores, *step.figures]
    return [one.provenance.grade for one in known if one is not None]


def heat(facts: Facts, measure: str, currency: str = "GBP") -> dict[str, Heat]:
    """Return what is printed in each step and its class, for one measure; steps without a value are left out."""
    if measure not in SCALES:
        return {}
    found = {
        step.id: value_of(facts, step, measure) for step in facts.graph.steps if step.kind in (*TIMED, Kind.CHOICE)
    }
    return {
        id: Heat(_printed(value, measure, currency), level(value, SCALES[measure]))
        for id, value in found.items()
        if value is not None
    }


def level(value: float, scale: Scale) -> int:
    """Return the class of a value, from 1 to 5."""
    if scale.unit == "grade":
        return int(value)
    return 1 + sum(value > bound for bound in scale.bounds)


def _printed(value: float, measure: str, currency: str) -> str:
    match SCALES[measure].unit:
        case "duration":
            return duration(value)
        case "money":
            return money(value, currency)
        case "percent":
            return percent(value)
        case "number":
            return decimal(value, 0 if value >= 10 else 2)
    return GRADES[int(value) - 1] if value <= len(GRADES) else "?"


class KeyClass(Struct, frozen=True):
    """A class of heat in the key."""

    level: int
    words: str


def key(measure: str, currency: str = "GBP") -> tuple[KeyClass, ...]:
    """Return the five classes of a measure with their bounds in words."""
    if measure not in SCALES:
        return ()
    scale = SCALES[measure]
    if scale.unit == "grade":
        named = [f"{letter}, {GRADE_WORDS[letter]}" for letter in GRADES]
        return tuple(KeyClass(n, words) for n, words in enumerate([*named, "?, nothing known"], 1))
    bounds = [_printed(bound, measure, currency) for bound in scale.bounds]
    middle = [f"to {bound}" for bound in bounds[1:]]
    return tuple(KeyClass(n, words) for n, words in enumerate([f"up to {bounds[0]}", *middle, f"over {bounds[3]}"], 1))


# The finding


def finding(facts: Facts) -> str:
    """Return what the waiting in our hands says, empty where too little is known to say anything."""
    counted = facts.visits or {}
    waits = {
        step.id: counted.get(step.id, 0.0) * facts.wait(step)
        for step in facts.graph.steps
        if step.lane not in OUTSIDE and step.kind is Kind.WORK
    }
    total = sum(waits.values())
    if total <= 0 or len(waits) < 3:
        return ""
    ranked = sorted(waits, key=lambda step: (-waits[step], step))
    for n in range(1, min(3, len(waits) // 2) + 1):
        part = sum(waits[id] for id in ranked[:n]) / total
        if part >= 0.5:
            if n == 1:
                return say(
                    Sentence.of("finding_one", steps=facts.graph.by_id[ranked[0]].name, part=part_in_words(part))
                )
            return say(Sentence.of("finding_many", count={2: "Two", 3: "Three"}[n], part=part_in_words(part)))
    return ""


PARTS = ((0.5, "half"), (0.6, "three fifths"), (2 / 3, "two thirds"), (0.75, "three quarters"), (0.9, "nine tenths"))


def part_in_words(share: float) -> str:
    """Return a share in words, with its side.

    >>> part_in_words(0.5), part_in_words(0.64), part_in_words(0.7), part_in_words(0.98)
    ('half', 'almost two thirds', 'more than two thirds', 'almost all')
    """
    if share > 0.93:
        return "almost all"
    near, words = min(PARTS, key=lambda part: abs(part[0] - share))
    return words if abs(near - share) < 0.005 else f"{'almost' if share < near else 'more than'} {words}"


# The card of a step


class Mark(Struct, frozen=True):
    """A score under one lens, and where it stands on the rule from −2 to +2."""

    lens: str
    text: str
    x: int | None
    grade: str
    sure: bool
    source: str


class CardFigure(Struct, frozen=True):
    """A figure with its interval, number, grade and source, all in words."""

    id: str
    label: str
    value: str
    interval: str
    n: int | None
    grade: str
    source: str


class Duty(Struct, frozen=True):
    """An obligation on a step, and how the step serves it."""

    id: str
    name: str
    how: str


class Card(Struct, frozen=True):
    """What is known of a step, in the order in which it is read."""

    id: str
    number: int
    of: int
    lane: str
    kind: str
    name: str
    who: str
    owner: str
    description: str
    marks: tuple[Mark, ...]
    figures: tuple[CardFigure, ...]
    duties: tuple[Duty, ...]
    facts: tuple[tuple[str, str], ...]
    known: int
    possible: int
    missing: tuple[str, ...]
    ways: tuple[tuple[str, str], ...]
    """Where it goes to: number and name, share."""


KINDS = {
    Kind.START: "start",
    Kind.WORK: "work",
    Kind.WAIT: "wait",
    Kind.CHOICE: "decision",
    Kind.FORK: "fork",
    Kind.JOIN: "join",
    Kind.END: "end",
    Kind.INCLUSIVE: "inclusive gateway",
}


def card(graph: StepGraph, step: str, facts: Facts | None = None, currency: str = "GBP") -> Card:
    """Return the card of a step; with the facts of a design it names heads and costs too."""
    one = graph.by_id[step]
    missing = missing_detail(one)
    return Card(
        id=one.id,
        number=graph.numbers[one.id],
        of=len(graph.steps),
        lane=LANE_NAMES[one.lane],
        kind=KINDS[one.kind],
        name=one.name,
        who=who(one, facts.design.staffing if facts else None),
        owner=one.owner,
        description=one.description,
        marks=marks(one),
        figures=(*_timed(one), *_figures(one), *_cost(one, facts, currency)),
        duties=duties(graph, one),
        facts=(*_needs(graph, step), *_said(one)),
        known=len(wanted(one)) - len(missing),
        possible=len(wanted(one)),
        missing=missing,
        ways=ways(graph, one),
    )


def who(step: Step, staffing: Staffing | None) -> str:
    """Return who does a step, with the heads that can."""
    if not step.role:
        return "The customer" if step.lane is Lane.CUSTOMER else "Nobody named" if step.kind is Kind.WORK else ""
    heads = staffing.heads_of(step.role) if staffing else 0
    return f"{step.role}, {heads}" if heads else step.role


def marks(step: Step) -> tuple[Mark, ...]:
    """Return the three scores of a step, in the order of the lenses."""
    out = []
    for lens in Lens:
        score = step.score(lens)
        if score is None:
            out.append(Mark(lens.value, "?", None, "", False, "not scored yet"))
        else:
            text = signed(decimal(score.value, 0))
            grade = score.provenance.grade
            out.append(Mark(lens.value, text, TICKS[score.value + 2], grade, grade in "AB", sourced(score.provenance)))
    return tuple(out)


def sourced(provenance: Provenance) -> str:
    """Return where a value comes from: kind, source, date."""
    date = f", {provenance.date}" if provenance.date else ""
    return f"{provenance.kind}: {provenance.source}{date}"


def _timed(step: Step) -> tuple[CardFigure, ...]:
    if step.time is None:
        return ()
    low, high = (duration(quantile(step.time.distribution, share)) for share in ("0.1", "0.9"))
    label = "Work" if step.kind is Kind.WORK else "Wait"
    given = step.time.provenance
    return (
        CardFigure(
            "time",
            label,
            duration(mean(step.time.distribution)),
            "" if low == high else f"80% in {low} to {high}",
            step.time.n,
            given.grade,
            sourced(given),
        ),
    )


def _figures(step: Step) -> list[CardFigure]:
    known = {figure.id: figure for figure in step.figures}
    return [
        CardFigure(
            id,
            FIGURES[id],
            figure_value(known[id]),
            _spread(id, figure_interval(known[id])),
            known[id].n,
            known[id].provenance.grade,
            sourced(known[id].provenance),
        )
        for id in FIGURES
        if id in known
    ]


def _spread(id: str, interval: str) -> str:
    """Return the interval of a figure; times of logs say where eighty of a hundred visits lie."""
    return f"80% in {interval}" if interval and id in ("wait", "elapsed") else interval


def _cost(step: Step, facts: Facts | None, currency: str) -> tuple[CardFigure, ...]:
    value = value_of(facts, step, "cost") if facts else None
    if facts is None or value is None:
        return ()
    pools = facts.design.staffing.pools_of(step.role)
    given = [one for one in (step.time, *pools[:1]) if one is not None]
    grade = max((one.provenance.grade for one in given), default="D")
    source = "derived: mean work times the rate of the preferred pool, plus the unit cost"
    return (CardFigure("cost", "Cost per visit", money(value, currency), "", None, max(grade, "B"), source),)


def _needs(graph: StepGraph, step: str) -> tuple[tuple[str, str], ...]:
    words = "; ".join(words for _id, words in needed(graph, step))
    return (("Needs", words),) if words else ()


def needed(graph: StepGraph, step: str) -> list[tuple[str, str]]:
    """Return what a step needs of others: id, and number, name and what in words, in reading order."""
    own = [one for one in graph.dependencies if one.step == step]
    return [(one.id, _need(graph, one)) for one in sorted(own, key=lambda one: graph.numbers[one.needs])]


def _need(graph: StepGraph, one: Dependency) -> str:
    reason = f", {one.reason}" if one.reason else ""
    rule = " (rule)" if one.kind == "rule" else ""
    return f"{graph.numbers[one.needs]} {graph.by_id[one.needs].name}{reason}{rule}"


def _said(step: Step) -> tuple[tuple[str, str], ...]:
    """Return what is said of a step in words."""
    value = {"customer": "to the customer", "business": "to the organisation", "none": "none", "unknown": ""}
    said = (
        ("Why it exists", step.reason),
        ("Value", value[step.value_class]),
        ("Systems", ", ".join(step.systems)),
        ("Takes in", ", ".join(step.inputs)),
        ("Gives out", ", ".join(step.outputs)),
        ("Can refuse", "yes" if step.rejects else ""),
        ("Rules alone decide", "yes" if step.ruled else ""),
        ("Done", {"manual": "", "assisted": "by hand with help", "automatic": "by a machine"}[step.automation]),
        ("Channel", step.channel),
        ("Place", step.place),
        ("Saved up", step.batch),
        ("Grade needed", "" if step.grade_needed is None else str(step.grade_needed)),
        ("Grade that does it", "" if step.grade_used is None else str(step.grade_used)),
        ("When its system is down", step.fallback),
        ("For customers who need an adjustment", step.adjusted),
        ("Personal details asked for", ", ".join(item.id for item in step.personal)),
    )
    return tuple((label, words) for label, words in said if words)


def duties(graph: StepGraph, step: Step) -> tuple[Duty, ...]:
    """Return the obligations that a step covers or records."""
    out = []
    for duty in graph.obligations:
        how = [word for word, ids in (("covers it", step.covers), ("makes its record", step.records)) if duty.id in ids]
        if how:
            out.append(Duty(duty.id, duty.name, " and ".join(how)))
    return tuple(out)


WANTED: dict[str, Any] = {
    "who does it": lambda step: step.role,
    "owner": lambda step: step.owner,
    "description": lambda step: step.description,
    "time": lambda step: step.time,
    "wait before it": lambda step: step.figure("wait"),
    "satisfaction": lambda step: step.score(Lens.SATISFACTION),
    "cost": lambda step: step.score(Lens.COST),
    "compliance": lambda step: step.score(Lens.COMPLIANCE),
    "value": lambda step: step.value_class != "unknown",
    "systems": lambda step: step.systems,
}
OF_WAITS = ("owner", "description", "time", "satisfaction", "cost", "compliance", "value")


def wanted(step: Step) -> tuple[str, ...]:
    """Return what should be known of a step of its kind."""
    if step.kind is Kind.WORK:
        return tuple(WANTED)
    return OF_WAITS if step.kind is Kind.WAIT else ()


def missing_detail(step: Step) -> tuple[str, ...]:
    """Return what is not known of a step yet."""
    return tuple(name for name in wanted(step) if not WANTED[name](step))


def ways(graph: StepGraph, step: Step) -> tuple[tuple[str, str], ...]:
    """Return where a step goes to, likeliest first: number and name, and the share where it splits."""
    flows = sorted(graph.after(step.id), key=lambda flow: (-float(flow.share), flow.id))
    many = len(graph.ways(step.id)) > 1 and step.kind is not Kind.FORK
    return tuple(
        (
            f"{graph.numbers[flow.target]} {graph.by_id[flow.target].name}",
            "gives up" if flow.kind == "abandon" else percent(flow.share) if many else "",
        )
        for flow in flows
    )


# The table


class Row(Struct, frozen=True):
    """A step as a row: all that the map shows of it."""

    id: str
    number: int
    name: str
    kind: str
    lane: str
    who: str
    marks: tuple[Mark, ...]
    wait: CardFigure | None
    work: CardFigure | None
    heat: Heat | None
    ways: tuple[tuple[str, str], ...]
    duties: tuple[Duty, ...]


def rows(facts: Facts, shown: dict[str, Heat]) -> list[Row]:
    """Return the steps as rows, in reading order."""
    graph = facts.graph
    return [_row(facts, graph.by_id[id], shown.get(id)) for id in graph.reading_order]


def _row(facts: Facts, step: Step, shown: Heat | None) -> Row:
    timed = next(iter(_timed(step)), None)
    waits = next((figure for figure in _figures(step) if figure.id == "wait"), None)
    return Row(
        id=step.id,
        number=facts.graph.numbers[step.id],
        name=step.name,
        kind=KINDS[step.kind],
        lane=LANE_NAMES[step.lane],
        who=who(step, facts.design.staffing) if step.kind in TIMED else "",
        marks=marks(step),
        wait=timed if step.kind is Kind.WAIT else waits,
        work=timed if step.kind is Kind.WORK else None,
        heat=shown,
        ways=ways(facts.graph, step),
        duties=duties(facts.graph, step),
    )


def next_steps(graph: StepGraph) -> dict[str, list[str]]:
    """Return the steps that follow each step, likeliest first, for the arrow keys."""
    ordered = {id: sorted(graph.after(id), key=lambda flow: (-float(flow.share), flow.id)) for id in graph.by_id}
    return {id: [flow.target for flow in flows] for id, flows in ordered.items()}


class Leaf(Struct, frozen=True):
    """A step in the tree of all steps, with where it leads: id, number and name, share."""

    id: str
    number: int
    name: str
    kind: str
    leads: tuple[tuple[str, str, str], ...]


def tree(graph: StepGraph) -> list[tuple[str, list[Leaf]]]:
    """Return all steps lane by lane, each lane in reading order."""
    out = []
    for lane in Lane:
        steps = [graph.by_id[id] for id in graph.reading_order if graph.by_id[id].lane is lane]
        if steps:
            out.append((LANE_NAMES[lane], [_leaf(graph, step) for step in steps]))
    return out


def _leaf(graph: StepGraph, step: Step) -> Leaf:
    targets = [flow.target for flow in graph.after(step.id)]
    shared = len(graph.ways(step.id)) > 1 and step.kind is not Kind.FORK
    shares = [percent(flow.share) if shared and flow.kind == "normal" else "" for flow in graph.after(step.id)]
    names = [f"{graph.numbers[id]} {graph.by_id[id].name}" for id in targets]
    return Leaf(
        step.id, graph.numbers[step.id], step.name, KINDS[step.kind], tuple(zip(targets, names, shares, strict=True))
    )


# The register


class DutyRow(Struct, frozen=True):
    """An obligation, and whether it holds whichever way a case goes."""

    id: str
    name: str
    text: str
    basis: str
    clause: str
    owner: str
    clock: str
    covered: str
    state: str
    covering: tuple[str, ...]
    recording: tuple[str, ...]


def register(graph: StepGraph) -> list[DutyRow]:
    """Return the obligations of a process with what was found about each."""
    out = []
    for duty in graph.obligations:
        lacks = lacking(graph, duty.id)
        out.append(
            DutyRow(
                id=duty.id,
                name=duty.name,
                text=duty.text,
                basis=duty.basis,
                clause=duty.clause,
                owner=duty.owner,
                clock=in_clock_words(graph, duty.clock) if duty.clock else "",
                covered="; ".join(lacks)
                if lacks
                else "on every way" + (", with its record" if duty.needs_record else ""),
                state="not met" if lacks else "done",
                covering=tuple(s.name for s in graph.steps if duty.id in s.covers),
                recording=tuple(s.name for s in graph.steps if duty.id in s.records),
            )
        )
    return out


def lacking(graph: StepGraph, id: str) -> list[str]:
    """Return what an obligation lacks, in words."""
    duty = graph.obligation(id)
    if duty is None:
        return []
    late = [graph.by_id[step].name for step in out_of_order(graph, duty)]
    lacks = ["a case can end without a step that covers it"] if uncovered(graph, duty) else []
    lacks += ["a case can end without its record"] if unrecorded(graph, duty) else []
    return lacks + ([f"{', '.join(late)} can be reached before it is met"] if late else [])


def in_clock_words(graph: StepGraph, clock: Any) -> str:
    """Return a clock as people say it."""

    def at(moment: Any) -> str:
        step = graph.by_id.get(moment.step)
        return f"{'reaching' if moment.at == 'enter' else 'leaving'} {step.name if step else moment.step}"

    names = [graph.by_id[id].name for id in clock.pauses if id in graph.by_id]
    still = f", standing still during {', '.join(names)}" if names else ""
    hours = plain_number(Decimal(clock.limit) / HOUR)
    limit = f"{hours} working hours" if clock.time == "working" else f"{duration(clock.limit)} by the calendar"
    return f"{limit}, from {at(clock.start)} to {at(clock.end)}{still}"


def week_in_words(hours: Calendar | None) -> str:
    """Return a week of hours in words; days with equal hours stand together."""
    return "day and night" if hours is None else spans_in_words(hours.spans)


def spans_in_words(spans: tuple[Span, ...]) -> str:
    """Return spans in words, days with the same hours together.

    >>> spans_in_words(tuple(Span(day, 9 * HOUR, 17 * HOUR) for day in range(5)))
    'Monday to Friday 9:00 to 17:00'
    """
    by_hours: dict[tuple[int, int], list[int]] = {}
    for span in sorted(spans, key=lambda span: (span.start, span.day)):
        by_hours.setdefault((span.start, span.end), []).append(span.day)
    parts = []
    for (start, end), days in by_hours.items():
        run = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
        named = f"{DAYS[days[0]]} to {DAYS[days[-1]]}" if run else ", ".join(DAYS[day] for day in days)
        parts.append(f"{named} {write_clock(start)} to {write_clock(end)}")
    return "; ".join(parts)


def shifts_in_words(pool: Pool) -> list[tuple[str, str]]:
    """Return the shifts of a pool: id, and heads with their hours."""
    return [(s.id, f"{count(s.heads, 'head', 'heads')}, {spans_in_words(s.spans)}") for s in pool.shifts]

"""A process, one case's way and a difference told in plain language, to be read aloud.

Every sentence has at most 25 words, and every figure in it is the graph's. Long names are shortened; what does not fit
into one sentence becomes several.
"""

from collections.abc import Iterator, Sequence

from process_models.graph.compare import KIND_WORDS, Change, Difference, Verb, label
from process_models.graph.graph import StepGraph
from process_models.graph.narration import NOTHING
from process_models.graph.steps import Flow, Kind, Step
from process_models.values import words
from process_models.values.calendars import HOUR
from process_models.values.clocks import Clock
from process_models.values.distributions import mean
from process_models.values.sentences import Sentence, say

MOST_WORDS = 25
NAME_WORDS = 6
UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}


def process_told(graph: StepGraph) -> tuple[str, ...]:
    """Return a process in sentences, step by step in reading order."""
    return tuple(say(sentence) for sentence in _process(graph))


def case_told(graph: StepGraph, way: Sequence[str]) -> tuple[str, ...]:
    """Return the way of one case in sentences: the steps it came to, in their order."""
    return tuple(say(sentence) for sentence in _case(graph, way))


def difference_told(change: Difference) -> tuple[str, ...]:
    """Return a difference in sentences: how much first, then each change, what a picture does not show included."""
    return tuple(say(sentence) for sentence in _difference(change))


def counted_told(change: Difference) -> str:
    """Return in one sentence how much differs."""
    return say(next(_difference(change)))


def change_told(change: Change) -> tuple[str, ...]:
    """Return one change of a difference in sentences."""
    return tuple(say(sentence) for sentence in _changed(change))


def likeliest_way(graph: StepGraph, most: int = 60) -> tuple[str, ...]:
    """Return the steps of a case that always goes where most go, from the start to an end, each step once."""
    starts = graph.of_kind(Kind.START)
    here = starts[0].id if starts else next(iter(graph.reading_order), "")
    way: list[str] = []
    while here and here not in way and len(way) < most:
        way.append(here)
        ahead = [flow for flow in graph.ways(here) if flow.target not in way]
        here = max(ahead, key=lambda flow: (float(flow.share), flow.id)).target if ahead else ""
    return tuple(way)


def short(name: str) -> str:
    """Return a name of at most six words, with an ellipsis where it was longer.

    >>> short("Tell the customer in writing why we need more")
    'Tell the customer in writing why…'
    """
    parts = name.split()
    return name if len(parts) <= NAME_WORDS else " ".join(parts[:NAME_WORDS]) + "…"


def spoken(ms: float) -> str:
    """Return a time as one would say it.

    >>> spoken(600_000), spoken(3 * 86_400_000), spoken(9_000_000)
    ('10 minutes', '3 days', '2.5 hours')
    """
    amount, _, unit = words.duration(ms).partition("\xa0")
    amount = amount.removesuffix(".0")
    name = UNITS.get(unit, unit)
    return f"{amount} {name}" if amount != "1" else f"1 {name.removesuffix('s')}"


def allowed(clock: Clock) -> str:
    """Return the time that a clock allows: in hours where it runs in working time, whose days are shorter."""
    if clock.time == "working":
        return f"{clock.limit / HOUR:,.10g} working hours"
    return spoken(clock.limit)


# The process


def _process(graph: StepGraph) -> Iterator[Sentence]:
    roles = len(graph.roles)
    steps = words.count(len(graph.steps), "step", "steps")
    yield Sentence.of("tell_process", name=short(graph.name), steps=steps, roles=words.count(roles, "role", "roles"))
    order = graph.reading_order
    for n, id in enumerate(order):
        yield from _step(graph, graph.by_id[id], order[n + 1] if n + 1 < len(order) else "")
    for duty in graph.obligations:
        names = [f"“{short(step.name)}”" for step in graph.steps if duty.id in step.covers]
        if not names:
            yield Sentence.of("tell_duty_open", duty=short(duty.name))
        elif len(names) > 1:
            yield Sentence.of("tell_duty_many", duty=short(duty.name), n=len(names))
        else:
            yield Sentence.of("tell_duty", duty=short(duty.name), step=names[0])
    for promise in graph.promises:
        yield Sentence.of("tell_promise", promise=short(promise.name), limit=allowed(promise.clock))


def _step(graph: StepGraph, step: Step, next_step: str) -> Iterator[Sentence]:
    name, ways = short(step.name), graph.ways(step.id)
    time = spoken(mean(step.time.distribution)) if step.time else ""
    match step.kind:
        case Kind.START:
            yield Sentence.of("tell_start", step=name)
        case Kind.END:
            yield Sentence.of("tell_end", step=name)
        case Kind.WAIT:
            yield Sentence.of("tell_wait" if time else "tell_wait_untimed", step=name, time=time)
        case Kind.WORK:
            kind = ("tell_work" if step.role else "tell_work_unnamed") + ("" if time else "_untimed")
            yield Sentence.of(kind, role=short(step.role), step=name, time=time)
        case Kind.FORK:
            targets = words.listed([f"“{short(graph.by_id[f.target].name)}”" for f in ways])
            yield _fitting(
                Sentence.of("tell_fork", n=len(ways), targets=targets), Sentence.of("tell_fork_many", n=len(ways))
            )
            return
        case Kind.JOIN:
            yield Sentence.of("tell_join")
        case Kind.CHOICE | Kind.INCLUSIVE:
            yield Sentence.of("tell_choice", step=name)
    yield from _onward(graph, step, ways, next_step)
    for flow in graph.after(step.id):
        if flow.kind == "abandon":
            yield Sentence.of("tell_abandon", step=name, target=short(graph.by_id[flow.target].name))


def _onward(graph: StepGraph, step: Step, ways: tuple[Flow, ...], next_step: str) -> Iterator[Sentence]:
    """Tell where cases go on; a single way to the step that is told next needs no sentence."""
    back = set(graph.backward)
    if len(ways) == 1:
        if ways[0].target != next_step:
            kind = "tell_back" if ways[0].id in back else "tell_on"
            yield Sentence.of(kind, step=short(step.name), target=short(graph.by_id[ways[0].target].name))
        return
    ordered = sorted(ways, key=lambda flow: (-float(flow.share), flow.id))
    parts = [_way(graph, flow, flow.id in back) for flow in ordered]
    if not parts:
        return
    whole = Sentence.of("tell_ways", step=short(step.name), ways=words.listed(parts))
    if _fits(whole):
        yield whole
        return
    for flow, part in zip(ordered, parts, strict=True):
        one = Sentence.of("tell_ways", step=short(step.name), ways=part)
        bare = _way(graph, flow, flow.id in back, why=False)
        yield _fitting(one, Sentence.of("tell_ways", step=short(step.name), ways=bare))


def _way(graph: StepGraph, flow: Flow, back: bool, why: bool = True) -> str:
    label = f" ({flow.label})" if flow.label and why else ""
    return f"{words.percent(flow.share)} go {'back ' if back else ''}to “{short(graph.by_id[flow.target].name)}”{label}"


def _fitting(sentence: Sentence, shorter: Sentence) -> Sentence:
    return sentence if _fits(sentence) else shorter


def _fits(sentence: Sentence) -> bool:
    return len(say(sentence).split()) <= MOST_WORDS


# One case


def _case(graph: StepGraph, way: Sequence[str]) -> Iterator[Sentence]:
    seen: dict[str, int] = {}
    before = ""
    for id in way:
        step = graph.by_id[id]
        seen[id] = seen.get(id, 0) + 1
        stay = _stay(step) if seen[id] == 1 else ""
        if not before:
            yield Sentence.of("tell_case_begins", step=short(step.name), stay=stay)
        else:
            yield _went(graph, graph.by_id[before], step, stay)
        if seen[id] > 1:
            time = ORDINALS.get(seen[id], f"{seen[id]}th")
            yield Sentence.of("tell_case_again", step=short(step.name), time=time)
        before = id
    if before:
        ended = graph.by_id[before].kind is Kind.END
        steps = words.count(len(way), "step", "steps")
        yield Sentence.of("tell_case_ends" if ended else "tell_case_open", step=short(step.name), steps=steps)


def _stay(step: Step) -> str:
    """Return how long a case is at a step, as the end of a sentence."""
    if step.time is None:
        return ""
    spent = spoken(mean(step.time.distribution))
    return f", and waits {spent} on average" if step.kind is Kind.WAIT else f", which takes {spent} on average"


def _went(graph: StepGraph, before: Step, step: Step, stay: str) -> Sentence:
    flow = next((flow for flow in graph.after(before.id) if flow.target == step.id), None)
    target = short(step.name)
    if flow is None:
        return Sentence.of("tell_case_unknown", step=short(before.name), target=target)
    if flow.kind == "abandon":
        return Sentence.of("tell_case_gives_up", step=short(before.name), target=target)
    if before.kind is Kind.FORK or len(graph.ways(before.id)) == 1:
        return Sentence.of("tell_case_on", target=target, stay=stay)
    whole = Sentence.of("tell_case_share", share=words.percent(flow.share), target=target, stay=stay)
    return _fitting(whole, Sentence.of("tell_case_share", share=words.percent(flow.share), target=target, stay=""))


# A difference

COUNTED: tuple[tuple[Verb, str, str], ...] = (
    ("added", "comes", "come"),
    ("removed", "goes", "go"),
    ("changed", "changes", "change"),
)


def _difference(change: Difference) -> Iterator[Sentence]:
    if not change:
        yield Sentence.of("tell_same")
        return
    counts = [(len(change.of("step", verb)), one, many) for verb, one, many in COUNTED]
    told = [f"{words.count(n, 'step', 'steps')} {one if n == 1 else many}" for n, one, many in counts if n]
    others = sum(1 for one in change.changes if one.kind != "step")
    told += [words.count(others, "other thing differs", "other things differ")] if others else []
    yield Sentence.of("tell_counted", counts=words.listed(told))
    for one in change.changes:
        yield from _changed(one)


def _changed(change: Change) -> Iterator[Sentence]:
    name, kind = _named(change), KIND_WORDS[change.kind]
    if change.verb != "changed":
        yield Sentence.of(f"tell_{change.verb}", kind=kind, name=name)
    for field in change.fields:
        parts = {"kind": kind, "name": name, "field": label(field.field)}
        known = {"before": field.before, "after": field.after}
        how = "_first" if field.before == NOTHING else "_gone" if field.after == NOTHING else ""
        yield _fitting(Sentence.of(f"tell_changed{how}", **parts, **known), Sentence.of("tell_changed_long", **parts))


def _named(change: Change) -> str:
    return " → ".join(short(part) for part in change.name.split(" → "))

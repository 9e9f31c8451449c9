"""A graph in sentences: values in words, a step to a screen reader, the whole process to a reader."""

from typing import Any

from msgspec import Struct

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Kind, Lens, Step, Timing
from process_models.values import words
from process_models.values.calendars import Calendar
from process_models.values.clocks import Clock
from process_models.values.distributions import mean
from process_models.values.provenance import GRADE_WORDS, Figure
from process_models.values.sentences import Sentence, say

TIMES = ("wait", "elapsed", "update_gap", "setup")
SHARES = (
    "reached",
    "pass_rate",
    "error_rate",
    "negative_comments",
    "below_limit",
    "failure_demand",
    "needed",
    "vulnerable",
)
NOTHING = "nothing"
"""What a value that is not there is called."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def in_words(value: Any) -> str:
    """Return a value of a step, flow or pool as a person would write it."""
    if value is None or value == "" or value == ():
        return NOTHING
    if isinstance(value, Timing):
        return f"{words.duration(mean(value.distribution))} on average ({GRADE_WORDS[value.provenance.grade]})"
    if isinstance(value, Figure):
        return f"{value.id.replace('_', ' ')} {figure_value(value)}"
    if isinstance(value, Clock):
        return f"{words.duration(value.limit)} {value.time} time from {value.start.step} to {value.end.step}"
    if isinstance(value, Calendar):
        return words.listed([_span(span) for span in value.spans]) or "never open"
    if isinstance(value, Dependency):
        return f"{value.step} needs {value.needs} ({value.kind}){f': {value.reason}' if value.reason else ''}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return words.listed([in_words(item) for item in value])
    if isinstance(value, Struct):
        return _struct(value)
    return str(value)


def _struct(value: Struct) -> str:
    name = getattr(value, "id", "")
    if hasattr(value, "heads") and hasattr(value, "spans"):
        spans = words.listed([_span(span) for span in value.spans])
        return f"{words.count(value.heads, 'head', 'heads')} {spans}"
    if hasattr(value, "value"):
        return f"{name} {words.signed(words.decimal(value.value, 0))}"
    return str(name or value)


def _span(span: Any) -> str:
    return f"{DAYS[span.day]} {_clock(span.start)} to {_clock(span.end)}"


def _clock(ms: int) -> str:
    minutes = ms // 60_000
    return f"{minutes // 60}:{minutes % 60:02d}"


def figure_value(figure: Figure) -> str:
    """Return a figure's value in its unit."""
    if figure.id in TIMES:
        return words.duration(float(figure.value))
    if figure.id in SHARES:
        return words.percent(figure.value)
    return words.decimal(float(figure.value), 0 if "." not in figure.value else 1)


def figure_interval(figure: Figure) -> str:
    """Return a figure's interval in words, empty where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    ends = (Figure(id=figure.id, value=end, provenance=figure.provenance) for end in (figure.low, figure.high))
    return words.interval(*(figure_value(end) for end in ends))


def step_in_words(graph: StepGraph, step: Step) -> str:
    """Return a step for a screen reader: number, name, place, what is known of it, where it goes."""
    parts = [str(graph.numbers[step.id]), step.name, step.lane.value]
    if step.kind.value not in ("WORK",):
        parts.append(step.kind.value.lower())
    if wait := step.figure("wait"):
        parts.append(f"waits {figure_value(wait)}")
    for lens in Lens:
        if score := step.score(lens):
            value = words.decimal(score.value, 0).replace(words.MINUS, "minus ")
            parts.append(f"{lens.value} {value} {GRADE_WORDS[score.provenance.grade]}")
    return ", ".join(parts) + ". " + _goes_to(graph, step)


def _goes_to(graph: StepGraph, step: Step) -> str:
    ways = graph.ways(step.id)
    if not ways:
        return "The process ends here."
    many = len(ways) > 1
    targets = [f"{graph.numbers[f.target]}{', ' + words.percent(f.share) if many else ''}" for f in ways]
    return f"Goes to {'; '.join(targets)}."


def summary(graph: StepGraph) -> str:
    """Return the graph in one sentence."""
    ends = sum(1 for step in graph.steps if step.kind.value == "END")
    loops = len(graph.backward)
    back = f", {words.count(loops, 'way back', 'ways back')}" if loops else ""
    return f"{words.count(len(graph.steps), 'step', 'steps')}, {words.count(ends, 'end', 'ends')}{back}."


MOST_SAID = 3
"""Of how many steps a message says where they lead now."""


def changed_ways(before: StepGraph, after: StepGraph) -> str:
    """Return where steps lead after a change if that differs from before, in sentences that begin with a blank.

    What was taken out or put in by name is not told again; what becomes of shares is.
    """
    stayed = [id for id in after.reading_order if id in before.by_id]
    told = [id for id in stayed if _where(before, id) != _where(after, id)]
    if len(told) > MOST_SAID:
        return " " + say(Sentence.of("leads_many", n=len(told)))
    return "".join(f" {_leads(after, id)}" for id in told)


def _where(graph: StepGraph, id: str) -> list[tuple[str, str]]:
    return sorted((flow.target, flow.share) for flow in graph.after(id))


def _leads(graph: StepGraph, id: str) -> str:
    name, ways = graph.by_id[id].name, graph.after(id)
    if not ways:
        return say(Sentence.of("leads_nowhere", step=name))
    shared = len(ways) > 1 and graph.by_id[id].kind is not Kind.FORK
    parts = [f"{words.percent(f.share) + ' ' if shared else ''}to “{graph.by_id[f.target].name}”" for f in ways]
    return say(Sentence.of("leads_on", step=name, ways=words.listed(parts)))

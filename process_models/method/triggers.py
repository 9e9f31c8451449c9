"""What raises a question. Each trigger is one function; it yields the steps it fires on, each with its evidence.

A trigger that lacks its data says so instead of staying silent: see :func:`look`.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from process_models.graph.steps import Kind, Lane, Lens, Step
from process_models.method.facts import Facts
from process_models.method.library import Trigger, triggers
from process_models.redesign.obligations import uncovered, unrecorded
from process_models.values import words
from process_models.values.sentences import Sentence, say

Raised = Iterator[tuple[str, Sentence]]
Test = Callable[[Facts, Trigger], Raised]

GATES = (Kind.START, Kind.END, Kind.FORK, Kind.JOIN)


class Missing(Exception):
    """The data a trigger needs are not there."""


class Prompt(Struct, frozen=True):
    """A trigger that fired on a step, and the evidence."""

    trigger: str
    step: str
    sentence: Sentence
    weight: float
    """Share of the case's time and of its cost that the step holds, the larger; what an answer could change."""

    @property
    def text(self) -> str:
        """The evidence in words."""
        return say(self.sentence)


class Look(Struct, frozen=True):
    """What one trigger found: prompts, or the data it misses."""

    trigger: Trigger
    prompts: tuple[Prompt, ...] = ()
    missing: tuple[str, ...] = ()


def look(facts: Facts) -> tuple[Look, ...]:
    """Return what every trigger of the library finds on a design, in the order of their ids."""
    return tuple(_look(trigger, facts) for _, trigger in sorted(triggers().items()))


def _look(trigger: Trigger, facts: Facts) -> Look:
    if not trigger.works:
        return Look(trigger, missing=trigger.needs)
    try:
        raised = list(TESTS[trigger.id](facts, trigger))
    except Missing:
        return Look(trigger, missing=trigger.needs)
    prompts = (Prompt(trigger.id, step, sentence, _weight(facts, step)) for step, sentence in raised)
    return Look(trigger, tuple(sorted(prompts, key=lambda p: (-p.weight, facts.graph.numbers.get(p.step, 0)))))


def _weight(facts: Facts, step: str) -> float:
    parts = [
        values.get(step, 0.0) / total for values in (facts.times, facts.costs) if (total := sum(values.values())) > 0
    ]
    return max(parts, default=0.0)


def _steps(facts: Facts) -> tuple[Step, ...]:
    return tuple(step for step in facts.graph.steps if step.kind not in GATES)


def _need(present: bool) -> None:
    if not present:
        raise Missing


def t01(facts: Facts, _: Trigger) -> Raised:
    """Steps that add nothing: marked so, or with outputs that nobody takes in and no duty behind them."""
    steps = _steps(facts)
    _need(any(step.value_class != "unknown" or step.outputs for step in steps))
    wanted = {item for step in steps for item in step.inputs}
    for step in steps:
        unread = step.outputs and not set(step.outputs) & wanted and step.value_class != "customer"
        if step.value_class == "none" or (unread and not step.covers):
            yield (
                step.id,
                Sentence.of("prompt_t01_none" if step.value_class == "none" else "prompt_t01", step=step.name),
            )


def t02(facts: Facts, _: Trigger) -> Raised:
    """Controls without an obligation."""
    controls = [step for step in _steps(facts) if step.nature == "control"]
    _need(bool(controls))
    for step in controls:
        if not step.covers:
            yield step.id, Sentence.of("prompt_t02", step=step.name)


def t03(facts: Facts, trigger: Trigger) -> Raised:
    """Steps before which cases wait several times as long as the work takes."""
    known = [s for s in facts.graph.of_kind(Kind.WORK) if s.figure("wait") and s.time]
    _need(bool(known))
    for step in known:
        wait, work = facts.wait(step), facts.work(step)
        if wait > int(trigger.parameters["times"]) * work:
            yield step.id, Sentence.of("prompt_t03", wait=words.duration(wait), work=words.duration(work))


def t04(facts: Facts, trigger: Trigger) -> Raised:
    """Steps that hold a large part of the whole time."""
    total = sum(facts.times.values())
    _need(total > 0)
    for step, time in facts.times.items():
        if time / total >= float(trigger.parameters["share"]):
            yield step, Sentence.of("prompt_t04", share=words.percent(time / total, 0), time=words.duration(time))


def t05(facts: Facts, _: Trigger) -> Raised:
    """Steps done by another role than the step before."""
    _need(any(step.role for step in facts.graph.steps))
    for step in facts.graph.steps:
        before = {facts.graph.by_id[flow.source].role for flow in facts.graph.before(step.id)} - {"", step.role}
        if step.role and before:
            yield step.id, Sentence.of("prompt_t05", role=step.role, before=words.listed(sorted(before)))


def t06(facts: Facts, trigger: Trigger) -> Raised:
    """Steps at which a case comes back to a role that it had left a few steps ago."""
    _need(len(facts.graph.roles) > 1)
    reach = int(trigger.parameters["steps"])
    for step in facts.graph.steps:
        between = _roles_on_return(facts, step, reach) if step.role else set()
        if between:
            yield step.id, Sentence.of("prompt_t06", role=step.role, other=words.listed(sorted(between)))


def _roles_on_return(facts: Facts, step: Step, reach: int) -> set[str]:
    """Return the roles that lie between two turns of a step's role, at most so many steps apart."""
    found: set[str] = set()
    paths: list[tuple[str, frozenset[str]]] = [(step.id, frozenset())]
    for _ in range(reach):
        ahead = []
        for here, passed in paths:
            for flow in facts.graph.ways(here):
                role = facts.graph.by_id[flow.target].role
                if role == step.role and passed:
                    found |= passed
                elif role != step.role:
                    ahead.append((flow.target, passed | ({role} if role else set())))
        paths = ahead
    return found


def t07(facts: Facts, trigger: Trigger) -> Raised:
    """Steps that cases come back to more often than the limit."""
    _need(facts.visits is not None)
    for step in _steps(facts):
        entering = facts.graph.before(step.id)
        back = [flow for flow in entering if flow.id in facts.graph.backward]
        again = sum((facts.visits or {}).get(flow.source, 0.0) * float(flow.share) for flow in back)
        if again >= float(trigger.parameters["share"]):
            yield step.id, Sentence.of("prompt_t07", share=words.percent(again))


def t09(facts: Facts, trigger: Trigger) -> Raised:
    """Decisions that refuse cases after work on which they do not depend."""
    refusing = [step for step in facts.graph.steps if step.rejects]
    _need(bool(refusing))
    for step in refusing:
        needed = {dep.needs for dep in facts.graph.dependencies if dep.step == step.id}
        earlier = [
            facts.graph.by_id[id]
            for id in facts.before(step.id)
            if facts.graph.by_id[id].kind is Kind.WORK and id not in needed and id != step.id
        ]
        if len(earlier) >= int(trigger.parameters["earlier"]):
            work = sum(facts.work(one) for one in earlier)
            yield step.id, Sentence.of("prompt_t09", count=len(earlier), work=words.duration(work))


def t13(facts: Facts, trigger: Trigger) -> Raised:
    """Checks that almost everything passes."""
    known = [(step, figure) for step in _steps(facts) if (figure := step.figure("pass_rate"))]
    _need(bool(known))
    for step, figure in known:
        enough = (figure.n or 0) >= int(trigger.parameters["n"])
        if enough and float(figure.value) >= float(trigger.parameters["share"]):
            yield step.id, Sentence.of("prompt_t13", share=words.percent(figure.value), n=figure.n)


def t15(facts: Facts, trigger: Trigger) -> Raised:
    """Steps whose people are asked for more than they can safely give."""
    _need(facts.loads is not None)
    for step in facts.graph.of_kind(Kind.WORK):
        load = (facts.loads or {}).get(step.role, 0.0)
        if load >= float(trigger.parameters["load"]):
            yield step.id, Sentence.of("prompt_t15", role=step.role, load=words.percent(load, 0))


def t18(facts: Facts, _: Trigger) -> Raised:
    """Steps that follow each other, done by different people, though neither needs the other."""
    _need(any(step.role for step in facts.graph.steps))
    linked = {frozenset((dep.step, dep.needs)) for dep in facts.graph.dependencies}
    for step in facts.graph.of_kind(Kind.WORK):
        ways = facts.graph.ways(step.id)
        after = facts.graph.by_id[ways[0].target] if len(ways) == 1 else None
        if after is None or after.kind is not Kind.WORK or len(facts.graph.before(after.id)) > 1:
            continue
        if step.role != after.role and step.role and after.role and frozenset((step.id, after.id)) not in linked:
            yield after.id, Sentence.of("prompt_t18", step=after.name, before=step.name)


def t23(facts: Facts, _: Trigger) -> Raised:
    """Duties that a case can complete without."""
    yield from _duties(facts, "prompt_t23", unmet=True)


def t24(facts: Facts, _: Trigger) -> Raised:
    """Duties met without their record."""
    yield from _duties(facts, "prompt_t24", unmet=False)


def _duties(facts: Facts, id: str, unmet: bool) -> Raised:
    _need(bool(facts.graph.obligations))
    for duty in facts.graph.obligations:
        open_way = uncovered(facts.graph, duty)
        if open_way if unmet else not open_way and unrecorded(facts.graph, duty):
            covering = [step.id for step in facts.graph.steps if duty.id in step.covers]
            yield covering[0] if covering else "", Sentence.of(id, duty=duty.name, id=duty.id)


def t25(facts: Facts, trigger: Trigger) -> Raised:
    """Steps that customers rate badly."""
    steps = [s for s in _steps(facts) if s.score(Lens.SATISFACTION) or s.figure("negative_comments")]
    _need(bool(steps))
    for step in steps:
        score, comments = step.score(Lens.SATISFACTION), step.figure("negative_comments")
        if score and score.value <= int(trigger.parameters["score"]):
            value = words.signed(words.decimal(score.value, 0))
            yield step.id, Sentence.of("prompt_t25_score", value=value)
        elif comments and float(comments.value) >= float(trigger.parameters["share"]):
            yield step.id, Sentence.of("prompt_t25_comments", share=words.percent(comments.value))


def t28(facts: Facts, trigger: Trigger) -> Raised:
    """The dearest steps, which together make up most of the cost."""
    total = sum(facts.costs.values())
    _need(total > 0)
    held = 0.0
    for step, cost in sorted(facts.costs.items(), key=lambda item: (-item[1], item[0])):
        if held >= float(trigger.parameters["share"]) * total or cost == 0:
            break
        held += cost
        yield step, Sentence.of("prompt_t28", share=words.percent(cost / total, 0))


def t37(facts: Facts, _: Trigger) -> Raised:
    """Steps of which something important is not known, or only guessed."""
    for step in facts.graph.of_kind(Kind.WORK):
        gaps = [name for name, gap in _gaps(step) if gap]
        if gaps:
            yield step.id, Sentence.of("prompt_t37", gaps=words.listed(gaps))


def _gaps(step: Step) -> tuple[tuple[str, bool], ...]:
    return (
        ("owner", not step.owner),
        ("work time", step.time is None),
        ("reason", not step.reason),
        ("a lens score", len(step.scores) < len(Lens)),
        ("better than a guess of its time", step.time is not None and step.time.provenance.grade == "D"),
    )


def t45(facts: Facts, _: Trigger) -> Raised:
    """Waits for the customer or a third party."""
    for step in facts.graph.of_kind(Kind.WAIT):
        if step.lane in (Lane.CUSTOMER, Lane.EXTERNAL):
            time = words.duration(facts.work(step)) if step.time else "an unknown time"
            yield step.id, Sentence.of("prompt_t45", step=step.name, time=time)


TESTS: dict[str, Test] = {
    test.__name__.upper(): test
    for test in (t01, t02, t03, t04, t05, t06, t07, t09, t13, t15, t18, t23, t24, t25, t28, t37, t45)
}

"""What must be done: duties that no step meets, records that nobody makes, deadlines at risk."""

from process_models.method.facts import Facts
from process_models.method.library import Trigger
from process_models.method.looking import Raised, fired, need
from process_models.redesign.obligations import uncovered, unrecorded
from process_models.values import words
from process_models.values.sentences import Sentence


def t22(facts: Facts, trigger: Trigger) -> Raised:
    """Steps at which a clock ends that a simulation says is missed too often, or nearly."""
    played = facts.evidence.played
    need(bool(played and played.clocks))
    ends = {owner.id: (owner, clock) for owner, clock in facts.graph.clocks}
    for run in played.clocks if played else ():
        if run.id not in ends:
            continue
        owner, clock = ends[run.id]
        step = facts.graph.by_id[clock.end.step]
        if run.missed >= float(trigger.parameters["missed"]):
            yield fired("t22_missed", step, clock=owner.name, share=words.percent(run.missed))
        elif run.p95 > float(trigger.parameters["near"]) * clock.limit:
            times = {"p95": words.duration(run.p95), "limit": words.duration(clock.limit)}
            yield fired("t22_near", step, clock=owner.name, **times)


def t23(facts: Facts, _: Trigger) -> Raised:
    """Duties that a case can complete without."""
    yield from _duties(facts, "prompt_t23", unmet=True)


def t24(facts: Facts, _: Trigger) -> Raised:
    """Duties met without their record."""
    yield from _duties(facts, "prompt_t24", unmet=False)


def _duties(facts: Facts, id: str, unmet: bool) -> Raised:
    need(bool(facts.graph.obligations))
    for duty in facts.graph.obligations:
        open_way = uncovered(facts.graph, duty)
        if open_way if unmet else not open_way and unrecorded(facts.graph, duty):
            covering = [step.id for step in facts.graph.steps if duty.id in step.covers]
            yield covering[0] if covering else "", Sentence.of(id, duty=duty.name, id=duty.id)

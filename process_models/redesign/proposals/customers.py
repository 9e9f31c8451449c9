"""Proposals about customers and other parties: fewer exchanges, shared work, one face."""

from collections.abc import Iterator

from process_models.graph.steps import Kind, Lane
from process_models.method.facts import Facts
from process_models.redesign.moves import ChangeShare, ChangeWork, KeepCase, Relocate, Remove
from process_models.redesign.proposals import Fired, Suggestion, placed, proposal, worked
from process_models.values import words
from process_models.values.fractions import fraction, number

TENTH = "0.1"


def h01(facts: Facts, _: Fired) -> Iterator[Suggestion]:
    """Let the customer check what only the customer has given, where no duty asks for the check."""
    for step in facts.graph.of_kind(Kind.WORK):
        given = {item for one in facts.graph.steps if one.lane is Lane.CUSTOMER for item in one.outputs}
        held = bool(step.inputs) and set(step.inputs) <= given
        if step.nature == "control" and held and not step.covers and step.lane is not Lane.CUSTOMER:
            yield proposal("h01", (Relocate(step.id, Lane.CUSTOMER),), step=step.name, what=words.listed(step.inputs))


def h02(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Make one contact of two; it takes as long as both."""
    for second in worked(facts, fired["T12"]):
        contacts = [one for one in facts.graph.of_kind(Kind.WORK) if one.nature == "contact" and one.id != second.id]
        earlier = facts.previous(second.id, contacts)
        if not earlier or second.covers or not facts.work(earlier[0]):
            continue
        first = earlier[0]
        both = (facts.work(first) + facts.work(second)) / facts.work(first)
        moves = (Remove(second.id), ChangeWork(first.id, fraction(both, 3)))
        yield proposal("h02", moves, first=first.name, second=second.name)


def h03(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Join up with another organisation where a case waits for it more than once: ask once for all."""
    outside = [step for step in placed(facts, fired["T45"]) if step.lane is Lane.EXTERNAL and not step.covers]
    for step in outside:
        earlier = [one for one in outside if facts.comes_after(step.id, one.id)]
        if earlier:
            yield proposal("h03", (Remove(step.id),), step=step.name, first=earlier[0].name)


def h19(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Give the customer one owner of the case at all contacts."""
    contacts = [step.id for step in facts.graph.of_kind(Kind.WORK) if step.nature == "contact"]
    if len(contacts) > 1 and fired["T12"] | fired["T27"]:
        yield proposal("h19", (KeepCase("owner", tuple(sorted(contacts))),), count=len(contacts))


def h24(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Keep what others are asked for at hand instead of asking each time."""
    for step in placed(facts, fired["T45"]):
        if step.lane is Lane.EXTERNAL and not step.covers:
            time = words.duration(facts.work(step)) if step.time else "an unknown time"
            yield proposal("h24", (Remove(step.id),), step=step.name, time=time)


def h27(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Rely on the check of another organisation where ours tests the same again."""
    for step in worked(facts, fired["T08"]):
        others = [one for one in facts.graph.steps if one.lane is Lane.EXTERNAL and one.nature == "control"]
        tested = {*step.inputs, *step.covers}
        same = [one for one in others if {*one.inputs, *one.covers} & tested and facts.comes_after(step.id, one.id)]
        if same and step.lane is not Lane.EXTERNAL:
            yield proposal("h27", (ChangeWork(step.id, TENTH),), step=step.name, other=same[0].name)


def h29(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Agree on one form, so that half as many cases come in incomplete and wait for the customer."""
    for wait in placed(facts, fired["T45"]):
        for flow in facts.graph.before(wait.id):
            ways = {one.id: number(one.share) for one in facts.graph.ways(flow.source)}
            if wait.lane is not Lane.CUSTOMER or flow.kind != "normal" or not 0 < number(flow.share) < 1:
                continue
            less = number(flow.share) / 2
            scale = (1 - less) / (1 - number(flow.share))
            shares = tuple(sorted((id, fraction(less if id == flow.id else old * scale)) for id, old in ways.items()))
            why = {"step": facts.graph.by_id[flow.source].name, "wait": wait.name, "share": words.percent(flow.share)}
            yield proposal("h29", (ChangeShare(flow.source, shares),), **why, less=words.percent(less))

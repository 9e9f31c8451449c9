"""What customers meet: contacts, channels, silence, ratings, adjustments."""

from statistics import median

from process_models.graph.steps import Kind, Lens
from process_models.method.facts import Facts
from process_models.method.library import Trigger
from process_models.method.looking import Raised, fired, need, steps_of
from process_models.values import words
from process_models.values.sentences import Sentence


def t12(facts: Facts, _: Trigger) -> Raised:
    """Contacts with the customer that follow one another without a wait between, or that ask for the same again."""
    contacts = {step.id for step in steps_of(facts) if step.nature == "contact"}
    need(bool(contacts))
    for id in sorted(contacts, key=facts.graph.numbers.__getitem__):
        step = facts.graph.by_id[id]
        earlier = [facts.graph.by_id[other] for other in contacts if facts.comes_after(id, other)]
        again = next((one for one in earlier if set(one.outputs) & set(step.outputs)), None)
        close = _without_wait(facts, id) & {one.id for one in earlier}
        if again:
            what = words.listed(sorted(set(again.outputs) & set(step.outputs)))
            yield fired("t12_again", step, other=again.name, what=what)
        elif close:
            other = facts.graph.by_id[max(close, key=lambda one: facts.graph.numbers[one])]
            yield fired("t12", step, other=other.name)


def _without_wait(facts: Facts, step: str) -> set[str]:
    """Return the steps from which a case comes to a step without waiting for anybody outside; loops apart."""
    found: set[str] = set()
    front = [step]
    while front:
        for flow in facts.graph.before(front.pop()):
            source = facts.graph.by_id[flow.source]
            if flow.id not in facts.graph.backward and source.kind is not Kind.WAIT and source.id not in found:
                found.add(source.id)
                front.append(source.id)
    return found


def t25(facts: Facts, trigger: Trigger) -> Raised:
    """Steps that customers rate badly."""
    steps = [s for s in steps_of(facts) if s.score(Lens.SATISFACTION) or s.figure("negative_comments")]
    need(bool(steps))
    for step in steps:
        score, comments = step.score(Lens.SATISFACTION), step.figure("negative_comments")
        if score and score.value <= int(trigger.parameters["score"]):
            value = words.signed(words.decimal(score.value, 0))
            yield step.id, Sentence.of("prompt_t25_score", value=value)
        elif comments and float(comments.value) >= float(trigger.parameters["share"]):
            yield step.id, Sentence.of("prompt_t25_comments", share=words.percent(comments.value))


def t26(facts: Facts, _: Trigger) -> Raised:
    """Steps that carry a feature which matters more than most and does worse than most.

    More and worse than the median of the features that were measured.
    """
    features = facts.evidence.features
    need(len(features) > 1)
    importance = median(one.importance for one in features)
    performance = median(one.performance for one in features)
    for feature in features:
        if feature.importance > importance and feature.performance < performance:
            for id in feature.steps:
                if id in facts.graph.by_id:
                    yield fired("t26", facts.graph.by_id[id], feature=feature.name)


def t27(facts: Facts, _: Trigger) -> Raised:
    """Steps at which customers hear nothing for longer than they were promised."""
    promised = facts.evidence.promised_update
    known = [(step, figure) for step in steps_of(facts) if (figure := step.figure("update_gap"))]
    need(bool(known) and promised is not None)
    for step, figure in known:
        if promised is not None and float(figure.value) > promised:
            times = {"gap": words.duration(float(figure.value)), "promised": words.duration(promised)}
            yield fired("t27", step, **times)


def t30(facts: Facts, trigger: Trigger) -> Raised:
    """Steps at which many contacts arrive only because something earlier was not done, or not done right."""
    known = [(step, figure) for step in steps_of(facts) if (figure := step.figure("failure_demand"))]
    need(bool(known))
    for step, figure in known:
        if float(figure.value) >= float(trigger.parameters["share"]):
            yield fired("t30", step, share=words.percent(figure.value))


def t31(facts: Facts, _: Trigger) -> Raised:
    """Contacts for which the customer must use another channel than for the contact before."""
    contacts = [step for step in steps_of(facts) if step.nature == "contact" and step.channel]
    need(bool(contacts))
    for step in contacts:
        before = sorted({one.channel for one in facts.previous(step.id, contacts)} - {step.channel})
        if before:
            yield fired("t31", step, channel=step.channel, before=words.listed(before))


def t39(facts: Facts, _: Trigger) -> Raised:
    """Steps that customers reach who need an adjustment, without a way that is adjusted to them."""
    known = [(step, figure) for step in steps_of(facts) if (figure := step.figure("vulnerable"))]
    need(bool(known))
    for step, figure in known:
        if float(figure.value) > 0 and not step.adjusted.strip():
            yield fired("t39", step, share=words.percent(figure.value))


def t44(facts: Facts, _: Trigger) -> Raised:
    """The first word to the customer, and the last."""
    contacts = [step for step in steps_of(facts) if step.nature == "contact"]
    need(bool(contacts))
    for step in contacts:
        others = [one for one in contacts if one.id != step.id]
        if not any(facts.comes_after(step.id, one.id) for one in others):
            yield fired("t44_first", step)
        elif not any(facts.comes_after(one.id, step.id) for one in others):
            yield fired("t44_last", step)

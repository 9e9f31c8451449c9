"""What a step is worth: whether anybody needs it, at this grade, by hand, at this price."""

import re
from datetime import date

from process_models.graph.steps import Kind, Lens, Step
from process_models.method.facts import Facts
from process_models.method.library import Trigger
from process_models.method.looking import Raised, fired, need, steps_of
from process_models.values import words
from process_models.values.calendars import MINUTE
from process_models.values.sentences import Sentence

ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def t01(facts: Facts, _: Trigger) -> Raised:
    """Steps that add nothing: marked so, or with outputs that nobody takes in and no duty behind them."""
    steps = steps_of(facts)
    need(any(step.value_class != "unknown" or step.outputs for step in steps))
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
    controls = [step for step in steps_of(facts) if step.nature == "control"]
    need(bool(controls))
    for step in controls:
        if not step.covers:
            yield step.id, Sentence.of("prompt_t02", step=step.name)


def t08(facts: Facts, _: Trigger) -> Raised:
    """Checks that test what an earlier check on the same way has tested: the same data or the same duty."""
    checks = [step for step in steps_of(facts) if step.nature == "control"]
    need(any(step.inputs or step.covers for step in checks))
    for step in checks:
        for other in checks:
            same = {*step.inputs, *step.covers} & {*other.inputs, *other.covers}
            if other.id != step.id and same and facts.comes_after(step.id, other.id):
                yield fired("t08", step, other=other.name, what=words.listed(sorted(same)))
                break


def t10(facts: Facts, _: Trigger) -> Raised:
    """Steps that capture a detail which another step has captured."""
    capturing = [step for step in steps_of(facts) if step.outputs]
    need(bool(capturing))
    for step in capturing:
        for other in capturing:
            same = set(step.outputs) & set(other.outputs)
            if other.id != step.id and same and facts.comes_after(step.id, other.id):
                yield fired("t10", step, other=other.name, what=words.listed(sorted(same)))
                break


def t13(facts: Facts, trigger: Trigger) -> Raised:
    """Checks that almost everything passes."""
    known = [(step, figure) for step in steps_of(facts) if (figure := step.figure("pass_rate"))]
    need(bool(known))
    for step, figure in known:
        enough = (figure.n or 0) >= int(trigger.parameters["n"])
        if enough and float(figure.value) >= float(trigger.parameters["share"]):
            yield step.id, Sentence.of("prompt_t13", share=words.percent(figure.value), n=figure.n)


def t14(facts: Facts, trigger: Trigger) -> Raised:
    """Approvals by a higher grade than the work before them, of cases that are mostly small."""
    known = [
        (step, figure)
        for step in steps_of(facts)
        if step.nature == "control" and step.grade_used is not None and (figure := step.figure("below_limit"))
    ]
    need(bool(known))
    for step, figure in known:
        doers = [other.grade_used for other in facts.previous(step.id) if other.grade_used is not None]
        higher = step.grade_used is not None and any(step.grade_used > grade for grade in doers)
        if higher and float(figure.value) >= float(trigger.parameters["share"]):
            yield fired("t14", step, share=words.percent(figure.value), grade=step.grade_used, doer=min(doers))


def t17(facts: Facts, _: Trigger) -> Raised:
    """Steps done by a higher grade than they need."""
    known = [step for step in steps_of(facts) if step.grade_needed is not None and step.grade_used is not None]
    need(bool(known))
    for step in known:
        if (step.grade_used or 0) > (step.grade_needed or 0):
            yield fired("t17", step, used=step.grade_used, needed=step.grade_needed)


def t20(facts: Facts, trigger: Trigger) -> Raised:
    """Steps on the way of most cases that few cases need."""
    known = [(step, figure) for step in steps_of(facts) if (figure := step.figure("needed"))]
    need(bool(known) and facts.visits is not None)
    for step, figure in known:
        common = (facts.visits or {}).get(step.id, 0.0) >= float(trigger.parameters["common"])
        if common and float(figure.value) < float(trigger.parameters["share"]):
            yield fired("t20", step, share=words.percent(figure.value))


def t21(facts: Facts, trigger: Trigger) -> Raised:
    """Frequent work by hand in which rules decide."""
    manual = [step for step in steps_of(facts) if step.ruled and step.automation == "manual" and step.time]
    known = [(step, volume) for step in manual if (volume := facts.volume(step)) is not None]
    need(bool(known))
    for step, volume in known:
        long_enough = facts.work(step) >= int(trigger.parameters["minutes"]) * MINUTE
        if long_enough and volume >= int(trigger.parameters["volume"]):
            yield fired("t21", step, volume=words.decimal(volume, 0), work=words.duration(facts.work(step)))


def t28(facts: Facts, trigger: Trigger) -> Raised:
    """The dearest steps, which together make up most of the cost."""
    total = sum(facts.costs.values())
    need(total > 0)
    held = 0.0
    for step, cost in sorted(facts.costs.items(), key=lambda item: (-item[1], item[0])):
        if held >= float(trigger.parameters["share"]) * total or cost == 0:
            break
        held += cost
        yield step, Sentence.of("prompt_t28", share=words.percent(cost / total, 0))


def t29(facts: Facts, trigger: Trigger) -> Raised:
    """Dear steps that please nobody and that no duty asks for."""
    total = sum(facts.costs.values())
    rated = [(step, score) for step in steps_of(facts) if (score := step.score(Lens.SATISFACTION))]
    need(total > 0 and bool(rated))
    for step, score in rated:
        share = facts.costs.get(step.id, 0.0) / total
        if share >= float(trigger.parameters["share"]) and score.value <= 0 and not step.covers:
            value = words.signed(words.decimal(score.value, 0))
            yield fired("t29", step, share=words.percent(share, 0), value=value)


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


def t40(facts: Facts, _: Trigger) -> Raised:
    """Personal details that nobody uses afterwards, or that are asked for without a stated purpose."""
    asking = [step for step in steps_of(facts) if step.personal]
    need(bool(asking))
    for step in asking:
        used = {item for other in facts.graph.steps if other.id != step.id for item in other.inputs}
        aimless = sorted(item.id for item in step.personal if not item.purpose.strip())
        unused = sorted(item.id for item in step.personal if item.purpose.strip() and item.id not in used)
        if aimless:
            yield fired("t40_purpose", step, items=words.listed(aimless))
        elif unused:
            yield fired("t40_unused", step, items=words.listed(unused))


def t43(facts: Facts, trigger: Trigger) -> Raised:
    """Steps whose reason is habit, or was written down long ago."""
    reasoned = [step for step in steps_of(facts) if step.reason]
    need(bool(reasoned))
    habits = str(trigger.parameters["habit"]).split("|")
    for step in reasoned:
        age = _months(step.reason_date, facts.evidence.today)
        if any(habit in step.reason.casefold() for habit in habits):
            yield fired("t43_habit", step, reason=step.reason)
        elif age is not None and age > int(trigger.parameters["months"]):
            yield fired("t43_old", step, date=step.reason_date)


def _months(text: str, today: date | None) -> int | None:
    """Return the whole months from a date in ISO form (a year or month alone will do) to today; None if not known."""
    if today is None or not (found := ISO.fullmatch(text.strip())):
        return None
    year, month, day = int(found[1]), int(found[2] or 12), int(found[3] or 1)
    return (today.year - year) * 12 + today.month - month - (today.day < day)

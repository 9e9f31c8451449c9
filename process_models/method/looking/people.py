"""Who does the work: how full they are, who can cover, what they say, and whether it matters who it is."""

from statistics import mean

from process_models.graph.steps import Kind
from process_models.method.facts import Facts, Opinion, Outcome
from process_models.method.library import Trigger
from process_models.method.looking import Raised, fired, need, steps_of
from process_models.values import words


def t15(facts: Facts, trigger: Trigger) -> Raised:
    """Steps whose people are asked for more than they can safely give, or for whom cases wait longest."""
    played = facts.evidence.played
    need(facts.loads is not None or bool(played and played.contention))
    longest = max(played.contention.values(), default=0.0) if played else 0.0
    for step in facts.graph.of_kind(Kind.WORK):
        load = (facts.loads or {}).get(step.role, 0.0)
        waited = played.contention.get(step.id, 0.0) if played else 0.0
        if load >= float(trigger.parameters["load"]):
            yield fired("t15", step, role=step.role, load=words.percent(load, 0))
        elif waited and waited == longest:
            yield fired("t15_wait", step, role=step.role or step.name, wait=words.duration(waited))


def t16(facts: Facts, _: Trigger) -> Raised:
    """Work that only one person can do: nobody is trained to cover, or the role has one head in all."""
    roles = {entry.id for entry in facts.design.staffing.roles}
    known = [s for s in facts.graph.of_kind(Kind.WORK) if s.figure("covers") or s.role in roles]
    need(bool(known))
    for step in known:
        covers = step.figure("covers")
        if float(covers.value) < 1 if covers else facts.design.staffing.heads_of(step.role) == 1:
            yield fired("t16", step, role=step.role or step.name)


def t35(facts: Facts, trigger: Trigger) -> Raised:
    """Work for which too few are trained to cover."""
    known = [(step, figure) for step in steps_of(facts) if (figure := step.figure("covers"))]
    need(bool(known))
    for step, figure in known:
        if float(figure.value) < int(trigger.parameters["covers"]):
            yield fired("t35", step, covers=words.decimal(float(figure.value), 0))


def t36(facts: Facts, trigger: Trigger) -> Raised:
    """Steps before which a surge makes cases wait several times as long."""
    played = facts.evidence.played
    need(bool(played and played.surge))
    for step in steps_of(facts):
        before, after = played.surge.get(step.id, (0.0, 0.0)) if played else (0.0, 0.0)
        if after and after >= float(trigger.parameters["times"]) * before:
            times = {"before": words.duration(before), "after": words.duration(after)}
            yield fired("t36", step, **times)


def t38(facts: Facts, trigger: Trigger) -> Raised:
    """Steps on which those who do them and their managers see different things."""
    opinions = facts.evidence.opinions
    need(any({one.side for one in given} == {"doer", "manager"} for given in opinions.values()))
    for step in steps_of(facts):
        doers, managers = (
            [one for one in opinions.get(step.id, ()) if one.side == side] for side in ("doer", "manager")
        )
        if _opposite(doers, managers):
            yield fired("t38", step)
        elif (gap := _gap(doers, managers)) >= float(trigger.parameters["points"]):
            yield fired("t38_scores", step, points=words.decimal(gap, 1))


def _opposite(doers: list[Opinion], managers: list[Opinion]) -> bool:
    """Say whether one side wants to keep what the other wants changed or gone, without a view in common."""
    mine, theirs = ({one.view for one in side} & {"keep", "change", "remove"} for side in (doers, managers))
    return bool(mine and theirs and not mine & theirs and "keep" in mine | theirs)


def _gap(doers: list[Opinion], managers: list[Opinion]) -> float:
    """Return how many points of the scale the mean scores of both sides lie apart."""
    mine, theirs = ([one.score for one in side if one.score is not None] for side in (doers, managers))
    return abs(mean(mine) - mean(theirs)) if mine and theirs else 0.0


def t41(facts: Facts, trigger: Trigger) -> Raised:
    """Steps whose outcome depends on who does them: some lie beyond the limits of a funnel."""
    by_step = facts.evidence.outcomes
    least = int(trigger.parameters["n"])
    need(any(sum(1 for one in people if one.n >= least) > 1 for people in by_step.values()))
    for step in steps_of(facts):
        people = [one for one in by_step.get(step.id, ()) if one.n >= least]
        beyond = _beyond(people, float(trigger.parameters["sigma"]))
        if beyond:
            yield fired("t41", step, beyond=beyond, people=len(people))


def _beyond(people: list[Outcome], sigma: float) -> int:
    """Return how many people's shares lie beyond p ± sigma · √(p(1 − p) ÷ n), the limits of a funnel plot.

    Formula: Spiegelhalter, *Funnel plots for comparing institutional performance*, Statistics in Medicine 24 (2005).
    """
    total = sum(one.n for one in people)
    if len(people) < 2 or not total:
        return 0
    share = sum(one.good for one in people) / total
    return sum(abs(one.good / one.n - share) > sigma * (share * (1 - share) / one.n) ** 0.5 for one in people)


def t42(facts: Facts, trigger: Trigger) -> Raised:
    """Steps that are done though no procedure says so, or skipped though one does."""
    practice = facts.evidence.practice
    need(bool(practice))
    limit = float(trigger.parameters["share"])
    for step in steps_of(facts):
        seen = practice.get(step.id)
        if seen and not seen.in_procedure and seen.done >= limit:
            yield fired("t42_done", step, share=words.percent(seen.done))
        elif seen and seen.in_procedure and 1 - seen.done >= limit:
            yield fired("t42_skipped", step, share=words.percent(1 - seen.done))

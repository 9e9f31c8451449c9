"""Proposals about tasks: which are done at all, together, apart, by whom once and for all."""

from collections.abc import Iterator

from process_models.graph.steps import Kind, Step
from process_models.method.facts import Facts
from process_models.redesign.moves import Bypass, ChangeShare, ChangeWork, Insert, Merge, Remove, Split, Triage, Unbatch
from process_models.redesign.obligations import uncovered
from process_models.redesign.proposals import Fired, Suggestion, entries, placed, proposal, told, worked
from process_models.values import words
from process_models.values.distributions import Distribution, quantile
from process_models.values.fractions import Fraction, fraction, number

HALF = "0.5"
MISROUTED = "0.1"
"""Share of cases that are taken to be sent the wrong way until somebody has tried."""
CHECK_SHARE = "0.5"
"""Share of a check's cases that a suggestion leaves with it."""
QUICK_CHECK = 10
"""A new check is taken to need a tenth of the work that it looks at."""
POINTS = 100


def h04(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Give the types of case whose work differs most ways of their own."""
    for step in worked(facts, fired["T19"] & set(facts.evidence.work_by_type)):
        means = facts.evidence.work_by_type[step.id]
        quick = min(means, key=lambda one: means[one])
        share = facts.evidence.type_shares.get(quick, 0.0)
        if 0 < share < 1 and facts.work(step):
            moves = _apart(facts, step, f"{step.name}, {quick}", share, means[quick])
            yield proposal("h04", moves, step=step.name, type=quick, share=words.percent(share))


def h05(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Drop work that adds nothing and that no duty asks for."""
    for step in worked(facts, fired["T01"] | fired["T02"] | fired["T29"] | fired["T43"]):
        if not step.covers:
            yield proposal("h05", (Remove(step.id),), step=step.name)


def h06(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Work case by case where work is saved up."""
    for step in placed(facts, fired["T11"]):
        yield proposal("h06", (Unbatch(step.id),), step=step.name, rule=step.batch)


def h07(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Take the quick half of the cases another way where the work varies widely."""
    for step in worked(facts, fired["T19"] - set(facts.evidence.work_by_type)):
        if step.time:
            quick = _quick_half(step.time.distribution)
            moves = _apart(facts, step, f"{step.name}, quick cases", 0.5, quick)
            yield proposal("h07", moves, step=step.name, work=words.duration(quick), wrong=words.percent(MISROUTED))


def _apart(facts: Facts, step: Step, name: str, share: float, work: float) -> tuple[Triage, ChangeWork]:
    """Return the moves that take quick cases out of a step; the work of all cases together stays as it was."""
    whole = facts.work(step)
    part, factor = _rounded(share), _rounded(work / whole)
    other = Triage(step=step.id, name=name, role=step.role, share=part, factor=factor, misrouted=MISROUTED)
    rest = (whole - share * work) / ((1 - share) * whole)
    return other, ChangeWork(step.id, _rounded(rest))


def _quick_half(distribution: Distribution) -> float:
    """Return the mean of the quicker half of a distribution, ms, by the midpoints of its hundredths."""
    points = [quantile(distribution, fraction((n + 0.5) / POINTS)) for n in range(POINTS // 2)]
    return sum(points) / len(points)


def _rounded(share: float) -> Fraction:
    return fraction(share, 3)


def h08(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Merge two steps that hand a case over and only to each other (checks stay apart), and cut what varies widely."""
    for step in placed(facts, fired["T05"] | fired["T32"]):
        for flow in facts.graph.before(step.id):
            first = facts.graph.by_id[flow.source]
            chain = len(facts.graph.ways(first.id)) == 1 and len(entries(facts, step)) == 1
            checks = "control" in (first.nature, step.nature) or first.rejects or step.rejects
            if first.kind is step.kind is Kind.WORK and chain and not checks:
                name = f"{first.name} and {step.name[0].lower()}{step.name[1:]}"
                move = Merge(first=first.id, second=step.id, name=name, role=step.role)
                why = told("h08", first=first.name, second=step.name, role=step.role)
                yield Suggestion("H08", (move,), why, told("assume_h08", role=step.role))
    for step in worked(facts, fired["T19"] - set(facts.evidence.work_by_type)):
        second = f"{step.name}, hard part"
        cut = Split(step=step.id, name=second, role=step.role, share=HALF)
        yield Suggestion("H08", (cut,), told("h08_split", step=step.name), told("assume_h08_split", step=step.name))


def h12(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Send only the cases that need a step to it."""
    for step in placed(facts, fired["T20"]):
        needed = step.figure("needed")
        if needed and step.kind is Kind.WORK:
            yield proposal("h12", (Bypass(step.id, needed.value),), step=step.name, share=words.percent(needed.value))


def h22(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Send fewer cases to a check that almost everything passes, by the way past it or by a new one."""
    for step in placed(facts, fired["T13"] | fired["T14"]):
        for flow in facts.graph.before(step.id):
            ways = [f for f in facts.graph.ways(flow.source) if f.id not in facts.graph.backward]
            past = {f.target for f in facts.graph.ways(step.id)}
            others = [f for f in ways if f.id != flow.id and f.target in past]
            if flow.id in facts.graph.backward or not others or not 0 < number(flow.share) < 1:
                continue
            around = max(others, key=lambda f: (float(f.share), f.id))
            less = fraction(number(flow.share) * number(CHECK_SHARE))
            more = fraction(number(around.share) + number(flow.share) - number(less))
            shares = {f.id: f.share for f in facts.graph.ways(flow.source)} | {flow.id: less, around.id: more}
            why = told("h22", step=step.name, share=words.percent(flow.share), less=words.percent(less))
            assumes = told("assume_h22", step=step.name)
            yield Suggestion("H22", (ChangeShare(flow.source, tuple(sorted(shares.items()))),), why, assumes)
        if step.kind is Kind.WORK and not _ways_past(facts, step) and not step.covers:
            yield Suggestion(
                "H22",
                (Bypass(step.id, CHECK_SHARE),),
                told("h22_bypass", step=step.name, less=words.percent(CHECK_SHARE)),
                told("assume_h22", step=step.name),
            )


def _ways_past(facts: Facts, step: Step) -> list[str]:
    """Return the steps that lead to a step and also past it."""
    past = {flow.target for flow in facts.graph.ways(step.id)}
    sources = {flow.source for flow in facts.graph.before(step.id) if flow.id not in facts.graph.backward}
    return [one for one in sorted(sources) if {flow.target for flow in facts.graph.ways(one)} & past]


def h23(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Check near the origin of an error that is found steps later, and meet a duty that no step meets."""
    for id in sorted(facts.graph.backward):
        back = facts.graph.flow_by_id[id]
        found, origin = facts.graph.by_id[back.source], facts.graph.by_id[back.target]
        onward = [flow for flow in facts.graph.ways(origin.id) if flow.id not in facts.graph.backward]
        far = len(onward) == 1 and onward[0].target != found.id
        if back.target in fired["T07"] and origin.kind is Kind.WORK and far and 0 < number(back.share) < 1:
            less = fraction(number(back.share) / 2)
            check = Insert(
                flow=onward[0].id,
                name=f"Check of {origin.name}",
                nature="control",
                lane=origin.lane,
                role=origin.role,
                time=round(facts.work(origin) / QUICK_CHECK),
                back_to=origin.id,
                back=less,
            )
            moves = (check, ChangeShare(found.id, _less(facts, found, back.id, less)))
            why = {"found": found.name, "origin": origin.name, "share": words.percent(back.share)}
            yield proposal("h23", moves, **why, less=words.percent(less))
    yield from _met(facts)


def _less(facts: Facts, step: Step, flow: str, share: Fraction) -> tuple[tuple[str, Fraction], ...]:
    """Return the shares after a step with one way taken less often, and the others more, in proportion."""
    ways = {one.id: number(one.share) for one in facts.graph.ways(step.id)}
    scale = (1 - number(share)) / (1 - ways[flow])
    return tuple(sorted((id, share if id == flow else fraction(old * scale)) for id, old in ways.items()))


def _met(facts: Facts) -> Iterator[Suggestion]:
    """Propose a step for each duty that no step meets, directly after the start or where it begins to apply."""
    for duty in facts.graph.obligations:
        if uncovered(facts.graph, duty) and not any(duty.id in step.covers for step in facts.graph.steps):
            starts = [duty.applies_from] if duty.applies_from else [s.id for s in facts.graph.of_kind(Kind.START)]
            ways = facts.graph.ways(starts[0]) if starts else ()
            if len(ways) == 1:
                role = facts.graph.by_id[ways[0].target].role
                records = (duty.id,) if duty.needs_record else ()
                own = (duty.id,)
                move = Insert(flow=ways[0].id, name=duty.name, role=role, time=0, covers=own, records=records)
                why = told("h23_duty", duty=duty.name, id=duty.id)
                yield Suggestion("H23", (move,), why, told("assume_h23_duty", duty=duty.name))

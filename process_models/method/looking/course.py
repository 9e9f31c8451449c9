"""How a case runs: waits, ways back, hand-overs, batches, changes of system and place."""

from process_models.graph.steps import Kind, Lane, Step
from process_models.method.facts import Facts
from process_models.method.library import Trigger
from process_models.method.looking import Raised, fired, need, steps_of
from process_models.values import words
from process_models.values.distributions import deviation
from process_models.values.sentences import Sentence


def t03(facts: Facts, trigger: Trigger) -> Raised:
    """Steps before which cases wait several times as long as the work takes."""
    known = [s for s in facts.graph.of_kind(Kind.WORK) if s.figure("wait") and s.time]
    need(bool(known))
    for step in known:
        wait, work = facts.wait(step), facts.work(step)
        if wait > int(trigger.parameters["times"]) * work:
            yield step.id, Sentence.of("prompt_t03", wait=words.duration(wait), work=words.duration(work))


def t04(facts: Facts, trigger: Trigger) -> Raised:
    """Steps that hold a large part of the whole time."""
    total = sum(facts.times.values())
    need(total > 0)
    for step, time in facts.times.items():
        if time / total >= float(trigger.parameters["share"]):
            yield step, Sentence.of("prompt_t04", share=words.percent(time / total, 0), time=words.duration(time))


def t05(facts: Facts, _: Trigger) -> Raised:
    """Steps done by another role than the step before."""
    need(any(step.role for step in facts.graph.steps))
    for step in facts.graph.steps:
        before = {facts.graph.by_id[flow.source].role for flow in facts.graph.before(step.id)} - {"", step.role}
        if step.role and before:
            yield step.id, Sentence.of("prompt_t05", role=step.role, before=words.listed(sorted(before)))


def t06(facts: Facts, trigger: Trigger) -> Raised:
    """Steps at which a case comes back to a role that it had left a few steps ago."""
    need(len(facts.graph.roles) > 1)
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
    need(facts.visits is not None)
    for step in steps_of(facts):
        entering = facts.graph.before(step.id)
        back = [flow for flow in entering if flow.id in facts.graph.backward]
        again = sum((facts.visits or {}).get(flow.source, 0.0) * float(flow.share) for flow in back)
        if again >= float(trigger.parameters["share"]):
            yield step.id, Sentence.of("prompt_t07", share=words.percent(again))


def t09(facts: Facts, trigger: Trigger) -> Raised:
    """Decisions that refuse cases after work on which they do not depend."""
    refusing = [step for step in facts.graph.steps if step.rejects]
    need(bool(refusing))
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


def t11(facts: Facts, _: Trigger) -> Raised:
    """Steps that save work up, or run only now and then."""
    for step in steps_of(facts):
        if step.batch:
            yield fired("t11", step, rule=step.batch)


def t18(facts: Facts, _: Trigger) -> Raised:
    """Steps that follow each other, done by different people, though neither needs the other."""
    need(any(step.role for step in facts.graph.steps))
    linked = {frozenset((dep.step, dep.needs)) for dep in facts.graph.dependencies}
    for step in facts.graph.of_kind(Kind.WORK):
        ways = facts.graph.ways(step.id)
        after = facts.graph.by_id[ways[0].target] if len(ways) == 1 else None
        if after is None or after.kind is not Kind.WORK or len(facts.graph.before(after.id)) > 1:
            continue
        if step.role != after.role and step.role and after.role and frozenset((step.id, after.id)) not in linked:
            yield after.id, Sentence.of("prompt_t18", step=after.name, before=step.name)


def t19(facts: Facts, trigger: Trigger) -> Raised:
    """Steps whose work differs widely from case to case, or from one type of case to another."""
    types = facts.evidence.work_by_type
    timed = [s for s in facts.graph.of_kind(Kind.WORK) if (s.time and facts.work(s)) or len(types.get(s.id, {})) > 1]
    need(bool(timed))
    for step in timed:
        means = types.get(step.id, {})
        low, high = (min(means, key=lambda t: means[t]), max(means, key=lambda t: means[t])) if means else ("", "")
        if means and means[high] >= float(trigger.parameters["times"]) * means[low]:
            times = {"low": words.duration(means[low]), "high": words.duration(means[high])}
            yield fired("t19_types", step, one=low, other=high, **times)
        elif step.time and (spread := deviation(step.time.distribution)) > float(trigger.parameters["cv"]) * facts.work(
            step
        ):
            yield fired("t19", step, spread=words.duration(spread), work=words.duration(facts.work(step)))


def t32(facts: Facts, _: Trigger) -> Raised:
    """Steps done in another system than the step before."""
    need(any(step.systems for step in facts.graph.steps))
    for step in steps_of(facts):
        others = [one for one in facts.previous(step.id) if one.systems and not set(one.systems) & set(step.systems)]
        if step.systems and others:
            yield fired("t32", step, system=words.listed(step.systems), before=words.listed(others[0].systems))


def t33(facts: Facts, _: Trigger) -> Raised:
    """Steps done at another place than the step before."""
    need(any(step.place for step in facts.graph.steps))
    for step in steps_of(facts):
        others = sorted({one.place for one in facts.previous(step.id)} - {"", step.place})
        if step.place and others:
            yield fired("t33", step, place=step.place, before=words.listed(others))


def t34(facts: Facts, _: Trigger) -> Raised:
    """Steps that stand still when their one system does."""
    known = [step for step in steps_of(facts) if step.systems]
    need(bool(known))
    for step in known:
        if len(step.systems) == 1 and not step.fallback.strip():
            yield fired("t34", step, system=step.systems[0])


def t45(facts: Facts, _: Trigger) -> Raised:
    """Waits for the customer or a third party."""
    for step in facts.graph.of_kind(Kind.WAIT):
        if step.lane in (Lane.CUSTOMER, Lane.EXTERNAL):
            time = words.duration(facts.work(step)) if step.time else "an unknown time"
            yield step.id, Sentence.of("prompt_t45", step=step.name, time=time)

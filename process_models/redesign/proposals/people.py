"""Proposals about people: who does what, for how long, and how many there are."""

from collections.abc import Iterator

from msgspec.structs import replace

from process_models.graph.steps import Kind, Step
from process_models.method.facts import Facts
from process_models.redesign.moves import AssignPools, ChangeOwner, ChangeStaffing, KeepCase, MergePools, Remove
from process_models.redesign.proposals import Fired, Suggestion, placed, proposal, told, worked
from process_models.values import words

IDLE = 0.6
"""A role asked for less of its time than this can help another."""
MANY_ROLES = 4
HAND_OVERS = 3


def h13(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Let the same person carry a case through steps that one pool does under several names."""
    for step in worked(facts, fired["T05"]):
        own = facts.design.staffing.pools_of(step.role)
        for before in facts.previous(step.id):
            if before.kind is Kind.WORK and own and own == facts.design.staffing.pools_of(before.role):
                move = KeepCase("person", (before.id, step.id))
                yield proposal("h13", (move,), first=before.name, second=step.name, pool=own[0].name)


def h14(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Let those who have time help those who are full."""
    loads = facts.loads or {}
    full = sorted({facts.graph.by_id[id].role for id in fired["T15"]} & set(loads))
    idle = sorted((role for role in loads if loads[role] <= IDLE), key=lambda role: (loads[role], role))
    for role in full:
        helpers = [pool.id for pool in facts.design.staffing.pools_of(idle[0])] if idle else []
        own = [pool.id for pool in facts.design.staffing.pools_of(role)]
        if helpers and not set(helpers) <= set(own):
            move = AssignPools(role, tuple(dict.fromkeys([*own, *helpers])))
            spare = words.percent(loads[idle[0]], 0)
            yield proposal("h14", (move,), role=role, helper=idle[0], load=words.percent(loads[role], 0), spare=spare)


def h15(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Let teams at several places share one queue."""
    for role in sorted({facts.graph.by_id[id].role for id in fired["T33"]} - {""}):
        pools = facts.design.staffing.pools_of(role)
        if len(pools) > 1:
            move = MergePools(tuple(pool.id for pool in pools), f"{role.capitalize()}, all places")
            yield proposal("h15", (move,), role=role, pools=words.listed([pool.name for pool in pools]))


def h16(facts: Facts, _: Fired) -> Iterator[Suggestion]:
    """Let one department answer for a step that several answer for."""
    for step in facts.graph.steps:
        owners = [one.strip() for part in step.owner.split(",") for one in part.split(" and ") if one.strip()]
        if len(owners) > 1:
            yield proposal("h16", (ChangeOwner(step.id, owners[0]),), step=step.name, owners=words.listed(owners))


def h17(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Let one team carry the cases of a segment that are handed over again and again."""
    handed = [step.id for step in worked(facts, fired["T05"])]
    if len(handed) >= HAND_OVERS and facts.evidence.type_shares:
        steps = tuple(sorted({*handed, *(one.id for id in handed for one in facts.previous(id) if _is_work(one))}))
        segment = max(facts.evidence.type_shares, key=lambda one: facts.evidence.type_shares[one])
        yield proposal("h17", (KeepCase("team", steps),), count=len(handed), segment=segment)


def _is_work(step: Step) -> bool:
    return step.kind is Kind.WORK and bool(step.role)


def h18(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Take out a role that only passes a case on, where many roles touch it."""
    if len(facts.graph.roles) < MANY_ROLES:
        return
    for step in worked(facts, fired["T05"]):
        alone = [one.id for one in facts.graph.steps if one.role == step.role] == [step.id]
        passes = not step.outputs or set(step.outputs) <= set(step.inputs)
        plain = step.nature == "task" and not step.covers and not step.rejects and len(facts.graph.ways(step.id)) == 1
        if alone and passes and plain and step.value_class in ("none", "business"):
            yield proposal("h18", (Remove(step.id),), step=step.name, role=step.role, count=len(facts.graph.roles))


def h20(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Add a head where people are full."""
    roles = {facts.graph.by_id[step].role for step in fired["T15"]}
    for role in sorted(roles):
        pools = facts.design.staffing.pools_of(role)
        shifts = pools[0].shifts if pools else ()
        if not shifts:
            continue
        largest = max(shifts, key=lambda s: (s.heads, s.id))
        more = tuple(replace(s, heads=s.heads + 1) if s is largest else s for s in shifts)
        load = (facts.loads or {}).get(role)
        why = {"pool": pools[0].name, "role": role}
        told_why = told("h20", **why, load=words.percent(load, 0)) if load is not None else told("h20_wait", **why)
        yield Suggestion("H20", (ChangeStaffing(pools[0].id, more),), told_why, told("assume_h20", pool=pools[0].name))


def h21(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Train the people of the step before to do what only one person, or too few, can do."""
    for step in placed(facts, fired["T16"] | fired["T35"]):
        own = facts.design.staffing.pools_of(step.role)
        others = [one for one in facts.previous(step.id) if one.role and one.role != step.role]
        helpers = facts.design.staffing.pools_of(others[0].role) if others else ()
        if own and helpers and not set(helpers) <= set(own):
            move = AssignPools(step.role, tuple(dict.fromkeys(pool.id for pool in (*own, *helpers))))
            yield proposal("h21", (move,), role=step.role, helper=others[0].role)

"""Moves that heuristics propose. Each is one function on the facts; the numbers are those of the method library.

A suggestion says what it assumes; its prior signs are unverified and stand beside the simulated effect.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from process_models.graph.steps import Kind, Step
from process_models.method.facts import Facts
from process_models.method.library import Heuristic, heuristics
from process_models.method.triggers import look
from process_models.redesign.moves import (
    ChangeShare,
    ChangeStaffing,
    Merge,
    Move,
    Parallelise,
    Remove,
    Reorder,
    main_way,
)
from process_models.redesign.options import derive
from process_models.values import words
from process_models.values.errors import ModelError
from process_models.values.fractions import fraction, number
from process_models.values.sentences import Sentence, say

CHECK_SHARE = "0.5"
"""Share of a check's cases that a suggestion leaves with it."""


class Suggestion(Struct, frozen=True):
    """Moves that a heuristic proposes, why, and what they assume."""

    heuristic: str
    moves: tuple[Move, ...]
    why: Sentence
    assumes: Sentence

    @property
    def source(self) -> Heuristic:
        """The heuristic with its meaning and prior signs."""
        return heuristics()[self.heuristic]

    @property
    def text(self) -> str:
        """The reason in words."""
        return say(self.why)


Suggest = Callable[[Facts, dict[str, set[str]]], Iterator[Suggestion]]


def suggest(facts: Facts) -> tuple[Suggestion, ...]:
    """Return the moves that heuristics propose on a design, those left out that do not apply."""
    fired = {one.trigger.id: {prompt.step for prompt in one.prompts} for one in look(facts)}
    found = (suggestion for source in SUGGESTIONS for suggestion in source(facts, fired))
    return tuple(suggestion for suggestion in found if _applies(facts, suggestion))


def _applies(facts: Facts, suggestion: Suggestion) -> bool:
    try:
        derive(facts.design, suggestion.moves)
    except ModelError:
        return False
    return True


def elimination(facts: Facts, fired: dict[str, set[str]]) -> Iterator[Suggestion]:
    """Drop work that adds nothing and that no duty asks for."""
    for step in _named(facts, fired["T01"] | fired["T02"]):
        if not step.covers and step.kind is Kind.WORK:
            yield Suggestion("H05", (Remove(step.id),), _why("h05", step=step.name), _why("assume_h05", step=step.name))


def composition(facts: Facts, fired: dict[str, set[str]]) -> Iterator[Suggestion]:
    """Merge two steps that hand a case over and only to each other; checks stay apart from what they check."""
    for step in _named(facts, fired["T05"]):
        for flow in facts.graph.before(step.id):
            first = facts.graph.by_id[flow.source]
            chain = len(facts.graph.ways(first.id)) == 1 and len(_entries(facts, step)) == 1
            checks = "control" in (first.nature, step.nature) or first.rejects or step.rejects
            if first.kind is step.kind is Kind.WORK and chain and not checks:
                name = f"{first.name} and {step.name[0].lower()}{step.name[1:]}"
                move = Merge(first=first.id, second=step.id, name=name, role=step.role)
                why = _why("h08", first=first.name, second=step.name, role=step.role)
                yield Suggestion("H08", (move,), why, _why("assume_h08", role=step.role))


def _entries(facts: Facts, step: Step) -> list[str]:
    """Return the ids of the flows by which cases come to a step, loops apart."""
    return [flow.id for flow in facts.graph.before(step.id) if flow.id not in facts.graph.backward]


def parallelism(facts: Facts, fired: dict[str, set[str]]) -> Iterator[Suggestion]:
    """Do at once what does not need each other."""
    for step in _named(facts, fired["T18"]):
        [before] = facts.graph.before(step.id)
        first = facts.graph.by_id[before.source]
        why = _why("h10", first=first.name, second=step.name)
        yield Suggestion("H10", (Parallelise(first.id, step.id),), why, _why("assume_h10"))


def knock_out(facts: Facts, fired: dict[str, set[str]]) -> Iterator[Suggestion]:
    """Refuse early: put a late refusal before the first work it does not depend on."""
    for step in _named(facts, fired["T09"]):
        needed = {dep.needs for dep in facts.graph.dependencies if dep.step == step.id}
        line = _line_before(facts, step, needed)
        if line:
            refused = float(1 - number(_main_share(facts, step)))
            saved = sum(facts.work(one) for one in line) * refused
            why = _why("h11", step=step.name, before=line[0].name, saved=words.duration(saved))
            yield Suggestion("H11", (Reorder(step.id, line[0].id),), why, _why("assume_h11", step=step.name))


def _line_before(facts: Facts, step: Step, needed: set[str]) -> list[Step]:
    """Return the unbroken line of work that leads to a step and that it does not need, the first first."""
    line: list[Step] = []
    here = step.id
    while True:
        entering = [f for f in facts.graph.before(here) if f.id not in facts.graph.backward]
        if len(entering) != 1 or entering[0].source in needed:
            return line
        before = facts.graph.by_id[entering[0].source]
        main = main_way(facts.graph, before.id)
        if before.kind is not Kind.WORK or main is None or main.target != here:
            return line
        line.insert(0, before)
        here = before.id


def _main_share(facts: Facts, step: Step) -> str:
    main = main_way(facts.graph, step.id)
    return main.share if main else "0"


def extra_resources(facts: Facts, fired: dict[str, set[str]]) -> Iterator[Suggestion]:
    """Add a head where people are full."""
    roles = {facts.graph.by_id[step].role for step in fired["T15"]}
    for role in sorted(roles):
        pool = facts.design.staffing.pools_of(role)[0]
        shift = max(pool.shifts, key=lambda s: (s.heads, s.id))
        shifts = tuple(replace(s, heads=s.heads + 1) if s is shift else s for s in pool.shifts)
        load = words.percent((facts.loads or {})[role], 0)
        why = _why("h20", pool=pool.name, role=role, load=load)
        yield Suggestion("H20", (ChangeStaffing(pool.id, shifts),), why, _why("assume_h20", pool=pool.name))


def empower(facts: Facts, fired: dict[str, set[str]]) -> Iterator[Suggestion]:
    """Send fewer cases to a check that almost everything passes, where a way past it is there."""
    for step in _named(facts, fired["T13"]):
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
            why = _why("h22", step=step.name, share=words.percent(flow.share), less=words.percent(less))
            assumes = _why("assume_h22", step=step.name)
            yield Suggestion("H22", (ChangeShare(flow.source, tuple(sorted(shares.items()))),), why, assumes)


def _named(facts: Facts, ids: set[str]) -> list[Step]:
    return [facts.graph.by_id[id] for id in facts.graph.reading_order if id in ids]


def _why(id: str, **params: object) -> Sentence:
    return Sentence.of(f"suggest_{id}", **params)


SUGGESTIONS: tuple[Suggest, ...] = (elimination, composition, parallelism, knock_out, extra_resources, empower)

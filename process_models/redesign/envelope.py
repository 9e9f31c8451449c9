"""What may be changed: boundary, locks and the change envelope; and what a draft breaks.

A draft may break any of them and is marked with what it breaks; only submitting it is refused.
"""

from collections.abc import Iterator
from typing import Literal

import networkx as nx
from msgspec import Struct
from msgspec.structs import replace

from process_models.graph.checks import faults, staffing_faults
from process_models.graph.compare import compare
from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Step
from process_models.redesign.moves import Move, kind_of
from process_models.redesign.obligations import out_of_order, uncovered, unrecorded, violated
from process_models.values.document import Document
from process_models.values.sentences import Sentence, say


class Lock(Document, frozen=True, kw_only=True):
    """Something that stays as it is, and why."""

    id: str
    kind: Literal["step", "flow", "role", "obligation"]
    target: str
    """Id of the step, flow or obligation, or the name of the role."""
    reason: str


class Envelope(Document, frozen=True, kw_only=True):
    """How far a change may go."""

    moves: tuple[str, ...] = ()
    """Permitted kinds of move; empty permits all."""
    extra_heads: int | None = None
    """Heads that may be added in all; None sets no limit."""
    fewer_heads: int | None = 0
    """Heads that may be taken away in all; None sets no limit."""


class Rules(Struct, frozen=True):
    """What the scope lets a draft do."""

    in_scope: frozenset[str] | None = None
    """Steps inside the boundary; None where no boundary is drawn."""
    locks: tuple[Lock, ...] = ()
    envelope: Envelope = Envelope()


def inside(graph: StepGraph, first: str, last: tuple[str, ...]) -> frozenset[str]:
    """Return the steps between the first and the last of a boundary, both included; later detail falls inside.

    A step is inside if a case can come to it from the first without passing one of the last, and go on to one of them.
    """
    ends = [id for id in last if id in graph.by_id]
    if first not in graph.by_id or not ends:
        return frozenset()
    ahead = nx.DiGraph((flow.source, flow.target) for flow in graph.flows if flow.source not in ends)
    ahead.add_nodes_from([first, *ends])
    reached = {first} | nx.descendants(ahead, first)
    closing = set(ends).union(*(nx.ancestors(ahead, end) for end in ends))
    return frozenset(reached & closing)


class Breach(Struct, frozen=True):
    """Something a draft breaks: what, in words, and who says so."""

    sentence: Sentence
    basis: str
    """Law, regulator, code, policy, habit, asked, lock, envelope, boundary, dependency or graph."""
    about: str = ""
    """Id of the obligation, lock or step."""

    @property
    def text(self) -> str:
        """The breach in words."""
        return say(self.sentence)


def breaches(baseline: Design, draft: Design, moves: tuple[Move, ...], rules: Rules) -> tuple[Breach, ...]:
    """Return everything a draft breaks: obligations first, then dependencies, locks, envelope, boundary, the graph."""
    return (
        *_obligations(baseline, draft),
        *_dependencies(baseline, draft),
        *_locks(baseline, draft, rules.locks),
        *_envelope(baseline, draft, moves, rules.envelope),
        *_boundary(baseline, draft, rules.in_scope),
        *_faults(draft),
    )


def _obligations(baseline: Design, draft: Design) -> Iterator[Breach]:
    """Obligations that the baseline meets and the draft does not."""
    for duty in baseline.graph.obligations:
        if uncovered(draft.graph, duty) and not uncovered(baseline.graph, duty):
            yield Breach(Sentence.of("breaks_cover", id=duty.id, name=duty.name), duty.basis, duty.id)
        if unrecorded(draft.graph, duty) and not unrecorded(baseline.graph, duty):
            yield Breach(Sentence.of("breaks_record", id=duty.id, name=duty.name), duty.basis, duty.id)
        for step in sorted(set(out_of_order(draft.graph, duty)) - set(out_of_order(baseline.graph, duty))):
            name = draft.graph.by_id[step].name
            yield Breach(Sentence.of("breaks_order", id=duty.id, name=duty.name, step=name), duty.basis, duty.id)


def _dependencies(baseline: Design, draft: Design) -> Iterator[Breach]:
    kept = {need.id: need for need in draft.graph.dependencies}
    for need in baseline.graph.dependencies:
        if violated(draft.graph, kept.get(need.id, need)) and not violated(baseline.graph, need):
            step, needed = baseline.graph.by_id[need.step].name, baseline.graph.by_id[need.needs].name
            sentence = Sentence.of(
                f"breaks_{need.kind}", step=step, needs=needed, reason=need.reason or "no reason given"
            )
            yield Breach(sentence, "dependency", need.id)


def _locks(baseline: Design, draft: Design, locks: tuple[Lock, ...]) -> Iterator[Breach]:
    for lock in locks:
        if _locked_value(baseline, lock) != _locked_value(draft, lock):
            name = _lock_name(baseline, lock)
            yield Breach(Sentence.of("breaks_lock", id=lock.id, name=name, reason=lock.reason), "lock", lock.id)


def _locked_value(design: Design, lock: Lock) -> object:
    graph = design.graph
    match lock.kind:
        case "step":
            step = graph.by_id.get(lock.target)
            return step and _unnamed(step)
        case "flow":
            return graph.flow_by_id.get(lock.target)
        case "role":
            pools = design.staffing.pools_of(lock.target)
            return pools, sorted(step.id for step in graph.steps if step.role == lock.target)
        case "obligation":
            steps = [s.id for s in graph.steps if lock.target in (*s.covers, *s.records)]
            return graph.obligation(lock.target), steps


def _unnamed(step: Step) -> Step:
    """Return a step without what a rename changes."""
    return replace(step, name="locked", description="")


def _lock_name(design: Design, lock: Lock) -> str:
    if lock.kind == "step" and lock.target in design.graph.by_id:
        return design.graph.by_id[lock.target].name
    if lock.kind == "obligation" and (duty := design.graph.obligation(lock.target)):
        return duty.name
    return lock.target


def _envelope(baseline: Design, draft: Design, moves: tuple[Move, ...], envelope: Envelope) -> Iterator[Breach]:
    for kind in sorted({kind_of(move) for move in moves}):
        if envelope.moves and kind not in envelope.moves:
            yield Breach(Sentence.of("breaks_permitted", kind=kind.replace("_", " ")), "envelope", kind)
    more = sum(p.heads for p in draft.staffing.pools) - sum(p.heads for p in baseline.staffing.pools)
    if envelope.extra_heads is not None and more > envelope.extra_heads:
        yield Breach(Sentence.of("breaks_heads", more=more, limit=envelope.extra_heads), "envelope", "heads")
    if envelope.fewer_heads is not None and -more > envelope.fewer_heads:
        yield Breach(Sentence.of("breaks_fewer_heads", fewer=-more, limit=envelope.fewer_heads), "envelope", "heads")


def _boundary(baseline: Design, draft: Design, in_scope: frozenset[str] | None) -> Iterator[Breach]:
    if in_scope is None:
        return
    change = compare(baseline.graph, draft.graph)
    touched = change.of("step", "changed") | change.of("step", "removed")
    for id in sorted(touched):
        if id not in in_scope:
            yield Breach(Sentence.of("breaks_boundary", step=baseline.graph.by_id[id].name), "boundary", id)


def _faults(draft: Design) -> Iterator[Breach]:
    for fault in (*faults(draft.graph), *staffing_faults(draft)):
        if fault.weight == "fault":
            yield Breach(fault.sentence, "graph", fault.step)

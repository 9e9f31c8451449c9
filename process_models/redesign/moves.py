"""Redesign moves: each takes a design and gives a design. Undo is the design before.

A step made by a move gets its id from the move, so that replaying the moves gives the same digest.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from process_models.graph.design import Design, Pool, Shift
from process_models.graph.edits import known
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Flow, Kind, Step, Timing
from process_models.graph.wiring import detached, flow_id, with_shares, without
from process_models.values.canonical import digest
from process_models.values.distributions import Fixed, Gamma, deviation, mean
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.provenance import Provenance, worst
from process_models.values.sentences import Sentence
from process_models.values.words import listed, percent


class Remove(Document, frozen=True, tag_field="type", tag="remove"):
    """Drop a step; what came in goes on to where it went."""

    step: str

    def apply(self, design: Design) -> Design:
        """Return the design without the step."""
        known(design.graph, self.step)
        return _with(design, without(design.graph, self.step))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_remove", step=_name(design, self.step))


class Merge(Document, frozen=True, kw_only=True, tag_field="type", tag="merge"):
    """Make one step of two that follow each other: one person does both, one set-up is saved."""

    first: str
    second: str
    name: str
    role: str
    saved: int = 0
    """Set-up time saved a case, ms."""

    @property
    def made(self) -> str:
        """The id of the step it makes."""
        return f"merge-{digest(self)[:12]}"

    def apply(self, design: Design) -> Design:
        """Return the design with one step in the place of two.

        Raises ModelError where the second is not the only step after the first, or one of them is no WORK.
        """
        graph = design.graph
        first, second = known(graph, self.first), known(graph, self.second)
        if (first.kind, second.kind) != (Kind.WORK, Kind.WORK):
            raise ModelError("merge_needs_work", first=first.name, second=second.name)
        if [flow.target for flow in graph.ways(self.first)] != [self.second]:
            raise ModelError("merge_needs_neighbours", first=first.name, second=second.name)
        merged = replace(
            second,
            id=self.made,
            name=self.name,
            role=self.role,
            lane=first.lane if self.role == first.role else second.lane,
            time=_sum(first.time, second.time, self.saved),
            unit_cost=first.unit_cost + second.unit_cost,
            covers=_union(first.covers, second.covers),
            records=_union(first.records, second.records),
            systems=_union(first.systems, second.systems),
            inputs=_union(first.inputs, second.inputs),
            outputs=_union(first.outputs, second.outputs),
            figures=(),
        )
        needed = (_repointed(d, self.first, self.second) for d in graph.dependencies)
        graph = without(replace(graph, dependencies=tuple(d for d in needed if d.step != d.needs)), self.first)
        return _with(design, _moved_names(_renamed(graph, self.second, merged), self.first, self.made))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of(
            "move_merge",
            first=_name(design, self.first),
            second=_name(design, self.second),
            name=self.name,
            role=self.role,
        )


class Reorder(Document, frozen=True, tag_field="type", tag="reorder"):
    """Put a step directly before another; its side exits (a refusal, say) move with it."""

    step: str
    before: str

    def apply(self, design: Design) -> Design:
        """Return the design with the step in its new place.

        Raises ModelError for steps that cannot move, and where the step stands there already.
        """
        graph = design.graph
        step, target = known(graph, self.step), known(graph, self.before)
        if step.kind not in (Kind.WORK, Kind.WAIT, Kind.CHOICE) or target.kind is Kind.START or step.id == target.id:
            raise ModelError("cannot_move_there", step=step.name, before=target.name)
        main = main_way(graph, self.step)
        if main is None or main.target == self.before:
            raise ModelError("cannot_move_there", step=step.name, before=target.name)
        free = detached(graph, self.step, main)
        back = set(free.backward)
        flows = tuple(
            replace(flow, source=self.step, target=self.before)
            if flow.id == main.id
            else replace(flow, target=self.step)
            if flow.target == self.before and flow.source != self.step and flow.id not in back
            else flow
            for flow in free.flows
        )
        return _with(design, replace(free, flows=flows))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_reorder", step=_name(design, self.step), before=_name(design, self.before))


class Parallelise(Document, frozen=True, tag_field="type", tag="parallelise"):
    """Do two steps that follow each other at the same time, between a FORK and a JOIN."""

    first: str
    second: str

    @property
    def made(self) -> str:
        """The stem of the ids of the steps it makes."""
        return f"parallel-{digest(self)[:12]}"

    def apply(self, design: Design) -> Design:
        """Return the design with both steps in branches of their own; coming back to either starts both anew.

        Raises ModelError where they do not directly follow each other.
        """
        graph = design.graph
        first, second = known(graph, self.first), known(graph, self.second)
        ways = graph.ways(self.first)
        others = [f for f in graph.before(self.second) if f.source != self.first and f.id not in graph.backward]
        timed = (Kind.WORK, Kind.WAIT)
        if [f.target for f in ways] != [self.second] or others or first.kind not in timed or second.kind not in timed:
            raise ModelError("parallel_needs_chain", first=first.name, second=second.name)
        fork, join, choice = f"{self.made}-fork", f"{self.made}-join", f"{self.made}-choice"
        onward = graph.ways(self.second)
        after = choice if len(onward) > 1 else join
        flows = [
            replace(f, target=fork)
            if f.target in (self.first, self.second)
            else replace(f, source=after)
            if f in onward
            else f
            for f in graph.flows
            if f.id != ways[0].id
        ]
        links = [(fork, self.first), (fork, self.second), (self.first, join), (self.second, join)]
        links += [(join, choice)] if after == choice else []
        flows += [Flow(id=flow_id(frozenset(), a, b), source=a, target=b) for a, b in links]
        steps = [
            Step(id=fork, kind=Kind.FORK, name="At once", lane=first.lane),
            Step(id=join, kind=Kind.JOIN, name="Both done", lane=second.lane),
        ]
        if after == choice:
            steps.append(Step(id=choice, kind=Kind.CHOICE, name=f"After {second.name}", lane=second.lane))
        return _with(design, replace(graph, steps=(*graph.steps, *steps), flows=tuple(flows)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_parallelise", first=_name(design, self.first), second=_name(design, self.second))


class ChangeRole(Document, frozen=True, tag_field="type", tag="change_role"):
    """Give a step to another role."""

    step: str
    role: str

    def apply(self, design: Design) -> Design:
        """Return the design with the step done by another role."""
        step = known(design.graph, self.step)
        return _with(design, _replaced(design.graph, replace(step, role=self.role)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        before = design.graph.by_id[self.step].role if self.step in design.graph.by_id else ""
        return Sentence.of("move_change_role", step=_name(design, self.step), role=self.role, before=before or "nobody")


class ChangeShare(Document, frozen=True, tag_field="type", tag="change_share"):
    """Set the shares that leave a step; shares that depend on history keep their odds ratios."""

    step: str
    shares: tuple[tuple[str, str], ...]
    """Flow id and share."""

    def apply(self, design: Design) -> Design:
        """Return the design with the shares."""
        known(design.graph, self.step)
        return _with(design, with_shares(design.graph, self.step, dict(self.shares)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        flows = design.graph.flow_by_id
        parts = [
            f"{percent(share)} to “{design.graph.by_id[flows[id].target].name}”"
            for id, share in self.shares
            if id in flows
        ]
        return Sentence.of("move_change_share", step=_name(design, self.step), shares=listed(parts))


class ChangeStaffing(Document, frozen=True, tag_field="type", tag="change_staffing"):
    """Give a pool other heads or shifts."""

    pool: str
    shifts: tuple[Shift, ...]

    def apply(self, design: Design) -> Design:
        """Return the design with the pool's shifts replaced."""
        pool = design.staffing.pool(self.pool)
        if pool is None:
            raise ModelError("pool_unknown", pool=self.pool)
        pools = tuple(replace(p, shifts=self.shifts) if p.id == self.pool else p for p in design.staffing.pools)
        return replace(design, staffing=replace(design.staffing, pools=pools))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        pool = design.staffing.pool(self.pool) or Pool(id=self.pool, name=self.pool)
        after = sum(shift.heads for shift in self.shifts)
        return Sentence.of("move_change_staffing", pool=pool.name, before=pool.heads, after=after)


Move = Remove | Merge | Reorder | Parallelise | ChangeRole | ChangeShare | ChangeStaffing

MOVES: dict[str, type[Any]] = {
    str(move.__struct_config__.tag): move
    for move in (Remove, Merge, Reorder, Parallelise, ChangeRole, ChangeShare, ChangeStaffing)
}
"""Kinds of move by the name that documents and envelopes give them."""


def kind_of(move: Move) -> str:
    """Return the name of a move's kind."""
    return str(move.__struct_config__.tag)


def main_way(graph: StepGraph, step: str) -> Flow | None:
    """Return the likeliest way on from a step, loops apart."""
    ways = [flow for flow in graph.ways(step) if flow.id not in graph.backward]
    return max(ways, key=lambda flow: (float(flow.share), flow.id), default=None)


def _name(design: Design, step: str) -> str:
    return design.graph.by_id[step].name if step in design.graph.by_id else step


def _with(design: Design, graph: StepGraph) -> Design:
    return replace(design, graph=graph)


def _replaced(graph: StepGraph, step: Step) -> StepGraph:
    return replace(graph, steps=tuple(step if s.id == step.id else s for s in graph.steps))


def _renamed(graph: StepGraph, old: str, step: Step) -> StepGraph:
    """Return the graph with a step in another's place, under its own id, everywhere that named the old one."""
    graph = replace(
        graph,
        steps=tuple(step if s.id == old else s for s in graph.steps),
        flows=tuple(
            replace(f, source=step.id if f.source == old else f.source, target=step.id if f.target == old else f.target)
            for f in graph.flows
        ),
        dependencies=tuple(_repointed(d, old, step.id) for d in graph.dependencies),
    )
    return _moved_names(graph, old, step.id)


def _repointed(dependency: Dependency, old: str, new: str) -> Dependency:
    return replace(
        dependency,
        step=new if dependency.step == old else dependency.step,
        needs=new if dependency.needs == old else dependency.needs,
    )


def _moved_names(graph: StepGraph, old: str, new: str) -> StepGraph:
    """Return the graph with clocks, orders and histories speaking of the new step where they spoke of the old."""

    def swapped(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: swapped(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [swapped(item) for item in value]
        return new if value == old else value

    def again(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(msgspec.convert({**swapped(msgspec.to_builtins(t)), "id": t.id}, type(t)) for t in things)

    return replace(graph, obligations=again(graph.obligations), promises=again(graph.promises), rows=again(graph.rows))


def _sum(first: Timing | None, second: Timing | None, saved: int) -> Timing | None:
    """Return the time of both, less the set-up saved; the times of one case are taken as independent."""
    if first is None or second is None:
        return None
    total = max(0, round(mean(first.distribution) + mean(second.distribution)) - saved)
    spread = round((deviation(first.distribution) ** 2 + deviation(second.distribution) ** 2) ** 0.5)
    grade = worst((first.provenance.grade, second.provenance.grade, "B"))
    provenance = Provenance("derived", grade, "sum of the two steps that were merged, less the set-up saved")
    return Timing(Gamma(total, spread) if total and spread else Fixed(total), provenance)


def _union(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *two}))

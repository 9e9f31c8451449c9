"""Moves of shape: which steps there are, and in which order."""

from typing import Literal

from msgspec.structs import replace

from process_models.graph.design import Design
from process_models.graph.edits import known
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Lane, Step, Timing
from process_models.graph.wiring import detached, flow_id, with_shares, without
from process_models.redesign.moves.rewiring import (
    assumed,
    between,
    entered_by,
    having,
    made,
    main_way,
    named,
    refuse_gate,
    renamed_everywhere,
    replaced,
    repointed,
    way,
    with_flows,
)
from process_models.values.distributions import Fixed, Gamma, deviation, mean
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, fraction, number
from process_models.values.provenance import Provenance, worst
from process_models.values.sentences import Sentence
from process_models.values.words import duration, listed, percent


class Remove(Document, frozen=True, tag_field="type", tag="remove"):
    """Drop a step; what came in goes on to where it went."""

    step: str

    def apply(self, design: Design) -> Design:
        """Return the design without the step."""
        known(design.graph, self.step)
        return having(design, without(design.graph, self.step))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_remove", step=named(design, self.step))


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
        return made(self, "merge")

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
        needed = (repointed(d, self.first, self.second) for d in graph.dependencies)
        graph = without(replace(graph, dependencies=tuple(d for d in needed if d.step != d.needs)), self.first)
        return having(design, renamed_everywhere(_renamed(graph, self.second, merged), self.first, self.made))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of(
            "move_merge",
            first=named(design, self.first),
            second=named(design, self.second),
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
        return having(design, replace(free, flows=flows))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_reorder", step=named(design, self.step), before=named(design, self.before))


class Parallelise(Document, frozen=True, tag_field="type", tag="parallelise"):
    """Do two steps that follow each other at the same time, between a FORK and a JOIN."""

    first: str
    second: str

    @property
    def made(self) -> str:
        """The stem of the ids of the steps it makes."""
        return made(self, "parallel")

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
        return having(design, replace(graph, steps=(*graph.steps, *steps), flows=tuple(flows)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_parallelise", first=named(design, self.first), second=named(design, self.second))


class ChangeShare(Document, frozen=True, tag_field="type", tag="change_share"):
    """Set the shares that leave a step; shares that depend on history keep their odds ratios."""

    step: str
    shares: tuple[tuple[str, str], ...]
    """Flow id and share."""

    def apply(self, design: Design) -> Design:
        """Return the design with the shares."""
        known(design.graph, self.step)
        return having(design, with_shares(design.graph, self.step, dict(self.shares)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        flows = design.graph.flow_by_id
        parts = [
            f"{percent(share)} to “{design.graph.by_id[flows[id].target].name}”"
            for id, share in self.shares
            if id in flows
        ]
        return Sentence.of("move_change_share", step=named(design, self.step), shares=listed(parts))


class Split(Document, frozen=True, kw_only=True, tag_field="type", tag="split"):
    """Cut a step in two; the second part takes its share of the time and may be done by somebody else."""

    step: str
    name: str
    """What the second part is called."""
    role: str
    share: Fraction
    """Share of the time that the second part takes."""

    @property
    def made(self) -> str:
        """The id of the second part."""
        return made(self, "split")

    def apply(self, design: Design) -> Design:
        """Return the design with two steps in the place of one; obligations stay with the first part.

        Raises ModelError for what is no WORK, and where shares depend on the step before.
        """
        graph = design.graph
        step = known(graph, self.step)
        refuse_gate(step, Kind.WORK)
        between("0", self.share, "1")
        if any(row.came_from and graph.flow_by_id[row.flow].source == step.id for row in graph.rows):
            raise ModelError("split_with_history", step=step.name)
        rest = fraction(1 - number(self.share))
        first = replace(
            step, time=assumed(step.time, rest, "first part of a step that was cut"), rejects=False, outputs=()
        )
        second = replace(
            step,
            id=self.made,
            name=self.name,
            role=self.role,
            time=assumed(step.time, self.share, "second part of a step that was cut"),
            patience=None,
            figures=(),
            scores=(),
            covers=(),
            records=(),
            inputs=(),
            unit_cost=0,
            stands_for="",
        )
        moved = tuple(
            replace(f, source=self.made) if f.source == step.id and f.kind == "normal" else f for f in graph.flows
        )
        graph = replace(graph, steps=(*replaced(graph, first).steps, second), flows=moved)
        return having(design, with_flows(graph, [way(graph, step.id, self.made, "1")]))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        share = percent(self.share)
        return Sentence.of("move_split", step=named(design, self.step), name=self.name, role=self.role, share=share)


class Insert(Document, frozen=True, kw_only=True, tag_field="type", tag="insert"):
    """Put a new step on a flow; it may send cases back."""

    flow: str
    name: str
    nature: Literal["task", "control", "contact"] = "task"
    lane: Lane = Lane.BACK
    role: str = ""
    time: int
    """Work a visit, ms."""
    covers: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    back_to: str = ""
    """The step to which it sends cases back, empty for none."""
    back: Fraction = "0"
    """Share of cases that it sends back."""

    @property
    def made(self) -> str:
        """The id of the step it makes."""
        return made(self, "insert")

    def apply(self, design: Design) -> Design:
        """Return the design with the step on the flow.

        Raises ModelError for a flow of cases that give up, and for a share with no step to go back to.
        """
        graph = design.graph
        if self.flow not in graph.flow_by_id:
            raise ModelError("no_such_flow", flow=self.flow)
        flow = graph.flow_by_id[self.flow]
        if flow.kind == "abandon":
            raise ModelError("insert_on_abandon", flow=self.flow)
        between("0", self.back, "1")
        if bool(number(self.back)) != bool(self.back_to):
            raise ModelError("insert_back_needs_step")
        new = Step(
            id=self.made,
            kind=Kind.WORK,
            name=self.name,
            nature=self.nature,
            lane=self.lane,
            role=self.role,
            time=Timing(Fixed(self.time), Provenance("judged", "D", "a step that was added")),
            covers=self.covers,
            records=self.records,
        )
        moved = tuple(replace(f, target=self.made) if f.id == flow.id else f for f in graph.flows)
        graph = replace(graph, steps=(*graph.steps, new), flows=moved)
        graph = with_flows(graph, [way(graph, self.made, flow.target, fraction(1 - number(self.back)))])
        if self.back_to:
            known(graph, self.back_to)
            graph = with_flows(graph, [way(graph, self.made, self.back_to, self.back)])
        return having(design, graph)

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        flow = design.graph.flow_by_id.get(self.flow)
        ends = (named(design, flow.source), named(design, flow.target)) if flow else (self.flow, self.flow)
        params = {"name": self.name, "after": ends[0], "before": ends[1], "time": duration(self.time)}
        if self.back_to:
            return Sentence.of("move_insert_back", **params, share=percent(self.back), back=named(design, self.back_to))
        return Sentence.of("move_insert", **params)


class Bypass(Document, frozen=True, tag_field="type", tag="bypass"):
    """Send only a share of cases to a step; the others go where most go on from it."""

    step: str
    share: Fraction
    """Share of the cases that still come to it."""

    @property
    def made(self) -> str:
        """The id of the choice it makes."""
        return made(self, "bypass")

    def apply(self, design: Design) -> Design:
        """Return the design with a choice before the step; cases that come back to it still come.

        Raises ModelError for what takes no time, and where no way leads on.
        """
        graph = design.graph
        step = known(graph, self.step)
        refuse_gate(step, Kind.WORK, Kind.WAIT)
        between("0", self.share, "1")
        main = main_way(graph, self.step)
        if main is None:
            raise ModelError("cannot_remove_end", step=step.name)
        door = Step(id=self.made, kind=Kind.CHOICE, name=f"{step.name} needed?", lane=step.lane)
        graph = replace(graph, steps=(*graph.steps, door), flows=entered_by(graph, self.step, door.id))
        graph = with_flows(graph, [way(graph, door.id, self.step, self.share)])
        graph = with_flows(graph, [way(graph, door.id, main.target, fraction(1 - number(self.share)))])
        return having(design, graph)

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_bypass", step=named(design, self.step), share=percent(self.share))


def _renamed(graph: StepGraph, old: str, step: Step) -> StepGraph:
    """Return the graph with a step in another's place, under its own id, everywhere that named the old one."""
    graph = replace(
        graph,
        steps=tuple(step if s.id == old else s for s in graph.steps),
        flows=tuple(
            replace(f, source=step.id if f.source == old else f.source, target=step.id if f.target == old else f.target)
            for f in graph.flows
        ),
        dependencies=tuple(repointed(d, old, step.id) for d in graph.dependencies),
    )
    return renamed_everywhere(graph, old, step.id)


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

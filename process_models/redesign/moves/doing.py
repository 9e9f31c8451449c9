"""Moves of doing: how a step is done, by whom, with what, and for which cases."""

from msgspec.structs import replace

from process_models.graph.design import Design
from process_models.graph.edits import known
from process_models.graph.steps import Kind, Lane, Step, Timing
from process_models.redesign.moves.rewiring import (
    assumed,
    beside,
    between,
    having,
    made,
    named,
    refuse_gate,
    replaced,
)
from process_models.values.distributions import Fixed, LogNormal
from process_models.values.document import Document
from process_models.values.fractions import Fraction, number
from process_models.values.provenance import Provenance
from process_models.values.sentences import Sentence
from process_models.values.words import decimal, duration, listed, percent


class ChangeRole(Document, frozen=True, tag_field="type", tag="change_role"):
    """Give a step to another role."""

    step: str
    role: str

    def apply(self, design: Design) -> Design:
        """Return the design with the step done by another role."""
        step = known(design.graph, self.step)
        return having(design, replaced(design.graph, replace(step, role=self.role)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        before = design.graph.by_id[self.step].role if self.step in design.graph.by_id else ""
        return Sentence.of("move_change_role", step=named(design, self.step), role=self.role, before=before or "nobody")


class Relocate(Document, frozen=True, tag_field="type", tag="relocate"):
    """Let a step be done in another lane, by another role or by nobody of ours."""

    step: str
    lane: Lane
    role: str = ""

    def apply(self, design: Design) -> Design:
        """Return the design with the step in its new lane."""
        step = known(design.graph, self.step)
        return having(design, replaced(design.graph, replace(step, lane=self.lane, role=self.role)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        step, role = named(design, self.step), self.role or f"the {self.lane.value}"
        return Sentence.of("move_relocate", step=step, lane=self.lane.value, role=role)


class ChangeWork(Document, frozen=True, tag_field="type", tag="change_work"):
    """Do a step in a factor of its time, at a price a visit."""

    step: str
    factor: Fraction
    price: int = 0
    """Paid a visit beside what is paid today, minor units; below zero where something is saved."""

    def apply(self, design: Design) -> Design:
        """Return the design with the time multiplied, a guess until it is tried.

        Raises ModelError for a step that takes no time, and for a price that would make its cost negative.
        """
        step = known(design.graph, self.step)
        refuse_gate(step, Kind.WORK, Kind.WAIT)
        between("0", self.factor, "100")
        time = step.time if number(self.factor) == 1 else assumed(step.time, self.factor, "a factor that was assumed")
        return having(design, replaced(design.graph, replace(step, time=time, unit_cost=step.unit_cost + self.price)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        step, factor = named(design, self.step), percent(self.factor)
        if self.price:
            return Sentence.of("move_change_work_price", step=step, factor=factor, price=decimal(self.price / 100, 2))
        return Sentence.of("move_change_work", step=step, factor=factor)


class ChangeMeans(Document, frozen=True, tag_field="type", tag="change_means"):
    """Do a step with other systems, or at another place."""

    step: str
    systems: tuple[str, ...]
    place: str = ""

    def apply(self, design: Design) -> Design:
        """Return the design with the step's systems and place replaced; its time stays."""
        step = known(design.graph, self.step)
        return having(design, replaced(design.graph, replace(step, systems=self.systems, place=self.place)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        means = listed((*self.systems, *((self.place,) if self.place else ()))) or "no system"
        return Sentence.of("move_change_means", step=named(design, self.step), means=means)


class ChangeOwner(Document, frozen=True, tag_field="type", tag="change_owner"):
    """Let one role answer for a step."""

    step: str
    owner: str

    def apply(self, design: Design) -> Design:
        """Return the design with the step's owner replaced."""
        step = known(design.graph, self.step)
        return having(design, replaced(design.graph, replace(step, owner=self.owner)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_change_owner", step=named(design, self.step), owner=self.owner)


class Unbatch(Document, frozen=True, tag_field="type", tag="unbatch"):
    """Do a step case by case instead of saving work up; the wait that was measured with batches no longer holds."""

    step: str

    def apply(self, design: Design) -> Design:
        """Return the design with the step's batch rule and measured wait taken away."""
        step = known(design.graph, self.step)
        figures = tuple(figure for figure in step.figures if figure.id not in ("wait", "elapsed"))
        return having(design, replaced(design.graph, replace(step, batch="", figures=figures)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of("move_unbatch", step=named(design, self.step))


class Automate(Document, frozen=True, kw_only=True, tag_field="type", tag="automate"):
    """Let a machine do a step; a share of cases still goes to people."""

    step: str
    time: int
    """What the machine takes a visit, ms."""
    exceptions: Fraction
    """Share of cases that people still do."""
    price: int = 0
    """Paid a visit, minor units."""

    @property
    def made(self) -> str:
        """The id of the machine's step."""
        return made(self, "auto")

    def apply(self, design: Design) -> Design:
        """Return the design with the machine's step before that of people, which it leads past.

        Raises ModelError for what is no WORK.
        """
        step = known(design.graph, self.step)
        refuse_gate(step, Kind.WORK)
        between("0", self.exceptions, "1")
        other = replace(
            step,
            id=self.made,
            name=f"{step.name}, by machine",
            role="",
            lane=Lane.SUPPORT,
            nature="control" if step.nature == "control" else "task",
            time=Timing(Fixed(self.time), Provenance("judged", "D", "a machine that was assumed")),
            patience=None,
            unit_cost=self.price,
            automation="automatic",
            stands_for=step.id,
            figures=(),
            scores=(),
        )
        return having(design, beside(design.graph, step, other, None, "1", self.exceptions))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        params = {"time": duration(self.time), "share": percent(self.exceptions)}
        return Sentence.of("move_automate", step=named(design, self.step), **params)


class Triage(Document, frozen=True, kw_only=True, tag_field="type", tag="triage"):
    """Treat a share of cases in another way beside a step; some of them are sent the wrong way and come back."""

    step: str
    name: str
    role: str
    share: Fraction
    """Share of cases that take the other way."""
    factor: Fraction
    """Their work as a factor of the step's."""
    misrouted: Fraction
    """Share of those that the step must do after all."""

    @property
    def made(self) -> str:
        """The id of the other way."""
        return made(self, "triage")

    def apply(self, design: Design) -> Design:
        """Return the design with a choice before the step and the other way beside it; obligations are met on both.

        Raises ModelError for what is no WORK.
        """
        step = known(design.graph, self.step)
        refuse_gate(step, Kind.WORK)
        between("0", self.share, "1")
        between("0", self.misrouted, "1")
        other = replace(
            step,
            id=self.made,
            name=self.name,
            role=self.role,
            time=assumed(step.time, self.factor, "a factor that was assumed"),
            patience=None,
            stands_for=step.id,
            figures=(),
            scores=(),
        )
        door = Step(id=f"{self.made}-choice", kind=Kind.CHOICE, name=f"Which way for {step.name}?", lane=step.lane)
        return having(design, beside(design.graph, step, other, door, self.share, self.misrouted))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        return Sentence.of(
            "move_triage",
            step=named(design, self.step),
            name=self.name,
            role=self.role,
            share=percent(self.share),
            misrouted=percent(self.misrouted),
        )


class Outsource(Document, frozen=True, kw_only=True, tag_field="type", tag="outsource"):
    """Let another organisation do a step: a wait with an agreed time, at a price a case."""

    step: str
    wait: int
    """Mean time until it comes back, ms."""
    spread: int = 0
    """Standard deviation, ms."""
    price: int
    """Paid a visit, minor units."""

    def apply(self, design: Design) -> Design:
        """Return the design with the step as a wait in the external lane.

        Raises ModelError for what is no WORK.
        """
        step = known(design.graph, self.step)
        refuse_gate(step, Kind.WORK)
        agreed = LogNormal(self.wait, self.spread) if self.spread else Fixed(self.wait)
        outside = replace(
            step,
            kind=Kind.WAIT,
            lane=Lane.EXTERNAL,
            role="",
            time=Timing(agreed, Provenance("judged", "D", "what a supplier would agree to")),
            patience=None,
            unit_cost=self.price,
            figures=(),
        )
        return having(design, replaced(design.graph, outside))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        params = {"wait": duration(self.wait), "price": decimal(self.price / 100, 2)}
        return Sentence.of("move_outsource", step=named(design, self.step), **params)

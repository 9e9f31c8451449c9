"""What is typed about options: a name, and one form for each kind of move, built on the design it changes."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from wtforms import DecimalField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind
from process_models.redesign.moves import (
    ChangeRole,
    ChangeShare,
    ChangeStaffing,
    Merge,
    Move,
    Parallelise,
    Remove,
    Reorder,
)
from process_models.values.calendars import MINUTE
from process_models.values.fractions import fraction, number
from workbench.errors import Invalid
from workbench.forms import Form, choices

ROUNDING = number("0.0001")
"""Of a per cent, that typed shares may miss the whole by."""
PLAIN = (Kind.START, Kind.END, Kind.FORK, Kind.JOIN)


class OptionForm(Form):
    """A new option."""

    name = StringField("What it does, in a few words", [InputRequired("Write a name."), Length(max=120)])


class MoveForm(Form):
    """A move; carries the revision of the option it was thought of on."""

    base = HiddenField()
    about = ""
    """The step or pool that a form with fields of its own is about."""

    @property
    def revision(self) -> int:
        """The revision it was thought of on."""
        return int(self.base.data or 0)

    @classmethod
    def on(cls, design: Design, base: int, about: str = "") -> "MoveForm":
        """Return the form over the steps of a design."""
        form = cls(base=base)
        for field in form:
            if isinstance(field, SelectField):
                field.choices = OFFERED[field.name](design)
        return form

    def move(self, design: Design) -> Move:
        """Return the move."""
        raise TypeError(f"{type(self).__name__} makes no move on {design.graph.name}")


def _steps(graph: StepGraph, *kinds: Kind) -> Any:
    found = [
        id
        for id in graph.reading_order
        if (graph.by_id[id].kind in kinds if kinds else graph.by_id[id].kind not in PLAIN)
    ]
    return choices((id, f"{graph.numbers[id]} {graph.by_id[id].name}") for id in found)


OFFERED: dict[str, Callable[[Design], Any]] = {
    "step": lambda design: _steps(design.graph),
    "worked": lambda design: _steps(design.graph, Kind.WORK),
    "first": lambda design: _steps(design.graph, Kind.WORK, Kind.WAIT),
    "second": lambda design: _steps(design.graph, Kind.WORK, Kind.WAIT),
    "before": lambda design: _steps(design.graph, Kind.WORK, Kind.WAIT, Kind.CHOICE, Kind.END),
    "role": lambda design: choices((entry.id, entry.id) for entry in design.staffing.roles),
}


class RemoveForm(MoveForm):
    """Remove a step."""

    step = SelectField("Step")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Remove(self.step.data)


class MergeForm(MoveForm):
    """Merge two steps."""

    first = SelectField("First step")
    second = SelectField("The step after it")
    name = StringField("Name of the new step", [InputRequired("Write a name."), Length(max=80)])
    role = SelectField("Done by")
    saved = IntegerField("Set-up saved (minutes a case)", [NumberRange(min=0)], default=0)

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Merge(
            first=self.first.data,
            second=self.second.data,
            name=self.name.data.strip(),
            role=self.role.data,
            saved=(self.saved.data or 0) * MINUTE,
        )


class ReorderForm(MoveForm):
    """Put a step before another."""

    step = SelectField("Step")
    before = SelectField("Directly before")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Reorder(self.step.data, self.before.data)


class ParalleliseForm(MoveForm):
    """Do two steps at the same time."""

    first = SelectField("First step")
    second = SelectField("The step after it")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Parallelise(self.first.data, self.second.data)


class RoleForm(MoveForm):
    """Give a step to another role."""

    worked = SelectField("Step")
    role = SelectField("Done by")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return ChangeRole(self.worked.data, self.role.data)


class ShareForm(MoveForm):
    """Change how many cases take which way from one step; a field a way."""

    @classmethod
    def on(cls, design: Design, base: int, about: str = "") -> "MoveForm":
        """Return the form with one field for each way from a step, in per cent."""
        graph = design.graph
        fields = {
            f"way{n}": DecimalField(
                f"To “{graph.by_id[flow.target].name}” (per cent)",
                [InputRequired("Write a number."), NumberRange(min=0, max=100)],
                default=number(flow.share) * 100,
            )
            for n, flow in enumerate(graph.ways(about))
        }
        form = type("Shares", (ShareForm,), fields)(base=base)
        form.about = about
        return form  # type: ignore[no-any-return]

    def move(self, design: Design) -> Move:
        """Return the move; shares that do not add up are refused."""
        ways = design.graph.ways(self.about)
        typed = [getattr(self, f"way{n}").data for n in range(len(ways))]
        if abs(sum(typed) - 100) > ROUNDING:
            raise Invalid("option_shares_not_whole", total=fraction(sum(typed), 4))
        shares = tuple((flow.id, fraction(value / 100)) for flow, value in zip(ways, typed, strict=True))
        return ChangeShare(self.about, shares)


class StaffForm(MoveForm):
    """Change the heads of a pool; a field a shift."""

    @classmethod
    def on(cls, design: Design, base: int, about: str = "") -> "MoveForm":
        """Return the form with one field for each shift of a pool."""
        pool = design.staffing.pool(about)
        fields = {
            f"shift{n}": IntegerField(
                f"Heads in shift “{shift.id}”",
                [InputRequired("Write a number."), NumberRange(min=0, max=9999)],
                default=shift.heads,
            )
            for n, shift in enumerate(pool.shifts if pool else ())
        }
        form = type("Staff", (StaffForm,), fields)(base=base)
        form.about = about
        return form  # type: ignore[no-any-return]

    def move(self, design: Design) -> Move:
        """Return the move."""
        pool = design.staffing.pool(self.about)
        shifts = pool.shifts if pool else ()
        heads = (getattr(self, f"shift{n}").data for n in range(len(shifts)))
        return ChangeStaffing(self.about, tuple(replace(s, heads=h) for s, h in zip(shifts, heads, strict=True)))


FORMS: dict[str, tuple[str, type[MoveForm]]] = {
    "remove": ("Remove a step", RemoveForm),
    "merge": ("Merge two steps", MergeForm),
    "reorder": ("Change the order", ReorderForm),
    "parallelise": ("Do two steps at once", ParalleliseForm),
    "change_role": ("Give a step to another role", RoleForm),
}
"""Moves about any steps; shares and staffing have a form for each step that splits and each pool."""

"""What is typed about options: a name, and one form for each kind of move, built on the design it changes."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from wtforms import DecimalField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind, Lane
from process_models.redesign.moves import (
    AssignPools,
    Automate,
    Bypass,
    ChangeMeans,
    ChangeOwner,
    ChangeRole,
    ChangeShare,
    ChangeStaffing,
    ChangeWork,
    Insert,
    KeepCase,
    Merge,
    MergePools,
    Move,
    Outsource,
    Parallelise,
    Relocate,
    Remove,
    Reorder,
    Split,
    Triage,
    Unbatch,
)
from process_models.values.calendars import MINUTE
from process_models.values.fractions import Fraction, fraction, number
from workbench.errors import Invalid
from workbench.forms import Form, checkboxes, choices
from workbench.processes.forms import Read, duration_field, lines, number_field
from workbench.processes.typed import read_duration, read_number

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
            if isinstance(field, SelectField) and field.name in OFFERED:
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
    "anybody": lambda design: choices([("", "nobody of ours"), *((r.id, r.id) for r in design.staffing.roles)]),
    "flow": lambda design: _flows(design.graph),
    "back_to": lambda design: choices([("", "nowhere")]) + list(_steps(design.graph)),
    "lane": lambda _: choices((lane.value, lane.value.capitalize()) for lane in Lane),
    "pools": lambda design: choices((pool.id, pool.name) for pool in design.staffing.pools),
    "steps": lambda design: _steps(design.graph, Kind.WORK),
}


def _flows(graph: StepGraph) -> Any:
    normal = sorted(
        (flow for flow in graph.flows if flow.kind == "normal"),
        key=lambda flow: (graph.numbers.get(flow.source, 0), graph.numbers.get(flow.target, 0)),
    )
    return choices((f.id, f"{graph.by_id[f.source].name} → {graph.by_id[f.target].name}") for f in normal)


def share_field(label: str, description: str = "", default: str = "") -> StringField:
    """Return a field for a share in per cent."""
    checks = [InputRequired("Write a number."), Length(max=40), Read(read_number)]
    return StringField(f"{label} (per cent)", checks, description=description, default=default)


def _share(field: Any) -> Fraction:
    return fraction(read_number(field.data) / 100)


def _minor(field: Any) -> int:
    """Return an amount of money in minor units; nothing typed is none."""
    return int((read_number(field.data) * 100).to_integral_value()) if (field.data or "").strip() else 0


def _ms(field: Any) -> int:
    return read_duration(field.data) if (field.data or "").strip() else 0


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


class SplitForm(MoveForm):
    """Cut a step in two."""

    worked = SelectField("Step")
    name = StringField("Name of the second part", [InputRequired("Write a name."), Length(max=80)])
    role = SelectField("Second part done by")
    share = share_field("Its share of the time", default="50")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Split(step=self.worked.data, name=self.name.data.strip(), role=self.role.data, share=_share(self.share))


class InsertForm(MoveForm):
    """Put a new step on a way."""

    flow = SelectField("Between")
    name = StringField("Name", [InputRequired("Write a name."), Length(max=80)])
    nature = SelectField("Nature", choices=choices((one, one) for one in ("task", "control", "contact")))
    lane = SelectField("Lane")
    anybody = SelectField("Done by")
    time = duration_field("Time a case", "For example 5 min", InputRequired("Write how long it takes."))
    back_to = SelectField("Sends cases back to")
    back = share_field("Share that it sends back", default="0")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Insert(
            flow=self.flow.data,
            name=self.name.data.strip(),
            nature=self.nature.data,
            lane=Lane(self.lane.data),
            role=self.anybody.data,
            time=_ms(self.time),
            back_to=self.back_to.data,
            back=_share(self.back),
        )


class BypassForm(MoveForm):
    """Send only some cases to a step."""

    step = SelectField("Step")
    share = share_field("Cases that still come to it")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Bypass(self.step.data, _share(self.share))


class TriageForm(MoveForm):
    """Treat some cases in another way."""

    worked = SelectField("Beside the step")
    name = StringField("Name of the other way", [InputRequired("Write a name."), Length(max=80)])
    role = SelectField("Done by")
    share = share_field("Cases that take it")
    factor = share_field("Their work, of that of the step")
    misrouted = share_field("Of those, sent the wrong way", "They come to the step after all", default="10")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Triage(
            step=self.worked.data,
            name=self.name.data.strip(),
            role=self.role.data,
            share=_share(self.share),
            factor=_share(self.factor),
            misrouted=_share(self.misrouted),
        )


class AutomateForm(MoveForm):
    """Let a machine do a step."""

    worked = SelectField("Step")
    time = duration_field("Time of the machine a case", "For example 5 s", InputRequired("Write how long it takes."))
    exceptions = share_field("Cases that people still do", default="10")
    price = number_field("Paid a visit", "In the service's currency")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Automate(
            step=self.worked.data, time=_ms(self.time), exceptions=_share(self.exceptions), price=_minor(self.price)
        )


class OutsourceForm(MoveForm):
    """Let another organisation do a step."""

    worked = SelectField("Step")
    wait = duration_field("Mean time until it comes back", "", InputRequired("Write how long it takes."))
    spread = duration_field("Standard deviation")
    price = number_field("Paid a visit", "In the service's currency", InputRequired("Write the price, 0 for none."))

    def move(self, design: Design) -> Move:
        """Return the move."""
        times = {"wait": _ms(self.wait), "spread": _ms(self.spread)}
        return Outsource(step=self.worked.data, price=_minor(self.price), **times)


class RelocateForm(MoveForm):
    """Let a step be done in another lane."""

    step = SelectField("Step")
    lane = SelectField("Lane")
    anybody = SelectField("Done by")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Relocate(self.step.data, Lane(self.lane.data), self.anybody.data)


class UnbatchForm(MoveForm):
    """Do a step case by case."""

    step = SelectField("Step")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return Unbatch(self.step.data)


class WorkForm(MoveForm):
    """Do a step in less or more time."""

    step = SelectField("Step")
    factor = share_field("Time it takes, of today's")
    price = number_field("Paid a visit beside what is paid today", "In the service's currency")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return ChangeWork(self.step.data, _share(self.factor), _minor(self.price))


class MeansForm(MoveForm):
    """Do a step with other systems."""

    step = SelectField("Step")
    systems = StringField("Systems", [Length(max=400)], description="With commas between")
    place = StringField("Place", [Length(max=120)])

    def move(self, design: Design) -> Move:
        """Return the move."""
        return ChangeMeans(self.step.data, lines(self.systems.data), (self.place.data or "").strip())


class OwnerForm(MoveForm):
    """Let one role answer for a step."""

    step = SelectField("Step")
    owner = StringField("Who answers for it", [InputRequired("Write a role."), Length(max=120)])

    def move(self, design: Design) -> Move:
        """Return the move."""
        return ChangeOwner(self.step.data, self.owner.data.strip())


class AssignPoolsForm(MoveForm):
    """Let other pools help a role; those that do its work today stay first."""

    role = SelectField("Work of")
    pools = checkboxes("Done by")

    def move(self, design: Design) -> Move:
        """Return the move."""
        chosen = set(self.pools.data or ())
        today = [pool.id for pool in design.staffing.pools_of(self.role.data) if pool.id in chosen]
        return AssignPools(self.role.data, (*today, *sorted(chosen - set(today))))


class MergePoolsForm(MoveForm):
    """Let pools share one queue."""

    pools = checkboxes("Pools")
    name = StringField("Name of the new pool", [InputRequired("Write a name."), Length(max=80)])

    def move(self, design: Design) -> Move:
        """Return the move."""
        return MergePools(tuple(sorted(self.pools.data or ())), self.name.data.strip())


class KeepForm(MoveForm):
    """Let somebody stay with a case."""

    by = SelectField(
        "Who stays",
        choices=choices([("person", "one person"), ("team", "one team"), ("owner", "one owner for the customer")]),
    )
    steps = checkboxes("Through the steps")

    def move(self, design: Design) -> Move:
        """Return the move."""
        return KeepCase(self.by.data, tuple(sorted(self.steps.data or ())))


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
    "split": ("Cut a step in two", SplitForm),
    "insert": ("Put a new step on a way", InsertForm),
    "reorder": ("Change the order", ReorderForm),
    "parallelise": ("Do two steps at once", ParalleliseForm),
    "bypass": ("Send only some cases to a step", BypassForm),
    "triage": ("Treat some cases in another way", TriageForm),
    "automate": ("Let a machine do a step", AutomateForm),
    "outsource": ("Let another organisation do a step", OutsourceForm),
    "relocate": ("Let the customer or another lane do a step", RelocateForm),
    "unbatch": ("Stop saving work up", UnbatchForm),
    "change_work": ("Change how long a step takes", WorkForm),
    "change_means": ("Change systems or place", MeansForm),
    "change_role": ("Give a step to another role", RoleForm),
    "change_owner": ("Let one role answer for a step", OwnerForm),
    "assign_pools": ("Let other people help a role", AssignPoolsForm),
    "merge_pools": ("Let pools share one queue", MergePoolsForm),
    "keep_case": ("Let somebody stay with a case (not simulated yet)", KeepForm),
}
"""Moves about any steps; shares and staffing have a form for each step that splits and each pool."""
GROUPS: dict[str, tuple[str, ...]] = {
    "Which steps, in which order": ("remove", "merge", "split", "insert", "reorder", "parallelise"),
    "Which cases come to a step": ("bypass", "triage", "change_share"),
    "How a step is done": ("automate", "outsource", "relocate", "unbatch", "change_work", "change_means"),
    "Who does it": (
        "change_role",
        "change_owner",
        "change_staffing",
        "assign_pools",
        "merge_pools",
        "keep_case",
    ),
}
"""Kinds of move as the page groups them."""

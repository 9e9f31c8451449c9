"""What is typed about a process as a whole: its rows or its file, its hours, its versions, its staffing."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import structs
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from process_models.graph.design import Learning, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.graph import StepGraph
from process_models.values.calendars import HOUR, MINUTE, WEEK, Calendar
from process_models.values.document import slug
from process_models.values.errors import ModelError
from process_models.values.fractions import fraction, number
from process_models.values.provenance import Grade, Origin, Provenance
from workbench.forms import Form, checkboxes, choices
from workbench.processes.model import Revision
from workbench.processes.typed import (
    DAYS,
    plain_number,
    read_clock,
    read_duration,
    read_number,
    spans,
    week,
    write_clock,
)

GRADES = (("A", "A, measured"), ("B", "B, sampled"), ("C", "C, an expert's range"), ("D", "D, a guess"))


class Read:
    """Refuses a text that cannot be read as what the field asks for; an empty one is left to others."""

    def __init__(self, reader: Callable[[str], Any]) -> None:
        self.reader = reader

    def __call__(self, form: Form, field: Field) -> None:
        """Say beside the field why the text cannot be read."""
        if (field.data or "").strip():
            try:
                self.reader(field.data)
            except ModelError as problem:
                raise ValidationError(str(problem)) from None


def duration_field(label: str, description: str = "", *more: Any) -> StringField:
    """Return a field for a time such as 14 min."""
    return StringField(label, [*more, Length(max=40), Read(read_duration)], description=description)


def number_field(label: str, description: str = "", *more: Any) -> StringField:
    """Return a field for a number."""
    return StringField(label, [*more, Length(max=40), Read(read_number)], description=description)


def provenance(old: Provenance | None, grade: Grade, source: str, date: str) -> Provenance:
    """Return where a typed value comes from; the old answer stays if nothing about it was changed."""
    if old and (old.grade, old.source) == (grade, source) and (old.date == date or not date):
        return old
    kind: Origin = "judged" if grade in "CD" else "measured"
    if old and old.grade == grade:
        kind = old.kind
    return Provenance(kind, grade, source, date)


def lines(text: str | None) -> tuple[str, ...]:
    """Return what was typed one thing a line, or with commas between."""
    return tuple(one.strip() for one in (text or "").replace(",", "\n").splitlines() if one.strip())


class BasedForm(Form):
    """A form that knows the revision it was typed on."""

    base = HiddenField()

    @property
    def revision(self) -> int:
        """The revision it was typed on; 0 where none was sent."""
        typed = str(self.base.data or "")
        return int(typed) if typed.isdecimal() and len(typed) < 9 else 0


class ProcessForm(Form):
    """A new process, from typed rows."""

    service = SelectField("Service")
    name = StringField("Name", [InputRequired("Write a name."), Length(max=120)])
    rows = TextAreaField(
        "Steps, one a line",
        [InputRequired("Write or paste at least one row."), Length(max=100_000)],
        description="Paste from a spreadsheet with headings such as step, role, next, share, minutes; or type "
        "name; lane; role; minutes. Only the name is needed.",
    )


class HoursForm(BasedForm):
    """The week in which clocks in working time run."""

    days = checkboxes("Open on", "None: clocks run day and night")
    opens = StringField("From", [InputRequired("Write the hour, such as 9:00."), Read(read_clock)], default="9:00")
    closes = StringField("To", [InputRequired("Write the hour, such as 17:00."), Read(read_clock)], default="17:00")
    closed = TextAreaField(
        "Closed on", [Length(max=5000)], description="Dates such as 2026-12-25, one a line, if you like"
    )

    @classmethod
    def on(cls, hours: Calendar | None, base: int) -> "HoursForm":
        """Return the form filled with a week."""
        week = hours or Calendar(())
        first = week.spans[0] if week.spans else None
        form = cls(
            base=base,
            days=sorted({str(span.day) for span in week.spans}),
            opens=write_clock(min(span.start for span in week.spans)) if first else "9:00",
            closes=write_clock(max(span.end for span in week.spans)) if first else "17:00",
            closed="\n".join(week.closed),
        )
        form.days.choices = choices((str(n), name) for n, name in enumerate(DAYS))
        return form

    def week(self) -> Calendar | None:
        """Return the week as typed."""
        return week(
            self.days.data or [], read_clock(self.opens.data), read_clock(self.closes.data), lines(self.closed.data)
        )


class VersionForm(Form):
    """The name of a version, and whether it is the baseline."""

    name = StringField("Name", [Length(max=120)], description="For example: as-is, confirmed by the team")
    baseline = BooleanField("Baseline: options change this version")

    @classmethod
    def on(cls, revision: Revision) -> "VersionForm":
        """Return the form filled with what is known of a version."""
        return cls(name=revision.name, baseline=revision.baseline)


HOURS_END = {
    "finish": "is finished",
    "pause": "pauses until the next hours",
    "hand over": "is handed over: somebody else does the rest",
    "restart": "is begun anew later",
}
OTHER_WORK = {"steps": "another step", "types": "another type of case"}
ORDERS = {
    "first": "who came first",
    "last": "who came last",
    "due": "whose due time is next",
}


class PoolForm(BasedForm):
    """A pool: its heads, when they are there, and what an hour costs."""

    pool = HiddenField()
    shift = HiddenField()
    name = StringField("Name", [InputRequired("Write a name."), Length(max=120)], description="Who shares this work")
    heads = IntegerField("Heads", [InputRequired("Write how many people."), NumberRange(0, 10_000)])
    rate = number_field(
        "Cost of an hour", "In the service's currency, for example 24.50", InputRequired("Write an amount.")
    )
    days = checkboxes("Days")
    opens = StringField("From", [InputRequired("Write the hour."), Read(read_clock)], default="9:00")
    closes = StringField("To", [InputRequired("Write the hour."), Read(read_clock)], default="17:00")
    hours_end = SelectField("When the hours end, work in hand", choices=choices(HOURS_END.items()), default="finish")
    setup = number_field(
        "Minutes to set up for other work", "Before work of another sort than the last; 0 for none", Optional()
    )
    setup_between = SelectField("Other work is", choices=choices(OTHER_WORK.items()), default="steps")
    new_factor = number_field(
        "New people take times as long",
        "The heads of these hours are new; it falls to 1 week by week. Empty: nobody is",
        Optional(),
    )
    new_weeks = IntegerField("For (weeks)", [Optional(), NumberRange(1, 104)])
    grade = SelectField("Evidence", choices=choices(GRADES), default="D")
    source = StringField("Where this comes from", [InputRequired("Say where this comes from."), Length(max=200)])

    @classmethod
    def on(cls, base: int, pool: Pool | None = None, shift: str = "") -> "PoolForm":
        """Return the form filled with a pool and one of its shifts; a name of no shift begins another."""
        filled: dict[str, Any] = {"base": base, "days": list("01234")}
        if pool:
            one = next((s for s in pool.shifts if s.id == shift), None if shift else next(iter(pool.shifts), None))
            filled |= {
                "pool": pool.id,
                "name": pool.name,
                "rate": plain_number(read_number(str(pool.rate)) / 100),
                "hours_end": "finish" if pool.finish else pool.unfinished,
                "setup": plain_number(Decimal(pool.setup) / MINUTE),
                "setup_between": pool.setup_between,
                "grade": pool.provenance.grade,
                "source": pool.provenance.source,
            }
            filled |= _shift(one) if one else {"shift": ""}
        form = cls(**filled)
        form.days.choices = choices((str(n), name) for n, name in enumerate(DAYS))
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a day, and for hours that end after they begin."""
        fits = super().validate(extra_validators)
        if fits and not self.days.data:
            self.days.errors = ["Tick at least one day."]
            return False
        if fits and read_clock(self.opens.data) >= read_clock(self.closes.data):
            self.closes.errors = ["The hours end after they begin. A night shift is two shifts, one a day."]
            return False
        return fits

    def added(self, staffing: Staffing, date: str) -> Staffing:
        """Return the staffing with this pool and shift."""
        old = staffing.pool(self.pool.data or "")
        kept = tuple(s for s in old.shifts if s.id != self.shift.data) if old else ()
        taken = frozenset(shift.id for shift in kept)
        hours = spans(self.days.data, read_clock(self.opens.data), read_clock(self.closes.data))
        shift = Shift(
            id=self.shift.data or slug("shift", taken), spans=hours, heads=self.heads.data, learning=self._learning()
        )
        ends = self.hours_end.data
        new = Pool(
            id=old.id if old else slug(self.name.data, frozenset(pool.id for pool in staffing.pools)),
            name=self.name.data.strip(),
            shifts=(*kept, *((shift,) if shift.heads or not kept else ())),
            rate=int((read_number(self.rate.data) * 100).to_integral_value()),
            finish=ends == "finish",
            unfinished="pause" if ends == "finish" else ends,
            setup=int(read_number(self.setup.data or "0") * MINUTE),
            setup_between=self.setup_between.data,
            provenance=provenance(old.provenance if old else None, self.grade.data, self.source.data.strip(), date),
        )
        return structs.replace(staffing, pools=(*(p for p in staffing.pools if p.id != new.id), new))

    def _learning(self) -> Learning | None:
        if not self.new_factor.data or not self.new_weeks.data:
            return None
        return Learning(factor=fraction(read_number(self.new_factor.data)), lasts=self.new_weeks.data * WEEK)


def _shift(shift: Shift) -> dict[str, Any]:
    learning = shift.learning
    return {
        "new_factor": plain_number(number(learning.factor)) if learning else "",
        "new_weeks": -(-learning.lasts // WEEK) if learning else None,
        "shift": shift.id,
        "heads": shift.heads,
        "days": sorted({str(span.day) for span in shift.spans}),
        "opens": write_clock(min(span.start for span in shift.spans)),
        "closes": write_clock(max(span.end for span in shift.spans)),
    }


PREFERENCES = 3


class RolesForm(BasedForm):
    """Which pools do the work of each role; made for a graph by :func:`roles_form`."""

    roles: tuple[str, ...] = ()

    def chosen(self) -> tuple[RoleStaffing, ...]:
        """Return the pools of each role, the preferred first, each once."""
        out = []
        for n, role in enumerate(self.roles):
            picked = [self[f"role{n}_{place}"].data for place in range(PREFERENCES)]
            pools = tuple(dict.fromkeys(id for id in picked if id))
            if pools:
                out.append(RoleStaffing(role, pools, self[f"role{n}_order"].data, self._ageing(n)))
        return tuple(out)

    def _ageing(self, n: int) -> int:
        """Return the wait after which work counts one priority better; only where who came first goes first."""
        hours = read_number(self[f"role{n}_ageing"].data or "0")
        return int(hours * HOUR) if self[f"role{n}_order"].data == "first" else 0

    def by_role(self) -> list[tuple[str, list[Field]]]:
        """Return each role with its fields."""
        return [(role, [self[f"role{n}_{place}"] for place in range(PREFERENCES)]) for n, role in enumerate(self.roles)]

    def queue_of(self, role: str) -> tuple[Field, Field]:
        """Return the fields that say in which order work of a role is taken."""
        n = self.roles.index(role)
        return self[f"role{n}_order"], self[f"role{n}_ageing"]


def roles_form(graph: StepGraph, staffing: Staffing, base: int) -> RolesForm:
    """Return the form over the roles of a graph and the pools there are."""
    pools = [*choices([("", "none")]), *choices((pool.id, pool.name) for pool in staffing.pools)]
    fields: dict[str, Any] = {"roles": graph.roles}
    filled: dict[str, Any] = {"base": base}
    for n, role in enumerate(graph.roles):
        known = [pool.id for pool in staffing.pools_of(role)]
        for place, words in enumerate(("First", "Second", "Third")):
            fields[f"role{n}_{place}"] = SelectField(words, choices=pools, default="")
            filled[f"role{n}_{place}"] = known[place] if place < len(known) else ""
        own = next((one for one in staffing.roles if one.id == role), None)
        fields[f"role{n}_order"] = SelectField("Who goes first", choices=choices(ORDERS.items()), default="first")
        fields[f"role{n}_ageing"] = number_field("Hours of waiting that raise the priority", "0 for never", Optional())
        filled[f"role{n}_order"] = own.order if own else "first"
        filled[f"role{n}_ageing"] = plain_number(Decimal(own.ageing) / HOUR) if own else "0"
    made: RolesForm = type("RolesForm", (RolesForm,), fields)(**filled)
    return made

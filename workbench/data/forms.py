"""What is typed about a log: its file, what its columns mean, what becomes of it."""

from typing import Any

from wtforms import Field, FileField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from process_models.graph.steps import Lane
from process_models.logs.columns import NEEDED, USES, Columns, Meaning, Waiting
from process_models.logs.guessing import proposed_waiting, waiting_reason
from process_models.values.calendars import zone
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence, say
from workbench.data.model import Guessed, Terms
from workbench.forms import Form, checkboxes, choices
from workbench.processes.forms import BasedForm, Read, lines
from workbench.processes.typed import DAYS, read_clock, week, write_clock

USE_WORDS = {
    "case": ("Case", "The same on all rows of a case"),
    "step": ("Step", "What was done, or the state the case was in"),
    "time": ("Time", "The end of the step, or the moment of the change"),
    "start": ("Start", "When work on the step began"),
    "order": ("Order", "Numbers the rows of a case where times are too coarse"),
    "group": ("Group", "The team that did it: becomes the role"),
    "resource": ("Person", "Only counted; names are not kept"),
    "opened": ("Opened", "When the customer came"),
    "promise": ("Promise", "Whether it was kept"),
    "channel": ("Channel", ""),
    "case_type": ("Type of case", ""),
}
MEANINGS = (
    ("spans", "a step was worked on from its start to its end"),
    ("ends", "a step was finished at this time"),
    ("states", "from this time on the case was in this state"),
)
ORDERS = (("ymd", "year, month, day"), ("dmy", "day, month, year"), ("mdy", "month, day, year"))
WAITS = (
    ("", "work"),
    ("customer", "a wait for the customer"),
    ("external", "a wait for another party"),
    ("back", "a wait with us"),
)
NOISES = (
    ("0", "nothing"),
    ("0.005", "moves below 0.5%"),
    ("0.01", "moves below 1%"),
    ("0.02", "moves below 2%"),
    ("0.05", "moves below 5%"),
    ("0.1", "moves below 10%"),
)


class LogForm(Form):
    """A log to bring in."""

    service = SelectField("Service")
    file = FileField("CSV file", description="Plain or gzipped: one row for each step or change of state of a case")


class ColumnsForm(Form):
    """What the columns of a log mean; made for a log by :func:`columns_form`."""

    built_on = HiddenField()
    """Step and promise columns whose values the form offers."""
    meaning = SelectField("Each row says that", choices=choices(MEANINGS))
    dates = SelectField("Dates are written", choices=choices(ORDERS))
    zone = StringField(
        "Clock",
        [InputRequired("Write a time zone.")],
        description="The time zone of times without one, for example Europe/London",
    )
    missing = StringField("Means unknown", [Length(max=400)], description="Beside empty cells, with commas between")
    days = checkboxes("Waiting counts on", "None: day and night")
    opens = StringField("From", [InputRequired("Write the hour."), Read(read_clock)], default="9:00")
    closes = StringField("To", [InputRequired("Write the hour."), Read(read_clock)], default="17:00")
    noise = SelectField(
        "Leave out as noise", choices=choices(NOISES), description="Rare moves, with the cases that made them"
    )

    steps: tuple[str, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the columns that are needed, each for one use."""
        fits = super().validate(extra_validators)
        for problem in (*self._lacking(), *self._doubled(), *self._unclear()):
            fits = False
            field, sentence = problem
            field.errors = [*field.errors, say(sentence)]
        return fits

    def _lacking(self) -> list[tuple[Field, Sentence]]:
        missing = [self[f"use_{use}"] for use in NEEDED if not self[f"use_{use}"].data]
        return [(field, Sentence.of("column_needed")) for field in missing]

    def _doubled(self) -> list[tuple[Field, Sentence]]:
        found: dict[str, str] = {}
        out = []
        for use in USES:
            column = self[f"use_{use}"].data
            if column and column in found:
                uses = f"{USE_WORDS[found[column]][0]} and {USE_WORDS[use][0]}"
                out.append((self[f"use_{use}"], Sentence.of("column_twice", column=column, uses=uses)))
            found.setdefault(column, use)
        return out

    def _unclear(self) -> list[tuple[Field, Sentence]]:
        out = []
        try:
            zone((self.zone.data or "").strip())
        except ModelError as problem:
            out.append((self.zone, problem.sentence))
        if self.meaning.data == Meaning.SPANS.value and not self["use_start"].data:
            out.append((self["use_start"], Sentence.of("start_needed")))
        promise = self["use_promise"].data
        if promise and self.current and not self["kept"].data:
            out.append((self["kept"], Sentence.of("kept_needed", column=promise)))
        return out

    @property
    def current(self) -> bool:
        """Say whether the values offered are those of the columns chosen."""
        return bool(self.built_on.data == _built_on(self["use_step"].data, self["use_promise"].data))

    def waits(self) -> tuple[Waiting, ...]:
        """Return the steps that are waits, and for whom."""
        chosen = [(step, self[f"wait{n}"].data) for n, step in enumerate(self.steps)]
        return tuple(Waiting(step=step, lane=Lane(lane)) for step, lane in chosen if lane)

    def by_step(self) -> list[tuple[str, Field, str]]:
        """Return each step with its field, and why it is taken as a wait."""
        proposed = {one.step: say(waiting_reason(one)) for one in proposed_waiting(self.steps)}
        return [(step, self[f"wait{n}"], proposed.get(step, "")) for n, step in enumerate(self.steps)]

    def terms(self) -> Terms:
        """Return the terms as typed."""
        uses = {use: self[f"use_{use}"].data for use in USES}
        columns = Columns(
            **uses,
            meaning=Meaning(self.meaning.data),
            group_from_resource=bool(self["use_resource"].data and not self["use_group"].data),
            kept=tuple(self["kept"].data or ()) if uses["promise"] else (),
            dates=self.dates.data,
            zone=self.zone.data.strip(),
            missing=lines(self.missing.data),
            waiting=self.waits(),
            last=self["last"].data or "",
        )
        hours = week(self.days.data or [], read_clock(self.opens.data), read_clock(self.closes.data), ())
        return Terms(columns=columns, noise=self.noise.data, hours=hours)


def _built_on(step: str, promise: str) -> str:
    return f"{step}|{promise}"


def columns_form(guess: Guessed, start: Terms | None, zone_name: str, step: str = "", promise: str = "") -> ColumnsForm:
    """Return the form over the columns of a log.

    It is filled with terms, else with the guess. Another step or promise column may be named, whose values are offered.
    """
    columns = start.columns if start else guess.columns
    filled = _filled(guess, columns, start, zone_name)
    step_column, promise_column = step or filled["use_step"], promise or filled["use_promise"]
    steps = guess.values_of(step_column)
    names = [*choices([("", "none")]), *choices((name, name) for name in guess.names)]
    fields: dict[str, Any] = {"steps": steps}
    for use in USES:
        fields[f"use_{use}"] = SelectField(USE_WORDS[use][0], choices=names, description=USE_WORDS[use][1])
    fields["kept"] = checkboxes(
        "Means that it is kept", choices=choices((v, v) for v in guess.values_of(promise_column))
    )
    fields["last"] = SelectField(
        "For the customer it ends with",
        choices=[*choices([("", "the last row of the case")]), *choices((value, value) for value in steps)],
        description="What follows the last of these is neither work nor waiting",
    )
    lanes = {one.step: one.lane.value for one in (columns.waiting if columns else ())}
    for n, name in enumerate(steps):
        fields[f"wait{n}"] = SelectField(name, choices=choices(WAITS))
        filled[f"wait{n}"] = lanes.get(name, "")
    filled["built_on"] = _built_on(step_column, promise_column)
    made: ColumnsForm = type("ColumnsForm", (ColumnsForm,), fields)(**filled)
    made.days.choices = choices((str(n), name) for n, name in enumerate(DAYS))
    return made


def _filled(guess: Guessed, columns: Columns | None, start: Terms | None, zone_name: str) -> dict[str, Any]:
    """Return what the form starts with."""
    hours = start.hours if start else None
    spans = hours.spans if hours else ()
    filled: dict[str, Any] = {
        "zone": zone_name,
        "days": sorted({str(span.day) for span in spans}) if start else list("01234"),
        "opens": write_clock(spans[0].start) if spans else "9:00",
        "closes": write_clock(spans[0].end) if spans else "17:00",
        "noise": start.noise if start else "0",
    }
    for use in USES:
        hint = guess.hint(use)
        filled[f"use_{use}"] = getattr(columns, use) if columns else (hint.column if hint else "")
    if columns:
        filled |= {"meaning": columns.meaning.value, "dates": columns.dates, "kept": list(columns.kept)}
        filled |= {"missing": ", ".join(columns.missing), "last": columns.last}
        filled["zone"] = columns.zone if start else zone_name
    return filled


class NewProcessForm(Form):
    """A process to be made of a log."""

    name = StringField("Name", [InputRequired("Write a name."), Length(max=120)])


class NewVersionForm(BasedForm):
    """A process that gets the graph of a log as its next version."""

    into = SelectField("Process")

    def chosen(self) -> tuple[str, int]:
        """Return the process and its version as it was shown."""
        id, _, n = self.into.data.rpartition("/")
        return id, int(n)

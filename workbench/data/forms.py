"""What is typed about a log: its file, what its columns mean, what becomes of it."""

from typing import Any

from wtforms import BooleanField, Field, FileField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from process_models.graph.steps import Lane
from process_models.logs.columns import JOINED, NEEDED, USES, Columns, Meaning, Waiting
from process_models.logs.delimited import Parse
from process_models.logs.errors import LogError
from process_models.logs.limits import MEGABYTE, fitting_share, free_memory, needed
from process_models.logs.naming import proposed_waiting, waiting_reason
from process_models.logs.promised import ENDING, OPENING
from process_models.logs.recipe import Cell, Fix, per_mille
from process_models.values.calendars import zone
from process_models.values.clocks import Clock, Moment
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence, say
from workbench.data.model import Guessed, LeftOutRow, Terms
from workbench.forms import Form, checkboxes, choices
from workbench.processes.forms import BasedForm, Read, lines
from workbench.processes.typed import DAYS, read_clock, read_duration, week, write_clock, write_duration

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
    "cost": ("Cost", "Money of the row, or of the case"),
    "clock": ("Clock of the row", "Names the time zone of its times"),
}
MEANINGS = (
    ("spans", "a step was worked on from its start to its end"),
    ("ends", "a step was finished at this time"),
    ("states", "from this time on the case was in this state"),
)
ORDERS = (
    ("ymd", "year, month, day"),
    ("dmy", "day, month, year"),
    ("mdy", "month, day, year"),
    ("ydm", "year, day, month"),
    ("excel", "as days of a spreadsheet, since 1900"),
    ("excel1904", "as days of a spreadsheet, since 1904"),
    ("epoch", "as time since 1970"),
)
UNDECIDED = ("", "choose: the values do not decide")
DECIMALS = ((".", "a point: 1,234.50"), (",", "a comma: 1.234,50"))
COUNTS = (("working", "in working hours"), ("wall", "day and night"))
ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1255", "iso-8859-15")
SEPARATORS = ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar"))
TOLD_MEMORY = 500 * MEGABYTE
"""Less than this is not worth a word."""
SURE = {"high": "sure", "medium": "likely", "low": "doubtful"}
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
    file = FileField(
        "File",
        description="CSV, TSV, XLSX, Parquet or XES, packed or not: a row for each step or change of a case",
    )


class ColumnsForm(Form):
    """What the columns of a log mean; made for a log by :func:`columns_form`."""

    built_on = HiddenField()
    """Step and promise columns whose values the form offers."""
    meaning = SelectField("Each row says that", choices=choices(MEANINGS))
    dates = SelectField("Dates are written", [InputRequired("Say which comes first.")], choices=choices(ORDERS))
    zone = StringField(
        "Clock",
        [InputRequired("Write a time zone.")],
        description="The time zone of times without one, for example Europe/London",
    )
    missing = StringField("Means unknown", [Length(max=400)], description="Beside empty cells, with commas between")
    decimal = SelectField("Before the decimals of money", [InputRequired("Say which.")], choices=choices(DECIMALS))
    whole_ids = BooleanField("Read 1234.0 as case 1234")
    reuse_days = IntegerField(
        "A number is another case after",
        [Optional(), NumberRange(1, 36_500, "Write a number of days, 1 or more.")],
        description="Days without a row. Nothing: never",
    )
    share = StringField(
        "Read a share of the cases",
        [Length(max=10)],
        description="For example 0.1: whole cases, always the same ones. Nothing: all of them",
    )
    limit = StringField(
        "Promised within", [Read(read_duration)], description="For example 2 d or 4 h. Nothing: no promise is read"
    )
    counts = SelectField("Its time counts", choices=choices(COUNTS))
    days = checkboxes("Waiting counts on", "None: day and night")
    opens = StringField("From", [InputRequired("Write the hour."), Read(read_clock)], default="9:00")
    closes = StringField("To", [InputRequired("Write the hour."), Read(read_clock)], default="17:00")
    noise = SelectField(
        "Leave out as noise", choices=choices(NOISES), description="Rare moves, with the cases that made them"
    )

    steps: tuple[str, ...] = ()
    parse: Parse = Parse()
    wide: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()

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
        if (share := (self.share.data or "").strip()) and (why := _no_share(share)):
            out.append((self.share, why))
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

    def promise(self) -> Clock | None:
        """Return the promise that is to be read off the log."""
        if not (self.limit.data or "").strip():
            return None
        states = self.meaning.data == Meaning.STATES.value
        begin, end = self["runs_from"].data, self["runs_to"].data
        start = Moment(begin, "enter") if begin else OPENING
        stop = Moment(end, "enter" if states else "leave") if end else ENDING
        pauses = tuple(sorted(self["pauses"].data or ()))
        return Clock(start, stop, read_duration(self.limit.data), self.counts.data, pauses)

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
            decimal=self.decimal.data,
            whole_ids=bool(self.whole_ids.data),
            reuse_days=self.reuse_days.data or 0,
        )
        hours = week(self.days.data or [], read_clock(self.opens.data), read_clock(self.closes.data), ())
        return Terms(
            columns=columns,
            noise=self.noise.data,
            hours=hours,
            parse=self.parse,
            wide=self.wide,
            fixes=self.fixes,
            share=(self.share.data or "").strip(),
            promise=self.promise(),
        )


def _no_share(text: str) -> Sentence | None:
    """Return why a text is no share of cases, None where it is one."""
    try:
        per_mille(text)
    except LogError as problem:
        return problem.sentence
    return None


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
    known = dict.fromkeys((*guess.names, *_joined(guess), *(columns.used if columns else ())))
    names = [*choices([("", "none")]), *choices((name, name) for name in known)]
    fields: dict[str, Any] = {"steps": steps, "parse": guess.parse, "wide": guess.wide}
    if guess.open_dates and not start:
        asked = choices([UNDECIDED, *((order, words) for order, words in ORDERS if order in guess.open_dates)])
        fields["dates"] = SelectField("Dates are written", [InputRequired("Say which comes first.")], choices=asked)
    if guess.open_marks and not start:
        fields["decimal"] = SelectField(
            "Before the decimals of money", [InputRequired("Say which.")], choices=choices([UNDECIDED, *DECIMALS])
        )
    moments = [(value, value) for value in steps]
    fields["runs_from"] = SelectField("Runs from", choices=choices([("", "the opening of the case"), *moments]))
    fields["runs_to"] = SelectField("Until", choices=choices([("", "the customer's end"), *moments]))
    fields["pauses"] = checkboxes("Stands still during", choices=choices(moments))
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


def _joined(guess: Guessed) -> list[str]:
    """Return the columns that only together tell a step, as a log in XES states them."""
    return [f" {JOINED} ".join(keys) for _, keys in guess.classifiers if len(keys) > 1]


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
    if start and start.promise:
        filled |= {"limit": write_duration(start.promise.limit), "counts": start.promise.time}
        filled |= {"runs_from": start.promise.start.step, "runs_to": start.promise.end.step}
        filled["pauses"] = list(start.promise.pauses)
    filled["share"] = start.share if start else _proposed_share(guess)
    for use in USES:
        hint = guess.hint(use)
        filled[f"use_{use}"] = getattr(columns, use) if columns else (hint.column if hint else "")
    if columns:
        filled |= {"meaning": columns.meaning.value, "dates": columns.dates, "kept": list(columns.kept)}
        filled |= {"missing": ", ".join(columns.missing), "last": columns.last}
        filled["zone"] = columns.zone if start else zone_name
        filled |= {"decimal": columns.decimal, "whole_ids": columns.whole_ids, "reuse_days": columns.reuse_days or None}
        if guess.open_marks and not start:
            filled["decimal"] = ""
        if guess.open_dates and not start:
            filled["dates"] = ""
    return filled


def _proposed_share(guess: Guessed) -> str:
    """Return the share of cases that memory has room for; empty where it has room for all."""
    free = free_memory()
    share = 1.0 if free is None else fitting_share(guess.size, free)
    return f"{share:g}" if share < 1 else ""


def memory(guess: Guessed) -> Sentence | None:
    """Say how much memory a log takes and how much is free, None where the system does not say or it is little."""
    free, need = free_memory(), needed(guess.size)
    if free is None or (need < TOLD_MEMORY and need <= free):
        return None
    id = "memory_fits" if need <= free else "memory_lacking"
    return Sentence.of(id, need=need // MEGABYTE, free=free // MEGABYTE, share=f"{fitting_share(guess.size, free):g}")


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


class ParseForm(Form):
    """How a file is taken apart, where what was found out is wrong."""

    sheet = SelectField("Sheet", choices=[])
    header = StringField("The row of names", description="Its number in the file")
    encoding = SelectField("Letters", choices=choices((name, name) for name in ENCODINGS))
    separator = SelectField("Between cells", choices=choices(SEPARATORS))

    def parse(self, guess: Guessed) -> Parse:
        """Return what was chosen, for a file of the format."""
        header = int(self.header.data) if (self.header.data or "").strip().isdigit() else 0
        if guess.format == "delimited":
            return Parse(encoding=self.encoding.data, separator=self.separator.data, header=header)
        return Parse(sheet=self.sheet.data or "", header=header if self.sheet.data == guess.parse.sheet else 0)


def parse_form(guess: Guessed, posted: bool = False) -> ParseForm:
    """Return the form over how a file was taken apart."""
    found = guess.parse
    form = (
        ParseForm()
        if posted
        else ParseForm(
            formdata=None,
            sheet=found.sheet,
            header=str(found.header or ""),
            encoding="utf-8" if found.encoding.startswith("utf-8") else found.encoding,
            separator=found.separator,
        )
    )
    form.sheet.choices = choices((name, name) for name in guess.sheets)
    letters = (*ENCODINGS, *({found.encoding.replace("utf-8-sig", "utf-8")} - {*ENCODINGS, ""}))
    form.encoding.choices = choices((name, name) for name in letters)
    if guess.format == "delimited":
        del form.sheet
    else:
        del form.encoding
        del form.separator
    return form


class RowsForm(Form):
    """Rows that were left out, to be corrected; made for a result by :func:`rows_form`."""

    rows: tuple[LeftOutRow, ...] = ()

    def by_row(self) -> list[tuple[LeftOutRow, list[Field]]]:
        """Return each row with the fields of its cells."""
        return [(row, [self[f"cell{row.row}_{n}"] for n in range(len(row.cells))]) for row in self.rows]

    def fixes(self, before: tuple[Fix, ...]) -> tuple[Fix, ...]:
        """Return the corrections, those made before among them."""
        known = {fix.row: fix for fix in before}
        for row, fields in self.by_row():
            typed = tuple(
                Cell(column=column, text=field.data.strip())
                for (column, was), field in zip(row.cells, fields, strict=True)
                if field.data is not None and field.data.strip() != was.strip()
            )
            if typed:
                earlier = {cell.column: cell for cell in known[row.row].cells} if row.row in known else {}
                cells = {**earlier, **{cell.column: cell for cell in typed}}
                known[row.row] = Fix(row=row.row, cells=tuple(cells[name] for name in sorted(cells)))
        return tuple(known[row] for row in sorted(known))


def rows_form(rows: tuple[LeftOutRow, ...]) -> RowsForm:
    """Return the form over rows that were left out and can be corrected."""
    shown = tuple(row for row in {row.row: row for row in rows}.values() if row.cells)
    fields: dict[str, Any] = {"rows": shown}
    filled: dict[str, Any] = {}
    for row in shown:
        for n, (column, text) in enumerate(row.cells):
            fields[f"cell{row.row}_{n}"] = StringField(f"Row {row.row}, {column}", [Length(max=200)])
            filled[f"cell{row.row}_{n}"] = text
    made: RowsForm = type("RowsForm", (RowsForm,), fields)(**filled)
    return made

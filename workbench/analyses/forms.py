"""What is typed about evidence: a table, the columns that stay, and what is asked of it."""

from typing import Any, ClassVar

from wtforms import FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from process_models.evidence.control_charts import NAMES, presets
from process_models.evidence.themes import Code
from workbench.analyses.model import Ask, Causes, Comments, Driven, EvidenceTable, Series, Sides
from workbench.forms import Form, checkboxes, choices

SEASONS = (
    ("0", "leave it as it is"),
    ("7", "the week (daily points)"),
    ("12", "the year (monthly points)"),
    ("4", "the year (quarters)"),
)


class TableForm(Form):
    """A table to bring in."""

    file = FileField(
        "File",
        description="CSV, TSV or XLSX with a first row of column names: a series, ratings, causes or comments",
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )

    def content(self) -> tuple[bytes, str]:
        """Return the file's content and name, both empty where none was sent."""
        sent: Any = self.file.data
        return (sent.read(), sent.filename or "") if hasattr(sent, "read") else (b"", "")


class ColumnsForm(Form):
    """The columns that stay."""

    kept = checkboxes("Columns that stay", "All others are left out for good")

    @classmethod
    def on(cls, table: EvidenceTable) -> "ColumnsForm":
        """Return the form over the columns of a table, all ticked."""
        form = cls(kept=list(table.columns))
        form.kept.choices = choices((name, name) for name in table.columns)
        return form


class AskForm(Form):
    """Something asked of a table; each kind adds its own fields, and ``ask``, which returns what is asked."""

    NEEDED: ClassVar[tuple[str, ...]] = ()
    """Fields that choose a column that must be there."""
    OPTIONAL: ClassVar[tuple[str, ...]] = ()
    """Fields that choose a column or none."""

    title = StringField("Title", [InputRequired("Write a title."), Length(max=200)])

    @classmethod
    def on(cls, table: EvidenceTable, ask: Ask | None = None, title: str = "", sent: bool = True) -> Any:
        """Return the form over the columns of a table, filled with what was asked before if there was something.

        ``sent``: what the request sends is this form.
        """
        filled = {"title": title, **(cls.filled(ask) if ask else {})}
        form = cls(**filled) if sent else cls(None, **filled)
        for name in cls.NEEDED:
            form[name].choices = choices((column, column) for column in table.columns)
        for name in cls.OPTIONAL:
            form[name].choices = choices([("", "none"), *((column, column) for column in table.columns)])
        return form

    @classmethod
    def filled(cls, ask: Any) -> dict[str, Any]:
        """Return the fields of what was asked before."""
        return {name: getattr(ask, name) for name in ask.__struct_fields__}


class SeriesForm(AskForm):
    """A control chart."""

    NEEDED = ("label", "value")
    OPTIONAL = ("size",)

    label = SelectField("Points", description="Days, weeks or months, in order")
    value = SelectField("Figure")
    size = SelectField("Out of", description="If the figure counts a part: the column with the whole")
    better = RadioField(
        "Better is",
        choices=choices([("lower", "less"), ("higher", "more"), ("neither", "neither")]),
        default="lower",
    )
    target = StringField("Target", [Optional(), Length(max=20)], description="If there is one; of shares in per cent")
    season = SelectField("Take out", choices=choices(SEASONS), default="0")
    preset = SelectField("Rules", choices=choices((one.id, one.name) for one in presets().values()), default="nhs")
    chart = SelectField("Chart", choices=choices([("", "as the data need"), *NAMES.items()]), default="")

    @classmethod
    def filled(cls, ask: Any) -> dict[str, Any]:
        """Return the fields of what was asked before."""
        return {**super().filled(ask), "season": str(ask.season)}

    def ask(self) -> Series:
        """Return what is asked; segments are marked on the chart itself."""
        return Series(
            label=self.label.data,
            value=self.value.data,
            size=self.size.data or "",
            better=self.better.data,
            target=(self.target.data or "").strip(),
            season=int(self.season.data),
            preset=self.preset.data,
            chart=self.chart.data or "",
        )


class DrivenForm(AskForm):
    """Drivers."""

    NEEDED = ("outcome", "features")
    OPTIONAL = ("weight",)

    outcome = SelectField("Outcome", description="Overall satisfaction, or loyalty")
    features = checkboxes("Rated features", "What may go with it")
    weight = SelectField("Weight of an answer", description="If the survey has one")
    missing = StringField(
        "Codes that are no rating", [Optional(), Length(max=60)], description="For example 0, 6: not used, no answer"
    )

    @classmethod
    def filled(cls, ask: Any) -> dict[str, Any]:
        """Return the fields of what was asked before."""
        return {**super().filled(ask), "features": list(ask.features), "missing": ", ".join(ask.missing)}

    def ask(self) -> Driven:
        """Return what is asked."""
        codes = (code.strip() for code in (self.missing.data or "").replace(";", ",").split(","))
        return Driven(
            outcome=self.outcome.data,
            features=tuple(name for name in self.features.data or () if name != self.outcome.data),
            weight=self.weight.data or "",
            missing=tuple(code for code in codes if code),
        )


class CausesForm(AskForm):
    """A Pareto."""

    NEEDED = ("cause",)
    OPTIONAL = ("amount",)

    cause = SelectField("Cause")
    amount = SelectField("Amount", description="Hours or money; without it cases are counted")

    def ask(self) -> Causes:
        """Return what is asked."""
        return Causes(cause=self.cause.data, amount=self.amount.data or "")


class CommentsForm(AskForm):
    """Themes of comments."""

    NEEDED = ("text",)

    text = SelectField("Comments")
    codes = TextAreaField(
        "Themes",
        [Optional(), Length(max=4000)],
        description="One a line: a name, a colon, and words that give it away. Waiting: wait, slow, weeks",
    )

    @classmethod
    def filled(cls, ask: Any) -> dict[str, Any]:
        """Return the fields of what was asked before."""
        return {"text": ask.text, "codes": "\n".join(f"{code.id}: {', '.join(code.words)}" for code in ask.codes)}

    def ask(self) -> Comments:
        """Return what is asked; a line without a colon is a theme with its name as its word."""
        codes = []
        for line in (self.codes.data or "").splitlines():
            name, colon, words = line.partition(":")
            if name.strip():
                given = tuple(word.strip() for word in words.split(",") if word.strip()) if colon else ()
                codes.append(Code(name.strip(), given or (name.strip(),)))
        return Comments(text=self.text.data, codes=tuple(codes))


class SidesForm(AskForm):
    """Two sides compared in the whole and in parts."""

    NEEDED = ("side", "hit", "part")

    side = SelectField("Sides", description="The column that tells them apart")
    first = StringField("One side", [InputRequired("Write a value of that column."), Length(max=200)])
    second = StringField("The other side", [InputRequired("Write a value of that column."), Length(max=200)])
    hit = SelectField("What is counted")
    hit_is = StringField("It counts when it is", [InputRequired("Write a value of that column."), Length(max=200)])
    part = SelectField("Parts", description="What may explain the difference: type of case, channel, age")

    def ask(self) -> Sides:
        """Return what is asked."""
        return Sides(
            side=self.side.data,
            first=self.first.data.strip(),
            second=self.second.data.strip(),
            hit=self.hit.data,
            hit_is=self.hit_is.data.strip(),
            part=self.part.data,
        )


FORMS: dict[str, type[AskForm]] = {
    "series": SeriesForm,
    "drivers": DrivenForm,
    "pareto": CausesForm,
    "themes": CommentsForm,
    "sides": SidesForm,
}


class CutForm(Form):
    """Where a chart begins anew."""

    label = SelectField("From this point on")
    cause = StringField(
        "What changed",
        [InputRequired("Write what changed."), Length(max=200)],
        description="A known cause that will go on; it stays on the record and on the chart",
    )

    @classmethod
    def on(cls, labels: list[str]) -> "CutForm":
        """Return the form over the points at which a part can begin."""
        form = cls()
        form.label.choices = choices((label, label) for label in labels[1:-1])
        return form

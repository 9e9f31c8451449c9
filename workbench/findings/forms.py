"""What is typed about findings: one, a reply to it, what becomes of it, what is concluded about a criterion."""

from collections.abc import Sequence

from wtforms import DecimalField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from process_models.graph.graph import StepGraph
from workbench.findings.model import FATES, Concluded, Finding, Written
from workbench.forms import Form, checkboxes, choices
from workbench.questions.forms import GRADE_CHOICES
from workbench.reviews.forms import MEASURES, in_base
from workbench.reviews.model import Criterion


class FindingForm(Form):
    """A finding; carries what it came from."""

    source = HiddenField()
    text = TextAreaField(
        "What is shown",
        [InputRequired("Write what is shown."), Length(max=600)],
        description="A sentence about the work, never about a person",
    )
    evidence = TextAreaField(
        "What shows it",
        [InputRequired("Write what shows it."), Length(max=2000)],
        description="The figure or the words, and where they come from",
    )
    grade = RadioField("Evidence", [InputRequired("Choose what comes nearest.")], choices=choices(GRADE_CHOICES))
    steps = checkboxes("Steps it is about", "None ticked means the process as a whole")
    teams = checkboxes("Teams it names", "They get five working days to say whether it is accurate")

    @classmethod
    def on(cls, graph: StepGraph, written: Written | None = None, source: str = "", sent: bool = True) -> "FindingForm":
        """Return the form over the steps and roles of a process, begun with some words if there are any.

        ``sent``: what the request sends is this form.
        """
        begun = {name: getattr(written, name) for name in Written.__struct_fields__} if written else {}
        begun = {name: list(value) if isinstance(value, tuple) else value for name, value in begun.items()}
        form = cls(source=source, **begun) if sent else cls(None, source=source, **begun)
        form.steps.choices = choices((id, f"{graph.numbers[id]} {graph.by_id[id].name}") for id in graph.reading_order)
        form.teams.choices = choices((role, role) for role in graph.roles)
        return form

    def written(self) -> Written:
        """Return what was typed."""
        return Written(
            text=self.text.data.strip(),
            evidence=self.evidence.data.strip(),
            grade=self.grade.data,
            steps=tuple(self.steps.data or ()),
            teams=tuple(self.teams.data or ()),
        )


class ReplyForm(Form):
    """What a team says to a finding."""

    team = SelectField("You reply for")
    accurate = RadioField(
        "Is it accurate?",
        [InputRequired("Choose one.")],
        choices=choices([("yes", "Yes, that is how it is"), ("no", "No, something is not right")]),
    )
    text = TextAreaField(
        "What is not right, or what should be added",
        [Length(max=2000)],
        description="Needed where something is not right",
    )

    @classmethod
    def on(cls, teams: Sequence[str]) -> "ReplyForm":
        """Return the form for those in whose name somebody may reply."""
        form = cls()
        form.team.choices = choices((team, team) for team in teams)
        return form


class FateForm(Form):
    """What becomes of a finding."""

    fate = RadioField("What becomes of it", [InputRequired("Choose one.")], choices=choices(FATES.items()))
    reason = TextAreaField(
        "Why",
        [InputRequired("Write why."), Length(max=1000)],
        description="What uses it, for when it is kept, or why it does not hold",
    )


class ConcludeForm(Form):
    """A figure held against a criterion."""

    criterion = SelectField("Criterion")
    low = DecimalField(
        "From",
        [InputRequired("Write a number, with a point for decimals.")],
        description="The lower end of the range, in the unit named with the criterion",
    )
    high = DecimalField("To", [Optional()], description="The upper end; left empty, the figure is exact")
    findings = checkboxes("It rests on")
    grade = RadioField("Evidence", [InputRequired("Choose what comes nearest.")], choices=choices(GRADE_CHOICES))
    source = StringField(
        "Where the figure comes from",
        [InputRequired("Write where it comes from."), Length(max=300)],
    )
    text = TextAreaField("What we conclude", [Length(max=1000)], description="If you like: what the verdict means")

    @classmethod
    def on(cls, criteria: Sequence[Criterion], findings: Sequence[Finding]) -> "ConcludeForm":
        """Return the form over frozen criteria and accepted findings."""
        form = cls()
        form.criterion.choices = choices((one.id, f"{one.name}: {MEASURES[one.measure]}") for one in criteria)
        form.findings.choices = choices((one.id, one.text) for one in findings)
        return form

    def concluded(self, criteria: Sequence[Criterion]) -> Concluded:
        """Return what was typed about one of the criteria, in the units that documents hold."""
        measure = next(one.measure for one in criteria if one.id == self.criterion.data)
        high = self.low.data if self.high.data is None else self.high.data
        return Concluded(
            criterion=self.criterion.data,
            findings=tuple(self.findings.data or ()),
            low=in_base(measure, self.low.data),
            high=in_base(measure, high),
            grade=self.grade.data,
            source=self.source.data.strip(),
            text=(self.text.data or "").strip(),
        )

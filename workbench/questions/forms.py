"""What is typed about questions: an answer, a question of one's own, how one is settled."""

from decimal import Decimal

from wtforms import DecimalField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from process_models.graph.graph import StepGraph
from process_models.values.fractions import fraction
from workbench.forms import Form, choices
from workbench.questions.model import VIEWS, Given, Settled

GRADE_CHOICES = (
    ("A", "A, all of them were counted"),
    ("B", "B, a sample was counted"),
    ("C", "C, experience"),
    ("D", "D, a guess"),
)


class AnswerForm(Form):
    """An answer: three things are needed, the rest is if you like."""

    view = RadioField(
        "What would you do with this step?",
        [InputRequired("Choose one. “Cannot say” is fine.")],
        choices=choices((view, f"{view.capitalize()}: {words}") for view, words in VIEWS.items()),
    )
    reason = TextAreaField(
        "Why?",
        [InputRequired("Write a sentence."), Length(max=4000)],
        description="In your own words; a sentence is enough",
    )
    basis = RadioField(
        "What is this based on?",
        [InputRequired("Choose what comes nearest.")],
        choices=choices(GRADE_CHOICES),
    )
    good = DecimalField("Good day", [Optional()], description="If a number helps, and only then")
    usual = DecimalField("Usual day", [Optional()])
    bad = DecimalField("Bad day", [Optional()])
    ask_also = StringField(
        "Who else should be asked?", [Optional(), Length(max=300)], description="If you like: a role, not a name"
    )

    def given(self) -> Given:
        """Return the answer."""
        return Given(
            view=self.view.data,
            reason=self.reason.data.strip(),
            basis=self.basis.data,
            good=_number(self.good.data),
            usual=_number(self.usual.data),
            bad=_number(self.bad.data),
            ask_also=(self.ask_also.data or "").strip(),
        )


def _number(typed: Decimal | None) -> str:
    return fraction(typed) if typed is not None else ""


class RaiseForm(Form):
    """A question of one's own."""

    step = SelectField("About which step")
    text = TextAreaField("Your question", [InputRequired("Write the question."), Length(max=500)])

    @classmethod
    def on(cls, graph: StepGraph) -> "RaiseForm":
        """Return the form over the steps of a graph."""
        form = cls()
        form.step.choices = choices((id, f"{graph.numbers[id]} {graph.by_id[id].name}") for id in graph.reading_order)
        return form


class SettleForm(Form):
    """How a question is closed."""

    closed_as = RadioField(
        "Close it as",
        [InputRequired("Choose one.")],
        choices=choices(
            [("explored", "Explored"), ("merged", "Merged into another question"), ("set aside", "Set aside")]
        ),
        default="explored",
    )
    disposition = RadioField(
        "Disposition",
        [Optional()],
        choices=choices((view, view.capitalize()) for view in VIEWS),
        description="Needed when it was explored",
    )
    grade = RadioField(
        "Evidence", [Optional()], choices=choices(GRADE_CHOICES), description="Needed when it was explored"
    )
    closing = TextAreaField("Reason", [InputRequired("Write the reason."), Length(max=2000)])
    follow_up = StringField(
        "What follows",
        [Optional(), Length(max=400)],
        description="With a change or removal: the option that takes it up, or why it is refused",
    )

    def settled(self) -> Settled:
        """Return how it is closed."""
        return Settled(
            closed_as=self.closed_as.data,
            disposition=self.disposition.data or None,
            grade=self.grade.data or None,
            closing=self.closing.data.strip(),
            follow_up=(self.follow_up.data or "").strip(),
        )


class LinkForm(Form):
    """For whom a one-use link is made."""

    side = SelectField("For", choices=choices([("doer", "somebody who does this step"), ("manager", "a manager")]))

"""What is typed after the change is live: readings, a look back, the close."""

from collections.abc import Sequence

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from workbench.forms import Form, choices
from workbench.monitoring.model import REVIEWED_AFTER, VERDICTS
from workbench.reviews.forms import MEASURES
from workbench.reviews.model import Criterion


class ReadingsForm(Form):
    """Readings of a criterion, a line each."""

    criterion = SelectField("Criterion")
    lines = TextAreaField(
        "Readings",
        [InputRequired("Write at least one line: a day, a comma, a figure."), Length(max=20_000)],
        description="A line for each period: its last day, a comma, the figure in the unit named above. "
        "2026-05-31, 12.5. Pasting two columns of a spreadsheet works too",
    )

    @classmethod
    def on(cls, criteria: Sequence[Criterion], sent: bool = True) -> "ReadingsForm":
        """Return the form over frozen criteria; ``sent``: what the request sends is this form."""
        form = cls() if sent else cls(None)
        form.criterion.choices = choices((one.id, f"{one.name}: {MEASURES[one.measure]}") for one in criteria)
        return form


class LookBackForm(Form):
    """An outcome review."""

    after = RadioField("After", [InputRequired("Choose one.")], choices=choices((one, one) for one in REVIEWED_AFTER))
    verdict = RadioField("What follows", [InputRequired("Choose one.")], choices=choices(VERDICTS.items()))
    text = TextAreaField(
        "What is seen, against what was promised",
        [InputRequired("Write what is seen."), Length(max=2000)],
        description="Benefits, costs and time, side effects, obligations, and whether the decision still stands",
    )


class CloseReviewForm(Form):
    """The close."""

    lessons = TextAreaField(
        "What was learned",
        [InputRequired("Write what was learned."), Length(max=4000)],
        description="For the next review",
    )
    unread = TextAreaField(
        "Why a criterion has no reading", [Optional(), Length(max=1000)], description="Needed only where one has none"
    )

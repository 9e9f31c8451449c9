"""What is asked of single figures: the column they stand in, and what is possible. Nothing of it is kept."""

from typing import Any

from wtforms import DecimalField, Form, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from workbench.forms import checkboxes, choices

UNITS = (("s", "seconds"), ("min", "minutes"), ("h", "hours"), ("ms", "milliseconds"))


class RatingForm(Form):  # type: ignore[misc]
    """Ratings, and the scale they are on."""

    column = SelectField("Ratings", [InputRequired("Choose a column.")])
    lowest = DecimalField("Lowest mark", [InputRequired("Write a number.")], default=1, places=None)
    highest = DecimalField("Highest mark", [InputRequired("Write a number.")], default=5, places=None)


class PatienceForm(Form):  # type: ignore[misc]
    """Waits, some of which ended because somebody gave up."""

    column = SelectField("Waits", [InputRequired("Choose a column.")])
    unit = SelectField("In", choices=choices(UNITS), default="s")
    outcome = SelectField("How it ended", [InputRequired("Choose a column.")])
    gave_up = StringField("Means gave up", [InputRequired("Write the value.")], description="As the column says it")


class DriversForm(Form):  # type: ignore[misc]
    """An outcome, and figures that may drive it."""

    column = SelectField("Outcome", [InputRequired("Choose a column.")])
    drivers = checkboxes("May drive it")


class SeriesForm(Form):  # type: ignore[misc]
    """A figure over time."""

    column = SelectField("Figure", [InputRequired("Choose a column.")])
    date = SelectField("Date", default="", description="For seasons: whole months, two years or more")
    least = DecimalField("Least possible", [Optional()], default=0, places=None)
    most = DecimalField(
        "Most possible", [Optional()], places=None, description="For a share 1, or 100 where it is in per cent"
    )


FORMS: dict[str, type[Form]] = {
    "rating": RatingForm,
    "patience": PatienceForm,
    "drivers": DriversForm,
    "series": SeriesForm,
}
"""What can be looked at, by its name in the address."""


def asked(look: str, address: Any, numbers: list[str], names: list[str]) -> Form:
    """Return one of the forms over the columns of a file, filled from the address where it is the one that is asked."""
    form = FORMS[look](address if address.get("look") == look else None)
    offered = choices([("", "choose"), *((name, name) for name in numbers)])
    form.column.choices = offered
    if look == "patience":
        form.outcome.choices = choices([("", "choose"), *((name, name) for name in names)])
    if look == "drivers":
        form.drivers.choices = choices((name, name) for name in numbers)
    if look == "series":
        form.date.choices = choices([("", "none"), *((name, name) for name in names)])
    return form

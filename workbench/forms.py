"""What every form shares.

Its token (sent twice, it acts once), refusals beside a field, and a second look after an expired session.
"""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from flask import g
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from process_models.values.errors import ModelError
from process_models.values.sentences import say
from workbench.errors import Refusal

SECRET = ("password", "token", "carried")
"""Fields whose names hold one of these are never carried, kept or shown again."""


def is_secret(name: str) -> bool:
    """Say whether a field's content must not leave the request."""
    return any(word in name for word in SECRET)


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return what can be chosen, from pairs of value and words."""
    return [SelectChoice(value, words) for value, words in pairs]


def checkboxes(label: str, description: str = "", **more: Any) -> SelectMultipleField:
    """Return a field of checkboxes."""
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), description=description, **more
    )


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the workbench."""

    form_token = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.form_token.data:
            self.form_token.data = secrets.token_urlsafe(18)

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether all fields fit; never after the session ran out, so that it is looked at again."""
        fits = bool(super().validate(extra_validators))
        if g.get("shown_again"):
            self.form_errors.append(
                "You were signed out meanwhile. What you typed is kept: look at it again and send it."
            )
            return False
        return fits

    def refuse(self, field: Field, problem: Refusal | ValueError) -> None:
        """Show a refusal beside a field."""
        sentence = getattr(problem, "sentence", None)
        field.errors = [*field.errors, say(sentence) if sentence else str(problem)]

    def faults(self) -> list[tuple[str, str]]:
        """Return what is wrong, each with the id of the field it belongs to (empty for the form itself)."""
        own = [("", message) for message in self.form_errors]
        return own + [(field.id, str(message)) for field in self for message in field.errors if field.errors]


def act_on(
    form: Form, act: Callable[[], ResponseReturnValue], again: Callable[[], str], at: Field | None = None
) -> ResponseReturnValue:
    """Act on a form that fits and go where the act leads; else show the page again, with what was typed and why not.

    What is refused stands at the form as a whole, or beside a field.
    """
    if not form.validate():
        return again(), 422
    try:
        return act()
    except (Refusal, ModelError) as problem:
        if at is None:
            form.form_errors.append(str(problem))
        else:
            form.refuse(at, problem)
        return again(), getattr(problem, "status", 422)

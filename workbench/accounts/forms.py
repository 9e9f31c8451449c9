"""What is typed at sign-in, on one's own page, and by the first administrator."""

from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from workbench.forms import Form, choices


class SignInForm(Form):
    """Who are you? ``carried`` is what was being sent when the session ran out."""

    login = StringField("Sign-in name", [InputRequired("Write your sign-in name.")])
    password = PasswordField("Password", [InputRequired("Write your password.")])
    carried = HiddenField()
    next = HiddenField()


class ThemeForm(Form):
    """How the pages look."""

    theme = RadioField(
        "Colours",
        choices=choices([("system", "As this device is set"), ("light", "Light"), ("dark", "Dark")]),
    )


class PasswordForm(Form):
    """A password of one's own choice."""

    password = PasswordField(
        "Password",
        [InputRequired("Write a password.")],
        description="12 characters or more. A sentence that only you know is good.",
    )


class BeginForm(PasswordForm):
    """The first administrator."""

    name = StringField("Your name", [InputRequired("Write your name."), Length(max=120)])
    login = StringField("Sign-in name", [InputRequired("Write a sign-in name."), Length(min=2, max=64)])


class PersonForm(Form):
    """Somebody new."""

    name = StringField("Name", [InputRequired("Write a name."), Length(max=120)])
    login = StringField(
        "Sign-in name", [InputRequired("Write a sign-in name."), Length(min=2, max=64)], description="Stays as it is"
    )

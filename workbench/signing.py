"""The form by which a person signs: outcome, reason, conditions, password, and the digest of what was shown."""

import secrets

from wtforms import DateField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from workbench.errors import Refusal
from workbench.forms import Form, choices
from workbench.signatures import OUTCOMES, Condition, Intent

WORDS = {
    "approve": "Approve",
    "approve with conditions": "Approve with conditions",
    "defer": "Defer to a date",
    "reject": "Reject",
    "ask for more": "Ask for more",
}


class SignForm(Form):
    """A person's decision on what is shown beside it."""

    shown = HiddenField()
    outcome = RadioField(
        "Your decision",
        [InputRequired("Choose one of the outcomes.")],
        choices=choices((outcome, WORDS[outcome]) for outcome in OUTCOMES),
    )
    condition = StringField(
        "Condition", [Length(max=400)], description="With an approval under a condition: what must be met"
    )
    condition_owner = StringField("Who meets it", [Length(max=120)], description="A role, not a name")
    condition_due = DateField("By when", [Optional()])
    until = DateField("Put off to", [Optional()], description="With a decision that is deferred")
    reason = TextAreaField("Your reason", [InputRequired("Write the reason for your decision."), Length(max=4000)])
    password = PasswordField("Your password, to sign", [InputRequired("Signing needs your password.")])

    @classmethod
    def on(cls, pack: str) -> "SignForm":
        """Return an empty form for a pack."""
        return cls(formdata=None, shown=pack)

    def intent(self) -> Intent:
        """Return what the person means to sign."""
        condition: tuple[Condition, ...] = ()
        if (self.condition.data or "").strip():
            due = self.condition_due.data.isoformat() if self.condition_due.data else ""
            condition = (Condition(self.condition.data.strip(), (self.condition_owner.data or "").strip(), due),)
        return Intent(
            shown=self.shown.data or "",
            outcome=self.outcome.data,
            reason=self.reason.data.strip(),
            conditions=condition if self.outcome.data == "approve with conditions" else (),
            until=self.until.data.isoformat() if self.until.data and self.outcome.data == "defer" else "",
        )

    def refused(self, refusal: Refusal) -> None:
        """Show a refusal where it belongs; the form may be sent again under a new token."""
        place = {
            "wrong_own_password": self.password,
            "conditions_needed": self.condition,
            "date_needed": self.until,
            "reason_needed": self.reason,
        }.get(refusal.sentence.id)
        if place is None:
            self.form_errors.append(str(refusal))
        else:
            self.refuse(place, refusal)
        self.form_token.data = secrets.token_urlsafe(18)

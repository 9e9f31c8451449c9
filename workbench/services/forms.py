"""What is typed about a service and its members."""

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from workbench.accounts.model import Membership, Person
from workbench.forms import Form, checkboxes, choices
from workbench.permissions import Responsibility


class ServiceForm(Form):
    """A new service."""

    name = StringField("Name", [InputRequired("Write a name."), Length(max=120)], description="What customers come for")
    zone = StringField(
        "Time zone",
        [InputRequired("Write a time zone.")],
        default="Europe/London",
        description="For example Europe/London",
    )
    currency = StringField(
        "Currency", [InputRequired("Write a currency.")], default="GBP", description="Three letters, for example GBP"
    )


class MemberForm(Form):
    """What a person is to a service."""

    person = SelectField("Person")
    responsibilities = checkboxes(
        "Responsibilities",
        "None ends the membership",
        choices=choices((str(word), str(word).capitalize()) for word in Responsibility),
    )
    process_roles = StringField(
        "Roles whose steps this person does", description="If you like: as in the process, with commas between"
    )
    reports_to = SelectField("Reports to")

    @classmethod
    def on(cls, people: list[Person], chosen: Membership | None = None) -> "MemberForm":
        """Return the form over the people there are, filled with a membership."""
        start = {}
        if chosen:
            start = {
                "person": chosen.person,
                "responsibilities": sorted(chosen.responsibilities),
                "process_roles": ", ".join(chosen.process_roles),
                "reports_to": chosen.reports_to or "",
            }
        form = cls(**start)
        form.person.choices = choices((person.id, person.name) for person in people)
        form.reports_to.choices = [*choices([("", "Nobody here")]), *form.person.choices]
        return form

    def chosen(self) -> frozenset[Responsibility]:
        """Return the responsibilities."""
        return frozenset(Responsibility(word) for word in self.responsibilities.data or [])

    def roles(self) -> tuple[str, ...]:
        """Return the roles, in order and each once."""
        return tuple(sorted({word.strip() for word in (self.process_roles.data or "").split(",") if word.strip()}))

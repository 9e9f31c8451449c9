"""What is typed about a recommendation: which option on which simulation, and the words around it."""

from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from workbench.decisions.model import Proposal, Wording
from workbench.errors import Invalid
from workbench.findings.model import Finding
from workbench.forms import Form, checkboxes, choices

Choice = tuple[str, str, str]
"""Id of an option, id of an experiment that played it, and both in words."""


class ProposalForm(Form):
    """A recommendation; carries the revision it was typed on."""

    base = HiddenField()
    figures = SelectField("What is recommended, on which simulation")
    title = StringField(
        "The recommendation in one sentence",
        [InputRequired("Write the recommendation."), Length(max=160)],
        description="It becomes the title of the page that is signed",
    )
    why = TextAreaField(
        "What we recommend, and why", [InputRequired("Write what is recommended, and why."), Length(max=900)]
    )
    costs = TextAreaField(
        "What it costs", [InputRequired("Write what it costs, or that it is not known."), Length(max=600)]
    )
    risks = TextAreaField("What could go wrong", [InputRequired("Write what could go wrong."), Length(max=600)])
    considered = TextAreaField("What else we looked at", [Length(max=600)])
    findings = checkboxes("Findings it rests on", "At least one; no recommendation without a finding")
    unknown = TextAreaField(
        "What we do not know", [InputRequired("Write what is not known. Something always is."), Length(max=600)]
    )

    @classmethod
    def on(
        cls, offered: list[Choice], accepted: list[Finding], base: int = 0, proposal: Proposal | None = None
    ) -> "ProposalForm":
        """Return the form over what can be recommended and rested on, filled with a proposal if there is one."""
        form = cls(base=base, **_filled(proposal))
        form.figures.choices = choices((f"{option} {experiment}", words) for option, experiment, words in offered)
        form.findings.choices = choices((one.id, f"{one.text} ({one.grade})") for one in accepted)
        return form

    @property
    def revision(self) -> int:
        """The revision it was typed on."""
        return int(self.base.data or 0)

    def proposal(self) -> Proposal:
        """Return what was typed."""
        option, _, experiment = (self.figures.data or "").partition(" ")
        if not experiment:
            raise Invalid("no_choice_of_figures")
        words = {name: (getattr(self, name).data or "").strip() for name in Wording.__struct_fields__}
        rests_on = tuple(sorted(self.findings.data or ()))
        return Proposal(option=option, experiment=experiment, wording=Wording(**words), findings=rests_on)


def _filled(proposal: Proposal | None) -> dict[str, Any]:
    if proposal is None:
        return {}
    words = {name: getattr(proposal.wording, name) for name in Wording.__struct_fields__}
    figures = f"{proposal.option} {proposal.experiment}"
    return {"figures": figures, "findings": list(proposal.findings), **words}

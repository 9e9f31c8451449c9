"""What is typed when a decision is carried out: actions, how they end, the roll-out, notes."""

from collections.abc import Sequence

from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from process_models.graph.graph import StepGraph
from workbench.forms import Form, choices
from workbench.implementation.model import KINDS, NOTE_KINDS, WAYS, Intent, KeptRollout, Rollout

People = Sequence[tuple[str, str]]
"""Ids and names of those who belong to a service."""


class ActionForm(Form):
    """An action."""

    origin = HiddenField()
    kind = SelectField("Kind", choices=choices(KINDS.items()))
    text = StringField(
        "What is done",
        [InputRequired("Write what is done."), Length(max=400)],
        description="A verb, a thing, and for whom: “Train the five claims handlers on the new form”",
    )
    owner = SelectField("Who sees to it")
    due = DateField("Done by", [InputRequired("Choose a day.")])
    check = DateField("Looked at on", [Optional()], description="A day before, to see whether it is under way")
    step = SelectField("Step")
    measure = StringField(
        "What shows that it worked",
        [Optional(), Length(max=300)],
        description="A figure, from what to what: “checks a day from 40 to 8”",
    )

    @classmethod
    def on(cls, graph: StepGraph, owners: People, sent: bool = True, **begun: str) -> "ActionForm":
        """Return the form over people and steps; ``sent``: what the request sends is this form."""
        form = cls(**begun) if sent else cls(None, **begun)
        form.owner.choices = choices(owners)
        steps = [(id, f"{graph.numbers[id]} {graph.by_id[id].name}") for id in graph.reading_order]
        form.step.choices = choices([("", "none"), *steps])
        return form

    def intent(self) -> Intent:
        """Return what was typed."""
        return Intent(
            kind=self.kind.data,
            text=self.text.data.strip(),
            owner=self.owner.data,
            due=self.due.data,
            step=self.step.data or "",
            measure=(self.measure.data or "").strip(),
            check=self.check.data,
            origin=self.origin.data or "",
        )


class TakeForm(Form):
    """Proposed actions to take up, with one owner and one date to begin with."""

    owner = SelectField("Who sees to them")
    due = DateField("Done by", [InputRequired("Choose a day.")])

    @classmethod
    def on(cls, owners: People, sent: bool = True) -> "TakeForm":
        """Return the form over people."""
        form = cls() if sent else cls(None)
        form.owner.choices = choices(owners)
        return form


class CloseForm(Form):
    """How an action ends."""

    state = RadioField("It is", choices=choices([("done", "Done"), ("dropped", "Dropped")]), default="done")
    note = TextAreaField(
        "What came of it, or why it is dropped", [InputRequired("Write a sentence."), Length(max=1000)]
    )


class RolloutForm(Form):
    """How it goes live and how it is taken back."""

    way = RadioField("How it goes live", [InputRequired("Choose one.")], choices=choices(WAYS.items()))
    start = DateField("From", [InputRequired("Choose a day.")])
    back = TextAreaField("How it is taken back", [InputRequired("Write how it is taken back."), Length(max=1000)])
    trigger = StringField(
        "What makes us take it back",
        [InputRequired("Write the figure and its limit."), Length(max=300)],
        description="A figure and a limit: “more than 30% of promises missed two weeks running”",
    )
    who = SelectField("Who decides to take it back")

    @classmethod
    def on(cls, owners: People, planned: KeptRollout | None = None, sent: bool = True) -> "RolloutForm":
        """Return the form, filled with the plan there is."""
        filled = {name: getattr(planned, name) for name in Rollout.__struct_fields__} if planned else {}
        form = cls(**filled) if sent else cls(None, **filled)
        form.who.choices = choices(owners)
        return form

    def planned(self) -> Rollout:
        """Return what was typed."""
        return Rollout(
            way=self.way.data,
            start=self.start.data,
            back=self.back.data.strip(),
            trigger=self.trigger.data.strip(),
            who=self.who.data,
        )


class LiveForm(Form):
    """Since when it is live."""

    day = DateField("Live since", [InputRequired("Choose a day.")])
    reason = StringField(
        "Why with actions still open", [Optional(), Length(max=400)], description="Needed only if some are open"
    )


class NoteForm(Form):
    """A quick fix, or a deviation."""

    kind = RadioField("What it is", [InputRequired("Choose one.")], choices=choices(NOTE_KINDS.items()))
    day = DateField("On", [InputRequired("Choose a day.")])
    text = StringField("What was done", [InputRequired("Write what was done."), Length(max=400)])
    reason = StringField("Why", [InputRequired("Write why."), Length(max=400)])
    inside = BooleanField("It stays inside the envelope and touches nothing that is locked", default=True)

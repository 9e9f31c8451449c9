"""What is typed about a review: its name, aims, features, criteria, scope and locks."""

from decimal import Decimal

from msgspec.structs import replace
from wtforms import (
    DecimalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from process_models.evidence.satisfaction import YES_OR_NO as YES_NO_POINTS
from process_models.evidence.satisfaction import Feature
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind
from process_models.redesign.envelope import Envelope, Lock
from process_models.redesign.moves import MOVES
from process_models.values.calendars import HOUR
from process_models.values.document import slug
from process_models.values.fractions import Fraction, fraction, number
from process_models.values.provenance import Grade, Provenance
from process_models.values.words import HARD, decimal, duration, money, percent
from workbench.forms import Form, checkboxes, choices
from workbench.processes.model import Process
from workbench.reviews.model import Aim, Criterion, Plan, Scope

MEASURES = {
    "time_in_process": "Time in process, mean (hours)",
    "waiting": "Waiting for people, mean (hours)",
    "promise": "Promise kept (per cent of cases)",
    "cost": "Cost a case (in the service's currency)",
    "satisfaction": "Satisfaction index (0 to 100)",
    "compliance": "Obligations met (per cent of cases)",
}
OUTCOMES = {
    "wait": "waiting for people (hours)",
    "time": "time in process (hours)",
    "contacts": "number of contacts",
    "promise": "promise kept",
    "first_time_right": "right the first time",
    "steps": "satisfaction scores of the steps",
}
YES_OR_NO = ("promise", "first_time_right", "steps")
MOVE_WORDS = {
    "remove": "remove a step",
    "merge": "merge two steps",
    "reorder": "change the order",
    "parallelise": "do steps at once",
    "split": "cut a step in two",
    "insert": "add a step",
    "bypass": "send only some cases to a step",
    "triage": "treat some cases in another way",
    "automate": "let a machine do a step",
    "outsource": "let another organisation do a step",
    "relocate": "let another lane do a step",
    "unbatch": "stop saving work up",
    "change_role": "give a step to another role",
    "change_share": "change how many cases take which way",
    "change_work": "change how long a step takes",
    "change_means": "change systems or place",
    "change_owner": "change who answers for a step",
    "change_staffing": "change heads and shifts",
    "assign_pools": "let other pools help a role",
    "merge_pools": "let pools share one queue",
    "keep_case": "let somebody stay with a case",
}


def in_base(measure: str, typed: Decimal) -> Fraction:
    """Return a typed number in the unit that documents hold: ms, minor units, a share, or points."""
    factor = {"time_in_process": Decimal(HOUR), "waiting": Decimal(HOUR), "cost": Decimal(100)}.get(measure)
    if factor is None:
        factor = Decimal("0.01") if measure in ("promise", "compliance") else Decimal(1)
    return fraction(typed * factor)


def ends_in_words(feature: Feature) -> tuple[str, str]:
    """Return from where to where customers are content with a feature, in words."""
    if feature.outcome in YES_OR_NO:
        return ("+2", "\N{MINUS SIGN}2") if feature.outcome == "steps" else ("yes", "no")
    (best, _), (worst, _) = feature.points[0], feature.points[-1]
    if feature.outcome == "contacts":
        return f"up to {best}", f"from {worst}"
    return f"up to {duration(best)}", f"from {duration(worst)}"


def in_words(measure: str, value: Fraction, currency: str) -> str:
    """Return a value of a measure as people read it."""
    if measure in ("time_in_process", "waiting"):
        return duration(float(value))
    if measure == "cost":
        return money(float(value), currency)
    if measure in ("promise", "compliance"):
        return percent(value)
    return decimal(number(value), 0) + HARD + "points"


class ReviewForm(Form):
    """A new review."""

    name = StringField("What is reviewed", [InputRequired("Write a name."), Length(max=120)])
    examined = SelectField("Process")

    @classmethod
    def on(cls, processes: list[Process]) -> "ReviewForm":
        """Return the form over the processes that the person may review."""
        form = cls()
        form.examined.choices = choices((process.id, process.name) for process in processes)
        return form


class PlanPartForm(Form):
    """Something added to a plan; carries the revision it was typed on."""

    base = HiddenField()

    @property
    def revision(self) -> int:
        """The revision it was typed on."""
        return int(self.base.data or 0)


class AimForm(PlanPartForm):
    """An aim."""

    text = StringField(
        "Aim", [InputRequired("Write the aim."), Length(max=300)], description="What should be better afterwards"
    )

    def added(self, plan: Plan) -> Plan:
        """Return the plan with the aim."""
        new = Aim(slug(self.text.data, frozenset(aim.id for aim in plan.aims)), self.text.data.strip())
        return Plan(aims=(*plan.aims, new), features=plan.features, criteria=plan.criteria)


class FeatureForm(PlanPartForm):
    """A feature that customers notice."""

    name = StringField("Feature", [InputRequired("Write what customers notice."), Length(max=120)])
    weight = DecimalField(
        "Weight",
        [InputRequired("Write a number."), NumberRange(min=0)],
        default=Decimal(1),
        description="Beside the others",
    )
    outcome = SelectField("It shows in", choices=choices(OUTCOMES.items()))
    best = DecimalField(
        "Fully content up to",
        [Optional(), NumberRange(min=0)],
        description="Hours or contacts, not needed for yes or no",
    )
    worst = DecimalField("Not content at all from", [Optional(), NumberRange(min=0)])
    source = StringField(
        "How is that known", [InputRequired("Say how that is known."), Length(max=120)], default="judged by the team"
    )
    grade = SelectField(
        "Evidence",
        choices=choices(
            [("A", "A, measured"), ("B", "B, sampled"), ("C", "C, an expert's range"), ("D", "D, a guess")]
        ),
        default="D",
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for both ends where the outcome is a number, the worse above the better."""
        fits = super().validate(extra_validators)
        ends = (self.best.data, self.worst.data)
        if fits and self.outcome.data not in YES_OR_NO and (None in ends or ends[0] >= ends[1]):
            self.worst.errors = ["Write both ends; the second is above the first."]
            return False
        return fits

    def added(self, plan: Plan) -> Plan:
        """Return the plan with the feature."""
        id = slug(self.name.data, frozenset(feature.id for feature in plan.features))
        grade: Grade = self.grade.data
        unit = 1 if self.outcome.data == "contacts" else HOUR
        new = Feature(
            id=id,
            name=self.name.data.strip(),
            weight=fraction(self.weight.data),
            outcome=self.outcome.data,
            points=YES_NO_POINTS
            if self.outcome.data in YES_OR_NO
            else ((int(self.best.data * unit), "100"), (int(self.worst.data * unit), "0")),
            provenance=Provenance("judged" if grade in "CD" else "measured", grade, self.source.data.strip()),
        )
        return Plan(aims=plan.aims, features=(*plan.features, new), criteria=plan.criteria)


class CriterionForm(PlanPartForm):
    """A criterion: measure, direction, threshold, tolerance, source."""

    name = StringField(
        "Criterion",
        [InputRequired("Write a name."), Length(max=120)],
        description="For example: decided within two weeks",
    )
    measure = SelectField("Measure", choices=choices(MEASURES.items()))
    direction = SelectField("Direction", choices=choices([("at least", "at least"), ("at most", "at most")]))
    threshold = DecimalField("Threshold", [InputRequired("Write a number, with a point for decimals.")])
    tolerance = DecimalField(
        "Tolerance",
        [Optional(), NumberRange(min=0)],
        default=Decimal(0),
        description="How far it may be missed and still be close",
    )
    source = StringField("Source", [Length(max=200)], description="Where the figure comes from, if you like")
    reason = StringField("Why is it changed after the scope was signed", [Length(max=400)])

    def added(self, plan: Plan) -> Plan:
        """Return the plan with the criterion."""
        new = Criterion(
            id=slug(self.name.data, frozenset(criterion.id for criterion in plan.criteria)),
            name=self.name.data.strip(),
            measure=self.measure.data,
            direction=self.direction.data,
            threshold=in_base(self.measure.data, self.threshold.data),
            tolerance=in_base(self.measure.data, self.tolerance.data or Decimal(0)),
            source=(self.source.data or "").strip(),
        )
        return Plan(aims=plan.aims, features=plan.features, criteria=(*plan.criteria, new))


class TakeOutForm(PlanPartForm):
    """An aim, feature, criterion or lock to take out."""

    part = HiddenField()
    id = HiddenField()
    reason = StringField("Why, after the scope was signed", [Length(max=400)])

    def without(self, plan: Plan) -> Plan:
        """Return the plan without the part."""
        return Plan(
            aims=tuple(aim for aim in plan.aims if ("aims", aim.id) != self._named),
            features=tuple(feature for feature in plan.features if ("features", feature.id) != self._named),
            criteria=tuple(criterion for criterion in plan.criteria if ("criteria", criterion.id) != self._named),
        )

    @property
    def _named(self) -> tuple[str, str]:
        return (self.part.data or "", self.id.data or "")


class ScopeForm(PlanPartForm):
    """The boundary, what is in and out, and the change envelope."""

    first = SelectField("It begins with")
    last = checkboxes("It ends with")
    included = TextAreaField("In scope", [Length(max=2000)], description="One thing a line")
    excluded = TextAreaField("Out of scope", [Length(max=2000)], description="One thing a line")
    moves = checkboxes("What may be changed", "None ticked permits all")
    extra_heads = IntegerField(
        "Heads that may be added", [Optional(), NumberRange(min=0)], description="Empty sets no limit"
    )
    fewer_heads = IntegerField(
        "Heads that may be taken away", [Optional(), NumberRange(min=0)], description="Empty sets no limit"
    )
    agree = checkboxes("Who must agree")
    carry_out = checkboxes("Who must carry it out")

    @classmethod
    def on(cls, scope: Scope, base: int, graph: StepGraph, deciders: list[tuple[str, str]]) -> "ScopeForm":
        """Return the form filled with a scope, over the steps of a graph."""
        envelope = scope.envelope
        form = cls(
            base=base,
            first=scope.first,
            last=list(scope.last),
            included="\n".join(scope.included),
            excluded="\n".join(scope.excluded),
            moves=list(envelope.moves),
            extra_heads=envelope.extra_heads,
            fewer_heads=envelope.fewer_heads,
            agree=list(scope.agree),
            carry_out=list(scope.carry_out),
        )
        steps = [(id, f"{graph.numbers[id]} {graph.by_id[id].name}") for id in graph.reading_order]
        form.first.choices = [*choices([("", "not marked yet")]), *choices(steps)]
        form.last.choices = choices(step for step in steps if graph.by_id[step[0]].kind is not Kind.START)
        form.moves.choices = choices((kind, MOVE_WORDS[kind]) for kind in MOVES)
        form.agree.choices = choices(deciders)
        form.carry_out.choices = choices((role, role) for role in graph.roles)
        return form

    def drawn(self, scope: Scope) -> Scope:
        """Return the scope as typed; its locks stay."""
        return Scope(
            process=scope.process,
            first=self.first.data or "",
            last=tuple(sorted(self.last.data or ())),
            included=_lines(self.included.data),
            excluded=_lines(self.excluded.data),
            envelope=Envelope(
                moves=tuple(sorted(self.moves.data or ())),
                extra_heads=self.extra_heads.data,
                fewer_heads=self.fewer_heads.data,
            ),
            locks=scope.locks,
            agree=tuple(sorted(self.agree.data or ())),
            carry_out=tuple(sorted(self.carry_out.data or ())),
        )


class LockForm(PlanPartForm):
    """Something that stays as it is."""

    target = SelectField("What stays as it is")
    reason = StringField("Why", [InputRequired("Write why it is locked."), Length(max=300)])

    @classmethod
    def on(cls, base: int, graph: StepGraph) -> "LockForm":
        """Return the form over all that can be locked."""
        form = cls(base=base)
        steps = [(f"step:{id}", f"step {graph.numbers[id]} {graph.by_id[id].name}") for id in graph.reading_order]
        roles = [(f"role:{role}", f"role {role}") for role in graph.roles]
        duties = [(f"obligation:{duty.id}", f"obligation {duty.id} {duty.name}") for duty in graph.obligations]
        flows = [
            (f"flow:{flow.id}", f"flow {graph.by_id[flow.source].name} → {graph.by_id[flow.target].name}")
            for flow in graph.flows
        ]
        form.target.choices = choices([*steps, *roles, *duties, *flows])
        return form

    def added(self, scope: Scope) -> Scope:
        """Return the scope with the lock, numbered after the others."""
        kind, _, target = self.target.data.partition(":")
        taken = [int(lock.id[1:]) for lock in scope.locks if lock.id[1:].isdigit()]
        lock = Lock(id=f"L{max(taken, default=0) + 1}", kind=kind, target=target, reason=self.reason.data.strip())
        return replace(scope, locks=(*scope.locks, lock))


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())

"""What is typed about a step, its ways, and the obligations and promises that hang on it."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from process_models.graph.edits import SetObligation
from process_models.graph.graph import StepGraph
from process_models.graph.narration import SHARES, TIMES
from process_models.graph.steps import (
    CallingAgain,
    Chasing,
    Dependency,
    Flow,
    Kind,
    Lane,
    Lens,
    Obligation,
    PersonalItem,
    Promise,
    Saving,
    Score,
    Step,
    Timing,
)
from process_models.graph.wiring import flow_id
from process_models.values.clocks import Clock, Moment
from process_models.values.distributions import Exponential, LogNormal, Quantiles, deviation, mean, quantile
from process_models.values.document import slug
from process_models.values.fractions import Fraction, fraction, number, shares_of
from process_models.values.provenance import FIGURES, Figure, Provenance
from process_models.values.sentences import Sentence, say
from workbench.forms import checkboxes, choices
from workbench.processes.forms import GRADES, BasedForm, Read, duration_field, lines, number_field, provenance
from workbench.processes.picture import KINDS
from workbench.processes.typed import plain_number, read_duration, read_grade, read_number, write_duration

LANES = choices((lane.value, lane.value.capitalize()) for lane in Lane)
NATURES = choices([("task", "task"), ("control", "control: it checks"), ("contact", "contact with the customer")])
VALUES = choices(
    [
        ("unknown", "not said yet"),
        ("customer", "to the customer"),
        ("business", "to the organisation"),
        ("none", "none"),
    ]
)
AUTOMATION = choices([("manual", "by hand"), ("assisted", "by hand with help"), ("automatic", "by a machine")])
SCALE = choices(
    [("", "?"), *((str(n), f"{n:+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0")) for n in range(2, -3, -1))]
)
POINTS = ("good", "usual", "bad")
QUANTILES = ("0.1", "0.5", "0.9")


class StepForm(BasedForm):
    """A step: about six fields in front, the rest behind “More”."""

    name = StringField("Name", [InputRequired("Write a name that a new starter would understand."), Length(max=120)])
    role = StringField("Who does it", [Length(max=120)], description="A role, never a person")
    lane = SelectField("Lane", choices=LANES)
    good = duration_field("Good")
    usual = duration_field("Usual")
    bad = duration_field("Bad")
    grade = SelectField("Evidence", choices=choices(GRADES), default="D")
    source = StringField(
        "Where the time comes from", [Length(max=200)], description="For example: workshop, or the log"
    )
    date = StringField("On", [Length(max=10)], description="2026-03-02")

    kind = SelectField("What it is", choices=choices((kind.value, words) for kind, words in KINDS.items()))
    nature = SelectField("Nature", choices=NATURES)
    owner = StringField("Who answers for it", [Length(max=120)], description="A role, if you like")
    description = TextAreaField("What happens here", [Length(max=2000)])
    mean = duration_field("Mean", "Instead of good, usual and bad")
    spread = duration_field("Standard deviation")
    unit_cost = number_field("Paid per visit", "Beside people's time, in the service's currency")
    value_class = SelectField("Value", choices=VALUES)
    systems = StringField("Systems", [Length(max=400)], description="With commas between")
    inputs = StringField("Takes in", [Length(max=400)], description="With commas between")
    outputs = StringField("Gives out", [Length(max=400)], description="With commas between")
    reason = StringField("Why it exists", [Length(max=400)])
    reason_date = StringField("Since", [Length(max=10)], description="When the reason was last looked at, 2026-03")
    rejects = BooleanField("Can refuse a case")
    place = StringField("Place", [Length(max=120)], description="Site or desk")
    channel = StringField("Channel", [Length(max=120)], description="Phone, letter, app, in person")
    batch = StringField("Saved up", [Length(max=200)], description="The rule: Fridays, twenty at a time")
    saved_cases = number_field("Saved up until so many are there", "Cases go on together; empty: however many")
    saved_within = duration_field("Or one has been there", "As long as that; empty: however long")
    chased_after = duration_field("Waiting brings a contact after", "Customers ask where it stays; empty: they do not")
    chased_every = duration_field("And again every", "While it still waits; empty: only once")
    again_share = number_field("Of those who give up come back (per cent)", "As cases of their own, from the start")
    again_after = duration_field("They come back after", "On average")
    automation = SelectField("Done", choices=AUTOMATION)
    ruled = BooleanField("Rules alone decide: nobody has to judge")
    grade_needed = StringField("Grade needed", [Read(read_grade)], description="Higher is more senior")
    grade_used = StringField("Grade that does it", [Read(read_grade)])
    fallback = StringField("When its system is down", [Length(max=200)], description="Where the work goes then")
    adjusted = StringField(
        "For customers who need an adjustment", [Length(max=200)], description="How they get the same result"
    )
    personal = TextAreaField(
        "Personal details asked for", [Length(max=2000)], description="One a line with its purpose: birthday: identity"
    )
    covers = checkboxes("Meets the obligations")
    records = checkboxes("Makes the record of")

    satisfaction = SelectField("Satisfaction", choices=SCALE)
    satisfaction_grade = SelectField("Evidence for satisfaction", choices=choices(GRADES), default="D")
    satisfaction_source = StringField("Source for satisfaction", [Length(max=200)])
    cost = SelectField("Cost", choices=SCALE)
    cost_grade = SelectField("Evidence for cost", choices=choices(GRADES), default="D")
    cost_source = StringField("Source for cost", [Length(max=200)])
    compliance = SelectField("Compliance", choices=SCALE)
    compliance_grade = SelectField("Evidence for compliance", choices=choices(GRADES), default="D")
    compliance_source = StringField("Source for compliance", [Length(max=200)])

    @classmethod
    def on(cls, step: Step, graph: StepGraph, base: int, typed: bool = True) -> "StepForm":
        """Return the form filled with a step, and with what was typed over it unless that is not wanted."""
        filled = {**_plain(step), **_waits(step), **_time(step), **_scores(step)}
        form = cls(base=base, **filled) if typed else cls(formdata=None, base=base, **filled)
        named = [(duty.id, f"{duty.id} {duty.name}") for duty in graph.obligations]
        form.covers.choices = form.records.choices = choices(named)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for all three points, in order, and for the source of a time or score."""
        fits = super().validate(extra_validators)
        points = [self[name] for name in POINTS]
        known = [bool((field.data or "").strip()) for field in points]
        if fits and any(known) and not all(known):
            missing = points[known.index(False)]
            missing.errors = ["Think of a good, a usual and a bad case, and write all three. It is fine to be unsure."]
            return False
        if fits and all(known):
            times = [read_duration(field.data) for field in points]
            if times != sorted(times):
                self.bad.errors = [say(Sentence.of("time_points_rise"))]
                return False
        for source, given in [(self.source, any(known) or bool((self.mean.data or "").strip()))] + [
            (self[f"{lens.value}_source"], bool(self[lens.value].data)) for lens in Lens
        ]:
            if fits and given and not (source.data or "").strip():
                source.errors = ["Say where this comes from: a log, a sample, a workshop, a role."]
                return False
        return fits

    def changed(self, step: Step, today: str) -> Step:
        """Return the step as typed; what was left as it was keeps its exact values."""
        return msgspec.structs.replace(
            step,
            name=self.name.data.strip(),
            role=(self.role.data or "").strip(),
            lane=Lane(self.lane.data),
            kind=Kind(self.kind.data),
            nature=self.nature.data,
            owner=(self.owner.data or "").strip(),
            description=(self.description.data or "").strip(),
            unit_cost=_minor(self.unit_cost.data),
            value_class=self.value_class.data,
            systems=_as_before(step.systems, self.systems.data),
            inputs=_as_before(step.inputs, self.inputs.data),
            outputs=_as_before(step.outputs, self.outputs.data),
            reason=(self.reason.data or "").strip(),
            rejects=bool(self.rejects.data),
            ruled=bool(self.ruled.data),
            automation=self.automation.data,
            grade_needed=_grade(self.grade_needed.data),
            grade_used=_grade(self.grade_used.data),
            personal=_personal(self.personal.data),
            **{name: (self[name].data or "").strip() for name in IN_WORDS},
            covers=tuple(sorted(self.covers.data or ())),
            records=tuple(sorted(self.records.data or ())),
            saving=self._saving(step),
            chasing=self._chasing(step),
            calling_again=self._calling_again(step, today),
            time=self._timing(step, today),
            scores=tuple(score for lens in Lens if (score := self._score(step, lens, today))),
        )

    def _left(self, step: Step, *names: str) -> bool:
        """Say whether fields were left as they were."""
        before = _waits(step)
        return all((self[name].data or "").strip() == before[name] for name in names)

    def _saving(self, step: Step) -> Saving | None:
        if self._left(step, "saved_cases", "saved_within"):
            return step.saving
        cases = int(read_number(self.saved_cases.data)) if (self.saved_cases.data or "").strip() else 0
        within = _ms(self.saved_within.data)
        return Saving(cases=cases, within=within) if cases or within else None

    def _chasing(self, step: Step) -> Chasing | None:
        if self._left(step, "chased_after", "chased_every"):
            return step.chasing
        after, at = _ms(self.chased_after.data), step.chasing.step if step.chasing else ""
        return Chasing(after=after, every=_ms(self.chased_every.data), step=at) if after else None

    def _calling_again(self, step: Step, today: str) -> CallingAgain | None:
        if self._left(step, "again_share", "again_after"):
            return step.calling_again
        after = _ms(self.again_after.data)
        if not (self.again_share.data or "").strip() or not after:
            return None
        said = Provenance("judged", "D", "typed in", today)
        share = fraction(read_number(self.again_share.data) / 100)
        return CallingAgain(share=share, after=Timing(Exponential(mean=after), said))

    def _timing(self, step: Step, today: str) -> Timing | None:
        before = _time(step)
        new_points = any((self[name].data or "").strip() != before.get(name, "") for name in POINTS)
        new_mean = any((self[name].data or "").strip() != before.get(name, "") for name in ("mean", "spread"))
        old = step.time
        if not (self.usual.data or "").strip() and not (self.mean.data or "").strip():
            return None
        changed = new_points or new_mean
        date = (self.date.data or "").strip() or (today if changed or old is None else old.provenance.date)
        given = provenance(old.provenance if old else None, self.grade.data, self.source.data.strip(), date)
        if not changed and old is not None:
            return msgspec.structs.replace(old, provenance=given)
        if new_mean and (self.mean.data or "").strip():
            spread = read_duration(self.spread.data) if (self.spread.data or "").strip() else 0
            return Timing(LogNormal(mean=read_duration(self.mean.data), sd=spread), given)
        points = zip(QUANTILES, (read_duration(self[name].data) for name in POINTS), strict=True)
        return Timing(Quantiles(points=tuple(points)), given)

    def _score(self, step: Step, lens: Lens, today: str) -> Score | None:
        if not self[lens.value].data:
            return None
        old, value = step.score(lens), int(self[lens.value].data)
        grade, source = self[f"{lens.value}_grade"].data, self[f"{lens.value}_source"].data.strip()
        same = old is not None and (old.value, old.provenance.grade, old.provenance.source) == (value, grade, source)
        return old if same else Score(lens, value, provenance(None, grade, source, today))

    def scored(self) -> list[tuple[str, Any, Any, Any]]:
        """Return the fields of each lens."""
        return [
            (lens.value, self[lens.value], self[f"{lens.value}_grade"], self[f"{lens.value}_source"]) for lens in Lens
        ]


def _plain(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "role": step.role,
        "lane": step.lane.value,
        "kind": step.kind.value,
        "nature": step.nature,
        "owner": step.owner,
        "description": step.description,
        "unit_cost": plain_number(Decimal(step.unit_cost) / 100) if step.unit_cost else "",
        "value_class": step.value_class,
        "systems": ", ".join(step.systems),
        "inputs": ", ".join(step.inputs),
        "outputs": ", ".join(step.outputs),
        "reason": step.reason,
        "rejects": step.rejects,
        "ruled": step.ruled,
        "automation": step.automation,
        "grade_needed": "" if step.grade_needed is None else str(step.grade_needed),
        "grade_used": "" if step.grade_used is None else str(step.grade_used),
        "personal": "\n".join(f"{one.id}: {one.purpose}" if one.purpose else one.id for one in step.personal),
        **{name: getattr(step, name) for name in IN_WORDS},
        "covers": list(step.covers),
        "records": list(step.records),
    }


def _waits(step: Step) -> dict[str, str]:
    """Return what waiting and giving up bring about here, as typed."""
    saving, chasing, again = step.saving, step.chasing, step.calling_again
    return {
        "saved_cases": str(saving.cases) if saving and saving.cases else "",
        "saved_within": write_duration(saving.within) if saving and saving.within else "",
        "chased_after": write_duration(chasing.after) if chasing else "",
        "chased_every": write_duration(chasing.every) if chasing and chasing.every else "",
        "again_share": plain_number(number(again.share) * 100) if again else "",
        "again_after": write_duration(round(mean(again.after.distribution))) if again else "",
    }


def _ms(text: str | None) -> int:
    return read_duration(text) if text and text.strip() else 0


def _time(step: Step) -> dict[str, str]:
    if step.time is None:
        return {"good": "", "usual": "", "bad": "", "mean": "", "spread": "", "source": "", "date": ""}
    spread = step.time.distribution
    given = step.time.provenance
    out = {name: write_duration(quantile(spread, at)) for name, at in zip(POINTS, QUANTILES, strict=True)}
    if isinstance(spread, LogNormal):
        out |= {"mean": write_duration(mean(spread)), "spread": write_duration(deviation(spread))}
    return out | {"grade": given.grade, "source": given.source, "date": given.date}


def _scores(step: Step) -> dict[str, str]:
    out: dict[str, str] = {}
    for score in step.scores:
        given = score.provenance
        lens = score.id.value
        out |= {lens: str(score.value), f"{lens}_grade": given.grade, f"{lens}_source": given.source}
    return out


IN_WORDS = ("reason_date", "place", "channel", "batch", "fallback", "adjusted")
"""Fields that are kept as they are typed."""


def _grade(text: str | None) -> int | None:
    return read_grade(text) if text and text.strip() else None


def _personal(text: str | None) -> tuple[PersonalItem, ...]:
    """Return details and purposes typed one a line with a colon between; the last of two with one name counts."""
    pairs = (line.partition(":") for line in (text or "").splitlines() if line.strip(" :"))
    found = {name.strip(): PersonalItem(name.strip(), purpose.strip()) for name, _, purpose in pairs if name.strip()}
    return tuple(found[name] for name in sorted(found))


def _minor(text: str | None) -> int:
    return int((read_number(text) * 100).to_integral_value()) if text and text.strip() else 0


def _as_before(old: tuple[str, ...], text: str | None) -> tuple[str, ...]:
    return old if ", ".join(old) == (text or "").strip() else lines(text)


class Clash(Struct, frozen=True):
    """A field that somebody else changed, or both did."""

    label: str
    before: str
    yours: str
    theirs: str


def merge(typed: StepForm, base: StepForm, head: StepForm) -> list[Clash]:
    """Bring what others changed into the fields that were left alone, and list what differs on either side.

    What was typed stays; nothing is stored until it is sent again on the newest version.
    """
    clashes = []
    for field in typed:
        if field.name in ("base", "csrf_token", "form_token"):
            continue
        before, yours, theirs = (_shown(form[field.name]) for form in (base, typed, head))
        if before == theirs:
            continue
        clashes.append(Clash(field.label.text, before, yours, theirs))
        if yours == before:
            field.data = head[field.name].data
    typed.base.data = head.base.data
    return clashes


def _shown(field: Any) -> str:
    if isinstance(field.data, bool):
        return "yes" if field.data else "no"
    if isinstance(field.data, list):
        return ", ".join(field.data) or "nothing"
    chosen = {choice.value: choice.label for choice in field.choices} if getattr(field, "choices", None) else {}
    return str(chosen.get(field.data, field.data) or "nothing").strip()


class NewStepForm(BasedForm):
    """A step to be added."""

    name = StringField("Name", [InputRequired("Write a name."), Length(max=120)])
    kind = SelectField(
        "What it is", choices=choices((kind.value, words) for kind, words in KINDS.items()), default="WORK"
    )
    lane = SelectField("Lane", choices=LANES, default="back")
    role = StringField("Who does it", [Length(max=120)], description="A role, never a person")
    after = SelectField("After", description="All that left that step then leaves the new one")

    @classmethod
    def on(cls, graph: StepGraph, base: int, after: str = "") -> "NewStepForm":
        """Return the form over the steps there are."""
        form = cls(base=base, after=after)
        form.after.choices = [*choices([("", "nothing: connected later")]), *choices(numbered(graph))]
        return form

    def step(self, graph: StepGraph) -> Step:
        """Return the step."""
        return Step(
            id=slug(self.name.data, frozenset(graph.by_id)),
            kind=Kind(self.kind.data),
            name=self.name.data.strip(),
            lane=Lane(self.lane.data),
            role=(self.role.data or "").strip(),
        )


def numbered(graph: StepGraph) -> list[tuple[str, str]]:
    """Return the steps with their numbers, to choose from."""
    return [(id, f"{graph.numbers[id]} {graph.by_id[id].name}") for id in graph.reading_order]


class FigureForm(BasedForm):
    """A figure of a step; without a value it is taken out."""

    figure = SelectField("Figure", choices=choices(FIGURES.items()))
    value = StringField(
        "Value", [Length(max=40)], description="A time (3.4 d), a share (4%) or a number; empty takes it out"
    )
    n = StringField("Number of observations", [Length(max=12)], description="If known")
    figure_grade = SelectField("Evidence", choices=choices(GRADES), default="D")
    figure_source = StringField("Where it comes from", [Length(max=200)])

    def changed(self, step: Step, today: str) -> Step:
        """Return the step with the figure.

        Raises ModelError where the value cannot be read.
        """
        rest = tuple(figure for figure in step.figures if figure.id != self.figure.data)
        if not (self.value.data or "").strip():
            return msgspec.structs.replace(step, figures=rest)
        source = (self.figure_source.data or "").strip() or "typed in"
        new = Figure(
            id=self.figure.data,
            value=read_figure(self.figure.data, self.value.data),
            unit="ms" if self.figure.data in TIMES else "",
            n=int(read_number(self.n.data)) if (self.n.data or "").strip() else None,
            provenance=provenance(None, self.figure_grade.data, source, today),
        )
        return msgspec.structs.replace(step, figures=(*rest, new))


def read_figure(id: str, text: str) -> Fraction:
    """Return a typed figure in the unit in which it is kept.

    >>> read_figure("wait", "2 h"), read_figure("pass_rate", "96%"), read_figure("visits", "1.2")
    ('7200000', '0.96', '1.2')
    """
    if id in TIMES:
        return fraction(read_duration(text))
    value = read_number(text)
    return fraction(value / 100 if id in SHARES else value)


class SharesForm(BasedForm):
    """The shares of all the ways that leave a step; made for a step by :func:`shares_form`."""

    flows: tuple[Flow, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for shares that add up."""
        fits = super().validate(extra_validators)
        if not fits or not self.flows:
            return fits
        fields = [self[f"share{n}"] for n in range(len(self.flows))]
        typed = [read_number(field.data) for field in fields]
        for field, value in zip(fields, typed, strict=True):
            if not 0 <= value <= 100:
                field.errors = [say(Sentence.of("share_out_of_range"))]
                return False
        total = sum(typed, Decimal(0))
        if abs(total - 100) > ROUNDED:
            fields[-1].errors = [say(Sentence.of("shares_not_whole", total=plain_number(total)))]
            return False
        return True

    def shares(self) -> tuple[tuple[str, Fraction], ...]:
        """Return flow and share; what was left as it was keeps its exact share."""
        typed = [self[f"share{n}"].data.strip() for n in range(len(self.flows))]
        if all(text == _percent(flow) for text, flow in zip(typed, self.flows, strict=True)):
            return tuple((flow.id, flow.share) for flow in self.flows)
        parts = shares_of(tuple(int(read_number(text) * 10**6) for text in typed))
        return tuple((flow.id, share) for flow, share in zip(self.flows, parts, strict=True))


ROUNDED = Decimal("0.05")
"""Points by which shares typed with two places may miss 100."""


def shares_form(graph: StepGraph, step: str, base: int) -> SharesForm:
    """Return the form over the ways that leave a step."""
    flows = tuple(sorted(graph.ways(step), key=lambda flow: (-float(flow.share), flow.id)))
    fields: dict[str, Any] = {"flows": flows}
    for n, flow in enumerate(flows):
        label = f"to {graph.numbers[flow.target]} {graph.by_id[flow.target].name}, per cent"
        fields[f"share{n}"] = number_field(label, flow.label, InputRequired("Write a share, 0 if nobody goes there."))
    filled = {f"share{n}": _percent(flow) for n, flow in enumerate(flows)}
    made: SharesForm = type("SharesForm", (SharesForm,), fields)(base=base, **filled)
    return made


def _percent(flow: Flow) -> str:
    return plain_number((Decimal(flow.share) * 100).quantize(Decimal("0.01")))


class ConnectForm(BasedForm):
    """A way on to another step."""

    target = SelectField("To")
    share = number_field("Share, per cent", "The other ways give way in proportion", InputRequired("Write a share."))
    label = StringField("Why", [Length(max=80)], description="Shown on the flow, if you like")
    gives_up = BooleanField("Taken by cases that give up waiting")

    @classmethod
    def on(cls, graph: StepGraph, base: int) -> "ConnectForm":
        """Return the form over the steps there are."""
        form = cls(base=base, share="100")
        form.target.choices = choices(numbered(graph))
        return form

    def flow(self, graph: StepGraph, source: str) -> Flow:
        """Return the flow."""
        return Flow(
            id=flow_id(frozenset(graph.flow_by_id), source, self.target.data),
            source=source,
            target=self.target.data,
            kind="abandon" if self.gives_up.data else "normal",
            share=fraction(read_number(self.share.data) / 100),
            label=(self.label.data or "").strip(),
        )


class NeedForm(BasedForm):
    """What a step needs of another before it can be done."""

    needs = SelectField("Needs")
    kind = SelectField(
        "What of it", choices=choices([("data", "what it gives out"), ("rule", "that it came before: a rule")])
    )
    reason = StringField("What, or which rule", [Length(max=200)], description="For example: the claim file")

    @classmethod
    def on(cls, graph: StepGraph, step: str, base: int, typed: bool = True) -> "NeedForm":
        """Return the form over the other steps there are; ``typed`` says whether it reads what was sent."""
        form = cls(base=base) if typed else cls(formdata=None, base=base)
        form.needs.choices = choices(one for one in numbered(graph) if one[0] != step)
        return form

    def dependency(self, graph: StepGraph, step: str) -> Dependency:
        """Return the dependency; a pair of steps has one."""
        pair = (step, self.needs.data)
        old = next((one for one in graph.dependencies if (one.step, one.needs) == pair), None)
        id = old.id if old else slug(f"{step} needs {pair[1]}", frozenset(one.id for one in graph.dependencies))
        return Dependency(id, *pair, self.kind.data, (self.reason.data or "").strip())


MOMENTS = choices([("enter", "a case reaches it"), ("leave", "a case leaves it")])
BASES = choices(
    [
        ("law", "law"),
        ("regulator", "regulator"),
        ("code", "code"),
        ("policy", "policy"),
        ("habit", "habit"),
        ("asked", "asked"),
    ]
)


class ClockFields(BasedForm):
    """A clock: from, to, limit, time, pauses. Without a limit there is none."""

    limit = duration_field("Limit", "For example 2 h or 15 d; working days are the hours that are worked in them")
    time = SelectField("Counted in", choices=choices([("working", "working time"), ("wall", "time by the calendar")]))
    begins = SelectField("From")
    begins_at = SelectField("when", choices=MOMENTS)
    ends = SelectField("To")
    ends_at = SelectField("when", choices=MOMENTS, default="leave")
    pauses = checkboxes("Stands still during")
    failure = number_field(
        "What a missed one costs",
        "In the service's currency, for each case whose time runs out; 0 for nothing",
        Optional(),
    )

    def failure_cost(self) -> int:
        """Return what a missed one costs, minor units."""
        return int((read_number(self.failure.data or "0") * 100).to_integral_value())

    def over(self, graph: StepGraph) -> None:
        """Offer the steps there are."""
        self.begins.choices = self.ends.choices = choices(numbered(graph))
        self.pauses.choices = choices(numbered(graph))

    def clock(self) -> Clock | None:
        """Return the clock as typed."""
        if not (self.limit.data or "").strip():
            return None
        start, end = Moment(self.begins.data, self.begins_at.data), Moment(self.ends.data, self.ends_at.data)
        return Clock(start, end, read_duration(self.limit.data), self.time.data, tuple(sorted(self.pauses.data or ())))


def clock_fields(clock: Clock | None, failure_cost: int) -> dict[str, Any]:
    """Return what fills the fields of a clock, and what a missed one costs."""
    if clock is None:
        return {}
    return {
        "failure": plain_number(Decimal(failure_cost) / 100),
        "limit": write_duration(clock.limit),
        "time": clock.time,
        "begins": clock.start.step,
        "begins_at": clock.start.at,
        "ends": clock.end.step,
        "ends_at": clock.end.at,
        "pauses": list(clock.pauses),
    }


class ObligationForm(ClockFields):
    """An obligation and the steps that meet it."""

    name = StringField("Name", [InputRequired("Write a short name."), Length(max=120)])
    text = TextAreaField("What it asks", [Length(max=2000)])
    basis = SelectField("Who says so", choices=BASES)
    clause = StringField("Clause", [Length(max=120)], description="Where it stands, if you like")
    owner = StringField("Owner", [Length(max=120)], description="The role that owns it")
    applies_from = SelectField("Applies from")
    needs_record = BooleanField("Needs a record")
    covered_by = checkboxes("Met by")
    recorded_by = checkboxes("Recorded by")
    before = checkboxes("Must be met before")

    @classmethod
    def on(cls, graph: StepGraph, base: int, duty: Obligation | None = None) -> "ObligationForm":
        """Return the form filled with an obligation."""
        filled: dict[str, Any] = {}
        if duty:
            filled = {
                name: getattr(duty, name) for name in ("name", "text", "basis", "clause", "owner", "applies_from")
            }
            filled |= {
                "needs_record": duty.needs_record,
                "before": list(duty.before),
                **clock_fields(duty.clock, duty.failure_cost),
            }
            filled["covered_by"] = [step.id for step in graph.steps if duty.id in step.covers]
            filled["recorded_by"] = [step.id for step in graph.steps if duty.id in step.records]
        form = cls(base=base, **filled)
        form.over(graph)
        form.applies_from.choices = [*choices([("", "the start")]), *choices(numbered(graph))]
        form.covered_by.choices = form.recorded_by.choices = form.before.choices = choices(numbered(graph))
        return form

    def edit(self, graph: StepGraph, duty: Obligation | None) -> SetObligation:
        """Return the edit."""
        taken = {one.id for one in graph.obligations}
        id = duty.id if duty else next(id for n in range(1, 1000) if (id := f"O-{n:02d}") not in taken)
        new = Obligation(
            id=id,
            name=self.name.data.strip(),
            text=(self.text.data or "").strip(),
            basis=self.basis.data,
            clause=(self.clause.data or "").strip(),
            owner=(self.owner.data or "").strip(),
            clock=self.clock(),
            needs_record=bool(self.needs_record.data),
            applies_from=self.applies_from.data or "",
            before=tuple(sorted(self.before.data or ())),
            failure_cost=self.failure_cost(),
        )
        return SetObligation(new, tuple(sorted(self.covered_by.data or ())), tuple(sorted(self.recorded_by.data or ())))


class PromiseForm(ClockFields):
    """What customers are told about time."""

    name = StringField("What customers are told", [InputRequired("Write the promise."), Length(max=120)])

    @classmethod
    def on(cls, graph: StepGraph, base: int, promise: Promise | None = None) -> "PromiseForm":
        """Return the form filled with a promise."""
        filled = {"name": promise.name, **clock_fields(promise.clock, promise.failure_cost)} if promise else {}
        form = cls(base=base, **filled)
        form.over(graph)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the limit: a promise without one cannot be missed."""
        fits = super().validate(extra_validators)
        if fits and not (self.limit.data or "").strip():
            self.limit.errors = ["Write the limit, for example 10 d."]
            return False
        return fits

    def promise(self, graph: StepGraph, old: Promise | None) -> Promise:
        """Return the promise."""
        clock = self.clock()
        assert clock is not None
        id = old.id if old else slug(self.name.data, frozenset(one.id for one in graph.promises))
        return Promise(id, self.name.data.strip(), clock, self.failure_cost())

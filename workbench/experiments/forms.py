"""What is typed about scenarios and experiments."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from process_models.graph.design import Design
from process_models.graph.steps import TIMED, Kind
from process_models.values.calendars import DAY, HOUR, MINUTE, WEEK, instant
from process_models.values.fractions import Fraction, fraction, number
from process_models.values.provenance import Provenance
from simulations.breaking import REPLICATIONS
from simulations.experiments import MEASURES
from simulations.queueing import Asked
from simulations.scenario import Absence, Away, Outage, Scenario, Slowdown, Stream, Surge
from simulations.staffing import REPLICATIONS as PLAYED
from workbench.errors import Invalid
from workbench.experiments.certainty import AssumedRow
from workbench.experiments.model import (
    BASELINE,
    JUDGED,
    LEAST,
    MOST,
    BreakPoint,
    ScenarioRow,
    Sensitivity,
    Spec,
    Staffed,
)
from workbench.experiments.sensing import ALONE, TOGETHER
from workbench.forms import Form, checkboxes, choices
from workbench.options.model import Option

PROMISES: dict[str, tuple[str, str, Literal["at least", "at most"], Decimal]] = {
    "promise": ("Promise kept, at least (per cent)", "promise", "at least", Decimal("0.01")),
    "compliance": ("Compliance, at least (per cent)", "compliance", "at least", Decimal("0.01")),
    "time_p90": ("Time in process of 9 in 10 cases, at most (hours)", "time_p90", "at most", Decimal(HOUR)),
    "waiting": ("Waiting for people, at most (hours)", "waiting", "at most", Decimal(HOUR)),
}
"""What may be asked to hold: words, measure, direction, and ms or share in one of its unit."""
SENSED = (*JUDGED, "time_p90", "utilisation")
"""Measures of which it can be asked what they hang on."""
USUAL_MOST = 100
"""Replications up to which more are offered to be added."""
Demand = tuple[str, str, tuple[Fraction, ...]]
"""Id and name of a log, and its mean arrivals in each hour of a week."""


class ScenarioForm(Form):
    """Demand and contingencies for a period."""

    name = StringField("Name", [InputRequired("Write a name."), Length(max=120)], default="Usual weeks")
    start = DateField("First Monday", [InputRequired("Write a date.")])
    weeks = IntegerField("Weeks", [InputRequired("Write a number."), NumberRange(min=1, max=52)], default=13)
    demand = SelectField("Demand")
    per_week = DecimalField(
        "Cases a week",
        [Optional(), NumberRange(min=0)],
        description="Only if no log is chosen: spread over the open hours",
    )
    growth = DecimalField("Demand changed by (per cent)", [Optional(), NumberRange(min=-100, max=900)], default=0)
    absence = DecimalField(
        "Away at random (per cent of time)",
        [Optional(), NumberRange(min=0, max=90)],
        default=0,
        description="Every pool",
    )
    spell = DecimalField("Mean length of a spell (days)", [Optional(), NumberRange(min=0)], default=3)
    away_pool = SelectField("Known absence in")
    away_heads = IntegerField("Heads away", [Optional(), NumberRange(min=0)], default=0)
    away_from = IntegerField("From week", [Optional(), NumberRange(min=1, max=52)])
    away_to = IntegerField("To the end of week", [Optional(), NumberRange(min=1, max=52)])
    surge = DecimalField("Surge: demand times", [Optional(), NumberRange(min=0, max=20)], default=1)
    surge_from = IntegerField("Surge from week", [Optional(), NumberRange(min=1, max=52)])
    surge_to = IntegerField("Surge to the end of week", [Optional(), NumberRange(min=1, max=52)])
    ramp = DecimalField(
        "It rises over (days)", [Optional(), NumberRange(min=0, max=180)], default=0, description="And falls as slowly"
    )
    every = IntegerField(
        "It comes again every (weeks)", [Optional(), NumberRange(min=0, max=52)], default=0, description="0: once"
    )
    growth_a_year = DecimalField(
        "Demand grows by (per cent a year)", [Optional(), NumberRange(min=-99, max=900)], default=0
    )
    together = BooleanField("Everybody of a pool is away at the same times, as in a storm or a strike")
    down = checkboxes("Stopped steps", "A system that is down: nobody begins them, work in hand is finished")
    down_from = DateTimeLocalField("Stopped from", [Optional()])
    down_hours = DecimalField("For (hours)", [Optional(), NumberRange(min=0, max=8760)], default=0)
    slow = checkboxes("Slowed steps", "A supplier in delay, a slow system: waits count as well as work")
    slow_factor = DecimalField("They take times as long", [Optional(), NumberRange(min=0, max=100)], default=1)
    slow_from = IntegerField("Slow from week", [Optional(), NumberRange(min=1, max=52)])
    slow_to = IntegerField("Slow to the end of week", [Optional(), NumberRange(min=1, max=52)])

    @classmethod
    def on(cls, demands: list[Demand], design: Design, today: date) -> "ScenarioForm":
        """Return the form over the logs of a service and the pools of a design."""
        monday = today + timedelta(days=(7 - today.weekday()) % 7)
        form = cls(start=monday)
        form.demand.choices = choices(
            [*((id, f"as in the log “{name}”") for id, name, _ in demands), ("", "typed in below")]
        )
        graph = design.graph
        timed = [
            (id, graph.by_id[id].kind, f"{graph.numbers[id]} {graph.by_id[id].name}") for id in graph.reading_order
        ]
        form.down.choices = choices((id, words) for id, kind, words in timed if kind is Kind.WORK)
        form.slow.choices = choices((id, words) for id, kind, words in timed if kind in TIMED)
        form.away_pool.choices = choices([("", "no pool"), *((pool.id, pool.name) for pool in design.staffing.pools)])
        return form

    def scenario(self, demands: list[Demand], design: Design, zone: str) -> Scenario:
        """Return the scenario."""
        weeks = int(self.weeks.data)
        return Scenario(
            id="scenario",
            name=self.name.data.strip(),
            start=f"{self.start.data.isoformat()}T00:00",
            zone=zone,
            period=weeks * WEEK,
            streams=(self._stream(demands, design),),
            absences=self._absences(design),
            away=self._away(),
            surges=self._surges(),
            outages=self._outages(zone),
            slowdowns=self._slowdowns(),
        )

    def _stream(self, demands: list[Demand], design: Design) -> Stream:
        growth = 1 + number(fraction(self.growth.data or 0)) / 100
        chosen = next((one for one in demands if one[0] == self.demand.data), None)
        if chosen:
            hours = tuple(fraction(number(rate) * growth) for rate in chosen[2])
            source = Provenance("measured", "A", f"arrivals in the log “{chosen[1]}”")
        elif self.per_week.data:
            hours = _spread(number(fraction(self.per_week.data)) * growth, design)
            source = Provenance("judged", "D", "typed in")
        else:
            raise Invalid("scenario_without_demand")
        yearly = fraction((self.growth_a_year.data or 0) / 100)
        return Stream(id="cases", per_hour=hours, growth=yearly, provenance=source)

    def _absences(self, design: Design) -> tuple[Absence, ...]:
        if not self.absence.data:
            return ()
        share, spell = fraction(self.absence.data / 100), int((self.spell.data or 1) * DAY)
        together = bool(self.together.data)
        return tuple(
            Absence(id=f"away-{p.id}", pool=p.id, share=share, spell=spell, together=together)
            for p in design.staffing.pools
        )

    def _away(self) -> tuple[Away, ...]:
        if not self.away_pool.data or not self.away_heads.data:
            return ()
        start, end = _weeks(self.away_from.data, self.away_to.data)
        return (Away(id="known", pool=self.away_pool.data, heads=self.away_heads.data, start=start, end=end),)

    def _surges(self) -> tuple[Surge, ...]:
        if not self.surge.data or self.surge.data == 1:
            return ()
        start, end = _weeks(self.surge_from.data, self.surge_to.data)
        ramp, every = int((self.ramp.data or 0) * DAY), (self.every.data or 0) * WEEK
        return (Surge(id="surge", factor=fraction(self.surge.data), start=start, end=end, ramp=ramp, every=every),)

    def _outages(self, zone: str) -> tuple[Outage, ...]:
        if not self.down.data or not self.down_hours.data:
            return ()
        if self.down_from.data is None:
            raise Invalid("outage_without_start")
        begin = instant(f"{self.start.data.isoformat()}T00:00", zone)
        start = instant(self.down_from.data.isoformat(), zone) - begin
        if start < 0:
            raise Invalid("outage_before_start")
        end = start + int(self.down_hours.data * HOUR)
        return (Outage(id="outage", start=start, end=end, steps=tuple(sorted(self.down.data))),)

    def _slowdowns(self) -> tuple[Slowdown, ...]:
        if not self.slow.data or self.slow_factor.data in (None, 1):
            return ()
        start, end = _weeks(self.slow_from.data, self.slow_to.data)
        factor, steps = fraction(self.slow_factor.data), tuple(sorted(self.slow.data))
        return (Slowdown(id="slowdown", factor=factor, start=start, end=end, steps=steps),)


def _weeks(first: int | None, last: int | None) -> tuple[int, int]:
    """Return weeks, counted from 1, as ms after the start."""
    if first is None or last is None or last < first:
        raise Invalid("scenario_weeks")
    return (first - 1) * WEEK, last * WEEK


def _spread(per_week: Any, design: Design) -> tuple[Fraction, ...]:
    """Spread cases over the hours in which anybody is there."""
    spans = [span for pool in design.staffing.pools for shift in pool.shifts for span in shift.spans]
    open_hours = {span.day * 24 + hour for span in spans for hour in range(span.start // HOUR, -(-span.end // HOUR))}
    rate = fraction(per_week / len(open_hours)) if open_hours else "0"
    return tuple(rate if hour in open_hours else "0" for hour in range(168))


class RunForm(Form):
    """What is to be played."""

    options = checkboxes("Options, beside the as-is process")
    scenarios = checkboxes("Scenarios")
    replications = IntegerField(
        "Replications", [InputRequired("Write a number."), NumberRange(min=LEAST, max=MOST)], default=LEAST
    )
    most = IntegerField(
        "Add more, up to",
        [Optional(), NumberRange(min=LEAST, max=MOST)],
        description="Until each figure that a criterion needs is certain enough. Empty: none are added",
    )
    drop = SelectField(
        "Stop early with options clearly behind in",
        choices=choices(
            [("", "nothing: play all to the end"), *((one.id, one.name) for one in MEASURES if one.id in JUDGED)]
        ),
        validate_choice=True,
        default="",
    )
    run = RadioField(
        "What is counted",
        choices=choices(
            [
                ("terminating", "The whole period, from its first day"),
                ("steady", "The long run: the warm-up is found and left out (20 days at least)"),
            ]
        ),
        default="terminating",
    )
    seed = IntegerField("Seed", [InputRequired("Write a number."), NumberRange(min=0, max=2**53 - 1)], default=1)

    @classmethod
    def on(cls, options: list[Option], scenarios: list[ScenarioRow]) -> "RunForm":
        """Return the form with everything ticked."""
        usable = [option for option in options if option.state != "withdrawn"]
        form = cls(options=[option.id for option in usable], scenarios=[row.id for row in scenarios], most=USUAL_MOST)
        form.options.choices = choices((option.id, option.title) for option in usable)
        form.scenarios.choices = choices((row.id, row.name) for row in scenarios)
        return form


class BreakForm(Form):
    """A promise, and how it is tried."""

    scenario = SelectField("Scenario")
    promise = SelectField("What must hold", choices=choices((id, words) for id, (words, *_) in PROMISES.items()))
    threshold = DecimalField("Threshold", [InputRequired("Write a number."), NumberRange(min=0)], default=90)
    away = DecimalField(
        "People away in the second try (per cent of time)",
        [InputRequired("Write a number."), NumberRange(min=1, max=90)],
        default=10,
    )
    pool = SelectField("Take heads away from")

    @classmethod
    def on(cls, spec: Spec, design: Design) -> "BreakForm":
        """Return the form over the scenarios of an experiment and the pools of its as-is design."""
        form = cls()
        form.scenario.choices = choices((one.id, one.name) for one in spec.scenarios)
        staffed = [(pool.id, pool.name) for pool in design.staffing.pools if pool.heads]
        form.pool.choices = choices([("", "no pool"), *staffed])
        return form

    def wanted(self, seed: int) -> BreakPoint:
        """Return what is asked for."""
        _, measure, direction, unit = PROMISES[self.promise.data]
        return BreakPoint(
            scenario=self.scenario.data,
            measure=measure,
            direction=direction,
            threshold=fraction(number(fraction(self.threshold.data)) * unit, 4),
            away=fraction(number(fraction(self.away.data)) / 100, 4),
            pool=self.pool.data or "",
            replications=REPLICATIONS,
            seed=seed,
        )


class SensitivityForm(Form):
    """A figure, and how it is tried what it hangs on."""

    scenario = SelectField("Scenario")
    design = SelectField("Figure of")
    measure = SelectField("Measure", choices=choices((one.id, one.name) for one in MEASURES if one.id in SENSED))
    way = RadioField(
        "How",
        choices=choices([("alone", "Each assumption alone"), ("together", "All together (elementary effects)")]),
        default="alone",
    )

    @classmethod
    def on(cls, spec: Spec) -> "SensitivityForm":
        """Return the form over the scenarios and designs of an experiment: the first option, where there is one."""
        options = [one for one in spec.in_order if one.id != BASELINE]
        form = cls(design=options[0].id if options else BASELINE)
        form.scenario.choices = choices((one.id, one.name) for one in spec.scenarios)
        form.design.choices = choices(
            [*((one.id, f"{one.name}: difference to as is") for one in options), (BASELINE, "As is, alone")]
        )
        return form

    def wanted(self, seed: int) -> Sensitivity:
        """Return what is asked for."""
        return Sensitivity(
            scenario=self.scenario.data,
            design=self.design.data,
            measure=self.measure.data,
            way=self.way.data,
            replications=ALONE if self.way.data == "alone" else TOGETHER,
            seed=seed,
        )


class SwitchForm(Form):
    """A switch for each assumption of a design under a scenario."""

    @classmethod
    def on(cls, rows: list[AssumedRow], chosen: Mapping[str, str]) -> "SwitchForm":
        """Return the form with a field for each assumption that can be switched, in the order of the rows."""
        fields = {
            f"switch{n}": SelectField(
                f"{row.about}, {row.sort.lower()}",
                choices=choices(
                    [("", "as assumed"), *((switch, f"{switch}: {told}") for switch, told in row.switches)]
                ),
                default=chosen.get(row.id, ""),
            )
            for n, row in enumerate(rows)
            if row.switches
        }
        made: SwitchForm = type("Switches", (cls,), fields)()
        return made

    def levels(self, rows: list[AssumedRow]) -> tuple[tuple[str, Any], ...]:
        """Return the assumptions that are switched, and to what."""
        named = ((row.id, self[f"switch{n}"].data) for n, row in enumerate(rows) if row.switches)
        return tuple(sorted((id, switch) for id, switch in named if switch))


class StaffForm(Form):
    """A pool, a promise to those who queue for it, and how fine the week is cut."""

    design = SelectField("Design")
    pool = SelectField("Pool")
    scenario = SelectField("Scenario")
    within = DecimalField(
        "Begun within (minutes the pool is open)",
        [InputRequired("Write a number."), NumberRange(min=0, max=100_000)],
        default=60,
    )
    share = DecimalField(
        "For how many (per cent)", [InputRequired("Write a number."), NumberRange(min=1, max=99.9)], default=90
    )
    length = SelectField(
        "Interval",
        choices=choices([("30", "half an hour"), ("60", "an hour"), ("120", "two hours"), ("240", "four hours")]),
        default="60",
    )

    @classmethod
    def on(cls, spec: Spec, design: Design) -> "StaffForm":
        """Return the form over the designs and scenarios of an experiment, and the pools of its as-is design."""
        form = cls()
        form.design.choices = choices((one.id, one.name) for one in spec.in_order)
        form.pool.choices = choices((pool.id, pool.name) for pool in design.staffing.pools if pool.heads)
        form.scenario.choices = choices((one.id, one.name) for one in spec.scenarios)
        return form

    def wanted(self, seed: int) -> Staffed:
        """Return what is asked for."""
        return Staffed(
            scenario=self.scenario.data,
            design=self.design.data,
            pool=self.pool.data,
            within=round(self.within.data * MINUTE),
            share=fraction(number(fraction(self.share.data)) / 100, 4),
            length=int(self.length.data) * MINUTE,
            replications=PLAYED,
            seed=seed,
        )


class ScreenForm(PlainForm):  # type: ignore[misc]
    """A line to be staffed, asked in the address, so that it can be sent to others; nothing is kept."""

    per_hour = DecimalField("Cases an hour", [InputRequired("Write a number."), NumberRange(min=0.01, max=5000)])
    work = DecimalField("Work on each (minutes)", [InputRequired("Write a number."), NumberRange(min=0.01, max=600)])
    within = DecimalField(
        "Begun within (minutes)", [InputRequired("Write a number."), NumberRange(min=0, max=100_000)], default=5
    )
    share = DecimalField(
        "For how many (per cent)", [InputRequired("Write a number."), NumberRange(min=1, max=99.9)], default=90
    )
    spread = DecimalField(
        "Spread of work (standard deviation ÷ mean)", [Optional(), NumberRange(min=0, max=10)], default=1
    )
    patience = DecimalField(
        "Mean patience (minutes)", [Optional(), NumberRange(min=0.1)], description="Empty: all wait until served"
    )
    shrinkage = DecimalField(
        "Paid time for other things (per cent)", [Optional(), NumberRange(min=0, max=90)], default=30
    )

    def asked(self) -> Asked:
        """Return what the formulas are asked, in minutes."""
        return Asked(
            arrivals=float(self.per_hour.data) / 60,
            work=float(self.work.data),
            within=float(self.within.data),
            share=float(self.share.data) / 100,
            cv_work=1.0 if self.spread.data is None else float(self.spread.data),
            patience=float(self.patience.data) if self.patience.data else None,
        )

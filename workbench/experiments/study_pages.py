"""The pages of what an experiment rests on, what it hangs on, and how much it bears."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from process_models.graph.design import Design
from process_models.values import words as values
from process_models.values.errors import ModelError
from simulations.assumptions import Assumption, register
from simulations.plan import PlanError, in_words
from workbench import documents, figures, web
from workbench.errors import NotFound, Refusal
from workbench.experiments import breaking, certainty, manning, picture, sensing, store, studies, switching, telling
from workbench.experiments.certainty import AssumedRow, SwingRow
from workbench.experiments.forms import BreakForm, SensitivityForm, StaffForm, SwitchForm
from workbench.experiments.frame import bp, currency, frame, named
from workbench.experiments.model import BASELINE, BreakPoint, Experiment, Played, Sensitivity, Spec, Staffed, Switched
from workbench.experiments.picture import DayBar, Sway
from workbench.permissions import Permission, needs

FIRST = 20
"""Rows of a table that stand open; the rest is folded."""


def _as_is(db: Connection, spec: Spec) -> Design:
    """Return the as-is design of an experiment."""
    return documents.fetch(db, next(one.digest for one in spec.designs if one.id == BASELINE), Design)


def _refused(refusal: Exception) -> list[str]:
    return in_words(refusal) if isinstance(refusal, PlanError) else [str(refusal)]


# How much it bears


@bp.get("/simulations/<id>/break-point")
@needs(Permission.EXPERIMENT_READ)
def break_point(id: str) -> ResponseReturnValue:
    """Show how much demand and absence each design bears until a promise fails, or the form that asks."""
    return _break_point(named(id), None)


def _break_point(experiment: Experiment, form: BreakForm | None) -> str:
    db = web.current()
    spec = store.spec(db, experiment)
    job, borne = studies.newest(db, experiment, breaking.JOB, BreakPoint)
    design = _as_is(db, spec)
    pools = {pool.id: pool.name for pool in design.staffing.pools}
    rows = telling.stresses(spec, borne, pools) if borne else []
    return render_template(
        "experiments/break_point.html",
        **frame(db, experiment),
        form=form or BreakForm.on(spec, design),
        job=job,
        found=borne,
        asked=telling.asked_of(spec, borne) if borne else "",
        designs=[one.name for one in spec.in_order],
        stresses=[(one, picture.reaches(one.name, one.rows, one.now, one.label)) for one in rows],
    )


@bp.post("/simulations/<id>/break-point")
@needs(Permission.EXPERIMENT_RUN)
def ask_break_point(id: str) -> ResponseReturnValue:
    """Ask how much the designs bear."""
    experiment = named(id)
    db = web.current()
    spec = store.spec(db, experiment)
    form = BreakForm.on(spec, _as_is(db, spec))
    if form.validate():
        try:
            studies.ask(web.engine(), web.actor(), experiment, breaking.JOB, form.wanted(spec.seed))
        except (Refusal, ModelError) as refusal:
            form.form_errors += _refused(refusal)
        else:
            return redirect(url_for(".break_point", id=id), 303)
    return _break_point(experiment, form), 422


# How many people

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@bp.get("/simulations/<id>/heads")
@needs(Permission.EXPERIMENT_READ)
def heads(id: str) -> ResponseReturnValue:
    """Show how many heads a pool needs by weekday and interval, or the form that asks."""
    return _heads(named(id), None)


def _heads(experiment: Experiment, form: StaffForm | None) -> str:
    db = web.current()
    spec = store.spec(db, experiment)
    design = _as_is(db, spec)
    job, told = studies.newest(db, experiment, manning.JOB, Staffed)
    return render_template(
        "experiments/heads.html",
        **frame(db, experiment),
        form=form or StaffForm.on(spec, design),
        job=job,
        found=told,
        **(_timetable(db, experiment, spec, told) if told else {}),
    )


def _timetable(db: Connection, experiment: Experiment, spec: Spec, told: Staffed) -> dict[str, Any]:
    """Return the heads found as a timetable, a picture for each weekday, and what they cost."""
    design = documents.fetch(db, next(one.digest for one in spec.designs if one.id == told.design), Design)
    pool = design.staffing.pool(told.pool)
    days = sorted({row.day for row in told.rows})
    now, formula, found = told.costs
    money = currency(db, experiment)
    return {
        "asked": telling.manned(spec, told, pool.name if pool else told.pool),
        "days": [(day, WEEKDAYS[day]) for day in days],
        "timetable": telling.timetable(told),
        "rows": telling.manned_rows(told, WEEKDAYS),
        "drawn": [(WEEKDAYS[day], picture.shifts(WEEKDAYS[day], _bars(told, day))) for day in days],
        "costs": [
            (
                words,
                values.money(amount, money),
                values.signed(values.money(amount - now, money)) if amount != now else "",
            )
            for words, amount in (("As it is now", now), ("By formula", formula), ("By simulation", found))
        ],
        "unmet": sum(row.unmet for row in told.rows),
    }


def _bars(told: Staffed, day: int) -> list[DayBar]:
    return [DayBar(row.start, row.end, row.heads, row.formula, row.now) for row in told.rows if row.day == day]


@bp.post("/simulations/<id>/heads")
@needs(Permission.EXPERIMENT_RUN)
def ask_heads(id: str) -> ResponseReturnValue:
    """Ask how many heads a pool needs."""
    experiment = named(id)
    db = web.current()
    spec = store.spec(db, experiment)
    form = StaffForm.on(spec, _as_is(db, spec))
    if form.validate():
        try:
            manning.ask(web.engine(), web.actor(), experiment, form.wanted(spec.seed))
        except (Refusal, ModelError) as refusal:
            form.form_errors += _refused(refusal)
        else:
            return redirect(url_for(".heads", id=id), 303)
    return _heads(experiment, form), 422


# What a figure hangs on


@bp.get("/simulations/<id>/sensitivity")
@needs(Permission.EXPERIMENT_READ)
def sensitivity(id: str) -> ResponseReturnValue:
    """Show what a figure hangs on, or the form that asks."""
    return _sensitivity(named(id), None)


def _sensitivity(experiment: Experiment, form: SensitivityForm | None) -> str:
    db = web.current()
    spec = store.spec(db, experiment)
    job, told = studies.newest(db, experiment, sensing.JOB, Sensitivity)
    shown = _hangs_on(db, experiment, spec, told) if told else {}
    return render_template(
        "experiments/sensitivity.html",
        **frame(db, experiment),
        form=form or SensitivityForm.on(spec),
        job=job,
        found=told,
        ranges=certainty.ranges(),
        drawn_at_most=picture.DRAWN,
        swings_first=FIRST,
        **shown,
    )


def _hangs_on(db: Connection, experiment: Experiment, spec: Spec, told: Sensitivity) -> dict[str, Any]:
    """Return what a sensitivity says: a heading, a sentence, rows and a picture."""
    under = next(one for one in spec.scenarios if one.id == told.scenario)
    known = register(_as_is(db, spec), store.scenario_of(db, under.digest))
    money = currency(db, experiment)
    rows = certainty.swings(told, known, money)
    worked = certainty.effects(told, known, money)
    kind = certainty.KINDS[told.measure].name
    usual = certainty.unit(told, money)
    apart = told.design != BASELINE
    middle = certainty.figure(told, told.usual, usual) if told.usual else ""
    of = next(one.name for one in spec.designs if one.id == told.design)
    return {
        "heading": f"{kind}, {of}{': difference to as is' if apart else ''}, {under.name}",
        "mind": certainty.mind(told, rows, known, money),
        "middle": middle,
        "swings": rows,
        "effects": worked,
        "unplayable": [certainty.name(one) for one in known if one.id in told.unplayable],
        "drawn": picture.tornado(
            f"What {kind.lower()} hangs on",
            f"as assumed {middle}" if told.way == "alone" else "no effect",
            _sways(rows) if told.way == "alone" else [_effect(one) for one in worked],
        ),
    }


def _sways(rows: list[SwingRow]) -> list[Sway]:
    """Return one bar a switch, gathered by assumption; a play that was stopped has no bar but its words."""
    out: dict[str, Sway] = {}
    for row in rows:
        ends = [(row.switch, row.apart, row.low or 0.0, row.high or 0.0)] if row.apart is not None else []
        words = f"{row.switch} {row.change or 'stopped'}"
        if row.name in out:
            before = out[row.name]
            out[row.name] = Sway(row.name, [*before.ends, *ends][:2], f"{before.words}, {words}")
        else:
            out[row.name] = Sway(row.name, list(ends), words)
    return list(out.values())


def _effect(row: certainty.EffectRow) -> Sway:
    return Sway(row.name, [("high", row.apart, row.low, row.high)], row.size)


@bp.post("/simulations/<id>/sensitivity")
@needs(Permission.EXPERIMENT_RUN)
def ask_sensitivity(id: str) -> ResponseReturnValue:
    """Ask what a figure hangs on."""
    experiment = named(id)
    spec = store.spec(web.current(), experiment)
    form = SensitivityForm.on(spec)
    if form.validate():
        try:
            studies.ask(web.engine(), web.actor(), experiment, sensing.JOB, form.wanted(spec.seed))
        except (Refusal, ModelError) as refusal:
            form.form_errors += _refused(refusal)
        else:
            return redirect(url_for(".sensitivity", id=id), 303)
    return _sensitivity(experiment, form), 422


# What it rests on


@bp.get("/simulations/<id>/assumptions")
@needs(Permission.EXPERIMENT_READ)
def assumptions(id: str) -> ResponseReturnValue:
    """Show everything that went in, the weakest grade first, with its switches, and what the last ones did."""
    return _assumptions(named(id), request.args.get("scenario", ""), None)


def _scenario(spec: Spec, id: str) -> Played:
    under = next((one for one in spec.scenarios if id in ("", one.id)), None)
    if under is None:
        raise NotFound("no_such_play")
    return under


def _registered(db: Connection, spec: Spec, under: Played) -> tuple[Assumption, ...]:
    return register(_as_is(db, spec), store.scenario_of(db, under.digest))


def _assumptions(experiment: Experiment, scenario: str, form: SwitchForm | None) -> str:
    db = web.current()
    spec = store.spec(db, experiment)
    under = _scenario(spec, scenario)
    rows = certainty.assumed(_registered(db, spec, under))
    job, told = studies.newest(db, experiment, switching.JOB, Switched)
    chosen = dict(told.levels) if told and told.scenario == under.id else {}
    return render_template(
        "experiments/assumptions.html",
        **frame(db, experiment),
        spec=spec,
        scenario=under,
        rows=rows,
        form=form or SwitchForm.on(rows, chosen),
        job=job,
        ranges=certainty.ranges(),
        told=_switched(db, experiment, spec, told, rows) if told and told.scenario == under.id else None,
    )


def _switched(
    db: Connection, experiment: Experiment, spec: Spec, told: Switched, rows: list[AssumedRow]
) -> dict[str, Any]:
    """Return what was switched, and the front figures of each design as assumed and switched."""
    known = {row.id: row for row in rows}
    money = currency(db, experiment)
    by_design = {}
    for usual, then, shift in zip(told.usual, told.then, told.shifts, strict=True):
        before = store.summary(db, usual.summary)
        after, apart = store.summary(db, then.summary), store.summary(db, shift.summary)
        moved = {row.id: row for row in figures.rows(apart.results, apart.changes, before.results, money)}
        beside = {row.id: row for row in figures.rows(after.results, after.changes, before.results, money)}
        usual_rows = figures.rows(before.results, before.changes, before.results, money)
        by_design[usual.id] = [
            (row, moved[row.id], beside[row.id]) for row in usual_rows if row.id in figures.FRONT and row.id in moved
        ]
    return {
        "switches": [
            f"{known[id].about}, {known[id].sort.lower()}: {dict(known[id].switches).get(switch, switch)}"
            for id, switch in told.levels
            if id in known
        ],
        "designs": [(one, by_design[one.id]) for one in spec.in_order],
    }


@bp.post("/simulations/<id>/assumptions")
@needs(Permission.EXPERIMENT_RUN)
def ask_assumptions(id: str) -> ResponseReturnValue:
    """Ask for the designs to be played with assumptions switched."""
    experiment = named(id)
    db = web.current()
    spec = store.spec(db, experiment)
    under = _scenario(spec, request.args.get("scenario", ""))
    rows = certainty.assumed(_registered(db, spec, under))
    form = SwitchForm.on(rows, {})
    if form.validate():
        try:
            switching.ask(web.engine(), web.actor(), experiment, Switched(scenario=under.id, levels=form.levels(rows)))
        except (Refusal, ModelError) as refusal:
            form.form_errors += _refused(refusal)
        else:
            return redirect(url_for(".assumptions", id=id, scenario=under.id), 303)
    return _assumptions(experiment, under.id, form), 422

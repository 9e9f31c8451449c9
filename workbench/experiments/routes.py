"""The pages of the simulation: scenarios, what was played, and what it says."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from process_models.exchange.step_table import harmless_csv_of
from process_models.graph.design import Design
from process_models.values import words
from process_models.values.causes import WORDS
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from simulations import queueing
from simulations.experiments import Summary, satisfaction_grade
from simulations.plan import PlanError, in_words
from simulations.unplayed import unplayed
from workbench import database, documents, figures, jobs, pages, web
from workbench.data import store as data
from workbench.errors import Refusal
from workbench.experiments import looking, operations, picture, store, study_pages, telling
from workbench.experiments.forms import RunForm, ScenarioForm, ScreenForm
from workbench.experiments.frame import bp, named
from workbench.experiments.model import BASELINE, MOST, Experiment, Spec, grade_of
from workbench.experiments.picture import Bar, forest
from workbench.options import operations as options
from workbench.options import store as option_rows
from workbench.permissions import Permission, Place, may, needs
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.model import Review
from workbench.services import store as services

PAGES = (study_pages,)
"""Modules that add pages to the blueprint, beside this one."""


@bp.get("/reviews/<id>/simulation")
@needs(Permission.EXPERIMENT_READ)
def index(id: str) -> ResponseReturnValue:
    """Show scenarios and experiments of a review."""
    return _index(reviews_pages.seen(id, Permission.EXPERIMENT_READ), {})


def _scenario_form(db: Connection, review: Review) -> ScenarioForm:
    design = options.baseline(db, review)
    return ScenarioForm.on(data.demands(db, review.service), design, database.now().date())


def _run_form(db: Connection, review: Review) -> RunForm:
    return RunForm.on(option_rows.options(db, review.id), store.scenarios(db, review.id))


def _index(review: Review, forms: dict[str, Any]) -> str:
    db = web.current()
    rows = store.scenarios(db, review.id)
    return render_template(
        "experiments/index.html",
        **reviews_pages.frame(review, "options"),
        scenarios=[(row, store.scenario_of(db, row.digest)) for row in rows],
        happens=telling.happens,
        experiments=[(one, jobs.find(db, one.job), store.spec(db, one)) for one in store.experiments(db, review.id)],
        scenario_form=forms.get("scenario") or _scenario_form(db, review),
        run_form=forms.get("run") or _run_form(db, review),
        may_run=may(web.actor(), Permission.EXPERIMENT_RUN, review.place),
        may_describe=may(web.actor(), Permission.SCENARIO_EDIT, review.place),
    )


@bp.post("/reviews/<id>/scenarios")
@needs(Permission.SCENARIO_EDIT)
def describe(id: str) -> ResponseReturnValue:
    """Describe a scenario."""
    review = reviews_pages.seen(id, Permission.EXPERIMENT_READ)
    db = web.current()
    form = _scenario_form(db, review)
    if form.validate():
        try:
            zone = services.find(db, review.service).zone
            scenario = form.scenario(data.demands(db, review.service), options.baseline(db, review), zone)
            operations.describe(web.engine(), web.actor(), id, scenario)
        except (Refusal, ModelError) as refusal:
            form.form_errors.append(str(refusal))
        else:
            web.tell("scenario_kept")
            return redirect(url_for(".index", id=id), 303)
    return _index(review, {"scenario": form}), 422


@bp.post("/reviews/<id>/simulation")
@needs(Permission.EXPERIMENT_RUN)
def ask(id: str) -> ResponseReturnValue:
    """Ask for a play."""
    review = reviews_pages.seen(id, Permission.EXPERIMENT_READ)
    form = _run_form(web.current(), review)
    if form.validate():
        chosen, under = tuple(form.options.data or ()), tuple(form.scenarios.data or ())
        try:
            made = operations.ask(
                web.engine(),
                web.actor(),
                id,
                chosen,
                under,
                form.replications.data,
                form.seed.data,
                form.most.data or 0,
                form.drop.data or "",
                form.run.data or "terminating",
            )
        except (Refusal, ModelError) as refusal:
            form.form_errors += _reasons(refusal)
        else:
            return redirect(url_for(".show", id=made.id), 303)
    return _index(review, {"run": form}), 422


@bp.get("/reviews/<id>/staffing-screen")
@needs(Permission.EXPERIMENT_READ)
def screen(id: str) -> ResponseReturnValue:
    """Show what numbers of heads mean by formulas, before anything is simulated."""
    review = reviews_pages.seen(id, Permission.EXPERIMENT_READ)
    form = ScreenForm(request.args)
    rows, roster = [], 0
    if request.args and form.validate():
        asked = form.asked()
        rows = telling.heads(queueing.screen(asked), queueing.enough(asked))
        roster = queueing.scheduled(queueing.enough(asked), float(form.shrinkage.data or 0) / 100)
    return render_template(
        "experiments/screen.html", **reviews_pages.frame(review, "options"), form=form, rows=rows, roster=roster
    )


def _reasons(refusal: Exception) -> list[str]:
    return in_words(refusal) if isinstance(refusal, PlanError) else [str(refusal)]


@bp.get("/simulations/<id>")
@needs(Permission.EXPERIMENT_READ)
def show(id: str) -> ResponseReturnValue:
    """Show how far an experiment is, or what it says."""
    experiment = named(id)
    db = web.current()
    spec = store.spec(db, experiment)
    review = reviews.find(db, experiment.review)
    result = results(db, experiment)
    outcome = store.outcome(db, experiment)
    return render_template(
        "experiments/show.html",
        **reviews_pages.frame(review, "options"),
        experiment=experiment,
        spec=spec,
        job=jobs.find(db, experiment.job),
        may_cancel=may(web.actor(), Permission.JOB_CANCEL, experiment.place),
        result=result,
        panels=_panels(spec, result) if result else [],
        front=figures.FRONT,
        finding=finding(spec, result) if result else "",
        often={one.id: telling.often(one.id, spec, outcome) for one in spec.scenarios} if outcome else {},
        best=telling.best(spec, outcome) if outcome else {},
        settled={one.id: telling.settled(one.id, spec, outcome) for one in spec.scenarios} if outcome else {},
        grade=_grade(db, spec),
        index_grade=_index_grade(db, spec),
        unplayed=_unplayed(db, spec),
    )


def _unplayed(db: Connection, spec: Spec) -> list[str]:
    """Return what the simulation left out of any of the designs, in words."""
    designs = (documents.fetch(db, played.digest, Design) for played in spec.designs)
    return list(dict.fromkeys(say(one) for design in designs for one in unplayed(design)))


def results(db: Connection, experiment: Experiment) -> dict[str, list[figures.Row]] | None:
    """Return the rows of each design under each scenario, or None while it runs."""
    outcome = store.outcome(db, experiment)
    if outcome is None:
        return None
    found = store.summaries(db, outcome)
    currency = services.find(db, experiment.service).currency
    verdicts = {one.id: one.verdict for one in outcome.corrected}
    return {
        cell: [
            figures.corrected(row, verdicts.get(f"{cell}/{row.id}"))
            for row in figures.rows(one.results, one.changes, _beside(found, cell).results, currency)
        ]
        for cell, one in found.items()
    }


def _beside(found: dict[str, Summary], cell: str) -> Summary:
    return found[f"{BASELINE}/{cell.partition('/')[2]}"]


def _panels(spec: Spec, result: dict[str, list[figures.Row]]) -> list[dict[str, Any]]:
    """Return a picture for each front measure: the options under every scenario."""
    out = []
    for measure in figures.FRONT:
        bars = [
            Bar(
                f"{design.id}, {scenario.name}",
                row.mean,
                row.low,
                row.high,
                row.verdict,
                row.difference,
                row.difference_interval,
            )
            for scenario in spec.scenarios
            for design in spec.designs
            if design.id != BASELINE
            for row in result[f"{design.id}/{scenario.id}"]
            if row.id == measure and row.difference
        ]
        name = next((row.name for rows in result.values() for row in rows if row.id == measure), measure)
        lower = measure in ("time_in_process", "waiting", "cost")
        if bars:
            picture = forest(name, figures.BETTER[measure], bars, lower)
            out.append({"id": measure, "name": name, "lens": figures.LENS.get(measure, ""), "picture": picture})
    return out


def finding(spec: Spec, result: dict[str, list[figures.Row]]) -> str:
    """Return in a sentence what is beyond doubt in usual weeks (or the first scenario), option by option."""
    said = []
    scenario = next((one for one in spec.scenarios if one.id.startswith("usual")), spec.scenarios[0])
    for design in spec.designs:
        if design.id == BASELINE:
            continue
        rows = {row.id: row for row in result[f"{design.id}/{scenario.id}"]}
        clear = [rows[id] for id in figures.FRONT[:6] if id in rows and rows[id].verdict in ("better", "worse")]
        if clear:
            first = next((row for row in clear if row.verdict == "better"), clear[0])
            verb = "is better" if first.verdict == "better" else "is worse"
            said.append(f"{design.name.split(',')[0]} {verb} in {first.name.lower()}, {first.difference}")
    return f"{scenario.name}: {'; '.join(said)}" if said else ""


def _grade(db: Connection, spec: Spec) -> str:
    """Return the weakest grade of a material input of the as-is design."""
    return grade_of(_as_is(db, spec))


def _as_is(db: Connection, spec: Spec) -> Design:
    return documents.fetch(db, next(one.digest for one in spec.designs if one.id == BASELINE), Design)


def _index_grade(db: Connection, spec: Spec) -> str:
    """Return the grade of the satisfaction index: as weak as the play, or as what the index is made of."""
    graph = _as_is(db, spec).graph
    return max(_grade(db, spec), satisfaction_grade(spec.features, graph)) if spec.features else _grade(db, spec)


@bp.get("/simulations/<id>/inside")
@needs(Permission.EXPERIMENT_READ)
def inside(id: str) -> ResponseReturnValue:
    """Show what goes on inside: causes of waits, the day of each pool, whether it settles, cases to read."""
    experiment = named(id)
    db = web.current()
    spec = store.spec(db, experiment)
    found = looking.chosen(db, spec, request.args.get("design", ""), request.args.get("scenario", ""))
    looked = looking.replays(found, spec.replications)
    steady, settles = looking.settles(found, looked, looking.experiment_cell(db, experiment, found))
    days = [(pool, looking.day(found, looked, pool.id)) for pool in found.design.staffing.pools if pool.shifts]
    return render_template(
        "experiments/inside.html",
        **reviews_pages.frame(reviews.find(db, experiment.review), "options"),
        experiment=experiment,
        spec=spec,
        found=found,
        looked=len(looked),
        settles=settles,
        progress_picture=picture.over_days(steady.days, steady.warm_up) if steady else "",
        causes=looking.causes(found, looked),
        words=WORDS,
        days=[(pool, hours, picture.day(pool.name, hours)) for pool, hours in days if hours],
        about=looking.about,
        cases=looking.worth_reading(looked[0]),
    )


@bp.get("/simulations/<id>/case")
@needs(Permission.EXPERIMENT_READ)
def case(id: str) -> ResponseReturnValue:
    """Show the story of one case: each step with its wait, its cause, and who was busy with what."""
    experiment = named(id)
    db = web.current()
    spec = store.spec(db, experiment)
    found = looking.chosen(db, spec, request.args.get("design", ""), request.args.get("scenario", ""))
    replication = min(max(1, request.args.get("replication", 1, int)), MOST) - 1
    one = looking.replay(found, replication)
    number = request.args.get("case", 1, int) - 1
    return render_template(
        "experiments/case.html",
        **reviews_pages.frame(reviews.find(db, experiment.review), "options"),
        experiment=experiment,
        found=found,
        replication=replication + 1,
        number=number + 1,
        of=len(one.cases),
        story=looking.story(found, one, number),
        case=one.cases.iloc[number],
        cases=looking.worth_reading(one),
        duration=words.duration,
    )


@bp.get("/simulations/<id>/figures.csv")
@needs(Permission.EXPERIMENT_READ)
def figures_csv(id: str) -> ResponseReturnValue:
    """Return all figures of an experiment as a table."""
    experiment = named(id)
    rows_of = results(web.current(), experiment) or {}
    table = [("design", "scenario", "measure", "value", "interval", "difference", "interval of it", "verdict")]
    for cell, rows in rows_of.items():
        design, _, scenario = cell.partition("/")
        for row in rows:
            told = (row.value, row.interval, row.difference, row.difference_interval, row.verdict)
            table.append((design, scenario, row.name, *told))
    return Response(
        harmless_csv_of(table), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={id}.csv"}
    )


@bp.get("/simulations/<id>/progress")
@needs(Permission.EXPERIMENT_READ)
def progress(id: str) -> ResponseReturnValue:
    """Return the part of the page that tells how far it is."""
    job = jobs.find(web.current(), named(id).job)
    return render_template("job_part.html", job=job, may_cancel=False)


def place_of(db: Connection, subject: str) -> Place | None:
    """Return the place of ``simulation/…``."""
    kind, _, id = subject.partition("/")
    return store.find(db, id).place if kind == "simulation" else None


pages.PLACES.append(place_of)

"""The pages of logs: bring one in, say what its columns mean, see what it tells, make a process of it."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from process_models.evidence.intervals import FEWEST
from process_models.graph.drawing import Look, draw
from process_models.logs.errors import LogError
from process_models.logs.recipe import write_recipe
from process_models.method.facts import Facts
from process_models.values.errors import ModelError
from process_models.values.words import duration, money
from workbench import documents, jobs, pages, web
from workbench.accounts import store as people
from workbench.data import example, figure_pages, measure_pages, operations, store
from workbench.data.forms import (
    NOISES,
    SURE,
    ColumnsForm,
    LogForm,
    NewProcessForm,
    NewVersionForm,
    ParseForm,
    RowsForm,
    columns_form,
    memory,
    parse_form,
    rows_form,
)
from workbench.data.frame import bp, found, frame, percent, share
from workbench.data.model import Log, Profile, Result, Terms
from workbench.errors import NotFound, NotPossible, Refusal
from workbench.permissions import ANYWHERE, Actor, Permission, Place, may, needs, require, see, takes_files
from workbench.processes import picture
from workbench.processes import store as processes
from workbench.processes.typed import DAYS
from workbench.services import store as services

PAGES = (measure_pages, figure_pages)
CHAPTER = example.add
"""The chapter of the example that this use case adds."""
MEASURES = {
    "work": "work",
    "wait": "wait",
    "working_wait": "wait in working time",
    "elapsed": "from entering to leaving",
}
SHOWN_DENIED = 100
KINDS = {"channel": "channel", "case_type": "case type", "group": "first group"}


@bp.get("/")
@needs(Permission.DATA_READ)
def index() -> ResponseReturnValue:
    """Show the logs that the person has to do with."""
    return _index(_offered(LogForm(formdata=None)))


@bp.post("/")
@needs(Permission.DATA_BRING)
@takes_files
def bring() -> ResponseReturnValue:
    """Bring in a log."""
    form = _offered(LogForm())
    if not form.validate():
        return _index(form), 422
    sent = form.file.data
    try:
        content, name = (sent.read(), sent.filename or "") if hasattr(sent, "read") else (b"", "")
        new = operations.bring(web.engine(), web.actor(), web.settings().uploads, form.service.data, name, content)
    except (LogError, Refusal) as problem:
        form.file.errors = [str(problem)]
        return _index(form), 422
    web.tell("log_stored")
    return redirect(url_for(".columns", id=new.id), 303)


def _offered(form: LogForm) -> LogForm:
    mine = [s for s in services.services(web.current()) if may(web.actor(), Permission.DATA_BRING, s.place)]
    form.service.choices = [(service.id, service.name) for service in mine]
    return form


def _index(form: LogForm) -> str:
    db = web.current()
    mine = [one for one in store.logs(db) if may(web.actor(), Permission.DATA_READ, one.place)]
    return render_template(
        "data/index.html",
        rows=[(one, store.newest_result(db, one.id)) for one in mine],
        services={service.id: service for service in services.services(db)},
        names=people.names(db),
        form=form,
        may_bring=web.may_here(Permission.DATA_BRING, ANYWHERE),
    )


@bp.get("/<id>/columns")
@needs(Permission.DATA_READ)
def columns(id: str) -> ResponseReturnValue:
    """Show what the columns seem to mean, with the reasons, to be corrected."""
    one = found(id)
    return _columns_page(one, _form(one))


@bp.post("/<id>/columns")
@needs(Permission.DATA_BRING)
def confirm(id: str) -> ResponseReturnValue:
    """Keep what the columns mean, and let the log be read."""
    one = found(id)
    require(web.actor(), Permission.DATA_BRING, one.place)
    form = _form(one, request.form.get("use_step", ""), request.form.get("use_promise", ""))
    form.built_on.data = request.form.get("built_on", form.built_on.data)
    if not form.validate():
        return _columns_page(one, form), 422
    if not form.current:
        form = _form(one, form["use_step"].data, form["use_promise"].data)
        form.built_on.data = f"{form['use_step'].data}|{form['use_promise'].data}"
        form.form_errors.append("You chose other columns. Say below which of their values are waits and kept promises.")
        return _columns_page(one, form), 422
    try:
        operations.confirm(web.engine(), web.actor(), id, form.terms())
    except (LogError, ModelError, Refusal) as problem:
        form.form_errors.append(str(problem))
        return _columns_page(one, form), 422
    return redirect(url_for(".show", id=id), 303)


@bp.post("/<id>/again")
@needs(Permission.DATA_BRING)
def again(id: str) -> ResponseReturnValue:
    """Take the file of a log apart another way."""
    one = found(id)
    require(web.actor(), Permission.DATA_BRING, one.place)
    guess = store.guess(web.current(), one)
    form = parse_form(guess, posted=True)
    try:
        if not form.validate():
            return _columns_page(one, _form(one), form), 422
        operations.take_apart(web.engine(), web.actor(), web.settings().uploads, id, form.parse(guess))
    except (LogError, Refusal) as problem:
        form.form_errors.append(str(problem))
        return _columns_page(one, _form(one), form), 422
    return redirect(url_for(".columns", id=id), 303)


@bp.get("/<id>/rows")
@needs(Permission.DATA_READ)
def rows(id: str) -> ResponseReturnValue:
    """Show the rows that were left out, to be corrected."""
    one = found(id)
    return _rows_page(one, store.newest_result(web.current(), one.id))


@bp.post("/<id>/rows")
@needs(Permission.DATA_BRING)
def correct(id: str) -> ResponseReturnValue:
    """Keep what was corrected, and let the log be read again."""
    one, result = found(id), store.newest_result(web.current(), id)
    require(web.actor(), Permission.DATA_BRING, one.place)
    terms = store.terms(web.current(), one)
    if result is None or terms is None:
        raise NotPossible("not_read")
    form = rows_form(result.first_left_out)
    if not form.validate():
        return _rows_page(one, result, form), 422
    operations.correct(web.engine(), web.actor(), id, form.fixes(terms.fixes))
    return redirect(url_for(".show", id=id), 303)


def _rows_page(one: Log, result: Result | None, form: RowsForm | None = None) -> str:
    terms = store.terms(web.current(), one)
    return render_template(
        "data/rows.html",
        **frame(one, "rows"),
        result=result,
        form=form or rows_form(result.first_left_out if result else ()),
        fixed=len(terms.fixes) if terms else 0,
    )


@bp.get("/<id>/recipe")
@needs(Permission.DATA_READ)
def recipe(id: str) -> ResponseReturnValue:
    """Give out how a log is read, as a file for the command line and for the next export."""
    one = found(id)
    terms = store.terms(web.current(), one)
    if terms is None:
        raise NotPossible("not_confirmed")
    kept = {"Content-Disposition": f'attachment; filename="{one.id}.recipe.json"'}
    return write_recipe(terms), {"Content-Type": "application/json", **kept}


def _form(one: Log, step: str = "", promise: str = "") -> ColumnsForm:
    db = web.current()
    own = store.terms(db, one)
    start = own or store.remembered(db, one.service, one.header)
    form = columns_form(store.guess(db, one), start, services.find(db, one.service).zone, step, promise)
    form.fixes = own.fixes if own else ()
    return form


def _columns_page(one: Log, form: ColumnsForm, parse: ParseForm | None = None) -> str:
    db = web.current()
    guess = store.guess(db, one)
    remembered = not one.terms and store.remembered(db, one.service, one.header) is not None
    return render_template(
        "data/columns.html",
        **frame(one, "columns"),
        guess=guess,
        form=form,
        remembered=remembered,
        parse=parse or parse_form(guess),
        sure=SURE,
        memory=memory(guess),
    )


@bp.get("/<id>/")
@needs(Permission.DATA_READ)
def show(id: str) -> ResponseReturnValue:
    """Show what a log tells, and first what it cannot."""
    return _page(found(id), {})


def _page(one: Log, forms: dict[str, Any]) -> str:
    db = web.current()
    result = store.newest_result(db, one.id)
    job = next(iter(jobs.about(db, one.subject, operations.READ_LOG)), None)
    shown: dict[str, Any] = {
        "result": result,
        "job": job if job and (job.open or job.state == "failed" or not result) else None,
    }
    if result:
        shown |= _told(one, result)
    mine = [p for p in processes.processes(db, one.service) if may(web.actor(), Permission.PROCESS_EDIT, p.place)]
    version = forms.get("version") or NewVersionForm(formdata=None)
    version.into.choices = [
        (f"{process.id}/{head.n}", f"{process.name}, now version {head.n}")
        for process in mine
        for head in [processes.head(db, process.id)]
    ]
    return render_template(
        "data/show.html",
        **frame(one, "show"),
        **shown,
        compared=[p for p in processes.processes(db, one.service) if may(web.actor(), Permission.PROCESS_READ, p.place)]
        if result and result.paths
        else [],
        process_form=forms.get("process") or NewProcessForm(formdata=None),
        version_form=version,
    )


def _told(one: Log, result: Result) -> dict[str, Any]:
    """Return what was read, in words."""
    db = web.current()
    _found, graph = operations.discovered(db, one.id)
    terms = store.terms(db, one)
    facts = Facts(operations.as_design(graph))
    return {
        "terms": documents.fetch(db, result.terms, Terms),
        "stale": terms is not None and one.terms != result.terms,
        "cannot": [remark for remark in result.remarks if remark.severity == "cannot"],
        "remarks": [remark for remark in result.remarks if remark.severity != "cannot"],
        "missed": percent(result.missed / result.promise_cases) if result.promise_cases else "",
        "explained": percent(result.explained / result.cases),
        "ways": [(way, percent(way.cases / result.cases)) for way in result.ways],
        "rework": [(row, share(row.returned, row.cases)) for row in result.rework],
        "ping_pong_share": percent(result.ping_pong_cases / result.cases),
        "weekdays": [(DAYS[row.day], row, share(row.missed, row.cases)) for row in result.weekdays if row.cases],
        "effects": [
            (dict(NOISES).get(row.noise, row.noise), row, percent(row.cases / result.cases)) for row in result.effects
        ],
        "segments": [
            (
                KINDS[row.by],
                row,
                [duration(ms) for ms in (row.mean, row.median, row.high)] if row.cases >= FEWEST else [],
                share(row.missed, row.promised) if row.promised else "",
            )
            for row in result.segments
        ],
        "times": [
            (row, MEASURES[row.measure], *(duration(ms) for ms in (row.mean, row.median, row.low, row.high)))
            for row in result.times
        ],
        "worst": measure_pages.worst(result.waits.rows),
        "costs": _money(result, services.find(db, one.service).currency),
        "profile": documents.fetch(db, result.demand, Profile),
        "svg": draw(graph, Look(title=f"Discovered from {one.name}", measures=_measures(facts))),
        "graph": graph,
    }


def _money(result: Result, currency: str) -> dict[str, str] | None:
    """Return the cost of a case in words, None where the log says none."""
    if result.costs is None:
        return None
    names = ("mean", "median", "low", "high")
    return {name: money(getattr(result.costs, name), currency) for name in names}


def _measures(facts: Facts) -> dict[str, str]:
    return {step: heat.text for step, heat in picture.heat(facts, "wait").items()}


@bp.get("/<id>/against/<process>")
@needs(Permission.DATA_READ)
def against(id: str, process: str) -> ResponseReturnValue:
    """Show what happens in a log that the map of a process denies, and how often."""
    one, db = found(id), web.current()
    held = processes.find(db, process)
    see(web.actor(), Permission.PROCESS_READ, held.place)
    if held.service != one.service:
        raise NotFound("no_process")
    revision = processes.head(db, process)
    graph = processes.graph(db, revision)
    told = operations.against(db, id, graph)
    passed = {step: percent(n / told.cases) for step, n in told.skipped_steps}
    measures = {step.id: f"passed by {passed[step.name]}" for step in graph.steps if step.name in passed}
    return render_template(
        "data/against.html",
        **frame(one, "against"),
        process=held,
        n=revision.n,
        told=told,
        share=percent(told.share),
        denied=[(row, share(row.cases, told.cases)) for row in told.denied[:SHOWN_DENIED]],
        svg=draw(graph, Look(title=f"{held.name}, held against {one.name}", measures=measures)),
    )


@bp.post("/<id>/process")
@needs(Permission.DATA_BRING)
def make_process(id: str) -> ResponseReturnValue:
    """Make a process of a log."""
    one, form = found(id), NewProcessForm()
    require(web.actor(), Permission.DATA_BRING, one.place)
    if not form.validate():
        return _page(one, {"process": form}), 422
    try:
        process = operations.make_process(web.engine(), web.actor(), id, form.name.data)
    except (ModelError, NotPossible) as problem:
        form.refuse(form.name, problem)
        return _page(one, {"process": form}), 422
    return redirect(url_for("processes.map", id=process.id), 303)


@bp.post("/<id>/version")
@needs(Permission.DATA_BRING)
def make_version(id: str) -> ResponseReturnValue:
    """Make what a log tells the next version of a process."""
    one, form = found(id), NewVersionForm()
    require(web.actor(), Permission.DATA_BRING, one.place)
    known = processes.processes(web.current(), one.service)
    form.into.choices = [(form.into.data or "", "")]
    if not form.into.data or form.into.data.rpartition("/")[0] not in {process.id for process in known}:
        form.into.errors = ["Choose a process of this service."]
        return _page(one, {"version": form}), 422
    process, base = form.chosen()
    try:
        operations.make_version(web.engine(), web.actor(), id, process, base)
    except (ModelError, NotPossible) as problem:
        form.form_errors.append(str(problem))
        return _page(one, {"version": form}), 409
    return redirect(url_for("processes.map", id=process), 303)


def place_of(db: Any, subject: str) -> Place | None:
    """Return the place of ``log/…``."""
    kind, _, id = subject.partition("/")
    return store.find(db, id).place if kind == "log" else None


def library(_db: Any, actor: Actor) -> list[pages.Section]:
    """Return the logs as a part of the library."""
    if not may(actor, Permission.DATA_READ, ANYWHERE):
        return []
    return [
        pages.Section(
            "Logs", "Exports of cases and steps: what they tell, and what they cannot.", url_for("data.index")
        )
    ]


pages.PLACES.append(place_of)
pages.LIBRARY.append(library)

"""The pages of analyses: the evidence of a review, one table, one analysis with its picture and its figures."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from process_models.exchange.step_table import harmless_csv_of
from process_models.logs.errors import LogError
from process_models.values.errors import ModelError
from workbench import web
from workbench.analyses import operations, store
from workbench.analyses.answers import answer, points
from workbench.analyses.forms import FORMS, AskForm, ColumnsForm, CutForm, TableForm
from workbench.analyses.model import KINDS, Analysis, EvidenceTable, Series, Told, kind_of
from workbench.errors import NotFound, Refusal
from workbench.findings.model import SOURCES, Written
from workbench.forms import act_on
from workbench.permissions import Permission, may, needs, see, takes_files
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.model import Review

bp = Blueprint("analyses", __name__)
SEEN = 5
"""Rows of a table that are shown."""


# The evidence of a review


@bp.get("/reviews/<id>/analyses")
@needs(Permission.DATA_READ)
def index(id: str) -> ResponseReturnValue:
    """Show what is analysed and the tables behind it."""
    return _index(reviews_pages.seen(id, Permission.DATA_READ), TableForm(formdata=None))


def _index(review: Review, form: TableForm) -> str:
    db = web.current()
    tables = store.tables(db, review.id)
    return render_template(
        "analyses/index.html",
        **reviews_pages.frame(review, "analyse"),
        tables=tables,
        analyses=[(one, _said(db, one)) for one in store.analyses(db, review.id)],
        by_id={one.id: one for one in tables},
        form=form if may(web.actor(), Permission.DATA_BRING, review.place) else None,
    )


def _said(db: Connection, one: Analysis) -> str:
    try:
        return operations.told(db, one).finding
    except ModelError as problem:
        return str(problem)


@bp.post("/reviews/<id>/analyses")
@needs(Permission.DATA_BRING)
@takes_files
def bring(id: str) -> ResponseReturnValue:
    """Bring in a table."""
    review = reviews_pages.seen(id, Permission.DATA_BRING)
    form = TableForm()
    if not form.validate():
        return _index(review, form), 422
    content, name = form.content()
    try:
        new = operations.bring(web.engine(), web.actor(), id, name, content)
    except (LogError, Refusal) as problem:
        form.refuse(form.file, problem)
        return _index(review, form), 422
    web.tell("evidence_table_brought", rows=f"{len(new.rows):,}")
    return redirect(url_for(".table", id=new.id), 303)


# One table


def _table(id: str, permission: Permission = Permission.DATA_READ) -> tuple[EvidenceTable, Review]:
    found = store.table(web.current(), id)
    review = reviews.find(web.current(), found.review)
    see(web.actor(), permission, review.place)
    return found, review


@bp.get("/evidence/<id>")
@needs(Permission.DATA_READ)
def table(id: str) -> ResponseReturnValue:
    """Show a table's columns and what can be asked of it."""
    return _table_page(*_table(id), {})


def _table_page(
    found: EvidenceTable, review: Review, forms: dict[str, AskForm], kept: ColumnsForm | None = None
) -> str:
    brings = may(web.actor(), Permission.DATA_BRING, review.place)
    asking = {kind: forms.get(kind) or FORMS[kind].on(found, sent=False) for kind in FORMS} if brings else {}
    return render_template(
        "analyses/table.html",
        **reviews_pages.frame(review, "analyse"),
        table=found,
        samples={column: list(dict.fromkeys(found.texts(column)))[:SEEN] for column in found.columns},
        asking=asking,
        opened=next(iter(forms), ""),
        kinds=KINDS,
        kept=(kept or ColumnsForm.on(found)) if brings else None,
    )


@bp.post("/evidence/<id>/columns")
@needs(Permission.DATA_BRING)
def keep_columns(id: str) -> ResponseReturnValue:
    """Leave columns out for good."""
    found, review = _table(id, Permission.DATA_BRING)
    form = ColumnsForm.on(found)

    def act() -> ResponseReturnValue:
        gone = operations.keep_columns(web.engine(), web.actor(), id, frozenset(form.kept.data or ()))
        web.tell("columns_left_out", columns=", ".join(gone) or "nothing")
        return redirect(url_for(".table", id=id), 303)

    return act_on(form, act, lambda: _table_page(found, review, {}, form), form.kept)


@bp.post("/evidence/<id>/ask/<kind>")
@needs(Permission.DATA_BRING)
def ask(id: str, kind: str) -> ResponseReturnValue:
    """Ask something of a table."""
    found, review = _table(id, Permission.DATA_BRING)
    form = _form(kind).on(found)

    def act() -> ResponseReturnValue:
        new = operations.ask(web.engine(), web.actor(), id, form.title.data, form.ask())
        web.tell("analysis_made")
        return redirect(url_for(".show", id=new.id), 303)

    return act_on(form, act, lambda: _table_page(found, review, {kind: form}))


def _form(kind: str) -> type[AskForm]:
    if kind not in FORMS:
        raise NotFound("no_analysis")
    return FORMS[kind]


# One analysis


def _analysis(id: str, permission: Permission = Permission.DATA_READ) -> tuple[Analysis, Review]:
    found = store.find(web.current(), id)
    review = reviews.find(web.current(), found.review)
    see(web.actor(), permission, review.place)
    return found, review


@bp.get("/analyses/<id>")
@needs(Permission.DATA_READ)
def show(id: str) -> ResponseReturnValue:
    """Show what an analysis says."""
    return _page(*_analysis(id), {})


def _page(found: Analysis, review: Review, forms: dict[str, Any]) -> str:
    db = web.current()
    own = store.table(db, found.table)
    brings = may(web.actor(), Permission.DATA_BRING, review.place)
    labels = points(own, found.ask)[0] if isinstance(found.ask, Series) else []
    return render_template(
        "analyses/show.html",
        **reviews_pages.frame(review, "analyse"),
        analysis=found,
        told=_told(own, found),
        table=own,
        form=(forms.get("ask") or FORMS[kind_of(found.ask)].on(own, found.ask, found.title, sent=False))
        if brings
        else None,
        cut_form=(forms.get("cut") or CutForm.on(labels)) if brings and len(labels) > 2 else None,
        changing="ask" in forms,
        cutting="cut" in forms,
        writes=may(web.actor(), Permission.FINDING_WRITE, review.place),
    )


def _told(own: EvidenceTable, found: Analysis) -> Told:
    """Return what an analysis says; where the table can no longer say it, the reason."""
    try:
        return answer(own, found.ask, found.title)
    except ModelError as problem:
        return Told(finding=str(problem))


@bp.post("/analyses/<id>")
@needs(Permission.DATA_BRING)
def change(id: str) -> ResponseReturnValue:
    """Ask it otherwise."""
    found, review = _analysis(id, Permission.DATA_BRING)
    form = FORMS[kind_of(found.ask)].on(store.table(web.current(), found.table), title=found.title)

    def act() -> ResponseReturnValue:
        operations.change(web.engine(), web.actor(), id, form.ask())
        web.tell("analysis_changed")
        return redirect(url_for(".show", id=id), 303)

    return act_on(form, act, lambda: _page(found, review, {"ask": form}))


@bp.post("/analyses/<id>/cut")
@needs(Permission.DATA_BRING)
def cut(id: str) -> ResponseReturnValue:
    """Begin a new part of a chart, for a known cause."""
    found, review = _analysis(id, Permission.DATA_BRING)
    own = store.table(web.current(), found.table)
    form = CutForm.on(points(own, found.ask)[0] if isinstance(found.ask, Series) else [])

    def act() -> ResponseReturnValue:
        operations.cut(web.engine(), web.actor(), id, form.label.data, form.cause.data)
        web.tell("analysis_changed")
        return redirect(url_for(".show", id=id), 303)

    return act_on(form, act, lambda: _page(found, review, {"cut": form}))


@bp.post("/analyses/<id>/remove")
@needs(Permission.DATA_BRING)
def remove(id: str) -> ResponseReturnValue:
    """Take an analysis away."""
    found, _ = _analysis(id, Permission.DATA_BRING)
    operations.remove(web.engine(), web.actor(), id)
    web.tell("analysis_removed")
    return redirect(url_for(".index", id=found.review), 303)


@bp.get("/analyses/<id>/figures.csv")
@needs(Permission.DATA_READ)
def figures_csv(id: str) -> ResponseReturnValue:
    """Return the figures of an analysis as a table."""
    found, _ = _analysis(id)
    told = operations.told(web.current(), found)
    file = harmless_csv_of([told.columns, *told.rows])
    disposition = {"Content-Disposition": f'attachment; filename="{found.id}.csv"'}
    return Response(file.encode("utf-8-sig"), mimetype="text/csv", headers=disposition)


def from_analysis(db: Connection, review: Review, id: str) -> Written | None:
    """Return how an analysis begins a finding."""
    found = store.find(db, id)
    if found.review != review.id:
        return None
    told = operations.told(db, found)
    name = store.table(db, found.table).name
    return Written(
        text=f"{told.finding}.".replace("..", "."),
        evidence=f"{found.title}: {' '.join((*told.remarks, told.method))} From “{name}”.",
        grade=told.grade,
    )


SOURCES["analysis"] = from_analysis

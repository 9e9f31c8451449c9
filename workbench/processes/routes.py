"""The pages of processes: all of them, the map and its table, versions and their difference, files."""

import csv
import io
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from process_models.graph.compare import Difference, FieldChange, compare
from process_models.graph.documents import write_graph
from process_models.graph.drawing import difference, draw
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Lens
from process_models.graph.telling import change_told, counted_told
from process_models.values.errors import ModelError
from process_models.values.words import count
from workbench import database, pages, web
from workbench.errors import Refusal
from workbench.permissions import ANYWHERE, Actor, Permission, Place, may, needs
from workbench.processes import (
    exchange_pages,
    map_pages,
    operations,
    picture,
    print_pages,
    register_pages,
    staffing_pages,
    step_pages,
    store,
)
from workbench.processes.forms import ProcessForm, VersionForm
from workbench.processes.frame import asked, bp, facts_of, found, frame
from workbench.processes.model import Process, Revision
from workbench.processes.typed import pasted
from workbench.services import store as services

PAGES = (exchange_pages, map_pages, print_pages, step_pages, register_pages, staffing_pages)
"""The modules whose routes stand on the same blueprint."""


@bp.get("/")
@needs(Permission.PROCESS_READ)
def index() -> ResponseReturnValue:
    """Show the processes that the person has to do with."""
    return _index({})


@bp.post("/")
@needs(Permission.PROCESS_EDIT)
def begin() -> ResponseReturnValue:
    """Begin a process from typed rows."""
    form = _offered(ProcessForm())
    if form.validate():
        try:
            read = pasted(form.name.data.strip(), form.rows.data, database.now().date().isoformat())
            process = operations.add(web.engine(), web.actor(), form.service.data, form.name.data, read.graph)
        except (ModelError, Refusal) as problem:
            form.refuse(form.rows, problem)
        else:
            for remark in read.remarks:
                web.tell(remark.id, **dict(remark.params))
            return redirect(url_for(".map", id=process.id), 303)
    return _index({"typed": form}), 422


def _offered(form: Any) -> Any:
    """Offer the services in which the person may begin a process."""
    mine = [s for s in services.services(web.current()) if may(web.actor(), Permission.PROCESS_EDIT, s.place)]
    form.service.choices = [(service.id, service.name) for service in mine]
    return form


def _index(forms: dict[str, Any]) -> str:
    db = web.current()
    mine = [one for one in store.processes(db) if may(web.actor(), Permission.PROCESS_READ, one.place)]
    return render_template(
        "processes/index.html",
        rows=[(one, store.revisions(db, one.id)) for one in mine],
        services={service.id: service for service in services.services(db)},
        typed=forms.get("typed") or _offered(ProcessForm(formdata=None)),
        waiting=store.brought_by(db, web.actor().person),
        may_edit=web.may_here(Permission.PROCESS_EDIT, ANYWHERE),
    )


@bp.get("/<id>/")
@needs(Permission.PROCESS_READ)
def show(id: str) -> ResponseReturnValue:
    """Lead to the map, which is a process's first page."""
    return redirect(url_for(".map", id=found(id).id))


# Versions


@bp.get("/<id>/versions")
@needs(Permission.PROCESS_READ)
def versions(id: str) -> ResponseReturnValue:
    """Show all versions: who, when, what."""
    return _versions(found(id), None)


@bp.post("/<id>/versions/<int:n>")
@needs(Permission.PROCESS_EDIT)
def name_version(id: str, n: int) -> ResponseReturnValue:
    """Give a version a name, and say whether it is the baseline."""
    process, form = found(id), VersionForm()
    if not form.validate():
        return _versions(process, (n, form)), 422
    operations.tag(web.engine(), web.actor(), id, n, form.name.data or "", bool(form.baseline.data))
    web.tell("version_named", n=n)
    return redirect(url_for(".versions", id=id), 303)


@bp.post("/<id>/versions/<int:n>/restore")
@needs(Permission.PROCESS_EDIT)
def restore(id: str, n: int) -> ResponseReturnValue:
    """Make an old version the newest again."""
    found(id)
    new = operations.restore(web.engine(), web.actor(), id, n)
    web.tell("process_changed", n=new.n)
    return redirect(url_for(".map", id=id), 303)


def _versions(process: Process, typed: tuple[int, VersionForm] | None) -> str:
    revisions = store.revisions(web.current(), process.id)
    return render_template(
        "processes/versions.html",
        **frame(process, "versions"),
        rows=[(one, typed[1] if typed and typed[0] == one.n else _blank(one)) for one in revisions],
        files=store.brought_for(web.current(), process.id),
        open=typed[0] if typed else None,
    )


def _blank(revision: Revision) -> VersionForm:
    return VersionForm(formdata=None, name=revision.name, baseline=revision.baseline)


@bp.get("/<id>/difference")
@needs(Permission.PROCESS_READ)
def differ(id: str) -> ResponseReturnValue:
    """Show what differs between two versions: as picture, as table, in sentences."""
    process = found(id)
    db = web.current()
    after = asked(process, "to")
    first = request.args.get("from", type=int)
    before = store.find_revision(db, id, first if first is not None else max(1, after.n - 1))
    old, new = store.design(db, before), store.design(db, after)
    change = compare(old, new)
    shown = request.args.get("as", "map")
    return render_template(
        "processes/difference.html",
        **frame(process, "versions"),
        before=before,
        after=after,
        change=change,
        shown_as=shown,
        heading=_counted(change),
        svg=_pictured(old.graph, new.graph, change),
        told=[(one, change_told(one)) for one in change.changes],
        counted=counted_told(change),
        revisions=store.revisions(db, id),
        lacks=[(duty, picture.lacking(new.graph, duty.id)) for duty in new.graph.obligations],
    )


def _pictured(old: StepGraph, new: StepGraph, change: Difference) -> str:
    """Draw both versions in one picture, or one of them alone."""
    match request.args.get("side"):
        case "before":
            return draw(old)
        case "after":
            return draw(new)
    return difference(old, new, change)


@bp.get("/<id>/difference.csv")
@needs(Permission.PROCESS_READ)
def difference_csv(id: str) -> ResponseReturnValue:
    """Give the changes between two versions as CSV, one attribute a row."""
    process = found(id)
    db = web.current()
    after = asked(process, "to")
    before = store.find_revision(db, id, request.args.get("from", max(1, after.n - 1), type=int))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["what", "id", "name", "change", "attribute", "before", "after"])
    for one in compare(store.design(db, before), store.design(db, after)).changes:
        for part in one.fields or (FieldChange("", "", ""),):
            cells = [one.kind, one.id, one.name, one.verb, part.field.replace("_", " "), part.before, part.after]
            writer.writerow([_harmless(cell) for cell in cells])
    return _attached(out.getvalue(), "text/csv", f"{id}-from-{before.n}-to-{after.n}.csv")


def _counted(change: Any) -> str:
    """Return how much differs, in words."""
    parts = []
    for verb, words in (("added", "more"), ("removed", "fewer"), ("changed", "changed")):
        if n := len(change.of("step", verb)):
            parts.append(f"{count(n, 'step', 'steps')} {words}")
    others = sum(1 for one in change.changes if one.kind != "step")
    parts += [f"{count(others, 'other change', 'other changes')}"] if others else []
    return ", ".join(parts).capitalize() if parts else "The two versions are the same"


# Files


@bp.get("/<id>/graph.json")
@needs(Permission.PROCESS_READ)
def graph_file(id: str) -> ResponseReturnValue:
    """Give the graph as a file."""
    revision = asked(found(id), "version")
    text = write_graph(store.graph(web.current(), revision))
    return _attached(text, "application/json", f"{id}-version-{revision.n}.json")


@bp.get("/<id>/steps.csv")
@needs(Permission.PROCESS_READ)
def step_table(id: str) -> ResponseReturnValue:
    """Give the table of steps as CSV."""
    revision = asked(found(id), "version")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    scores = [f"{lens.value}{part}" for lens in Lens for part in ("", " grade")]
    writer.writerow(
        ["no", "step", "kind", "lane", "who", *scores, "wait", "wait grade", "work", "work grade", "goes to"]
    )
    for row in picture.rows(facts_of(revision), {}):
        marks = [part for mark in row.marks for part in (mark.text, mark.grade)]
        times = [part for one in (row.wait, row.work) for part in ((one.value, one.grade) if one else ("", ""))]
        ways = "; ".join(f"{to} ({share})" if share else to for to, share in row.ways)
        cells = [row.number, row.name, row.kind, row.lane, row.who, *marks, *times, ways]
        writer.writerow([_harmless(str(cell)) for cell in cells])
    return _attached(out.getvalue(), "text/csv", f"{id}-version-{revision.n}-steps.csv")


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=@\t\r" or (cell[:1] in "+-" and not cell[1:].isdigit()) else cell


def _attached(text: str, kind: str, name: str) -> Response:
    return Response(
        text, content_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


# What other pages ask


def place_of(db: Any, subject: str) -> Place | None:
    """Return the place of ``process/…``."""
    kind, _, id = subject.partition("/")
    return store.find(db, id).place if kind == "process" else None


def library(_db: Any, actor: Actor) -> list[pages.Section]:
    """Return the processes as a part of the library."""
    if not may(actor, Permission.PROCESS_READ, ANYWHERE):
        return []
    return [
        pages.Section(
            "Processes",
            "How each service is delivered: maps, versions, obligations, staffing.",
            url_for("processes.index"),
        )
    ]


pages.PLACES.append(place_of)
pages.LIBRARY.append(library)

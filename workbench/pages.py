"""The pages that belong to no use case: waiting for you, the library, the record, jobs and health."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy import Connection

from workbench import database, jobs, record, web
from workbench.accounts import store as accounts
from workbench.permissions import ANYWHERE, INSTALLATION, Actor, Permission, Place, needs, open_to_all, require, see
from workbench.services import store as services

bp = Blueprint("pages", __name__)
ENTRIES_A_PAGE = 50


class Waiting(Struct, frozen=True):
    """Something that waits for a person. ``kind`` is the verb asked: answer, agree, decide, do, look."""

    kind: str
    title: str
    context: str
    url: str
    due: date | None = None
    minutes: int | None = None


class Section(Struct, frozen=True):
    """A part of the library."""

    title: str
    sentence: str
    url: str


WAITING: list[Callable[[Connection, Actor], Iterable[Waiting]]] = []
"""What waits for an actor; the use cases add to it at import."""

LIBRARY: list[Callable[[Connection, Actor], Iterable[Section]]] = []
"""The parts of the library that an actor may see; the use cases add to it at import."""


def waiting_for(db: Connection, actor: Actor) -> list[Waiting]:
    """Return all that waits for somebody: what is due first, what has no date last."""
    found = [item for source in WAITING for item in source(db, actor)]
    return sorted(found, key=lambda item: (item.due is None, item.due or date.max, item.title))


def by_time(items: list[Waiting], today: date) -> list[tuple[str, list[Waiting]]]:
    """Return what waits under the headings of the page, empty ones left out."""
    groups: dict[str, list[Waiting]] = {"Due today": [], "Next seven days": [], "Later": [], "Whenever you can": []}
    for item in items:
        groups[_heading(item.due, today)].append(item)
    return [(heading, group) for heading, group in groups.items() if group]


def _heading(due: date | None, today: date) -> str:
    if due is None:
        return "Whenever you can"
    days = (due - today).days
    return "Due today" if days <= 0 else "Next seven days" if days <= 7 else "Later"


@bp.get("/")
@needs(Permission.SELF)
def waiting() -> ResponseReturnValue:
    """Show what waits for the person."""
    db = web.current()
    items = waiting_for(db, web.actor())
    return render_template(
        "waiting.html",
        count=len(items),
        minutes=sum(item.minutes or 0 for item in items),
        groups=by_time(items, database.now().date()),
        today=database.now(),
        jobs=jobs.open_jobs(db, web.actor().person),
        library=library_of(db, web.actor()),
    )


def library_of(db: Connection, actor: Actor) -> list[Section]:
    """Return the parts of the library that somebody may see."""
    return [section for source in LIBRARY for section in source(db, actor)]


@bp.get("/library")
@needs(Permission.SELF)
def library() -> ResponseReturnValue:
    """Show what is kept for all reviews."""
    return render_template("library.html", sections=library_of(web.current(), web.actor()))


@bp.get("/record")
@needs(Permission.RECORD_READ)
def the_record() -> ResponseReturnValue:
    """Show what was done, newest first, and whether the chain holds."""
    db = web.current()
    require(web.actor(), Permission.RECORD_READ, ANYWHERE)
    before = request.args.get("before", type=int)
    entries = record.entries(db, ENTRIES_A_PAGE + 1, before)
    return render_template(
        "record.html",
        entries=entries[:ENTRIES_A_PAGE],
        older=entries[ENTRIES_A_PAGE - 1].seq if len(entries) > ENTRIES_A_PAGE else None,
        names=accounts.names(db),
        check=record.verify(db, record.checkpoints(web.settings().checkpoints)),
    )


@bp.get("/jobs/<id>")
@needs(Permission.JOB_READ)
def job(id: str) -> ResponseReturnValue:
    """Show how far a job is; ``?part=1`` answers with the fragment that the page asks for again and again."""
    found = jobs.find(web.current(), id)
    see(web.actor(), Permission.JOB_READ, job_place(found))
    template = "job_part.html" if request.args.get("part") else "job.html"
    return render_template(template, job=found, may_cancel=web.may_here(Permission.JOB_CANCEL, job_place(found)))


@bp.post("/jobs/<id>/cancel")
@needs(Permission.JOB_CANCEL)
def cancel_job(id: str) -> ResponseReturnValue:
    """Stop a job."""
    with database.transaction(web.engine()) as db:
        found = jobs.find(db, id)
        require(web.actor(), Permission.JOB_CANCEL, job_place(found))
        jobs.cancel(db, id)
        record.enter(db, web.actor().person, "cancel job", f"job/{id}", {"kind": found.kind})
    return redirect(url_for(".job", id=id), 303)


def service_place(db: Connection, subject: str) -> Place | None:
    """Return the place of ``service/…``."""
    kind, _, id = subject.partition("/")
    return services.find(db, id).place if kind == "service" else None


PLACES: list[Callable[[Connection, str], Place | None]] = [service_place]
"""Where the subject of a job stands (``review/r1``, say); the use cases add to it at import."""


def job_place(job: jobs.Job) -> Place:
    """Return where a job stands: its asker's, at the place of its subject."""
    found = (place for find in PLACES if (place := find(web.current(), job.subject)))
    at = next(found, INSTALLATION)
    return Place(service=at.service, review=at.review, author=job.asked_by)


@bp.get("/health")
@open_to_all
def health() -> ResponseReturnValue:
    """Say whether the workbench answers, and on what it stands."""
    return health_of(web.current()), 200


def health_of(db: Connection) -> dict[str, Any]:
    """Return the state of an installation as plain values: nothing here is secret."""
    sqlite = db.dialect.name == "sqlite"
    return {
        "status": "well",
        "database": db.dialect.name,
        "version": database.sqlite_version() if sqlite else ".".join(map(str, db.dialect.server_version_info or ())),
        "journal": str(db.exec_driver_sql("PRAGMA journal_mode").scalar()) if sqlite else "wal",
        "record": record.size(db),
        "jobs": jobs.in_line(db),
    }


@bp.get("/favicon.ico")
@open_to_all
def favicon() -> ResponseReturnValue:
    """Send browsers that ask for an icon to the one there is."""
    return redirect(url_for("static", filename="mark.svg"), 301)

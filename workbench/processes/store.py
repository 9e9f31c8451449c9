"""Rows of processes and their revisions; graphs and staffings are documents."""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, Row, String, Table, insert, select, update

from process_models.graph.design import Design, Staffing
from process_models.graph.graph import StepGraph
from workbench import documents
from workbench.database import Instant, metadata, now
from workbench.errors import NotFound
from workbench.processes.model import Process, Revision

process = Table(
    "process",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("service", String(64), ForeignKey("service.id"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("author", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
)
revision = Table(
    "revision",
    metadata,
    Column("process", String(64), ForeignKey("process.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer),
    Column("graph", String(64), ForeignKey("document.digest"), nullable=False),
    Column("staffing", String(64), ForeignKey("document.digest"), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("verb", String(400), nullable=False),
    Column("name", String(120), nullable=False),
    Column("baseline", Boolean, nullable=False),
)

FIELDS = (process.c.id, process.c.service, process.c.name, process.c.author)


def add(db: Connection, new: Process) -> None:
    """Insert a process."""
    fields = {"id": new.id, "service": new.service, "name": new.name, "author": new.author}
    db.execute(insert(process).values(**fields, created_at=now()))


def find(db: Connection, id: str) -> Process:
    """Return a process by id."""
    row = db.execute(select(*FIELDS).where(process.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_process")
    return Process(*row)


def processes(db: Connection, service: str | None = None) -> list[Process]:
    """Return processes, of one service or all, by name."""
    wanted = select(*FIELDS).order_by(process.c.name, process.c.id)
    return [Process(*row) for row in db.execute(wanted.where(process.c.service == service) if service else wanted)]


def add_revision(db: Connection, new: Revision) -> None:
    """Insert a revision; a number already taken is refused by the key."""
    db.execute(insert(revision).values(**asdict(new)))


def head(db: Connection, id: str) -> Revision:
    """Return the newest revision of a process."""
    wanted = select(revision).where(revision.c.process == id).order_by(revision.c.n.desc()).limit(1)
    return _revision(db.execute(wanted).one_or_none())


def find_revision(db: Connection, id: str, n: int) -> Revision:
    """Return a revision by its number."""
    return _revision(db.execute(select(revision).where(revision.c.process == id, revision.c.n == n)).one_or_none())


def revisions(db: Connection, id: str) -> list[Revision]:
    """Return all revisions of a process, newest first."""
    wanted = select(revision).where(revision.c.process == id).order_by(revision.c.n.desc())
    return [_revision(row) for row in db.execute(wanted)]


def baseline(db: Connection, id: str) -> Revision:
    """Return the newest revision marked as baseline, else the head."""
    wanted = (
        select(revision).where(revision.c.process == id, revision.c.baseline).order_by(revision.c.n.desc()).limit(1)
    )
    row = db.execute(wanted).one_or_none()
    return _revision(row) if row else head(db, id)


def tag(db: Connection, id: str, n: int, name: str, is_baseline: bool) -> None:
    """Give a revision a name, and say whether it is the baseline; of several the newest counts."""
    db.execute(
        update(revision).where(revision.c.process == id, revision.c.n == n).values(name=name, baseline=is_baseline)
    )


def graph(db: Connection, found: Revision) -> StepGraph:
    """Return the step graph of a revision."""
    return documents.fetch(db, found.graph, StepGraph)


def staffing(db: Connection, found: Revision) -> Staffing:
    """Return the staffing of a revision."""
    return documents.fetch(db, found.staffing, Staffing)


def design(db: Connection, found: Revision) -> Design:
    """Return the design of a revision: its graph with its staffing."""
    return Design(graph=graph(db, found), staffing=staffing(db, found))


def _revision(row: Row[Any] | None) -> Revision:
    if row is None:
        raise NotFound("no_revision")
    return Revision(**row._asdict())

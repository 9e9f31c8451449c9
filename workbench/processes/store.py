"""Rows of processes and their revisions; graphs and staffings are documents."""

from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from process_models.graph.design import Design, Staffing
from process_models.graph.documents import GraphFile, read_graph
from process_models.graph.graph import StepGraph
from workbench import documents
from workbench.database import Instant, metadata, now
from workbench.errors import NotFound
from workbench.processes.model import BroughtFile, Process, Revision

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
brought_file = Table(
    "brought_file",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("service", String(64), ForeignKey("service.id"), nullable=False),
    Column("process", String(64), ForeignKey("process.id")),
    Column("revision", Integer),
    Column("name", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("chosen", String(500), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("file", LargeBinary, nullable=False),
    Column("reading", LargeBinary, nullable=False),
    Index("ix_brought_file_process", "process"),
)
ABOUT = tuple(column for column in brought_file.c if column.name not in ("file", "reading"))

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


# Files that were brought in


def add_brought(db: Connection, new: BroughtFile, file: bytes, reading: bytes) -> None:
    """Insert a file with what was read of it, which is a graph file."""
    db.execute(insert(brought_file).values(**asdict(new), file=file, reading=reading))


def find_brought(db: Connection, id: str) -> BroughtFile:
    """Return what is known of a file that was brought in."""
    row = db.execute(select(*ABOUT).where(brought_file.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_brought_file")
    return BroughtFile(**row._asdict())


def brought_content(db: Connection, id: str) -> bytes:
    """Return a file as it was brought in."""
    return bytes(db.execute(select(brought_file.c.file).where(brought_file.c.id == id)).scalar_one())


def brought_reading(db: Connection, id: str) -> GraphFile:
    """Return what was read of a file."""
    return read_graph(bytes(db.execute(select(brought_file.c.reading).where(brought_file.c.id == id)).scalar_one()))


def read_again(db: Connection, id: str, chosen: str, reading: bytes) -> None:
    """Put another reading in place of a file's."""
    db.execute(update(brought_file).where(brought_file.c.id == id).values(chosen=chosen, reading=reading))


def settle_brought(db: Connection, id: str, process: str, revision: int) -> bool:
    """Say which version was made of a file; False where one was made of it before."""
    waiting = (brought_file.c.id == id, brought_file.c.revision.is_(None))
    done = db.execute(update(brought_file).where(*waiting).values(process=process, revision=revision))
    return done.rowcount == 1


def brought_by(db: Connection, person: str) -> list[BroughtFile]:
    """Return the files of somebody that wait, newest first."""
    wanted = select(*ABOUT).where(brought_file.c.author == person, brought_file.c.revision.is_(None))
    return [BroughtFile(**row._asdict()) for row in db.execute(wanted.order_by(brought_file.c.at.desc()))]


def brought_for(db: Connection, process: str) -> dict[int, BroughtFile]:
    """Return the files that versions of a process were made of, by version; of several the newest."""
    wanted = select(*ABOUT).where(brought_file.c.process == process, brought_file.c.revision.is_not(None))
    found = [BroughtFile(**row._asdict()) for row in db.execute(wanted.order_by(brought_file.c.at))]
    return {one.revision: one for one in found if one.revision is not None}


def throw_away_brought(db: Connection, id: str) -> None:
    """Delete a file that waits, with what was read of it."""
    db.execute(delete(brought_file).where(brought_file.c.id == id, brought_file.c.revision.is_(None)))


def forget_brought(db: Connection, before: datetime) -> int:
    """Delete files that have waited since before a moment, and return how many those were."""
    waited = (brought_file.c.revision.is_(None), brought_file.c.at < before)
    return db.execute(delete(brought_file).where(*waited)).rowcount

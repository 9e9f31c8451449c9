"""Rows of logs and of their results; files lie in the folder of uploads, named by their digest."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    insert,
    select,
    update,
)

from process_models.values.fractions import Fraction
from workbench import documents
from workbench.data.model import Guessed, Log, Profile, Result, Terms
from workbench.database import Instant, metadata, now
from workbench.errors import Damaged, NotFound

log = Table(
    "log",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("service", String(64), ForeignKey("service.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("file", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("header", String(64), ForeignKey("document.digest"), nullable=False),
    Column("guess", String(64), ForeignKey("document.digest"), nullable=False),
    Column("terms", String(64), nullable=False),
    Column("example", Boolean, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
result = Table(
    "log_result",
    metadata,
    Column("log", String(64), ForeignKey("log.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("result", String(64), ForeignKey("document.digest"), nullable=False),
    Column("at", Instant, nullable=False),
)


def add(db: Connection, new: Log) -> None:
    """Insert a log."""
    db.execute(insert(log).values(**asdict(new)))


def find(db: Connection, id: str) -> Log:
    """Return a log by its id."""
    row = db.execute(select(log).where(log.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_log")
    return _log(row)


def logs(db: Connection, service: str | None = None) -> list[Log]:
    """Return logs, of one service or all, newest first."""
    wanted = select(log).order_by(log.c.at.desc(), log.c.id)
    return [_log(row) for row in db.execute(wanted.where(log.c.service == service) if service else wanted)]


def _log(row: Row[Any]) -> Log:
    return Log(**row._asdict())


def set_terms(db: Connection, id: str, terms: str) -> None:
    """Say on what terms a log is read."""
    db.execute(update(log).where(log.c.id == id).values(terms=terms))


def set_guess(db: Connection, id: str, header: str, guess: str) -> None:
    """Say what a log's columns seem to be, after it was taken apart another way; its terms are asked for again."""
    db.execute(update(log).where(log.c.id == id).values(header=header, guess=guess, terms=""))


def remembered(db: Connection, service: str, header: str) -> Terms | None:
    """Return the terms last confirmed for a log of the service with the same columns."""
    wanted = select(log.c.terms).where(log.c.service == service, log.c.header == header, log.c.terms != "")
    found = db.scalar(wanted.order_by(log.c.at.desc(), log.c.id).limit(1))
    return documents.fetch(db, found, Terms) if found else None


def guess(db: Connection, one: Log) -> Guessed:
    """Return what a log's columns seem to be."""
    return documents.fetch(db, one.guess, Guessed)


def terms(db: Connection, one: Log) -> Terms | None:
    """Return the terms on which a log is read, None until somebody confirmed them."""
    return documents.fetch(db, one.terms, Terms) if one.terms else None


def add_result(db: Connection, id: str, digest: str) -> None:
    """Insert what was read out of a log; a second reading with the same outcome is one more row."""
    last = db.scalar(select(result.c.n).where(result.c.log == id).order_by(result.c.n.desc()).limit(1))
    db.execute(insert(result).values(log=id, n=(last or 0) + 1, result=digest, at=now()))


def newest_result(db: Connection, id: str) -> Result | None:
    """Return what was last read out of a log, None if nothing was yet."""
    wanted = select(result.c.result).where(result.c.log == id).order_by(result.c.n.desc()).limit(1)
    found = db.scalar(wanted)
    return documents.fetch(db, found, Result) if found else None


def was_read(db: Connection, id: str) -> bool:
    """Say whether anything was read out of a log yet."""
    return db.scalar(select(result.c.n).where(result.c.log == id).limit(1)) is not None


def demands(db: Connection, service: str) -> list[tuple[str, str, tuple[Fraction, ...]]]:
    """Return the arrivals that logs of a service showed: log, its name, and the mean of each hour of the week."""
    out = []
    for one in logs(db, service):
        if found := newest_result(db, one.id):
            out.append((one.id, one.name, documents.fetch(db, found.demand, Profile).per_hour))
    return out


# Files


def keep_file(folder: Path, content: bytes) -> str:
    """Store a file under the SHA-256 of its content, whole or not at all, and return that."""
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / digest).exists():
        return digest
    handle, part = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(part).replace(folder / digest)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise
    _settle(folder)
    return digest


def _settle(folder: Path) -> None:
    """Make sure that the new name survives a power cut."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def file(folder: Path, digest: str) -> bytes:
    """Return a stored file, checked against its name."""
    if not (folder / digest).exists():
        raise NotFound("file_gone")
    content = (folder / digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Damaged("file_damaged")
    return content

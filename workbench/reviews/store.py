"""Rows of reviews and of the revisions of their plans and scopes; the contents are documents."""

from typing import Any, Literal

from msgspec.structs import asdict
from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, Text, insert, select, update

from workbench import documents
from workbench.database import Instant, metadata, now
from workbench.errors import NotFound
from workbench.reviews.model import Part, Plan, Review, Scope

Kind = Literal["plan", "scope"]

review = Table(
    "review",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("service", String(64), ForeignKey("service.id"), nullable=False),
    Column("process", String(64), ForeignKey("process.id"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("author", String(64), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("asked_scope", String(64), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Instant),
)
review_part = Table(
    "review_part",
    metadata,
    Column("review", String(64), ForeignKey("review.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), ForeignKey("document.digest"), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)


def add(db: Connection, new: Review) -> None:
    """Insert a review."""
    db.execute(insert(review).values(**asdict(new)))


def find(db: Connection, id: str) -> Review:
    """Return a review by id."""
    row = db.execute(select(review).where(review.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_review")
    return Review(**row._asdict())


def reviews(db: Connection) -> list[Review]:
    """Return all reviews, the newest first."""
    wanted = select(review).order_by(review.c.begun_at.desc(), review.c.id)
    return [Review(**row._asdict()) for row in db.execute(wanted)]


def ask_scope(db: Connection, id: str, digest: str, by: str) -> None:
    """Keep which scope is to be signed, and who asked."""
    db.execute(update(review).where(review.c.id == id).values(asked_scope=digest, asked_by=by, asked_at=now()))


def part(db: Connection, id: str, kind: Kind) -> Part:
    """Return the newest revision of a plan or scope; number 0 with no digest before there is one."""
    wanted = select(review_part).where(review_part.c.review == id, review_part.c.kind == kind)
    row = db.execute(wanted.order_by(review_part.c.n.desc()).limit(1)).one_or_none()
    return _part(row) if row else Part(0, "", "", None)


def parts(db: Connection, id: str, kind: Kind) -> list[Part]:
    """Return all revisions of a plan or scope, newest first."""
    wanted = select(review_part).where(review_part.c.review == id, review_part.c.kind == kind)
    return [_part(row) for row in db.execute(wanted.order_by(review_part.c.n.desc()))]


def add_part(db: Connection, id: str, kind: Kind, new: Part) -> None:
    """Insert a revision; a number already taken is refused by the key."""
    values = asdict(new)
    db.execute(insert(review_part).values(review=id, kind=kind, **values))


def plan(db: Connection, id: str) -> Plan:
    """Return the newest plan of a review."""
    found = part(db, id, "plan")
    return documents.fetch(db, found.digest, Plan) if found.n else Plan()


def scope(db: Connection, id: str) -> Scope:
    """Return the newest scope of a review."""
    found = part(db, id, "scope")
    return documents.fetch(db, found.digest, Scope) if found.n else Scope(process=find(db, id).process)


def _part(row: Row[Any]) -> Part:
    return Part(row.n, row.digest, row.author, row.at, row.reason)

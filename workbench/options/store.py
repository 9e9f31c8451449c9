"""Rows of options and of the revisions of their moves; the moves are documents."""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, insert, select, update

from process_models.redesign.options import Option as OptionDocument
from workbench import documents
from workbench.database import Instant, metadata
from workbench.errors import NotFound
from workbench.options.model import Option, OptionRevision, State

option = Table(
    "option",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("service", String(64), ForeignKey("service.id"), nullable=False),
    Column("letter", String(4), nullable=False),
    Column("name", String(120), nullable=False),
    Column("author", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("begun_at", Instant, nullable=False),
)
option_revision = Table(
    "option_revision",
    metadata,
    Column("option", String(64), ForeignKey("option.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), ForeignKey("document.digest"), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("verb", String(400), nullable=False),
)


def add(db: Connection, new: Option) -> None:
    """Insert an option."""
    db.execute(insert(option).values(**asdict(new)))


def find(db: Connection, id: str) -> Option:
    """Return an option by id."""
    row = db.execute(select(option).where(option.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_option")
    return Option(**row._asdict())


def options(db: Connection, review: str) -> list[Option]:
    """Return the options of a review, by letter."""
    wanted = select(option).where(option.c.review == review).order_by(option.c.letter)
    return [Option(**row._asdict()) for row in db.execute(wanted)]


def all_ids(db: Connection) -> frozenset[str]:
    """Return the ids that are taken."""
    return frozenset(db.scalars(select(option.c.id)))


def move_state(db: Connection, id: str, old: State, new: State) -> bool:
    """Bring an option from one state to another; return False where somebody was quicker."""
    where = (option.c.id == id, option.c.state == old)
    return db.execute(update(option).where(*where).values(state=new)).rowcount == 1


def add_revision(db: Connection, id: str, new: OptionRevision) -> None:
    """Insert a revision; a number already taken is refused by the key."""
    values = asdict(new)
    db.execute(insert(option_revision).values(option=id, **values))


def head(db: Connection, id: str) -> OptionRevision:
    """Return the newest revision of an option."""
    return revisions(db, id)[0]


def revisions(db: Connection, id: str) -> list[OptionRevision]:
    """Return all revisions of an option, newest first."""
    wanted = select(option_revision).where(option_revision.c.option == id).order_by(option_revision.c.n.desc())
    return [_revision(row) for row in db.execute(wanted)]


def document(db: Connection, found: OptionRevision) -> OptionDocument:
    """Return the moves of a revision."""
    return documents.fetch(db, found.digest, OptionDocument)


def _revision(row: Row[Any]) -> OptionRevision:
    return OptionRevision(row.n, row.digest, row.author, row.at, row.verb)

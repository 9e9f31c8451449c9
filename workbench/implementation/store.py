"""Rows of actions, roll-outs and notes."""

from datetime import date

from msgspec.structs import asdict
from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, String, Table, Text, insert, select, update

from workbench.database import Instant, insert_once, metadata, now
from workbench.errors import NotFound
from workbench.implementation.model import Action, KeptRollout, Note, State

action = Table(
    "action",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", String(64), ForeignKey("person.id"), nullable=False),
    Column("due", Date, nullable=False),
    Column("step", String(128), nullable=False),
    Column("measure", Text, nullable=False),
    Column("check", Date),
    Column("origin", Text, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("note", Text),
    Column("closed_by", String(64)),
    Column("closed_at", Instant),
)
rollout = Table(
    "rollout",
    metadata,
    Column("review", String(64), ForeignKey("review.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("way", String(16), nullable=False),
    Column("start", Date, nullable=False),
    Column("back", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("who", String(64), ForeignKey("person.id"), nullable=False),
    Column("live", Date),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
note = Table(
    "implementation_note",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("text", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)


def add(db: Connection, new: Action) -> None:
    """Insert an action."""
    db.execute(insert(action).values(**asdict(new)))


def find(db: Connection, id: str) -> Action:
    """Return an action by id."""
    row = db.execute(select(action).where(action.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_action")
    return Action(**row._asdict())


def actions(db: Connection, review: str) -> list[Action]:
    """Return the actions of a review, what is due first in front."""
    rows = db.execute(select(action).where(action.c.review == review).order_by(action.c.due, action.c.at, action.c.id))
    return [Action(**row._asdict()) for row in rows]


def open_of(db: Connection, person: str) -> list[Action]:
    """Return the open actions of a person in all reviews."""
    wanted = select(action).where(action.c.owner == person, action.c.state == "open")
    return [Action(**row._asdict()) for row in db.execute(wanted.order_by(action.c.due, action.c.id))]


def close(db: Connection, id: str, state: State, words: str, by: str) -> bool:
    """Close an action unless somebody was quicker; return whether it was open."""
    where = (action.c.id == id, action.c.state == "open")
    values = {"state": state, "note": words, "closed_by": by, "closed_at": now()}
    return db.execute(update(action).where(*where).values(**values)).rowcount == 1


def add_rollout(db: Connection, new: KeptRollout) -> bool:
    """Insert a state of the roll-out; return False where somebody was quicker."""
    return insert_once(db, rollout, **asdict(new))


def newest_rollout(db: Connection, review: str) -> KeptRollout | None:
    """Return the roll-out as it is planned now, if it is."""
    wanted = select(rollout).where(rollout.c.review == review).order_by(rollout.c.n.desc()).limit(1)
    row = db.execute(wanted).one_or_none()
    return KeptRollout(**row._asdict()) if row else None


def set_live(db: Connection, review: str, n: int, day: date) -> None:
    """Say since when a roll-out is live."""
    db.execute(update(rollout).where(rollout.c.review == review, rollout.c.n == n).values(live=day))


def add_note(db: Connection, new: Note) -> None:
    """Insert a note."""
    db.execute(insert(note).values(**asdict(new)))


def notes(db: Connection, review: str) -> list[Note]:
    """Return the notes of a review, the newest first."""
    rows = db.execute(select(note).where(note.c.review == review).order_by(note.c.day.desc(), note.c.at.desc()))
    return [Note(**row._asdict()) for row in rows]

"""Rows of readings, outcome reviews and the close."""

from msgspec.structs import asdict
from sqlalchemy import Column, Connection, Date, ForeignKey, String, Table, Text, delete, insert, select

from workbench.database import Instant, insert_once, metadata
from workbench.monitoring.model import Closing, OutcomeReview, Reading

reading = Table(
    "reading",
    metadata,
    Column("review", String(64), ForeignKey("review.id"), primary_key=True),
    Column("criterion", String(128), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("value", String(40), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
outcome_review = Table(
    "outcome_review",
    metadata,
    Column("review", String(64), ForeignKey("review.id"), primary_key=True),
    Column("after", String(16), primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
closing = Table(
    "closing",
    metadata,
    Column("review", String(64), ForeignKey("review.id"), primary_key=True),
    Column("lessons", Text, nullable=False),
    Column("unread", Text, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)


def put_reading(db: Connection, new: Reading) -> None:
    """Put a reading in place of one of the same criterion and day."""
    where = (reading.c.review == new.review, reading.c.criterion == new.criterion, reading.c.day == new.day)
    db.execute(delete(reading).where(*where))
    db.execute(insert(reading).values(**asdict(new)))


def readings(db: Connection, review: str) -> list[Reading]:
    """Return the readings of a review, by criterion and day."""
    wanted = select(reading).where(reading.c.review == review).order_by(reading.c.criterion, reading.c.day)
    return [Reading(**row._asdict()) for row in db.execute(wanted)]


def put_outcome(db: Connection, new: OutcomeReview) -> None:
    """Put an outcome review in place of one after the same time."""
    where = (outcome_review.c.review == new.review, outcome_review.c.after == new.after)
    db.execute(delete(outcome_review).where(*where))
    db.execute(insert(outcome_review).values(**asdict(new)))


def outcomes(db: Connection, review: str) -> list[OutcomeReview]:
    """Return the outcome reviews of a review, the earliest first."""
    wanted = select(outcome_review).where(outcome_review.c.review == review).order_by(outcome_review.c.at)
    return [OutcomeReview(**row._asdict()) for row in db.execute(wanted)]


def close(db: Connection, new: Closing) -> bool:
    """Close a review; return False where it is closed."""
    return insert_once(db, closing, **asdict(new))


def closed(db: Connection, review: str) -> Closing | None:
    """Return the close of a review, if it is closed."""
    row = db.execute(select(closing).where(closing.c.review == review)).one_or_none()
    return Closing(**row._asdict()) if row else None

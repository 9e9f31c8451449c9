"""Rows of findings, replies and conclusions. A list is kept as one text, an item a line: roles have spaces."""

from datetime import date
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)

from workbench.database import Instant, insert_once, metadata, now
from workbench.errors import NotFound
from workbench.findings.model import Conclusion, Fate, Finding, Reply, Written

finding = Table(
    "finding",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("grade", String(1), nullable=False),
    Column("steps", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("source", String(200), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reply_by", Date),
    Column("accepted_at", Instant),
    Column("accepted_by", String(64)),
    Column("fate", String(16)),
    Column("fate_reason", Text),
    Column("fate_by", String(64)),
    Column("fate_at", Instant),
)
reply = Table(
    "finding_reply",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("finding", String(16), ForeignKey("finding.id"), nullable=False, index=True),
    Column("person", String(64)),
    Column("team", String(128), nullable=False),
    Column("accurate", Boolean, nullable=False),
    Column("text", Text),
    Column("at", Instant, nullable=False),
    UniqueConstraint("finding", "person"),
)
conclusion = Table(
    "conclusion",
    metadata,
    Column("review", String(64), ForeignKey("review.id"), primary_key=True),
    Column("criterion", String(128), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("findings", Text, nullable=False),
    Column("low", String(40), nullable=False),
    Column("high", String(40), nullable=False),
    Column("grade", String(1), nullable=False),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
BETWEEN = "\n"


def add(db: Connection, new: Finding) -> None:
    """Insert a finding."""
    db.execute(insert(finding).values(**_flat(asdict(new))))


def find(db: Connection, id: str) -> Finding:
    """Return a finding by id."""
    row = db.execute(select(finding).where(finding.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_finding")
    return _finding(row)


def findings(db: Connection, review: str) -> list[Finding]:
    """Return the findings of a review, the oldest first."""
    rows = db.execute(select(finding).where(finding.c.review == review).order_by(finding.c.at, finding.c.id))
    return [_finding(row) for row in rows]


def with_teams(db: Connection) -> list[Finding]:
    """Return the findings of all reviews that teams may still reply to, or that wait to be accepted."""
    wanted = select(finding).where(finding.c.reply_by.is_not(None), finding.c.accepted_at.is_(None))
    return [_finding(row) for row in db.execute(wanted.where(finding.c.fate.is_(None)).order_by(finding.c.reply_by))]


def correct(db: Connection, id: str, written: Written) -> None:
    """Put other words in place; a finding that was with the teams has to go to them again."""
    db.execute(update(finding).where(finding.c.id == id).values(**_flat(asdict(written)), reply_by=None))


def put(db: Connection, id: str, until: date) -> None:
    """Say until when the teams named may reply."""
    db.execute(update(finding).where(finding.c.id == id).values(reply_by=until))


def accept(db: Connection, id: str, by: str) -> bool:
    """Accept a finding unless somebody was quicker; return whether it was open."""
    where = (finding.c.id == id, finding.c.accepted_at.is_(None), finding.c.fate.is_(None))
    return db.execute(update(finding).where(*where).values(accepted_at=now(), accepted_by=by)).rowcount == 1


def settle(db: Connection, id: str, fate: Fate, reason: str, by: str) -> None:
    """Say what became of a finding."""
    values = {"fate": fate, "fate_reason": reason, "fate_by": by, "fate_at": now()}
    db.execute(update(finding).where(finding.c.id == id).values(**values))


def add_reply(db: Connection, new: Reply) -> bool:
    """Insert a reply; return False where the person has replied before."""
    return insert_once(db, reply, **asdict(new))


def replies(db: Connection, id: str) -> list[Reply]:
    """Return the replies to a finding, the oldest first."""
    rows = db.execute(select(reply).where(reply.c.finding == id).order_by(reply.c.at, reply.c.id))
    return [Reply(**row._asdict()) for row in rows]


def replied(db: Connection, person: str) -> set[str]:
    """Return the findings that a person has replied to."""
    return set(db.scalars(select(reply.c.finding).where(reply.c.person == person)))


def add_conclusion(db: Connection, new: Conclusion) -> bool:
    """Insert a conclusion; the earlier ones stay. Return False where somebody was quicker."""
    return insert_once(db, conclusion, **_flat(asdict(new)))


def conclusions(db: Connection, review: str) -> list[Conclusion]:
    """Return the conclusions of a review, for each criterion the newest last."""
    wanted = select(conclusion).where(conclusion.c.review == review)
    rows = db.execute(wanted.order_by(conclusion.c.criterion, conclusion.c.n))
    return [Conclusion(**{**row._asdict(), "findings": _list(row.findings)}) for row in rows]


def _finding(row: Row[Any]) -> Finding:
    return Finding(**{**row._asdict(), "steps": _list(row.steps), "teams": _list(row.teams)})


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    return {name: BETWEEN.join(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split(BETWEEN)) if text else ()

"""Rows of questions, answers and one-use links."""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
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
from workbench.questions.model import Answer, Question, Settled, Side

question = Table(
    "question",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("step", String(128), nullable=False),
    Column("bank", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("trigger", String(8), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("raised_by", String(64), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("closed_as", String(16)),
    Column("disposition", String(16)),
    Column("grade", String(1)),
    Column("closing", Text),
    Column("follow_up", Text),
    Column("closed_by", String(64)),
    Column("closed_at", Instant),
)
answer = Table(
    "answer",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("question", String(16), ForeignKey("question.id"), nullable=False, index=True),
    Column("person", String(64)),
    Column("side", String(16), nullable=False),
    Column("view", String(16), nullable=False),
    Column("reason", Text),
    Column("basis", String(1), nullable=False),
    Column("good", String(32), nullable=False),
    Column("usual", String(32), nullable=False),
    Column("bad", String(32), nullable=False),
    Column("ask_also", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("question", "person"),
)
answer_link = Table(
    "answer_link",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("question", String(16), ForeignKey("question.id"), nullable=False),
    Column("side", String(16), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
)
"""The id is the hash of the token; who uses it is not kept."""


def add(db: Connection, new: Question) -> None:
    """Insert a question."""
    db.execute(insert(question).values(**asdict(new)))


def find(db: Connection, id: str) -> Question:
    """Return a question by id."""
    row = db.execute(select(question).where(question.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_question")
    return Question(**row._asdict())


def questions(db: Connection, review: str) -> list[Question]:
    """Return the questions of a review, the weightiest first."""
    wanted = select(question).where(question.c.review == review)
    rows = db.execute(wanted.order_by(question.c.weight.desc(), question.c.raised_at, question.c.id))
    return [Question(**row._asdict()) for row in rows]


def all_open(db: Connection) -> list[Question]:
    """Return the open questions of all reviews, the weightiest first."""
    wanted = select(question).where(question.c.closed_as.is_(None))
    rows = db.execute(wanted.order_by(question.c.weight.desc(), question.c.raised_at, question.c.id))
    return [Question(**row._asdict()) for row in rows]


def close(db: Connection, id: str, settled: Settled, by: str) -> bool:
    """Close a question unless somebody was quicker; return whether it was open."""
    values: dict[str, Any] = asdict(settled)
    where = (question.c.id == id, question.c.closed_as.is_(None))
    return db.execute(update(question).where(*where).values(**values, closed_by=by, closed_at=now())).rowcount == 1


def reopen(db: Connection, id: str) -> None:
    """Open a closed question again."""
    gone = dict.fromkeys(("closed_as", "disposition", "grade", "closing", "follow_up", "closed_by", "closed_at"))
    db.execute(update(question).where(question.c.id == id).values(**gone))


def add_answer(db: Connection, new: Answer) -> bool:
    """Insert an answer; return False where the person has answered before."""
    return insert_once(db, answer, **asdict(new))


def answers(db: Connection, id: str) -> list[Answer]:
    """Return the answers to a question, in the order of their ids, which say nothing of their time."""
    return [_answer(row) for row in db.execute(select(answer).where(answer.c.question == id).order_by(answer.c.id))]


def answers_in(db: Connection, review: str) -> list[tuple[str, Answer]]:
    """Return every answer given in a review with the step it speaks of, in an order that says nothing of time."""
    asked = {
        row.id: row.step
        for row in db.execute(select(question.c.id, question.c.step).where(question.c.review == review))
    }
    given = db.execute(select(answer).join(question).where(question.c.review == review).order_by(answer.c.id))
    return [(asked[row.question], _answer(row)) for row in given]


def answered_by(db: Connection, person: str) -> set[str]:
    """Return the questions that a person has answered."""
    return set(db.scalars(select(answer.c.question).where(answer.c.person == person)))


def add_link(db: Connection, id: str, question_id: str, side: Side, by: str) -> None:
    """Insert a one-use link by the hash of its token."""
    db.execute(insert(answer_link).values(id=id, question=question_id, side=side, made_by=by, made_at=now()))


def open_link(db: Connection, id: str) -> tuple[str, Side] | None:
    """Return the question and the side of a link that was not used."""
    wanted = select(answer_link.c.question, answer_link.c.side).where(
        answer_link.c.id == id, answer_link.c.used_at.is_(None)
    )
    row = db.execute(wanted).one_or_none()
    return (row.question, row.side) if row else None


def use_link(db: Connection, id: str) -> bool:
    """Mark a link as used; return False where it was used before."""
    where = (answer_link.c.id == id, answer_link.c.used_at.is_(None))
    return db.execute(update(answer_link).where(*where).values(used_at=now())).rowcount == 1


def links(db: Connection, id: str) -> tuple[int, int]:
    """Return how many links were made for a question, and how many were used."""
    rows = db.execute(select(answer_link.c.used_at).where(answer_link.c.question == id)).all()
    return len(rows), sum(1 for row in rows if row.used_at is not None)


def _answer(row: Row[Any]) -> Answer:
    return Answer(**row._asdict())

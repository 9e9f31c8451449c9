"""Rows of the foundation that no use case owns: forms that were acted on, and drafts."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Connection, ForeignKey, String, Table, Text, delete, select, update

from workbench.database import Instant, insert_once, metadata, now

submission = Table(
    "submission",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("person", String(32), nullable=False),
    Column("route", String(200), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("location", Text),
    Column("at", Instant, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("person", String(32), ForeignKey("person.id"), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


class Submission(Struct, frozen=True):
    """A form that was acted on; ``location`` is where its sender was sent, None if the answer was cut."""

    token: str
    person: str
    route: str
    body_hash: str
    location: str | None = None
    at: datetime | None = None


class Draft(Struct, frozen=True):
    """What somebody typed and has not sent."""

    body: dict[str, Any]
    at: datetime


def claim(db: Connection, form: Submission) -> bool:
    """Say that a form is being acted on; return whether it is the first time."""
    fields = {name: getattr(form, name) for name in ("token", "person", "route", "body_hash")}
    return insert_once(db, submission, **fields, at=now())


def answer(db: Connection, token: str, location: str) -> None:
    """Keep where the sender of a form was sent."""
    db.execute(update(submission).where(submission.c.token == token).values(location=location))


def submitted(db: Connection, token: str) -> Submission | None:
    """Return the form of a token if it was acted on."""
    row = db.execute(select(submission).where(submission.c.token == token)).one_or_none()
    return Submission(row.token, row.person, row.route, row.body_hash, row.location, row.at) if row else None


def sweep(db: Connection, before: datetime) -> int:
    """Throw away what is known of forms that were acted on before a moment; return how many."""
    return int(db.execute(delete(submission).where(submission.c.at < before)).rowcount)


def keep_draft(db: Connection, person: str, key: str, body: dict[str, Any]) -> None:
    """Keep what somebody typed under a key of the page, in place of what was kept before."""
    drop_draft(db, person, key)
    db.execute(draft.insert().values(person=person, key=key, body=msgspec.json.encode(body).decode(), at=now()))


def draft_of(db: Connection, person: str, key: str) -> Draft | None:
    """Return what somebody typed under a key, or None."""
    row = db.execute(select(draft).where(draft.c.person == person, draft.c.key == key)).one_or_none()
    return Draft(msgspec.json.decode(row.body), row.at) if row else None


def drop_draft(db: Connection, person: str, key: str) -> None:
    """Forget a draft, as when it has been sent."""
    db.execute(delete(draft).where(draft.c.person == person, draft.c.key == key))

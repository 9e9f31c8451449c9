"""Signatures: a person's decision, bound to the document that was shown.

What is signed is a pack, a document with everything decided on. The signed record holds its digest, the meaning, the
signer, a salted hash of the reason, conditions, the moment, and the signed record before it. The reason itself is a row
that can be erased.
"""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct
from sqlalchemy import Column, Connection, ForeignKey, Row, String, Table, Text, insert, select

from process_models.values.document import Document
from workbench import documents, record
from workbench.database import Instant, metadata, now
from workbench.errors import Invalid, NotPossible

Outcome = Literal["approve", "approve with conditions", "defer", "reject", "ask for more"]
OUTCOMES: tuple[Outcome, ...] = ("approve", "approve with conditions", "defer", "reject", "ask for more")

signature = Table(
    "signature",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("subject", String(200), nullable=False, index=True),
    Column("pack", String(64), ForeignKey("document.digest"), nullable=False),
    Column("signed", String(64), ForeignKey("document.digest"), nullable=False, unique=True),
    Column("outcome", String(32), nullable=False),
    Column("signer", String(64), nullable=False),
    Column("reason", Text),
    Column("salt", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)


class Condition(Document, frozen=True):
    """What must be met, by which role, until when."""

    text: str
    owner: str
    due: str
    """ISO date."""


class SignedRecord(Document, frozen=True, kw_only=True):
    """What exactly was signed. Names no person but by id, and no reason but by its salted hash."""

    format: int = 1
    subject: str
    pack: str
    meaning: str
    outcome: Outcome
    signer: str
    reason: str
    conditions: tuple[Condition, ...] = ()
    until: str = ""
    """ISO date to which a decision is deferred."""
    at: str
    """UTC, ISO."""
    previous: str = ""


class Signature(Struct, frozen=True):
    """A signature as pages show it."""

    id: str
    subject: str
    pack: str
    signed: str
    outcome: Outcome
    signer: str
    reason: str | None
    """None where it was erased."""
    at: datetime
    record: SignedRecord


class Intent(Struct, frozen=True, kw_only=True):
    """What a person means to sign, and the digest of the pack that was shown."""

    shown: str
    outcome: Outcome
    reason: str
    conditions: tuple[Condition, ...] = ()
    until: str = ""


def sign(db: Connection, signer: str, subject: str, meaning: str, pack: Document, intent: Intent) -> Signature:
    """Store a pack, the signed record and its signature within an act's transaction, and put it on the record.

    Refused where another pack was shown than the one that would be signed, or the outcome lacks what it needs. The
    caller has asked for the password, and checks that nobody signs their own proposal.
    """
    _complete(intent)
    digest = documents.keep(db, pack)
    if intent.shown != digest:
        raise NotPossible("pack_changed")
    salt, hashed = record.seal(intent.reason)
    at = now()
    before = last(db, subject)
    signed = SignedRecord(
        subject=subject,
        pack=digest,
        meaning=meaning,
        outcome=intent.outcome,
        signer=signer,
        reason=hashed,
        conditions=intent.conditions,
        until=intent.until,
        at=at.isoformat(timespec="milliseconds"),
        previous=before.signed if before else "",
    )
    id = secrets.token_hex(8)
    row = {
        "id": id,
        "subject": subject,
        "pack": digest,
        "signed": documents.keep(db, signed),
        "outcome": intent.outcome,
    }
    db.execute(insert(signature).values(**row, signer=signer, reason=intent.reason, salt=salt, at=at))
    record.enter(db, signer, "sign", subject, {"signed": row["signed"], "pack": digest, "outcome": intent.outcome})
    return of(db, subject)[0]


def _complete(intent: Intent) -> None:
    """Refuse an outcome without what it needs."""
    if not intent.reason.strip():
        raise Invalid("reason_needed")
    if intent.outcome == "approve with conditions" and not intent.conditions:
        raise Invalid("conditions_needed")
    if intent.outcome == "defer" and not intent.until:
        raise Invalid("date_needed")


def of(db: Connection, subject: str) -> list[Signature]:
    """Return the signatures on a subject, newest first."""
    wanted = select(signature).where(signature.c.subject == subject).order_by(signature.c.at.desc(), signature.c.id)
    return [_signature(db, row) for row in db.execute(wanted)]


def last(db: Connection, subject: str) -> Signature | None:
    """Return the newest signature on a subject."""
    return next(iter(of(db, subject)), None)


def _signature(db: Connection, row: Row[tuple[object, ...]]) -> Signature:
    values = dict(row._asdict())
    del values["salt"]
    return Signature(**values, record=documents.fetch(db, values["signed"], SignedRecord))


WORDS = tuple(Path(__file__).with_name("check_words.txt").read_text().split())


def check_words(digest: str) -> str:
    """Return four words that stand for a digest, for comparing a screen with a printed page by eye.

    >>> check_words("00" * 32)
    'amber · amber · amber · amber'
    """
    numbers = (int(digest[4 * n : 4 * n + 4], 16) for n in range(4))
    return " · ".join(WORDS[number % len(WORDS)] for number in numbers)


def short(digest: str) -> str:
    """Return a digest's beginning and end in groups of four."""
    return f"{digest[0:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]} … {digest[-8:-4]} {digest[-4:]}"

"""What was done, by whom, in an append-only chain: each entry's hash covers the one before it.

A chain alone shows edits, gaps and swaps, but neither a cut tail nor a rewriting of everything. So its size and head
are appended to a file outside the database (a checkpoint), daily and at every decision, and :func:`verify` holds the
chain against all of them. Texts of persons never enter: they are rows that can be erased, and the chain holds a salted
hash.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Column, Connection, Engine, Integer, Row, String, Table, Text, func, select, text

from process_models.values.canonical import canonical
from process_models.values.sentences import Sentence
from workbench.database import EPOCH, Instant, metadata, now, reading

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("entry", Text, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

BEFORE_THE_FIRST = "0" * 64


class Entry(Struct, frozen=True):
    """One act on the record; ``actor`` is a person's id, or empty for the installation itself."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    entry: dict[str, Any]
    hash: str


class Checkpoint(Struct, frozen=True, forbid_unknown_fields=True):
    """How long the record was at a moment, and the hash of its last entry."""

    size: int
    head: str
    at: str


class Verification(Struct, frozen=True):
    """What a check of the record found; no faults and no checkpoints means: unbroken, but a cut tail would not show."""

    size: int
    head: str
    checkpoints: int
    faults: tuple[Sentence, ...]

    @property
    def whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults


def enter(db: Connection, actor: str, act: str, subject: str, entry: Mapping[str, Any]) -> int:
    """Put an act on the record, in the act's own transaction, and return its number."""
    if db.dialect.name == "postgresql":
        db.execute(text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
    last = db.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
    seq, prev = (last.seq + 1, last.hash) if last else (1, BEFORE_THE_FIRST)
    content = {"actor": actor, "act": act, "subject": subject, "entry": canonical(dict(entry)).decode()}
    at = now()
    db.execute(audit.insert().values(seq=seq, at=at, prev=prev, hash=_link(prev, seq, at, content), **content))
    return int(seq)


def _link(prev: str, seq: int, at: datetime, content: Mapping[str, str]) -> str:
    ms = round((at - EPOCH).total_seconds() * 1000)
    return hashlib.sha256(prev.encode() + canonical({"seq": seq, "at": ms, **content})).hexdigest()


def entries(db: Connection, limit: int, before: int | None = None, subject: str | None = None) -> list[Entry]:
    """Return the newest entries, newest first; ``before`` and ``subject`` narrow them."""
    wanted = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(audit.c.seq < before)
    if subject is not None:
        wanted = wanted.where(audit.c.subject == subject)
    return [_entry(row) for row in db.execute(wanted)]


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.seq, row.at, row.actor, row.act, row.subject, json.loads(row.entry), row.hash)


def verify(db: Connection, checkpoints: Iterable[Checkpoint] = ()) -> Verification:
    """Walk the whole chain and hold it against the checkpoints that were kept."""
    known = tuple(checkpoints)
    heads: dict[int, str] = {0: BEFORE_THE_FIRST}
    faults: list[Sentence] = []
    prev, expected = BEFORE_THE_FIRST, 1
    for row in db.execute(select(audit).order_by(audit.c.seq)):
        faults += _faults_of(row, prev, expected)
        prev, expected = row.hash, row.seq + 1
        heads[row.seq] = row.hash
    faults += _faults_against(heads, known)
    return Verification(size=expected - 1, head=prev, checkpoints=len(known), faults=tuple(faults))


def _faults_of(row: Row[Any], prev: str, expected: int) -> Iterator[Sentence]:
    if row.seq != expected:
        yield Sentence.of("record_gap", first=expected, last=row.seq - 1)
    elif row.prev != prev:
        yield Sentence.of("record_unlinked", seq=row.seq)
    content = {"actor": row.actor, "act": row.act, "subject": row.subject, "entry": row.entry}
    if _link(row.prev, row.seq, row.at, content) != row.hash:
        yield Sentence.of("record_edited", seq=row.seq)


def _faults_against(heads: Mapping[int, str], checkpoints: Iterable[Checkpoint]) -> Iterator[Sentence]:
    for point in checkpoints:
        if point.size not in heads:
            yield Sentence.of("record_cut", size=point.size, at=point.at, now=max(heads))
        elif heads[point.size] != point.head:
            yield Sentence.of("record_rewritten", size=point.size, at=point.at)


def checkpoint(engine: Engine, file: Path) -> Checkpoint:
    """Append the record's size and head to a file outside the database; call it after the act has been stored."""
    with reading(engine) as db:
        last = db.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
    size, head = (last.seq, last.hash) if last else (0, BEFORE_THE_FIRST)
    point = Checkpoint(int(size), head, now().isoformat(timespec="milliseconds"))
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as out:
        out.write(msgspec.json.encode(point) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return point


def checkpoints(file: Path) -> tuple[Checkpoint, ...]:
    """Return all checkpoints ever kept in a file, oldest first; no file means none."""
    if not file.exists():
        return ()
    return tuple(msgspec.json.decode(line, type=Checkpoint) for line in file.read_bytes().splitlines() if line)


def checkpoint_daily(engine: Engine, file: Path) -> bool:
    """Keep a checkpoint unless one of today is there; return whether one was made."""
    known = checkpoints(file)
    if known and known[-1].at[:10] == now().date().isoformat():
        return False
    checkpoint(engine, file)
    return True


def seal(words: str) -> tuple[str, str]:
    """Return a fresh salt and the hash of a person's words under it; the salt is kept, and erased, with the words."""
    salt = secrets.token_hex(16)
    return salt, _sealed(words, salt)


def sealed(words: str, salt: str, hash: str) -> bool:
    """Say whether these are the words that were sealed."""
    return hmac.compare_digest(_sealed(words, salt), hash)


def _sealed(words: str, salt: str) -> str:
    return hmac.new(bytes.fromhex(salt), words.encode(), hashlib.sha256).hexdigest()


def size(db: Connection) -> int:
    """Return how many entries the record has."""
    return int(db.scalar(select(func.coalesce(func.max(audit.c.seq), 0))) or 0)

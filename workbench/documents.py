"""Values stored under the SHA-256 of their canonical JSON: kept once, never updated."""

from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Column, Connection, LargeBinary, String, Table, select

from process_models.values.canonical import canonical, digest_of_bytes, read
from workbench.database import Instant, insert_once, metadata, now
from workbench.errors import Damaged, NotFound

document = Table(
    "document",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

T = TypeVar("T", bound=Struct)


def keep(db: Connection, value: Any, kind: str = "") -> str:
    """Store a document and return its digest; equal content is stored once. The kind is its type's name by default."""
    body = canonical(value)
    name = digest_of_bytes(body)
    insert_once(db, document, digest=name, kind=kind or type(value).__name__, body=body, created_at=now())
    return name


def fetch(db: Connection, digest: str, type: type[T]) -> T:
    """Return the document of a digest; raises NotFound, or Damaged if the bytes no longer fit the digest."""
    return read(body(db, digest), type)


def body(db: Connection, digest: str) -> bytes:
    """Return the stored bytes of a digest, checked against it."""
    stored = db.scalar(select(document.c.body).where(document.c.digest == digest))
    if stored is None:
        raise NotFound("no_document", digest=digest[:12])
    found = bytes(stored)
    if digest_of_bytes(found) != digest:
        raise Damaged("document_damaged", digest=digest[:12])
    return found


def kept(db: Connection, digest: str) -> bool:
    """Say whether a document is stored."""
    return db.scalar(select(document.c.digest).where(document.c.digest == digest)) is not None

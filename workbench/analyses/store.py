"""Rows of tables of evidence and of what is asked of them; both can be taken away."""

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from workbench.analyses.model import Analysis, Ask, EvidenceTable, packed, unpacked
from workbench.database import Instant, metadata
from workbench.errors import NotFound

evidence_table = Table(
    "evidence_table",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("file", LargeBinary, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
analysis = Table(
    "analysis",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("table", String(16), ForeignKey("evidence_table.id"), nullable=False),
    Column("title", String(200), nullable=False),
    Column("ask", Text, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)


def add_table(db: Connection, new: EvidenceTable) -> None:
    """Insert a table."""
    db.execute(insert(evidence_table).values(**{name: getattr(new, name) for name in new.__struct_fields__}))


def table(db: Connection, id: str) -> EvidenceTable:
    """Return a table by id."""
    row = db.execute(select(evidence_table).where(evidence_table.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_evidence_table")
    return EvidenceTable(**row._asdict())


def tables(db: Connection, review: str) -> list[EvidenceTable]:
    """Return the tables of a review, the newest first."""
    wanted = select(evidence_table).where(evidence_table.c.review == review)
    rows = db.execute(wanted.order_by(evidence_table.c.at.desc(), evidence_table.c.id))
    return [EvidenceTable(**row._asdict()) for row in rows]


def put_file(db: Connection, id: str, file: bytes) -> None:
    """Put another file in place of a table's."""
    db.execute(update(evidence_table).where(evidence_table.c.id == id).values(file=file))


def add(db: Connection, new: Analysis) -> None:
    """Insert an analysis."""
    fields = {name: getattr(new, name) for name in new.__struct_fields__}
    db.execute(insert(analysis).values(**{**fields, "ask": packed(new.ask).decode()}))


def put(db: Connection, id: str, ask: Ask) -> None:
    """Put another question in place of an analysis's."""
    db.execute(update(analysis).where(analysis.c.id == id).values(ask=packed(ask).decode()))


def find(db: Connection, id: str) -> Analysis:
    """Return an analysis by id."""
    row = db.execute(select(analysis).where(analysis.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_analysis")
    return _analysis(row)


def analyses(db: Connection, review: str) -> list[Analysis]:
    """Return the analyses of a review, the oldest first."""
    rows = db.execute(select(analysis).where(analysis.c.review == review).order_by(analysis.c.at, analysis.c.id))
    return [_analysis(row) for row in rows]


def remove(db: Connection, id: str) -> None:
    """Take an analysis away."""
    db.execute(delete(analysis).where(analysis.c.id == id))


def _analysis(row: "Row[tuple[object, ...]]") -> Analysis:
    fields = row._asdict()
    return Analysis(**{**fields, "ask": unpacked(fields["ask"])})

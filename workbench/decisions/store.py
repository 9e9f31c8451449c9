"""Rows of recommendations, their revisions and re-runs; their contents are documents."""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, insert, select, update

from workbench import documents
from workbench.database import Instant, metadata, now
from workbench.decisions.model import Proposal, ProposalRevision, Recommendation, Rerun, RerunRow
from workbench.errors import NotFound

recommendation = Table(
    "recommendation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("service", String(64), ForeignKey("service.id"), nullable=False),
    Column("author", String(64), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("asked", String(64), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Instant),
)
recommendation_revision = Table(
    "recommendation_revision",
    metadata,
    Column("recommendation", String(64), ForeignKey("recommendation.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), ForeignKey("document.digest"), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
rerun = Table(
    "rerun",
    metadata,
    Column("job", String(32), ForeignKey("job.id"), primary_key=True),
    Column("recommendation", String(64), ForeignKey("recommendation.id"), nullable=False, index=True),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("result", String(64), ForeignKey("document.digest")),
    Column("ended_at", Instant),
)


def add(db: Connection, new: Recommendation) -> None:
    """Insert a recommendation."""
    db.execute(insert(recommendation).values(**asdict(new)))


def find(db: Connection, id: str) -> Recommendation:
    """Return a recommendation by id."""
    row = db.execute(select(recommendation).where(recommendation.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_recommendation")
    return Recommendation(**row._asdict())


def recommendations(db: Connection, review: str | None = None) -> list[Recommendation]:
    """Return the recommendations of a review, or all, newest first."""
    wanted = select(recommendation).order_by(recommendation.c.begun_at.desc(), recommendation.c.id)
    rows = db.execute(wanted.where(recommendation.c.review == review) if review else wanted)
    return [Recommendation(**row._asdict()) for row in rows]


def ask(db: Connection, id: str, pack: str, by: str) -> None:
    """Keep which pack is to be decided on, and who asked."""
    values = {"asked": pack, "asked_by": by, "asked_at": now()}
    db.execute(update(recommendation).where(recommendation.c.id == id).values(values))


def add_revision(db: Connection, id: str, new: ProposalRevision) -> None:
    """Insert a revision; a number already taken is refused by the key."""
    values = asdict(new)
    db.execute(insert(recommendation_revision).values(recommendation=id, **values))


def revisions(db: Connection, id: str) -> list[ProposalRevision]:
    """Return all revisions of a recommendation, newest first."""
    table = recommendation_revision
    wanted = select(table).where(table.c.recommendation == id).order_by(table.c.n.desc())
    return [_revision(row) for row in db.execute(wanted)]


def head(db: Connection, id: str) -> ProposalRevision:
    """Return the newest revision of a recommendation."""
    return revisions(db, id)[0]


def proposal(db: Connection, id: str) -> Proposal:
    """Return the newest content of a recommendation."""
    return documents.fetch(db, head(db, id).digest, Proposal)


def add_rerun(db: Connection, new: RerunRow) -> None:
    """Insert a re-run that was asked for."""
    db.execute(insert(rerun).values(**asdict(new)))


def end_rerun(db: Connection, job: str, result: str) -> None:
    """Keep what a re-run gave."""
    db.execute(update(rerun).where(rerun.c.job == job).values(result=result, ended_at=now()))


def reruns(db: Connection, id: str) -> list[RerunRow]:
    """Return the re-runs of a recommendation, newest first."""
    wanted = select(rerun).where(rerun.c.recommendation == id).order_by(rerun.c.asked_at.desc(), rerun.c.job)
    return [RerunRow(**row._asdict()) for row in db.execute(wanted)]


def result_of(db: Connection, found: RerunRow) -> Rerun | None:
    """Return what a re-run gave, or None before its end."""
    return documents.fetch(db, found.result, Rerun) if found.result else None


def _revision(row: Row[Any]) -> ProposalRevision:
    return ProposalRevision(row.n, row.digest, row.author, row.at)

"""Rows of scenarios, experiments and played blocks; their contents are documents."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Column, Connection, ForeignKey, Row, String, Table, insert, select, update

from simulations.experiments import BlockResult, Summary
from simulations.scenario import Scenario
from workbench import documents
from workbench.database import Instant, insert_once, metadata, now
from workbench.errors import NotFound
from workbench.experiments.model import Experiment, Outcome, ScenarioRow, Spec

scenario = Table(
    "scenario",
    metadata,
    Column("review", String(64), ForeignKey("review.id"), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("digest", String(64), ForeignKey("document.digest"), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
experiment = Table(
    "experiment",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("review", String(64), ForeignKey("review.id"), nullable=False, index=True),
    Column("service", String(64), ForeignKey("service.id"), nullable=False),
    Column("spec", String(64), ForeignKey("document.digest"), nullable=False),
    Column("job", String(16), ForeignKey("job.id"), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("outcome", String(64), ForeignKey("document.digest")),
)
played_block = Table(
    "played_block",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("digest", String(64), ForeignKey("document.digest"), nullable=False),
    Column("at", Instant, nullable=False),
)
"""Blocks by the identity of what was played: none is ever played twice."""


def put_scenario(db: Connection, new: ScenarioRow) -> None:
    """Insert a scenario, or put it in place of the one with its id."""
    values = asdict(new)
    if not insert_once(db, scenario, **values):
        where = (scenario.c.review == new.review, scenario.c.id == new.id)
        db.execute(update(scenario).where(*where).values(**values))


def scenarios(db: Connection, review: str) -> list[ScenarioRow]:
    """Return the scenarios of a review, the oldest first."""
    wanted = select(scenario).where(scenario.c.review == review).order_by(scenario.c.at, scenario.c.id)
    return [ScenarioRow(**row._asdict()) for row in db.execute(wanted)]


def scenario_of(db: Connection, digest: str) -> Scenario:
    """Return a scenario by its digest."""
    return documents.fetch(db, digest, Scenario)


def add(db: Connection, new: Experiment) -> None:
    """Insert an experiment."""
    db.execute(insert(experiment).values(**asdict(new)))


def find(db: Connection, id: str) -> Experiment:
    """Return an experiment by id."""
    return _experiment(db.execute(select(experiment).where(experiment.c.id == id)).one_or_none())


def experiments(db: Connection, review: str) -> list[Experiment]:
    """Return the experiments of a review, newest first."""
    wanted = select(experiment).where(experiment.c.review == review)
    return [_experiment(row) for row in db.execute(wanted.order_by(experiment.c.asked_at.desc(), experiment.c.id))]


def finish(db: Connection, id: str, outcome: str) -> None:
    """Keep what an experiment gave."""
    db.execute(update(experiment).where(experiment.c.id == id).values(outcome=outcome))


def spec(db: Connection, found: Experiment) -> Spec:
    """Return what an experiment asks for."""
    return documents.fetch(db, found.spec, Spec)


def outcome(db: Connection, found: Experiment) -> Outcome | None:
    """Return what an experiment gave, or None while it runs."""
    return documents.fetch(db, found.outcome, Outcome) if found.outcome else None


def summaries(db: Connection, found: Outcome) -> dict[str, Summary]:
    """Return the summaries of an experiment, by design and scenario with a slash between."""
    return {cell.id: documents.fetch(db, cell.summary, Summary) for cell in found.cells}


def summary(db: Connection, digest: str) -> Summary:
    """Return a summary by its digest."""
    return documents.fetch(db, digest, Summary)


def keep_block(db: Connection, block: BlockResult) -> None:
    """Keep a played block under its key."""
    insert_once(db, played_block, key=block.key, digest=documents.keep(db, block), at=now())


def blocks(db: Connection, keys: Iterable[str]) -> dict[str, BlockResult]:
    """Return the blocks that are known among keys."""
    wanted = sorted(keys)
    rows = db.execute(select(played_block.c.key, played_block.c.digest).where(played_block.c.key.in_(wanted))).all()
    return {row.key: documents.fetch(db, row.digest, BlockResult) for row in rows}


def _experiment(row: Row[Any] | None) -> Experiment:
    if row is None:
        raise NotFound("no_experiment")
    return Experiment(**row._asdict())

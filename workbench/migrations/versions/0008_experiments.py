"""Scenarios, experiments and played blocks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables of experiments."""
    op.create_table(
        "scenario",
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["document.digest"], name="fk_scenario_digest"),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_scenario_review"),
        sa.PrimaryKeyConstraint("review", "id", name="pk_scenario"),
    )
    op.create_table(
        "experiment",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("spec", sa.String(length=64), nullable=False),
        sa.Column("job", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name="fk_experiment_job"),
        sa.ForeignKeyConstraint(["outcome"], ["document.digest"], name="fk_experiment_outcome"),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_experiment_review"),
        sa.ForeignKeyConstraint(["service"], ["service.id"], name="fk_experiment_service"),
        sa.ForeignKeyConstraint(["spec"], ["document.digest"], name="fk_experiment_spec"),
        sa.PrimaryKeyConstraint("id", name="pk_experiment"),
    )
    op.create_index("ix_experiment_review", "experiment", ["review"])
    op.create_table(
        "played_block",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["document.digest"], name="fk_played_block_digest"),
        sa.PrimaryKeyConstraint("key", name="pk_played_block"),
    )

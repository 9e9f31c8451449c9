"""Recommendations, their revisions and re-runs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables of decisions."""
    op.create_table(
        "recommendation",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_recommendation_review"),
        sa.ForeignKeyConstraint(["service"], ["service.id"], name="fk_recommendation_service"),
        sa.PrimaryKeyConstraint("id", name="pk_recommendation"),
    )
    op.create_index("ix_recommendation_review", "recommendation", ["review"])
    op.create_table(
        "recommendation_revision",
        sa.Column("recommendation", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["document.digest"], name="fk_recommendation_revision_digest"),
        sa.ForeignKeyConstraint(
            ["recommendation"], ["recommendation.id"], name="fk_recommendation_revision_recommendation"
        ),
        sa.PrimaryKeyConstraint("recommendation", "n", name="pk_recommendation_revision"),
    )
    op.create_table(
        "rerun",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("recommendation", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name="fk_rerun_job"),
        sa.ForeignKeyConstraint(["recommendation"], ["recommendation.id"], name="fk_rerun_recommendation"),
        sa.ForeignKeyConstraint(["result"], ["document.digest"], name="fk_rerun_result"),
        sa.PrimaryKeyConstraint("job", name="pk_rerun"),
    )
    op.create_index("ix_rerun_recommendation", "rerun", ["recommendation"])

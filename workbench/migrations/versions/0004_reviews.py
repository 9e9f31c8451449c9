"""Reviews, and the revisions of their plans and scopes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of reviews."""
    op.create_table(
        "review",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_scope", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["process"], ["process.id"], name="fk_review_process"),
        sa.ForeignKeyConstraint(["service"], ["service.id"], name="fk_review_service"),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
    )
    op.create_table(
        "review_part",
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["document.digest"], name="fk_review_part_digest"),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_review_part_review"),
        sa.PrimaryKeyConstraint("review", "kind", "n", name="pk_review_part"),
    )

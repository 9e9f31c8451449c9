"""Readings, outcome reviews, and the close of a review."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables of monitoring."""
    op.create_table(
        "reading",
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("criterion", sa.String(length=128), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_reading_review"),
        sa.PrimaryKeyConstraint("review", "criterion", "day", name="pk_reading"),
    )
    op.create_table(
        "outcome_review",
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_outcome_review_review"),
        sa.PrimaryKeyConstraint("review", "after", name="pk_outcome_review"),
    )
    op.create_table(
        "closing",
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("unread", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_closing_review"),
        sa.PrimaryKeyConstraint("review", name="pk_closing"),
    )

"""Options and the revisions of their moves."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of options."""
    op.create_table(
        "option",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("letter", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_option_review"),
        sa.ForeignKeyConstraint(["service"], ["service.id"], name="fk_option_service"),
        sa.PrimaryKeyConstraint("id", name="pk_option"),
    )
    op.create_index("ix_option_review", "option", ["review"])
    op.create_table(
        "option_revision",
        sa.Column("option", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["document.digest"], name="fk_option_revision_digest"),
        sa.ForeignKeyConstraint(["option"], ["option.id"], name="fk_option_revision_option"),
        sa.PrimaryKeyConstraint("option", "n", name="pk_option_revision"),
    )

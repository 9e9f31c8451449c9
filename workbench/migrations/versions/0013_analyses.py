"""Tables of evidence, and what is asked of them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables of analyses."""
    op.create_table(
        "evidence_table",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_evidence_table_review"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_table"),
    )
    op.create_index("ix_evidence_table_review", "evidence_table", ["review"])
    op.create_table(
        "analysis",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("table", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_analysis_review"),
        sa.ForeignKeyConstraint(["table"], ["evidence_table.id"], name="fk_analysis_table"),
        sa.PrimaryKeyConstraint("id", name="pk_analysis"),
    )
    op.create_index("ix_analysis_review", "analysis", ["review"])

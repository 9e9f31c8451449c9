"""Findings, the replies of teams, and conclusions on criteria."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables of findings."""
    op.create_table(
        "finding",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("teams", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by", sa.String(length=64), nullable=True),
        sa.Column("fate", sa.String(length=16), nullable=True),
        sa.Column("fate_reason", sa.Text(), nullable=True),
        sa.Column("fate_by", sa.String(length=64), nullable=True),
        sa.Column("fate_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_finding_review"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
    )
    op.create_index("ix_finding_review", "finding", ["review"])
    op.create_table(
        "finding_reply",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("team", sa.String(length=128), nullable=False),
        sa.Column("accurate", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["finding"], ["finding.id"], name="fk_finding_reply_finding"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_reply"),
        sa.UniqueConstraint("finding", "person", name="uq_finding_reply_finding_person"),
    )
    op.create_index("ix_finding_reply_finding", "finding_reply", ["finding"])
    op.create_table(
        "conclusion",
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("criterion", sa.String(length=128), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("low", sa.String(length=40), nullable=False),
        sa.Column("high", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name="fk_conclusion_review"),
        sa.PrimaryKeyConstraint("review", "criterion", "n", name="pk_conclusion"),
    )

"""Processes and their revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of processes."""
    op.create_table(
        "process",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["service"], ["service.id"], name="fk_process_service"),
        sa.PrimaryKeyConstraint("id", name="pk_process"),
    )
    op.create_table(
        "revision",
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("graph", sa.String(length=64), nullable=False),
        sa.Column("staffing", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["graph"], ["document.digest"], name="fk_revision_graph"),
        sa.ForeignKeyConstraint(["process"], ["process.id"], name="fk_revision_process"),
        sa.ForeignKeyConstraint(["staffing"], ["document.digest"], name="fk_revision_staffing"),
        sa.PrimaryKeyConstraint("process", "n", name="pk_revision"),
    )

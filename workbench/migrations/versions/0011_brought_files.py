"""Files of processes that were brought in, with what was read of them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table in which a file waits until it is made a version, and the report stays afterwards."""
    op.create_table(
        "brought_file",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("chosen", sa.String(length=500), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("reading", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["service"], ["service.id"], name="fk_brought_file_service"),
        sa.ForeignKeyConstraint(["process"], ["process.id"], name="fk_brought_file_process"),
        sa.PrimaryKeyConstraint("id", name="pk_brought_file"),
    )
    op.create_index("ix_brought_file_process", "brought_file", ["process"])

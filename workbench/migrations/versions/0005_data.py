"""Logs that people brought in, and what was read out of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of logs."""
    op.create_table(
        "log",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("header", sa.String(length=64), nullable=False),
        sa.Column("guess", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.String(length=64), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["guess"], ["document.digest"], name="fk_log_guess"),
        sa.ForeignKeyConstraint(["header"], ["document.digest"], name="fk_log_header"),
        sa.ForeignKeyConstraint(["service"], ["service.id"], name="fk_log_service"),
        sa.PrimaryKeyConstraint("id", name="pk_log"),
    )
    op.create_table(
        "log_result",
        sa.Column("log", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.id"], name="fk_log_result_log"),
        sa.ForeignKeyConstraint(["result"], ["document.digest"], name="fk_log_result_result"),
        sa.PrimaryKeyConstraint("log", "n", name="pk_log_result"),
    )

"""Whose password an invitation is for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Let an invitation be for a person; the first administrator's is for nobody yet."""
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("person", sa.String(length=32), nullable=True))
        invitation.create_foreign_key("fk_invitation_person", "person", ["person"], ["id"])

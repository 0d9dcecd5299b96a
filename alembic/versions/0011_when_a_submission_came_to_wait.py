"""when a submission came to wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # the default is for the submissions that are there already: their days are counted from their arrival
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_at", sa.String(length=27), server_default="", nullable=False))
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.alter_column("settled_at", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_column("settled_at")

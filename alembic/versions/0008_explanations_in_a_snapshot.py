"""What agencies explained of the figures in a snapshot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("snapshot_inputs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("explained", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("snapshot_inputs", schema=None) as batch_op:
        batch_op.drop_column("explained")

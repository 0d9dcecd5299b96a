"""the sheet of a submission."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # the default is for the submissions that are there already; new ones say it themselves
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sheet", sa.String(length=200), server_default="", nullable=False))
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.alter_column("sheet", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_column("sheet")

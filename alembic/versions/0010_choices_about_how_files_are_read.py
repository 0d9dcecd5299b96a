"""choices about how files are read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_profiles",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("dataset", sa.String(length=120), nullable=False),
        sa.Column("schema_version", sa.String(length=20), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profiles")),
    )
    with op.batch_alter_table("import_profiles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_profiles_agency"), ["agency"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("import_profiles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_profiles_agency"))

    op.drop_table("import_profiles")

"""profile and acceptance of a submission."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NEW = (
    ("profile", sa.Text(), ""),
    ("attested_by", sa.String(length=40), ""),
    ("accepted_at", sa.String(length=27), ""),
    ("explanations", sa.Text(), "{}"),
    ("superseded_by", sa.String(length=40), ""),
)
_submissions = sa.table(
    "submissions",
    sa.column("id"),
    sa.column("sheet"),
    sa.column("profile"),
    sa.column("state"),
    sa.column("at"),
    sa.column("accepted_at"),
)


def upgrade() -> None:
    # the defaults are for the submissions that are there already; new ones say it themselves
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        for name, kind, default in _NEW:
            batch_op.add_column(sa.Column(name, kind, server_default=default, nullable=False))
    connection = op.get_bind()
    chosen = connection.execute(sa.select(_submissions.c.id, _submissions.c.sheet).where(_submissions.c.sheet != ""))
    for row in chosen.all():
        profile = json.dumps({"sheet": row.sheet}, ensure_ascii=False)
        connection.execute(_submissions.update().where(_submissions.c.id == row.id).values(profile=profile))
    let_in = ("accepted", "part-accepted", "superseded")
    arrived = _submissions.update().where(_submissions.c.state.in_(let_in))
    connection.execute(arrived.values(accepted_at=_submissions.c.at))
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        for name, _kind, _default in _NEW:
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_column("sheet")


def downgrade() -> None:
    connection = op.get_bind()
    # A release before this one knows no file that waits for a word: it would check it again, and seal its rows again. Those sealed
    # now would lie in the vault named by nothing. To erase them is a deed of the vault, which stands in the log; not one of ours.
    waiting = sa.select(sa.func.count()).select_from(_submissions).where(_submissions.c.state == "checked")
    if count := connection.execute(waiting).scalar_one():
        waits = "1 file waits" if count == 1 else f"{count} files wait"
        raise RuntimeError(f"{waits} for an agency's word: have each let in or withdrawn, then go back")
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sheet", sa.String(length=200), server_default="", nullable=False))
    chosen = connection.execute(
        sa.select(_submissions.c.id, _submissions.c.profile).where(_submissions.c.profile != "")
    )
    for row in chosen.all():
        sheet = json.loads(row.profile).get("sheet", "")
        connection.execute(_submissions.update().where(_submissions.c.id == row.id).values(sheet=sheet))
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.alter_column("sheet", server_default=None)
        for name, _kind, _default in reversed(_NEW):
            batch_op.drop_column(name)

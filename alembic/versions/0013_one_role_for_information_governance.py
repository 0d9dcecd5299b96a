"""one role for information governance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BEFORE, _SINCE = frozenset({"steward", "approver"}), frozenset({"governance_lead"})
_held = sa.table("person_roles", sa.column("person"), sa.column("role"))
_written = (("invitations", "id"), ("person_event", "sequence"))


def upgrade() -> None:
    # both roles could do the same; whoever had either has the one
    _change(_BEFORE, _SINCE)


def downgrade() -> None:
    _change(_SINCE, _BEFORE)


def _change(old: frozenset[str], new: frozenset[str]) -> None:
    connection = op.get_bind()
    people = connection.execute(sa.select(_held.c.person).where(_held.c.role.in_(old)).distinct()).scalars().all()
    connection.execute(_held.delete().where(_held.c.role.in_(old)))
    rows = [{"person": person, "role": role} for person in people for role in sorted(new)]
    if rows:
        connection.execute(_held.insert(), rows)
    for name, key in _written:
        _rewrite(sa.table(name, sa.column(key), sa.column("roles")), key, old, new)


def _rewrite(table: sa.TableClause, key: str, old: frozenset[str], new: frozenset[str]) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c[key], table.c.roles)).all():
        roles = set(row.roles.split())
        if old & roles:
            said = " ".join(sorted((roles - old) | new))
            connection.execute(table.update().where(table.c[key] == row[0]).values(roles=said))

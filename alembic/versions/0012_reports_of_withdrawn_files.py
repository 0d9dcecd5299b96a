"""reports of withdrawn files."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_submissions = sa.table("submissions", *(sa.column(name) for name in ("id", "state", "report")))
_OUT_OF_THE_FILE = {"message": "", "remedy": "", "rows": [], "cells": []}


def upgrade() -> None:
    # what reports of withdrawn files quote goes, as it now goes with the file; codes, columns and counts stay
    connection = op.get_bind()
    gone = sa.select(_submissions).where(_submissions.c.state == "withdrawn", _submissions.c.report != "")
    for row in connection.execute(gone).all():
        report = json.loads(row.report)
        findings = [one | _OUT_OF_THE_FILE for one in report["findings"]]
        bare = json.dumps(report | {"file": "", "findings": findings}, ensure_ascii=False)
        connection.execute(_submissions.update().where(_submissions.c.id == row.id).values(report=bare))


def downgrade() -> None:
    pass  # what is gone is gone

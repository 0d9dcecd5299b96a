"""Write the next migration from what the code's tables say and the migrations do not: `python tools/new_migration.py NUMBER "message"`."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from alembic import command

import hub.app  # noqa: F401 - loads every table
from hub.db import Database, migrate
from hub.db.migrations import configuration

number, message = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    database = Database(f"sqlite:///{folder}/empty.sqlite")
    if number != "0001":
        migrate(database)
    with database.engine.connect() as connection:
        command.revision(configuration(connection), message=message, autogenerate=True, rev_id=number)
    database.close()

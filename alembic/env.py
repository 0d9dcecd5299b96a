"""Migrations run on the connection that `hub.db.migrate` hands over; `hub.app` has loaded every store's tables."""

from alembic import context

import hub.app  # noqa: F401 - imports every store, so that `metadata` is whole
from hub.db import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

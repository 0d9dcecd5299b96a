"""Bring a database to the tables of this release, up or down, through Alembic."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext

from hub.db.session import Database
from hub.kit.paths import data_root

_MIGRATING = 0x53564455  # any number, the same in every process of the hub


def configuration(connection: Any) -> Config:
    """Alembic's configuration: our scripts, this connection, no ini file."""
    config = Config()
    config.set_main_option("script_location", str(data_root("alembic")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision` (default: the newest). Does nothing when the database is there already. Processes that start
    at once do it one after another.
    """
    with database.engine.connect().execution_options(hub_writes=True) as connection, connection.begin():
        if not database.is_sqlite:  # SQLite's transaction is alone already
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        command.upgrade(configuration(connection), revision)


def unmigrate(database: Database, revision: str = "base") -> None:
    """Downgrade to `revision`; the tables of later revisions go, with what is in them."""
    with database.engine.connect().execution_options(hub_writes=True) as connection, connection.begin():
        command.downgrade(configuration(connection), revision)


def revision_of(database: Database) -> str:
    """The revision the database stands at; empty when it has none."""
    with database.engine.connect().execution_options(hub_writes=False) as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""

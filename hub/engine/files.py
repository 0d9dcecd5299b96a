"""Plain files of a desk as a file system of a session: exactly the ones named, to be read only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from fsspec import AbstractFileSystem


class PlainFiles(AbstractFileSystem):
    """`plain://<path>` for each path given; nothing else exists in it and nothing can be written."""

    protocol = "plain"
    cachable = False

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__(skip_instance_cache=True)  # type: ignore[no-untyped-call]
        self._paths = {str(path): path for path in paths}

    def has(self, name: str) -> bool:
        """Whether `name` is the path of one of the files."""
        return name in self._paths

    def _path(self, name: str) -> Path:
        path = self._paths.get(name.removeprefix("plain://"))
        if path is None:
            raise FileNotFoundError("not a file of this session")
        return path

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> BinaryIO:
        """A file to read."""
        if mode != "rb":
            raise PermissionError("plain files are read only")
        return cast("BinaryIO", self._path(path).open("rb"))

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """Name, size and type, as fsspec wants them."""
        return {"name": path, "size": self._path(path).stat().st_size, "type": "file"}

    def exists(self, path: str, **_options: Any) -> bool:
        """Whether it is one of the files."""
        return self.has(path.removeprefix("plain://"))

    def isdir(self, _path: str) -> bool:
        """There are no folders."""
        return False

    def glob(self, path: str, maxdepth: Any = None, **_options: Any) -> list[str]:
        """The file itself: no name is a pattern here."""
        return [path] if self.exists(path) else []

    def modified(self, path: str) -> datetime:
        """When the file was changed last."""
        return datetime.fromtimestamp(self._path(path).stat().st_mtime, UTC)

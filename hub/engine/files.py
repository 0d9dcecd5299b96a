"""The file systems a session has of its own: a desk's plain files, the rows of a delimited file, and sealed scratch."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from fsspec import AbstractFileSystem

from hub.kit.crypto.chunked import Decryptor, Encryptor, sealed_size
from hub.kit.crypto.keys import new_key

_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # none of these files change while a session knows them
_BLOCK = 256 * 1024
_LARGE = 128 * 1024

ReadAt = Callable[[int, int], bytes]


class RangeFile(io.RawIOBase):
    """A read-only file over `read_at(offset, length)`.

    DuckDB seeks and reads one file from several threads at once, so position and read-ahead are each thread's own.
    """

    def __init__(self, read_at: ReadAt, size: int) -> None:
        self._read_at = read_at
        self._size = size
        self._here = threading.local()

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """This thread's position."""
        return int(getattr(self._here, "position", 0))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move this thread's position."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self._size}[whence]
        self._here.position = max(0, base + offset)
        return self.tell()

    def read(self, size: int = -1) -> bytes:
        """The next bytes for this thread."""
        if self.closed:
            raise ValueError("the file is closed")
        position = self.tell()
        left = max(0, self._size - position)
        wanted = left if size < 0 else min(size, left)
        data = self._read_at(position, wanted) if wanted >= _LARGE else self._small(position, wanted)
        self._here.position = position + len(data)
        return data

    def close(self) -> None:
        """Let go of what was read ahead."""
        self._here = threading.local()
        super().close()

    def _small(self, position: int, wanted: int) -> bytes:
        # Footers and page headers are read in small steps; a block is fetched once for all of them.
        data = b""
        while len(data) < wanted:
            start = (position + len(data)) // _BLOCK * _BLOCK
            if getattr(self._here, "start", None) != start:
                self._here.block = self._read_at(start, min(_BLOCK, self._size - start))
                self._here.start = start
            offset = position + len(data) - start
            data += self._here.block[offset : offset + wanted - len(data)]
        return data


class SessionFiles(AbstractFileSystem):
    """What DuckDB asks of a file system in which every name, after `<protocol>://`, is one known file.

    A subclass says what the size of a file is (None: no such file) and opens it. Files must not change while they are known.
    """

    cachable = False

    def __init__(self) -> None:
        super().__init__(skip_instance_cache=True)  # type: ignore[no-untyped-call]  # fsspec has no types

    def size_of(self, name: str) -> int | None:
        """The file's size in bytes; None when there is none of this name."""
        raise NotImplementedError  # each file system says its own

    def name_of(self, path: str) -> str:
        """The name in a path."""
        return path.removeprefix(f"{self.protocol!s}://")

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """Name, size and type, as fsspec wants them."""
        size = self.size_of(self.name_of(path))
        if size is None:
            raise FileNotFoundError("not a file of this session")
        return {"name": path, "size": size, "type": "file"}

    def exists(self, path: str, **_options: Any) -> bool:
        """Whether it is one of the files."""
        return self.size_of(self.name_of(path)) is not None

    def isdir(self, _path: str) -> bool:
        """There are no folders."""
        return False

    def glob(self, path: str, maxdepth: Any = None, **_options: Any) -> list[str]:
        """The file itself: no name is a pattern here."""
        return [path] if self.exists(path) else []

    def modified(self, _path: str) -> datetime:
        """Always the same moment."""
        return _MADE


class PlainFiles(SessionFiles):
    """`plain://<path>` for each path given; nothing else exists in it and nothing can be written."""

    protocol = "plain"

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self._paths = {str(path): path for path in paths}

    def has(self, name: str) -> bool:
        """Whether `name` is the path of one of the files."""
        return name in self._paths

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> BinaryIO:
        """A file to read."""
        name = self.name_of(path)
        if mode != "rb" or name not in self._paths:
            raise PermissionError("only the files of this session, and only to be read")
        return self._paths[name].open("rb")

    def size_of(self, name: str) -> int | None:
        """The file's size in bytes; None when there is none of this name."""
        return self._paths[name].stat().st_size if name in self._paths else None


class RowFiles(SessionFiles):
    """`rows://<name>`: what `read_csv` lets the engine see of a file while it reads it."""

    protocol = "rows"

    def __init__(self) -> None:
        super().__init__()
        self._served: dict[str, tuple[ReadAt, int]] = {}
        self._count = 0

    def serve(self, read_at: ReadAt, size: int) -> str:
        """Offer these bytes; the path to read them from."""
        self._count += 1
        self._served[str(self._count)] = (read_at, size)
        return f"rows://{self._count}"

    def withdraw(self, path: str) -> None:
        """Offer them no longer."""
        self._served.pop(self.name_of(path))

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> RangeFile:
        """A file to read."""
        if mode != "rb" or self.name_of(path) not in self._served:
            raise PermissionError("only what is being read, and only to be read")
        return RangeFile(*self._served[self.name_of(path)])

    def size_of(self, name: str) -> int | None:
        """The file's size in bytes; None when there is none of this name."""
        return self._served[name][1] if name in self._served else None


class ScratchFiles(SessionFiles):
    """`scratch://<name>`: what does not fit in memory, sealed under a key that is nowhere but in this object (promise P7).

    The files have no name on disk; they are gone when the session ends, and unreadable if its process is killed.
    """

    protocol = "scratch"

    def __init__(self) -> None:
        super().__init__()
        self._written: dict[str, _Scratch] = {}

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> RangeFile | _Scratch:
        """A new file to write, or a written one to read."""
        name = self.name_of(path)
        if mode == "wb" and name not in self._written:
            self._written[name] = _Scratch()
            return self._written[name]
        if mode != "rb" or self.size_of(name) is None:
            raise PermissionError("scratch is written once, then read")
        return self._written[name].reader()

    def rm(self, path: str, recursive: bool = False, maxdepth: Any = None) -> None:
        """Drop a file."""
        self._written.pop(self.name_of(path)).drop()

    def drop_all(self) -> None:
        """Drop all files."""
        for scratch in self._written.values():
            scratch.drop()
        self._written.clear()

    def size_of(self, name: str) -> int | None:
        """The file's size in bytes; None when there is none of this name."""
        return self._written[name].size if name in self._written and self._written[name].closed else None


class _Scratch:
    """One sealed temporary file."""

    def __init__(self) -> None:
        self.size = 0
        self.closed = False
        self._key = new_key()
        self._encryptor = Encryptor(self._key)
        self._file = tempfile.TemporaryFile(prefix="hub-scratch-", buffering=0)  # noqa: SIM115 - closed by `drop`
        self._mutex = threading.Lock()

    def write(self, data: bytes) -> int:
        """Seal more."""
        self._put(self._encryptor.update(data))
        self.size += len(data)
        return len(data)

    def tell(self) -> int:
        """Bytes so far."""
        return self.size

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """End the file."""
        if not self.closed:
            self.closed = True
            self._put(self._encryptor.finish())

    def reader(self) -> RangeFile:
        """Read it back."""
        # The size is known: to look for the end would move the position under a thread that is reading.
        opened = Decryptor(self._key, b"", self._get, sealed_size(self.size))
        return RangeFile(opened.read, opened.size)

    def drop(self) -> None:
        """Forget key and file."""
        self.closed, self.size, self._key = True, 0, b""
        self._file.close()

    def _put(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]

    def _get(self, offset: int, length: int) -> bytes:
        with self._mutex:  # portable: not every system reads at an offset in one call
            self._file.seek(offset)
            return self._file.read(length) or b""


class OwnFiles:
    """The three file systems of one session."""

    def __init__(self, local: Sequence[Path]) -> None:
        self.plain = PlainFiles(local)
        self.rows = RowFiles()
        self.scratch = ScratchFiles()

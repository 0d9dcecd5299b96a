"""Sealed objects as a file system of an engine session: only the ones a Grant opened, and the ones being made."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem

from hub.kit.crypto.chunked import Decryptor, SealBroken
from hub.kit.errors import Bug, NotFound
from hub.kit.words import say
from hub.vault.model import SealedObject, context_of
from hub.vault.writer import SealedWriter

_SCHEME = "sealed://"
_BLOCK = 256 * 1024
_LARGE = 128 * 1024
_STREAM = 1024 * 1024
_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # objects never change, so any fixed moment tells DuckDB that


@dataclass(frozen=True, slots=True)
class Opened:
    """An object with its ciphertext's path and its data key, for as long as the files are open."""

    sealed: SealedObject
    path: Path
    key: bytes = field(repr=False)


class SealedFiles(AbstractFileSystem):
    """`sealed://<object id>`: the named objects to read, and new ones to write. Made by `Vault.files` alone.

    Data keys live in it and nowhere else; leaving `Vault.files` clears them, and nothing opens any more.
    """

    protocol = "sealed"
    cachable = False

    def __init__(self, objects: Mapping[str, Opened], make: Callable[[str, str], SealedWriter]) -> None:
        super().__init__(skip_instance_cache=True)  # type: ignore[no-untyped-call]
        self._objects = dict(objects)
        self._make = make
        self._made: dict[str, SealedWriter] = {}
        self._readers: list[SealedReader] = []
        self._mutex = threading.Lock()

    def create(self, *, agency: str, dataset: str) -> str:
        """A new object to write to, as its id: the target is `sealed://<id>`. Unlinked at the end unless published."""
        writer = self._make(agency, dataset)
        self._made[writer.object_id] = writer
        return writer.object_id

    def writer(self, object_id: str) -> SealedWriter:
        """The finished writer of an object made here, to hand to `Vault.publish`."""
        writer = self._made.get(object_id)
        if writer is None or writer.settled:
            raise NotFound(say("vault.unknown-target"))
        if not writer.finished:
            raise Bug("the target was not written")
        return writer

    def read(self, object_id: str) -> Iterator[bytes]:
        """The plaintext of an object in pieces of 1 MiB, in memory only."""
        decryptor, close = self._decryptor(object_id)
        try:
            for offset in range(0, decryptor.size, _STREAM):
                yield decryptor.read(offset, _STREAM)
        finally:
            close()

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> SealedReader | _Target:
        """A file to read, or the target of a new object to write."""
        object_id = path.removeprefix(_SCHEME)
        if mode == "wb":
            return _Target(self._writable(object_id))
        if mode != "rb":
            raise PermissionError("sealed objects are read, or written once")
        reader = SealedReader(*self._decryptor(object_id))
        with self._mutex:
            self._readers.append(reader)
        return reader

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """Name, plaintext size and type, as fsspec wants them."""
        object_id = path.removeprefix(_SCHEME)
        if object_id in self._objects:
            return {"name": path, "size": self._objects[object_id].sealed.size, "type": "file"}
        if self._has_made(object_id):
            return {"name": path, "size": self._made[object_id].size, "type": "file"}
        raise FileNotFoundError("not an object of these files")

    def exists(self, path: str, **_options: Any) -> bool:
        """Whether it can be read here."""
        object_id = path.removeprefix(_SCHEME)
        return object_id in self._objects or self._has_made(object_id)

    def isdir(self, _path: str) -> bool:
        """There are no folders."""
        return False

    def glob(self, path: str, maxdepth: Any = None, **_options: Any) -> list[str]:
        """The object itself: no id is a pattern here."""
        return [path] if self.exists(path) else []

    def modified(self, _path: str) -> datetime:
        """Always the same moment: objects never change."""
        return _MADE

    def rm(self, path: str, recursive: bool = False, maxdepth: Any = None) -> None:
        """Discard an object made here: the engine does this when its writing fails."""
        writer = self._made.get(path.removeprefix(_SCHEME))
        if writer is None:
            raise PermissionError("published objects are not removed through a file system")
        writer.discard()

    def shut(self) -> None:
        """Forget all keys, close what is open, discard what was finished by nobody."""
        self._objects.clear()
        for reader in self._readers:
            reader.close()
        self._readers.clear()

    def discard_unpublished(self) -> None:
        """Unlink every object made here that was not handed to a unit of work."""
        for writer in self._made.values():
            if not writer.published:
                writer.discard()

    def _has_made(self, object_id: str) -> bool:
        writer = self._made.get(object_id)
        return writer is not None and writer.finished and not writer.settled

    def _writable(self, object_id: str) -> SealedWriter:
        writer = self._made.get(object_id)
        if writer is None or writer.finished or writer.settled:
            raise PermissionError("not a new object of these files")
        return writer

    def _decryptor(self, object_id: str) -> tuple[Decryptor, Callable[[], None]]:
        if object_id in self._objects:
            opened = self._objects[object_id]
            return _unseal(opened.path, opened.key, opened.sealed)
        if self._has_made(object_id):
            writer = self._made[object_id]
            return _unseal(writer.path, writer.key, writer)
        raise FileNotFoundError("not an object of these files")


class SealedReader(io.RawIOBase):
    """A read-only file over a sealed object.

    DuckDB seeks and reads one file from several threads at once, so position and block are each thread's own.
    """

    def __init__(self, decryptor: Decryptor, close: Callable[[], None]) -> None:
        self._decryptor = decryptor
        self._close = close
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
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self._decryptor.size}[whence]
        self._here.position = max(0, base + offset)
        return self.tell()

    def read(self, size: int = -1) -> bytes:
        """The next bytes for this thread."""
        position = self.tell()
        wanted = self._decryptor.size - position if size < 0 else min(size, self._decryptor.size - position)
        data = self._decryptor.read(position, wanted) if wanted >= _LARGE else self._small(position, wanted)
        self._here.position = position + len(data)
        return data

    def close(self) -> None:
        """Let go of the ciphertext."""
        if not self.closed:
            super().close()
            self._close()

    def _small(self, position: int, wanted: int) -> bytes:
        # Footers and page headers are read in small steps; a block is opened once for all of them.
        data = b""
        while len(data) < wanted:
            start = (position + len(data)) // _BLOCK * _BLOCK
            if getattr(self._here, "start", None) != start:
                self._here.block = self._decryptor.read(start, _BLOCK)
                self._here.start = start
            offset = position + len(data) - start
            data += self._here.block[offset : offset + wanted - len(data)]
        return data


class _Target:
    """The writing end that DuckDB's COPY sees. Its `close` is no sign of success: a failing COPY closes, then removes."""

    def __init__(self, writer: SealedWriter) -> None:
        self._writer = writer
        self.closed = False

    def write(self, data: bytes) -> int:
        """Seal more."""
        return self._writer.write(data)

    def tell(self) -> int:
        """Bytes so far."""
        return self._writer.size

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """End the object."""
        if not self.closed:
            self.closed = True
            self._writer.finish()


def _unseal(path: Path, key: bytes, sealed: SealedObject | SealedWriter) -> tuple[Decryptor, Callable[[], None]]:
    object_id = sealed.id if isinstance(sealed, SealedObject) else sealed.object_id
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise SealBroken(say("vault.ciphertext-missing"), remedy=say("vault.ciphertext-missing-remedy")) from None
    try:
        context = context_of(object_id, sealed.agency, sealed.dataset)
        length = os.fstat(file).st_size
        decryptor = Decryptor(key, context, lambda offset, count: os.pread(file, count, offset), length)
        if decryptor.size != sealed.size:
            raise SealBroken(say("vault.wrong-size"), remedy=say("vault.ciphertext-missing-remedy"))
    except BaseException:
        os.close(file)
        raise
    return decryptor, lambda: os.close(file)

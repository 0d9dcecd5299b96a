"""Sealed objects as a file system of an engine session: only the ones a Grant opened, and the ones being made."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakSet

from hub.engine import RangeFile, SessionFiles
from hub.kit.crypto.chunked import Decryptor, SealBroken
from hub.kit.errors import Bug, NotFound
from hub.kit.words import say
from hub.vault.model import SealedObject, context_of
from hub.vault.writer import SealedWriter

_STREAM_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """An object with its ciphertext's path and its data key, for as long as the files are open."""

    sealed: SealedObject
    path: Path
    key: bytes = field(repr=False)


class SealedFiles(SessionFiles):
    """`sealed://<object id>`: the named objects to read, and new ones to write. Made by `Vault.files` alone.

    Data keys live in it and nowhere else; leaving `Vault.files` clears them, and nothing opens any more.
    """

    protocol = "sealed"

    def __init__(self, objects: Mapping[str, Opened], make: Callable[[str, str], SealedWriter]) -> None:
        super().__init__()
        self._objects = dict(objects)
        self._make = make
        self._made: dict[str, SealedWriter] = {}
        self._readers: WeakSet[SealedFile] = WeakSet()
        self._mutex = threading.Lock()
        self.watch: Callable[[int], None] = lambda _count: None
        """Hears how many bytes of ciphertext were read, as they are; from any thread."""

    def create(self, *, agency: str, dataset: str) -> str:
        """A new object to write to, as its id: the target is `sealed://<id>`. Unlinked at the end unless published."""
        writer = self._make(agency, dataset)
        self._made[writer.object_id] = writer
        return writer.object_id

    def writer(self, object_id: str) -> SealedWriter:
        """The finished writer of an object made here, to hand to `Vault.publish` before these files are left."""
        writer = self._made.get(object_id)
        if writer is None or writer.settled:
            raise NotFound(say("vault.unknown-target"))
        if not writer.finished:
            raise Bug("the target was not written")
        return writer

    def read(self, object_id: str) -> Iterator[bytes]:
        """The plaintext of an object in pieces, in memory only; NotFound if it is none of these files."""
        if self.size_of(object_id) is None:
            raise NotFound(say("vault.unknown-object"))
        with self._opened(object_id) as file:
            while piece := file.read(_STREAM_BYTES):
                yield piece

    def is_whole(self, object_id: str) -> bool:
        """Whether an object is one of these files and every byte of it can be read. As long as reading all of it."""
        try:
            for _ in self.read(object_id):
                pass
        except (NotFound, SealBroken):
            return False
        return True

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> SealedFile | SealedTarget:
        """A file to read, or the target of a new object to write."""
        object_id = self.name_of(path)
        if mode == "rb" and self.size_of(object_id) is not None:
            return self._opened(object_id)
        writer = self._made.get(object_id)
        if mode != "wb" or writer is None or writer.finished or writer.settled:
            raise PermissionError("sealed objects are read; only new ones are written, once")
        return SealedTarget(writer)

    def size_of(self, name: str) -> int | None:
        """Plaintext bytes of an object that can be read here."""
        if name in self._objects:
            return self._objects[name].sealed.size
        writer = self._made.get(name)
        return writer.size if writer is not None and writer.finished and not writer.settled else None

    def rm(self, path: str, recursive: bool = False, maxdepth: Any = None) -> None:
        """Discard an object made here: the engine does this when its writing fails."""
        writer = self._made.get(self.name_of(path))
        if writer is None or writer.published:
            raise PermissionError("published objects are not removed through a file system")
        writer.discard()

    def shut(self) -> None:
        """Forget the keys, close what is open, discard what was made and not published."""
        self._objects.clear()
        for reader in list(self._readers):
            reader.close()
        self._readers.clear()
        for writer in self._made.values():
            if not writer.published:
                writer.discard()

    def _opened(self, object_id: str) -> SealedFile:
        opened = self._objects.get(object_id)
        if opened is None:
            writer = self._made[object_id]
            sealed_as = (object_id, writer.agency, writer.dataset)
            file = SealedFile(writer.path, writer.key, context_of(*sealed_as), writer.size, self.watch)
        else:
            sealed_as = (object_id, opened.sealed.agency, opened.sealed.dataset)
            file = SealedFile(opened.path, opened.key, context_of(*sealed_as), opened.sealed.size, self.watch)
        with self._mutex:
            self._readers.add(file)
        return file


class SealedFile(RangeFile):
    """A sealed object opened to be read. SealBroken when the ciphertext is missing, changed or not of the recorded size."""

    def __init__(
        self, path: Path, key: bytes, context: bytes, size: int, watch: Callable[[int], None] = lambda _count: None
    ) -> None:
        self._file = -1
        try:
            self._file = file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            raise SealBroken(say("vault.ciphertext-missing"), remedy=say("vault.broken-remedy")) from None
        try:
            length = os.fstat(file).st_size

            def pread(offset: int, count: int) -> bytes:
                watch(count)
                return os.pread(file, count, offset)

            decryptor = Decryptor(key, context, pread, length)
            if decryptor.size != size:
                raise SealBroken(say("vault.wrong-size"), remedy=say("vault.broken-remedy"))
        except BaseException:
            self.close()
            raise
        super().__init__(decryptor.read, size)

    def close(self) -> None:
        """Let go of the ciphertext."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        super().close()


class SealedTarget:
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

"""Writing one object: sealed as it arrives, refused as soon as it cannot be an extract, readable by nobody before publication."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from types import TracebackType

from hub.kit.authority import Reader
from hub.kit.crypto.chunked import Encryptor
from hub.kit.crypto.keys import new_key
from hub.kit.errors import Bug, Refused
from hub.kit.words import say
from hub.vault.folder import create
from hub.vault.model import NOTHING, Arrived, context_of

MAX_LINE_BYTES = 1024 * 1024
MAX_ARCHIVE_BYTES = 64 * 2**20
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"PAR1")
"""First bytes of a zip archive, as workbooks are, and of a workbook of the old kind or with a password: no lines in them."""
_PIECE = 1024 * 1024


class SealedWriter:
    """A sealed object being written. As a context manager it unlinks the file when left with an error or unfinished.

    `size` and `sha256` are of the plaintext taken so far. The file is locked against `Vault.sweep` until it is published
    or discarded; a killed process lets go of the lock, and the sweep removes what it left.
    """

    def __init__(
        self,
        path: Path,
        *,
        object_id: str,
        agency: str,
        dataset: str,
        reader: Reader,
        authority: str,
        max_bytes: int,
        lines: bool,
        after: Arrived = NOTHING,
    ) -> None:
        self.object_id = object_id
        self.agency = agency
        self.dataset = dataset
        self.reader = reader
        self.authority = authority
        self.size = 0
        self.key = new_key()
        self.finished = False
        self.published = False
        self.settled = False
        self.path = path
        self._max_bytes = max_bytes
        self._lines = lines
        self._after = after
        self._head = _head_of(after)
        self._run = after.run
        self._hash = hashlib.sha256()
        self._encryptor = Encryptor(self.key, context_of(object_id, agency, dataset))
        self._mutex = threading.Lock()
        self._file = create(path)

    def __repr__(self) -> str:
        return f"SealedWriter({self.object_id!r})"  # never the key

    def __enter__(self) -> SealedWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if kind is not None or not self.finished:
            self.discard()

    @property
    def sha256(self) -> str:
        """SHA-256 of the plaintext so far, in hexadecimal."""
        return self._hash.hexdigest()

    @property
    def arrived(self) -> Arrived:
        """What has come of the whole file by now, for the part that follows this one."""
        return Arrived(self._after.size + self.size, self._run, self._head in _ARCHIVES)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Seal more plaintext. Refused: `too-large`, or `line-too-long` when more than 1 MiB come without a line end.

        Workbooks, zip archives and Parquet files have no lines; they are refused when they grow beyond what is read of them.
        """
        with self._mutex:
            if self.finished or self.settled:
                raise Bug("the sealed object takes no more")
            self._refuse(data)
            self._hash.update(data)
            self.size += len(data)
            _write_all(self._file, self._encryptor.update(data))
            return len(data)

    def finish(self) -> None:
        """Write the last chunk and make all of it durable. Nothing is readable before it is published. Again: no effect."""
        with self._mutex:
            if self.settled:
                raise Bug("the sealed object was discarded")
            if not self.finished:
                _write_all(self._file, self._encryptor.finish())
                os.fsync(self._file)
                _sync_folder(self.path.parent)
                self.finished = True

    def discard(self) -> None:
        """Unlink what was written. Again, or after publication: no effect."""
        if not self.settled:
            self.path.unlink(missing_ok=True)
            self.settle()

    def settle(self) -> None:
        """Let go of the file and the key: it is published, or gone."""
        self.settled = True
        self.key = b""
        os.close(self._file)

    def _refuse(self, data: bytes | bytearray | memoryview) -> None:
        size = self._after.size + self.size + len(data)
        if size > self._max_bytes:
            limit = self._max_bytes // 2**20
            raise Refused(
                say("vault.too-large", limit=limit), code="too-large", remedy=say("vault.too-large-remedy", limit=limit)
            )
        if self._lines and self._is_archive(data):
            if size > MAX_ARCHIVE_BYTES:
                remedy = say("vault.archive-too-large-remedy")
                raise Refused(say("vault.archive-too-large"), code="too-large", remedy=remedy)
        elif self._lines:
            for start in range(0, len(data), _PIECE):
                self._follow(bytes(data[start : start + _PIECE]))

    def _is_archive(self, data: bytes | bytearray | memoryview) -> bool:
        if len(self._head) < len(_ARCHIVES[0]):
            self._head += bytes(data[: len(_ARCHIVES[0]) - len(self._head)])
        return self._head in _ARCHIVES

    def _follow(self, piece: bytes) -> None:
        # A piece is no longer than a line may be, so only its first and last line end matter.
        first, last = _line_ends(piece)
        if self._run + first > MAX_LINE_BYTES:
            raise Refused(say("vault.line-too-long"), code="line-too-long", remedy=say("vault.line-too-long-remedy"))
        self._run = self._run + len(piece) if last < 0 else len(piece) - last - 1


def _head_of(after: Arrived) -> bytes:
    # The first bytes are not kept between parts; all that is asked of them is whether they are an archive's.
    other = bytes(len(_ARCHIVES[0]))
    return (_ARCHIVES[0] if after.archive else other) if after.size else b""


def _line_ends(piece: bytes) -> tuple[int, int]:
    # The bytes before the first line end (all of them when there is none), and where the last one stands (-1: nowhere).
    first, last = piece.find(b"\n"), piece.rfind(b"\n")
    first_return, last_return = piece.find(b"\r"), piece.rfind(b"\r")
    places = [place for place in (first, first_return) if place >= 0]
    return min(places, default=len(piece)), max(last, last_return)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""Send a file: a small one at once, a large one in parts that a broken connection, a restarted hub or ctrl-C does not lose."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TextIO, TypeVar

from hub.cli.client import HubClient
from hub.kit.errors import Conflict, HubError, NotFound, Unavailable

LARGE = 8 * 2**20
"""Bytes from which on a file is sent in parts."""

PART = 8 * 2**20
_PIECE = 2**20
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0, 15.0)
"""Seconds between tries while the hub does not answer: a minute and a half together."""

Shown = Callable[[str, float], None]
"""Hears what is under way and how much of it is done, between 0 and 1."""

T = TypeVar("T")


def shown_on(stream: TextIO) -> Shown:
    """One line that is written over, on a terminal; nothing anywhere else."""
    if not stream.isatty():
        return lambda _what, _share: None

    def show(what: str, share: float) -> None:
        stream.write(f"\r\x1b[K{what} {share:.0%}" if what else "\r\x1b[K")
        stream.flush()

    return show


class Bookmarks:
    """Which upload a file belongs to, so that the same command goes on where it stopped: hashes and ids, no name, no content."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> str:
        """The upload of a key; empty when there is none."""
        return self._all().get(key, "")

    def put(self, key: str, upload: str) -> None:
        """Remember."""
        self._write(self._all() | {key: upload})

    def drop(self, key: str) -> None:
        """Forget."""
        self._write({name: upload for name, upload in self._all().items() if name != key})

    def _all(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return {}

    def _write(self, kept: Mapping[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        fresh.replace(self._path)


class Sender:
    """Sends files to one hub as one person. `shown` hears how far it is."""

    def __init__(self, client: HubClient, *, bookmarks: Bookmarks, shown: Shown) -> None:
        self._client = client
        self._bookmarks = bookmarks
        self._shown = shown

    def send(self, path: Path, *, dataset: str, period: str, **how: str) -> dict[str, Any]:
        """Send a file and wait for its check; the answer is the submission with its report. `how` goes to the hub as it is."""
        try:
            if path.stat().st_size <= LARGE:
                return self._client.submit(path, dataset=dataset, period=period, **how)
            submission = self._in_parts(path, dataset, period, how)
            return self._client.settled(submission, told=self._told)
        finally:
            self._shown("", 1.0)

    def _in_parts(self, path: Path, dataset: str, period: str, how: Mapping[str, str]) -> dict[str, Any]:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = self._digest(file, size)
            key = hashlib.sha256(
                "\0".join((self._client.address, dataset, period, digest, str(size))).encode()
            ).hexdigest()
            upload = self._upload(key, dataset, period, size)
            self._transfer(upload, file, size)
        how = {name: value for name, value in how.items() if value}
        try:
            done = self._persistently(
                lambda: self._client.post(f"/uploads/{upload}/complete", sha256=digest, file_name=path.name, **how)
            )
        except HubError as error:
            if not isinstance(error, Unavailable):
                self._bookmarks.drop(key)  # whatever it was, the same parts will not do
            raise
        self._bookmarks.drop(key)
        return done

    def _digest(self, file: BinaryIO, size: int) -> str:
        hashed, read = hashlib.sha256(), 0
        while piece := file.read(_PIECE):
            hashed.update(piece)
            read += len(piece)
            self._shown("Reading", read / size)
        return hashed.hexdigest()

    def _upload(self, key: str, dataset: str, period: str, size: int) -> str:
        """The upload that this file was being sent by; a new one where there is none, or it has ended."""
        kept = self._bookmarks.get(key)
        if kept:
            try:
                found = self._persistently(lambda: self._client.get(f"/uploads/{kept}"))
            except NotFound:
                found = {"state": "ended"}
            if found["state"] != "ended":
                return kept
        asked = {"dataset": dataset, "period": period, "size": str(size)}
        begun = str(self._persistently(lambda: self._client.post("/uploads", **asked))["id"])
        self._bookmarks.put(key, begun)
        return begun

    def _transfer(self, upload: str, file: BinaryIO, size: int) -> None:
        """Send what the hub does not have yet. Unavailable when it gets no further in a minute and a half."""
        offset, stuck = self._offset(upload), 0
        while offset < size:
            self._shown("Sending", offset / size)
            file.seek(offset)
            try:
                offset, stuck = self._client.patch(f"/uploads/{upload}", file.read(PART), offset=offset), 0
            except (Unavailable, Conflict) as error:
                if stuck >= len(_PAUSES) or (isinstance(error, Conflict) and error.code != "offset-mismatch"):
                    raise
                time.sleep(_PAUSES[stuck])
                offset, stuck = self._offset(upload), stuck + 1

    def _offset(self, upload: str) -> int:
        found = self._persistently(lambda: self._client.get(f"/uploads/{upload}"))
        return int(found["size"] if found["state"] == "complete" else found["offset"])

    def _persistently(self, work: Callable[[], T]) -> T:
        """Do it, and again after a pause while the hub does not answer."""
        for pause in _PAUSES:
            try:
                return work()
            except Unavailable:
                self._shown("Waiting for the hub,", 0)
                time.sleep(pause)
        return work()

    def _told(self, document: Mapping[str, Any]) -> None:
        progress = document.get("progress") or {}
        if progress:
            self._shown(f"Checking ({progress['stage']})", progress["fraction"])


def sender(client: HubClient, folder: Path) -> Sender:
    """The sender of a command: bookmarks beside the token, progress on the terminal."""
    return Sender(client, bookmarks=Bookmarks(folder / "uploads.json"), shown=shown_on(sys.stderr))

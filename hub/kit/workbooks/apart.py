"""A workbook opened in a process of its own, which has little memory and time, no file to write and no way to the network.

    with opened(content) as workbook:
        workbook.overview()
        workbook.table(asked)

Whatever a hostile file does to the parser, it does it there: a crash, a hang or a grab for memory ends that process and is
answered with `BadWorkbook`. The bytes go through pipes, never through a file (promise P7). Where the system knows no such
limits (Windows), time is still limited, and the bounds on the file's parts hold all the same.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from hub.kit.workbooks.marked import Marking
from hub.kit.workbooks.model import MOST_BYTES, Asked, BadWorkbook, Mark, Overview, Sheet, Table

_PATIENCE = 120.0


@contextmanager
def opened(content: bytes, *, patience: float = _PATIENCE) -> Iterator[Apart]:
    """The workbook, in a process that is gone when this is left. BadWorkbook at once when the file is too large."""
    if len(content) > MOST_BYTES:
        raise BadWorkbook("workbook-too-large", "file")
    # No secret of the hub's own environment is handed to a process that reads hostile bytes.
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONDONTWRITEBYTECODE": "1"}
    if sys.platform == "win32":  # without it Windows starts no program that asks for random numbers
        environment["SYSTEMROOT"] = Path(sys.executable).drive + "\\Windows"
    process = subprocess.Popen(
        [sys.executable, "-S", "-m", "hub.kit.workbooks"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a parser's words quote the file (promise P8)
        env=environment,
    )
    guard = threading.Timer(patience, process.kill)
    guard.daemon = True
    guard.start()
    try:
        yield Apart(process, content)
    finally:
        guard.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)
        process.wait()


class Apart:
    """See `hub.kit.workbooks.Workbook`."""

    def __init__(self, process: subprocess.Popen[bytes], content: bytes) -> None:
        self._process = process
        self._send(content)

    def overview(self) -> Overview:
        """What it holds."""
        said, _ = self._ask({"verb": "overview"})
        sheets = [{**one, "head": tuple(map(tuple, one["head"]))} for one in said.pop("sheets")]
        return Overview(sheets=tuple(Sheet(**one) for one in sheets), **said)

    def table(self, asked: Asked) -> Table:
        """One table of it."""
        said, csv = self._ask({"verb": "table", "asked": asdict(asked)})
        marks = tuple(Mark(**{**one, "rows": tuple(one["rows"])}) for one in said["marks"])
        return Table(csv=csv, marks=marks, unreadable=tuple(said["unreadable"]), unused=tuple(said["unused"]))

    def marked(self, sheet: int, marking: Marking) -> bytes:
        """A sheet of it as it came, marked, in a workbook of its own."""
        _, content = self._ask({"verb": "marked", "sheet": sheet, "marking": asdict(marking)})
        return content

    def _ask(self, question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        self._send(json.dumps(question).encode())
        said: dict[str, Any] = json.loads(self._receive())
        if "bad" in said:
            raise BadWorkbook(said["bad"], said["what"])
        return said, self._receive()

    def _send(self, data: bytes) -> None:
        pipe = _pipe(self._process.stdin)
        try:
            pipe.write(len(data).to_bytes(8, "big"))
            pipe.write(data)
            pipe.flush()
        except OSError:  # it is gone
            raise BadWorkbook("bad-workbook", "gone") from None

    def _receive(self) -> bytes:
        pipe = _pipe(self._process.stdout)
        data = received(pipe)
        if data is None:
            raise BadWorkbook("bad-workbook", "gone")
        return data


def received(pipe: IO[bytes]) -> bytes | None:
    """The next message of a pipe; None when the other side is gone."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    data = pipe.read(size)
    return data if len(data) == size else None


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise BadWorkbook("bad-workbook", "gone")
    return pipe


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from hub.kit.apart import Gone, ProcessApart, process_apart
from hub.kit.workbooks.marked import Marking
from hub.kit.workbooks.model import MOST_BYTES, MOST_UNZIPPED, Asked, BadWorkbook, Mark, Overview, Sheet, Table

_PATIENCE = 120.0


@contextmanager
def opened(content: bytes, *, patience: float = _PATIENCE) -> Iterator[Apart]:
    """The workbook, in a process that is gone when this is left. BadWorkbook at once when the file is too large."""
    if len(content) > MOST_BYTES:
        raise BadWorkbook("workbook-too-large", "file")
    with process_apart("hub.kit.workbooks", patience=patience) as process:
        try:
            process.send(content)
        except Gone:
            raise BadWorkbook("bad-workbook", "gone") from None
        yield Apart(process)


class Apart:
    """See `hub.kit.workbooks.Workbook`."""

    def __init__(self, process: ProcessApart) -> None:
        self._apart = process

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

    def unzipped(self) -> Iterator[bytes]:
        """The one file in it, where it is a zip archive that is no workbook, piece by piece."""
        self._ask({"verb": "unzip"})
        try:
            yield from self._apart.stream(most=MOST_UNZIPPED)
            verdict = json.loads(self._apart.receive())
        except Gone:
            raise BadWorkbook("bad-workbook", "gone") from None
        if "bad" in verdict:
            raise BadWorkbook(verdict["bad"], verdict["what"])

    def _ask(self, question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        try:
            self._apart.send(json.dumps(question).encode())
            said: dict[str, Any] = json.loads(self._apart.receive())
            if "bad" in said:
                raise BadWorkbook(said["bad"], said["what"])
            return said, self._apart.receive()
        except Gone:
            raise BadWorkbook("bad-workbook", "gone") from None

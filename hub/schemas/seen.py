"""What a check came by on its way: kept for who asks afterwards which cells fail. The relations it names stay in the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.engine import Reject
from hub.schemas.encodings import Reader
from hub.schemas.findings import Finding
from hub.schemas.header import Header
from hub.schemas.opening import Opened
from hub.schemas.probe import Hit
from hub.schemas.workbook import Sent


@dataclass(slots=True)
class Seen:
    """Each part is there from where the check came by it on; the file may have been closed before.

    `opened` is the file as text. `found` and what follows are there once the rows were `looked` through; the relations of the
    extract are then too.
    """

    opened: Opened | None = None
    header: Header | None = None
    looked: bool = False
    found: Sequence[Hit] = ()
    identifiers: Sequence[Finding] = ()
    rejects: Sequence[Reject] = ()

    @property
    def read_bytes(self) -> Reader:
        """Gives the table as text in UTF-8, whatever the file is written in; its values are divided by `delimiter`."""
        return self.opened.read_bytes if self.opened is not None else lambda: ()

    @property
    def delimiter(self) -> str:
        """The sign between two values of that text."""
        return self.opened.division.delimiter if self.opened is not None else ","

    @property
    def sent(self) -> Sent | None:
        """The workbook, where it is one."""
        return self.opened.sent if self.opened is not None else None

    @property
    def header_row(self) -> int:
        """The row of the column names, as a spreadsheet shows it."""
        if self.opened is None:
            return 1
        return self.opened.sent.header if self.opened.sent is not None else self.opened.division.header_rows

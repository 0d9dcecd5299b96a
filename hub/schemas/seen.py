"""What a check came by on its way: kept for who asks afterwards which cells fail. The relations it names stay in the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.engine import Reject
from hub.schemas.findings import Finding
from hub.schemas.header import Header
from hub.schemas.probe import Hit
from hub.schemas.text import Reader, Text
from hub.schemas.workbook import Sent


@dataclass(slots=True)
class Seen:
    """Each part is there from where the check came by it on; the file may have been closed before.

    `read_bytes` gives the table as text: the file itself, or that of a workbook's sheet. `found` and what follows are there
    once the rows were `looked` through; the relations of the extract are then too.
    """

    read_bytes: Reader = lambda: ()
    text: Text | None = None
    sent: Sent | None = None
    header: Header | None = None
    looked: bool = False
    found: Sequence[Hit] = ()
    identifiers: Sequence[Finding] = ()
    rejects: Sequence[Reject] = ()

    @property
    def header_row(self) -> int:
        """The row of the column names, as a spreadsheet shows it."""
        return self.sent.header if self.sent is not None else 1

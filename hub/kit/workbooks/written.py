"""Write a workbook: plain cells, texts as texts. Nothing in it is a formula, a link or a macro, whatever a text looks like."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from hub.kit.workbooks.parts import LONGEST, spelt

Cell = str | int | float
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NO_TIME = b"2000-01-01T00:00:00Z"
_WIDEST = 60
"""Widest column."""


@dataclass(frozen=True, slots=True)
class SheetToWrite:
    """A sheet: its name, and its rows; the first is the header and stays in view."""

    name: str
    rows: Sequence[Sequence[Cell]]


def workbook_of(*sheets: SheetToWrite) -> bytes:
    """An XLSX workbook of these sheets; the same sheets give the same bytes. Each text is read back as it is (`spelt`)."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import, and few commands write a workbook
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    bold = Font(bold=True)
    for sheet in sheets:
        made = book.create_sheet(sheet.name)
        made.freeze_panes = "A2"
        for column, width in enumerate(_widths(sheet.rows), start=1):
            made.column_dimensions[get_column_letter(column)].width = width
        for number, row in enumerate(sheet.rows):
            cells = []
            for value in row:
                cell = WriteOnlyCell(made)
                if isinstance(value, str):
                    cell.value = ""
                    cell._value, cell.data_type = spelt(value[:LONGEST]), "s"  # a text is never looked at for a formula
                else:
                    cell.value = value
                if number == 0:
                    cell.font = bold
                cells.append(cell)
            made.append(cells)
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    width = max((len(row) for row in rows), default=0)
    return [
        min(max((len(str(row[place])) for row in rows[:200] if place < len(row)), default=0) + 2, _WIDEST)
        for place in range(width)
    ]


def _without_times(archive: bytes) -> bytes:
    """The same archive with no time of writing in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            data = old.read(name)
            new.writestr(member, _TIME.sub(_NO_TIME, data) if name == "docProps/core.xml" else data)
    return out.getvalue()

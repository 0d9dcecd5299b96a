"""Open a workbook in this process: the archive looked over, then calamine for the values. For hostile files see `apart`."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from hub.kit.workbooks.archive import Archive, open_archive
from hub.kit.workbooks.cells import Writer, plain
from hub.kit.workbooks.marked import Marking
from hub.kit.workbooks.model import HEAD_ROWS, MOST_CELLS, Asked, BadWorkbook, Marks, Overview, Sheet, Table
from hub.kit.workbooks.ods import MIMETYPE, Ods
from hub.kit.workbooks.xlsx import Xlsx

_MOST_HEAD_COLUMNS, _LONGEST_HEAD = 600, 200


class _Source(Protocol):
    form: str
    date_1904: bool
    external_links: int
    macros: bool

    @property
    def names(self) -> list[tuple[str, bool]]: ...
    def values(self, index: int) -> BinaryIO: ...
    def marks(self, index: int, *, header: int) -> Marks: ...
    def forget(self, index: int) -> None: ...


class OpenWorkbook:
    """See `hub.kit.workbooks.Workbook`."""

    def __init__(self, content: bytes) -> None:
        archive = open_archive(content)
        self._source: _Source = _source(archive)
        names = [name for name, _ in self._source.names]
        if len({name.casefold() for name in names}) < len(names):
            raise BadWorkbook("bad-workbook", "names")
        self._loaded: tuple[int, CalamineSheet] | None = None

    def overview(self) -> Overview:
        """Names and first rows of the sheets, and what is peculiar about the whole."""
        source = self._source
        return Overview(
            form=source.form,
            sheets=tuple(
                Sheet(name=name, visible=visible, head=self._head(index) if visible else ())
                for index, (name, visible) in enumerate(source.names)
            ),
            date_1904=source.date_1904,
            external_links=source.external_links,
            macros=source.macros,
        )

    def table(self, asked: Asked) -> Table:
        """The rows of one sheet below its header."""
        sheet = self._sheet(asked.sheet)
        writer = Writer(asked, self._source.marks(asked.sheet, header=asked.header))
        left = sheet.start[1] if sheet.start else 0
        writer.write(sheet.iter_rows(), left=left)
        return writer.table()

    def marked(self, index: int, marking: Marking) -> bytes:
        """The sheet as it came, marked, in a workbook of its own. BadWorkbook where that cannot be: it is no XLSX workbook."""
        if not isinstance(self._source, Xlsx):
            raise BadWorkbook("not-a-workbook")
        if self._loaded is not None:
            self._loaded = None  # its values are not needed any more, and take memory
        return self._source.marked(index, marking)

    def _head(self, index: int) -> tuple[tuple[str, ...], ...]:
        sheet = self._sheet(index)
        if sheet.start is None:
            return ()
        top, left = sheet.start
        rows = sheet.to_python(nrows=max(HEAD_ROWS - top, 0)) if top < HEAD_ROWS else []
        # longer than any name of a column; a header of too many columns is told by its first ones
        said = [("",) * left + tuple(plain(cell)[:_LONGEST_HEAD] for cell in row[:_MOST_HEAD_COLUMNS]) for row in rows]
        return ((),) * top + tuple(said)

    def _sheet(self, index: int) -> CalamineSheet:
        if self._loaded is not None and self._loaded[0] == index:
            return self._loaded[1]
        if self._loaded is not None:
            self._source.forget(self._loaded[0])
            self._loaded = None
        try:
            name = self._source.names[index][0]
            sheet = CalamineWorkbook.from_filelike(self._source.values(index)).get_sheet_by_name(name)
        except CalamineError:
            raise BadWorkbook("bad-workbook", "values") from None
        if sheet.height * sheet.width > MOST_CELLS:
            raise BadWorkbook("workbook-too-large", "cells")
        self._loaded = (index, sheet)
        return sheet


def _source(archive: Archive) -> _Source:
    if archive.has("mimetype") and archive.has("content.xml"):
        if not archive.inflated("mimetype").strip().startswith(MIMETYPE):
            raise BadWorkbook("not-a-workbook")
        return Ods(archive)
    if not archive.has("[Content_Types].xml"):
        raise BadWorkbook("not-a-workbook", "zip")
    return Xlsx(archive)

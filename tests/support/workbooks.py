"""Workbooks for tests: XLSX by openpyxl, ODS by hand, and single parts of an archive replaced."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
Row = Sequence[Any]


def table_of(rows: Sequence[Mapping[str, str]]) -> list[Row]:
    """Rows of texts as a table with its header."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def xlsx_of(
    *sheets: tuple[str, Sequence[Row]] | Sequence[Row], change: Callable[[openpyxl.Workbook], None] | None = None
) -> bytes:
    """A workbook of these sheets; a blank text is a cell that is not there. `change` is called before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, sheet in enumerate(sheets, start=1):
        name, rows = sheet if isinstance(sheet, tuple) else (f"Sheet{number}", sheet)
        made: Worksheet = book.create_sheet(name)
        for row, values in enumerate(rows, start=1):
            for column, value in enumerate(values, start=1):
                if value not in ("", None):
                    made.cell(row, column, value)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def replaced(archive: bytes, parts: Mapping[str, bytes | None], *, stored: bool = False) -> bytes:
    """The same archive with parts replaced, added or (None) left out."""
    out = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", method) as new:
        kept = {name: old.read(name) for name in old.namelist()} | parts
        for name, data in kept.items():
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


def part_of(archive: bytes, name: str = SHEET) -> bytes:
    """One part of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


def sheet_xml(rows: str, *, around: str = "", after: str = "") -> bytes:
    """A worksheet's part with these rows as they are."""
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{around}<sheetData>{rows}</sheetData>{after}</worksheet>"
    ).encode()


def with_sheet(rows: str, *, around: str = "", after: str = "") -> bytes:
    """A workbook whose only sheet has these rows of XML."""
    return replaced(xlsx_of([["x"]]), {SHEET: sheet_xml(rows, around=around, after=after)})


def ods_of(*sheets: tuple[str, Sequence[Row]] | Sequence[Row]) -> bytes:
    """An OpenDocument spreadsheet, as LibreOffice writes the cells. A cell that is a `Xml` stands as it is."""
    tables = ""
    for number, sheet in enumerate(sheets, start=1):
        name, rows = sheet if isinstance(sheet, tuple) else (f"Sheet{number}", sheet)
        tables += f"<table:table table:name={quoteattr(name)}>"
        for row in rows:
            tables += f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"
        # LibreOffice pads the sheet to its full size with repeats
        tables += (
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>'
            "</table:table-row></table:table>"
        )
    return ods_with(tables)


def with_shared(workbook: bytes, texts: str) -> bytes:
    """An XLSX workbook with these shared texts (`<si>` elements)."""
    links = part_of(workbook, "xl/_rels/workbook.xml.rels")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    if kind not in links:
        one = b'<Relationship Type="' + kind + b'" Target="sharedStrings.xml" Id="rId77" /></Relationships>'
        links = links.replace(b"</Relationships>", one)
    names = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return replaced(
        workbook,
        {"xl/_rels/workbook.xml.rels": links, "xl/sharedStrings.xml": names + texts.encode() + b"</sst>"},
    )


class Xml(str):
    """A cell's XML as it is."""

    __slots__ = ()


def ods_with(tables: str, *, styles: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    """An OpenDocument spreadsheet with these tables of XML."""
    content = (
        f"<office:document-content {_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def _ods_cell(value: Any) -> str:
    if isinstance(value, Xml):
        return str(value)
    if value in ("", None):
        return "<table:table-cell/>"
    if isinstance(value, bool):
        return _typed("boolean", f'office:boolean-value="{str(value).lower()}"', str(value).upper())
    if isinstance(value, int | float):
        return _typed("float", f'office:value="{value}"', str(value))
    if isinstance(value, datetime | date):
        return _typed("date", f'office:date-value="{value.isoformat()}"', value.isoformat())
    return _typed("string", "", value)


def _typed(kind: str, value: str, text: str) -> str:
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="{kind}" {value}>{lines}</table:table-cell>'

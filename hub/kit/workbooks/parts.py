"""The parts of an XLSX workbook that the hub writes itself: sheets of texts and numbers, styles, links within the workbook.

Every cell is a value: nothing here can write a formula, a macro, a link to another file or anything else that acts.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

LONGEST = 32_767
"""Signs that a cell can hold."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NO_SIGN = re.compile("[\ud800-\udfff]")
_NAME_NOT = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_MOST_LINKS = 60_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell to write: its value, the number of its style, and the cell it leads to (`'Sheet1'!F112`), where it leads anywhere."""

    value: str | int | float
    style: int = 0
    link: str = ""


def spelt(text: str) -> str:
    """A text in signs that XML can hold, so that a spreadsheet reads back exactly this text.

    Other signs are written as spreadsheets write them (`_x0001_`), and so is the beginning of what would be read as one of these;
    half a surrogate becomes `\\ufffd`.
    """
    return _NOT_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", _NO_SIGN.sub("\ufffd", text))


def text_of(text: str) -> str:
    """A text as the content of an XML element, `spelt`."""
    return escape(spelt(text))


def column_letters(place: int) -> str:
    """0 is A, 26 is AA."""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def sheet_name(name: str, *, taken: Sequence[str] = ()) -> str:
    """The name as a sheet may have it, other than those taken."""
    plain = _NAME_NOT.sub(" ", name).strip().strip("'")[:_LONGEST_NAME] or "Sheet"
    number = 2
    candidate = plain
    while candidate.casefold() in {one.casefold() for one in taken}:
        candidate = f"{plain[: _LONGEST_NAME - 4]} {number}"
        number += 1
    return candidate


def cell_at(sheet: str, row: int, place: int) -> str:
    """What a link within the workbook leads to."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{column_letters(place)}{row}"


def cell_xml(address: str, value: str | int | float, style: int) -> str:
    """One cell. A text is a text, whatever it looks like."""
    styled = f' s="{style}"' if style else ""
    if isinstance(value, str):
        if not value:
            return f'<c r="{address}"{styled}/>' if style else ""
        said = text_of(value[:LONGEST])
        return f'<c r="{address}"{styled} t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
    return f'<c r="{address}"{styled}><v>{value!r}</v></c>'


def sheet_part(
    rows: Iterable[Sequence[Shown]], *, widths: Sequence[float] = (), freeze: int = 0, column_style: int = 0
) -> bytes:
    """A sheet of these rows, from A1 on. `freeze`: so many rows stay in view. `column_style`: that of cells not yet filled."""
    links: list[tuple[str, str]] = []
    body = ["<sheetData>"]
    for number, row in enumerate(rows, start=1):
        cells = []
        for place, shown in enumerate(row):
            address = f"{column_letters(place)}{number}"
            cells.append(cell_xml(address, shown.value, shown.style))
            if shown.link and len(links) < _MOST_LINKS:
                links.append((address, shown.link))
        body.append(f'<row r="{number}">{"".join(cells)}</row>')
    body.append("</sheetData>")
    return assembled(body, columns=columns_xml(widths, style=column_style), freeze=freeze, after=links_xml(links))


def columns_xml(widths: Sequence[float], *, style: int = 0) -> str:
    """The widths of the first columns, in signs."""
    if not widths:
        return ""
    styled = f' style="{style}"' if style else ""
    each = "".join(
        f'<col min="{place}" max="{place}" width="{width:g}" customWidth="1"{styled}/>'
        for place, width in enumerate(widths, start=1)
    )
    return f"<cols>{each}</cols>"


def links_xml(links: Sequence[tuple[str, str]]) -> str:
    """Links from cells to cells of the same workbook."""
    if not links:
        return ""
    each = "".join(f"<hyperlink ref={quoteattr(ref)} location={quoteattr(to)}/>" for ref, to in links)
    return f"<hyperlinks>{each}</hyperlinks>"


def assembled(
    body: Iterable[str], *, columns: str = "", form: str = "", freeze: int = 0, after: str = "", before_rows: str = ""
) -> bytes:
    """A worksheet's part of these pieces, in the order that spreadsheets insist on."""
    pane = (
        f'<pane ySplit="{freeze}" topLeftCell="A{freeze + 1}" activePane="bottomLeft" state="frozen"/>'
        if freeze
        else ""
    )
    views = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    head = f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}{form}{columns}{before_rows}'
    return "".join([head, *body, after, "</worksheet>"]).encode()


def package(sheets: Mapping[str, bytes], *, styles: bytes, date_1904: bool = False) -> bytes:
    """An XLSX workbook of these sheets' parts, by name, the first in front. The same parts give the same bytes."""
    numbered = list(enumerate(sheets, start=1))
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>' for number, name in numbered
    )
    counted = '<workbookPr date1904="1"/>' if date_1904 else ""
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{counted}<sheets>{listed}</sheets></workbook>'
    ties = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    ties += f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number, _ in numbered
    )
    types += f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    types += f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    default += '<Default Extension="xml" ContentType="application/xml"/>'
    root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_TYPES}">{default}{types}</Types>'.encode(),
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_LINKS}">{root}</Relationships>'.encode(),
        "xl/workbook.xml": f"{_HEAD}{book}".encode(),
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_LINKS}">{ties}</Relationships>'.encode(),
        "xl/styles.xml": styles,
        **{f"xl/worksheets/sheet{number}.xml": sheets[name] for number, name in numbered},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in parts.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return out.getvalue()

"""A sheet of an XLSX workbook as it came, with marks: the same cells, widths and formats.

Nothing of the original is passed on as it is: each cell is read and written anew as a value, formulas as the results that were
saved with them. Other sheets, charts, comments, macros and links are left behind. Runs where hostile workbooks are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from hub.kit.workbooks.marked import NOTE_WIDTH, Marking, frozen_rows, note_xml, packed_with
from hub.kit.workbooks.model import MOST_COLUMNS, MOST_ROWS, BadWorkbook
from hub.kit.workbooks.parts import assembled, column_letters, text_of
from hub.kit.workbooks.styles import Styles
from hub.kit.workbooks.xlsx_sheet import column_number
from hub.kit.workbooks.xml_pass import walk

_ADDRESS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|-?\.[0-9]+")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")
_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z?)?")
_MOST_MERGED = 20_000
_SHEET_FORM = ("baseColWidth", "defaultColWidth", "defaultRowHeight")
_ROW_FORM = ("ht", "customHeight", "hidden", "outlineLevel", "collapsed")
_COLUMN_FORM = ("width", "customWidth", "hidden", "bestFit", "outlineLevel", "collapsed")


def marked_original(
    marking: Marking, *, sheet: bytes, shared: bytes, styles: Element | None, name: str, date_1904: bool
) -> bytes:
    """A workbook with the sheet as it came, marked. BadWorkbook where its rows do not stand in order."""
    styling = Styles(styles)
    rewriting = _Rewriting(marking, styling, _texts(shared))
    walk(sheet, start=rewriting.start, text=rewriting.said, end=rewriting.end)
    rewriting.body.append("</sheetData>")
    columns = rewriting.columns + _note_column(rewriting, marking)
    part = assembled(
        ["<sheetData>", *rewriting.body],
        columns=f"<cols>{columns}</cols>",
        form=rewriting.form,
        freeze=frozen_rows(marking),
        after=rewriting.merged_xml(),
    )
    return packed_with(marking, styling, name, part, date_1904=date_1904)


@dataclass(slots=True)
class _Cell:
    """The cell that is open."""

    place: int = -1
    style: int = 0
    kind: str = "n"
    value: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Rewriting:
    """The pass over the sheet: each row is written anew when it ends."""

    def __init__(self, marking: Marking, styles: Styles, shared: Sequence[str]) -> None:
        self.body: list[str] = []
        self.form = ""
        self.columns = ""
        self.last_column = 0
        self._marking, self._styles, self._shared = marking, styles, shared
        self._marks, self._places = marking.by_row(), marking.rows()
        self._letters = [column_letters(place) for place in range(702)]
        self._in_rows, self._inside, self._aside = False, "", 0
        self._cell = _Cell()
        self._row, self._row_form, self._last = 0, "", 0
        self._row_style = 0
        self._cells: dict[int, str] = {}
        self._merged: list[str] = []

    # ---- what the parser tells -------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._in_rows:
            self._around(name, attributes)
        elif name == "c":
            self._open(attributes)
        elif name in ("v", "t"):
            self._inside = name
        elif name == "rPh":  # how a text is pronounced stands beside it
            self._aside += 1
        elif name == "row":
            self._open_row(attributes)

    def said(self, text: str) -> None:
        if self._inside == "v":
            self._cell.value.append(text)
        elif self._inside == "t" and not self._aside:
            self._cell.text.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._inside = ""
        elif name == "rPh":
            self._aside -= 1
        elif name == "c" and self._in_rows:
            self._close()
        elif name == "row" and self._in_rows:
            self._close_row()
        elif name == "sheetData":
            self._in_rows = False

    # ---- pieces ----------------------------------------------------------------------------------------------------

    def _around(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self._in_rows = True
        elif name == "sheetFormatPr":
            self.form = (
                f"<sheetFormatPr{_numbers(attributes, _SHEET_FORM)}/>" if "defaultRowHeight" in attributes else ""
            )
        elif name == "col":
            self._column(attributes)
        elif name == "mergeCell" and self._places is None and len(self._merged) < _MOST_MERGED:
            ends = attributes.get("ref", "").split(":")
            if len(ends) == 2 and all(_ADDRESS.fullmatch(end) for end in ends):
                self._merged.append(":".join(ends).upper())

    def _column(self, attributes: dict[str, str]) -> None:
        first, last = (attributes.get(name, "") for name in ("min", "max"))
        if not (first.isdecimal() and last.isdecimal() and self.last_column < int(first) <= int(last) <= MOST_COLUMNS):
            return
        note = self._marking.note_place + 1
        style = self._styles.kept(attributes.get("style", ""))
        said = _numbers(attributes, _COLUMN_FORM) + (f' style="{style}"' if style else "")
        for begin, end in ((int(first), min(int(last), note - 1)), (max(int(first), note + 1), int(last))):
            if begin <= end:
                self._noted(begin)
                self.columns += f'<col min="{begin}" max="{end}"{said}/>'
                self.last_column = end

    def _noted(self, before: int) -> None:
        """The column of notes stands among the others in order."""
        note = self._marking.note_place + 1
        if self.last_column < note < before:
            self.columns += f'<col min="{note}" max="{note}" width="{NOTE_WIDTH}" customWidth="1"/>'
            self.last_column = note

    def _open_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r", "")
        self._row = int(said) if said.isdecimal() and len(said) < 8 else self._row + 1
        style = self._styles.kept(attributes.get("s", "")) if attributes.get("customFormat") in ("1", "true") else 0
        self._row_style = style
        self._row_form = _numbers(attributes, _ROW_FORM) + (f' s="{style}" customFormat="1"' if style else "")
        self._cells = {}
        self._cell = _Cell()

    def _open(self, attributes: dict[str, str]) -> None:
        here = _ADDRESS.fullmatch(attributes.get("r", ""))
        place = column_number(here[1]) - 1 if here else self._cell.place + 1
        if not 0 <= place < MOST_COLUMNS:
            raise BadWorkbook("bad-workbook", "address")
        self._cell = _Cell(place, self._styles.kept(attributes.get("s", "0")), attributes.get("t", "n"))

    def _close(self) -> None:
        cell, row = self._cell, self._row
        if cell.place == self._marking.note_place or (self._places is not None and row not in self._places):
            return
        mark = self._marks.get(row, {}).get(cell.place, "")
        style = self._styles.marked(cell.style, mark) if mark else cell.style
        self._cells[cell.place] = self._spelt(cell, style)

    def _close_row(self) -> None:
        row = self._row
        at = row if self._places is None else self._places.get(row, 0)
        if not at:
            return
        if not self._last < at <= MOST_ROWS:
            raise BadWorkbook("bad-workbook", "address")
        self._last, marks = at, self._marks.get(row, {})
        for place in marks.keys() - self._cells.keys() - {self._marking.note_place}:
            self._cells[place] = f' s="{self._styles.marked(self._row_style, marks[place])}"/>'
        written = {place: f'<c r="{self._letter(place)}{at}"{said}' for place, said in self._cells.items()}
        written[self._marking.note_place] = note_xml(self._marking, self._styles, row, at, marks)
        cells = "".join(written[place] for place in sorted(written))
        form = self._row_form if self._places is None else ""
        self.body.append(f'<row r="{at}"{form}>{cells}</row>')

    def _spelt(self, cell: _Cell, style: int) -> str:
        """The cell without its address, which is not known before its row ends."""
        styled = f' s="{style}"' if style else ""
        value, kind = "".join(cell.value), cell.kind
        if kind == "s":
            number = int(value) if value.strip().isdecimal() and len(value) < 12 else -1
            if not 0 <= number < len(self._shared):
                raise BadWorkbook("bad-workbook", "shared")
            return _text(styled, self._shared[number])
        if kind == "inlineStr":
            return _text(styled, "".join(cell.text))
        if kind in ("b", "e", "n", "d") and _is_value(kind, value.strip()):
            said = f' t="{kind}"' if kind != "n" else ""
            return f"{styled}{said}><v>{text_of(value.strip())}</v></c>"
        return _text(styled, value)

    def _letter(self, place: int) -> str:
        return self._letters[place] if place < len(self._letters) else column_letters(place)

    def merged_xml(self) -> str:
        """Merged cells stay merged: the notes say which."""
        if not self._merged:
            return ""
        return (
            f"<mergeCells>{''.join(f'<mergeCell ref={chr(34)}{one}{chr(34)}/>' for one in self._merged)}</mergeCells>"
        )


def _note_column(rewriting: _Rewriting, marking: Marking) -> str:
    note = marking.note_place + 1
    if rewriting.last_column >= note:
        return ""
    return f'<col min="{note}" max="{note}" width="{NOTE_WIDTH}" customWidth="1"/>'


def _is_value(kind: str, value: str) -> bool:
    if kind == "n":
        return _NUMBER.fullmatch(value) is not None
    if kind == "b":
        return value in ("0", "1")
    return value in _ERRORS if kind == "e" else _ISO.fullmatch(value) is not None


def _text(styled: str, text: str) -> str:
    """A text is passed on in the workbook's own spelling of signs, which it has already."""
    if not text:
        return f"{styled}/>"
    said = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return f'{styled} t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _numbers(attributes: Mapping[str, str], names: Sequence[str]) -> str:
    """Those of the attributes, where they are numbers or truths."""
    said = ((name, attributes.get(name, "")) for name in names)
    kept = [(name, {"true": "1", "false": "0"}.get(text, text)) for name, text in said]
    return "".join(f' {name}="{text}"' for name, text in kept if _PLAIN_NUMBER.fullmatch(text))


@dataclass(slots=True)
class _Shared:
    """The pass over the shared texts."""

    texts: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _inside: bool = False
    _aside: int = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        if name == "si":
            self._pieces.clear()
        elif name == "rPh":
            self._aside += 1
        elif name == "t":
            self._inside = not self._aside

    def said(self, text: str) -> None:
        if self._inside:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if name == "t":
            self._inside = False
        elif name == "rPh":
            self._aside -= 1
        elif name == "si":
            self.texts.append("".join(self._pieces))


def _texts(shared: bytes) -> list[str]:
    """The shared texts, in order, in the spelling of the workbook."""
    found = _Shared()
    if shared:
        walk(shared, start=found.start, text=found.said, end=found.end)
    return found.texts

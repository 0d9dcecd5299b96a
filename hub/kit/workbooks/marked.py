"""A table that goes back with marks: fills on the failing cells, notes beside them, a sheet in front that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.kit.workbooks.model import MOST_ROWS
from hub.kit.workbooks.parts import (
    Shown,
    assembled,
    cell_at,
    cell_xml,
    column_letters,
    package,
    sheet_name,
    sheet_part,
)
from hub.kit.workbooks.styles import Styles

NOTE_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet in front: texts, the names of their styles, the cells (row, place) they lead to; row 0 is nowhere."""

    texts: tuple[str | int, ...]
    styles: tuple[str, ...] = ()
    links: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What is to be marked in a table, and what is told in front of it. Rows count from 1, places from 0, as in the sheet.

    `marks` are cells (row, place, `error` or `warning`); `notes` say per row what is wrong, in the column `note_place` whose
    name is `note_title`. `only`: the rows to give back, besides the header, each after the other; None: all. `widths` are those of
    the columns of the sheet in front.
    """

    header: int
    note_place: int
    note_title: str
    marks: Sequence[tuple[int, int, str]]
    notes: Mapping[int, str]
    front_name: str
    front: Sequence[Line]
    widths: Sequence[float] = ()
    only: tuple[int, ...] | None = None

    def rows(self) -> dict[int, int] | None:
        """Where each row given back stands; None: where it stood."""
        if self.only is None:
            return None
        kept = [row for row in sorted(set(self.only)) if row != self.header]
        return {self.header: 1, **{row: place for place, row in enumerate(kept, start=2)}}

    def by_row(self) -> dict[int, dict[int, str]]:
        """The marks of each row; an error covers a warning."""
        found: dict[int, dict[int, str]] = {}
        for row, place, mark in self.marks:
            cells = found.setdefault(row, {})
            if cells.get(place) != "error":
                cells[place] = mark
        return found


def marking_from(document: dict[str, Any]) -> Marking:
    """The marking that `asdict` and JSON made a document of."""
    said = dict(document)
    said["notes"] = {int(row): text for row, text in said["notes"].items()}
    said["front"] = [
        Line(tuple(one["texts"]), tuple(one["styles"]), tuple(map(tuple, one["links"]))) for one in said["front"]
    ]
    said["only"] = None if said["only"] is None else tuple(said["only"])
    return Marking(**said)


def marked_plain(marking: Marking, rows: Sequence[tuple[int, Sequence[str]]], *, name: str) -> bytes:
    """A workbook of the hub's own with these rows (number, values) as texts, marked; without rows, of the sheet in front alone."""
    styles = Styles()
    if not rows:
        return packed_with(marking, styles, name, None)
    text, found, places = styles.own("text"), marking.by_row(), marking.rows()
    body, last = ["<sheetData>"], 0
    for row, values in rows:
        at = row if places is None else places.get(row, 0)
        if not last < at <= MOST_ROWS:
            continue
        last, marks = at, found.get(row, {})
        width = max([len(values), *(place + 1 for place in marks)])
        cells = []
        for place in range(width):
            if place == marking.note_place:
                continue
            said = values[place] if place < len(values) else ""
            style = styles.own("head") if row == marking.header else text if said else 0
            if place in marks:
                style = styles.marked(style, marks[place])
            cells.append(cell_xml(f"{column_letters(place)}{at}", said, style))
        cells.append(note_xml(marking, styles, row, at, marks))
        body.append(f'<row r="{at}">{"".join(cells)}</row>')
    body.append("</sheetData>")
    widths = _widths(rows, marking.note_place)
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width:g}" customWidth="1" style="{text}"/>'
        for place, width in enumerate([*widths, NOTE_WIDTH], start=1)
    )
    return packed_with(
        marking, styles, name, assembled(body, columns=f"<cols>{columns}</cols>", freeze=frozen_rows(marking))
    )


def packed_with(marking: Marking, styles: Styles, name: str, part: bytes | None, *, date_1904: bool = False) -> bytes:
    """The workbook of the sheet in front and the marked sheet `part`, which is called `name`."""
    front_name = sheet_name(marking.front_name)
    named = sheet_name(name, taken=[front_name])
    places = marking.rows()
    lines = []
    for line in marking.front:
        shown = []
        for place, text in enumerate(line.texts):
            row, column = line.links[place] if place < len(line.links) else (0, 0)
            at = row if places is None else places.get(row, 0)
            style = line.styles[place] if place < len(line.styles) else ""
            link = cell_at(named, at, column) if at and part is not None else ""
            number = styles.own("wrap" if style == "link" and not link else style) if style else 0
            shown.append(Shown(text, number, link))
        lines.append(shown)
    sheets = {front_name: sheet_part(lines, widths=marking.widths)}
    if part is not None:
        sheets[named] = part
    return package(sheets, styles=styles.part(), date_1904=date_1904)


def frozen_rows(marking: Marking) -> int:
    """The rows that stay in view."""
    return 1 if marking.only is not None else marking.header


def note_xml(marking: Marking, styles: Styles, row: int, at: int, marks: Mapping[int, str]) -> str:
    """The cell that says in words what is wrong in a row."""
    address = f"{column_letters(marking.note_place)}{at}"
    mark = "error" if "error" in marks.values() else "warning"
    if row == marking.header:
        said = marking.notes.get(row, "")
        title = marking.note_title if not said else f"{marking.note_title}: {said}"
        return cell_xml(address, title, styles.own(mark if said else "head"))
    if row not in marking.notes:
        return ""
    return cell_xml(address, marking.notes[row], styles.own(mark))


def _widths(rows: Sequence[tuple[int, Sequence[str]]], count: int) -> list[float]:
    longest = [4] * count
    for _, values in rows[:200]:
        for place, value in enumerate(values[:count]):
            longest[place] = max(longest[place], len(value))
    return [float(min(one + 2, 50)) for one in longest]

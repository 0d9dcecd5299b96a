"""A person at a spreadsheet, who mends a marked workbook by what its words say and looks things up in the agency's own system.

What stands beside a cell decides what is done to it. Words that name no action are an error: then the file cannot be mended by
somebody who has the words alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

NOTE = "Hub: what is wrong"
Lists = Mapping[str, Sequence[str]]
"""The codes that the page where the file is sent names, by column."""

_SAID = re.compile(r"(?:(?P<cells>[A-Z]+\d+ .*?): )?(?P<title>[A-Z][^.:]*)\. (?P<remedy>.*)")


@dataclass
class Desk:
    """The sheet on the screen, the agency's system (`case`: its rows as they are there), and the lists of the page."""

    sheet: Any
    names: list[str]
    case: list[dict[str, str]]
    lists: Lists
    limits: dict[str, int]
    gone: set[int] = field(default_factory=set)
    mended: int = 0

    def place(self, name: str) -> int:
        return self.names.index(name) + 1

    def look_up(self, row: int, name: str) -> str:
        return self.case[row - 2][name]

    def write(self, row: int, name: str, text: str) -> None:
        self.sheet.cell(row, self.place(name)).value = text or None
        self.mended += 1


Cells = list[tuple[int, str]]


def _look_up(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    named = re.match(r"Fill in (\S.*?)(?: in those rows| where it is known)", remedy)
    for at, name in cells or [(row, named[1])] if named else cells:
        desk.write(at, name, desk.look_up(at, name))


def _look_up_both(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    two = re.match(r"Look at (\S.*?) and at (\S.*?)(?:: one| for a)", remedy)
    assert two, remedy
    for name in two.groups():
        desk.write(row, name, desk.look_up(row, name))


def _as_shown(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    """What the system has, as long as the page shows it written so."""
    example = re.search(r"(?:such as|like) (.+?)\.(?: |$)", remedy)
    assert example, remedy
    for at, name in cells:
        text = desk.look_up(at, name)
        if remedy.startswith("Write it as"):
            assert _form(text) == _form(example[1]), (name, text, remedy)
        desk.write(at, name, text)


def _form(text: str) -> str:
    return re.sub(r"[a-z]", "a", re.sub(r"[0-9]", "9", text), flags=re.IGNORECASE)


def _code(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    assert "page where the file is sent" in remedy
    for at, name in cells:
        text = desk.look_up(at, name)
        several = [one for one in re.split(r"[;|]", text) if one] if text not in desk.lists[name] else [text]
        assert set(several) <= set(desk.lists[name]), (name, text, desk.lists[name])
        desk.write(at, name, text)


def _shorten(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    for at, name in cells:
        said = str(desk.sheet.cell(at, desk.place(name)).value)
        desk.write(at, name, said[: desk.limits[name]].strip())


def _leave_blank(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    for at, name in cells:
        desk.write(at, name, "")


def _take_out(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    desk.gone.add(row)


def _nothing(desk: Desk, cells: Cells, row: int, remedy: str) -> None:
    """Read, and left as it is."""


ACTIONS: tuple[tuple[str, Callable[[Desk, Cells, int, str], None]], ...] = (
    (r"Fill (it|in|all of them)", _look_up),
    (r"Take (it|them) out in the system", _look_up),
    (r"Look the value up", _look_up),
    (r"Look at \S.* and at ", _look_up_both),
    (r"Look which of the two is right", _look_up),
    (r"Choose the month this extract is for, or mend the two dates", _look_up),
    (r"Write ", _as_shown),
    (r"Use a code of the list", _code),
    (r"Shorten it", _shorten),
    (r"Leave \S.* blank in those rows", _leave_blank),
    (r"Send these rows with the extract of their own month", _take_out),
    (r"Send one extract for each", _take_out),
    (r"Make sure that the export did not write rows twice", _take_out),
    (r"If they are different events, mend their keys\. If not, nothing", _nothing),
    (r"Nothing to mend", _nothing),
    (r"Look for a comma", _nothing),
)
"""What the words of a remedy make a person do, first match first."""


def mended(path: Path, *, clean: Path, lists: Lists) -> int:
    """Mend the workbook at `path` row by row, as the column of notes says, and save it; how many cells were written.

    `clean` is what the agency's system holds.
    """
    book = openpyxl.load_workbook(path)
    front, sheet = book.worksheets
    top = [str(cell.value or "") for cell in sheet[1]]
    note = next(place for place, name in enumerate(top) if name.startswith(NOTE))
    desk = Desk(sheet, top, _system(clean), lists, _limits(front))
    for row in range(2, sheet.max_row + 1):
        for line in str(sheet.cell(row, note + 1).value or "").splitlines():
            _do(desk, row, line)
    for row in sorted(desk.gone, reverse=True):
        sheet.delete_rows(row)
    book.save(path)
    return desk.mended


def with_column(path: Path, name: str, *, clean: Path) -> None:
    """Write the column that is missing at the right edge of the marked workbook, as somebody does who was told its name alone."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]
    place = sheet.max_column + 1
    for row, text in enumerate([name, *(one[name] for one in _system(clean))], 1):
        sheet.cell(row, place).value = text or None
    book.save(path)


def filled(path: Path, *, clean: Path) -> None:
    """Fill the template's first sheet from the agency's system, each column under its name."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    names = [str(cell.value) for cell in sheet[1]]
    for row, one in enumerate(_system(clean), 2):
        for place, name in enumerate(names, 1):
            sheet.cell(row, place).value = one[name] or None
    book.save(path)


def _system(clean: Path) -> list[dict[str, str]]:
    with clean.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _limits(front: Any) -> dict[str, int]:
    """How long a text may be, as the sheet in front says it."""
    said = ((str(row[1] or ""), str(row[2] or "")) for row in front.iter_rows(values_only=True))
    return {name: int(found[1]) for text, name in said if (found := re.search(r"more than (\d+) characters", text))}


def _do(desk: Desk, row: int, line: str) -> None:
    said = _SAID.fullmatch(line)
    assert said, f"row {row} says nothing that can be read: {line}"
    cells = [_named(one, desk) for one in re.split(r", (?=[A-Z]+\d+ )", said["cells"])] if said["cells"] else []
    for words, action in ACTIONS:
        if re.match(words, said["remedy"]):
            action(desk, cells, row, said["remedy"])
            return
    raise AssertionError(f"nothing says what to do in row {row}: {line}")


def _named(text: str, desk: Desk) -> tuple[int, str]:
    """`F112 Age band`: the row and the column that the address leads to, which must be the one that is named."""
    address, _, name = text.partition(" ")
    cell = desk.sheet[address]
    assert desk.names[cell.column - 1] == name, text
    return cell.row, name

"""From published cells to the lines of a figure. Everything here is post-processing: no cell is seen that a reader could not fetch.

Rolling twelve months: the sum of twelve published numbers; where one is hidden or missing there is no figure, because a sum over
what is left would be a wrong number (promise P12). A change is shown only where both figures are 20 or more: rates and changes on
smaller bases are unreliable (a convention of public health statistics).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.assessment.model import Line
from hub.kit.spoken import spoken_month, spoken_period
from hub.kit.words import say
from hub.views import ProtectedTable, Shown
from hub.views.model import Cell, TableRow

SMALLEST_BASE = 20
TOP = 10
_YEAR = 12


def column_position(table: ProtectedTable, dataset: str, agency: str) -> int:
    """Where the column of a measure stands."""
    return next(
        index for index, column in enumerate(table.columns) if (column.dataset, column.agency) == (dataset, agency)
    )


def rolling(table: ProtectedTable, position: int, kinds: Sequence[str]) -> dict[str, list[tuple[str, int | None]]]:
    """For each kind: (last month, sum of its twelve months) from the twelfth month on; None where a month is hidden or missing."""
    found: dict[str, list[tuple[str, int | None]]] = {}
    for kind in kinds:
        months = {row.period: row.cells[position] for row in table.rows if row.kind == kind}
        if not months:
            continue
        ordered = _all_months(min(months), max(months))
        sums = []
        for last in range(_YEAR - 1, len(ordered)):
            cells = [months.get(month) for month in ordered[last - _YEAR + 1 : last + 1]]
            numbers = [cell.value for cell in cells if cell is not None and cell.state is Shown.NUMBER]
            sums.append((ordered[last], sum(numbers) if len(numbers) == _YEAR else None))
        found[kind] = sums
    return found


def rolling_lines(sums: dict[str, list[tuple[str, int | None]]], titles: dict[str, str]) -> tuple[Line, ...]:
    """One line a kind: its newest rolling figure, the one a year before, and the change in whole percent."""
    lines = []
    for kind, series in sums.items():
        if not series:
            continue
        month, newest = series[-1]
        before = dict(series).get(f"{int(month[:4]) - 1}{month[4:]}")
        lines.append(
            Line((titles.get(kind, kind), spoken_month(month), _text(newest), _text(before), change(newest, before)))
        )
    return tuple(lines)


def change(newest: int | None, before: int | None) -> str:
    """Signed whole percent, or the words for none."""
    if newest is None or before is None or min(newest, before) < SMALLEST_BASE:
        return say("assessment.table.no-change")
    percent = (200 * (newest - before) + before) // (
        2 * before
    )  # rounded half up, in integers: the same on every machine
    return f"{percent:+d} %"


def series_lines(table: ProtectedTable, position: int) -> tuple[Line, ...]:
    """The published cells in order of their periods."""
    rows = sorted((row for row in table.rows if row.kind == ""), key=lambda row: row.period)
    return tuple(
        Line((spoken_period(row.period), cell_text(row.cells[position])))
        for row in rows
        if row.cells[position].state is not Shown.NONE
    )


def ranking(table: ProtectedTable, position: int, kind: str) -> tuple[str, tuple[TableRow, ...]]:
    """The newest year with a number, and its areas from most to least; equal numbers by name; hidden cells are left out."""
    rows = [row for row in table.rows if row.kind == kind and row.cells[position].state is Shown.NUMBER]
    if not rows:
        return "", ()
    year = max(row.period for row in rows)
    newest = [row for row in rows if row.period == year]
    newest.sort(key=lambda row: (-row.cells[position].value, row.area_name, row.area))
    return year, tuple(newest[:TOP])


def ranks(areas: Sequence[TableRow], position: int) -> tuple[str, ...]:
    """The rank of each area of a ranking: areas with equal figures share the first of their ranks, marked `=`."""
    values = [row.cells[position].value for row in areas]
    return tuple(f"{values.index(value) + 1}{'=' if values.count(value) > 1 else ''}" for value in values)


def cell_text(cell: Cell) -> str:
    """A published cell as a document prints it: thousands divided, hidden cells as their sign."""
    return f"{cell.value:,}" if cell.state is Shown.NUMBER else cell.text


def _text(number: int | None) -> str:
    return say("assessment.table.none") if number is None else f"{number:,}"


def _all_months(first: str, last: str) -> list[str]:
    year, month = int(first[:4]), int(first[5:])
    months = []
    while (text := f"{year:04d}-{month:02d}") <= last:
        months.append(text)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months

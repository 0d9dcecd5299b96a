"""From published cells to the lines of a figure. Everything here is post-processing: no cell is seen that a reader could not fetch.

Rolling twelve months: the sum of twelve published numbers; where one is hidden or missing there is no figure, because a sum over
what is left would be a wrong number (promise P12). A change is shown only where both figures are 20 or more: rates and changes on
smaller bases are unreliable (a convention of public health statistics).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from hub.assessment.model import Line
from hub.kit.spoken import spoken_month, spoken_period
from hub.kit.words import say
from hub.views import ProtectedTable, Shown
from hub.views.model import Cell, TableRow

SMALLEST_BASE = 20
TOP = 10
_YEAR = 12


def whole(table: ProtectedTable, position: int, kind: str) -> dict[str, int | None]:
    """The figure of the whole area for each period of one kind: None where the cell of any area is hidden or missing."""
    areas = {row.area for row in table.rows}
    cells: dict[str, list[Cell]] = {}
    for row in table.rows:
        if row.kind == kind:
            cells.setdefault(row.period, []).append(row.cells[position])
    return {
        period: _sum_of_numbers(found) if len(found) == len(areas) else None for period, found in sorted(cells.items())
    }


def windows(periods: Mapping[str, int | None], *, years: int = 1) -> list[tuple[str, int | None]]:
    """(last period, sum of its twelve months) from the first whole year on; all periods are months, quarters or years.

    None where a period of the twelve months is hidden or missing. With `years`, of so many times twelve months.
    """
    if not periods:
        return []
    ordered = all_periods(min(periods), max(periods))
    size = years * (1 if len(ordered[0]) == len("2026") else 4 if "Q" in ordered[0] else _YEAR)
    sums = []
    for last in range(size - 1, len(ordered)):
        numbers = [periods.get(period) for period in ordered[last - size + 1 : last + 1]]
        shown = [number for number in numbers if number is not None]
        sums.append((ordered[last], sum(shown) if len(shown) == size else None))
    return sums


def rolling(
    table: ProtectedTable, position: int, kinds: Sequence[str], *, years: int = 1
) -> dict[str, list[tuple[str, int | None]]]:
    """For each kind that the table has: (last period, sum of its twelve months), as `windows`."""
    found = {kind: whole(table, position, kind) for kind in kinds}
    return {kind: windows(periods, years=years) for kind, periods in found.items() if periods}


def together(sums: Mapping[str, Sequence[tuple[str, int | None]]]) -> list[tuple[str, int | None]]:
    """The sum of several kinds of one measure, window by window; None where any of them has no figure.

    Kinds of one measure divide the same counted things, so nothing is counted twice.
    """
    series = [dict(one) for one in sums.values()]
    periods = sorted({period for one in series for period in one})
    summed: list[tuple[str, int | None]] = []
    for period in periods:
        numbers = [number for one in series if (number := one.get(period)) is not None]
        summed.append((period, sum(numbers) if numbers and len(numbers) == len(series) else None))
    return summed


def rolling_lines(sums: dict[str, list[tuple[str, int | None]]], titles: dict[str, str]) -> tuple[Line, ...]:
    """One line a kind: its newest rolling figure, the one a year before, and the change in whole percent."""
    lines = []
    for kind, series in sums.items():
        if not series:
            continue
        period, newest = series[-1]
        before = dict(series).get(f"{int(period[:4]) - 1}{period[4:]}")
        last = window_text(period)
        lines.append(
            Line((titles.get(kind, kind), last, number_text(newest), number_text(before), change(newest, before)))
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


def series_lines(table: ProtectedTable, position: int, kind: str = "") -> tuple[Line, ...]:
    """The published cells of one kind, or of the whole, in order of their periods."""
    rows = sorted((row for row in table.rows if row.kind == kind), key=lambda row: row.period)
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


def number_text(number: int | None) -> str:
    """A figure as a document prints it, or the words for none."""
    return say("assessment.table.none") if number is None else f"{number:,}"


def rate(number: int | None, residents: int | None, per: int) -> str:
    """Events for so many residents, with one decimal, halves up; the words for none on a base under 20 or without residents."""
    if number is None or not residents or number < SMALLEST_BASE:
        return say("assessment.table.none")
    return decimal_text(Fraction(number * per, residents))


def decimal_text(number: Fraction, places: int = 1) -> str:
    """A number that is not negative with so many decimals, halves up, thousands divided: the same text on every machine."""
    scaled = int((number * 10**places * 2 + 1) // 2)
    left, right = divmod(scaled, 10**places)
    return f"{left:,}.{right:0{places}d}" if places else f"{left:,}"


def percent_text(part: int, all_of_it: int) -> str:
    """A share in whole percent, halves up."""
    return f"{(200 * part + all_of_it) // (2 * all_of_it)} %"


def window_text(period: str) -> str:
    """The last month of a window, or the last quarter or the year as people write them."""
    return spoken_month(period) if len(period) == len("2026-10") and "Q" not in period else spoken_period(period)


def all_periods(first: str, last: str) -> list[str]:
    """Every month, quarter or year from `first` to `last`, both included."""
    if len(first) == len("2026"):
        return [f"{year:04d}" for year in range(int(first), int(last) + 1)]
    mark, steps = ("Q", 4) if "Q" in first else ("", _YEAR)
    start, stop = (int(period[:4]) * steps + int(period[5 + len(mark) :]) - 1 for period in (first, last))
    width = 1 if mark else 2
    return [f"{number // steps:04d}-{mark}{number % steps + 1:0{width}d}" for number in range(start, stop + 1)]


def _sum_of_numbers(cells: Sequence[Cell]) -> int | None:
    """The sum where every cell is a published number."""
    return sum(cell.value for cell in cells) if all(cell.state is Shown.NUMBER for cell in cells) else None

"""Which chart shows a measure best, and the table of the same cells beside it. A hidden cell is drawn as hidden, never as zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hub.kit.charts import MAX_SERIES, Mark, MarkKind, Series, bar_chart, line_chart
from hub.kit.words import say
from hub.views import Cell as ViewCell
from hub.views import Column as ViewColumn
from hub.views import ProtectedTable, Shown, TableRow
from hub.web.dates import short_period, spoken_period
from hub.web.elements import Cell, Column, Figure, Table

_MOST_BARS = 40
_FEWEST_POINTS = 3
_KINDS = {Shown.NUMBER: MarkKind.NUMBER, Shown.STAR: MarkKind.STAR, Shown.WITHHELD: MarkKind.WITHHELD}


@dataclass(frozen=True, slots=True)
class Slice:
    """The cells of one column of a protected table, by area, period and kind; a cell that is not there is absent."""

    column: ViewColumn
    cells: Mapping[tuple[str, str, str], ViewCell]
    areas: Mapping[str, str]
    periods: tuple[str, ...]
    kinds: Mapping[str, str]
    gaps: frozenset[str]

    @property
    def heading(self) -> str:
        """`Recorded crimes, Ravensbourne Police`."""
        return measure_heading(self.column)


def measure_heading(column: ViewColumn) -> str:
    """A measure and whose it is: `Recorded crimes, Ravensbourne Police`."""
    return say("web.view.measure_of", title=column.title, agency=column.agency_name)


def slice_of(table: ProtectedTable, place: int) -> Slice:
    """The column at `place`, with the areas, periods and kinds it has cells for; gaps keep their periods."""
    column = table.columns[place]
    held = [(row, row.cells[place]) for row in table.rows if row.cells[place].state is not Shown.NONE]
    cells = {(row.area, row.period, row.kind): cell for row, cell in held}
    gaps = frozenset(gap.period for gap in table.gaps if gap.column == column.id)
    return Slice(
        column=column,
        cells=cells,
        areas={row.area: row.area_name for row, _ in held},
        periods=tuple(sorted({row.period for row, _ in held} | gaps)),
        kinds={row.kind: row.kind_title for row, _ in held},
        gaps=gaps,
    )


# ---- charts ------------------------------------------------------------------------------------------------------------


def figure_of(part: Slice, ident: str) -> tuple[Figure | None, tuple[str, ...]]:
    """The chart that fits this slice, and notes on what it leaves to the table; no chart where none would be readable."""
    if len(part.areas) == 1 and len(part.periods) >= _FEWEST_POINTS:
        return _lines(part, ident)
    if len(part.kinds) == 1 and 1 < len(part.areas) <= _MOST_BARS:
        kind = next(iter(part.kinds))
        return _bars(part, ident, {area: (area, "", kind) for area in part.areas}, part.areas)
    if len(part.areas) == 1 and 1 < len(part.kinds) <= _MOST_BARS:
        area = next(iter(part.areas))
        return _bars(part, ident, {kind: (area, "", kind) for kind in part.kinds}, part.kinds)
    return None, ((say("web.view.no_chart"),) if part.cells else ())


def _lines(part: Slice, ident: str) -> tuple[Figure, tuple[str, ...]]:
    area = next(iter(part.areas))
    shown = _largest(part, area)
    series = tuple(
        Series(part.kinds[kind] or part.column.title, tuple(mark_of(part, (area, p, kind)) for p in part.periods))
        for kind in shown
    )
    marks = [mark for one in series for mark in one.marks]
    description = say(
        "web.chart.lines_description",
        measure=part.heading,
        count=len(part.periods),
        first=spoken_period(part.periods[0]),
        last=spoken_period(part.periods[-1]),
        **_counted(marks),
    )
    subtitle = f"{part.areas[area]}, {spoken_period(part.periods[0])} - {spoken_period(part.periods[-1])}"
    chart = line_chart(series, ident=ident, title=part.heading, description=_with_highest(description, marks))
    notes: tuple[str, ...] = ()
    if len(shown) < len(part.kinds):
        notes = (say("web.view.chart_first", shown=len(shown), count=len(part.kinds)),)
    return _figure(part, ident, subtitle, chart, marks), notes


def _bars(
    part: Slice, ident: str, keys: Mapping[str, tuple[str, str, str]], names: Mapping[str, str]
) -> tuple[Figure | None, tuple[str, ...]]:
    """Bars for the newest period that has cells, in the order of the names: the order of hidden cells must tell nothing."""
    period = newest_period(part)
    if not period:
        return None, ()
    ordered = sorted(keys, key=lambda code: names[code])
    bars = [mark_of(part, (keys[code][0], period, keys[code][2]), names[code]) for code in ordered]
    description = say("web.chart.bars_description", measure=part.heading, count=len(bars), **_counted(bars))
    chart = bar_chart(bars, ident=ident, title=part.heading, description=_with_highest(description, bars))
    place = next(iter(part.areas.values())) + ", " if len(part.areas) == 1 else ""
    figure = _figure(part, ident, place + spoken_period(period), chart, bars)
    notes = (say("web.view.chart_period", period=spoken_period(period)),) if len(part.periods) > 1 else ()
    return figure, notes


def newest_period(part: Slice) -> str:
    """The newest period that has cells; nothing where none has."""
    return max((period for _, period, _ in part.cells), default="")


def mark_of(part: Slice, key: tuple[str, str, str], label: str = "") -> Mark:
    """What is drawn of a cell: what it shows, and nothing else."""
    cell = part.cells.get(key)
    label = label or short_period(key[1])
    if cell is None or cell.state not in _KINDS:
        return Mark(label, MarkKind.GAP)
    return Mark(label, _KINDS[cell.state], cell.value if cell.state is Shown.NUMBER else 0)


def _largest(part: Slice, area: str) -> list[str]:
    """The kinds to draw: all where they can be told apart, else those with the largest shown sum. Hidden cells count nothing."""
    if len(part.kinds) <= MAX_SERIES:
        return list(part.kinds)
    sums = {
        kind: sum(cell.value for key, cell in part.cells.items() if key[2] == kind and cell.state is Shown.NUMBER)
        for kind in part.kinds
    }
    drawable = [kind for kind in part.kinds if sums[kind]]
    chosen = sorted(drawable, key=lambda kind: (-sums[kind], part.kinds[kind]))[:MAX_SERIES] or list(part.kinds)[:1]
    return [kind for kind in part.kinds if kind in chosen]


def _counted(marks: Sequence[Mark]) -> dict[str, int]:
    shown = sum(mark.kind is MarkKind.NUMBER for mark in marks)
    gaps = sum(mark.kind is MarkKind.GAP for mark in marks)
    return {"shown": shown, "gaps": gaps, "hidden": len(marks) - shown - gaps}


def _with_highest(description: str, marks: Sequence[Mark]) -> str:
    numbers = [mark for mark in marks if mark.kind is MarkKind.NUMBER]
    if not numbers:
        return description
    highest = max(numbers, key=lambda mark: mark.value)
    return f"{description} {say('web.chart.highest', label=highest.label, value=f'{highest.value:,.0f}')}"


def _figure(part: Slice, ident: str, subtitle: str, chart: Markup, marks: Sequence[Mark]) -> Figure:
    hidden = (MarkKind.STAR, MarkKind.WITHHELD, MarkKind.GAP)
    present = {mark.kind for mark in marks}
    return Figure(
        ident=f"{ident}-figure",
        title=part.heading,
        subtitle=f"{subtitle}. {say('web.view.counted', basis=part.column.counting_basis)}",
        chart=chart,
        key=tuple((kind.value, say(f"web.chart.key_{kind.value}")) for kind in hidden if kind in present),
    )


# ---- tables ------------------------------------------------------------------------------------------------------------


def side_by_side(table: ProtectedTable, parts: Sequence[Slice]) -> Table:
    """All measures beside each other, a row for each place and period, with what is public of the place; never a sum of them."""
    by_area = len({row.area for row in table.rows}) > 1
    held = sorted((*table.rows, *_missing_rows(table)), key=lambda row: (row.period, row.area_name))
    rows = [
        (*_names(row, by_area=by_area), *(shown_cell(cell) for cell in row.cells), *_context_of(table, row.area))
        for row in held
    ]
    head = (Column(say("web.view.column_area")),) if by_area else ()
    return Table(
        ident="cells",
        caption=say("web.view.table_caption", by=_level_words(table)),
        columns=(
            *head,
            Column(say("web.view.column_period")),
            *(Column(part.heading, numeric=True) for part in parts),
            *(Column(one.title, numeric=True) for one in table.context),
        ),
        rows=rows,
        sortable=True,
    )


def context_table(table: ProtectedTable) -> Table:
    """What is public of each place shown, such as its deprivation."""
    places = {row.area: row.area_name for row in table.rows}
    ordered = sorted(places.items(), key=lambda pair: pair[1])
    return Table(
        ident="context-cells",
        caption=say("web.view.context_caption"),
        columns=(Column(say("web.view.column_area")), *(Column(one.title, numeric=True) for one in table.context)),
        rows=[(Cell(name), *_context_of(table, area)) for area, name in ordered],
        sortable=True,
    )


def _context_of(table: ProtectedTable, area: str) -> tuple[Cell, ...]:
    """The public figures of a place; words where one is not known."""
    return tuple(Cell(one.text(area)) for one in table.context)


def kinds_across(part: Slice, ident: str) -> Table:
    """One measure: a row for each place and period, a column for each kind."""
    by_area = len(part.areas) > 1
    kinds = sorted(part.kinds, key=lambda kind: part.kinds[kind])
    everywhere = [("", say("web.view.all_areas"))]  # one row says of a whole period that it has no figure
    held = {period for _, period, _ in part.cells}
    rows = []
    for period in part.periods:
        areas = sorted(part.areas.items(), key=lambda pair: pair[1]) if period in held else everywhere
        for area, name in areas:
            names = (Cell(name), _period(period)) if by_area else (_period(period),)
            values = (part.cells.get((area, period, kind)) for kind in kinds)
            absent = _gap_cell(period in part.gaps)
            rows.append((*names, *(shown_cell(cell or absent) for cell in values)))
    head = (Column(say("web.view.column_area")),) if by_area else ()
    return Table(
        ident=ident,
        caption=say("web.view.kinds_caption", measure=part.heading),
        columns=(
            *head,
            Column(say("web.view.column_period")),
            *(Column(part.kinds[kind], numeric=True) for kind in kinds),
        ),
        rows=rows,
        sortable=True,
    )


def _names(row: TableRow, *, by_area: bool) -> tuple[Cell, ...]:
    area = Cell(row.area_name or say("web.view.all_areas"))
    return (area, _period(row.period)) if by_area else (_period(row.period),)


def _period(period: str) -> Cell:
    return Cell(short_period(period), order=period)


def _missing_rows(table: ProtectedTable) -> tuple[TableRow, ...]:
    """A row for each period that no column has: a named gap, not an absence (promise P12)."""
    held = {row.period for row in table.rows}
    gaps = {(gap.column, gap.period) for gap in table.gaps}
    return tuple(
        TableRow("", "", period, "", "", tuple(_gap_cell((column.id, period) in gaps) for column in table.columns))
        for period in sorted({gap.period for gap in table.gaps} - held)
    )


def _gap_cell(missing: bool) -> ViewCell:
    return ViewCell(Shown.GAP if missing else Shown.NONE)


def shown_cell(cell: ViewCell) -> Cell:
    """A cell as a table writes it."""
    if cell.state is Shown.NUMBER:
        return Cell(f"{cell.value:,}")
    if cell.state is Shown.GAP:
        return Cell(say("web.view.legend_gap"), kind="gap", spoken=say("web.view.spoken_gap"))
    if cell.state is Shown.NONE:
        return Cell("-", kind="gap", spoken=say("web.view.spoken_none"))
    return Cell(cell.text, kind=cell.state.value, spoken=say(f"web.view.spoken_{cell.state.value}"))


def _level_words(table: ProtectedTable) -> str:
    area, period = table.table.area_level, table.table.period_level
    return say("web.view.table_words", area=say(f"web.view.levels.{area}"), period=say(f"web.view.levels.{period}"))

"""Put a protected table together from measures and cells already looked up. Pure: no decision, no count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from hub.disclosure import CellKey, TableSpec, months_of, quarter_of, year_of
from hub.geography import AreaTree
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.views.asked import period_matches
from hub.views.declared import DeclaredColumn, View
from hub.views.harm import Weights, harm_cells
from hub.views.model import HIDDEN, Cell, Column, Coverage, Gap, Measure, Query, Shown, TableRow

Look = Callable[[Measure, TableSpec], Mapping[CellKey, Cell]]
"""How to look up the cells of a published table of a measure."""

_BY_PERIOD = itemgetter(1, 0, 2)
"""Sorts cell keys by period, area and kind."""

_NO_CELL, _GAP = Cell(Shown.NONE), Cell(Shown.GAP)


_NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """A column and where its cells come from: the table of its measure (with kind, where the column is one kind), None
    if dropped; `weights` of its kinds where it shows harm.
    """

    column: Column
    measure: Measure
    spec: TableSpec | None
    weights: Weights | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The columns, rows and gaps of a protected table, how many cells it has, and how many of them are hidden."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    gaps: tuple[Gap, ...]
    cells: int
    suppressed: int


def columns_of(
    view: View, measures: Sequence[Measure], names: Mapping[str, str] = _NO_NAMES
) -> list[tuple[DeclaredColumn, Measure, Column]]:
    """The columns of a view in this snapshot: its declared order, then by agency. `names` gives agencies their names for people."""
    return [
        (declared, measure, _column(declared, measure, names.get(measure.agency, measure.agency)))
        for declared in view.columns
        for measure in sorted(measures, key=lambda measure: measure.agency)
        if measure.dataset == declared.dataset
    ]


def spec_for(declared: DeclaredColumn, table: TableSpec) -> TableSpec:
    """The measure's table that gives a column its cells: for a column of one kind, the table of its family."""
    return TableSpec(table.area_level, table.period_level, declared.of_table) if declared.of_table else table


def spec_of_column(column: Column, table: TableSpec) -> TableSpec:
    """As `spec_for`, of a column already shown."""
    return TableSpec(table.area_level, table.period_level, column.family) if column.kind else table


def put_together(query: Query, sources: Sequence[Source], tree: AreaTree, look: Look) -> Body:
    """The body of the table.

    A row for each area, period and kind in which any column has a cell, by period, area and kind; a gap for each period
    of a column that lacks a month.
    """
    areas = _areas(query, tree)
    gaps = _gaps(query, sources)
    found = [_cells_of(source, query, areas, look) for source in sources]
    keys = sorted({key for cells in found for key in cells}, key=_BY_PERIOD)
    missing = {(gap.column, gap.period) for gap in gaps}
    family = query.table.family
    titles = {code: title for source in sources for code, title in source.measure.kinds_of(family).items()}
    names = {code: tree.area(code).name for code in areas}
    blanks = [{period: _GAP for name, period in missing if name == source.column.id} for source in sources]
    columns = list(zip(found, blanks, strict=True))
    rows = tuple(
        TableRow(
            key.area,
            names[key.area],
            key.period,
            key.kind,
            titles.get(key.kind, key.kind),
            tuple([cells.get(key) or blank.get(key.period, _NO_CELL) for cells, blank in columns]),
        )
        for key in keys
    )
    return Body(
        columns=tuple(source.column for source in sources),
        rows=rows,
        gaps=gaps,
        cells=sum(len(cells) for cells in found),
        suppressed=sum(cell.state in HIDDEN for cells in found for cell in cells.values()),
    )


def gaps_of(coverage: Coverage, level: str) -> dict[str, tuple[str, ...]]:
    """The periods of a level, from the first month to the last, that lack a month: each with the months it lacks."""
    if not coverage.months:
        return {}
    held, first, last = set(coverage.months), coverage.months[0], coverage.months[-1]
    begun = {period_of(month, level) for month in months_between(first, last)}
    lacking = {period: tuple(month for month in months_of(period) if month not in held) for period in sorted(begun)}
    return {period: missing for period, missing in lacking.items() if missing}


def months_between(first: str, last: str) -> tuple[str, ...]:
    """All months from `first` to `last`, both included."""
    start, stop = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(start, stop + 1))


def _column(declared: DeclaredColumn, measure: Measure, agency_name: str) -> Column:
    kind_title = measure.kinds_of(declared.family).get(declared.kind, declared.kind)
    shows = "harm" if declared.harm else declared.kind
    return Column(
        id=f"{measure.id}#{shows}" if shows else measure.id,
        measure=measure.id,
        dataset=measure.dataset,
        dataset_title=measure.dataset_title,
        counting_basis=say("views.harm-basis") if declared.harm else measure.counting_basis,
        agency=measure.agency,
        agency_name=agency_name,
        agency_kind=measure.agency_kind,
        title=_title(declared, measure, kind_title),
        kind=declared.kind,
        kind_title=kind_title,
        profile=measure.profile,
        has_key=measure.has_key,
        coverage=measure.coverage,
        family=declared.family if declared.kind else "",
        stock=measure.stock,
        harm=declared.harm,
    )


def _title(declared: DeclaredColumn, measure: Measure, kind: str) -> str:
    if declared.harm:
        return say("views.column-of-harm", title=measure.title)
    return say("views.column-of-kind", kind=kind, basis=measure.counting_basis) if declared.kind else measure.title


def _areas(query: Query, tree: AreaTree) -> frozenset[str]:
    level = query.table.area_level
    if not query.areas:
        return frozenset(area.code for area in tree.level(level))
    chosen: set[str] = set()
    for code in query.areas:
        below = {area.code for area in tree.level(level) if tree.has(code) and _lies_in(tree, area.code, code)}
        if not below:
            raise Invalid(
                say("views.unknown-area", code=code[:20], level=say(f"geography.levels.{level}")),
                code="unknown-area",
                remedy=say("views.unknown-area-remedy", tree=tree.name),
            )
        chosen |= below
    return frozenset(chosen)


def _lies_in(tree: AreaTree, code: str, above: str) -> bool:
    while code and code != above:
        code = tree.area(code).parent
    return bool(code)


def _cells_of(source: Source, query: Query, areas: frozenset[str], look: Look) -> Mapping[CellKey, Cell]:
    if source.spec is None:
        return {}
    cells = look(source.measure, source.spec)
    if source.weights is not None:
        cells = harm_cells(cells, source.weights)
    if source.column.kind:
        cells = {CellKey(k.area, k.period, ""): cell for k, cell in cells.items() if k.kind == source.column.kind}
    if not (query.areas or query.periods or query.kinds):
        return cells
    periods = {key.period for key in cells if period_matches(key.period, query.periods)}
    kinds = frozenset(query.kinds)
    return {
        key: cell
        for key, cell in cells.items()
        if key.area in areas and key.period in periods and (not kinds or key.kind in kinds)
    }


def _gaps(query: Query, sources: Sequence[Source]) -> tuple[Gap, ...]:
    return tuple(
        Gap(source.column.id, period, missing)
        for source in sources
        for period, missing in gaps_of(source.measure.coverage, query.table.period_level).items()
        if period_matches(period, query.periods)
    )


def period_of(month: str, level: str) -> str:
    """The month itself, or the quarter or the year that it lies in."""
    if level == "month":
        return month
    return quarter_of(month) if level == "quarter" else year_of(month)

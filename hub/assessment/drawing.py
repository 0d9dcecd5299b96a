"""Charts of the assessment, from the same cells as the tables beside them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.assessment.xmr import Limits, Signal
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.charts import MAX_SERIES, Mark, MarkKind, Rule, Series, bar_chart, line_chart
from hub.kit.spoken import short_period
from hub.kit.words import say
from hub.views import ProtectedTable, Shown
from hub.views.model import Cell, TableRow

_KINDS = {
    Shown.NUMBER: MarkKind.NUMBER,
    Shown.STAR: MarkKind.STAR,
    Shown.WITHHELD: MarkKind.WITHHELD,
    Shown.GAP: MarkKind.GAP,
    Shown.NONE: MarkKind.GAP,
}


def lines(sums: dict[str, list[tuple[str, int | None]]], titles: dict[str, str]) -> str:
    """Rolling figures, one line for each kind that has any figure; empty when there is nothing to draw."""
    told = {kind: points for kind, points in sums.items() if any(number is not None for _, number in points)}
    drawn = [
        Series(
            titles.get(kind, kind),
            tuple(
                Mark(short_period(month), MarkKind.GAP)
                if number is None
                else Mark(short_period(month), MarkKind.NUMBER, number)
                for month, number in points
            ),
        )
        for kind, points in list(told.items())[:MAX_SERIES]
    ]
    return _line(drawn, [list(map(str, points)) for points in sums.values()])


def series(table: ProtectedTable, position: int, kind: str = "") -> str:
    """The published cells of one column over its periods: of one kind, or of the whole."""
    rows = sorted((row for row in table.rows if row.kind == kind), key=lambda row: row.period)
    marks = tuple(_mark(short_period(row.period), row.cells[position]) for row in rows)
    column = table.columns[position]
    return _line([Series(column.title, marks)] if marks else [], [table.result_hash, column.id, kind])


def control(
    months: Sequence[str],
    numbers: Sequence[int | None],
    limit: Limits | None,
    told: Sequence[Signal | None],
    *,
    seed: object,
) -> str:
    """Published months with their mean and natural limits; a ring marks a month that is a signal. Hidden months are gaps."""
    if not any(number is not None for number in numbers):
        return ""
    marks = tuple(
        Mark(short_period(month), MarkKind.GAP if number is None else MarkKind.NUMBER, number or 0)
        for month, number in zip(months, numbers, strict=True)
    )
    rules = []
    if limit is not None:
        rules.append(Rule(float(limit.mean), say("assessment.drawing.mean")))
        rules.append(Rule(float(limit.upper), say("assessment.drawing.upper"), dashed=True))
        if limit.lower:
            rules.append(Rule(float(limit.lower), say("assessment.drawing.lower"), dashed=True))
    words = say("assessment.drawing.control" if limit else "assessment.drawing.months")
    return str(
        line_chart(
            [Series(say("assessment.table.count"), marks)],
            ident=_ident(seed, months, numbers),
            title=words,
            description=words,
            rules=rules,
            ringed=[place for place, signal in enumerate(told) if signal is not None],
        )
    )


def bars(areas: Sequence[TableRow], position: int) -> str:
    """Areas from most to least; empty when there are none."""
    if not areas:
        return ""
    marks = [_mark(row.area_name, row.cells[position]) for row in areas]
    words = say("assessment.drawing.bars")
    return str(bar_chart(marks, ident=_ident([row.area for row in areas], position), title=words, description=words))


def _line(drawn: list[Series], seed: object) -> str:
    if not drawn or not drawn[0].marks:
        return ""
    words = say("assessment.drawing.lines", names=", ".join(one.name for one in drawn))
    return str(line_chart(drawn, ident=_ident(seed), title=words, description=words))


def _mark(label: str, cell: Cell) -> Mark:
    return Mark(label, _KINDS[cell.state], cell.value if cell.state is Shown.NUMBER else 0)


def _ident(*seed: object) -> str:
    """An element id that depends on what is drawn alone, so that a document built again is the same."""
    return f"chart-{sha256_hex(canonical_json([str(part) for part in seed]))[:12]}"

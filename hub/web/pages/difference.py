"""What differs between a submission and an earlier file of the same agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.intake import (
    Categories,
    Difference,
    FieldChange,
    RowsOfKind,
    Submission,
    difference_said,
    months_said,
    regroupings_said,
)
from hub.kit.words import say
from hub.schemas import DatasetSchema
from hub.web.dates import spoken_moment, spoken_month
from hub.web.elements import Cell, Choice, Column, Select, Table


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """The page. `counts` is None where there is nothing to compare with; `summary` says so then."""

    heading: str
    summary: str
    lines: tuple[str, ...]
    choose: Select | None
    counts: Table | None = None
    fields: Table | None = None
    moves: tuple[tuple[Table, str], ...] = ()
    categories: tuple[Table, ...] = ()
    regroupings: tuple[str, ...] = ()
    examples: Table | None = None


def difference_page(
    found: Submission,
    difference: Difference | None,
    *,
    schema: DatasetSchema,
    heading: str,
    others: Iterable[Submission],
    trouble: str = "",
) -> DifferencePage:
    """The page; `others` are the submissions that it may be held against, `trouble` says why there is no difference."""
    title = say("before.difference.of", title=heading)
    choose = _choose(others, difference.against if difference is not None else "")
    if difference is None:
        return DifferencePage(title, trouble or first_of(found, series=schema.series), (), choose)
    compared = difference.compared
    return DifferencePage(
        heading=title,
        summary=f"{difference_said(difference)}.",
        lines=_lines(difference, schema),
        choose=choose,
        counts=_counts(difference),
        fields=_fields(compared.fields) if compared.fields else None,
        moves=tuple(_moves(index, one) for index, one in enumerate(compared.fields) if one.moves),
        categories=tuple(_categories(index, one) for index, one in enumerate(compared.categories)),
        regroupings=regroupings_said(difference),
        examples=_examples(difference) if difference.examples else None,
    )


def first_of(found: Submission, *, series: bool) -> str:
    """That there is no earlier file."""
    if series:
        return say("before.difference.first_series")
    return say("before.difference.first", period=spoken_month(found.period))


def _lines(difference: Difference, schema: DatasetSchema) -> tuple[str, ...]:
    compared = difference.compared
    at, period = spoken_moment(difference.against_at), spoken_month(difference.against_period)
    key = ", ".join([*schema.key, *([schema.wide.month] if schema.wide else [])])
    said = [
        f"{say('before.difference.compared', at=at, period=period)}.",
        say("before.difference.by_key", fields=key) if compared.keyed else say("before.difference.by_row"),
        *months_said(difference),
    ]
    for name, fields in (("fields_gone", compared.only_before), ("fields_new", compared.only_after)):
        if fields:
            said.append(say(f"before.difference.{name}", fields=", ".join(fields)))
    return tuple(said)


def _choose(others: Iterable[Submission], chosen: str) -> Select | None:
    choices = tuple(
        Choice(
            one.id,
            say("before.difference.choice", period=spoken_month(one.period), at=spoken_moment(one.at)),
            one.id == chosen,
        )
        for one in others
    )
    return Select("against", say("before.difference.choose"), choices) if choices else None


def _counts(difference: Difference) -> Table:
    compared = difference.compared
    kinds: list[tuple[str, RowsOfKind]] = [("added", compared.added)]
    if compared.keyed:
        kinds.append(("changed", compared.changed))
    kinds.append(("withdrawn" if compared.keyed else "removed", compared.withdrawn))
    rows = [(_kind(name), Cell(f"{one.count:,}"), Cell(_firsts(one))) for name, one in kinds]
    rows.append((_kind("unchanged"), Cell(f"{compared.unchanged:,}"), Cell()))
    columns = (
        Column(say("before.difference.count_kind")),
        Column(say("before.difference.count_rows"), numeric=True),
        Column(say("before.difference.count_first")),
    )
    return Table("counts", say("before.difference.counts"), columns, rows, wrap=True)


def _kind(name: str) -> Cell:
    return Cell(say(f"before.difference.kinds.{name}"))


def _firsts(one: RowsOfKind) -> str:
    if not one.first:
        return ""
    rows = ", ".join(f"{row:,}" for row in one.first)
    if one.in_other_months:
        return say("before.difference.count_of_months", rows=rows)
    if len(one.first) >= one.count:
        return say("before.difference.count_all", rows=rows)
    return say("before.difference.count_some", rows=rows, shown=len(one.first), count=f"{one.count:,}")


def _fields(changes: Iterable[FieldChange]) -> Table:
    rows = [(Cell(one.field, mono=True), Cell(f"{one.rows:,}")) for one in changes]
    columns = (Column(say("before.difference.field")), Column(say("before.difference.field_rows"), numeric=True))
    return Table("fields", say("before.difference.fields"), columns, rows)


def _moves(index: int, change: FieldChange) -> tuple[Table, str]:
    rows = [(_code(one.before), _code(one.after), Cell(f"{one.rows:,}")) for one in change.moves]
    columns = (
        Column(say("before.difference.before")),
        Column(say("before.difference.after")),
        Column(say("before.difference.count_rows"), numeric=True),
    )
    table = Table(f"moves-{index}", say("before.difference.moves_of", field=change.field), columns, rows, wrap=True)
    if not change.more_moves:
        return table, ""
    return table, say("before.difference.moves_more", shown=len(change.moves), more=change.more_moves)


def _code(code: str) -> Cell:
    return Cell(code or say("before.difference.blank"))


def _categories(index: int, one: Categories) -> Table:
    rows = [
        (Cell(code.code), Cell(say(f"before.difference.{state}")), Cell(f"{code.before:,}"), Cell(f"{code.after:,}"))
        for state, codes in (("vanished", one.vanished), ("appeared", one.appeared))
        for code in codes
    ]
    columns = (
        Column(say("before.difference.code")),
        Column(say("before.difference.state")),
        Column(say("before.difference.counted_before"), numeric=True),
        Column(say("before.difference.counted_after"), numeric=True),
    )
    caption = say("before.difference.categories_of", field=one.field)
    return Table(f"categories-{index}", caption, columns, rows, wrap=True)


def _examples(difference: Difference) -> Table:
    rows = [
        (
            Cell(f"{one.row:,}"),
            Cell(f"{one.row_before:,}"),
            Cell(one.month),
            Cell(one.field, mono=True),
            _code(one.before),
            _code(one.after),
        )
        for one in difference.examples or ()
    ]
    names = ("column_row", "column_row_before", "column_month", "field", "before", "after")
    columns = tuple(Column(say(f"before.difference.{name}"), numeric=index < 2) for index, name in enumerate(names))
    return Table("examples", say("before.difference.examples"), columns, rows)

"""What each agency's data hold, as far as a reader may know it: months, the share that could be placed, what was set aside."""

from __future__ import annotations

from hub.kit.words import say
from hub.views import Column as ViewColumn
from hub.views import ProtectedTable, months_between
from hub.web.dates import spoken_month
from hub.web.elements import Cell, Column, Table

VIEW = "coverage"
"""The view that says this."""

_SET_ASIDE = ("outside", "unlocated", "repeats", "other_months")


def coverage_table(table: ProtectedTable) -> Table:
    """A row for each measure. Exact numbers of records stand only where the profile hides nothing: they are margins."""
    columns = {column.measure: column for column in table.columns}.values()
    return Table(
        ident="coverage-cells",
        caption=say("web.coverage.caption", snapshot=table.snapshot),
        columns=(
            Column(say("web.coverage.measure")),
            Column(say("web.coverage.agency")),
            Column(say("web.coverage.months")),
            Column(say("web.coverage.missing")),
            Column(say("web.coverage.located"), numeric=True),
            Column(say("web.coverage.counted"), numeric=True),
            *(Column(say(f"web.coverage.{name}"), numeric=True) for name in _SET_ASIDE),
        ),
        rows=[_row(column) for column in columns if column.coverage.months],
        sortable=True,
        wrap=True,
    )


def _row(column: ViewColumn) -> tuple[Cell, ...]:
    coverage = column.coverage
    first, last = coverage.months[0], coverage.months[-1]
    held = say(
        "web.coverage.held",
        held=len(coverage.months),
        all=len(months_between(first, last)),
        first=spoken_month(first),
        last=spoken_month(last),
    )
    counts = coverage.counts
    numbers = (counts.get(name, 0) if counts else None for name in ("counted", *_SET_ASIDE))
    return (
        Cell(column.title),
        Cell(column.agency_name),
        Cell(held, order=f"{len(coverage.months):04d}"),
        Cell(", ".join(map(spoken_month, coverage.missing)) or say("web.coverage.none")),
        _share(column),
        *(_number(number) for number in numbers),
    )


def _share(column: ViewColumn) -> Cell:
    """Whole percent of open data; of closed data whole tens, and nothing of few records."""
    percent, is_open = column.coverage.located_percent, column.coverage.counts is not None
    if percent is None:
        return _hidden()
    if is_open:
        return Cell(say("web.coverage.percent", percent=percent), order=f"{percent:03d}")
    words = say("web.coverage.at_least", percent=percent) if percent else say("web.coverage.little")
    return Cell(words, order=f"{percent:03d}")


def _number(number: int | None) -> Cell:
    return _hidden() if number is None else Cell(f"{number:,}")


def _hidden() -> Cell:
    return Cell(say("web.coverage.hidden"), kind="gap", spoken=say("web.coverage.hidden_spoken"))

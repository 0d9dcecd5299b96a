"""Two measures set against each other on the page of a view: ratio, ranks, hotspot overlap, in the words of file and API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.kit.words import say
from hub.views import Column as ViewColumn
from hub.views import Compared, Comparison, Overlap, ProtectedTable, change_text, decimal
from hub.web.dates import short_period, spoken_period
from hub.web.elements import Cell, Column, Table
from hub.web.pages.view_figures import measure_heading


def across_heading(one: Comparison, columns: Mapping[str, ViewColumn]) -> str:
    """`A compared with B`."""
    left, right = (measure_heading(columns[ident]) for ident in (one.left, one.right))
    return say("web.view.across_heading", left=left, right=right)


def overlap_sentences(table: ProtectedTable, one: Comparison) -> tuple[str, ...]:
    """For each period, how many of the places with most by one measure are among those with most by the other."""
    names = {row.area: row.area_name for row in table.rows} | {row.area: row.area_name for row in one.rows}
    return tuple(_sentence(overlap, names) for overlap in one.overlaps if overlap.of > 1)


def across_table(one: Comparison, columns: Mapping[str, ViewColumn], ident: str) -> Table:
    """A row for each place and period. What has no figure says why."""
    rows = [_row(row) for row in sorted(one.rows, key=lambda row: (row.period, row.area_name))]
    left, right = (measure_heading(columns[ident]) for ident in (one.left, one.right))
    return Table(
        ident=ident,
        caption=say("web.view.across_caption", left=left, right=right),
        columns=(
            Column(say("web.view.column_area")),
            Column(say("web.view.column_period")),
            Column(say("web.view.across_ratio"), numeric=True),
            Column(say("web.view.across_between"), numeric=True),
            Column(say("web.view.across_left_rank"), numeric=True),
            Column(say("web.view.across_right_rank"), numeric=True),
            Column(say("web.view.across_change"), numeric=True),
        ),
        rows=rows,
        sortable=True,
    )


def _row(row: Compared) -> Sequence[Cell]:
    named = (Cell(row.area_name), Cell(short_period(row.period), order=row.period))
    if row.ratio is None:
        ratio = (_none(row.no_ratio), Cell("-", kind="gap", spoken=say("web.view.spoken_none")))
    else:
        between = say("web.view.across_range", low=decimal(row.ratio.low), high=decimal(row.ratio.high))
        ratio = (Cell(decimal(row.ratio.value)), Cell(between))
    if row.ranks is None:
        return (*named, *ratio, *(_none(row.no_ranks) for _ in range(3)))
    of = row.ranks.of
    ranks = (
        Cell(say("web.view.across_rank", rank=rank, of=of), order=f"{rank:04d}")
        for rank in (row.ranks.left, row.ranks.right)
    )
    return (*named, *ratio, *ranks, Cell(change_text(row.ranks), order=f"{row.ranks.change + of:04d}"))


def _none(reason: str) -> Cell:
    return Cell(say("web.view.across_none"), kind="gap", spoken=say(f"views.across.{reason}"))


def _sentence(overlap: Overlap, names: Mapping[str, str]) -> str:
    period = spoken_period(overlap.period)
    if overlap.jaccard is None:
        reason = say(f"views.across.{overlap.reason}", top=overlap.top, of=overlap.of)
        return say("web.view.across_no_overlap", period=period, reason=reason)
    both = ", ".join(sorted(names.get(area, area) for area in overlap.both))
    return say(
        "web.view.across_overlap",
        period=period,
        of=overlap.of,
        left=len(overlap.left),
        right=len(overlap.right),
        both=len(overlap.both),
        names=f": {both}" if both else "",
        jaccard=decimal(overlap.jaccard),
    )

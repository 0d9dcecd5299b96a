"""Answers put into their final form: a protected table with its provenance, the offer of a table, the figures of a build. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hub.disclosure import CellKey, CellState, TableSpec
from hub.geography import AreaTree
from hub.kit.clock import stamp
from hub.snapshots import Snapshot
from hub.views import notes
from hub.views.asked import by_of, period_matches
from hub.views.building import Prepared
from hub.views.comparison import Comparison
from hub.views.declared import View
from hub.views.deprived import deprivation_notes
from hub.views.model import AreaColumn, Note, ProtectedTable, Query, TableOffer, ViewFigures
from hub.views.showing import Body, Source, columns_of, period_of, spec_for


def table_offer(table: TableSpec, having: Sequence[Source]) -> TableOffer:
    """The offer of one table: who has it, and the kinds of its family."""
    families = [family for source in having for family in source.measure.families if family.name == table.family]
    return TableOffer(
        table=table,
        by=by_of(table),
        columns=tuple(source.column.id for source in having),
        family=next((family.title for family in families), ""),
        kinds={code: title for source in having for code, title in source.measure.kinds_of(table.family).items()},
    )


def answer(
    *,
    view: View,
    query: Query,
    spelt: str,
    body: Body,
    digest: str,
    said: list[Note],
    snapshot: Snapshot,
    tree: AreaTree,
    policy_hash: str,
    across: tuple[Comparison, ...] = (),
    context: tuple[AreaColumn, ...] = (),
) -> ProtectedTable:
    """The protected table: what was put together, with its provenance and what a reader should know of it."""
    by_ward = query.table.area_level == "ward"
    return ProtectedTable(
        view=view.id,
        title=view.title,
        question=view.question,
        table=query.table,
        dimensions=("area", "period", *filter(None, (query.table.family,))),
        columns=body.columns,
        rows=body.rows,
        cells=body.cells,
        suppressed=body.suppressed,
        gaps=body.gaps,
        notes=tuple(
            dict.fromkeys(
                [
                    *_asked_for(said, query, body),
                    *notes.about(body.columns, by_ward=by_ward),
                    *notes.compared(across, body.columns),
                    *deprivation_notes(context),
                ]
            )
        ),
        snapshot=snapshot.number,
        snapshot_at=stamp(snapshot.at),
        tree_id=tree.id,
        tree_name=tree.name,
        policy_hash=policy_hash,
        query=spelt,
        result_hash=digest,
        across=across,
        context=context,
    )


def _asked_for(said: Sequence[Note], query: Query, body: Body) -> list[Note]:
    """The notes without explanations of months, and of columns, that the table does not show."""
    shown = {column.id for column in body.columns}
    level = query.table.period_level
    return [
        one
        for one in said
        if not one.month or (one.column in shown and period_matches(period_of(one.month, level), query.periods))
    ]


def figures_of(view: View, prepared: Prepared) -> ViewFigures:
    """Cells and hidden cells that a view shows, over all its tables and columns; each cell once."""
    made = {one.measure.id: one for one in prepared.measures}
    shown: dict[tuple[str, CellKey], bool] = {}
    counted = [one for one in columns_of(view, [one.measure for one in prepared.measures]) if not one[0].harm]
    for declared, measure, _ in counted:
        for table in view.tables:
            for key, cell in made[measure.id].cells.get(spec_for(declared, table), {}).items():
                if not declared.kind or key.kind == declared.kind:
                    shown[measure.id, key] = cell.state != CellState.NUMBER
    return ViewFigures(id=view.id, cells=len(shown), suppressed=sum(shown.values()))

"""Which columns of a view a reader sees in one table, what is said of the others, and which of them were asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.disclosure import TableSpec
from hub.geography import HarmWeights
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.schemas import SchemaRegistry
from hub.snapshots import Snapshot
from hub.views import notes
from hub.views.declared import DeclaredColumn, View
from hub.views.model import Column, Measure, Note, Query
from hub.views.showing import Source, spec_for


class Seen:
    """The columns a reader may see in one table, and what to say of the others."""

    def __init__(self, sources: list[Source], said: list[Note]) -> None:
        self.sources = sources
        self.notes = said

    def add(
        self,
        declared: DeclaredColumn,
        measure: Measure,
        column: Column,
        table: TableSpec,
        weights: HarmWeights | None = None,
    ) -> None:
        """A column; without cells and with a note where its measure does not have the table, or harm has no weights."""
        spec = spec_for(declared, table)
        weighed = weights.of(measure.dataset) if weights and declared.harm else {}
        if declared.harm and (weights is None or not weighed):
            self.notes.append(notes.no_weights(column))
        elif spec in measure.tables:
            self.sources.append(Source(column, measure, spec, weighed if declared.harm else None))
            if weights and declared.harm:
                self.notes += notes.harm(column, measure, weighed, weights.file.reference)
        elif spec.name in measure.dropped:
            self.sources.append(Source(column, measure, None))
            self.notes.append(notes.dropped(measure, column, spec.name))
        else:
            self.notes.append(notes.no_such_cells(column))

    def explain(self, column: Column, snapshot: Snapshot) -> None:
        """What the column's agency said of its figures, where the column shows any."""
        if any(source.column == column and source.spec is not None for source in self.sources):
            found = (one for one in snapshot.of(column.dataset) if one.agency == column.agency)
            self.notes += notes.explained(column, found)


def missing_notes(
    view: View,
    found: list[tuple[DeclaredColumn, Measure, Column]],
    snapshot: Snapshot,
    schemas: SchemaRegistry,
) -> Iterator[Note]:
    """Which sides, and which datasets of the other sides, have no submission in the snapshot."""
    present = {declared.dataset for declared, _, _ in found}
    sides = {declared.side for declared, _, _ in found}
    for side in dict.fromkeys(declared.side for declared in view.columns):
        if side not in sides:
            yield notes.no_side(side, snapshot.number)
    for declared in view.columns:
        if declared.side in sides and declared.dataset not in present:
            yield notes.no_dataset(schemas.get(declared.dataset).title, snapshot.number)


def chosen(query: Query, sources: Iterable[Source]) -> list[Source]:
    """The columns that the question asks for. Invalid names what could be asked for."""
    found = list(sources)
    names = {name for source in found for name in _names(source.column)}
    for name in query.measures:
        if name not in names:
            raise Invalid(
                say("views.unknown-measure", measure=name[:80]),
                code="unknown-measure",
                remedy=say("views.unknown-measure-remedy", measures=", ".join(sorted(names)) or "-"),
            )
    if query.measures:
        found = [source for source in found if not _names(source.column).isdisjoint(query.measures)]
    kinds = {kind for source in found for kind in source.measure.kinds_of(query.table.family)}
    for kind in query.kinds:
        if kind not in kinds or not query.table.with_kind:
            raise Invalid(
                say("views.unknown-kind", kind=kind[:80]),
                code="unknown-kind",
                remedy=say("views.unknown-kind-remedy", kinds=", ".join(sorted(kinds)) or "-"),
            )
    return found


def _names(column: Column) -> set[str]:
    """What a column may be asked for by."""
    return {column.id, column.measure, column.dataset}

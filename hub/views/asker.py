"""Everything a reader's agency can fetch, as the attacker asks for it: through `Views.table`, like any reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from hub.db import UnitOfWork
from hub.disclosure import AreaPlace, CellKey, PublicRules, PublishedCell, TableSpec, profile_named
from hub.kit.authority import Permit
from hub.kit.errors import Bug, NotFound, NotPermitted
from hub.views.model import GAP_OR_NONE, Measure, Offer, ProtectedTable
from hub.views.published import as_published
from hub.views.service import Views
from hub.views.showing import spec_of_column

JUSTIFICATION = "attack"
"""What the log says of the attacker's looking."""


class ReaderAsker:
    """An `Asker` of `hub.disclosure.attack` for one reader: what its permits open in every view of the snapshot in force.

    `permit_for` gives the reader's permit for a view (raising as the policy does when there is none: such a view is left out).
    `known` gives exact counts that the reader's agency can take from rows it holds, None for none.
    """

    def __init__(
        self,
        *,
        views: Views,
        uow: UnitOfWork,
        permit_for: Callable[[str], Permit],
        known: Callable[[Measure], Mapping[CellKey, int] | None] = lambda _: None,
    ) -> None:
        self._views = views
        self._uow = uow
        self._known = known
        self._cells: dict[str, dict[TableSpec, dict[CellKey, PublishedCell]]] = {}
        self._offers: list[Offer] = []
        for view in views.catalogue():
            try:
                permit = permit_for(view.id)
                offer = views.offer(uow, permit, view.id)
            except (NotFound, NotPermitted):
                continue
            self._offers.append(offer)
            for one in offer.tables:
                self._take(views.table(uow, permit, view.id, by=one.by, justification=JUSTIFICATION))

    def snapshot(self) -> int:
        """The snapshot in force; 0 when the reader sees nothing."""
        return self._offers[0].snapshot if self._offers else 0

    def measures(self) -> Iterable[str]:
        """The measures of which the reader sees cells."""
        return tuple(sorted(self._cells))

    def rules(self, measure: str) -> PublicRules:
        """Profile, sensitive dimensions, areas, months and kinds of a measure: public."""
        found = self._measure(measure)
        return PublicRules(
            profile=profile_named(found.profile),
            sensitive=found.sensitive,
            areas=tuple(AreaPlace(area.code, area.level, area.parent) for area in self._offers[0].tree.areas),
            months=found.coverage.months,
            kinds=tuple(found.kinds),
            families={family.name: tuple(family.kinds) for family in found.families},
            relations=self._views.relations(found.dataset),
        )

    def tables(self, measure: str) -> Iterable[TableSpec]:
        """The tables of which the reader sees cells, in any view."""
        return tuple(sorted(self._cells[measure]))

    def cells(self, measure: str, table: TableSpec) -> Mapping[CellKey, PublishedCell]:
        """Those cells, as shown."""
        return self._cells[measure][table]

    def rows(self, measure: str) -> Mapping[CellKey, int] | None:
        """The exact counts the reader's agency holds."""
        return self._known(self._measure(measure))

    def _measure(self, measure: str) -> Measure:
        return next(one for one in self._views.measures(self._uow, self.snapshot()) if one.id == measure)

    def _take(self, table: ProtectedTable) -> None:
        for place, column in enumerate(table.columns):
            if column.harm:
                continue  # worked out from the cells that are here anyway
            spec = spec_of_column(column, table.table)
            for row in table.rows:
                cell = row.cells[place]
                if cell.state not in GAP_OR_NONE:
                    key = CellKey(row.area, row.period, column.kind or row.kind)
                    found = self._cells.setdefault(column.measure, {}).setdefault(spec, {})
                    shown = as_published(cell)
                    if found.setdefault(key, shown) != shown:
                        raise Bug("one cell is shown as two values")

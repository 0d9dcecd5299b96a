"""Mask a measure and let the attacker judge it: what comes out of here may be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hub.disclosure.attack import AttackReport, attack
from hub.disclosure.deduction import PublicRules
from hub.disclosure.lattice import Lattice
from hub.disclosure.mask import PROPOSED, MaskRules, build_mask
from hub.disclosure.model import (
    CellKey,
    CellState,
    Counts,
    DroppedTable,
    Masked,
    Profile,
    PublishedCell,
    TableSpec,
)


@dataclass(frozen=True, slots=True)
class Protected:
    """A masked measure with the verdict of the attacker on it: always clean."""

    masked: Masked
    verdict: AttackReport


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeMeasure:
    """The asker of somebody who may see every published table of one measure, and holds no rows, or these counts from rows."""

    lattice: Lattice
    profile: Profile
    masked: Masked
    measure: str = "measure"
    number: int = 0
    known: Mapping[CellKey, int] | None = None

    def snapshot(self) -> int:
        """The number of the snapshot."""
        return self.number

    def measures(self) -> Iterable[str]:
        """The one measure."""
        return (self.measure,)

    def rules(self, measure: str) -> PublicRules:
        """What is public about it."""
        lattice = self.lattice
        return PublicRules(
            profile=self.profile,
            sensitive=lattice.sensitive,
            areas=lattice.areas,
            months=lattice.months,
            kinds=lattice.kinds,
            families=lattice.families,
            relations=lattice.relations,
        )

    def tables(self, measure: str) -> Iterable[TableSpec]:
        """The tables that the mask left."""
        return tuple(self.masked.tables)

    def cells(self, measure: str, table: TableSpec) -> Mapping[CellKey, PublishedCell]:
        """The published cells of one of them."""
        return published_cells(self.lattice, self.masked, table)

    def rows(self, measure: str) -> Mapping[CellKey, int] | None:
        """The counts known from rows."""
        return self.known


def published_cells(lattice: Lattice, masked: Masked, table: TableSpec) -> dict[CellKey, PublishedCell]:
    """The cells of a published table by key, in the lattice's order."""
    arrays = masked.tables[table]
    return {
        key: PublishedCell(CellState(state), value)
        for key, state, value in zip(lattice.cells(table), arrays.states.tolist(), arrays.values.tolist(), strict=True)
    }


def protect_measure(
    lattice: Lattice, counts: Mapping[TableSpec, Counts], profile: Profile, rules: MaskRules = PROPOSED
) -> Protected:
    """Mask a measure, attack the result, and drop the finest table until the attacker finds nothing (fail closed).

    Arguments as `build_mask`. Tables dropped here carry the reason `attacked`. Whoever publishes asks the attacker again through
    its own readers: this verdict is that of a reader who sees all tables and holds no rows. The mask knows no relations between
    families: the attacker does, and a table that leaks by one is dropped before others.
    """
    dropped: tuple[DroppedTable, ...] = ()
    while True:
        masked = build_mask(lattice, counts, profile, rules)
        verdict = attack([WholeMeasure(lattice=lattice, profile=profile, masked=masked)], protection=rules.protection)
        if verdict.is_clean:
            report = replace(masked.report, dropped=dropped + masked.report.dropped)
            return Protected(replace(masked, report=report), verdict)
        leaking = {leak.table for leak in verdict.leaks}
        family_of = lattice.family_of()
        related = {family_of.get(kind, "") for one in lattice.relations for kind in (*one.part, *one.whole)} - {""}
        finest = max(
            masked.tables.values(),
            key=lambda table: (
                table.spec.family in related,
                table.spec.name in leaking,
                len(table.states),
                table.spec,
            ),
        )
        dropped += (DroppedTable(finest.spec.name, "attacked", len(finest.states), finest.count(CellState.WITHHELD)),)
        lattice = replace(lattice, tables=tuple(table for table in lattice.tables if table != finest.spec))

"""The mask builder: withholds further cells until nothing hidden can be worked out from what is shown.

Thresholds and rounding come first. Then, in rounds: propagate what the published cells say; where a hidden cell is left with fewer
than `protection` between its bounds, withhold the cheapest neighbour in the equation that pins it. A table in which too many cells
would be withheld is dropped whole, and the mask starts afresh without it; so is the finest table when the rounds run out. The mask
only ever adds *withheld*: it changes no number and opens nothing. It fails closed: at worst nothing is published.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from hub.disclosure.equations import equations, first_broken
from hub.disclosure.lattice import Lattice
from hub.disclosure.model import (
    CellState,
    Counts,
    DroppedTable,
    Masked,
    MaskedTable,
    MaskReport,
    Profile,
    TableReport,
    TableSpec,
)
from hub.disclosure.propagation import propagate
from hub.disclosure.relief import cells_to_withhold, steps_of
from hub.disclosure.sheet import Sheet
from hub.kit.errors import Invalid

PROTECTION = 3
"""The least width of the interval that must be left to every hidden cell. A proposal, measured: see disclosure-control.md."""

MAX_WITHHELD_PER_MILLE = 50
"""The largest share of a table's cells that may be withheld before the table is dropped. A proposal, measured."""

ROUNDS = 20
"""Rounds before the finest table is dropped. In 5,266 drawn lattices no mask took more than 8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskRules:
    """How far the mask protects, what it may cost, and how long it tries."""

    protection: int = PROTECTION
    max_withheld_per_mille: int = MAX_WITHHELD_PER_MILLE
    rounds: int = ROUNDS

    def allows(self, withheld: int, cells: int) -> bool:
        """Whether a table of so many cells may have so many withheld."""
        return withheld * 1000 <= cells * self.max_withheld_per_mille


PROPOSED = MaskRules()
"""The rules as proposed: protection 3, 5 % withheld."""


def build_mask(
    lattice: Lattice, counts: Mapping[TableSpec, Counts], profile: Profile, rules: MaskRules = PROPOSED
) -> Masked:
    """The published cells of one measure, such that propagation leaves every hidden cell at least `rules.protection` wide.

    `counts` holds the exact counts of every table of the lattice, in the order of `Lattice.cells`. Invalid when an array has
    another length, when counts do not add up (`counts-do-not-add-up`: then no mask would be sound), or when the profile's
    own `*` is narrower than the protection asked for. Tables without cells are left out.
    """
    _check_rules(profile, rules)
    _check_counts(lattice, counts)
    tables = {table: counts[table] for table in lattice.tables if len(counts[table])}
    dropped: list[DroppedTable] = []
    work = _Work()
    while True:
        sheet, reason = _masked(lattice, tables, profile, rules, work)
        if reason is None:
            return _outcome(sheet, tables, tuple(dropped), rules, work)
        table = _to_drop(sheet, tables, rules)
        dropped.append(DroppedTable(table.name, reason, len(counts[table]), sheet.withheld(table)))
        del tables[table]


def thresholds_only(lattice: Lattice, counts: Mapping[TableSpec, Counts], profile: Profile) -> Masked:
    """Thresholds and rounding without any mask: what must leak for the attacker to be worth asking. Never to be published."""
    _check_counts(lattice, counts)
    tables = [table for table in lattice.tables if len(counts[table])]
    sheet = Sheet(lattice, equations(lattice, tables), counts, profile)
    return _outcome(sheet, tables, (), MaskRules(protection=0, rounds=0), _Work())


@dataclass(slots=True)
class _Work:
    """What the building took."""

    rounds: int = 0
    passes: int = 0
    leaks_before: int | None = None


def _masked(
    lattice: Lattice, counts: Mapping[TableSpec, Counts], profile: Profile, rules: MaskRules, work: _Work
) -> tuple[Sheet, str | None]:
    """One attempt at masking these tables: the sheet, and why a table must go (None: none leaks)."""
    system = equations(lattice, counts)
    sheet = Sheet(lattice, system, counts, profile)
    steps = steps_of(system)
    rounds = 0
    while True:
        bounds = propagate(system, sheet.lower, sheet.upper)
        leaks = sheet.leaks(bounds, rules.protection)
        work.passes += bounds.passes
        work.leaks_before = len(leaks) if work.leaks_before is None else work.leaks_before
        if not len(leaks):
            return sheet, None
        chosen = cells_to_withhold(sheet, steps, bounds, leaks, rules.protection)
        if rounds == rules.rounds or not len(chosen):
            return sheet, "not-protected"
        sheet.withhold(chosen)
        rounds, work.rounds = rounds + 1, work.rounds + 1
        if _overdrawn(sheet, counts, rules):
            return sheet, "too-much-withheld"


def _overdrawn(sheet: Sheet, tables: Mapping[TableSpec, Counts], rules: MaskRules) -> list[TableSpec]:
    return [table for table, counts in tables.items() if not rules.allows(sheet.withheld(table), len(counts))]


def _to_drop(sheet: Sheet, tables: Mapping[TableSpec, Counts], rules: MaskRules) -> TableSpec:
    """The finest (most cells) of the tables with too much withheld; where there is none, of all."""
    candidates = _overdrawn(sheet, tables, rules) or tables
    return max(candidates, key=lambda table: (len(tables[table]), table))


def _check_rules(profile: Profile, rules: MaskRules) -> None:
    if profile.hides and profile.threshold - 2 < rules.protection:
        raise Invalid(
            f"The profile {profile.name} leaves a hidden cell fewer than {rules.protection} between its bounds",
            code="bad-profile",
            remedy="Raise the threshold, or lower the protection.",
        )


def _check_counts(lattice: Lattice, counts: Mapping[TableSpec, Counts]) -> None:
    for table in lattice.tables:
        if table not in counts or counts[table].shape != (int(np.prod(lattice.shape(table))),):
            raise Invalid(f"The counts of {table.name} are not one for each of its cells", code="wrong-cells")
    system = equations(lattice, lattice.tables)
    exact = np.zeros(system.size, dtype=np.int64)
    for table in lattice.tables:
        exact[system.span(table)] = counts[table]
    broken = first_broken(system, exact, lattice.tables)
    if broken is not None:
        fine, coarse = broken
        raise Invalid(
            f"The counts of {fine.name} do not add up to those of {coarse.name}",
            code="counts-do-not-add-up",
            remedy="Count each event in one cell of the finest level, and every table from there.",
        )


def _outcome(
    sheet: Sheet, tables: Collection[TableSpec], dropped: tuple[DroppedTable, ...], rules: MaskRules, work: _Work
) -> Masked:
    masked = {table: sheet.table(table) for table in tables}
    report = MaskReport(
        profile=sheet.profile.name,
        protection=rules.protection,
        max_withheld_per_mille=rules.max_withheld_per_mille,
        rounds=work.rounds,
        passes=work.passes,
        leaks_before=work.leaks_before or 0,
        tables=tuple(_table_report(table) for table in masked.values()),
        dropped=dropped,
    )
    return Masked(masked, report)


def _table_report(table: MaskedTable) -> TableReport:
    return TableReport(
        table=table.spec.name,
        cells=len(table.states),
        numbers=table.count(CellState.NUMBER),
        stars=table.count(CellState.STAR),
        withheld=table.count(CellState.WITHHELD),
    )

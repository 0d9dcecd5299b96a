"""The attacker that judges published tables: it gets what a reader's agency can fetch, and tries to work out what is hidden.

It knows what the asker answers and the public rules, nothing else: not the true counts, not how the mask was built. A leak is a
hidden cell left with fewer than `protection` between its bounds, or an unpublished one that is thereby known to be small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np

from hub.disclosure.deduction import REFINED_CELLS, Bound, Notebook, PublicRules, Standing
from hub.disclosure.mask import PROTECTION
from hub.disclosure.model import CellKey, CellState, PublishedCell, TableSpec


class Asker(Protocol):
    """One reader's way to all that the reader's agency may see of one snapshot. The hub answers; the attacker asks no one else."""

    def snapshot(self) -> int:
        """The number of the snapshot that the answers are about."""
        ...

    def measures(self) -> Iterable[str]:
        """The measures of which the reader may see anything."""
        ...

    def rules(self, measure: str) -> PublicRules:
        """What is public about a measure: the attacker is never denied it."""
        ...

    def tables(self, measure: str) -> Iterable[TableSpec]:
        """The tables of a measure that the reader may see."""
        ...

    def cells(self, measure: str, table: TableSpec) -> Mapping[CellKey, PublishedCell]:
        """The cells of a table that the reader may see, as published."""
        ...

    def rows(self, measure: str) -> Mapping[CellKey, int] | None:
        """Exact counts of the measure that the reader's agency can take from rows it holds; None when it holds none."""
        ...


@dataclass(frozen=True, slots=True)
class Leak:
    """A cell that the attacker worked out. `shown` is `star`, `withheld` or `implied` (published nowhere).

    The bounds are what is hidden: they are never logged, nor part of `as_json`.
    """

    snapshot: int
    measure: str
    table: str
    key: CellKey
    shown: str
    lower: int
    upper: int

    @property
    def is_exact(self) -> bool:
        """Whether the count itself is known."""
        return self.lower == self.upper


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureAttack:
    """How one measure stood the attack, in numbers of cells.

    `narrowest` is the least width left to a hidden cell (-1: there is none, or none is bounded). `not_refined` names finer tables
    that the attacker left out for their size.
    """

    snapshot: int
    measure: str
    profile: str
    tables: tuple[str, ...]
    cells: int
    hidden: int
    known: int
    implied: int
    exact: int
    narrow: int
    narrowest: int
    passes: int
    not_refined: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttackReport:
    """What the attacker found in all measures of all snapshots it was given.

    `intervals` gives, for each (snapshot, measure), the bounds of every hidden cell; an upper bound of None means there is none.
    """

    protection: int
    measures: tuple[MeasureAttack, ...]
    leaks: tuple[Leak, ...] = field(repr=False)
    intervals: Mapping[tuple[int, str], Mapping[CellKey, tuple[int, int | None]]] = field(repr=False, compare=False)

    @property
    def is_clean(self) -> bool:
        """Whether nothing hidden was worked out."""
        return not self.leaks

    @property
    def exact(self) -> int:
        """How many leaks give the count itself."""
        return sum(leak.is_exact for leak in self.leaks)

    def as_json(self) -> dict[str, Any]:
        """Counts and names only: no bound of any cell, so that it may be stored, shown and logged."""
        return {
            "protection": self.protection,
            "clean": self.is_clean,
            "leaks": len(self.leaks),
            "exact": self.exact,
            "measures": [asdict(measure) for measure in self.measures],
        }


def attack(
    askers: Sequence[Asker], *, protection: int = PROTECTION, refined_cells: int = REFINED_CELLS
) -> AttackReport:
    """Attack everything these askers answer. Several snapshots have several truths: no sum is drawn between them.

    Bug (`contradiction`) when no counts fit what is published: then something published is wrong.
    """
    attacked, leaks, intervals = [], [], {}
    for asker in askers:
        for measure in asker.measures():
            result, found, bounds = _attack_measure(asker, measure, protection, refined_cells)
            attacked.append(result)
            leaks.extend(found)
            intervals[asker.snapshot(), measure] = bounds
    return AttackReport(protection, tuple(attacked), tuple(leaks), intervals)


@dataclass(frozen=True, slots=True)
class _Findings:
    """The notes on one measure and the bounds they come to, parallel to `notes.keys`."""

    notes: Notebook
    lower: Bound
    upper: Bound
    passes: int
    cells: int
    not_refined: tuple[str, ...]


def _attack_measure(
    asker: Asker, measure: str, protection: int, refined_cells: int
) -> tuple[MeasureAttack, list[Leak], dict[CellKey, tuple[int, int | None]]]:
    rules, tables = asker.rules(measure), tuple(asker.tables(measure))
    shown = {table: asker.cells(measure, table) for table in tables}
    known = asker.rows(measure) or {}
    found = _deduce(rules, shown, known, refined_cells)
    leaks = _leaks(asker, measure, found, _widths_without_tables(rules, shown, known, refined_cells), protection)
    notes, widths = found.notes, found.upper - found.lower
    hidden = [at for at, standing in enumerate(notes.standing) if standing in (Standing.STAR, Standing.WITHHELD)]
    result = MeasureAttack(
        snapshot=asker.snapshot(),
        measure=measure,
        profile=rules.profile.name,
        tables=tuple(table.name for table in tables),
        cells=found.cells,
        hidden=len(hidden),
        known=notes.standing.count(Standing.KNOWN),
        implied=notes.standing.count(Standing.IMPLIED),
        exact=sum(leak.is_exact for leak in leaks),
        narrow=sum(not leak.is_exact for leak in leaks),
        narrowest=int(widths[hidden].min()) if np.isfinite(widths[hidden]).any() else -1,
        passes=found.passes,
        not_refined=found.not_refined,
    )
    ends = {at: None if np.isinf(found.upper[at]) else int(found.upper[at]) for at in hidden}
    return result, leaks, {notes.keys[at]: (int(found.lower[at]), ends[at]) for at in hidden}


def _deduce(
    rules: PublicRules,
    shown: Mapping[TableSpec, Mapping[CellKey, PublishedCell]],
    known: Mapping[CellKey, int],
    refined_cells: int,
) -> _Findings:
    notes = Notebook(rules)
    for table, cells in shown.items():
        notes.note_published(table, cells)
    published = len(notes.keys)
    notes.note_known(known)
    left_out = notes.refine(shown, most=refined_cells) if rules.profile.hides else ()
    notes.add_up()
    return _Findings(notes, *notes.narrow(), published, left_out)


def _widths_without_tables(
    rules: PublicRules,
    shown: Mapping[TableSpec, Mapping[CellKey, PublishedCell]],
    known: Mapping[CellKey, int],
    refined_cells: int,
) -> dict[CellKey, float]:
    """How closely the rows alone tell each cell; empty for a reader without rows."""
    if not known:
        return {}
    nothing = PublishedCell(CellState.WITHHELD)
    blank = {table: dict.fromkeys(cells, nothing) for table, cells in shown.items()}
    found = _deduce(rules, blank, known, refined_cells)
    return dict(zip(found.notes.keys, (found.upper - found.lower).tolist(), strict=True))


def _leaks(
    asker: Asker, measure: str, found: _Findings, without_tables: Mapping[CellKey, float], protection: int
) -> list[Leak]:
    """The cells that the tables tell too closely, and more closely than the reader's rows do."""
    notes, rules = found.notes, asker.rules(measure)
    widths = found.upper - found.lower
    return [
        Leak(
            asker.snapshot(),
            measure,
            notes.table_of(notes.keys[at]).name,
            notes.keys[at],
            notes.standing[at].name.lower(),
            int(found.lower[at]),
            int(found.upper[at]),
        )
        for at in np.flatnonzero(widths < protection).tolist()
        if _is_hidden(notes, at, int(found.upper[at]), rules)
        and widths[at] < without_tables.get(notes.keys[at], np.inf)
    ]


def _is_hidden(notes: Notebook, at: int, upper: int, rules: PublicRules) -> bool:
    """Whether knowing this cell closely discloses what is hidden, or what would be hidden were it published."""
    if notes.standing[at] != Standing.IMPLIED:
        return notes.standing[at] in (Standing.STAR, Standing.WITHHELD)
    if upper == 0:
        return at not in notes.openly_zero and not notes.zero_shown(notes.table_of(notes.keys[at]))
    return upper < rules.profile.threshold

"""The attacker that judges published tables: it gets what a reader's agency can fetch, and tries to work out what is hidden.

It knows what the asker answers and the public rules, nothing else: not the true counts, not how the mask was built. A leak is a
hidden cell left with fewer than `protection` between its bounds, or an unpublished one that is thereby known to be small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np

from hub.disclosure.deduction import REFINED_CELLS, Notebook, PublicRules, Standing
from hub.disclosure.mask import PROTECTION
from hub.disclosure.model import CellKey, PublishedCell, TableSpec


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


def _attack_measure(
    asker: Asker, measure: str, protection: int, refined_cells: int
) -> tuple[MeasureAttack, list[Leak], dict[CellKey, tuple[int, int | None]]]:
    rules, tables = asker.rules(measure), tuple(asker.tables(measure))
    notes = Notebook(rules)
    for table in tables:
        notes.note_published(table, asker.cells(measure, table))
    cells = len(notes.keys)
    notes.note_known(asker.rows(measure) or {})
    left_out = notes.refine(tables, most=refined_cells) if rules.profile.hides else ()
    notes.add_up()
    lower, upper, passes = notes.narrow()
    hidden = [at for at, standing in enumerate(notes.standing) if standing in (Standing.STAR, Standing.WITHHELD)]
    leaking = np.flatnonzero(upper - lower < protection)
    leaks = [
        Leak(
            asker.snapshot(),
            measure,
            notes.table_of(notes.keys[at]).name,
            notes.keys[at],
            notes.standing[at].name.lower(),
            int(lower[at]),
            int(upper[at]),
        )
        for at in leaking.tolist()
        if _is_leak(notes, at, int(upper[at]), rules)
    ]
    widths = (upper - lower)[hidden]
    result = MeasureAttack(
        snapshot=asker.snapshot(),
        measure=measure,
        profile=rules.profile.name,
        tables=tuple(table.name for table in tables),
        cells=cells,
        hidden=len(hidden),
        known=notes.standing.count(Standing.KNOWN),
        implied=notes.standing.count(Standing.IMPLIED),
        exact=sum(leak.is_exact for leak in leaks),
        narrow=sum(not leak.is_exact for leak in leaks),
        narrowest=int(widths.min()) if np.isfinite(widths).any() else -1,
        passes=passes,
        not_refined=left_out,
    )
    bounds = {notes.keys[at]: (int(lower[at]), None if np.isinf(upper[at]) else int(upper[at])) for at in hidden}
    return result, leaks, bounds


def _is_leak(notes: Notebook, at: int, upper: int, rules: PublicRules) -> bool:
    """Whether knowing this cell so closely discloses what is hidden, or what would be hidden were it published."""
    if notes.standing[at] != Standing.IMPLIED:
        return notes.standing[at] in (Standing.STAR, Standing.WITHHELD)
    if upper == 0:
        return at not in notes.openly_zero and not notes.zero_shown(notes.table_of(notes.keys[at]))
    return upper < rules.profile.threshold

"""Which codes came, went or were cut anew between two files, told from the cells that they share.

A code is taken for split, merged or renamed only where what some codes lost is what others gained, cell by cell (place and
month, or the key of a record), within TOLERANCE; equal totals alone prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from hub.engine import EngineSession, literal, quoted
from hub.intake.difference import Categories, CodeCount, Regrouping
from hub.schemas import MONTH, DatasetSchema

TOLERANCE = 0.05
"""The cells of a regrouping may differ by this share of what was lost: editions restate a little besides."""

MOVED = 0.05
"""A code that stays has lost or gained something worth explaining from this share of itself."""

FEWEST_CELLS = 8
"""Fewer cells could agree by chance."""

FITS = 0.5
"""A remnant joins a group where it takes away at least this share of itself from what is apart: by chance it adds to it."""

_MOST_CODES = 12
_MOST_LOSING, _MOST_GAINING = 3, 4
_PLACE_CODES = frozenset({"lsoa-code", "ward-code"})

_Cells = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Group:
    losing: frozenset[str]
    gaining: frozenset[str]
    apart: float


def categories(
    session: EngineSession, before: str, after: str, schema: DatasetSchema, fields: Sequence[str]
) -> tuple[Categories, ...]:
    """For each coded field what came, went and was regrouped, in the months that both files hold. `before` and `after` are SQL."""
    value = f"CAST({quoted(schema.value)} AS BIGINT)" if schema.value else "1"
    both = f"SELECT DISTINCT {MONTH} FROM {before} INTERSECT SELECT DISTINCT {MONTH} FROM {after}"
    session.run(f"CREATE TEMP TABLE hub_both AS {both}")
    kept = f"WHERE {MONTH} IN (FROM hub_both)"
    coded = [name for name in fields if schema.field(name).codes is not None and not schema.field(name).several]
    found = []
    for name in coded:
        column = f"CAST({quoted(name)} AS VARCHAR)"
        stacked = (
            f"(SELECT {column} AS code, {_cell(schema, name)} AS cell, {value} AS before, 0 AS after FROM {before} {kept}"
            f" UNION ALL SELECT {column}, {_cell(schema, name)}, 0, {value} FROM {after} {kept})"
        )
        known = _of_field(session, name, stacked)
        if known.vanished or known.appeared:
            found.append(known)
    return tuple(found)


def _of_field(session: EngineSession, name: str, stacked: str) -> Categories:
    totals = {
        str(code): CodeCount(code=str(code), before=int(before), after=int(after))
        for code, before, after in session.rows(
            f"SELECT code, sum(before), sum(after) FROM {stacked} WHERE code IS NOT NULL GROUP BY code ORDER BY code"
        )
    }
    vanished = tuple(one for one in totals.values() if one.before and not one.after)
    appeared = tuple(one for one in totals.values() if one.after and not one.before)
    if not (vanished or appeared):
        return Categories(field=name, vanished=(), appeared=())
    losing = _largest(one for one in totals.values() if one.before - one.after > MOVED * one.before)
    gaining = _largest(one for one in totals.values() if one.after - one.before > MOVED * one.after)
    groups = (
        _grouped(_cells(session, stacked, [*losing, *gaining]), losing, gaining, totals) if losing and gaining else []
    )
    return Categories(
        field=name,
        vanished=vanished,
        appeared=appeared,
        regroupings=tuple(sorted(groups, key=lambda one: -one.lost)),
    )


def _cell(schema: DatasetSchema, name: str) -> str:
    """SQL of the cell that a row counts in: whatever tells rows apart and is no category."""
    told = [one for one in schema.key if one != name and schema.field(one).codes is None]
    if not told and schema.place.kind in _PLACE_CODES:
        told = list(schema.place.fields)
    return f"hash({', '.join((MONTH, *(f'CAST({quoted(one)} AS VARCHAR)' for one in told)))})"


def _largest(codes: Iterable[CodeCount]) -> tuple[str, ...]:
    ordered = sorted(codes, key=lambda one: -abs(one.before - one.after))
    return tuple(one.code for one in ordered[:_MOST_CODES])


def _cells(session: EngineSession, stacked: str, codes: Sequence[str]) -> dict[str, _Cells]:
    """What each code gained (lost: below nought) in each cell."""
    named = ", ".join(literal(code) for code in codes)
    columns = session.arrays(
        f"SELECT code, cell, CAST(sum(after) - sum(before) AS BIGINT) AS gained FROM {stacked} WHERE code IN ({named})"
        " GROUP BY ALL HAVING gained <> 0"
    )
    places = np.unique(columns["cell"], return_inverse=True)[1]
    count = int(places.max()) + 1 if len(places) else 0
    found = {}
    for code in codes:
        mine = columns["code"] == code
        found[code] = np.zeros(count, dtype=np.int64)
        found[code][places[mine]] = columns["gained"][mine]
    return found


def _grouped(
    cells: dict[str, _Cells], losing: Sequence[str], gaining: Sequence[str], totals: dict[str, CodeCount]
) -> list[Regrouping]:
    """The smallest groups first; each code in one of them at most."""
    free_losing, free_gaining = set(losing), set(gaining)
    groups = []
    for size in range(2, _MOST_LOSING + _MOST_GAINING + 1):
        for group in sorted(_fitting(cells, free_losing, free_gaining, totals, size), key=lambda one: one.apart):
            if group.losing <= free_losing and group.gaining <= free_gaining:
                groups.append(group)
                free_losing -= group.losing
                free_gaining -= group.gaining
    grown = []
    for one in groups:
        whole = _grown(cells, one, free_losing, free_gaining)
        free_losing -= whole.losing
        free_gaining -= whole.gaining
        grown.append(_regrouping(cells, whole, totals))
    return grown


def _fitting(
    cells: dict[str, _Cells],
    losing: set[str],
    gaining: set[str],
    totals: dict[str, CodeCount],
    size: int,
) -> Iterator[_Group]:
    change = {code: totals[code].after - totals[code].before for code in (*losing, *gaining)}
    for many in range(max(1, size - _MOST_GAINING), min(_MOST_LOSING, size - 1) + 1):
        for lost in combinations(sorted(losing), many):
            total = -sum(change[code] for code in lost)
            for gained in combinations(sorted(gaining), size - many):
                if abs(sum(change[code] for code in gained) - total) > TOLERANCE * total:
                    continue  # the cells differ by no less than their sums do
                if all(totals[code].before and totals[code].after for code in (*lost, *gained)):
                    continue  # no code came or went: a shift, not another way of cutting
                apart = _apart(cells, lost, gained)
                if apart <= TOLERANCE:
                    yield _Group(frozenset(lost), frozenset(gained), apart)


def _grown(cells: dict[str, _Cells], group: _Group, losing: set[str], gaining: set[str]) -> _Group:
    """The group with the codes still free that make it fit better: remnants too small to be found by themselves."""
    best = group
    while wider := [
        *(_with(cells, best.losing | {code}, best.gaining) for code in sorted(losing - best.losing)),
        *(_with(cells, best.losing, best.gaining | {code}) for code in sorted(gaining - best.gaining)),
    ]:
        better = min(wider, key=lambda one: one.apart)
        if best.apart - better.apart < FITS * _share(cells, better, best):
            return best
        best = better
    return best


def _share(cells: dict[str, _Cells], wider: _Group, group: _Group) -> float:
    """How much the codes that a wider group has more have changed, as a share of what the group lost."""
    more = (wider.losing | wider.gaining) - (group.losing | group.gaining)
    return float(np.abs(_sum(cells, more)).sum() / max(1, np.abs(_sum(cells, group.losing)).sum()))


def _with(cells: dict[str, _Cells], losing: frozenset[str], gaining: frozenset[str]) -> _Group:
    return _Group(losing, gaining, _apart(cells, losing, gaining))


def _apart(cells: dict[str, _Cells], losing: Iterable[str], gaining: Iterable[str]) -> float:
    lost = -_sum(cells, losing)
    whole = int(np.abs(lost).sum())
    if int(np.count_nonzero(lost)) < FEWEST_CELLS or not whole:
        return 1.0
    return float(np.abs(lost - _sum(cells, gaining)).sum() / whole)


def _sum(cells: dict[str, _Cells], codes: Iterable[str]) -> _Cells:
    return np.asarray(np.sum([cells[code] for code in codes], axis=0, dtype=np.int64), dtype=np.int64)


def _regrouping(cells: dict[str, _Cells], group: _Group, totals: dict[str, CodeCount]) -> Regrouping:
    lost, gained = -_sum(cells, group.losing), _sum(cells, group.gaining)
    return Regrouping(
        before=tuple(totals[code] for code in sorted(group.losing, key=lambda one: -totals[one].before)),
        after=tuple(totals[code] for code in sorted(group.gaining, key=lambda one: -totals[one].after)),
        lost=int(lost.sum()),
        gained=int(gained.sum()),
        apart=group.apart,
        cells=int(np.count_nonzero(lost)),
    )

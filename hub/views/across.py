"""Across agencies: ratio, ranks and hotspot overlap of two measures side by side, from published cells alone. Pure.

Counts of different counting bases are never added up; they can be set against each other. Everything here is computed from cells
that both stand as numbers in the same protected table, so it tells nothing that the table does not (post-processing). What is
hidden, or missing, on either side has no ratio, no rank and no part in the overlap, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from hub.disclosure import Profile, profile_named
from hub.views.comparison import (
    HIDDEN_OR_MISSING,
    NO_DIVISOR,
    NO_HOTSPOTS,
    ONE_PLACE,
    TOO_FEW,
    Across,
    Compared,
    Comparison,
    Overlap,
    Ranks,
    Ratio,
)
from hub.views.model import Column, Shown, TableRow


def compare(
    across: Across, sides: Mapping[str, str], columns: Sequence[Column], rows: Sequence[TableRow]
) -> tuple[Comparison, ...]:
    """Each column of the left side with each of the right. `sides` gives the side of each dataset; `rows` are all rows of the
    periods, so that a rank does not depend on which places a reader asked for.
    """
    places = {side: [at for at, one in enumerate(columns) if sides[one.dataset] == side] for side in sides.values()}
    return tuple(
        _comparison(across.top, columns, rows, left, right)
        for left in places.get(across.left, ())
        for right in places.get(across.right, ())
    )


def only(comparison: Comparison, areas: frozenset[str]) -> Comparison:
    """The comparison for some places: it selects figures and recomputes none. Overlaps are of all places and stay."""
    return Comparison(
        comparison.left,
        comparison.right,
        tuple(one for one in comparison.rows if one.area in areas),
        comparison.overlaps,
    )


def decimal(number: Fraction, places: int = 2) -> str:
    """The number with so many decimals, halves rounded up: the same text on every machine."""
    scaled = (number * 10**places * 2 + 1) // 2
    whole, part = divmod(int(scaled), 10**places)
    return f"{whole}.{part:0{places}d}"


def _comparison(top: int, columns: Sequence[Column], rows: Sequence[TableRow], left: int, right: int) -> Comparison:
    profiles = profile_named(columns[left].profile), profile_named(columns[right].profile)
    both: dict[str, dict[str, tuple[int, int]]] = {}
    for row in rows:
        mine, other = row.cells[left], row.cells[right]
        if mine.state is Shown.NUMBER and other.state is Shown.NUMBER:
            both.setdefault(row.period, {})[row.area] = mine.value, other.value
    compared = tuple(_compared(row, both.get(row.period, {}), profiles) for row in rows)
    periods = dict.fromkeys(row.period for row in rows)
    overlaps = tuple(_overlap(period, top, both.get(period, {})) for period in periods)
    return Comparison(columns[left].id, columns[right].id, compared, overlaps)


def _compared(row: TableRow, shown: Mapping[str, tuple[int, int]], profiles: tuple[Profile, Profile]) -> Compared:
    pair = shown.get(row.area)
    if pair is None:
        return Compared(row.area, row.area_name, row.period, None, HIDDEN_OR_MISSING, None, HIDDEN_OR_MISSING)
    ratio = _ratio(pair, profiles)
    ranks = _ranks(row.area, shown) if len(shown) > 1 else None
    return Compared(
        row.area,
        row.area_name,
        row.period,
        ratio,
        "" if ratio else NO_DIVISOR,
        ranks,
        "" if ranks else ONE_PLACE,
    )


def _ratio(pair: tuple[int, int], profiles: tuple[Profile, Profile]) -> Ratio | None:
    (left_low, left_high), (right_low, right_high) = (_spread(*one) for one in zip(pair, profiles, strict=True))
    if not pair[1]:
        return None
    return Ratio(Fraction(*pair), Fraction(left_low, right_high), Fraction(left_high, right_low))


def _spread(value: int, profile: Profile) -> tuple[int, int]:
    """The counts that a published number may stand for: a nought is none, others as the profile rounds."""
    if not value:
        return 0, 0
    return max(value - profile.round_to // 2, profile.threshold, 1), value + (profile.round_to - 1) // 2


def _ranks(area: str, shown: Mapping[str, tuple[int, int]]) -> Ranks:
    left, right = (1 + sum(pair[side] > shown[area][side] for pair in shown.values()) for side in (0, 1))
    return Ranks(left, right, len(shown))


def _overlap(period: str, top: int, shown: Mapping[str, tuple[int, int]]) -> Overlap:
    if len(shown) <= top:
        return Overlap(period, top, len(shown), (), (), None, TOO_FEW)
    left, right = (_hotspots(top, {area: pair[side] for area, pair in shown.items()}) for side in (0, 1))
    if not left or not right:
        return Overlap(period, top, len(shown), (), (), None, NO_HOTSPOTS)
    either = set(left) | set(right)
    shared = set(left) & set(right)
    return Overlap(period, top, len(shown), left, right, Fraction(len(shared), len(either)), "")


def _hotspots(top: int, values: Mapping[str, int]) -> tuple[str, ...]:
    """The places with most, ties with the last of them included; none where the last has nothing, or all are alike."""
    last = sorted(values.values(), reverse=True)[top - 1]
    chosen = tuple(sorted(area for area, value in values.items() if value >= last))
    return chosen if last and len(chosen) < len(values) else ()

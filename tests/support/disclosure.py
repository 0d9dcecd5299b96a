"""Small lattices, made-up counts, and an attacker by brute force for tests of disclosure control."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np

from hub.disclosure import ALL_KINDS, AreaPlace, CellKey, Lattice, Masked, Profile, TableSpec

BOTH = frozenset({"area", "kind"})
"""The sensitive dimensions of a closed view."""

POLICE = (
    "borough-month-kind",
    "borough-month",
    "borough-quarter-kind",
    "borough-quarter",
    "borough-year-kind",
    "borough-year",
    "ward-quarter-kind",
    "ward-quarter",
    "ward-year-kind",
    "ward-year",
    "lsoa21-year",
)
"""The tables of `violence-by-place` for a police measure, with all margins."""

HEALTH = ("borough-quarter-kind", "ward-year")
"""Those of a health measure, where the kind is the method of assault."""


def a_lattice(
    *,
    tables: Iterable[str],
    wards: int = 2,
    lsoas: int = 0,
    months: Iterable[str] = ("2026-01", "2026-02", "2026-03"),
    kinds: Iterable[str] = ("knife", "other"),
    sensitive: frozenset[str] = frozenset(),
    families: Mapping[str, tuple[str, ...]] | None = None,
) -> Lattice:
    """One borough `B` of wards `W00`...; `lsoas` in all, dealt to the wards in turn."""
    places = [AreaPlace("B", "borough", "")]
    places += [AreaPlace(f"W{ward:02d}", "ward", "B") for ward in range(wards)]
    places += [AreaPlace(f"L{lsoa:03d}", "lsoa21", f"W{lsoa % wards:02d}") for lsoa in range(lsoas)]
    return Lattice(
        areas=tuple(places),
        months=tuple(months),
        kinds=tuple(kinds),
        tables=tuple(TableSpec.named(name) for name in tables),
        sensitive=sensitive,
        families=families or {},
    )


def months_from(first_year: int, count: int) -> tuple[str, ...]:
    """`count` months in a row from January of `first_year`."""
    return tuple(f"{first_year + month // 12}-{month % 12 + 1:02d}" for month in range(count))


def events(lattice: Lattice, *, a_month: float, seed: int) -> dict[CellKey, int]:
    """Made-up events, about so many a month, unevenly spread over the finest areas and the kinds."""
    draw = np.random.default_rng(seed)
    areas = lattice.area_codes("lsoa21") or lattice.area_codes("ward")
    kinds = lattice.kinds or (ALL_KINDS,)
    by_area, by_kind = draw.gamma(1.2, size=len(areas)), draw.gamma(0.6, size=len(kinds))
    counted: dict[CellKey, int] = {}
    ways = [(family, sorted(names)) for family, names in sorted(lattice.families.items())]
    for month in lattice.months:
        size = draw.poisson(a_month)
        chosen = zip(
            draw.choice(len(areas), size, p=by_area / by_area.sum()),
            draw.choice(len(kinds), size, p=by_kind / by_kind.sum()),
            strict=True,
        )
        for area, kind in chosen:
            key = CellKey(areas[area], month, kinds[kind])
            counted[key] = counted.get(key, 0) + 1
        for _, names in ways:
            shares = draw.gamma(0.6, size=len(names))
            for key in [key for key in counted if key.period == month and key.kind in kinds]:
                drawn = draw.multinomial(counted[key], shares / shares.sum())
                for name, number in zip(names, drawn.tolist(), strict=True):
                    other = CellKey(key.area, month, name)
                    counted[other] = counted.get(other, 0) + number
    return counted


def atoms(lattice: Lattice, *, area_level: str) -> tuple[CellKey, ...]:
    """The finest keys there are: areas of this level x months x kinds."""
    parts = product(lattice.area_codes(area_level), sorted(lattice.months), sorted(lattice.kinds) or (ALL_KINDS,))
    return tuple(CellKey(*part) for part in parts)


def worlds(lattice: Lattice, *, area_level: str) -> tuple[tuple[CellKey, ...], ...]:
    """The finest things that can happen: an event of one area and month has one kind of each family, all at once."""
    ways = [kinds for _, kinds in sorted(lattice.families.items())]
    return tuple(
        (atom, *(CellKey(atom.area, atom.period, kind) for kind in others))
        for atom in atoms(lattice, area_level=area_level)
        for others in product(*ways)
    )


def together(happened: Mapping[tuple[CellKey, ...], int]) -> dict[CellKey, int]:
    """Counts of events by all their keys at once -> counts under each key: what counting hands to the lattice."""
    counted: dict[CellKey, int] = {}
    for keys, number in happened.items():
        for key in keys:
            counted[key] = counted.get(key, 0) + number
    return counted


def allowed(state: int, value: int, *, zero_shown: bool, profile: Profile, ceiling: int) -> tuple[int, int]:
    """Between which counts a published cell lies: tried out count by count, up to `ceiling`."""
    if state == 2:
        return 0, ceiling
    if state == 1:
        return (1 if zero_shown else 0), profile.threshold - 1
    if value == 0:
        return 0, 0
    near = [count for count in range(profile.threshold, value + 10) if abs(count - value) * 2 < profile.round_to]
    return (near[0], near[-1]) if profile.round_to > 1 else (value, value)


def by_brute_force(
    lattice: Lattice, masked: Masked, profile: Profile, *, area_level: str, ceiling: int, most: int = 400_000
) -> Mapping[CellKey, tuple[int, int]] | None:
    """The tightest bounds of every published cell: all data sets are tried that agree with everything published.

    None when that would be more than `most`. Counts of single atoms are tried up to `ceiling`.
    """
    keys = worlds(lattice, area_level=area_level)
    tables = list(masked.tables.values())
    shares = np.stack(
        [np.concatenate([lattice.roll_up(together({key: 1}))[table.spec] for table in tables]) for key in keys], axis=1
    )
    limits = np.array(
        [
            allowed(
                state,
                value,
                zero_shown=profile.shows_zero(table.spec, lattice.sensitive),
                profile=profile,
                ceiling=ceiling * len(keys),
            )
            for table in tables
            for state, value in zip(table.states.tolist(), table.values.tolist(), strict=True)
        ]
    )
    tops = [min([ceiling, *limits[shares[:, at] > 0, 1].tolist()]) for at in range(len(keys))]
    bottoms = [
        max([0, *limits[(shares[:, at] > 0) & (shares.sum(axis=1) == 1), 0].tolist()]) for at in range(len(keys))
    ]
    ranges = [range(bottom, top + 1) for bottom, top in zip(bottoms, tops, strict=True)]
    if np.prod([float(len(some)) for some in ranges]) > most:
        return None
    tried = np.stack([axis.reshape(-1) for axis in np.meshgrid(*ranges, indexing="ij")])
    cells = shares @ tried
    fits = np.all((cells >= limits[:, :1]) & (cells <= limits[:, 1:]), axis=0)
    names = [key for table in tables for key in lattice.cells(table.spec)]
    lowest, highest = cells[:, fits].min(axis=1), cells[:, fits].max(axis=1)
    return {name: (int(low), int(high)) for name, low, high in zip(names, lowest, highest, strict=True)}

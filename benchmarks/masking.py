"""Part `masking`: protecting the tables of a whole partnership, beside counting them alone (DESIGN section 8)."""

from __future__ import annotations

from itertools import product

import numpy as np

from benchmarks.measure import Measured, Stopwatch, in_turn, median
from benchmarks.report import Result
from hub.disclosure import NHS_HES, AreaPlace, CellKey, Lattice, TableSpec, protect_measure

_WARDS, _LSOAS, _KINDS = 22, 199, 14
_TABLES = [
    *(f"borough-{period}{kind}" for period, kind in product(("month", "quarter", "year"), ("", "-kind"))),
    *(f"ward-{period}{kind}" for period, kind in product(("quarter", "year"), ("", "-kind"))),
    "lsoa21-year",
]


def masking(*, months: int, rounds: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """Measure with many and with few events a month; the results, and each single measurement by name."""
    lattice = _a_borough(months)
    found: dict[str, list[Measured]] = {}
    results = []
    for a_month in (557, 70):
        events = _events(lattice, a_month)
        counts = lattice.roll_up(events)

        def count(events: dict[CellKey, int] = events) -> Measured:
            watch = Stopwatch()
            lattice.roll_up(events)
            return watch.stop()

        def protect(counts: object = counts) -> Measured:
            watch = Stopwatch()
            clean = protect_measure(lattice, counts, NHS_HES).verdict.is_clean  # type: ignore[arg-type]
            return watch.stop(clean=clean)

        measured = in_turn({"count": count, "protect": protect}, rounds)
        found |= {f"{name}-{a_month}": one for name, one in measured.items()}
        results.append(
            Result(
                name=f"masking.{a_month}-a-month",
                work=f"mask and attack of {len(_TABLES)} tables: {_WARDS} wards, {_LSOAS} LSOAs, {months} months, {_KINDS} kinds",
                figure=round(median(measured["protect"], "seconds"), 4),
                unit="s",
                floor="counting the same tables",
                floor_figure=round(median(measured["count"], "seconds"), 4),
            )
        )
    return results, found


def _a_borough(months: int) -> Lattice:
    wards = [AreaPlace(f"W{place:02d}", "ward", "B") for place in range(_WARDS)]
    lsoas = [AreaPlace(f"L{place:03d}", "lsoa21", wards[place % _WARDS].code) for place in range(_LSOAS)]
    return Lattice(
        areas=(AreaPlace("B", "borough", ""), *wards, *lsoas),
        months=tuple(f"{2024 + month // 12}-{month % 12 + 1:02d}" for month in range(months)),
        kinds=tuple(f"k{place:02d}" for place in range(_KINDS)),
        tables=tuple(TableSpec.named(name) for name in _TABLES),
        sensitive=frozenset({"area", "kind"}),
        families={},
    )


def _events(lattice: Lattice, a_month: int) -> dict[CellKey, int]:
    """Made-up events, so many a month, unevenly over areas and kinds; the same each time."""
    draw = np.random.default_rng(1)
    cells = [CellKey(area, "", kind) for area in lattice.area_codes("lsoa21") for kind in lattice.kinds]
    weights = draw.gamma(0.6, size=len(cells))
    counted: dict[CellKey, int] = {}
    for month in lattice.months:
        for place, count in enumerate(draw.multinomial(a_month, weights / weights.sum())):
            if count:
                counted[cells[place]._replace(period=month)] = int(count)
    return counted

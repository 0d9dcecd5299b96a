"""Disclosure control on real and small counts: without the mask the attacker finds leaks, with it none."""

from __future__ import annotations

import numpy as np
import pytest

from hub.disclosure import (
    NHS_HES,
    AreaPlace,
    CellKey,
    Lattice,
    TableSpec,
    WholeMeasure,
    attack,
    protect_measure,
    thresholds_only,
)
from hub.geography import INSIDE, OUTSIDE
from hub.views.building import coarse_percent, lattice_of
from hub.views.counting import Counted
from tests.support.geography import bromley
from tests.support.views import API, real_bromley, the_catalogue


@pytest.fixture(scope="module")
def real() -> tuple[Lattice, dict[CellKey, int]]:
    counted = real_bromley()
    return lattice_of(bromley().tree, the_catalogue().measures[API], counted), dict(counted.events)


def leaks_without_mask(lattice: Lattice, events: dict[CellKey, int]) -> int:
    masked = thresholds_only(lattice, lattice.roll_up(events), NHS_HES)
    return len(attack([WholeMeasure(lattice=lattice, profile=NHS_HES, masked=masked)]).leaks)


def leaks_with_mask(lattice: Lattice, events: dict[CellKey, int]) -> tuple[int, int]:
    protected = protect_measure(lattice, lattice.roll_up(events), NHS_HES)
    asker = WholeMeasure(lattice=lattice, profile=NHS_HES, masked=protected.masked)
    return len(attack([asker]).leaks), len(protected.masked.tables)


def test_bromley_under_nhs_hes_has_no_leak_as_declared(real: tuple[Lattice, dict[CellKey, int]]) -> None:
    lattice, events = real
    leaks, tables = leaks_with_mask(lattice, events)
    assert leaks == 0
    assert tables >= 6


def test_bromley_with_zeros_shown_leaks_without_the_mask_and_not_with_it(
    real: tuple[Lattice, dict[CellKey, int]],
) -> None:
    declared, events = real
    lattice = Lattice(areas=declared.areas, months=declared.months, kinds=declared.kinds, tables=declared.tables)
    assert leaks_without_mask(lattice, events) > 0
    leaks, tables = leaks_with_mask(lattice, events)
    assert leaks == 0
    assert tables > 0


@pytest.mark.parametrize("seed", range(3))
def test_small_counts_leak_without_the_mask_and_not_with_it(seed: int) -> None:
    draw = np.random.default_rng(seed)
    wards = [f"W{number}" for number in range(6)]
    areas = [
        AreaPlace("B", "borough", ""),
        *(AreaPlace(ward, "ward", "B") for ward in wards),
        *(AreaPlace(f"L{ward}{part}", "lsoa21", ward) for ward in wards for part in "ab"),
    ]
    months = tuple(f"2025-{month:02d}" for month in range(1, 13))
    tables = ("borough-quarter-kind", "borough-quarter", "ward-quarter-kind", "ward-quarter", "ward-year")
    rates = {"A05": 1.6, "A07": 0.6, "A98": 0.08}
    kinds = tuple(rates)
    lattice = Lattice(
        areas=tuple(areas), months=months, kinds=kinds, tables=tuple(TableSpec.named(name) for name in tables)
    )
    events = {
        CellKey(place.code, month, kind): int(draw.poisson(rates[kind]))
        for place in areas
        if place.level == "lsoa21"
        for month in months
        for kind in kinds
    }
    assert leaks_without_mask(lattice, events) > 0
    assert leaks_with_mask(lattice, events)[0] == 0


@pytest.mark.parametrize(
    ("rows", "inside", "shown"),
    [(0, 0, None), (99, 0, None), (99, 99, None), (100, 0, 0), (100, 9, 0), (200, 195, 90), (100, 100, 100)],
)
def test_the_located_share_of_a_closed_measure_tells_of_no_nought(rows: int, inside: int, shown: int | None) -> None:
    """Under fifty records a share of nought would say that every cell is nought."""
    places = {INSIDE: inside, OUTSIDE: rows - inside}
    counted = Counted(
        agency="a", months=("2026-01",), kinds=(), events={}, rows=rows, places=places, other_months=0, repeats=0
    )
    assert coarse_percent(counted) == shown

"""Which cells bind which, and how far bounds travel through the sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.disclosure import AREA_LEVELS, PERIOD_LEVELS, CellKey, Lattice, TableSpec
from hub.disclosure.equations import Equations, _ring, closure, equations, first_broken
from hub.disclosure.model import Counts
from hub.disclosure.propagation import UNBOUNDED, propagate
from hub.kit.errors import Bug
from tests.support.disclosure import HEALTH, POLICE, a_lattice, events, months_from

EVERY = [
    TableSpec(area, period, family)
    for area in AREA_LEVELS
    for period in PERIOD_LEVELS
    for family in ("", "kind", "when", "knife")
]


def tables(*names: str) -> tuple[TableSpec, ...]:
    return tuple(TableSpec.named(name) for name in names)


def names(specs: tuple[TableSpec, ...]) -> set[str]:
    return {spec.name for spec in specs}


def exact(lattice: Lattice, system: Equations, happened: dict[CellKey, int]) -> Counts:
    """The true count of every cell of a closure."""
    whole = Lattice(areas=lattice.areas, months=lattice.months, kinds=lattice.kinds, tables=system.tables)
    counts = whole.roll_up(happened)
    return np.concatenate([counts[table] for table in system.tables])


def test_every_coarser_table_of_a_published_one_is_implied() -> None:
    implied = names(closure(tables("ward-quarter-kind")))
    assert implied == {
        "ward-quarter-kind", "ward-quarter", "ward-year-kind", "ward-year",
        "borough-quarter-kind", "borough-quarter", "borough-year-kind", "borough-year",
    }  # fmt: skip


def test_the_tables_of_the_police_views_overlap_in_a_tree_so_no_finer_table_is_implied() -> None:
    assert names(closure(tables(*POLICE))) == set(POLICE)
    assert "ward-quarter-kind" not in names(closure(tables(*HEALTH)))


def test_tables_that_overlap_in_a_ring_imply_their_common_refinement() -> None:
    ring = ("ward-quarter", "ward-year-kind", "borough-quarter-kind")
    assert "ward-quarter-kind" in names(closure(tables(*ring)))
    assert "ward-quarter-kind" not in names(closure(tables(*ring[:2])))
    finer = ("lsoa21-quarter", "lsoa21-year-kind", "borough-quarter-kind")
    assert "lsoa21-quarter-kind" in names(closure(tables(*finer)))
    assert "borough-month-kind" not in names(closure(tables("borough-month", "borough-year-kind")))
    with_months = ("ward-month", "ward-quarter-kind", "borough-month-kind")
    assert "ward-month-kind" in names(closure(tables(*with_months)))


def test_two_families_that_meet_in_a_tree_imply_nothing_finer() -> None:
    shown = (*POLICE, "borough-month-when", "borough-year-knife", "ward-year-knife")
    coarser = {"borough-quarter-when", "borough-year-when"}
    assert names(closure(tables(*shown))) == {*shown, *coarser}


def test_a_ring_through_two_families_is_opened_by_one_finer_table_for_each() -> None:
    ring = ("ward-year-kind", "ward-year-when", "borough-quarter-kind", "borough-quarter-when")
    assert {"ward-quarter-kind", "ward-quarter-when", "ward-quarter"} <= names(closure(tables(*ring)))
    assert "ward-quarter-kind" not in names(closure(tables(*ring[:3])))


@given(st.sets(st.sampled_from(EVERY), max_size=9))
def test_tables_with_what_they_imply_overlap_in_a_tree(published: set[TableSpec]) -> None:
    assert not _ring(published | _ring(published))


def test_no_tables_bind_nothing() -> None:
    system = equations(a_lattice(tables=[]), [])
    assert system.size == 0
    assert propagate(system, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)).passes == 1


def test_true_counts_satisfy_every_equation_and_each_sum_is_written_once() -> None:
    lattice = a_lattice(tables=POLICE, wards=3, lsoas=7, months=months_from(2026, 12))
    system = equations(lattice, lattice.tables)
    counts = exact(lattice, system, events(lattice, a_month=40, seed=1))
    for roll_up in system.roll_ups:
        sums = np.add.reduceat(counts[roll_up.children], roll_up.starts)
        assert np.array_equal(sums, counts[roll_up.parents])
        assert len(set(roll_up.parents.tolist())) == len(roll_up.parents)
        assert len(set(roll_up.children.tolist())) == len(roll_up.children)
        for equation in range(len(roll_up.parents)):
            assert counts[roll_up.members(equation)].sum() == counts[roll_up.parents[equation]]
    assert len(system.roll_ups) == 16


def test_every_family_adds_up_to_the_same_totals() -> None:
    lattice = a_lattice(
        tables=[*POLICE, "ward-quarter-when", "borough-month-knife"],
        wards=3,
        lsoas=7,
        months=months_from(2026, 12),
        families={"when": ("night", "rest"), "knife": ("none", "some", "unknown")},
    )
    system = equations(lattice, lattice.tables)
    assert {one.fine.family for one in system.roll_ups if one.coarse.name == "borough-year"} == {
        "",
        "kind",
        "when",
        "knife",
    }
    happened = events(lattice, a_month=40, seed=1)
    counts = lattice.roll_up(happened)
    exact = np.concatenate([counts.get(table, np.zeros(int(np.prod(lattice.shape(table))))) for table in system.tables])
    assert first_broken(system, exact.astype(np.int64), lattice.tables) is None
    lost = next(key for key, count in happened.items() if key.kind == "night" and count)
    del happened[lost]
    counts = lattice.roll_up(happened)
    exact = np.concatenate([counts.get(table, np.zeros(int(np.prod(lattice.shape(table))))) for table in system.tables])
    broken = first_broken(system, exact.astype(np.int64), lattice.tables)
    assert broken is not None
    assert broken[0].family == "when"


def test_months_of_an_incomplete_quarter_are_in_no_sum() -> None:
    months = ("2026-01", "2026-02", "2026-03", "2026-04")
    system = equations(a_lattice(tables=["borough-month"], months=months), tables("borough-month"))
    (only,) = (roll_up for roll_up in system.roll_ups if roll_up.coarse.period_level == "quarter")
    assert len(only.parents) == 1
    assert len(only.children) == 3


def test_counts_that_do_not_add_up_are_named_by_their_tables_also_across_an_implied_one() -> None:
    lattice = a_lattice(tables=["lsoa21-month", "borough-month"], lsoas=4)
    system = equations(lattice, lattice.tables)
    counts = exact(lattice, system, events(lattice, a_month=30, seed=2))
    ward = system.span(TableSpec.named("ward-month"))
    counts[ward] = 0
    assert first_broken(system, counts, lattice.tables) is None
    counts[system.span(TableSpec.named("borough-month")).start] += 1
    assert first_broken(system, counts, lattice.tables) == tables("ward-month", "borough-month")


def test_a_ward_without_lsoas_is_no_sum_and_breaks_none() -> None:
    lattice = a_lattice(tables=["lsoa21-month", "ward-month"], wards=3, lsoas=2)
    system = equations(lattice, lattice.tables)
    counts = exact(lattice, system, events(lattice, a_month=30, seed=2))
    assert first_broken(system, counts, lattice.tables) is None
    (areas,) = (roll_up for roll_up in system.roll_ups if roll_up.coarse.name == "ward-month")
    assert len(areas.parents) == 2 * 3


def bounds_of(lattice: Lattice, known: dict[CellKey, tuple[int, int]]) -> dict[CellKey, tuple[int, int]]:
    """What propagation makes of bounds on some cells."""
    system = equations(lattice, lattice.tables)
    keys = [key for table in system.tables for key in lattice.cells(table)]
    lower, upper = np.zeros(system.size, dtype=np.int64), np.full(system.size, UNBOUNDED)
    for at, key in enumerate(keys):
        lower[at], upper[at] = known.get(key, (0, UNBOUNDED))
    found = propagate(system, lower, upper)
    return dict(zip(keys, zip(found.lower.tolist(), found.upper.tolist(), strict=True), strict=True))


def test_a_hidden_month_is_what_the_quarter_leaves() -> None:
    lattice = a_lattice(tables=["borough-month", "borough-quarter"], kinds=())
    found = bounds_of(
        lattice,
        {
            CellKey("B", "2026-Q1", ""): (22, 22),
            CellKey("B", "2026-01", ""): (8, 12),
            CellKey("B", "2026-02", ""): (10, 10),
        },
    )
    assert found[CellKey("B", "2026-03", "")] == (0, 4)


def test_bounds_travel_through_cells_that_nobody_published() -> None:
    lattice = a_lattice(tables=["lsoa21-month", "borough-month"], lsoas=3, wards=2, months=("2026-01",), kinds=())
    found = bounds_of(
        lattice,
        {
            CellKey("B", "2026-01", ""): (9, 9),
            CellKey("L000", "2026-01", ""): (4, 4),
            CellKey("L001", "2026-01", ""): (5, 5),
        },
    )
    assert found[CellKey("L002", "2026-01", "")] == (0, 0)
    assert found[CellKey("W00", "2026-01", "")] == (4, 4)


def test_a_ring_binds_cells_that_no_published_sum_would() -> None:
    lattice = a_lattice(tables=["ward-month", "ward-quarter-kind", "borough-month-kind"])
    found = bounds_of(lattice, {CellKey("W00", "2026-01", ""): (5, 5), CellKey("W00", "2026-Q1", "knife"): (0, 0)})
    assert found[CellKey("W00", "2026-01", "other")] == (5, 5)
    assert found[CellKey("B", "2026-01", "other")] == (5, UNBOUNDED)


def test_bounds_that_no_counts_fit_are_a_bug() -> None:
    lattice = a_lattice(tables=["borough-month", "borough-quarter"], kinds=())
    with pytest.raises(Bug) as bug:
        bounds_of(lattice, {CellKey("B", "2026-Q1", ""): (0, 3), CellKey("B", "2026-01", ""): (4, 7)})
    assert bug.value.code == "contradiction"


def test_propagation_that_does_not_end_in_time_is_a_bug() -> None:
    lattice = a_lattice(tables=["borough-month", "borough-quarter"], kinds=())
    system = equations(lattice, lattice.tables)
    upper = np.full(system.size, 7)
    with pytest.raises(Bug) as bug:
        propagate(system, np.zeros(system.size, dtype=np.int64), upper, max_passes=0)
    assert bug.value.code == "no-fixpoint"


def test_the_truth_always_stays_within_the_bounds_and_the_given_arrays_stay_as_they_are() -> None:
    lattice = a_lattice(tables=POLICE, wards=5, lsoas=11, months=months_from(2026, 12))
    system = equations(lattice, lattice.tables)
    counts = exact(lattice, system, events(lattice, a_month=60, seed=3))
    lower, upper = np.maximum(counts - 2, 0), counts + 2
    upper[::3] = UNBOUNDED
    before = lower.copy(), upper.copy()
    found = propagate(system, lower, upper)
    assert np.all(found.lower <= counts)
    assert np.all(counts <= found.upper)
    assert np.any(found.upper - found.lower < upper - lower)
    assert np.array_equal(lower, before[0])
    assert np.array_equal(upper, before[1])

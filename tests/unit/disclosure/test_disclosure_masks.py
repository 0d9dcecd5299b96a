"""The mask: what it withholds, what it drops, and that it fails closed."""

from __future__ import annotations

import numpy as np
import pytest

import hub.disclosure.mask as mask_module
from hub.disclosure import (
    EXACT,
    NHS_HES,
    ONS_10_5,
    OPEN,
    CellKey,
    CellState,
    Lattice,
    Masked,
    MaskRules,
    Profile,
    TableSpec,
    WholeMeasure,
    attack,
    build_mask,
    protect_measure,
    published_cells,
    thresholds_only,
)
from hub.disclosure import service as service_module
from hub.kit.errors import Invalid
from tests.support.disclosure import BOTH, HEALTH, POLICE, a_lattice, events, months_from

KINDS = [f"k{at:02d}" for at in range(14)]


def the_partnership(*, sensitive: frozenset[str], tables: tuple[str, ...] = POLICE) -> Lattice:
    """The size of the real one: 22 wards, 199 LSOAs, 36 months, 14 kinds."""
    return a_lattice(tables=tables, wards=22, lsoas=199, months=months_from(2024, 36), kinds=KINDS, sensitive=sensitive)


def leaks_in(lattice: Lattice, masked: Masked, profile: Profile = NHS_HES) -> int:
    return len(attack([WholeMeasure(lattice=lattice, profile=profile, masked=masked)]).leaks)


def a_planted_leak() -> tuple[Lattice, dict[CellKey, int]]:
    """Three months of which one is small, and a quarter: 22 = 10 + 8 + 4, published as 20 = 10 + 10 + `*`."""
    lattice = a_lattice(tables=["ward-month", "ward-quarter", "borough-quarter", "borough-month"], kinds=("knife",))
    counts = {"2026-01": 12, "2026-02": 12, "2026-03": 1}
    happened = {CellKey("W00", month, "knife"): count for month, count in counts.items()}
    return lattice, happened | {CellKey("W01", month, "knife"): 40 for month in counts}


@pytest.mark.parametrize("profile", [OPEN, EXACT])
def test_a_profile_that_hides_nothing_needs_no_mask(profile: Profile) -> None:
    lattice, happened = a_planted_leak()
    counts = lattice.roll_up(happened)
    masked = build_mask(lattice, counts, profile)
    assert all(np.array_equal(masked.tables[table].values, counts[table]) for table in lattice.tables)
    assert masked.report.leaks_before == 0
    assert {table.spec for table in masked} == set(lattice.tables)


def test_exact_margins_leak_and_the_mask_withholds_a_neighbour() -> None:
    lattice, happened = a_planted_leak()
    counts, beside = lattice.roll_up(happened), NHS_HES.unrounded()
    assert leaks_in(lattice, thresholds_only(lattice, counts, beside), beside) > 0
    masked = build_mask(lattice, counts, beside, MaskRules(max_withheld_per_mille=1000))
    assert masked.report.leaks_before > 0
    assert sum(table.withheld for table in masked.report.tables) > 0
    assert leaks_in(lattice, masked, beside) == 0


def test_the_mask_changes_no_number_and_opens_nothing() -> None:
    lattice = the_partnership(sensitive=frozenset())
    counts = lattice.roll_up(events(lattice, a_month=80, seed=1))
    plain = thresholds_only(lattice, counts, NHS_HES)
    masked = build_mask(lattice, counts, NHS_HES, MaskRules(max_withheld_per_mille=1000))
    assert masked.report.dropped == ()
    for table in lattice.tables:
        before, after = plain.tables[table], masked.tables[table]
        kept = after.states != CellState.WITHHELD
        assert np.array_equal(before.states[kept], after.states[kept])
        assert np.array_equal(before.values[kept], after.values[kept])
        assert not after.values[~kept].any()


@pytest.mark.parametrize("sensitive", [BOTH, frozenset()])
@pytest.mark.parametrize("a_month", [557, 70])
def test_a_whole_partnership_is_masked_and_the_attacker_finds_nothing(a_month: int, sensitive: frozenset[str]) -> None:
    lattice = the_partnership(sensitive=sensitive)
    counts = lattice.roll_up(events(lattice, a_month=a_month, seed=1))
    protected = protect_measure(lattice, counts, NHS_HES)
    assert protected.verdict.is_clean
    assert all(table.withheld * 20 <= table.cells for table in protected.masked.report.tables)
    hidden = [table for table in protected.masked.report.tables if table.stars]
    assert hidden


def test_zeros_that_are_shown_leak_and_zeros_that_are_hidden_do_not() -> None:
    for sensitive, expected in ((frozenset[str](), True), (BOTH, False)):
        lattice = the_partnership(sensitive=sensitive)
        counts = lattice.roll_up(events(lattice, a_month=70, seed=1))
        assert (leaks_in(lattice, thresholds_only(lattice, counts, NHS_HES)) > 0) is expected


def test_with_masking_switched_off_and_exact_margins_the_attacker_finds_leaks_everywhere() -> None:
    lattice = the_partnership(sensitive=BOTH)
    counts = lattice.roll_up(events(lattice, a_month=557, seed=1))
    beside = NHS_HES.unrounded()
    verdict = attack([WholeMeasure(lattice=lattice, profile=beside, masked=thresholds_only(lattice, counts, beside))])
    assert verdict.exact > 0


def test_a_table_with_too_much_withheld_is_dropped_and_named() -> None:
    lattice = the_partnership(sensitive=frozenset())
    counts = lattice.roll_up(events(lattice, a_month=70, seed=1))
    masked = build_mask(lattice, counts, NHS_HES)
    assert {dropped.reason for dropped in masked.report.dropped} == {"too-much-withheld"}
    for dropped in masked.report.dropped:
        assert TableSpec.named(dropped.table) not in masked.tables
        assert dropped.withheld * 20 > dropped.cells
    assert leaks_in(lattice, masked) == 0


def test_when_the_rounds_run_out_the_finest_table_is_dropped() -> None:
    lattice, happened = a_planted_leak()
    masked = build_mask(
        lattice, lattice.roll_up(happened), NHS_HES.unrounded(), MaskRules(rounds=0, max_withheld_per_mille=1000)
    )
    assert masked.report.dropped[0].table == "ward-month"
    assert masked.report.dropped[0].reason == "not-protected"
    assert leaks_in(lattice, masked, NHS_HES.unrounded()) == 0


def test_it_fails_closed_down_to_nothing_published(monkeypatch: pytest.MonkeyPatch) -> None:
    lattice, happened = a_planted_leak()
    monkeypatch.setattr(mask_module, "cells_to_withhold", lambda *_: np.zeros(0, dtype=np.int64))
    monkeypatch.setattr(mask_module.Sheet, "leaks", lambda sheet, *_: np.arange(sheet.system.size))
    masked = build_mask(lattice, lattice.roll_up(happened), NHS_HES)
    assert masked.tables == {}
    assert len(masked.report.dropped) == 4


def test_what_the_attacker_breaks_is_coarsened_whatever_the_mask_says(monkeypatch: pytest.MonkeyPatch) -> None:
    lattice, happened = a_planted_leak()
    monkeypatch.setattr(
        service_module, "build_mask", lambda lattice, counts, profile, _: thresholds_only(lattice, counts, profile)
    )
    protected = protect_measure(lattice, lattice.roll_up(happened), NHS_HES.unrounded())
    assert protected.masked.report.dropped[0].reason == "attacked"
    assert protected.masked.report.dropped[0].table == "ward-month"
    assert protected.verdict.is_clean


def test_ten_five_hides_zero_and_is_masked_too() -> None:
    lattice = the_partnership(sensitive=frozenset(), tables=HEALTH)
    counts = lattice.roll_up(events(lattice, a_month=70, seed=1))
    protected = protect_measure(lattice, counts, ONS_10_5)
    assert protected.verdict.is_clean
    assert not any(((table.states == 0) & (table.values < 10)).any() for table in protected.masked)


def test_tables_without_cells_are_left_out() -> None:
    lattice = a_lattice(tables=["borough-month", "borough-year"], kinds=("knife",))
    counts = lattice.roll_up({CellKey("W00", "2026-01", "knife"): 3})
    for masked in (build_mask(lattice, counts, NHS_HES), thresholds_only(lattice, counts, NHS_HES)):
        assert [table.spec.name for table in masked] == ["borough-month"]


def test_published_cells_come_by_key_without_the_count_of_a_hidden_one() -> None:
    lattice = a_lattice(tables=["borough-month"], kinds=("knife",))
    happened = {CellKey("W00", "2026-01", "knife"): 3, CellKey("W00", "2026-02", "knife"): 11}
    masked = build_mask(lattice, lattice.roll_up(happened), NHS_HES)
    cells = published_cells(lattice, masked, lattice.tables[0])
    assert [(cell.state, cell.value) for cell in cells.values()] == [
        (CellState.STAR, 0),
        (CellState.NUMBER, 10),
        (CellState.NUMBER, 0),
    ]


def test_the_same_counts_are_masked_alike_each_time() -> None:
    lattice = the_partnership(sensitive=frozenset())
    counts = lattice.roll_up(events(lattice, a_month=70, seed=1))
    first, second = (build_mask(lattice, counts, NHS_HES) for _ in range(2))
    assert first.report == second.report
    assert all(np.array_equal(first.tables[table].states, second.tables[table].states) for table in first.tables)


def test_counts_that_do_not_add_up_are_refused_because_no_mask_of_them_is_sound() -> None:
    lattice, happened = a_planted_leak()
    counts = lattice.roll_up(happened)
    counts[TableSpec.named("ward-quarter")][0] += 1
    with pytest.raises(Invalid) as refusal:
        build_mask(lattice, counts, NHS_HES)
    assert refusal.value.code == "counts-do-not-add-up"
    assert "ward-month" in refusal.value.title


@pytest.mark.parametrize("wrong", ["missing", "short"])
def test_counts_for_other_cells_than_the_lattice_has_are_refused(wrong: str) -> None:
    lattice, happened = a_planted_leak()
    counts = lattice.roll_up(happened)
    table = lattice.tables[0]
    if wrong == "missing":
        del counts[table]
    else:
        counts[table] = counts[table][:-1]
    with pytest.raises(Invalid) as refusal:
        build_mask(lattice, counts, NHS_HES)
    assert refusal.value.code == "wrong-cells"


def test_more_protection_than_a_star_itself_gives_is_refused() -> None:
    lattice, happened = a_planted_leak()
    with pytest.raises(Invalid) as refusal:
        build_mask(lattice, lattice.roll_up(happened), NHS_HES, MaskRules(protection=7))
    assert refusal.value.code == "bad-profile"

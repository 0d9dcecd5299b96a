"""The attacker: it uses only answers and public rules, finds what leaks, and claims nothing that is not so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pytest

from hub.disclosure import (
    NHS_HES,
    ONS_10_5,
    OPEN,
    CellKey,
    CellState,
    Lattice,
    Profile,
    PublicRules,
    PublishedCell,
    TableSpec,
    WholeMeasure,
    attack,
    build_mask,
    thresholds_only,
)
from hub.disclosure.deduction import Notebook
from hub.disclosure.model import Counts
from hub.kit.errors import Bug
from tests.support.disclosure import BOTH, POLICE, a_lattice, events, months_from

STAR = PublishedCell(CellState.STAR)
WITHHELD = PublishedCell(CellState.WITHHELD)


def number(value: int) -> PublishedCell:
    return PublishedCell(CellState.NUMBER, value)


@dataclass
class Pages:
    """An asker that answers what a test wrote down."""

    lattice: Lattice
    shown: Mapping[str, Mapping[CellKey, PublishedCell]]
    profile: Profile = NHS_HES
    known: Mapping[CellKey, int] | None = None
    number: int = 1

    def snapshot(self) -> int:
        return self.number

    def measures(self) -> Iterable[str]:
        return ("crimes",)

    def rules(self, measure: str) -> PublicRules:
        return WholeMeasure(lattice=self.lattice, profile=self.profile, masked=None).rules(measure)  # type: ignore[arg-type]

    def tables(self, measure: str) -> Iterable[TableSpec]:
        return tuple(TableSpec.named(name) for name in self.shown)

    def cells(self, measure: str, table: TableSpec) -> Mapping[CellKey, PublishedCell]:
        return self.shown[table.name]

    def rows(self, measure: str) -> Mapping[CellKey, int] | None:
        return self.known


def by_month(*cells: PublishedCell) -> dict[CellKey, PublishedCell]:
    return {CellKey("B", f"2026-{month:02d}", ""): cell for month, cell in enumerate(cells, 1)}


def quarter(cell: PublishedCell) -> dict[CellKey, PublishedCell]:
    return {CellKey("B", "2026-Q1", ""): cell}


def by_key(lattice: Lattice, counts: Mapping[TableSpec, Counts]) -> dict[CellKey, int]:
    pairs = (zip(lattice.cells(table), counts[table].tolist(), strict=True) for table in lattice.tables)
    return {key: count for table in pairs for key, count in table}


LATTICE = a_lattice(tables=[], kinds=())


def test_a_star_beside_its_siblings_and_their_exact_sum_is_worked_out() -> None:
    pages = Pages(
        LATTICE,
        {"borough-month": by_month(number(10), number(9), STAR), "borough-quarter": quarter(number(22))},
        NHS_HES.unrounded(),
    )
    verdict = attack([pages])
    (leak,) = verdict.leaks
    assert (leak.key, leak.shown, leak.lower, leak.upper) == (CellKey("B", "2026-03", ""), "star", 3, 3)
    assert leak.is_exact
    assert verdict.exact == 1
    assert not verdict.is_clean


def test_rounding_leaves_the_star_its_protection() -> None:
    pages = Pages(
        LATTICE, {"borough-month": by_month(number(10), number(10), STAR), "borough-quarter": quarter(number(20))}
    )
    verdict = attack([pages])
    assert verdict.is_clean
    assert verdict.intervals[1, "crimes"] == {CellKey("B", "2026-03", ""): (1, 6)}
    assert verdict.measures[0].narrowest == 5


def test_a_star_that_two_values_are_left_to_is_a_leak_but_no_exact_one() -> None:
    pages = Pages(
        LATTICE, {"borough-month": by_month(number(10), number(10), STAR), "borough-quarter": quarter(number(30))}
    )
    verdict = attack([pages])
    assert [(leak.lower, leak.upper) for leak in verdict.leaks] == [(4, 7)] * 0
    assert verdict.is_clean
    closer = replace(pages, shown={**pages.shown, "borough-quarter": quarter(number(30))})
    verdict = attack([closer], protection=4)
    (leak,) = verdict.leaks
    assert (leak.lower, leak.upper, leak.is_exact) == (4, 7, False)
    assert verdict.measures[0].narrow == 1
    assert verdict.measures[0].exact == 0


def test_a_withheld_cell_that_is_worked_out_is_a_leak_too() -> None:
    pages = Pages(
        LATTICE,
        {"borough-month": by_month(number(10), number(9), WITHHELD), "borough-quarter": quarter(number(31))},
        NHS_HES.unrounded(),
    )
    (leak,) = attack([pages]).leaks
    assert (leak.shown, leak.lower) == ("withheld", 12)


def test_a_withheld_cell_bounds_nothing_by_itself() -> None:
    pages = Pages(LATTICE, {"borough-month": by_month(WITHHELD, STAR, number(0))})
    verdict = attack([pages])
    assert verdict.is_clean
    assert verdict.intervals[1, "crimes"][CellKey("B", "2026-01", "")] == (0, None)
    only = attack([Pages(LATTICE, {"borough-month": by_month(WITHHELD)})])
    assert only.measures[0].narrowest == -1


def test_an_unpublished_total_that_is_known_to_be_small_is_an_implied_leak() -> None:
    shown = {
        CellKey("B", "2026-01", "knife"): PublishedCell(CellState.STAR),
        CellKey("B", "2026-01", "other"): number(0),
    }
    rules = replace(NHS_HES, threshold=4, round_to=1)
    pages = Pages(a_lattice(tables=[], kinds=("knife", "other")), {"borough-month-kind": shown}, rules)
    leaks = attack([pages]).leaks
    assert {(leak.table, leak.shown) for leak in leaks} == {
        ("borough-month-kind", "star"),
        ("borough-month", "implied"),
    }


def test_a_zero_implied_by_an_openly_published_zero_is_no_leak_but_a_hidden_zero_that_is_worked_out_is() -> None:
    lattice = a_lattice(tables=[], kinds=(), sensitive=BOTH)
    wards = {CellKey("W00", "2026-01", ""): STAR, CellKey("W01", "2026-01", ""): STAR}
    months = by_month(number(0), number(0), number(0))
    assert attack([Pages(lattice, {"borough-month": months})]).is_clean
    refined = Pages(lattice, {"borough-month": months, "ward-quarter": {}})
    assert attack([refined]).measures[0].implied > 0
    assert attack([refined]).is_clean
    leaks = attack([Pages(lattice, {"borough-month": months, "ward-month": wards})]).leaks
    assert {leak.key for leak in leaks} == set(wards)


def test_an_unpublished_zero_that_follows_by_subtraction_is_a_leak_where_zeros_are_hidden() -> None:
    lattice = a_lattice(tables=[], kinds=(), months=("2026-01", "2026-02", "2026-03"), sensitive=BOTH)
    profile = NHS_HES.unrounded()
    shown = {
        "borough-month": by_month(number(20), number(20), number(20)),
        "ward-quarter": {CellKey("W00", "2026-Q1", ""): number(60), CellKey("W01", "2026-Q1", ""): number(8)},
    }
    with pytest.raises(Bug, match="contradict"):
        attack([Pages(lattice, shown, profile)])
    shown["ward-quarter"] = {CellKey("W00", "2026-Q1", ""): number(60), CellKey("W01", "2026-Q1", ""): STAR}
    leaks = attack([Pages(lattice, shown, profile)]).leaks
    assert {leak.table for leak in leaks} == {"ward-quarter", "ward-month"}
    assert {(leak.lower, leak.upper) for leak in leaks} == {(0, 0)}


def test_a_row_scope_that_hides_siblings_still_bounds_what_is_seen() -> None:
    lattice = a_lattice(tables=[], kinds=(), wards=3)
    shown = {
        "ward-month": {CellKey("W00", "2026-01", ""): STAR, CellKey("W01", "2026-01", ""): number(9)},
        "borough-month": {CellKey("B", "2026-01", ""): number(10)},
    }
    (leak,) = attack([Pages(lattice, shown, NHS_HES.unrounded())]).leaks
    assert (leak.key.area, leak.lower, leak.upper) == ("W00", 1, 1)
    unseen = {name: cells for name, cells in shown.items() if name == "ward-month"}
    assert attack([Pages(lattice, unseen, NHS_HES.unrounded())]).is_clean


def test_counts_known_from_rows_are_no_leak_themselves_but_give_others_away() -> None:
    shown = {"borough-month": by_month(STAR, STAR, number(10)), "borough-quarter": quarter(number(15))}
    verdict = attack([Pages(LATTICE, shown, known={CellKey("B", "2026-01", ""): 3})])
    assert verdict.is_clean
    assert verdict.measures[0].known == 1
    assert verdict.measures[0].hidden == 1
    exactly = Pages(
        LATTICE,
        {"borough-month": by_month(STAR, STAR, number(12)), "borough-quarter": quarter(number(22))},
        NHS_HES.unrounded(),
    )
    assert attack([exactly]).is_clean
    (leak,) = attack([replace(exactly, known={CellKey("B", "2026-01", ""): 6})]).leaks
    assert (leak.key.period, leak.lower, leak.is_exact) == ("2026-02", 4, True)


def test_what_the_rows_alone_tell_is_no_leak_of_the_tables() -> None:
    known = {CellKey("B", "2026-01", ""): 7, CellKey("B", "2026-03", ""): 12, CellKey("B", "2026-Q1", ""): 20}
    shown = {"borough-month": by_month(STAR, STAR, number(10)), "borough-quarter": quarter(number(20))}
    verdict = attack([Pages(LATTICE, shown, known=known)])
    assert verdict.intervals[1, "crimes"][CellKey("B", "2026-02", "")] == (1, 1)
    assert verdict.is_clean


def test_rows_lacking_the_kind_together_with_the_table_that_has_it_leak() -> None:
    lattice = a_lattice(tables=POLICE, wards=6, lsoas=20, months=months_from(2026, 12), kinds=("a", "b", "c"))
    happened = events(lattice, a_month=30, seed=5)
    counts = lattice.roll_up(happened)
    masked = build_mask(lattice, counts, NHS_HES)
    held = Lattice(
        areas=lattice.areas, months=lattice.months, kinds=lattice.kinds, tables=(TableSpec.named("ward-quarter"),)
    )
    totals = held.roll_up(happened)[held.tables[0]].tolist()
    known = dict(zip(held.cells(held.tables[0]), totals, strict=True))
    asker = WholeMeasure(lattice=lattice, profile=NHS_HES, masked=masked)
    assert attack([asker]).is_clean
    assert attack([replace(asker, known=known)]).exact > 0


def test_rows_finer_than_any_table_are_used_too() -> None:
    lattice = a_lattice(tables=[], kinds=("knife", "other"))
    shown = {
        "ward-month": {CellKey("W00", "2026-01", ""): number(12)},
        "borough-month-kind": {CellKey("B", "2026-01", "knife"): STAR},
    }
    known = {CellKey("W00", "2026-01", "other"): 11, CellKey("W01", "2026-01", "knife"): 0}
    (implied, star) = sorted(
        attack([Pages(lattice, shown, NHS_HES.unrounded(), known)]).leaks, key=lambda leak: leak.shown
    )
    assert (implied.key, implied.lower, implied.upper) == (CellKey("W00", "2026-01", "knife"), 1, 1)
    assert (star.key, star.lower, star.upper) == (CellKey("B", "2026-01", "knife"), 1, 1)


def test_a_total_that_one_family_gives_away_gives_away_a_star_of_the_other() -> None:
    lattice = a_lattice(tables=[], months=("2026-01",), families={"when": ("night", "rest")})
    shown = {
        "borough-month-kind": {CellKey("B", "2026-01", "knife"): STAR, CellKey("B", "2026-01", "other"): number(10)},
        "borough-month-when": {
            CellKey("B", "2026-01", "night"): number(13),
            CellKey("B", "2026-01", "rest"): number(0),
        },
    }
    (leak,) = attack([Pages(lattice, shown, NHS_HES.unrounded())]).leaks
    assert (leak.table, leak.key.kind, leak.lower, leak.upper) == ("borough-month-kind", "knife", 3, 3)
    del shown["borough-month-when"][CellKey("B", "2026-01", "rest")]
    assert attack([Pages(lattice, shown, NHS_HES.unrounded())]).is_clean


def test_cells_of_two_families_are_refined_side_by_side_and_never_crossed() -> None:
    lattice = a_lattice(tables=["ward-quarter-kind", "borough-month-when"], families={"when": ("night", "rest")})
    happened = {CellKey("W00", "2026-01", "knife"): 30, CellKey("W00", "2026-01", "night"): 30}
    masked = build_mask(lattice, lattice.roll_up(happened), NHS_HES)
    asker = WholeMeasure(lattice=lattice, profile=NHS_HES, masked=masked)
    assert attack([asker], refined_cells=0).measures[0].not_refined == ("ward-month-kind", "ward-month-when")


def test_whoever_holds_all_rows_is_told_nothing_new() -> None:
    lattice = a_lattice(tables=POLICE, wards=3, lsoas=6, months=months_from(2026, 12))
    counts = lattice.roll_up(events(lattice, a_month=30, seed=6))
    masked = build_mask(lattice, counts, NHS_HES)
    known = by_key(lattice, counts)
    verdict = attack([WholeMeasure(lattice=lattice, profile=NHS_HES, masked=masked, known=known)])
    assert verdict.is_clean
    assert verdict.measures[0].hidden == 0


def test_the_truth_lies_in_every_interval_and_exact_leaks_are_the_truth() -> None:
    lattice = a_lattice(tables=POLICE, wards=5, lsoas=12, months=months_from(2026, 12), kinds=("a", "b", "c"))
    counts = lattice.roll_up(events(lattice, a_month=60, seed=7))
    truth = {
        key: count
        for table in lattice.tables
        for key, count in zip(lattice.cells(table), counts[table].tolist(), strict=True)
    }
    for profile in (NHS_HES, ONS_10_5, NHS_HES.unrounded()):
        plain = thresholds_only(lattice, counts, profile)
        verdict = attack([WholeMeasure(lattice=lattice, profile=profile, masked=plain)])
        for key, (lower, upper) in verdict.intervals[0, "measure"].items():
            assert lower <= truth[key]
            assert upper is None or truth[key] <= upper
        assert all(truth[leak.key] == leak.lower for leak in verdict.leaks if leak.is_exact and leak.key in truth)
    assert verdict.exact > 0


def test_each_snapshot_is_attacked_by_itself() -> None:
    pages = Pages(LATTICE, {"borough-month": by_month(number(10), STAR)})
    later = replace(pages, shown={"borough-month": by_month(number(20), STAR)}, number=2)
    verdict = attack([pages, later])
    assert [measure.snapshot for measure in verdict.measures] == [1, 2]
    assert verdict.is_clean


def test_open_data_hides_nothing() -> None:
    verdict = attack([Pages(LATTICE, {"borough-month": by_month(number(3), number(0))}, OPEN)])
    assert verdict.is_clean
    assert verdict.measures[0].hidden == 0


def test_finer_tables_beyond_the_limit_are_named_and_not_silently_left_out() -> None:
    lattice = a_lattice(tables=["ward-month", "borough-quarter-kind"])
    masked = build_mask(lattice, lattice.roll_up({CellKey("W00", "2026-01", "knife"): 30}), NHS_HES)
    asker = WholeMeasure(lattice=lattice, profile=NHS_HES, masked=masked)
    assert attack([asker], refined_cells=11).measures[0].not_refined == ("ward-month-kind",)
    assert attack([asker], refined_cells=12).measures[0].not_refined == ()


def test_a_refinement_by_quarters_leaves_incomplete_ones_out() -> None:
    months = months_from(2026, 5)
    lattice = a_lattice(tables=["ward-quarter", "borough-quarter-kind"], months=months)
    masked = build_mask(lattice, lattice.roll_up({CellKey("W00", "2026-01", "knife"): 30}), NHS_HES)
    asker = WholeMeasure(lattice=lattice, profile=NHS_HES, masked=masked)
    assert attack([asker], refined_cells=4).measures[0].not_refined == ()


def test_numbers_that_the_profile_cannot_show_are_a_bug() -> None:
    for impossible in (5, 11):
        with pytest.raises(Bug) as bug:
            attack([Pages(LATTICE, {"borough-month": by_month(number(impossible))})])
        assert bug.value.code == "impossible-number"


def test_a_cell_of_another_table_under_this_one_is_a_bug() -> None:
    with pytest.raises(Bug) as bug:
        attack([Pages(LATTICE, {"borough-quarter": by_month(number(10))})])
    assert bug.value.code == "foreign-cell"


def test_published_cells_that_contradict_each_other_are_a_bug() -> None:
    shown = {"borough-month": by_month(number(10), number(10), number(10)), "borough-quarter": quarter(number(50))}
    with pytest.raises(Bug) as bug:
        attack([Pages(LATTICE, shown)])
    assert bug.value.code == "contradiction"


def test_an_attack_that_does_not_end_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.disclosure.deduction.MAX_PASSES", 0)
    with pytest.raises(Bug) as bug:
        Notebook(Pages(LATTICE, {}).rules("crimes")).narrow()
    assert bug.value.code == "no-fixpoint"


def test_the_report_as_json_tells_counts_and_no_bound() -> None:
    pages = Pages(
        LATTICE,
        {"borough-month": by_month(number(10), number(9), STAR), "borough-quarter": quarter(number(22))},
        NHS_HES.unrounded(),
    )
    verdict = attack([pages])
    told = json.loads(json.dumps(verdict.as_json()))
    assert (told["clean"], told["leaks"], told["exact"], told["protection"]) == (False, 1, 1, 3)
    assert told["measures"][0]["tables"] == ["borough-month", "borough-quarter"]
    assert "lower" not in json.dumps(told)
    assert "2026-03" not in repr(verdict)

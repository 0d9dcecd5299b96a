"""Which cells there are, in which order, and what is a gap."""

from __future__ import annotations

import pytest

from hub.disclosure import AreaPlace, CellKey, Lattice, TableSpec, months_of, quarter_of, year_of
from hub.kit.errors import Invalid
from tests.support.disclosure import a_lattice, months_from


def test_cells_are_enumerated_area_by_period_by_kind_each_sorted() -> None:
    lattice = a_lattice(tables=["ward-month-kind"], months=("2026-02", "2026-01"), kinds=("b", "a"))
    cells = lattice.cells(TableSpec.named("ward-month-kind"))
    assert cells[:3] == (
        CellKey("W00", "2026-01", "a"),
        CellKey("W00", "2026-01", "b"),
        CellKey("W00", "2026-02", "a"),
    )
    assert len(cells) == 8
    assert list(cells) == sorted(cells)


def test_a_table_without_kind_has_one_nameless_kind() -> None:
    lattice = a_lattice(tables=["borough-quarter"])
    assert lattice.cells(TableSpec.named("borough-quarter")) == (CellKey("B", "2026-Q1", ""),)
    assert lattice.shape(TableSpec.named("ward-month-kind")) == (2, 3, 2)


def test_a_quarter_or_year_with_a_missing_month_is_a_named_gap_and_no_cell() -> None:
    held = [month for month in months_from(2026, 15) if month != "2026-03"]
    lattice = a_lattice(tables=[], months=held)
    assert lattice.periods("quarter") == ("2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1")
    assert lattice.gaps("quarter") == ("2026-Q1",)
    assert lattice.periods("year") == ()
    assert lattice.gaps("year") == ("2026", "2027")
    assert lattice.gaps("month") == ()


def test_periods_know_their_months_quarter_and_year() -> None:
    assert months_of("2026-Q4") == ("2026-10", "2026-11", "2026-12")
    assert months_of("2026-05") == ("2026-05",)
    assert months_of("2026")[0] == "2026-01"
    assert len(months_of("2026")) == 12
    assert {quarter_of(month) for month in months_of("2026-Q2")} == {"2026-Q2"}
    assert year_of("2026-Q2") == year_of("2026-05") == "2026"


def test_rolled_up_counts_add_up_and_an_incomplete_quarter_counts_in_its_months_alone() -> None:
    months = ("2026-01", "2026-02", "2026-03", "2026-04")
    lattice = a_lattice(tables=["lsoa21-month", "ward-quarter-kind", "borough-month"], lsoas=3, months=months)
    counts = lattice.roll_up(
        {
            CellKey("L000", "2026-01", "knife"): 3,
            CellKey("L002", "2026-03", "knife"): 4,
            CellKey("L001", "2026-04", "other"): 9,
        }
    )
    assert counts[TableSpec.named("ward-quarter-kind")].tolist() == [7, 0, 0, 0]
    assert counts[TableSpec.named("borough-month")].tolist() == [3, 0, 4, 9]
    assert counts[TableSpec.named("lsoa21-month")].sum() == 16


def test_each_family_divides_the_same_events_and_may_be_counted_at_coarser_areas() -> None:
    lattice = a_lattice(
        tables=["ward-month-kind", "borough-month-when", "borough-month"],
        months=("2026-01",),
        families={"when": ("when:night", "when:rest")},
    )
    counts = lattice.roll_up(
        {
            CellKey("W00", "2026-01", "knife"): 3,
            CellKey("W01", "2026-01", "other"): 4,
            CellKey("B", "2026-01", "when:night"): 5,
            CellKey("B", "2026-01", "when:rest"): 2,
        }
    )
    assert [counts[table].tolist() for table in lattice.tables] == [[3, 0, 0, 4], [5, 2], [7]]
    assert lattice.kinds_of("when") == ("when:night", "when:rest")
    assert lattice.family_of()["knife"] == "kind"


def test_a_measure_without_kinds_counts_events_of_any_kind() -> None:
    lattice = a_lattice(tables=["ward-month"], kinds=())
    counts = lattice.roll_up({CellKey("W01", "2026-01", ""): 2})
    assert counts[TableSpec.named("ward-month")].tolist() == [0, 0, 0, 2, 0, 0]


@pytest.mark.parametrize(
    "key", [CellKey("W99", "2026-01", "knife"), CellKey("W00", "2026-09", "knife"), CellKey("W00", "2026-01", "fraud")]
)
def test_an_event_under_a_name_that_the_lattice_does_not_have_is_refused(key: CellKey) -> None:
    with pytest.raises(Invalid) as refusal:
        a_lattice(tables=["ward-month"]).roll_up({key: 1})
    assert refusal.value.code == "unknown-cell"


def test_an_event_known_only_to_its_borough_is_in_no_ward() -> None:
    with pytest.raises(Invalid):
        a_lattice(tables=["ward-month"]).roll_up({CellKey("B", "2026-01", "knife"): 1})


BOROUGH = AreaPlace("B", "borough", "")
WARD = AreaPlace("W", "ward", "B")


@pytest.mark.parametrize(
    "change",
    [
        {"areas": (BOROUGH, BOROUGH)},
        {"areas": (BOROUGH, AreaPlace("W", "ward", "X"))},
        {"areas": (BOROUGH, AreaPlace("L", "lsoa21", "B"))},
        {"areas": (BOROUGH, AreaPlace("H", "hexagon", "B"))},
        {"areas": (BOROUGH, AreaPlace("", "ward", "B"))},
        {"months": ("2026-13",)},
        {"months": ("2026-01", "2026-01")},
        {"kinds": ("",)},
        {"kinds": ("a", "a")},
        {"families": {"when": ("a",)}},
        {"families": {"when": ("",)}},
        {"families": {"kind": ("b",)}},
        {"tables": (TableSpec.named("ward-month-when"),)},
        {"tables": (TableSpec.named("ward-month"), TableSpec.named("ward-month"))},
        {"sensitive": frozenset({"period"})},
    ],
)
def test_a_lattice_that_contradicts_itself_cannot_be_made(change: dict) -> None:
    fine = {"areas": (BOROUGH, WARD), "months": ("2026-01",), "kinds": ("a",), "tables": ()}
    Lattice(**fine)
    with pytest.raises(Invalid) as refusal:
        Lattice(**{**fine, **change})
    assert refusal.value.code == "bad-lattice"

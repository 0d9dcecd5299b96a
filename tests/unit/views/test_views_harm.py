"""Harm: published counts times loaded weights, shown only where all weighted kinds are, and rounded."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.disclosure import NHS_HES, OPEN, CellKey
from hub.geography.context_model import ContextFile, HarmWeights
from hub.views import Cell, Column, Shown
from hub.views.harm import harm_blur, harm_cells, to_figures
from hub.views.notes import harm
from hub.views.seen import Seen
from hub.views.showing import columns_of, spec_for
from tests.support.shared import shared
from tests.support.views import a_measure, the_catalogue

STAR, WITHHELD = Cell(Shown.STAR), Cell(Shown.WITHHELD)
WEIGHTS = {"burglary": Fraction("273.5"), "violent-crime": Fraction(10), "unknown-to-the-measure": Fraction(5)}
FILE = ContextFile(
    number=3,
    kind="harm-weights",
    file_name="weights.csv",
    vintage="2026",
    source="",
    sha256="a" * 64,
    records=3,
    used=3,
    loaded_at="",
)


def number(value: int) -> Cell:
    return Cell(Shown.NUMBER, value)


def one(**kinds: Cell) -> Cell:
    (cell,) = harm_cells(
        {CellKey("W", "2026", kind.replace("_", "-")): cell for kind, cell in kinds.items()}, WEIGHTS
    ).values()
    return cell


def test_each_count_weighs_what_its_kind_weighs_and_a_kind_without_weight_nothing() -> None:
    assert one(burglary=number(10), violent_crime=number(100), drugs=number(1_000)) == number(3_740)  # 2,735 + 1,000


@pytest.mark.parametrize("hidden", [STAR, WITHHELD])
def test_harm_is_withheld_where_a_kind_that_carries_weight_is_hidden(hidden: Cell) -> None:
    assert one(burglary=number(10), violent_crime=hidden) == WITHHELD
    assert one(burglary=number(10), drugs=hidden) == number(2_740)


def test_places_and_periods_stay_apart_and_without_a_weighted_kind_there_is_no_harm() -> None:
    cells = {
        CellKey("W1", "2026", "burglary"): number(1),
        CellKey("W2", "2026", "burglary"): number(0),
        CellKey("W1", "2027", "drugs"): number(3),
    }
    assert harm_cells(cells, WEIGHTS) == {CellKey("W1", "2026", ""): number(274), CellKey("W2", "2026", ""): number(0)}


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", 0), ("12.5", 13), ("999", 999), ("1234", 1230), ("1235", 1240), ("123456", 123000), ("9995", 10000)],
)
def test_harm_is_rounded_to_three_figures(value: str, shown: int) -> None:
    assert to_figures(Fraction(value)) == shown


@given(st.fractions(min_value=0, max_value=10**9))
def test_rounding_moves_harm_by_at_most_half_a_step(value: Fraction) -> None:
    assert abs(to_figures(value) - value) <= max(Fraction(1, 2), value / 200)


def test_rounded_counts_blur_harm_by_two_of_each_weighted_kind_and_exact_ones_not_at_all() -> None:
    kinds = ("burglary", "violent-crime", "drugs")
    assert harm_blur(WEIGHTS, kinds, NHS_HES) == 567  # 2 x 283.5
    assert harm_blur(WEIGHTS, kinds, OPEN) == 0


def the_column(**changes: object) -> Column:
    ((_, _, column),) = columns_of(the_catalogue().view("harm"), [a_measure(dataset="police/ward-counts", **changes)])[
        :1
    ]
    return column


def test_the_notes_name_the_weights_the_kinds_without_and_the_blur() -> None:
    measure = a_measure(kinds={"burglary": "Burglary", "drugs": "Drugs"}, profile="nhs_hes")
    said = [note.sentence for note in harm(the_column(), measure, WEIGHTS, FILE.reference)]
    assert "harm-weights@3 (2026, aaaaaaaaaaaa)" in said[0]
    assert said[1].endswith("1 kinds carry no weight and count nothing: Drugs.")
    assert "up to 547 too high or too low" in said[2]
    assert len(harm(the_column(), a_measure(), WEIGHTS, "")) == 1


def test_a_column_of_harm_takes_the_table_by_kind_and_needs_weights_for_its_dataset() -> None:
    view, measure = the_catalogue().view("harm"), a_measure(dataset="police/ward-counts")
    declared, _, column = columns_of(view, [measure])[0]
    assert (column.id, column.harm) == (f"{measure.id}#harm", True)
    assert column.title == "Harm: Recorded crimes"
    table = next(one for one in view.tables if one.name == "borough-year")
    assert spec_for(declared, table).name == "borough-year-kind"
    for weights, codes, sources in (
        (None, ["no-weights"], 0),
        (HarmWeights(FILE, {}), ["no-weights"], 0),
        (HarmWeights(FILE, {"police/ward-counts": WEIGHTS}), ["harm"], 1),
    ):
        seen = Seen([], [])
        seen.add(declared, measure, column, table, weights)
        assert ([note.code for note in seen.notes], len(seen.sources)) == (codes, sources)


def test_real_weights_give_the_harm_that_a_pocket_calculator_gives() -> None:
    """Medians of the Cambridge Crime Harm Index, used in tests alone: no weights come with the hub."""
    with shared("data/reference/cchi_2026_subgroup_medians.csv").open(encoding="utf-8", newline="") as lines:
        medians = {row["prc_offence_subgroup"]: Fraction(row["median_days"]) for row in csv.DictReader(lines)}
    counts = {"Violence with injury": 40, "Violence without injury": 95, "Residential burglary": 20}
    cells = {CellKey("W", "2026", kind): number(count) for kind, count in counts.items()}
    # 40 x 365 + 95 x 10 + 20 x 273.5 = 14,600 + 950 + 5,470 = 21,020
    assert harm_cells(cells, medians) == {CellKey("W", "2026", ""): number(21_000)}

"""Across agencies: the worked example of the explanation, and what is not shown."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hub.views import Cell, Column, Coverage, Shown, TableRow
from hub.views.across import compare, decimal, only
from hub.views.beside import change_text, comparison_columns, comparison_document
from hub.views.comparison import Across, Comparison, Ranks

STAR, WITHHELD, GAP = Cell(Shown.STAR), Cell(Shown.WITHHELD), Cell(Shown.GAP)
ACROSS = Across("police", "health", 2)
SIDES = {"police/crimes": "police", "health/assaults": "health"}


def a_column(dataset: str, profile: str) -> Column:
    return Column(
        id=f"{dataset}@agency",
        measure=f"{dataset}@agency",
        dataset=dataset,
        dataset_title=dataset,
        counting_basis="things",
        agency="agency",
        agency_name="Agency",
        agency_kind="nhs_trust",
        title=dataset,
        kind="",
        kind_title="",
        profile=profile,
        has_key=False,
        coverage=Coverage(months=(), missing=(), located_percent=100),
    )


COLUMNS = (a_column("police/crimes", "open"), a_column("health/assaults", "nhs_hes"))


def rows(*pairs: tuple[int | Cell, int | Cell], period: str = "2026") -> list[TableRow]:
    cells = [tuple(one if isinstance(one, Cell) else Cell(Shown.NUMBER, one) for one in pair) for pair in pairs]
    return [TableRow(f"W{at}", f"Ward {at}", period, "", "", pair) for at, pair in enumerate(cells, 1)]


def compared(*pairs: tuple[int | Cell, int | Cell], across: Across = ACROSS) -> Comparison:
    (one,) = compare(across, SIDES, COLUMNS, rows(*pairs))
    return one


EXAMPLE = ((120, 40), (90, 10), (90, 25), (30, 25), (12, STAR), (WITHHELD, 15))


def test_the_worked_example_of_four_places_that_show_both_figures() -> None:
    """Recorded crimes exactly, attendances to the nearest 5. By hand:

    | place | police | health | ratio | between | police rank | health rank |
    |---|---|---|---|---|---|---|
    | 1 | 120 | 40 (38 to 42) | 3.00 | 120/42 = 2.86, 120/38 = 3.16 | 1 | 1 |
    | 2 | 90 | 10 (8 to 12) | 9.00 | 90/12 = 7.50, 90/8 = 11.25 | 2 | 4 |
    | 3 | 90 | 25 (23 to 27) | 3.60 | 90/27 = 3.33, 90/23 = 3.91 | 2 | 2 |
    | 4 | 30 | 25 (23 to 27) | 1.20 | 30/27 = 1.11, 30/23 = 1.30 | 4 | 2 |

    The top two by police are 1, 2 and 3 (2 and 3 tie), by health 1, 3 and 4: two of four in both, 0.50.
    """
    document = comparison_document(compared(*EXAMPLE))
    ratios = [tuple(row["ratio"].values()) if row["ratio"] else row["no_ratio"] for row in document["rows"]]
    assert ratios == [
        ("3.00", "2.86", "3.16"),
        ("9.00", "7.50", "11.25"),
        ("3.60", "3.33", "3.91"),
        ("1.20", "1.11", "1.30"),
        "not-both-shown",
        "not-both-shown",
    ]
    ranks = [tuple(row["ranks"].values()) if row["ranks"] else row["no_ranks"] for row in document["rows"]]
    assert ranks == [(1, 1, 0, 4), (2, 4, -2, 4), (2, 2, 0, 4), (4, 2, 2, 4), "not-both-shown", "not-both-shown"]
    (overlap,) = document["overlaps"]
    assert overlap == {
        "period": "2026",
        "top": 2,
        "of": 4,
        "left": ["W1", "W2", "W3"],
        "right": ["W1", "W3", "W4"],
        "both": ["W1", "W3"],
        "jaccard": "0.50",
        "not_shown": "",
    }


def test_a_hidden_figure_changes_no_rank_whatever_it_hides() -> None:
    shown = compared(*EXAMPLE[:4]).rows
    for hidden in (STAR, WITHHELD, GAP, Cell(Shown.NONE)):
        assert compared(*EXAMPLE[:4], (10_000, hidden)).rows[:4] == shown
        assert compared(*EXAMPLE[:4], (10_000, hidden)).overlaps == compared(*EXAMPLE[:4]).overlaps


def test_nothing_is_divided_by_nought_and_a_nought_is_exactly_none() -> None:
    first, second, _ = compared((10, 0), (0, 10), (5, 5)).rows
    assert (first.ratio, first.no_ratio) == (None, "no-divisor")
    assert first.ranks is not None
    assert second.ratio is not None
    assert (second.ratio.value, second.ratio.low, second.ratio.high) == (0, 0, 0)


def test_rounding_never_reaches_below_the_threshold() -> None:
    (row,) = compared((80, 10)).rows
    assert row.ratio is not None
    assert row.ratio.high == Fraction(80, 8)
    assert (row.ranks, row.no_ranks) == (None, "one-place")


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        (((9, 9), (8, 8)), "too-few"),
        (((9, 10), (9, 15), (9, 20)), "no-hotspots"),
        (((9, 10), (0, 15), (0, 20)), "no-hotspots"),
        (((9, 10), (7, 15), (8, 20)), ""),
    ],
)
def test_there_are_hotspots_only_where_places_stand_out_by_both(
    pairs: tuple[tuple[int, int], ...], reason: str
) -> None:
    (overlap,) = compared(*pairs).overlaps
    assert (overlap.reason, overlap.jaccard is None) == (reason, bool(reason))


def test_periods_are_ranked_apart_and_a_choice_of_places_recomputes_nothing() -> None:
    both = [*rows(*EXAMPLE[:4]), *rows((1, 10), (2, 20), (3, 30), period="2027")]
    (one,) = compare(ACROSS, SIDES, COLUMNS, both)
    assert [overlap.period for overlap in one.overlaps] == ["2026", "2027"]
    chosen = only(one, frozenset({"W2"}))
    assert chosen.rows == (one.rows[1], one.rows[5])
    assert chosen.overlaps == one.overlaps


def test_a_side_without_a_column_compares_nothing() -> None:
    assert compare(ACROSS, SIDES, COLUMNS[:1], [row._replace(cells=row.cells[:1]) for row in rows((1, 2))]) == ()


def test_the_file_says_what_the_document_says_and_no_formula() -> None:
    one = compared(*EXAMPLE)
    columns = comparison_columns(one)
    first, second, *_, hidden = [dict(zip(columns.names, columns.of(row), strict=True)) for row in rows(*EXAMPLE)]
    pair = "police/crimes@agency per health/assaults@agency"
    assert [first[f"{name} {pair}"] for name in ("ratio", "ratio_low", "ratio_high", "overlap")] == [
        "3.00", "2.86", "3.16", "0.50",
    ]  # fmt: skip
    assert second[f"rank_change {pair}"] == "down 2"
    assert hidden[f"ratio {pair}"] == ""
    assert hidden[f"no_ratio {pair}"] == hidden[f"no_ranks {pair}"] == "not-both-shown"
    assert set(columns.of(TableRow("", "", "2030", "", "", ()))) == {""}
    assert [change_text(Ranks(*pair, 4)) for pair in ((1, 1), (3, 1), (1, 3))] == ["same", "up 2", "down 2"]


def test_decimals_are_rounded_half_up() -> None:
    assert [decimal(Fraction(*one)) for one in ((1, 200), (1, 201), (5, 4), (0, 1), (2, 3))] == [
        "0.01", "0.00", "1.25", "0.00", "0.67",
    ]  # fmt: skip

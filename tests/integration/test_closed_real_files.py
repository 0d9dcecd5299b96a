"""The same real police files under `nhs_hes`: suppression shows, and every cell is true to the count behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from hub.views import Cell, Shown
from tests.support import independent
from tests.support.partnerships import BROMLEY_CLOSED, CLOSED_MONTHS, House, a_copy, made

ANALYST = "bromley-council-analyst"
API = "police/street-crime-api:crimes@met-police"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    copy = a_copy(made(BROMLEY_CLOSED, tmp_path_factory), tmp_path_factory.mktemp("closed"))
    yield copy
    copy.hub.close()


def cells_of(house: House, by: str) -> dict[tuple[str, str, str], Cell]:
    """The cells of the API layout's column."""
    table = house.table(ANALYST, by=by)
    place = [column.id for column in table.columns].index(API)
    return {
        (row.area, row.period, row.kind): row.cells[place]
        for row in table.rows
        if row.cells[place].state not in (Shown.NONE, Shown.GAP)
    }


def truth(by: str) -> Counter[tuple[str, str, str]]:
    """The exact counts of a table, by csv and shapely."""
    area, period, *kind = by.split(",")
    wards = independent.wards()
    return Counter(
        (
            wards[lsoa] if area == "ward" else "E09000006",
            independent.quarter(month) if period == "quarter" else month,
            category if kind else "",
        )
        for month, lsoa, category in independent.bromley_crimes()
        if month in CLOSED_MONTHS
    )


@pytest.mark.parametrize("by", ["borough,month,kind", "borough,quarter,kind", "ward,quarter", "ward,quarter,kind"])
def test_every_cell_is_true_to_the_count_behind_it(house: House, by: str) -> None:
    counted, shown = truth(by), cells_of(house, by)
    assert set(counted) <= set(shown)
    for key, cell in shown.items():
        count = counted[key]
        if cell.state is Shown.NUMBER:
            assert cell.value == 5 * ((count + 2) // 5), (key, count)
            assert count >= 8 or (count == 0 and cell.value == 0), (key, count)
        elif cell.state is Shown.STAR:
            assert count < 8, (key, count)


def test_no_small_number_is_shown_in_any_table(house: House) -> None:
    counted, shown = truth("ward,quarter,kind"), cells_of(house, "ward,quarter,kind")
    states = Counter(cell.state for cell in shown.values())
    assert states[Shown.STAR] > 100
    assert states[Shown.NUMBER] > 100
    assert all(shown[key].state is not Shown.NUMBER for key, count in counted.items() if 0 < count < 8)


def test_a_force_whose_rows_all_lie_elsewhere_shows_no_exact_nought_by_area(house: House) -> None:
    """Under a closed profile a certain zero is what leaks most; by area it is a star, or the table is not published and says so."""
    city = "police/street-crime:crimes@city-police"
    for by in ("ward,quarter", "borough,month"):
        table = house.table(ANALYST, by=by)
        said = [note.sentence for note in table.notes if note.code == "dropped" and "City of London" in note.sentence]
        if city in [column.id for column in table.columns]:
            place = [column.id for column in table.columns].index(city)
            states = {row.cells[place].state for row in table.rows} - {Shown.NONE, Shown.GAP}
            assert Shown.NUMBER not in states or said
        else:
            assert said


def test_the_coverage_of_a_closed_measure_tells_no_exact_count(house: House) -> None:
    table = house.table(ANALYST, by="borough,month")
    assert {column.profile for column in table.columns} == {"nhs_hes"}
    assert all(column.coverage.counts is None for column in table.columns)

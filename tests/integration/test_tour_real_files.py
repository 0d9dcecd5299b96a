"""`hub tour --data` on the real public files, a program of its own; what it shows is held against counts made without the hub."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.cli import exit_code
from hub.cli.tour import tour
from hub.kit.errors import Conflict
from hub.views import ProtectedTable, Shown
from tests.support import independent
from tests.support.pages import tables_of, words_of
from tests.support.partnerships import House, Toured, a_tour, opened
from tests.support.shared import shared
from tests.support.snapshots import texts

ANALYST = "bromley-council-analyst"
BOROUGH = "E09000006"
API = "police/street-crime-api:crimes@met-police"
STREET = "police/street-crime:crimes@"
SEARCHES = "police/stop-and-search:searches@met-police"
FOLDERS = ("bromley_api", "street", "street_large", "met_burglary", "stop_search")
EDITIONS = (
    "fire/lfb-incident-sample.csv",
    "fire/lfb-animal-rescue-edition-2021.csv",
    "police/mps_ward/vintage-2025-06-mps-ward-level-crime.csv",
    "police/mps_ward/vintage-2026-01-mps-ward-level-crime.csv",
    "police/mps_lsoa/bromley-lsoa-202402-202602.csv",
)


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Toured:
    return a_tour(tmp_path_factory, "tour-open", "--data", str(shared("data")))


@pytest.fixture(scope="module")
def house(toured: Toured, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(toured, tmp_path_factory.mktemp("toured"), "bromley-open") as made:
        yield made


def of(table: ProtectedTable, column: str) -> dict[tuple[str, str, str], str]:
    """The cells of one column, without those that are not there."""
    place = [one.id for one in table.columns].index(column)
    return {key: text for key, text in texts(table, place).items() if text}


def test_the_tour_ends_well_and_says_what_the_contract_says(toured: Toured) -> None:
    assert (toured.exit_code, toured.talk) == (0, "")
    said = toured.said
    assert {"submissions", "snapshot", "views", "assessment", "audit", "seconds"} <= set(said)
    assert said["snapshot"] == 1
    assert said["audit"]["verified"] is True
    assert said["audit"]["entries"] > 31 * 3
    assert {view["id"] for view in said["views"]} >= {"violence-by-place", "police-and-health"}
    cells = {view["id"]: view["cells"] for view in said["views"]}
    assert min(cells["violence-by-place"], cells["police-and-health"], cells["when"], cells["fire-and-violence"]) > 0
    assert all(view["suppressed"] == 0 for view in said["views"])
    assert {"server", "geography", "submit", "snapshot", "query", "assessment", "audit"} <= set(said["seconds"])
    assert Path(said["assessment"]).is_file()


def test_row_counts_equal_the_manifest_s_and_only_rows_with_a_phone_number_or_off_the_map_are_kept_out(
    toured: Toured,
) -> None:
    stated = {
        path.rsplit("/", 1)[1]: rows
        for path, rows in independent.manifest_rows().items()
        if (path.split("/")[1] in FOLDERS and path.startswith("police/")) or path in EDITIONS
    }
    submitted = {one["file"]: (one["rows"], one["accepted_rows"]) for one in toured.said["submissions"]}
    assert len(toured.said["submissions"]) == len(submitted) == len(stated) == 35
    kept_out = {"lfb-animal-rescue-edition-2021.csv": 15}  # 14 with a phone number in a text, one off the map
    assert submitted == {name: (rows, rows - kept_out.get(name, 0)) for name, rows in stated.items()}


def test_rows_without_a_key_are_never_merged(toured: Toured) -> None:
    (one,) = [one for one in toured.said["submissions"] if one["agency"] == "west-yorkshire-police"]
    assert (one["rows"], one["accepted_rows"]) == (28_537, 28_537)
    assert one["findings"]["exact-copies"] == 1_857
    (path,) = independent.files("police/street_large")
    rows = [tuple(row.values()) for row in independent.records(path)]
    assert len(rows) - len(set(rows)) == 1_857
    assert all(row[0] == "" for row, times in Counter(rows).items() if times > 1)


def test_borough_totals_per_month_are_taken_over_distinct_ids(house: House) -> None:
    counted = Counter(month for month, _, _ in independent.bromley_crimes())
    shown = of(house.table(ANALYST, by="borough,month"), API)
    assert shown == {(BOROUGH, month, ""): str(count) for month, count in counted.items()}
    assert sum(counted.values()) == 38_380
    assert sum(len(list(independent.records(path))) for path in independent.files("police/bromley_api")) == 39_121


def test_cells_by_ward_quarter_and_kind_equal_a_count_by_shapely(house: House) -> None:
    wards = independent.wards()
    counted = Counter(
        (wards[lsoa], independent.quarter(month), kind) for month, lsoa, kind in independent.bromley_crimes() if lsoa
    )
    shown = of(house.table(ANALYST, by="ward,quarter,kind"), API)
    whole = {"2016-Q2", "2016-Q3", "2016-Q4", "2017-Q1", "2017-Q2"}
    assert {quarter for _, quarter, _ in shown} == whole
    assert {key: int(text) for key, text in shown.items() if text != "0"} == {
        key: count for key, count in counted.items() if key[1] in whole
    }


def test_a_missing_month_is_a_named_gap_and_makes_no_smaller_quarter_or_year(house: House) -> None:
    by_quarter, by_year = house.table(ANALYST, by="borough,quarter"), house.table(ANALYST, by="ward,year")
    assert [(gap.period, gap.missing) for gap in by_quarter.gaps if gap.column == API] == [("2016-Q1", ("2016-03",))]
    assert not any(period == "2016-Q1" for _, period, _ in of(by_quarter, API))
    assert of(by_year, API) == {}
    assert ("2016", ("2016-03",)) in [(gap.period, gap.missing) for gap in by_year.gaps if gap.column == API]
    (month,) = [gap for gap in house.table(ANALYST, by="borough,month").gaps if gap.column == API]
    assert (month.period, month.missing) == ("2016-03", ("2016-03",))


def test_police_and_health_says_that_no_health_submission_is_in_the_snapshot(toured: Toured, house: House) -> None:
    assert any("No health submission is in snapshot 1" in note for note in toured.said["notes"]["police-and-health"])
    table = house.table(ANALYST, "police-and-health", by="borough,quarter")
    assert [note.code for note in table.notes].count("no-side") == 1
    assert {column.agency_kind for column in table.columns} == {"chief_officer_police"}


def test_rows_of_other_places_are_in_no_cell(house: House) -> None:
    table = house.table(ANALYST, by="borough,month")
    met = of(table, f"{STREET}met-police")
    assert met == {(BOROUGH, month, ""): str(count) for month, count in independent.met_crimes().items()}
    searches = of(table, SEARCHES)
    assert searches == {(BOROUGH, month, ""): str(count) for month, count in independent.met_searches().items()}
    for agency in ("city-police", "west-yorkshire-police"):
        assert set(of(table, f"{STREET}{agency}").values()) == {"0"}
    counts = {one.measure: one.coverage.counts for one in table.columns}
    leeds = counts[f"{STREET}west-yorkshire-police"]
    assert leeds is not None
    assert (leeds["rows"], leeds["counted"], leeds["outside"] + leeds["unlocated"]) == (28_537, 0, 28_537)


def test_the_same_cell_in_two_views_is_the_same_value(house: House) -> None:
    by_kind = of(house.table(ANALYST, by="borough,quarter,kind"), API)
    beside = of(house.table(ANALYST, "police-and-health", by="borough,quarter"), f"{API}#violent-crime")
    assert len(beside) == 5
    assert {(area, period, "violent-crime"): text for (area, period, _), text in beside.items()} == {
        key: text for key, text in by_kind.items() if key[2] == "violent-crime"
    }


def test_the_assessment_names_the_gap_and_says_which_indicators_have_no_figure(toured: Toured) -> None:
    words = words_of(Path(toured.said["assessment"]).read_text(encoding="utf-8"))
    assert re.search(r"no submission for (2016-03|March 2016)", words)
    for indicator in ("H1", "H2"):
        assert re.search(rf"Without it there is no figure for: [^.]*\b{indicator} [A-Z]", words), indicator
    for indicator in ("V1", "T4", "H0", "A0", "P2"):
        assert re.search(rf"\b{indicator} [A-Z]", words), indicator


def test_rolling_figures_are_the_sums_of_twelve_counted_months(toured: Toured) -> None:
    counted = Counter((month, kind) for month, _, kind in independent.bromley_crimes())
    newest = [month for month in sorted({month for month, _ in counted}) if month > "2016-06"]
    assert len(newest) == 12
    total = sum(counted[month, "violent-crime"] for month in newest)
    tables = tables_of(Path(toured.said["assessment"]).read_text(encoding="utf-8"))
    cells = {cell.replace(",", "") for rows in tables.values() for row in rows for cell in row}
    assert str(total) in cells


def test_every_state_of_the_open_tour_is_a_number(house: House) -> None:
    for by in ("borough,month,kind", "ward,quarter"):
        states = {cell.state for row in house.table(ANALYST, by=by).rows for cell in row.cells}
        assert states <= {Shown.NUMBER, Shown.NONE, Shown.GAP}


def test_nothing_of_a_file_lies_in_clear_in_the_state_folder(toured: Toured) -> None:
    """References and street names of the files are looked for in everything the state folder holds (promise P7)."""
    rows = list(independent.records(independent.files("police/bromley_api")[0]))
    references = [row["persistent_id"] for row in rows if row["persistent_id"]][:5]
    wanted = [text.encode() for text in (*references, "On or near", rows[0]["street_name"])]
    searched = [path for path in toured.state.rglob("*") if path.is_file() and path.name != "assessment.html"]
    assert len(searched) > 50
    for path in searched:
        content = path.read_bytes()
        assert not [one for one in wanted if one in content], path.name


def test_the_tour_takes_no_state_that_is_in_use(toured: Toured) -> None:
    before = sorted(path.name for path in toured.state.iterdir())
    with pytest.raises(Conflict) as caught:
        tour.main(["--state", str(toured.state)], standalone_mode=False)
    assert (caught.value.code, exit_code(caught.value)) == ("state-exists", 1)
    assert sorted(path.name for path in toured.state.iterdir()) == before


@pytest.mark.slow
def test_a_second_tour_with_a_state_of_its_own_shows_suppression(
    toured: Toured, tmp_path_factory: pytest.TempPathFactory
) -> None:
    closed = a_tour(tmp_path_factory, "tour-closed", "--data", str(shared("data")), "--profile", "nhs_hes")
    assert (closed.exit_code, closed.talk) == (0, "")
    suppressed = {view["id"]: view["suppressed"] for view in closed.said["views"]}
    assert min(suppressed["violence-by-place"], suppressed["kinds"], suppressed["when"]) > 0
    assert [(one["file"], one["rows"], one["accepted_rows"]) for one in closed.said["submissions"]] == [
        (one["file"], one["rows"], one["accepted_rows"]) for one in toured.said["submissions"]
    ]
    assert closed.said["audit"]["verified"] is True


@pytest.mark.slow
def test_the_tour_of_the_invented_partnership_ends_well(tmp_path_factory: pytest.TempPathFactory) -> None:
    toured = a_tour(tmp_path_factory, "tour-demo", "--months", "12")
    assert (toured.exit_code, toured.talk) == (0, "")
    manifest = json.loads((toured.state / "extracts" / "manifest.json").read_text(encoding="utf-8"))
    assert len(toured.said["submissions"]) == len(manifest["extracts"])
    assert len({one["agency"] for one in toured.said["submissions"]}) == 10
    assert sum(one["rows"] for one in toured.said["submissions"]) == sum(one["rows"] for one in manifest["extracts"])
    assert toured.said["audit"]["verified"] is True


def test_the_split_categories_of_the_newer_edition_are_asked_about_and_what_was_said_stands_in_the_assessment(
    toured: Toured,
) -> None:
    older, newer = (independent.month_totals(shared(f"data/{name}"), "MinorText") for name in EDITIONS[2:4])
    came = {name for name, months in newer.items() if months["2026-01"] >= 5 and not any(older.get(name, {}).values())}
    (edition,) = [
        one
        for one in toured.said["submissions"]
        if (one["dataset"], one["period"]) == ("police/ward-counts", "2026-01")
    ]
    assert edition["findings"]["category-appeared"] == len(came) == 4
    assert edition["findings"]["category-vanished"] == 1
    document = Path(toured.said["assessment"]).read_text(encoding="utf-8")
    assert "Metropolitan Police Service explained for January 2026" in document

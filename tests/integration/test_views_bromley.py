"""Seventeen real months of Bromley through the whole house: policy, vault, count, mask, attack, look-up."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hub import audit
from hub.disclosure import (
    Lattice,
    Profile,
    Protected,
    TableSpec,
    WholeMeasure,
    attack,
    protect_measure,
    thresholds_only,
)
from hub.disclosure.model import Counts
from hub.kit.authority import Action, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import Invalid, NotFound, NotPermitted
from hub.views import Catalogue, Shown, coverage_line, table_csv, table_document
from tests.support.databases import a_database
from tests.support.geography import a_geography_permit
from tests.support.shared import shared
from tests.support.snapshots import AHub, an_analyst, texts
from tests.support.views import the_catalogue

API, MET = "police/street-crime-api", "met-police"
COUNCIL, POLICE, NOBODY = an_analyst("bromley-council"), an_analyst("met-police"), an_analyst("somebody-else")
BOROUGH = "E09000006"
SOME_MONTHS = ("2016-01", "2016-02", "2016-04", "2016-05", "2016-06", "2016-07", "2016-08", "2016-09")


def a_bromley(folder: Path, agreements: str, *, months: tuple[str, ...] = ()) -> AHub:
    clock = FrozenClock()
    hub = AHub(a_database(folder), clock, folder)
    hub.load_areas(shared("data/geo/bromley_lsoa21.geojson"), shared("data/geo/lsoa21_ward25_lad25_london.csv"))
    hub.agree_shipped(agreements)
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        if not months or path.name[:7] in months:
            hub.submit(MET, API, path.name[:7], path)
    return hub


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AHub]:
    hub = a_bromley(tmp_path_factory.mktemp("open"), "bromley-open")
    hub.build()
    yield hub
    hub.database.close()


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AHub]:
    hub = a_bromley(tmp_path_factory.mktemp("closed"), "bromley-closed", months=SOME_MONTHS)
    hub.build()
    yield hub
    hub.database.close()


def independent() -> dict[str, int]:
    counts = {}
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            counts[path.name[:7]] = len({row["id"] for row in csv.DictReader(lines)})
    return counts


def test_borough_totals_of_each_month_equal_an_independent_count(opened: AHub) -> None:
    table = opened.table(COUNCIL, by="borough,month")
    expected = independent()
    assert texts(table) == {(BOROUGH, month, ""): str(count) for month, count in expected.items()}
    assert sum(expected.values()) == 38_380
    assert [(gap.period, gap.missing) for gap in table.gaps] == [("2016-03", ("2016-03",))]
    assert (table.cells, table.suppressed) == (17, 0)


def test_coverage_says_which_months_what_share_and_what_is_missing(opened: AHub) -> None:
    (column,) = opened.table(COUNCIL, by="month").columns
    coverage = column.coverage
    assert (len(coverage.months), coverage.missing, coverage.located_percent) == (17, ("2016-03",), 100)
    assert coverage.counts is not None
    assert (coverage.counts["rows"], coverage.counts["counted"], coverage.counts["near"]) == (39_121, 38_380, 233)
    line = coverage_line(column, agency="Metropolitan Police", tree="Bromley")
    assert "17 of 18 months from January 2016 to June 2017 (missing: March 2016)" in line


def test_tables_of_one_measure_add_up_where_nothing_is_hidden(opened: AHub) -> None:
    by_month = texts(opened.table(COUNCIL, by="borough,month"))
    by_kind = texts(opened.table(COUNCIL, by="borough,month,kind"))
    by_ward = texts(opened.table(COUNCIL, by="ward,quarter"))
    by_quarter = texts(opened.table(COUNCIL, by="borough,quarter"))
    for (_, month, _), total in by_month.items():
        assert sum(int(text) for key, text in by_kind.items() if key[1] == month) == int(total)
    for (_, quarter, _), total in by_quarter.items():
        assert sum(int(text) for key, text in by_ward.items() if key[1] == quarter) == int(total)
    assert {quarter for _, quarter, _ in by_quarter} == {"2016-Q2", "2016-Q3", "2016-Q4", "2017-Q1", "2017-Q2"}


def test_a_year_with_a_missing_month_is_no_cell_anywhere(opened: AHub) -> None:
    for by in ("ward,year", "lsoa21,year", "borough,year,kind"):
        table = opened.table(COUNCIL, by=by)
        assert table.rows == ()
        assert [gap.period for gap in table.gaps] == ["2016", "2017"]


def test_the_same_cell_is_the_same_value_in_every_view(opened: AHub, closed: AHub) -> None:
    for hub in (opened, closed):
        by_kind = texts(hub.table(COUNCIL, by="borough,quarter,kind"))
        beside = texts(hub.table(COUNCIL, "police-and-health", by="borough,quarter"))
        assert beside
        for (area, quarter, _), text in beside.items():
            assert by_kind[area, quarter, "violent-crime"] == text


def test_police_and_health_says_by_name_that_no_health_submission_is_there(opened: AHub) -> None:
    table = opened.table(COUNCIL, "police-and-health", by="quarter")
    sentences = {note.code: note.sentence for note in table.notes}
    assert sentences["no-side"] == "No health submission is in snapshot 1, or none that your agency may know of."
    assert "no-dataset" in sentences  # the CSV layout of the same side
    assert [column.kind for column in table.columns] == ["violent-crime"]


def test_a_question_has_one_answer_in_bytes(opened: AHub) -> None:
    asked = [
        opened.table(COUNCIL, by="ward,quarter,kind", where="kind=drugs|burglary;period=2016-Q2..2016-Q4"),
        opened.table(COUNCIL, by="kind,quarter,ward", where="period=2016-Q2..2016-Q4;kind=burglary|drugs"),
        opened.table(POLICE, by="ward,quarter,kind", where="period=2016-Q2..2016-Q4;kind=burglary|drugs"),
    ]
    assert len({table_csv(table) for table in asked}) == 1
    assert len({table.result_hash for table in asked}) == 1
    assert len({json.dumps(table_document(table)) for table in asked}) == 1
    assert len(asked[0].rows) == 22 * 3 * 2


def test_closed_police_data_shows_no_exact_number_below_eight(closed: AHub) -> None:
    table = closed.table(COUNCIL, by="ward,quarter,kind")
    states = [cell for row in table.rows for cell in row.cells]
    assert table.suppressed > 0
    numbers = [cell.value for cell in states if cell.state is Shown.NUMBER]
    assert all(number >= 8 and number % 5 == 0 for number in numbers)
    assert closed.table(COUNCIL, by="month").columns[0].coverage.counts is None


def test_no_exact_count_of_a_closed_measure_is_stored(closed: AHub) -> None:
    expected = {str(count) for count in independent().values() if count % 5}
    with closed.database.reading() as reading:
        rows = reading.connection.exec_driver_sql("SELECT document FROM view_measures").fetchall()
        values = {str(value) for (value,) in reading.connection.exec_driver_sql("SELECT value FROM cells")}
    assert not expected & values
    assert all(json.loads(document)["measure"]["coverage"]["counts"] is None for (document,) in rows)


@pytest.mark.parametrize("reader", [COUNCIL, POLICE], ids=["council", "police"])
def test_every_reader_of_closed_bromley_is_attacked_and_finds_nothing(closed: AHub, reader: Reader) -> None:
    with closed.database.unit_of_work() as uow:
        report = attack([closed.asker(uow, reader)])
    (measure,) = report.measures
    assert measure.hidden > 100
    assert report.is_clean


def test_with_the_mask_switched_off_a_reader_finds_what_is_hidden_and_with_it_nothing(tmp_path: Path) -> None:
    """The check can fail: the same data, tables and reader, zeros shown, without and with the mask."""
    hub = a_bromley(tmp_path, "bromley-closed", months=SOME_MONTHS[2:])
    found = []
    for protect in (without_mask, protect_measure):
        hub.views = hub.views_of(protect=protect, catalogue=with_zeros_shown())
        hub.build()
        with hub.database.unit_of_work() as uow:
            found.append(attack([hub.asker(uow, COUNCIL)]))
    naked, masked = found
    assert len(naked.leaks) >= 10
    assert masked.is_clean
    assert masked.measures[0].cells == naked.measures[0].cells
    hub.database.close()


def without_mask(lattice: Lattice, counts: Mapping[TableSpec, Counts], profile: Profile) -> Protected:
    """Thresholds and rounding alone, with the verdict on them. Never used outside this test."""
    masked = thresholds_only(lattice, counts, profile)
    return Protected(masked, attack([WholeMeasure(lattice=lattice, profile=profile, masked=masked)]))


def with_zeros_shown() -> Catalogue:
    """The catalogue with no dimension marked sensitive."""
    shipped = the_catalogue()
    measures = {name: replace(one, sensitive=frozenset()) for name, one in shipped.measures.items()}
    return Catalogue(measures, shipped.views)


def test_somebody_of_no_party_finds_no_view(closed: AHub) -> None:
    with pytest.raises((NotFound, NotPermitted)):
        closed.table(NOBODY, by="month")
    with closed.database.unit_of_work() as uow:
        assert list(closed.asker(uow, NOBODY).measures()) == []


def test_open_data_is_open_to_everybody_in_the_hub(opened: AHub) -> None:
    assert texts(opened.table(NOBODY, by="month")) == texts(opened.table(COUNCIL, by="month"))


def test_the_disclosure_is_recorded_with_purpose_and_result(opened: AHub) -> None:
    table = opened.table(COUNCIL, by="month", where="period=2016-04")
    reader = a_geography_permit(opened.clock, action=Action.AUDIT_READ)
    with opened.database.unit_of_work() as uow:
        found = audit.entries(
            uow, reader, at=opened.clock, purpose="self-monitoring", count=10_000, subject="view/violence-by-place"
        )
    disclosed = [entry for entry in found if entry.columns["verb"] == "disclosure"]
    last = disclosed[-1].columns
    assert (last["purpose"], last["justification"], last["recipients"]) == (
        "svd.identify_kinds",
        "test",
        "bromley-council",
    )
    assert json.loads(last["detail"])["result"] == table.result_hash
    assert json.loads(last["detail"])["query"] == table.query


def test_an_answer_that_is_not_recorded_is_not_given(opened: AHub) -> None:
    """Effect and entry stand or fall together: an error after the look-up leaves no entry of the disclosure."""
    with opened.database.reading() as reading:
        before = audit.size(reading)

    def look_and_fail() -> None:
        with opened.database.unit_of_work() as uow:
            permit = opened.permit(uow, COUNCIL, "violence-by-place")
            opened.views.table(uow, permit, "violence-by-place", by="month")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        look_and_fail()
    with opened.database.reading() as reading:
        assert audit.size(reading) == before


def test_filters_of_unknown_things_are_refused(opened: AHub) -> None:
    for where, code in (
        ("kind=jaywalking", "unknown-kind"),
        ("measure=police/other", "unknown-measure"),
        ("area=E05000106", "unknown-area"),
    ):
        with pytest.raises(Invalid) as caught:
            opened.table(COUNCIL, by="ward,quarter,kind", where=where)
        assert caught.value.code == code


def test_the_offer_names_tables_columns_and_kinds_without_a_cell(opened: AHub) -> None:
    with opened.database.unit_of_work() as uow:
        offer = opened.views.offer(uow, opened.permit(uow, COUNCIL, "violence-by-place"), "violence-by-place")
    assert {table.by for table in offer.tables} >= {("ward", "quarter", "kind"), ("lsoa21", "year")}
    assert offer.kinds["violent-crime"] == "Violence and sexual offences"
    assert len(offer.months) == 17
    assert offer.tree.name == "Bromley"


def test_a_permit_for_another_view_or_an_old_one_shows_nothing(opened: AHub) -> None:
    with opened.database.unit_of_work() as uow:
        permit = opened.permit(uow, COUNCIL, "police-and-health")
        with pytest.raises(NotPermitted):
            opened.views.table(uow, permit, "violence-by-place")
        at = opened.clock.at
        opened.clock.at = permit.expires_at
        with pytest.raises(NotPermitted):
            opened.views.table(uow, permit, "police-and-health")
        opened.clock.at = at
        with pytest.raises(NotFound):
            opened.views.table(uow, permit, "no-such-view")


def test_the_file_reads_back_as_the_table(opened: AHub) -> None:
    table = opened.table(COUNCIL, by="borough,month")
    rows = list(csv.DictReader(io.StringIO(table_csv(table))))
    assert len(rows) == 18
    assert rows[-1][table.columns[0].id] == "gap"
    assert {row["snapshot"] for row in rows} == {"1"}


def test_deprivation_stands_beside_the_drivers_and_moves_no_cell(opened: AHub, closed: AHub) -> None:
    """Not loaded it says so; loaded it is the same for every reader of the area, beside cells that are the same bytes."""
    for hub in (opened, closed):
        before = hub.table(COUNCIL, "drivers", by="ward,quarter")
        assert {column.text(row.area) for column in before.context for row in before.rows} == {"not loaded"}
        with hub.database.unit_of_work() as uow:
            permit = a_geography_permit(hub.clock, action=Action.CONTEXT_LOAD)
            hub.context.load(uow, permit, shared("data/context/imd2025_london_lsoa21.csv"))
            hub.context.load(uow, permit, shared("data/context/census2021_age_lsoa21_london.csv"))
        after = hub.table(COUNCIL, "drivers", by="ward,quarter")
        assert (after.rows, after.result_hash, after.suppressed) == (before.rows, before.result_hash, before.suppressed)
        assert [column.id for column in after.context] == [
            "imd_2025_average_score",
            "imd_2025_percent_in_most_deprived_tenth",
        ]
        assert hub.table(COUNCIL, "drivers", by="ward,quarter", where="period=2016-Q2").context == after.context
        assert hub.table(COUNCIL, "violence-by-place", by="ward,quarter").context == ()

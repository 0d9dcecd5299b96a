"""The extracts fit the agreed schemas; the samples are found out by what was planted in them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from nhs_number.validate import is_valid

from hub.geography import AreaIndex
from hub.schemas import CheckReport, Outcome, SchemaRegistry, check_file
from hub.synthetic import SampleFile
from tests.support.choosing import some
from tests.support.schemas import FEW, is_clean
from tests.support.shared import shared
from tests.support.synthetic import Written, records

FIRST = ("police/street-crime", "police/stop-and-search", "health/istv-assaults", "ambulance/violence-callouts")
COUNTS = ("health/admissions", "council/perception-survey", "council/consultation-responses")
DATASETS = (*FIRST, "police/recorded-crime", "police/outcomes", *COUNTS)
"""Those whose streams stand in this tree's own tests; the partners' have theirs beside them."""
REAL = {
    "police/street-crime": "data/police/street/2022-01-city-of-london-street.csv",
    "police/stop-and-search": "data/police/stop_search/2023-06-metropolitan-stop-and-search.csv",
    "police/outcomes": "data/police/met_burglary/2023-06-metropolitan-outcomes.csv",
}


@pytest.fixture(scope="module")
def area(ravensbourne: Written) -> AreaIndex:
    return ravensbourne.area()


@pytest.fixture(scope="module")
def registry() -> SchemaRegistry:
    return SchemaRegistry.from_folder()


def header_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def sample(ravensbourne: Written, dataset: str, condition: str) -> SampleFile:
    return next(one for one in ravensbourne.manifest.samples if (one.dataset, one.condition) == (dataset, condition))


def checked(
    ravensbourne: Written, registry: SchemaRegistry, file: SampleFile, area: AreaIndex, *, part: bool
) -> CheckReport:
    schema = registry.get(file.dataset)
    return check_file(ravensbourne.folder / file.path, schema, period=file.period, area=area, part_accept=part)


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_extract_has_the_columns_of_its_schema_in_order(
    dataset: str, ravensbourne: Written, registry: SchemaRegistry
) -> None:
    header = header_of(ravensbourne.folder / ravensbourne.extracts(dataset)[0].path)
    assert header == list(registry.get(dataset).column_names)


@pytest.mark.parametrize("dataset", REAL)
def test_a_police_extract_has_the_columns_of_the_real_files(dataset: str, ravensbourne: Written) -> None:
    assert header_of(ravensbourne.folder / ravensbourne.extracts(dataset)[0].path) == header_of(shared(REAL[dataset]))


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("month", some([0, -2], every=2))
def test_a_monthly_extract_is_accepted_counts_without_a_warning(
    dataset: str, month: int, ravensbourne: Written, registry: SchemaRegistry, area: AreaIndex
) -> None:
    extract = ravensbourne.extracts(dataset)[month]
    report = check_file(ravensbourne.folder / extract.path, registry.get(dataset), period=extract.period, area=area)
    aggregate = registry.get(dataset).data_class == "aggregate"
    assert report.outcome is (Outcome.ACCEPTED if aggregate else Outcome.ACCEPTED_WITH_WARNINGS)
    assert report.rows == report.accepted_rows == extract.rows


@pytest.mark.parametrize("dataset", some(DATASETS, every=3))
def test_the_clean_sample_has_nothing_to_find(
    dataset: str, ravensbourne: Written, registry: SchemaRegistry, area: AreaIndex
) -> None:
    file = sample(ravensbourne, dataset, "clean")
    report = checked(ravensbourne, registry, file, area, part=False)
    assert (is_clean(report), report.accepted_rows) == (True, file.rows)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_dirty_sample_is_found_out_in_a_dozen_ways(
    dataset: str, ravensbourne: Written, registry: SchemaRegistry, area: AreaIndex
) -> None:
    file = sample(ravensbourne, dataset, "dirty")
    assert len(file.planted) >= (9 if dataset in COUNTS else 12)
    report = checked(ravensbourne, registry, file, area, part=True)
    assert report.outcome is Outcome.PART_ACCEPTED
    found: Counter[str] = Counter()
    for finding in report.findings:
        found[finding.code] += finding.count
    follows = {
        "long-gap",
        "blank-wanted",
        "out-of-order",
    }  # a date moved to another month is also far from the other date, or before it; a needed blank is also wanted
    assert {code: found[code] for code in file.planted if code not in follows} == {
        code: count for code, count in file.planted.items() if code not in follows
    }
    assert all(found[code] >= count for code, count in file.planted.items())
    assert set(found) - set(file.planted) <= {"no-place", "exact-copies", FEW, *follows}
    assert checked(ravensbourne, registry, file, area, part=False).outcome is Outcome.RETURNED


@pytest.mark.parametrize("dataset", some(DATASETS, every=3))
def test_the_sample_without_a_column_is_returned_for_it(
    dataset: str, ravensbourne: Written, registry: SchemaRegistry, area: AreaIndex
) -> None:
    report = checked(ravensbourne, registry, sample(ravensbourne, dataset, "missing-column"), area, part=True)
    assert report.outcome is Outcome.RETURNED
    assert [finding.code for finding in report.findings] == ["missing-column"]


def test_the_hospital_sample_with_nhs_numbers_is_refused(
    ravensbourne: Written, registry: SchemaRegistry, area: AreaIndex
) -> None:
    file = sample(ravensbourne, "health/istv-assaults", "refused")
    report = checked(ravensbourne, registry, file, area, part=True)
    assert report.outcome is Outcome.REFUSED
    assert [(finding.code, finding.count) for finding in report.findings] == [("possible-identifier", 6)]


@pytest.mark.parametrize("dataset", [dataset for dataset in DATASETS if dataset not in FIRST])
def test_a_sample_with_a_column_that_must_never_come_is_refused(
    dataset: str, ravensbourne: Written, registry: SchemaRegistry, area: AreaIndex
) -> None:
    report = checked(ravensbourne, registry, sample(ravensbourne, dataset, "refused"), area, part=True)
    assert report.outcome is Outcome.REFUSED
    assert [finding.code for finding in report.findings] == ["refused-field"]


def test_recorded_crimes_are_the_very_crimes_of_the_street_level_files(ravensbourne: Written) -> None:
    for extract in ravensbourne.extracts("police/recorded-crime")[-3:]:
        street = next(one for one in ravensbourne.extracts("police/street-crime") if one.period == extract.period)
        crimes = [row for row in ravensbourne.read(street.path) if row["Crime type"] != "Anti-social behaviour"]
        recorded = {row["crime_ref"]: row for row in ravensbourne.read(extract.path)}
        assert len(recorded) == len(crimes)
        assert {row["recorded_date"][:7] for row in recorded.values()} == {extract.period}
        shops = sum(row["Crime type"] == "Shoplifting" for row in crimes)
        assert sum(row["prc_code"] == "46" for row in recorded.values()) == shops


def test_outcomes_join_the_crimes_of_the_month_and_of_the_month_before(ravensbourne: Written) -> None:
    before, now = ravensbourne.extracts("police/street-crime")[-2:]
    known = {row["Crime ID"] for extract in (before, now) for row in ravensbourne.read(extract.path)}
    rows = ravensbourne.read(ravensbourne.extracts("police/outcomes")[-1].path)
    assert len(rows) > 1000
    assert {row["Crime ID"] for row in rows} <= known - {""}


def test_planted_nhs_numbers_are_of_the_range_kept_for_tests(ravensbourne: Written) -> None:
    file = sample(ravensbourne, "health/istv-assaults", "refused")
    texts = [row["assault_location_description"] for row in records(ravensbourne.folder / file.path)]
    numbers = [text.split("(NHS ")[1].rstrip(")").replace(" ", "") for text in texts if "(NHS" in text]
    assert len(set(numbers)) == 6
    assert all(number.startswith("999") and is_valid(number) for number in numbers)


def test_every_attendance_of_a_file_arrived_in_its_month(ravensbourne: Written) -> None:
    carried = 0
    for extract in ravensbourne.extracts("health/istv-assaults"):
        rows = list(records(ravensbourne.folder / extract.path))
        assert {(row["arrival_datetime"] or row["assault_datetime"])[:7] for row in rows} == {extract.period}
        carried += sum(row["assault_datetime"][:7] < extract.period for row in rows)
    assert carried > 0


def test_the_truth_names_the_references_that_stand_in_the_extracts(ravensbourne: Written) -> None:
    truth = ravensbourne.truth(last=3)
    street = {row["Crime ID"]: row for row in ravensbourne.rows("police/street-crime", last=3)}
    callouts = {row["incident_no"]: row for row in ravensbourne.rows("ambulance/violence-callouts", last=3)}
    known = [row for row in truth if row["crime_id"]]
    assert len(known) > 5000
    assert all(street[row["crime_id"]]["Month"] == row["period"] for row in known)
    assert {row["incident_no"] for row in truth} - {""} == set(callouts)
    for row in truth:
        if row["incident_no"] and callouts[row["incident_no"]]["weapon_hint"]:
            assert callouts[row["incident_no"]]["weapon_hint"] == row["method"]


def test_the_truth_summary_counts_the_truth_table(ravensbourne: Written) -> None:
    truth, summary = ravensbourne.truth(), ravensbourne.manifest.truth
    assert summary.events == len(truth)
    assert summary.police == sum(row["police"] == "Y" for row in truth) == len(ravensbourne.rows("police/street-crime"))
    assert summary.ed_and_police == sum(row["ed"] == row["police"] == "Y" for row in truth)
    assert summary.ambulance == len(ravensbourne.rows("ambulance/violence-callouts"))


def test_sharp_objects_are_a_part_of_the_assaults_and_the_young_of_these(ravensbourne: Written) -> None:
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in ravensbourne.rows("health/admissions"):
        counts[row["month"], row["outward_postcode"], row["sub_category"]] += int(row["count"])
    for month, outward in {(month, outward) for month, outward, _ in counts}:
        young, sharp, all_of_them = (counts[month, outward, code] for code in ("X99-under-25", "X99", "X85-Y09"))
        assert young <= sharp <= all_of_them
    assert sum(n for (_, _, code), n in counts.items() if code == "X99-under-25") > 0

"""Coordinates in the wrong columns, in the wrong system, and area codes of 2011: told as what they are, and told once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hub.geography.vintages import lsoas_only_of_2011
from hub.schemas import Outcome
from hub.schemas.places import pairs_of
from tests.support.geography import bromley
from tests.support.schemas import checked, codes, csv_of, found, registry, rows_of, schema_of
from tests.support.shared import shared

API, CALLS, CRIME, LFB = (
    "police/street-crime-api",
    "ambulance/violence-callouts",
    "police/street-crime",
    "fire/incidents",
)


def test_every_pair_of_coordinates_of_the_schemas_is_known() -> None:
    named = {
        (schema.id, field.name)
        for schema in registry().all()
        for field in schema.columns
        if any(word in field.name.casefold() for word in ("latitude", "longitude", "easting", "northing"))
    }
    assert named == {
        (schema.id, name) for schema in registry().all() for pair in pairs_of(schema) for name in pair.fields
    }
    assert [pair.fields for pair in pairs_of(schema_of(LFB))] == [
        ("Longitude", "Latitude"),
        ("Easting_m", "Northing_m"),
        ("Easting_rounded", "Northing_rounded"),
    ]


@pytest.mark.parametrize(
    ("dataset", "fields", "values", "code"),
    [
        (API, ("longitude", "latitude"), ("51.405", "0.014"), "coordinates-swapped"),
        (API, ("longitude", "latitude"), ("540300", "169100"), "grid-in-degrees"),
        (API, ("longitude", "latitude"), ("540300.5", "169100"), "grid-in-degrees"),
        (CRIME, ("Longitude", "Latitude"), ("51.405", "-0.014"), "coordinates-swapped"),
        (CALLS, ("easting", "northing"), ("0.014", "51.405"), "degrees-in-grid"),
        (CALLS, ("easting", "northing"), ("51.405", "0.014"), "degrees-in-grid"),
    ],
)
def test_a_pair_that_is_swapped_or_of_the_other_system_is_told_as_that_alone(
    tmp_path: Path, dataset: str, fields: tuple[str, str], values: tuple[str, str], code: str
) -> None:
    rows = rows_of(dataset, 3)
    rows[1] |= dict(zip(fields, values, strict=True))
    report = checked(tmp_path, dataset, csv_of(rows))
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, [code])
    assert (found(report, code).count, found(report, code).rows) == (1, (3,))
    assert all(name in found(report, code).message for name in fields)


def test_other_wrong_numbers_beside_them_are_still_told(tmp_path: Path) -> None:
    rows = rows_of(API, 4)
    rows[1] |= {"longitude": "51.4", "latitude": "0.01"}
    rows[2] |= {"longitude": "77.2", "latitude": "51.4"}
    rows[3] |= {"longitude": "x"}
    report = checked(tmp_path, API, csv_of(rows), part_accept=True)
    assert {(one.code, one.field, one.rows) for one in report.findings} == {
        ("coordinates-swapped", "longitude", (3,)),
        ("out-of-range", "longitude", (4,)),
        ("bad-type", "longitude", (5,)),
    }
    assert report.accepted_rows == 1


def test_grid_references_that_lie_in_the_area_only_when_swapped_are_told_where_the_area_is_known(
    tmp_path: Path,
) -> None:
    rows = rows_of(CALLS, 3)
    rows[1] |= {"easting": "169100", "northing": "540300"}  # Bromley the wrong way round
    rows[2] |= {"easting": "430000", "northing": "430000"}  # Leeds
    assert codes(checked(tmp_path, CALLS, csv_of(rows))) == []
    report = checked(tmp_path, CALLS, csv_of(rows), area=bromley(), part_accept=True)
    assert (found(report, "coordinates-swapped").rows, found(report, "outside-area").rows) == ((3,), (4,))


def test_the_lsoas_of_2011_that_are_gone_are_those_of_the_two_public_tables() -> None:
    def column(path: str, name: str) -> set[str]:
        with shared(path).open(newline="", encoding="utf-8") as file:
            return {row[name] for row in csv.DictReader(file)}

    old = column("data/context/lsoa11_population_mid2020_london.csv", "LSOA11CD")
    new = column("data/context/census2021_age_lsoa21_london.csv", "geography code")
    assert lsoas_only_of_2011() == old - new
    assert len(old - new) == 176


def test_an_lsoa_of_2011_is_told_by_its_vintage_and_kept(tmp_path: Path) -> None:
    gone = sorted(lsoas_only_of_2011())[0]
    rows = rows_of(CRIME, 3)
    for row, code in zip(rows, ("E01000676", gone, "E01011229"), strict=True):
        row |= {"LSOA code": code}
    report = checked(tmp_path, CRIME, csv_of(rows), area=bromley())
    assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, 3)
    assert (found(report, "lsoa-2011").rows, found(report, "outside-area").rows) == ((3,), (4,))

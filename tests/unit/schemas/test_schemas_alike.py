"""Rows that few others are like: which datasets are tested, what is counted, against a plain recount."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from hub.kit.paths import data_root
from hub.schemas import CheckReport, Outcome, fewest_alike, quasi_identifiers, withholds_few
from hub.schemas.alike import FEWEST, FEWEST_OF_HEALTH, RECORDS
from hub.schemas.load import code_lists, dataset_schema, read_yaml
from tests.support.geography import bromley
from tests.support.schemas import checked, csv_of, found, registry, rows_of, schema_of

SURVEY, ISTV, CALLS, CRIMES = (
    "council/consultation-responses",
    "health/istv-assaults",
    "ambulance/violence-callouts",
    "police/recorded-crime",
)


def codes(report: CheckReport) -> list[str]:
    return [finding.code for finding in report.findings]


ALL = [schema for schema in registry().all() if schema.data_class in RECORDS]


def survey(count: int, seed: int) -> list[dict[str, str]]:
    """Answers whose combinations are common and rare."""
    dice = random.Random(seed)
    rows = rows_of(SURVEY, count)
    for row in rows:
        row |= {
            "age_band": dice.choice(["18-24", "18-24", "25-34", "25-34", "65+"]),
            "sex": dice.choice(["F", "M", "F", "M", "U"]),
            "top_concern": dice.choice(["knives", "robbery"]),
        }
    return rows


def plainly(rows: list[dict[str, str]], names: tuple[str, ...], fewest: int) -> int:
    """Rows whose combination fewer than `fewest` rows share."""
    shared = Counter(tuple(row[name] for name in names) for row in rows)
    return sum(count for count in shared.values() if count < fewest)


def test_every_health_dataset_of_anonymised_records_is_tested() -> None:
    health = {schema.id for schema in registry().all() if schema.health and schema.data_class == "anonymised_record"}
    assert health == {ISTV, CALLS}
    for dataset in health:
        schema = schema_of(dataset)
        assert (withholds_few(schema), fewest_alike(schema)) == (True, FEWEST_OF_HEALTH)
        assert {schema.event_time, schema.kind} <= set(quasi_identifiers(schema))


def test_no_health_dataset_has_a_class_that_is_not_tested() -> None:
    assert {schema.data_class for schema in registry().all() if schema.health} == {"anonymised_record", "aggregate"}


@pytest.mark.parametrize("dataset", [schema.id for schema in ALL])
def test_every_dataset_of_records_is_tested_at_each_check(tmp_path: Path, dataset: str) -> None:
    schema = schema_of(dataset)
    assert quasi_identifiers(schema)
    assert not set(quasi_identifiers(schema)) & set(schema.case_references)
    report = checked(tmp_path, dataset, csv_of(rows_of(dataset, 4)))
    told = found(report, "too-few-alike")
    assert (told.count, told.severity, told.rows) == (4, "warning", ())  # four rows are fewer than any k
    assert ("withheld" in told.message) == (schema.data_class == "anonymised_record")


@pytest.mark.parametrize("seed", range(4))
def test_rows_and_combinations_are_those_of_a_plain_recount(tmp_path: Path, seed: int) -> None:
    rows = survey(90, seed)
    told = found(checked(tmp_path, SURVEY, csv_of(rows)), "too-few-alike")
    every = ("top_concern", "age_band", "sex")  # all are of one month
    assert told.count == plainly(rows, every, FEWEST)
    offending: dict[tuple[str, ...], int] = {}
    for size in (1, 2, 3):
        for names in combinations(every, size):
            if not any(set(smaller) <= set(names) for smaller in offending) and (count := plainly(rows, names, FEWEST)):
                offending[names] = count
    said = told.message.split("stand out: ")[1].split(". Rows that")[0]
    assert set(said.split("; ")) == {f"{' + '.join(names)} ({count} rows)" for names, count in offending.items()}


def test_an_extract_in_which_all_are_alike_says_nothing(tmp_path: Path) -> None:
    assert codes(checked(tmp_path, SURVEY, csv_of(rows_of(SURVEY, FEWEST)))) == []
    assert codes(checked(tmp_path, SURVEY, csv_of(rows_of(SURVEY, FEWEST - 1)))) == ["too-few-alike"]


def test_moments_count_by_the_month_and_ages_by_the_band(tmp_path: Path) -> None:
    rows = rows_of("transport/incidents", 6)
    for number, row in enumerate(rows):
        row |= {"incident_datetime": f"2024-05-{10 + number}T0{number}:00"}
    assert codes(checked(tmp_path, "transport/incidents", csv_of(rows))) == []
    youths = rows_of("youth-justice/caseload", 6)
    for row, age in zip(youths, ("10", "11", "12", "13", "14", "15"), strict=True):
        row["age_at_outcome"] = age
    assert codes(checked(tmp_path, "youth-justice/caseload", csv_of(youths))) == []


def test_places_count_by_the_ward_where_the_area_is_known(tmp_path: Path) -> None:
    tree = bromley().tree
    first, other = tree.level("ward")[0], tree.level("ward")[1]
    one, two = tree.children(first.code)[:2]
    far = tree.children(other.code)[0]
    cases = "housing/antisocial-behaviour"
    for codes_used, alone in (((one, two), 0), ((one, far), 6)):
        rows = rows_of(cases, 6)
        for place, row in enumerate(rows):
            row["lsoa21"] = codes_used[place % 2].code
        assert codes(checked(tmp_path, cases, csv_of(rows))) == []
        told = [
            finding
            for finding in checked(tmp_path, cases, csv_of(rows), area=bromley()).findings
            if finding.code == "too-few-alike"
        ]
        assert sum(finding.count for finding in told) == alone
        assert all("stand out: lsoa21 (ward) (6 rows)." in finding.message for finding in told)


def test_no_value_stands_in_the_finding(tmp_path: Path) -> None:
    rows = survey(40, 1)
    said = str(found(checked(tmp_path, SURVEY, csv_of(rows)), "too-few-alike").as_json())
    assert not [value for value in ("65+", "18-24", "knives", "robbery") if value in said]


def test_published_and_counted_datasets_are_not_tested(tmp_path: Path) -> None:
    assert (
        checked(tmp_path, "police/street-crime", csv_of(rows_of("police/street-crime", 3))).outcome is Outcome.ACCEPTED
    )


def test_rows_that_are_kept_out_are_like_nobody(tmp_path: Path) -> None:
    rows = rows_of(SURVEY, FEWEST)
    rows[0]["top_concern"] = "piracy"
    assert found(checked(tmp_path, SURVEY, csv_of(rows), part_accept=True), "too-few-alike").count == FEWEST - 1


def test_a_schema_may_ask_for_more_and_never_for_less() -> None:
    folder = data_root("schemas")
    raw, lists = read_yaml(folder / SURVEY / "1.0.0.yaml"), code_lists(folder / "codes")
    asked = [fewest_alike(dataset_schema(raw | {"fewest_alike": k}, lists, where="test")) for k in (0, 3, 10)]
    assert asked == [FEWEST, FEWEST, 10]


def test_an_extract_of_too_many_different_rows_says_that_smaller_combinations_were_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.schemas.alike._WORK", 5)
    told = found(checked(tmp_path, SURVEY, csv_of(survey(90, 0))), "too-few-alike")
    assert "not looked for" in told.message

"""Counting: distinct keys or rows, in the month and the area where they lie, never where the agency said."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from hub.disclosure import AreaPlace, CellKey, Lattice, TableSpec
from hub.engine import quoted
from hub.geography import AreaIndex
from hub.kit.errors import Bug
from hub.schemas import SchemaRegistry
from hub.views.counting import Counted, count_dataset, months_of_editions
from hub.views.families import NOT_STATED, read_families
from tests.support.geography import SOUTH, STEP, WEST, bromley, index_of, square_lsoa, write_squares
from tests.support.shared import shared
from tests.support.views import API, FORCE, a_relation, real_bromley

SCHEMAS = SchemaRegistry.from_folder()
HERE, THERE, AWAY = (WEST + STEP / 2, SOUTH + STEP / 2), (WEST + 1.5 * STEP, SOUTH + STEP / 2), (5.0, 52.0)


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> AreaIndex:
    return index_of(*write_squares(tmp_path_factory.mktemp("squares")))


@pytest.fixture(scope="module")
def counted() -> Counted:
    return real_bromley()


def count(index: AreaIndex, dataset: str, months: dict[str, list[str]], **columns: list[object]) -> list[Counted]:
    with a_relation(**columns) as (session, relation):
        return count_dataset(session, relation, schema=SCHEMAS.get(dataset), index=index, months=months)


def crimes(index: AreaIndex, rows: list[tuple[int | None, str, tuple[float, float], str]]) -> Counted:
    (one,) = count(
        index,
        API,
        {FORCE: ["2026-01", "2026-02"]},
        id=[row[0] for row in rows],
        category=[row[1] for row in rows],
        longitude=[row[2][0] for row in rows],
        latitude=[row[2][1] for row in rows],
        hub_month=[row[3] for row in rows],
    )
    return one


def test_a_repeated_key_is_counted_once_where_its_first_located_record_lies(squares: AreaIndex) -> None:
    one = crimes(
        squares,
        [
            (7, "burglary", AWAY, "2026-01"),
            (7, "burglary", THERE, "2026-01"),
            (7, "burglary", HERE, "2026-01"),
            (8, "burglary", HERE, "2026-02"),
        ],
    )
    assert one.events == {
        CellKey(square_lsoa(1, 0), "2026-01", "burglary"): 1,
        CellKey(square_lsoa(0, 0), "2026-02", "burglary"): 1,
    }
    assert (one.repeats, one.places["outside"], one.rows) == (1, 1, 4)
    assert one.located_percent == 75


def test_rows_without_a_key_are_never_merged(squares: AreaIndex) -> None:
    one = crimes(squares, [(None, "burglary", HERE, "2026-01")] * 3)
    assert sum(one.events.values()) == 3


def test_equal_rows_of_a_dataset_without_a_key_all_count(squares: AreaIndex) -> None:
    (one,) = count(
        squares,
        "police/stop-and-search",
        {FORCE: ["2026-01"]},
        Longitude=[HERE[0]] * 2,
        Latitude=[HERE[1]] * 2,
        **{"Object of search": ["Firearms", None]},
    )
    lsoa = square_lsoa(0, 0)
    assert one.events == {CellKey(lsoa, "2026-01", "Firearms"): 1, CellKey(lsoa, "2026-01", NOT_STATED): 1}
    assert NOT_STATED in one.kinds


def test_an_event_of_a_month_that_was_not_submitted_is_in_no_cell_and_counted_apart(squares: AreaIndex) -> None:
    one = crimes(squares, [(1, "drugs", HERE, "2025-12"), (2, "drugs", HERE, "2026-01"), (3, "drugs", AWAY, "2025-12")])
    assert sum(one.events.values()) == 1
    assert one.figures()["other_months"] == 1
    assert sum(one.figures()[place] for place in ("inside", "edge", "near", "outside", "unlocated")) == one.rows


def test_kinds_are_those_of_the_schema_and_not_those_that_happened(squares: AreaIndex) -> None:
    one = crimes(squares, [(1, "drugs", HERE, "2026-01")])
    assert one.kinds == tuple(sorted(code.code for code in SCHEMAS.get(API).kinds))


def test_each_agency_is_counted_by_itself(squares: AreaIndex) -> None:
    agencies = ["a-police", "b-police", "b-police"]
    found = count(
        squares,
        API,
        {"b-police": ["2026-01"], "a-police": ["2026-01"]},
        id=[1, 1, 2],
        category=["drugs"] * 3,
        longitude=[HERE[0]] * 3,
        latitude=[HERE[1]] * 3,
        hub_agency=list(agencies),
    )
    assert [(one.agency, sum(one.events.values())) for one in found] == [("a-police", 1), ("b-police", 2)]


FAMILIES = {
    "when": {"title": "Hour of the week", "hours": 3},
    "armed": {
        "title": "Looked for a weapon",
        "cases": [
            {"code": "yes", "title": "A weapon", "where": {"Object of search": ["Firearms", "Offensive weapons"]}}
        ],
        "else": {"code": "no", "title": "Something else"},
    },
    "gender": {"title": "Gender", "field": "Gender"},
    "police": {"title": "Part of an operation", "field": "Part of a policing operation"},
}
SEARCH = SCHEMAS.get("police/stop-and-search")


def searches(index: AreaIndex, tables: list[str], **columns: list[object]) -> Counted:
    families = read_families(FAMILIES, SEARCH, [TableSpec.named(name) for name in tables])
    with a_relation(**columns) as (session, relation):
        flag = quoted("Part of a policing operation")
        timed = (
            f"(SELECT * REPLACE (CAST(Date AS TIMESTAMP) AS Date, CAST({flag} AS BOOLEAN) AS {flag}) FROM {relation})"
        )
        (one,) = count_dataset(
            session, timed, schema=SEARCH, index=index, months={FORCE: ["2026-01"]}, families=families
        )
    return one


def test_every_family_counts_the_same_things_at_the_areas_its_tables_need(squares: AreaIndex) -> None:
    one = searches(
        squares,
        ["borough-month-when", "ward-year-armed", "lsoa21-year-gender", "borough-month-police"],
        Longitude=[HERE[0], HERE[0], THERE[0]],
        Latitude=[HERE[1], HERE[1], THERE[1]],
        Date=["2026-01-05 20:59:00", "2026-01-11 00:00:00", "2026-01-11 02:01:00"],
        Gender=["Male", None, "Male"],
        **{
            "Object of search": ["Firearms", None, "Stolen goods"],
            "Part of a policing operation": [True, False, None],
        },
    )
    borough, ward, there = "X09000001", "X05000001", square_lsoa(1, 0)
    assert dict(one.divided) == {
        CellKey(borough, "2026-01", "when:1-18"): 1,
        CellKey(borough, "2026-01", "when:7-00"): 2,
        CellKey(ward, "2026-01", "armed:no"): 1,
        CellKey(ward, "2026-01", "armed:yes"): 1,
        CellKey("X05000002", "2026-01", "armed:no"): 1,
        CellKey(square_lsoa(0, 0), "2026-01", "gender:Male"): 1,
        CellKey(square_lsoa(0, 0), "2026-01", "gender:not-stated"): 1,
        CellKey(there, "2026-01", "gender:Male"): 1,
        CellKey(borough, "2026-01", "police:true"): 1,
        CellKey(borough, "2026-01", "police:false"): 1,
        CellKey(borough, "2026-01", "police:not-stated"): 1,
    }
    assert len(one.families["when"]) == 56
    assert one.families["armed"] == ("armed:no", "armed:yes")
    for family, kinds in one.families.items():
        assert sum(number for key, number in one.divided.items() if key.kind in kinds) == 3, family


def test_a_repeated_key_has_one_kind_of_each_family(squares: AreaIndex) -> None:
    schema = replace(SEARCH, key=("Legislation",))
    families = read_families({"gender": FAMILIES["gender"]}, schema, [TableSpec.named("borough-month-gender")])
    with a_relation(
        Longitude=[HERE[0]] * 3,
        Latitude=[HERE[1]] * 3,
        Gender=["Male", "Female", "Other"],
        Legislation=["one", "one", "two"],
        **{"Object of search": ["Firearms"] * 3},
    ) as (session, relation):
        (one,) = count_dataset(
            session, relation, schema=schema, index=squares, months={FORCE: ["2026-01"]}, families=families
        )
    assert sorted(key.kind for key in one.divided) == ["gender:Male", "gender:Other"]
    assert sum(one.divided.values()) == sum(one.events.values()) == 2


@pytest.mark.parametrize(
    ("entry", "tables"),
    [
        ({"title": "T", "hours": 3}, []),
        ({"title": "T", "hours": 5}, ["borough-month-when"]),
        ({"title": "T", "hours": 3, "time": ["Gender"]}, ["borough-month-when"]),
        ({"title": "T", "hours": 3, "field": "Gender"}, ["borough-month-when"]),
        ({"title": "T", "field": "Policing operation"}, ["borough-month-when"]),
        ({"title": "T"}, ["borough-month-when"]),
        ({"title": "T", "cases": [{"code": "a", "title": "A", "where": {"No such": ["x"]}}]}, ["borough-month-when"]),
        ({"title": "T", "cases": [{"code": "a", "title": "A", "where": {"Gender": ["x"]}}]}, ["borough-month-when"]),
        (
            {
                "title": "T",
                "cases": [{"code": "a", "title": "A", "where": {"Gender": ["Male"]}}],
                "else": {"code": "a", "title": "B"},
            },
            ["borough-month-when"],
        ),
    ],
)
def test_a_family_that_does_not_fit_its_schema_is_no_family(entry: dict[str, object], tables: list[str]) -> None:
    with pytest.raises(Bug):
        read_families({"when": entry}, SEARCH, [TableSpec.named(name) for name in tables])


def test_no_rows_are_counted_as_none(squares: AreaIndex) -> None:
    one = crimes(squares, [])
    assert (one.events, one.rows, one.located_percent) == ({}, 0, 100)


def test_bromley_is_38_380_distinct_crimes_of_39_121_rows(counted: Counted) -> None:
    assert (counted.rows, sum(counted.events.values()), counted.repeats) == (39_121, 38_380, 741)
    assert dict(counted.places) == {"inside": 38_706, "edge": 182, "near": 233}
    assert "2016-03" not in counted.months


def test_borough_totals_of_each_month_equal_an_independent_count(counted: Counted) -> None:
    independent = {}
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            independent[path.name[:7]] = len({row["id"] for row in csv.DictReader(lines)})
    by_month: Counter[str] = Counter()
    for key, number in counted.events.items():
        by_month[key.period] += number
    assert by_month == independent
    assert len(independent) == 17


def test_ward_totals_are_sums_of_best_fit_lsoas(counted: Counted) -> None:
    """Against the police's own ward: most agree, and those that do not are not ours to follow."""
    tree = bromley().tree
    wards = Counter[str]()
    for key, number in counted.events.items():
        wards[tree.ward_of(key.area)] += number
    assert len(wards) == 22
    assert wards.total() == 38_380
    assert all(code.startswith(("E05013", "E05014")) for code in wards)


def test_met_burglary_has_184_rows_in_bromley_and_west_yorkshire_none() -> None:
    index = bromley()
    for folder, pattern, expected in (("met_burglary", "*-street.csv", 184), ("street_large", "*.csv", 0)):
        rows: list[dict[str, str]] = []
        for path in sorted(Path(shared(f"data/police/{folder}")).glob(pattern)):
            with path.open(encoding="utf-8", newline="") as lines:
                rows += list(csv.DictReader(lines))
        months = sorted({row["Month"] for row in rows})
        (one,) = count(
            index,
            "police/street-crime",
            {FORCE: months},
            hub_month=[row["Month"] for row in rows],
            **{name: [row[name] or None for row in rows] for name in ("LSOA code", "Crime type")},
        )
        assert sum(one.events.values()) == expected
        assert one.rows == len(rows)


def test_where_rows_are_counts_their_value_is_added_up_and_no_row_is_left_out() -> None:
    index, wards = bromley(), "police/ward-counts"
    ward, other = (area.code for area in index.tree.level("ward")[:2])
    (one,) = count(
        index,
        wards,
        {FORCE: ["2026-01"]},
        WardCode=[ward, ward, other, "E05009317", ward],
        MajorText=["ROBBERY"] * 5,
        MinorText=["ROBBERY OF PERSONAL PROPERTY"] * 5,
        count=[3, 4, 0, 50, 9],
        hub_month=["2026-01"] * 4 + ["2025-12"],
    )
    kind = "ROBBERY OF PERSONAL PROPERTY"
    assert one.events == {CellKey(ward, "2026-01", kind): 7, CellKey(other, "2026-01", kind): 0}
    assert (one.rows, one.places, one.other_months, one.repeats) == (66, {"inside": 16, "outside": 50}, 9, 0)
    assert one.figures()["summed"] == 1
    tables = [TableSpec.named(name) for name in ("ward-month", "borough-month-kind")]
    lattice = Lattice(
        areas=tuple(AreaPlace(area.code, area.level, area.parent) for area in index.tree.areas),
        months=one.months,
        kinds=one.kinds,
        tables=tuple(tables),
    )
    assert {table.name: int(counts.sum()) for table, counts in lattice.roll_up(one.events).items()} == {
        "ward-month": 7,
        "borough-month-kind": 7,
    }


def test_the_months_of_a_series_are_those_of_its_rows() -> None:
    months: list[object] = ["2026-01", "2025-12", "2026-01"]
    with a_relation(hub_month=months, hub_agency=["b", "b", "a"]) as (session, relation):
        assert months_of_editions(session, relation) == {"a": ["2026-01"], "b": ["2025-12", "2026-01"]}

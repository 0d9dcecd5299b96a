"""What a summary counts, held against counts by hand."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from hub.engine import DuckDbEngine
from hub.geography import AreaIndex
from hub.intake.summary import MOST_CODES, Summary, summarised
from hub.schemas import check
from tests.support.geography import bromley
from tests.support.schemas import PERIOD, csv_of, rows_of, schema_of
from tests.support.shared import shared

API, FIRE = "police/street-crime-api", "fire/incidents"
WARDS = "police/ward-counts"


def summary_of(dataset: str, content: bytes, *, period: str = PERIOD, area: AreaIndex | None = None) -> Summary:
    schema = schema_of(dataset)
    with DuckDbEngine().session() as session:
        checked = check(
            session,
            session.hold(content),
            schema,
            period=period,
            file_name="extract.csv",
            read_bytes=lambda: [content],
            area=area,
            part_accept=True,
        )
        assert checked.report.accepted_rows
        return summarised(session, schema, checked)


def test_a_real_month_is_counted_as_another_reader_counts_it() -> None:
    content = shared("data/police/bromley_api/2016-05-bromley-wards.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    made = summary_of(API, content, period="2016-05", area=bromley())
    (month,) = made.months.values()
    assert (month.rows, month.counted) == (len(rows), len(rows))
    assert month.mix["category"] == Counter(row["category"] for row in rows)
    blank = Counter(name for row in rows for name in row if not row[name])
    assert {name: count for name, count in month.blanks.items() if count} == {
        name: count for name, count in blank.items() if name in month.blanks
    }
    assert sum(made.places.values()) == len(rows)
    wards = {ward.code for ward in bromley().tree.level("ward")}
    assert set(made.places) - {"outside", "unlocated"} == wards


def test_an_edition_is_counted_month_by_month_by_the_sum_of_its_values() -> None:
    rows = rows_of(WARDS, 4)
    rows[1]["202403"] = "100"
    made = summary_of(WARDS, csv_of(rows))
    assert {month: one.counted for month, one in made.months.items()} == {
        **dict.fromkeys(("2023-11", "2023-12", "2024-01", "2024-02", "2024-04", "2024-05"), 32),
        "2024-03": 124,
    }
    assert {one.rows for one in made.months.values()} == {4}
    assert made.months["2024-03"].mix["MajorText"] == {"VIOLENCE AGAINST THE PERSON": 124}


def test_only_codes_of_lists_are_kept_and_no_text() -> None:
    rows = rows_of(FIRE, 6)
    made = summary_of(FIRE, csv_of(rows))
    schema = schema_of(FIRE)
    for month in made.months.values():
        for name, mix in month.mix.items():
            codes = schema.field(name).codes
            assert codes is not None
            assert set(mix) <= {code.code for code in codes.codes}
            assert len(mix) <= MOST_CODES
    texts = [one.name for one in schema.columns if one.type == "string" and one.codes is None]
    values = {row[name] for row in rows for name in texts if len(row.get(name, "")) > 3}
    assert values
    assert not any(value in made.as_text() for value in values)


@pytest.mark.parametrize("dataset", [API, FIRE, WARDS])
def test_fields_that_must_be_filled_are_not_counted_for_blanks(dataset: str) -> None:
    made = summary_of(dataset, csv_of(rows_of(dataset, 3)))
    required = {one.name for one in schema_of(dataset).fields if one.required}
    assert all(required.isdisjoint(month.blanks) for month in made.months.values())

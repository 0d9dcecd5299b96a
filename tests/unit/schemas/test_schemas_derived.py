"""Fields that the hub derives at the check, and what a schema may say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.engine import DuckDbEngine
from hub.kit.errors import Invalid
from hub.schemas import CheckReport, DatasetSchema, Outcome, check, check_file
from hub.schemas.load import code_list, dataset_schema
from tests.support.schemas import codes, csv_of, found

LISTS = {
    "offence": code_list(
        {
            "id": "offence",
            "title": "Offences",
            "source": "test",
            "group_title": "Kinds",
            "codes": {
                "8N": {"title": "Assault with injury", "group": "With injury"},
                "105A": {"title": "Assault without injury", "group": "Without injury"},
                "99": "Other",
            },
        },
        where="test",
    ),
    "band": code_list(
        {"id": "band", "title": "Bands", "source": "test", "codes": {"0-9": "a", "10-17": "b", "18+": "c", "U": "?"}},
        where="test",
    ),
}
RAW: dict[str, Any] = {
    "id": "police/test",
    "version": "1.0.0",
    "title": "Test",
    "description": "Test",
    "agency_kinds": ["chief_officer_police"],
    "data_class": "public",
    "health": False,
    "counting_basis": "crimes",
    "cadence": "monthly",
    "event_time": ["month"],
    "place": {"kind": "area"},
    "kind": "subgroup",
    "missingValues": [""],
    "fields": [
        {
            "name": "month",
            "title": "Month",
            "type": "yearmonth",
            "constraints": {"required": True},
            "role": "event-time",
        },
        {"name": "code", "title": "Code", "type": "string", "constraints": {"required": True}, "codes": "offence"},
        {"name": "age", "title": "Age", "type": "integer", "constraints": {"minimum": 0}, "sensitivity": "Q"},
    ],
    "derived": [
        {"name": "subgroup", "title": "Subgroup", "from": {"field": "code", "by": "group"}, "role": "kind"},
        {"name": "age_band", "title": "Age band", "from": {"field": "age", "by": "band", "codes": "band"}},
    ],
}


def made(**changes: Any) -> DatasetSchema:
    return dataset_schema(RAW | changes, LISTS, where="test")


def rows_of(*values: tuple[str, str], **more: str) -> bytes:
    return csv_of([{"month": "2024-05", "code": code, "age": age} | more for code, age in values])


def report_on(folder: Path, content: bytes, **options: Any) -> CheckReport:
    path = folder / "extract.csv"
    path.write_bytes(content)
    return check_file(path, made(), period="2024-05", **options)


def test_a_group_and_a_band_are_computed_from_the_row(tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(rows_of(("8N", "9"), ("105A", "10"), ("99", "17"), ("8N", "18"), ("8N", "120"), ("8N", "")))
    with DuckDbEngine().session(local=[path]) as session:
        checked = check(
            session, str(path), made(), period="2024-05", file_name="x", read_bytes=lambda: [path.read_bytes()]
        )
        kept = session.rows(f"SELECT subgroup, age_band FROM {checked.accepted} ORDER BY hub_row")
    assert kept == [
        ("With injury", "0-9"),
        ("Without injury", "10-17"),
        (None, "10-17"),
        ("With injury", "18+"),
        ("With injury", "18+"),
        ("With injury", "U"),
    ]


def test_a_derived_field_is_a_field_like_any_other_but_no_column() -> None:
    schema = made()
    assert schema.names == ("month", "code", "age", "subgroup", "age_band")
    assert schema.column_names == ("month", "code", "age")
    assert [code.code for code in schema.kinds] == ["With injury", "Without injury"]
    assert schema.field("subgroup").codes is not None
    assert not schema.field("subgroup").required  # 99 has no group
    assert schema.field("age_band").required  # a blank age is U
    assert schema.field("age_band").sensitivity == "Q"


def test_an_extract_may_send_it_and_a_difference_is_counted_and_does_not_win(tmp_path: Path) -> None:
    path = tmp_path / "sent.csv"
    rows = [
        {"month": "2024-05", "code": "8N", "age": age, "subgroup": group, "age_band": band}
        for age, group, band in (("9", "With injury", "0-9"), ("9", "Without injury", ""), ("9", "", "18+"))
    ]
    path.write_bytes(csv_of(rows))
    report = report_on(tmp_path, path.read_bytes())
    assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, 3)
    assert {(one.field, one.count, one.rows) for one in report.findings} == {
        ("subgroup", 1, (3,)),
        ("age_band", 1, (4,)),
    }
    assert set(codes(report)) == {"derived-differs"}
    with DuckDbEngine().session(local=[path]) as session:
        checked = check(
            session, str(path), made(), period="2024-05", file_name="x", read_bytes=lambda: [path.read_bytes()]
        )
        assert session.rows(f"SELECT DISTINCT subgroup, age_band FROM {checked.accepted}") == [("With injury", "0-9")]


def test_a_sent_derived_column_is_looked_through_for_identifiers(tmp_path: Path) -> None:
    report = report_on(tmp_path, rows_of(("8N", "9"), age_band="AB 12 34 56 C"))
    assert found(report, "possible-identifier").field == "age_band"


@pytest.mark.parametrize(
    ("derived", "says"),
    [
        ({"name": "x", "title": "X", "from": {"field": "nothing", "by": "group"}}, "column"),
        ({"name": "x", "title": "X", "from": {"field": "code", "by": "magic"}}, "group, band"),
        ({"name": "x", "title": "X", "from": {"field": "age", "by": "group"}}, "no groups"),
        ({"name": "x", "title": "X", "from": {"field": "code", "by": "band", "codes": "band"}}, "whole number"),
        ({"name": "x", "title": "X", "from": {"field": "age", "by": "band", "codes": "offence"}}, "no band"),
        ({"name": "x", "title": "X", "colour": "blue", "from": {"field": "code", "by": "group"}}, "colour"),
        ({"name": "age", "title": "X", "from": {"field": "code", "by": "group"}}, "one name"),
    ],
)
def test_a_slip_in_a_derived_field_is_named(derived: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        made(kind="", derived=[derived])


WIDE = {"columns": "[0-9]{6}", "month": "when", "value": "count"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": "code"}, "whole number"),
        ({"value": "age"}, "filled in every row"),
        ({"key": ["subgroup"]}, "subgroup"),
        ({"wide": WIDE}, "event_time"),
        ({"wide": WIDE, "value": "count", "event_time": ["when"]}, "series"),
        ({"wide": {"columns": "["}}, "regular expression"),
        ({"wide": WIDE | {"colour": "blue"}}, "colour"),
    ],
)
def test_a_slip_in_what_is_counted_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        made(**change)


def test_an_edition_that_is_no_wide_table_holds_earlier_months_and_no_later_ones(tmp_path: Path) -> None:
    schema = made(series=True)
    path = tmp_path / "edition.csv"
    path.write_bytes(
        csv_of([{"month": month, "code": "8N", "age": "9"} for month in ("2024-03", "2024-05", "2024-06")])
    )
    report = check_file(path, schema, period="2024-05", part_accept=True)
    assert found(report, "outside-period").rows == (4,)
    with DuckDbEngine().session(local=[path]) as session:
        checked = check(
            session,
            str(path),
            schema,
            period="2024-05",
            file_name="x",
            read_bytes=lambda: [path.read_bytes()],
            part_accept=True,
        )
        assert session.rows(f"SELECT hub_month FROM {checked.accepted} ORDER BY 1") == [("2024-03",), ("2024-05",)]

"""The SQL of each generalised form, over values as they are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.engine import DuckDbEngine, quoted
from hub.geography.model import PlaceSpec
from hub.kit.authority import Form
from hub.schemas.model import Code, CodeList, DatasetSchema, Field
from hub.snapshots.forms import ShownField, expression, shown_fields
from tests.support.schemas import schema_of

CODES = CodeList(
    id="c",
    title="Codes",
    source="test",
    codes=(
        Code(code="a", title="A", group="it's one"),
        Code(code="b", title="B", group="it's one"),
        Code(code="c", title="C"),
    ),
)


def a_schema(*fields: Field) -> DatasetSchema:
    return replace(
        schema_of("police/street-crime"), fields=fields, key=(), event_times=("when",), kind="", place=PlaceSpec("none")
    )


def generalised(field: Field, values: list[object], sql_type: str) -> list[object]:
    schema = a_schema(field)
    (one,) = shown_fields(schema, {field.name: Form.READ_GENERALISED})
    with DuckDbEngine().session() as session:
        session.run(f"CREATE TEMP TABLE kept (place INTEGER, {quoted(field.name)} {sql_type})")
        for place, value in enumerate(values):
            session.run("INSERT INTO kept VALUES (?, ?)", [place, value])
        return [value for (value,) in session.rows(f"SELECT {expression(one, schema)} FROM kept ORDER BY place")]


def a_field(name: str, kind: str, codes: CodeList | None = None) -> Field:
    return Field(name=name, type=kind, title=name, codes=codes)


def test_ages_fall_into_bands() -> None:
    ages = [0, 9, 10, 17, 18, 24, 34, 35, 49, 64, 65, 101, None, -1]
    expected = [
        "0-9",
        "0-9",
        "10-17",
        "10-17",
        "18-24",
        "18-24",
        "25-34",
        "35-49",
        "35-49",
        "50-64",
        "65+",
        "65+",
        None,
        None,
    ]
    assert generalised(a_field("Age of suspect", "integer"), ages, "BIGINT") == expected


def test_dates_and_moments_become_months() -> None:
    assert generalised(a_field("seen", "date"), ["2024-05-31", None], "DATE") == ["2024-05", None]
    assert generalised(a_field("seen", "datetime"), ["2024-05-31T23:59:59"], "TIMESTAMP") == ["2024-05"]
    assert generalised(a_field("seen", "yearmonth"), ["2024-05"], "VARCHAR") == ["2024-05"]


def test_postcodes_become_sectors() -> None:
    said = ["BR1 1AA", "br11aa", "SW1A 2AA", "E1", "W1A", "nonsense", None, "BR1 1A"]
    assert generalised(a_field("home_postcode", "string"), said, "VARCHAR") == [
        "BR1 1",
        "BR1 1",
        "SW1A 2",
        "E1",
        "W1A",
        None,
        None,
        None,
    ]


def test_codes_become_the_titles_of_their_groups() -> None:
    assert generalised(a_field("what", "string", CODES), ["a", "b", "c", None], "VARCHAR") == [
        "it's one",
        "it's one",
        None,
        None,
    ]


@pytest.mark.parametrize("form", list(Form)[:3])
def test_what_an_older_version_of_the_schema_cannot_show_so_is_blank(form: Form) -> None:
    schema = a_schema(replace(a_field("seen", "string", CODES), free_text=True))
    for name in ("seen", "gone"):
        sql = expression(ShownField(name=name, title="", type="string", form=form), schema)
        assert "NULL" in sql
        assert name not in sql

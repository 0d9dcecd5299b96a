"""Codes come and go: a code is good in the months it is valid in."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kit.paths import data_root
from hub.kit.spoken import spoken_month
from hub.schemas import CheckReport, Code, CodeList, DatasetSchema, Outcome, check_file
from hub.schemas.load import code_list, code_lists, dataset_schema, read_yaml
from tests.support.schemas import csv_of, found, rows_of


def a_schema_with_dated_codes() -> DatasetSchema:
    folder = data_root("schemas")
    dated = code_list(
        {
            "id": "crime-type",
            "title": "Crime types",
            "source": "a test",
            "codes": {
                "Robbery": {"title": "Robbery", "valid_to": "2023-12"},
                "Theft": {"title": "Theft", "valid_from": "2024-01"},
            },
        },
        where="test",
    )
    lists = code_lists(folder / "codes") | {"crime-type": dated}
    return dataset_schema(read_yaml(folder / "police/street-crime/1.0.0.yaml"), lists, where="test")


def report_for(folder: Path, period: str, code: str) -> CheckReport:
    path = folder / "extract.csv"
    rows = rows_of("police/street-crime")
    for row in rows:
        row |= {"Month": period, "Crime type": code}
    path.write_bytes(csv_of(rows))
    return check_file(path, a_schema_with_dated_codes(), period=period)


@pytest.mark.parametrize(
    ("period", "code", "good"),
    [
        ("2023-12", "Robbery", True),
        ("2024-01", "Robbery", False),
        ("2023-12", "Theft", False),
        ("2024-01", "Theft", True),
    ],
)
def test_a_code_is_good_only_in_its_months(tmp_path: Path, period: str, code: str, good: bool) -> None:
    report = report_for(tmp_path, period, code)
    assert (report.outcome is Outcome.ACCEPTED) == good
    if not good:
        assert (
            found(report, "code-of-another-month").count,
            spoken_month(period) in found(report, "code-of-another-month").message,
        ) == (
            3,
            True,
        )


def test_a_code_has_its_title_and_an_unknown_one_its_own_name() -> None:
    listed = CodeList(id="x", title="X", source="a test", codes=(Code(code="A", title="Ay"),))
    assert (listed.title_of("A"), listed.title_of("B")) == ("Ay", "B")


def test_a_list_without_codes_is_invalid() -> None:
    with pytest.raises(Exception, match="codes"):
        code_list({"id": "x", "title": "X", "source": "y", "codes": {1: "one"}}, where="test")

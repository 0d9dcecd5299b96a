"""Columns and codes read as a person has confirmed: applied, counted, told, and never a way round the floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kit.errors import Invalid
from hub.schemas import ImportProfile, Outcome
from tests.support.schemas import checked, codes, csv_of, found, rows_of
from tests.support.workbooks import table_of, xlsx_of

CRIME = "police/street-crime"
RECORDED = "police/recorded-crime"
ISTV = "health/istv-assaults"
CASELOAD = "probation/caseload"
FIRE = "fire/incidents"


def renamed(rows: list[dict[str, str]], names: dict[str, str]) -> bytes:
    """The rows as a file whose columns are called otherwise."""
    return csv_of([{names.get(name, name): value for name, value in row.items()} for row in rows])


def test_a_confirmed_name_of_a_column_is_read_as_the_agreed_one_and_told(tmp_path: Path) -> None:
    content = renamed(rows_of(CRIME), {"Month": "Crime month"})
    assert codes(checked(tmp_path, CRIME, content)) == ["missing-column"]
    report = checked(tmp_path, CRIME, content, profile=ImportProfile(columns={"Crime month": "Month"}))
    assert (report.outcome, codes(report)) == (Outcome.ACCEPTED_WITH_WARNINGS, ["column-renamed"])
    told = found(report, "column-renamed")
    assert (told.field, told.cells) == ("Month", ("B1",))
    assert "Crime month" in told.message
    assert "confirmed" in told.message


def test_a_column_left_out_is_told_and_an_agreed_column_left_out_is_missing(tmp_path: Path) -> None:
    rows = [row | {"Notes": "nothing"} for row in rows_of(CRIME)]
    report = checked(tmp_path, CRIME, csv_of(rows), profile=ImportProfile(columns={"Notes": ""}))
    assert codes(report) == ["extra-column"]
    assert "confirmed" in found(report, "extra-column").message
    gone = checked(tmp_path, CRIME, csv_of(rows), profile=ImportProfile(columns={"Month": ""}))
    assert (gone.outcome, found(gone, "missing-column").field) == (Outcome.RETURNED, "Month")


def test_another_column_can_take_the_place_of_one_that_is_left_out(tmp_path: Path) -> None:
    rows = [row | {"Month": "wrong", "Real month": row["Month"]} for row in rows_of(CRIME)]
    profile = ImportProfile(columns={"Month": "", "Real month": "Month"})
    report = checked(tmp_path, CRIME, csv_of(rows), profile=profile)
    assert report.outcome is Outcome.ACCEPTED_WITH_WARNINGS
    assert sorted(codes(report)) == ["column-renamed", "extra-column"]


def test_two_columns_whose_names_are_swapped_can_be_swapped_back(tmp_path: Path) -> None:
    swap = {"Latitude": "Longitude", "Longitude": "Latitude"}
    content = renamed(rows_of(CRIME), swap)
    report = checked(tmp_path, CRIME, content, profile=ImportProfile(columns=swap))
    assert (report.accepted_rows, codes(report)) == (3, ["column-renamed", "column-renamed"])


def test_two_confirmed_names_of_one_field_in_one_file_are_one_column_twice(tmp_path: Path) -> None:
    rows = [row | {"Crime month": row["Month"]} for row in rows_of(CRIME)]
    both = ImportProfile(columns={"Crime month": "Month", "Mnth": "Month"})
    content = csv_of(rows).replace(b",Month,", b",Mnth,", 1)
    report = checked(tmp_path, CRIME, content, profile=both)
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["repeated-column"])


@pytest.mark.parametrize("name", ["Crime month", "Mnth"])
def test_either_of_two_confirmed_names_of_one_field_is_read_and_told(tmp_path: Path, name: str) -> None:
    both = ImportProfile(columns={"Crime month": "Month", "Mnth": "Month"}, remembered="kept")
    report = checked(tmp_path, CRIME, renamed(rows_of(CRIME), {"Month": name}), profile=both)
    assert (report.accepted_rows, codes(report)) == (3, ["column-renamed"])
    assert name in found(report, "column-renamed").message


def test_a_field_that_a_file_has_by_its_own_name_is_read_from_there_and_the_other_name_is_told(tmp_path: Path) -> None:
    rows = [row | {"Crime month": "2019-01"} for row in rows_of(CRIME)]
    report = checked(tmp_path, CRIME, csv_of(rows), profile=ImportProfile(columns={"Crime month": "Month"}))
    assert (report.accepted_rows, codes(report)) == (3, ["choice-not-used", "extra-column"])
    assert "another name of Month" in found(report, "choice-not-used").message


def test_a_refused_column_stays_refused_whatever_it_is_said_to_be(tmp_path: Path) -> None:
    content = renamed(rows_of(ISTV), {"assault_location_description": "NHS Number"})
    for field in ("assault_location_description", ""):
        report = checked(tmp_path, ISTV, content, profile=ImportProfile(columns={"NHS Number": field}))
        assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["refused-field"])


@pytest.mark.parametrize(
    "profile",
    [
        ImportProfile(columns={"x": "nhs_number"}),
        ImportProfile(columns={"9434765919": "assault_method"}),
        ImportProfile(columns={"": "assault_method"}),
        ImportProfile(columns={"x" * 101: "assault_method"}),
        ImportProfile(columns={"a\nb": "assault_method"}),
        ImportProfile(columns={str(number): "" for number in range(501)}),
        ImportProfile(codes={"assault_method_other": {"Knife": "A05"}}),
        ImportProfile(codes={"assault_method": {"Knife": "A77"}}),
        ImportProfile(codes={"nhs_number": {"Knife": "A05"}}),
        ImportProfile(codes={"assault_method": {"943 476 5919": "A05"}}),
        ImportProfile(codes={"assault_method": {"jo@example.org": "A05"}}),
        ImportProfile(codes={"assault_method": {f"t{number:03}": "A05" for number in range(501)}}),
    ],
)
def test_a_profile_that_asks_for_what_the_schema_has_not_is_invalid(tmp_path: Path, profile: ImportProfile) -> None:
    with pytest.raises(Invalid) as raised:
        checked(tmp_path, ISTV, csv_of(rows_of(ISTV)), profile=profile)
    assert raised.value.code == "bad-profile"
    assert "9434765919" not in str(raised.value)


def test_texts_are_read_as_codes_and_counted_exactly(tmp_path: Path) -> None:
    rows = rows_of(RECORDED, 30)
    for number, row in enumerate(rows):
        row["knife_flag"] = ("Yes", "No", "Y")[number % 3]
    content = csv_of(rows)
    assert found(checked(tmp_path, RECORDED, content), "not-in-code-list").count == 20
    profile = ImportProfile(codes={"knife_flag": {"Yes": "Y", "No": "N", "Y": "Y"}})
    report = checked(tmp_path, RECORDED, content, profile=profile)
    told = found(report, "codes-mapped")
    assert (told.count, told.field, told.rows[:3]) == (20, "knife_flag", (2, 3, 5))
    assert report.accepted_rows == 30
    assert "Yes" not in told.message


def test_codes_can_change_places_and_each_text_is_read_once(tmp_path: Path) -> None:
    rows = rows_of(CASELOAD, 4)
    for row, sex in zip(rows, "MFMF", strict=True):
        row["sex"] = sex
    profile = ImportProfile(codes={"sex": {"M": "F", "F": "M"}})
    report = checked(tmp_path, CASELOAD, csv_of(rows), profile=profile)
    assert found(report, "codes-mapped").count == 4


def test_each_of_several_codes_in_a_cell_is_read(tmp_path: Path) -> None:
    rows = rows_of(CASELOAD, 3, criminogenic_needs="Drug misuse; ETE;alcohol")
    assert found(checked(tmp_path, CASELOAD, csv_of(rows)), "not-in-code-list").count == 1
    profile = ImportProfile(codes={"criminogenic_needs": {"Drug misuse": "drugs", "ETE": "ete"}})
    report = checked(tmp_path, CASELOAD, csv_of(rows), profile=profile)
    assert found(report, "codes-mapped").count == 1
    assert "not-in-code-list" not in codes(report)


def test_a_text_is_compared_as_the_check_compares_it(tmp_path: Path) -> None:
    rows = rows_of(FIRE, 3, IncidentGroup=" fire ")
    report = checked(tmp_path, FIRE, csv_of(rows), profile=ImportProfile(codes={"IncidentGroup": {"fire": "Fire"}}))
    assert sorted(codes(report)) == ["blanks-trimmed", "codes-mapped"]


def test_a_code_that_is_not_valid_in_the_month_is_still_found(tmp_path: Path) -> None:
    rows = rows_of("council/children-in-need", 3, Sex="boy")
    profile = ImportProfile(codes={"Sex": {"boy": "1"}})
    report = checked(tmp_path, "council/children-in-need", csv_of(rows), profile=profile)
    assert found(report, "code-of-another-month").field == "Sex"


def test_hostile_names_and_texts_are_only_text(tmp_path: Path) -> None:
    name, text = """'"; DROP TABLE x --""", """'); SELECT "x" --"""
    rows = rows_of(RECORDED, 3, knife_flag=text)
    profile = ImportProfile(columns={name: "knife_flag"}, codes={"knife_flag": {text: "Y"}})
    report = checked(tmp_path, RECORDED, renamed(rows, {"knife_flag": name}), profile=profile)
    assert found(report, "codes-mapped").count == 1
    assert report.accepted_rows == 3


def test_the_columns_of_a_workbook_are_read_as_confirmed(tmp_path: Path) -> None:
    rows = [
        {("Crime month" if name == "Month" else name): value for name, value in row.items()} for row in rows_of(CRIME)
    ]
    content = xlsx_of(table_of(rows))
    report = checked(tmp_path, CRIME, content, profile=ImportProfile(columns={"Crime month": "Month"}))
    assert "column-renamed" in codes(report)
    assert report.accepted_rows == 3

"""Tables with one column a month: which months, in which order, and what they become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import CheckReport, Outcome, check, read_as, values_at
from tests.support.geography import bromley
from tests.support.schemas import checked, codes, csv_of, found, schema_of
from tests.support.schemas_samples import samples

WARDS = "police/ward-counts"
SAMPLE = samples()[WARDS]


def report_on(folder: Path, months: list[str], **options: Any) -> CheckReport:
    """The report on a table of these month columns, every count 8."""
    rows = [
        {name: row[name] for name in schema_of(WARDS).column_names} | dict.fromkeys(months, "8")
        for row in SAMPLE.rows(20)
    ]
    return checked(folder, WARDS, csv_of(rows, list(rows[0])), **options)


def test_the_months_are_named_by_what_is_wrong_with_them(tmp_path: Path) -> None:
    none = found(report_on(tmp_path, []), "month-columns")
    assert "no month column" in none.message
    unreal = found(report_on(tmp_path, ["202404", "202413"]), "month-columns")
    assert (unreal.field, unreal.cells) == ("202413", ("G1",))
    order = found(report_on(tmp_path, ["202405", "202404"]), "month-columns")
    assert "not in order" in order.message
    gap = found(report_on(tmp_path, ["202312", "202403", "202405"]), "month-columns")
    assert "202401, 202402" in gap.message
    assert gap.field == "202403"


def test_a_month_that_stands_twice_is_a_repeated_column(tmp_path: Path) -> None:
    content = csv_of(SAMPLE.rows(2)).replace(b"202312,", b"202311,", 1)
    report = checked(tmp_path, WARDS, content)
    assert (found(report, "repeated-column").field, report.outcome) == ("202311", Outcome.RETURNED)


def test_a_table_without_a_fault_in_its_months_is_accepted(tmp_path: Path) -> None:
    assert report_on(tmp_path, ["202312", "202401", "202402"], period="2024-02").findings == ()


@pytest.mark.parametrize("dataset", [WARDS, "police/lsoa-counts"])
def test_the_columns_before_the_months_are_proposed_and_read_by_other_names_and_the_months_stay(
    tmp_path: Path, dataset: str
) -> None:
    rows, schema = samples()[dataset].rows(20), schema_of(dataset)
    ours = {name: f"Our {name}" for name in schema.column_names}
    content = csv_of([{ours.get(name, name): value for name, value in row.items()} for row in rows])
    with DuckDbEngine().session() as session:
        shown = read_as(session, session.hold(content), schema, read_bytes=lambda: [content])
    proposed = shown.proposed
    assert proposed.columns == {other: name for name, other in ours.items()}
    assert {one.how for one in shown.columns if one.name not in proposed.columns} == {"month"}
    report = checked(tmp_path, dataset, content, profile=proposed)
    assert (report.outcome, set(codes(report))) == (Outcome.ACCEPTED_WITH_WARNINGS, {"column-renamed"})
    assert report.accepted_rows == checked(tmp_path, dataset, csv_of(rows)).accepted_rows == 20


def test_an_edition_is_sent_for_its_last_month(tmp_path: Path) -> None:
    report = report_on(tmp_path, ["202402", "202403", "202404"], period="2024-05")
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["other-edition"])
    assert "April 2024" in found(report, "other-edition").message
    assert report_on(tmp_path, ["202402", "202403", "202404"], period="").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("month", "count", "is_cut"), [("202311", "1", True), ("202405", "1", True), ("202311", "2", False)]
)
def test_a_first_or_last_month_of_less_than_a_quarter_of_the_usual_is_truncated(
    tmp_path: Path, month: str, count: str, is_cut: bool
) -> None:
    rows = SAMPLE.rows(20)  # 160 in a usual month: 20 are less than a quarter, 40 are just a quarter
    for row in rows:
        row[month] = count
    report = checked(tmp_path, WARDS, csv_of(rows))
    assert codes(report) == (["truncated-period"] if is_cut else [])
    assert report.accepted_rows == 20


def test_a_quiet_month_in_the_middle_or_in_a_small_table_is_no_truncated_one(tmp_path: Path) -> None:
    rows = SAMPLE.rows(20)
    for row in rows:
        row["202402"] = "0"
    assert codes(checked(tmp_path, WARDS, csv_of(rows))) == []
    few = SAMPLE.rows(4)  # 32 in a usual month
    for row in few:
        row["202311"] = "0"
    assert codes(checked(tmp_path, WARDS, csv_of(few))) == []


def test_each_row_becomes_one_row_a_month_and_keeps_its_number(tmp_path: Path) -> None:
    rows = SAMPLE.rows(20)
    for number, row in enumerate(rows):
        row |= {"202311": "0", "202405": str(100 + number)}
    path = tmp_path / "wide.csv"
    path.write_bytes(csv_of(rows))
    with DuckDbEngine().session(local=[path]) as session:
        made = check(
            session,
            str(path),
            schema_of(WARDS),
            period="2024-05",
            file_name=path.name,
            read_bytes=lambda: [path.read_bytes()],
        )
        columns = "hub_row, hub_month, month, count"
        kept = session.rows(f"SELECT {columns} FROM {made.accepted} ORDER BY ALL")
    assert [row for row in kept if row[0] == 3] == [
        (3, month, month, 101 if month == "2024-05" else 8)
        for month in ("2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05")
    ]
    assert len(kept) == 20 * 6


def test_a_ward_code_of_another_vintage_is_named_with_its_vintage(tmp_path: Path) -> None:
    rows = SAMPLE.rows(22)
    for row, code in zip(rows[:3], ("E05000106", "E05011217", "E05999999"), strict=True):
        row["WardCode"] = code
    report = checked(tmp_path, WARDS, csv_of(rows), area=bromley())
    (old,) = [one for one in report.findings if one.code == "other-vintage"]
    assert (old.count, old.rows, report.outcome) == (1, (2,), Outcome.RETURNED)
    assert "2013" in old.message
    assert "2022" in old.message
    part = checked(tmp_path, WARDS, csv_of(rows), area=bromley(), part_accept=True)
    assert (part.accepted_rows, found(part, "outside-area").rows) == (21, (3, 4))


def test_rows_of_a_wide_table_that_lie_outside_are_counted_once_each(tmp_path: Path) -> None:
    rows = SAMPLE.rows(22)
    rows[4]["WardCode"] = "E05009317"  # Tower Hamlets, and still so today
    report = checked(tmp_path, WARDS, csv_of(rows), area=bromley())
    assert (report.outcome, found(report, "outside-area").count) == (Outcome.ACCEPTED_WITH_WARNINGS, 1)


def test_a_repeated_key_is_said_to_be_added_up(tmp_path: Path) -> None:
    rows = SAMPLE.rows(2)
    rows[1] = dict(rows[0]) | {"202405": "9"}
    again = found(checked(tmp_path, WARDS, csv_of(rows)), "repeated-key")
    assert "added up" in again.message
    assert again.count == 1


def test_the_value_of_a_month_is_read_back_for_the_agency_to_mend(tmp_path: Path) -> None:
    rows = SAMPLE.rows(3)
    rows[1]["202403"] = "1,024"
    path = tmp_path / "wide.csv"
    path.write_bytes(csv_of(rows))
    with DuckDbEngine().session(local=[path]) as session:
        said = values_at(
            session,
            str(path),
            schema_of(WARDS),
            read_bytes=lambda: [path.read_bytes()],
            field="202403",
            rows=[2, 3],
        )
    assert said == {2: "8", 3: "1,024"}
    report = checked(tmp_path, WARDS, csv_of(rows))
    assert found(report, "bad-type").cells == ("J3",)

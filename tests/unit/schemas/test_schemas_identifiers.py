"""Identifiers where none may be: an error elsewhere, a refusal in health; in every column, and in files that cannot be read."""

from __future__ import annotations

import time
from pathlib import Path

import nhs_number
import pytest

from hub.schemas import Outcome, identifiers_in_bytes
from tests.support.schemas import checked, codes, csv_of, found, rows_of, schema_of
from tests.support.workbooks import table_of, xlsx_of

ISTV = "health/istv-assaults"
CALLS = "ambulance/violence-callouts"
CRIME = "police/street-crime"
NHS = "9434765919"


@pytest.mark.parametrize(
    "text",
    [
        NHS,
        "943 476 5919",
        "943-476-5919",
        "943\u00a0476\u00a05919",
        f"patient {NHS} by the door",
        f"NHS{NHS}",
        f"40 to {NHS}",
        f"1234567890 {NHS}",
        "AB 12 34 56 C",
        "jb123456a",
        "mail jo.bloggs@example.org.uk",
        "ring 020 8123 4567",
        "07700 900123",
        "+44 7700 900123",
        "0044 7700 900123",
        "at BR1 3UH",
        "br13uh",
        "flat 2, SE1 9SG",
        "AB 12 34 56, given at the desk",
        "outside the home of Mrs Ann Other",
        "MR JOHN SMITH let them in",
        "patient name: Ann Other",
        "Surname Other",
        "DOB 13/05/1984",
        "a man born on 1984-05-13",
    ],
)
def test_an_identifier_in_free_text_refuses_a_health_file(tmp_path: Path, text: str) -> None:
    report = checked(tmp_path, ISTV, csv_of(rows_of(ISTV, assault_location_description=text)), part_accept=True)
    assert (report.outcome, codes(report), report.accepted_rows) == (Outcome.REFUSED, ["possible-identifier"], 0)
    assert found(report, "possible-identifier").cells == ("I2",)
    assert text not in str(report.as_json())


@pytest.mark.parametrize(
    "text",
    [
        "9434765918",  # the check digit is wrong
        "outside 12 High Street, by the 208 bus stop",
        "SE1 3rd floor",
        "A21 by junction 4",
        "13/05/2024 about 01:30",
        "GB123456A",  # no such National Insurance prefix
        "the @ sign club",
        "room 101, 100 200 300",
        "QQ1 1AA",  # no such postcode area
        "AT 12 34 56 they came",
        "by Mr Fogg's Tavern",
        "Mrs Delansey School",
        "street name High Street",
        "the Born Free statue, 12 steps",
    ],
)
def test_ordinary_words_and_numbers_are_no_identifiers(tmp_path: Path, text: str) -> None:
    report = checked(tmp_path, ISTV, csv_of(rows_of(ISTV, assault_location_description=text)))
    assert (report.accepted_rows, "possible-identifier" in codes(report)) == (3, False)


@pytest.mark.parametrize("dataset", [ISTV, CALLS])
def test_an_nhs_number_in_any_column_refuses_a_health_file(tmp_path: Path, dataset: str) -> None:
    for field in schema_of(dataset).names:
        report = checked(tmp_path, dataset, csv_of(rows_of(dataset, **{field: NHS})))
        assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["possible-identifier"]), field


def test_a_column_of_nhs_numbers_under_another_name_refuses_a_health_file(tmp_path: Path) -> None:
    numbers = nhs_number.generate(quantity=5)
    rows = [{**row, "case": number} for row, number in zip(rows_of(ISTV, 5), numbers, strict=True)]
    report = checked(tmp_path, ISTV, csv_of(rows))
    assert report.outcome is Outcome.REFUSED
    assert (found(report, "possible-identifier").count, found(report, "possible-identifier").field) == (5, "column J")


def test_elsewhere_an_identifier_is_an_error_of_its_row(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME, 4, Location=f"On or near {NHS}"))
    assert checked(tmp_path, CRIME, content).outcome is Outcome.RETURNED
    part = checked(tmp_path, CRIME, content, part_accept=True)
    assert (part.outcome, part.accepted_rows, part.quarantined_rows) == (Outcome.PART_ACCEPTED, 3, 1)
    assert found(part, "possible-identifier").rows == (2,)


def test_a_health_file_that_cannot_be_read_as_columns_is_looked_through_all_the_same(tmp_path: Path) -> None:
    good = csv_of(rows_of(ISTV, 4, assault_location_description=f"by {NHS}"))
    broken = {
        "wrong layout": good.replace(b"assault_method,", b"how,", 1),
        "wrong encoding": good.replace(b"kebab", b"caf\xe9", 1),
        "utf-16": good.decode().encode("utf-16"),
        "unclosed quote": good.replace(b"by ", b'"by ', 1),
        "no header": good.split(b"\r\n", 1)[1],
        "ragged": good.replace(f"by {NHS}".encode(), f"by {NHS},more".encode(), 1),
        "cut off": good + b"2024-05-01,2024",
    }
    for what, content in broken.items():
        report = checked(tmp_path, ISTV, content, part_accept=True)
        assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["possible-identifier"]), what


def test_a_broken_health_file_without_identifiers_is_returned(tmp_path: Path) -> None:
    good = csv_of(rows_of(ISTV, 4))
    assert checked(tmp_path, ISTV, good.replace(b"kebab", b"caf\xe9")).outcome is Outcome.RETURNED
    assert checked(tmp_path, ISTV, csv_of(rows_of(CRIME))).outcome is Outcome.RETURNED


def test_many_distinct_candidates_all_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.schemas.identifiers.CONFIRMED_AT_MOST", 3)
    numbers = nhs_number.generate(quantity=9)
    rows = rows_of(CRIME, 9)
    for row, number in zip(rows, numbers, strict=True):
        row["Location"] = f"On or near {number}"
    assert found(checked(tmp_path, CRIME, csv_of(rows)), "possible-identifier").count == 9


def test_a_whole_postcode_where_the_first_half_was_agreed_refuses_a_health_file(tmp_path: Path) -> None:
    admissions = "health/admissions"
    whole = checked(tmp_path, admissions, csv_of(rows_of(admissions, outward_postcode="BR1 3UH")), part_accept=True)
    assert (whole.outcome, codes(whole)) == (Outcome.REFUSED, ["possible-identifier"])
    assert found(whole, "possible-identifier").field == "outward_postcode"
    halves = rows_of(admissions)
    for row, half in zip(halves, ("BR1", "SE20", "W1A"), strict=True):
        row["outward_postcode"] = half
    assert checked(tmp_path, admissions, csv_of(halves)).findings == ()


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("at the flat of Mrs Other", "a title and a name"),
        ("a 17 year old boy by the gate", "how old somebody is"),
        ("hit 17yo with a stick", "how old somebody is"),
        ("in his garden", "words such as he or her"),
        ("by the gate\nthen by the wall", "several lines"),
        ("x" * 121, "more than 120 characters"),
    ],
)
def test_a_free_text_that_tells_of_a_person_is_told_and_accepted(tmp_path: Path, text: str, risk: str) -> None:
    rows = rows_of(ISTV, 3)
    rows[1]["assault_location_description"] = text
    report = checked(tmp_path, ISTV, csv_of(rows))
    assert (report.outcome, codes(report)) == (Outcome.ACCEPTED_WITH_WARNINGS, ["free-text-risk"])
    assert (found(report, "free-text-risk").count, found(report, "free-text-risk").cells) == (1, ("I3",))
    assert risk in found(report, "free-text-risk").message
    assert text not in str(report.as_json())


@pytest.mark.parametrize("text", ["His Majesty's Theatre", "x" * 120, "Theresa Road", "Sheffield Place", "old yard 12"])
def test_place_names_are_no_risk(tmp_path: Path, text: str) -> None:
    assert codes(checked(tmp_path, ISTV, csv_of(rows_of(ISTV, assault_location_description=text)))) == []


def test_a_file_with_both_tells_both_and_only_the_identifier_keeps_its_row_out(tmp_path: Path) -> None:
    rows = rows_of(CRIME, 4)
    rows[0]["Location"] = f"by her flat, {NHS}"
    rows[1]["Location"] = "by her flat"
    report = checked(tmp_path, CRIME, csv_of(rows), part_accept=True)
    assert (found(report, "possible-identifier").rows, found(report, "free-text-risk").rows) == ((2,), (2, 3))
    assert report.accepted_rows == 3


def test_a_column_nobody_agreed_is_searched_for_identifiers_and_not_for_risks(tmp_path: Path) -> None:
    rows = [{**row, "remarks": "he is 17 years old, " + "x" * 130} for row in rows_of(CRIME, 2)]
    assert codes(checked(tmp_path, CRIME, csv_of(rows))) == ["extra-column"]


def test_a_run_of_a_million_signs_without_an_at_sign_is_looked_through_in_an_instant() -> None:
    began = time.process_time()
    assert not identifiers_in_bytes(lambda: [b"a" * 1_000_000])
    assert time.process_time() - began < 2


@pytest.mark.parametrize("gap", ["\u00a0", "\u2011", "\u2013", "\u202f"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_numbers_in_bytes_are_found_whatever_sign_stands_between_their_groups(gap: str, encoding: str) -> None:
    content = gap.join(("row,943", "476", "5919,end\n")).encode(encoding)
    for size in (1, 7, len(content)):
        pieces = [content[place : place + size] for place in range(0, len(content), size)]
        if size > 1:  # the first bytes tell UTF-16
            assert identifiers_in_bytes(lambda pieces=pieces: pieces) == {"nhs-number": 1}


def test_bytes_of_no_utf8_are_looked_through_sign_by_sign() -> None:
    assert identifiers_in_bytes(lambda: ["café,943\u00a0476\u00a05919,\n".encode("windows-1252")]) == {"nhs-number": 1}


@pytest.mark.parametrize(
    "above", [[["Patient list"], [f"for NHS {NHS}"], []], [["made by", "", "jo.bloggs@example.org.uk"]]]
)
def test_an_identifier_above_the_table_of_a_health_workbook_refuses_it(tmp_path: Path, above: list[list[str]]) -> None:
    table = table_of(rows_of(ISTV, 3))
    report = checked(tmp_path, ISTV, xlsx_of([*above, *table]))
    assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["possible-identifier"])
    quiet = [["Assaults of October", "", "by the hospital"], [], *table]
    assert checked(tmp_path, ISTV, xlsx_of(quiet)).outcome is Outcome.ACCEPTED_WITH_WARNINGS

"""A workbook through every door: API, form, page of the report; the same rows, the same question, the same choice."""

from __future__ import annotations

import csv
import io
import time

from tests.support.hubs import API, EACH_MONTH, UPLOADER, an_extract
from tests.support.pages import words_of
from tests.support.partnerships import House
from tests.support.workbooks import ods_of, xlsx_of

PERIOD = "2024-01"
TABLE = list(csv.reader(io.StringIO(an_extract(PERIOD).decode(), newline="")))
TWO = xlsx_of(("January", TABLE), ("February", TABLE[:5]))


def settled(house: House, path: str) -> str:
    """The page of a submission once its check has ended."""
    for _ in range(200):
        page = house.visitor(UPLOADER).get(path).text
        if "Being checked" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("the check did not end")


def test_csv_xlsx_and_ods_are_accepted_alike_through_api_and_form(bare: House) -> None:
    for name, content in (("a.csv", an_extract(PERIOD)), ("a.xlsx", xlsx_of(TABLE)), ("a.ods", ods_of(TABLE))):
        said = bare.api(UPLOADER).send(API, PERIOD, content, name=name).json()
        assert (said["state"], said["accepted_rows"]) == ("accepted", EACH_MONTH), said
        assert said["report"]["encoding"] == {"a.csv": "utf-8"}.get(name, name[2:])
    sent = bare.visitor(UPLOADER).send(API, "2024-02", "feb.xlsx", xlsx_of(TABLE))
    assert sent.status_code == 303, sent.text
    assert "outside-period" in words_of(settled(bare, sent.headers["location"]))


def test_two_sheets_are_asked_about_and_chosen_through_api_and_form(bare: House) -> None:
    asked = bare.api(UPLOADER).send(API, PERIOD, TWO, name="two.xlsx").json()
    assert (asked["state"], [one["code"] for one in asked["report"]["findings"]]) == ("returned", ["two-sheets"])
    words = words_of(settled(bare, f"/submissions/{asked['id']}"))
    assert "“January”, “February”" in words
    chosen = bare.api(UPLOADER).send(API, PERIOD, TWO, name="two.xlsx", sheet="February").json()
    assert (chosen["state"], chosen["accepted_rows"]) == ("accepted", 4)
    sent = bare.visitor(UPLOADER).send(API, PERIOD, "two.xlsx", TWO, sheet="January")
    assert "“January” was read" in words_of(settled(bare, sent.headers["location"]))
    newest = bare.api(UPLOADER).ok("/submissions")["submissions"][0]
    assert (newest["state"], newest["accepted_rows"]) == ("accepted", EACH_MONTH)


def test_the_form_asks_for_the_file_alone_and_the_sheet_is_chosen_when_the_report_asks_without_sending_again(
    bare: House,
) -> None:
    visitor = bare.visitor(UPLOADER)
    assert 'name="sheet"' not in visitor.get(f"/submit/{API}/{PERIOD}").text
    address = visitor.send(API, PERIOD, "two.xlsx", TWO).headers["location"]
    report = settled(bare, address)
    assert "Which sheet?" in words_of(report)
    assert f'href="{address}/reading"' in report
    asked = visitor.get(f"{address}/reading").text
    assert 'name="sheet"' in asked
    assert "January" in visitor.get(f"{address}/reading?sheet=January").text
    visitor.post(f"{address}/reading", sheet="January")
    assert "“January” was read" in words_of(settled(bare, address))

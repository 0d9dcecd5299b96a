"""Hostile values, headings, areas and agencies in what is taken out of the hub: tables, rows, documents, calendars, letters.

The values are as they were in JSON and in workbooks; in CSV a formula has an apostrophe before it; nothing acts anywhere.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import pytest

from hub.kit.delimited import inert
from hub.kit.words import say
from tests.support.hostile import inert_csv, inert_workbook, is_harmless, shape_of
from tests.support.hostile_house import AGENCY, BOROUGH, COPIES, VALUES, WARDS, a_hostile_house
from tests.support.hubs import ANALYST, POLICE, STREET, UPLOADER
from tests.support.partnerships import House
from tests.support.snapshots import PURPOSE

PROPERTIES = frozenset(
    (
        *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "UID", "DTSTAMP", "DTSTART"),
        *("DTEND", "SUMMARY", "DESCRIPTION", "URL", "CATEGORIES", "TRANSP"),
    )
)
HEADERS = frozenset(
    [
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Unsent",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    ]
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_hostile_house(tmp_path_factory) as served:
        yield served


def words(page: httpx2.Response) -> str:
    """The words of a page, which is harmless."""
    assert page.status_code == 200, page.text
    is_harmless(page)
    return "".join(shape_of(page.text).texts)


# ---- tables ----------------------------------------------------------------------------------------------------------------

WANTED = [
    ("violence-by-place", "ward,quarter", WARDS),
    pytest.param("violence-by-place", "borough,month", (BOROUGH,), marks=pytest.mark.slow),
    pytest.param("violence-by-place", "ward,quarter,kind", WARDS, marks=pytest.mark.slow),
    pytest.param("streets", "borough,month", (BOROUGH,), marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("view", "by", "names"), WANTED)
def test_names_of_areas_and_agencies_are_texts_in_every_form_of_a_table(
    house: House, view: str, by: str, names: tuple[str, ...]
) -> None:
    api, path = house.api(ANALYST), f"/views/{view}/table"
    document = api.ok(path, by=by)
    shown = [row["area_name"] for row in document["rows"]]
    assert set(shown) == set(names)
    header, *rows = inert_csv(api.get(path, by=by, format="csv").content)
    place = header.index("area_name")
    assert [row[place] for row in rows] == [inert(name) for name in shown]
    sheets = inert_workbook(api.get(path, by=by, format="xlsx").content)
    table, about = sheets.values()
    assert [row[table[0].index("area_name")] for row in table[1:]] == shown
    assert any(AGENCY in str(cell) for row in about for cell in row)
    visitor = house.visitor(ANALYST)
    page = words(visitor.http.get(f"/views/{view}", params={"by": by}))
    assert all(name in page for name in names)
    assert say("web.files.guarded") in page
    for form in ("csv", "xlsx"):
        taken = visitor.http.get(f"/views/{view}/table.{form}", params={"by": by})
        assert taken.content == api.get(path, by=by, format=form).content
        assert taken.headers["content-disposition"].startswith(f'attachment; filename="{view}-')


def test_a_document_of_hostile_names_runs_nothing(house: House) -> None:
    visitor = house.visitor(ANALYST)
    assert visitor.post("/assessments").headers["location"] == "/assessments?done=built"
    (built,) = house.api(ANALYST).ok("/assessments")["assessments"]
    document = visitor.get(f"/assessments/{built['id']}/document.html")
    assert document.headers["content-security-policy"] == "sandbox"
    elements = shape_of(document.text).elements
    assert not [
        tag
        for tag, names in elements
        if tag in ("script", "img", "iframe") or any(one.startswith("on") for one in names)
    ]
    assert AGENCY in "".join(shape_of(document.text).texts)
    assert AGENCY in words(visitor.get(f"/assessments/{built['id']}"))


# ---- rows ------------------------------------------------------------------------------------------------------------------


def test_values_read_as_they_are_come_back_byte_for_byte_and_inert(house: House) -> None:
    path, asked = f"/datasets/{STREET}/rows", {"purpose": PURPOSE, "justification": "to see =1+1"}
    api, visitor = house.api(ANALYST), house.visitor(ANALYST)
    answer = api.ok(path, limit="1000", **asked)
    read = [row["Reported by"] for row in answer["rows"]]
    assert Counter(read) == dict.fromkeys(VALUES, COPIES)
    whole = api.get(path, format="csv", **asked)
    header, *rows = inert_csv(whole.content)
    assert [row[header.index("Reported by")] for row in rows] == [inert(value) for value in read]
    assert visitor.post(f"/rows/{STREET}/rows.csv", **asked).content == whole.content
    page = words(visitor.post(f"/rows/{STREET}", **asked))
    assert say("web.files.guarded_alone") in page
    assert all(value.strip() in page for value in read[:100])


# ---- calendars and letters -------------------------------------------------------------------------------------------------


def test_a_calendar_of_an_agency_with_a_hostile_name_has_the_lines_it_should(house: House) -> None:
    answer = house.visitor(UPLOADER).get("/calendar.ics")
    assert answer.headers["content-disposition"] == f'attachment; filename="due-{POLICE}.ics"'
    lines = answer.text.replace("\r\n ", "").split("\r\n")
    assert max(len(line.encode()) for line in answer.text.split("\r\n")) <= 75
    assert {re.split("[:;]", line)[0] for line in lines if line} <= PROPERTIES
    (name,) = (line for line in lines if line.startswith("X-WR-CALNAME"))
    assert AGENCY in re.sub(r"\\(.)", r"\1", name)
    for path in ("/calendar", "/scorecard", "/calendar?of=partnership", "/calendar/reminders"):
        is_harmless(house.visitor(ANALYST).get(path))
        is_harmless(house.visitor(UPLOADER).get(path))


def test_a_letter_to_an_agency_with_a_hostile_name_has_the_headers_it_should(house: House) -> None:
    house.forget_browsers()
    with house.at(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        visitor = house.visitor(ANALYST)
        assert AGENCY in words(visitor.get("/calendar/reminders"))
        answer = visitor.get(f"/calendar/reminders/{POLICE}.eml")
    assert answer.headers["content-disposition"] == f'attachment; filename="reminder-{POLICE}.eml"'
    letter = email.message_from_bytes(answer.content, policy=email.policy.default)
    assert set(letter.keys()) == HEADERS
    assert letter.defects == []
    assert letter.get_content_type() == "text/plain"
    assert AGENCY in letter.get_content()

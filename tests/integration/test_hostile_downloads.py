"""Hostile values, headings, areas and agencies in what is taken out of the hub: tables, rows, documents, calendars, letters.

The values are as they were in JSON and in workbooks; in CSV a formula has an apostrophe before it; nothing acts anywhere.
"""

from __future__ import annotations

import csv
import email
import email.policy
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from hub.cli.itinerary import Extract, Itinerary
from hub.kit.delimited import inert
from hub.kit.words import say
from hub.synthetic import Manifest
from tests.support.geography import square, square_lsoa
from tests.support.hostile import inert_csv, inert_workbook, is_harmless, shape_of
from tests.support.hubs import ANALYST, API, COUNCIL, POLICE, STREET, UPLOADER, an_extract
from tests.support.partnerships import House, Recipe, a_house, made
from tests.support.rows import agree_in, an_agreement
from tests.support.schemas import PERIOD, csv_of, rows_of
from tests.support.snapshots import PURPOSE

MONTHS = ("2024-01", "2024-02", "2024-03")
WARDS = ("=cmd|' /C calc'!A0", '<script>alert("ward")</script>')
BOROUGH = "@SUM(1+1)*cmd|' /C calc'!A0"
AGENCY = '=HYPERLINK("http://192.0.2.1")\\;,<img src=x onerror=alert(1)> {{ 7*7 }} é'
VALUES = (
    "=1+1",
    "+44 20 7946",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\tTab",
    "\uff1d1+1",
    "_x003D_1+1",
    "'=1+1",
    "<script>alert(1)</script>",
    'say "hello", then; go',
    "http://192.0.2.1/",
    "\u202egnp.exe",
    "Z\u0351\u036b",
)
AGENCY_SQL = "'" + AGENCY.replace("'", "''").replace("%", "%%") + "'"
PROPERTIES = frozenset(
    (
        *(
            "BEGIN",
            "END",
            "VERSION",
            "PRODID",
            "CALSCALE",
            "METHOD",
            "X-WR-CALNAME",
            "UID",
            "DTSTAMP",
            "DTSTART",
            "DTEND",
        ),
        *("SUMMARY", "DESCRIPTION", "URL", "CATEGORIES", "TRANSP"),
    )
)
HEADERS = frozenset(
    (
        *("Subject", "Date", "Message-ID", "Auto-Submitted", "X-Unsent"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    )
)
COPIES = 12
"""So many rows of each value: none stands out."""


def write_areas(folder: Path) -> tuple[Path, ...]:
    """Two wards of two squares each, with the names of the hostile."""
    codes = [(square_lsoa(column, row), column, row) for row in range(2) for column in range(2)]
    features = [
        {
            "type": "Feature",
            "properties": {"lsoa21cd": code, "lsoa21nm": f"+{column}{row}"},
            "geometry": {"type": "Polygon", "coordinates": [square(column, row)]},
        }
        for code, column, row in codes
    ]
    boundaries = folder / "boundaries.geojson"
    boundaries.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    lookup = folder / "lookup.csv"
    with lookup.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["LSOA21CD", "LSOA21NM", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM"])
        for code, column, row in codes:
            writer.writerow([code, f"+{column}{row}", f"X05{column + 1:06d}", WARDS[column], "X09000001", BOROUGH])
        writer.writerow(["X01999999", "-1", "X05999999", "\t=far", "X09000002", "Elsewhere"])
    return boundaries, lookup


def _plan(folder: Path) -> tuple[Itinerary, Manifest | None]:
    folder.mkdir(parents=True)
    extracts = []
    for period in MONTHS:
        path = folder / f"{period}-met.csv"
        path.write_bytes(an_extract(period))
        extracts.append(Extract(agency=POLICE, dataset=API, period=period, path=path))
    geography = write_areas(folder)
    return Itinerary(partnership="bromley-open", geography=geography, extracts=tuple(extracts), lead=COUNCIL), None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(Recipe(name="hostile-squares", plan=_plan, by=ANALYST), tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("downloads")) as served:
        with served.hub.database.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE agencies SET name = {AGENCY_SQL} WHERE id = '{POLICE}'")
        yield served


def words(page: httpx2.Response) -> str:
    """The words of a page, which is harmless."""
    assert page.status_code == 200, page.text
    is_harmless(page)
    return "".join(shape_of(page.text).texts)


# ---- tables ----------------------------------------------------------------------------------------------------------------

WANTED = [
    ("violence-by-place", "ward,quarter", WARDS),
    ("violence-by-place", "borough,month", (BOROUGH,)),
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


@pytest.fixture(scope="module")
def sent(house: House) -> House:
    """The values are accepted, and read as they are by another agency."""
    content = csv_of(
        [
            row | {"Reported by": VALUES[number % len(VALUES)]}
            for number, row in enumerate(rows_of(STREET, COPIES * len(VALUES)))
        ]
    )
    accepted = house.submit(UPLOADER, STREET, PERIOD, content)
    assert accepted.accepted_rows == COPIES * len(VALUES), accepted
    agreement = an_agreement("hostile-rows", STREET, {"Reported by": "read_clear", "Crime type": "read_clear"})
    agree_in(
        house.hub,
        agreement.replace("nhs_hes", "open")
        .replace("pcsc_s16", "public_domain")
        .replace("anonymised_record", "public"),
    )
    return house


def test_values_read_as_they_are_come_back_byte_for_byte_and_inert(sent: House) -> None:
    path, asked = f"/datasets/{STREET}/rows", {"purpose": PURPOSE, "justification": "to see =1+1"}
    api, visitor = sent.api(ANALYST), sent.visitor(ANALYST)
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

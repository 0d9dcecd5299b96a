"""Hostile strings in values, headers, file names, texts of people and addresses: the same bytes where stored, words where shown,
inert in files. They are values and stay values: no page gets an element or attribute that its template did not have.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

import httpx2
import openpyxl
import pyarrow.parquet as pq
import pytest

from hub.kit.authority import Form
from tests.support.hostile import FORMULAS, NASTY, NUMBER, is_harmless, naughty, shape_of
from tests.support.pages import words_of
from tests.support.partnerships import RAVENSBOURNE_QUARTER, House, a_house, made
from tests.support.schemas import PERIOD, csv_of, rows_of

STREET, POLICE, COUNCIL = "police/street-crime", "ravensbourne-police-analyst", "ravensbourne-council-analyst"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(RAVENSBOURNE_QUARTER, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("strings")) as served:
        yield served


def sent(house: House, content: bytes, period: str = PERIOD, **more: str) -> str:
    answer = house.api(POLICE).send(STREET, period, content, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


# ---- values ------------------------------------------------------------------------------------------------------------


def located(strings: Sequence[str]) -> bytes:
    rows = rows_of(STREET, len(strings))
    return csv_of([row | {"Location": text} for row, text in zip(rows, strings, strict=True)])


def marked(house: House, identity: str, form: str) -> bytes:
    answer = house.api(POLICE).get(f"/submissions/{identity}/marked", format=form)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_every_string_comes_back_the_same_and_inert_in_the_marked_file(house: House) -> None:
    strings = naughty()
    assert len(strings) > 900
    identity = sent(house, located(strings))
    table = list(csv.DictReader(io.StringIO(marked(house, identity, "csv").decode("utf-8-sig"), newline="")))
    given = [row["Location"] for row in table]
    assert [text.removeprefix("'") for text in given] == [text.removeprefix("'") for text in strings]
    assert [text for text in given if text.startswith(FORMULAS) and not NUMBER.fullmatch(text)] == []
    book = openpyxl.load_workbook(io.BytesIO(marked(house, identity, "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not any(cell.hyperlink and "://" in str(cell.hyperlink.target or "") for cell in cells)
    told = {str(cell.value) for cell in cells}
    lost = [text for text in strings if text not in told and text.isprintable()]
    assert lost == []


def test_accepted_strings_reach_a_reader_through_a_grant_byte_for_byte(house: House) -> None:
    """Strings that are told to be an identifier or of a person are left out: they are not accepted."""
    strings = naughty()
    first = sent(house, located(strings))
    table = csv.DictReader(io.StringIO(marked(house, first, "csv").decode("utf-8-sig"), newline=""))
    clean = [text for text, row in zip(strings, table, strict=True) if " Location: " not in row["Hub: what is wrong"]]
    assert len(clean) > 800
    period = "2026-04"
    content = located(clean).replace(PERIOD.encode(), period.encode())
    answer = house.api(POLICE).send(STREET, period, content).json()
    asked = {
        f"{one['code']}:{one['field']}": "as it is"
        for one in answer["report"]["findings"]
        if one["severity"] == "query"
    }
    if answer["state"] == "checked":
        said = {"attest": True, "explanations": asked}
        answer = house.api(POLICE).http.post(f"/submissions/{answer['id']}/accept", json=said).json()
    assert answer["state"] in ("accepted", "part-accepted"), answer
    reader = house.reader(POLICE)
    with house.hub.database.unit_of_work() as uow:
        found = house.hub.intake.submission(uow, reader, answer["id"])
        grant = house.hub.policy.grant(
            uow, reader, [STREET], purpose="data_quality", justification="test", form=Form.READ_CLEAR
        )
        with house.hub.vault.files(uow, grant, [found.accepted_object]) as files:
            kept = pq.read_table(io.BytesIO(b"".join(files.read(found.accepted_object))))
    read = Counter(kept["Location"].to_pylist())
    assert set(read) <= set(clean)
    assert sum(read.values()) == answer["accepted_rows"] >= 0.95 * len(clean)


@pytest.mark.parametrize(
    "field", ["Crime type", *(pytest.param(one, marks=pytest.mark.slow) for one in ("Month", "Location", "LSOA code"))]
)
def test_strings_in_a_field_are_words_on_every_page(house: House, field: str) -> None:
    rows = rows_of(STREET, len(NASTY))
    content = csv_of([row | {field: text} for row, text in zip(rows, NASTY, strict=True)])
    identity = sent(house, content, "2024-01")
    visitor = house.visitor(POLICE)
    findings = house.api(POLICE).ok(f"/submissions/{identity}/report")["findings"]
    for path in ("", "/reading", "/difference", "/seen-by"):
        is_harmless(visitor.get(f"/submissions/{identity}{path}"))
    for one in findings:
        page = visitor.http.get(f"/submissions/{identity}/cells", params={"code": one["code"], "field": one["field"]})
        is_harmless(page)
        if page.status_code == 200 and one["field"] == field and one["code"] in ("not-in-code-list", "bad-date"):
            shown = "".join(shape_of(page.text).texts)
            assert all(text in shown for text in NASTY), one["code"]


# ---- headers and names -------------------------------------------------------------------------------------------------


def test_strings_as_headers_are_words_on_every_page(house: House) -> None:
    rows = [row | dict.fromkeys(NASTY, "1") for row in rows_of(STREET, 3)]
    one = sent(house, csv_of(rows), "2024-02")
    other = sent(house, csv_of([dict.fromkeys(NASTY, "1")] * 2), "2024-02")
    for identity in (one, other):
        for path in ("", "/reading", "/difference", "/seen-by"):
            is_harmless(house.visitor(POLICE).get(f"/submissions/{identity}{path}"))
        for row in csv.reader(io.StringIO(marked(house, identity, "csv").decode("utf-8-sig"), newline="")):
            assert not any(cell.startswith(FORMULAS) for cell in row)
        book = openpyxl.load_workbook(io.BytesIO(marked(house, identity, "xlsx")))
        assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    shown = house.api(POLICE).ok(f"/submissions/{other}/reading")
    assert [column["name"] for column in shown["columns"]] == list(NASTY)


NAMES = (
    *NASTY,
    "a\r\nSet-Cookie: a=b.csv",
    "a\0b.csv",
    "\u202ecsv.exe",
    'a"; filename="b.exe',
    "a" * 5_000,
    "\u2028",
    ".",
    "..",
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=[pytest.mark.slow] * (one in NASTY), id=ascii(one)[:30]) for one in NAMES],
)
def test_a_file_name_is_never_more_than_words(house: House, name: str) -> None:
    content = csv_of([row | {"Crime type": "x"} for row in rows_of(STREET, 2)]) + ascii(name).encode()
    identity = sent(house, content, "2023-11", name=name)
    is_harmless(house.visitor(POLICE).get(f"/submissions/{identity}"))
    is_harmless(house.visitor(POLICE).get("/submissions"))
    answer = house.api(POLICE).get(f"/submissions/{identity}/marked", format="csv")
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.count('"') == 2
    assert disposition.isascii()
    assert "/" not in disposition
    assert "\\" not in disposition


# ---- texts and addresses -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_texts_of_people_are_words(house: House) -> None:
    """Explanations, reasons, choices of sheet, encoding and columns, the mailbox."""
    visitor, api = house.visitor(POLICE), house.api(POLICE)
    identity = sent(house, csv_of(rows_of(STREET, 7)), "2023-10", attest="false")
    for text in (
        *NASTY[::3],
        "\u202egnp.exe",
        "a\0b",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "x" * 9_000,
    ):
        fields = {"attest": "", "explain:volume-step:": text, "explain-volume-step:": text}
        is_harmless(visitor.post(f"/submissions/{identity}/accept", **fields))
        is_harmless(visitor.post(f"/submissions/{identity}/withdraw", reason=text))
        is_harmless(visitor.post("/mailbox", address=text))
        is_harmless(visitor.post("/calendar/mailbox", address=text))
        reading = {"encoding": text, "delimiter": text, "sheet": text}
        is_harmless(visitor.http.get(f"/submissions/{identity}/reading", params=reading))
        is_harmless(visitor.post(f"/submissions/{identity}/reading", **reading, remember="yes"))
        profile = {
            "sheet": text,
            "encoding": text,
            "columns": {text: "Month"},
            "codes": {"Crime type": {text: "Robbery"}},
        }
        for answer in (
            api.http.put(f"/datasets/{STREET}/import-profile", json=profile),
            api.http.put(f"/datasets/{STREET}/import-profile", json={"sheet": text}),
            api.http.put(f"/datasets/{STREET}/import-profile", json={"encoding": "latin1", "delimiter": text[:1]}),
            api.http.post(f"/submissions/{identity}/recheck", json={"profile": profile}),
            api.http.post(f"/submissions/{identity}/accept", json={"attest": False, "explanations": {text: text}}),
            api.http.post(f"/submissions/{identity}/withdraw", json={"reason": ""}),
        ):
            assert answer.status_code in (200, 404, 409, 422), (text[:20], answer.text)
        is_harmless(visitor.get(f"/import-profiles/{STREET}"))
        is_harmless(visitor.get(f"/submissions/{identity}"))


@pytest.mark.slow
def test_strings_in_addresses_are_answered_as_what_is_not_there(house: House) -> None:
    visitor, api = house.visitor(POLICE), house.api(POLICE)
    for text in NASTY:
        params = dict.fromkeys(
            ("done", "code", "field", "against", "dataset", "period", "state", "of", "months", "format"), text
        )
        for path in ("/submissions", "/calendar", "/scorecard", "/submit", "/findings", "/"):
            is_harmless(visitor.http.get(path, params=params))
        for path in ("/submissions", "/calendar", "/scorecard", "/uploads"):
            assert api.get(path, **params).status_code in (200, 403, 404, 422)
        quoted = httpx2.URL("http://127.0.0.1/").copy_with(path=f"/{text}").raw_path.decode()
        for path in ("/submissions", "/findings", "/import-profiles", "/templates", "/calendar"):
            answer = visitor.get(f"{path}{quoted}")
            is_harmless(answer)
            assert answer.status_code in (200, 307, 403, 404, 405, 422)
        for path in ("/uploads", "/submissions", "/schemas"):
            answer = api.get(f"{path}{quoted}")
            assert answer.status_code in (403, 404, 405, 307), (path, text, answer.text)
            assert text not in answer.text
    assert words_of(visitor.get("/submissions").text)

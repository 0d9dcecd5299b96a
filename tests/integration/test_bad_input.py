"""Bad input through API and page: a finding or refusal that says what, where and how to mend it; nothing guessed or kept half."""

from __future__ import annotations

import base64
import resource
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.pages import token_of, words_of
from tests.support.partnerships import RAVENSBOURNE_2025, House, a_house, made
from tests.support.schemas import PERIOD, csv_of, rows_of
from tests.support.serving import until

STREET, SEARCHES, ISTV = "police/street-crime", "police/stop-and-search", "health/istv-assaults"
POLICE, HOSPITAL = "ravensbourne-police-analyst", "ravensbourne-hospital-analyst"
NHS_NUMBER = "9434765919"  # the check digit is right, the number is the NHS's own example
MIB = 2**20


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(RAVENSBOURNE_2025, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("bad-input")) as served:
        yield served


@dataclass(frozen=True)
class Bad:
    """A bad file: what it must be found to be, where, and with which outcome."""

    it: str
    content: bytes
    code: str
    outcome: str = "returned"
    says: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def street(count: int = 12, **changes: str) -> bytes:
    return csv_of(rows_of(STREET, count, **changes))


def without(content: bytes, column: str) -> bytes:
    rows = [{name: text for name, text in row.items() if name != column} for row in rows_of(STREET, 12)]
    return csv_of(rows)


GOOD = street()
CUT = GOOD[: GOOD.index(b"\r\n", len(GOOD) // 2) + 2]
"""The first half of a good file, cut at the end of a row: nothing in it tells that it is not whole."""

BAD = [
    Bad(
        "a-file-of-another-schema",
        csv_of(rows_of(SEARCHES, 5)),
        "wrong-schema",
        says=("Street-level crime, CSV layout", SEARCHES, "Choose the dataset the file belongs to"),
    ),
    Bad("a-file-of-no-schema", b"a,b\r\n1,2\r\n", "wrong-schema", says=("template",)),
    Bad("an-empty-file", b"", "empty-file", says=("no content", "Export the extract again")),
    Bad("a-header-only", GOOD[: GOOD.index(b"\r\n") + 2], "header-only", says=("no row of data",)),
    Bad(
        "a-wrong-encoding",
        street(Location="On or near Café Road").decode().encode("cp1252"),
        "wrong-encoding",
        says=("byte offset", "row 2", "CSV UTF-8"),
        rows=(2,),
    ),
    Bad(
        "a-utf-16-file-that-was-cut",
        GOOD.decode().encode("utf-16")[:-1],
        "wrong-encoding",
        says=("UTF-16", "byte offset", "Make the export again"),
    ),
    Bad(
        "a-missing-column",
        without(GOOD, "Crime type"),
        "missing-column",
        says=("Crime type", "Add the column"),
    ),
    Bad(
        "an-unknown-code",
        street(**{"Crime type": "Jaywalking"}),
        "not-in-code-list",
        "part-accepted",
        says=("Crime type", "Use a code of the list"),
        rows=(2,),
    ),
    Bad(
        "a-date-in-another-format",
        street(Month="05/2024"),
        "bad-date",
        "part-accepted",
        says=("Month", "YYYY-MM", "does not guess"),
        rows=(2,),
    ),
    Bad(
        "an-unclosed-quote",
        GOOD.replace(b"On or near High Street", b'"On or near High Street', 1),
        "unclosed-quote",
        says=("row 2", "does not close", "Close the quotation mark"),
    ),
    Bad(
        "two-encodings",
        street(Location="On or near Café Road") + GOOD.splitlines(keepends=True)[1].replace(b"High", b"Caf\xe9"),
        "mixed-encoding",
        says=("1 row", "row 14", "Windows-1252", "confirm the encoding"),
        rows=(14,),
    ),
    Bad("a-zip-file", b"PK\x03\x04" + bytes(200), "bad-zip", says=("damaged", "Send the file itself")),
    Bad("a-parquet-file", b"PAR1" + bytes(200), "bad-parquet", says=("damaged", "CSV UTF-8")),
    Bad(
        "a-row-of-too-few-columns",
        GOOD.replace(b",Robbery,", b",", 1),
        "ragged-row",
        "part-accepted",
        says=("more or fewer columns",),
        rows=(2,),
    ),
]


def submitted(house: House) -> set[str]:
    """The ids of all submissions there are."""
    return {identity for (identity,) in house.rows("SELECT id FROM submissions")}


def settled(house: House, path: str, who: str) -> str:
    """The page of a submission once its check has ended."""
    for _ in range(200):
        page = house.visitor(who).get(path).text
        if "Being checked" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("the check did not end")


# ---- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.it)
def test_a_bad_file_is_answered_with_what_is_wrong_where_and_how_to_mend_it(house: House, bad: Bad) -> None:
    answer = house.api(POLICE).send(STREET, PERIOD, bad.content, name=f"{bad.it}.csv")
    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert report["outcome"] == bad.outcome
    (finding,) = [one for one in report["findings"] if one["code"] == bad.code]
    for words in bad.says:
        assert words in f"{finding['message']} {finding['remedy']}"
    assert finding["message"]
    assert finding["remedy"]
    assert finding["severity"] == "error"
    assert tuple(finding["rows"])[: len(bad.rows)] == bad.rows
    if bad.outcome == "returned":
        assert (report["accepted_rows"], answer.json()["state"]) == (0, "returned")
    else:
        assert (report["rows"], report["accepted_rows"], report["quarantined_rows"]) == (12, 11, 1)
    assert "Traceback" not in answer.text
    page = settled(house, f"/submissions/{answer.json()['id']}", POLICE)
    words = words_of(page)
    assert bad.code in words
    assert finding["message"] in words
    assert finding["remedy"] in words
    assert "Traceback" not in page


@pytest.mark.parametrize("bad", BAD[:6], ids=lambda bad: bad.it)
def test_the_form_says_the_same_as_the_api(house: House, bad: Bad) -> None:
    sent = house.visitor(POLICE).send(STREET, "2024-04", f"{bad.it}.csv", bad.content + b"\r\n" * bool(bad.content))
    assert sent.status_code == 303, sent.text
    words = words_of(settled(house, sent.headers["location"], POLICE))
    assert bad.code in words
    assert "How to mend it" in words


def test_what_was_returned_or_quarantined_counts_nowhere(house: House) -> None:
    """Of a file taken in part the accepted rows alone stand in the next snapshot; of a returned file nothing does."""
    house.api(POLICE).send(STREET, "2023-05", street(**{"Crime type": "Jaywalking"}).replace(b"2024-05", b"2023-05"))
    house.api(POLICE).send(STREET, "2023-06", without(GOOD, "Crime type"))
    with house.hub.database.reading() as reading:
        latest = house.hub.intake.latest_accepted(reading)
    assert [one.accepted_rows for one in latest if one.period == "2023-05"] == [11]
    assert [one for one in latest if one.period == "2023-06"] == []


def keys_of(house: House) -> set[str]:
    return {object_id for (object_id,) in house.rows("SELECT object_id FROM vault_keys")}


# ---- the floor ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["api", "page"])
def test_a_planted_nhs_number_in_a_health_file_is_refused_and_nothing_is_kept(house: House, door: str) -> None:
    rows = rows_of(ISTV, 6, assault_location_description=f"flat 2, {NHS_NUMBER} {door}")
    content, name = csv_of(rows), f"patients-of-{door}.csv"
    files, keys = house.sealed_files(), keys_of(house)
    if door == "api":
        answer = house.api(HOSPITAL).send(ISTV, PERIOD, content, name=name)
        assert answer.status_code == 201, answer.text
        identity = answer.json()["id"]
    else:
        sent = house.visitor(HOSPITAL).send(ISTV, PERIOD, name, content)
        identity = sent.headers["location"].rsplit("/", 1)[1]
    words = words_of(settled(house, f"/submissions/{identity}", HOSPITAL))
    report = house.api(HOSPITAL).ok(f"/submissions/{identity}/report")
    assert report["outcome"] == "refused"
    (finding,) = [one for one in report["findings"] if one["code"] == "possible-identifier"]
    assert "NHS number" in finding["message"]
    assert "has not been kept" in finding["message"]
    assert "Nothing of this file was kept" in words
    receipt = house.api(HOSPITAL).ok(f"/submissions/{identity}/receipt")
    assert (receipt["state"], receipt["size"], receipt["rows"]) == ("refused", len(content), 6)
    until(
        lambda: house.sealed_files() <= files
    )  # unlinked after the commit; what an earlier test left may go meanwhile
    assert keys_of(house) <= keys
    erased = house.rows(
        "SELECT detail FROM audit_entries WHERE verb = 'erasure' AND action = 'object:destroy' ORDER BY \"index\" DESC LIMIT 1"
    )
    assert "possible-identifier" in erased[0][0]
    for needle in (
        NHS_NUMBER.encode(),
        name.encode(),
        base64.b64encode(NHS_NUMBER.encode()),
        NHS_NUMBER.encode().hex().encode(),
    ):
        for path in house.hub.settings.state.rglob("*"):
            if path.is_file():
                assert needle not in path.read_bytes(), path.name


def test_a_column_that_may_never_be_sent_is_refused_by_its_name(house: House) -> None:
    rows = [row | {"NHS Number": "none"} for row in rows_of(ISTV, 3)]
    files = house.sealed_files()
    answer = house.api(HOSPITAL).send(ISTV, PERIOD, csv_of(rows))
    report = answer.json()["report"]
    assert report["outcome"] == "refused"
    assert report["findings"][0]["code"] == "refused-field"
    assert "was refused and has not been kept" in report["findings"][0]["message"]
    until(lambda: house.sealed_files() <= files)  # what an earlier test left behind may go meanwhile


# ---- a line without end ------------------------------------------------------------------------------------------------


def test_a_line_of_200_mb_is_refused_in_little_memory_and_time(house: House) -> None:
    def endless() -> Iterator[bytes]:
        yield GOOD
        for _ in range(200):
            yield b"x" * MIB

    before, files, peak = submitted(house), house.sealed_files(), _peak()
    start = time.monotonic()
    answer = house.api(POLICE).send(STREET, PERIOD, endless())
    assert answer.status_code == 422
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "line-too-long"
    assert "1 MiB without a line end" in problem["title"]
    assert "quotation mark" in problem["remedy"]
    assert time.monotonic() - start < 20
    assert _peak() - peak < 64 * MIB
    assert (submitted(house), house.sealed_files()) == (before, files)


def test_the_line_is_refused_while_it_arrives(house: House) -> None:
    """Of 200 announced megabytes two are sent: the answer does not wait for the rest."""
    before, files = submitted(house), house.sealed_files()
    start = start_of(house, length=f"Content-Length: {200 * MIB}")
    answer = raw(house, start, b"x" * (2 * MIB), hang_up=False)
    assert b" 422 " in answer.split(b"\r\n", 1)[0]
    assert b"line-too-long" in answer
    assert is_absent(house, before, files)


def test_the_form_refuses_the_line_too_and_hears_the_sender_out(house: House) -> None:
    """A browser shows no answer before it has sent its file."""
    visitor, before, files = house.visitor(POLICE), submitted(house), house.sealed_files()
    token = token_of(visitor.get(f"/submit/{STREET}/{PERIOD}").text)
    head, tail = _form(token, b"")
    body = (part for part in (head, *[b"x" * MIB] * 20, tail))
    answer = visitor.http.post(
        f"/submit/{STREET}/{PERIOD}", content=body, headers={"Content-Type": "multipart/form-data; boundary=edge"}
    )
    assert answer.status_code == 422
    assert "1 MiB without a line end" in words_of(answer.text)
    assert (submitted(house), house.sealed_files()) == (before, files)


# ---- cut off -----------------------------------------------------------------------------------------------------------


def raw(house: House, head: str, body: bytes, *, hang_up: bool = True) -> bytes:
    """Send what is given and end the connection, or wait; the answer, if there is one."""
    place = urlsplit(house.base_url)
    with socket.create_connection((place.hostname, place.port), timeout=20) as wire:
        wire.sendall(head.replace("\n", "\r\n").encode() + body)
        if hang_up:
            wire.shutdown(socket.SHUT_WR)
        answer = b""
        while b"}" not in answer.partition(b"\r\n\r\n")[2] and (chunk := wire.recv(65536)):
            answer += chunk
    return answer


def is_absent(house: House, before: set[str], files: set[str]) -> bool:
    """Whether nothing of it is there, a moment later at the most: the server must first notice that its sender is gone."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if submitted(house) == before and house.sealed_files() <= files:
            return True
        time.sleep(0.05)
    return False


def start_of(house: House, *, length: str) -> str:
    place = urlsplit(house.base_url).netloc
    return (
        f"POST /api/v1/submissions?dataset={STREET}&period=2024-03 HTTP/1.1\nHost: {place}\n"
        f"Authorization: Bearer {house.api(POLICE).token}\nContent-Type: text/csv\n{length}\n\n"
    )


@pytest.mark.parametrize("kind", ["shorter-than-its-length", "without-its-last-chunk"])
def test_a_raw_body_cut_off_before_its_end_is_absent(house: House, kind: str) -> None:
    """Cut at the end of a row: what arrived would pass every check, and must not be taken for the file."""
    before, files = submitted(house), house.sealed_files()
    if kind == "shorter-than-its-length":
        answer = raw(house, start_of(house, length=f"Content-Length: {len(GOOD)}"), CUT)
    else:
        chunk = f"{len(CUT):x}\r\n".encode() + CUT + b"\r\n"
        answer = raw(house, start_of(house, length="Transfer-Encoding: chunked"), chunk)
    assert b" 201 " not in answer
    assert b"Traceback" not in answer
    assert is_absent(house, before, files)


def test_the_same_bytes_sent_whole_are_taken(house: House) -> None:
    """So that what is absent above is absent for being cut off."""
    answer = raw(house, start_of(house, length=f"Content-Length: {len(CUT)}"), CUT, hang_up=False)
    assert b" 201 " in answer.split(b"\r\n", 1)[0]


@pytest.mark.parametrize("door", ["api", "page"])
def test_a_form_without_its_final_boundary_is_absent(house: House, door: str) -> None:
    before, files = submitted(house), house.sealed_files()
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    if door == "api":
        head, _ = _form("", GOOD)
        answer = house.api(POLICE).http.post(
            "/submissions", params={"dataset": STREET, "period": PERIOD}, content=head, headers=headers
        )
        said = answer.json()
        assert said["code"] == "cut-off"
        assert said["title"]
    else:
        visitor = house.visitor(POLICE)
        head, _ = _form(token_of(visitor.get(f"/submit/{STREET}/{PERIOD}").text), GOOD)
        answer = visitor.http.post(f"/submit/{STREET}/{PERIOD}", content=head, headers=headers)
        assert "did not arrive whole" in words_of(answer.text)
    assert answer.status_code == 422
    assert "Traceback" not in answer.text
    assert is_absent(house, before, files)


# ---- requests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "period", "status", "code"),
    [
        ("no/such", PERIOD, 404, "not-found"),
        (STREET, "May 2024", 422, "bad-period"),
        (STREET, "2024-13", 422, "bad-period"),
        (ISTV, PERIOD, 403, None),
    ],
)
def test_a_wrong_address_is_refused_before_a_byte_is_kept(
    house: House, dataset: str, period: str, status: int, code: str | None
) -> None:
    before, files = submitted(house), house.sealed_files()
    answer = house.api(POLICE).send(dataset, period, GOOD)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert code is None or problem["code"] == code
    assert problem["title"]
    assert status == 404 or problem["remedy"] or problem["reasons"]
    assert (submitted(house), house.sealed_files()) == (before, files)


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"by": "ward,minute"}, 422, "no-such-table"),
        ({"by": "borough,month", "where": "period=05/2024"}, 422, "bad-period"),
        ({"by": "borough,month", "where": "weather=wet"}, 422, "bad-filter"),
        ({"by": "borough,month", "where": "area=E99"}, 422, "unknown-area"),
        ({"by": "borough,month", "format": "docx"}, 422, "wrong-format"),
        ({"by": "borough,month", "format": "parquet"}, 406, "not-acceptable"),
        ({"purpose": "svd.no_such"}, 403, "purpose.unknown"),
    ],
)
def test_a_question_that_cannot_be_read_is_answered_with_what_can_be_asked(
    house: House, params: dict[str, str], status: int, code: str
) -> None:
    answer = house.api(POLICE).get("/views/violence-by-place/table", **params)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["title"]
    assert "Traceback" not in answer.text


def test_an_address_that_lacks_a_parameter_says_which(house: House) -> None:
    answer = house.api(POLICE).post("/submissions", dataset=STREET)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-parameter")
    assert "period" in answer.json()["title"]


def _form(token: str, content: bytes) -> tuple[bytes, bytes]:
    """The parts of a form before its final boundary, and the boundary."""
    head = b""
    if token:
        head += b'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token.encode() + b"\r\n"
    head += b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    return head + content, b"\r\n--edge--\r\n"


def _peak() -> int:
    """The most memory that this process, the server's too, ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

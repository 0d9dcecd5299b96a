"""The doors of intake attacked from outside: foreign ids, wrong tokens, forms from elsewhere, offsets, sizes, races.

Nobody but the agency that sent a file gets a value, a name, an explanation or a difference of it; what is there and what is not
look alike to everybody else.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.partnerships import RAVENSBOURNE_QUARTER, Api, House, a_house, made
from tests.support.schemas import PERIOD, csv_of, rows_of

STREET, POLICE, HOSPITAL = "police/street-crime", "ravensbourne-police-analyst", "ravensbourne-hospital-analyst"
COUNCIL = "ravensbourne-council-analyst"
CANARY = "Quicksilver Canary Lane"
ABSENT = "sub_01m84000000000000000000000"
MIB = 2**20
LOOKS = (
    "", "/report", "/receipt", "/queries", "/reading", "/marked?format=xlsx", "/marked?format=csv", "/difference", "/seen-by",
)  # fmt: skip
PAGES = (
    "",
    "/reading",
    "/marked.xlsx",
    "/marked.csv",
    "/difference",
    "/seen-by",
    "/cells?code=not-in-code-list&field=Crime type",
)
SAYS = {"accept": {"attest": True}, "undo": {"reason": "x"}, "recheck": {}, "withdraw": {"reason": "x"}}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(made(RAVENSBOURNE_QUARTER, tmp_path_factory), tmp_path_factory.mktemp("doors")) as served:
        yield served


@pytest.fixture(scope="module")
def theirs(house: House) -> str:
    """A submission of the police with a canary in each place that holds words."""
    rows = [row | {"Location": CANARY} for row in rows_of(STREET, 12, **{"Crime type": CANARY})]
    answer = house.api(POLICE).send(STREET, PERIOD, csv_of(rows), name=f"{CANARY}.csv")
    assert answer.status_code == 201
    return str(answer.json()["id"])


@pytest.mark.parametrize("who", [HOSPITAL, COUNCIL])
def test_to_others_what_is_there_looks_as_what_is_not(house: House, theirs: str, who: str) -> None:
    api, visitor = house.api(who), house.visitor(who)
    for path in LOOKS:
        there, absent = (api.http.get(f"/submissions/{one}{path}") for one in (theirs, ABSENT))
        assert (there.status_code, there.content) == (404, absent.content), path
    for verb, said in SAYS.items():
        there, absent = (api.http.post(f"/submissions/{one}/{verb}", json=said) for one in (theirs, ABSENT))
        assert (there.status_code, there.content) == (404, absent.content), verb
    for path in PAGES:
        there, absent = (visitor.get(f"/submissions/{one}{path}") for one in (theirs, ABSENT))
        assert (there.status_code, absent.status_code) == (404, 404), path
        assert there.text.replace(theirs, "") == absent.text.replace(ABSENT, ""), path
    for verb in ("accept", "undo", "recheck", "withdraw", "reading"):
        answer = visitor.post(f"/submissions/{theirs}/{verb}", attest="x", reason="x", sure="yes")
        assert answer.status_code in (403, 404), verb
        assert CANARY not in answer.text
    assert house.api(POLICE).ok(f"/submissions/{theirs}")["state"] == "part-accepted"


def test_a_file_is_compared_with_no_file_of_another_agency(house: House, theirs: str) -> None:
    """Against somebody else's, and against one that is not there: the same answer, from either side."""
    own = house.rows("SELECT id FROM submissions WHERE agency = 'ravensbourne-hospital'")[0][0]
    api = house.api(HOSPITAL)
    answers = [api.get(f"/submissions/{own}/difference", against=one) for one in (theirs, ABSENT)]
    assert {one.status_code for one in answers} <= {404, 409, 422}
    assert answers[0].content == answers[1].content
    assert CANARY not in answers[0].text
    pages = [house.visitor(HOSPITAL).get(f"/submissions/{own}/difference?against={one}") for one in (theirs, ABSENT)]
    assert pages[0].status_code == pages[1].status_code
    assert CANARY not in pages[0].text


def test_no_list_or_calendar_of_others_names_it(house: House, theirs: str) -> None:
    for who in (HOSPITAL, COUNCIL):
        for path in (
            "/submissions",
            "/calendar",
            "/scorecard",
            "/uploads",
            "/calendar/partnership",
            "/scorecard/partnership",
        ):
            answer = house.api(who).get(path)
            assert answer.status_code in (200, 403), path
            assert CANARY not in answer.text
            assert theirs not in answer.text
        for path in ("/", "/submissions", "/calendar", "/scorecard", "/calendar/reminders"):
            words = house.visitor(who).get(path).text
            assert CANARY not in words
            assert theirs not in words


def test_a_token_for_reading_moves_nothing(house: House, theirs: str) -> None:
    with Api(house.base_url, house.token(POLICE, scopes=("read",))) as api:
        for verb, said in SAYS.items():
            assert api.http.post(f"/submissions/{theirs}/{verb}", json=said).status_code in (401, 403), verb
        assert api.post("/uploads", dataset=STREET, period=PERIOD, size="10").status_code in (401, 403)
        assert api.get("/uploads").status_code in (401, 403)
        profile = f"/datasets/{STREET}/import-profile"
        assert api.http.put(profile, json={"sheet": "a"}).status_code in (401, 403)
        assert api.http.delete(profile).status_code in (401, 403)
        assert api.get(f"/submissions/{theirs}/reading").status_code in (401, 403)


def test_a_form_without_the_sessions_token_moves_nothing(house: House, theirs: str) -> None:
    visitor = house.visitor(POLICE)
    for path in (
        *(f"/submissions/{theirs}/{verb}" for verb in ("accept", "undo", "recheck", "withdraw", "reading")),
        f"/import-profiles/{STREET}",
        "/calendar/mailbox",
        f"/submit/{STREET}/{PERIOD}",
    ):
        for fields in ({}, {"csrf_token": "0" * 64}):
            answer = visitor.http.post(path, data=fields | {"reason": "x", "sure": "yes", "attest": "x"})
            assert answer.status_code in (403, 422), path
        other = visitor.http.post(
            path,
            data={"csrf_token": visitor.token()},
            headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        )
        assert other.status_code == 403, path
    assert house.api(POLICE).ok(f"/submissions/{theirs}")["state"] == "part-accepted"


# ---- parts -------------------------------------------------------------------------------------------------------------


def begun(house: House, size: int = 3 * MIB) -> str:
    answer = house.api(POLICE).post("/uploads", dataset=STREET, period="2023-01", size=str(size))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("size", ["-1", str(2**63), str(10**30), "1e3", "", "NaN", " 5 0"])
def test_a_size_that_is_none_opens_nothing(house: House, size: str) -> None:
    before = house.rows("SELECT COUNT(*) FROM uploads")
    answer = house.api(POLICE).post("/uploads", dataset=STREET, period=PERIOD, size=size)
    assert answer.status_code in (413, 422), answer.text
    assert house.rows("SELECT COUNT(*) FROM uploads") == before


@pytest.mark.parametrize("offset", ["-1", "1", str(2**63), str(10**40), "a", "", "0x0", "1.5"])
def test_an_offset_that_does_not_follow_changes_nothing(house: House, offset: str) -> None:
    upload, files = begun(house), house.sealed_files()
    api = house.api(POLICE)
    answer = api.http.patch(f"/uploads/{upload}", content=b"a,b\n" * (MIB // 4), headers={"Upload-Offset": offset})
    assert answer.status_code in (409, 422), answer.text
    assert api.ok(f"/uploads/{upload}")["offset"] == 0
    assert house.sealed_files() == files
    assert api.http.delete(f"/uploads/{upload}").status_code == 204


def test_an_upload_of_another_agency_is_not_there(house: House) -> None:
    upload, api = begun(house), house.api(HOSPITAL)
    absent = "upl_01m84000000000000000000000"
    for identity in (upload, absent):
        assert api.get(f"/uploads/{identity}").status_code == 404
        assert api.http.head(f"/uploads/{identity}").status_code == 404
        assert api.http.patch(f"/uploads/{identity}", content=b"x", headers={"Upload-Offset": "0"}).status_code == 404
        assert api.http.delete(f"/uploads/{identity}").status_code == 404
        assert api.post(f"/uploads/{identity}/complete", sha256="0" * 64).status_code == 404
    assert house.api(POLICE).ok(f"/uploads/{upload}")["state"] == "open"
    assert house.api(POLICE).http.delete(f"/uploads/{upload}").status_code == 204


def test_of_eight_same_parts_at_once_one_is_kept_and_the_file_is_whole(house: House) -> None:
    content = csv_of([row | {"Month": "2023-01"} for row in rows_of(STREET, 30)])
    upload, token = begun(house, len(content)), house.api(POLICE).token

    def patch(_: int) -> int:
        with Api(house.base_url, token) as api:
            answer = api.http.patch(f"/uploads/{upload}", content=content, headers={"Upload-Offset": "0"})
            return answer.status_code

    def complete(_: int) -> tuple[int, str]:
        with Api(house.base_url, token) as api:
            answer = api.post(f"/uploads/{upload}/complete", sha256=hashlib.sha256(content).hexdigest())
            return answer.status_code, answer.json().get("id", "")

    with ThreadPoolExecutor(8) as together:
        assert Counter(together.map(patch, range(8))) == {204: 1, 409: 7}
        ended = set(together.map(complete, range(4)))
    assert {status for status, _ in ended} <= {201, 202}
    assert len({identity for _, identity in ended}) == 1
    assert house.rows("SELECT COUNT(*) FROM submissions WHERE period = '2023-01'") == [(1,)]
    assert house.rows("SELECT COUNT(*) FROM upload_parts WHERE upload = ?", upload) == [(0,)]


@pytest.mark.parametrize("digest", ["", "0" * 64, "é" * 64, "0" * 9_000])
def test_another_digest_leaves_nothing(house: House, digest: str) -> None:
    files, upload = house.sealed_files(), begun(house, 4)
    api = house.api(POLICE)
    assert api.http.patch(f"/uploads/{upload}", content=b"a,b\n", headers={"Upload-Offset": "0"}).status_code == 204
    answer = api.post(f"/uploads/{upload}/complete", sha256=digest)
    assert answer.status_code == 422, answer.text
    api.http.delete(f"/uploads/{upload}")
    assert house.sealed_files() == files


# ---- races -------------------------------------------------------------------------------------------------------------


def test_accepted_undone_and_withdrawn_at_once_it_is_one_of_them(house: House) -> None:
    """Whatever order they come in, every answer is a word of the hub's and the submission and its files agree in the end."""
    rows = [row | {"Month": "2023-02"} for row in rows_of(STREET, 12)]
    sent = house.api(POLICE).send(STREET, "2023-02", csv_of(rows), attest="false").json()
    asked = {f"{one['code']}:{one['field']}": "x" for one in sent["report"]["findings"] if one["severity"] == "query"}
    token = house.token(POLICE)

    def do(verb: str) -> tuple[str, int, str]:
        said = {"attest": True, "explanations": asked} if verb == "accept" else SAYS[verb]
        with Api(house.base_url, token) as api:
            answer = api.http.post(f"/submissions/{sent['id']}/{verb}", json=said)
            return verb, answer.status_code, answer.text

    with ThreadPoolExecutor(8) as together:
        for verb, status, text in together.map(
            do, ("accept", "accept", "undo", "recheck", "accept", "undo", "withdraw", "accept")
        ):
            assert status in (200, 403, 409, 422), (verb, status, text)
    state = house.api(POLICE).ok(f"/submissions/{sent['id']}")["state"]
    assert state in ("checked", "accepted", "part-accepted", "withdrawn", "returned")
    with house.hub.database.reading() as reading:
        counted = [one.id for one in house.hub.intake.latest_accepted(reading) if one.period == "2023-02"]
    assert counted == ([sent["id"]] if state in ("accepted", "part-accepted") else [])

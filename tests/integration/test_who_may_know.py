"""Who may know what: refused with the reason a party may know, absent to everybody else; from the second on that it is so."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from hub.app import SeedPerson
from hub.kit.authority import Reader
from tests.support.pages import words_of
from tests.support.partnerships import RAVENSBOURNE_2025, Api, House, a_house, made
from tests.support.schemas import PERIOD, csv_of, rows_of
from tests.support.site import Visitor

STREET, SEARCHES, ISTV = "police/street-crime", "police/stop-and-search", "health/istv-assaults"
POLICE, HOSPITAL = "ravensbourne-police-analyst", "ravensbourne-hospital-analyst"
COUNCIL, AUDITOR = "ravensbourne-council-analyst", "ravensbourne-council-auditor"
DUTY = "ravensbourne-police-duty@1"
STRANGER = "ravensbourne-buses-analyst"
NOWHERE = "sub_00000000000000000000000000"
VIEW = "/views/violence-by-place/table"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(RAVENSBOURNE_2025, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("who")) as served:
        yield served


@pytest.fixture(scope="module")
def stranger(house: House) -> House:
    """The house, with somebody in it whose agency is a party to nothing."""
    agency, (operator,) = "ravensbourne-buses", [one for one in house.partnership.people if "operator" in one.roles]
    reader = house.reader(operator.id)
    assert house.hub.demo_provider is not None
    client = house.hub.demo_provider.register(agency)
    person = SeedPerson(
        id=STRANGER, agency=agency, name="Sam Low", roles=frozenset({"analyst", "uploader"}), title="", comes_to=""
    )
    with house.hub.database.unit_of_work() as uow:
        house.hub.identity.add_agency(uow, reader, id=agency, name="Ravensbourne Buses (invented)", kind="transport")
        house.hub.identity.add_provider(
            uow,
            reader,
            agency=agency,
            issuer=client.issuer,
            client_id=client.client_id,
            client_secret=client.client_secret,
            id=agency,
        )
        house.hub.identity.add_person(
            uow, reader, agency=agency, issuer=client.issuer, subject=STRANGER, name=person.name, roles=person.roles
        )
    house.partnership = replace(house.partnership, people=(*house.partnership.people, person))
    return house


def submission_of(house: House, agency: str, state: str = "accepted") -> str:
    """A submission of an agency."""
    ((identity,), *_) = house.rows("SELECT id FROM submissions WHERE agency = ? AND state = ?", agency, state)
    return str(identity)


def told(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    """Everything an answer tells."""
    return answer.status_code, answer.content, {name: text for name, text in answer.headers.items() if name != "date"}


def without_token(page: httpx2.Response) -> tuple[int, str]:
    """A page without what changes with each form: nothing of it may tell more."""
    return page.status_code, re.sub(r'value="[0-9a-f]{64}"', "", page.text)


# ---- tokens ------------------------------------------------------------------------------------------------------------


def refused_token(house: House, token: str) -> dict[str, Any]:
    """The problem that every kind of request with this token gets."""
    problems = []
    with Api(house.base_url, token) as api:
        for answer in (
            api.get("/submissions"),
            api.get(VIEW),
            api.get("/explain", dataset=STREET),
            api.send(STREET, PERIOD, b"x"),
            api.post("/snapshots"),
            api.post("/assessments"),
        ):
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
            problems.append(answer.json())
    assert all(problem == problems[0] for problem in problems)
    return dict(problems[0])


@pytest.mark.parametrize("kind", ["other", "changed", "cut", "words", "long"])
def test_a_forged_token_opens_nothing(house: House, kind: str) -> None:
    good = house.token(POLICE)
    forged = {
        "other": "svdhub_" + "A" * 43,
        "changed": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "cut": good[:-1],
        "words": "Bearer of good news",
        "long": good * 500,
    }[kind]
    assert refused_token(house, forged)["code"] == "no-token"


def test_an_expired_token_is_refused_from_its_second_on(house: House) -> None:
    token = house.token(POLICE, days=1)
    with Api(house.base_url, token) as api:
        with house.at(house.clock.at + timedelta(days=1, seconds=-1)):
            assert api.get("/submissions").status_code == 200
        with house.at(house.clock.at + timedelta(days=1)):
            assert refused_token(house, token)["code"] == "token-expired"


def test_a_revoked_token_is_refused_at_the_next_request(house: House) -> None:
    token, reader = house.token(POLICE), house.reader(POLICE)
    with house.hub.database.unit_of_work() as uow:
        newest, *_ = sorted(house.hub.identity.tokens(uow, person=reader.person), key=lambda one: one.id, reverse=True)
        house.hub.identity.revoke_token(uow, reader, token_id=newest.id)
    assert refused_token(house, token)["code"] == "token-revoked"


def test_a_token_for_reading_builds_nothing(house: House) -> None:
    """What Excel or Power BI holds must not be able to put a snapshot in force."""
    before = house.rows("SELECT COUNT(*) FROM snapshots"), house.rows("SELECT COUNT(*) FROM assessments")
    with Api(house.base_url, house.token(COUNCIL, scopes=("read",))) as api:
        for path in ("/snapshots", "/assessments"):
            answer = api.post(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "token-scope")
    assert before == (house.rows("SELECT COUNT(*) FROM snapshots"), house.rows("SELECT COUNT(*) FROM assessments"))


def test_without_any_token_the_api_says_how_to_get_one(house: House) -> None:
    problem = refused_token(house, "")
    assert problem["code"] == "no-credentials"
    assert "token" in problem["remedy"]


def test_a_token_is_good_for_what_it_was_made_for_and_works_as_a_password_too(house: House) -> None:
    token = house.token(POLICE, scopes=("read",))
    with Api(house.base_url, token) as api:
        answer = api.send(STREET, PERIOD, b"x")
        assert (answer.status_code, answer.json()["reasons"]) == (403, ["token-scope"])
    password = base64.b64encode(f"anybody:{token}".encode()).decode()
    answer = httpx2.get(f"{house.base_url}/api/v1/submissions", headers={"Authorization": f"Basic {password}"})
    assert answer.status_code == 200


def test_a_browser_s_cookie_does_not_open_the_api_and_a_forged_one_opens_no_page(house: House) -> None:
    visitor = house.visitor(POLICE)
    assert visitor.get("/api/v1/submissions").status_code == 401
    with Visitor(house.base_url) as other:
        other.http.cookies.set("hub-session", "A" * 43)
        answer = other.get("/submissions")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")


# ---- other agencies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "/report", "/receipt"])
def test_another_agency_s_submission_is_absent_byte_for_byte_in_the_api(house: House, part: str) -> None:
    theirs = submission_of(house, "ravensbourne-hospital")
    api = house.api(POLICE)
    answers = [api.get(f"/submissions/{identity}{part}") for identity in (theirs, NOWHERE, "x")]
    assert told(answers[0]) == told(answers[1]) == told(answers[2])
    assert answers[0].status_code == 404
    assert house.api(HOSPITAL).get(f"/submissions/{theirs}{part}").status_code == 200


def test_another_agency_s_submission_is_absent_on_the_page_and_cannot_be_taken_back(house: House) -> None:
    theirs, visitor = submission_of(house, "ravensbourne-hospital"), house.visitor(POLICE)
    pages = [visitor.get(f"/submissions/{identity}") for identity in (theirs, NOWHERE)]
    assert without_token(pages[0]) == without_token(pages[1])
    assert pages[0].status_code == 404
    governance = house.visitor("ravensbourne-police-governance")
    tried = [governance.post(f"/submissions/{one}/withdraw", reason="mine now") for one in (theirs, NOWHERE)]
    assert without_token(tried[0]) == without_token(tried[1])
    assert tried[0].status_code == 404
    assert house.rows("SELECT state FROM submissions WHERE id = ?", theirs) == [("accepted",)]


def test_the_try_is_written_down(house: House) -> None:
    theirs = submission_of(house, "ravensbourne-hospital")
    house.api(POLICE).get(f"/submissions/{theirs}")
    found = house.rows(
        "SELECT agency, outcome, detail FROM audit_entries WHERE subject = ? AND outcome = 'refused'",
        f"submission/{theirs}",
    )
    assert ("ravensbourne-police", "refused") in [row[:2] for row in found]
    assert json.loads(found[-1][2])["reason"] == "not-own-agency"


def test_a_list_holds_the_own_agency_s_submissions_alone(house: House) -> None:
    for name in (POLICE, HOSPITAL):
        agency = house.person(name).agency
        listed = house.api(name).ok("/submissions")["submissions"]
        assert {one["agency"] for one in listed} == {agency}
        ((count,),) = house.rows("SELECT COUNT(*) FROM submissions WHERE agency = ?", agency)
        assert len(listed) == count


# ---- parties without the right -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "dataset", "reasons"),
    [
        (POLICE, ISTV, {"agreement.other-supplier"}),
        ("ravensbourne-ambulance-analyst", STREET, {"agreement.other-supplier"}),
        (HOSPITAL, STREET, {"agreement.other-supplier"}),
    ],
)
def test_a_party_that_supplies_something_else_is_told_why_it_cannot_send_this(
    house: House, who: str, dataset: str, reasons: set[str]
) -> None:
    answer = house.api(who).send(dataset, PERIOD, b"x")
    assert answer.status_code == 403
    problem = answer.json()
    assert reasons <= set(problem["reasons"])
    assert problem["title"]
    assert problem["remedy"]
    page = house.visitor(who).get(f"/submit/{dataset}/{PERIOD}")
    assert page.status_code == 403
    for code in problem["reasons"]:
        assert code in page.text


def test_a_person_whose_role_does_not_allow_it_is_told_so(house: House) -> None:
    answer = house.api(AUDITOR).get(VIEW)
    assert (answer.status_code, answer.json()["reasons"]) == (403, ["role.none"])
    assert "auditor" in answer.json()["title"]
    for path in ("/audit/verification", "/audit/checkpoint"):
        assert house.api(AUDITOR).get(path).status_code == 200
    refused = house.api(POLICE).get("/audit/verification")
    assert (refused.status_code, refused.json()["reasons"]) == (403, ["role.none"])
    assert house.api(AUDITOR).post("/assessments").status_code == 403
    assert house.api(AUDITOR).post("/snapshots").status_code == 403


# ---- nobody of any party -----------------------------------------------------------------------------------------------


def test_for_somebody_of_no_party_there_is_nothing(stranger: House) -> None:
    """A view, a dataset, an explanation, an agreement, a submission: each looks as if it were not there."""
    api, visitor = stranger.api(STRANGER), stranger.visitor(STRANGER)
    pairs = [
        (api.get(VIEW), api.get("/views/no-such-view/table")),
        (api.get("/views/violence-by-place"), api.get("/views/no-such-view")),
        (api.send(STREET, PERIOD, b"x"), api.send("no/such", PERIOD, b"x")),
        (api.get("/explain", dataset=STREET), api.get("/explain", dataset="no/such")),
        (api.get(f"/submissions/{submission_of(stranger, 'ravensbourne-police')}"), api.get(f"/submissions/{NOWHERE}")),
    ]
    for there, absent in pairs:
        assert told(there) == told(absent)
        assert there.status_code == 404
    pages = [
        (f"/agreements/{DUTY}", "/agreements/no-such@1"),
        (f"/submit/{STREET}/{PERIOD}", f"/submit/no/such/{PERIOD}"),
        ("/views/violence-by-place", "/views/no-such-view"),
        (f"/explain?dataset={STREET}", "/explain?dataset=no/such"),
    ]
    for one, other in pages:
        assert without_token(visitor.get(one)) == without_token(visitor.get(other))
        assert visitor.get(one).status_code == 404
    assert DUTY not in visitor.get("/agreements").text


def test_somebody_of_no_party_builds_nothing(stranger: House) -> None:
    api = stranger.api(STRANGER)
    before = stranger.rows("SELECT COUNT(*) FROM snapshots")
    assert api.post("/snapshots").status_code in {403, 404}
    assert api.post("/assessments").status_code in {403, 404}
    assert stranger.rows("SELECT COUNT(*) FROM snapshots") == before


def test_a_snapshot_names_to_each_reader_what_they_may_know(stranger: House) -> None:
    """A reader of no party sees no input; a party sees the inputs, and the hash of its own alone: short files can be guessed."""
    (nothing,) = stranger.api(STRANGER).ok("/snapshots")["snapshots"]
    assert (nothing["inputs"], nothing["left_out"]) == ([], [])
    page = stranger.visitor(STRANGER).get("/snapshots/1")
    assert page.status_code == 200
    assert "Stop and search" not in page.text
    assert "sub_" not in page.text
    (snapshot,) = stranger.api(HOSPITAL).ok("/snapshots")["snapshots"]
    assert SEARCHES not in {one["dataset"] for one in snapshot["inputs"]}
    assert {one["agency"] for one in snapshot["inputs"] if one["sha256"]} == {"ravensbourne-hospital"}
    assert "Stop and search" not in stranger.visitor(HOSPITAL).get("/snapshots/1").text


def test_a_hidden_dataset_and_an_absent_one_look_alike_in_a_view(house: House) -> None:
    """The hospital is no party to searches, and nobody sent the API layout: it is told the same of both."""
    notes = [one["sentence"] for one in house.api(HOSPITAL).ok("/views/violence-by-place")["notes"]]
    hidden, absent = (next(one for one in notes if title in one) for title in ("Stop and search", "API layout"))
    assert hidden.replace("Stop and search", "X") == absent.replace("Street-level crime, API layout", "X")


# ---- the moment an agreement no longer stands --------------------------------------------------------------------------


def last_second(house: House) -> datetime:
    """The last second of the police's agreement: the end of 2035 in England."""
    with house.hub.database.reading() as reading:
        end = house.hub.agreements.get(reading, DUTY).expires_at
    assert end == datetime(2036, 1, 1, tzinfo=UTC)
    return end - timedelta(seconds=1)


def test_an_expired_agreement_opens_nothing_from_that_second_on(house: House) -> None:
    """View, page, download, known ETag, upload and a built assessment: each refused with the reason."""
    with house.at(last_second(house)), _programs(house) as (api, police), Visitor(house.base_url) as visitor:
        before = api.get(VIEW, by="borough,quarter")
        built = api.post("/assessments").json()
        assert before.status_code == 200
        visitor.sign_in("ravensbourne-council", COUNCIL)
        assert visitor.get("/views/violence-by-place").status_code == 200
        house.clock.advance(timedelta(seconds=1))
        known = {"If-None-Match": before.headers["etag"]}
        after = [
            api.get(VIEW, by="borough,quarter"),
            api.get(VIEW, by="borough,quarter", format="csv"),
            api.http.get(VIEW, params={"by": "borough,quarter"}, headers=known),
            api.get("/views/violence-by-place"),
            api.get(f"/assessments/{built['id']}"),
            police.send(STREET, PERIOD, csv_of(rows_of(STREET, 3))),
        ]
        for answer in after:
            assert answer.status_code == 403, answer.text
            assert "agreement.expired" in answer.json()["reasons"]
        page = visitor.get("/views/violence-by-place")
        assert page.status_code == 403
        assert "agreement.expired" in page.text
        assert visitor.get("/views/violence-by-place/table.csv").status_code == 403
        assert visitor.get(f"/assessments/{built['id']}").status_code == 403
    assert house.api(COUNCIL).get(VIEW).status_code == 200


def test_the_reason_of_an_expired_agreement_says_which_and_when(house: House) -> None:
    with house.at(last_second(house) + timedelta(seconds=1)), Api(house.base_url, house.token(POLICE)) as police:
        problem = police.send(STREET, PERIOD, b"x").json()
    assert DUTY in problem["title"]
    assert "2035-12-31" in problem["title"]


@contextmanager
def _programs(house: House) -> Iterator[tuple[Api, Api]]:
    """Programs of the council and of the force, with tokens of this moment."""
    with Api(house.base_url, house.token(COUNCIL)) as api, Api(house.base_url, house.token(POLICE)) as police:
        yield api, police


@contextmanager
def suspended(house: House) -> Iterator[None]:
    """The police's agreement, suspended on the page by the force's information governance lead, and resumed."""
    governance = house.visitor("ravensbourne-police-governance")
    answer = governance.post(f"/agreements/{DUTY}/change", change="suspend", reason="under review")
    assert answer.status_code == 303, words_of(answer.text)
    try:
        yield
    finally:
        assert governance.post(f"/agreements/{DUTY}/change", change="resume", reason="reviewed").status_code == 303


def test_a_suspended_agreement_bites_at_the_next_request_through_every_door(house: House) -> None:
    """The searches go to the council by this agreement alone; of the crimes it also has the counts by another."""
    api, browser = house.api(COUNCIL), house.visitor(COUNCIL)
    before = api.get(VIEW, by="borough,quarter")
    built = api.post("/assessments").json()
    known = {"If-None-Match": before.headers["etag"]}
    with suspended(house):
        after = api.http.get(VIEW, params={"by": "borough,quarter"}, headers=known)
        assert after.status_code == 200  # not 304: it is another answer
        assert _datasets(before) - _datasets(after) == {SEARCHES}
        (note,) = [one["sentence"] for one in after.json()["notes"] if one["code"] == "not-shown"]
        assert DUTY in note
        assert "suspended" in note
        assert api.get(f"/assessments/{built['id']}").status_code == 409
        words = words_of(browser.get("/views/violence-by-place?by=borough,quarter").text)
        assert f"{DUTY} is suspended" in words
        refused = house.api(POLICE).send(SEARCHES, PERIOD, csv_of(rows_of(SEARCHES, 3)))
        assert refused.status_code == 403
        assert "agreement.suspended" in refused.json()["reasons"]
        assert "suspended" in refused.json()["title"]
    again = api.get(VIEW, by="borough,quarter")
    assert again.headers["etag"] == before.headers["etag"]
    assert api.get(f"/assessments/{built['id']}").status_code == 200


def _datasets(answer: httpx2.Response) -> set[str]:
    return {column["dataset"] for column in answer.json()["columns"]}


def test_a_person_who_is_disabled_is_out_at_the_next_request(house: House) -> None:
    (operator,) = [one for one in house.partnership.people if "operator" in one.roles]
    reader, name = house.reader(operator.id), "ravensbourne-council-strategy"
    token, person = house.token(name), house.reader(name).person
    with Visitor(house.base_url) as visitor:
        visitor.sign_in("ravensbourne-council", name)
        _switch(house, reader, person, on=False)
        try:
            assert refused_token(house, token)["code"] == "token-revoked"
            assert visitor.get("/views").status_code == 303
        finally:
            _switch(house, reader, person, on=True)
        assert refused_token(house, token)["code"] == "token-revoked"
        assert visitor.get("/views").status_code == 303


def _switch(house: House, reader: Reader, person: str, *, on: bool) -> None:
    verb = house.hub.identity.enable_person if on else house.hub.identity.disable_person
    with house.hub.database.unit_of_work() as uow:
        verb(uow, reader, person=person)

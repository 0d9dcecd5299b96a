"""Sign-in through the pages, with the embedded provider really asked over HTTP."""

from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx2
import pytest

from hub.identity import DemoProvider
from hub.kit.clock import FrozenClock
from hub.settings import Mode, Settings
from hub.web import create_pages
from tests.support.databases import a_database
from tests.support.identity import (
    HEALTH,
    OPERATOR,
    POLICE,
    ROOT_KEY,
    add_agencies,
    add_person,
    add_provider,
    an_identity,
)
from tests.support.serving import served


class NoProgress:
    def steps(self):
        return ()


@pytest.fixture(scope="module")
def served_site(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("site")
    clock = FrozenClock()
    parts = SimpleNamespace(clock=clock)

    def make(base_url):
        database = a_database(tmp_path)
        provider = DemoProvider(base_url=base_url, root_key=ROOT_KEY, clock=clock, mode=Mode.DEMO)
        identity = an_identity(database, clock, base_url=base_url)
        add_agencies(identity, database)
        for agency in (POLICE, HEALTH):
            client = provider.register(agency)
            secrets = {"client_id": client.client_id, "client_secret": client.client_secret}
            add_provider(identity, database, agency=agency, issuer=client.issuer, **secrets)
            add_person(identity, database, agency=agency, issuer=client.issuer)
        parts.hub = SimpleNamespace(
            settings=Settings(mode=Mode.DEMO, base_url=base_url, partnership="Safer Ravensbourne"),
            clock=clock,
            database=database,
            identity=identity,
            demo_provider=provider,
            progress=NoProgress(),
        )
        return create_pages(parts.hub)

    with served(make) as base_url:
        parts.base_url = base_url
        yield parts
        parts.hub.database.close()


@pytest.fixture
def site(served_site):
    with httpx2.Client(base_url=served_site.base_url) as client:
        served_site.client = client
        yield served_site


def token_of(page):
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def sign_in(site, agency=POLICE):
    """Follow the links a person would click."""
    page = site.client.get("/login").text
    start = next(
        part.split('"')[0].replace("&amp;", "&")
        for part in page.split('href="')[1:]
        if part.startswith(f"/login/start/{agency}") and "persona=" in part.split('"')[0]
    )
    answer = site.client.get(start)
    for _ in range(5):
        if urlsplit(answer.headers["location"]).path in {"/", "/accessibility"}:
            return answer
        answer = site.client.get(answer.headers["location"])
    raise AssertionError("the login did not end")


def test_one_click_on_a_persona_is_a_whole_code_flow(site):
    answer = sign_in(site)
    cookie = answer.headers["set-cookie"]
    assert "hub-session=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = site.client.get("/accessibility").text
    assert "Signed in as Alex Example, Ravensbourne Police" in page


def test_the_provider_s_own_page_lets_a_visitor_choose(site):
    answer = site.client.get(f"/login/start/{HEALTH}")
    chooser = site.client.get(answer.headers["location"])
    assert chooser.status_code == 200
    assert "Who are you at Ravensbourne Hospital?" in chooser.text
    href = next(part.split('"')[0] for part in chooser.text.split('href="')[1:] if part.startswith("authorize?"))
    chosen = site.client.get(f"/demo-provider/{HEALTH}/{href.replace('&amp;', '&')}")
    assert "code=" in chosen.headers["location"]


def test_the_callback_without_its_login_is_refused_with_a_code_and_no_session(site):
    answer = site.client.get(f"/login/callback/{POLICE}?code=x&state=y")
    assert answer.status_code == 401
    assert "no-login" in answer.text
    assert "hub-session=" not in answer.headers.get("set-cookie", "")


def test_the_answer_of_another_browser_s_login_is_refused(site):
    first = site.client.get(f"/login/start/{POLICE}?persona=alex")
    back = site.client.get(first.headers["location"]).headers["location"]
    site.client.cookies.clear()
    site.client.get(f"/login/start/{POLICE}?persona=alex")
    assert "wrong-state" in site.client.get(back).text


def test_a_persona_that_does_not_exist_is_not_signed_in(site):
    answer = site.client.get(f"/login/start/{POLICE}?persona=nobody")
    assert site.client.get(answer.headers["location"]).status_code == 404


def test_signing_out_ends_the_session_on_the_server(site):
    sign_in(site)
    cookie = site.client.cookies["hub-session"]
    token = token_of(site.client.get("/accessibility").text)
    answer = site.client.post("/logout", data={"csrf_token": token})
    assert answer.headers["location"] == "/login?signed_out=1"
    site.client.cookies.set("hub-session", cookie)
    assert "Signed in" not in site.client.get("/accessibility").text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"data": {"csrf_token": "0" * 64}}, 403),
        ({"data": {"other": "x"}}, 403),
        ({"headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
        ({"headers": {"Origin": "https://evil.example"}}, 403),
    ],
)
def test_a_forged_sign_out_is_refused(site, change, expected):
    sign_in(site)
    token = token_of(site.client.get("/accessibility").text)
    answer = site.client.post("/logout", **({"data": {"csrf_token": token}} | change))
    assert answer.status_code == expected
    assert "Signed in" in site.client.get("/accessibility").text


def test_a_form_sent_as_multipart_is_not_read_at_all(site):
    sign_in(site)
    answer = site.client.post("/logout", files={"file": ("a.csv", b"x" * 2_000_000)})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/no-such-page", "/static/no-such.css", "/demo-provider/nobody/jwks"])
def test_what_is_not_there_is_a_plain_page(site, path):
    answer = site.client.get(path)
    assert answer.status_code == 404
    assert "There is nothing here that you may see" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_wrong_method_is_answered_with_a_page(site):
    assert site.client.put("/login").status_code == 405


def test_an_error_nobody_meant_shows_a_number_and_logs_no_words(site, caplog, monkeypatch):
    def fail(_reading):
        raise ValueError("the row said: 943 476 5919")

    monkeypatch.setattr(site.hub.identity, "agencies", fail)
    answer = site.client.get("/login")
    assert answer.status_code == 500
    assert "err_" in answer.text
    assert "943 476" not in answer.text + caplog.text
    assert "Traceback" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def test_a_disabled_agency_is_not_offered(site):
    with site.hub.database.unit_of_work() as uow:
        site.hub.identity.disable_agency(uow, OPERATOR, agency=HEALTH)
    assert "Ravensbourne Hospital" not in site.client.get("/login").text
    assert site.client.get(f"/login/start/{HEALTH}").status_code == 404
    with site.hub.database.unit_of_work() as uow:
        site.hub.identity.enable_agency(uow, OPERATOR, agency=HEALTH)


def test_an_expired_session_leads_to_sign_in_and_back(site):
    assert site.client.get("/login?next=%2Fviews%3Fa%3D1").text.count("next=%2Fviews%3Fa%3D1") == 4


def test_a_next_address_elsewhere_leads_home(site):
    answer = site.client.get(f"/login/start/{POLICE}?persona=alex&next=https%3A%2F%2Fevil.example%2F")
    back = site.client.get(answer.headers["location"])
    assert site.client.get(back.headers["location"]).headers["location"] == "/"

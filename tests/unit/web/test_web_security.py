import anyio
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from hub.kit.errors import Bug, NotFound, NotPermitted
from hub.web.security import POLICY, SecurityHeaders, check_same_site, check_token, cookie_name
from hub.web.statics import Statics

BASE = "http://127.0.0.1:8000"


def a_client(base=BASE, **options):
    app = FastAPI()

    @app.get("/page")
    def page():
        return PlainTextResponse("a page")

    statics = Statics()

    @app.get("/static/{name}")
    def static(name: str):
        from starlette.requests import Request

        return statics.serve(Request({"type": "http", "headers": []}), name)

    app.add_middleware(SecurityHeaders, base_url=base)
    return TestClient(app, base_url=options.pop("address", base), follow_redirects=False, **options)


def test_every_response_carries_the_strict_policy_and_is_not_stored():
    headers = a_client().get("/page").headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_under_https_browsers_are_told_to_stay_there():
    headers = a_client("https://hub.example").get("/page").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_localhost_is_led_to_the_address_of_the_settings():
    answer = a_client(address="http://localhost:8000").get("/page?a=1&b=%2F")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{BASE}/page?a=1&b=%2F"


@pytest.mark.parametrize("address", ["http://evil.example:8000", "http://127.0.0.1:9999"])
def test_a_strange_host_gets_nothing(address):
    answer = a_client(address=address).get("/page")
    assert answer.status_code == 421
    assert "a page" not in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("host", ["[", "localhost:http", "localhost:99999", "[::1", "a b"])
def test_a_host_that_is_none_gets_nothing_and_breaks_nothing(host):
    answer = a_client().get("/page", headers={"Host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize("origin", ["http://[", "null", "http://127.0.0.1:http"])
def test_an_origin_that_is_none_is_another_site(origin):
    with pytest.raises(NotPermitted):
        check_same_site({"origin": origin}, base_url=BASE)


def test_a_static_file_is_kept_for_ever_under_the_hash_of_its_content():
    statics = Statics()
    answer = a_client().get(statics.url("hub.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("name", ["hub.css", "../render.py", "hub.0000000000000000.css", ""])
def test_no_other_name_is_served(name):
    statics = Statics()
    with pytest.raises(NotFound):
        statics.serve(None, name)
    with pytest.raises(Bug):
        statics.url("no-such.css")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999", "sec-fetch-site": "same-origin"},
    ],
)
def test_a_form_sent_from_another_site_is_refused(headers):
    with pytest.raises(NotPermitted) as caught:
        check_same_site(headers, base_url=BASE)
    assert caught.value.code == "cross-site"


@pytest.mark.parametrize("headers", [{}, {"origin": BASE}, {"origin": BASE, "sec-fetch-site": "same-origin"}])
def test_a_form_sent_from_our_own_page_is_let_through(headers):
    check_same_site(headers, base_url=BASE)


@pytest.mark.parametrize(("sent", "expected"), [("", ""), ("a", "b"), ("", "b"), ("é", "b")])
def test_a_wrong_or_missing_token_is_refused(sent, expected):
    with pytest.raises(NotPermitted):
        check_token(sent, expected)


def test_the_right_token_is_let_through():
    check_token("abc", "abc")


def test_the_host_prefix_is_used_only_where_browsers_take_it():
    assert cookie_name("hub-session", base_url="https://hub.example") == "__Host-hub-session"
    assert cookie_name("hub-session", base_url=BASE) == "hub-session"


def test_other_kinds_of_connection_pass_untouched():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    anyio.run(SecurityHeaders(app, base_url=BASE), {"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]

"""Hostile strings in claims, answers and accounts, from a provider we did not write (npm oidc-provider) to every page.

Of a statement the hub keeps the account alone, byte for byte; what people are called is what an administrator wrote.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import httpx2
import pytest

from hub.audit import READING_PURPOSES
from hub.identity.id_tokens import is_subject
from hub.kit.words import say
from tests.support.hostile import NASTY, is_harmless, naughty, shape_of
from tests.support.identity import OPERATOR
from tests.support.oidc_provider import ForeignClient, ForeignProvider, foreign_provider
from tests.support.site import POLICE, Site, Visitor, an_empty_site

SECRET = "a secret: %+&=~"
FOREIGN = "police-foreign"
UNSHOWN = (
    "a\0b",
    "a\r\nSet-Cookie: a=b",
    "\u202ealex",
    "al\u200bex",
    "\x1b[2Jalex",
    "\ud800",
    "Z\u0351\u036b",
    "é" * 99,
)
CLAIMS = (
    "name",
    "given_name",
    "nickname",
    "email",
    "preferred_username",
    "locale",
    "picture",
    "groups",
    "roles",
    "acr",
    "amr",
)
BATCH = 110
"""Strings of one statement: it stays below 16 KiB."""

MARK = "planted"


@dataclass
class House:
    """A served hub whose police force signs in at the foreign provider too."""

    site: Site
    provider: ForeignProvider
    batches: Sequence[Sequence[str]]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    open: list[Visitor] = field(default_factory=list)

    def visitor(self, agency: str = "", role: str = "") -> Visitor:
        """Somebody's browser, let go of when the house is."""
        self.open.append(self.site.visitor(agency, role))
        return self.open[-1]

    def enrol(self, subject: str, name: str = "", *, role: str = "uploader") -> str:
        """An account of the foreign provider; the id of the person."""
        identity = self.site.hub.identity
        with self.site.hub.database.unit_of_work() as uow:
            made = identity.add_person(
                uow,
                OPERATOR,
                agency=POLICE,
                issuer=self.provider.issuer,
                subject=subject,
                name=name or f"Person {next(self.numbers)}",
                roles=[role],
            )
        return made.id

    def begun(self) -> tuple[Visitor, str]:
        """A browser with a login begun, past the door that brakes too many of them, and the address it is sent to."""
        start, visitor = self.site.hub.identity.begin_login(FOREIGN), self.visitor()
        visitor.http.cookies.set("hub-login", start.login_cookie)
        return visitor, start.redirect_url

    @property
    def back(self) -> str:
        """Where the provider sends people."""
        return self.site.hub.identity.redirect_uri(FOREIGN)

    def sign_in(self, subject: str) -> tuple[Visitor, httpx2.Response]:
        """Somebody's browser and the hub's answer to what the provider said."""
        visitor, url = self.begun()
        return visitor, visitor.http.get(self.provider.sign_in(url, subject=subject, redirect_uri=self.back))

    def kept(self) -> str:
        """Everything that stands in the database."""
        with self.site.hub.database.reading() as reading:
            ask = reading.connection.exec_driver_sql
            tables = ask("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
            return str([ask(f'SELECT * FROM "{table}"').all() for table in tables])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    strings = [f"{MARK} {text}" for text in (*NASTY, *UNSHOWN, *naughty()[len(NASTY) :])]
    batches = [strings[first : first + BATCH] for first in range(0, len(strings), BATCH)]
    accounts = {
        f"batch-{number}": {name: list(told) if name == "groups" else told[place] for place, name in enumerate(CLAIMS)}
        for number, told in enumerate(batches)
    }
    accounts["too-much"] = {"groups": ["x" * 30] * 500}
    with an_empty_site(tmp_path_factory.mktemp("claims")) as site:
        identity, database = site.hub.identity, site.hub.database
        client = ForeignClient("svd-hub", SECRET, identity.redirect_uri(FOREIGN))
        with foreign_provider([client], accounts=accounts) as provider:
            with database.unit_of_work() as uow:
                identity.add_provider(
                    uow,
                    OPERATOR,
                    agency=POLICE,
                    id=FOREIGN,
                    issuer=provider.issuer,
                    client_id="svd-hub",
                    client_secret=SECRET,
                )
            made = House(site, provider, batches)
            yield made
            for visitor in made.open:
                visitor.http.close()


def shown(page: httpx2.Response) -> str:
    """The words of a page, in one line."""
    is_harmless(page)
    return re.sub(r"\s+", " ", "".join(shape_of(page.text).texts))


# ---- beside the account ----------------------------------------------------------------------------------------------------


def signs_in_and_leaves_nothing(house: House, number: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    house.enrol(f"batch-{number}", f"Batch {number}")
    visitor, answer = house.sign_in(f"batch-{number}")
    assert answer.headers["location"] == "/", answer.text
    for path in ("/", "/account", "/accessibility"):
        page = visitor.get(path)
        assert f"Batch {number}" in shown(page)
        assert MARK not in page.text
    said = visitor.get("/api/v1/session").json()
    assert said["name"] == f"Batch {number}"
    assert MARK not in str(said)
    assert MARK not in caplog.text
    assert MARK not in house.kept()


def test_claims_beside_the_account_are_neither_kept_nor_shown_nor_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Names, addresses, groups, roles and half signs, as a real provider's JSON says them."""
    signs_in_and_leaves_nothing(house, 0, caplog)


@pytest.mark.slow
def test_no_string_of_the_corpus_in_a_claim_leaves_a_trace(house: House, caplog: pytest.LogCaptureFixture) -> None:
    assert sum(map(len, house.batches)) > 900
    for number in range(1, len(house.batches)):
        signs_in_and_leaves_nothing(house, number, caplog)


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("too-much", "long-token"),
        ("x" * 256, "bad-subject"),
        ("<script>é</script>", "bad-subject"),
        ("\u202ealex", "bad-subject"),
        ("<script>alert(1)</script>", "unknown-person"),
    ],
)
def test_an_account_that_cannot_be_kept_is_refused_on_a_clear_page(house: House, subject: str, code: str) -> None:
    visitor, answer = house.sign_in(subject)
    assert answer.status_code == 401
    for words in (code, say(f"identity.refusal.{code}.title"), say(f"identity.refusal.{code}.remedy")):
        assert words in shown(answer)
    assert subject not in html.unescape(answer.text) or subject == "too-much"
    assert "hub-session=" not in str(answer.headers.get("set-cookie", ""))
    assert visitor.get("/account").status_code in (303, 401)


# ---- the account, and the name an administrator wrote ----------------------------------------------------------------------


def pages_show(house: House, pairs: Sequence[tuple[str, str]]) -> None:
    """Each person signs in by their account; their own pages, those of the agency and the log show name and account as words."""
    ids = {house.enrol(subject, name): (subject, name) for subject, name in pairs}
    for subject, name in pairs:
        visitor, answer = house.sign_in(subject)
        assert answer.headers.get("location") == "/", (subject, answer.text)
        assert visitor.get("/api/v1/session").json()["name"] == name
        for path in ("/", "/account"):
            assert squeezed(name) in shown(visitor.get(path)), path
    log = house.visitor("ravensbourne-council", "auditor").post("/audit", purpose=READING_PURPOSES[0])
    assert squeezed(pairs[-1][1]) in shown(log)
    with house.site.hub.database.reading() as reading:
        kept = {one.id: (one.subject, one.name) for one in house.site.hub.identity.people(reading, agency=POLICE)}
    assert {who: kept[who] for who in ids} == ids
    administrator = house.visitor(POLICE, "administrator")
    listed = shown(administrator.get("/people"))
    for who, (subject, name) in ids.items():
        page = shown(administrator.get(f"/people/{who}"))
        assert squeezed(name) in listed
        assert squeezed(name) in page
        assert squeezed(subject) in page


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def named(strings: Sequence[str]) -> list[tuple[str, str]]:
    """Accounts and names of hostile strings, each in a place where it may stand; no account twice."""
    accounts = [text for text in strings if is_subject(text) and text == text.strip()]
    names = [text for text in strings if text.isprintable() and text == text.strip()]
    return [(f"{account}{number}"[:255], names[number % len(names)]) for number, account in enumerate(accounts)]


def test_hostile_accounts_and_names_are_words_on_every_page_that_shows_them(house: House) -> None:
    pages_show(
        house,
        named(("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "{{ 7*7 }}")),
    )


@pytest.mark.slow
def test_every_string_of_the_corpus_is_a_word_as_account_and_as_name(house: House) -> None:
    pages_show(house, named(naughty())[::18])


# ---- what the provider sends back ------------------------------------------------------------------------------------------


def test_a_person_who_cancels_is_told_without_the_provider_s_words(house: House) -> None:
    visitor, url = house.begun()
    page = visitor.http.get(house.provider.cancel(url, redirect_uri=house.back))
    assert "provider-refused" in shown(page)
    assert "access_denied" not in page.text


@pytest.mark.parametrize(
    "texts", [NASTY[:3], pytest.param((*NASTY, *naughty()[::20], *UNSHOWN[:5]), marks=pytest.mark.slow, id="many")]
)
def test_parameters_of_an_answer_are_never_shown_nor_logged(
    house: House, texts: Sequence[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = house.visitor()
    for text in texts:
        said = f"{MARK} {text}"
        params = dict.fromkeys(("error", "error_description", "error_uri", "code", "state", "iss", said), said)
        answer = visitor.http.get(f"/login/callback/{FOREIGN}", params=params)
        assert answer.status_code == 401
        is_harmless(answer)
        assert MARK not in answer.text
    assert MARK not in caplog.text
    assert MARK not in house.kept()


def test_an_issuer_that_looks_like_an_element_is_words_on_the_pages_of_agencies(house: House) -> None:
    site, issuer = house.site, 'https://login.example/"><script>alert(1)</script>'
    with site.hub.database.unit_of_work() as uow:
        site.hub.identity.add_provider(
            uow, OPERATOR, agency=POLICE, id="police-odd", issuer=issuer, client_id="=1+1", client_secret=SECRET
        )
    who = site.hub.identity
    with site.hub.database.unit_of_work() as uow:
        made = who.add_person(
            uow, OPERATOR, agency=POLICE, issuer=issuer, subject="alex", name="Alex", roles=["uploader"]
        )
    assert issuer in shown(house.visitor(POLICE, "administrator").get(f"/people/{made.id}"))
    operator = house.visitor("ravensbourne-hosting", "operator")
    for path in ("/agencies", f"/agencies/{POLICE}", "/login"):
        is_harmless(operator.get(path))

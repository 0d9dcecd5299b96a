"""Whatever stands in a claim, an answer or a document of a provider: an account is kept byte for byte or refused by name."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc.jwk import ECKey

from hub.db import Database
from hub.identity.administration import _mailbox
from hub.identity.id_tokens import MAX_CHARACTERS, Expected, checked_subject, is_subject
from hub.identity.issuers import ALGORITHMS, metadata_of
from hub.identity.logins import _answer
from hub.kit.canonical import sha256_hex
from hub.kit.clock import FrozenClock
from hub.kit.errors import Invalid, Unauthenticated, Unavailable
from tests.support.databases import a_database
from tests.support.evil_provider import DROP, EvilProvider, evil_provider, sign
from tests.support.hostile import NASTY, naughty
from tests.support.identity import POLICE, add_agencies, add_person, add_provider, an_identity, audit_of, session_of

NOW = 1_793_600_000
KEY = ECKey.generate_key("P-256", {"kid": "one"})
EXPECTED = Expected("https://login.example", "the-hub", sha256_hex(b"nonce"), ALGORITHMS, (), NOW)
HONEST = {
    "iss": "https://login.example",
    "sub": "alex",
    "aud": "the-hub",
    "exp": NOW + 60,
    "iat": NOW,
    "nonce": "nonce",
}
HALF = "\ud800"
"""Half a surrogate: JSON can say it (`\\ud800`), UTF-8 cannot."""

UNSHOWN = (
    HALF,
    "a\0b",
    "a\r\nSet-Cookie: a=b",
    "\u202ealex",
    "al\u200bex",
    "alex\ufeff",
    "\x1b[2Jalex",
    "\u0430lex",
    "é" * 300,
)


def judged(**claims: Any) -> tuple[str, str]:
    """The account that a token's claims name, and the code it is refused with: one of them is empty."""
    token = sign({"alg": "ES256", "kid": "one"}, HONEST | claims, KEY)
    try:
        return checked_subject(token, EXPECTED, lambda _kid, _algorithm: KEY), ""
    except Unauthenticated as error:
        return "", error.code


def test_every_string_as_an_account_is_that_account_or_refused_by_name() -> None:
    strings = (*naughty(), *UNSHOWN, "x" * 255, "x" * 256)
    for text in strings:
        assert judged(sub=text) == ((text, "") if is_subject(text) else ("", "bad-subject")), ascii(text)
    assert len(list(filter(is_subject, strings))) > 700


@pytest.mark.parametrize("claim", ["iss", "aud", "nonce", "acr", "azp", "exp", "iat", "nbf", "name", "groups"])
def test_half_a_surrogate_in_any_claim_is_judged(claim: str) -> None:
    for value in (HALF, [HALF], {HALF: HALF}):
        account, code = judged(**{claim: value})
        assert account == ("alex" if claim in ("acr", "name", "groups") else ""), value
        assert bool(account) != code.startswith(("wrong-", "bad-token", "not-yet-valid"))


def test_a_statement_longer_than_the_bound_is_refused_as_too_long() -> None:
    groups = ["x" * 30] * (MAX_CHARACTERS // 40)
    assert judged(groups=groups[: len(groups) // 2]) == ("alex", "")
    assert judged(groups=groups * 2) == ("", "long-token")


class Evil:
    """A hub whose police force signs in at the evil provider."""

    def __init__(self, provider: EvilProvider, database: Database, clock: FrozenClock) -> None:
        provider.reset(clock)
        self.provider, self.database = provider, database
        self.identity = an_identity(database, clock)

    def login(self) -> str:
        """One whole attempt: the subject of the session, or the code of the refusal."""
        try:
            start = self.identity.begin_login(POLICE)
            back = self.provider.sign_in(start.redirect_url)
            done = self.identity.complete_login(callback_url=back, login_cookie=start.login_cookie)
        except (Unauthenticated, Unavailable) as error:
            return error.code
        return session_of(self.identity, self.database, done.cookie).person.subject


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EvilProvider, Database]]:
    clock = FrozenClock()
    with evil_provider(clock) as provider:
        database = a_database(tmp_path_factory.mktemp("claims"))
        identity = an_identity(database, clock)
        add_agencies(identity, database)
        add_provider(identity, database, issuer=provider.issuer)
        add_person(identity, database, issuer=provider.issuer)
        yield provider, database
        database.close()


@pytest.fixture
def evil(house: tuple[EvilProvider, Database], clock: FrozenClock) -> Evil:
    return Evil(*house, clock)


@pytest.mark.slow
def test_a_hostile_account_of_a_person_signs_them_in(evil: Evil) -> None:
    text = "' OR 1=1; -- <script>alert(1)</script> \\ ${x} %0d%0a"
    add_person(evil.identity, evil.database, issuer=evil.provider.issuer, subject=text)
    evil.provider.faults.claims = {"sub": text}
    assert evil.login() == text


def test_what_the_provider_says_beside_the_account_is_neither_kept_nor_logged(
    evil: Evil, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    planted = {f"planted-{text}": [f"planted-{text}", HALF] for text in (*NASTY, *UNSHOWN[1:])}
    said = dict.fromkeys(("name", "email", "preferred_username"), f"planted-{NASTY[0]}{HALF}")
    evil.provider.faults.claims = said | {"groups": list(planted), "roles": planted}
    evil.provider.faults.token_answer = {"scope": "planted-scope", "access_token": "planted-token", HALF: HALF}
    assert evil.login() == "alex"
    assert "planted" not in caplog.text
    with evil.database.reading() as reading:
        tables = (
            reading.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        )
        kept = [reading.connection.exec_driver_sql(f'SELECT * FROM "{table}"').all() for table in tables]
    assert "alex" in str(kept)
    assert "planted" not in str(kept)


def test_a_provider_that_refuses_is_understood_though_it_writes_lines(
    evil: Evil, caplog: pytest.LogCaptureFixture
) -> None:
    """Microsoft Entra ID puts line ends into the description; it goes nowhere, so that it need not be fit to be read."""
    caplog.set_level(logging.DEBUG)
    evil.provider.faults.callback = {"error": "planted", "error_description": "planted.\r\nTrace ID: 1", "code": DROP}
    assert evil.login() == "provider-refused"
    assert "planted" not in str([dict(entry.columns) for entry in audit_of(evil.database)]) + caplog.text


def test_what_a_provider_says_beside_its_answer_is_not_read() -> None:
    for text in (*naughty(), *UNSHOWN[1:], "x" * 9_000):
        said = {"state": "s", "error": text, "error_description": text, "error_uri": text, text: text}
        answer = _answer(f"https://hub.example/login/callback/x?{urlencode(said)}")
        assert answer.refused, ascii(text)
        assert answer.values.get("state") == "s" or text == "state"
        assert not {*answer.values} - {"state", "code", "iss"}


def read(code: str) -> str | None:
    """The code of a callback as identity reads it; None for a refusal."""
    try:
        return _answer(f"https://hub.example/login/callback/x?{urlencode({'code': code, 'state': 's'})}").values["code"]
    except Unauthenticated:
        return None


def test_a_hostile_value_that_is_read_is_itself_or_refused() -> None:
    for text in (*naughty(), *UNSHOWN[1:], "x" * 4_097):
        assert read(text) == (text if text.isprintable() and len(text) <= 4_096 else None), ascii(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["code", "state", "iss"])
def test_a_hostile_value_in_an_answer_signs_nobody_in(evil: Evil, name: str) -> None:
    for text in (*NASTY, *UNSHOWN[1:], "x" * 9_000):
        evil.provider.faults.callback = {name: text}
        refused = {"state": {"wrong-state"}, "iss": {"wrong-issuer"}, "code": {"wrong-nonce"}}[name]
        assert evil.login() in refused | {"bad-callback"}, ascii(text)


def test_an_address_that_is_none_is_nowhere_to_go() -> None:
    issuer = "https://login.example"
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    honest = {"issuer": issuer} | {name: f"{issuer}/realms/a%20b/{name}?x=[1]&y=~" for name in names}
    assert metadata_of(honest, issuer).jwks_uri == honest["jwks_uri"]
    for name in names:
        for text in (HALF, "\r\nSet-Cookie: a=b", " b", "\u202e", "\0", "é", "<script>", '"><b>', "\\", "x" * 3_000):
            with pytest.raises(Unauthenticated) as error:
                metadata_of(honest | {name: f"{issuer}/{text}"}, issuer)
            assert error.value.code == "wrong-endpoint", (name, ascii(text))


def test_an_address_that_is_none_begins_no_login(evil: Evil) -> None:
    evil.provider.faults.discovery = {"authorization_endpoint": f"{evil.provider.issuer}/{HALF}"}
    assert evil.login() == "wrong-endpoint"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": HALF, "error_description": f"\r\n{HALF}"}, "provider-refused"),
        ({"id_token": HALF}, "bad-token"),
        ({"id_token": "x" * 20_000}, "long-token"),
        ({"expires_in": HALF}, "provider-unavailable"),
    ],
)
def test_half_a_surrogate_in_the_answer_for_a_code_is_judged(evil: Evil, answer: dict[str, Any], code: str) -> None:
    evil.provider.faults.token_answer = answer
    evil.provider.faults.token_status = 400 if "error" in answer else 200
    assert evil.login() == code


def test_a_mailbox_is_one_plain_address_or_none() -> None:
    """It stands in the header of letters."""
    kept = []
    for text in (*naughty(), *UNSHOWN, *(f"{text}@police.example" for text in (*NASTY, *UNSHOWN)), "a@b\r\nBcc: c@d"):
        with suppress(Invalid):
            kept.append(_mailbox(text))
    assert all(re.fullmatch(r"[!#-'*+/-9=?A-Z^-~.-]+@[A-Za-z0-9.-]+", one) for one in kept if one), kept

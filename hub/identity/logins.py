"""Login through OpenID Connect: code flow, PKCE S256, one redirect URI for each provider.

State, nonce and verifier belong to a random login cookie, for one use within ten minutes. At rest stand the hashes of cookie,
state and nonce, and the verifier wrapped under a key that cannot be made without the cookie.

A login talks to another server. `begin_login` and `complete_login` do that between short transactions of their own, so that no
database lock is held while a slow provider is waited for: doors use these two. `start_login` and `finish_login` do the same
within one transaction of the caller.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from hub.db import Reading, UnitOfWork
from hub.identity import oauth, session_store, store
from hub.identity.core import hashed
from hub.identity.id_tokens import Expected, checked_subject
from hub.identity.invitations import Invitations, code_hash
from hub.identity.issuers import Metadata
from hub.identity.model import CALLBACK_PATH, Agency, LoginStart, Person, Provider, SessionStart
from hub.identity.refusals import refusal
from hub.identity.session_store import PendingLogin
from hub.identity.sessions import Sessions
from hub.kit.authority import Reader
from hub.kit.clock import moment, stamp
from hub.kit.crypto import keys
from hub.kit.errors import NotFound, Unauthenticated, Unavailable
from hub.kit.words import say

_LIFE = timedelta(minutes=10)
_LONGEST_VALUE = 4096
_READ = ("code", "state", "iss")
"""The parameters of an answer whose values are read. What a provider says beside them goes nowhere, and may be anything."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is needed to judge an answer, read before the provider is called."""

    provider: Provider
    client: oauth.Client
    verifier: str = field(repr=False)
    nonce_sha256: str
    next_path: str
    invitation_sha256: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The callback as it came: path, the parameters that are read, and whether the provider refused."""

    path: str
    values: Mapping[str, str]
    refused: bool


class Logins(Invitations, Sessions):
    """The verbs of logging in."""

    def begin_login(self, provider_id: str, *, next_path: str = "/", invitation: str = "") -> LoginStart:
        """Start a login; the provider's discovery document is fetched (if it must be) before the transaction begins.

        `invitation` is the code of one: whoever the provider names, if the hub does not know them, takes it up.
        """
        with self._core.database.reading() as reading:
            provider, client = self._usable(reading, provider_id)
        metadata = self._core.issuers.metadata(provider.issuer)
        with self._core.database.unit_of_work() as uow:
            return self._started(uow, provider, client, metadata, next_path=next_path, invitation=invitation)

    def start_login(self, uow: UnitOfWork, provider_id: str, *, next_path: str = "/") -> LoginStart:
        """Start a login in the caller's transaction. NotFound for a provider that is unknown or disabled.

        `next_path` is where the person wanted to go: anything but a path on this hub becomes `/`.
        """
        provider, client = self._usable(uow, provider_id)
        return self._started(uow, provider, client, self._core.issuers.metadata(provider.issuer), next_path=next_path)

    def complete_login(self, *, callback_url: str, login_cookie: str) -> SessionStart:
        """Finish a login, as `finish_login` does, with no transaction open while the provider is called."""
        cookie = hashed(login_cookie)
        provider_id = ""
        try:
            with self._core.database.reading() as reading:
                login = self._pending(reading, cookie)
                provider_id = login.provider
                asked, answer = self._matched(reading, login, callback_url, login_cookie)
            subject = self._subject(asked, answer)
            with self._core.database.unit_of_work() as uow:
                return self._let_in(uow, cookie, asked, subject)
        except (Unauthenticated, Unavailable) as error:
            with self._core.database.unit_of_work() as uow:
                self._failed(uow, cookie, provider_id, error.code)
            raise

    def finish_login(self, uow: UnitOfWork, *, callback_url: str, login_cookie: str) -> SessionStart:
        """Judge the provider's answer and open a session, in the caller's transaction.

        Checked, each with a stable code: login cookie known, unused, in time (`no-login`, `login-expired`); `state`
        (`wrong-state`); redirect URI of this provider and, where given or promised, `iss` of the answer (`wrong-issuer`,
        RFC 9207); code and verifier, by the provider (`code-refused`); an ID token there (`no-id-token`), well formed
        (`bad-token`), signed as configured (`wrong-algorithm`, `unknown-key`, `bad-signature`), by the exact issuer
        (`wrong-issuer`), for us (`wrong-audience`), for this login (`wrong-nonce`), in time (`expired`, `not-yet-valid`),
        strong enough (`wrong-assurance`); and (issuer, subject) an active person of the provider's agency
        (`unknown-person`). A failed attempt uses the login up and is an audit entry, also when the transaction is undone.
        """
        cookie = hashed(login_cookie)
        provider_id = ""
        try:
            login = self._pending(uow, cookie)
            provider_id = login.provider
            asked, answer = self._matched(uow, login, callback_url, login_cookie)
            return self._let_in(uow, cookie, asked, self._subject(asked, answer))
        except (Unauthenticated, Unavailable) as error:
            why = error.code
            self._failed(uow, cookie, provider_id, why)
            uow.after_rollback(lambda: self._failed_again(cookie, provider_id, why))
            raise

    def _usable(self, reading: UnitOfWork | Reading, provider_id: str) -> tuple[Provider, oauth.Client]:
        provider = store.provider(reading, provider_id)
        agency = store.agency(reading, provider.agency) if provider else None
        if provider is None or agency is None or provider.disabled or agency.disabled:
            raise NotFound(say("identity.missing.provider"))
        secret = keys.unwrap(self._secret_key(provider.id), store.sealed_secret(reading, provider.id)).decode()
        scope = (
            "openid" if provider.subject_claim == "sub" else "openid profile"
        )  # Entra gives `oid` with `profile` only
        return provider, oauth.Client(provider.client_id, secret, self.redirect_uri(provider.id), scope)

    def _started(
        self,
        uow: UnitOfWork,
        provider: Provider,
        client: oauth.Client,
        metadata: Metadata,
        *,
        next_path: str,
        invitation: str = "",
    ) -> LoginStart:
        cookie, state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        now = self._core.clock.now()
        session_store.sweep(uow, stamp(now))
        session_store.add_login(
            uow,
            hashed(cookie),
            PendingLogin(
                provider=provider.id,
                state_sha256=hashed(state),
                nonce_sha256=hashed(nonce),
                verifier=keys.wrap(self._verifier_key(cookie), verifier.encode()),
                next_path=_local_path(next_path),
                expires_at=stamp(now + _LIFE),
                invitation_sha256=code_hash(invitation) if invitation else "",
            ),
        )
        self._core.note(uow, "login-start", reader=Reader(agency=provider.agency), subject=f"provider/{provider.id}")
        url = oauth.authorization_url(
            client, metadata, state=state, nonce=nonce, verifier=verifier, acr=provider.required_acr
        )
        return LoginStart(url, cookie)

    def _pending(self, reading: UnitOfWork | Reading, cookie_sha256: str) -> PendingLogin:
        login = session_store.login(reading, cookie_sha256)
        if login is None:
            raise refusal("no-login")
        return login

    def _matched(
        self, reading: UnitOfWork | Reading, login: PendingLogin, callback_url: str, cookie: str
    ) -> tuple[_Asked, _Answer]:
        """Read the answer and find what was asked; that they belong together is shown by the state. No provider is called."""
        if moment(login.expires_at) <= self._core.clock.now():
            raise refusal("login-expired")
        answer = _answer(callback_url)
        if not keys.equal(hashed(answer.values.get("state", "")).encode(), login.state_sha256.encode()):
            raise refusal("wrong-state")
        try:
            provider, client = self._usable(reading, login.provider)
        except NotFound as error:
            raise refusal("no-login") from error
        verifier = keys.unwrap(self._verifier_key(cookie), login.verifier).decode()
        asked = _Asked(provider, client, verifier, login.nonce_sha256, login.next_path, login.invitation_sha256)
        return asked, answer

    def _subject(self, asked: _Asked, answer: _Answer) -> str:
        """Check who answers, call the provider, check what it says; no database is touched here."""
        provider = asked.provider
        metadata = self._core.issuers.metadata(provider.issuer)
        code = _code(answer, provider, metadata)
        token = oauth.id_token_for(asked.client, metadata, code=code, verifier=asked.verifier)
        expected = Expected(
            issuer=provider.issuer,
            client_id=provider.client_id,
            nonce_sha256=asked.nonce_sha256,
            algorithms=provider.algorithms,
            acr=provider.required_acr,
            now=int(self._core.clock.now().timestamp()),
            subject_claim=provider.subject_claim,
        )
        issuers = self._core.issuers
        return checked_subject(
            token, expected, lambda kid, algorithm: issuers.key(provider.issuer, kid=kid, algorithm=algorithm)
        )

    def _let_in(self, uow: UnitOfWork, cookie_sha256: str, asked: _Asked, subject: str) -> SessionStart:
        if not session_store.take_login(uow, cookie_sha256):
            raise refusal("no-login")  # used by another request meanwhile
        if asked.invitation_sha256:
            self._take_up(uow, asked.provider, subject, asked.invitation_sha256)
        person, agency = self._known(uow, asked.provider, subject)
        return SessionStart(self._open_session(uow, person, agency, asked.provider), person, asked.next_path)

    def _known(self, reading: UnitOfWork | Reading, provider: Provider, subject: str) -> tuple[Person, Agency]:
        """The active person of the provider's own agency with this account."""
        person = store.person_of_account(reading, issuer=provider.issuer, subject=subject)
        if person is None or person.agency != provider.agency:
            raise refusal("unknown-person")
        try:
            return self._active(reading, person.id)
        except Unauthenticated as error:
            raise refusal("unknown-person") from error

    def _failed(self, uow: UnitOfWork, cookie_sha256: str, provider_id: str, code: str) -> None:
        session_store.take_login(uow, cookie_sha256)
        provider = store.provider(uow, provider_id) if provider_id else None
        self._core.note(
            uow,
            "login",
            reader=Reader(agency=provider.agency if provider else ""),
            subject=f"provider/{provider_id}" if provider_id else "provider/unknown",
            outcome="refused",
            detail={"code": code},
        )

    def _failed_again(self, cookie_sha256: str, provider_id: str, code: str) -> None:
        with self._core.database.unit_of_work() as uow:
            self._failed(uow, cookie_sha256, provider_id, code)

    def _verifier_key(self, cookie: str) -> bytes:
        return keys.authenticate(self._core.key("verifier"), cookie.encode(errors="replace"))


def _answer(callback_url: str) -> _Answer:
    """Path and parameters of the callback; each parameter may stand there once."""
    try:
        parts = urlsplit(callback_url)
        pairs = parse_qs(parts.query, keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise refusal("bad-callback") from error
    values = {name: pairs[name][0] for name in _READ if name in pairs}
    once = all(len(found) == 1 for found in pairs.values())
    if not once or any(len(value) > _LONGEST_VALUE or not value.isprintable() for value in values.values()):
        raise refusal("bad-callback")
    return _Answer(parts.path, values, refused="error" in pairs)


def _code(answer: _Answer, provider: Provider, metadata: Metadata) -> str:
    """The code, if this provider and no other sent it: to its own redirect URI, with its `iss` (RFC 9207)."""
    given = answer.values.get("iss")
    if not answer.path.endswith(f"{CALLBACK_PATH}/{provider.id}"):
        raise refusal("wrong-issuer")
    if given != provider.issuer and (given is not None or metadata.names_itself_in_answers):
        raise refusal("wrong-issuer")
    if answer.refused:
        raise refusal("provider-refused")  # the provider's own text is untrusted and goes nowhere
    if not answer.values.get("code"):
        raise refusal("bad-callback")
    return answer.values["code"]


def _local_path(path: str) -> str:
    """`path` if it is an absolute path on this hub, else `/`: no scheme, no host, no way to write one."""
    local = path.startswith("/") and not path.startswith("//") and len(path) <= 2000
    return path if local and path.isprintable() and "\\" not in path else "/"

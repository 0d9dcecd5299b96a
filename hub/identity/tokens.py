"""Tokens the hub issues to a person for programs (Excel, Power BI, QGIS, the command line): shown once, hashed at rest."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from hub.db import Reading, UnitOfWork
from hub.identity import session_store, store
from hub.identity.core import Part, hashed, reader_of
from hub.identity.model import Agency, Person, Role, Scope, Session, TokenInfo
from hub.identity.refusals import refusal
from hub.identity.sessions import SEEN_EVERY
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import stamp
from hub.kit.errors import Invalid, NotFound, NotPermitted
from hub.kit.ids import new_id
from hub.kit.words import say

MOST_DAYS = 90
PREFIX = "svdhub_"
_SHAPE = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")  # the prefix lets secret scanners find a token that strayed


class Tokens(Part):
    """The verbs over hub-issued tokens."""

    def issue_token(
        self, uow: UnitOfWork, permit: Permit, *, person: str, name: str, days: int, scopes: Iterable[str]
    ) -> str:
        """A token for whoever holds a permit `token:issue` on `person/{their id}`; this is the only time it is seen."""
        now = self._core.clock.now()
        if not permit.is_for(Action.TOKEN_ISSUE, f"person/{person}", at=now) or permit.reader.person != person:
            raise NotPermitted(say("identity.forbidden.token-owner"), code="wrong-permit")
        if not 1 <= days <= MOST_DAYS:
            raise Invalid(say("identity.invalid.token-days"), code="bad-token-days")
        wanted = frozenset(scopes)
        if not wanted or not wanted <= set(Scope):
            raise Invalid(say("identity.invalid.token-scopes"), code="bad-token-scopes")
        label = name.strip()
        if not 0 < len(label) <= 200 or not label.isprintable():
            raise Invalid(say("identity.invalid.name"), code="bad-name")
        token = PREFIX + secrets.token_urlsafe(32)
        info = TokenInfo(
            new_id("tok"), person, label, frozenset(Scope(s) for s in wanted), now, now + timedelta(days=days)
        )
        session_store.add_token(
            uow, hashed(token), info, issued_at=stamp(info.issued_at), expires_at=stamp(info.expires_at)
        )
        self._core.note(
            uow,
            Action.TOKEN_ISSUE,
            reader=permit.reader,
            subject=f"token/{info.id}",
            authority=permit.id,
            detail={"days": days, "scopes": " ".join(sorted(wanted))},
        )
        return token

    def bearer(self, reading: UnitOfWork | Reading, token: str, *, scope: Scope = Scope.READ) -> Session:
        """Who holds this token, as they stand now. It must be good for `scope`, else NotPermitted `token-scope`.

        Unauthenticated `no-token`, `token-revoked` or `token-expired`. Works the same for a Bearer header and a Basic password.
        """
        info = session_store.token_of_hash(reading, hashed(token)) if _SHAPE.fullmatch(token) else None
        if info is None:
            raise refusal("no-token")
        person = store.person(reading, info.person)
        agency = store.agency(reading, person.agency) if person else None
        if person is None or agency is None or info.revoked or person.disabled or agency.disabled:
            raise refusal("token-revoked")
        if info.expires_at <= self._core.clock.now():
            raise refusal("token-expired")
        if scope not in info.scopes:
            raise NotPermitted(say("identity.forbidden.token-scope"), code="token-scope", reasons=("token-scope",))
        self._use(reading, info, person, agency)
        return Session(
            id=info.id,
            person=person,
            agency=agency,
            reader=reader_of(person, agency),
            csrf_token="",
            expires_at=info.expires_at,
            scopes=info.scopes,
        )

    def _use(self, reading: UnitOfWork | Reading, info: TokenInfo, person: Person, agency: Agency) -> None:
        """Write down that the person uses the hub, at most every five minutes; in a transaction of its own where none is open."""
        now = self._core.clock.now()
        if person.seen_at is not None and now - person.seen_at < SEEN_EVERY:
            return
        if not isinstance(reading, UnitOfWork):
            with self._core.database.unit_of_work() as uow:
                self._use(uow, info, person, agency)
            return
        store.see_person(reading, person.id, stamp(now))
        self._core.note(reading, "token-used", reader=reader_of(person, agency), subject=f"token/{info.id}")

    def tokens(self, reading: UnitOfWork | Reading, *, person: str) -> tuple[TokenInfo, ...]:
        """A person's tokens, newest first; revoked and expired ones too."""
        return session_store.tokens_of(reading, person)

    def revoke_token(self, uow: UnitOfWork, reader: Reader, *, token_id: str) -> None:
        """End a token now. Its holder may, and an operator; to anybody else it does not exist."""
        info = session_store.token(uow, token_id)
        if info is None or (info.person != reader.person and Role.OPERATOR not in reader.roles):
            raise NotFound(say("identity.missing.token"))
        session_store.revoke_token(uow, token_id, self._core.now())
        self._core.note(uow, "token:revoke", reader=reader, subject=f"token/{token_id}")

"""Browser sessions: server-side, found by the hash of a random cookie, over after idle minutes or a fixed number of hours."""

from __future__ import annotations

import secrets
from datetime import timedelta

from hub.db import Reading, UnitOfWork
from hub.identity import session_store, store
from hub.identity.core import Part, hashed, reader_of
from hub.identity.model import Agency, Person, Provider, Scope, Session
from hub.identity.refusals import refusal
from hub.identity.session_store import OpenSession
from hub.kit.authority import Reader
from hub.kit.clock import moment, stamp
from hub.kit.crypto import keys
from hub.kit.ids import new_id

SEEN_EVERY = timedelta(minutes=5)
"""How often the use of a session or a token is written down."""


class Sessions(Part):
    """The verbs over browser sessions."""

    def session(self, reading: UnitOfWork | Reading, cookie: str) -> Session:
        """Who holds this cookie, as they stand now; Unauthenticated `no-session` or `session-expired`.

        The idle limit counts from the last use, which is written down every five minutes, with an audit entry (in the caller's
        transaction, or, when the caller only reads, in a short one of its own).
        """
        found = session_store.session(reading, hashed(cookie))
        if found is None:
            raise refusal("no-session")
        now = self._core.clock.now()
        ends_at, seen_at = moment(found.ends_at), moment(found.seen_at)
        if now >= ends_at or now >= seen_at + self._core.idle:
            raise refusal("session-expired")
        person, agency = self._active(reading, found.person)
        reader = reader_of(person, agency)
        if now - seen_at >= min(SEEN_EVERY, self._core.idle / 4):
            self._see(reading, found.id, reader)
            seen_at = now
        return Session(
            id=found.id,
            person=person,
            agency=agency,
            reader=reader,
            csrf_token=keys.authenticate(self._core.key("csrf"), cookie.encode(errors="replace")).hex(),
            expires_at=min(ends_at, seen_at + self._core.idle),
            scopes=frozenset(Scope),
        )

    def end_session(self, uow: UnitOfWork, cookie: str) -> None:
        """Log out. A cookie without a session is no error: there is nothing to end."""
        found = session_store.session(uow, hashed(cookie))
        if found is None:
            return
        session_store.end_session(uow, found.id)
        person = store.person(uow, found.person)
        reader = Reader(agency=person.agency if person else "", person=found.person)
        self._core.note(uow, "logout", reader=reader, subject=f"session/{found.id}")

    def _open_session(self, uow: UnitOfWork, person: Person, agency: Agency, provider: Provider) -> str:
        """A new session with a new cookie, whatever the browser held before; returns the cookie."""
        cookie = secrets.token_urlsafe(32)
        now = self._core.clock.now()
        opened = OpenSession(new_id("ses"), person.id, stamp(now), stamp(now + self._core.longest))
        session_store.add_session(uow, hashed(cookie), opened, provider=provider.id)
        store.see_person(uow, person.id, stamp(now))
        self._core.note(
            uow,
            "login",
            reader=reader_of(person, agency),
            subject=f"session/{opened.id}",
            detail={"provider": provider.id},
        )
        return cookie

    def _active(self, reading: UnitOfWork | Reading, person_id: str) -> tuple[Person, Agency]:
        person = store.person(reading, person_id)
        agency = store.agency(reading, person.agency) if person else None
        if person is None or agency is None or person.disabled or agency.disabled:
            raise refusal("no-session")
        return person, agency

    def _see(self, reading: UnitOfWork | Reading, session_id: str, reader: Reader) -> None:
        if isinstance(reading, UnitOfWork):
            session_store.see_session(reading, session_id, self._core.now())
            store.see_person(reading, reader.person, self._core.now())
            self._core.note(reading, "session-continued", reader=reader, subject=f"session/{session_id}")
            return
        with self._core.database.unit_of_work() as uow:
            self._see(uow, session_id, reader)

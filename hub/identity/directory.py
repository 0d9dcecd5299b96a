"""Who is who: agencies, their providers, their people and roles. Each change is an audit entry of whoever made it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hub.audit import Verb
from hub.db import Reading, UnitOfWork
from hub.identity import people_store, session_store, store
from hub.identity.core import Part
from hub.identity.id_tokens import is_subject
from hub.identity.issuers import ALGORITHMS, is_acceptable_issuer
from hub.identity.model import CALLBACK_PATH, Agency, AgencyKind, Person, PersonEvent, Provider, Role
from hub.identity.roles import fitting
from hub.kit.authority import Reader
from hub.kit.crypto import keys
from hub.kit.errors import Invalid, NotFound
from hub.kit.ids import new_id
from hub.kit.words import say

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,62}")
_SUBJECT_CLAIMS = ("sub", "oid")


class Directory(Part):
    """The verbs over agencies, providers and people."""

    def add_agency(
        self,
        uow: UnitOfWork,
        reader: Reader,
        *,
        id: str,  # noqa: A002 - the word callers know it by
        name: str,
        kind: AgencyKind | str,
        authority: str = "",
    ) -> Agency:
        """A new agency. Invalid for a bad id, name or kind; Conflict when the id is in use."""
        if not _SLUG.fullmatch(id):
            raise _invalid("agency-id")
        if kind not in set(AgencyKind):
            raise _invalid("kind")
        made = Agency(id, name_of(name), AgencyKind(kind))
        store.add_agency(uow, made, taken=say("identity.invalid.agency-taken"))
        self._changed(uow, reader, "agency:add", f"agency/{id}", {"kind": made.kind.value}, authority=authority)
        return made

    def agencies(self, reading: UnitOfWork | Reading) -> tuple[Agency, ...]:
        """All agencies by id, disabled ones included."""
        return store.all_agencies(reading)

    def agency(self, reading: UnitOfWork | Reading, id: str) -> Agency:  # noqa: A002 - the word callers know it by
        """One agency; NotFound."""
        found = store.agency(reading, id)
        if found is None:
            raise NotFound(say("identity.missing.agency"))
        return found

    def add_provider(
        self,
        uow: UnitOfWork,
        reader: Reader,
        *,
        agency: str,
        issuer: str,
        client_id: str,
        client_secret: str,
        id: str = "",  # noqa: A002 - the word callers know it by
        algorithms: Iterable[str] = ALGORITHMS,
        required_acr: Iterable[str] = (),
        subject_claim: str = "sub",
        authority: str = "",
    ) -> Provider:
        """A provider for an agency; its id is the agency's unless another is given (then it stands in the redirect URI).

        The issuer is compared byte for byte ever after. Invalid names what is wrong with the settings; Conflict: id in use.
        """
        made = Provider(
            id=id or agency,
            agency=self.agency(uow, agency).id,
            issuer=issuer,
            client_id=client_id,
            algorithms=tuple(algorithms),
            required_acr=tuple(required_acr),
            subject_claim=subject_claim,
        )
        self._check_provider(made)
        sealed = self._sealed(made.id, client_secret)
        store.add_provider(uow, made, sealed_secret=sealed, taken=say("identity.invalid.provider-taken"))
        detail = {"agency": agency, "issuer": issuer}
        self._changed(uow, reader, "provider:add", f"provider/{made.id}", detail, authority=authority)
        return made

    def _check_provider(self, made: Provider) -> None:
        if not _SLUG.fullmatch(made.id):
            raise _invalid("provider-id")
        if not is_acceptable_issuer(made.issuer, allow_http=self._core.allow_http_issuers):
            raise Invalid(
                say("identity.invalid.issuer"), code="bad-issuer", remedy=say("identity.invalid.issuer-remedy")
            )
        if not made.algorithms or not set(made.algorithms) <= set(ALGORITHMS):
            raise _invalid("algorithms")
        if not _is_credential(made.client_id):
            raise _invalid("client")
        if made.subject_claim not in _SUBJECT_CLAIMS or not all(
            _is_credential(acr) and " " not in acr for acr in made.required_acr
        ):
            raise _invalid("claims")

    def _sealed(self, provider_id: str, client_secret: str) -> bytes:
        if not _is_credential(client_secret):
            raise _invalid("client")
        return keys.wrap(self._secret_key(provider_id), client_secret.encode())

    def providers(self, reading: UnitOfWork | Reading) -> tuple[Provider, ...]:
        """The providers a person can sign in with: enabled, of enabled agencies; by agency."""
        enabled = {agency.id for agency in store.all_agencies(reading) if not agency.disabled}
        return tuple(p for p in store.all_providers(reading) if not p.disabled and p.agency in enabled)

    def redirect_uri(self, provider_id: str) -> str:
        """What to register at the provider: exactly this, one for each provider."""
        return f"{self._core.base_url}{CALLBACK_PATH}/{provider_id}"

    def renew_secret(
        self, uow: UnitOfWork, reader: Reader, *, provider: str, client_secret: str, authority: str = ""
    ) -> None:
        """Replace a provider's client secret; logins use it from the next one on."""
        self._provider(uow, provider)
        store.replace_secret(uow, provider, self._sealed(provider, client_secret))
        subject = f"provider/{provider}"
        self._changed(uow, reader, "provider:renew-secret", subject, {}, verb=Verb.KEY, authority=authority)

    def disable_provider(self, uow: UnitOfWork, reader: Reader, *, provider: str) -> None:
        """No more logins through it; the sessions it began end now."""
        self._provider(uow, provider)
        store.set_disabled(uow, store.providers, provider, self._core.now())
        ended = session_store.end_sessions(uow, provider=provider)
        self._changed(uow, reader, "provider:disable", f"provider/{provider}", {"sessions": ended})

    def add_person(
        self,
        uow: UnitOfWork,
        reader: Reader,
        *,
        agency: str,
        issuer: str,
        subject: str,
        name: str,
        roles: Iterable[str],
        authority: str = "",
    ) -> Person:
        """Someone who may log in from now on, as (issuer, subject). Conflict when that account is known."""
        if not is_subject(subject):
            raise _invalid("subject")
        found = self.agency(uow, agency)
        made = Person(new_id("per"), found.id, name_of(name), fitting(roles, found.kind), issuer, subject)
        store.add_person(uow, made, taken=say("identity.invalid.person-taken"))
        detail = {"agency": agency, "roles": " ".join(sorted(made.roles))}
        self._of_person(uow, reader, "add", made.id, roles=made.roles, detail=detail, authority=authority)
        return made

    def people(self, reading: UnitOfWork | Reading, *, agency: str = "", removed: bool = False) -> tuple[Person, ...]:
        """The people of an agency, or of all, by name; with those who were removed, where asked for."""
        return store.all_people(reading, agency, removed=removed)

    def person(self, reading: UnitOfWork | Reading, id: str) -> Person:  # noqa: A002 - the word callers know it by
        """One person, removed or not; NotFound."""
        found = store.person(reading, id)
        if found is None:
            raise NotFound(say("identity.missing.person"))
        return found

    def history(self, reading: UnitOfWork | Reading, *, person: str) -> tuple[PersonEvent, ...]:
        """What happened to a person's account and roles, oldest first."""
        return people_store.events_of(reading, person)

    def facilitator(self, reading: UnitOfWork | Reading, agency: str) -> Person | None:
        """Whom the agency nominated to facilitate sharing (SI 2007/1830 reg 4(3)), as long as they may use the hub."""
        named = self.agency(reading, agency).facilitator
        found = store.person(reading, named) if named else None
        return found if found and not found.disabled and found.agency == agency else None

    def contact(self, reading: UnitOfWork | Reading, agency: str) -> str:
        """The mailbox that an agency named for reminders; empty when it named none."""
        return people_store.contact_of(reading, agency)

    def set_roles(
        self, uow: UnitOfWork, reader: Reader, *, person: str, roles: Iterable[str], authority: str = ""
    ) -> None:
        """Replace a person's roles; sessions and tokens they hold have the new ones at their next request."""
        found = self.person(uow, person)
        wanted = fitting(roles, self.agency(uow, found.agency).kind)
        store.set_roles(uow, found.id, wanted)
        detail = {"roles": " ".join(sorted(wanted)), "before": " ".join(sorted(found.roles))}
        self._of_person(uow, reader, "set-roles", person, roles=wanted, detail=detail, authority=authority)

    def disable_person(
        self, uow: UnitOfWork, reader: Reader, *, person: str, reason: str = "", authority: str = ""
    ) -> None:
        """The person may not log in; their sessions end and their tokens are revoked now."""
        found = self.person(uow, person)
        store.set_disabled(uow, store.people, person, self._core.now())
        detail = self._shut_out(uow, person)
        self._of_person(
            uow, reader, "disable", person, roles=found.roles, detail=detail, reason=reason, authority=authority
        )

    def enable_person(self, uow: UnitOfWork, reader: Reader, *, person: str, authority: str = "") -> None:
        """The person may log in again; nothing that ended comes back."""
        found = self.person(uow, person)
        store.set_disabled(uow, store.people, person, "")
        self._of_person(uow, reader, "enable", person, roles=found.roles, detail={}, authority=authority)

    def _shut_out(self, uow: UnitOfWork, person: str) -> dict[str, str | int]:
        ended = session_store.end_sessions(uow, person=person)
        revoked = session_store.revoke_tokens(uow, self._core.now(), person=person)
        return {"sessions": ended, "tokens": revoked}

    def _of_person(
        self,
        uow: UnitOfWork,
        reader: Reader,
        event: str,
        person: str,
        *,
        roles: frozenset[Role],
        detail: Mapping[str, str | int],
        reason: str = "",
        authority: str = "",
    ) -> None:
        """A line of the person's history and an entry of the log: ids, roles and codes, no name."""
        by = reader.task or reader.person
        at = self._core.clock.now()
        people_store.add_event(uow, person, PersonEvent(event, roles, by, reader.agency, reason, at))
        more = {"reason": reason} if reason else {}
        self._changed(uow, reader, f"person:{event}", f"person/{person}", {**detail, **more}, authority=authority)

    def disable_agency(self, uow: UnitOfWork, reader: Reader, *, agency: str, authority: str = "") -> None:
        """None of its people may log in; their sessions end and their tokens are revoked now."""
        self.agency(uow, agency)
        store.set_disabled(uow, store.agencies, agency, self._core.now())
        ended = session_store.end_sessions(uow, agency=agency)
        revoked = session_store.revoke_tokens(uow, self._core.now(), agency=agency)
        detail = {"sessions": ended, "tokens": revoked}
        self._changed(uow, reader, "agency:disable", f"agency/{agency}", detail, authority=authority)

    def enable_agency(self, uow: UnitOfWork, reader: Reader, *, agency: str, authority: str = "") -> None:
        """Its people may log in again; nothing that ended comes back."""
        self.agency(uow, agency)
        store.set_disabled(uow, store.agencies, agency, "")
        self._changed(uow, reader, "agency:enable", f"agency/{agency}", {}, authority=authority)

    def _provider(self, reading: UnitOfWork | Reading, id: str) -> Provider:  # noqa: A002 - the word callers know it by
        found = store.provider(reading, id)
        if found is None:
            raise NotFound(say("identity.missing.provider"))
        return found

    def _secret_key(self, provider: str) -> bytes:
        return self._core.key(f"client-secret/{provider}")  # one key a provider: a wrapped secret cannot be moved

    def _changed(
        self,
        uow: UnitOfWork,
        reader: Reader,
        action: str,
        subject: str,
        detail: Mapping[str, str | int],
        *,
        verb: Verb = Verb.ALTERATION,
        authority: str = "",
    ) -> None:
        self._core.note(uow, action, reader=reader, subject=subject, verb=verb, authority=authority, detail=detail)


def _is_credential(text: str) -> bool:
    """One or more visible ASCII characters or spaces (RFC 6749 appendix A), not only spaces."""
    return bool(text.strip()) and text.isascii() and text.isprintable()


def name_of(text: str) -> str:
    """The name of a person or an agency: 1 to 200 characters, none of them a control character."""
    name = text.strip()
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise _invalid("name")
    return name


def _invalid(code: str) -> Invalid:
    return Invalid(say(f"identity.invalid.{code}"), code=f"bad-{code}")

"""Invitations: a place kept for somebody of an agency, taken up at their first login by whoever brings the one-time code.

The code alone opens nothing: it must come with a login through a provider of the inviting agency. What it binds is that provider's
(issuer, subject); no name and no e-mail address is ever compared.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import timedelta

from hub.audit import Verb
from hub.db import Reading, UnitOfWork
from hub.identity import people_store, store
from hub.identity.core import hashed
from hub.identity.directory import Directory, name_of
from hub.identity.model import Invitation, Invited, Provider, Role
from hub.identity.refusals import refusal
from hub.identity.roles import fitting
from hub.kit.authority import Reader
from hub.kit.ids import new_id

LIFE = timedelta(days=7)
_BYTES = 15  # 24 characters in base 32, 120 bits: cannot be guessed, can be read out over a telephone


class Invitations(Directory):
    """The verbs over invitations that logins and administration share."""

    def invitation_of(self, reading: UnitOfWork | Reading, code: str) -> Invitation:
        """The invitation that a code opens; Unauthenticated `no-invitation` when it is unknown, used, or out of date."""
        found = people_store.open_invitation(reading, code_hash(code), self._core.now())
        if found is None or self.agency(reading, found.agency).disabled:
            raise refusal("no-invitation")
        return found

    def open_invitations(self, reading: UnitOfWork | Reading, *, agency: str) -> tuple[Invitation, ...]:
        """The invitations of an agency that can still be used, newest first."""
        return people_store.open_invitations(reading, agency, self._core.now())

    def _invite(
        self, uow: UnitOfWork, reader: Reader, *, agency: str, name: str, roles: Iterable[str], authority: str
    ) -> Invited:
        now = self._core.clock.now()
        code = base64.b32encode(secrets.token_bytes(_BYTES)).decode()
        made = Invitation(
            id=new_id("inv"),
            agency=agency,
            name=name_of(name),
            roles=fitting(roles, self.agency(uow, agency).kind),
            invited_by=reader.person or reader.task,
            made_at=now,
            expires_at=now + LIFE,
        )
        people_store.add_invitation(uow, code_hash(code), made)
        detail = {"agency": agency, "roles": " ".join(sorted(made.roles))}
        self._changed(uow, reader, "invitation:make", f"invitation/{made.id}", detail, authority=authority)
        return Invited(made, "-".join(code[at : at + 4] for at in range(0, len(code), 4)))

    def _take_back(self, uow: UnitOfWork, reader: Reader, found: Invitation, *, authority: str = "") -> None:
        if people_store.end_invitation(uow, found.id, self._core.now()):
            detail = {"agency": found.agency}
            self._changed(uow, reader, "invitation:take-back", f"invitation/{found.id}", detail, authority=authority)

    def _take_up(self, uow: UnitOfWork, provider: Provider, subject: str, code_sha256: str) -> None:
        """Make the person whom the invitation keeps a place for, if the account is not known yet; it is then used up."""
        if store.person_of_account(uow, issuer=provider.issuer, subject=subject) is not None:
            return  # somebody the hub knows logs in as always; an invitation adds no roles to an account
        now = self._core.now()
        found = people_store.open_invitation(uow, code_sha256, now)
        if found is None or found.agency != provider.agency or not people_store.end_invitation(uow, found.id, now):
            raise refusal("no-invitation")
        by = Reader(agency=found.agency, person=found.invited_by)
        made = self.add_person(
            uow,
            by,
            agency=found.agency,
            issuer=provider.issuer,
            subject=subject,
            name=found.name,
            roles=[role.value for role in found.roles],
            authority=found.id,
        )
        reader = Reader(agency=made.agency, person=made.id)
        self._core.note(uow, "invitation:use", reader=reader, subject=f"invitation/{found.id}", verb=Verb.ALTERATION)


def code_hash(code: str) -> str:
    """How a code stands at rest, however it was typed: letters and digits alone count, not their case."""
    return hashed("".join(one for one in code.upper() if one.isalnum()))


def may_give(role: Role) -> bool:
    """Whether an agency may give the role at all: nobody but the console makes an operator."""
    return role is not Role.OPERATOR

"""Delegated administration: an agency's administrators say who of the agency comes in, and with which roles.

Every verb takes a Permit for the agency and touches nobody outside it. What holds whoever asks: nobody gives themselves a role,
nobody gives the operator's, and an agency that has an administrator keeps one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hub.db import UnitOfWork
from hub.identity import people_store, store
from hub.identity.invitations import Invitations, may_give
from hub.identity.model import Invited, Person, Provider, Reason, Role
from hub.kit.authority import Action, Permit, Reader
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from hub.kit.words import say

_LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


class Administration(Invitations):
    """The verbs of an agency over its own people. `permit` is for `agency/{id}` throughout."""

    def invite(self, uow: UnitOfWork, permit: Permit, *, name: str, roles: Iterable[str]) -> Invited:
        """Keep a place for somebody; the answer holds the one-time code, seen this once."""
        agency = self._agency_of(permit, Action.PERSON_INVITE)
        wanted = _given(roles)
        return self._invite(uow, permit.reader, agency=agency, name=name, roles=wanted, authority=permit.id)

    def enrol(
        self, uow: UnitOfWork, permit: Permit, *, provider: str, subject: str, name: str, roles: Iterable[str]
    ) -> Person:
        """Add somebody whose account at one of the agency's own providers is known. Conflict when the hub knows the account."""
        agency = self._agency_of(permit, Action.PERSON_INVITE)
        issuer = self._own_provider(uow, agency, provider).issuer
        return self.add_person(
            uow,
            permit.reader,
            agency=agency,
            issuer=issuer,
            subject=subject,
            name=name,
            roles=_given(roles),
            authority=permit.id,
        )

    def take_back(self, uow: UnitOfWork, permit: Permit, *, invitation: str) -> None:
        """End an invitation that nobody took up."""
        agency = self._agency_of(permit, Action.PERSON_INVITE)
        found = next((one for one in self.open_invitations(uow, agency=agency) if one.id == invitation), None)
        if found is None:
            raise NotFound(say("identity.missing.invitation"))
        self._take_back(uow, permit.reader, found, authority=permit.id)

    def change_roles(self, uow: UnitOfWork, permit: Permit, *, person: str, roles: Iterable[str]) -> None:
        """Give and take roles; they hold from the person's next request on. Of oneself one may only take."""
        found = self._own_person(uow, permit, person)
        wanted = _given(roles)
        if found.id == permit.reader.person and not wanted <= found.roles:
            raise NotPermitted(say("identity.forbidden.own-roles"), code="own-roles", reasons=("own-roles",))
        if Role.ADMINISTRATOR not in wanted:
            self._keep_administrator(uow, found)
        self.set_roles(uow, permit.reader, person=found.id, roles=wanted, authority=permit.id)

    def suspend(self, uow: UnitOfWork, permit: Permit, *, person: str, reason: str) -> None:
        """Shut somebody out: sessions and tokens end now (promise P3). Conflict when they are out already."""
        found = self._own_person(uow, permit, person)
        if found.disabled:
            raise Conflict(say("identity.conflict.suspended"), code="suspended")
        why = _reason(reason)
        self._keep_administrator(uow, found)
        self._end_invitations(uow, permit.reader, found, authority=permit.id)
        self.disable_person(uow, permit.reader, person=found.id, reason=why, authority=permit.id)

    def restore(self, uow: UnitOfWork, permit: Permit, *, person: str) -> None:
        """Let somebody who was suspended in again, with the roles they had; no session and no token comes back."""
        found = self._own_person(uow, permit, person)
        if not found.disabled:
            raise Conflict(say("identity.conflict.not-suspended"), code="not-suspended")
        self.enable_person(uow, permit.reader, person=found.id, authority=permit.id)

    def remove(self, uow: UnitOfWork, permit: Permit, *, person: str, reason: str) -> None:
        """Shut somebody out for good and forget their account; their name stays with what they sent and signed."""
        found = self._own_person(uow, permit, person)
        self._keep_administrator(uow, found)
        self._forget(uow, permit, found, reason)

    def nominate(self, uow: UnitOfWork, permit: Permit, *, person: str) -> None:
        """Name the person of the agency who facilitates the sharing of information (SI 2007/1830 reg 4(3))."""
        agency = self._agency_of(permit, Action.AGENCY_NOMINATE)
        found = store.person(uow, person)
        if found is None or found.agency != agency or found.disabled:
            raise NotFound(say("identity.missing.person"))
        store.nominate(uow, agency, found.id)
        detail = {"person": found.id}
        self._changed(uow, permit.reader, "agency:nominate", f"agency/{agency}", detail, authority=permit.id)

    def set_contact(self, uow: UnitOfWork, permit: Permit, *, address: str) -> None:
        """The mailbox that is reminded of what is due, of a role rather than a person; empty: none. Invalid `bad-contact`."""
        agency = self._agency_of(permit, Action.AGENCY_SET_CONTACT)
        wanted = _mailbox(address)
        people_store.set_contact(uow, agency, wanted)
        detail = {"set": "yes" if wanted else "no"}
        self._changed(uow, permit.reader, "agency:set-contact", f"agency/{agency}", detail, authority=permit.id)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _forget(self, uow: UnitOfWork, permit: Permit, found: Person, reason: str) -> None:
        why = _reason(reason)
        self._end_invitations(uow, permit.reader, found, authority=permit.id)
        detail = self._shut_out(uow, found.id)
        store.remove_person(uow, found.id, self._core.now())
        self._of_person(
            uow,
            permit.reader,
            "remove",
            found.id,
            roles=frozenset(),
            detail=detail,
            reason=why,
            authority=permit.id,
        )

    def _agency_of(self, permit: Permit, action: Action) -> str:
        """The agency that the permit is for."""
        agency = permit.resource.removeprefix("agency/")
        if not permit.is_for(action, f"agency/{agency}", at=self._core.clock.now()):
            raise NotPermitted(say("identity.forbidden.permit"), code="wrong-permit", reasons=("wrong-permit",))
        return agency

    def _own_person(self, uow: UnitOfWork, permit: Permit, person: str) -> Person:
        """The person, if they are of the agency that the permit is for; to everybody else they do not exist."""
        agency = self._agency_of(permit, Action.PERSON_CHANGE)
        store.lock_agency(uow, agency)
        found = store.person(uow, person)
        if found is None or found.agency != agency or found.removed:
            raise NotFound(say("identity.missing.person"))
        if not all(may_give(role) for role in found.roles):
            raise NotPermitted(say("identity.forbidden.operator"), code="operator", reasons=("operator",))
        return found

    def _own_provider(self, uow: UnitOfWork, agency: str, provider: str) -> Provider:
        found = store.provider(uow, provider)
        if found is None or found.agency != agency or found.disabled:
            raise NotFound(say("identity.missing.provider"))
        return found

    def _keep_administrator(self, uow: UnitOfWork, leaving: Person) -> None:
        """Conflict if the agency would be left without an administrator who can log in."""
        others = [one for one in store.all_people(uow, leaving.agency) if one.id != leaving.id]
        if is_administrator(leaving) and not any(is_administrator(one) for one in others):
            raise Conflict(
                say("identity.conflict.last-administrator"),
                code="last-administrator",
                remedy=say("identity.conflict.last-administrator-remedy"),
            )

    def _end_invitations(self, uow: UnitOfWork, reader: Reader, leaving: Person, *, authority: str) -> None:
        """What somebody offered who is shut out is no longer offered."""
        for one in people_store.open_invitations(uow, leaving.agency, self._core.now()):
            if one.invited_by == leaving.id:
                self._take_back(uow, reader, one, authority=authority)


def is_administrator(person: Person) -> bool:
    """Whether the person can act as administrator of their agency now."""
    return Role.ADMINISTRATOR in person.roles and not person.disabled


def _mailbox(address: str) -> str:
    """A plain address such as `data@police.example`: one line of ASCII without a name, a comment or quotes."""
    text = address.strip()
    if not text:
        return ""
    if len(text) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        raise Invalid(
            say("identity.invalid.contact"), code="bad-contact", remedy=say("identity.invalid.contact-remedy")
        )
    return text


def _given(roles: Iterable[str]) -> frozenset[str]:
    """The roles, if an agency may give them."""
    wanted = frozenset(roles)
    if any(role in set(Role) and not may_give(Role(role)) for role in wanted):
        raise NotPermitted(say("identity.forbidden.operator"), code="operator", reasons=("operator",))
    return wanted


def _reason(reason: str) -> str:
    if reason not in set(Reason):
        raise Invalid(say("identity.invalid.reason"), code="bad-reason")
    return reason

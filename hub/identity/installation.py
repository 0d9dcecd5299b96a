"""The operator's part: bring an agency in (kind, provider, first administrator), or shut it out. Its people are its own business.

An agency that has an administrator is closed to the operator: no second provider, no person. So nobody who runs the hub can
make themselves somebody of an agency (UK GDPR Art. 28(3)(a)).
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.db import Reading, UnitOfWork
from hub.identity import store
from hub.identity.administration import Administration, is_administrator
from hub.identity.model import Agency, AgencyKind, Invited, Person, Provider, Role
from hub.kit.authority import Action, Permit
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.words import say


class Installation(Administration):
    """The verbs of whoever runs the hub."""

    def register_agency(
        self,
        uow: UnitOfWork,
        permit: Permit,
        *,
        id: str,  # noqa: A002 - the word callers know it by
        name: str,
        kind: str,
    ) -> Agency:
        """A new agency of a kind. On a permit `agency:add`."""
        if not permit.is_for(Action.AGENCY_ADD, at=self._core.clock.now()):
            raise NotPermitted(say("identity.forbidden.permit"), code="wrong-permit", reasons=("wrong-permit",))
        return self.add_agency(uow, permit.reader, id=id, name=name, kind=kind, authority=permit.id)

    def connect_provider(
        self,
        uow: UnitOfWork,
        permit: Permit,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        id: str = "",  # noqa: A002 - the word callers know it by
        subject_claim: str = "sub",
    ) -> Provider:
        """The provider through which the agency's people log in. Conflict once the agency has an administrator."""
        agency = self._open_agency(uow, permit)
        return self.add_provider(
            uow,
            permit.reader,
            agency=agency.id,
            issuer=issuer,
            client_id=client_id,
            client_secret=client_secret,
            id=id,
            subject_claim=subject_claim,
            authority=permit.id,
        )

    def renew_client_secret(self, uow: UnitOfWork, permit: Permit, *, provider: str, client_secret: str) -> None:
        """Replace the client secret of one of the agency's providers; who vouches for its people stays the same."""
        agency = self._agency_of(permit, Action.AGENCY_SET_UP)
        self._own_provider(uow, agency, provider)
        self.renew_secret(uow, permit.reader, provider=provider, client_secret=client_secret, authority=permit.id)

    def first_person(
        self,
        uow: UnitOfWork,
        permit: Permit,
        *,
        name: str,
        roles: Iterable[str] = (Role.ADMINISTRATOR.value,),
        provider: str = "",
        subject: str = "",
    ) -> Person | Invited:
        """The agency's first administrator: by the account at its provider, or by an invitation where no subject is given.

        Conflict once it has one, or while it has no provider. Of the operator's own agency: an operator.
        """
        agency = self._open_agency(uow, permit)
        wanted = frozenset(roles)
        first = Role.OPERATOR if agency.kind is AgencyKind.HUB_OPERATOR else Role.ADMINISTRATOR
        if first not in wanted:
            raise NotPermitted(say("identity.forbidden.first-person"), code="first-person", reasons=("first-person",))
        if not any(one.agency == agency.id for one in self.providers(uow)):
            raise Conflict(say("identity.conflict.no-provider"), code="no-provider")
        for earlier in self.open_invitations(uow, agency=agency.id):
            self._take_back(uow, permit.reader, earlier, authority=permit.id)
        if not subject:
            return self._invite(uow, permit.reader, agency=agency.id, name=name, roles=wanted, authority=permit.id)
        issuer = self._own_provider(uow, agency.id, provider or agency.id).issuer
        return self.add_person(
            uow,
            permit.reader,
            agency=agency.id,
            issuer=issuer,
            subject=subject,
            name=name,
            roles=wanted,
            authority=permit.id,
        )

    def dismiss_operator(self, uow: UnitOfWork, permit: Permit, *, person: str, reason: str) -> None:
        """Remove one of those who run the hub; Conflict for the last one."""
        agency = self._open_agency(uow, permit)
        found = store.person(uow, person)
        if found is None or found.agency != agency.id or Role.OPERATOR not in found.roles:
            raise NotFound(say("identity.missing.person"))
        if not any(one.id != found.id and not one.disabled for one in store.all_people(uow, agency.id)):
            raise Conflict(say("identity.conflict.last-operator"), code="last-operator")
        self._forget(uow, permit, found, reason)

    def shut_out_agency(self, uow: UnitOfWork, permit: Permit) -> None:
        """None of its people may log in; their sessions and tokens end now. What it agreed stands as it stood."""
        agency = self.agency(uow, self._agency_of(permit, Action.AGENCY_SUSPEND))
        if agency.disabled or agency.kind is AgencyKind.HUB_OPERATOR:
            raise Conflict(say("identity.conflict.agency-out"), code="agency-out")
        self.disable_agency(uow, permit.reader, agency=agency.id, authority=permit.id)

    def let_agency_in(self, uow: UnitOfWork, permit: Permit) -> None:
        """Its people may log in again; no session and no token comes back."""
        agency = self.agency(uow, self._agency_of(permit, Action.AGENCY_SUSPEND))
        if not agency.disabled:
            raise Conflict(say("identity.conflict.agency-in"), code="agency-in")
        self.enable_agency(uow, permit.reader, agency=agency.id, authority=permit.id)

    def is_administered(self, reading: UnitOfWork | Reading, agency: str) -> bool:
        """Whether the agency has an administrator who can log in."""
        return any(is_administrator(one) for one in store.all_people(reading, agency))

    def _open_agency(self, uow: UnitOfWork, permit: Permit) -> Agency:
        """The agency of the permit, if the operator may still set it up."""
        agency = self.agency(uow, self._agency_of(permit, Action.AGENCY_SET_UP))
        store.lock_agency(uow, agency.id)
        if self.is_administered(uow, agency.id):
            raise Conflict(
                say("identity.conflict.administered"),
                code="administered",
                remedy=say("identity.conflict.administered-remedy"),
            )
        return agency

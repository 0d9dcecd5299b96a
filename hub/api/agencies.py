"""People of the caller's agency, and the agencies of the hub. A change needs a token made to administer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from hub.api.readers import session_of
from hub.app import Hub
from hub.db import UnitOfWork
from hub.identity import Agency, Invited, Person, Scope, Session
from hub.kit.authority import Action, Permit
from hub.kit.clock import stamp
from hub.kit.errors import NotFound
from hub.kit.words import say


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPerson(_Said):
    """Somebody new: with `provider` and `subject` by the account, without by an invitation."""

    name: str = Field(max_length=200)
    roles: list[str]
    provider: str = Field(default="", max_length=64)
    subject: str = Field(default="", max_length=255)


class Roles(_Said):
    """The roles from now on."""

    roles: list[str]


class Why(_Said):
    """Why somebody is shut out: one of the hub's reasons."""

    reason: str = Field(max_length=20)


class Nominee(_Said):
    """Whom the agency names to facilitate sharing."""

    person: str = Field(max_length=64)


class NewAgency(_Said):
    """An agency to be brought in."""

    id: str = Field(max_length=64)
    name: str = Field(max_length=200)
    kind: str = Field(max_length=40)


class NewProvider(_Said):
    """The provider through which an agency signs in."""

    issuer: str = Field(max_length=2000)
    client_id: str = Field(max_length=2000)
    client_secret: str = Field(max_length=2000)
    id: str = Field(default="", max_length=64)
    subject_claim: str = Field(default="sub", max_length=10)


class FirstPerson(_Said):
    """The first administrator: with a subject by the account, without by an invitation."""

    name: str = Field(max_length=200)
    provider: str = Field(default="", max_length=64)
    subject: str = Field(default="", max_length=255)


class Agencies:
    """As the pages People and Agencies do."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["people"])
        for path, verb, method, status in (
            ("/people", self.people, "GET", 200),
            ("/people", self.bring_in, "POST", 201),
            ("/people/{person}", self.person, "GET", 200),
            ("/people/{person}/roles", self.change_roles, "PUT", 200),
            ("/people/{person}/suspension", self.suspend, "PUT", 200),
            ("/people/{person}/suspension", self.restore, "DELETE", 200),
            ("/people/{person}", self.remove, "DELETE", 200),
            ("/invitations/{invitation}", self.take_back, "DELETE", 200),
            ("/agencies", self.agencies, "GET", 200),
            ("/agencies", self.add_agency, "POST", 201),
            ("/agencies/{agency}/facilitator", self.nominate, "PUT", 200),
            ("/agencies/{agency}/provider", self.connect, "POST", 201),
            ("/agencies/{agency}/administrator", self.first, "POST", 201),
        ):
            router.add_api_route(path, verb, methods=[method], status_code=status)
        return router

    # ---- people ----------------------------------------------------------------------------------------------------

    def people(self, request: Request) -> dict[str, Any]:
        """Who acts for the caller's agency, and the invitations that wait."""
        identity = self._hub.identity
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._own(uow, session, Action.PERSON_READ)
            named = identity.facilitator(uow, session.agency.id)
            waiting = identity.open_invitations(uow, agency=session.agency.id)
            return {
                "agency": session.agency.id,
                "facilitator": named.id if named else "",
                "people": [_person(one) for one in identity.people(uow, agency=session.agency.id)],
                "invitations": [
                    {
                        "id": one.id,
                        "name": one.name,
                        "roles": sorted(one.roles),
                        "expires_at": stamp(one.expires_at),
                    }
                    for one in waiting
                ],
            }

    def person(self, request: Request, person: str) -> dict[str, Any]:
        """One person of the caller's agency, with their history."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._own(uow, session, Action.PERSON_READ)
            return self._shown(uow, session, person)

    def bring_in(self, request: Request, said: NewPerson) -> dict[str, Any]:
        """Invite somebody (the answer alone ever holds the code), or enrol an account that is known."""
        identity = self._hub.identity
        with self._hub.database.unit_of_work() as uow:
            permit = self._own(uow, self._administering(uow, request), Action.PERSON_INVITE)
            if not said.subject:
                return _invited(identity.invite(uow, permit, name=said.name, roles=said.roles))
            return _person(identity.enrol(uow, permit, **said.model_dump()))

    def change_roles(self, request: Request, person: str, said: Roles) -> dict[str, Any]:
        """Replace a person's roles; they hold from the next request on."""
        with self._hub.database.unit_of_work() as uow:
            session = self._administering(uow, request)
            permit = self._own(uow, session, Action.PERSON_CHANGE)
            self._hub.identity.change_roles(uow, permit, person=person, roles=said.roles)
            return self._shown(uow, session, person)

    def suspend(self, request: Request, person: str, said: Why) -> dict[str, Any]:
        """Shut somebody out: sessions and tokens end now."""
        with self._hub.database.unit_of_work() as uow:
            session = self._administering(uow, request)
            permit = self._own(uow, session, Action.PERSON_CHANGE)
            self._hub.identity.suspend(uow, permit, person=person, reason=said.reason)
            return self._shown(uow, session, person)

    def restore(self, request: Request, person: str) -> dict[str, Any]:
        """Let somebody in again."""
        with self._hub.database.unit_of_work() as uow:
            session = self._administering(uow, request)
            self._hub.identity.restore(uow, self._own(uow, session, Action.PERSON_CHANGE), person=person)
            return self._shown(uow, session, person)

    def remove(self, request: Request, person: str, reason: str) -> dict[str, Any]:
        """Shut somebody out for good."""
        with self._hub.database.unit_of_work() as uow:
            session = self._administering(uow, request)
            permit = self._own(uow, session, Action.PERSON_CHANGE)
            self._hub.identity.remove(uow, permit, person=person, reason=reason)
            return self._shown(uow, session, person)

    def take_back(self, request: Request, invitation: str) -> dict[str, Any]:
        """End an invitation that nobody took up."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._own(uow, self._administering(uow, request), Action.PERSON_INVITE)
            self._hub.identity.take_back(uow, permit, invitation=invitation)
        return {"id": invitation, "ended": True}

    # ---- agencies --------------------------------------------------------------------------------------------------

    def agencies(self, request: Request) -> dict[str, Any]:
        """For the operator what each agency has, for the lead whom each authority named."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.AGENCY_READ, "agencies")
            operates = self._hub.policy.decide(uow, session.reader, Action.AGENCY_ADD, "agencies").permitted
            found = [self._agency(uow, one, operates=operates) for one in self._hub.identity.agencies(uow)]
        return {"agencies": [one for one in found if operates or one["needs_facilitator"]]}

    def add_agency(self, request: Request, said: NewAgency) -> dict[str, Any]:
        """Bring an agency in."""
        with self._hub.database.unit_of_work() as uow:
            session = self._administering(uow, request)
            permit = self._hub.policy.permit(uow, session.reader, Action.AGENCY_ADD, "agencies")
            made = self._hub.identity.register_agency(uow, permit, **said.model_dump())
            return self._agency(uow, made, operates=True)

    def connect(self, request: Request, agency: str, said: NewProvider) -> dict[str, Any]:
        """Connect its provider, before it has an administrator."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._of(uow, self._administering(uow, request), Action.AGENCY_SET_UP, agency)
            made = self._hub.identity.connect_provider(uow, permit, **said.model_dump())
        return {"id": made.id, "issuer": made.issuer, "redirect_uri": self._hub.identity.redirect_uri(made.id)}

    def first(self, request: Request, agency: str, said: FirstPerson) -> dict[str, Any]:
        """Name its first administrator."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._of(uow, self._administering(uow, request), Action.AGENCY_SET_UP, agency)
            made = self._hub.identity.first_person(uow, permit, **said.model_dump())
        return _invited(made) if isinstance(made, Invited) else {"id": made.id}

    def nominate(self, request: Request, agency: str, said: Nominee) -> dict[str, Any]:
        """Name the facilitator of the caller's own agency."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._of(uow, self._administering(uow, request), Action.AGENCY_NOMINATE, agency)
            self._hub.identity.nominate(uow, permit, person=said.person)
        return {"agency": agency, "facilitator": said.person}

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _administering(self, uow: UnitOfWork, request: Request) -> Session:
        return session_of(self._hub, uow, request, scope=Scope.ADMINISTER)

    def _own(self, uow: UnitOfWork, session: Session, action: Action) -> Permit:
        return self._of(uow, session, action, session.agency.id)

    def _of(self, uow: UnitOfWork, session: Session, action: Action, agency: str) -> Permit:
        return self._hub.policy.permit(uow, session.reader, action, f"agency/{agency}")

    def _shown(self, uow: UnitOfWork, session: Session, person: str) -> dict[str, Any]:
        found = self._hub.identity.person(uow, person)
        if found.agency != session.agency.id:
            raise NotFound(say("identity.missing.person"))
        history = [
            {
                "at": stamp(one.at),
                "event": one.event,
                "roles": sorted(one.roles),
                "by": one.by_person,
                "reason": one.reason,
            }
            for one in self._hub.identity.history(uow, person=person)
        ]
        return _person(found) | {"history": history}

    def _agency(self, uow: UnitOfWork, agency: Agency, *, operates: bool) -> dict[str, Any]:
        identity = self._hub.identity
        named = identity.facilitator(uow, agency.id)
        needs = agency.kind.value in self._hub.policy.library.responsible_authorities
        shown: dict[str, Any] = {
            "id": agency.id,
            "name": agency.name,
            "kind": agency.kind.value,
            "needs_facilitator": needs,
        }
        if not operates:
            return shown | {"facilitator": named.name if named else ""}
        return shown | {
            "facilitator_named": named is not None,
            "administered": identity.is_administered(uow, agency.id),
            "providers": [one.id for one in identity.providers(uow) if one.agency == agency.id],
            "shut_out": agency.disabled,
        }


def _person(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "roles": sorted(one.roles),
        "status": "removed" if one.removed else "suspended" if one.disabled else "active",
        "last_use": stamp(one.seen_at) if one.seen_at else "",
    }


def _invited(made: Invited) -> dict[str, Any]:
    return {"invitation": made.invitation.id, "code": made.code, "expires_at": stamp(made.invitation.expires_at)}

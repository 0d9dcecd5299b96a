"""The people of the reader's own agency: who acts for it, with which roles; every other agency's look as if they were not there."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.db import Reading, UnitOfWork
from hub.identity import Invited, Session
from hub.kit.authority import Action, Permit
from hub.kit.errors import Conflict, HubError, Invalid, NotFound
from hub.kit.words import say
from hub.web.dates import spoken_moment
from hub.web.door import Door
from hub.web.elements import Link, Problem
from hub.web.forms import Form
from hub.web.pages.people import (
    ConfirmPage,
    InvitePage,
    chosen_roles,
    people_page,
    person_page,
    provider_choices,
    reason_choices,
    role_choices,
)

_DONE = ("roles", "suspended", "restored", "removed", "nominated", "enrolled", "taken_back")
_HERE = "/people"


class PeoplePages:
    """Delegated administration."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix=_HERE)
        for path, verb, method in (
            ("", self.listing, "GET"),
            ("/facilitator", self.nominate, "POST"),
            ("/invite", self.form, "GET"),
            ("/invite", self.invite, "POST"),
            ("/invitations/{invitation}/take-back", self.take_back, "POST"),
            ("/{person}", self.one, "GET"),
            ("/{person}/roles", self.change_roles, "POST"),
            ("/{person}/suspend", self.ask_to_suspend, "GET"),
            ("/{person}/suspend", self.suspend, "POST"),
            ("/{person}/restore", self.restore, "POST"),
            ("/{person}/remove", self.ask_to_remove, "GET"),
            ("/{person}/remove", self.remove, "POST"),
        ):
            router.add_api_route(path, verb, methods=[method], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """Who acts for the agency."""
        session = self._door.session(request)
        identity, agency = self._hub.identity, session.agency
        with self._hub.database.unit_of_work() as uow:
            self._permit(uow, session, Action.PERSON_READ)
            page = people_page(
                agency,
                identity.people(uow, agency=agency.id),
                identity.open_invitations(uow, agency=agency.id),
                facilitator=identity.facilitator(uow, agency.id),
                needs_facilitator=agency.kind.value in self._hub.policy.library.responsible_authorities,
                may=self._may(uow, session),
            )
        frame = self._door.frame(session, page.title, current=_HERE, notice=_notice(request))
        return self._door.page("people.html", frame, page)

    def nominate(self, request: Request, form: Form) -> Response:
        """Name the facilitator."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, session, Action.AGENCY_NOMINATE)
            self._hub.identity.nominate(uow, permit, person=form.get("person", ""))
        return self._door.go(f"{_HERE}?done=nominated")

    # ---- somebody new ----------------------------------------------------------------------------------------------

    def form(self, request: Request) -> Response:
        """An empty form."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._permit(uow, session, Action.PERSON_INVITE)
        return self._invite_page(session, {})

    def invite(self, request: Request, form: Form) -> Response:
        """Invite, or enrol where the account is given. The answer is the only page that ever shows an invitation's code."""
        session = self._door.session_for_form(request, form)
        name, subject, roles = form.get("name", "").strip(), form.get("subject", "").strip(), chosen_roles(form)
        missing = {field for field, said in (("name", name), ("roles", roles)) if not said}
        if missing:
            return self._invite_page(session, form, missing=missing)
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._permit(uow, session, Action.PERSON_INVITE)
                if not subject:
                    made = self._hub.identity.invite(uow, permit, name=name, roles=roles)
                else:
                    provider = form.get("provider", "") or self._first_provider(uow, session)
                    self._hub.identity.enrol(uow, permit, provider=provider, subject=subject, name=name, roles=roles)
        except (Invalid, Conflict) as error:
            return self._invite_page(session, form, error=error)
        return self._door.go(f"{_HERE}?done=enrolled") if subject else self._invite_page(session, {}, made=made)

    def take_back(self, request: Request, invitation: str, form: Form) -> Response:
        """End an invitation."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, session, Action.PERSON_INVITE)
            self._hub.identity.take_back(uow, permit, invitation=invitation)
        return self._door.go(f"{_HERE}?done=taken_back")

    # ---- one person ------------------------------------------------------------------------------------------------

    def one(self, request: Request, person: str) -> Response:
        """One person with their history."""
        return self._show(self._door.session(request), person, notice=_notice(request))

    def change_roles(self, request: Request, person: str, form: Form) -> Response:
        """Give and take roles."""
        session = self._door.session_for_form(request, form)
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._permit(uow, session, Action.PERSON_CHANGE)
                self._hub.identity.change_roles(uow, permit, person=person, roles=chosen_roles(form))
        except (Invalid, Conflict) as error:
            return self._show(session, person, error=f"{error.title} {error.remedy}".strip())
        if person == session.person.id and not self._still_sees(session):
            return self._door.go("/")
        return self._door.go(f"{_HERE}/{person}?done=roles")

    def ask_to_suspend(self, request: Request, person: str) -> Response:
        """What suspending means, and why."""
        return self._ask(self._door.session(request), person, "suspend")

    def suspend(self, request: Request, person: str, form: Form) -> Response:
        """Shut somebody out, so that they can be let in again."""
        return self._shut_out(request, person, form, "suspend")

    def ask_to_remove(self, request: Request, person: str) -> Response:
        """What removing means, and why."""
        return self._ask(self._door.session(request), person, "remove")

    def remove(self, request: Request, person: str, form: Form) -> Response:
        """Shut somebody out for good."""
        return self._shut_out(request, person, form, "remove")

    def restore(self, request: Request, person: str, form: Form) -> Response:
        """Let somebody in again."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, session, Action.PERSON_CHANGE)
            self._hub.identity.restore(uow, permit, person=person)
        return self._door.go(f"{_HERE}/{person}?done=restored")

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _permit(self, uow: UnitOfWork, session: Session, action: Action) -> Permit:
        return self._hub.policy.permit(uow, session.reader, action, f"agency/{session.agency.id}")

    def _may(self, reading: UnitOfWork | Reading, session: Session) -> frozenset[str]:
        of = f"agency/{session.agency.id}"
        asked = (
            ("invite", Action.PERSON_INVITE, of),
            ("nominate", Action.AGENCY_NOMINATE, of),
            ("protocol", Action.AGENCY_READ, "agencies"),
        )
        decide = self._hub.policy.decide
        return frozenset(
            name for name, action, what in asked if decide(reading, session.reader, action, what).permitted
        )

    def _still_sees(self, session: Session) -> bool:
        with self._hub.database.reading() as reading:
            roles = frozenset(role.value for role in self._hub.identity.person(reading, session.person.id).roles)
        return bool(roles & {"administrator", "governance_lead"})

    def _first_provider(self, reading: UnitOfWork, session: Session) -> str:
        own = [one.id for one in self._hub.identity.providers(reading) if one.agency == session.agency.id]
        return own[0] if own else ""

    def _show(self, session: Session, person: str, *, error: str = "", notice: str = "") -> Response:
        identity = self._hub.identity
        with self._hub.database.unit_of_work() as uow:
            self._permit(uow, session, Action.PERSON_READ)
            found = identity.person(uow, person)
            if found.agency != session.agency.id:
                raise NotFound(say("identity.missing.person"))
            colleagues = identity.people(uow, agency=session.agency.id, removed=True)
            of = f"agency/{session.agency.id}"
            page = person_page(
                found,
                session.agency,
                identity.history(uow, person=found.id),
                {one.id: one.name for one in colleagues},
                may_change=self._hub.policy.decide(uow, session.reader, Action.PERSON_CHANGE, of).permitted,
                own=found.id == session.person.id,
                error=error,
            )
        frame = self._door.frame(
            session,
            page.title,
            current=_HERE,
            breadcrumbs=(Link(say("people.title", agency=session.agency.name), _HERE),),
            problems=(Problem(error, "#roles"),) if error else (),
            notice=notice,
        )
        return self._door.page("person.html", frame, page, status=422 if error else 200)

    def _shut_out(self, request: Request, person: str, form: Form, what: str) -> Response:
        session = self._door.session_for_form(request, form)
        reason = form.get("reason", "")
        if not reason:
            return self._ask(session, person, what, error=say("people.no_reason"))
        verb = {"suspend": self._hub.identity.suspend, "remove": self._hub.identity.remove}[what]
        try:
            with self._hub.database.unit_of_work() as uow:
                verb(uow, self._permit(uow, session, Action.PERSON_CHANGE), person=person, reason=reason)
        except Conflict as error:
            return self._ask(session, person, what, error=f"{error.title} {error.remedy}".strip())
        if person == session.person.id:
            return self._door.go("/login")
        done = {"suspend": f"/{person}?done=suspended", "remove": "?done=removed"}[what]
        return self._door.go(_HERE + done)

    def _ask(self, session: Session, person: str, what: str, *, error: str = "") -> Response:
        with self._hub.database.unit_of_work() as uow:
            self._permit(uow, session, Action.PERSON_CHANGE)
            found = self._hub.identity.person(uow, person)
            if found.agency != session.agency.id or found.removed:
                raise NotFound(say("identity.missing.person"))
            stands = self._hub.identity.facilitator(uow, session.agency.id)
        title = say(f"people.{what}_title", name=found.name)
        named = (say("people.is_facilitator"),) if stands and stands.id == found.id else ()
        page = ConfirmPage(
            title=title,
            lines=(say(f"people.{what}_text"), *named),
            warning=say(f"people.{what}_warning"),
            action=f"{_HERE}/{found.id}/{what}",
            button=say(f"people.{what}_button"),
            back=Link(say("people.back"), f"{_HERE}/{found.id}"),
            reasons=reason_choices(away=what == "suspend"),
            error=error,
        )
        people = Link(say("people.title", agency=session.agency.name), _HERE)
        frame = self._door.frame(
            session,
            title,
            current=_HERE,
            breadcrumbs=(people, Link(found.name, f"{_HERE}/{found.id}")),
            problems=(Problem(error, "#reason"),) if error else (),
        )
        return self._door.page("confirm.html", frame, page, status=422 if error else 200)

    def _invite_page(
        self,
        session: Session,
        form: Form,
        *,
        missing: frozenset[str] | set[str] = frozenset(),
        error: HubError | None = None,
        made: Invited | None = None,
    ) -> Response:
        with self._hub.database.reading() as reading:
            own = [one for one in self._hub.identity.providers(reading) if one.agency == session.agency.id]
        said = f"{error.title} {error.remedy}".strip() if error else ""
        by_subject = bool(form.get("subject", "").strip())
        page = InvitePage(
            roles=role_choices(session.agency, chosen_roles(form)),
            providers=provider_choices(own),
            name=form.get("name", ""),
            subject=form.get("subject", ""),
            name_error=say("people.no_name") if "name" in missing else said if error and not by_subject else "",
            roles_error=say("people.no_roles_chosen") if "roles" in missing else "",
            subject_error=said if error and by_subject else "",
            code=made.code if made else "",
            code_text=_until(made) if made else "",
            address=f"{self._door.base_url}/login/invitation",
        )
        problems = (
            *((Problem(page.name_error, "#name"),) if page.name_error else ()),
            *((Problem(page.roles_error, "#roles"),) if page.roles_error else ()),
            *((Problem(page.subject_error, "#subject"),) if page.subject_error else ()),
        )
        frame = self._door.frame(
            session,
            say("people.invite_title"),
            current=_HERE,
            breadcrumbs=(Link(say("people.title", agency=session.agency.name), _HERE),),
            problems=problems,
        )
        return self._door.page("invite.html", frame, page, status=422 if problems else 200)


def _until(made: Invited) -> str:
    return say("people.code_text", name=made.invitation.name, until=spoken_moment(made.invitation.expires_at))


def _notice(request: Request) -> str:
    done = request.query_params.get("done", "")
    return say(f"people.done.{done}") if done in _DONE else ""

"""The agencies of the hub: the operator brings them in and can shut them out; the lead sees whom each authority named."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.db import Reading, UnitOfWork
from hub.identity import Agency, Invited, Session
from hub.kit.authority import Action, Permit
from hub.kit.errors import Conflict, Invalid
from hub.kit.words import say
from hub.web.dates import spoken_moment
from hub.web.door import Door
from hub.web.elements import Frame, Link, Problem, Tag
from hub.web.forms import Form
from hub.web.pages.agencies import AddAgencyPage, AgencyPage, AgencyState, agencies_page, agency_page, kind_select
from hub.web.pages.people import ConfirmPage

_DONE = ("added", "connected", "named", "out", "in")
_HERE = "/agencies"


class AgencyPages:
    """The operator's part; and the list for the information sharing protocol."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix=_HERE)
        for path, verb, method in (
            ("", self.listing, "GET"),
            ("/add", self.form, "GET"),
            ("/add", self.add, "POST"),
            ("/{agency}", self.one, "GET"),
            ("/{agency}/provider", self.connect, "POST"),
            ("/{agency}/administrator", self.first, "POST"),
            ("/{agency}/shut-out", self.ask_to_shut_out, "GET"),
            ("/{agency}/shut-out", self.shut_out, "POST"),
            ("/{agency}/let-in", self.let_in, "POST"),
        ):
            router.add_api_route(path, verb, methods=[method], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """All agencies for the operator; the authorities' facilitators for the lead."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.AGENCY_READ, "agencies")
            operates = self._hub.policy.decide(uow, session.reader, Action.AGENCY_ADD, "agencies").permitted
            states = [self._state(uow, one) for one in self._hub.identity.agencies(uow)]
        page = agencies_page(states, operates=operates)
        frame = self._door.frame(session, page.title, current=_HERE)
        return self._door.page("agencies.html", frame, page)

    # ---- a new agency ----------------------------------------------------------------------------------------------

    def form(self, request: Request) -> Response:
        """An empty form."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.AGENCY_ADD, "agencies")
        return self._add_page(session, AddAgencyPage(kind_select()))

    def add(self, request: Request, form: Form) -> Response:
        """Add an agency."""
        session = self._door.session_for_form(request, form)
        ident, name, kind = (form.get(field, "").strip() for field in ("id", "name", "kind"))
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._hub.policy.permit(uow, session.reader, Action.AGENCY_ADD, "agencies")
                made = self._hub.identity.register_agency(uow, permit, id=ident, name=name, kind=kind)
        except (Invalid, Conflict) as error:
            return self._add_page(session, AddAgencyPage(kind_select(kind), ident, name, error.title))
        return self._door.go(f"{_HERE}/{made.id}?done=added")

    def connect(self, request: Request, agency: str, form: Form) -> Response:
        """Connect the agency's provider."""
        session = self._door.session_for_form(request, form)
        issuer, client, claim = (form.get(field, "").strip() for field in ("issuer", "client_id", "subject_claim"))
        try:
            with self._hub.database.unit_of_work() as uow:
                self._hub.identity.connect_provider(
                    uow,
                    self._permit(uow, session, Action.AGENCY_SET_UP, agency),
                    issuer=issuer,
                    client_id=client,
                    client_secret=form.get("client_secret", ""),
                    subject_claim=claim,
                )
        except (Invalid, Conflict) as error:
            said = f"{error.title} {error.remedy}".strip()
            return self._show(session, agency, _said(issuer=issuer, client_id=client, provider_error=said))
        return self._door.go(f"{_HERE}/{agency}?done=connected")

    def first(self, request: Request, agency: str, form: Form) -> Response:
        """Name the agency's first administrator; without an account the answer shows an invitation's code, this once."""
        session = self._door.session_for_form(request, form)
        name, subject = form.get("first_name", "").strip(), form.get("first_subject", "").strip()
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._permit(uow, session, Action.AGENCY_SET_UP, agency)
                provider = next((one.id for one in self._hub.identity.providers(uow) if one.agency == agency), "")
                made = self._hub.identity.first_person(uow, permit, name=name, provider=provider, subject=subject)
        except (Invalid, Conflict) as error:
            said = f"{error.title} {error.remedy}".strip()
            return self._show(session, agency, _said(first_name=name, first_subject=subject, first_error=said))
        if isinstance(made, Invited):
            until = spoken_moment(made.invitation.expires_at)
            text = say("people.code_text", name=made.invitation.name, until=until)
            address = f"{self._door.base_url}/login/invitation"
            return self._show(session, agency, _said(code=made.code, code_text=text, address=address))
        return self._door.go(f"{_HERE}/{agency}?done=named")

    # ---- one agency ------------------------------------------------------------------------------------------------

    def one(self, request: Request, agency: str) -> Response:
        """One agency and what it still needs."""
        done = request.query_params.get("done", "")
        notice = say(f"people.agencies.done.{done}") if done in _DONE else ""
        return self._show(self._door.session(request), agency, notice=notice)

    def ask_to_shut_out(self, request: Request, agency: str) -> Response:
        """What shutting an agency out means."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._permit(uow, session, Action.AGENCY_SUSPEND, agency)
            found = self._hub.identity.agency(uow, agency)
        title = say("people.agencies.shut_out_title", agency=found.name)
        page = ConfirmPage(
            title=title,
            lines=(say("people.agencies.shut_out_text"),),
            warning=say("people.agencies.shut_out_warning"),
            action=f"{_HERE}/{found.id}/shut-out",
            button=say("people.agencies.shut_out_button"),
            back=Link(say("people.back"), f"{_HERE}/{found.id}"),
        )
        return self._door.page("confirm.html", self._frame(session, title), page)

    def shut_out(self, request: Request, agency: str, form: Form) -> Response:
        """Shut an agency out, so that it can be let in again."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            self._hub.identity.shut_out_agency(uow, self._permit(uow, session, Action.AGENCY_SUSPEND, agency))
        return self._door.go(f"{_HERE}/{agency}?done=out")

    def let_in(self, request: Request, agency: str, form: Form) -> Response:
        """Let an agency in again."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            self._hub.identity.let_agency_in(uow, self._permit(uow, session, Action.AGENCY_SUSPEND, agency))
        return self._door.go(f"{_HERE}/{agency}?done=in")

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _permit(self, uow: UnitOfWork, session: Session, action: Action, agency: str) -> Permit:
        return self._hub.policy.permit(uow, session.reader, action, f"agency/{agency}")

    def _state(self, reading: UnitOfWork | Reading, agency: Agency) -> AgencyState:
        identity = self._hub.identity
        named = identity.facilitator(reading, agency.id)
        return AgencyState(
            agency,
            tuple(one for one in identity.providers(reading) if one.agency == agency.id),
            identity.is_administered(reading, agency.id),
            named.name if named else "",
            agency.kind.value in self._hub.policy.library.responsible_authorities,
        )

    def _show(self, session: Session, agency: str, said: AgencyPage | None = None, *, notice: str = "") -> Response:
        identity = self._hub.identity
        with self._hub.database.unit_of_work() as uow:
            self._permit(uow, session, Action.AGENCY_SET_UP, agency)
            state = self._state(uow, identity.agency(uow, agency))
            people = len(identity.people(uow, agency=agency))
        redirects = tuple(identity.redirect_uri(one.id) for one in state.providers) or (identity.redirect_uri(agency),)
        page = agency_page(state, redirects, people=people, said=said)
        problems = (
            *((Problem(page.provider_error, "#issuer"),) if page.provider_error else ()),
            *((Problem(page.first_error, "#first_name"),) if page.first_error else ()),
        )
        frame = self._frame(session, page.title, problems=problems, notice=notice)
        return self._door.page("agency.html", frame, page, status=422 if problems else 200)

    def _add_page(self, session: Session, page: AddAgencyPage) -> Response:
        problems = (Problem(page.error, "#id"),) if page.error else ()
        frame = self._frame(session, say("people.agencies.add_title"), problems=problems)
        return self._door.page("agency_add.html", frame, page, status=422 if problems else 200)

    def _frame(self, session: Session, title: str, **around: Any) -> Frame:
        return self._door.frame(
            session, title, current=_HERE, breadcrumbs=(Link(say("people.agencies.title"), _HERE),), **around
        )


def _said(**sent: Any) -> AgencyPage:
    """What a form sent, as the page shows it again."""
    return AgencyPage("", Tag(""), (), **sent)

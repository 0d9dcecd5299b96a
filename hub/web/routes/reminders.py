"""Letters for the lead to send, and the mailbox that an agency names for them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.app import letter_to, reminders_for
from hub.identity import Session
from hub.kit.attachment import attachment
from hub.kit.authority import Action
from hub.kit.errors import Invalid, NotFound
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link, Problem
from hub.web.forms import Form
from hub.web.pages.calendar import HERE, MAILBOX, PARTNERSHIP, REMINDERS, Filters
from hub.web.pages.reminders import mailbox_page, reminders_page


class ReminderPages:
    """Who has to be reminded, the letters, and where they go."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        for path, verb, method in (
            (REMINDERS, self.listing, "GET"),
            (f"{REMINDERS}/{{agency}}.eml", self.letter, "GET"),
            (MAILBOX, self.mailbox, "GET"),
            (MAILBOX, self.keep, "POST"),
        ):
            router.add_api_route(path, verb, methods=[method], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """Every agency that has to be reminded of something the lead may know of."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            found = reminders_for(self._hub, uow, session.reader)
            contacts = {one.agency: self._hub.identity.contact(uow, one.agency) for one in found}
            names = {one.id: one.name for one in self._hub.identity.agencies(uow)}
        by_itself = bool(self._hub.settings.smtp_url.get_secret_value())
        back = Link(say("calendar.title"), Filters(of=PARTNERSHIP, state="").address())
        frame = self._door.frame(session, say("reminders.title"), current=HERE, breadcrumbs=(back,))
        return self._door.page("reminders.html", frame, reminders_page(found, contacts, names, by_itself=by_itself))

    def letter(self, request: Request, agency: str) -> Response:
        """One letter, as a file that a mail program opens as a draft."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            found = [one for one in reminders_for(self._hub, uow, session.reader) if one.agency == agency]
            if not found:
                raise NotFound(say("reminders.none"))
            letter = letter_to(self._hub, uow, found[0])
        headers = attachment(f"reminder-{found[0].agency}.eml")
        return Response(letter.as_bytes(), media_type="message/rfc822", headers=headers)

    def mailbox(self, request: Request) -> Response:
        """Where reminders to the own agency go."""
        session = self._door.session(request)
        notice = say("reminders.contact_done") if request.query_params.get("done") == "kept" else ""
        return self._mailbox(session, notice=notice)

    def keep(self, request: Request, form: Form) -> Response:
        """Name the mailbox, or take it back."""
        session = self._door.session_for_form(request, form)
        address = form.get("address", "")
        try:
            with self._hub.database.unit_of_work() as uow:
                here = f"agency/{session.agency.id}"
                permit = self._hub.policy.permit(uow, session.reader, Action.AGENCY_SET_CONTACT, here)
                self._hub.identity.set_contact(uow, permit, address=address)
        except Invalid as error:
            return self._mailbox(session, wanted=address, error=f"{error.title}. {error.remedy}")
        return self._door.go(f"{MAILBOX}?done=kept")

    def _mailbox(self, session: Session, *, notice: str = "", wanted: str | None = None, error: str = "") -> Response:
        with self._hub.database.reading() as reading:
            known = self._hub.identity.contact(reading, session.agency.id)
            here = f"agency/{session.agency.id}"
            may = self._hub.policy.decide(reading, session.reader, Action.AGENCY_SET_CONTACT, here).permitted
        frame = self._door.frame(
            session,
            say("reminders.contact_title"),
            current=HERE,
            breadcrumbs=(Link(say("calendar.title"), HERE),),
            notice=notice,
            problems=(Problem(error, "#address"),) if error else (),
        )
        page = mailbox_page(known, may_set=may, wanted=wanted, error=error)
        return self._door.page("mailbox.html", frame, page, status=422 if error else 200)

"""Agreements: the list, one agreement, and what its parties may do with it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.agreements import Agreement, ProposalRefused
from hub.db import Reading, UnitOfWork
from hub.identity import Session
from hub.kit.authority import Action
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link, Problem
from hub.web.forms import Form
from hub.web.pages.agreements import Allowed, Facilitators, ProposePage, agreement_page, agreements_page

_CHANGES = ("suspend", "resume", "end")


class AgreementPages:
    """What the reader's agency has agreed."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/agreements")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("/propose", self.form, methods=["GET"], response_model=None)
        router.add_api_route("/propose", self.propose, methods=["POST"], response_model=None)
        router.add_api_route("/{agreement}", self.one, methods=["GET"], response_model=None)
        router.add_api_route("/{agreement}/sign", self.sign, methods=["POST"], response_model=None)
        router.add_api_route("/{agreement}/change", self.change, methods=["POST"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """Agreements the agency is party to."""
        session = self._door.session(request)
        with self._hub.database.reading() as reading:
            known = self._hub.policy.agreements_of(reading, session.reader)
            may_propose = self._hub.policy.decide(
                reading, session.reader, Action.AGREEMENT_PROPOSE, "agreements"
            ).permitted
            page = agreements_page(known, self._names(reading), self._hub.clock.now(), can_propose=may_propose)
        frame = self._door.frame(session, say("web.agreements.title"), current="/agreements")
        return self._door.page("agreements.html", frame, page)

    def one(self, request: Request, agreement: str) -> Response:
        """One agreement, with the buttons the reader may press."""
        return self._show(request, self._door.session(request), agreement)

    def form(self, request: Request) -> Response:
        """An empty proposal."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.AGREEMENT_PROPOSE, "agreements")
            document = self._next_version(uow, session, request.query_params.get("from", ""))
        return self._form(session, ProposePage(document))

    def propose(self, request: Request, form: Form) -> Response:
        """Take in a draft, or say which section and which body stand against it."""
        session = self._door.session_for_form(request, form)
        document = form.get("document", "").replace("\r\n", "\n")
        if not document.strip():
            return self._form(session, ProposePage(document), (say("web.agreements.propose_empty"),))
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._hub.policy.permit(uow, session.reader, Action.AGREEMENT_PROPOSE, "agreements")
                proposed = self._hub.agreements.propose(uow, permit, document)
        except ProposalRefused as error:
            said = tuple(f"{one.sentence} ({one.section})" if one.section else one.sentence for one in error.reasons)
            return self._form(session, ProposePage(document), said)
        except Invalid as error:
            return self._form(session, ProposePage(document), (f"{error.title} {error.remedy}".strip(),))
        return self._door.go(f"/agreements/{proposed.reference}?done=proposed")

    def sign(self, request: Request, agreement: str, form: Form) -> Response:
        """Sign for the reader's agency."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.AGREEMENT_SIGN, agreement)
            self._hub.agreements.sign(uow, permit, agreement)
        return self._door.go(f"/agreements/{agreement}?done=signed")

    def change(self, request: Request, agreement: str, form: Form) -> Response:
        """Suspend, resume or end, with the reason."""
        session = self._door.session_for_form(request, form)
        change = form.get("change", "")
        if change not in _CHANGES:
            raise Invalid(say("web.error.not_form"), code="unknown-change")
        reason = form.get("reason", "").strip()
        if not reason:
            return self._show(request, session, agreement, error=say("web.agreement.no_reason"))
        verbs = {
            "suspend": self._hub.agreements.suspend,
            "resume": self._hub.agreements.resume,
            "end": self._hub.agreements.end,
        }
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.AGREEMENT_SUSPEND, agreement)
            verbs[change](uow, permit, agreement, reason=reason)
        return self._door.go(f"/agreements/{agreement}?done={change}")

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _show(self, request: Request, session: Session, agreement: str, *, error: str = "") -> Response:
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.AGREEMENT_READ, agreement)
            found = self._hub.agreements.get(uow, agreement)
            page = agreement_page(
                found,
                names=self._names(uow),
                schemas={one.id: one.title for one in self._hub.schemas.all()},
                purposes={one.id: one.title for one in self._hub.policy.library.purposes.values()},
                facilitators=self._facilitators(uow, found),
                allowed=self._allowed(uow, session, found),
                differences=[one.sentence for one in self._hub.policy.differences(uow, session.reader, found)],
                error=error,
                now=self._hub.clock.now(),
            )
        done = request.query_params.get("done", "")
        notice = say(f"web.agreement.notice.{done}") if done in {"proposed", "signed", *_CHANGES} and not error else ""
        frame = self._door.frame(
            session,
            found.title,
            current="/agreements",
            breadcrumbs=(Link(say("web.agreements.title"), "/agreements"),),
            problems=(Problem(error, "#reason"),) if error else (),
            notice=notice,
        )
        return self._door.page("agreement.html", frame, page, status=422 if error else 200)

    def _allowed(self, reading: UnitOfWork | Reading, session: Session, found: Agreement) -> Allowed:
        decide = self._hub.policy.decide
        signed = session.agency.id in {one.agency for one in found.sign_offs}
        may_sign = decide(reading, session.reader, Action.AGREEMENT_SIGN, found.reference).permitted
        return Allowed(
            agency=session.agency.name,
            sign=may_sign and not signed and found.author != session.person.id,
            change=decide(reading, session.reader, Action.AGREEMENT_SUSPEND, found.reference).permitted,
            propose=decide(reading, session.reader, Action.AGREEMENT_PROPOSE, "agreements").permitted,
            ready=not self._hub.policy.unready(reading, found, (session.agency.id,)),
        )

    def _facilitators(self, reading: UnitOfWork | Reading, found: Agreement) -> Facilitators:
        identity, names = self._hub.identity, {}
        kinds = {one.id: one.kind.value for one in identity.agencies(reading)}
        for agency in found.agencies():
            named = identity.facilitator(reading, agency) if agency in kinds else None
            if named is not None:
                names[agency] = named.name
        authorities = self._hub.policy.library.responsible_authorities
        return Facilitators(names, frozenset(one for one in found.agencies() if kinds.get(one) in authorities))

    def _next_version(self, uow: UnitOfWork, session: Session, agreement: str) -> str:
        """The text of an agreement the reader may read, made the next version; empty when none is asked for."""
        if not agreement:
            return ""
        self._hub.policy.permit(uow, session.reader, Action.AGREEMENT_READ, agreement)
        found = self._hub.agreements.get(uow, agreement)
        versions = (one.version for one in self._hub.policy.agreements_of(uow, session.reader) if one.id == found.id)
        return re.sub(r"(?m)^version:.*$", f"version: {max(versions, default=found.version) + 1}", found.document)

    def _form(self, session: Session, page: ProposePage, problems: tuple[str, ...] = ()) -> Response:
        frame = self._door.frame(
            session,
            say("web.agreements.propose_title"),
            current="/agreements",
            breadcrumbs=(Link(say("web.agreements.title"), "/agreements"),),
            problems=tuple(Problem(problem, "#document") for problem in problems),
        )
        shown = ProposePage(page.document, " ".join(problems))
        return self._door.page("propose.html", frame, shown, status=422 if problems else 200)

    def _names(self, reading: UnitOfWork | Reading) -> Mapping[str, str]:
        return {one.id: one.name for one in self._hub.identity.agencies(reading)}

"""The account page: tokens for programs, made here, shown once, revoked here."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.db import Reading
from hub.identity import Session
from hub.kit.authority import Action
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Fact, Link, Problem
from hub.web.forms import Form
from hub.web.pages.account import DAYS, SCOPES, account_page


class Account:
    """What a person may see and do about themselves."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/account")
        router.add_api_route("", self.page, methods=["GET"], response_model=None)
        router.add_api_route("/tokens", self.issue, methods=["POST"], response_model=None)
        router.add_api_route("/tokens/{token}/revoke", self.revoke, methods=["POST"], response_model=None)
        return router

    def page(self, request: Request) -> Response:
        """Who one is, and one's tokens."""
        done = request.query_params.get("done") == "revoked"
        return self._show(self._door.session(request), notice=say("web.account.revoked") if done else "")

    def issue(self, request: Request, form: Form) -> Response:
        """Make a token. The answer is the only page that ever shows it: it is not kept, so there is nothing to look up again."""
        session = self._door.session_for_form(request, form)
        name = form.get("name", "").strip()
        if not name:
            return self._show(session, error=say("web.account.no_name"))
        days, scope = form.get("days", ""), form.get("scope", "")
        if days not in {str(one) for one in DAYS} or scope not in SCOPES:
            raise Invalid(say("web.error.not_form"), code="not-a-form")
        try:
            with self._hub.database.unit_of_work() as uow:
                person = session.person.id
                permit = self._hub.policy.permit(uow, session.reader, Action.TOKEN_ISSUE, f"person/{person}")
                token = self._hub.identity.issue_token(
                    uow, permit, person=person, name=name, days=int(days), scopes=SCOPES[scope]
                )
        except Invalid as error:
            return self._show(session, name=name, error=f"{error.title} {error.remedy}".strip())
        return self._show(session, fresh=token)

    def revoke(self, request: Request, token: str, form: Form) -> Response:
        """End a token now."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            self._hub.identity.revoke_token(uow, session.reader, token_id=token)
        return self._door.go("/account?done=revoked")

    def _show(
        self, session: Session, *, notice: str = "", name: str = "", error: str = "", fresh: str = ""
    ) -> Response:
        person = session.person.id
        with self._hub.database.reading() as reading:
            tokens = self._hub.identity.tokens(reading, person=person)
            decide = self._hub.policy.decide
            may_issue = decide(reading, session.reader, Action.TOKEN_ISSUE, f"person/{person}").permitted
            remembered = self._remembered(reading, session)
        page = account_page(
            session,
            tokens,
            now=self._hub.clock.now(),
            address=f"{self._door.base_url}/api/v1",
            may_issue=may_issue,
            name=name,
            error=error,
            fresh=fresh,
        )
        page = replace(page, facts=(*page.facts, *remembered))
        problems = (Problem(error, "#name"),) if error else ()
        frame = self._door.frame(session, say("web.account.title"), problems=problems, notice=notice)
        return self._door.page("account.html", frame, page, status=422 if error else 200)

    def _remembered(self, reading: Reading, session: Session) -> tuple[Fact, ...]:
        """The datasets whose files are read as somebody of the agency has confirmed, for those who may send them."""
        return tuple(
            Fact(
                say("mapping.profile.link"),
                link=Link(self._hub.schemas.get(dataset).title, f"/import-profiles/{dataset}"),
            )
            for dataset in self._hub.intake.profiles.datasets(reading, session.reader.agency)
            if self._hub.policy.decide(reading, session.reader, Action.SUBMISSION_CREATE, dataset).permitted
        )

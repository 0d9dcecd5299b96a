"""What an agency has sent, what became of it, the receipt, and taking it back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.app import Work
from hub.db import UnitOfWork
from hub.identity import Session
from hub.intake import State, Submission
from hub.kit.authority import Action
from hub.kit.errors import Conflict, NotFound
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link, Problem
from hub.web.forms import Form
from hub.web.pages.people import ConfirmPage
from hub.web.pages.queries import query_blocks
from hub.web.pages.stages import check_progress
from hub.web.pages.submissions import Allowed, cells_page, heading_of, submission_page, submissions_page
from hub.web.pages.word import WordPart, word_part
from hub.web.routes.before import before_of
from hub.web.routes.reading import read_with_of
from hub.web.routes.settling import is_done

_REFRESH = 3
_NOTICES = frozenset({"accepted", "undone", "withdrawn"})


class SubmissionPages:
    """The submissions of the reader's own agency; everybody else's look as if they were not there."""

    def __init__(self, door: Door, work: Work) -> None:
        self._door = door
        self._hub = door.hub
        self._work = work

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("/{submission}", self.one, methods=["GET"], response_model=None)
        router.add_api_route("/{submission}/cells", self.cells, methods=["GET"], response_model=None)
        router.add_api_route("/{submission}/withdraw", self.withdraw, methods=["POST"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """The agency's submissions, newest first."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.listing(uow, session.reader)
        can_submit = "uploader" in session.reader.roles
        title = say("web.submissions.title", agency=session.agency.name)
        frame = self._door.frame(session, title, current="/submissions")
        return self._door.page(
            "submissions.html", frame, submissions_page(found, self._titles(), can_submit=can_submit)
        )

    def one(self, request: Request, submission: str) -> Response:
        """A submission with its report; while it is being checked the page looks again by itself."""
        return self.show(self._door.session(request), submission, notice=request.query_params.get("done", ""))

    def cells(self, request: Request, submission: str) -> Response:
        """What stands in the cells a finding points at: read back from the agency's own sealed file, and logged."""
        session = self._door.session(request)
        code, field = request.query_params.get("code", ""), request.query_params.get("field", "")
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.submission(uow, session.reader, submission)
        values = self._hub.intake.cell_values(session.reader, submission, code=code, field=field)
        heading = heading_of(found, self._titles())
        page = cells_page(values, code=code, field=field)
        frame = self._door.frame(
            session,
            page.table.caption,
            current="/submissions",
            breadcrumbs=(Link(say("web.nav.submissions"), "/submissions"), Link(heading, f"/submissions/{submission}")),
        )
        return self._door.page("cells.html", frame, page)

    def withdraw(self, request: Request, submission: str, form: Form) -> Response:
        """Take a submission back, with the reason."""
        session = self._door.session_for_form(request, form)
        reason = form.get("reason", "").strip()
        if not reason:
            return self.show(session, submission, error=say("web.submission.withdraw_no_reason"))
        if form.get("sure", "") != "yes":
            return self._ask(session, submission, reason)
        try:
            with self._hub.database.unit_of_work() as uow:
                found = self._hub.intake.submission(uow, session.reader, submission)
                permit = self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_WITHDRAW, found.dataset)
                self._hub.intake.withdraw(uow, permit, submission, reason=reason)
        except Conflict as error:
            if not is_done(self._hub, session, submission, error, {State.WITHDRAWN}):
                raise
            return self._door.go(f"/submissions/{submission}")
        return self._door.go(f"/submissions/{submission}?done=withdrawn")

    def _ask(self, session: Session, submission: str, reason: str) -> Response:
        """What withdrawing means for this file, before it is done."""
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.submission(uow, session.reader, submission)
        heading = heading_of(found, self._titles())
        title = say("web.submission.withdraw_ask", title=heading)
        suffix = {State.RETURNED: "_returned", State.CHECKED: "_checked"}.get(found.state, "")
        page = ConfirmPage(
            title=title,
            lines=(say(f"web.submission.withdraw_text{suffix}"),),
            warning=say("web.submission.withdraw_warning"),
            action=f"/submissions/{submission}/withdraw",
            button=say("web.submission.withdraw"),
            back=Link(say("people.back"), f"/submissions/{submission}"),
            hidden=(("reason", reason), ("sure", "yes")),
        )
        frame = self._door.frame(
            session,
            title,
            current="/submissions",
            breadcrumbs=(Link(say("web.nav.submissions"), "/submissions"), Link(heading, f"/submissions/{submission}")),
        )
        return self._door.page("confirm.html", frame, page)

    def show_word(self, session: Session, submission: str, said: Form) -> Response:
        """The submission with what was filled in, and what is missing before its rows count."""
        return self.show(session, submission, said=said)

    def show(
        self, session: Session, submission: str, *, error: str = "", notice: str = "", said: Form | None = None
    ) -> Response:
        """The page of a submission."""
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.submission(uow, session.reader, submission)
            checked = found.state is not State.RECEIVED
            report = self._hub.intake.report(uow, session.reader, submission) if checked else None
            sender = self._sender(uow, found)
            agreements = self._agreed(uow, found)
            read_with = read_with_of(self._hub, uow, found)
            decide = self._hub.policy.decide
            allowed = Allowed(
                send_again=decide(uow, session.reader, Action.SUBMISSION_CREATE, found.dataset).permitted,
                withdraw=decide(uow, session.reader, Action.SUBMISSION_WITHDRAW, found.dataset).permitted,
                mend="uploader" in session.reader.roles,
            )
        if not checked:
            self._work.check(submission)
        asked = self._hub.intake.questions(session.reader, submission)
        schema = self._hub.schemas.get(found.dataset, found.schema_version)
        waits = found.state is State.CHECKED
        word = word_part(found, report, schema, said=said, offered=asked.offered) if report and waits else None
        page = submission_page(
            found,
            report,
            word=word,
            titles=self._titles(),
            agreements=agreements,
            sender=sender,
            allowed=allowed,
            progress=check_progress(self._hub.checks.of(found)),
            withdraw_error=error,
            before=before_of(self._hub, session, found) if checked else None,
            queries=query_blocks(asked.queries, schema, wards=self._wards() if asked.queries else {}),
            read_with=read_with,
        )
        frame = self._door.frame(
            session,
            heading_of(found, self._titles()),
            current="/submissions",
            breadcrumbs=(Link(say("web.nav.submissions"), "/submissions"),),
            refresh_seconds=0 if checked else _REFRESH,
            problems=(*_problems(word), *((Problem(error, "#reason"),) if error else ())),
            notice=say(f"web.submission.{notice}_notice") if notice in _NOTICES else "",
        )
        return self._door.page("submission.html", frame, page, status=422 if error or said is not None else 200)

    def _wards(self) -> dict[str, str]:
        """The names of the wards."""
        with self._hub.database.reading() as reading:
            area = self._hub.geography.current(reading)
        return {ward.code: ward.name for ward in area.tree.level("ward")} if area else {}

    def _sender(self, reading: UnitOfWork, found: Submission) -> str:
        try:
            return self._hub.identity.person(reading, found.submitted_by).name
        except NotFound:
            return found.submitted_by

    def _agreed(self, reading: UnitOfWork, found: Submission) -> dict[str, str]:
        """The agreements it was sent under: reference to title."""
        known = {}
        for reference in found.agreement.split():
            try:
                agreement = self._hub.agreements.get(reading, reference)
            except NotFound:
                continue
            known[reference] = say("web.agreement.named", title=agreement.title, version=agreement.version)
        return known

    def _titles(self) -> dict[str, str]:
        return {one.id: one.title for one in self._hub.schemas.all()}


def _problems(word: WordPart | None) -> tuple[Problem, ...]:
    """What is missing before the rows count, for the summary at the top of the page."""
    if word is None:
        return ()
    missing = tuple(Problem(f"{one.title}: {one.error}", f"#{one.ident}") for one in word.asked if one.error)
    return (*missing, Problem(word.error, "#attest")) if word.error else missing

"""Strategic assessments: the list, building one, reading one under the policy of the moment."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.assessment import BuiltAssessment
from hub.identity import Session
from hub.kit.attachment import attachment
from hub.kit.authority import Action
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link
from hub.web.forms import Form
from hub.web.pages.assessments import AssessmentPage, assessments_page

PURPOSE = "svd.strategy_prepare"
_RESOURCE = "assessments"


class AssessmentPages:
    """What was built, and the build button."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/assessments")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("", self.build, methods=["POST"], response_model=None)
        router.add_api_route("/{assessment}", self.one, methods=["GET"], response_model=None)
        router.add_api_route("/{assessment}/document.html", self.document, methods=["GET"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """Assessments built so far; evidence is kept, figures are not."""
        session = self._door.session(request)
        purpose = purpose_of(session)
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.ASSESSMENT_READ, _RESOURCE, purpose=purpose)
            found = self._hub.assessments.all(uow, permit)
            decide = self._hub.policy.decide
            may_build = decide(uow, session.reader, Action.ASSESSMENT_BUILD, _RESOURCE, purpose=PURPOSE).permitted
            ready = self._hub.snapshots.current(uow) is not None
        page = assessments_page(found, can_build=may_build and ready)
        done = say("web.assessments.built") if request.query_params.get("done") == "built" else ""
        frame = self._door.frame(session, say("web.assessments.title"), current="/assessments", notice=done)
        return self._door.page("assessments.html", frame, page)

    def build(self, request: Request, form: Form) -> Response:
        """Build from the snapshot in force."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.ASSESSMENT_BUILD, _RESOURCE, purpose=PURPOSE)
            self._hub.assessments.build(uow, permit, justification=PURPOSE)
        return self._door.go("/assessments?done=built")

    def one(self, request: Request, assessment: str) -> Response:
        """The document inside a page, looked up again under the policy of this moment (promise P3)."""
        session = self._door.session(request)
        built = self._read(session, assessment)
        title = say("web.assessments.page_title", snapshot=built.snapshot)
        frame = self._door.frame(
            session,
            title,
            current="/assessments",
            breadcrumbs=(Link(say("web.assessments.title"), "/assessments"),),
        )
        page = AssessmentPage(title, built.body, f"/assessments/{assessment}/document.html", built.sha256)
        return self._door.page("assessment.html", frame, page)

    def document(self, request: Request, assessment: str) -> Response:
        """The whole document as a file, the very bytes that its hash is of; opened in the hub's own site it may run nothing."""
        built = self._read(self._door.session(request), assessment)
        headers = attachment(f"assessment-snapshot-{built.snapshot}.html") | {"Content-Security-Policy": "sandbox"}
        return HTMLResponse(built.html, headers=headers)

    def _read(self, session: Session, assessment: str) -> BuiltAssessment:
        purpose = purpose_of(session)
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.ASSESSMENT_READ, _RESOURCE, purpose=purpose)
            return self._hub.assessments.read(uow, permit, assessment, justification=purpose)


def purpose_of(session: Session) -> str:
    """What an assessment is read for: preparing the strategy, or the local policing body's monitoring."""
    return "lpb.monitor" if "lpb_monitor" in session.reader.roles else PURPOSE

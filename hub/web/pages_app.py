"""Puts the pages together: routes, error pages, security headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from hub.app import work_of
from hub.kit.words import say
from hub.web.door import Door
from hub.web.errors import Errors, Guard
from hub.web.pages.errors import AccessibilityPage
from hub.web.routes.account import Account
from hub.web.routes.agencies import AgencyPages
from hub.web.routes.agreements import AgreementPages
from hub.web.routes.assessments import AssessmentPages
from hub.web.routes.audit import AuditPages
from hub.web.routes.before import BeforePages
from hub.web.routes.calendar import CalendarPages
from hub.web.routes.definitions import DefinitionPages
from hub.web.routes.explain import Explain
from hub.web.routes.findings import FindingPages
from hub.web.routes.home import Home
from hub.web.routes.look import Look
from hub.web.routes.marked import MarkedPages
from hub.web.routes.people import PeoplePages
from hub.web.routes.reading import ReadingPages
from hub.web.routes.reminders import ReminderPages
from hub.web.routes.rows import RowPagesOfTheWeb
from hub.web.routes.scorecard import ScorecardPages
from hub.web.routes.settling import SettlingPages
from hub.web.routes.sign_in import DemoSignIn, SignIn
from hub.web.routes.snapshots import SnapshotPages
from hub.web.routes.submissions import SubmissionPages
from hub.web.routes.submit import Submit
from hub.web.routes.templates import TemplatePages
from hub.web.security import SecurityHeaders

if TYPE_CHECKING:
    from hub.app import Hub


def create_pages(hub: Hub) -> FastAPI:
    """The application of all pages over one hub. No API description: the pages are not an API."""
    door = Door(hub)
    errors = Errors(door)
    app = FastAPI(title=hub.settings.partnership, openapi_url=None, docs_url=None, redoc_url=None)
    errors.install(app)
    work = work_of(hub)
    submissions = SubmissionPages(door, work)
    places = (
        SignIn(door),
        Home(door),
        Submit(door, work),
        submissions,
        MarkedPages(door),
        TemplatePages(door),
        CalendarPages(door),
        ReminderPages(door),
        BeforePages(door),
        ScorecardPages(door),
        SettlingPages(door, work, show=submissions.show_word),
        ReadingPages(door, work),
        Look(door),
        RowPagesOfTheWeb(door),
        Explain(door),
        AgreementPages(door),
        SnapshotPages(door, work),
        AssessmentPages(door),
        DefinitionPages(door),
        FindingPages(door),
        AuditPages(door),
        PeoplePages(door),
        AgencyPages(door),
        Account(door),
    )
    app.include_router(_public(door))
    for place in places:
        app.include_router(place.router())
    if hub.demo_provider is not None:
        app.include_router(DemoSignIn(door, hub.demo_provider).router())
    app.add_middleware(Guard, errors=errors)
    app.add_middleware(SecurityHeaders, base_url=door.base_url)
    return app


def _public(door: Door) -> APIRouter:
    router = APIRouter()

    def static(request: Request, name: str) -> Response:
        return door.statics.serve(request, name)

    def accessibility(request: Request) -> Response:
        frame = door.frame(door.session_or_none(request), say("web.accessibility.title"))
        return door.page("accessibility.html", frame, AccessibilityPage(door.hub.settings.session_minutes))

    router.add_api_route("/static/{name}", static, methods=["GET"], response_model=None)
    router.add_api_route("/accessibility", accessibility, methods=["GET"], response_model=None)
    return router

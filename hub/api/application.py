"""Puts the API together."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from hub import __version__
from hub.api.agencies import Agencies
from hub.api.assessments import Assessments
from hub.api.before import BeforeApi
from hub.api.bounded import BoundedDocuments
from hub.api.calendar import CalendarApi
from hub.api.definitions import DefinitionsApi
from hub.api.marked import MarkedApi
from hub.api.people import People
from hub.api.problems import Guard, invalid_request, no_route, problem
from hub.api.profiles import Profiles
from hub.api.queries import QueriesApi
from hub.api.rows import RowsApi
from hub.api.scorecard import ScorecardApi
from hub.api.settling import Settling
from hub.api.submissions import Submissions
from hub.api.templates import TemplatesApi
from hub.api.trust import Trust
from hub.api.uploads import UploadsApi
from hub.api.views import ViewsApi
from hub.app import Hub
from hub.kit.errors import HubError


def create_api(hub: Hub) -> FastAPI:
    """The API over one hub. Its description is at `/api/v1/openapi.json`, its errors are `application/problem+json`."""
    app = FastAPI(
        title="Serious Violence Duty hub",
        version=__version__,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_exception_handler(HubError, problem)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(HTTPException, no_route)
    submissions = Submissions(hub)
    for part in (
        People(hub),
        Agencies(hub),
        submissions,
        UploadsApi(hub, submissions),
        QueriesApi(hub),
        MarkedApi(hub),
        TemplatesApi(hub),
        CalendarApi(hub),
        BeforeApi(hub),
        ScorecardApi(hub),
        Settling(hub),
        Profiles(hub),
        ViewsApi(hub),
        RowsApi(hub),
        Assessments(hub),
        DefinitionsApi(hub),
        Trust(hub),
    ):
        app.include_router(part.router(), prefix="/v1")
    app.add_middleware(BoundedDocuments)
    app.add_middleware(Guard)
    return app

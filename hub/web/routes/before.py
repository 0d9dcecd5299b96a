"""What differs from the file before, and who will see this one: pages of a submission, and what its own page says of both."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.app import Hub
from hub.identity import Session
from hub.intake import ROWS_UNREAD, Submission
from hub.kit.errors import Conflict, HubError, Unavailable
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link
from hub.web.pages.before import BeforePart, before_part
from hub.web.pages.difference import difference_page
from hub.web.pages.seen_by import agreement_titles, seen_by_page
from hub.web.pages.submissions import heading_of


class BeforePages:
    """The pages. To others than the agency that sent the file they look as if they were not there."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions/{submission}")
        router.add_api_route("/difference", self.difference, methods=["GET"], response_model=None)
        router.add_api_route("/seen-by", self.seen_by, methods=["GET"], response_model=None)
        return router

    def difference(self, request: Request, submission: str) -> Response:
        """What differs from the file before, or from another of the same dataset."""
        session = self._door.session(request)
        against = request.query_params.get("against", "")
        difference, trouble = None, ""
        try:
            difference = self._hub.differences.of(session.reader, submission, against=against)
        except Conflict as conflict:
            if conflict.code != ROWS_UNREAD:
                raise
            trouble = said_of(conflict)
        found, others = self._hub.differences.choices(session.reader, submission)
        heading = heading_of(found, self._titles())
        schema = self._hub.schemas.get(found.dataset, found.schema_version)
        page = difference_page(found, difference, schema=schema, heading=heading, others=others, trouble=trouble)
        return self._page(session, found, "difference.html", page.heading, page)

    def seen_by(self, request: Request, submission: str) -> Response:
        """The rows of the file as each other agency would get them."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.submission(uow, session.reader, submission)
        seen = self._hub.previews.of(session.reader, found)
        with self._hub.database.reading() as reading:
            agreements = agreement_titles(self._hub.agreements.in_force(reading, self._hub.clock.now()))
        page = seen_by_page(
            seen, heading=heading_of(found, self._titles()), purposes=purposes_of(self._hub), agreements=agreements
        )
        return self._page(session, found, "seen_by.html", page.heading, page)

    def _page(self, session: Session, found: Submission, template: str, title: str, page: object) -> Response:
        crumbs = (
            Link(say("web.nav.submissions"), "/submissions"),
            Link(heading_of(found, self._titles()), f"/submissions/{found.id}"),
        )
        frame = self._door.frame(session, title, current="/submissions", breadcrumbs=crumbs)
        return self._door.page(template, frame, page)

    def _titles(self) -> dict[str, str]:
        return {one.id: one.title for one in self._hub.schemas.all()}


def before_of(hub: Hub, session: Session, found: Submission) -> BeforePart | None:
    """What the page of a submission says of both; None where no row of it is kept."""
    if not found.accepted_object:
        return None
    difference, trouble = None, ""
    try:
        difference = hub.differences.at_once(session.reader, found.id)
    except (Conflict, Unavailable) as error:  # the page stands all the same
        trouble = said_of(error)
    has_earlier = difference is not None or hub.differences.earlier(session.reader, found.id) is not None
    with hub.database.unit_of_work() as uow:
        seen = hub.previews.agreed(uow, session.reader, found.dataset)
    schema = hub.schemas.get(found.dataset, found.schema_version)
    return before_part(found, difference, seen, schema=schema, has_earlier=has_earlier, trouble=trouble)


def said_of(error: HubError) -> str:
    """Why there is no difference, in sentences."""
    return f"{error.title}. {error.remedy}".rstrip()


def purposes_of(hub: Hub) -> dict[str, str]:
    """The titles of purposes."""
    return {one.id: one.title for one in hub.policy.library.purposes.values()}

"""Who can see this field, and why?"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.kit.authority import Action
from hub.kit.words import say
from hub.web.door import Door
from hub.web.pages.explain import explain_page
from hub.web.routes.look import purpose_for

_NOT_FOR_DATA = frozenset({"hub", "log"})


class Explain:
    """The explanation of one dataset to the person who asks."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.add_api_route("/explain", self.explain, methods=["GET"], response_model=None)
        return router

    def explain(self, request: Request) -> Response:
        """The form to choose a dataset and purpose, and the answer field by field."""
        session = self._door.session(request)
        dataset = request.query_params.get("dataset", "")
        purpose = request.query_params.get("purpose") or purpose_for(session)
        found = None
        if dataset:
            with self._hub.database.unit_of_work() as uow:
                self._hub.policy.permit(uow, session.reader, Action.POLICY_EXPLAIN, dataset, purpose=purpose)
                found = self._hub.policy.explain(uow, session.reader, dataset=dataset, purpose=purpose)
        page = explain_page(
            found,
            schemas=self._hub.schemas.all(),
            purposes={
                one.id: one.title
                for one in self._hub.policy.library.purposes.values()
                if one.family not in _NOT_FOR_DATA
            },
            dataset=dataset,
            purpose=purpose,
            asker=say("web.explain.asker", person=session.person.name, agency=session.agency.name),
        )
        frame = self._door.frame(session, say("web.explain.title"), current="/explain")
        return self._door.page("explain.html", frame, page)

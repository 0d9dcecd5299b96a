"""What counts as serious violence: every definition, the one in force, and the choice of another."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from hub.api.readers import session_of
from hub.app import Hub
from hub.definitions import Choice, as_json
from hub.identity import Scope
from hub.kit.authority import Action


class DefinitionsApi:
    """Definitions and choices."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/definitions", tags=["definitions"])
        router.add_api_route("", self.listing, methods=["GET"])
        router.add_api_route("/{reference}", self.one, methods=["GET"])
        router.add_api_route("/{reference}/choice", self.choose, methods=["POST"], status_code=201)
        return router

    def listing(self, request: Request) -> dict[str, Any]:
        """Every version of every definition, the one in force, and every choice, newest first."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.DEFINITION_READ, "definitions")
            now = self._hub.definitions.in_force(uow)
            history = self._hub.definitions.history(uow)
        return {
            "in_force": now.definition.reference,
            "chosen": now.choice is not None,
            "definitions": [
                {"reference": one.reference, "title": one.title, "sha256": one.sha256}
                for one in self._hub.definitions.all()
            ],
            "choices": [_choice(one) for one in history],
        }

    def one(self, request: Request, reference: str) -> dict[str, Any]:
        """A definition: groups with their four scores and reasons, and the kinds that count in each dataset."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.DEFINITION_READ, "definitions")
        return as_json(self._hub.definitions.get(reference))

    def choose(self, request: Request, reference: str, minute: str) -> dict[str, Any]:
        """Record that the partnership adopted a definition; `minute` says where the decision is minuted."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            permit = self._hub.policy.permit(uow, session.reader, Action.DEFINITION_CHOOSE, "definitions")
            return _choice(self._hub.definitions.choose(uow, permit, reference, minute=minute))


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "number": choice.number,
        "reference": choice.reference,
        "chosen_at": choice.chosen_at,
        "agency": choice.agency,
        "minute": choice.minute,
    }

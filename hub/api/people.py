"""Who am I, and tokens for programs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from hub.app import Hub
from hub.identity import Session
from hub.kit.authority import Action
from hub.kit.clock import stamp
from hub.kit.errors import NotPermitted
from hub.kit.words import say

_COOKIES = ("__Host-hub-session", "hub-session")


class NewToken(BaseModel):
    """What a token is for and how long it lasts."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    days: int = Field(default=1, ge=1, le=90)
    scopes: list[str] = Field(default=["read"])


class People:
    """The session of a browser, and the tokens it may make."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["people"])
        router.add_api_route("/session", self.me, methods=["GET"])
        router.add_api_route("/tokens", self.new_token, methods=["POST"], status_code=201)
        return router

    def me(self, request: Request) -> dict[str, Any]:
        """The person of a browser session, with the token its forms and its first API call must carry."""
        session = self._browser(request)
        return {
            "person": session.person.id,
            "name": session.person.name,
            "agency": session.agency.id,
            "roles": sorted(session.reader.roles),
            "csrf_token": session.csrf_token,
            "expires_at": stamp(session.expires_at),
        }

    def new_token(self, request: Request, wanted: NewToken) -> dict[str, Any]:
        """A hub token, shown this once. Needs a browser session and its token in the header `X-CSRF-Token`."""
        session = self._browser(request)
        if not session.is_csrf_token(request.headers.get("x-csrf-token", "")):
            raise NotPermitted(say("api.no-csrf"), code="stale-form", reasons=("stale-form",))
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.TOKEN_ISSUE, f"person/{session.person.id}")
            token = self._hub.identity.issue_token(
                uow, permit, person=session.person.id, name=wanted.name, days=wanted.days, scopes=wanted.scopes
            )
        return {"token": token, "days": wanted.days, "scopes": wanted.scopes}

    def _browser(self, request: Request) -> Session:
        cookie = next((request.cookies[name] for name in _COOKIES if name in request.cookies), "")
        with self._hub.database.reading() as reading:
            return self._hub.identity.session(reading, cookie)

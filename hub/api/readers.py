"""Who is asking: a hub token as Bearer, or as the password of Basic (Excel, Power BI, QGIS cannot send Bearer).

No cookie opens the API but for making a token, so no page of another site can make a browser use it.
"""

from __future__ import annotations

import base64
import binascii

from fastapi import Request

from hub.app import Hub
from hub.db import Reading, UnitOfWork
from hub.identity import Scope, Session
from hub.kit.errors import Unauthenticated
from hub.kit.words import say


def session_of(hub: Hub, reading: UnitOfWork | Reading, request: Request, *, scope: Scope = Scope.READ) -> Session:
    """The session of the request's token. Unauthenticated when there is none, or it is forged, expired or revoked."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return hub.identity.bearer(reading, value.strip(), scope=scope)
    if kind.lower() == "basic":
        return hub.identity.bearer(reading, _password(value), scope=scope)
    raise Unauthenticated(say("api.no-credentials"), code="no-credentials", remedy=say("api.no-credentials-remedy"))


def _password(value: str) -> str:
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unauthenticated(say("api.no-credentials"), code="no-credentials") from error
    return decoded.partition(":")[2]

"""Identity: one object with the verbs of its parts."""

from __future__ import annotations

from datetime import timedelta

from hub.db import Database
from hub.identity.core import Core
from hub.identity.installation import Installation
from hub.identity.issuers import Issuers
from hub.identity.logins import Logins
from hub.identity.tokens import Tokens
from hub.identity.wire import hush_libraries
from hub.kit.clock import Clock


class Identity(Logins, Tokens, Installation):
    """Who may come in, who is in, and how they prove it. Safe to share between threads.

    `base_url` is the address people reach the hub under; redirect URIs begin with it. `allow_http_issuers` lets an issuer be
    plain http when it is on loopback, for the demo and for tests; production never sets it.
    """

    def __init__(
        self,
        *,
        database: Database,
        root_key: bytes,
        clock: Clock,
        base_url: str,
        session_minutes: int,
        session_hours: int,
        allow_http_issuers: bool = False,
    ) -> None:
        hush_libraries()
        super().__init__(
            Core(
                database=database,
                root_key=root_key,
                clock=clock,
                base_url=base_url.rstrip("/"),
                idle=timedelta(minutes=session_minutes),
                longest=timedelta(hours=session_hours),
                allow_http_issuers=allow_http_issuers,
                issuers=Issuers(clock=clock, allow_http=allow_http_issuers),
            )
        )

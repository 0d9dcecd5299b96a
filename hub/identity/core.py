"""What the parts of `Identity` share: the clock, the keys, the limits, and how an audit entry of identity is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from hub.audit import Entry, Verb, record
from hub.db import Database, UnitOfWork
from hub.identity.issuers import Issuers
from hub.identity.model import Agency, Person
from hub.kit.authority import Reader
from hub.kit.canonical import sha256_hex
from hub.kit.clock import Clock, stamp
from hub.kit.crypto import keys


@dataclass(frozen=True, slots=True)
class Core:
    """Shared by all parts; holds no state of its own but the issuers' caches."""

    database: Database
    root_key: bytes
    clock: Clock
    base_url: str
    idle: timedelta
    longest: timedelta
    allow_http_issuers: bool
    issuers: Issuers

    def now(self) -> str:
        """The present moment as it stands in tables."""
        return stamp(self.clock.now())

    def key(self, purpose: str) -> bytes:
        """A key derived from the root key for one purpose."""
        return keys.derive(self.root_key, f"svd/identity/{purpose}/v1")

    def note(
        self,
        uow: UnitOfWork,
        action: str,
        *,
        reader: Reader,
        subject: str,
        verb: Verb = Verb.SESSION,
        outcome: str = "done",
        authority: str = "",
        detail: Mapping[str, str | int] | None = None,
    ) -> None:
        """Write the audit entry of an effect, in its transaction: ids and codes, never names, cookies or tokens."""
        record(
            uow,
            Entry(
                at=self.clock.now(),
                verb=verb,
                action=action,
                outcome=outcome,
                reader=reader,
                subject=subject,
                authority=authority,
                detail=detail or {},
            ),
        )


class Part:
    """A part of `Identity`: some of its verbs over the shared core."""

    def __init__(self, core: Core) -> None:
        self._core = core


def hashed(secret: str) -> str:
    """How a cookie, state, nonce or token stands at rest. They are 256 random bits, so a plain SHA-256 cannot be guessed back."""
    return sha256_hex(secret.encode(errors="replace"))


def reader_of(person: Person, agency: Agency) -> Reader:
    """The person as the policy sees them."""
    return Reader(agency=agency.id, person=person.id, roles=frozenset(role.value for role in person.roles))

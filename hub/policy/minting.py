"""What goes into a Grant or Permit and into its entry in the log: end, subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from hub.audit import Entry, with_own_transaction
from hub.db import Database
from hub.kit.authority import Action
from hub.policy.model import Decision

LIFE = timedelta(hours=1)
"""How long a Grant or Permit lasts at most; never beyond the agreements that it rests on. Each request is decided anew anyway."""


def end_of(now: datetime, decisions: Sequence[Decision]) -> datetime:
    """When a right that rests on these decisions is over: never beyond the agreements that carry them."""
    return min((now + LIFE, *(one.expires_at for one in decisions if one.expires_at is not None)))


def joined(decisions: Sequence[Decision]) -> Decision:
    """Several yeses as one."""
    return Decision(
        True,
        policies=tuple(dict.fromkeys(policy for one in decisions for policy in one.policies)),
        agreements=tuple(dict.fromkeys(agreement for one in decisions for agreement in one.agreements)),
    )


def subject_of(action: Action, resource: str) -> str:
    """What the log says it was about: such as `dataset/police/street-crime`."""
    kind = action.value.split(":", maxsplit=1)[0]
    return resource if resource.startswith((f"{kind}/", "agency/")) else f"{kind}/{resource}"


def writing(database: Database, entry: Entry) -> Callable[[], None]:
    """What writes an entry in a transaction of its own."""

    def write() -> None:
        with_own_transaction(database, entry)

    return write

"""Builders for audit entries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hub.audit import Audit, Entry, Verb
from hub.kit.authority import Reader
from hub.kit.clock import FrozenClock

ROOT_KEY = bytes(range(32))


def an_entry(**changes: Any) -> Entry:
    """A plain entry, with `changes`."""
    values: dict[str, Any] = {
        "at": datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        "verb": Verb.COLLECTION,
        "action": "submission:create",
        "outcome": "done",
        "reader": Reader(agency="ravensbourne-police", person="per_1", roles=frozenset({"uploader"})),
        "subject": "submission/sub_1",
        "purpose": "svd.identify_kinds",
        "justification": "monthly extract",
        "recipients": ("ravensbourne-council",),
        "authority": "permit_1",
        "policy_hash": "ab" * 32,
        "detail": {"rows": 3},
    }
    return Entry(**(values | changes))


def an_audit(clock: FrozenClock | None = None) -> Audit:
    """The signer and checker with the tests' root key."""
    return Audit(root_key=ROOT_KEY, origin="hub.example/log", clock=clock or FrozenClock())

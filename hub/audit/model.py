"""What an audit entry holds, and how it becomes a leaf."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.kit.authority import Reader
from hub.kit.canonical import canonical_json
from hub.kit.clock import stamp


class Verb(StrEnum):
    """What was done to data. The first six are the words of Data Protection Act 2018 s.62(1)."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    DECISION = "decision"
    SESSION = "session"
    KEY = "key"
    POLICY = "policy"


READING_PURPOSES = ("lawfulness", "self-monitoring", "integrity-and-security", "criminal-proceedings")
"""The only purposes for which the log itself may be read (DPA 2018 s.62(4))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened: who, what, which object, on what authority, with what outcome.

    `outcome` is `done`, `permitted` or `refused`. `authority` is the id of the Grant or Permit. `detail` holds counts, hashes
    and codes; never a data value. Consultation and disclosure carry a `justification` (s.62(2)).
    """

    at: datetime
    verb: Verb
    action: str
    outcome: str
    reader: Reader
    subject: str
    purpose: str = ""
    justification: str = ""
    recipients: tuple[str, ...] = ()
    authority: str = ""
    policy_hash: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)


COLUMNS = (
    "at",
    "verb",
    "action",
    "outcome",
    "agency",
    "person",
    "roles",
    "task",
    "subject",
    "purpose",
    "justification",
    "recipients",
    "authority",
    "policy_hash",
    "detail",
)
"""The stored text columns of an entry, in the order they stand in the leaf."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it stands in the log: its index, its columns as text, its leaf hash."""

    index: int
    columns: Mapping[str, str]
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed head of the log: `note` is the C2SP signed note, byte for byte."""

    size: int
    root: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: how many entries, the root, and every problem by entry and cause."""

    entries: int
    root: str
    problems: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


def columns_of(entry: Entry) -> dict[str, str]:
    """The stored text of each column, in NFC, in the order of `COLUMNS`."""
    texts = {
        "at": stamp(entry.at),
        "verb": entry.verb.value,
        "action": entry.action,
        "outcome": entry.outcome,
        "agency": entry.reader.agency,
        "person": entry.reader.person,
        "roles": " ".join(sorted(entry.reader.roles)),
        "task": entry.reader.task,
        "subject": entry.subject,
        "purpose": entry.purpose,
        "justification": entry.justification,
        "recipients": " ".join(sorted(entry.recipients)),
        "authority": entry.authority,
        "policy_hash": entry.policy_hash,
        "detail": canonical_json(dict(entry.detail)).decode(),
    }
    return {name: unicodedata.normalize("NFC", texts[name]) for name in COLUMNS}

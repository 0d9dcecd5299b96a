"""What the vault holds: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ObjectKind(StrEnum):
    """What a sealed object is. Originals, their parts while they arrive, and quarantine hold all that the agency wrote,
    identifiers included.
    """

    ORIGINAL = "original"
    ACCEPTED = "accepted"
    QUARANTINE = "quarantine"
    SNAPSHOT = "snapshot"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedObject:
    """One published object: whose it is, its plaintext's size in bytes and SHA-256, when it was made and destroyed."""

    id: str
    agency: str
    dataset: str
    kind: ObjectKind
    size: int
    sha256: str
    created_at: datetime
    destroyed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of a file before the part that arrives now: its bytes, how many of them stand after the last line end, and
    whether it is an archive, which has no lines. What the floor asks of a line holds across the borders of parts.
    """

    size: int = 0
    run: int = 0
    archive: bool = False


NOTHING = Arrived()
"""Before the first part."""


def context_of(object_id: str, agency: str, dataset: str) -> bytes:
    """What an object's seal is bound to: a data key put to another object, agency or dataset does not open it."""
    return "\x00".join(("svd/vault/object/v1", object_id, agency, dataset)).encode()

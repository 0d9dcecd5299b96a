"""The record of everything that happens: an append-only RFC 6962 Merkle log with signed C2SP checkpoints.

`record(uow, Entry(...))` is the only way in, in the same transaction as the effect (promise P5). The six verbs of DPA 2018
s.62 are `collection`, `alteration`, `consultation`, `disclosure`, `combination` and `erasure`; four more cover what else is
logged to that standard.
"""

from hub.audit.model import READING_PURPOSES, Checkpoint, Entry, StoredEntry, Verb, Verification
from hub.audit.service import (
    Audit,
    entries,
    entry,
    in_turn,
    inclusion_proof,
    latest_checkpoint,
    record,
    size,
    with_own_transaction,
)

__all__ = [
    "READING_PURPOSES",
    "Audit",
    "Checkpoint",
    "Entry",
    "StoredEntry",
    "Verb",
    "Verification",
    "entries",
    "entry",
    "in_turn",
    "inclusion_proof",
    "latest_checkpoint",
    "record",
    "size",
    "with_own_transaction",
]

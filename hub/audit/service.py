"""Write, sign, read and check the log."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from hub.audit import store, tree
from hub.audit.model import READING_PURPOSES, Checkpoint, Entry, StoredEntry, Verb, Verification, columns_of
from hub.audit.verifier import check_log, grow, key_id, leaf_bytes, leaf_hash, root_of, verifier_key
from hub.db import Database, Reading, UnitOfWork
from hub.kit.authority import Action, Permit
from hub.kit.clock import Clock, stamp
from hub.kit.crypto import keys
from hub.kit.errors import Invalid, NotFound, NotPermitted
from hub.kit.text import check_text


def record(uow: UnitOfWork, entry: Entry) -> int:
    """Append `entry` in the transaction of its effect; returns its index. The log is locked until the transaction ends.

    Invalid `bad-text` for a justification that no log should keep (`hub.kit.text`): what it stands for is then undone.
    """
    check_text(entry.justification)
    index, frontier = store.lock_head(uow)
    columns = columns_of(entry)
    leaf = leaf_hash(leaf_bytes(index, list(columns.values())))
    store.append(uow, index=index, columns=columns, leaf=leaf, frontier=grow(index, frontier, leaf))
    uow.count_entry()
    return index


def in_turn(uow: UnitOfWork) -> None:
    """Wait for every transaction that has written to the log; from here on this one sees what they left, and they wait
    for it. For a look that must still be true when its own entry is written.
    """
    store.lock_head(uow)


def size(reading: UnitOfWork | Reading) -> int:
    """How many entries the log has."""
    return store.head(reading)[0]


def entry(reading: UnitOfWork | Reading, index: int) -> StoredEntry:
    """One entry; NotFound when the log is shorter."""
    found = next(store.stored_entries(reading, first=index, count=1), None)
    if found is None or found.index != index:
        raise NotFound(f"the log has no entry {index}")
    return found


def entries(
    uow: UnitOfWork, permit: Permit, *, at: Clock, purpose: str, first: int = 0, count: int = 100, **matching: str
) -> list[StoredEntry]:
    """Read the log for one of the purposes of DPA 2018 s.62(4); the reading is itself logged."""
    if not permit.is_for(Action.AUDIT_READ, "audit/log", at=at.now()):
        raise NotPermitted("this permit is not for reading the log", code="wrong-permit")
    if purpose not in READING_PURPOSES:
        raise Invalid(
            f"the log may not be read for {purpose!r}",
            code="log-purpose",
            remedy=f"Choose one of: {', '.join(READING_PURPOSES)} (Data Protection Act 2018 s.62(4)).",
        )
    found = list(store.stored_entries(uow, first=first, count=count, matching=matching))
    record(
        uow,
        Entry(
            at=at.now(),
            verb=Verb.CONSULTATION,
            action=Action.AUDIT_READ,
            outcome="done",
            reader=permit.reader,
            subject="audit/log",
            purpose=purpose,
            justification=purpose,
            authority=permit.id,
            policy_hash=permit.policy_hash,
            detail={"first": first, "entries": len(found)},
        ),
    )
    return found


def latest_checkpoint(reading: UnitOfWork | Reading) -> Checkpoint | None:
    """The newest signed head, if any."""
    kept = store.checkpoints(reading)
    return kept[-1] if kept else None


def inclusion_proof(reading: UnitOfWork | Reading, index: int, *, size: int) -> list[bytes]:
    """The RFC 6962 audit path of an entry in the log of the first `size` entries."""
    leaves = [bytes.fromhex(found.leaf_hash) for found in store.stored_entries(reading, count=size)]
    if not 0 <= index < len(leaves):
        raise NotFound(f"the log has no entry {index}")
    return tree.inclusion(leaves, index)


class Audit:
    """The log's signer and checker. The signing key is derived from the root key and never leaves memory."""

    def __init__(self, *, root_key: bytes, origin: str, clock: Clock) -> None:
        self._seed = keys.derive(root_key, "svd/audit/checkpoint/v1")
        self._origin = origin
        self._clock = clock
        self._public = keys.public_key(self._seed)

    @property
    def verifier_key(self) -> str:
        """What a partner needs to check our checkpoints: `name+keyid+key` (c2sp.org/signed-note)."""
        return verifier_key(self._origin, self._public)

    def checkpoint(self, uow: UnitOfWork) -> Checkpoint:
        """Sign the present head and keep it; the newest again when nothing was added since."""
        length, frontier = store.lock_head(uow)
        newest = latest_checkpoint(uow)
        if newest is not None and newest.size == length:
            return newest
        root = root_of(frontier)
        text = f"{self._origin}\n{length}\n{base64.b64encode(root).decode()}\n"
        signature = key_id(self._origin, self._public) + keys.sign(self._seed, text.encode())
        note = f"{text}\n\u2014 {self._origin} {base64.b64encode(signature).decode()}\n"
        made = Checkpoint(length, root.hex(), stamp(self._clock.now()), note)
        store.add_checkpoint(uow, made)
        uow.count_entry()  # a checkpoint is part of the log itself: it attests entries and needs none of its own
        return made

    def verify(self, reading: UnitOfWork | Reading) -> Verification:
        """Recompute every leaf from its stored columns, the root, and every checkpoint; name each entry that does not fit."""
        length, frontier = store.head(reading)
        kept = store.checkpoints(reading)
        found, root, problems = check_log(
            ((row.index, list(row.columns.values()), row.leaf_hash) for row in store.stored_entries(reading)),
            (checkpoint.note for checkpoint in kept),
            self.verifier_key,
        )
        if found != length or root != root_of(frontier):
            problems.append(f"head: says {length} entries, the log holds {found}, or the roots differ")
        for checkpoint in kept:
            lines = checkpoint.note.split("\n")
            as_signed = (str(checkpoint.size), base64.b64encode(bytes.fromhex(checkpoint.root)).decode())
            if tuple(lines[1:3]) != as_signed:
                problems.append(f"checkpoint of size {checkpoint.size}: its columns differ from its signed note")
        return Verification(found, root.hex(), tuple(problems))

    def export(self, reading: UnitOfWork | Reading) -> Iterator[Mapping[str, object]]:
        """Every entry in the form that `verifier.py` reads."""
        for row in store.stored_entries(reading):
            yield {"index": row.index, "columns": list(row.columns.values()), "leaf_hash": row.leaf_hash}


def with_own_transaction(database: Database, entry: Entry) -> int:
    """Append `entry` in a transaction of its own: for a refusal, which must outlive the rollback of what it refused."""
    with database.unit_of_work() as uow:
        return record(uow, entry)

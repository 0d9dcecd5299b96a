"""Check an exported audit log without the hub: one file, the standard library and `cryptography`.

    python verifier.py LOG.jsonl CHECKPOINTS.jsonl VERIFIER-KEY

LOG.jsonl      one line an entry, in order: {"index": 0, "columns": [...], "leaf_hash": "hex"}, as `hub audit export` writes it
CHECKPOINTS    one line a signed note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note), as a JSON string
VERIFIER-KEY   name+keyid+key, as `hub audit checkpoint` prints it (c2sp.org/signed-note, "verifier keys")

The leaf of an entry is SHA-256(0x00 || JSON list of the index and the columns); the tree is that of RFC 6962 section 2.1.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EMPTY_ROOT = hashlib.sha256(b"").digest()
_ED25519 = b"\x01"


@dataclass(frozen=True)
class SignedHead:
    """The parsed text of a checkpoint: origin, size, root."""

    origin: str
    size: int
    root: bytes


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01, left and right."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(size: int, frontier: Sequence[bytes], leaf: bytes) -> list[bytes]:
    """The frontier (roots of the perfect subtrees, largest first) of the log of `size` leaves with one more."""
    grown = list(frontier)
    node = leaf
    while size & 1:
        node = node_hash(grown.pop(), node)
        size >>= 1
    grown.append(node)
    return grown


def root_of(frontier: Sequence[bytes]) -> bytes:
    """The root of the log whose frontier this is."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def leaf_bytes(index: int, columns: Sequence[str]) -> bytes:
    """The bytes of a leaf: compact JSON of the index and every column, in order."""
    return json.dumps([index, *columns], ensure_ascii=False, separators=(",", ":")).encode()


def key_id(name: str, public: bytes) -> bytes:
    """First four bytes of SHA-256(name || newline || 0x01 || key)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """`name+keyid+key` of an Ed25519 key."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def read_verifier_key(text: str) -> tuple[str, bytes]:
    """Name and raw key; ValueError when it is not an Ed25519 verifier key or its id does not fit."""
    name, identity, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    if len(raw) != 33 or raw[:1] != _ED25519 or key_id(name, raw[1:]).hex() != identity:
        raise ValueError("not an Ed25519 verifier key, or its id is of another key")
    return name, raw[1:]


def read_note(note: str, key: str) -> SignedHead:
    """The head in a signed note; ValueError unless a signature by `key` is on it and holds."""
    name, public = read_verifier_key(key)
    text, mark, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not mark or len(lines) < 4:
        raise ValueError("not a signed note")
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        if dash != "\u2014" or signer != name:
            continue
        raw = base64.b64decode(encoded, validate=True)
        if raw[:4] != key_id(name, public):
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
        except InvalidSignature as error:
            raise ValueError("the signature does not hold") from error
        return SignedHead(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
    raise ValueError("no signature by this key")


def check_log(
    entries: Iterable[tuple[int, Sequence[str], str]], notes: Iterable[str], key: str
) -> tuple[int, bytes, list[str]]:
    """Size, root and every problem of a log: entries as (index, columns, leaf hash in hex), in order, and its signed heads."""
    problems: list[str] = []
    heads: dict[int, bytes] = {}
    for note in notes:
        try:
            head = read_note(note, key)
        except ValueError as error:
            problems.append(f"checkpoint: {error}")
            continue
        heads[head.size] = head.root
    size = 0
    frontier: list[bytes] = []
    if heads.get(0, EMPTY_ROOT) != EMPTY_ROOT:
        problems.append("checkpoint of size 0: not the empty root")
    for index, columns, stored in entries:
        leaf = leaf_hash(leaf_bytes(index, columns))
        if index != size:
            problems.append(f"entry {index}: expected entry {size}")
        if leaf.hex() != stored:
            problems.append(f"entry {index}: its columns do not give its leaf hash")
        frontier = grow(size, frontier, leaf)
        size += 1
        if size in heads and heads[size] != root_of(frontier):
            problems.append(f"checkpoint of size {size}: another root than the entries give")
    problems.extend(f"checkpoint of size {known}: the log has only {size} entries" for known in heads if known > size)
    return size, root_of(frontier), problems


def main(arguments: Sequence[str]) -> int:
    """Check a log from files; prints what was found; 0 when nothing is wrong, 1 otherwise, 2 on usage."""
    if len(arguments) != 3:
        print(__doc__)  # noqa: T201 - this file is also a program of its own
        return 2
    log, checkpoints, key = arguments
    with open(log, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    with open(checkpoints, encoding="utf-8") as text:
        notes = [json.loads(line) for line in text if line.strip()]
    size, root, problems = check_log(((row["index"], row["columns"], row["leaf_hash"]) for row in rows), notes, key)
    print(json.dumps({"entries": size, "root": root.hex(), "checkpoints": len(notes), "problems": problems}))  # noqa: T201 - what a program says
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

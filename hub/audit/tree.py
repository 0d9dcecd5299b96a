"""Proofs over the Merkle tree of RFC 6962 section 2.1; its hashes and its frontier stand in `verifier`, which travels alone."""

from __future__ import annotations

from collections.abc import Sequence

from hub.audit.verifier import grow, node_hash, root_of


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier = grow(size, frontier, leaf)
    return root_of(frontier)


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` (RFC 6962 section 2.1.1)."""
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion(leaves[:middle], index), root(leaves[middle:])]
    return [*inclusion(leaves[middle:], index - middle), root(leaves[:middle])]


def root_from_inclusion(*, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2); ValueError when the proof cannot be one."""
    if not 0 <= index < size:
        raise ValueError("the index lies outside the log")
    node, last, here = leaf, size - 1, index
    for step in path:
        if last == 0:
            raise ValueError("the proof is too long")
        if here & 1 or here == last:
            node = node_hash(step, node)
            while here & 1 == 0 and here != 0:
                here >>= 1
                last >>= 1
        else:
            node = node_hash(node, step)
        here >>= 1
        last >>= 1
    if last != 0:
        raise ValueError("the proof is too short")
    return node


def consistent(*, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows that the old log is a prefix of the new one (RFC 9162 section 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False  # the empty log proves nothing about what came after it
    if old_size == new_size:
        return not path and old_root == new_root
    steps = list(path)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    here, last = old_size - 1, new_size - 1
    while here & 1:
        here >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while here & 1 == 0 and here != 0:
                here >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        here >>= 1
        last >>= 1
    return last == 0 and old == old_root and new == new_root


def consistency(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The consistency proof between the first `old_size` leaves and all of them (RFC 6962 section 2.1.2)."""
    if old_size in (0, len(leaves)):
        return []
    return _subproof(leaves, old_size, whole=True)


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    middle = _split(len(leaves))
    if old_size <= middle:
        return [*_subproof(leaves[:middle], old_size, whole=whole), root(leaves[middle:])]
    return [*_subproof(leaves[middle:], old_size - middle, whole=False), root(leaves[:middle])]


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)

"""Proofs of RFC 6962 and RFC 9162, judged by the public vectors and by each other."""

from __future__ import annotations

import base64
import json

import pytest

from hub.audit import tree
from hub.audit.verifier import EMPTY_ROOT, leaf_hash
from tests.support.shared import shared

LEAVES = [leaf_hash(bytes([number])) for number in range(9)]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert tree.root([]) == EMPTY_ROOT


@pytest.mark.parametrize("size", range(1, 10))
def test_every_leaf_is_proved_included_in_every_size(size: int) -> None:
    leaves = LEAVES[:size]
    for index in range(size):
        path = tree.inclusion(leaves, index)
        assert tree.root_from_inclusion(size=size, index=index, leaf=leaves[index], path=path) == tree.root(leaves)


@pytest.mark.parametrize("new", range(1, 10))
def test_every_prefix_is_proved_consistent(new: int) -> None:
    for old in range(1, new + 1):
        path = tree.consistency(LEAVES[:new], old)
        roots = {"old_root": tree.root(LEAVES[:old]), "new_root": tree.root(LEAVES[:new])}
        assert tree.consistent(old_size=old, new_size=new, path=path, **roots)


def test_the_public_merkle_vectors_are_judged_as_they_say() -> None:
    judged = 0
    for path in sorted(shared("badinput/merkle/transparency-dev__merkle").glob("*.json")):
        case = json.loads(path.read_text())
        proof = [base64.b64decode(step) for step in case["proof"] or []]
        if "consistency" in path.name:
            holds = tree.consistent(
                old_size=case["size1"],
                new_size=case["size2"],
                old_root=base64.b64decode(case["root1"] or ""),
                new_root=base64.b64decode(case["root2"] or ""),
                path=proof,
            )
        else:
            try:
                found = tree.root_from_inclusion(
                    size=case["treeSize"],
                    index=case["leafIdx"],
                    leaf=base64.b64decode(case["leafHash"] or ""),
                    path=proof,
                )
                holds = found == base64.b64decode(case["root"] or "")
            except ValueError:
                holds = False
        assert holds is not case["wantErr"], path.name
        judged += 1
    assert judged == 52

"""Keyed pseudonyms: exact HMAC-SHA-256, in SQL as in Python."""

from __future__ import annotations

import hmac

import pytest

from hub.engine import DuckDbEngine
from hub.pseudonyms import Pseudonyms
from hub.pseudonyms.model import hmac_sql

RFC_4231 = [
    ("0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe".hex(),
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        "aa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. "
        b"The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
]
AWKWARD = [
    "",
    "a",
    "é",
    "👮",
    "x" * 55,
    "x" * 56,
    "x" * 63,
    "x" * 64,
    "x" * 65,
    "y" * 1000,
    "it's",
    'a "b"',
    "a\nb",
    "a\x00b",
]


@pytest.mark.parametrize(("key", "message", "expected"), RFC_4231)
def test_the_sql_agrees_with_the_vectors_of_rfc_4231(key: str, message: bytes, expected: str) -> None:
    sql, parameters = hmac_sql(bytes.fromhex(key), "?::VARCHAR")
    with DuckDbEngine().session() as session:
        assert session.rows(f"SELECT {sql}", [*parameters, message.decode()]) == [(expected,)]


def test_the_sql_and_the_python_pseudonym_are_the_same_for_awkward_texts() -> None:
    pseudonyms = Pseudonyms(bytes(range(32)))
    sql, parameters = pseudonyms.expression('"Crime ID"', dataset="police/street-crime")
    with DuckDbEngine().session() as session:
        session.load("crimes", {"Crime ID": [*AWKWARD, None], "n": list(range(len(AWKWARD) + 1))})
        made = [row[0] for row in session.rows(f"SELECT {sql} FROM crimes ORDER BY n", parameters)]
    assert made == [*(pseudonyms.of(text, dataset="police/street-crime") for text in AWKWARD), None]


def test_a_reference_has_another_pseudonym_in_another_dataset_and_under_another_root_key() -> None:
    pseudonyms = Pseudonyms(bytes(range(32)))
    made = {
        pseudonyms.of("CR/1", dataset="police/street-crime"),
        pseudonyms.of("CR/1", dataset="police/stop-and-search"),
        Pseudonyms(bytes(32)).of("CR/1", dataset="police/street-crime"),
        hmac.digest(bytes(range(32)), b"CR/1", "sha256").hex(),
    }
    assert len(made) == 4


def test_the_key_never_stands_in_the_statement() -> None:
    sql, parameters = Pseudonyms(bytes(range(32))).expression("reference", dataset="police/street-crime")
    assert sql.count("?") == len(parameters) == 2
    assert all(isinstance(block, bytes) and block.hex() not in sql for block in parameters)

"""HMAC-SHA-256 written as DuckDB SQL: DuckDB has `sha256` but no HMAC, and SQL is three times as fast as a Python loop."""

from __future__ import annotations

import hashlib

_BLOCK_BYTES = 64
_INNER, _OUTER = 0x36, 0x5C


def hmac_sql(key: bytes, column_sql: str) -> tuple[str, list[object]]:
    """An SQL expression with two parameters, in this order: HMAC-SHA-256 of a VARCHAR, as 64 lower-case hex digits.

    Null stays null; the empty text has a pseudonym like any other. The key blocks travel as parameters, never in the text.
    """
    outer, inner = key_blocks(key)
    return f"sha256(?::BLOB || unhex(sha256(?::BLOB || encode({column_sql}))))", [outer, inner]


def keyed_sql(table: str, column_sql: str) -> str:
    """As `hmac_sql`, with the key blocks of a one-row table of the session: an expression without parameters, fit for a view."""
    outer, inner = (f"(SELECT {block}_block FROM {table})" for block in ("outer", "inner"))
    return f"sha256({outer} || unhex(sha256({inner} || encode({column_sql}))))"


def key_blocks(key: bytes) -> tuple[bytes, bytes]:
    """The outer and the inner padded key block of RFC 2104."""
    short = hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key
    padded = short.ljust(_BLOCK_BYTES, b"\x00")
    return bytes(byte ^ _OUTER for byte in padded), bytes(byte ^ _INNER for byte in padded)

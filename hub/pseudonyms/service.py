"""Pseudonyms: one key a dataset, derived from the root key and never stored."""

from __future__ import annotations

from hub.kit.crypto.keys import authenticate, derive
from hub.pseudonyms.model import hmac_sql

_LABEL = "svd/pseudonym/v1/"


class Pseudonyms:
    """Makes the pseudonyms of a hub. The same root key gives the same pseudonyms."""

    def __init__(self, root_key: bytes) -> None:
        self._root = root_key

    def expression(self, column_sql: str, *, dataset: str) -> tuple[str, list[object]]:
        """An SQL expression for the engine, and its parameters in the order of their `?`: the pseudonym of a VARCHAR.

        It equals `of` for every text; null stays null. Where references repeat, apply it to the distinct ones and join back.
        """
        return hmac_sql(self._key(dataset), column_sql)

    def of(self, value: str, *, dataset: str) -> str:
        """The pseudonym of one reference: 64 hexadecimal digits."""
        return authenticate(self._key(dataset), value.encode()).hex()

    def _key(self, dataset: str) -> bytes:
        return derive(self._root, _LABEL + dataset)

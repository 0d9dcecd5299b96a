"""Pseudonyms: one key a dataset, and one an agreement, derived from the root key and never stored."""

from __future__ import annotations

from hub.engine import EngineSession
from hub.kit.crypto.keys import authenticate, derive
from hub.pseudonyms.model import hmac_sql, key_blocks

_LABEL = "svd/pseudonym/v1/"
_AGREEMENT_LABEL = "svd/agreement-pseudonym/v1/"


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

    def load_agreement(self, session: EngineSession, table: str, *, agreement: str) -> None:
        """Make the TEMP TABLE `table` with the key of an agreement, for `hub.pseudonyms.keyed_sql` in that session's views."""
        outer, inner = key_blocks(self._agreement_key(agreement))
        session.run(
            f"CREATE TEMP TABLE {table} AS SELECT ?::BLOB AS outer_block, ?::BLOB AS inner_block", [outer, inner]
        )

    def of_agreement(self, value: str, *, agreement: str) -> str:
        """The pseudonym that an agreement gives a value as it is kept: 64 hexadecimal digits.

        `agreement` is its id without the version: renewed, it keeps its pseudonyms. Another agreement's are others, and
        nothing tells which belong together.
        """
        return authenticate(self._agreement_key(agreement), value.encode()).hex()

    def _key(self, dataset: str) -> bytes:
        return derive(self._root, _LABEL + dataset)

    def _agreement_key(self, agreement: str) -> bytes:
        return derive(self._root, _AGREEMENT_LABEL + agreement)

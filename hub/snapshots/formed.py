"""Rows in the forms of an opening: the one place where accepted rows become what another sees.

Whoever is shown rows, the reader that a Grant names or the sender looking at what a reader would get, is shown this relation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.db import Reading, UnitOfWork
from hub.engine import EngineSession, literal, quoted
from hub.geography import AreaIndex, Geography
from hub.kit.authority import Form
from hub.kit.errors import Conflict
from hub.kit.words import say
from hub.pseudonyms import Pseudonyms
from hub.schemas import MONTH, DatasetSchema
from hub.snapshots.alike import EXTRACT, WHEN, Few, few_alike
from hub.snapshots.forms import ABOVE, KEYS, SAID, ShownField, expression, needs_places, place_keys, shown_fields
from hub.snapshots.places import Places
from hub.snapshots.rows import RELATION

_EVERY = "hub_every_row"


@dataclass(frozen=True, slots=True)
class Piece:
    """Accepted rows of one version of the schema; `source` is SQL that reads them from sealed objects."""

    version: DatasetSchema
    source: str


@dataclass(frozen=True, slots=True)
class Formed:
    """The columns that rows get by an opening, and the area tree that places become areas of; None where none do. `few`:
    which rows are withheld because few others are like them; None where the rule does not ask it.
    """

    schema: DatasetSchema
    fields: tuple[ShownField, ...]
    index: AreaIndex | None
    few: Few | None = None


class Forming:
    """Makes the relation of a session: each field in its form, and nothing that the forms keep back."""

    def __init__(self, *, geography: Geography, pseudonyms: Pseudonyms) -> None:
        self._geography = geography
        self._pseudonyms = pseudonyms
        self._places = Places()

    def formed(
        self, reading: UnitOfWork | Reading, schema: DatasetSchema, forms: Mapping[str, Form], *, own: bool
    ) -> Formed:
        """The columns; `own`: for a reader of the agency that sent the rows. Conflict (`no-tree`): a place is to be told from
        the area tree, and none is loaded.
        """
        fields = shown_fields(schema, forms)
        index = self._geography.current(reading) if needs_places(fields) else None
        if index is None and needs_places(fields):
            raise Conflict(say("snapshots.no-tree"), code="no-tree", remedy=say("snapshots.no-tree-remedy"))
        return Formed(schema, fields, index, None if own else few_alike(schema, fields))

    def make(
        self,
        session: EngineSession,
        formed: Formed,
        pieces: Sequence[Piece],
        *,
        pseudonyms_of: str,
        month: str = "",
        known_as: tuple[str, ...] = (),
    ) -> str:
        """The name of the relation, made in the session; pseudonyms are those of the agreement `pseudonyms_of`.

        `known_as` names these rows for as long as they stand, so that their places are located once; empty: each time.
        """
        if any(one.form is Form.READ_PSEUDONYMISED for one in formed.fields):
            self._pseudonyms.load_agreement(session, KEYS, agreement=pseudonyms_of)
        if formed.index is not None:
            same = [one for one in pieces if one.version.place == formed.schema.place]
            self._places.load(session, formed.schema, [one.source for one in same], formed.index, known_as=known_as)
        selects = " UNION ALL BY NAME ".join(_select(formed, one, month) for one in pieces)
        if formed.few is not None:
            session.run(f"CREATE TEMP VIEW {_EVERY} AS {selects}")
            selects = formed.few.left(_EVERY, month)
        session.run(f"CREATE TEMP VIEW {RELATION} AS {selects}")
        return RELATION

    def withheld(self, session: EngineSession, formed: Formed, *, month: str = "") -> int:
        """How many rows the relation just made leaves out, because few others are like them."""
        return 0 if formed.few is None else formed.few.withheld(session, _EVERY, month)


def _select(formed: Formed, piece: Piece, month: str) -> str:
    columns = [f"{expression(one, piece.version)} AS {quoted(one.name)}" for one in formed.fields]
    if formed.few is not None:
        columns += [f"filename AS {EXTRACT}", f"{MONTH} AS {WHEN}"]
    sql = f"SELECT {', '.join(columns)} FROM {piece.source}"
    if formed.index is not None:
        same_place = piece.version.place == formed.schema.place
        pairs = zip(SAID, place_keys(piece.version), strict=False)
        joined = " AND ".join(f"{said} = {ABOVE}.{name}" for name, said in pairs) if same_place else "false"
        sql += f" LEFT JOIN {ABOVE} ON {joined}"
    return f"{sql} WHERE {MONTH} = {literal(month)}" if month and formed.few is None else sql

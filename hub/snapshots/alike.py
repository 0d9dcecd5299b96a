"""Rows that stand out are withheld: of anonymised records another agency gets only those that enough rows of the same extract are
like in everything that could single somebody out and that it would be shown (k-anonymity of the projection itself).

How many are withheld is told to readers in steps of five, because a small number could be one person's cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.engine import EngineSession, literal, quoted
from hub.kit.authority import Form
from hub.kit.words import say
from hub.schemas import DatasetSchema, fewest_alike, quasi_identifiers, withholds_few
from hub.snapshots.forms import ShownField

EXTRACT, WHEN = "hub_extract", "hub_when"
"""Columns, within the relation alone, that tell the extracts and the months apart."""

_ALIKE = "hub_alike"


@dataclass(frozen=True, slots=True)
class Few:
    """Which rows are withheld: `columns` are those whose combination at least `fewest` rows of an extract must share."""

    columns: tuple[str, ...]
    fewest: int

    def left(self, rows: str, month: str) -> str:
        """SQL of the rows that are shown, of one month or (empty) of all. `rows` has the columns `EXTRACT` and `WHEN` beside
        those shown, the result has not. Counted before the month is chosen: each way to a row gives the same answer.
        """
        within = f" AND {WHEN} = {literal(month)}" if month else ""
        hidden = f"{EXTRACT}, {WHEN}, {_ALIKE}"
        return f"SELECT * EXCLUDE ({hidden}) FROM ({self._counted(rows)}) WHERE {_ALIKE} >= {self.fewest}{within}"

    def withheld(self, session: EngineSession, rows: str, month: str) -> int:
        """How many rows are not shown, of one month or (empty) of all."""
        within = f" AND {WHEN} = {literal(month)}" if month else ""
        ((count,),) = session.rows(
            f"SELECT count(*) FROM ({self._counted(rows)}) WHERE {_ALIKE} < {self.fewest}{within}"
        )
        return int(count)

    def _counted(self, rows: str) -> str:
        parts = ", ".join((EXTRACT, *(quoted(name) for name in self.columns)))
        return f"SELECT *, count(*) OVER (PARTITION BY {parts}) AS {_ALIKE} FROM ({rows})"


def few_alike(schema: DatasetSchema, shown: Sequence[ShownField]) -> Few | None:
    """The rule for another agency's reader of these fields; None where the class of the dataset makes no such promise."""
    if not withholds_few(schema):
        return None
    quasi = set(quasi_identifiers(schema))
    columns = tuple(one.name for one in shown if one.name in quasi and one.form is not Form.READ_PSEUDONYMISED)
    return Few(columns, fewest_alike(schema))


def said_withheld(count: int) -> str:
    """How many rows are withheld, as readers are told: `fewer than 8`, `about 15`; empty for none."""
    if count == 0:
        return ""
    return say("snapshots.withheld-few") if count < 8 else say("snapshots.withheld", count=f"{5 * round(count / 5):,}")

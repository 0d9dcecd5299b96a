"""The SQL of a field in the form in which a reader gets it; pure text, no values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.engine import literal, quoted
from hub.kit.authority import Form
from hub.pseudonyms import keyed_sql
from hub.schemas import FROM_PLACE, MONTH, Coarser, DatasetSchema, coarser_sql, generalisation_of, row_forms

KEYS = "hub_agreement_key"
"""Table of the session with the agreement's key."""

ABOVE = "hub_above"
"""Table of the session: what a place becomes. Columns `said_0`, `said_1` as the rows say it, and `area`."""

SAID = ("said_0", "said_1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """One column of granted rows: its form, and for a generalised one what it became."""

    name: str
    title: str
    type: str
    form: Form
    coarser: Coarser | None = None

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers as they were sent, so that a spreadsheet may read them so."""
        return self.form is Form.READ_CLEAR and self.type in ("integer", "number")


def shown_fields(schema: DatasetSchema, fields: Mapping[str, Form]) -> tuple[ShownField, ...]:
    """The columns of granted rows, in schema order."""
    return tuple(
        ShownField(
            name=field.name,
            title=field.title,
            type=field.type,
            form=fields[field.name],
            coarser=generalisation_of(schema, field.name) if fields[field.name] is Form.READ_GENERALISED else None,
        )
        for field in schema.fields
        if field.name in fields
    )


def read_sql(objects: Sequence[str]) -> str:
    """SQL that reads sealed objects as one relation."""
    return f"read_parquet([{', '.join(literal(f'sealed://{one}') for one in objects)}])"


def needs_places(shown: Iterable[ShownField]) -> bool:
    """Whether a column is told from the area tree."""
    return any(one.coarser in FROM_PLACE for one in shown)


def expression(one: ShownField, schema: DatasetSchema) -> str:
    """SQL of a column from the rows of an input under `schema`, its own version: `NULL` where that version has no such field, or
    may not show it so.
    """
    if one.name not in schema.names or one.form not in row_forms(schema, one.name):
        return "CAST(NULL AS VARCHAR)" if one.form is not Form.READ_CLEAR else "NULL"
    column = quoted(one.name)
    if one.form is Form.READ_CLEAR:
        return column
    if one.form is Form.READ_PSEUDONYMISED:
        return keyed_sql(KEYS, f"CAST({column} AS VARCHAR)")
    return _generalised(schema, one.name, column)


def place_keys(schema: DatasetSchema) -> list[str]:
    """SQL of what the rows say of their place, for the join with `ABOVE`."""
    columns = [quoted(name) for name in schema.place.fields]
    if schema.place.kind in ("point", "grid"):
        return [f"TRY_CAST({column} AS DOUBLE)" for column in columns]
    return [f"trim(CAST({column} AS VARCHAR))" for column in columns]


def _generalised(schema: DatasetSchema, name: str, column: str) -> str:
    coarser = generalisation_of(schema, name)
    if coarser in FROM_PLACE:
        return f"{ABOVE}.area"
    if coarser is Coarser.MONTH and schema.event_times == (name,):
        return MONTH  # judged at the check and kept: the same month, and cheaper to read than to compute
    return coarser_sql(schema, name, column)

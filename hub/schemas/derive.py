"""SQL of the fields that the hub derives from others of the same row."""

from __future__ import annotations

from collections.abc import Mapping

from hub.engine import literal
from hub.kit.errors import Bug
from hub.schemas.model import DatasetSchema, Field


def derived_sql(schema: DatasetSchema, typed: Mapping[str, str]) -> dict[str, str]:
    """Each derived field with its SQL; `typed` is the SQL of the columns with their types."""
    return {field.name: _sql(schema, field, typed) for field in schema.derived}


def _sql(schema: DatasetSchema, field: Field, typed: Mapping[str, str]) -> str:
    how = field.derived
    if how is None:
        raise Bug("a field that is sent is derived from nothing")
    source = typed[how.field]
    if how.by == "band":
        blank = [f"WHEN {source} IS NULL THEN {literal(how.blank)}"] if how.blank else []
        bands = [
            f"WHEN {source} >= {low}"
            + (f" AND {source} <= {high}" if high is not None else "")
            + f" THEN {literal(band)}"
            for band, low, high in how.bands
        ]
        return f"CASE {' '.join([*blank, *bands])} END"
    listed = schema.field(how.field).codes
    groups: dict[str, list[str]] = {}
    for code in listed.codes if listed else ():
        if code.group:
            groups.setdefault(code.group, []).append(literal(code.code))
    whens = [f"WHEN {source} IN ({', '.join(codes)}) THEN {literal(group)}" for group, codes in groups.items()]
    return f"CASE {' '.join(whens)} END"

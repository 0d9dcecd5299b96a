"""How accepted rows are written: coded columns as the codes of their list, which costs the engine half of writing them as text."""

from __future__ import annotations

from hub.engine import literal, quoted
from hub.schemas.model import MONTH, DatasetSchema

MOST_CODES = 1_000
"""A longer list is written as text: each part of the file would hold all of it."""


def codes_written(schema: DatasetSchema, *, period: str = "") -> dict[str, str]:
    """SQL over accepted rows, by field: the value as one of the codes of its list; and the month, where all rows have that of
    the `period`. Any reader finds the same texts.

    No value changes: accepted rows hold none that is not in the list, and one that were not would stop the writing. It is looked
    for only where trying gives nothing, because trying asks each distinct value once and looking asks every row.
    """
    written = {}
    if period and not schema.series:
        written[MONTH] = f"CAST({MONTH} AS ENUM({literal(period)}))"
    for field in schema.columns:
        codes = () if field.codes is None or field.several else tuple(code.code for code in field.codes.codes)
        if 0 < len(codes) <= MOST_CODES:
            column, known = quoted(field.name), f"ENUM({', '.join(map(literal, dict.fromkeys(codes)))})"
            tried = f"TRY_CAST({column} AS {known})"
            unknown = f"{column} IS NOT NULL AND {tried} IS NULL"
            written[field.name] = f"CASE WHEN {unknown} THEN CAST({column} AS {known}) ELSE {tried} END"
    return written

"""Values that a finding points at, read back from the file itself: findings never store them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.engine import EngineSession, quoted
from hub.schemas.encodings import Reader
from hub.schemas.findings import column_letter
from hub.schemas.header import read_header
from hub.schemas.model import ROW_NUMBER, DatasetSchema
from hub.schemas.opening import open_extract
from hub.schemas.profile import NO_PROFILE, ImportProfile

_FILE = "hub_mended"
_NO_MATTER = "the hash is not asked for"


def values_at(
    session: EngineSession,
    source: str,
    schema: DatasetSchema,
    *,
    read_bytes: Reader,
    field: str,
    rows: Sequence[int],
    profile: ImportProfile = NO_PROFILE,
) -> dict[int, str]:
    """The text of a column in these rows, by row number; blank is the empty text.

    `field` is a column of the schema or a letter such as `column G`, as findings name it. Rows and columns that the
    file does not have, or that cannot be divided into columns, are left out. For a file whose header the schema
    knows; the caller answers for who may see it. `profile` is the one it was checked with.
    """
    opened = open_extract(session, source, schema, read_bytes=read_bytes, sha256=_NO_MATTER, profile=profile)
    if opened.stopped:
        return {}
    columns = read_header(opened.record, schema, confirmed=profile.columns).columns
    lettered = {f"column {column_letter(place)}": name for place, name in enumerate(columns)}
    column = field if field in columns else lettered.get(field)
    if column is None or not rows:
        return {}
    opened.read_into(session, _FILE, columns)
    numbers = ", ".join(str(int(row)) for row in rows)
    found = session.rows(f"SELECT {ROW_NUMBER}, {quoted(column)} FROM {_FILE} WHERE {ROW_NUMBER} IN ({numbers})")
    return {row: value or "" for row, value in sorted(found)}

"""A Parquet file as the CSV the checks read, each column written as the schema expects its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hub.engine import MOST_PARQUET, BadParquet, Written, opened_parquet
from hub.kit.words import say
from hub.schemas.encodings import Reader
from hub.schemas.findings import Finding, column_letter, finding
from hub.schemas.header import MOST_COLUMNS, read_header
from hub.schemas.model import DATED, DatasetSchema, Field
from hub.schemas.profile import ImportProfile

PARQUET = "parquet"
_YEARMONTH = "%Y-%m"
_MOST_NAMED = 12


@contextmanager
def parquet_text(read_bytes: Reader, schema: DatasetSchema, profile: ImportProfile) -> Iterator[Iterator[bytes]]:
    """The text of a Parquet file with its header, piece by piece, while this is open. BadParquet at any point."""
    with opened_parquet(_whole(read_bytes)) as file:
        if len(file.columns) > MOST_COLUMNS:
            raise BadParquet("columns")
        if file.nested:
            raise Nested(file.nested)
        names = read_header(file.columns, schema, confirmed=profile.columns).columns
        yield file.text(tuple(_columns(names, schema)))


class Nested(BadParquet):
    """Columns that hold more than one value in a row, by their places."""

    def __init__(self, places: Sequence[int]) -> None:
        super().__init__("nested")
        self.places = tuple(places)


def bad_parquet(bad: BadParquet) -> Finding:
    """Why a Parquet file is not read."""
    if not isinstance(bad, Nested):
        return finding("bad-parquet", what=say(f"schemas.finding.bad-parquet.{bad.what}"))
    letters = [column_letter(place) for place in bad.places]
    what = say("schemas.finding.bad-parquet.nested", where=", ".join(letters[:_MOST_NAMED]))
    return finding("bad-parquet", count=len(letters), cells=[f"{letter}1" for letter in letters], what=what)


def _whole(read_bytes: Reader) -> bytes:
    taken, size = [], 0
    for chunk in read_bytes():
        taken.append(chunk)
        size += len(chunk)
        if size > MOST_PARQUET:
            raise BadParquet("file")
    return b"".join(taken)


def _columns(names: Sequence[str], schema: DatasetSchema) -> Iterator[Written]:
    for name in names:
        yield _written(schema.field(name)) if name in schema.names else Written()


def _written(field: Field) -> Written:
    if field.type == "boolean":
        return Written(true=field.true_values[0], false=field.false_values[0])
    return Written(formats=field.formats or (_YEARMONTH,)) if field.type in DATED else Written()

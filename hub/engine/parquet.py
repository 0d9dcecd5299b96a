"""A Parquet file as a table of texts, read in a process of its own: see `hub.kit.apart`.

    with opened_parquet(content) as file:
        file.columns                                    its names, and which are nested
        file.rows
        file.text((Written(formats=("%Y-%m-%d",)), …))  the CSV text of its rows, piece by piece

The text is what a CSV file of the same table would hold: the header, then rows divided by commas, numbers without exponent,
dates in the first form asked for that says all of them. Nothing is guessed, and no value changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from hub.kit.apart import Gone, ProcessApart, process_apart
from hub.kit.errors import Invalid

MOST_PARQUET = 64 * 2**20
"""A Parquet file larger than this is refused."""

MOST_TEXT = 256 * 2**20
"""Bytes of text that its rows may come to: what the file says of itself cannot be trusted to bound them."""

_PATIENCE = 60.0


class BadParquet(Invalid):
    """It cannot be read, or will not be: `what` says why."""

    def __init__(self, what: str) -> None:
        super().__init__(what, code="bad-parquet")
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How values of one column are written: the strptime forms of dates and times, the words of true and false."""

    formats: tuple[str, ...] = ()
    true: str = "true"
    false: str = "false"


class ParquetApart:
    """An open Parquet file. `nested` are the places of columns that hold more than one value in a row."""

    def __init__(self, process: ProcessApart, overview: dict[str, Any]) -> None:
        self._process = process
        self.columns: tuple[str, ...] = tuple(overview["columns"])
        self.nested: tuple[int, ...] = tuple(overview["nested"])
        self.rows: int = overview["rows"]

    def text(self, columns: Sequence[Written]) -> Iterator[bytes]:
        """The rows as CSV with their header. BadParquet at any point: then what came before is worth nothing."""
        try:
            self._process.send(json.dumps([asdict(one) for one in columns]).encode())
            yield from self._process.stream(most=MOST_TEXT)
            _good(json.loads(self._process.receive()))
        except Gone:
            raise BadParquet("gone") from None


@contextmanager
def opened_parquet(content: bytes, *, patience: float = _PATIENCE) -> Iterator[ParquetApart]:
    """The file, in a process that is gone when this is left. BadParquet where it cannot be read."""
    if len(content) > MOST_PARQUET:
        raise BadParquet("file")
    with process_apart("hub.engine.parquet_apart", patience=patience) as process:
        try:
            process.send(content)
            overview = _good(json.loads(process.receive()))
        except Gone:
            raise BadParquet("gone") from None
        yield ParquetApart(process, overview)


def _good(said: dict[str, Any]) -> dict[str, Any]:
    if "bad" in said:
        raise BadParquet(said["bad"])
    return said

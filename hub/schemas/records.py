"""The records of a delimited file as they are written, with the numbers of a spreadsheet: to show a file, not to check it."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator

from hub.schemas.encodings import Reader
from hub.schemas.text import LONGEST_LINE

_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


def records(read_bytes: Reader, *, encoding: str = "utf-8", delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Row number and values of each record that is not blank; the first is the header. A record too long to be one ends it.

    Numbers are those of the check: a line end inside quotes counts nothing, a blank row is numbered but is no record.
    """
    csv.field_size_limit(2 * LONGEST_LINE)
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)("replace")
    try:
        for number, record in enumerate(
            csv.reader(_lines(_texts(read_bytes(), decoder)), delimiter=delimiter), start=1
        ):
            if record:
                yield number, record
    except csv.Error:
        return


def _texts(chunks: Iterable[bytes], decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", True)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Lines with their ends, of any kind: LF, CRLF, CR. Other signs that end a line to Python end none here."""
    held = ""
    for text in texts:
        joined = held + text
        whole = len(joined) - joined.endswith("\r")  # its LF may be yet to come
        *lines, last = _END.split(joined[:whole])
        held = last + joined[whole:]
        yield from lines
    if held:
        yield held

"""The process that reads a hostile workbook: `python -m hub.kit.workbooks`. Talks in messages over its standard pipes."""

from __future__ import annotations

import encodings.cp437  # noqa: F401 - what the library imports when it is needed must be there before no file can be opened
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from hub.kit.apart import confine, pipes, read_message, write_message
from hub.kit.workbooks.marked import marking_from
from hub.kit.workbooks.model import Asked, BadWorkbook, Column
from hub.kit.workbooks.reading import OpenWorkbook
from hub.kit.workbooks.zipped import the_only_file

MEMORY, SECONDS = 5 * 2**28, 100


def main() -> None:
    """Take the file, then answer questions until nobody asks."""
    source, sink = pipes()
    content = read_message(source)
    datetime.strptime("2026", "%Y")  # noqa: DTZ007 - imports its own module, as above
    confine(memory=MEMORY, seconds=SECONDS)
    workbook: OpenWorkbook | None = None
    while content is not None and (asked := read_message(source)) is not None:
        question = json.loads(asked)
        try:
            if question["verb"] == "unzip":
                answer = _unzip(content, sink)
            else:
                workbook = workbook or OpenWorkbook(content)
                answer = _answer(workbook, question)
        except BadWorkbook as bad:
            answer = [json.dumps({"bad": bad.code, "what": bad.what}).encode()]
        except MemoryError:
            answer = [json.dumps({"bad": "workbook-too-large", "what": "memory"}).encode()]
        for message in answer:
            write_message(sink, message)


def _unzip(content: bytes, sink: BinaryIO) -> list[bytes]:
    """The one file of a zip archive, in messages up to an empty one; then what was wrong with it."""
    only = the_only_file(content)
    write_message(sink, b"{}")
    write_message(sink, b"")
    try:
        for piece in only:
            write_message(sink, piece)
    except BadWorkbook as bad:
        return [b"", json.dumps({"bad": bad.code, "what": bad.what}).encode()]
    return [b"", b"{}"]


def _answer(workbook: OpenWorkbook, question: dict[str, Any]) -> list[bytes]:
    if question["verb"] == "overview":
        return [json.dumps(asdict(workbook.overview())).encode(), b""]
    if question["verb"] == "marked":
        return [b"{}", workbook.marked(question["sheet"], marking_from(question["marking"]))]
    asked = dict(question["asked"])
    columns = tuple(
        Column(**{**one, "codes": tuple(one["codes"]), "formats": tuple(one["formats"])})
        for one in asked.pop("columns")
    )
    table = workbook.table(Asked(columns=columns, **asked))
    said = {"marks": [asdict(mark) for mark in table.marks], "unreadable": table.unreadable, "unused": table.unused}
    return [json.dumps(said).encode(), table.csv]


if __name__ == "__main__":
    main()

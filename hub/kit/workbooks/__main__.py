"""The process that reads a hostile workbook: `python -m hub.kit.workbooks`. Talks in messages over its standard pipes."""

from __future__ import annotations

import encodings.cp437  # noqa: F401 - what the library imports when it is needed must be there before no file can be opened
import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

from hub.kit.workbooks.apart import received
from hub.kit.workbooks.marked import marking_from
from hub.kit.workbooks.model import Asked, BadWorkbook, Column
from hub.kit.workbooks.reading import OpenWorkbook

MEMORY, SECONDS = 5 * 2**28, 100


def confine() -> None:
    """Bound this process, where the system can: memory, processor time, no bytes to a file, no new file or connection."""
    datetime.strptime("2026", "%Y")  # noqa: DTZ007 - imports its own module, as above
    try:
        import resource  # noqa: PLC0415 - not every system has it
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,  # a dump would hold the rows in clear (promise P7)
        resource.RLIMIT_NOFILE: 3,  # the three pipes: nothing else can be opened, a socket neither
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def main() -> None:
    """Take the file, then answer questions until nobody asks."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    content = received(source)
    confine()
    workbook: OpenWorkbook | None = None
    while content is not None and (asked := received(source)) is not None:
        try:
            workbook = workbook or OpenWorkbook(content)
            answer = _answer(workbook, json.loads(asked))
        except BadWorkbook as bad:
            answer = [json.dumps({"bad": bad.code, "what": bad.what}).encode()]
        except MemoryError:
            answer = [json.dumps({"bad": "workbook-too-large", "what": "memory"}).encode()]
        for message in answer:
            sink.write(len(message).to_bytes(8, "big"))
            sink.write(message)
        sink.flush()


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

"""A protected table as an XLSX workbook: the cells of its CSV form, and a sheet that says where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.kit.words import say
from hub.kit.workbooks import SheetToWrite, workbook_of
from hub.views.model import ProtectedTable
from hub.views.rendered import table_lines

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_NAMES = frozenset(("area_code", "area_name", "period", "kind", "kind_title", "result_hash", "explained"))


def table_xlsx(table: ProtectedTable) -> bytes:
    """The same cells as `table_csv`, numbers as numbers; `*`, `w` and `gap` are texts. The second sheet says what they mean, and
    names snapshot, profiles, policy, query and hash. The same table is the same bytes. Nothing in it is a formula: each text is
    itself, with no apostrophe before it.
    """
    header, *rows = table_lines(table)
    cells = [[_cell(name, text) for name, text in zip(header, row, strict=True)] for row in rows]
    return workbook_of(
        SheetToWrite(say("views.workbook.table"), [header, *cells]),
        SheetToWrite(say("views.workbook.about"), list(_about(table))),
    )


def _cell(name: str, text: str) -> str | int | float:
    if name in _NAMES or not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _about(table: ProtectedTable) -> Iterator[list[str]]:
    yield [table.title, table.question]
    for sign in ("star", "withheld", "gap"):
        yield [say(f"views.workbook.{sign}"), say(f"views.workbook.{sign}-text")]
    for column in table.columns:
        yield [column.id, f"{column.title}, {column.agency_name}. {say(f'views.profiles.{column.profile}')}"]
    for note in table.notes:
        yield [say("views.workbook.note"), note.sentence]
    facts = {
        "snapshot": f"{table.snapshot}, {table.snapshot_at}",
        "area-tree": f"{table.tree_id}, {table.tree_name}",
        "policy": table.policy_hash,
        "query": table.query,
        "result": table.result_hash,
    }
    for name, text in facts.items():
        yield [say(f"views.workbook.{name}"), text]

"""A checked file given back with its failing cells marked and a sheet, or a column, that says in plain words what is wrong.

Made in memory, for the agency whose file it is. Nothing in it runs: a formula comes back as the result that was saved with it,
and what looks like one is a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.engine import EngineSession
from hub.geography import AreaIndex
from hub.kit.delimited import csv_lines, inert
from hub.kit.words import say
from hub.kit.workbooks import BadWorkbook, Marking, marked_plain, opened
from hub.schemas.failing import WHOLE_ROW, FailingCells, failing_cells
from hub.schemas.findings import ERROR, Finding, catalogue, column_letter
from hub.schemas.header import is_note
from hub.schemas.marking_front import Back, front_lines, front_widths
from hub.schemas.model import DatasetSchema
from hub.schemas.profile import NO_PROFILE, ImportProfile
from hub.schemas.records import records
from hub.schemas.report import Checked, CheckReport
from hub.schemas.service import check

MARKED_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""What a marked file can be, with its media type."""

MOST_ROWS_BACK = 50_000
"""A file of more rows comes back as its failing rows alone."""

_MOST_BYTES_BACK = 64 * 2**20
_NO_TABLE = frozenset(
    ("unclosed-quote", "line-too-long", "unreadable-file", "not-csv", "too-many-columns", "wrong-encoding")
)
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_BOM = b"\xef\xbb\xbf"

Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedFile:
    """The file given back: `form` is a key of MARKED_MEDIA; `name` one it may be saved under; `cells` counts what is
    marked in it.
    """

    form: str
    name: str
    content: bytes
    report: CheckReport
    cells: int


def marked(
    session: EngineSession,
    source: str,
    schema: DatasetSchema,
    *,
    form: str,
    period: str,
    file_name: str,
    read_bytes: Callable[[], Iterable[bytes]],
    area: AreaIndex | None = None,
    others: Iterable[DatasetSchema] = (),
    part_accept: bool = False,
    sha256: str = "",
    profile: ImportProfile = NO_PROFILE,
    report: CheckReport | None = None,
    most_rows: int = MOST_ROWS_BACK,
) -> MarkedFile:
    """Check the file `source` of a session as `check` does, and give it back marked, as XLSX or CSV.

    An XLSX sheet comes back as it was, cells and formats; any other file as texts. Of a file of more than
    `most_rows` rows come the failing rows alone. `report` is what the sender was told, where that is known already and may
    say more. Never raises for what is wrong with the file.
    """
    checked = check(
        session,
        source,
        schema,
        period=period,
        file_name=file_name,
        read_bytes=read_bytes,
        area=area,
        others=others,
        part_accept=part_accept,
        sha256=sha256,
        profile=profile,
    )
    checked = checked if report is None else replace(checked, report=report)
    failing = failing_cells(session, schema, checked, area=area)
    back = _back(schema, checked, failing, most_rows)
    content = _csv(back) if form == "csv" else _xlsx(back, read_bytes)
    name = "-".join(filter(None, (schema.id.replace("/", "-"), period, say("schemas.marked.file"))))
    return MarkedFile(
        form=form, name=f"{name}.{form}", content=content, report=checked.report, cells=len(failing.cells)
    )


def _back(schema: DatasetSchema, checked: Checked, failing: FailingCells, most_rows: int) -> Back:
    seen = checked.seen
    names = seen.opened.record if seen.opened is not None else ()
    ours = next((place for place, name in enumerate(names) if is_note(name)), len(names))
    large = checked.report.rows > most_rows or _size(checked) > _MOST_BYTES_BACK
    return Back(
        schema=schema,
        checked=checked,
        failing=failing,
        findings={(one.code, one.field): one for one in checked.report.findings},
        only=failing.rows if large else None,
        note_place=ours,
    )


def _size(checked: Checked) -> int:
    sent = checked.seen.sent
    return len(sent.csv) if sent is not None and sent.csv is not None else checked.report.size


def _has_table(checked: Checked) -> bool:
    seen = checked.seen
    closed = _NO_TABLE.intersection(one.code for one in checked.report.findings)
    return seen.opened is not None and bool(seen.opened.record) and not closed


# ---- a workbook ----------------------------------------------------------------------------------------------------


def _xlsx(back: Back, read_bytes: Callable[[], Iterable[bytes]]) -> bytes:
    sent = back.checked.seen.sent
    if not _has_table(back.checked):
        return marked_plain(_marking(back, (), kept="", name=""), (), name="")
    if sent is not None and sent.form == "xlsx":
        try:
            with opened(b"".join(read_bytes())) as workbook:
                return workbook.marked(sent.sheet, _marking(back, (), kept="xlsx", name=sent.taken))
        except BadWorkbook:
            pass  # its values can be read, as they were just now, but not its XML: then the values alone
    rows = _room_for_notes(back, _rows(back))
    name, kept = say("schemas.marked.table"), "ods" if sent is not None else "csv"
    return marked_plain(_marking(back, rows, kept=kept, name=name), rows, name=name)


def _room_for_notes(back: Back, rows: Rows) -> Rows:
    """What stands beyond the last column of a row that is too long comes behind its note: it may be what was meant."""
    at = back.note_place
    if _ours_there(back):
        return rows
    return [(row, [*values[:at], "", *values[at:]] if len(values) > at else values) for row, values in rows]


def _rows(back: Back) -> Rows:
    """The column names and the rows to give back, as they are written."""
    seen = back.checked.seen
    wanted = None if back.only is None else {back.header_row, *back.only}
    last = max(wanted) if wanted else None
    rows: Rows = []
    for number, record in records(seen.read_bytes, delimiter=seen.delimiter):
        if last is not None and number > last:
            break
        if number >= back.header_row and (wanted is None or number in wanted):
            rows.append((number, record))
    return rows


def _marking(back: Back, rows: Sequence[tuple[int, list[str]]], *, kept: str, name: str) -> Marking:
    findings = back.findings
    marks = [
        (cell.row, back.note_place if cell.place == WHOLE_ROW else cell.place, _mark(findings[cell.code, cell.field]))
        for cell in back.failing.cells
        if (cell.code, cell.field) in findings
    ]
    return Marking(
        header=back.header_row,
        note_place=back.note_place,
        note_title=say("schemas.marked.column"),
        marks=marks,
        notes=_notes(back, numbered=back.only is not None),
        front_name=say("schemas.marked.sheet"),
        front=front_lines(back, rows, kept=kept, name=name),
        widths=front_widths(),
        only=back.only,
    )


def _mark(found: Finding) -> str:
    return "error" if found.severity == ERROR else "warning"


def _notes(back: Back, *, numbered: bool) -> dict[int, str]:
    """What is wrong in each row, in words."""
    by_row: dict[int, dict[tuple[str, str], list[int]]] = {}
    for cell in back.failing.cells:
        if (cell.code, cell.field) in back.findings:
            by_row.setdefault(cell.row, {}).setdefault((cell.code, cell.field), []).append(cell.place)
    notes = {}
    for row, causes in by_row.items():
        in_order = sorted(causes.items(), key=lambda one: (WHOLE_ROW in one[1], one[1]))
        said = [_said(back, row, back.findings[cause], places) for cause, places in in_order]
        if numbered and row != back.header_row:
            said.insert(0, say("schemas.marked.row-of", row=f"{row:,}"))
        notes[row] = "\n".join(dict.fromkeys(said))
    return notes


def _said(back: Back, row: int, found: Finding, places: Sequence[int]) -> str:
    if row == back.header_row:
        return found.message
    words = {"title": catalogue()[found.code].title, "remedy": found.remedy}
    if WHOLE_ROW in places:
        return say("schemas.marked.said-row", **words)
    header = back.checked.seen.header
    names = [found.field or (header.columns[place] if header is not None else "") for place in places]
    cells = [f"{column_letter(place)}{row} {name}".strip() for place, name in zip(places, names, strict=True)]
    return say("schemas.marked.said", cells=", ".join(cells), **words)


# ---- delimited text ------------------------------------------------------------------------------------------------


def _csv(back: Back) -> bytes:
    """UTF-8 with a byte order mark and commas; the notes in a column at the end. What begins like a formula is made inert."""
    notes, title = _notes(back, numbered=back.only is not None), say("schemas.marked.column")
    if not _has_table(back.checked):
        told = [[f"{one.message} {one.remedy}"] for one in back.checked.report.findings]
        return _BOM + csv_lines([[title], *told]).encode()
    lines: list[list[str]] = []
    for number, values in _rows(back):
        note = notes.get(number, "").replace("\n", " ")
        if number == back.header_row:
            note = f"{title}: {note}" if note else title
        own = values[: back.note_place] + [""] * (back.note_place - len(values))
        beyond = values[back.note_place + (len(values) > back.note_place and _ours_there(back)) :]
        lines.append([_inert(value) for value in [*own, *beyond, note]])
    return _BOM + csv_lines(lines).encode("utf-8", "replace")


def _ours_there(back: Back) -> bool:
    opened = back.checked.seen.opened
    return opened is not None and back.note_place < len(opened.record)


def _inert(value: str) -> str:
    """A number with a sign is no formula: it stays as it is."""
    return value if _NUMBER.fullmatch(value) else inert(value)

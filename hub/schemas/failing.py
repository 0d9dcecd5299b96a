"""Which cells of a checked file fail: every one, up to a limit, in one pass over the rows for all causes together.

A report names the first 20 of each cause. To mend a file one wants them all, at their places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.engine import EngineSession, RejectKind, literal, quoted
from hub.geography import NEAR, OUTSIDE, UNLOCATED, AreaIndex
from hub.schemas.findings import ERROR, Finding, catalogue, column_letter
from hub.schemas.header import Header
from hub.schemas.model import ROW_NUMBER, DatasetSchema
from hub.schemas.places import lsoas_of_2011
from hub.schemas.probe import EXTRACT, listed
from hub.schemas.report import Checked
from hub.schemas.rows import repeat_question, written_questions
from hub.schemas.seen import Seen
from hub.schemas.service import ACCEPTED

MOST_CELLS = 10_000
"""So many failing cells are listed: errors first, from the top of the file down, then warnings."""

WHOLE_ROW = -1
_WRITTEN = "hub_file"
_PLACES = {OUTSIDE: "outside-area", NEAR: "moved-to-nearest", UNLOCATED: "no-place"}


@dataclass(frozen=True, slots=True, order=True)
class FailingCell:
    """A cell and the finding it belongs to. `row` as a spreadsheet shows it; `place` counts columns from 0, -1: the whole row."""

    row: int
    place: int
    code: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingCells:
    """The failing cells, from the top down.

    `errors_to` and `warnings_to` are the rows down to which all of that severity are among them; 0: throughout. Below, only the
    first 20 of each finding are.
    """

    cells: tuple[FailingCell, ...]
    errors_to: int = 0
    warnings_to: int = 0

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows with a failing cell, each once."""
        return tuple(dict.fromkeys(cell.row for cell in self.cells))


@dataclass(frozen=True, slots=True)
class _Question:
    code: str
    field: str
    places: tuple[int, ...]
    predicate: str


def failing_cells(
    session: EngineSession,
    schema: DatasetSchema,
    checked: Checked,
    *,
    area: AreaIndex | None = None,
    most: int = MOST_CELLS,
) -> FailingCells:
    """The failing cells of a file that was checked in this session just now, of every finding in its report.

    All errors, then warnings, up to `most` cells and from the top down; beyond that, those that the report names.
    """
    seen, report = checked.seen, checked.report
    told = {(found.code, found.field) for found in report.findings}
    named = {cell for found in report.findings for cell in _named(found, seen.header_row)}
    if seen.header is None or not seen.looked:
        return FailingCells(cells=tuple(sorted(named)))
    questions = [one for one in _questions(schema, seen, seen.header) if (one.code, one.field) in told]
    known = [cell for cell in _known(seen) if (cell.code, cell.field) in told]
    found = [cell for cell in known if _is_error(cell.code)]
    found += _asked(session, EXTRACT, [one for one in questions if _is_error(one.code)], most)
    errors, errors_to = _cut(found, most)
    left = max(most - len(errors), 0)
    found = [cell for cell in known if not _is_error(cell.code)]
    found += _asked(session, EXTRACT, [one for one in questions if not _is_error(one.code)], left)
    found += _asked(
        session, _WRITTEN, [one for one in _written(schema, seen.header) if (one.code, one.field) in told], left
    )
    if area is not None and checked.accepted == ACCEPTED:
        found += _placed(session, schema, area, checked.accepted, left)
    warnings, warnings_to = _cut(found, left)
    placed = {(cell.row, cell.code, cell.field) for cell in (*errors, *warnings)}
    named = {cell for cell in named if (cell.row, cell.code, cell.field) not in placed}
    return FailingCells(cells=tuple(sorted({*errors, *warnings, *named})), errors_to=errors_to, warnings_to=warnings_to)


def _is_error(code: str) -> bool:
    return catalogue()[code].severity == ERROR


def _questions(schema: DatasetSchema, seen: Seen, header: Header) -> Iterator[_Question]:
    """What to ask of every row, as SQL over the extract."""
    for probe, _, _ in seen.found:
        fields = [probe.field] if probe.field else str(probe.words.get("fields", "")).split(", ")
        places = {place for name in fields if (place := _place(header, name)) >= 0}
        yield _Question(probe.code, probe.field, tuple(sorted(places)) or (WHOLE_ROW,), probe.predicate)
    for found in seen.identifiers:
        place = _place(header, found.field)
        if place >= 0:
            column = literal(header.columns[place])
            table = "hub_risky" if found.code == "free-text-risk" else "hub_identified"
            cells = f"SELECT {ROW_NUMBER} FROM {table} WHERE hub_column = {column}"
            yield _Question(found.code, found.field, (place,), f"{ROW_NUMBER} IN ({cells})")
    if schema.key:
        field = schema.key[0]
        repeats = repeat_question(schema, header, "repeated-key")
        yield _Question("repeated-key", field, (_place(header, field),), repeats)
    yield _Question("exact-copies", "", (WHOLE_ROW,), repeat_question(schema, header, "exact-copies"))


def _written(schema: DatasetSchema, header: Header) -> list[_Question]:
    return [
        _Question(code, field, (_place(header, field),), sql) for code, field, sql in written_questions(schema, header)
    ]


def _place(header: Header, field: str) -> int:
    """Where a field, or `column G`, stands; the whole row where it is no column."""
    if field.startswith("column "):
        letters = [column_letter(place) for place in range(len(header.columns))]
        letter = field.removeprefix("column ")
        return letters.index(letter) if letter in letters else WHOLE_ROW
    place = header.position(field) if field else None
    return WHOLE_ROW if place is None else place


def _asked(session: EngineSession, relation: str, questions: Sequence[_Question], most: int) -> list[FailingCell]:
    """The cells in which the questions hold, in the first rows in which any does; one pass for all of them."""
    if not questions or most <= 0:
        return []
    which = ", ".join(f"CASE WHEN {one.predicate} THEN '{number}' END" for number, one in enumerate(questions))
    wrong = " OR ".join(f"coalesce({one.predicate}, false)" for one in questions)
    rows = session.rows(
        f"SELECT {ROW_NUMBER}, concat_ws(' ', {which}) FROM {relation} WHERE {wrong} ORDER BY {ROW_NUMBER} LIMIT {most + 1}"
    )
    return [
        FailingCell(row, place, one.code, one.field)
        for row, numbers in rows
        for one in (questions[int(number)] for number in numbers.split())
        for place in one.places
    ]


def _known(seen: Seen) -> Iterator[FailingCell]:
    """Cells that showed before the rows were looked through: of the workbook, and rows that could not be divided."""
    header = seen.header
    for code, place, rows in seen.sent.cells if seen.sent is not None and header is not None else ():
        name = header.columns[place] if header is not None and place < len(header.columns) else ""
        field = f"column {column_letter(place)}" if not name or name.startswith("extra_") else name
        yield from (FailingCell(row, place, code, field) for row in rows)
    unreadable = {reject.row for reject in seen.rejects if reject.kind is RejectKind.OTHER}
    ragged = {reject.row for reject in seen.rejects if reject.kind is not RejectKind.OTHER}
    yield from (FailingCell(row, WHOLE_ROW, "ragged-row", "") for row in ragged)
    yield from (FailingCell(row, WHOLE_ROW, "unreadable-row", "") for row in unreadable - ragged)


def _placed(
    session: EngineSession, schema: DatasetSchema, area: AreaIndex, accepted: str, most: int
) -> list[FailingCell]:
    """Rows that lie outside the partnership's area, just outside a boundary, or nowhere."""
    if schema.place.kind == "none" or most <= 0:
        return []
    fields = ", ".join([ROW_NUMBER, *(quoted(name) for name in schema.place.fields)])
    session.run(f"CREATE TEMP VIEW hub_placed AS SELECT DISTINCT {fields} FROM {accepted}")
    area.located(session, "hub_placed", schema.place, "hub_places_of_rows")
    old = lsoas_of_2011(session, schema, area, "hub_placed")
    column = f"trim(CAST({quoted(schema.place.fields[0])} AS VARCHAR))" if old else "''"
    found = session.rows(
        f"SELECT {ROW_NUMBER}, hub_place, {f'{column} IN {listed(old)}' if old else 'false'} FROM hub_places_of_rows"
        f" WHERE hub_place IN ({', '.join(map(literal, _PLACES))}) ORDER BY {ROW_NUMBER} LIMIT {most + 1}"
    )
    return [
        FailingCell(row, WHOLE_ROW, "lsoa-2011" if of_2011 and place == OUTSIDE else _PLACES[place], "")
        for row, place, of_2011 in found
    ]


def _cut(cells: Iterable[FailingCell], most: int) -> tuple[list[FailingCell], int]:
    """At most so many cells, from the top down to the end of a row, and that row; 0 when they are all there."""
    found = sorted(set(cells))
    if len(found) <= most:
        return found, 0
    beyond = found[most].row
    kept = [cell for cell in found[:most] if cell.row < beyond]
    return kept, kept[-1].row if kept else 1


def _named(found: Finding, header_row: int) -> Iterator[FailingCell]:
    """The cells that a finding names itself. Those of the first row are the header, wherever that stands."""
    places = [_letters_place(cell) for cell in found.cells]
    about, grave = catalogue()[found.code].about, _is_error(found.code)
    if about == "file" and not grave:
        return  # nothing in the table is wrong
    rows = found.rows or ((1,) if about != "row" and grave else ())
    for number, row in enumerate(rows if len(places) <= len(rows) else [1] * len(places)):
        place = places[number] if number < len(places) else WHOLE_ROW
        yield FailingCell(header_row if row == 1 else row, place, found.code, found.field)


def _letters_place(cell: str) -> int:
    place = 0
    for letter in cell.rstrip("0123456789"):
        place = place * 26 + ord(letter) - 64
    return place - 1

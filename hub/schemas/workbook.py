"""A spreadsheet workbook as the CSV the checks read: which sheet, which row is the header, and what was peculiar on the way.

The same checks then run as for a CSV file, over the same row numbers: those of the sheet. What cannot be read as it was meant
(a formula without its result, an error, a merged cell) is a finding with its cells; the rows do not get in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from hub.kit.words import say
from hub.kit.workbooks import (
    DIGITS,
    ERROR_VALUE,
    FORMULA,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    MADE_DATE,
    MERGED,
    MOST_BYTES,
    NO_RESULT,
    NO_TIME,
    ZEROS,
    Asked,
    BadWorkbook,
    Column,
    Mark,
    Overview,
    Sheet,
    Table,
    opened,
)
from hub.kit.workbooks.apart import Apart
from hub.schemas.encodings import Reader
from hub.schemas.findings import Finding, column_letter, finding
from hub.schemas.header import is_name, read_header, share_of
from hub.schemas.model import DATED, DatasetSchema, Field

_CODES = {
    FORMULA: "formula-cell",
    NO_RESULT: "formula-without-result",
    ERROR_VALUE: "error-cell",
    MERGED: "merged-cells",
    DIGITS: "digits-lost",
    ZEROS: "noughts-lost",
    MADE_DATE: "turned-into-date",
    NO_TIME: "no-time-of-day",
}
_YEARMONTH = "%Y-%m"
_MOST_NAMED = 12
_ZIP = b"PK"
_PARTS = (b"[Content_Types].xml", b"content.xml")
"""A zip archive with one of these is a workbook, or means to be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a workbook holds for a schema.

    `csv` is the table; None where there is none, then `findings` say why (or `form` is `zip`: it is none at all). `unreadable`
    are rows that hold a cell whose value is not known. `unused` are columns with neither name nor value. `others` are the
    other sheets, where they were asked for.
    `sheet` is the place of the one that was read, `header` the row of its column names, `cells` what is peculiar in it: the
    code of the finding, the place of the column, the rows. `sheets` are the names of those that are filled and shown,
    `taken` that of the one that was read.
    """

    form: str
    findings: tuple[Finding, ...]
    csv: bytes | None = None
    unreadable: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    others: tuple[bytes, ...] = ()
    sheet: int = 0
    header: int = 1
    cells: tuple[tuple[str, int, tuple[int, ...]], ...] = ()
    sheets: tuple[str, ...] = ()
    taken: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a table was found: the sheet, the row of its header; `fit` is 2 for all the columns, 1 for most, 0 for none.

    `rivals` are other rows that might as well be the header.
    """

    sheet: int
    header: int
    fit: int
    rivals: tuple[int, ...] = ()


def read_workbook(
    read_bytes: Reader,
    schema: DatasetSchema,
    *,
    sheet: str = "",
    confirmed: Mapping[str, str] | None = None,
    all_sheets: bool = False,
) -> Sent:
    """Read the workbook's table for `schema`, in a process apart. `sheet` is the one the sender chose; empty: the one that fits.

    `confirmed` are names of columns that a person has said to be fields.
    With `all_sheets` the other sheets and the rows above the header are given too, to be looked through.
    Never raises for what is wrong with the file.
    """
    content = b""
    try:
        content = whole(read_bytes)
        with opened(content) as workbook:
            overview = workbook.overview()
            found = _choose(overview, schema, sheet, confirmed)
            table = asked = None
            if isinstance(found, _Place):
                head = overview.sheets[found.sheet].head
                record = head[found.header - 1] if len(head) >= found.header else ()
                names = read_header(record, schema, confirmed=confirmed).columns
                asked = Asked(sheet=found.sheet, header=found.header, columns=tuple(_columns(names, schema)))
                table = workbook.table(asked)
            others = _beside(workbook, overview, asked) if all_sheets else ()
    except BadWorkbook as bad:
        return _not_read(bad, content)
    if isinstance(found, Finding) or table is None:
        findings = (found,) if isinstance(found, Finding) else ()
        return Sent(form=overview.form, findings=findings, others=others, sheets=_filled(overview))
    return Sent(
        form=overview.form,
        findings=(*_told(overview, found), *_marked(table, names, schema)),
        csv=table.csv,
        unreadable=table.unreadable,
        unused=table.unused,
        others=others,
        sheet=found.sheet,
        header=found.header,
        cells=tuple((_CODES[mark.kind], mark.column, mark.rows) for mark in table.marks if mark.kind in _CODES),
        sheets=_filled(overview),
        taken=overview.sheets[found.sheet].name,
    )


def _beside(workbook: Apart, overview: Overview, asked: Asked | None) -> tuple[bytes, ...]:
    """The other sheets than the one asked for, and what stands above its header."""
    taken = asked.sheet if asked is not None else None
    rest = [place for place in range(len(overview.sheets)) if place != taken]
    others = [workbook.table(Asked(sheet=place, header=0, columns=())).csv for place in rest]
    if asked is not None and asked.header > 1:
        every_row = workbook.table(Asked(sheet=asked.sheet, header=0, columns=())).csv
        others.append(_above(every_row, asked.header))
    return tuple(others)


def _above(every_row: bytes, header: int) -> bytes:
    """What stands above the header, as lines of text; all of the sheet where a cell is too long to tell."""
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(every_row), encoding="utf-8", newline=""))
    try:
        return "".join(f"{','.join(row)}\n" for row in islice(rows, header - 1)).encode()
    except csv.Error:
        return every_row


def _not_read(bad: BadWorkbook, content: bytes) -> Sent:
    if (bad.code, bad.what) == ("not-a-workbook", "zip"):
        return Sent(form="zip", findings=())
    zipped = content.startswith(_ZIP) and not any(part in content for part in _PARTS)
    return Sent(form="", findings=(bad_zip(bad) if zipped else _bad(bad),))


def _filled(overview: Overview) -> tuple[str, ...]:
    return tuple(one.name for one in overview.sheets if one.visible and not one.is_blank and not _is_own(one))


def whole(read_bytes: Reader) -> bytes:
    """All of a workbook or zip archive. BadWorkbook when it is larger than either may be."""
    taken, size = [], 0
    for chunk in read_bytes():
        taken.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise BadWorkbook("workbook-too-large", "file")
    return b"".join(taken)


def _bad(bad: BadWorkbook) -> Finding:
    if bad.code == "not-a-workbook":
        return finding("not-csv", what=say(f"schemas.finding.not-csv.{bad.what or 'archive'}"))
    what = say(f"schemas.finding.{bad.code}.{bad.what}") if bad.what else ""
    return finding(bad.code, what=what)


def bad_zip(bad: BadWorkbook) -> Finding:
    """Why a zip archive that is no workbook is not opened."""
    if bad.code == "password-protected":
        return finding("password-protected")
    return finding("bad-zip", what=say(f"schemas.finding.bad-zip.{bad.what}"))


# ---- which sheet, which row ----------------------------------------------------------------------------------------


def _choose(
    overview: Overview, schema: DatasetSchema, wanted: str, confirmed: Mapping[str, str] | None
) -> _Place | Finding:
    sheets = overview.sheets
    if wanted:
        named = [place for place, one in enumerate(sheets) if one.name == wanted] or [
            place for place, one in enumerate(sheets) if one.name.casefold() == wanted.strip().casefold()
        ]
        if not named:
            return finding("no-such-sheet", names=_names(sheets, range(len(sheets))))
        return _settled(_place(sheets[named[0]], named[0], schema, confirmed))
    filled = [place for place, one in enumerate(sheets) if one.visible and not one.is_blank and not _is_own(one)]
    places = [_place(sheets[place], place, schema, confirmed) for place in filled]
    best = max((one.fit for one in places), default=0)
    fitting = [one for one in places if one.fit == best]
    if len(fitting) == 1:
        return _settled(fitting[0])
    if not fitting:
        return finding("empty-file", message="message-sheets")
    names = _names(sheets, [one.sheet for one in fitting])
    message = "message" if best else "message-unknown"
    return finding("two-sheets", count=len(fitting), names=names, message=message, schema=schema.title)


def _is_own(sheet: Sheet) -> bool:
    """Whether the hub itself wrote the sheet: its name stands in its first cell. It is never the extract."""
    own = {say(f"schemas.{name}") for name in ("marked.sheet", "template.sheet", "template.codes")}
    first = next((record[0] for record in sheet.head[:1] if record), "")
    return sheet.name in own and first == sheet.name


def _settled(place: _Place) -> _Place | Finding:
    if not place.rivals:
        return place
    rows = (place.header, *place.rivals)
    return finding("header-unclear", rows=rows, count=len(rows), where=", ".join(map(str, rows)))


def _place(sheet: Sheet, place: int, schema: DatasetSchema, confirmed: Mapping[str, str] | None) -> _Place:
    """Where the header of a sheet is: its first row with all the needed names; else that with most of them; else its first row."""
    filled = [row for row, record in enumerate(sheet.head, start=1) if any(record)]
    fits = {row: _fit(sheet.head[row - 1], schema, confirmed) for row in filled}
    best = max(fits.values(), default=0)
    rows = [row for row in filled if fits[row] == best]
    if not filled or not best:
        return _Place(place, filled[0] if filled else 1, 0)
    # below a header in the first row a second one is a wrong row of data, as in a CSV file
    rivals = () if rows[0] == filled[0] else tuple(rows[1:])
    return _Place(place, rows[0], best, rivals)


def _fit(record: Sequence[str], schema: DatasetSchema, confirmed: Mapping[str, str] | None) -> int:
    names = _named(record)
    header = read_header(names, schema, confirmed=confirmed)
    if header.columns and not header.stops:
        return 2
    return 1 if share_of(names, schema, confirmed=confirmed) >= 0.5 else 0


def _named(record: Sequence[str]) -> list[str]:
    """The names of a header: blank cells at its end are none."""
    names = list(record)
    while names and not names[-1]:
        names.pop()
    return names


def _columns(names: Sequence[str], schema: DatasetSchema) -> Iterator[Column]:
    for name in names:
        yield _column(schema.field(name)) if name in schema.names else Column()


def _column(field: Field) -> Column:
    if field.type == "boolean":
        return Column(kind="boolean", true=field.true_values[0], false=field.false_values[0])
    if field.type in DATED:
        return Column(kind="dated", formats=field.formats or (_YEARMONTH,))
    if field.type == "string":
        codes = tuple(code.code for code in field.codes.codes) if field.codes else ()
        return Column(kind="text", codes=codes, pattern=field.pattern)
    return Column()


# ---- what is told --------------------------------------------------------------------------------------------------


def _told(overview: Overview, found: _Place) -> Iterator[Finding]:
    """What is peculiar about the workbook as a whole."""
    sheets = overview.sheets
    hidden = [place for place, one in enumerate(sheets) if not one.visible]
    beside = [
        place
        for place, one in enumerate(sheets)
        if one.visible and not one.is_blank and place != found.sheet and not _is_own(one)
    ]
    name = _names(sheets, [found.sheet])
    if beside:
        yield finding("sheet-taken", count=len(beside), name=name, names=_names(sheets, beside))
    if found.sheet in hidden:
        yield finding("hidden-sheet", name=name, message="message-taken", remedy="remedy-taken")
    elif hidden:
        yield finding("hidden-sheet", count=len(hidden), name=_names(sheets, hidden))
    if any(any(record) for record in sheets[found.sheet].head[: found.header - 1]):
        yield finding("header-lower", rows=[found.header], row=str(found.header), above=str(found.header - 1))
    if overview.date_1904:
        yield finding("date-1904")
    if overview.external_links:
        yield finding("external-link", count=overview.external_links)
    if overview.macros:
        yield finding("macros")


def _marked(table: Table, names: Sequence[str], schema: DatasetSchema) -> Iterator[Finding]:
    hidden_columns = [mark.column for mark in table.marks if mark.kind == HIDDEN_COLUMN and mark.column < len(names)]
    if hidden_columns:
        letters = [column_letter(column) for column in sorted(hidden_columns)]
        cells = [f"{letter}1" for letter in letters]
        yield finding(
            "hidden-columns", count=len(letters), rows=[1], cells=cells, where=", ".join(letters[:_MOST_NAMED])
        )
    for mark in table.marks:
        if mark.kind == HIDDEN_ROW:
            yield finding("hidden-rows", count=mark.count, rows=mark.rows)
        elif mark.kind in _CODES:
            yield _located(mark, names, schema)


def _located(mark: Mark, names: Sequence[str], schema: DatasetSchema) -> Finding:
    letter = column_letter(mark.column)
    name = names[mark.column] if mark.column < len(names) else ""
    return finding(
        _CODES[mark.kind],
        count=mark.count,
        field=name if name in schema.names else f"column {letter}",
        rows=mark.rows,
        cells=[f"{letter}{row}" for row in mark.rows],
    )


def _names(sheets: Sequence[Sheet], places: Iterable[int]) -> str:
    """Sheets by name where it is plain, else by place; the first dozen."""
    places = list(places)
    said = [
        say("schemas.sheet.named", name=sheets[place].name)
        if is_name(sheets[place].name)
        else say("schemas.sheet.numbered", number=place + 1)
        for place in places[:_MOST_NAMED]
    ]
    return ", ".join(said) + (say("schemas.sheet.more") if len(places) > _MOST_NAMED else "")

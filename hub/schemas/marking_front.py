"""The sheet in front of a marked file: what is wrong, cause by cause, how often, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.kit.spoken import spoken_month
from hub.kit.words import say
from hub.kit.workbooks import LONGEST, Line
from hub.schemas.failing import FailingCells
from hub.schemas.findings import Finding, catalogue, column_letter
from hub.schemas.model import DatasetSchema
from hub.schemas.report import Checked

_WIDTHS = (10.0, 60.0, 24.0, 10.0, 60.0, 26.0)
_WHERE = 12.0
_MOST_PLACES = 20
_COLUMNS = ("kind", "what", "field", "count", "remedy", "more", "where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What goes back: the findings by code and field, the failing cells, and which rows are shown (None: all)."""

    schema: DatasetSchema
    checked: Checked
    failing: FailingCells
    findings: Mapping[tuple[str, str], Finding]
    only: tuple[int, ...] | None
    note_place: int

    @property
    def header_row(self) -> int:
        """The row of the column names."""
        return self.checked.seen.header_row


def front_widths() -> tuple[float, ...]:
    """The widths of its columns."""
    return (*_WIDTHS, *([_WHERE] * (_MOST_PLACES + 1)))


def front_lines(back: Back, rows: Sequence[tuple[int, list[str]]], *, kept: str, name: str) -> list[Line]:
    """Its lines. `kept` says what the file was (`xlsx`, `ods`, `csv`; empty: no table), `name` is the sheet that is marked."""
    told = [Line((text,), ("text-line",)) for text in _told(back, rows, kept=kept, name=name)]
    lines = [Line((say("schemas.marked.sheet"),), ("title",)), *told, Line(("",))]
    findings = back.checked.report.findings
    if not findings:
        return [*lines, Line((say("schemas.marked.nothing"),), ("head",))]
    heads = tuple(say(f"schemas.marked.head.{one}") for one in _COLUMNS)
    return [*lines, Line(heads, ("head",) * len(heads)), *(_line(back, one) for one in findings)]


def _told(back: Back, rows: Sequence[tuple[int, list[str]]], *, kept: str, name: str) -> Iterator[str]:
    report, failing = back.checked.report, back.failing
    month = spoken_month(report.period) if report.period else ""
    of = "schemas.marked.of" if month else "schemas.marked.of-any"
    yield say(of, file=report.file, title=back.schema.title, period=month)
    counts = {"rows": f"{report.rows:,}", "accepted": f"{report.accepted_rows:,}"}
    outcome = report.outcome.value if report.rows or report.outcome.value != "returned" else "returned-empty"
    yield say(f"schemas.marked.outcome.{outcome}", **counts)
    if not kept:
        yield say("schemas.marked.how-alone")
        return
    letter = column_letter(back.note_place)
    yield say("schemas.marked.how", sheet=name, letter=letter, column=say("schemas.marked.column")).strip()
    yield say(f"schemas.marked.kept-{kept}").strip()
    if any(len(value) > LONGEST for _, values in rows for value in values):
        yield say("schemas.marked.too-long")
    if back.only is not None:
        shown = len(set(back.only) - {back.header_row})
        yield say("schemas.marked.only", rows=f"{report.rows:,}", shown=f"{shown:,}").strip()
    if failing.errors_to:
        yield say("schemas.marked.errors-to", row=f"{failing.errors_to:,}")
        yield say("schemas.marked.warnings-none")
    elif failing.warnings_to == 1:
        yield say("schemas.marked.warnings-none")
    elif failing.warnings_to:
        yield say("schemas.marked.warnings-to", row=f"{failing.warnings_to:,}")


def _line(back: Back, found: Finding) -> Line:
    """One finding, and the cells it names, each a link."""
    mark = "error" if found.severity == "error" else "warning"
    texts: list[str | int] = [
        say(f"schemas.marked.kind.{found.severity}"),
        f"{catalogue()[found.code].title}. {found.message}",
        found.field,
        found.count,
        found.remedy,
        found.about,
    ]
    links = [(0, 0)] * len(texts)
    for row, place, said in _places(back, found):
        texts.append(said)
        links.append((row, place))
    shown = len(texts) - len(_COLUMNS) + 1
    styles = [mark, *["wrap"] * (len(_COLUMNS) - 2), *["link"] * shown]
    if shown and found.count > shown:
        texts.append(say("schemas.marked.rest", count=f"{found.count - shown:,}"))
        styles.append("wrap")
    return Line(tuple(texts), tuple(styles), tuple(links))


def _places(back: Back, found: Finding) -> Iterator[tuple[int, int, str]]:
    """Row, place of the column and words of each cell the finding names; the column names may stand lower than row 1."""
    cells = {
        (cell.row, cell.place): None
        for cell in back.failing.cells
        if (cell.code, cell.field) == (found.code, found.field)
    }
    for row, place in list(cells)[:_MOST_PLACES]:
        if place >= 0:
            yield row, place, f"{column_letter(place)}{row}"
        elif row != back.header_row:
            yield row, 0, say("schemas.marked.row", row=f"{row:,}")

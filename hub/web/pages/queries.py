"""What the check asks about a month: the agency's own months as a chart and a table, the new one marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hub.intake import COUNTED, Query, figure_text
from hub.kit.charts import Mark, MarkKind, Rule, Series, line_chart
from hub.kit.words import say
from hub.schemas import DatasetSchema, catalogue
from hub.web.dates import short_period, spoken_month
from hub.web.elements import Cell, Column, Figure, Table


@dataclass(frozen=True, slots=True)
class QueryBlock:
    """One query: its chart, the table of the same months, and what moved most where it is about a mix."""

    figure: Figure
    expected: str
    months: Table
    parts: Table | None = None


def query_blocks(found: Sequence[Query], schema: DatasetSchema, *, wards: Mapping[str, str]) -> tuple[QueryBlock, ...]:
    """A block for each query. `wards` gives wards their names."""
    return tuple(_block(f"query-{place}", one, schema, wards) for place, one in enumerate(found))


def _block(ident: str, query: Query, schema: DatasetSchema, wards: Mapping[str, str]) -> QueryBlock:
    title = catalogue()[query.code].title + (f": {query.field}" if query.field else "")
    what = _what(query, schema, wards)
    values = (*query.series, (query.month, query.now))
    expected = ""
    if query.low is not None and query.high is not None:
        low, high = figure_text(query.low, query.unit), figure_text(query.high, query.unit)
        expected = say("queries.expected", low=low, high=high)
    return QueryBlock(
        figure=Figure(
            ident=ident,
            title=title,
            subtitle=say(
                "queries.subtitle", what=what, first=spoken_month(values[0][0]), last=spoken_month(query.month)
            ),
            chart=_chart(ident, title, what, query),
        ),
        expected=expected,
        months=_months(f"{ident}-months", title, values, query),
        parts=_parts(f"{ident}-parts", title, query, schema, wards) if query.parts else None,
    )


def _what(query: Query, schema: DatasetSchema, wards: Mapping[str, str]) -> str:
    if query.code == "blanks-step":
        return say("queries.what.blank", field=query.field)
    if query.code in ("category-appeared", "category-vanished"):
        return say("queries.what.came" if query.code == "category-appeared" else "queries.what.gone")
    if query.parts:
        return say("queries.what.share", name=_name(query, query.parts[0].code, schema, wards))
    return say("queries.what.located" if query.code == "place-shift" else "queries.what.counted")


def _chart(ident: str, title: str, what: str, query: Query) -> Markup:
    marks = [
        Mark(short_period(month), MarkKind.GAP if value is None else MarkKind.NUMBER, value or 0)
        for month, value in (*query.series, (query.month, query.now))
    ]
    rules = [Rule(query.usual, say("queries.usual", number=figure_text(query.usual, query.unit)))]
    if query.low is not None and query.high is not None:
        rules.append(Rule(query.low, say("queries.from", number=figure_text(query.low, query.unit)), dashed=True))
        rules.append(Rule(query.high, say("queries.to", number=figure_text(query.high, query.unit)), dashed=True))
    description = say(
        "queries.description",
        what=what,
        count=len(query.series),
        last=spoken_month(query.month),
        usual=figure_text(query.usual, query.unit),
        now=figure_text(query.now, query.unit),
    )
    series = Series(what, tuple(marks))
    return line_chart(
        [series], ident=f"{ident}-chart", title=title, description=description, rules=rules, ringed=[len(marks) - 1]
    )


def _months(ident: str, title: str, values: Sequence[tuple[str, float | None]], query: Query) -> Table:
    """The newest month first, so that what is asked about stands on top."""
    rows = [
        (
            Cell(say("queries.this", month=spoken_month(month)) if month == query.month else spoken_month(month)),
            Cell(say("queries.none") if value is None else figure_text(value, query.unit)),
        )
        for month, value in reversed(values)
    ]
    columns = (Column(say("queries.month")), Column(say("queries.value"), numeric=True))
    return Table(ident, say("queries.caption", title=title), columns, rows)


def _parts(ident: str, title: str, query: Query, schema: DatasetSchema, wards: Mapping[str, str]) -> Table:
    unit = COUNTED if query.code in ("category-appeared", "category-vanished") else query.unit
    rows = [
        (
            Cell(_name(query, one.code, schema, wards)),
            Cell(figure_text(one.now, unit)),
            Cell(figure_text(one.usual, unit)),
        )
        for one in query.parts
    ]
    columns = (
        Column(say("queries.ward" if query.code == "place-shift" else "queries.part")),
        Column(say("queries.now"), numeric=True),
        Column(say("queries.usually"), numeric=True),
    )
    return Table(ident, say("queries.parts-caption", title=title), columns, rows, wrap=True)


def _name(query: Query, code: str, schema: DatasetSchema, wards: Mapping[str, str]) -> str:
    """A code or a ward as people call it."""
    if query.code == "place-shift":
        return wards.get(code, code)
    codes = schema.field(query.field).codes
    return codes.title_of(code) if codes else code

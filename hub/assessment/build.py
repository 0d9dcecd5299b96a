"""Put an assessment together: ask each indicator's table once, make its figures, render chapters. Pure but for the asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.assessment import drawing
from hub.assessment.figures import (
    cell_text,
    column_position,
    ranking,
    ranks,
    rolling,
    rolling_lines,
    series_lines,
)
from hub.assessment.model import Evidence, Figure, Indicator, Line, Make
from hub.definitions import Definition, InForce
from hub.kit.spoken import spoken_day, spoken_month, spoken_stamp
from hub.kit.words import say
from hub.schemas import SchemaRegistry
from hub.views import ProtectedTable
from hub.views.model import Column

_HERE = Path(__file__).parent
CHAPTERS = ("scope", "sources", "levels", "where", "gaps")

Ask = Callable[[str, str], ProtectedTable]
"""Answers the table `by` of a view, for the reader who builds."""


@cache
def indicators() -> tuple[Indicator, ...]:
    """The declared indicators, in the order of the document."""
    declared = yaml.safe_load((_HERE / "catalogue" / "indicators.yaml").read_text(encoding="utf-8"))
    return tuple(Indicator(**{**one, "make": Make(one["make"])}) for one in declared["indicators"])


def figures(ask: Ask, definition: Definition) -> tuple[Figure, ...]:
    """Every figure that the snapshot has measures for; each table is asked once."""
    tables: dict[tuple[str, str], ProtectedTable] = {}
    made: list[Figure] = []
    for indicator in indicators():
        key = (indicator.view, indicator.by)
        if key not in tables:
            tables[key] = ask(*key)
        table = tables[key]
        made.extend(
            figure
            for column in table.columns
            if column.dataset == indicator.dataset
            for figure in _figures_of(indicator, table, column, definition)
        )
    return tuple(made)


def render(
    made: Sequence[Figure], tables: Iterable[ProtectedTable], defined: InForce, schemas: SchemaRegistry
) -> tuple[str, str]:
    """(whole document, body) as HTML. No clock, no chance: the same figures give the same bytes."""
    known = list(tables)
    columns: dict[tuple[str, str], Column] = {}
    for table in known:
        for column in table.columns:
            columns.setdefault((column.dataset, column.agency), column)
    context = {
        "say": say,
        "spoken_day": spoken_day,
        "spoken_month": spoken_month,
        "spoken_stamp": spoken_stamp,
        "chapters": CHAPTERS,
        "figures": made,
        "table": known[0],
        "definition": defined.definition,
        "choice": defined.choice,
        "kinds": _declared(defined.definition, schemas),
        "columns": [columns[key] for key in sorted(columns)],
        "gaps": [
            *_gaps(columns),
            *_absent(made, columns, schemas),
            *(say("assessment.gaps.uncounted", group=group.title) for group in defined.definition.uncounted),
            say("assessment.gaps.no-dimensions"),
        ],
    }
    body = _templates().get_template("body.html").render(context)
    return _templates().get_template("document.html").render({**context, "body": body}), body


def _figures_of(
    indicator: Indicator, table: ProtectedTable, column: Column, definition: Definition
) -> Iterable[Figure]:
    position = column_position(table, column.dataset, column.agency)
    kinds = definition.kinds_of(column.dataset)
    titles = {row.kind: row.kind_title for row in table.rows}
    if indicator.make is Make.ROLLING_12:
        sums = rolling(table, position, kinds)
        head = tuple(say(f"assessment.table.{name}") for name in ("kind", "period", "now", "before", "change"))
        chart = drawing.lines(sums, titles)
        yield _figure(indicator, table, column, definition, head=head, lines=rolling_lines(sums, titles), chart=chart)
    elif indicator.make is Make.SERIES:
        head = (say("assessment.table.quarter"), say("assessment.table.count"))
        chart = drawing.series(table, position)
        yield _figure(indicator, table, column, definition, head=head, lines=series_lines(table, position), chart=chart)
    else:
        for kind in kinds if table.table.with_kind else ("",):
            year, areas = ranking(table, position, kind)
            lines = tuple(
                Line((rank, row.area_name, cell_text(row.cells[position])))
                for rank, row in zip(ranks(areas, position), areas, strict=True)
            )
            counted = say("assessment.table.year", year=year) if year else say("assessment.table.count")
            head = (say("assessment.table.rank"), say("assessment.table.area"), counted)
            chart = drawing.bars(areas, position)
            named = titles.get(kind, kind)
            yield _figure(indicator, table, column, definition, head=head, lines=lines, chart=chart, kind=named)


def _figure(
    indicator: Indicator,
    table: ProtectedTable,
    column: Column,
    definition: Definition,
    *,
    head: tuple[str, ...],
    lines: tuple[Line, ...],
    chart: str,
    kind: str = "",
) -> Figure:
    title = say(f"assessment.indicator.{indicator.id}")
    whose = f"{kind}, {column.agency_name}" if kind else column.agency_name
    return Figure(
        indicator=indicator.id,
        chapter=indicator.chapter,
        heading=say("assessment.indicator.heading", id=indicator.id, title=title, agency=whose),
        agency=column.agency,
        head=head,
        lines=lines,
        chart=chart,
        evidence=Evidence(
            indicator=indicator.id,
            measure=column.measure,
            query=table.query,
            snapshot=table.snapshot,
            policy_hash=table.policy_hash,
            profile=column.profile,
            result_hash=table.result_hash,
            definition=definition.reference,
        ),
    )


def _declared(definition: Definition, schemas: SchemaRegistry) -> list[tuple[str, str]]:
    """The kinds that count, dataset by dataset: (title of the dataset, titles of its kinds and why they count)."""
    said = []
    for dataset, declared in sorted(definition.declared.items()):
        titles = {code.code: code.title for code in schemas.get(dataset).kinds}
        kinds = "; ".join(titles.get(kind, kind) for kind in declared.kinds)
        said.append((schemas.get(dataset).title, f"{kinds}. {declared.reason}"))
    return said


def _gaps(columns: Mapping[tuple[str, str], Column]) -> list[str]:
    """Months missing between a measure's first and last; the sentence for none where there is none."""
    sentences = [
        say(
            "assessment.gaps.months",
            title=column.title,
            agency=column.agency_name,
            months=", ".join(spoken_month(month) for month in column.coverage.missing),
        )
        for _, column in sorted(columns.items())
        if column.coverage.missing
    ]
    return sentences or [say("assessment.gaps.none")]


def _absent(made: Sequence[Figure], columns: Mapping[tuple[str, str], Column], schemas: SchemaRegistry) -> list[str]:
    """Datasets of which no measure is in the snapshot; with the indicator, where no other dataset gives it a figure."""
    seen = {dataset for dataset, _ in columns}
    told = {figure.indicator for figure in made}
    missing = [one for one in indicators() if one.dataset not in seen]
    sentences = []
    for one in missing:
        title = schemas.get(one.dataset).title
        words = say("assessment.gaps.other-dataset", dataset=title)
        sentences.append(words if one.id in told else say("assessment.gaps.absent", id=one.id, dataset=title))
    return list(dict.fromkeys(sentences))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""Put an assessment together: ask each indicator's table once, make its figures, render chapters. Pure but for the asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.assessment import gaps, of_both, of_people, of_place, of_time
from hub.assessment.matter import Ask, Drawn, Ground, Maker, Matter
from hub.assessment.model import Evidence, Figure, Indicator, Make
from hub.definitions import Definition, InForce
from hub.kit.data_files import load_yaml
from hub.kit.spoken import spoken_day, spoken_month, spoken_stamp
from hub.kit.words import catalogue, say
from hub.schemas import SchemaRegistry
from hub.views import ProtectedTable
from hub.views.model import Column

_HERE = Path(__file__).parent
CHAPTERS = (
    "scope",
    "sources",
    "people",
    "success",
    "levels",
    "kinds",
    "hidden",
    "when",
    "where",
    "cohorts",
    "drivers",
    "response",
    "gaps",
)
"""The chapters, in the order of the document."""

FIGURED = CHAPTERS[2:-1]
"""Those that hold figures."""

_MAKERS: Mapping[Make, Maker] = {
    Make.ROLLING_12: of_time.rolling_years,
    Make.RATE: of_time.rates,
    Make.XMR: of_time.limits_of,
    Make.SERIES: of_time.series,
    Make.HEAT: of_time.heat,
    Make.SHARE: of_time.share,
    Make.RANKING: of_place.areas_by_number,
    Make.GRADIENT: of_place.gradient,
    Make.DEPRIVED: of_place.beside_deprivation,
    Make.RATIO: of_both.ratios,
    Make.OVERLAP: of_both.overlaps,
}


@cache
def indicators() -> tuple[Indicator, ...]:
    """The declared indicators, in the order of the document."""
    declared = load_yaml((_HERE / "catalogue" / "indicators.yaml").read_text(encoding="utf-8"))
    return tuple(_indicator(one) for one in declared["indicators"])


def figures(ask: Ask, definition: Definition, ground_of: Callable[[ProtectedTable], Ground]) -> tuple[Figure, ...]:
    """Every figure that the reader may see and the snapshot has measures for; each table is asked once.

    `ground_of` gives the areas and the context of a table's snapshot.
    """
    tables: dict[tuple[str, str], ProtectedTable | None] = {}

    def once(view: str, by: str) -> ProtectedTable | None:
        if (view, by) not in tables:
            tables[view, by] = ask(view, by)
        return tables[view, by]

    of_events: list[Figure] = []
    of_context: list[Figure] = []
    for indicator in indicators():
        table = once(indicator.view, indicator.by)
        if table is None:
            continue
        ground = ground_of(table)
        of_context = of_context or list(_of_people(ground, table, definition))
        for position, column in _columns_of(indicator, table):
            matter = Matter(
                indicator=indicator,
                table=table,
                column=column,
                position=position,
                definition=definition,
                ground=ground,
                ask=once,
            )
            of_events.extend(_figure(matter, drawn) for drawn in _MAKERS[indicator.make](matter))
    return (*of_context, *of_events)


def render(
    made: Sequence[Figure],
    tables: Iterable[ProtectedTable],
    defined: InForce,
    schemas: SchemaRegistry,
    ground: Ground,
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
        "figured": FIGURED,
        "figures": made,
        "table": known[0],
        "definition": defined.definition,
        "choice": defined.choice,
        "kinds": _declared(defined.definition, schemas),
        "columns": [columns[key] for key in sorted(columns)],
        "gaps": gaps.named(made, columns, indicators(), ground=ground, definition=defined.definition, schemas=schemas),
    }
    body = _templates().get_template("body.html").render(context)
    return _templates().get_template("document.html").render({**context, "body": body}), body


def _columns_of(indicator: Indicator, table: ProtectedTable) -> list[tuple[int, Column]]:
    """The columns of the indicator's dataset: of whole measures where the table has any, else of one kind each."""
    found = [(place, column) for place, column in enumerate(table.columns) if column.dataset == indicator.dataset]
    return [one for one in found if not one[1].kind] or found


def _indicator(said: Mapping[str, object]) -> Indicator:
    values: dict[str, object] = {**said, "make": Make(str(said["make"]))}
    for name in ("kinds", "ages"):
        listed = said.get(name)
        if isinstance(listed, list):
            values[name] = tuple(listed)
    return Indicator(**values)  # type: ignore[arg-type]  # read from YAML; the tests load every line


def _figure(matter: Matter, drawn: Drawn) -> Figure:
    indicator, column, table = matter.indicator, matter.column, matter.table
    return Figure(
        indicator=indicator.id,
        chapter=indicator.chapter,
        heading=say(
            "assessment.indicator.heading",
            id=indicator.id,
            title=say(f"assessment.indicator.{indicator.id}"),
            agency=f"{drawn.kind}, {column.agency_name}" if drawn.kind else column.agency_name,
        ),
        agency=column.agency,
        head=drawn.head,
        lines=drawn.lines,
        chart=drawn.chart,
        labels=drawn.labels,
        notes=(*_about(indicator), *drawn.notes, *_explained(matter, drawn)),
        evidence=Evidence(
            indicator=indicator.id,
            measure=column.measure,
            query=table.query,
            snapshot=table.snapshot,
            policy_hash=table.policy_hash,
            profile=column.profile,
            result_hash=table.result_hash,
            definition=matter.definition.reference,
            further=tuple((one.query, one.result_hash) for one in drawn.further),
            context=drawn.context,
        ),
    )


def _explained(matter: Matter, drawn: Drawn) -> list[str]:
    """What agencies said of the figures that this one stands on, each once."""
    tables = (matter.table, *drawn.further)
    columns = {matter.column.id, matter.column.measure, *(one.id for table in drawn.further for one in table.columns)}
    said = [note.sentence for table in tables for note in table.notes if note.month and note.column in columns]
    return list(dict.fromkeys(said))


def _about(indicator: Indicator) -> tuple[str, ...]:
    """What must be said of an indicator wherever it stands: what its data lack."""
    said = catalogue().get(f"assessment.about.{indicator.id}")
    return (said,) if said else ()


def _of_people(ground: Ground, table: ProtectedTable, definition: Definition) -> Iterable[Figure]:
    """The figures of context alone: public figures, of no measure and no agency of the hub."""
    for identity, drawn in of_people.people(ground):
        yield Figure(
            indicator=identity,
            chapter="people",
            heading=say("assessment.indicator.plain", id=identity, title=say(f"assessment.indicator.{identity}")),
            agency="",
            head=drawn.head,
            lines=drawn.lines,
            chart=drawn.chart,
            labels=drawn.labels,
            notes=drawn.notes,
            evidence=Evidence(
                indicator=identity,
                measure="",
                query="",
                snapshot=table.snapshot,
                policy_hash=table.policy_hash,
                profile="open",
                result_hash="",
                definition=definition.reference,
                context=drawn.context,
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


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

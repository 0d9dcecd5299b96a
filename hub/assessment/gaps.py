"""What an assessment could not take in: missing months, absent datasets, what nobody agreed; each with who holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from hub.assessment.matter import Ground
from hub.assessment.model import Figure, Indicator, Make
from hub.definitions import Definition
from hub.kit.data_files import load_yaml
from hub.kit.spoken import spoken_month
from hub.kit.words import catalogue, say
from hub.schemas import SchemaRegistry
from hub.views.model import Column

_UNHELD = Path(__file__).parent / "catalogue" / "gaps.yaml"


def named(
    made: Sequence[Figure],
    columns: Mapping[tuple[str, str], Column],
    declared: Sequence[Indicator],
    *,
    ground: Ground,
    definition: Definition,
    schemas: SchemaRegistry,
) -> list[str]:
    """Every gap as a sentence, each once, in the order of the document."""
    return list(
        dict.fromkeys(
            [
                *_months(columns),
                *_absent(made, columns, declared, schemas),
                *_without_figure(made, columns, declared),
                *_context(ground),
                *(say("assessment.gaps.uncounted", group=group.title) for group in definition.uncounted),
                *unheld(),
            ]
        )
    )


def _months(columns: Mapping[tuple[str, str], Column]) -> list[str]:
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


def _absent(
    made: Sequence[Figure],
    columns: Mapping[tuple[str, str], Column],
    declared: Sequence[Indicator],
    schemas: SchemaRegistry,
) -> Iterable[str]:
    """Datasets of which no measure is open here; with the indicators that no other dataset gives a figure."""
    seen = {dataset for dataset, _ in columns}
    told = {figure.indicator for figure in made}
    missing: dict[str, dict[str, None]] = {}
    for one in declared:
        for dataset in filter(None, (one.dataset, one.beside)):
            if dataset not in seen:
                missing.setdefault(dataset, {})[one.id] = None
    for dataset, ids in missing.items():
        title = schemas.get(dataset).title
        without = [f"{identity} {say(f'assessment.indicator.{identity}')}" for identity in ids if identity not in told]
        if not without:
            yield say("assessment.gaps.other-dataset", dataset=title)
            continue
        yield say("assessment.gaps.absent", dataset=title, holder=holder_of(dataset), indicators="; ".join(without))


def _without_figure(
    made: Sequence[Figure], columns: Mapping[tuple[str, str], Column], declared: Sequence[Indicator]
) -> Iterable[str]:
    """Indicators whose data are here, and that have no figure all the same: hidden cells, too few periods, a dropped table."""
    seen = {dataset for dataset, _ in columns}
    told = {figure.indicator for figure in made if figure.lines}
    for one in declared:
        here = one.dataset in seen and (not one.beside or one.beside in seen)
        if here and one.id not in told and one.make not in (Make.RATE, Make.GRADIENT, Make.DEPRIVED):
            yield say("assessment.gaps.no-figure", id=one.id, title=say(f"assessment.indicator.{one.id}"))


def _context(ground: Ground) -> Iterable[str]:
    if ground.population is None:
        yield say("assessment.gaps.no-population")
    if ground.deprivation is None:
        yield say("assessment.gaps.no-deprivation")


@cache
def unheld() -> tuple[str, ...]:
    """Indicators that no dataset of this hub can tell or no table shows: why, and who holds what they need."""
    listed = load_yaml(_UNHELD.read_text(encoding="utf-8"))["gaps"]
    return tuple(
        say(
            "assessment.gaps.unheld",
            id=one["id"],
            title=say(f"assessment.unheld.{one['id']}"),
            why=catalogue().get(f"assessment.unheld-why.{one['id']}") or say("assessment.gaps.unheld-why"),
            holder=say(f"assessment.holder.{one['holder']}"),
        )
        for one in listed
    )


def holder_of(dataset: str) -> str:
    """Who holds a dataset, in words."""
    return say(f"assessment.holder.{dataset.partition('/')[0]}")

"""Makers of figures across agencies: what `hub.views` sets against each other, said as it says it. No cell is added to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.assessment.matter import Drawn, Matter
from hub.assessment.model import Line
from hub.kit.spoken import spoken_period
from hub.kit.words import say
from hub.views import Comparison, decimal


def ratios(matter: Matter) -> Iterable[Drawn]:
    """How many of the other dataset's events there are for each of this one's, with the bounds that rounding leaves."""
    for found, other in _comparisons(matter):
        compared = sorted((row for row in found.rows if row.ratio is not None), key=lambda row: row.period)
        yield Drawn(
            head=tuple(say(f"assessment.table.{name}") for name in ("when", "ratio", "between")),
            lines=tuple(
                Line(
                    (
                        spoken_period(row.period),
                        decimal(row.ratio.value),
                        say("assessment.table.bounds", low=decimal(row.ratio.low), high=decimal(row.ratio.high)),
                    )
                )
                for row in compared
                if row.ratio is not None
            ),
            kind=other,
            notes=(say("assessment.note.ratio"),),
        )


def overlaps(matter: Matter) -> Iterable[Drawn]:
    """How far the wards with most by one measure are those with most by the other, year by year; who is hot for one alone."""
    names = {row.area: row.area_name for row in matter.table.rows}
    for found, other in _comparisons(matter):
        told = [
            overlap for overlap in sorted(found.overlaps, key=lambda one: one.period) if overlap.jaccard is not None
        ]
        notes = [say("assessment.note.overlap", top=told[-1].top)] if told else [say("assessment.note.no-overlap")]
        if told:
            alone = [names[area] for area in told[-1].right if area not in told[-1].left]
            key = "alone" if alone else "none-alone"
            notes.append(say(f"assessment.note.{key}", year=told[-1].period, wards=", ".join(sorted(alone))))
        yield Drawn(
            head=tuple(say(f"assessment.table.{name}") for name in ("when", "in-both", "compared", "overlap")),
            lines=tuple(
                Line((one.period, _names(one.both, names), str(one.of), decimal(one.jaccard)))
                for one in told
                if one.jaccard is not None
            ),
            kind=other,
            labels=2,
            notes=tuple(notes),
        )


def _comparisons(matter: Matter) -> Iterator[tuple[Comparison, str]]:
    """The comparisons of this column with those of the other dataset, each with the name of who supplied that."""
    others = {column.id: column for column in matter.table.columns if column.dataset == matter.indicator.beside}
    for one in matter.table.across:
        if one.right == matter.column.id and one.left in others:
            yield one, others[one.left].agency_name


def _names(areas: Iterable[str], names: dict[str, str]) -> str:
    return ", ".join(sorted(names[area] for area in areas)) or say("assessment.table.nowhere")

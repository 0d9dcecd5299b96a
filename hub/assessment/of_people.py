"""Figures of who lives in the area and how deprived it is: from context alone, no event is counted in them."""

from __future__ import annotations

from collections.abc import Iterable

from hub.assessment.figures import decimal_text, percent_text
from hub.assessment.matter import Drawn, Ground
from hub.assessment.model import Line
from hub.kit.words import say

_AGES = ((0, 9), (10, 14), (15, 19), (20, 24), (25, 34), (35, 49), (50, 64))
_OVER = 65
C1, C2 = "C1", "C2"


def people(ground: Ground) -> Iterable[tuple[str, Drawn]]:
    """C1, residents by age, and C2, how many LSOAs lie in each national fifth of deprivation, each as far as it was loaded."""
    if ground.population is not None and (total := ground.residents()):
        yield C1, _residents(ground, total)
    if ground.deprivation is not None and (found := _fifths(ground)):
        yield C2, found


def _residents(ground: Ground, total: int) -> Drawn:
    population = ground.population
    counts = [(say("assessment.table.aged", low=low, high=high), ground.residents((low, high))) for low, high in _AGES]
    known = [(words, number) for words, number in counts if number is not None]
    if len(known) == len(counts):
        known.append((say("assessment.table.aged-over", low=_OVER), total - sum(number for _, number in known)))
    lines = [Line((words, f"{number:,}", percent_text(number, total))) for words, number in known]
    lines.append(Line((say("assessment.table.everybody"), f"{total:,}", percent_text(total, total))))
    return Drawn(
        head=tuple(say(f"assessment.table.{name}") for name in ("ages", "residents-short", "share")),
        lines=tuple(lines),
        notes=(_source(population.file.source, population.file.vintage),) if population else (),
        context=(population.file.reference,) if population else (),
    )


def _fifths(ground: Ground) -> Drawn | None:
    deprivation, population = ground.deprivation, ground.population
    if deprivation is None:
        return None
    boroughs = [deprivation.quintiles(ground.tree, borough.code) for borough in ground.tree.boroughs]
    known = [one for one in boroughs if one is not None]
    if len(known) != len(boroughs):
        return None
    counts = [sum(numbers) for numbers in zip(*known, strict=True)]
    total = sum(counts)
    notes = [_source(deprivation.file.source, deprivation.file.vintage)]
    several = len(ground.tree.boroughs) > 1  # a score over several is not made
    score = (
        None if population is None or several else deprivation.score(ground.tree, ground.tree.borough.code, population)
    )
    if score is not None:
        notes.append(say("assessment.note.score", score=decimal_text(score)))
    return Drawn(
        head=tuple(say(f"assessment.table.{name}") for name in ("fifth", "lsoas", "share")),
        lines=tuple(
            Line((say(f"assessment.national-fifth.{place + 1}"), f"{number:,}", percent_text(number, total)))
            for place, number in enumerate(counts)
        ),
        notes=tuple(notes),
        context=(
            deprivation.file.reference,
            *((population.file.reference,) if population and score is not None else ()),
        ),
    )


def _source(source: str, vintage: str) -> str:
    return say("assessment.note.context", source=source, year=vintage)

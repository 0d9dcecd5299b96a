"""Makers of figures by place: wards by their number, the gradient of deprivation, and counts beside deprivation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from hub.assessment import drawing
from hub.assessment.figures import SMALLEST_BASE, cell_text, decimal_text, number_text, ranking, ranks, rate
from hub.assessment.matter import Drawn, Ground, Matter
from hub.assessment.model import Line
from hub.geography import Deprivation, Population
from hub.kit.words import say
from hub.views import HIDDEN, AreaColumn, Shown

FIFTHS = 5
SHOWN_OR_HIDDEN = (Shown.NUMBER, *HIDDEN)
"""The states of a cell that is there, whether its count is told or not."""


def areas_by_number(matter: Matter) -> Iterable[Drawn]:
    """Wards from most to least in the newest year, kind by kind."""
    for kind in matter.kinds:
        year, areas = ranking(matter.table, matter.position, kind)
        counted = say("assessment.table.year", year=year) if year else say("assessment.table.count")
        yield Drawn(
            head=(say("assessment.table.rank"), say("assessment.table.area"), counted),
            lines=tuple(
                Line((rank, row.area_name, cell_text(row.cells[matter.position])))
                for rank, row in zip(ranks(areas, matter.position), areas, strict=True)
            ),
            chart=drawing.bars(areas, matter.position),
            kind=matter.title_of(kind) if kind else "",
            labels=2,
            notes=(say("assessment.note.ranking"),),
        )


def gradient(matter: Matter) -> Iterable[Drawn]:
    """Kind by kind, the rate in each fifth of the wards from the most to the least deprived, in the newest year.

    A fifth has a figure only where every ward of it is a published number: hidden cells are never added up. Wards are those where
    the event happened, not where people live.
    """
    population, deprivation = matter.ground.population, matter.ground.deprivation
    if population is None or deprivation is None:
        return
    fifths = fifths_of_wards(matter.ground, population, deprivation)
    if not fifths:
        return
    for kind in matter.kinds:
        rows = [row for row in matter.table.rows if row.kind == kind]
        shown = [row.period for row in rows if row.cells[matter.position].state is Shown.NUMBER]
        if not shown:
            continue
        year = max(shown)
        cells = {row.area: row.cells[matter.position] for row in rows if row.period == year}
        found = []
        for place, wards in enumerate(fifths):
            numbers = [cells[ward].value for ward in wards if ward in cells and cells[ward].state is Shown.NUMBER]
            number = sum(numbers) if len(numbers) == len(wards) else None
            residents = sum(population.of(matter.ground.tree, ward) or 0 for ward in wards)
            found.append((say(f"assessment.fifth.{place + 1}"), len(wards), number, residents))
        per = matter.indicator.per
        yield Drawn(
            head=(
                say("assessment.table.fifth"),
                *(say(f"assessment.table.{name}") for name in ("wards", "residents-short")),
                say("assessment.table.year", year=year),
                say("assessment.table.rate", per=f"{per:,}"),
            ),
            lines=tuple(
                Line((title, str(wards), f"{residents:,}", number_text(number), rate(number, residents, per)))
                for title, wards, number, residents in found
            ),
            kind=matter.title_of(kind) if kind else "",
            notes=(
                _most_and_least([(number, residents) for _, _, number, residents in found]),
                say("assessment.note.gradient", least=SMALLEST_BASE, year=deprivation.file.vintage),
            ),
            context=(population.file.reference, deprivation.file.reference),
        )


def beside_deprivation(matter: Matter) -> Iterable[Drawn]:
    """Areas from the most to the least deprived, each with its public figures and, beside them, its count in the newest year as
    published: a hidden count stays hidden, and nothing is computed of the two. Nothing where no deprivation is loaded.
    """
    columns = matter.table.context
    rows = [row for row in matter.table.rows if row.cells[matter.position].state in SHOWN_OR_HIDDEN]
    if not rows or not any(column.references for column in columns):
        return
    year = max(row.period for row in rows)
    newest = [row for row in rows if row.period == year]
    newest.sort(key=lambda row: (*(_most_first(column, row.area) for column in columns), row.area_name, row.area))
    yield Drawn(
        head=(
            say("assessment.table.area"),
            *(column.title for column in columns),
            say("assessment.table.year", year=year),
        ),
        lines=tuple(
            Line(
                (
                    row.area_name,
                    *(column.text(row.area) for column in columns),
                    cell_text(row.cells[matter.position]),
                )
            )
            for row in newest
        ),
        kind=matter.column.title,
        notes=(*(column.about for column in columns), say("assessment.note.beside-deprivation")),
        context=matter.table.context_files,
    )


def _most_first(column: AreaColumn, area: str) -> Fraction:
    """Sorts the highest figure first, and what is not known last."""
    found = column.figures[area]
    return -Fraction(found.text) if found.known else Fraction(1)


def fifths_of_wards(ground: Ground, population: Population, deprivation: Deprivation) -> tuple[tuple[str, ...], ...]:
    """The wards in five groups of nearly equal number, the most deprived first, by their population-weighted mean score.

    None at all where a ward has no score, or there are fewer than five. Equal scores are ordered by code.
    """
    scored: list[tuple[Fraction, str]] = []
    for ward in ground.tree.level("ward"):
        score = deprivation.score(ground.tree, ward.code, population)
        if score is None:
            return ()
        scored.append((-score, ward.code))
    if len(scored) < FIFTHS:
        return ()
    codes = [code for _, code in sorted(scored)]
    edges = [place * len(codes) // FIFTHS for place in range(FIFTHS + 1)]
    return tuple(tuple(codes[start:stop]) for start, stop in pairwise(edges))


def _most_and_least(found: Sequence[tuple[int | None, int]]) -> str:
    """How many times the rate of the most deprived fifth is that of the least deprived."""
    (most, there), (least, here) = found[0], found[-1]
    if most is None or least is None or min(most, least) < SMALLEST_BASE or not there or not here:
        return say("assessment.note.no-gradient")
    times = Fraction(most, there) / Fraction(least, here)
    return say("assessment.note.times", times=decimal_text(times))

"""Deprivation beside the cells of a view: a public figure of each area, made from the loaded files of context alone. Pure.

Areas above the LSOA are summed up as the Indices of Deprivation are for larger areas: the average score, which is the mean of the
scores of its LSOAs, each weighted by its residents, and the share of its LSOAs in the most deprived tenth of all in England
(MHCLG, English Indices of Deprivation, summary measures). Never the mean of deciles, nor an average that leaves out an LSOA.
No count of the hub goes in, so nothing can be worked out of it, and it is shown whatever is hidden beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hub.geography import AreaTree, Deprivation, Population
from hub.kit.words import say
from hub.views.across import decimal
from hub.views.model import AreaColumn, AreaFigure, Note

_LOWEST = "lsoa21"
_SCORE, _DECILE, _AVERAGE, _TENTH = "score", "decile", "average_score", "percent_in_most_deprived_tenth"
_Found = tuple[Fraction | None, str]
"""A figure, and where there is none the code of the reason."""


def deprivation_columns(
    tree: AreaTree, level: str, deprivation: Deprivation | None, population: Population | None
) -> tuple[AreaColumn, ...]:
    """How deprived each area of a level is: two columns, whose titles name the index and its edition.

    LSOAs have their score and their national decile, larger areas the two summary measures. A figure that cannot be made says why.
    """
    own = level == _LOWEST
    names = (_SCORE, _DECILE) if own else (_AVERAGE, _TENTH)
    return tuple(_column(name, tree, level, deprivation, population) for name in names)


def deprivation_notes(columns: tuple[AreaColumn, ...]) -> list[Note]:
    """How each column is made, and of which file; how to load one where there is none."""
    if columns and not columns[0].references:
        return [Note("no-deprivation", say("views.notes.no-deprivation"))]
    return [Note("deprivation", column.about) for column in columns]


def _column(
    name: str, tree: AreaTree, level: str, deprivation: Deprivation | None, population: Population | None
) -> AreaColumn:
    edition = deprivation.file.vintage if deprivation else ""
    weighs = population if name == _AVERAGE else None
    files = [one.file for one in (deprivation, weighs if deprivation else None) if one is not None]
    title = say(f"views.deprivation.{name}.title", edition=f" {edition}" if edition else "")
    return AreaColumn(
        id="_".join(filter(None, ("imd", edition, name))),
        title=title,
        edition=edition,
        source=deprivation.file.source if deprivation else "",
        about=say(
            f"views.deprivation.{name}.about",
            title=title,
            source=deprivation.file.source if deprivation else "",
            weighed=say("views.deprivation.weighed", year=weighs.file.vintage) if weighs else "",
            files="; ".join(file.reference for file in files),
        ),
        references=tuple(file.reference for file in files),
        figures={area.code: _figure(name, tree, area.code, deprivation, population) for area in tree.level(level)},
    )


def _figure(
    name: str, tree: AreaTree, area: str, deprivation: Deprivation | None, population: Population | None
) -> AreaFigure:
    if deprivation is None:
        return AreaFigure(say("views.deprivation.not-loaded"), known=False)
    value, reason = _FOUND[name](tree, area, deprivation, population)
    if value is None:
        return AreaFigure(say(f"views.deprivation.{reason}"), known=False)
    return AreaFigure(decimal(value, _DECIMALS[name]) if _DECIMALS[name] else str(value), known=True)


def _score(_tree: AreaTree, area: str, deprivation: Deprivation, _population: Population | None) -> _Found:
    own = deprivation.by_lsoa.get(area)
    return (None, "not-all") if own is None else (own.score, "no-scores")


def _decile(_tree: AreaTree, area: str, deprivation: Deprivation, _population: Population | None) -> _Found:
    own = deprivation.by_lsoa.get(area)
    return None if own is None else Fraction(own.decile), "not-all"


def _average(tree: AreaTree, area: str, deprivation: Deprivation, population: Population | None) -> _Found:
    if not deprivation.has_scores:
        return None, "no-scores"
    if population is None:
        return None, "no-residents"
    return deprivation.score(tree, area, population), "not-all"


def _tenth(tree: AreaTree, area: str, deprivation: Deprivation, _population: Population | None) -> _Found:
    share = deprivation.in_first_decile(tree, area)
    return None if share is None else share * 100, "not-all"


_FOUND: dict[str, Callable[[AreaTree, str, Deprivation, Population | None], _Found]] = {
    _SCORE: _score,
    _DECILE: _decile,
    _AVERAGE: _average,
    _TENTH: _tenth,
}
_DECIMALS = {_SCORE: 2, _DECILE: 0, _AVERAGE: 2, _TENTH: 1}

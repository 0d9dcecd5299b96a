"""Harm: the published counts of a measure's kinds, each times the weight that the deployer loaded for it. Pure.

It is a column of its own, computed from published cells alone, so it tells nothing that they do not. It is shown only where the
counts of all kinds that carry weight are published numbers, and rounded: the weights are estimates (Cambridge Crime Harm Index:
days of imprisonment; ONS severity score), and a long number would say more than they know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from hub.disclosure import ALL_KINDS, CellKey, Profile
from hub.views.model import Cell, Shown

FIGURES = 3
"""Significant figures to which harm is rounded."""

Weights = Mapping[str, Fraction]


def harm_cells(cells: Mapping[CellKey, Cell], weights: Weights) -> dict[CellKey, Cell]:
    """The harm of each area and period of a table by kind; withheld where a kind that carries weight is no number.

    A kind without a weight counts nothing. No cell at all where no kind of the table carries weight.
    """
    parts: dict[CellKey, list[tuple[Fraction, Cell]]] = {}
    for key, cell in cells.items():
        if key.kind in weights:
            parts.setdefault(key._replace(kind=ALL_KINDS), []).append((weights[key.kind], cell))
    return {key: _harm(found) for key, found in parts.items()}


def harm_blur(weights: Weights, kinds: Iterable[str], profile: Profile) -> int:
    """By how much rounded counts may move a harm figure, up or down, before it is rounded itself: 0 where counts are exact."""
    step = profile.round_to // 2
    total = sum((weights[kind] * step for kind in kinds if kind in weights), Fraction(0))
    return -(-total.numerator // total.denominator)


def to_figures(value: Fraction, figures: int = FIGURES) -> int:
    """The value in so many significant figures, halves up: 123,456 is 123,000; 12.5 is 13."""
    whole = (2 * value.numerator + value.denominator) // (2 * value.denominator)
    step = 10 ** max(len(str(whole)) - figures, 0)
    return int((whole + step // 2) // step * step)


def _harm(parts: Iterable[tuple[Fraction, Cell]]) -> Cell:
    total = Fraction(0)
    for weight, cell in parts:
        if cell.state is not Shown.NUMBER:
            return Cell(Shown.WITHHELD)
        total += weight * cell.value
    return Cell(Shown.NUMBER, to_figures(total))

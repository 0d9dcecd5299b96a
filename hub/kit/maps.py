"""Shaded maps as SVG text, made on the server: they work without JavaScript, ask nothing of anybody, and print.

At most five classes of one hue, light to dark, told apart by lightness alone, so that colour-blind readers and grey printers see
them too. A place whose figure is hidden or missing is hatched, never coloured: a colour would be a figure. Places carry numbers
that the table beside the map explains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from hub.kit.charts import AXIS, PAPER, TEXT, MarkKind
from hub.kit.words import say

CLASS_COLOURS: Final = ("#DEEBF7", "#9ECAE1", "#5A9FCB", "#2468A8", "#08306B")
MOST_CLASSES: Final = len(CLASS_COLOURS)

_SPREAD: Final = {1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
_WIDTH, _MAP, _TALLEST = 760, 540, 620
_HATCHED: Final = (MarkKind.STAR, MarkKind.WITHHELD, MarkKind.GAP)

Ring = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Place:
    """One place on a map: rings and label point in metres, north up; `value` counts only where `kind` is NUMBER.

    `label` is written on it; none where it is empty.
    """

    rings: Sequence[Ring]
    at: tuple[int, int]
    kind: MarkKind
    value: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A border drawn over the places, such as a ward's, with its label."""

    rings: Sequence[Ring]
    at: tuple[int, int]
    label: str = ""


def classes_of(values: Sequence[int], most: int = MOST_CLASSES) -> tuple[tuple[int, int], ...]:
    """Classes of about as many places each (quantiles), lowest first, each as its lowest and highest value; equal values share one.

    At most `most`, fewer where there are fewer different values.
    """
    ordered = sorted(values)
    held: dict[int, list[int]] = {}
    for value in ordered:
        first, last = ordered.index(value), len(ordered) - ordered[::-1].index(value) - 1
        held.setdefault(most * (first + last) // (2 * len(ordered)), []).append(value)
    return tuple((min(found), max(found)) for _, found in sorted(held.items()))


def class_of(value: int, classes: Sequence[tuple[int, int]]) -> int:
    """Which class a value is of, counted from 0."""
    return next(at for at, (low, high) in enumerate(classes) if low <= value <= high)


def choropleth(
    places: Sequence[Place], *, ident: str, title: str, description: str, borders: Sequence[Line] = ()
) -> Markup:
    """The map, with its key. Places are shaded by the classes of those that show a number."""
    if not places:
        raise ValueError("a map takes at least one place")
    classes = classes_of([place.value for place in places if place.kind is MarkKind.NUMBER])
    sheet = _Sheet(places)
    body = [_place(place, classes, sheet, ident) for place in places]
    body += [_border(border, sheet) for border in borders]
    labels = [(one.label, one.at) for one in places] + [(one.label, one.at) for one in borders]
    body += [written(label, sheet.at(at)) for label, at in labels if label]
    return sheet_of(
        [*body, key_of([(place.kind, place.value) for place in places], ident)],
        ident=ident,
        title=title,
        description=description,
        height=sheet.height + 16,
    )


def sheet_of(body: Sequence[str], *, ident: str, title: str, description: str, height: int) -> Markup:
    """A drawing with its hatches, high enough for its key; its parts must have been escaped."""
    height = max(height, 24 + 26 * (MOST_CLASSES + len(_HATCHED)))
    return Markup(  # noqa: S704 - every text below went through escape()
        f'<svg class="hub-chart hub-map" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-desc" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{ident}-title">{escape(title)}</title><desc id="{ident}-desc">{escape(description)}</desc>'
        f'<defs>{hatches(ident)}</defs><g aria-hidden="true" font-size="13" fill="{TEXT}">{"".join(body)}</g></svg>'
    )


class _Sheet:
    """Where metres of the ground lie on the drawing."""

    __slots__ = ("_north", "_scale", "_west", "height")

    def __init__(self, places: Sequence[Place]) -> None:
        points = [point for place in places for ring in place.rings for point in ring]
        across, up = [point[0] for point in points], [point[1] for point in points]
        width, depth = max(max(across) - min(across), 1), max(max(up) - min(up), 1)
        self._scale = min(_MAP / width, _TALLEST / depth)
        self._west, self._north = min(across), max(up)
        self.height = math.ceil(depth * self._scale)

    def at(self, point: tuple[int, int]) -> tuple[float, float]:
        """The place of a point."""
        return 8 + (point[0] - self._west) * self._scale, 8 + (self._north - point[1]) * self._scale

    def path(self, rings: Sequence[Ring]) -> str:
        """The rings as a path."""
        return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(self.at, ring[:-1])) + "Z" for ring in rings)


def fill_of(kind: MarkKind, value: int, classes: Sequence[tuple[int, int]], ident: str) -> str:
    """The fill of a figure: the shade of its class, or the hatching of what shows none."""
    if kind is MarkKind.NUMBER:
        return shade_of(class_of(value, classes), len(classes))
    return f"url(#{ident}-{kind.value})"


def _place(place: Place, classes: Sequence[tuple[int, int]], sheet: _Sheet, ident: str) -> str:
    fill = fill_of(place.kind, place.value, classes, ident)
    return (
        f'<path d="{sheet.path(place.rings)}" fill="{fill}" fill-rule="evenodd" stroke="{AXIS}" stroke-width="1" '
        f'stroke-linejoin="round" data-mark="{place.kind.value}"/>'
    )


def _border(border: Line, sheet: _Sheet) -> str:
    return (
        f'<path d="{sheet.path(border.rings)}" fill="none" stroke="{TEXT}" stroke-width="2" stroke-linejoin="round"/>'
    )


def written(label: str, at: tuple[float, float]) -> str:
    """Words on a shade: dark, with a white edge, so that they can be read on every one."""
    return (
        f'<text x="{at[0]:.1f}" y="{at[1] + 4.5:.1f}" text-anchor="middle" font-weight="700" fill="{TEXT}" '
        f'stroke="{PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke">{escape(label)}</text>'
    )


def key_of(figures: Sequence[tuple[MarkKind, int]], ident: str) -> str:
    """The key: each class with its values and how many places it has; then what is hatched, where there is any."""
    values = [value for kind, value in figures if kind is MarkKind.NUMBER]
    classes = classes_of(values)
    counts = [0] * len(classes)
    for value in values:
        counts[class_of(value, classes)] += 1
    entries = [
        (shade_of(at, len(classes)), say("charts.map.class", values=class_words(one), count=counts[at]))
        for at, one in enumerate(classes)
    ]
    for hatched in _HATCHED:
        number = sum(kind is hatched for kind, _ in figures)
        if number:
            entries.append((f"url(#{ident}-{hatched.value})", say(f"charts.map.{hatched.value}", count=number)))
    parts = []
    for at, (fill, words) in enumerate(entries):
        y = 16 + 26 * at
        parts.append(f'<rect x="{_MAP + 24}" y="{y}" width="20" height="18" fill="{fill}" stroke="{AXIS}"/>')
        parts.append(f'<text x="{_MAP + 52}" y="{y + 14}">{escape(words)}</text>')
    return "".join(parts)


def class_words(bounds: tuple[int, int]) -> str:
    """`10 to 25`, or one value."""
    low, high = bounds
    return f"{low:,}" if low == high else say("charts.map.range", low=f"{low:,}", high=f"{high:,}")


def shade_of(at: int, count: int) -> str:
    """The colour of a class."""
    return CLASS_COLOURS[_SPREAD[count][at]]


def hatches(ident: str) -> str:
    """The patterns of what shows no figure."""
    slant, steep = "rotate(45)", "rotate(135)"
    return (
        _hatch(f"{ident}-star", 8, 1.5, slant)
        + _hatch(f"{ident}-withheld", 4, 1.5, steep)
        + _hatch(f"{ident}-gap", 10, 1, "")
    )


def _hatch(ident: str, step: int, thickness: float, turn: str) -> str:
    turned = f' patternTransform="{turn}"' if turn else ""
    return (
        f'<pattern id="{ident}" width="{step}" height="{step}" patternUnits="userSpaceOnUse"{turned}>'
        f'<rect width="{step}" height="{step}" fill="{PAPER}"/>'
        f'<line x1="0" y1="0" x2="0" y2="{step}" stroke="{AXIS}" stroke-width="{thickness}"/></pattern>'
    )

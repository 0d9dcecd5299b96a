"""A week as a grid of shaded cells, hours down and days across: SVG text made on the server, in the manner of the maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

from hub.kit.charts import AXIS, Mark, MarkKind
from hub.kit.maps import classes_of, fill_of, key_of, sheet_of, written

_LEFT, _TOP, _RIGHT, _ROW = 112, 30, 540, 44
_SIGNS: Final = {MarkKind.STAR: "*", MarkKind.WITHHELD: "w"}


def week_grid(
    marks: Mapping[tuple[str, str], Mark],
    *,
    days: Sequence[str],
    bands: Sequence[str],
    ident: str,
    title: str,
    description: str,
) -> Markup:
    """A cell for each day and band of hours, its figure written in it; one that is not in `marks` shows no figure."""
    classes = classes_of([int(mark.value) for mark in marks.values() if mark.kind is MarkKind.NUMBER])
    width = (_RIGHT - _LEFT) / len(days)
    gap = Mark("", MarkKind.GAP)
    drawn = [
        (column, row, marks.get((day, band), gap)) for row, band in enumerate(bands) for column, day in enumerate(days)
    ]
    body = [_head(day, _LEFT + (at + 0.5) * width) for at, day in enumerate(days)]
    body += [
        f'<text x="{_LEFT - 10}" y="{_TOP + at * _ROW + _ROW / 2 + 5}" text-anchor="end">{escape(band)}</text>'
        for at, band in enumerate(bands)
    ]
    for column, row, mark in drawn:
        x, y = _LEFT + column * width, _TOP + row * _ROW
        fill = fill_of(mark.kind, int(mark.value), classes, ident)
        body.append(
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_ROW}" fill="{fill}" stroke="{AXIS}" '
            f'data-mark="{mark.kind.value}"/>'
        )
        sign = f"{mark.value:,.0f}" if mark.kind is MarkKind.NUMBER else _SIGNS.get(mark.kind, "")
        body += [written(sign, (x + width / 2, y + _ROW / 2))] if sign else []
    body.append(key_of([(mark.kind, int(mark.value)) for _, _, mark in drawn], ident))
    height = _TOP + _ROW * len(bands) + 8
    return sheet_of(body, ident=ident, title=title, description=description, height=height)


def _head(day: str, x: float) -> str:
    return f'<text x="{x:.1f}" y="20" text-anchor="middle" font-weight="700">{escape(day[:3])}</text>'

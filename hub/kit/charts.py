"""Charts as SVG text, made on the server: they work without JavaScript and under a policy that forbids inline style.

Colours are the Analysis Function categorical palette, told apart by dash and label as well. A hidden cell is never drawn as
zero: `*` (1 to 7, or 0 to 7) is a hatched box over the values it may have, a withheld cell a hatched band over the whole
height, a missing month a break in the line. A chart shows only what the table beside it shows.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from markupsafe import Markup, escape

from hub.kit.words import say

PALETTE: Final = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
DASHES: Final = ("", "7 4", "2 4", "11 4 2 4", "14 4", "5 3 1 3")
TEXT: Final = "#0b0c0c"
AXIS: Final = "#6f7477"
GRID: Final = "#d9dfdd"
PAPER: Final = "#ffffff"
STAR_TOP: Final = 7
MAX_SERIES: Final = len(PALETTE)

_WIDTH: Final = 760
_FONT: Final = 14
_GLYPH: Final = 7.4  # mean width of a character at 14 px in Helvetica, a little generous


class MarkKind(StrEnum):
    """What a cell holds, as far as a reader may know."""

    NUMBER = "number"
    STAR = "star"
    WITHHELD = "withheld"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell of a chart: `value` counts only where `kind` is NUMBER."""

    label: str
    kind: MarkKind
    value: float = 0

    @property
    def top(self) -> float:
        """The largest value the axis must reach for this mark."""
        return {MarkKind.NUMBER: self.value, MarkKind.STAR: STAR_TOP}.get(self.kind, 0)


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a name and its marks, one for each place on the horizontal axis, in order."""

    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A level drawn across a line chart, with its words at the right: a mean, or a limit (dashed)."""

    value: float
    words: str
    dashed: bool = False


def line_chart(
    series: Sequence[Series],
    *,
    ident: str,
    title: str,
    description: str,
    rules: Sequence[Rule] = (),
    ringed: Collection[int] = (),
) -> Markup:
    """Lines over periods. All series must have marks at the same labels; at most `MAX_SERIES`.

    `rules` are drawn across; the numbers of the first series at the places `ringed` stand out by a ring.
    """
    if not series or len(series) > MAX_SERIES or len({tuple(m.label for m in one.marks) for one in series}) != 1:
        raise ValueError("a line chart takes one to six series over the same labels")
    longest = max(len(one.name) for one in series) if len(series) > 1 else 0
    longest = max([longest, *(len(rule.words) for rule in rules)])
    plot = _Plot(left=62, right=_WIDTH - 18 - min(longest * _GLYPH + 10, 210), top=16, bottom=300)
    ticks = axis_ticks(
        max([*(mark.top for one in series for mark in one.marks), *(rule.value for rule in rules)], default=0)
    )
    labels = [mark.label for mark in series[0].marks]
    body = [_grid(plot, ticks), _month_labels(plot, labels)]
    body.extend(_rule(plot, rule, ticks[-1]) for rule in rules)
    body.extend(_line(plot, one, index, ticks[-1], ident) for index, one in enumerate(series))
    body.extend(_ring(plot, series[0].marks[at].value, at, len(labels), ticks[-1]) for at in sorted(ringed))
    if len(series) > 1:
        body.append(_end_labels(plot, series, ticks[-1]))
    return _svg(ident, title, description, 346, body)


def bar_chart(bars: Sequence[Mark], *, ident: str, title: str, description: str) -> Markup:
    """Horizontal bars, one for each mark, in the order given, each labelled with its value."""
    if not bars:
        raise ValueError("a bar chart takes at least one bar")
    left = min(max(len(bar.label) for bar in bars) * _GLYPH + 16, 270)
    ticks = axis_ticks(max(bar.top for bar in bars))
    step = 28
    plot = _Plot(left=left, right=_WIDTH - 66, top=8, bottom=8 + step * len(bars))
    body = [_bar_grid(plot, ticks)]
    body.extend(_bar(plot, bar, plot.top + index * step, ticks[-1], ident) for index, bar in enumerate(bars))
    return _svg(ident, title, description, plot.bottom + 34, body)


def axis_ticks(top: float) -> list[float]:
    """Four to six round numbers from 0 that reach at least `top`; never a fraction, for these are counts."""
    rough = max(top, 4) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(
        power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough and float(power * nice).is_integer()
    )
    return [step * index for index in range(math.ceil(max(top, 1) / step) + 1)]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours by WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True, slots=True)
class _Plot:
    left: float
    right: float
    top: float
    bottom: float

    def y(self, value: float, top: float) -> float:
        """Height of a value on a vertical axis."""
        return self.bottom - (self.bottom - self.top) * value / top

    def x(self, index: int, count: int) -> float:
        """Place of the label `index` of `count`."""
        return self.left + (self.right - self.left) * (index + 0.5) / count

    def along(self, value: float, top: float) -> float:
        """Place of a value on a horizontal axis."""
        return self.left + (self.right - self.left) * value / top


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _svg(ident: str, title: str, description: str, height: float, body: Sequence[str]) -> Markup:
    patterns = "".join(_hatch(f"{ident}-hatch-{index}", colour, 4) for index, colour in enumerate(PALETTE))
    patterns += _hatch(f"{ident}-withheld", AXIS, 1.5)
    return Markup(  # noqa: S704 - every text below went through escape()
        f'<svg class="hub-chart" viewBox="0 0 {_WIDTH} {_n(height)}" role="img" aria-labelledby="{ident}-title {ident}-desc" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{ident}-title">{escape(title)}</title>'
        f'<desc id="{ident}-desc">{escape(description)}</desc><defs>{patterns}</defs>'
        f'<g aria-hidden="true" font-size="{_FONT}" fill="{TEXT}">{"".join(body)}</g></svg>'
    )


def _hatch(ident: str, colour: str, thickness: float) -> str:
    return (
        f'<pattern id="{ident}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{PAPER}"/>'
        f'<line x1="0" y1="0" x2="0" y2="6" stroke="{colour}" stroke-width="{thickness}"/></pattern>'
    )


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _text(x: float, y: float, words: str, anchor: str = "start", *, fill: str = TEXT, weight: str = "") -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="{fill}"{bold}>{escape(words)}</text>'


def _grid(plot: _Plot, ticks: Sequence[float]) -> str:
    parts = []
    for tick in ticks:
        y = plot.y(tick, ticks[-1])
        parts.append(
            f'<line x1="{_n(plot.left)}" x2="{_n(plot.right)}" y1="{_n(y)}" y2="{_n(y)}" '
            f'stroke="{GRID if tick else AXIS}" stroke-width="1"/>'
        )
        parts.append(_text(plot.left - 8, y + 5, f"{tick:,.0f}", "end"))
    return "".join(parts)


def _month_labels(plot: _Plot, labels: Sequence[str]) -> str:
    """As many labels as fit, always the first; ticks at all of them."""
    room = max(1, int((plot.right - plot.left) // (max(len(label) for label in labels) * _GLYPH + 14)))
    every = math.ceil(len(labels) / room)
    every = next((nice for nice in (1, 2, 3, 4, 6, 12, 24, 36) if nice >= every), every)
    parts = []
    for index, label in enumerate(labels):
        x = plot.x(index, len(labels))
        named = index % every == 0
        parts.append(
            f'<line x1="{_n(x)}" x2="{_n(x)}" y1="{_n(plot.bottom)}" y2="{_n(plot.bottom + (7 if named else 4))}" '
            f'stroke="{AXIS}" stroke-width="1"/>'
        )
        if named:
            parts.append(_text(x, plot.bottom + 24, label, "middle"))
    return "".join(parts)


def _line(plot: _Plot, one: Series, index: int, top: float, ident: str) -> str:
    colour, count = PALETTE[index], len(one.marks)
    width = min((plot.right - plot.left) / count * 0.8, 18)
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    for place, mark in enumerate(one.marks):
        x = plot.x(place, count)
        if mark.kind is MarkKind.NUMBER:
            run.append((x, plot.y(mark.value, top)))
            continue
        parts.append(_run(run, colour, DASHES[index], dots=count <= 40))
        run = []
        if mark.kind is not MarkKind.GAP:
            hidden = mark.kind is MarkKind.WITHHELD
            high = plot.top if hidden else min(plot.y(STAR_TOP, top), plot.bottom - 8)
            fill = f"{ident}-withheld" if hidden else f"{ident}-hatch-{index}"
            box = (x - width / 2, high, width, plot.bottom - high)
            parts.append(_hatched(box, fill, AXIS if hidden else colour, mark.kind))
    parts.append(_run(run, colour, DASHES[index], dots=count <= 40))
    return f'<g data-mark="series-{index}">{"".join(parts)}</g>'


def _rule(plot: _Plot, rule: Rule, top: float) -> str:
    y, dash = _n(plot.y(rule.value, top)), ' stroke-dasharray="6 4"' if rule.dashed else ""
    line = (
        f'<line x1="{_n(plot.left)}" x2="{_n(plot.right)}" y1="{y}" y2="{y}" stroke="{AXIS}" stroke-width="1.5"{dash}/>'
    )
    return f'<g data-mark="rule">{line}{_text(plot.right + 6, plot.y(rule.value, top) + 5, rule.words)}</g>'


def _ring(plot: _Plot, value: float, place: int, count: int, top: float) -> str:
    x, y = _n(plot.x(place, count)), _n(plot.y(value, top))
    return f'<circle cx="{x}" cy="{y}" r="6.5" fill="none" stroke="{TEXT}" stroke-width="2" data-mark="signal"/>'


def _run(points: Sequence[tuple[float, float]], colour: str, dash: str, *, dots: bool) -> str:
    """An unbroken stretch of a line; a stretch of one month is a dot, so that it is seen."""
    if not points:
        return ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    drawn = (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"{dashes} stroke-linejoin="round"/>'
    )
    circles = "".join(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3" fill="{colour}"/>' for x, y in points)
    return (drawn if len(points) > 1 else "") + (circles if dots or len(points) == 1 else "")


def _hatched(box: tuple[float, float, float, float], fill: str, colour: str, kind: MarkKind) -> str:
    x, y, width, height = (_n(number) for number in box)
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="url(#{fill})" stroke="{colour}" stroke-width="1" '
        f'data-mark="{kind.value}"/>'
    )


def _end_labels(plot: _Plot, series: Sequence[Series], top: float) -> str:
    """Each line's name beside its last number, pushed apart where two would overlap."""
    wanted = []
    for index, one in enumerate(series):
        shown = [mark.value for mark in one.marks if mark.kind is MarkKind.NUMBER]
        wanted.append((plot.y(shown[-1] if shown else 0, top), index, one.name))
    parts, last = [], -math.inf
    spill = max(0, len(wanted) * 18 - (plot.bottom - plot.top))
    for y, index, name in sorted(wanted):
        last = max(y, last + 18, plot.top + 4 - spill)
        room = int((_WIDTH - plot.right - 14) / _GLYPH)
        shown_name = name if len(name) <= room else name[: room - 1] + "…"
        parts.append(
            f'<rect x="{_n(plot.right + 2)}" y="{_n(last - 5)}" width="8" height="8" fill="{PALETTE[index]}"/>'
            + _text(plot.right + 14, last + 4, shown_name)
        )
    return "".join(parts)


def _bar_grid(plot: _Plot, ticks: Sequence[float]) -> str:
    parts = []
    for tick in ticks:
        x = plot.along(tick, ticks[-1])
        parts.append(
            f'<line x1="{_n(x)}" x2="{_n(x)}" y1="{_n(plot.top)}" y2="{_n(plot.bottom)}" stroke="{GRID if tick else AXIS}" '
            'stroke-width="1"/>'
        )
        parts.append(_text(x, plot.bottom + 20, f"{tick:,.0f}", "middle"))
    return "".join(parts)


def _bar(plot: _Plot, bar: Mark, y: float, top: float, ident: str) -> str:
    room = int((plot.left - 12) / _GLYPH)
    name = bar.label if len(bar.label) <= room else bar.label[: room - 1] + "…"
    label = _text(plot.left - 10, y + 19, name, "end")
    if bar.kind is MarkKind.GAP:
        return label + _text(plot.left + 6, y + 19, say("charts.gap"), fill=AXIS)
    if bar.kind is MarkKind.NUMBER:
        length = plot.along(bar.value, top) - plot.left
        mark = f'<rect x="{_n(plot.left)}" y="{_n(y + 4)}" width="{_n(length)}" height="20" fill="{PALETTE[0]}"/>'
        return label + mark + _text(plot.left + length + 6, y + 19, f"{bar.value:,.0f}")
    hidden = bar.kind is MarkKind.WITHHELD
    length = plot.right - plot.left if hidden else max(plot.along(STAR_TOP, top) - plot.left, 10)
    fill, colour = (f"{ident}-withheld", AXIS) if hidden else (f"{ident}-hatch-0", PALETTE[0])
    mark = _hatched((plot.left, y + 4, length, 20), fill, colour, bar.kind)
    return label + mark + _text(plot.left + length + 6, y + 19, "w" if hidden else "*", weight="700")

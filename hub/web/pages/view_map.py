"""The map of one measure and one period, with the table that explains its numbers. It shows what the table shows, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.geography import AreaTree, Outline
from hub.kit.charts import Mark, MarkKind
from hub.kit.maps import Line, Place, choropleth, class_of, class_words, classes_of
from hub.kit.words import say
from hub.web.dates import spoken_period
from hub.web.elements import Cell, Column, Figure, Table
from hub.web.pages.view_figures import Slice, mark_of, newest_period

_FEWEST_PLACES = 2
_MOST_NUMBERED = 40


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn: the marks of the areas of one slice and period, borders over them, and the numbers written on either."""

    part: Slice
    ident: str
    period: str
    tree: AreaTree
    shown: tuple[Outline, ...]
    marks: Mapping[str, Mark]
    lines: tuple[Outline, ...]
    numbers: Mapping[str, str]

    @property
    def classes(self) -> tuple[tuple[int, int], ...]:
        """The classes of the figures that are shown."""
        return classes_of([int(mark.value) for mark in self.marks.values() if mark.kind is MarkKind.NUMBER])

    def number_of(self, code: str) -> str:
        """The number of an area on the map: its own, or that of the area it lies in."""
        return self.numbers.get(code) or self.numbers.get(self.tree.area(code).parent, "")

    def count(self, *kinds: MarkKind) -> int:
        """How many areas are marked so."""
        return sum(mark.kind in kinds for mark in self.marks.values())


def map_of(
    part: Slice, tree: AreaTree, outlines: Sequence[Outline], borders: Sequence[Outline], ident: str
) -> tuple[Figure, Table] | None:
    """The map of a slice with one kind, for its newest period that has cells, and its table; None where there is none to draw.

    `outlines` are those of the table's areas, `borders` those of the level above, drawn and numbered where the areas are too many
    to be numbered themselves.
    """
    period = newest_period(part)
    shown = tuple(one for one in outlines if one.code in part.areas)
    if len(part.kinds) != 1 or len(shown) < _FEWEST_PLACES or not period:
        return None
    kind = next(iter(part.kinds))
    above = {tree.area(one.code).parent for one in shown}
    lines = tuple(one for one in borders if one.code in above) if len(shown) > _MOST_NUMBERED else ()
    names = {one.code: tree.area(one.code).name for one in lines or shown}
    drawing = _Drawing(
        part=part,
        ident=ident,
        period=spoken_period(period),
        tree=tree,
        shown=shown,
        marks={one.code: mark_of(part, (one.code, period, kind), part.areas[one.code]) for one in shown},
        lines=lines,
        numbers={code: str(at) for at, code in enumerate(sorted(names, key=lambda code: names[code]), start=1)},
    )
    return _figure(drawing), _table(drawing)


def _figure(drawing: _Drawing) -> Figure:
    part, marks, numbers = drawing.part, drawing.marks, drawing.numbers
    places = [
        Place(one.rings, one.at, marks[one.code].kind, int(marks[one.code].value), numbers.get(one.code, ""))
        for one in drawing.shown
    ]
    title = say("web.map.title", measure=part.heading)
    described = say(
        "web.map.description",
        measure=part.heading,
        period=drawing.period,
        places=len(places),
        shown=drawing.count(MarkKind.NUMBER),
        hidden=drawing.count(MarkKind.STAR, MarkKind.WITHHELD),
        gaps=drawing.count(MarkKind.GAP),
        classes="; ".join(class_words(one) for one in drawing.classes) or "-",
    )
    counted = say("web.view.counted", basis=part.column.counting_basis)
    borders = [Line(one.rings, one.at, numbers[one.code]) for one in drawing.lines]
    return Figure(
        ident=f"{drawing.ident}-figure",
        title=title,
        subtitle=f"{drawing.period}. {counted}. {say('web.map.classes')}",
        chart=choropleth(places, ident=drawing.ident, title=title, description=described, borders=borders),
    )


def _table(drawing: _Drawing) -> Table:
    """Number on the map, place, figure and class of each place, by name."""
    classes = drawing.classes
    rows = []
    for code in sorted(drawing.marks, key=lambda code: drawing.marks[code].label):
        mark, number = drawing.marks[code], drawing.number_of(code)
        if mark.kind is MarkKind.NUMBER:
            shade = class_words(classes[class_of(int(mark.value), classes)])
            figures = (Cell(f"{mark.value:,.0f}"), Cell(shade))
        else:
            sign = {MarkKind.STAR: "*", MarkKind.WITHHELD: "w"}.get(mark.kind, say("web.view.legend_gap"))
            said = say(f"web.view.spoken_{mark.kind.value}")
            figures = (Cell(sign, kind=mark.kind.value, spoken=said), Cell(say("web.map.hatched")))
        rows.append((Cell(mark.label), Cell(number, order=number.zfill(3)), *figures))
    columns = (
        Column(say("web.view.column_area")),
        Column(say("web.map.number"), numeric=True),
        Column(say("web.map.figure"), numeric=True),
        Column(say("web.map.class"), numeric=True),
    )
    caption = say("web.map.caption", measure=drawing.part.heading, period=drawing.period)
    return Table(ident=f"{drawing.ident}-places", caption=caption, columns=columns, rows=rows, sortable=True)

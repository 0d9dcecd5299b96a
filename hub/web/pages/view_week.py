"""A measure by hour of the week: a shaded week for its newest period, and the table with days across."""

from __future__ import annotations

from collections.abc import Sequence

from hub.kit.charts import MarkKind
from hub.kit.maps import class_words, classes_of
from hub.kit.weeks import week_grid
from hub.kit.words import say
from hub.views import Cell as ViewCell
from hub.views import Shown
from hub.web.dates import short_period, spoken_period
from hub.web.elements import Cell, Column, Figure, Table
from hub.web.pages.view_figures import Slice, mark_of, newest_period, shown_cell

FAMILY = "when"
"""The family whose kinds are hours of the week."""


def week_of(part: Slice, ident: str) -> tuple[Figure | None, Table]:
    """The week of a slice whose kinds are `Monday, 18:00 to 20:59`: chart of the newest period of one place, table of all."""
    days, bands = _days(part), _bands(part)
    return _figure(part, ident, days, bands), _table(part, ident, days, bands)


def _split(title: str) -> tuple[str, str]:
    day, _, band = title.partition(", ")
    return day, band


def _days(part: Slice) -> tuple[str, ...]:
    """The days in the order of the kinds; what is not stated comes last."""
    return tuple(dict.fromkeys(_split(part.kinds[kind])[0] for kind in sorted(part.kinds)))


def _bands(part: Slice) -> tuple[str, ...]:
    return tuple(dict.fromkeys(band for kind in sorted(part.kinds) if (band := _split(part.kinds[kind])[1])))


def _figure(part: Slice, ident: str, days: Sequence[str], bands: Sequence[str]) -> Figure | None:
    period = newest_period(part)
    if len(part.areas) != 1 or not period:
        return None
    area = next(iter(part.areas))
    marks = {_split(title): mark_of(part, (area, period, kind), title) for kind, title in part.kinds.items()}
    timed = [mark for (_, band), mark in marks.items() if band]
    numbers = [int(mark.value) for mark in timed if mark.kind is MarkKind.NUMBER]
    title = say("web.week.title", measure=part.heading)
    described = say(
        "web.week.description",
        measure=part.heading,
        period=spoken_period(period),
        cells=len(timed),
        shown=len(numbers),
        hidden=len(timed) - len(numbers),
        classes="; ".join(class_words(one) for one in classes_of(numbers)) or "-",
    )
    weekdays = [day for day in days if any((day, band) in marks for band in bands)]
    return Figure(
        ident=f"{ident}-figure",
        title=title,
        subtitle=f"{part.areas[area]}, {spoken_period(period)}. {say('web.view.counted', basis=part.column.counting_basis)}",
        chart=week_grid(marks, days=weekdays, bands=bands, ident=ident, title=title, description=described),
    )


def _table(part: Slice, ident: str, days: Sequence[str], bands: Sequence[str]) -> Table:
    """A row for each place, period and band of hours, a column for each day; what has no hour is a row of its own."""
    kinds = {_split(title): kind for kind, title in part.kinds.items()}
    by_area = len(part.areas) > 1
    held = {period for _, period, _ in part.cells}
    rows = []
    for period in part.periods:
        areas = (
            sorted(part.areas.items(), key=lambda pair: pair[1])
            if period in held
            else [("", say("web.view.all_areas"))]
        )
        absent = ViewCell(Shown.GAP if period in part.gaps else Shown.NONE)
        for area, name in areas:
            for band in (*bands, *([""] if any(not one for _, one in kinds) else [])):
                found = [part.cells.get((area, period, kinds.get((day, band), "-")), absent) for day in days]
                names = (Cell(name),) if by_area else ()
                hours = Cell(band or say("web.week.no_hour"))
                rows.append((*names, Cell(short_period(period), order=period), hours, *map(shown_cell, found)))
    head = (Column(say("web.view.column_area")),) if by_area else ()
    return Table(
        ident=ident,
        caption=say("web.week.caption", measure=part.heading),
        columns=(
            *head,
            Column(say("web.view.column_period")),
            Column(say("web.week.hours")),
            *(Column(day, numeric=True) for day in days),
        ),
        rows=rows,
        sortable=True,
    )

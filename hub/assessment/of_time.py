"""Makers of figures over time: rolling years, rates, limits, series, hours of the week, shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.assessment import drawing
from hub.assessment.figures import (
    SMALLEST_BASE,
    all_periods,
    cell_text,
    decimal_text,
    number_text,
    percent_text,
    rate,
    rolling,
    rolling_lines,
    series_lines,
    together,
    whole,
    window_text,
)
from hub.assessment.matter import Drawn, Matter
from hub.assessment.model import Line
from hub.assessment.xmr import LEAST_POINTS, LEAST_RANGES, Limits, Signal, limits, signals
from hub.kit.spoken import short_period, spoken_month, spoken_period
from hub.kit.words import say

_ALL = "\0all"
"""The kinds of the definition together: no code of any dataset."""


def rolling_years(matter: Matter) -> Iterable[Drawn]:
    """The sum of twelve published months for each kind, and of all kinds of the definition together where each has a figure."""
    sums = _sums(matter)
    titles = _titles(matter, sums)
    period = say("assessment.table.period" if matter.indicator.years == 1 else "assessment.table.years")
    yield Drawn(
        head=(*_head("kind"), period, *_head("now", "before", "change")),
        lines=rolling_lines(sums, titles),
        chart=drawing.lines({kind: one for kind, one in sums.items() if kind != _ALL}, titles),
        labels=2,
        notes=(say("assessment.note.small-base"),),
    )


def rates(matter: Matter) -> Iterable[Drawn]:
    """The newest rolling figure of each kind for so many residents; without a population there is no figure, and a gap says so."""
    population, ages = matter.ground.population, matter.indicator.ages
    residents = matter.ground.residents(ages)
    if population is None or residents is None:
        return
    sums = _sums(matter)
    titles = _titles(matter, sums)
    lines = tuple(
        Line(
            (
                titles[kind],
                window_text(series[-1][0]),
                number_text(series[-1][1]),
                rate(series[-1][1], residents, matter.indicator.per),
            )
        )
        for kind, series in sums.items()
        if series
    )
    yield Drawn(
        head=(*_head("kind", "period", "now"), say("assessment.table.rate", per=f"{matter.indicator.per:,}")),
        lines=lines,
        labels=2,
        notes=(
            say("assessment.note.residents", number=f"{residents:,}", who=_who(ages), year=population.file.vintage),
            say("assessment.note.rate-base", least=SMALLEST_BASE),
        ),
        context=(population.file.reference,),
    )


def limits_of(matter: Matter) -> Iterable[Drawn]:
    """For each kind its published months with natural limits; months that stand out are named."""
    for kind in matter.kinds:
        found = whole(matter.table, matter.position, kind)
        if not found:
            continue
        months = all_periods(min(found), max(found))
        numbers = [found.get(month) for month in months]
        limit = limits(numbers)
        told = signals(numbers, limit) if limit else (None,) * len(months)
        yield Drawn(
            head=_head("month", "signal", "count"),
            lines=tuple(
                Line((spoken_month(month), _signal(signal, known=number is not None), number_text(number)))
                for month, number, signal in zip(months, numbers, told, strict=True)
            ),
            chart=drawing.control(months, numbers, limit, told, seed=[matter.column.id, kind]),
            kind=matter.title_of(kind) if kind else "",
            labels=2,
            notes=_limit_notes(limit, told, months),
        )


def series(matter: Matter) -> Iterable[Drawn]:
    """The published cells in order of their periods, kind by kind."""
    for kind in matter.kinds:
        yield Drawn(
            head=_head("quarter" if matter.table.table.period_level == "quarter" else "when", "count"),
            lines=series_lines(matter.table, matter.position, kind),
            chart=drawing.series(matter.table, matter.position, kind),
            kind=matter.title_of(kind) if kind else "",
            notes=(say("assessment.note.stock"),) if matter.column.stock else (),
        )


def heat(matter: Matter) -> Iterable[Drawn]:
    """Weekday by band of hours, of the newest period that has cells."""
    cells = {(row.period, row.kind): row.cells[matter.position] for row in matter.table.rows if ":" in row.kind}
    if not cells:
        return
    newest = max(period for period, _ in cells)
    found = {kind.partition(":")[2]: cell for (period, kind), cell in cells.items() if period == newest}
    bands = sorted({name[2:] for name in found if _timed(name)})
    lines = [
        Line(
            (
                say(f"views.weekdays.{day}"),
                *(cell_text(found[f"{day}-{band}"]) if f"{day}-{band}" in found else "" for band in bands),
            )
        )
        for day in range(1, 8)
    ]
    unknown = [cell for name, cell in found.items() if not _timed(name)]
    notes = [say("assessment.note.heat", period=spoken_period(newest))]
    notes += [say("assessment.note.no-time", number=cell_text(cell)) for cell in unknown]
    yield Drawn(
        head=(say("assessment.table.weekday"), *(say("assessment.table.from", hour=f"{band}:00") for band in bands)),
        lines=tuple(lines),
        notes=tuple(notes),
    )


def share(matter: Matter) -> Iterable[Drawn]:
    """Period by period, the share of some kinds in the whole; every cell of both must be a published number."""
    view, by = matter.indicator.total.split(" ")
    all_of_it = matter.ask(view, by)
    if all_of_it is None:
        return
    wholes = [
        whole(all_of_it, place, "")
        for place, column in enumerate(all_of_it.columns)
        if (column.dataset, column.agency, column.kind) == (matter.column.dataset, matter.column.agency, "")
    ]
    parts = [whole(matter.table, matter.position, kind) for kind in matter.indicator.kinds]
    lines = []
    for period in sorted({period for one in parts for period in one}):
        numbers = [one.get(period) for one in parts]
        shown = [number for number in numbers if number is not None]
        part = sum(shown) if len(shown) == len(parts) else None
        total = next((one[period] for one in wholes if one.get(period) is not None), None)
        if matter.indicator.rest:
            part = None if part is None or total is None else max(total - part, 0)
        lines.append(Line((spoken_period(period), number_text(part), number_text(total), _share(part, total))))
    yield Drawn(
        head=_head("when", "part", "whole", "share"),
        lines=tuple(lines),
        notes=(
            say(f"assessment.share.{matter.indicator.id}"),
            say("assessment.note.share", least=SMALLEST_BASE),
        ),
        further=(all_of_it,),
    )


def _sums(matter: Matter) -> dict[str, list[tuple[str, int | None]]]:
    sums = rolling(matter.table, matter.position, matter.kinds, years=matter.indicator.years)
    if len(sums) > 1 and not matter.indicator.apart:
        sums[_ALL] = together(sums)
    return sums


def _titles(matter: Matter, kinds: Iterable[str]) -> dict[str, str]:
    said = {kind: matter.title_of(kind) or say("assessment.table.all") for kind in kinds if kind != _ALL}
    return {**said, _ALL: say("assessment.table.all-these" if matter.indicator.kinds else "assessment.table.all-kinds")}


def _who(ages: tuple[int, int] | None) -> str:
    if ages is None:
        return say("assessment.table.residents")
    return say("assessment.table.residents-aged", low=ages[0], high=ages[1])


def _share(part: int | None, total: int | None) -> str:
    if part is None or total is None or total < SMALLEST_BASE or part > total:
        return say("assessment.table.none")
    return percent_text(part, total)


def _signal(signal: Signal | None, *, known: bool) -> str:
    if signal is None:
        return "" if known else say("assessment.signal.gap")
    return say(f"assessment.signal.{signal.value}")


def _limit_notes(limit: Limits | None, told: Sequence[Signal | None], months: Sequence[str]) -> tuple[str, ...]:
    if limit is None:
        return (say("assessment.note.no-limits", points=LEAST_POINTS, ranges=LEAST_RANGES),)
    out = [
        short_period(month)
        for month, signal in zip(months, told, strict=True)
        if signal in (Signal.ABOVE, Signal.BELOW)
    ]
    return (
        say(
            "assessment.note.limits",
            mean=decimal_text(limit.mean),
            lower=decimal_text(limit.lower),
            upper=decimal_text(limit.upper),
            points=limit.points,
            ranges=limit.ranges,
        ),
        say("assessment.note.outside", months=", ".join(out)) if out else say("assessment.note.none-outside"),
    )


def _timed(name: str) -> bool:
    """Whether a kind such as `5-18` is a weekday and an hour; `not-stated` is none."""
    return name[:1].isdigit()


def _head(*names: str) -> tuple[str, ...]:
    return tuple(say(f"assessment.table.{name}") for name in names)

"""How well an agency sends its extracts: what to do next, what goes well, and the figures period by period with a small chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.intake import (
    THERE,
    Advice,
    Line,
    Mark,
    Punctuality,
    Repeat,
    Score,
    Share,
    advice_on,
    praise_of,
    punctuality_of,
    total,
)
from hub.kit import charts
from hub.kit.words import say
from hub.schemas import catalogue
from hub.web.elements import Cell, Choice, Column, Figure, Link, Select, Table
from hub.web.pages.calendar import Filters, state_tag

HERE = "/scorecard"
PERIODS = (6, 12, 24)
_LEAST = 2
"""A line needs two points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One dataset: in a line, what goes well, the chart and the tables."""

    ident: str
    title: str
    summary: str
    praise: tuple[str, ...]
    figure: Figure | None
    table: Table
    repeats: Table | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardPage:
    """The own agency's scores, and for the lead how whole and how soon the partnership sends."""

    intro: str
    window: str
    months: Select
    advice: tuple[Advice, ...]
    next_none: str
    sections: tuple[Section, ...]
    partners: Table | None
    partners_intro: str
    titles: Mapping[str, str]
    links: tuple[Link, ...] = ()


def scorecard_page(
    scores: Sequence[Score],
    partners: Sequence[Line] | None,
    *,
    months: int,
    titles: Mapping[str, str],
    names: Mapping[str, str],
) -> ScorecardPage:
    """The page. `partners`: the partnership's lines, None where the reader may not see them."""
    used = [one for one in scores if one.marks]
    return ScorecardPage(
        intro=say("scorecard.intro"),
        window=say("scorecard.months_intro", count=months),
        months=Select(
            "months",
            say("scorecard.choose_months"),
            tuple(Choice(str(one), say("scorecard.months_choice", count=one), one == months) for one in PERIODS),
        ),
        advice=advice_on(used),
        next_none=say("scorecard.next_none"),
        sections=tuple(_section(index, one, titles.get(one.dataset, one.dataset)) for index, one in enumerate(used)),
        partners=_partners(partners, titles, names) if partners is not None else None,
        partners_intro=say("scorecard.partners_intro", count=months),
        titles=titles,
        links=(Link(say("scorecard.calendar"), Filters().address(state="")),),
    )


def _section(index: int, score: Score, title: str) -> Section:
    ident = f"score-{index}"
    return Section(
        ident=ident,
        title=title,
        summary=_summary(score),
        praise=praise_of(score),
        figure=_figure(ident, score, title),
        table=_table(ident, score, title),
        repeats=_repeats(ident, score.repeats, title) if score.repeats else None,
    )


def _summary(score: Score) -> str:
    said = [_of_punctuality(score.punctuality)]
    for name, share in (("filled", _all_filled(score)), ("placed", _all_placed(score))):
        if share.percent is not None:
            said.append(say(f"scorecard.sum_{name}", percent=_percent(share)))
    return "; ".join(said) + "."


def _of_punctuality(said: Punctuality) -> str:
    if not said.asked:
        return say("scorecard.sum_none").rstrip(".")
    parts = [say("scorecard.sum_months", there=said.there, asked=said.asked)]
    if said.there:
        parts.append(say("scorecard.sum_time", in_time=said.in_time))
    if said.median_days is not None:
        parts.append(say("scorecard.sum_days", days=f"{said.median_days:.0f}"))
    return ", ".join(parts)


def _all_filled(score: Score) -> Share:
    return total(one.filled for one in score.sent)


def _all_placed(score: Score) -> Share:
    return total(one.placed for one in score.sent)


def _figure(ident: str, score: Score, title: str) -> Figure | None:
    """Per cent filled and placed, period by period; none for fewer than two periods that count."""
    if len(score.sent) < _LEAST:
        return None
    series = [_series("filled", [(one, one.filled) for one in score.marks])]
    if _all_placed(score).whole:
        series.append(_series("placed", [(one, one.placed) for one in score.marks]))
    heading = say("scorecard.figure_title", title=title)
    description = say("scorecard.figure_description", count=len(score.marks))
    gaps = any(mark.kind is charts.MarkKind.GAP for mark in series[0].marks)
    return Figure(
        ident=f"{ident}-figure",
        title=heading,
        subtitle=say("scorecard.figure_subtitle"),
        chart=charts.line_chart(series, ident=f"{ident}-chart", title=heading, description=description),
        key=(("gap", say("scorecard.key_gap")),) if gaps else (),
    )


def _series(name: str, shares: Iterable[tuple[Mark, Share]]) -> charts.Series:
    marks = [
        charts.Mark(_brief(mark), charts.MarkKind.GAP)
        if share.percent is None
        else charts.Mark(_brief(mark), charts.MarkKind.NUMBER, round(share.percent, 1))
        for mark, share in shares
    ]
    return charts.Series(say(f"scorecard.series_{name}"), tuple(marks))


def _brief(mark: Mark) -> str:
    """`Oct 2026`, the last month of a longer period."""
    return f"{mark.span.ends_on:%b %Y}"


def _table(ident: str, score: Score, title: str) -> Table:
    columns = (
        Column(say("scorecard.period")),
        Column(say("scorecard.state")),
        Column(say("scorecard.days"), numeric=True),
        Column(say("scorecard.in_time")),
        Column(say("scorecard.attempts"), numeric=True),
        Column(say("scorecard.rows"), numeric=True),
        Column(say("scorecard.filled"), numeric=True),
        Column(say("scorecard.placed"), numeric=True),
        Column(say("scorecard.outside"), numeric=True),
        Column(say("scorecard.findings"), numeric=True),
    )
    rows = [_row(one) for one in reversed(score.marks)]
    return Table(f"{ident}-table", say("scorecard.caption", title=title), columns, rows)


def _row(mark: Mark) -> tuple[Cell, ...]:
    line, there = mark.line, mark.line.state in THERE
    days = line.days_after_end
    return (
        Cell(mark.span.spoken, href=f"/submissions/{line.submission}" if line.submission else ""),
        Cell(tag=state_tag(line)),
        _number(days),
        Cell(_in_time(line)),
        _number(line.attempts or None),
        _number(mark.rows if there else None),
        Cell(_percent(mark.filled)),
        Cell(_percent(mark.placed)),
        _number(mark.outside if mark.placed.whole else None),
        _number(mark.findings if there else None),
    )


def _number(value: int | None) -> Cell:
    return Cell(say("scorecard.nothing") if value is None else f"{value:,}")


def _percent(share: Share) -> str:
    """Never 100 for less than all, never 0 for more than none."""
    if share.percent is None:
        return say("scorecard.nothing")
    if share.part in {0, share.whole}:
        return f"{share.percent:.0f}"
    return f"{min(max(share.percent, 0.1), 99.9):.1f}"


def _in_time(line: Line) -> str:
    if line.due_on is None:
        return say("scorecard.not_asked")
    if line.state not in THERE:
        return say("scorecard.nothing")
    return say("scorecard.was_in_time" if line.in_time else "scorecard.was_late")


def _repeats(ident: str, repeats: Sequence[Repeat], title: str) -> Table:
    columns = (
        Column(say("scorecard.repeats_cause")),
        Column(say("scorecard.repeats_field")),
        Column(say("scorecard.repeats_files"), numeric=True),
        Column(say("scorecard.repeats_count"), numeric=True),
    )
    rows = [
        (
            Cell(catalogue()[one.code].title),
            Cell(one.field or say("scorecard.nothing"), mono=bool(one.field)),
            Cell(f"{one.files:,}"),
            Cell(f"{one.count:,}"),
        )
        for one in repeats
    ]
    return Table(f"{ident}-repeats", say("scorecard.repeats_caption", title=title), columns, rows, wrap=True)


def _partners(lines: Sequence[Line], titles: Mapping[str, str], names: Mapping[str, str]) -> Table:
    of: dict[tuple[str, str], list[Line]] = {}
    for one in lines:
        of.setdefault((one.agency, one.dataset), []).append(one)
    columns = (
        Column(say("scorecard.agency")),
        Column(say("scorecard.dataset")),
        Column(say("scorecard.partners_there")),
        Column(say("scorecard.partners_in_time"), numeric=True),
        Column(say("scorecard.partners_days"), numeric=True),
    )
    rows = [
        _partner(names.get(agency, agency), titles.get(dataset, dataset), punctuality_of(own))
        for (agency, dataset), own in sorted(of.items())
    ]
    return Table("partners", say("scorecard.partners_caption"), columns, rows, wrap=True)


def _partner(agency: str, title: str, said: Punctuality) -> tuple[Cell, ...]:
    there = (
        say("scorecard.partners_of", there=said.there, asked=said.asked) if said.asked else say("scorecard.sum_none")
    )
    days = None if said.median_days is None else round(said.median_days)
    return (Cell(agency), Cell(title), Cell(there), _number(said.in_time if said.there else None), _number(days))

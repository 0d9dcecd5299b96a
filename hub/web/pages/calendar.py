"""What is due from whom: the own agency's calendar, the partnership's for its lead, and what of it stands on the first page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode

from hub.intake import THERE, WANTED, Arrival, Calendar, Line, StatutoryLine
from hub.kit.icalendar import DayEvent
from hub.kit.words import say
from hub.web.dates import months_until, spoken_day, spoken_month
from hub.web.elements import Card, Cell, Choice, Column, Link, Select, Table, Tag

HERE = "/calendar"
REMINDERS, MAILBOX = f"{HERE}/reminders", f"{HERE}/mailbox"
OWN, PARTNERSHIP = "own", "partnership"
OPEN, ALL = "open", "all"
_COLOURS: Mapping[Arrival, str] = {
    Arrival.NOT_YET: "grey",
    Arrival.DUE: "yellow",
    Arrival.LATE: "red",
    Arrival.RECEIVED: "blue",
    Arrival.CHECKED: "purple",
    Arrival.RETURNED: "red",
    Arrival.REFUSED: "red",
    Arrival.PART_ACCEPTED: "yellow",
    Arrival.ACCEPTED: "green",
    Arrival.GAP: "orange",
}
_URGENT = {one: rank for rank, one in enumerate((Arrival.LATE, Arrival.RETURNED, Arrival.REFUSED, Arrival.DUE))}
"""What an agency has to see to stands first."""

_SETTLED = frozenset({*THERE, Arrival.GAP})
_BACK = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of a calendar is looked at. Unknown values look at everything open."""

    of: str = OWN
    state: str = OPEN
    month: str = ""
    agency: str = ""

    def shows(self, line: Line) -> bool:
        """Whether a line is among what is asked for."""
        if self.agency and line.agency != self.agency:
            return False
        if self.month and not line.span.first <= self.month <= line.span.last:
            return False
        if self.state == OPEN:
            return line.state not in _SETTLED
        return self.state in {ALL, line.state.value}

    def address(self, **changes: str) -> str:
        """The address of the page with these filters, and `changes`."""
        said = {"of": self.of, "state": self.state, "month": self.month, "agency": self.agency} | changes
        kept = {name: value for name, value in said.items() if value and (name, value) != ("of", OWN)}
        return f"{HERE}?{urlencode(kept)}" if kept else HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """The lines that were asked for, what they come to, and the quarters of s.17A."""

    intro: str
    summary: tuple[str, ...]
    filters: tuple[Select, ...]
    of: str
    tabs: tuple[Link, ...]
    earlier: Link | None
    later: Link | None
    table: Table
    nothing: str
    statutory: Table | None
    downloads: tuple[Link, ...] = ()
    notes: tuple[str, ...] = field(default=())


def state_tag(line: Line) -> Tag:
    """The state in words: `Late by 3 days`."""
    if line.state is Arrival.LATE:
        return Tag(_days("late", line.days_late), _COLOURS[line.state])
    return Tag(say(f"calendar.state.{line.state.value}"), _COLOURS[line.state])


def calendar_page(
    calendar: Calendar,
    partners: Sequence[Line] | None,
    filters: Filters,
    *,
    titles: Mapping[str, str],
    names: Mapping[str, str],
) -> CalendarPage:
    """The page. `partners`: the partnership's lines, None where the reader may not see them."""
    everything = calendar.lines if filters.of == OWN or partners is None else partners
    shown = [one for one in everything if filters.shows(one)]
    newest = f"{calendar.today:%Y-%m}"
    middle = filters.month or newest
    own = filters.of == OWN
    return CalendarPage(
        intro=say(f"calendar.intro_{filters.of}"),
        summary=_summary(everything),
        filters=_selects(filters, everything, names, newest),
        of=filters.of,
        tabs=_tabs(filters, partners is not None),
        earlier=_month_link(filters, months_until(middle, 2)[1], "earlier"),
        later=_later(filters, middle, newest),
        table=_table(shown, titles, names, own=own),
        nothing=say("calendar.nothing_open" if filters.state == OPEN else "calendar.nothing"),
        statutory=_statutory(calendar.statutory, titles) if own and calendar.statutory else None,
        downloads=_links(own=own),
        notes=(say("calendar.note_due"), say("calendar.note_heading")),
    )


def _links(*, own: bool) -> tuple[Link, ...]:
    if not own:
        return (Link(say("reminders.link"), REMINDERS),)
    return (
        Link(say("calendar.ics"), f"{HERE}.ics"),
        Link(say("calendar.scorecard"), "/scorecard"),
        Link(say("reminders.contact_title"), MAILBOX),
    )


def due_cards(calendar: Calendar, titles: Mapping[str, str]) -> list[Card]:
    """What an uploader should send: one card for each dataset, the oldest period first; what waits for mending has its own card."""
    wanted: dict[str, list[Line]] = {}
    for one in calendar.lines:
        if one.state in (Arrival.DUE, Arrival.LATE, Arrival.REFUSED):
            wanted.setdefault(one.dataset, []).append(one)
    return [_card(lines, titles.get(dataset, dataset)) for dataset, lines in wanted.items()]


def late_card(partners: Iterable[Line]) -> list[Card]:
    """For the lead: how many extracts are late, from how many agencies."""
    late = [one for one in partners if one.state is Arrival.LATE]
    if not late:
        return []
    agencies = len({one.agency for one in late})
    text = say(
        "calendar.card_late_text", extracts=_counted("extract", len(late)), agencies=_counted("agency", agencies)
    )
    return [
        Card(say("calendar.card_late"), text, Filters(of=PARTNERSHIP, state=Arrival.LATE.value).address(), due=True)
    ]


def day_events(calendar: Calendar, titles: Mapping[str, str], base_url: str) -> list[DayEvent]:
    """The due days of what is still to be sent, and of the periods to come."""
    return [_event(one, titles, base_url) for one in calendar.lines if one.due_on and one.state not in _SETTLED]


def _event(line: Line, titles: Mapping[str, str], base_url: str) -> DayEvent:
    key = "\n".join((base_url, line.agency, line.dataset, line.span.last))
    title = titles.get(line.dataset, line.dataset)
    if line.due_on is None:
        raise ValueError("a line without a due day is on no calendar")
    return DayEvent(
        uid=f"{sha256(key.encode()).hexdigest()[:32]}@svd-hub",
        day=line.due_on,
        summary=say("calendar.event", title=title, period=line.span.spoken),
        description=say("calendar.event_text", state=say(f"calendar.state.{line.state.value}")),
        url=f"{base_url}{_address(line)}",
        categories=(say("calendar.event_kind"),),
    )


def _card(lines: Sequence[Line], title: str) -> Card:
    newest, late = lines[-1], [one for one in lines if one.days_late]
    href = _address(newest) if len(lines) == 1 else Filters().address(state=OPEN)
    if newest.due_on is None:
        raise ValueError("what was never asked for is not due")
    said = say("calendar.card_text", title=title, period=newest.span.spoken, due=spoken_day(newest.due_on))
    if newest.days_late:
        said = say(
            "calendar.card_text_late", title=title, period=newest.span.spoken, late=_days("by", newest.days_late)
        )
    if len(lines) > 1:
        said += " " + say("calendar.card_more", count=len(lines) - 1, period=lines[0].span.spoken)
    about = say("web.submission.title", title=title, period=newest.span.spoken)
    return Card(say("web.home.submit"), said, href, due=True, count=say("calendar.late") if late else "", about=about)


def _address(line: Line) -> str:
    return f"/submissions/{line.submission}" if line.submission else f"/submit/{line.dataset}/{line.span.last}"


def _summary(lines: Sequence[Line]) -> tuple[str, ...]:
    counted = [(name, sum(1 for one in lines if one.state in states)) for name, states in _SUMMED]
    return tuple(say(f"calendar.sum_{name}", extracts=_counted("extract", count)) for name, count in counted if count)


_SUMMED = (
    ("late", frozenset({Arrival.LATE})),
    ("due", frozenset({Arrival.DUE})),
    ("mend", frozenset({Arrival.RETURNED, Arrival.REFUSED})),
    ("waiting", frozenset({Arrival.RECEIVED, Arrival.CHECKED})),
    ("there", THERE),
)


def _selects(filters: Filters, lines: Sequence[Line], names: Mapping[str, str], newest: str) -> tuple[Select, ...]:
    states = (OPEN, ALL, *(one.value for one in Arrival if any(line.state is one for line in lines)))
    months = months_until(newest, _BACK)
    selects = [
        Select(
            "state",
            say("calendar.filter_state"),
            tuple(Choice(one, say(f"calendar.state.{one}"), one == filters.state) for one in states),
        ),
        Select(
            "month",
            say("calendar.filter_month"),
            (
                Choice("", say("calendar.every_month"), not filters.month),
                *(Choice(one, spoken_month(one), one == filters.month) for one in months),
            ),
        ),
    ]
    if filters.of == PARTNERSHIP:
        agencies = sorted({one.agency for one in lines}, key=lambda one: names.get(one, one))
        choices = tuple(Choice(one, names.get(one, one), one == filters.agency) for one in agencies)
        everybody = Choice("", say("calendar.every_agency"), not filters.agency)
        selects.append(Select("agency", say("calendar.filter_agency"), (everybody, *choices)))
    return tuple(selects)


def _tabs(filters: Filters, sees_partners: bool) -> tuple[Link, ...]:
    if not sees_partners:
        return ()
    other = PARTNERSHIP if filters.of == OWN else OWN
    return (Link(say(f"calendar.show_{other}"), Filters(of=other).address(state=OPEN)),)


def _month_link(filters: Filters, month: str, name: str) -> Link:
    return Link(say(f"calendar.{name}", month=spoken_month(month)), filters.address(month=month, state=ALL))


def _later(filters: Filters, middle: str, newest: str) -> Link | None:
    later = [month for month in months_until(newest, _BACK) if month > middle]
    return _month_link(filters, later[-1], "later") if later else None


def _table(lines: Sequence[Line], titles: Mapping[str, str], names: Mapping[str, str], *, own: bool) -> Table:
    ordered = sorted(lines, key=lambda one: (one.span.last, one.agency, one.dataset), reverse=True)
    ordered.sort(key=lambda one: (_URGENT[one.state], -one.days_late) if one.state in _URGENT else (len(_URGENT), 0))
    columns = [
        Column(say("calendar.dataset")),
        Column(say("calendar.period")),
        Column(say("calendar.due")),
        Column(say("calendar.state_title")),
        Column(say("calendar.accepted")),
        Column(say("calendar.asked_by")),
    ]
    if not own:
        columns.insert(0, Column(say("calendar.agency")))
    rows = [_row(one, titles, names, own=own) for one in ordered]
    return Table("calendar", say(f"calendar.caption_{OWN if own else PARTNERSHIP}"), columns, rows, wrap=True)


def _row(line: Line, titles: Mapping[str, str], names: Mapping[str, str], *, own: bool) -> tuple[Cell, ...]:
    title = titles.get(line.dataset, line.dataset)
    linked = own and (line.submission or line.state in WANTED)
    cells = [
        Cell(title, href=_address(line), spoken=line.span.spoken) if linked else Cell(title),
        Cell(line.span.spoken, order=line.span.last),
        _day(line.due_on.isoformat() if line.due_on else "", spoken_day(line.due_on) if line.due_on else ""),
        Cell(tag=state_tag(line)),
        Cell(_accepted(line)),
        Cell(say("calendar.by_law", items=_items(line.items)) if line.items else say("calendar.by_agreement")),
    ]
    if not own:
        cells.insert(0, Cell(names.get(line.agency, line.agency)))
    return tuple(cells)


def _day(order: str, text: str) -> Cell:
    return Cell(text or say("calendar.no_day"), order=order)


def _accepted(line: Line) -> str:
    if line.accepted_on is None:
        return say("calendar.not_there")
    said = spoken_day(line.accepted_on)
    if line.due_on is None:
        return said
    return f"{said}, {_days('late', line.days_late).lower() if line.days_late else say('calendar.in_time')}"


def _statutory(lines: Sequence[StatutoryLine], titles: Mapping[str, str]) -> Table:
    columns = [
        Column(say("calendar.law_set")),
        Column(say("calendar.law_quarter")),
        Column(say("calendar.law_due")),
        Column(say("calendar.state_title")),
        Column(say("calendar.law_carried")),
    ]
    rows = [
        (
            Cell(f"{one.item}. {one.prescribed}"),
            Cell(one.quarter.spoken, order=one.quarter.last),
            Cell(spoken_day(one.due_on), order=one.due_on.isoformat()),
            Cell(tag=_law_tag(one)),
            Cell(_carried(one, titles)),
        )
        for one in lines
    ]
    return Table("prescribed", say("calendar.law_caption"), columns, rows, wrap=True)


def _law_tag(one: StatutoryLine) -> Tag:
    if not one.carried_by:
        return Tag(say("calendar.law_not_agreed"), "grey")
    if one.state is Arrival.LATE:
        return Tag(_days("late", one.days_late), _COLOURS[one.state])
    return Tag(say(f"calendar.law_state.{one.state.value}"), _COLOURS[one.state])


def _carried(one: StatutoryLine, titles: Mapping[str, str]) -> str:
    said = [", ".join(titles.get(name, name) for name in one.carried_by)] if one.carried_by else []
    if one.carried_by and one.missing:
        said.append(say("calendar.law_missing", months=", ".join(spoken_month(month) for month in one.missing)))
    if one.gap:
        said.append(say("calendar.law_gap", gap=one.gap))
    return ". ".join(part.rstrip(".") for part in said) + "." if said else say("calendar.law_another_way")


def _items(items: Sequence[int]) -> str:
    return ", ".join(str(one) for one in items)


def _days(name: str, count: int) -> str:
    return say(f"calendar.{name}_{'one' if count == 1 else 'many'}", days=f"{count:,}")


def _counted(name: str, count: int) -> str:
    return say(f"calendar.{name}_{'one' if count == 1 else 'many'}", count=f"{count:,}")

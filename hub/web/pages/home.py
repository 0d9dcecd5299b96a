"""The landing page: what a person should do today, and where they may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.agreements import Agreement, PartyRole, Standing, Status
from hub.identity import Session
from hub.intake import State, Submission
from hub.kit.words import say
from hub.web.dates import spoken_day, spoken_month
from hub.web.elements import Card, Progress

_SOON = timedelta(days=60)
_HELD = frozenset({State.ACCEPTED, State.PART_ACCEPTED, State.RECEIVED})
_PLACES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("send", "/submit", frozenset({"uploader"})),
    ("views", "/views", frozenset({"analyst", "strategic_lead", "lpb_monitor"})),
    ("assessment", "/assessments", frozenset({"analyst", "strategic_lead", "lpb_monitor"})),
    ("submissions", "/submissions", frozenset({"uploader", "steward", "approver"})),
    ("snapshots", "/snapshots", frozenset({"analyst", "operator", "auditor"})),
    ("agreements", "/agreements", frozenset()),
    ("explain", "/explain", frozenset()),
    ("audit", "/audit", frozenset({"auditor"})),
)


@dataclass(frozen=True, slots=True)
class HomePage:
    """Things that are due first, then the places this person's roles open."""

    who: str
    due: tuple[Card, ...]
    places: tuple[Card, ...]
    nothing: str
    progress: Progress | None = None


def home_page(session: Session, due: Sequence[Card], progress: Progress | None) -> HomePage:
    """The page of one person."""
    roles = session.reader.roles
    places = tuple(
        Card(say(f"web.home.{name}"), say(f"web.home.{name}_text"), href)
        for name, href, wanted in _PLACES
        if not wanted or wanted & roles
    )
    who = say("web.home.hello", person=session.person.name, agency=session.agency.name)
    nothing = say("web.home.submitted_text" if "uploader" in roles else "web.home.nothing")
    return HomePage(who, tuple(due), places, nothing, progress)


def submissions_due(datasets: Mapping[str, str], found: Sequence[Submission], month: str) -> list[Card]:
    """What an uploader should send, mend or wait for: `datasets` maps ids to titles, `month` is the newest whole month."""
    cards = []
    for dataset, title in datasets.items():
        own = [one for one in found if one.dataset == dataset]
        newest = {one.period: one for one in reversed(own)}  # the list is newest first: the last one written stays
        cards += [_card(one, title) for one in newest.values() if one.state in {State.RETURNED, State.RECEIVED}]
        if not any(one.period == month and one.state in _HELD for one in own):
            text = say("web.home.submit_text", title=title, period=spoken_month(month))
            cards.append(Card(say("web.home.submit"), text, f"/submit/{dataset}/{month}", due=True))
    return cards


def agreements_due(known: Sequence[Agreement], agency: str, now: datetime, *, signable: frozenset[str]) -> list[Card]:
    """What a steward or approver should sign (`signable`: references the policy lets them sign), or see to before it ends."""
    cards = []
    for one in known:
        address = f"/agreements/{one.reference}"
        signed = agency in {sign_off.agency for sign_off in one.sign_offs}
        if one.status is Status.DRAFT and one.reference in signable and not signed:
            cards.append(Card(say("web.home.sign"), say("web.home.sign_text", title=one.title), address, due=True))
        controls = agency in one.agencies(PartyRole.CONTROLLER)
        if controls and one.standing(now) is Standing.IN_FORCE and one.expires_at - now < _SOON:
            text = say("web.home.expiring_text", title=one.title, date=spoken_day(one.expires_on))
            cards.append(Card(say("web.home.expiring"), text, address, due=True))
    return cards


def build_due(held: frozenset[str] | None, accepted: frozenset[str]) -> list[Card]:
    """Whether a snapshot should be built: `held` are the submissions of the one in force, None when there is none."""
    if held is None:
        text = "first_snapshot_text" if accepted else ""
    else:  # what is held and accepted no more was superseded by something new, or withdrawn
        text = "build_text" if accepted - held else "withdrawn_text" if held - accepted else ""
    if not text:
        return []
    text = say(f"web.home.{text}")
    return [Card(say("web.home.build"), text, "/snapshots", due=True)]


def _card(one: Submission, title: str) -> Card:
    name = "mend" if one.state is State.RETURNED else "checking"
    text = say(f"web.home.{name}_text", title=title, period=spoken_month(one.period))
    return Card(say(f"web.home.{name}"), text, f"/submissions/{one.id}", due=one.state is State.RETURNED)

"""The landing page: what a person should do today, and where they may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.agreements import Agreement, PartyRole, Standing, Status
from hub.identity import Agency, Session
from hub.intake import State, Submission
from hub.kit.words import say
from hub.web.dates import spoken_day, spoken_month
from hub.web.elements import Card, Progress

_SOON = timedelta(days=60)
_OWN_ENTRIES = 25
"""So many entries may follow a signed head before it is time for another: signing in and looking write some themselves."""
_CARDS = {State.RETURNED: "mend", State.CHECKED: "word", State.RECEIVED: "checking"}
_PLACES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("send", "/submit", frozenset({"uploader"})),
    ("views", "/views", frozenset({"analyst", "strategic_lead", "lpb_monitor"})),
    ("assessment", "/assessments", frozenset({"analyst", "strategic_lead", "lpb_monitor"})),
    ("submissions", "/submissions", frozenset({"uploader", "governance_lead"})),
    ("calendar", "/calendar", frozenset({"uploader", "governance_lead", "strategic_lead"})),
    ("scorecard", "/scorecard", frozenset({"uploader", "governance_lead", "strategic_lead"})),
    ("snapshots", "/snapshots", frozenset({"analyst", "operator", "auditor"})),
    ("agreements", "/agreements", frozenset()),
    ("explain", "/explain", frozenset()),
    ("audit", "/audit", frozenset({"auditor"})),
    ("people", "/people", frozenset({"administrator", "governance_lead"})),
    ("agencies", "/agencies", frozenset({"operator"})),
)
_CHARGES: tuple[tuple[str, frozenset[str]], ...] = (
    ("send", frozenset({"uploader"})),
    ("sign", frozenset({"governance_lead"})),
    ("look", frozenset({"analyst", "strategic_lead", "lpb_monitor"})),
    ("audit", frozenset({"auditor"})),
    ("run", frozenset({"operator"})),
)


@dataclass(frozen=True, slots=True)
class HomePage:
    """Things that are due first, then the places this person's roles open."""

    who: str
    due: tuple[Card, ...]
    places: tuple[Card, ...]
    nothing: str
    progress: Progress | None = None


def home_page(
    session: Session, due: Sequence[Card], progress: Progress | None, *, sees_facilitators: bool = False
) -> HomePage:
    """The page of one person. `sees_facilitators`: who is of the partnership's lead, and may see whom each authority named."""
    roles = session.reader.roles
    places = tuple(
        Card(say(f"web.home.{name}"), say(f"web.home.{name}_text"), href)
        for name, href, wanted in _PLACES
        if not wanted or wanted & roles
    )
    if sees_facilitators:
        places += (Card(say("web.home.facilitators"), say("web.home.facilitators_text"), "/agencies"),)
    who = say("web.home.hello", person=session.person.name, agency=session.agency.name)
    return HomePage(who, tuple(due), places, _nothing(roles), progress)


def _nothing(roles: frozenset[str]) -> str:
    """Why nothing is due, in the words of what the person does here."""
    said = [say(f"web.home.none_{name}") for name, wanted in _CHARGES if wanted & roles]
    return " ".join(said) or say("web.home.nothing")


def files_open(found: Sequence[Submission], titles: Mapping[str, str]) -> list[Card]:
    """Files that wait: to be mended, or for the end of their check. `found`: newest first; of each month the newest file speaks."""
    newest = {(one.dataset, one.period): one for one in reversed(found)}  # the last one written stays
    return [_card(one, titles.get(one.dataset, one.dataset)) for one in newest.values() if one.state in _CARDS]


def agreements_due(known: Sequence[Agreement], agency: str, now: datetime, *, signable: frozenset[str]) -> list[Card]:
    """What an information governance lead should sign (`signable`: those the policy lets them sign), or see to before it ends."""
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


def facilitator_due(*, missing: bool) -> list[Card]:
    """The person whom a responsible authority has yet to name (SI 2007/1830 reg 4(3))."""
    if not missing:
        return []
    return [Card(say("web.home.nominate"), say("web.home.nominate_text"), "/people", due=True)]


def administrators_due(agencies: Sequence[Agency]) -> list[Card]:
    """Agencies that have nobody yet who brings their people in."""
    return [
        Card(
            say("web.home.administrator_wanted"),
            say("web.home.administrator_wanted_text", agency=one.name),
            f"/agencies/{one.id}",
            due=True,
        )
        for one in agencies
    ]


def waiting(known: Sequence[Agreement], person: str, names: Mapping[str, str]) -> list[Card]:
    """Drafts that this person wrote and that others have still to sign; `names` tells agencies by id."""
    cards = []
    for one in known:
        if one.status is not Status.DRAFT or one.author != person:
            continue
        missing = sorted(names.get(agency, agency) for agency in one.missing_signatures)
        text = say("web.home.waiting_text", title=one.title, agencies=", ".join(missing))
        cards.append(Card(say("web.home.waiting"), text, f"/agreements/{one.reference}"))
    return cards


def tables_to_look_at(number: int, at: datetime) -> Card:
    """The snapshot in force, for those who read its tables."""
    text = say("web.home.look_text", number=number, date=spoken_day(at))
    return Card(say("web.home.look"), text, "/views")


def assessment_due(newest: tuple[str, int] | None, snapshot: int | None, *, may_build: bool) -> list[Card]:
    """The strategic assessment to build, to build again or to read: `newest` is the last one built and its snapshot."""
    if may_build and snapshot is not None and (newest is None or newest[1] < snapshot):
        text = say("web.home.assess_again_text" if newest else "web.home.assess_text", number=snapshot)
        return [Card(say("web.home.assess"), text, "/assessments", due=True)]
    if newest is None:
        return []
    stale = snapshot is not None and newest[1] < snapshot
    text = say("web.home.read_stale_text" if stale else "web.home.read_text", number=newest[1])
    return [Card(say("web.home.read"), text, "/assessments" if stale else f"/assessments/{newest[0]}")]


def log_due(size: int, signed: int | None) -> list[Card]:
    """Whether the log should be looked at: `size` entries there are, `signed` of them under the newest signed head."""
    if signed is not None and signed >= size - _OWN_ENTRIES:
        return []
    text = say("web.home.log_unsigned_text") if signed is None else say("web.home.log_text", count=f"{size - signed:,}")
    return [Card(say("web.home.log"), text, "/audit", due=True)]


def areas_due(*, loaded: bool) -> list[Card]:
    """The boundaries that everything is counted by, where the operator has still to load them."""
    if loaded:
        return []
    return [Card(say("web.home.areas"), say("web.home.areas_text"), "/snapshots", due=True)]


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
    name = _CARDS[one.state]
    text = say(f"web.home.{name}_text", title=title, period=spoken_month(one.period))
    about = say("web.submission.title", title=title, period=spoken_month(one.period))
    return Card(
        say(f"web.home.{name}"), text, f"/submissions/{one.id}", due=one.state is not State.RECEIVED, about=about
    )

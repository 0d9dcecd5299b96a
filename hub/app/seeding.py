"""Set up a partnership in a fresh state folder: agencies, demo issuers, people, and agreements proposed and signed by their people.

Every step goes through the same verbs, permits and audit entries as anybody's, only that a program plays all parts. Demo mode
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.agreements import Agreement
from hub.app.composition import Hub
from hub.app.partnerships import Partnership, SeedPerson
from hub.db import UnitOfWork
from hub.kit.authority import Action, Reader
from hub.kit.errors import Bug
from hub.kit.paths import data_root
from hub.kit.words import say

_OPERATOR = "hub_operator"
_GOVERNS = "governance_lead"


def seed(hub: Hub, partnership: Partnership) -> bool:
    """Whether anything was made: agencies, people and agreements that are there already were set up before."""
    made = seed_people(hub, partnership)
    return seed_agreements(hub, partnership) or made


def seed_people(hub: Hub, partnership: Partnership) -> bool:
    """Agencies, their demo issuers and their people, so that one can sign in; False when the state knows agencies already."""
    if hub.demo_provider is None:
        raise Bug("a partnership is set up by a program in demo mode only")
    for agency in partnership.agencies:
        hub.demo_provider.register(agency.id)
    with hub.database.reading() as reading:
        if hub.identity.agencies(reading):
            return False
    _agencies_and_people(hub, partnership)
    for agency in partnership.agencies:
        if agency.kind != _OPERATOR:
            _nominate(hub, partnership, agency.id)
    return True


def seed_agreements(hub: Hub, partnership: Partnership) -> bool:
    """Agreements in force, drafts, and the board's choice of a definition; False when the state holds agreements already."""
    with hub.database.reading() as reading:
        if hub.agreements.all(reading):
            return False
    players = _Players(hub, partnership)
    for document in _documents(partnership.agreements):
        _agree(hub, players, document)
    for document in _documents(partnership.drafts):
        with hub.database.unit_of_work() as uow:
            _propose(hub, players, uow, document)
    if partnership.definition:
        _adopt(hub, partnership)
    return True


def _roles(partnership: Partnership, person: SeedPerson) -> frozenset[str]:
    """A persona's roles. Where no persona of the agency is named its administrator, whoever answers for it is that as well."""
    colleagues = [one for one in partnership.people if one.agency == person.agency]
    if person.id == _answering(colleagues).id and not any("administrator" in one.roles for one in colleagues):
        return person.roles | ({"administrator"} if "operator" not in person.roles else set())
    return person.roles


def _answering(colleagues: list[SeedPerson]) -> SeedPerson:
    """Who answers for an agency: its administrator, else its information governance lead, or the first person named."""
    for role in ("administrator", _GOVERNS):
        for one in colleagues:
            if role in one.roles:
                return one
    return colleagues[0]


def _nominate(hub: Hub, partnership: Partnership, agency: str) -> None:
    """Whoever answers for the agency is named to facilitate sharing (SI 2007/1830 reg 4(3)): without, it could sign nothing."""
    colleagues = [one for one in partnership.people if one.agency == agency]
    if not colleagues:
        return
    subject = _answering(colleagues).id
    with hub.database.unit_of_work() as uow:
        person = next(one for one in hub.identity.people(uow, agency=agency) if one.subject == subject)
        reader = Reader(agency=agency, person=person.id, roles=frozenset(one.value for one in person.roles))
        permit = hub.policy.permit(uow, reader, Action.AGENCY_NOMINATE, f"agency/{agency}")
        hub.identity.nominate(uow, permit, person=person.id)


def _agencies_and_people(hub: Hub, partnership: Partnership) -> None:
    if hub.demo_provider is None:
        raise Bug("no demo provider")
    operator = next(agency.id for agency in partnership.agencies if agency.kind == _OPERATOR)
    reader = Reader(agency=operator, task="set-up")
    with hub.database.unit_of_work() as uow:
        for agency in partnership.agencies:
            hub.identity.add_agency(uow, reader, id=agency.id, name=agency.name, kind=agency.kind)
            client = hub.demo_provider.register(agency.id)
            hub.identity.add_provider(
                uow,
                reader,
                agency=agency.id,
                issuer=client.issuer,
                client_id=client.client_id,
                client_secret=client.client_secret,
                id=agency.id,
            )
            for person in partnership.people:
                if person.agency == agency.id:
                    hub.identity.add_person(
                        uow,
                        reader,
                        agency=agency.id,
                        issuer=client.issuer,
                        subject=person.id,
                        name=person.name,
                        roles=_roles(partnership, person),
                    )


def _adopt(hub: Hub, partnership: Partnership) -> None:
    """Record the board's choice of a definition, by the strategic lead of the lead agency."""
    with hub.database.reading() as reading:
        subjects = {one.id for one in partnership.people if "strategic_lead" in one.roles}
        readers = [
            Reader(agency=one.agency, person=one.id, roles=frozenset(role.value for role in one.roles))
            for one in hub.identity.people(reading)
            if one.subject in subjects
        ]
        decide = hub.policy.decide
        lead = next(one for one in readers if decide(reading, one, Action.DEFINITION_CHOOSE, "definitions").permitted)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, lead, Action.DEFINITION_CHOOSE, "definitions")
        hub.definitions.choose(uow, permit, partnership.definition, minute=say("app.adopted"))


def _documents(folders: Iterable[str]) -> Iterator[str]:
    for name in folders:
        for path in sorted((data_root("policies") / "agreements" / name).glob("*.yaml")):
            yield path.read_text(encoding="utf-8")


class _Players:
    """The partnership's people, as the policy sees them, for a program that plays all parts."""

    def __init__(self, hub: Hub, partnership: Partnership) -> None:
        with hub.database.reading() as reading:
            self._people = {person.subject: person for person in hub.identity.people(reading)}
        self._partnership = partnership

    def has(self, agency: str, role: str) -> bool:
        """Whether the agency has somebody with the role."""
        return any(one.agency == agency and role in one.roles for one in self._partnership.people)

    def reader(self, agency: str, role: str) -> Reader:
        """The first of the agency with the role."""
        person = self._people[self._partnership.person(agency, role).id]
        return Reader(agency=agency, person=person.id, roles=frozenset(one.value for one in person.roles))

    def author(self) -> Reader:
        """Who writes agreements: the lead's information governance lead, or the first there is."""
        agencies = (self._partnership.agencies[0].id, *(one.agency for one in self._partnership.people))
        return next(self.reader(agency, _GOVERNS) for agency in agencies if self.has(agency, _GOVERNS))

    def signer(self, agency: str) -> Reader | None:
        """Who signs for an agency what the author wrote: an information governance lead who is not the author."""
        author = self.author().person
        for one in self._partnership.people:
            person = self._people[one.id]
            if one.agency == agency and _GOVERNS in one.roles and person.id != author:
                return Reader(agency=agency, person=person.id, roles=frozenset(role.value for role in person.roles))
        return None


def _propose(hub: Hub, players: _Players, uow: UnitOfWork, document: str) -> Agreement:
    permit = hub.policy.permit(uow, players.author(), Action.AGREEMENT_PROPOSE, "agreements")
    return hub.agreements.propose(uow, permit, document)


def _agree(hub: Hub, players: _Players, document: str) -> None:
    """Propose by the lead's information governance lead, then sign by one of each party that has one: another of the lead's own.

    All permits are asked for before the first signature: each signature changes what the policy has to think through.
    """
    with hub.database.unit_of_work() as uow:
        agreement = _propose(hub, players, uow, document)
        signers = [signer for one in agreement.parties if (signer := players.signer(one.agency)) is not None]
        permits = [hub.policy.permit(uow, one, Action.AGREEMENT_SIGN, agreement.id) for one in signers]
        for permit in permits:
            hub.agreements.sign(uow, permit, agreement.id)

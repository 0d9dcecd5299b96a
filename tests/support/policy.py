"""A small hub for tests of agreements and policy: a database, a clock that stands still, agencies by their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from hub.agreements import Agreement, Agreements, PartyRole
from hub.db import Database, Reading, UnitOfWork
from hub.kit.authority import Action, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotFound
from hub.kit.paths import data_root
from hub.policy import Policy, PolicyLibrary
from hub.schemas import SchemaRegistry

AGENCIES: dict[str, str] = {
    "ravensbourne-police": "chief_officer_police",
    "ravensbourne-council": "local_authority",
    "ravensbourne-hospital": "nhs_trust",
    "ravensbourne-ambulance": "ambulance_trust",
    "ravensbourne-hosting": "hub_operator",
    "bromley-council": "local_authority",
    "met-police": "chief_officer_police",
    "london-fire": "fire_rescue_authority",
    "city-police": "chief_officer_police",
    "west-yorkshire-police": "chief_officer_police",
    "hub-operator": "hub_operator",
    "somebody-else": "vcs",
}

POLICE, COUNCIL = "ravensbourne-police", "ravensbourne-council"
HOSPITAL, AMBULANCE, OPERATOR = "ravensbourne-hospital", "ravensbourne-ambulance", "ravensbourne-hosting"
KINDS_PURPOSE = "svd.identify_kinds"
STREET = "police/street-crime"
SEARCHES = "police/stop-and-search"
ISTV = "health/istv-assaults"
CALLOUTS = "ambulance/violence-callouts"
BUILD = Reader(agency="", task="snapshot-build")


class Directory:
    """Agencies from a dictionary that a test may change."""

    def __init__(self, agencies: Mapping[str, str] = AGENCIES) -> None:
        self.agencies = dict(agencies)
        self.without_facilitator: set[str] = set()

    def kind_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        if agency not in self.agencies:
            raise NotFound("no such agency")
        return self.agencies[agency]

    def name_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        self.kind_of(reading, agency)
        return agency.replace("-", " ").title()

    def facilitator_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        self.kind_of(reading, agency)
        return "" if agency in self.without_facilitator else f"per_{agency}_facilitator"


def someone(agency: str, *roles: str) -> Reader:
    """A person of an agency with these roles; the same roles are the same person."""
    return Reader(agency=agency, person=f"per_{agency}_{'_'.join(sorted(roles))}", roles=frozenset(roles))


def a_writer(agency: str) -> Reader:
    """An information governance lead of an agency who writes agreements, and so signs none of them."""
    return Reader(agency=agency, person=f"per_{agency}_writes", roles=frozenset({"governance_lead"}))


def a_document(**changes: Any) -> str:
    """A lawful agreement between police and council, with `changes` to its keys (None removes one)."""
    said: dict[str, Any] = {
        "agreement": "duty",
        "version": 1,
        "title": "Police counts for the duty",
        "gateway": "pcsc_s16",
        "purposes": [KINDS_PURPOSE],
        "lawful_basis": "UK GDPR Art. 6(1)(e)",
        "starts_on": yaml.safe_load("2026-01-01"),
        "expires_on": yaml.safe_load("2027-12-31"),
        "parties": [
            {"agency": POLICE, "role": "controller"},
            {"agency": COUNCIL, "role": "recipient", "lead": True},
            {"agency": OPERATOR, "role": "processor"},
        ],
        "datasets": [a_clause()],
        "lawyer": {"must_confirm": ["Schedule 1"], "as_of": yaml.safe_load("2026-04-07")},
    } | changes
    return yaml.safe_dump({key: value for key, value in said.items() if value is not None})


def a_clause(**changes: Any) -> dict[str, Any]:
    """A clause: street crime of the police, counts under nhs_hes, to the council."""
    return {
        "dataset": STREET,
        "supplier": POLICE,
        "data_class": "anonymised_record",
        "profile": "nhs_hes",
        "fields": "count",
        "recipients": [COUNCIL],
    } | changes


@cache
def the_library() -> PolicyLibrary:
    """The shipped policies, read once for all tests."""
    return PolicyLibrary()


@cache
def the_schemas() -> SchemaRegistry:
    """The shipped schemas, read once for all tests."""
    return SchemaRegistry.from_folder()


class APolicyHub:
    """Agreements and policy over one database."""

    def __init__(self, database: Database, clock: FrozenClock, agencies: Mapping[str, str] = AGENCIES) -> None:
        self.database, self.clock, self.directory = database, clock, Directory(agencies)
        self.agreements = Agreements(clock=clock)
        self.schemas = the_schemas()
        self.policy = Policy(
            database=database,
            agreements=self.agreements,
            schemas=self.schemas,
            directory=self.directory,
            clock=clock,
            library=the_library(),
        )

    def propose(self, document: str, *, by: str = COUNCIL) -> Agreement:
        """Propose as the information governance lead of an agency."""
        with self.database.unit_of_work() as uow:
            permit = self.policy.permit(uow, a_writer(by), Action.AGREEMENT_PROPOSE, "agreements")
            return self.agreements.propose(uow, permit, document)

    def sign(self, agreement: str, *, agency: str, by: Reader | None = None) -> Agreement:
        """Sign as an information governance lead of an agency."""
        with self.database.unit_of_work() as uow:
            permit = self.policy.permit(uow, by or someone(agency, "governance_lead"), Action.AGREEMENT_SIGN, agreement)
            return self.agreements.sign(uow, permit, agreement)

    def agree(self, document: str, *, by: str = COUNCIL) -> Agreement:
        """Propose, and sign for everybody who has to."""
        agreed = self.propose(document, by=by)
        for agency in agreed.agencies(PartyRole.CONTROLLER, PartyRole.RECIPIENT):
            agreed = self.sign(agreed.reference, agency=agency)
        return agreed

    def agree_shipped(self, folder: str, *, by: str) -> None:
        """Bring the example agreements of a folder into force."""
        for path in sorted((data_root("policies") / "agreements" / folder).glob("*.yaml")):
            self.agree(path.read_text(encoding="utf-8"), by=by)

    def change(self, verb: str, agreement: str, *, agency: str, reason: str = "a test") -> Agreement:
        """Suspend, resume or end as an information governance lead of an agency."""
        with self.database.unit_of_work() as uow:
            permit = self.policy.permit(uow, someone(agency, "governance_lead"), Action.AGREEMENT_SUSPEND, agreement)
            changed: Agreement = getattr(self.agreements, verb)(uow, permit, agreement, reason=reason)
            return changed

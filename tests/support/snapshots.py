"""A small hub for tests of snapshots and views: real policy, agreements, vault, engine and checks over a folder of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from hub.agreements import Agreements
from hub.db import Database, Reading, UnitOfWork
from hub.disclosure import protect_measure
from hub.engine import DuckDbEngine
from hub.geography import Context, Geography
from hub.intake import ATTESTATION, KEPT, Intake, Submission
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotFound
from hub.kit.paths import data_root
from hub.policy import Policy
from hub.pseudonyms import Pseudonyms
from hub.schemas import SchemaRegistry
from hub.snapshots import GrantedRows, RowPages, Snapshot, Snapshots
from hub.vault import Vault
from hub.views import BuildReport, Catalogue, ProtectedTable, Views
from hub.views.asker import ReaderAsker
from hub.views.building import Protect
from tests.support.explaining import let_in
from tests.support.geography import a_geography_permit

PURPOSE = "svd.identify_kinds"

KINDS: Mapping[str, str] = {
    "met-police": "chief_officer_police",
    "city-police": "chief_officer_police",
    "west-yorkshire-police": "chief_officer_police",
    "london-fire": "fire_rescue_authority",
    "bromley-council": "local_authority",
    "hub-operator": "hub_operator",
    "ravensbourne-police": "chief_officer_police",
    "ravensbourne-council": "local_authority",
    "ravensbourne-hospital": "nhs_trust",
    "ravensbourne-ambulance": "ambulance_trust",
    "ravensbourne-hosting": "hub_operator",
    "somebody-else": "transport",
}
"""Agencies of the shipped agreements, and one that is a party to nothing."""


class Directory:
    """The agencies above, as the policy asks for them."""

    def kind_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        if agency not in KINDS:
            raise NotFound("no such agency")
        return KINDS[agency]

    def name_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        self.kind_of(_reading, agency)
        return agency.replace("-", " ").title()

    def facilitator_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        return f"per_{agency}_facilitator"


class AHub:
    """Everything wired; verbs that tests say often."""

    def __init__(self, database: Database, clock: FrozenClock, folder: Path) -> None:
        self.database, self.clock = database, clock
        self.schemas = SchemaRegistry.from_folder()
        self.agreements = Agreements(clock=clock)
        self.policy = Policy(
            database=database, agreements=self.agreements, schemas=self.schemas, directory=Directory(), clock=clock
        )
        self.vault = Vault(folder=folder / "vault", root_key=bytes(range(32)), clock=clock)
        self.engine = DuckDbEngine(memory_mb=512)
        self.geography = Geography(clock=clock)
        self.intake = Intake(
            database=database,
            vault=self.vault,
            engine=self.engine,
            schemas=self.schemas,
            geography=self.geography,
            policy=self.policy,
            agreements=self.agreements,
            pseudonyms=Pseudonyms(bytes(range(32))),
            clock=clock,
        )
        self.snapshots = Snapshots(
            submissions=self.intake,
            vault=self.vault,
            engine=self.engine,
            geography=self.geography,
            schemas=self.schemas,
            policy=self.policy,
            clock=clock,
        )
        self.granted = GrantedRows(
            submissions=self.intake,
            vault=self.vault,
            engine=self.engine,
            geography=self.geography,
            schemas=self.schemas,
            pseudonyms=Pseudonyms(bytes(range(32))),
            clock=clock,
        )
        self.pages = RowPages(granted=self.granted, clock=clock)
        self.context = Context(geography=self.geography, clock=clock)
        self.views = self.views_of()

    def views_of(self, *, protect: Protect = protect_measure, catalogue: Catalogue | None = None) -> Views:
        """A views room over the same snapshots, protecting or declaring otherwise."""
        return Views(
            snapshots=self.snapshots,
            geography=self.geography,
            schemas=self.schemas,
            policy=self.policy,
            directory=Directory(),
            context=self.context,
            clock=self.clock,
            protect=protect,
            catalogue=catalogue,
        )

    def load_areas(self, *paths: Path) -> None:
        """Bring these files of areas into force."""
        with self.database.unit_of_work() as uow:
            self.geography.load_all(uow, a_geography_permit(self.clock), paths)

    def agree_shipped(self, folder: str) -> None:
        """Bring all example agreements of a folder into force."""
        for path in sorted((data_root("policies") / "agreements" / folder).glob("*.yaml")):
            self.agree(path.read_text(encoding="utf-8"))

    def agree(self, document: str) -> None:
        """Propose an agreement and have its parties sign it."""
        (reference,) = re.findall(r"^agreement: (\S+)$", document, re.MULTILINE)
        parties = re.findall(r"agency: ([\w-]+), role: (?:controller|recipient)", document)
        with self.database.unit_of_work() as uow:
            author = Reader(agency=parties[0], person="per_author", roles=frozenset({"governance_lead"}))
            permit = self.policy.permit(uow, author, Action.AGREEMENT_PROPOSE, "agreements")
            self.agreements.propose(uow, permit, document)
            for agency in parties:
                if self.agreements.get(uow, reference).status.value == "in-force":
                    break
                signer = Reader(agency=agency, person=f"per_{agency}", roles=frozenset({"governance_lead"}))
                permit = self.policy.permit(uow, signer, Action.AGREEMENT_SIGN, reference)
                self.agreements.sign(uow, permit, reference)
            assert self.agreements.get(uow, reference).status.value == "in-force"

    def suspend(self, reference: str, agency: str) -> None:
        """Have a controller suspend an agreement."""
        with self.database.unit_of_work() as uow:
            reader = Reader(agency=agency, person=f"per_{agency}", roles=frozenset({"governance_lead"}))
            permit = self.policy.permit(uow, reader, Action.AGREEMENT_SUSPEND, reference)
            self.agreements.suspend(uow, permit, reference, reason="test")

    def submit(self, agency: str, dataset: str, period: str, path: Path) -> Submission:
        """Send a file as its agency's uploader and have it checked; its rows, or some of them, must get in."""
        reader = Reader(agency=agency, person=f"per_uploader_{agency}", roles=frozenset({"uploader"}))
        with self.database.unit_of_work() as uow:
            permit = self.policy.permit(uow, reader, Action.SUBMISSION_CREATE, dataset)
            receiving = self.intake.receive(
                permit, agency=agency, dataset=dataset, period=period, file_name=path.name, attestation=ATTESTATION
            )
            receiving.write(path.read_bytes())
            received = receiving.complete(uow)
        with self.database.unit_of_work() as uow:
            checked = self.intake.check(uow, received.id)
        accepted = let_in(self.database, self.intake, permit, checked)
        assert accepted.state in KEPT, accepted.state
        return accepted

    def withdraw(self, submission: Submission) -> None:
        """Have the agency take a submission back."""
        reader = Reader(agency=submission.agency, person="per_governance", roles=frozenset({"governance_lead"}))
        with self.database.unit_of_work() as uow:
            permit = self.policy.permit(uow, reader, Action.SUBMISSION_WITHDRAW, submission.dataset)
            self.intake.withdraw(uow, permit, submission.id, reason="test")

    def build_permit(self, uow: UnitOfWork) -> Permit:
        """The operator's permit to build."""
        operator = Reader(agency="hub-operator", person="per_op", roles=frozenset({"operator"}))
        return self.policy.permit(uow, operator, Action.SNAPSHOT_BUILD, "snapshot", purpose="hub.snapshot")

    def freeze(self) -> Snapshot:
        """Freeze what there is."""
        with self.database.unit_of_work() as uow:
            return self.snapshots.freeze(uow, self.build_permit(uow))

    def build(self) -> BuildReport:
        """Freeze and build, in the three steps a job takes."""
        snapshot = self.freeze()
        with self.database.unit_of_work() as uow:
            grant = self.views.grant(uow, snapshot)
        with self.database.reading() as reading:
            prepared = self.views.prepare(reading, grant, snapshot)
        with self.database.unit_of_work() as uow:
            return self.views.keep(uow, self.build_permit(uow), prepared)

    def permit(self, uow: UnitOfWork, reader: Reader, view: str, *, purpose: str = PURPOSE) -> Permit:
        """The reader's permit to look at a view."""
        return self.policy.permit(uow, reader, Action.VIEW_READ, f"view/{view}", purpose=purpose)

    def table(
        self, reader: Reader, view: str = "violence-by-place", *, by: str = "", where: str = "", purpose: str = PURPOSE
    ) -> ProtectedTable:
        """A table, asked for in a unit of work of its own."""
        with self.database.unit_of_work() as uow:
            permit = self.permit(uow, reader, view, purpose=purpose)
            return self.views.table(uow, permit, view, by=by, where=where, justification="test")

    def asker(self, uow: UnitOfWork, reader: Reader, *, purpose: str = PURPOSE) -> ReaderAsker:
        """What the attacker may ask as this reader."""
        return ReaderAsker(
            views=self.views, uow=uow, permit_for=lambda view: self.permit(uow, reader, view, purpose=purpose)
        )


def an_analyst(agency: str) -> Reader:
    """An analyst of an agency."""
    return Reader(agency=agency, person=f"per_analyst_{agency}", roles=frozenset({"analyst"}))


def texts(table: ProtectedTable, column: int = 0) -> dict[tuple[str, str, str], str]:
    """The cells of one column by area, period and kind."""
    return {(row.area, row.period, row.kind): row.cells[column].text for row in table.rows}


def named(paths: Iterable[Path], months: Collection[str]) -> list[tuple[str, Path]]:
    """Files named by their month, of these months."""
    return [(path.name[:7], path) for path in sorted(paths) if path.name[:7] in months]

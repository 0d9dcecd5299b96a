"""A hub around the benchmark's own agreed schema: every room real, only the partnership is invented."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub.agreements import Agreements
from hub.app import build  # noqa: F401 - loads every room's tables, which migrating needs
from hub.db import Database, Reading, UnitOfWork, migrate
from hub.engine import DuckDbEngine
from hub.geography import Geography
from hub.intake import Intake
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import SystemClock
from hub.policy import Policy
from hub.pseudonyms import Pseudonyms
from hub.schemas import SchemaRegistry
from hub.vault import Vault

HERE = Path(__file__).resolve().parent
AGENCY, COUNCIL, DATASET, PERIOD = "bench-police", "bench-council", "police/bench-incidents", "2026-10"
ENGINE_MIB, THREADS = 1024, 2
_KINDS = {AGENCY: "chief_officer_police", COUNCIL: "local_authority", "bench-hosting": "hub_operator"}
_AGREEMENT = f"""
agreement: bench
version: 1
title: Incidents of the benchmark
gateway: pcsc_s16
purposes: [svd.identify_kinds]
lawful_basis: none; invented rows
starts_on: 2020-01-01
expires_on: 2099-12-31
parties:
  - {{agency: {AGENCY}, role: controller, lead: true}}
  - {{agency: {COUNCIL}, role: recipient}}
  - {{agency: bench-hosting, role: processor}}
datasets:
  - dataset: {DATASET}
    supplier: {AGENCY}
    data_class: public
    profile: nhs_hes
    fields: count
    recipients: [{COUNCIL}]
    part_accept: true
lawyer: {{must_confirm: [nothing; a benchmark], as_of: 2026-04-07}}
"""


class _Directory:
    """The agencies above, as the policy asks for them."""

    def kind_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        return _KINDS[agency]

    def name_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        return agency

    def facilitator_of(self, _reading: UnitOfWork | Reading, _agency: str) -> str:
        return "per_facilitator"


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts that a measurement uses."""

    database: Database
    policy: Policy
    vault: Vault
    intake: Intake

    def permit(self) -> Permit:
        """The uploader's permit to submit."""
        with self.database.unit_of_work() as uow:
            return self.policy.permit(uow, _reader(AGENCY, "uploader"), Action.SUBMISSION_CREATE, DATASET)


def bench(state: Path, *, case_references: bool = False) -> Bench:
    """A hub in `state` with one agreement in force; with `case_references` one column is replaced by keyed pseudonyms."""
    clock, key = SystemClock(), bytes(range(32))
    state.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{state / 'hub.sqlite'}")
    migrate(database)
    schemas = _schemas(state, case_references=case_references)
    agreements = Agreements(clock=clock)
    policy = Policy(database=database, agreements=agreements, schemas=schemas, directory=_Directory(), clock=clock)
    vault = Vault(folder=state / "vault", root_key=key, clock=clock)
    intake = Intake(
        database=database,
        vault=vault,
        engine=DuckDbEngine(memory_mb=ENGINE_MIB, threads=THREADS),
        schemas=schemas,
        geography=Geography(clock=clock),
        policy=policy,
        agreements=agreements,
        pseudonyms=Pseudonyms(key),
        clock=clock,
    )
    made = Bench(database, policy, vault, intake)
    _agree(made, agreements)
    return made


def _schemas(state: Path, *, case_references: bool) -> SchemaRegistry:
    folder = HERE / "bench_schemas"
    if not case_references:
        return SchemaRegistry.from_folder(folder)
    changed = state / "schemas"
    for path in folder.rglob("*.yaml"):
        target = changed / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(text.replace("0f3a90bc77de,", "0f3a90bc77de, role: case-reference,"), encoding="utf-8")
    return SchemaRegistry.from_folder(changed)


def _agree(made: Bench, agreements: Agreements) -> None:
    with made.database.unit_of_work() as uow:
        writer = _reader(AGENCY, "governance_lead", whose="writer")  # who wrote it does not sign it
        permit = made.policy.permit(uow, writer, Action.AGREEMENT_PROPOSE, "agreements")
        proposed = agreements.propose(uow, permit, _AGREEMENT)
        for agency in (AGENCY, COUNCIL):
            signing = made.policy.permit(uow, _reader(agency, "governance_lead"), Action.AGREEMENT_SIGN, proposed.id)
            agreements.sign(uow, signing, proposed.id)


def _reader(agency: str, role: str, *, whose: str = "") -> Reader:
    return Reader(agency=agency, person=f"per_{whose or role}_{agency}", roles=frozenset({role}))

"""P2: whatever is agreed, whoever asks, in whatever role: where the statutory floor forbids, no Permit and no Grant exists.

Agreements are put in force behind the back of the proposal check, as if every safeguard before the request had failed. The
oracle is written out here from the Act, not read from the policy files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.agreements import AgreementEvent, Agreements, Status
from hub.agreements import store as agreement_store
from hub.audit import Entry, Verb, record
from hub.db import Database
from hub.geography.model import PlaceSpec
from hub.kit.authority import Action, Reader
from hub.kit.canonical import sha256_hex
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotFound, NotPermitted
from hub.policy import Policy
from hub.schemas.model import AGENCY_KINDS, DATA_CLASSES, DatasetSchema, Field
from tests.support.databases import a_database
from tests.support.policy import Directory, the_library

DATASET = "some/dataset"
ROLES = ("uploader", "governance_lead", "analyst", "strategic_lead", "lpb_monitor", "auditor", "operator")
GATEWAYS = (
    "pcsc_s16",
    "pcsc_s17",
    "cda_s115",
    "cda_s17a",
    "nhs_istv",
    "anonymised_statistics",
    "public_domain",
    "goodwill",
)
PURPOSES = ("svd.identify_kinds", "svd.review", "lpb.monitor", "csp.plan", "evaluation")
PROFILES = ("open", "exact", "nhs_hes", "ons_10_5")

SPECIFIED = {
    "local_authority",
    "chief_officer_police",
    "integrated_care_board",
    "local_health_board",
    "probation_provider",
    "youth_offending_team",
    "fire_rescue_authority",
}
INSTITUTIONS = {"educational", "prison", "youth_custody"}
HEALTH = {"integrated_care_board", "local_health_board", "nhs_trust", "ambulance_trust"}
CARE_BOARDS = {"integrated_care_board", "local_health_board"}
CDA = {
    "local_authority",
    "chief_officer_police",
    "local_policing_body",
    "probation_provider",
    "integrated_care_board",
    "local_health_board",
    "fire_rescue_authority",
}


@dataclass(frozen=True)
class Drawn:
    """One agreement of one clause, one dataset, one question."""

    supplier: str
    recipient: str
    gateway: str
    health: bool
    data_class: str
    identifies: bool
    said_class: str
    profile: str
    form: str
    purposes: tuple[str, ...]
    own_rows_too: bool
    asks: str
    roles: frozenset[str]
    purpose: str

    @property
    def personal(self) -> bool:
        return self.identifies or self.data_class in ("pseudonymised_record", "personal")

    @property
    def is_health(self) -> bool:
        return self.health or self.supplier in HEALTH

    @property
    def strictest_class(self) -> str:
        return max(self.data_class, self.said_class, key=DATA_CLASSES.index)


def floor_forbids(drawn: Drawn, *, rows: bool) -> bool:
    """Whether the law, or the hub's own promise, forbids showing `drawn.asks` the dataset as rows or as counts."""
    other = drawn.asks != "supplier"
    kind = {"supplier": drawn.supplier, "recipient": drawn.recipient, "operator": "hub_operator"}[drawn.asks]
    if (drawn.is_health or drawn.supplier in CARE_BOARDS) and drawn.personal:  # s.16(4)(a), (b)
        return True
    if kind == "hub_operator" or "operator" in drawn.roles:  # UK GDPR Art. 28
        return True
    if (
        rows and other and (drawn.is_health or not rows_may_go(drawn))
    ):  # s.10(10); a power that opens rows of this class
        return True
    if not rows and drawn.is_health and drawn.profile == "exact":
        return True
    if (drawn.profile == "open") != (drawn.gateway == "public_domain"):
        return True
    return gateway_forbids(drawn, kind, other=other, rows=rows)


def rows_may_go(drawn: Drawn) -> bool:
    """Whether the gateway opens rows of the drawing's class to another agency at all."""
    near = ["public", "aggregate", "anonymised_record", "pseudonymised_record"]
    by_gateway = {"pcsc_s16": near, "pcsc_s17": near, "cda_s115": near, "cda_s17a": near[:3], "public_domain": near[:1]}
    return drawn.strictest_class in by_gateway.get(drawn.gateway, [])


def gateway_forbids(drawn: Drawn, kind: str, *, other: bool, rows: bool) -> bool:
    """Whether the gateway named does not cover it; a gateway that nobody knows covers nothing."""
    supplier, purpose = drawn.supplier, drawn.purpose
    bare = not drawn.personal and drawn.strictest_class in ("public", "aggregate", "anonymised_record")
    duty = SPECIFIED | INSTITUTIONS | {"local_policing_body"}
    return {
        "pcsc_s16": supplier not in duty or (other and not (kind in duty and purpose.startswith(("svd.", "lpb.")))),
        "pcsc_s17": not rows
        or supplier not in SPECIFIED | INSTITUTIONS
        or (other and not (kind == "local_policing_body" and purpose.startswith("lpb."))),
        "cda_s115": other and not (kind in CDA and purpose.startswith(("csp.", "svd."))),
        "cda_s17a": supplier not in CDA or not bare or (other and not (kind in CDA and purpose.startswith("csp."))),
        "nhs_istv": supplier != "nhs_trust"
        or not bare
        or (other and not (kind in CDA - {"local_policing_body"} and purpose.startswith(("svd.", "csp.")))),
        "anonymised_statistics": not rows and drawn.profile not in ("nhs_hes", "ons_10_5"),
        "public_domain": drawn.strictest_class != "public" or drawn.personal,
    }.get(drawn.gateway, True)


LAWFUL = Drawn(
    supplier="chief_officer_police",
    recipient="local_authority",
    gateway="pcsc_s16",
    health=False,
    data_class="anonymised_record",
    identifies=False,
    said_class="anonymised_record",
    profile="nhs_hes",
    form="count",
    purposes=PURPOSES,
    own_rows_too=True,
    asks="recipient",
    roles=frozenset({"analyst", "uploader"}),
    purpose=PURPOSES[0],
)

CHOICES = {
    "supplier": st.sampled_from(AGENCY_KINDS),
    "recipient": st.sampled_from(AGENCY_KINDS),
    "gateway": st.sampled_from(GATEWAYS),
    "health": st.booleans(),
    "data_class": st.sampled_from(DATA_CLASSES),
    "identifies": st.booleans(),
    "said_class": st.sampled_from(DATA_CLASSES),
    "profile": st.sampled_from(PROFILES),
    "form": st.sampled_from(["count", "read_clear", "read_pseudonymised", "read_generalised"]),
    "purposes": st.lists(st.sampled_from(PURPOSES), min_size=1, unique=True).map(tuple),
    "own_rows_too": st.booleans(),
    "asks": st.sampled_from(["supplier", "recipient", "operator"]),
    "roles": st.frozensets(st.sampled_from(ROLES)),
    "purpose": st.sampled_from(PURPOSES),
}


TEMPLATES = (
    LAWFUL,
    replace(LAWFUL, gateway="cda_s115"),
    replace(LAWFUL, gateway="cda_s17a", purpose="csp.plan"),
    replace(LAWFUL, gateway="nhs_istv", supplier="nhs_trust", health=True),
    replace(LAWFUL, gateway="anonymised_statistics", recipient="vcs"),
    replace(LAWFUL, gateway="public_domain", data_class="public", said_class="public", profile="open"),
    replace(LAWFUL, gateway="pcsc_s17", recipient="local_policing_body", purpose="lpb.monitor", form="read_clear"),
)
"""Lawful by each gateway (but for s.17, which has no lawful table)."""


@st.composite
def drawings(draw: st.DrawFn) -> Drawn:
    """Anything; or, mostly, a lawful agreement with one or two things changed: there a hole in the floor would show."""
    few = st.lists(st.sampled_from(sorted(CHOICES)), min_size=1, max_size=2, unique=True)
    changed = draw(st.sampled_from([True, True, True, False]))
    names = draw(few) if changed else sorted(CHOICES)
    return replace(draw(st.sampled_from(TEMPLATES)), **{name: draw(CHOICES[name]) for name in names})


class Schemas:
    """The one dataset of the drawing."""

    schema: DatasetSchema

    def get(self, dataset: str, _version: str = "") -> DatasetSchema:
        if dataset != DATASET:
            raise NotFound("no such schema")
        return self.schema


class Bench:
    """A hub whose one agreement is replaced for each drawing."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FrozenClock(datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
        self.schemas, self.directory = Schemas(), Directory({})
        self.policy = Policy(
            database=database,
            agreements=Agreements(clock=self.clock),
            schemas=self.schemas,
            directory=self.directory,
            clock=self.clock,
            library=the_library(),
        )

    def put_in_force(self, drawn: Drawn) -> None:
        self.directory.agencies = {
            "supplier": drawn.supplier,
            "recipient": drawn.recipient,
            "operator": "hub_operator",
        }
        self.schemas.schema = a_schema(drawn)
        document = a_document_of(drawn)
        reader = Reader(agency="operator", person="per_nobody")
        with self.database.unit_of_work() as uow:
            for table in ("agreement_document", "agreement_event"):
                uow.connection.execute(sqlalchemy.text(f"DELETE FROM {table}"))
            agreement_store.add_document(
                uow, agreement_store.StoredDocument("drawn", 1, sha256_hex(document.encode()), document)
            )
            agreement_store.add_event(
                uow,
                AgreementEvent(0, "drawn", 1, "came-into-force", Status.IN_FORCE, "operator", "", "", self.clock.now()),
            )
            record(
                uow,
                Entry(
                    at=self.clock.now(),
                    verb=Verb.POLICY,
                    action="test",
                    outcome="done",
                    reader=reader,
                    subject="agreement/drawn@1",
                ),
            )


def a_schema(drawn: Drawn) -> DatasetSchema:
    fields = [("day", "Q"), ("ward", "P"), ("kind", "S")] + ([("name", "D")] if drawn.identifies else [])
    return DatasetSchema(
        id=DATASET,
        version="1.0.0",
        title="drawn",
        description="",
        agency_kinds=tuple(AGENCY_KINDS),
        data_class=drawn.data_class,
        health=drawn.health,
        fields=tuple(Field(name=name, type="string", title=name, sensitivity=said) for name, said in fields),
        refused=(),
        key=(),
        event_times=("day",),
        place=PlaceSpec("lsoa-code", ("ward",)),
        kind="kind",
        counting_basis="crimes",
        cadence="monthly",
    )


def a_document_of(drawn: Drawn) -> str:
    clause = {
        "dataset": DATASET,
        "supplier": "supplier",
        "data_class": drawn.said_class,
        "profile": drawn.profile,
        "fields": drawn.form,
        "recipients": ["recipient", "supplier", "operator"],
    }
    own = clause | {"fields": "read_clear", "recipients": ["supplier"]}
    return yaml.safe_dump(
        {
            "agreement": "drawn",
            "version": 1,
            "title": "drawn",
            "gateway": drawn.gateway,
            "purposes": list(drawn.purposes),
            "lawful_basis": "drawn",
            "starts_on": date(2026, 1, 1),
            "expires_on": date(2027, 1, 1),
            "parties": [
                {"agency": "supplier", "role": "controller"},
                {"agency": "recipient", "role": "recipient", "lead": True},
                {"agency": "operator", "role": "processor"},
            ],
            "datasets": [clause, own] if drawn.own_rows_too else [clause],
            "lawyer": {"must_confirm": [], "as_of": date(2026, 4, 7)},
        }
    )


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    database = a_database(tmp_path_factory.mktemp("floor"))
    yield Bench(database)
    database.close()


def has_permit(bench: Bench, reader: Reader, action: Action, purpose: str) -> bool:
    with contextlib.suppress(NotPermitted, NotFound), bench.database.unit_of_work() as uow:
        return bench.policy.permit(uow, reader, action, DATASET, purpose=purpose) is not None
    return False


def has_grant(bench: Bench, reader: Reader, purpose: str) -> bool:
    with contextlib.suppress(NotPermitted, NotFound), bench.database.unit_of_work() as uow:
        grant = bench.policy.grant(uow, reader, [DATASET], purpose=purpose, justification="try")
        return DATASET in grant.datasets
    return False


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(drawn=drawings())
def test_p2_no_agreement_and_no_role_relaxes_the_floor(bench: Bench, drawn: Drawn) -> None:
    bench.put_in_force(drawn)
    reader = Reader(agency=drawn.asks, person="per_1", roles=drawn.roles)
    if floor_forbids(drawn, rows=False):
        assert not has_permit(bench, reader, Action.VIEW_READ, drawn.purpose)
    if floor_forbids(drawn, rows=True):
        assert not has_permit(bench, reader, Action.DATASET_READ_ROWS, drawn.purpose)
        assert not has_grant(bench, reader, drawn.purpose)
    if drawn.is_health and drawn.personal:
        assert not has_permit(bench, reader, Action.SUBMISSION_CREATE, "")
        for task in ("snapshot-build", "intake-check", "retention"):
            assert not has_grant(bench, Reader(agency="", task=task), "")


def test_where_the_floor_does_not_forbid_the_agreement_does_give(bench: Bench) -> None:
    """So that the property can fail: the bench is not simply closed."""
    bench.put_in_force(LAWFUL)
    council = Reader(agency="recipient", person="per_1", roles=frozenset({"analyst"}))
    police = Reader(agency="supplier", person="per_2", roles=frozenset({"analyst"}))
    assert not floor_forbids(LAWFUL, rows=False)
    assert has_permit(bench, council, Action.VIEW_READ, LAWFUL.purpose)
    assert has_grant(bench, police, LAWFUL.purpose)
    assert has_grant(bench, Reader(agency="", task="snapshot-build"), "")
    assert not has_grant(bench, council, LAWFUL.purpose)
    for form in ("read_clear", "read_generalised"):
        rows = replace(LAWFUL, form=form)
        bench.put_in_force(rows)
        assert not floor_forbids(rows, rows=True)
        assert has_grant(bench, council, LAWFUL.purpose)

"""Everything a decision looks at, parsed once for each version of the agreements: Cedar entities, clauses, agencies."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import cedarpy

from hub.agreements.model import SIGNING, Agreement, PartyRole, Standing, Status, Term
from hub.kit.authority import Reader
from hub.policy.library import PolicyLibrary
from hub.policy.model import Kind
from hub.schemas.model import DATA_CLASSES, DatasetSchema

NOBODY = ""
"""The agency of a task that acts for every supplier."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_READERS_KEPT = 512


@dataclass(frozen=True, slots=True)
class Clause:
    """One term of one agreement, with the schema it speaks of (None: no schema is agreed, so nothing of it can be decided)."""

    agreement: Agreement
    term: Term
    schema: DatasetSchema | None

    @property
    def uid(self) -> str:
        """Its name in Cedar and, for people, in an explanation."""
        return clause_name(self.agreement, self.term)


def clause_name(agreement: Agreement, term: Term) -> str:
    """Such as `ravensbourne-street-crime@1 datasets[0]`: the place in the document."""
    return f"{agreement.reference} datasets[{term.number}]"


@dataclass(frozen=True, slots=True)
class Body:
    """An agency as the policy knows it."""

    id: str
    kind: str
    name: str


@dataclass(slots=True)
class World:
    """Agreements, schemas and agencies at one version. Immutable but for what it remembers: readers, answers."""

    version: str
    agreements: tuple[Agreement, ...]
    clauses: tuple[Clause, ...]
    bodies: Mapping[str, Body]
    entities: cedarpy.Entities
    answers: dict[Hashable, tuple[object, datetime, datetime | None]] = field(default_factory=dict)
    _readers: dict[tuple[str, frozenset[str], str], tuple[str, cedarpy.Entities]] = field(default_factory=dict)

    def of_dataset(self, dataset: str) -> tuple[Clause, ...]:
        """The clauses about a dataset, drafts and ended ones included."""
        return tuple(clause for clause in self.clauses if clause.term.dataset == dataset)

    def leads(self, agency: str, at: datetime) -> bool:
        """Whether an agreement in force names the agency as lead of the partnership."""
        return any(one.lead == agency and one.standing(at) is Standing.IN_FORCE for one in self.agreements)

    def next_change(self, at: datetime) -> datetime | None:
        """When the next agreement starts or expires after `at`: until then, and while the version stays, decisions stay."""
        moments = [
            moment
            for one in self.agreements
            if one.status is Status.IN_FORCE
            for moment in (one.starts_at, one.expires_at)
            if moment > at
        ]
        return min(moments, default=None)

    def seen_by(self, library: PolicyLibrary, reader: Reader, body: Body) -> tuple[str, cedarpy.Entities]:
        """The reader's name in Cedar and the entities with the reader among them, kept for the next question."""
        key = (body.id, reader.roles, reader.task)
        known = self._readers.get(key)
        if known is None:
            if len(self._readers) >= _READERS_KEPT:
                self._readers.clear()
            name = json.dumps([body.id, sorted(reader.roles), reader.task])
            added = [] if body.id in self.bodies else [agency_entity(library, body)]
            added.append(
                _entity(
                    "Reader",
                    name,
                    {
                        "agency": _ref("Agency", body.id),
                        "kind": body.kind,
                        "kindKnown": body.kind in library.kinds,
                        "task": reader.task,
                    },
                    parents=[("Role", role) for role in sorted(reader.roles)],
                )
            )
            known = (name, self.entities.with_added_json_str(json.dumps(added)))
            self._readers[key] = known
        return known


def build_world(
    library: PolicyLibrary,
    *,
    version: str,
    agreements: tuple[Agreement, ...],
    schemas: Mapping[str, DatasetSchema],
    bodies: Mapping[str, Body],
) -> World:
    """Parse agreements into Cedar entities. `schemas` and `bodies` hold what is known of what the agreements name."""
    clauses = tuple(
        Clause(agreement, term, schemas.get(term.dataset)) for agreement in agreements for term in agreement.terms
    )
    everybody = {NOBODY: Body(NOBODY, "", "")} | {
        agency: bodies.get(agency, Body(agency, "", agency)) for one in agreements for agency in one.agencies()
    }
    entities = [
        *(_gateway(library, name) for name in {*library.gateways, *(one.gateway for one in agreements)}),
        *(agency_entity(library, body) for body in everybody.values()),
        *_datasets(clauses),
        *(_agreement(one) for one in agreements),
        *(_clause(clause) for clause in clauses),
        _entity("Hub", "hub", {}),
    ]
    parsed = cedarpy.Entities.from_json_str(json.dumps(entities), library.schema)
    return World(version, agreements, clauses, everybody, parsed)


def is_personal(schema: DatasetSchema) -> bool:
    """Whether its rows are personal data: by its class, or by a field that identifies somebody directly."""
    return schema.data_class in ("pseudonymised_record", "personal") or any(
        one.sensitivity == "D" for one in schema.fields
    )


def data_class(term: Term, schema: DatasetSchema | None) -> str:
    """The nearer to persons of what the schema and the clause say; an unknown class counts as personal."""
    ranks = {name: rank for rank, name in enumerate(DATA_CLASSES)}
    said = [term.data_class] + ([schema.data_class] if schema else [])
    return DATA_CLASSES[max(ranks.get(name, len(DATA_CLASSES) - 1) for name in said)]


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def agency_entity(library: PolicyLibrary, body: Body) -> dict[str, Any]:
    """An agency as Cedar sees it."""
    kind = library.kinds.get(body.kind, Kind("", ""))
    return _entity(
        "Agency",
        body.id,
        {
            "kind": body.kind,
            "kindKnown": body.kind in library.kinds,
            "health": kind.health,
            "healthOrSocialCare": kind.health_or_social_care,
        },
    )


def _gateway(library: PolicyLibrary, name: str) -> dict[str, Any]:
    """A gateway; one that nobody knows lets nothing through."""
    known = library.gateways.get(name)
    return _entity(
        "Gateway",
        name,
        {
            "known": known is not None,
            "disclosers": sorted(known.disclosers) if known else [],
            "recipients": sorted(known.recipients) if known else [],
            "purposes": sorted(known.purposes) if known else [],
            "dataClasses": sorted(known.data_classes) if known else [],
            "rowClasses": sorted(known.row_classes) if known else [],
            "profiles": sorted(known.profiles) if known else [],
        },
    )


def _datasets(clauses: Iterable[Clause]) -> list[dict[str, Any]]:
    """The datasets named by clauses; one without an agreed schema is not known, and the floor lets nothing through."""
    schemas: dict[str, DatasetSchema | None] = {}
    for clause in clauses:
        for other in clause.term.combine_with:
            schemas.setdefault(other, None)
        schemas[clause.term.dataset] = clause.schema
    return [
        _entity(
            "Dataset",
            name,
            {
                "known": schema is not None,
                "health": schema is not None and schema.health,
                "personal": schema is not None and is_personal(schema),
            },
        )
        for name, schema in schemas.items()
    ]


def _agreement(agreement: Agreement) -> dict[str, Any]:
    return _entity(
        "Agreement",
        agreement.reference,
        {
            "status": agreement.status.value,
            "starts": microseconds(agreement.starts_at),
            "expires": microseconds(agreement.expires_at),
            "gateway": _ref("Gateway", agreement.gateway),
            "parties": [_ref("Agency", agency) for agency in agreement.agencies()],
            "controllers": [_ref("Agency", agency) for agency in agreement.agencies(PartyRole.CONTROLLER)],
            "signers": [_ref("Agency", agency) for agency in agreement.agencies(*SIGNING)],
            "author": agreement.author,
            "authorAgency": _ref("Agency", agreement.author_agency),
        },
    )


def _clause(clause: Clause) -> dict[str, Any]:
    term = clause.term
    return _entity(
        "Term",
        clause.uid,
        {
            "agreement": _ref("Agreement", clause.agreement.reference),
            "dataset": _ref("Dataset", term.dataset),
            "supplier": _ref("Agency", term.supplier),
            "recipients": [_ref("Agency", agency) for agency in term.recipients],
            "purposes": list(term.purposes),
            "forms": sorted({form.value for form in term.forms.values()}),
            "dataClass": data_class(term, clause.schema),
            "profile": term.profile,
            "combineWith": [_ref("Dataset", other) for other in term.combine_with],
        },
    )


def _entity(
    kind: str, name: str, attributes: Mapping[str, Any], *, parents: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": name},
        "attrs": dict(attributes),
        "parents": [{"type": parent, "id": parent_id} for parent, parent_id in parents],
    }


def _ref(kind: str, name: str) -> dict[str, Any]:
    return {"__entity": {"type": kind, "id": name}}

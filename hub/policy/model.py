"""The values of the policy room: what was decided and why. Pure; nothing here decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from hub.agreements.model import Reason
from hub.db import Reading, UnitOfWork
from hub.kit.authority import Form
from hub.kit.clock import stamp
from hub.schemas.model import DatasetSchema


class AgencyDirectory(Protocol):
    """What the policy needs to know of agencies; the identity room knows it."""

    def kind_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        """The kind of an agency; NotFound when the hub does not know it."""
        ...

    def name_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        """Its name for people; NotFound when the hub does not know it."""
        ...

    def facilitator_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        """The id of the person it nominated to facilitate sharing (SI 2007/1830 reg 4(3)); empty when nobody stands."""
        ...


class SchemaLookup(Protocol):
    """What the policy needs to know of agreed schemas; `hub.schemas.SchemaRegistry` is one."""

    def get(self, dataset: str, version: str = "") -> DatasetSchema:
        """The agreed schema of a dataset; NotFound when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of agency. `health`: its rows can be patient information; `health_or_social_care`: s.16(4)(b) speaks of it."""

    id: str
    title: str
    health: bool = False
    health_or_social_care: bool = False


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data may be used. `tasks` are the hub's own tasks that have this purpose without an agreement listing it."""

    id: str
    title: str
    section: str
    family: str
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A legal power: who may disclose to whom, why, what, under which disclosure profiles. Kinds are written out, never `any`.

    `row_classes`: the data classes in which rows may reach another agency by it; none means counts only.
    """

    id: str
    title: str
    section: str
    disclosers: frozenset[str]
    recipients: frozenset[str]
    purposes: frozenset[str]
    data_classes: frozenset[str]
    row_classes: frozenset[str]
    profiles: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClosedList:
    """A statutory list of kinds as read on `as_of`; `lawyer_must_confirm` says what of it a deployment's lawyer has to check."""

    id: str
    section: str
    kinds: tuple[str, ...]
    as_of: str
    lawyer_must_confirm: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no to one question, with everything that made it so.

    `policies` are the ids of the deciding policies: permits of a yes, forbids of a no. `reasons` are sentences, for a no.
    `agreements` are those that a yes rests on. `party`: whether the asker may know that the thing exists. `expires_at`: when the
    agreements that a yes rests on no longer carry it; None when it rests on none.
    """

    permitted: bool
    reasons: tuple[Reason, ...] = ()
    policies: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    expires_at: datetime | None = None
    party: bool = True

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, each once."""
        return tuple(dict.fromkeys(reason.code for reason in self.reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Rows that a reader may read for a purpose: of one dataset and supplier, under one agreement, each field in its form.

    `agreement` is such as `duty@2`; `expires_at` when it no longer carries them. `clauses` agreed each field's form, `policies`
    permit it.
    """

    dataset: str
    supplier: str
    agreement: str
    profile: str
    fields: Mapping[str, Form]
    clauses: Mapping[str, tuple[str, ...]]
    policies: Mapping[str, tuple[str, ...]]
    expires_at: datetime

    @property
    def agreement_id(self) -> str:
        """The agreement whatever its version: what pseudonyms are keyed by, so that renewal keeps them."""
        return self.agreement.rpartition("@")[0]

    def as_json(self) -> dict[str, Any]:
        """The opening as plain values."""
        return {
            "supplier": self.supplier,
            "agreement": self.agreement,
            "fields": {name: form.value for name, form in self.fields.items()},
            "expires_at": stamp(self.expires_at),
        }


@dataclass(frozen=True, slots=True)
class FieldExplanation:
    """What a reader gets of one field, and why not more.

    `form` is the most revealing one permitted, None for nothing. `policies` permit it; `clauses` (such as `id@1 datasets[0]`)
    agreed it; `floor` are the floor rules that stop a more revealing form; `reasons` say in words why there is not more.
    """

    field: str
    form: Form | None
    policies: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    floor: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    expires_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The field as plain values."""
        return {
            "field": self.field,
            "form": self.form.value if self.form else "none",
            "policies": list(self.policies),
            "clauses": list(self.clauses),
            "floor": list(self.floor),
            "reasons": [_reason(reason) for reason in self.reasons],
            "expires_at": stamp(self.expires_at) if self.expires_at else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Agreements over one dataset of one supplier that say different things and both stand: which, of what, and what the hub does.

    `field` is the element of the agreement's document: `keep_returned_days`, `recheck_days`, `part_accept`, `due_working_days`,
    `fields` or `expires_on`.
    """

    field: str
    dataset: str
    supplier: str
    agreements: tuple[str, ...]
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """The difference as plain values."""
        return {
            "field": self.field,
            "dataset": self.dataset,
            "supplier": self.supplier,
            "agreements": list(self.agreements),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Who sees what of one dataset for one purpose, field by field, at one moment, under one version of policy and agreements.

    `rows`: what pages, API, downloads and commands show of its rows, one opening for each supplier and agreement.
    `differences`: where the agreements in force that name the agency say different things of the dataset.
    """

    agency: str
    roles: tuple[str, ...]
    dataset: str
    purpose: str
    at: datetime
    profile: str
    fields: tuple[FieldExplanation, ...]
    rows: tuple[Opening, ...]
    table: Decision
    policy_hash: str
    agreements_version: str
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The explanation as plain values: `hub explain --json`."""
        return {
            "agency": self.agency,
            "roles": list(self.roles),
            "dataset": self.dataset,
            "purpose": self.purpose,
            "at": stamp(self.at),
            "profile": self.profile,
            "tables": {
                "permitted": self.table.permitted,
                "policies": list(self.table.policies),
                "agreements": list(self.table.agreements),
                "reasons": [_reason(reason) for reason in self.table.reasons],
                "expires_at": stamp(self.table.expires_at) if self.table.expires_at else None,
            },
            "fields": [field.as_json() for field in self.fields],
            "rows": [opening.as_json() for opening in self.rows],
            "differences": [one.as_json() for one in self.differences],
            "policy_hash": self.policy_hash,
            "agreements_version": self.agreements_version,
        }


def _reason(reason: Reason) -> Mapping[str, Any]:
    return {
        "code": reason.code,
        "sentence": reason.sentence,
        "section": reason.section,
        "bodies": list(reason.bodies),
    }

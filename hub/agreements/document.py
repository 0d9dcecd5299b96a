"""From the YAML that people write to an Agreement, and nothing guessed on the way."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from hub.agreements.model import ALL_FIELDS, Agreement, LawyerMark, Party, PartyRole, Term
from hub.definitions import Document, read_strictly
from hub.kit.authority import Form
from hub.kit.canonical import sha256_hex
from hub.kit.words import say

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
DatasetId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]+$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class _Party(Document):
    agency: Slug
    role: str
    lead: bool = False

    @field_validator("role")
    @classmethod
    def _known_role(cls, role: str) -> str:
        if role not in list(PartyRole):
            raise ValueError(say("agreements.unknown-party-role", role=role, known=", ".join(PartyRole)))
        return role


class _Term(Document):
    dataset: DatasetId
    supplier: Slug
    data_class: Code
    profile: Code
    fields: str | dict[str, str]
    recipients: list[Slug] = Field(default_factory=list)
    purposes: list[Code] = Field(default_factory=list)
    combine_with: list[DatasetId] = Field(default_factory=list)
    withheld: list[str] = Field(default_factory=list)
    part_accept: bool = False
    keep_returned_days: int = Field(default=30, ge=0, le=365)
    recheck_days: int = Field(default=30, ge=0, le=365)
    due_working_days: int | None = Field(default=None, ge=1, le=120)

    @field_validator("fields")
    @classmethod
    def _known_forms(cls, fields: str | dict[str, str]) -> str | dict[str, str]:
        said = [fields] if isinstance(fields, str) else list(fields.values())
        for form in said:
            if form not in list(Form):
                raise ValueError(say("agreements.unknown-form", form=form, known=", ".join(Form)))
        if not said:
            raise ValueError(say("agreements.no-fields"))
        return fields

    @property
    def forms(self) -> dict[str, Form]:
        if isinstance(self.fields, str):
            return {ALL_FIELDS: Form(self.fields)}
        return {name: Form(form) for name, form in self.fields.items()}


class _Lawyer(Document):
    must_confirm: list[Text]
    as_of: date
    confirmed_on: date | None = None
    confirmed_by: str = ""


class _Agreement(Document):
    agreement: Slug
    version: int = Field(ge=1)
    title: Text
    gateway: Code
    purposes: list[Code] = Field(min_length=1)
    lawful_basis: Text
    dpia: str = ""
    starts_on: date
    expires_on: date
    parties: list[_Party] = Field(min_length=2)
    datasets: list[_Term] = Field(min_length=1)
    lawyer: _Lawyer

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> _Agreement:
        if self.expires_on < self.starts_on:
            raise ValueError(say("agreements.ends-before-it-starts"))
        named = [party.agency for party in self.parties]
        for agency in named:
            if named.count(agency) > 1:
                raise ValueError(say("agreements.party-twice", agency=agency))
        if sum(party.lead for party in self.parties) > 1:
            raise ValueError(say("agreements.two-leads"))
        for number, term in enumerate(self.datasets):
            for agency in (term.supplier, *term.recipients):
                if agency not in named:
                    raise ValueError(say("agreements.no-party", agency=agency, number=number))
            for purpose in term.purposes:
                if purpose not in self.purposes:
                    raise ValueError(say("agreements.purpose-not-agreed", purpose=purpose, number=number))
        return self


def read_agreement(document: str) -> Agreement:
    """The draft that a YAML document says. Invalid (`bad-document`, `not-yaml`) names each mistake, its place and its mending."""
    read = read_strictly(_Agreement, document, what=say("agreements.what"))
    return Agreement(
        id=read.agreement,
        version=read.version,
        title=read.title,
        parties=tuple(Party(party.agency, PartyRole(party.role), party.lead) for party in read.parties),
        gateway=read.gateway,
        purposes=tuple(read.purposes),
        terms=tuple(_term(number, term, read) for number, term in enumerate(read.datasets)),
        starts_on=read.starts_on,
        expires_on=read.expires_on,
        lawful_basis=read.lawful_basis,
        lawyer=LawyerMark(
            tuple(read.lawyer.must_confirm), read.lawyer.as_of, read.lawyer.confirmed_on, read.lawyer.confirmed_by
        ),
        dpia=read.dpia,
        document=document,
        sha256=sha256_hex(document.encode()),
    )


def _term(number: int, term: _Term, agreement: _Agreement) -> Term:
    return Term(
        number=number,
        dataset=term.dataset,
        supplier=term.supplier,
        data_class=term.data_class,
        profile=term.profile,
        forms=term.forms,
        recipients=tuple(dict.fromkeys(term.recipients)),
        purposes=tuple(term.purposes or agreement.purposes),
        combine_with=tuple(dict.fromkeys(term.combine_with)),
        withheld=tuple(dict.fromkeys(term.withheld)),
        part_accept=term.part_accept,
        keep_returned_days=term.keep_returned_days,
        recheck_days=term.recheck_days,
        due_working_days=term.due_working_days,
    )

"""Decision tables: `policies/cases/*.yaml` say what is asked and what must come out; they run as tests and in `hub policy check`.

A table gives agencies with their kinds, agreements (tedious keys filled in, then read by the real parser), now and then a made-up
dataset, and cases. A case either *proposes* an agreement beside others, or *asks* something while agreements are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field as Default

from hub.agreements import Agreement, Reason, Status, read_agreement
from hub.definitions import Document, read_strictly
from hub.geography.model import PlaceSpec
from hub.kit.authority import Action, Form, Reader
from hub.kit.errors import HubError, Invalid, NotFound
from hub.kit.words import say
from hub.policy.judge import Asker
from hub.policy.library import PolicyLibrary
from hub.policy.model import Decision, SchemaLookup
from hub.policy.openings import Openings
from hub.policy.proposals import Proposals
from hub.policy.questions import Questions
from hub.policy.world import NOBODY, Body, World, build_world
from hub.schemas.model import Code, CodeList, DatasetSchema, Field

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class _Field(Document):
    type: str = "string"
    sensitivity: str = "P"
    role: str = ""
    groups: dict[str, str] = Default(default_factory=dict)
    free_text: bool = False


class _Dataset(Document):
    health: bool = False
    data_class: str = "anonymised_record"
    supplied_by: list[str]
    fields: dict[str, str | _Field]
    when: str
    where: str | list[str] = ""
    place: str = "lsoa-code"
    kind: str = ""
    key: list[str] = Default(default_factory=list)


class _Ask(Document):
    agency: str = ""
    roles: list[str] = Default(default_factory=list)
    task: str = ""
    action: str = ""
    resource: str = ""
    table: str = ""
    by: list[str] = Default(default_factory=list)
    suppliers: list[str] | None = None
    rows: list[str] = Default(default_factory=list)
    form: str = Form.READ_CLEAR.value
    purpose: str = ""


class _Case(Document):
    it: str
    propose: str = ""
    change: dict[str, Any] = Default(default_factory=dict)
    beside: list[str] = Default(default_factory=list)
    given: list[str] | None = None
    at: datetime = NOW
    ask: _Ask | None = None
    expect: Literal["accepted", "permitted", "refused", "hidden"]
    because: list[str] = Default(default_factory=list)
    section: str = ""
    naming: list[str] = Default(default_factory=list)
    shows: list[dict[str, str]] | None = None


class _Table(Document):
    about: str
    agencies: dict[str, str]
    datasets: dict[str, _Dataset] = Default(default_factory=dict)
    agreements: dict[str, dict[str, Any]]
    given: list[str] = Default(default_factory=list)
    cases: list[_Case]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of one table: what was expected, what came out; `passed` when they are the same."""

    table: str
    it: str
    expected: str
    got: str
    reasons: tuple[Reason, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the policy did what the table says."""
        return self.expected == self.got


def run_cases(library: PolicyLibrary, schemas: SchemaLookup, folder: Path | None = None) -> tuple[CaseResult, ...]:
    """Run every decision table in `folder` (default: `cases` beside the policies)."""
    paths = sorted((folder or library.folder / "cases").glob("*.yaml"))
    return tuple(result for path in paths for result in _Runner(library, schemas, path).results())


class _Runner:
    """Runs one table."""

    def __init__(self, library: PolicyLibrary, schemas: SchemaLookup, path: Path) -> None:
        self._library = library
        self._schemas = schemas
        self._questions = Questions(library)
        self._openings = Openings(self._questions)
        self._proposals = Proposals(library)
        self._name = path.stem
        self._table = read_strictly(
            _Table, path.read_text(encoding="utf-8"), what=f"{say('policy.cases.what')} {path.name}"
        )
        self._bodies = {
            agency: Body(agency, kind, agency.replace("-", " ").title())
            for agency, kind in self._table.agencies.items()
        }

    def results(self) -> Iterator[CaseResult]:
        for case in self._table.cases:
            decision = self._proposed(case) if case.propose else self._asked(case)
            shown = "" if case.shows is None else _forms(self._shown(case))
            yield CaseResult(
                table=self._name,
                it=case.it,
                expected=_said(case.expect, case.because, case.section, case.naming) + _forms(case.shows or []),
                got=_said(
                    _outcome(decision, case),
                    [reason.code for reason in decision.reasons] if not decision.permitted else [],
                    case.section if any(case.section in reason.section for reason in decision.reasons) else "",
                    [one for one in case.naming if any(one in reason.bodies for reason in decision.reasons)],
                )
                + shown,
                reasons=decision.reasons,
            )

    def _proposed(self, case: _Case) -> Decision:
        try:
            draft = self._agreement(case.propose, case.change)
        except HubError as error:
            return Decision(False, (Reason(error.code, error.title),))
        others = tuple(self._in_force(name) for name in case.beside)
        named = (draft, *others)
        reasons = self._proposals.objections(
            draft, others, schemas=self._named_schemas(named), bodies=self._bodies, at=case.at
        )
        return Decision(not reasons, reasons)

    def _asked(self, case: _Case) -> Decision:
        if case.ask is None:
            raise Invalid(f"{self._name}: {case.it}: nothing is proposed and nothing asked", code="bad-case")
        ask, asker, world = case.ask, self._asker(case.ask), self._world(case)
        if ask.table:
            return self._questions.table(
                world,
                asker,
                ask.table,
                purpose=ask.purpose,
                dimensions=frozenset(ask.by),
                suppliers=None if ask.suppliers is None else frozenset(ask.suppliers),
                at=case.at,
            ).decision
        if ask.rows:
            together = frozenset(ask.rows) if ask.task else frozenset()
            decisions = [
                self._questions.rows(
                    world, asker, dataset, form=Form(ask.form), purpose=ask.purpose, together=together, at=case.at
                ).decision
                for dataset in ask.rows
            ]
            return next((one for one in decisions if not one.permitted), decisions[0])
        return self._questions.decide(world, asker, Action(ask.action), ask.resource, purpose=ask.purpose, at=case.at)

    def _shown(self, case: _Case) -> list[Mapping[str, str]]:
        """The forms in which each opening of the rows asked for shows its fields."""
        ask, world = case.ask, self._world(case)
        if ask is None or not ask.rows:
            raise Invalid(f"{self._name}: {case.it}: no rows are asked for", code="bad-case")
        asker = self._asker(ask)
        schemas = {clause.schema for clause in world.of_dataset(ask.rows[0]) if clause.schema}
        return [
            {name: form.value for name, form in one.fields.items()}
            for schema in schemas
            for one in self._openings.of(world, asker, schema, purpose=ask.purpose, at=case.at).openings
        ]

    def _world(self, case: _Case) -> World:
        given = tuple(self._in_force(name) for name in (self._table.given if case.given is None else case.given))
        return build_world(
            self._library, version="", agreements=given, schemas=self._named_schemas(given), bodies=self._bodies
        )

    def _asker(self, ask: _Ask) -> Asker | None:
        person = "" if ask.task else f"per_{ask.agency}"
        reader = Reader(agency=ask.agency, person=person, roles=frozenset(ask.roles), task=ask.task)
        if ask.task and not ask.agency:
            return Asker(reader, Body(NOBODY, "", ""))
        body = self._bodies.get(ask.agency)
        return Asker(reader, body) if body else None

    def _agreement(self, name: str, change: Mapping[str, Any]) -> Agreement:
        said = dict(self._table.agreements[name]) | dict(change)
        said.pop("status", None)
        return read_agreement(yaml.safe_dump(_filled(name, said)))

    def _in_force(self, name: str) -> Agreement:
        """An agreement as given, without asking whether it is lawful: the floor must hold at each request, too."""
        status = Status(self._table.agreements[name].get("status", Status.IN_FORCE.value))
        return replace(
            self._agreement(name, {}), status=status, has_been_in_force=status is not Status.DRAFT, author="per_author"
        )

    def _named_schemas(self, agreements: Sequence[Agreement]) -> dict[str, DatasetSchema]:
        found: dict[str, DatasetSchema] = {}
        for dataset in {term.dataset for one in agreements for term in one.terms}:
            if dataset in self._table.datasets:
                found[dataset] = _made_up(dataset, self._table.datasets[dataset])
                continue
            try:
                found[dataset] = self._schemas.get(dataset)
            except NotFound:
                continue
        return found


def _filled(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """The keys that no case is about, filled in."""
    parties = [
        {"agency": agency, "role": role.removesuffix(" lead"), "lead": role.endswith(" lead")}
        for agency, role in said.pop("parties").items()
    ]
    datasets = [
        {"data_class": "anonymised_record", "profile": "nhs_hes", "fields": "count"} | clause
        for clause in said.pop("datasets")
    ]
    return {
        "agreement": name,
        "version": 1,
        "title": name,
        "purposes": ["svd.identify_kinds"],
        "lawful_basis": "UK GDPR Art. 6(1)(e)",
        "starts_on": NOW.date().replace(year=2020),
        "expires_on": NOW.date().replace(year=2030),
        "parties": parties,
        "datasets": datasets,
        "lawyer": {"must_confirm": [], "as_of": NOW.date()},
    } | said


def _made_up_field(name: str, said: _Field) -> Field:
    codes = tuple(Code(code=code, title=code, group=group) for code, group in said.groups.items())
    return Field(
        name=name,
        type=said.type,
        title=name,
        sensitivity=said.sensitivity,
        role=said.role,
        free_text=said.free_text,
        codes=CodeList(id=name, title=name, source="made up", codes=codes) if codes else None,
    )


def _made_up(name: str, said: _Dataset) -> DatasetSchema:
    where = [said.where] if isinstance(said.where, str) and said.where else said.where
    return DatasetSchema(
        id=name,
        version="1.0.0",
        title=name,
        description="",
        agency_kinds=tuple(said.supplied_by),
        data_class=said.data_class,
        health=said.health,
        fields=tuple(
            _made_up_field(field, _Field(sensitivity=kind) if isinstance(kind, str) else kind)
            for field, kind in said.fields.items()
        ),
        refused=(),
        key=tuple(said.key),
        event_times=(said.when,),
        place=PlaceSpec(said.place, tuple(where)) if where else PlaceSpec("none"),
        kind=said.kind,
        counting_basis="crimes",
        cadence="monthly",
    )


def _outcome(decision: Decision, case: _Case) -> str:
    if decision.permitted:
        return "accepted" if case.propose else "permitted"
    return "refused" if decision.party else "hidden"


def _forms(openings: Sequence[Mapping[str, str]]) -> str:
    """Openings in words, in an order of their own."""
    said = (", ".join(f"{name} {form}" for name, form in sorted(one.items())) for one in openings)
    return "".join(f"; showing {one}" for one in sorted(said))


def _said(outcome: str, codes: Sequence[str], section: str, naming: Sequence[str]) -> str:
    parts = [outcome]
    if codes:
        parts.append(f"because {', '.join(sorted(set(codes)))}")
    if section:
        parts.append(f"by {section}")
    if naming:
        parts.append(f"naming {', '.join(sorted(naming))}")
    return "; ".join(parts)

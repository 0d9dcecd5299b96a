"""Who would see what a supplier sends: for each other agency the rows and counts that agreements in force give it now.

Asked of the same rules as a real request, for somebody of that agency with every role that reads data: the most that any person
of it could get. Only the supplier's own clauses are looked at, so its agency learns nothing that its agreements do not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.agreements.model import Standing
from hub.kit.authority import Form, Reader
from hub.kit.clock import stamp
from hub.policy.decisions import PUBLIC, Outcome
from hub.policy.judge import Asker
from hub.policy.model import Opening
from hub.policy.openings import Openings
from hub.policy.questions import Questions
from hub.policy.world import Body, Clause, World
from hub.schemas.model import DatasetSchema

READING_ROLES = frozenset({"analyst", "lpb_monitor", "strategic_lead"})
"""The roles through which rows or counts of another agency reach a person."""

ANYBODY = ""
"""The recipient that stands for everybody, where a gateway is public."""

_ANYBODYS_KIND = "vcs"


@dataclass(frozen=True, slots=True)
class RowsSeen:
    """Rows that an agency would get under one agreement, for these purposes."""

    opening: Opening
    purposes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**self.opening.as_json(), "purposes": list(self.purposes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsSeen:
    """Protected counts that an agency would get for these purposes: by which fields, under which agreements and profile.

    `fields` maps each field that may be counted by to the clauses that agreed it.
    """

    agreements: tuple[str, ...]
    profile: str
    fields: Mapping[str, tuple[str, ...]]
    purposes: tuple[str, ...]
    expires_at: datetime

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "agreements": list(self.agreements),
            "profile": self.profile,
            "fields": list(self.fields),
            "purposes": list(self.purposes),
            "expires_at": stamp(self.expires_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Another party to an agreement in force, and what it would get; neither rows nor counts: nothing. ANYBODY is everybody."""

    agency: str
    name: str
    rows: tuple[RowsSeen, ...]
    counts: tuple[CountsSeen, ...]

    def form_of(self, field: str, opening: Opening | None) -> tuple[Form | None, tuple[str, ...]]:
        """The most revealing form of a field under an opening (None: as counts alone), with the clauses; None: it is withheld."""
        if opening is not None and field in opening.fields:
            return opening.fields[field], opening.clauses[field]
        counted = tuple(dict.fromkeys(uid for one in self.counts for uid in one.fields.get(field, ())))
        return (Form.COUNT if counted else None), counted


@dataclass(frozen=True, slots=True)
class _Sent:
    """What is sent: a supplier's rows of a dataset, for purposes that its agreements name."""

    world: World
    schema: DatasetSchema
    supplier: str
    purposes: tuple[str, ...]
    at: datetime


class Disclosing:
    """Finds recipients."""

    def __init__(self, questions: Questions, openings: Openings) -> None:
        self._questions = questions
        self._openings = openings

    def of(
        self,
        world: World,
        schema: DatasetSchema,
        supplier: str,
        *,
        asker_of: Callable[[str], Asker | None],
        at: datetime,
    ) -> tuple[Recipient, ...]:
        """Every other party to the supplier's agreements in force about the dataset, by name; ANYBODY where it is public."""
        clauses = tuple(
            one
            for one in world.of_dataset(schema.id)
            if one.term.supplier == supplier and one.agreement.standing(at) is Standing.IN_FORCE
        )
        purposes = tuple(dict.fromkeys(purpose for one in clauses for purpose in one.term.purposes))
        sent = _Sent(world, schema, supplier, purposes, at)
        others = {agency for one in clauses for agency in one.agreement.agencies()} - {supplier}
        askers = {agency: asker_of(agency) for agency in others}
        if any(one.agreement.gateway == PUBLIC for one in clauses):
            askers[ANYBODY] = _anybody()
        found = [self._recipient(sent, agency, asker) for agency, asker in askers.items() if asker is not None]
        return tuple(sorted(found, key=lambda one: (one.name, one.agency)))

    def _recipient(self, sent: _Sent, agency: str, asker: Asker) -> Recipient:
        rows: dict[tuple[object, ...], list[tuple[Opening, str]]] = {}
        counts: dict[tuple[str, ...], list[tuple[Outcome, str]]] = {}
        for purpose in sent.purposes:
            for one in self._openings.of(sent.world, asker, sent.schema, purpose=purpose, at=sent.at).openings:
                if one.supplier == sent.supplier:
                    rows.setdefault((one.agreement, *one.fields.items()), []).append((one, purpose))
            table = self._table(sent, asker, purpose, frozenset())
            if table.decision.permitted:
                counts.setdefault(tuple(one.uid for one in table.clauses), []).append((table, purpose))
        return Recipient(
            agency=agency,
            name=asker.body.name,
            rows=tuple(RowsSeen(given[0][0], tuple(purpose for _, purpose in given)) for given in rows.values()),
            counts=tuple(self._counts(sent, asker, given) for given in counts.values()),
        )

    def _counts(self, sent: _Sent, asker: Asker, given: list[tuple[Outcome, str]]) -> CountsSeen:
        """The fields are asked for one purpose: for others under the same clauses the answer is the same."""
        table, purpose = given[0]
        return CountsSeen(
            agreements=table.decision.agreements,
            profile=table.clauses[0].term.profile,
            fields=self._counted(sent, asker, table, purpose),
            purposes=tuple(one for _, one in given),
            expires_at=max(one.agreement.expires_at for one in table.clauses),
        )

    def _counted(self, sent: _Sent, asker: Asker, table: Outcome, purpose: str) -> dict[str, tuple[str, ...]]:
        """The fields that may be counted by. Asked of all at once first: a dimension more can only forbid more."""
        wanted = [name for name in sent.schema.names if _counting(table.clauses, name)]
        whole = self._table(sent, asker, purpose, frozenset(wanted))
        if whole.decision.permitted and whole.clauses == table.clauses:
            return {name: _counting(table.clauses, name) for name in wanted}
        found = {}
        for name in wanted:
            asked = self._table(sent, asker, purpose, frozenset({name}))
            if asked.decision.permitted and (agreed := _counting(asked.clauses, name)):
                found[name] = agreed
        return found

    def _table(self, sent: _Sent, asker: Asker, purpose: str, dimensions: frozenset[str]) -> Outcome:
        return self._questions.table(
            sent.world,
            asker,
            sent.schema.id,
            purpose=purpose,
            dimensions=dimensions,
            suppliers=frozenset({sent.supplier}),
            at=sent.at,
        )


def _counting(clauses: Iterable[Clause], name: str) -> tuple[str, ...]:
    return tuple(one.uid for one in clauses if one.term.form_of(name) is Form.COUNT)


def _anybody() -> Asker:
    """Somebody of an agency that no agreement names."""
    agency = "anybody"
    return Asker(Reader(agency=agency, roles=READING_ROLES), Body(agency, _ANYBODYS_KIND, ANYBODY))

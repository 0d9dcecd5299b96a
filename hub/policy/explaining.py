"""Who sees this field, and why: for each field the most revealing form permitted, what permits it, and what stops more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.agreements.model import Reason
from hub.kit.authority import Form
from hub.policy.decisions import Outcome
from hub.policy.forms import kept_from, why_unfit
from hub.policy.judge import Asker
from hub.policy.library import PolicyLibrary
from hub.policy.model import FieldExplanation, Opening
from hub.policy.openings import Opened, Openings
from hub.policy.questions import Questions
from hub.policy.words import Sentences
from hub.policy.world import Clause, World
from hub.schemas import ROW_FORMS, row_forms
from hub.schemas.model import DatasetSchema, Field

_OF_THE_HUB = {"agreement.case-reference": "floor.case-reference", "agreement.never-shown": "floor.never-shown"}
"""Reasons that hold whatever was agreed."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: who asks about what, and the rows open to them."""

    world: World
    asker: Asker | None
    schema: DatasetSchema
    opened: Opened
    at: datetime

    @property
    def agency(self) -> str:
        """The asker's agency."""
        return self.asker.reader.agency if self.asker is not None else ""

    def kept_by(self, clause: Clause) -> frozenset[str]:
        """The fields that the clause's supplier keeps from the asker."""
        supplier = clause.term.supplier
        return kept_from(self.agency, self.world.of_dataset(self.schema.id), supplier, at=self.at)


class Explaining:
    """Explains one dataset to one reader for one purpose."""

    def __init__(self, library: PolicyLibrary, questions: Questions, openings: Openings) -> None:
        self._questions = questions
        self._openings = openings
        self._sentences = Sentences(library)

    def fields(
        self,
        world: World,
        asker: Asker | None,
        schema: DatasetSchema,
        *,
        purpose: str,
        names: tuple[str, ...],
        at: datetime,
    ) -> tuple[FieldExplanation, ...]:
        """One explanation for each named field, in schema order."""
        asked = _Asked(world, asker, schema, self._openings.of(world, asker, schema, purpose=purpose, at=at), at)
        explained = []
        for field in (one for one in schema.fields if one.name in names):
            counted = self._questions.table(
                world, asker, schema.id, purpose=purpose, dimensions=frozenset({field.name}), at=at
            )
            more = tuple(dict.fromkeys(self._why_not_more(asked, field)))
            explained.append(_explained(field, asked.opened, counted, more))
        return tuple(explained)

    def _why_not_more(self, asked: _Asked, field: Field) -> Iterator[Reason]:
        """Why the field is not clear: what forbids clear rows, or why an agreed form does not reach this field."""
        clear = asked.opened.outcomes[Form.READ_CLEAR]
        if not clear.decision.permitted:
            yield from clear.decision.reasons  # why not the forms between would only repeat it
        for form, outcome in asked.opened.outcomes.items():
            for clause in () if outcome.whole else outcome.clauses:
                if clause.term.form_of(field.name) is not form:
                    continue
                if form not in row_forms(asked.schema, field.name):
                    yield self._unfit(asked, clause, field.name, form)
                elif field.name in asked.kept_by(clause):
                    yield self._of_field(asked, clause, field.name, "agreement.withheld", form)

    def _unfit(self, asked: _Asked, clause: Clause, name: str, form: Form) -> Reason:
        code = why_unfit(asked.schema, name, form)
        if code in _OF_THE_HUB:
            return self._sentences.plain(_OF_THE_HUB[code], section="rule of this hub")
        return self._of_field(asked, clause, name, code, form)

    def _of_field(self, asked: _Asked, clause: Clause, name: str, code: str, form: Form) -> Reason:
        return self._sentences.of_term(
            asked.world,
            clause.agreement,
            clause.term,
            code,
            recipient=asked.agency,
            purpose="",
            named=clause.term.supplier,
            field=name,
            form=self._sentences.form(form),
        )


def _explained(field: Field, opened: Opened, counted: Outcome, more: tuple[Reason, ...]) -> FieldExplanation:
    whole = opened.outcomes[Form.READ_CLEAR]
    if whole.whole:  # the agency's own file, to mend it
        return _of_outcome(field, Form.READ_CLEAR, whole, ())
    for form in ROW_FORMS:
        showing = [one for one in opened.openings if one.fields.get(field.name) is form]
        if showing:
            return _of_openings(field, form, showing, () if form is Form.READ_CLEAR else more)
    if counted.decision.permitted and any(one.term.form_of(field.name) is Form.COUNT for one in counted.clauses):
        return _of_outcome(field, Form.COUNT, counted, more)
    reasons = tuple(dict.fromkeys((*more, *counted.decision.reasons)))
    return FieldExplanation(field.name, None, floor=_floor(reasons), reasons=reasons)


def _of_openings(field: Field, form: Form, showing: list[Opening], more: tuple[Reason, ...]) -> FieldExplanation:
    return FieldExplanation(
        field=field.name,
        form=form,
        policies=tuple(dict.fromkeys(policy for one in showing for policy in one.policies[field.name])),
        clauses=tuple(dict.fromkeys(clause for one in showing for clause in one.clauses[field.name])),
        floor=_floor(more),
        reasons=more,
        expires_at=max(one.expires_at for one in showing),
    )


def _of_outcome(field: Field, form: Form, outcome: Outcome, more: tuple[Reason, ...]) -> FieldExplanation:
    agreed = (clause for clause in outcome.clauses if outcome.whole or clause.term.form_of(field.name) is form)
    return FieldExplanation(
        field=field.name,
        form=form,
        policies=outcome.decision.policies,
        clauses=tuple(clause.uid for clause in agreed),
        floor=_floor(more),
        reasons=more,
        expires_at=outcome.decision.expires_at,
    )


def _floor(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.code for reason in reasons if reason.code.startswith("floor.")))

"""Who sees this field, and why: for each field the most revealing form permitted, what permits it, and what stops more."""

from __future__ import annotations

from datetime import datetime

from hub.agreements.model import Reason
from hub.kit.authority import Form
from hub.policy.decisions import Outcome
from hub.policy.judge import Asker
from hub.policy.library import PolicyLibrary
from hub.policy.model import Decision, FieldExplanation
from hub.policy.questions import Questions
from hub.policy.words import Sentences
from hub.policy.world import Clause, World
from hub.schemas.model import DatasetSchema, Field

FORMS = (Form.READ_CLEAR, Form.READ_PSEUDONYMISED, Form.READ_GENERALISED, Form.COUNT)
"""Forms from most to least revealing."""


class Explaining:
    """Explains one dataset to one reader for one purpose."""

    def __init__(self, library: PolicyLibrary, questions: Questions) -> None:
        self._questions = questions
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
        rows: dict[Form, Outcome] = {
            form: self._questions.rows(world, asker, schema.id, form=form, purpose=purpose, at=at)
            for form in FORMS
            if form is not Form.COUNT
        }
        return tuple(
            self._field(
                field,
                rows,
                self._questions.table(
                    world, asker, schema.id, purpose=purpose, dimensions=frozenset({field.name}), at=at
                ),
            )
            for field in schema.fields
            if field.name in names
        )

    def _field(self, field: Field, rows: dict[Form, Outcome], counted: Outcome) -> FieldExplanation:
        refused: dict[Reason, None] = {}
        for form in FORMS:
            outcome = counted if form is Form.COUNT else rows[form]
            decision = outcome.decision
            if not decision.permitted:
                if form in (Form.READ_CLEAR, Form.COUNT):  # why not the forms between would only repeat the first
                    refused |= dict.fromkeys(decision.reasons)
                continue
            clauses = tuple(
                clause for clause in outcome.clauses if outcome.whole or clause.term.form_of(field.name) is form
            )
            hidden = (
                form is not Form.COUNT and not outcome.whole and (field.role == "case-reference" or not field.shown)
            )
            if hidden:
                refused[self._sentences.plain("floor.case-reference", section="rule of this hub")] = None
            elif clauses:
                return _explained(field, form, decision, clauses, tuple(refused))
        return FieldExplanation(field.name, None, floor=_floor(refused), reasons=tuple(refused))


def _explained(
    field: Field, form: Form, decision: Decision, clauses: tuple[Clause, ...], refused: tuple[Reason, ...]
) -> FieldExplanation:
    return FieldExplanation(
        field=field.name,
        form=form,
        policies=decision.policies,
        clauses=tuple(clause.uid for clause in clauses),
        floor=_floor(refused),
        reasons=refused,
        expires_at=decision.expires_at,
    )


def _floor(refused: dict[Reason, None] | tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.code for reason in refused if reason.code.startswith("floor.")))

"""Which rows a person may read, field by field: one opening for each supplier and agreement, never two put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hub.kit.authority import Form
from hub.policy.decisions import Outcome, none_of
from hub.policy.forms import forms_agreed, kept_from
from hub.policy.judge import Asker
from hub.policy.model import Decision, Opening
from hub.policy.questions import Questions
from hub.policy.world import Clause, World
from hub.schemas import ROW_FORMS
from hub.schemas.model import DatasetSchema


@dataclass(frozen=True, slots=True)
class Opened:
    """The openings of a dataset to a reader for a purpose, by supplier and agreement; with the decision behind each form asked."""

    openings: tuple[Opening, ...]
    outcomes: dict[Form, Outcome]

    @property
    def refusal(self) -> Decision:
        """Why nothing is open; without reasons where every form is and no field can have it."""
        return none_of(one.decision for one in self.outcomes.values() if not one.decision.permitted)


class Openings:
    """Finds openings."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def of(self, world: World, asker: Asker | None, schema: DatasetSchema, *, purpose: str, at: datetime) -> Opened:
        """What of a dataset's rows is open to the reader for the purpose, at this moment."""
        outcomes = {
            form: self._questions.rows(world, asker, schema.id, form=form, purpose=purpose, at=at) for form in ROW_FORMS
        }
        given: dict[tuple[str, str], list[tuple[Clause, Form]]] = {}
        for form, outcome in outcomes.items():
            for clause in () if outcome.whole else outcome.clauses:
                key = (clause.term.supplier, clause.agreement.reference)
                given.setdefault(key, []).append((clause, form))
        agency = asker.reader.agency if asker is not None else ""
        found = []
        for (supplier, _), pairs in sorted(given.items(), key=lambda one: one[0]):
            kept = kept_from(agency, world.of_dataset(schema.id), supplier, at=at)
            opening = _opening(schema, pairs, outcomes, kept)
            if opening.fields:
                found.append(opening)
        return Opened(tuple(found), outcomes)


def _opening(
    schema: DatasetSchema,
    pairs: Iterable[tuple[Clause, Form]],
    outcomes: dict[Form, Outcome],
    kept: frozenset[str],
) -> Opening:
    given = tuple(pairs)
    clause = given[0][0]
    agreed = forms_agreed(schema, [(one.term, [form]) for one, form in given], kept=kept)
    return Opening(
        dataset=schema.id,
        supplier=clause.term.supplier,
        agreement=clause.agreement.reference,
        profile=clause.term.profile,
        fields=agreed,
        clauses={
            name: tuple(one.uid for one, form in given if form is shown and one.term.form_of(name) is shown)
            for name, shown in agreed.items()
        },
        policies={name: outcomes[shown].decision.policies for name, shown in agreed.items()},
        expires_at=clause.agreement.expires_at,
    )

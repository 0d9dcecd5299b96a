"""From decisions on rows to what a Grant says of one dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.kit.authority import DatasetGrant, Form, RowScope
from hub.kit.errors import Conflict
from hub.kit.words import say
from hub.policy.decisions import Outcome, refusal
from hub.policy.judge import Asker
from hub.policy.model import Decision, Opening
from hub.policy.openings import Openings
from hub.policy.questions import Questions
from hub.policy.words import Sentences
from hub.policy.world import World
from hub.schemas.model import DatasetSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Rows as asked for. `form` None: each field in the most revealing form. `supplier` and `agreement` empty: the only ones there
    are. `together` are all datasets asked for, for a task of the hub.
    """

    purpose: str
    form: Form | None = None
    supplier: str = ""
    agreement: str = ""
    together: frozenset[str] = frozenset()

    def means(self, opening: Opening) -> bool:
        """Whether an opening is what was asked for."""
        return self.supplier in ("", opening.supplier) and self.agreement in (
            "",
            opening.agreement,
            opening.agreement_id,
        )


@dataclass(frozen=True, slots=True)
class Granted:
    """The decision on one dataset; what a Grant says of it, where the decision is yes."""

    decision: Decision
    dataset: DatasetGrant | None = None


class Granting:
    """Decides on the rows of one dataset: for a task of the hub whole rows, for a person the one opening that was asked for."""

    def __init__(self, questions: Questions, sentences: Sentences, openings: Openings) -> None:
        self._questions = questions
        self._sentences = sentences
        self._openings = openings

    def whole(self, world: World, asker: Asker | None, dataset: str, wanted: Wanted, *, at: datetime) -> Granted:
        """Whole rows for a task, or for an uploader its own agency's file; a refusal otherwise."""
        outcome = self._questions.rows(
            world,
            asker,
            dataset,
            form=wanted.form or Form.READ_CLEAR,
            purpose=wanted.purpose,
            together=wanted.together,
            at=at,
        )
        if not outcome.decision.permitted:
            return Granted(outcome.decision)
        return Granted(outcome.decision, _of_whole(dataset, outcome))

    def opened(
        self, world: World, asker: Asker | None, schema: DatasetSchema, wanted: Wanted, *, at: datetime
    ) -> Granted:
        """The opening asked for. Conflict (`which-rows`) when several suppliers' or agreements' rows are meant: rows of
        two are never put together.
        """
        opened = self._openings.of(world, asker, schema, purpose=wanted.purpose, at=at)
        if not opened.openings:
            mending = opened.outcomes[Form.READ_CLEAR]
            if mending.whole:
                return Granted(mending.decision, _of_whole(schema.id, mending))
            refused = opened.refusal
            return Granted(refused if refused.reasons else refusal(self._sentences.plain("agreement.none")))
        meant = [
            narrowed for one in opened.openings if wanted.means(one) and (narrowed := _in_form(one, wanted.form)).fields
        ]
        if not meant:
            return Granted(refusal(self._sentences.plain("agreement.none")))
        if len(meant) > 1:
            choices = "; ".join(
                say("policy.which-rows-one", supplier=one.supplier, agreement=one.agreement) for one in meant
            )
            raise Conflict(
                say("policy.which-rows", dataset=schema.id),
                code="which-rows",
                remedy=say("policy.which-rows-remedy", choices=choices),
            )
        return Granted(_yes(meant[0]), _of_opening(meant[0]))


def _in_form(opening: Opening, form: Form | None) -> Opening:
    if form is None:
        return opening
    return replace(opening, fields={name: shown for name, shown in opening.fields.items() if shown is form})


def _of_opening(opening: Opening) -> DatasetGrant:
    return DatasetGrant(
        dataset=opening.dataset,
        fields=opening.fields,
        scope=RowScope(frozenset({opening.supplier})),
        agreements=(opening.agreement,),
        profile=opening.profile,
        pseudonyms_of=opening.agreement_id,
    )


def _of_whole(dataset: str, outcome: Outcome) -> DatasetGrant:
    schema = outcome.clauses[0].schema
    return DatasetGrant(
        dataset=dataset,
        fields=dict.fromkeys(schema.names if schema is not None else (), Form.READ_CLEAR),
        scope=RowScope(frozenset(clause.term.supplier for clause in outcome.clauses)),
        agreements=outcome.decision.agreements,
        profile=outcome.clauses[0].term.profile,
    )


def _yes(opening: Opening) -> Decision:
    policies: Mapping[str, None] = dict.fromkeys(policy for said in opening.policies.values() for policy in said)
    return Decision(True, policies=tuple(policies), agreements=(opening.agreement,), expires_at=opening.expires_at)

"""Route a question to the rules that answer it, and remember the answer for as long as it holds.

An answer holds for one version of the agreements (the World) and until the next second at which an agreement starts or expires, so
that remembering never outlives a right (promise P3).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import TypeVar, cast

from hub.agreements.model import Agreement, Reason
from hub.kit.authority import Action, Form, Reader
from hub.policy.decisions import MEND, Decisions, Outcome, may_know, none_of, refusal
from hub.policy.judge import Asker
from hub.policy.library import PolicyLibrary
from hub.policy.model import Decision
from hub.policy.world import World
from hub.schemas import ROW_FORMS

ABOUT_AGREEMENTS = frozenset({Action.AGREEMENT_READ, Action.AGREEMENT_SIGN, Action.AGREEMENT_SUSPEND})
ABOUT_ONE_AGENCY = frozenset(
    {
        Action.AGENCY_NOMINATE,
        Action.AGENCY_SET_CONTACT,
        Action.AGENCY_SET_UP,
        Action.AGENCY_SUSPEND,
        Action.CALENDAR_READ,
        Action.PERSON_CHANGE,
        Action.PERSON_INVITE,
        Action.PERSON_READ,
        Action.SCORECARD_READ,
    }
)
"""Actions whose resource is `agency/{id}`: the people of an agency, and what the installation knows of it."""

ABOUT_DATA = frozenset(
    {
        Action.DATASET_READ_ROWS,
        Action.SUBMISSION_CHECK,
        Action.SUBMISSION_CREATE,
        Action.SUBMISSION_READ,
        Action.SUBMISSION_WITHDRAW,
        Action.VIEW_READ,
    }
)
"""Actions that a clause decides when the resource is a dataset."""

_ANY_DATASET = frozenset({Action.SUBMISSION_READ, Action.SUBMISSION_WITHDRAW})
"""Actions that may be asked without naming a dataset: the permit covers the submissions of the reader's own agency, no others."""

_SENDING = frozenset({Action.SUBMISSION_CREATE, Action.SUBMISSION_CHECK})
_ALL_AGREEMENTS = frozenset({"", "agreements"})
_KEPT = 4096

Answer = TypeVar("Answer", Decision, Outcome)


class Questions:
    """Answers questions about a World."""

    def __init__(self, library: PolicyLibrary) -> None:
        self._library = library
        self._decisions = Decisions(library)

    def decide(
        self, world: World, asker: Asker | None, action: Action, resource: str, *, purpose: str, at: datetime
    ) -> Decision:
        """Yes or no to `action` on `resource`: a dataset, an agreement (`id` or `id@version`), or another thing of the hub."""
        if asker is None:
            return refusal(self._decisions.sentences.plain("agreement.none"), party=False)
        problem = self._purpose(purpose, needed=False)
        if problem is not None:
            return refusal(problem)
        if action in ABOUT_AGREEMENTS and resource not in _ALL_AGREEMENTS:
            return self._agreement(world, asker, action, resource.removeprefix("agreement/"), at=at)
        if action in ABOUT_ONE_AGENCY:
            agency = resource.removeprefix("agency/")
            return self._kept(
                world,
                ("agency", _key(asker.reader), action, agency),
                at,
                lambda: self._decisions.agency(world, asker, action, agency, at=at),
            )
        if action in ABOUT_DATA:
            answered = self._data(world, asker, action, resource, purpose=purpose, at=at)
            if answered is not None:
                return answered
        return self._kept(
            world,
            ("hub", _key(asker.reader), action, purpose),
            at,
            lambda: self._decisions.hub(world, asker, action, purpose=purpose, at=at),
        )

    def table(
        self,
        world: World,
        asker: Asker | None,
        dataset: str,
        *,
        purpose: str,
        dimensions: frozenset[str] = frozenset(),
        suppliers: frozenset[str] | None = None,
        at: datetime,
    ) -> Outcome:
        """May the reader look at a protected table with these dimensions that counts these suppliers' rows?"""
        problem = self._before(world, asker, dataset, purpose)
        if asker is None or problem is not None:
            return Outcome(problem or refusal(self._decisions.sentences.plain("agreement.none"), party=False))
        return self._kept(
            world,
            ("table", _key(asker.reader), dataset, purpose, dimensions, suppliers),
            at,
            lambda: self._decisions.table(
                world, asker, dataset, purpose=purpose, dimensions=dimensions, suppliers=suppliers, at=at
            ),
        )

    def rows(
        self,
        world: World,
        asker: Asker | None,
        dataset: str,
        *,
        form: Form,
        purpose: str,
        together: frozenset[str] = frozenset(),
        at: datetime,
    ) -> Outcome:
        """May the reader read rows in this form? For the purpose `data_quality`, an uploader its own agency's whole file."""
        problem = self._before(world, asker, dataset, purpose)
        if asker is None or problem is not None:
            return Outcome(problem or refusal(self._decisions.sentences.plain("agreement.none"), party=False))

        def ask() -> Outcome:
            found = self._decisions.rows(world, asker, dataset, form=form, purpose=purpose, together=together, at=at)
            if found.decision.permitted:
                return Outcome(found.decision, found.clauses, whole=bool(asker.reader.task))
            if purpose == "data_quality" and not asker.reader.task:
                mending = self._decisions.own(world, asker, MEND, dataset, at=at)
                if mending.decision.permitted:
                    return Outcome(mending.decision, mending.clauses, whole=True)
            return found

        return self._kept(world, ("rows", _key(asker.reader), dataset, form, purpose, together), at, ask)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _before(self, world: World, asker: Asker | None, dataset: str, purpose: str) -> Decision | None:
        """What is wrong with the question itself."""
        if asker is None:
            return None
        problem = self._purpose(purpose, needed=not asker.reader.task)
        if problem is None:
            return None
        return refusal(problem, party=may_know(world, asker.reader.agency, dataset))

    def _data(
        self, world: World, asker: Asker, action: Action, resource: str, *, purpose: str, at: datetime
    ) -> Decision | None:
        """The answer by the clauses about a dataset; None when the question is about a page of views rather than a dataset."""
        dataset = resource if world.of_dataset(resource) else None
        if action in _ANY_DATASET or (dataset and action in _SENDING):
            return self._own(world, asker, action.value, dataset, at=at).decision
        if dataset and action is Action.DATASET_READ_ROWS:
            return self._any_rows(world, asker, dataset, purpose=purpose, at=at)
        if dataset:
            return self.table(world, asker, dataset, purpose=purpose, at=at).decision
        if action is Action.VIEW_READ:
            return None
        return refusal(self._decisions.sentences.plain("agreement.none"), party=False)

    def _any_rows(self, world: World, asker: Asker, dataset: str, *, purpose: str, at: datetime) -> Decision:
        """Rows in any form."""
        decisions = [self.rows(world, asker, dataset, form=form, purpose=purpose, at=at).decision for form in ROW_FORMS]
        return next((one for one in decisions if one.permitted), none_of(decisions))

    def _own(self, world: World, asker: Asker, action: str, dataset: str | None, *, at: datetime) -> Outcome:
        return self._kept(
            world,
            ("own", _key(asker.reader), action, dataset),
            at,
            lambda: self._decisions.own(world, asker, action, dataset, at=at),
        )

    def _agreement(self, world: World, asker: Asker, action: Action, name: str, *, at: datetime) -> Decision:
        found = agreement_named(world.agreements, name)
        if found is None:
            return refusal(self._decisions.sentences.plain("agreement.none"), party=False)
        return self._decisions.agreement(world, asker, action, found, at=at)

    def _purpose(self, purpose: str, *, needed: bool) -> Reason | None:
        if not purpose:
            return (
                self._decisions.sentences.plain("purpose.missing", section="PCSC Act 2022 s.16(1)") if needed else None
            )
        if purpose not in self._library.purposes:
            return self._decisions.sentences.plain("purpose.unknown", known=", ".join(self._library.purposes))
        return None

    @staticmethod
    def _kept(world: World, key: Hashable, at: datetime, ask: Callable[[], Answer]) -> Answer:
        kept = world.answers.get(key)
        if kept is not None:
            answer, since, until = kept
            if since <= at and (until is None or at < until):
                return cast("Answer", answer)
        answer = ask()
        if len(world.answers) >= _KEPT:
            world.answers.clear()
        world.answers[key] = (answer, at, world.next_change(at))
        return answer


def agreement_named(agreements: tuple[Agreement, ...], name: str) -> Agreement | None:
    """The agreement `id@version`, or the newest version of `id`."""
    return next((one for one in reversed(agreements) if name in (one.reference, one.id)), None)


def _key(reader: Reader) -> Hashable:
    return (reader.agency, reader.roles, reader.task, bool(reader.person))

"""Answer one question about one world: pure, nothing is looked up or written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from hub.agreements.model import Agreement, Reason
from hub.kit.authority import Action, Form
from hub.policy.dimensions import are_agreed, canonical, suppliers_whose_rows_lack
from hub.policy.forms import links_pseudonyms
from hub.policy.judge import NO_PERMIT, POLICY_ERROR, Asked, Asker, Judge, Verdict
from hub.policy.library import PolicyLibrary
from hub.policy.model import Decision
from hub.policy.words import Sentences
from hub.policy.world import Clause, World

PUBLIC = "public_domain"
OPERATOR = "operator"
"""The role of whoever runs the hub: knows which agencies there are."""

MEND = "submission:mend"
"""The Cedar action by which an agency reads back values of its own sealed file to mend them."""

_ORDER = ("floor", "agreement", "policy", "purpose", "role")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision about a dataset, and the clauses that gave the yes. `whole`: they open every field, not only the fields agreed."""

    decision: Decision
    clauses: tuple[Clause, ...] = ()
    whole: bool = False


class Decisions:
    """The rules by which verdicts on clauses become one decision."""

    def __init__(self, library: PolicyLibrary) -> None:
        self._library = library
        self._judge = Judge(library)
        self.sentences = Sentences(library)

    # ---- about data ------------------------------------------------------------------------------------------------

    def table(
        self,
        world: World,
        asker: Asker,
        dataset: str,
        *,
        purpose: str,
        dimensions: frozenset[str],
        suppliers: frozenset[str] | None,
        at: datetime,
    ) -> Outcome:
        """May the reader look at a protected table of the dataset? Every supplier whose rows are counted in it must let them.

        `suppliers` None stands for all that were ever in force for the dataset: the strictest reading.
        """
        wanted = canonical(dimensions)
        clauses = world.of_dataset(dataset)
        counted = suppliers or frozenset(
            clause.term.supplier for clause in clauses if clause.agreement.has_been_in_force
        )
        lack = not counted.isdisjoint(suppliers_whose_rows_lack(clauses, asker.reader.agency, dimensions, at=at))

        def asked(clause: Clause) -> Asked:
            profile = self._library.profiles.get(clause.term.profile)
            return Asked(
                at=at,
                purpose=purpose,
                form=Form.COUNT.value,
                dimensions_agreed=clause.schema is not None and are_agreed(clause.term, clause.schema, wanted),
                rows_held_lack=lack and (profile is None or profile.hides),
            )

        asked_of = tuple(clause for clause in clauses if clause.term.supplier in counted)
        judged = self._judged(world, asker, Form.COUNT.value, asked_of or clauses, asked)
        return self._together(world, asker, judged, purpose=purpose, needed=counted, about=clauses)

    def rows(
        self,
        world: World,
        asker: Asker,
        dataset: str,
        *,
        form: Form,
        purpose: str,
        together: Iterable[str],
        at: datetime,
    ) -> Outcome:
        """May the reader read rows of the dataset in this form? Those suppliers' rows that a clause in force opens."""
        known = self._library.purposes.get(purpose)
        clauses = world.of_dataset(dataset)
        agency = asker.reader.agency

        def asked(clause: Clause) -> Asked:
            pseudonyms = form is Form.READ_PSEUDONYMISED and not asker.reader.task
            return Asked(
                at=at,
                purpose=purpose,
                form=form.value,
                together=tuple(sorted(set(together) - {dataset})),
                pseudonyms_of_two=pseudonyms and bool(links_pseudonyms(clauses, clause, agency, at=at)),
                task_purpose=not purpose or (known is not None and asker.reader.task in known.tasks),
            )

        judged = self._judged(world, asker, form.value, clauses, asked)
        return self._together(world, asker, judged, purpose=purpose, needed=None, about=clauses)

    def own(self, world: World, asker: Asker, action: str, dataset: str | None, *, at: datetime) -> Outcome:
        """May the reader send, read back, mend or withdraw, or the hub check, what an agency supplies?"""
        clauses = world.of_dataset(dataset) if dataset else world.clauses
        judged = self._judged(world, asker, action, clauses, lambda _: Asked(at=at))
        return self._together(world, asker, judged, purpose="", needed=None, about=clauses)

    # ---- about agreements, and the rest -----------------------------------------------------------------------------

    def agreement(self, world: World, asker: Asker, action: Action, found: Agreement, *, at: datetime) -> Decision:
        """May the reader read, sign or suspend this agreement?"""
        verdict = self._judge.verdict(world, asker, action.value, ("Agreement", found.reference), Asked(at=at))
        party = asker.reader.agency in found.agencies()
        return self._plain(verdict, asker, action.value, party=party)

    def agency(self, world: World, asker: Asker, action: Action, agency: str, *, at: datetime) -> Decision:
        """May the reader do this to the people of an agency? To others than its own and the operator it looks absent."""
        verdict = self._judge.verdict(world, asker, action.value, ("Agency", agency), Asked(at=at))
        party = bool(asker.reader.task) or asker.reader.agency == agency or OPERATOR in asker.reader.roles
        return self._plain(verdict, asker, action.value, party=party)

    def hub(self, world: World, asker: Asker, action: Action, *, purpose: str, at: datetime) -> Decision:
        """May the reader do what is no one agreement's business?"""
        asked = Asked(at=at, purpose=purpose, leads=world.leads(asker.reader.agency, at))
        verdict = self._judge.verdict(world, asker, action.value, ("Hub", "hub"), asked)
        return self._plain(verdict, asker, action.value, party=True)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _judged(
        self, world: World, asker: Asker, action: str, clauses: tuple[Clause, ...], asked: Callable[[Clause], Asked]
    ) -> list[tuple[Clause, Verdict]]:
        verdicts = self._judge.verdicts(
            world, asker, action, [("Term", clause.uid, asked(clause)) for clause in clauses]
        )
        return list(zip(clauses, verdicts, strict=True))

    def _together(
        self,
        world: World,
        asker: Asker,
        judged: list[tuple[Clause, Verdict]],
        *,
        purpose: str,
        needed: frozenset[str] | None,
        about: tuple[Clause, ...],
    ) -> Outcome:
        """One decision from the verdicts: each supplier in `needed` must have a permitting clause; None: one supplier is enough.

        `about` are all clauses on the matter: an agency named in any of them may know that there is something.
        """
        permitted: dict[str, list[tuple[Clause, Verdict]]] = {}
        for clause, verdict in judged:
            if verdict.allowed:
                permitted.setdefault(clause.term.supplier, []).append((clause, verdict))
        missing = (needed - set(permitted)) if needed else frozenset()
        if permitted and not missing:
            used = [
                pair
                for supplier, pairs in sorted(permitted.items())
                if not needed or supplier in needed
                for pair in pairs
            ]
            return Outcome(_yes(used), tuple(clause for clause, _ in used))
        refusing = [pair for pair in judged if not missing or pair[0].term.supplier in missing]
        known = [pair for pair in refusing if asker.reader.task or _knows(pair[0], asker.reader.agency)]
        party = bool(asker.reader.task) or any(_knows(clause, asker.reader.agency) for clause in about)
        return Outcome(_no(self._reasons(world, asker, known, purpose), party=party))

    def _reasons(
        self, world: World, asker: Asker, refusing: list[tuple[Clause, Verdict]], purpose: str
    ) -> tuple[Reason, ...]:
        """The reasons of the clauses that come nearest to a yes, among those the asker may know of."""
        near = _nearest(refusing, asker.reader.agency)
        reasons: dict[Reason, None] = {}
        for clause, verdict in near:
            for code in verdict.codes:
                reasons[self._reason(world, clause, code, asker, purpose)] = None
        if not reasons:
            reasons[self.sentences.plain("agreement.none")] = None
        return tuple(sorted(reasons, key=lambda one: (_ORDER.index(one.code.split(".")[0]), one.code)))

    def _reason(self, world: World, clause: Clause, code: str, asker: Asker, purpose: str) -> Reason:
        if code == NO_PERMIT:
            return self._no_role(asker)
        if code == POLICY_ERROR:
            return self.sentences.plain(code)
        return self.sentences.of_clause(world, clause, code, asker.reader, purpose)

    def _no_role(self, asker: Asker) -> Reason:
        held = asker.reader.task or ", ".join(sorted(asker.reader.roles)) or "-"
        return self.sentences.plain(NO_PERMIT, roles=held)

    def _plain(self, verdict: Verdict, asker: Asker, action: str, *, party: bool) -> Decision:
        if verdict.allowed:
            return Decision(True, policies=verdict.policies)
        reasons = tuple(
            self._no_role(asker)
            if code == NO_PERMIT
            else self.sentences.plain(code, action=action, recipient=asker.body.name)
            for code in verdict.codes
        )
        return _no(reasons, party=party)


def refusal(reason: Reason, *, party: bool = True) -> Decision:
    """A no for one reason."""
    return _no((reason,), party=party)


def none_of(refusals: Iterable[Decision]) -> Decision:
    """One no from the noes to several forms: every reason once; that another form was agreed says nothing beside other reasons."""
    asked = tuple(refusals)
    reasons = tuple(dict.fromkeys(reason for one in asked for reason in one.reasons))
    telling = tuple(reason for reason in reasons if reason.code != "agreement.other-form")
    return _no(telling or reasons, party=any(one.party for one in asked))


def may_know(world: World, agency: str, dataset: str) -> bool:
    """Whether the agency is a party to anything agreed about the dataset."""
    return any(_knows(clause, agency) for clause in world.of_dataset(dataset))


def _knows(clause: Clause, agency: str) -> bool:
    return agency in clause.agreement.agencies() or clause.agreement.gateway == PUBLIC


def _yes(used: list[tuple[Clause, Verdict]]) -> Decision:
    ends: dict[str, datetime] = {}
    for clause, _ in used:
        end = clause.agreement.expires_at
        ends[clause.term.supplier] = max(end, ends.get(clause.term.supplier, end))
    return Decision(
        True,
        policies=tuple(dict.fromkeys(policy for _, verdict in used for policy in verdict.policies)),
        agreements=tuple(dict.fromkeys(clause.agreement.reference for clause, _ in used)),
        expires_at=min(ends.values()),
    )


def _no(reasons: tuple[Reason, ...], *, party: bool) -> Decision:
    return Decision(False, reasons=reasons, policies=tuple(dict.fromkeys(one.code for one in reasons)), party=party)


def _nearest(refusing: list[tuple[Clause, Verdict]], agency: str) -> list[tuple[Clause, Verdict]]:
    """Clauses that name the agency as supplier or recipient before the others; of them those that the fewest policies forbid."""

    def distance(pair: tuple[Clause, Verdict]) -> tuple[bool, int]:
        clause, verdict = pair
        return agency not in (clause.term.supplier, *clause.term.recipients), len(verdict.policies)

    nearest = min((distance(pair) for pair in refusing), default=None)
    return [pair for pair in refusing if distance(pair) == nearest]

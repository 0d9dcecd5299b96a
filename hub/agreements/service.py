"""Propose, sign, suspend, resume, end; and ask what stands."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from hub.agreements import store
from hub.agreements.document import read_agreement
from hub.agreements.history import brought_up_to_date
from hub.agreements.model import (
    SIGNING,
    TRANSITIONS,
    Agreement,
    AgreementEvent,
    PartyRole,
    ProposalRefused,
    Reason,
    Standing,
    Status,
    SupplyTerms,
)
from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.kit.authority import Action, Permit
from hub.kit.clock import Clock
from hub.kit.errors import Bug, Conflict, Invalid, NotFound, NotPermitted
from hub.kit.text import check_text
from hub.kit.words import say

_LIVE = (Status.DRAFT, Status.IN_FORCE, Status.SUSPENDED)


class Judge(Protocol):
    """Who says whether the law and the other agreements allow one: `hub.policy`."""

    def objections(
        self,
        reading: UnitOfWork | Reading,
        agreement: Agreement,
        others: tuple[Agreement, ...],
        *,
        permit: Permit | None = None,
    ) -> tuple[Reason, ...]:
        """Every reason why `agreement` may not stand beside `others`; none when it may. Under a permit a refusal is recorded."""
        ...

    def unready(
        self,
        reading: UnitOfWork | Reading,
        agreement: Agreement,
        agencies: Sequence[str],
        *,
        permit: Permit | None = None,
    ) -> tuple[Reason, ...]:
        """Every reason why it may not be signed for these parties yet. Under a permit a refusal is recorded."""
        ...


class Agreements:
    """The agreements of a hub. Until a judge is named (`judged_by`), nothing can be proposed, signed or resumed."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._judge: Judge | None = None
        self._held: tuple[str, tuple[Agreement, ...]] = ("", ())
        self._lock = threading.Lock()

    def judged_by(self, judge: Judge) -> None:
        """Let `judge` say what the law allows. The policy names itself when it is built."""
        self._judge = judge

    # ---- reading ---------------------------------------------------------------------------------------------------

    def version(self, reading: UnitOfWork | Reading) -> str:
        """Changes whenever any agreement changes; equal versions mean equal agreements."""
        return store.fingerprint(reading)

    def all(self, reading: UnitOfWork | Reading) -> tuple[Agreement, ...]:
        """Every version of every agreement, by id and version, as it stands now."""
        version = store.fingerprint(reading)
        with self._lock:
            held, agreements = self._held
        if held == version:
            return agreements
        agreements = brought_up_to_date(store.all_documents(reading), store.all_events(reading))
        with self._lock:
            self._held = (version, agreements)
        return agreements

    def get(self, reading: UnitOfWork | Reading, agreement: str) -> Agreement:
        """The agreement `id@version`, or the newest version of `id`. NotFound when there is none."""
        for one in reversed(self.all(reading)):
            if agreement in (one.reference, one.id):
                return one
        raise NotFound(say("agreements.unknown"))

    def in_force(self, reading: UnitOfWork | Reading, at: datetime) -> tuple[Agreement, ...]:
        """The agreements that grant something at `at`."""
        return tuple(one for one in self.all(reading) if one.standing(at) is Standing.IN_FORCE)

    def profile_of(self, reading: UnitOfWork | Reading, dataset: str) -> str:
        """The name of the dataset's one disclosure profile, by the agreements that are not ended. NotFound when none names it."""
        for one in self.all(reading):
            if one.status in _LIVE:
                for term in one.terms:
                    if term.dataset == dataset:
                        return term.profile
        raise NotFound(say("agreements.no-profile", dataset=dataset))

    def supply_terms(self, reading: UnitOfWork | Reading, *, dataset: str, supplier: str, at: datetime) -> SupplyTerms:
        """How `supplier` sends `dataset` at `at`: the strictest of its terms in force. NotFound when no agreement covers it."""
        terms = [
            (one.reference, term)
            for one in self.in_force(reading, at)
            for term in one.terms
            if (term.dataset, term.supplier) == (dataset, supplier)
        ]
        if not terms:
            raise NotFound(say("agreements.no-supply", dataset=dataset, supplier=supplier))
        return SupplyTerms(
            agreements=tuple(dict.fromkeys(reference for reference, _ in terms)),
            profile=terms[0][1].profile,
            part_accept=all(term.part_accept for _, term in terms),
            keep_returned_days=min(term.keep_returned_days for _, term in terms),
            recheck_days=min(term.recheck_days for _, term in terms),
        )

    def history(self, reading: UnitOfWork | Reading, agreement: str) -> tuple[AgreementEvent, ...]:
        """What happened to an agreement (all versions of `id`, or one `id@version`), oldest first."""
        found = tuple(
            event
            for event in store.all_events(reading)
            if agreement in (event.agreement, f"{event.agreement}@{event.version}")
        )
        if not found:
            raise NotFound(say("agreements.unknown"))
        return found

    # ---- writing ---------------------------------------------------------------------------------------------------

    def propose(self, uow: UnitOfWork, permit: Permit, document: str) -> Agreement:
        """Keep a draft. Invalid: not readable, or not the next version; ProposalRefused: the law or another agreement forbids it.

        The author must belong to a party.
        """
        self._check(permit, Action.AGREEMENT_PROPOSE)
        draft = read_agreement(document)
        check_text(draft.title)
        if permit.reader.agency not in draft.agencies():
            raise NotPermitted(
                say("agreements.author-no-party", agency=permit.reader.agency), reasons=("author-no-party",)
            )
        store.lock(uow)
        known = [one.version for one in self.all(uow) if one.id == draft.id]
        expected = max(known, default=0) + 1
        if draft.version != expected:
            raise Invalid(
                say("agreements.wrong-version", id=draft.id, version=draft.version, expected=expected),
                code="wrong-version",
                remedy=say("agreements.wrong-version-remedy", expected=expected),
            )
        self._refuse_if_unlawful(uow, permit, draft)
        store.add_document(uow, store.StoredDocument(draft.id, draft.version, draft.sha256, document))
        self._happened(uow, permit, draft, "proposed", Status.DRAFT)
        return self.get(uow, draft.reference)

    def sign(self, uow: UnitOfWork, permit: Permit, agreement: str) -> Agreement:
        """Sign for the reader's agency. The last signature needed brings it into force, judged once more; an older version ends.

        NotPermitted for its author, or somebody of no party; Conflict when it is no draft, or the agency has signed.
        """
        store.lock(uow)
        signed = self._named(uow, permit, Action.AGREEMENT_SIGN, agreement)
        reader = permit.reader
        if not reader.person or reader.person == signed.author:
            raise NotPermitted(say("agreements.author-signs"), reasons=("author-signs",), code="author-signs")
        if reader.agency not in signed.agencies(*SIGNING):
            raise NotPermitted(say("agreements.signer-no-party"), reasons=("signer-no-party",), code="signer-no-party")
        if reader.agency in {sign_off.agency for sign_off in signed.sign_offs}:
            raise Conflict(say("agreements.signed-already", agency=reader.agency), code="signed-already")
        self._refuse_if_unready(uow, permit, signed, (reader.agency,))
        self._move(uow, permit, signed, "signed")
        signed = self.get(uow, signed.reference)
        if signed.is_signed:
            self._refuse_if_unlawful(uow, permit, signed)
            self._refuse_if_unready(uow, permit, signed, signed.agencies(*SIGNING))
            for older in self.all(uow):
                if older.id == signed.id and older.status in (Status.IN_FORCE, Status.SUSPENDED):
                    self._move(uow, permit, older, "superseded", reason=signed.reference)
            self._move(uow, permit, signed, "came-into-force")
        return self.get(uow, signed.reference)

    def suspend(self, uow: UnitOfWork, permit: Permit, agreement: str, *, reason: str) -> Agreement:
        """Stop all it grants, from the next request on. Any controller in it may; Conflict when it is not in force."""
        found = self._controllers_own(uow, permit, agreement, reason)
        return self._move(uow, permit, found, "suspended", reason=reason)

    def resume(self, uow: UnitOfWork, permit: Permit, agreement: str, *, reason: str) -> Agreement:
        """Let it grant again, judged once more. Only the agency that suspended it may."""
        store.lock(uow)
        found = self._controllers_own(uow, permit, agreement, reason)
        if found.status is Status.SUSPENDED and found.suspended_by != permit.reader.agency:
            raise NotPermitted(
                say("agreements.not-suspender", agency=found.suspended_by),
                reasons=("not-suspender",),
                code="not-suspender",
            )
        self._refuse_if_unlawful(uow, permit, found)
        self._refuse_if_unready(uow, permit, found, found.agencies(*SIGNING))
        return self._move(uow, permit, found, "resumed", reason=reason)

    def end(self, uow: UnitOfWork, permit: Permit, agreement: str, *, reason: str) -> Agreement:
        """End it for good (a draft: withdraw it). Any controller in it may; of a draft, its author's agency too."""
        found = self._controllers_own(uow, permit, agreement, reason)
        return self._move(uow, permit, found, "ended", reason=reason)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _check(self, permit: Permit, action: Action) -> None:
        if not permit.is_for(action, at=self._clock.now()):
            raise NotPermitted(say("agreements.other-permit"), reasons=("wrong-permit",), code="wrong-permit")

    def _named(self, uow: UnitOfWork, permit: Permit, action: Action, agreement: str) -> Agreement:
        self._check(permit, action)
        found = self.get(uow, agreement)
        if permit.resource.removeprefix("agreement/") not in (found.id, found.reference):
            raise NotPermitted(say("agreements.other-permit"), reasons=("wrong-permit",), code="wrong-permit")
        return found

    def _controllers_own(self, uow: UnitOfWork, permit: Permit, agreement: str, reason: str) -> Agreement:
        found = self._named(uow, permit, Action.AGREEMENT_SUSPEND, agreement)
        if not reason.strip():
            raise Invalid(say("agreements.no-reason"), code="no-reason", remedy=say("agreements.no-reason-remedy"))
        may = set(found.agencies(PartyRole.CONTROLLER))
        if found.status is Status.DRAFT:
            may.add(found.author_agency)
        if permit.reader.agency not in may:
            raise NotPermitted(say("agreements.not-controller"), reasons=("not-controller",), code="not-controller")
        return found

    def _refuse_if_unlawful(self, uow: UnitOfWork, permit: Permit, agreement: Agreement) -> None:
        others = tuple(one for one in self.all(uow) if one.id != agreement.id and one.status in _LIVE)
        _refuse(agreement, self._named_judge().objections(uow, agreement, others, permit=permit))

    def _refuse_if_unready(
        self, uow: UnitOfWork, permit: Permit, agreement: Agreement, agencies: Sequence[str]
    ) -> None:
        _refuse(agreement, self._named_judge().unready(uow, agreement, agencies, permit=permit))

    def _named_judge(self) -> Judge:
        if self._judge is None:
            raise Bug("no judge was named: the policy must be built before agreements change")
        return self._judge

    def _move(
        self, uow: UnitOfWork, permit: Permit, agreement: Agreement, event: str, *, reason: str = ""
    ) -> Agreement:
        status = TRANSITIONS[agreement.status].get(event)
        if status is None:
            raise Conflict(
                say("agreements.wrong-status", reference=agreement.reference, status=agreement.status.value),
                code=f"not-{event}",
            )
        self._happened(uow, permit, agreement, event, status, reason=reason)
        return self.get(uow, agreement.reference)

    def _happened(
        self, uow: UnitOfWork, permit: Permit, agreement: Agreement, event: str, status: Status, *, reason: str = ""
    ) -> None:
        now = self._clock.now()
        store.add_event(
            uow,
            AgreementEvent(
                sequence=0,
                agreement=agreement.id,
                version=agreement.version,
                event=event,
                status=status,
                agency=permit.reader.agency,
                person=permit.reader.person,
                reason=reason,
                at=now,
            ),
        )
        record(
            uow,
            Entry(
                at=now,
                verb=Verb.POLICY,
                action=f"agreement:{event}",
                outcome="done",
                reader=permit.reader,
                subject=f"agreement/{agreement.reference}",
                justification=reason,
                recipients=agreement.agencies(),
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail={"sha256": agreement.sha256, "status": status.value},
            ),
        )


def _refuse(agreement: Agreement, reasons: tuple[Reason, ...]) -> None:
    if reasons:
        raise ProposalRefused(
            say("agreements.refused", reference=agreement.reference, reasons=" ".join(_sentences(reasons))),
            reasons=reasons,
            remedy=say("agreements.refused-remedy"),
        )


def _sentences(reasons: Iterable[Reason]) -> Iterable[str]:
    return (f"{one.sentence} ({one.section})" if one.section else one.sentence for one in reasons)

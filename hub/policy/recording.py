"""Write down each decision: one DECISION entry, a refusal also when the asker's transaction is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.audit import Entry, Verb, record
from hub.db import Database, UnitOfWork
from hub.kit.authority import Reader
from hub.kit.clock import Clock
from hub.kit.errors import NotFound, NotPermitted
from hub.kit.words import say
from hub.policy.minting import writing
from hub.policy.model import Decision


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as the log says it."""

    reader: Reader
    action: str
    subject: str
    purpose: str
    justification: str = ""


class Recorder:
    """Records decisions, and raises refusals."""

    def __init__(self, *, database: Database, clock: Clock, policy_hash: str) -> None:
        self._database = database
        self._clock = clock
        self._hash = policy_hash

    def refuse(self, uow: UnitOfWork, asked: Asked, decisions: Sequence[Decision], version: str) -> None:
        """Record the refusal and raise it. NotPermitted only if the asker may know of everything asked for."""
        refused = [decision for decision in decisions if not decision.permitted]
        reasons = tuple(dict.fromkeys(reason for decision in refused for reason in decision.reasons))
        party = all(decision.party for decision in refused)
        self.record(uow, asked, Decision(False, reasons, party=party), version)
        if not party:
            raise NotFound(say("policy.not-found"))
        codes = tuple(dict.fromkeys(reason.code for reason in reasons))
        raise NotPermitted(
            " ".join(dict.fromkeys(reason.sentence for reason in reasons)),
            reasons=codes,
            code=codes[0],
            remedy=say("policy.ask"),
        )

    def record(self, uow: UnitOfWork, asked: Asked, decision: Decision, version: str, *, authority: str = "") -> None:
        """One DECISION entry under `version` of the agreements. A refusal is written again on its own if the asker's transaction
        is undone: it did happen.
        """
        entry = Entry(
            at=self._clock.now(),
            verb=Verb.DECISION,
            action=asked.action,
            outcome="permitted" if decision.permitted else "refused",
            reader=asked.reader,
            subject=asked.subject,
            purpose=asked.purpose,
            justification=asked.justification,
            authority=authority,
            policy_hash=self._hash,
            detail={
                "policies": " ".join(decision.policies or decision.codes),
                "agreements": " ".join(decision.agreements),
                "agreements_version": version,
                "party": "yes" if decision.party else "no",
            },
        )
        record(uow, entry)
        if not decision.permitted:
            uow.after_rollback(writing(self._database, entry))

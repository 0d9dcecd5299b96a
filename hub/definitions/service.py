"""Find a definition of serious violence; record which one a partnership adopted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.definitions import store
from hub.definitions.document import read
from hub.definitions.model import Choice, Definition, InForce
from hub.kit.authority import Action, Permit
from hub.kit.clock import Clock, SystemClock, stamp
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from hub.kit.paths import data_root
from hub.kit.words import say

MOST_MINUTE = 300


class Definitions:
    """The definitions of a hub: all versions, the one in force, one by its reference, and the history of choices."""

    def __init__(self, definitions: Iterable[Definition], *, clock: Clock | None = None, first: str = "") -> None:
        """`first` names the definition that counts until the partnership records a choice; without it, the one written last."""
        self._all = tuple(sorted(definitions, key=lambda one: (one.id, one.version)))
        self._clock = clock or SystemClock()
        self._first = first
        references = [one.reference for one in self._all]
        for twice in {reference for reference in references if references.count(reference) > 1}:
            raise Invalid(say("definitions.twice", reference=twice), code="definition-twice")

    @classmethod
    def from_folder(cls, path: Path | None = None, *, clock: Clock | None = None, first: str = "") -> Definitions:
        """All definitions in the folder of YAML files (default: the shipped `policies/definitions`)."""
        folder = path or data_root("policies") / "definitions"
        found = (read(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.yaml")))
        return cls(found, clock=clock, first=first)

    def all(self) -> tuple[Definition, ...]:
        """Every version of every definition, by id and version."""
        return self._all

    def get(self, reference: str) -> Definition:
        """The definition `id@version`, or the newest version of `id`. NotFound when there is none."""
        for one in reversed(self._all):
            if reference in (one.reference, one.id):
                return one
        raise NotFound(say("definitions.unknown", reference=reference))

    def first(self) -> Definition:
        """The one that counts until the partnership records a choice. NotFound when there is none."""
        if self._first:
            return self.get(self._first)
        if not self._all:
            raise NotFound(say("definitions.none"))
        return max(self._all, key=lambda one: (one.written_on, one.id, one.version))

    def in_force(self, reading: UnitOfWork | Reading) -> InForce:
        """The definition that counts now, with the choice that made it so.

        Conflict (`definition-changed`) when its document is no longer the one that was adopted: it changes by a new version alone.
        """
        choices = store.choices(reading)
        if not choices:
            return InForce(self.first(), None)
        return InForce(self._as_adopted(choices[0]), choices[0])

    def used(self, reading: UnitOfWork | Reading, reference: str) -> InForce:
        """A definition with the newest choice of it, as something built under it needs it. Errors as `in_force`."""
        choice = next((one for one in store.choices(reading) if one.reference == reference), None)
        return InForce(self.get(reference), None) if choice is None else InForce(self._as_adopted(choice), choice)

    def history(self, reading: UnitOfWork | Reading) -> tuple[Choice, ...]:
        """Every choice, the newest first."""
        return store.choices(reading)

    def choose(self, uow: UnitOfWork, permit: Permit, reference: str, *, minute: str) -> Choice:
        """Record that the partnership adopted a definition; `minute` says where that is minuted. In one transaction with its entry.

        Everything built from now on uses it; what was built before keeps the one it names. Conflict when it is in force already.
        """
        if not permit.is_for(Action.DEFINITION_CHOOSE, "definitions", at=self._clock.now()):
            raise NotPermitted(say("definitions.wrong-permit"), code="wrong-permit")
        chosen = self.get(reference)
        said = " ".join(minute.split())
        if not said or len(said) > MOST_MINUTE:
            raise Invalid(
                say("definitions.no-minute"),
                code="no-minute",
                remedy=say("definitions.no-minute-remedy", most=MOST_MINUTE),
            )
        before = store.choices(uow)
        if before and (before[0].reference, before[0].sha256) == (chosen.reference, chosen.sha256):
            raise Conflict(say("definitions.already", reference=chosen.reference), code="already-chosen")
        choice = Choice(
            number=len(before) + 1,
            reference=chosen.reference,
            sha256=chosen.sha256,
            chosen_at=stamp(self._clock.now()),
            chosen_by=permit.reader.person,
            agency=permit.reader.agency,
            minute=said,
        )
        store.add(uow, choice)
        self._record(uow, permit, choice, before[0].reference if before else "")
        return choice

    def _as_adopted(self, choice: Choice) -> Definition:
        found = self.get(choice.reference)
        if found.sha256 != choice.sha256:
            raise Conflict(
                say("definitions.changed", reference=choice.reference),
                code="definition-changed",
                remedy=say("definitions.changed-remedy"),
            )
        return found

    def _record(self, uow: UnitOfWork, permit: Permit, choice: Choice, before: str) -> None:
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.ALTERATION,
                action=Action.DEFINITION_CHOOSE.value,
                outcome="done",
                reader=permit.reader,
                subject=f"definition/{choice.reference}",
                purpose=permit.purpose,
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail={"number": choice.number, "sha256": choice.sha256, "before": before or "-"},
            ),
        )

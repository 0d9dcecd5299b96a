"""Ask Cedar one thing: may this reader do this to this resource, in this context? An error in any policy is a no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import cedarpy

from hub.kit.authority import Reader
from hub.policy.library import PolicyLibrary
from hub.policy.world import Body, World, microseconds

POLICY_ERROR = "policy.error"
"""The code of a no that stands because a policy could not be evaluated."""

NO_PERMIT = "role.none"
"""The code of a no that stands because no role of the reader permits it."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the policy knows them."""

    reader: Reader
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The context of a question; `hub.cedarschema` says what each value means."""

    at: datetime
    purpose: str = ""
    form: str = ""
    leads: bool = False
    dimensions_agreed: bool = True
    rows_held_lack: bool = False
    pseudonyms_of_two: bool = False
    together: tuple[str, ...] = ()
    task_purpose: bool = False

    def context(self, person: str) -> dict[str, Any]:
        """As Cedar reads it."""
        return {
            "person": person,
            "purpose": self.purpose,
            "now": microseconds(self.at),
            "form": self.form,
            "leads": self.leads,
            "dimensionsAgreed": self.dimensions_agreed,
            "rowsHeldLack": self.rows_held_lack,
            "pseudonymsOfTwo": self.pseudonyms_of_two,
            "together": [{"__entity": {"type": "Dataset", "id": other}} for other in self.together],
            "taskPurpose": self.task_purpose,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Cedar said: yes or no, and the ids of the policies that decided. A no without any id is for want of a permit."""

    allowed: bool
    policies: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Why not: the deciding forbids, or that nothing permits it. Empty for a yes."""
        return () if self.allowed else self.policies or (NO_PERMIT,)


class Judge:
    """Cedar behind one question."""

    def __init__(self, library: PolicyLibrary) -> None:
        self._library = library

    def verdicts(
        self, world: World, asker: Asker, action: str, resources: Iterable[tuple[str, str, Asked]]
    ) -> list[Verdict]:
        """One verdict for each (entity type, id, context), in order."""
        name, entities = world.seen_by(self._library, asker.reader, asker.body)
        requests = [
            {
                "principal": {"type": "Reader", "id": name},
                "action": {"type": "Action", "id": action},
                "resource": {"type": kind, "id": resource},
                "context": asked.context(asker.reader.person),
            }
            for kind, resource, asked in resources
        ]
        answers = cedarpy.is_authorized_batch(requests, self._library.policy_set, entities)
        return [_verdict(answer) for answer in answers]

    def verdict(self, world: World, asker: Asker, action: str, resource: tuple[str, str], asked: Asked) -> Verdict:
        """The verdict on one resource (entity type, id)."""
        return self.verdicts(world, asker, action, [(*resource, asked)])[0]


def _verdict(answer: cedarpy.AuthzResult) -> Verdict:
    if answer.diagnostics.errors:
        # Cedar leaves out a policy that it cannot evaluate: a forbid left out must not open a door
        return Verdict(False, (POLICY_ERROR,))
    return Verdict(answer.allowed, tuple(sorted(answer.diagnostics.id_annotations_by_reason.values())))

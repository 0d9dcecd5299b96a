"""What the policy needs to know of agencies, told by identity: the two rooms do not know each other."""

from __future__ import annotations

from hub.db import Reading, UnitOfWork
from hub.identity import Identity


class Directory:
    """Kinds and names of agencies."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def kind_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        """The kind of an agency; NotFound when the hub does not know it."""
        return self._identity.agency(reading, agency).kind.value

    def name_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        """Its name for people; NotFound when the hub does not know it."""
        return self._identity.agency(reading, agency).name

    def facilitator_of(self, reading: UnitOfWork | Reading, agency: str) -> str:
        """The id of its facilitator; empty when nobody stands."""
        found = self._identity.facilitator(reading, agency)
        return found.id if found else ""

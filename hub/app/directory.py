"""What policy and intake need to know of agencies and people, told by identity: the rooms do not know each other."""

from __future__ import annotations

from hub.db import Reading, UnitOfWork
from hub.identity import Identity, reader_of
from hub.kit.authority import Reader
from hub.kit.errors import NotFound


class Directory:
    """Kinds and names of agencies, and who people are now."""

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

    def reader_now(self, reading: UnitOfWork | Reading, person: str) -> Reader | None:
        """Somebody with the roles they have at this moment; None when they may not use the hub."""
        try:
            found = self._identity.person(reading, person)
            agency = self._identity.agency(reading, found.agency)
        except NotFound:
            return None
        return None if found.disabled or agency.disabled else reader_of(found, agency)

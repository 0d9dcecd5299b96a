"""Import profiles kept: the next file of an agency's dataset is read as its people have confirmed, until they say otherwise.

For an agency's own people alone. Every change leaves an entry with the agreed columns and the number of codes, no name and no
text out of a file. What was confirmed under an earlier version of the schema is offered anew, never used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.intake import profile_store as store
from hub.intake.model import Submission
from hub.intake.profile_model import Confirmed
from hub.kit.authority import Action, Permit
from hub.kit.clock import Clock
from hub.kit.errors import NotFound, NotPermitted
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.schemas import ImportProfile, SchemaRegistry, fitting, joined, keepable, known_encoding

KEPT_BEFORE = 4
"""So many earlier choices are kept to go back to."""

_LONGEST_SHEET = 200

CONFIRMED, FORGOTTEN = "import-profile:confirm", "import-profile:forget"


class Profiles:
    """The choices of agencies about how their files are read."""

    def __init__(self, *, schemas: SchemaRegistry, clock: Clock) -> None:
        self._schemas = schemas
        self._clock = clock

    def of(self, reading: UnitOfWork | Reading, agency: str, dataset: str) -> tuple[Confirmed, ...]:
        """What an agency has confirmed for a dataset, the newest first: it is in force if its schema version is the present one.

        The caller answers for who may see it: names and texts are those of the agency's files.
        """
        return store.of_dataset(reading, agency, dataset)

    def datasets(self, reading: UnitOfWork | Reading, agency: str) -> tuple[str, ...]:
        """The datasets for which an agency has confirmed something."""
        return store.datasets_of(reading, agency)

    def in_force(self, reading: UnitOfWork | Reading, agency: str, dataset: str) -> Confirmed | None:
        """What the next file of an agency's dataset is read with."""
        newest = next(iter(self.of(reading, agency, dataset)), None)
        present = newest is not None and newest.schema_version == self._schemas.get(dataset).version
        return newest if present else None

    def applied(self, reading: UnitOfWork | Reading, agency: str, dataset: str, said: ImportProfile) -> ImportProfile:
        """What a file is read with of which a person has said this much: the rest as was confirmed before."""
        known = self.in_force(reading, agency, dataset)
        if known is None or known.profile.is_empty or said.columns or said.codes:
            return said
        return replace(
            known.profile,
            remembered=known.id,
            encoding=said.encoding or known.profile.encoding,
            delimiter=said.delimiter or known.profile.delimiter,
            sheet=said.sheet or known.profile.sheet,
        )

    def again(self, found: Submission, said: ImportProfile) -> ImportProfile:
        """What a submission is checked again with: what the present version of the schema has of it. Invalid when it asks for
        what is not agreed.
        """
        schema = self._schemas.get(found.dataset)
        asked = said if schema.version == found.schema_version else fitting(said, schema)
        return keepable(asked, schema)

    def confirm(self, uow: UnitOfWork, permit: Permit, *, dataset: str, profile: ImportProfile) -> Confirmed:
        """Keep how files of the reader's own agency are read from now on, in place of what was kept before. Invalid: the profile
        asks for what is not agreed.
        """
        self._own(permit, dataset)
        schema = self._schemas.get(dataset)
        profile = keepable(profile, schema)
        known = self.of(uow, permit.reader.agency, dataset)
        profile = replace(profile, remembered="")
        if known and known[0].profile == profile and known[0].schema_version == schema.version:
            return known[0]
        kept = Confirmed(
            id=new_id("imp"),
            agency=permit.reader.agency,
            dataset=dataset,
            schema_version=schema.version,
            profile=profile,
            confirmed_by=permit.reader.person,
            confirmed_at=self._clock.now(),
        )
        self._record(uow, permit, dataset, Verb.ALTERATION, _told(kept))
        store.add(uow, kept)
        store.remove(uow, *(one.id for one in known[KEPT_BEFORE:]))
        return kept

    def add(self, uow: UnitOfWork, permit: Permit, *, dataset: str, profile: ImportProfile) -> Confirmed:
        """As `confirm`, beside what is in force: another system of the agency may call its columns otherwise."""
        self._own(permit, dataset)
        known = self.in_force(uow, permit.reader.agency, dataset)
        return self.confirm(uow, permit, dataset=dataset, profile=joined(known.profile, profile) if known else profile)

    def forget(self, uow: UnitOfWork, permit: Permit, *, dataset: str) -> None:
        """Erase every choice for a dataset of the reader's own agency: its next file is read as it says itself. NotFound: none is
        kept.
        """
        self._own(permit, dataset)
        known = self.of(uow, permit.reader.agency, dataset)
        if not known:
            raise NotFound(say("mapping.none-kept"))
        self._record(uow, permit, dataset, Verb.ERASURE, {"choices": len(known)})
        store.remove(uow, *(one.id for one in known))

    def go_back(self, uow: UnitOfWork, permit: Permit, *, dataset: str, to: str) -> Confirmed:
        """Confirm an earlier choice again. NotFound: it is not kept any more."""
        self._own(permit, dataset)
        earlier = next((one for one in self.of(uow, permit.reader.agency, dataset) if one.id == to), None)
        if earlier is None:
            raise NotFound(say("mapping.none-kept"))
        return self.confirm(uow, permit, dataset=dataset, profile=earlier.profile)

    def _own(self, permit: Permit, dataset: str) -> None:
        if permit.action is not Action.SUBMISSION_CREATE or permit.resource != dataset:
            raise NotPermitted(say("intake.other-permit"), reasons=("other-permit",), code="other-permit")

    def _record(
        self, uow: UnitOfWork, permit: Permit, dataset: str, verb: Verb, detail: Mapping[str, str | int]
    ) -> None:
        entry = Entry(
            at=self._clock.now(),
            verb=verb,
            action=FORGOTTEN if verb is Verb.ERASURE else CONFIRMED,
            outcome="done",
            reader=permit.reader,
            subject=f"import-profile/{permit.reader.agency}/{dataset}",
            authority=permit.id,
            policy_hash=permit.policy_hash,
            detail=detail,
        )
        record(uow, entry)


def cleaned(profile: ImportProfile) -> ImportProfile:
    """The profile as it can be kept: the name of a sheet has no control signs and is no longer than any name of one."""
    sheet = "".join(sign for sign in profile.sheet if sign.isprintable())[:_LONGEST_SHEET]
    return replace(profile, sheet=sheet)


def _told(kept: Confirmed) -> dict[str, str | int]:
    """What the log says of a choice: the agreed columns and how many codes, no name and no text out of a file."""
    asked = kept.profile
    return {
        "schema": kept.schema_version,
        "columns": ", ".join(sorted({field for field in asked.columns.values() if field})),
        "left_out": sum(not field for field in asked.columns.values()),
        "codes": ", ".join(f"{field}: {len(texts)}" for field, texts in sorted(asked.codes.items())),
        "encoding": known_encoding(asked.encoding),
        "delimiter": "chosen" if asked.delimiter else "",
        "sheet": "chosen" if asked.sheet else "",
    }

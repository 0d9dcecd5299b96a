"""Decide, have the decision recorded, and make the Grant or Permit that proves it: the only place in the hub that makes one."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from hub.agreements import Agreement, Agreements, Reason, read_agreement
from hub.db import Database, Reading, UnitOfWork
from hub.kit.authority import Action, Form, Grant, Permit, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Bug, Invalid, NotFound
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.policy.differences import Differences
from hub.policy.disclosing import READING_ROLES, Disclosing, Recipient
from hub.policy.explaining import Explaining
from hub.policy.granting import Granted, Granting, Wanted
from hub.policy.judge import Asker
from hub.policy.library import PolicyLibrary
from hub.policy.minting import end_of, joined, subject_of
from hub.policy.model import AgencyDirectory, Decision, Difference, Explanation, Opening, SchemaLookup
from hub.policy.openings import Openings
from hub.policy.proposals import Proposals
from hub.policy.questions import Questions
from hub.policy.recording import Asked, Recorder
from hub.policy.words import Sentences
from hub.policy.world import NOBODY, Body, World, build_world
from hub.schemas.model import DatasetSchema

_HUB_OPERATOR = "hub_operator"


class Policy:
    """The only decision point. Decides with reasons; records every Permit, Grant and refusal; makes Grants and Permits."""

    def __init__(
        self,
        *,
        database: Database,
        agreements: Agreements,
        schemas: SchemaLookup,
        directory: AgencyDirectory,
        clock: Clock,
        library: PolicyLibrary | None = None,
    ) -> None:
        self._agreements = agreements
        self._schemas = schemas
        self._directory = directory
        self._clock = clock
        self.library = library or PolicyLibrary()
        self._questions = Questions(self.library)
        self._proposals = Proposals(self.library)
        self._openings = Openings(self._questions)
        self._granting = Granting(self._questions, Sentences(self.library), self._openings)
        self._disclosing = Disclosing(self._questions, self._openings)
        self._differences = Differences(Sentences(self.library))
        self._explaining = Explaining(self.library, self._questions, self._openings)
        self._log = Recorder(database=database, clock=clock, policy_hash=self.library.hash)
        self._world: World | None = None
        self._lock = threading.Lock()
        agreements.judged_by(self)

    @property
    def hash(self) -> str:
        """SHA-256 of all policy files and the release: what a decision, a snapshot and a figure cite."""
        return self.library.hash

    # ---- questions -------------------------------------------------------------------------------------------------

    def decide(
        self, reading: UnitOfWork | Reading, reader: Reader, action: Action, resource: str, *, purpose: str = ""
    ) -> Decision:
        """Yes or no, with reasons; nothing is recorded and nothing made. For showing what a reader may do."""
        world = self._at_present(reading)
        asker = self._asker(reading, world, reader)
        return self._questions.decide(world, asker, action, resource, purpose=purpose, at=self._clock.now())

    def may_see_table(
        self,
        reading: UnitOfWork | Reading,
        reader: Reader,
        *,
        dataset: str,
        dimensions: frozenset[str],
        purpose: str,
        suppliers: frozenset[str] | None = None,
    ) -> Decision:
        """May the reader look at the protected table of a dataset with these dimensions?

        `dimensions` are `area`, `period`, `kind`, levels of them such as `ward`, or field names. `suppliers` are the agencies whose
        rows are counted in it; None stands for all that ever supplied the dataset, the strictest reading. Asked within a unit of
        work, the decision is recorded; a refusal also when the unit of work is undone.
        """
        world = self._at_present(reading)
        asker = self._asker(reading, world, reader)
        outcome = self._questions.table(
            world, asker, dataset, purpose=purpose, dimensions=dimensions, suppliers=suppliers, at=self._clock.now()
        )
        if isinstance(reading, UnitOfWork):
            asked = Asked(reader, Action.VIEW_READ.value, f"dataset/{dataset}", purpose)
            self._log.record(reading, asked, outcome.decision, world.version)
        return outcome.decision

    def explain(
        self, reading: UnitOfWork | Reading, reader: Reader, *, dataset: str, purpose: str, field: str | None = None
    ) -> Explanation:
        """Field by field, what the reader gets of a dataset for a purpose, why, until when, and why not more.

        NotFound when the dataset or the field is unknown, or the reader's agency is no party to anything about the dataset.
        """
        world = self._at_present(reading)
        asker = self._asker(reading, world, reader)
        schema = self._schemas.get(dataset)
        names = (field,) if field else schema.names
        if field and field not in schema.names:
            raise NotFound(say("policy.no-such-field", dataset=dataset))
        now = self._clock.now()
        table = self._questions.table(world, asker, dataset, purpose=purpose, at=now).decision
        if not table.party:
            raise NotFound(say("policy.not-found"))
        clauses = world.of_dataset(dataset)
        return Explanation(
            agency=reader.agency,
            roles=tuple(sorted(reader.roles)),
            dataset=dataset,
            purpose=purpose,
            at=now,
            profile=clauses[0].term.profile if clauses else "",
            fields=self._explaining.fields(world, asker, schema, purpose=purpose, names=names, at=now),
            rows=self._openings.of(world, asker, schema, purpose=purpose, at=now).openings,
            table=table,
            policy_hash=self.hash,
            agreements_version=world.version,
            differences=self._differences.in_force(world, clauses, reader.agency, at=now),
        )

    def differences(
        self, reading: UnitOfWork | Reading, reader: Reader, agreement: Agreement
    ) -> tuple[Difference, ...]:
        """Where an agreement says other things of a dataset than the agreements it stands beside, or would: those that the reader's
        agency is party to, drafts included. What cannot stand together is an objection instead.
        """
        world = self._at_present(reading)
        return self._differences.beside(world, agreement, reader.agency, at=self._clock.now())

    def agreements_of(self, reading: UnitOfWork | Reading, reader: Reader) -> tuple[Agreement, ...]:
        """The agreements that the reader may read: those that name the reader's agency."""
        world = self._at_present(reading)
        return tuple(
            one
            for one in world.agreements
            if self.decide(reading, reader, Action.AGREEMENT_READ, one.reference).permitted
        )

    def grantable(
        self, reading: UnitOfWork | Reading, reader: Reader, datasets: Sequence[str], *, purpose: str = ""
    ) -> tuple[str, ...]:
        """The datasets that would be granted together, kept in the order given: what an agreement no longer lets in is left out."""
        kept: list[str] = []
        for dataset in dict.fromkeys(datasets):
            candidate = [*kept, dataset]
            together = frozenset(candidate) if reader.task else frozenset()
            granted = self._granted(reading, reader, candidate, Wanted(purpose=purpose, together=together))[1]
            if all(one.decision.permitted for one in granted):
                kept.append(dataset)
        return tuple(kept)

    # ---- proposals -------------------------------------------------------------------------------------------------

    def check_agreement(self, reading: UnitOfWork | Reading, document: str | Agreement) -> tuple[Reason, ...]:
        """Every reason why the law or another agreement forbids a draft; empty when none does. Invalid when it cannot be read."""
        draft = document if isinstance(document, Agreement) else read_agreement(document)
        others = tuple(one for one in self._agreements.all(reading) if one.id != draft.id)
        return self.objections(reading, draft, others)

    def objections(
        self,
        reading: UnitOfWork | Reading,
        agreement: Agreement,
        others: tuple[Agreement, ...],
        *,
        permit: Permit | None = None,
    ) -> tuple[Reason, ...]:
        """As `check_agreement`, beside the agreements given; asked by the agreements room. Under a permit a refusal is recorded."""
        everything = (agreement, *others)
        schemas, bodies = self._schemas_of(everything), self._bodies_of(reading, everything)
        found = self._proposals.objections(agreement, others, schemas=schemas, bodies=bodies, at=self._clock.now())
        if found and permit is not None and isinstance(reading, UnitOfWork):
            self._refused(reading, permit, agreement, found)
        return found

    def unready(
        self,
        reading: UnitOfWork | Reading,
        agreement: Agreement,
        agencies: Sequence[str],
        *,
        permit: Permit | None = None,
    ) -> tuple[Reason, ...]:
        """Why it may not be signed for these parties yet: a responsible authority has nobody named to facilitate sharing.

        SI 2007/1830 reg 4(3). Under a permit a refusal is recorded.
        """
        bodies = self._bodies_of(reading, (agreement,))
        unnamed = [one for one in agencies if one in bodies and not self._directory.facilitator_of(reading, one)]
        found = self._proposals.without_facilitator([bodies[one] for one in unnamed])
        if found and permit is not None and isinstance(reading, UnitOfWork):
            self._refused(reading, permit, agreement, found)
        return found

    # ---- permits and grants ----------------------------------------------------------------------------------------

    def permit(self, uow: UnitOfWork, reader: Reader, action: Action, resource: str, *, purpose: str = "") -> Permit:
        """The right to do `action` on `resource`, recorded. A refusal is recorded too, and outlives the asker's rollback.

        NotPermitted with reason codes to a party; NotFound to everybody else.
        """
        world = self._at_present(uow)
        asker = self._asker(uow, world, reader)
        now = self._clock.now()
        decision = self._questions.decide(world, asker, action, resource, purpose=purpose, at=now)
        asked = Asked(reader, action.value, subject_of(action, resource), purpose)
        if not decision.permitted:
            self._log.refuse(uow, asked, [decision], world.version)
        permit = Permit(
            id=new_id("permit"),
            reader=reader,
            action=action,
            resource=resource,
            purpose=purpose,
            policy_hash=self.hash,
            expires_at=end_of(now, [decision]),
        )
        self._log.record(uow, asked, decision, world.version, authority=permit.id)
        return permit

    def grant(
        self,
        uow: UnitOfWork,
        reader: Reader,
        datasets: Sequence[str],
        *,
        purpose: str,
        justification: str,
        form: Form | None = None,
        supplier: str = "",
        agreement: str = "",
    ) -> Grant:
        """The right to read rows of `datasets`, recorded with its justification (DPA 2018 s.62(2)).

        For a task of the hub: whole rows, only where agreements in force permit each dataset, and for a snapshot the
        combination with exactly the others. For a person: rows of one supplier under one agreement, each field in the most
        revealing form permitted, or only the fields in `form`; where several would do, `supplier` or `agreement` says which
        (Conflict `which-rows` otherwise). Refusals as `permit`.
        """
        if form is Form.COUNT:
            raise Invalid(say("policy.count-needs-no-grant"), code="no-rows-in-count")
        if not datasets or not justification.strip():
            raise Invalid(say("policy.no-justification"), code="no-justification")
        wanted = tuple(dict.fromkeys(datasets))
        together = frozenset(wanted) if reader.task else frozenset()
        asked_for = Wanted(purpose=purpose, form=form, supplier=supplier, agreement=agreement, together=together)
        world, granted = self._granted(uow, reader, wanted, asked_for)
        asked = Asked(
            reader,
            Action.DATASET_READ_ROWS.value,
            " ".join(f"dataset/{one}" for one in wanted),
            purpose,
            justification,
        )
        decisions = [one.decision for one in granted]
        if not all(decision.permitted for decision in decisions):
            self._log.refuse(uow, asked, decisions, world.version)
        grant = Grant(
            id=new_id("grant"),
            reader=reader,
            purpose=purpose,
            justification=justification,
            datasets={one.dataset.dataset: one.dataset for one in granted if one.dataset is not None},
            policy_hash=self.hash,
            expires_at=end_of(self._clock.now(), decisions),
        )
        self._log.record(uow, asked, joined(decisions), world.version, authority=grant.id)
        return grant

    def openings(
        self, reading: UnitOfWork | Reading, reader: Reader, dataset: str, *, purpose: str
    ) -> tuple[Opening, ...]:
        """Which rows of a dataset a person could be granted, by supplier and agreement; nothing is recorded and nothing granted."""
        world = self._at_present(reading)
        asker = self._asker(reading, world, reader)
        if not world.of_dataset(dataset):
            return ()
        return self._openings.of(
            world, asker, self._schemas.get(dataset), purpose=purpose, at=self._clock.now()
        ).openings

    def seen_by(self, reading: UnitOfWork | Reading, reader: Reader, dataset: str) -> tuple[Recipient, ...]:
        """What every other party would get of the rows that the reader's own agency supplies of a dataset, as agreements stand
        now; nothing is recorded and nothing granted to anybody. Empty where the agency supplies nothing of it.
        """
        world = self._at_present(reading)
        if not world.of_dataset(dataset):
            return ()
        return self._disclosing.of(
            world,
            self._schemas.get(dataset),
            reader.agency,
            asker_of=lambda agency: self._asker(reading, world, Reader(agency=agency, roles=READING_ROLES)),
            at=self._clock.now(),
        )

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _granted(
        self, reading: UnitOfWork | Reading, reader: Reader, datasets: Sequence[str], wanted: Wanted
    ) -> tuple[World, list[Granted]]:
        world = self._at_present(reading)
        asker = self._asker(reading, world, reader)
        now = self._clock.now()
        found = []
        for dataset in datasets:
            clauses = world.of_dataset(dataset)
            schema = clauses[0].schema if clauses else None
            if reader.task or schema is None:
                found.append(self._granting.whole(world, asker, dataset, wanted, at=now))
            else:
                found.append(self._granting.opened(world, asker, schema, wanted, at=now))
        return world, found

    def _refused(self, uow: UnitOfWork, permit: Permit, agreement: Agreement, reasons: tuple[Reason, ...]) -> None:
        asked = Asked(permit.reader, permit.action.value, f"agreement/{agreement.reference}", permit.purpose)
        self._log.record(uow, asked, Decision(False, reasons), self._at_present(uow).version, authority=permit.id)

    def _asker(self, reading: UnitOfWork | Reading, world: World, reader: Reader) -> Asker | None:
        """Who asks; None when the hub does not know the agency. A task of the hub acts for one supplier, or for all."""
        if reader.task and (reader.person or reader.roles):
            raise Bug("a task of the hub has neither a person nor roles")
        if reader.task and not reader.agency:
            return Asker(reader, world.bodies[NOBODY])
        body = world.bodies.get(reader.agency) if reader.agency else None
        if reader.agency and (body is None or not body.kind):
            body = self._body(reading, reader.agency)
        if body is None:
            return None
        return Asker(reader, world.bodies[NOBODY] if reader.task and body.kind == _HUB_OPERATOR else body)

    def _at_present(self, reading: UnitOfWork | Reading) -> World:
        """The world at the present version of the agreements."""
        version = self._agreements.version(reading)
        with self._lock:
            if self._world is not None and self._world.version == version:
                return self._world
        agreements = self._agreements.all(reading)
        bodies = self._bodies_of(reading, agreements)
        world = build_world(
            self.library, version=version, agreements=agreements, schemas=self._schemas_of(agreements), bodies=bodies
        )
        if all(agency in bodies for one in agreements for agency in one.agencies()):
            with self._lock:
                self._world = world
        return world

    def _schemas_of(self, agreements: Sequence[Agreement]) -> dict[str, DatasetSchema]:
        found: dict[str, DatasetSchema] = {}
        for dataset in {term.dataset for one in agreements for term in one.terms}:
            try:
                found[dataset] = self._schemas.get(dataset)
            except NotFound:
                continue
        return found

    def _bodies_of(self, reading: UnitOfWork | Reading, agreements: Sequence[Agreement]) -> dict[str, Body]:
        found = {
            agency: self._body(reading, agency)
            for agency in {agency for one in agreements for agency in one.agencies()}
        }
        return {agency: body for agency, body in found.items() if body is not None}

    def _body(self, reading: UnitOfWork | Reading, agency: str) -> Body | None:
        try:
            return Body(agency, self._directory.kind_of(reading, agency), self._directory.name_of(reading, agency))
        except NotFound:
            return None

"""What stands against an agreement: the statutory floor clause by clause, the agreed vocabulary, and the other agreements.

The floor is the same Cedar that decides requests: here it is asked about every clause, recipient, form and purpose of the draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from hub.agreements.model import ALL_FIELDS, SIGNING, Agreement, PartyRole, Reason, Standing, Status
from hub.kit.authority import Form, Reader
from hub.policy.dimensions import COARSEST, reach, suppliers_whose_rows_lack
from hub.policy.forms import forms_of, links_pseudonyms, unfit_fields
from hub.policy.judge import POLICY_ERROR, Asked, Asker, Judge
from hub.policy.library import PolicyLibrary
from hub.policy.words import Sentences
from hub.policy.world import Body, Clause, World, build_world, data_class, is_personal
from hub.schemas.model import DATA_CLASSES, DatasetSchema

_PROPOSER = "proposal"


class Proposals:
    """Judges drafts."""

    def __init__(self, library: PolicyLibrary) -> None:
        self._library = library
        self._judge = Judge(library)
        self._sentences = Sentences(library)

    def objections(
        self,
        draft: Agreement,
        others: Iterable[Agreement],
        *,
        schemas: Mapping[str, DatasetSchema],
        bodies: Mapping[str, Body],
        at: datetime,
    ) -> tuple[Reason, ...]:
        """Every reason against `draft`, the floor's first; empty when nothing stands against it."""
        as_if = replace(draft, status=Status.IN_FORCE, has_been_in_force=True)
        world = build_world(self._library, version="", agreements=(as_if,), schemas=schemas, bodies=bodies)
        living = tuple(
            one for one in others if one.standing(at) is not Standing.EXPIRED and one.status is not Status.ENDED
        )
        found = [
            *(reason for clause in world.clauses for reason in self._floor(world, clause)),
            *self._rows_and_table(world, living, schemas),
            *self._pseudonyms_of_two(world, others, schemas),
            *self._parties(world, as_if),
            *(reason for clause in world.clauses for reason in self._clause(world, clause)),
            *self._beside(world, as_if, living),
        ]
        return tuple(dict.fromkeys(found))

    def without_facilitator(self, unnamed: Iterable[Body]) -> tuple[Reason, ...]:
        """The responsible authorities among bodies that have nobody named to facilitate sharing (SI 2007/1830 reg 4(3))."""
        return tuple(
            self._sentences.plain(
                "agreement.no-facilitator", section="SI 2007/1830 reg 4(3)", bodies=(body.id,), agency=body.name
            )
            for body in unnamed
            if body.kind in self._library.responsible_authorities
        )

    # ---- the floor -------------------------------------------------------------------------------------------------

    def _floor(self, world: World, clause: Clause) -> Iterator[Reason]:
        for reader, action, asked in self._questions(clause):
            asker = Asker(reader, world.bodies[reader.agency])
            verdict = self._judge.verdict(world, asker, action, ("Term", clause.uid), asked)
            for code in verdict.policies:
                if code.startswith("floor."):
                    yield self._sentences.of_clause(world, clause, code, reader, asked.purpose)
                elif code == POLICY_ERROR:
                    yield self._sentences.plain(code)

    def _questions(self, clause: Clause) -> Iterator[tuple[Reader, str, Asked]]:
        """Everything the clause would allow if it stood: the supplier's sending, each disclosure, and the combination."""
        at, term = clause.agreement.starts_at, clause.term
        yield Reader(agency=term.supplier, person=_PROPOSER), "submission:create", Asked(at=at)
        for agency in term.recipients or clause.agreement.agencies(*SIGNING):
            for form in sorted(set(term.forms.values())):
                for purpose in term.purposes:
                    asked = Asked(at=at, purpose=purpose, form=form.value)
                    yield Reader(agency=agency, person=_PROPOSER), form.value, asked
        if term.combine_with:
            asked = Asked(at=at, form=Form.READ_CLEAR.value, together=term.combine_with, task_purpose=True)
            yield Reader(agency="", task="snapshot-build"), Form.READ_CLEAR.value, asked

    def _rows_and_table(
        self, world: World, others: tuple[Agreement, ...], schemas: Mapping[str, DatasetSchema]
    ) -> Iterator[Reason]:
        """Per agency: rows without a field, together with counts by it, by this agreement or with the others.

        What cannot be told from the rows at any level is refused here; finer levels than the rows tell, at each request.
        """
        everything = [
            *world.clauses,
            *(Clause(one, term, schemas.get(term.dataset)) for one in others for term in one.terms),
        ]
        for dataset in dict.fromkeys(clause.term.dataset for clause in world.clauses):
            about = [clause for clause in everything if clause.term.dataset == dataset]
            for agency in sorted({agency for clause in about for agency in clause.term.recipients}):
                hidden = [clause for clause in about if self._counts_hidden(clause, agency)]
                counted = reach((one.term, one.schema) for one in hidden if one.schema is not None)
                coarsest = [COARSEST.get(name, name) for name in counted]
                for supplier in suppliers_whose_rows_lack(about, agency, coarsest, at=None):
                    clause = next(one for one in about if one.term.supplier == supplier)
                    yield self._sentences.of_clause(
                        world, clause, "floor.rows-and-table", Reader(agency=agency), clause.term.purposes[0]
                    )

    def _pseudonyms_of_two(
        self, world: World, others: Iterable[Agreement], schemas: Mapping[str, DatasetSchema]
    ) -> Iterator[Reason]:
        """Per agency: a pseudonym that it holds under another agreement already, in rows that could be matched with these."""
        before = [
            Clause(one, term, schemas.get(term.dataset))
            for one in others
            if one.has_been_in_force or one.status is Status.DRAFT
            for term in one.terms
        ]
        for clause in world.clauses:
            for agency in clause.term.recipients:
                first = links_pseudonyms(before, clause, agency, at=None)
                if first:
                    yield self._sentences.of_term(
                        world,
                        clause.agreement,
                        clause.term,
                        "floor.pseudonyms-of-two",
                        recipient=agency,
                        purpose="",
                        named=agency,
                        first=first,
                    )

    def _counts_hidden(self, clause: Clause, agency: str) -> bool:
        profile = self._library.profiles.get(clause.term.profile)
        return agency in clause.term.recipients and (profile is None or profile.hides)

    # ---- the vocabulary and the document ---------------------------------------------------------------------------

    def _parties(self, world: World, draft: Agreement) -> Iterator[Reason]:
        for agency in draft.agencies():
            if not world.bodies[agency].kind:
                yield self._sentences.plain("agreement.unknown-agency", bodies=(agency,), agency=agency)
        kinds = {world.bodies[agency].kind for agency in draft.agencies(PartyRole.PROCESSOR)}
        if "hub_operator" not in kinds:
            yield self._sentences.plain("agreement.no-processor", section="UK GDPR Art. 28")
        if not draft.agencies(PartyRole.CONTROLLER):
            yield self._sentences.plain("agreement.no-controller", section="UK GDPR Art. 4(7)")
        for purpose in draft.purposes:
            known = self._library.purposes.get(purpose)
            if known is None:
                yield self._sentences.plain("agreement.unknown-purpose", purpose=purpose)
            elif known.family in ("log", "hub"):
                yield self._sentences.plain("agreement.reserved-purpose", purpose=purpose, section=known.section)

    def _clause(self, world: World, clause: Clause) -> Iterator[Reason]:
        term, schema = clause.term, clause.schema
        if term.data_class not in DATA_CLASSES:
            yield self._about(world, clause, "agreement.unknown-data-class")
        profile = self._library.profiles.get(term.profile)
        if profile is None:
            yield self._about(world, clause, "agreement.unknown-profile")
        elif not profile.built:
            yield self._about(world, clause, "agreement.profile-not-built")
        controllers = clause.agreement.agencies(PartyRole.CONTROLLER)
        if term.supplier not in controllers:
            yield self._about(world, clause, "agreement.supplier-no-controller")
        if not term.recipients and clause.agreement.gateway != "public_domain":
            yield self._about(world, clause, "agreement.no-recipients")
        if schema is not None:
            yield from self._against_schema(world, clause, schema)

    def _against_schema(self, world: World, clause: Clause, schema: DatasetSchema) -> Iterator[Reason]:
        term = clause.term
        if data_class(term, schema) != term.data_class and term.data_class in DATA_CLASSES:
            yield self._about(world, clause, "agreement.data-class-too-low", schema_class=schema.data_class)
        if world.bodies[term.supplier].kind not in schema.agency_kinds:
            yield self._about(world, clause, "agreement.supplier-kind")
        for name in (*term.forms, *term.withheld):
            if name != ALL_FIELDS and name not in schema.names:
                yield self._about(world, clause, "agreement.unknown-field", field=name)
        for name, code in unfit_fields(term, schema).items():
            yield self._about(world, clause, code, field=name, form=self._sentences.form(term.forms[name]))
        if is_personal(schema) and not clause.agreement.dpia.strip():
            yield self._about(world, clause, "agreement.no-dpia")

    # ---- beside the others -----------------------------------------------------------------------------------------

    def _beside(self, world: World, draft: Agreement, others: tuple[Agreement, ...]) -> Iterator[Reason]:
        """A dataset has one profile in a hub, and a partnership one lead; the first agreement to say so is named."""
        standing: dict[str, tuple[str, str]] = {}
        for one in (*others, draft):
            for term in one.terms:
                profile, first = standing.setdefault(term.dataset, (term.profile, one.reference))
                if one is draft and profile != term.profile:
                    clause = Clause(draft, term, None)
                    yield self._about(world, clause, "agreement.one-profile", first=first, first_profile=profile)
        yield from self._contradictions(world, draft, others)
        for one in others:
            if draft.lead and one.lead and one.lead != draft.lead:
                yield self._sentences.plain(
                    "agreement.one-lead",
                    bodies=(one.lead, draft.lead),
                    first=one.reference,
                    lead=one.lead,
                    agreement=draft.reference,
                    other=draft.lead,
                )

    def _contradictions(self, world: World, draft: Agreement, others: tuple[Agreement, ...]) -> Iterator[Reason]:
        """One agreement gives rows with a field to somebody, another says that the supplier keeps it to itself: both are named."""
        for one in (*others, draft):
            for giving, keeping in ((draft, one), (one, draft))[: 1 if one is draft else 2]:
                yield from self._gives_what_is_kept(world, giving, keeping)

    def _gives_what_is_kept(self, world: World, giving: Agreement, keeping: Agreement) -> Iterator[Reason]:
        schemas = {clause.term.dataset: clause.schema for clause in world.clauses}
        for term in giving.terms:
            schema = schemas.get(term.dataset)
            if schema is None or set(term.recipients) <= {term.supplier}:
                continue
            kept = {
                name
                for keeper in keeping.terms
                if (keeper.dataset, keeper.supplier) == (term.dataset, term.supplier)
                for name in keeper.withheld
            }
            for name in sorted(kept & set(forms_of(term, schema))):
                clause = Clause(giving, term, schema)
                yield self._about(
                    world,
                    clause,
                    "agreement.contradiction",
                    field=name,
                    giving=giving.reference,
                    keeping=keeping.reference,
                )

    def _about(self, world: World, clause: Clause, code: str, **values: str) -> Reason:
        supplier = clause.term.supplier
        return self._sentences.of_term(
            world, clause.agreement, clause.term, code, recipient=supplier, purpose="", named=supplier, **values
        )

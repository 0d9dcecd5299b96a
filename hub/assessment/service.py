"""Build, keep and read assessments."""

from __future__ import annotations

from dataclasses import replace

from hub.assessment import store
from hub.assessment.build import figures, render
from hub.assessment.matter import Ground
from hub.assessment.model import AssessmentRecord, BuiltAssessment, Figure
from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.definitions import Definitions, InForce
from hub.geography import Context, Geography
from hub.kit.authority import Action, Permit
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.clock import Clock, stamp
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import SchemaRegistry
from hub.views import ProtectedTable, Views

RESOURCE = "assessments"
"""What a permit for any of these verbs names."""


class Assessments:
    """The verbs over assessments."""

    def __init__(
        self,
        *,
        views: Views,
        definitions: Definitions,
        geography: Geography,
        context: Context,
        schemas: SchemaRegistry,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._views = views
        self._geography = geography
        self._context = context
        self._schemas = schemas
        self._policy = policy
        self._definitions = definitions
        self._clock = clock

    def build(self, uow: UnitOfWork, permit: Permit, *, justification: str) -> BuiltAssessment:
        """Build from the snapshot in force, for the permit's reader, and keep the evidence and the hash of the bytes."""
        self._check(permit, Action.ASSESSMENT_BUILD)
        defined = self._definitions.in_force(uow)
        made, html, body, snapshot = self._make(uow, permit, defined, justification)
        built = BuiltAssessment(
            id=new_id("asm"),
            snapshot=snapshot,
            sha256=sha256_hex(html.encode()),
            built_at=stamp(self._clock.now()),
            built_by=permit.reader.person,
            definition=defined.definition.reference,
            figures=made,
            html=html,
            body=body,
        )
        evidence = canonical_json([_as_json(figure) for figure in made]).decode()
        store.add(
            uow,
            AssessmentRecord(
                id=built.id,
                snapshot=snapshot,
                sha256=built.sha256,
                built_at=built.built_at,
                built_by=built.built_by,
                agency=permit.reader.agency,
                definition=defined.definition.reference,
                evidence=evidence,
            ),
        )
        self._record(
            uow,
            permit,
            built.id,
            Verb.COMBINATION,
            {"figures": len(made), "snapshot": snapshot, "sha256": built.sha256},
            justification=justification,
        )
        return built

    def read(self, uow: UnitOfWork, permit: Permit, identity: str, *, justification: str) -> BuiltAssessment:
        """The assessment again, from its snapshot, under the policy of this moment.

        NotPermitted when the reader may no longer see a figure of it (P3); Conflict when it does not come out as it was built: the
        snapshot in force or the policy is another by now, and it must be built again.
        """
        self._check(permit, Action.ASSESSMENT_READ)
        kept = store.get(uow, identity)
        if kept is None:
            raise NotFound(say("assessment.missing"))
        defined = self._definitions.used(uow, kept.definition)
        made, html, body, snapshot = self._make(uow, permit, defined, justification)
        if sha256_hex(html.encode()) != kept.sha256:
            raise Conflict(
                say("assessment.stale.title"), code="assessment-stale", remedy=say("assessment.stale.remedy")
            )
        detail: dict[str, str | int] = {"figures": len(made), "snapshot": snapshot}
        self._record(uow, permit, identity, Verb.CONSULTATION, detail, justification=justification)
        return BuiltAssessment(
            id=identity,
            snapshot=snapshot,
            sha256=kept.sha256,
            built_at=kept.built_at,
            built_by=kept.built_by,
            definition=kept.definition,
            figures=made,
            html=html,
            body=body,
        )

    def all(self, reading: UnitOfWork | Reading, permit: Permit) -> tuple[AssessmentRecord, ...]:
        """What was built, newest first; evidence, never figures.

        Hashes and evidence only of what the reader's own agency built: the hash of a table of a few rounded cells gives them
        to whoever tries all, and another agency may have seen what this one may not.
        """
        self._check(permit, Action.ASSESSMENT_READ)
        return tuple(
            one if one.agency == permit.reader.agency else replace(one, sha256="", evidence="[]")
            for one in store.all_records(reading)
        )

    def newest(self, reading: UnitOfWork | Reading) -> tuple[str, int] | None:
        """Which assessment was built last, and from which snapshot; no figure, no hash, so that no permit is asked for."""
        found = store.newest(reading)
        return None if found is None else (found.id, found.snapshot)

    def _make(
        self, uow: UnitOfWork, permit: Permit, defined: InForce, justification: str
    ) -> tuple[tuple[Figure, ...], str, str, int]:
        tables: list[ProtectedTable] = []
        refused: list[NotFound | NotPermitted] = []

        def ask(view: str, by: str) -> ProtectedTable | None:
            try:
                looking = self._policy.permit(uow, permit.reader, Action.VIEW_READ, view, purpose=permit.purpose)
                table = self._views.table(uow, looking, view, by=by.replace("-", ","), justification=justification)
            except (NotFound, NotPermitted) as error:
                refused.append(error)  # nothing of this table is open to the reader: what it would tell is a gap
                return None
            tables.append(table)
            return table

        known: dict[str, Ground] = {}

        def ground_of(table: ProtectedTable) -> Ground:
            if table.tree_id not in known:
                known[table.tree_id] = Ground(
                    tree=self._geography.index(uow, table.tree_id).tree,
                    population=self._context.population(uow),
                    deprivation=self._context.deprivation(uow),
                )
            return known[table.tree_id]

        made = figures(ask, defined.definition, ground_of)
        if refused and not any(
            table.columns for table in tables
        ):  # a view of which nothing is there is no figure either
            raise refused[0]
        html, body = render(made, tables, defined, self._schemas, ground_of(tables[0]))
        return made, html, body, tables[0].snapshot

    def _check(self, permit: Permit, action: Action) -> None:
        """The permit must be for this, on assessments, and still run: one that was given before is asked for again (P3)."""
        if not permit.is_for(action, RESOURCE, at=self._clock.now()):
            raise NotPermitted(say("assessment.wrong-permit"), code="wrong-permit")

    def _record(
        self,
        uow: UnitOfWork,
        permit: Permit,
        identity: str,
        verb: Verb,
        detail: dict[str, str | int],
        *,
        justification: str,
    ) -> None:
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=verb,
                action=permit.action,
                outcome="done",
                reader=permit.reader,
                subject=f"assessment/{identity}",
                purpose=permit.purpose,
                justification=justification or permit.purpose,
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail=detail,
            ),
        )


def _as_json(figure: Figure) -> dict[str, object]:
    evidence = figure.evidence
    return {
        "indicator": evidence.indicator,
        "measure": evidence.measure,
        "query": evidence.query,
        "snapshot": evidence.snapshot,
        "policy_hash": evidence.policy_hash,
        "profile": evidence.profile,
        "result_hash": evidence.result_hash,
        "definition": evidence.definition,
        "further": [{"query": query, "result_hash": result} for query, result in evidence.further],
        "context": list(evidence.context),
    }

"""Who will see a submission: its own first rows as each other agency would get them, shown to the agency that sends them.

The forms come from `Policy.seen_by`, the rows from `Forming`: what later shows rows to those agencies. Nothing is granted to
anybody else: the sender's own Grant opens the sender's own file.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hub.audit import Entry, Verb, record
from hub.db import Database, Reading, UnitOfWork
from hub.engine import DuckDbEngine
from hub.geography import Geography
from hub.intake import is_sender, mending_grant
from hub.kit.authority import Form, Grant, Reader
from hub.kit.clock import Clock, stamp
from hub.kit.errors import Conflict, NotPermitted
from hub.kit.words import say
from hub.policy import Opening, Policy, Recipient, RowsSeen
from hub.pseudonyms import Pseudonyms
from hub.schemas import Coarser, DatasetSchema, SchemaRegistry, generalisation_of
from hub.snapshots.formed import Formed, Forming, Piece
from hub.snapshots.forms import ShownField, read_sql
from hub.snapshots.model import AcceptedSubmission
from hub.snapshots.pages import cells
from hub.vault import Vault

FIRST_ROWS = 10
"""Rows of the file that a preview shows."""

PREVIEW = "submission:preview"
"""The action that the log names."""

_FIRST = "hub_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenField:
    """One field as somebody would see it; `form` None: not at all. `clauses` agreed it."""

    name: str
    title: str
    form: Form | None
    coarser: Coarser | None
    clauses: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        return {
            "name": self.name,
            "form": self.form.value if self.form else "none",
            "generalised_to": self.coarser.value if self.coarser else "",
            "clauses": list(self.clauses),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of the file under one opening: columns and cells as they would be shown. `problem`: why there are none.
    `withheld`: so many rows of the file would not be shown at all, because few others are like them.
    """

    columns: tuple[ShownField, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    problem: str = ""
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAs:
    """What agencies would get alike: rows under one agreement (`rows`), or counts alone, or nothing.

    `preview` is None where no rows reach them, or the asker may not see rows of the file.
    """

    agencies: tuple[str, ...]
    names: tuple[str, ...]
    rows: RowsSeen | None
    counts: bool
    agreements: tuple[str, ...]
    purposes: tuple[str, ...]
    profiles: tuple[str, ...]
    expires_at: datetime | None
    fields: tuple[SeenField, ...]
    preview: Preview | None = None

    @property
    def form(self) -> str:
        """`rows`, `counts` or `nothing`."""
        return "rows" if self.rows else "counts" if self.counts else "nothing"

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        shown = self.preview
        return {
            "agencies": list(self.agencies),
            "sees": self.form,
            "agreements": list(self.agreements),
            "purposes": list(self.purposes),
            "profiles": list(self.profiles),
            "expires_at": stamp(self.expires_at) if self.expires_at else None,
            "fields": [one.as_json() for one in self.fields],
            "withheld_rows": shown.withheld if shown is not None else 0,
            "first_rows": None
            if shown is None or shown.problem
            else [dict(zip((one.name for one in shown.columns), row, strict=True)) for row in shown.rows],
        }


class Previews:
    """Says who will see what of a dataset that the asker's agency sends, and shows it in the agency's own rows."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        engine: DuckDbEngine,
        geography: Geography,
        schemas: SchemaRegistry,
        pseudonyms: Pseudonyms,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._database = database
        self._vault = vault
        self._engine = engine
        self._schemas = schemas
        self._policy = policy
        self._clock = clock
        self._forming = Forming(geography=geography, pseudonyms=pseudonyms)

    def agreed(self, uow: UnitOfWork, reader: Reader, dataset: str) -> tuple[SeenAs, ...]:
        """Who will see what of the rows that the reader's agency sends, as agreements stand now: rows first, then counts."""
        return seen_as(self._policy.seen_by(uow, reader, dataset), self._schemas.get(dataset))

    def of(self, reader: Reader, submission: AcceptedSubmission, *, first: int = FIRST_ROWS) -> tuple[SeenAs, ...]:
        """As `agreed`, with the `first` rows of a submission of the reader's own agency under each opening, for its uploader
        alone; recorded as a consultation before they are handed over. The caller has asked that the reader may read the
        submission, and holds no transaction: none is held while rows are read. NotPermitted: it is another agency's.
        """
        if submission.agency != reader.agency:
            raise NotPermitted(say("snapshots.not-in"), reasons=("other-agency",))
        with self._database.unit_of_work() as uow:
            found = self.agreed(uow, reader, submission.dataset)
            if not (is_sender(reader) and submission.accepted_object and any(one.rows for one in found)):
                return found
            grant = mending_grant(self._policy, uow, reader, submission.dataset, why=f"submission/{submission.id}")
            formed = [self._formed(uow, submission, one.rows.opening) if one.rows else None for one in found]
        shown = tuple(
            replace(one, preview=self._preview(grant, submission, one.rows.opening, form, first))
            if one.rows and form is not None
            else one
            for one, form in zip(found, formed, strict=True)
        )
        with self._database.unit_of_work() as uow:
            self._record(uow, grant, reader, submission, shown)
        return shown

    def _formed(
        self, reading: UnitOfWork | Reading, submission: AcceptedSubmission, opening: Opening
    ) -> Formed | Conflict:
        """The columns of an opening, or why there are none."""
        try:
            return self._forming.formed(reading, self._schemas.get(submission.dataset), opening.fields, own=False)
        except Conflict as conflict:
            return conflict

    def _preview(
        self, grant: Grant, submission: AcceptedSubmission, opening: Opening, formed: Formed | Conflict, first: int
    ) -> Preview:
        if isinstance(formed, Conflict):
            return Preview(problem=formed.title)
        with ExitStack() as until_read:
            with self._database.reading() as reading:
                opened = self._vault.files(reading, grant, [submission.accepted_object])
                files = until_read.enter_context(opened)
            session = until_read.enter_context(self._engine.session(files=files))
            rows = read_sql([submission.accepted_object])
            if formed.few is None:  # else each row's likes must be counted in the whole extract
                session.run(f"CREATE TEMP TABLE {_FIRST} AS SELECT * FROM {rows} LIMIT {first}")
                rows = _FIRST
            piece = Piece(self._schemas.get(submission.dataset, submission.schema_version), rows)
            whole = (submission.agency, submission.accepted_object) if formed.few is not None else ()
            relation = self._forming.make(session, formed, [piece], pseudonyms_of=opening.agreement_id, known_as=whole)
            return Preview(
                columns=formed.fields,
                rows=cells(session, relation, formed.fields, limit=first),
                withheld=self._forming.withheld(session, formed),
            )

    def _record(
        self,
        uow: UnitOfWork,
        grant: Grant,
        reader: Reader,
        submission: AcceptedSubmission,
        shown: Sequence[SeenAs],
    ) -> None:
        previews = [one.preview for one in shown if one.preview is not None]
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.CONSULTATION,
                action=PREVIEW,
                outcome="done",
                reader=reader,
                subject=f"submission/{submission.id}",
                purpose=grant.purpose,
                justification=grant.justification,
                recipients=(reader.agency,),
                authority=grant.id,
                policy_hash=grant.policy_hash,
                detail={"previews": len(previews), "rows": max((len(one.rows) for one in previews), default=0)},
            ),
        )


def seen_as(recipients: Sequence[Recipient], schema: DatasetSchema) -> tuple[SeenAs, ...]:
    """Recipients put together where they would get the same: rows first, then counts, then nothing."""
    alike: dict[tuple[object, ...], SeenAs] = {}
    for recipient in recipients:
        for rows in recipient.rows or (None,):
            one = _seen(recipient, rows, schema)
            key = (one.form, one.agreements, one.purposes, one.profiles, one.fields)
            known = alike.get(key, replace(one, agencies=(), names=()))
            alike[key] = replace(
                known, agencies=(*known.agencies, recipient.agency), names=(*known.names, recipient.name)
            )
    order = ("rows", "counts", "nothing")
    return tuple(sorted(alike.values(), key=lambda one: (order.index(one.form), one.names)))


def _seen(recipient: Recipient, rows: RowsSeen | None, schema: DatasetSchema) -> SeenAs:
    opening = rows.opening if rows is not None else None
    fields = []
    for field in schema.fields:
        form, clauses = recipient.form_of(field.name, opening)
        coarser = generalisation_of(schema, field.name) if form is Form.READ_GENERALISED else None
        fields.append(SeenField(name=field.name, title=field.title, form=form, coarser=coarser, clauses=clauses))
    counted = [name for one in recipient.counts for name in one.agreements]
    ends = [opening.expires_at] if opening is not None else [one.expires_at for one in recipient.counts]
    purposes = rows.purposes if rows is not None else [name for one in recipient.counts for name in one.purposes]
    return SeenAs(
        agencies=(recipient.agency,),
        names=(recipient.name,),
        rows=rows,
        counts=bool(recipient.counts),
        agreements=tuple(dict.fromkeys([opening.agreement] if opening is not None else counted)),
        purposes=tuple(dict.fromkeys(purposes)),
        profiles=tuple(dict.fromkeys(one.profile for one in recipient.counts)),
        expires_at=max(ends, default=None),
        fields=tuple(fields),
    )

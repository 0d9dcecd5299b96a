"""Granted rows a page at a time, and whole for a download: the same cells whichever door asks. Each look is written down."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.audit import Entry, Verb, record
from hub.db import UnitOfWork
from hub.engine import EngineSession, quoted
from hub.kit.authority import Action, Grant
from hub.kit.clock import Clock
from hub.kit.delimited import csv_lines, inert
from hub.kit.errors import Conflict, Invalid
from hub.kit.words import say
from hub.snapshots.alike import said_withheld
from hub.snapshots.forms import ShownField
from hub.snapshots.granted import GrantedRows, OpenRows

PAGE = 100
"""Rows of a page when nothing else is said."""

MOST_OF_A_PAGE = 1_000
MOST_OF_A_DOWNLOAD = 500_000
_MOST_ROWS = 2**40
"""No cursor stands behind so many rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """Rows of one dataset as a reader sees them, from row `first` (counted from 0) of `total`, in the order of what they show.

    A cell is text, the same in every door, or None for a blank. `cursor` leads to the rows after these, empty at the end.
    """

    dataset: str
    supplier: str
    agreement: str
    purpose: str
    month: str
    months: tuple[str, ...]
    fields: tuple[ShownField, ...]
    rows: tuple[tuple[str | None, ...], ...]
    first: int
    total: int
    cursor: str
    withheld: int = 0

    @property
    def withheld_said(self) -> str:
        """How many rows are withheld because few others are like them, as readers are told; empty for none."""
        return said_withheld(self.withheld)


class RowPages:
    """Shows granted rows; `granted` opens them."""

    def __init__(self, *, granted: GrantedRows, clock: Clock) -> None:
        self.granted = granted
        self._clock = clock

    def page(
        self, uow: UnitOfWork, grant: Grant, dataset: str, *, month: str = "", cursor: str = "", limit: int = PAGE
    ) -> RowsPage:
        """The rows at `cursor` (the first ones without), recorded as a disclosure, or as a consultation of the agency's own.

        Invalid: no such cursor, or no such limit. Conflict (`rows-changed`): the rows are not those that the cursor was given
        for; other refusals as `GrantedRows.open`.
        """
        if not 1 <= limit <= MOST_OF_A_PAGE:
            raise Invalid(say("snapshots.bad-limit", most=MOST_OF_A_PAGE), code="bad-limit")
        with self.granted.open(uow, grant, dataset, month=month) as opened:
            first = _first(cursor, opened.edition)
            page = _looked(opened, grant, dataset, month=month, first=first, limit=limit)
        self._record(uow, grant, page)
        return page

    def whole(self, uow: UnitOfWork, grant: Grant, dataset: str, *, month: str = "") -> RowsPage:
        """All rows at once. Conflict (`too-many-rows`) above MOST_OF_A_DOWNLOAD: nothing is cut short in silence."""
        with self.granted.open(uow, grant, dataset, month=month) as opened:
            page = _looked(opened, grant, dataset, month=month, first=0, limit=MOST_OF_A_DOWNLOAD)
        if page.cursor:
            message = say("snapshots.too-many-rows", total=page.total, most=MOST_OF_A_DOWNLOAD)
            raise Conflict(message, code="too-many-rows", remedy=say("snapshots.too-many-rows-remedy"))
        self._record(uow, grant, page)
        return page

    def _record(self, uow: UnitOfWork, grant: Grant, page: RowsPage) -> None:
        own = page.supplier == grant.reader.agency
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.CONSULTATION if own else Verb.DISCLOSURE,
                action=Action.DATASET_READ_ROWS.value,
                outcome="done",
                reader=grant.reader,
                subject=f"dataset/{page.dataset}",
                purpose=grant.purpose,
                justification=grant.justification,
                recipients=(grant.reader.agency,),
                authority=grant.id,
                policy_hash=grant.policy_hash,
                detail={
                    "supplier": page.supplier,
                    "agreement": page.agreement,
                    "forms": " ".join(dict.fromkeys(one.form.value for one in page.fields)),
                    "fields": len(page.fields),
                    "month": page.month,
                    "first": page.first,
                    "rows": len(page.rows),
                    "total": page.total,
                    "withheld": page.withheld,
                },
            ),
        )


def rows_csv(page: RowsPage) -> str:
    """The rows as CSV (RFC 4180, CRLF), names as the schema has them. A text that a spreadsheet would take for a formula gets an
    apostrophe before it; a number does not.
    """
    numbers = [one.is_number for one in page.fields]
    cells = (
        [text if text is None or number else inert(text) for text, number in zip(row, numbers, strict=True)]
        for row in page.rows
    )
    return csv_lines([[inert(one.name) for one in page.fields], *cells])


def rows_document(page: RowsPage) -> dict[str, Any]:
    """The rows as plain data for JSON: each cell as text, or null for a blank."""
    return {
        "dataset": page.dataset,
        "supplier": page.supplier,
        "agreement": page.agreement,
        "purpose": page.purpose,
        "month": page.month,
        "fields": [
            {
                "name": one.name,
                "title": one.title,
                "form": one.form.value,
                "generalised_to": one.coarser.value if one.coarser is not None else "",
            }
            for one in page.fields
        ],
        "rows": [dict(zip((one.name for one in page.fields), row, strict=True)) for row in page.rows],
        "first": page.first,
        "total": page.total,
        "withheld": page.withheld_said,
        "cursor": page.cursor,
    }


def cells(
    session: EngineSession, relation: str, fields: Sequence[ShownField], *, first: int = 0, limit: int
) -> tuple[tuple[str | None, ...], ...]:
    """The rows of a relation as every reader is shown them: in the order of what they show, each cell as text or None."""
    texts = ", ".join(f"{_text(one)} AS hub_text_{place}" for place, one in enumerate(fields))
    order = ", ".join(f"{quoted(one.name)} NULLS LAST" for one in fields)
    return tuple(session.rows(f"SELECT {texts} FROM {relation} ORDER BY {order} LIMIT {limit} OFFSET {first}"))


def _looked(opened: OpenRows, grant: Grant, dataset: str, *, month: str, first: int, limit: int) -> RowsPage:
    ((total,),) = opened.session.rows(f"SELECT count(*) FROM {opened.relation}")
    rows = cells(opened.session, opened.relation, opened.fields, first=first, limit=limit)
    after = first + len(rows)
    return RowsPage(
        dataset=dataset,
        supplier=opened.supplier,
        agreement=opened.agreement,
        purpose=grant.purpose,
        month=month,
        months=opened.months(),
        fields=opened.fields,
        rows=rows,
        first=first,
        total=int(total),
        cursor=_cursor(opened.edition, after) if after < total else "",
        withheld=opened.withheld,
    )


def _text(one: ShownField) -> str:
    """SQL of a cell as text."""
    column = quoted(one.name)
    if one.type == "datetime" and one.coarser is None and one.form.value == "read_clear":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S')"
    return f"CAST({column} AS VARCHAR)"


def _cursor(edition: str, first: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([edition, first]).encode()).decode().rstrip("=")


def _first(cursor: str, edition: str) -> int:
    if not cursor:
        return 0
    try:
        said, first = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise Invalid(say("snapshots.bad-cursor"), code="bad-cursor") from None
    if not isinstance(first, int) or isinstance(first, bool) or not 0 <= first <= _MOST_ROWS:
        raise Invalid(say("snapshots.bad-cursor"), code="bad-cursor")
    if said != edition:
        raise Conflict(say("snapshots.rows-changed"), code="rows-changed", remedy=say("snapshots.rows-changed-remedy"))
    return first

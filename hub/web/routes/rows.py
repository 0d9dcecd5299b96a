"""Granted rows: the list of what is open, a form that asks why, then the rows a page at a time, or all of them as CSV.

Why somebody reads rows is part of the log, so it is asked first and sent in the body of a form, never in an address.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.db import Reading
from hub.identity import Session
from hub.kit.attachment import attachment
from hub.kit.errors import NotFound
from hub.kit.words import say
from hub.policy import Opening
from hub.snapshots import RowsPage, rows_csv
from hub.web.door import Door
from hub.web.elements import Link, Problem
from hub.web.forms import Form
from hub.web.pages.rows import asking_page, listing_page, rows_page
from hub.web.routes.look import purpose_for

_NOT_FOR_DATA = frozenset({"hub", "log"})


class RowPagesOfTheWeb:
    """The pages of rows."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/rows")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("/{agency}/{name}", self.asking, methods=["GET"], response_model=None)
        router.add_api_route("/{agency}/{name}", self.rows, methods=["POST"], response_model=None)
        router.add_api_route("/{agency}/{name}/rows.csv", self.download, methods=["POST"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """The rows open to the person for a purpose; no row is shown."""
        session = self._door.session(request)
        purpose = request.query_params.get("purpose") or purpose_for(session)
        with self._hub.database.reading() as reading:
            found = [
                (schema, opening, self._name(reading, opening.supplier))
                for schema in self._hub.schemas.all()
                for opening in self._hub.policy.openings(reading, session.reader, schema.id, purpose=purpose)
            ]
        page = listing_page(found, purposes=self._purposes(), purpose=purpose)
        return self._door.page(
            "rows_list.html", self._door.frame(session, say("web.rows.title"), current="/rows"), page
        )

    def asking(self, request: Request, agency: str, name: str) -> Response:
        """What the rows would show, in which form, and the question why; no row is shown."""
        session = self._door.session(request)
        return self._ask(session, f"{agency}/{name}", request.query_params)

    def rows(self, request: Request, agency: str, name: str, form: Form) -> Response:
        """The rows, once it is said why."""
        session = self._door.session_for_form(request, form)
        dataset = f"{agency}/{name}"
        if not form.get("justification", "").strip():
            return self._ask(session, dataset, form, problem=say("web.rows.why_missing"))
        shown = self._shown(session, dataset, form, whole=False)
        with self._hub.database.reading() as reading:
            supplier = self._name(reading, shown.supplier)
        page = rows_page(
            shown, form, schema=self._hub.schemas.get(dataset), supplier=supplier, purposes=self._purposes()
        )
        crumbs = (Link(say("web.rows.title"), "/rows"),)
        frame = self._door.frame(session, page.title, current="/rows", breadcrumbs=crumbs)
        return self._door.page("rows.html", frame, page)

    def download(self, request: Request, agency: str, name: str, form: Form) -> Response:
        """All the rows as CSV: the same cells."""
        session = self._door.session_for_form(request, form)
        dataset = f"{agency}/{name}"
        if not form.get("justification", "").strip():
            return self._ask(session, dataset, form, problem=say("web.rows.why_missing"))
        shown = self._shown(session, dataset, form, whole=True)
        file = "-".join(filter(None, (agency, name, shown.supplier, shown.month))) + ".csv"
        headers = attachment(file) | {"Cache-Control": "private, no-store"}
        return Response(rows_csv(shown), media_type="text/csv; charset=utf-8", headers=headers)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _shown(self, session: Session, dataset: str, form: Mapping[str, str], *, whole: bool) -> RowsPage:
        rows, month = self._hub.rows, form.get("month", "")
        with self._hub.database.unit_of_work() as uow:
            grant = self._hub.policy.grant(
                uow,
                session.reader,
                [dataset],
                purpose=form.get("purpose") or purpose_for(session),
                justification=form["justification"].strip(),
                supplier=form.get("supplier", ""),
                agreement=form.get("agreement", ""),
            )
            if whole:
                return rows.whole(uow, grant, dataset, month=month)
            return rows.page(uow, grant, dataset, month=month, cursor=form.get("cursor", ""))

    def _ask(self, session: Session, dataset: str, said: Mapping[str, str], *, problem: str = "") -> Response:
        purpose = said.get("purpose") or purpose_for(session)
        with self._hub.database.reading() as reading:
            opening = self._opening(reading, session, dataset, purpose, said)
            supplier = self._name(reading, opening.supplier)
        schema = self._hub.schemas.get(dataset)
        page = asking_page(
            opening, schema=schema, supplier=supplier, purpose=self._purposes()[purpose], said=said, problem=problem
        )
        crumbs = (Link(say("web.rows.title"), "/rows"),)
        problems = (Problem(problem, "#justification"),) if problem else ()
        frame = self._door.frame(session, page.title, current="/rows", breadcrumbs=crumbs, problems=problems)
        return self._door.page("rows_ask.html", frame, page, status=422 if problem else 200)

    def _opening(
        self, reading: Reading, session: Session, dataset: str, purpose: str, said: Mapping[str, str]
    ) -> Opening:
        """The first opening that is meant. NotFound when nothing is: to the asker it does not exist."""
        found = self._hub.policy.openings(reading, session.reader, dataset, purpose=purpose)
        meant = [
            one
            for one in found
            if said.get("supplier", "") in ("", one.supplier) and said.get("agreement", "") in ("", one.agreement)
        ]
        if not meant:
            raise NotFound(say("policy.not-found"))
        return meant[0]

    def _purposes(self) -> dict[str, str]:
        known = self._hub.policy.library.purposes.values()
        return {one.id: one.title for one in known if one.family not in _NOT_FOR_DATA}

    def _name(self, reading: Reading, agency: str) -> str:
        return self._hub.identity.agency(reading, agency).name

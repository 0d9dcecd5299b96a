"""How we read your file: what a person confirms is remembered for the next one, and the file is checked again as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.app import Hub, Work
from hub.db import UnitOfWork
from hub.identity import Session
from hub.intake import Confirmed, Submission
from hub.kit.authority import Action
from hub.kit.errors import Invalid, NotFound
from hub.kit.words import say
from hub.schemas import fitting
from hub.web.dates import spoken_moment
from hub.web.door import Door
from hub.web.elements import Link, Problem
from hub.web.forms import Form, LargeForm
from hub.web.pages.reading import base_profile, confirmed_profile, profile_page, profile_to_keep, reading_page
from hub.web.pages.submissions import heading_of

_PATIENCE = 4.0
_ASKED = ("encoding", "delimiter", "sheet")
_LONGEST = 200


class ReadingPages:
    """Shown to an uploader of the agency that sent the file, and to nobody else; reading the values is logged."""

    def __init__(self, door: Door, work: Work) -> None:
        self._door = door
        self._hub = door.hub
        self._work = work

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.add_api_route("/submissions/{submission}/reading", self.show, methods=["GET"], response_model=None)
        router.add_api_route("/submissions/{submission}/reading", self.confirm, methods=["POST"], response_model=None)
        router.add_api_route("/import-profiles/{dataset:path}", self.profile, methods=["GET"], response_model=None)
        router.add_api_route("/import-profiles/{dataset:path}", self.change, methods=["POST"], response_model=None)
        return router

    def show(self, request: Request, submission: str) -> Response:
        """How the file is read: as it was checked, or as the address asks."""
        asked = {name: request.query_params[name][:_LONGEST] for name in _ASKED if name in request.query_params}
        return self._show(self._door.session(request), submission, asked)

    def confirm(self, request: Request, submission: str, form: LargeForm) -> Response:
        """Check the kept file again, read so; and remember it, if wanted."""
        session = self._door.session_for_form(request, form)
        try:
            with self._hub.database.unit_of_work() as uow:
                found = self._hub.intake.submission(uow, session.reader, submission)
                permit = self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, found.dataset)
                known = self._hub.intake.profiles.of(uow, found.agency, found.dataset)
                schema = self._hub.schemas.get(found.dataset)
                profile = confirmed_profile(form, base_profile(found, schema, known, {}), schema)
                if form.get("remember") == "yes":
                    wanted = profile_to_keep(form, found, schema, known)
                    kept = self._hub.intake.profiles.confirm(uow, permit, dataset=found.dataset, profile=wanted)
                    profile = replace(wanted, remembered=kept.id)
                self._hub.intake.recheck(uow, permit, submission, profile=profile)
        except Invalid as error:
            return self._show(session, submission, form, error=f"{error.title} {error.remedy}".strip())
        self._work.check(submission, wait=_PATIENCE)
        return self._door.go(f"/submissions/{submission}")

    def profile(self, request: Request, dataset: str) -> Response:
        """What is remembered for the agency's files of a dataset, who confirmed it and when."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)
            confirmed = self._hub.intake.profiles.of(uow, session.reader.agency, dataset)
            names = {one.confirmed_by: _name(self._hub, uow, one.confirmed_by) for one in confirmed}
        page = profile_page(self._hub.schemas.get(dataset), confirmed, names, may_change=True)
        done = request.query_params.get("done", "")
        notice = say(f"mapping.profile.done_{done}") if done in ("forgotten", "back") else ""
        crumbs = (Link(say("web.nav.submit"), "/submit"),)
        frame = self._door.frame(session, page.title, current="/submit", notice=notice, breadcrumbs=crumbs)
        return self._door.page("import_profile.html", frame, page)

    def change(self, request: Request, dataset: str, form: Form) -> Response:
        """Forget what is remembered, or go back to an earlier choice."""
        session = self._door.session_for_form(request, form)
        back = form.get("to", "")
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)
            if back:
                self._hub.intake.profiles.go_back(uow, permit, dataset=dataset, to=back)
            else:
                self._hub.intake.profiles.forget(uow, permit, dataset=dataset)
        return self._door.go(f"/import-profiles/{dataset}?done={'back' if back else 'forgotten'}")

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _show(self, session: Session, submission: str, asked: Mapping[str, str], error: str = "") -> Response:
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.submission(uow, session.reader, submission)
            known = self._hub.intake.profiles.of(uow, found.agency, found.dataset)
            notice = self._notice(uow, found, known)
        schema = self._hub.schemas.get(found.dataset)
        base = base_profile(found, schema, known, asked)
        reading = self._hub.intake.readings.reading(session.reader, found, profile=base)
        heading = heading_of(found, {schema.id: schema.title})
        page = reading_page(heading, found, schema, reading, notice=notice, chosen=asked if error else None)
        frame = self._door.frame(
            session,
            say("mapping.page.title"),
            current="/submissions",
            breadcrumbs=(Link(say("web.nav.submissions"), "/submissions"), Link(heading, f"/submissions/{submission}")),
            problems=(Problem(error, "#choices"),) if error else (),
        )
        return self._door.page("submission_reading.html", frame, page, status=422 if error else 200)

    def _notice(self, uow: UnitOfWork, found: Submission, known: Sequence[Confirmed]) -> str:
        """Where the choices shown come from, if they were made before."""
        schema = self._hub.schemas.get(found.dataset)
        used = read_with_of(self._hub, uow, found)
        if used is not None:
            return used.text
        if known and found.profile.is_empty and known[0].schema_version != schema.version:
            lost = fitting(known[0].profile, schema) != replace(known[0].profile, remembered="")
            message = "mapping.page.older_partly" if lost else "mapping.page.older"
            return say(message, version=known[0].schema_version, present=schema.version)
        return ""


def read_with_of(hub: Hub, uow: UnitOfWork, found: Submission) -> Link | None:
    """That a file was read with choices confirmed before, who confirmed them and when; None where it was not."""
    if not found.profile.remembered:
        return None
    known = hub.intake.profiles.of(uow, found.agency, found.dataset)
    used = next((one for one in known if one.id == found.profile.remembered), None)
    if used is None:
        return Link(say("mapping.page.read_with_forgotten"), f"/import-profiles/{found.dataset}")
    words = {"name": _name(hub, uow, used.confirmed_by), "at": spoken_moment(used.confirmed_at)}
    return Link(say("mapping.page.read_with", **words), f"/import-profiles/{found.dataset}")


def _name(hub: Hub, uow: UnitOfWork, person: str) -> str:
    try:
        return hub.identity.person(uow, person).name
    except NotFound:
        return person

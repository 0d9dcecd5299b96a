"""Send an extract: choose dataset and month, then a form whose file streams straight into a sealed object.

The upload is the one route that is not sync. The permit is decided before the first byte; the form's token is checked before
the first byte of the file; nothing is spooled and a body that is cut off leaves nothing (promises P1, P6, P7).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hub.app import Work
from hub.db import Reading, UnitOfWork
from hub.identity import Session
from hub.intake import Receiving, State
from hub.kit.authority import Action, Permit
from hub.kit.errors import HubError, Invalid, Refused
from hub.kit.file_form import FileForm, Sink
from hub.kit.words import say
from hub.schemas import ImportProfile
from hub.web.dates import months_back, spoken_moment
from hub.web.door import Door
from hub.web.elements import Problem
from hub.web.pages.submit import choose_page, upload_page
from hub.web.security import check_same_site, check_token

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MONTHS = 48
_PATIENCE = 4.0
_MOST_DRAINED = 256 * 2**20


class Submit:
    """The choice and the upload."""

    def __init__(self, door: Door, work: Work) -> None:
        self._door = door
        self._hub = door.hub
        self._work = work

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submit")
        router.add_api_route("", self.choose, methods=["GET"], response_model=None)
        router.add_api_route("/{dataset:path}/{period}", self.form, methods=["GET"], response_model=None)
        router.add_api_route("/{dataset:path}/{period}", self.upload, methods=["POST"], response_model=None)
        return router

    def choose(self, request: Request) -> Response:
        """Which dataset, which month."""
        session = self._door.session(request)
        dataset, period = request.query_params.get("dataset", ""), request.query_params.get("period", "")
        if dataset and _MONTH.fullmatch(period):
            return self._door.go(f"/submit/{dataset}/{period}")
        with self._hub.database.reading() as reading:
            open_to = [
                schema
                for schema in self._hub.schemas.all()
                if self._hub.policy.decide(reading, session.reader, Action.SUBMISSION_CREATE, schema.id).permitted
            ]
        months = months_back(self._hub.clock.now(), _MONTHS)
        frame = self._door.frame(session, say("web.submit.title"), current="/submit")
        page = choose_page(open_to, months, dataset=dataset, period=period or months[1])
        return self._door.page("submit_choose.html", frame, page)

    def form(self, request: Request, dataset: str, period: str) -> Response:
        """The upload form, with who will see what."""
        session = self._door.session(request)
        self._permit(session, dataset, period)
        return self._form(session, dataset, period)

    async def upload(self, request: Request, dataset: str, period: str) -> Response:
        """Receive, seal, check; then the page of the submission."""
        session, permit = await run_in_threadpool(self._entered, request, dataset, period)
        started: list[Receiving] = []

        def begin(fields: Mapping[str, str], file_name: str) -> Sink:
            check_token(fields.get("csrf_token", ""), session.csrf_token)
            receiving = self._hub.intake.receive(
                permit,
                agency=session.reader.agency,
                dataset=dataset,
                period=period,
                file_name=file_name,
                profile=ImportProfile(sheet=fields.get("sheet", "")),
            )
            started.append(receiving)
            return receiving.write

        try:
            await self._stream(request, begin)
            submission = await run_in_threadpool(self._complete, started[0])
        except (Invalid, Refused) as error:
            await self._give_up(request, started)
            return await run_in_threadpool(self._form, session, dataset, period, error)
        except ClientDisconnect:  # nobody is there to be answered; what came is absent (promise P6)
            await run_in_threadpool(_abandon, started)
            return Response(status_code=400)
        except HubError:
            await self._give_up(request, started)
            raise
        except BaseException:
            await run_in_threadpool(_abandon, started)
            raise
        return self._door.go(f"/submissions/{submission}")

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _entered(self, request: Request, dataset: str, period: str) -> tuple[Session, Permit]:
        check_same_site(request.headers, base_url=self._door.base_url)
        session = self._door.session(request)
        return session, self._permit(session, dataset, period)

    def _permit(self, session: Session, dataset: str, period: str) -> Permit:
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)
        if not _MONTH.fullmatch(period):
            raise Invalid(say("web.submit.error_period"), code="bad-period")
        return permit

    async def _stream(self, request: Request, begin: Callable[[Mapping[str, str], str], Sink]) -> None:
        form = FileForm(request.headers.get("content-type", ""), begin=begin)
        async for chunk in request.stream():
            if chunk:
                await run_in_threadpool(form.feed, chunk)
        form.finish()

    def _complete(self, receiving: Receiving) -> str:
        """Acknowledge, then check behind the page; a small file is done before the page is shown."""
        with self._hub.database.unit_of_work() as uow:
            submission = receiving.complete(uow)
        self._work.check(submission.id, wait=_PATIENCE)
        return submission.id

    async def _give_up(self, request: Request, started: list[Receiving]) -> None:
        """Leave nothing behind, and hear the sender out: a browser shows no answer before it has sent its file."""
        await run_in_threadpool(_abandon, started)
        heard = 0
        try:
            async for chunk in request.stream():
                heard += len(chunk)
                if heard > _MOST_DRAINED:
                    return
        except (ClientDisconnect, RuntimeError):
            return  # gone, or heard out already

    def _form(self, session: Session, dataset: str, period: str, error: HubError | None = None) -> Response:
        with self._hub.database.unit_of_work() as uow:
            agreements = self._hub.agreements.in_force(uow, self._hub.clock.now())
            names = self._names(uow)
            accepted_on = self._accepted_on(uow, session, dataset, period)
            remembered = self._hub.intake.profiles.in_force(uow, session.agency.id, dataset) is not None
            seen = self._hub.previews.agreed(uow, session.reader, dataset)
        said = f"{error.title} {error.remedy}".strip() if error is not None else ""
        schema = self._hub.schemas.get(dataset)
        page = upload_page(
            schema,
            agreements,
            supplier=session.agency.id,
            period=period,
            names=names,
            purposes={one.id: one.title for one in self._hub.policy.library.purposes.values()},
            limit_mb=self._hub.settings.max_upload_mb,
            accepted_on=accepted_on,
            error=said,
            seen=seen,
        )
        page = replace(page, remembered=f"/import-profiles/{dataset}" if remembered else "")
        title = say("web.submit.upload_title", title=schema.title, period=page.period)
        problems = (Problem(said, "#file"),) if said else ()
        frame = self._door.frame(session, title, current="/submit", problems=problems)
        status = 200 if error is None else 413 if error.code == "too-large" else 422
        return self._door.page("submit.html", frame, page, status=status)

    def _accepted_on(self, uow: UnitOfWork, session: Session, dataset: str, period: str) -> str:
        found = self._hub.intake.listing(uow, session.reader, dataset=dataset)
        accepted = {State.ACCEPTED, State.PART_ACCEPTED}
        newest = next((one for one in found if one.period == period and one.state in accepted), None)
        return spoken_moment(newest.at) if newest is not None else ""

    def _names(self, reading: UnitOfWork | Reading) -> Mapping[str, str]:
        return {one.id: one.name for one in self._hub.identity.agencies(reading)}


def _abandon(started: list[Receiving]) -> None:
    for receiving in started:
        receiving.abandon()

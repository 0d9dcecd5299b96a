"""Submit an extract and see what became of it.

`POST /submissions?dataset=ID&period=P` takes the raw file as its body, or a multipart form with one file part. Dataset and
period stand in the address, so that the Permit is decided before the first byte is read; the bytes are sealed as they arrive
(promises P1, P7).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from hub.api.readers import session_of
from hub.app import Hub, work_of
from hub.identity import Scope, Session
from hub.intake import ATTESTATION, Receiving, State, Submission, attestation_lines
from hub.kit.authority import Action, Permit
from hub.kit.errors import Invalid
from hub.kit.file_form import FileForm, Sink
from hub.kit.words import say
from hub.schemas import ImportProfile


class Submissions:
    """The submissions of the caller's own agency."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._work = work_of(hub)

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions", tags=["submissions"])
        router.add_api_route("", self.submit, methods=["POST"], status_code=201)
        router.add_api_route("", self.listing, methods=["GET"])
        router.add_api_route("/{submission_id}", self.one, methods=["GET"])
        router.add_api_route("/{submission_id}/report", self.report, methods=["GET"])
        router.add_api_route("/{submission_id}/receipt", self.receipt, methods=["GET"])
        return router

    async def submit(
        self,
        request: Request,
        response: Response,
        dataset: str,
        period: str,
        file_name: str = "extract.csv",
        sheet: str = "",
        attest: bool = False,
    ) -> dict[str, Any]:
        """Receive, seal, check; the answer is the submission with its report. The same bytes twice are the same submission.

        202 when it is received and not checked yet, as a file above 16 MiB never is, nor one that waits while others are
        checked: `progress` tells how far it is, there and in `GET /submissions/{id}`.

        The file is CSV, XLSX, ODS, Parquet or a zip of one, told by its bytes. `sheet` is that of a workbook with several that fit.
        With `attest` you give your word for the statements of the answer's `attestation`: a file that passes its checks and
        raises no question is then accepted at once; without, it is `checked` until `POST /submissions/{id}/accept`.
        """
        session, permit = await run_in_threadpool(self._permitted, request, dataset)
        agency = session.reader.agency
        profile = ImportProfile(sheet=sheet)
        started: list[Receiving] = []

        def begin(name: str) -> Sink:
            receiving = self._hub.intake.receive(
                permit,
                agency=agency,
                dataset=dataset,
                period=period,
                file_name=name,
                profile=profile,
                attestation=ATTESTATION if attest else "",
            )
            started.append(receiving)
            return receiving.write

        try:
            await self._stream(request, begin, file_name)
            submission = await run_in_threadpool(self._complete, started[0])
        except ClientDisconnect:
            await self._abandon(started)
            raise Invalid(say("api.cut-off"), code="cut-off", remedy=say("api.cut-off-remedy")) from None
        except BaseException:
            await self._abandon(started)
            raise
        return await run_in_threadpool(self.answer, session, submission, response)

    def answer(self, session: Session, submission: Submission, response: Response) -> dict[str, Any]:
        """Check what has arrived, as far as it is waited for: the submission with its report, 202 while there is none."""
        document = self._document(session, self._work.checked(submission))
        if document["state"] == State.RECEIVED:
            response.status_code = 202
        return document

    def listing(self, request: Request, dataset: str = "") -> dict[str, Any]:
        """The agency's submissions, newest first."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            found = self._hub.intake.listing(uow, session.reader, dataset=dataset)
            return {"submissions": [one.as_json() for one in found]}

    def one(self, request: Request, submission_id: str) -> dict[str, Any]:
        """One submission; 404 to everybody but the agency that sent it. `progress` tells how far its check is."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            found = self._hub.intake.submission(uow, session.reader, submission_id)
        if found.state is State.RECEIVED:
            self._work.check(found.id)
        return self._told(found)

    def report(self, request: Request, submission_id: str) -> dict[str, Any]:
        """The report of the check: the form of `hub check --json`."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            return self._hub.intake.report(uow, session.reader, submission_id).as_json()

    def receipt(self, request: Request, submission_id: str) -> dict[str, Any]:
        """SHA-256, counts, state, agreement and audit index."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            return self._hub.intake.receipt(uow, session.reader, submission_id).as_json()

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _permitted(self, request: Request, dataset: str) -> tuple[Session, Permit]:
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            return session, self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)

    async def _stream(self, request: Request, begin: Any, file_name: str) -> None:
        kind = request.headers.get("content-type", "")
        if kind.startswith("multipart/"):
            form = FileForm(kind, begin=lambda _fields, name: begin(name))
            async for chunk in request.stream():
                await run_in_threadpool(form.feed, chunk)
            form.finish()
            return
        sink = await run_in_threadpool(begin, file_name)
        async for chunk in request.stream():
            if chunk:
                await run_in_threadpool(sink, chunk)

    async def _abandon(self, started: list[Receiving]) -> None:
        for receiving in started:
            await run_in_threadpool(receiving.abandon)

    def _complete(self, receiving: Receiving) -> Submission:
        with self._hub.database.unit_of_work() as uow:
            return receiving.complete(uow)

    def _document(self, session: Session, submission: Submission) -> dict[str, Any]:
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.submission(uow, session.reader, submission.id)
            if found.state is State.RECEIVED:  # a large file, or a worker that is slow or not there
                return self._told(found) | {"report": None}
            report = self._hub.intake.report(uow, session.reader, found.id)
            return self._told(found) | {"report": report.as_json()}

    def _told(self, found: Submission) -> dict[str, Any]:
        return submission_document(self._hub, found)


def submission_document(hub: Hub, submission: Submission) -> dict[str, Any]:
    """A submission as the API writes it: how far its check is and, while it waits for its agency's word, what to attest to
    and of which check (`checked_as`).
    """
    waits = submission.state is State.CHECKED
    lines = attestation_lines(hub.schemas.get(submission.dataset)) if waits else ()
    progress = hub.checks.of(submission).as_json()
    shown = submission.checked_as if waits else None
    return submission.as_json() | {"progress": progress, "attestation": list(lines), "checked_as": shown}

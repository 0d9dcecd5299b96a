"""Send a large file in parts, over connections that break.

`POST /uploads?dataset=ID&period=P&size=N` opens an upload; `PATCH /uploads/{id}` with `Upload-Offset` adds the part that follows;
`HEAD` tells how much is there; `POST /uploads/{id}/complete` makes it a submission; `DELETE` gives it up. Header names are those of
the IETF draft "Resumable Uploads for HTTP". What a part's answer acknowledges is durable; what was not acknowledged is absent.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from hub.api.readers import session_of
from hub.api.submissions import Submissions
from hub.app import Hub
from hub.identity import Scope, Session
from hub.intake import ATTESTATION
from hub.kit.authority import Action, Permit
from hub.kit.errors import Invalid, Refused
from hub.kit.words import say
from hub.schemas import ImportProfile
from hub.uploads import DAYS_KEPT, MAX_PART, MIN_PART, ReceivingPart, Upload, UploadState

_LIMITS = f"max-append-size={MAX_PART}, min-append-size={MIN_PART}, max-age={DAYS_KEPT * 86400}"


class UploadsApi:
    """The uploads of the caller's own agency; everybody else's look as if they were not there."""

    def __init__(self, hub: Hub, submissions: Submissions) -> None:
        self._hub = hub
        self._submissions = submissions

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/uploads", tags=["uploads"])
        router.add_api_route("", self.begin, methods=["POST"], status_code=201)
        router.add_api_route("", self.listing, methods=["GET"])
        router.add_api_route("/{upload_id}", self.one, methods=["GET"])
        router.add_api_route("/{upload_id}", self.offset, methods=["HEAD"], status_code=204)
        router.add_api_route("/{upload_id}", self.part, methods=["PATCH"], status_code=204)
        router.add_api_route("/{upload_id}", self.give_up, methods=["DELETE"], status_code=204)
        router.add_api_route("/{upload_id}/complete", self.complete, methods=["POST"], status_code=201)
        return router

    def begin(self, request: Request, response: Response, dataset: str, period: str, size: int) -> dict[str, Any]:
        """Open an upload of `size` bytes. The right to send is decided here, and again for every part.

        429 `too-many-uploads`: finish or give up another one first. An upload that no part is added to for a day is erased.
        """
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            permit = self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)
            upload = self._hub.uploads.begin(uow, permit, agency=session.reader.agency, period=period, size=size)
        response.headers.update(_headers(upload))
        response.headers["Location"] = f"/api/v1/uploads/{upload.id}"
        return upload.as_json()

    def listing(self, request: Request) -> dict[str, Any]:
        """The agency's open uploads, oldest first."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            found = self._hub.uploads.listing(uow, session.reader)
        return {"uploads": [one.as_json() for one in found]}

    def one(self, request: Request, response: Response, upload_id: str) -> dict[str, Any]:
        """One upload; `offset` is how many bytes of it are durable."""
        upload = self._found(request, upload_id)
        response.headers.update(_headers(upload))
        return upload.as_json()

    def offset(self, request: Request, upload_id: str) -> Response:
        """`Upload-Offset`: where the next part begins. `Upload-Complete`: whether it has become a submission."""
        return Response(status_code=204, headers=_headers(self._found(request, upload_id)))

    async def part(
        self, request: Request, upload_id: str, upload_offset: Annotated[int, Header(alias="Upload-Offset", ge=0)]
    ) -> Response:
        """Add the bytes that follow: 1 to 16 MiB, the last part any. The new `Upload-Offset` acknowledges them.

        409 `offset-mismatch`: ask for the offset and go on from there. 422 `line-too-long`, 413 `too-large`: the file is refused,
        and nothing of it is kept.
        """
        session, permit, upload = await run_in_threadpool(self._entered, request, upload_id)
        part = await run_in_threadpool(self._taking, permit, upload, upload_offset)
        try:
            async for chunk in request.stream():
                if chunk:
                    await run_in_threadpool(part.write, chunk)
            longer = await run_in_threadpool(self._keep, part)
        except ClientDisconnect:
            raise Invalid(say("api.cut-off"), code="cut-off", remedy=say("api.cut-off-remedy")) from None
        except Refused as refused:
            await run_in_threadpool(part.abandon)
            await run_in_threadpool(self._refuse, session, upload, refused)
            raise
        finally:
            await run_in_threadpool(part.abandon)
        return Response(status_code=204, headers=_headers(longer))

    def complete(
        self,
        request: Request,
        response: Response,
        upload_id: str,
        sha256: str,
        file_name: str = "extract.csv",
        sheet: str = "",
        attest: bool = False,
    ) -> dict[str, Any]:
        """Make the parts a submission, the same as the same bytes sent at once; asked again, the same answer.

        `sha256` is of the whole file, in hexadecimal: 422 `digest-mismatch` when it is not what came, and nothing is kept. The
        rest and the answer are as in `POST /submissions`: 202 while it is not checked yet.
        """
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
        submission = self._hub.uploads.join(
            session.reader,
            upload_id,
            sha256=sha256,
            file_name=file_name,
            profile=ImportProfile(sheet=sheet),
            attestation=ATTESTATION if attest else "",
        )
        return self._submissions.answer(session, submission, response)

    def give_up(self, request: Request, upload_id: str) -> Response:
        """Give the upload up: its parts are erased with their keys."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            upload = self._hub.uploads.upload(uow, session.reader, upload_id)
            permit = self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, upload.dataset)
            self._hub.uploads.give_up(uow, permit, upload_id)
        return Response(status_code=204)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _found(self, request: Request, upload_id: str) -> Upload:
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            return self._hub.uploads.upload(uow, session.reader, upload_id)

    def _entered(self, request: Request, upload_id: str) -> tuple[Session, Permit, Upload]:
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            upload = self._hub.uploads.upload(uow, session.reader, upload_id)
            permit = self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, upload.dataset)
            return session, permit, upload

    def _taking(self, permit: Permit, upload: Upload, offset: int) -> ReceivingPart:
        return self._hub.uploads.part(permit, upload, offset=offset)

    def _keep(self, part: ReceivingPart) -> Upload:
        with self._hub.database.unit_of_work() as uow:
            return part.complete(uow)

    def _refuse(self, session: Session, upload: Upload, refused: Refused) -> None:
        self._hub.uploads.refuse(session.reader, upload.id, code=refused.code)


def _headers(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.size),
        "Upload-Complete": "?1" if upload.state is UploadState.COMPLETE else "?0",
        "Upload-Limit": _LIMITS,
        "Cache-Control": "no-store",
    }

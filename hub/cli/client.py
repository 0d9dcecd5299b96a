"""The hub over HTTP, as a program uses it: a real login by code flow in demo mode, then a hub token for everything else."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from types import TracebackType
from typing import Any

import httpx2

from hub.kit.errors import Conflict, HubError, Invalid, NotFound, NotPermitted, Unauthenticated, Unavailable

_PATIENCE = 60.0
_CHECKED_WITHIN = 1800.0
_BETWEEN = 1.0
_SILENT = 60.0
_KINDS: Mapping[int, type[HubError]] = {
    401: Unauthenticated,
    403: NotPermitted,
    404: NotFound,
    409: Conflict,
    422: Invalid,
    502: Unavailable,
    504: Unavailable,
    503: Unavailable,
}


class HubClient:
    """One person at one hub. Use as a context manager."""

    def __init__(self, base_url: str, *, token: str = "") -> None:
        self._http = httpx2.Client(base_url=base_url, timeout=600, follow_redirects=False)
        self._token = token
        self.address = base_url

    def __enter__(self) -> HubClient:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._http.close()

    def login(self, provider: str, persona: str, *, scopes: tuple[str, ...] = ("read", "submit")) -> str:
        """Log in through a provider as one of the demo's personas, follow the code flow, and take a token for a day."""
        url = f"/login/start/{provider}?persona={persona}"
        for _ in range(8):
            answer = self._ask("GET", url)
            if answer.status_code not in {302, 303, 307}:
                break
            url = answer.headers["location"]
        who = self._ask("GET", "/api/v1/session")
        if who.status_code != httpx2.codes.OK:
            raise Unauthenticated(f"the login as {persona} did not work", code="login-failed")
        made = self._ask(
            "POST",
            "/api/v1/tokens",
            json={"name": "hub command line", "days": 1, "scopes": list(scopes)},
            headers={"X-CSRF-Token": who.json()["csrf_token"]},
        )
        self._token = str(_answer(made)["token"])
        return self._token

    def submit(self, path: Path, *, dataset: str, period: str, **how: str) -> dict[str, Any]:
        """Send a file as it is; the answer is the submission with its report. `how` goes to the hub where it is not empty."""
        params = {"dataset": dataset, "period": period, "file_name": path.name}
        params |= {name: value for name, value in how.items() if value}
        kind = {"Content-Type": "application/octet-stream", "Content-Length": str(path.stat().st_size)}
        with path.open("rb") as file:
            answer = self._ask(
                "POST",
                "/api/v1/submissions",
                params=params,
                content=_chunks(file),
                headers=self._headers(kind),
            )
        return self.settled(_answer(answer))

    def settled(
        self, document: dict[str, Any], *, told: Callable[[dict[str, Any]], None] = lambda _document: None
    ) -> dict[str, Any]:
        """The submission with its report, once it is checked; `told` hears how far it is. Unavailable when nobody has checked it
        in half an hour, or the hub does not answer for a minute.
        """
        end = time.monotonic() + _CHECKED_WITHIN
        heard = time.monotonic()
        while document["state"] == "received":
            if time.monotonic() >= end:
                raise Unavailable(
                    f"{document['id']} has arrived and is not checked yet",
                    code="not-checked-yet",
                    remedy="Look for it later with `hub submissions`; you need not send it again.",
                )
            told(document)
            time.sleep(_BETWEEN)
            try:
                document = self.get(f"/submissions/{document['id']}")
            except Unavailable:  # a server that starts again loses nothing
                if time.monotonic() - heard > _SILENT:
                    raise
            else:
                heard = time.monotonic()
        return document if "report" in document else self._with_report(document)

    def _with_report(self, document: dict[str, Any]) -> dict[str, Any]:
        return document | {"report": self.get(f"/submissions/{document['id']}/report")}

    def get(self, path: str, **params: str) -> dict[str, Any]:
        """A JSON document."""
        return _answer(self._ask("GET", f"/api/v1{path}", params=params, headers=self._headers()))

    def post(self, path: str, **params: str) -> dict[str, Any]:
        """Ask for something to be done."""
        return _answer(self._ask("POST", f"/api/v1{path}", params=params, headers=self._headers()))

    def patch(self, path: str, content: bytes, *, offset: int) -> int:
        """Add a part to an upload; the offset of the next one."""
        headers = self._headers({"Content-Type": "application/partial-upload", "Upload-Offset": str(offset)})
        answer = self._ask("PATCH", f"/api/v1{path}", content=content, headers=headers)
        _answer(answer)
        return int(answer.headers["upload-offset"])

    def tell(self, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for something to be done, with a document."""
        return _answer(self._ask("POST", f"/api/v1{path}", json=dict(said), headers=self._headers()))

    def put(self, path: str, said: object) -> dict[str, Any]:
        """Keep a document."""
        return _answer(self._ask("PUT", f"/api/v1{path}", json=said, headers=self._headers()))

    def delete(self, path: str) -> None:
        """Erase what is there."""
        answer = self._ask("DELETE", f"/api/v1{path}", headers=self._headers())
        if answer.is_error:
            _answer(answer)

    def recheck(self, submission: str, said: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Have a submission checked again; the answer is the submission with its report. `said` may hold a `profile`."""
        return self.settled(self.tell(f"/submissions/{submission}/recheck", said or {}))

    def content(self, path: str, **params: str) -> bytes:
        """A document as its bytes."""
        answer = self._ask("GET", f"/api/v1{path}", params=params, headers=self._headers())
        if answer.is_error:
            _answer(answer)
        return answer.content

    def text(self, path: str, **params: str) -> str:
        """A document that is not JSON."""
        return self.content(path, **params).decode("utf-8")

    def _ask(self, method: str, url: str, **options: Any) -> httpx2.Response:
        try:
            return self._http.request(method, url, **options)
        except httpx2.TransportError:
            raise Unavailable(
                f"the hub at {self._http.base_url} does not answer",
                code="no-answer",
                remedy="See that it runs, and that the address is right.",
            ) from None

    def _headers(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", **(more or {})}


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(1 << 20):
        yield chunk


def _answer(answer: httpx2.Response) -> dict[str, Any]:
    document = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.is_error:
        kind = _KINDS.get(answer.status_code, HubError)
        title = document.get("title", f"the hub answered {answer.status_code}")
        raise kind(title, code=document.get("code"), remedy=document.get("remedy", ""))
    return dict(document)


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(environment: Mapping[str, str], *, port: int, log: Path) -> Iterator[str]:
    """A hub server of its own process on loopback, ended when the block ends; gives its address once it answers."""
    address = f"http://127.0.0.1:{port}"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve"],
            env=dict(environment),
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
        )
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Unavailable("the server ended before it answered; its log says why", code="server-ended")
        try:
            if httpx2.get(f"{address}/healthz", timeout=2).status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise Unavailable("the server does not answer", code="server-silent")

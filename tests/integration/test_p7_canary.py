"""Promise P7: a canary in an upload is nowhere on disk after the server was killed: not in clear, base64 or hex, not compressed."""

from __future__ import annotations

import base64
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from hub.cli.client import free_port
from hub.kit.clock import SystemClock
from tests.support.pages import token_of
from tests.support.partnerships import RAVENSBOURNE_QUARTER, Api, House, a_copy, made
from tests.support.schemas import PERIOD, csv_of, rows_of
from tests.support.site import Visitor

pytestmark = pytest.mark.fault

CANARY = "Quicksilver Canary Lane of Xyzzy"
STREET, POLICE = "police/street-crime", "ravensbourne-police-analyst"


@dataclass
class Server:
    """`hub serve` in a process of its own, with folders of its own for everything it might write."""

    house: House
    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, and wait until it answers."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | {
            "HUB_MODE": "demo",
            "HUB_STATE": str(self.house.hub.settings.state),
            "HUB_BASE_URL": self.address,
            "HUB_PORT": str(self.port),
            "TMPDIR": str(self.folder / "temporary"),
            "HOME": str(self.folder / "home"),
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hub", "serve"], env=environment, stdout=log, stderr=log
            )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if httpx2.get(f"{self.address}/readyz", timeout=2).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def kill(self) -> list[bytes]:
        """End it at once; what stood in its open files that have no name."""
        assert self.process is not None
        descriptors = Path(f"/proc/{self.process.pid}/fd")
        nameless = [one.read_bytes() for one in descriptors.iterdir() if "(deleted)" in os.readlink(one)]
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        return nameless

    def stop(self) -> None:
        """End it in peace, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Server]:
    port = free_port()
    source = made(RAVENSBOURNE_QUARTER, tmp_path_factory)
    for name in ("temporary", "home"):
        (tmp_path / name).mkdir()
    house = a_copy(source, tmp_path, base_url=f"http://127.0.0.1:{port}", clock=SystemClock())
    running = Server(house, port, tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        house.hub.close()


def an_extract(rows: int) -> bytes:
    """A good file with the canary in every row."""
    return csv_of([row | {"Location": f"On or near {CANARY}"} for row in rows_of(STREET, rows)])


def shapes() -> set[bytes]:
    """The canary as it stands, in UTF-16, in hex of either case, and in base64 at each of the three offsets."""
    raw = CANARY.encode()
    aligned = {base64.b64encode(b"\x00" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)}
    return {raw, CANARY.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode(), *aligned}


def traces(folder: Path, others: list[bytes]) -> list[str]:
    """Where the canary stands in a folder or in other contents, compressed ones opened."""
    contents = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    contents |= {f"a file without a name, {number}": content for number, content in enumerate(others)}
    return [name for name, content in contents.items() if any(shape in _opened(content) for shape in shapes())]


def _opened(content: bytes) -> bytes:
    """The content, and what a reader of gzip would find from its first magic bytes on."""
    start = content.find(b"\x1f\x8b\x08")
    if start < 0:
        return content
    try:
        return content + zlib.decompressobj(wbits=31).decompress(content[start:])
    except zlib.error:
        return content


@contextmanager
def half_sent(server: Server, door: str) -> Iterator[None]:
    """The first half of an upload has arrived and is being sealed; the sender is still there."""
    body = an_extract(8_000)
    half = body[: len(body) // 2]
    files = server.house.sealed_files()
    if door == "api":
        token = server.house.token(POLICE)
        head = (
            f"POST /api/v1/submissions?dataset={STREET}&period={PERIOD}&attest=true HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: {len(body)}\r\n\r\n"
        )
    else:
        with Visitor(server.address) as visitor:
            visitor.sign_in("ravensbourne-police", POLICE)
            token = token_of(visitor.get(f"/submit/{STREET}/{PERIOD}").text)
            cookie = visitor.http.cookies["hub-session"]
        form = f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        form += '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        half = form.encode() + half
        head = (
            f"POST /submit/{STREET}/{PERIOD} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: hub-session={cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {len(form) + len(body) + 12}\r\n\r\n"
        )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        wire.sendall(head.encode() + half)
        _wait(lambda: any(_size(server, name) > 500_000 for name in server.house.sealed_files() - files))
        yield


def _size(server: Server, name: str) -> int:
    return sum(path.stat().st_size for path in server.house.vault.rglob(name))


def _wait(happened: object, *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():  # type: ignore[operator]
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_the_scan_would_see_the_canary_in_each_shape(tmp_path: Path) -> None:
    raw = CANARY.encode()
    for number, content in enumerate(
        [
            raw,
            raw.hex().encode(),
            *(base64.b64encode(b"x" * shift + raw + b"tail") for shift in range(3)),
            b"head" + gzip.compress(b"before " + raw),
        ]
    ):
        (tmp_path / f"{number}").write_bytes(content)
        assert traces(tmp_path, []) == [str(tmp_path / f"{number}")]
        (tmp_path / f"{number}").unlink()
    assert traces(tmp_path, [raw]) == ["a file without a name, 0"]


@pytest.mark.parametrize("door", ["api", "page"])
def test_a_server_killed_in_mid_upload_leaves_no_trace_of_what_was_sent(server: Server, door: str) -> None:
    submissions = server.house.rows("SELECT id FROM submissions")
    files = server.house.sealed_files()
    with half_sent(server, door):
        nameless = server.kill()
    assert server.house.rows("SELECT id FROM submissions") == submissions
    assert len(server.house.sealed_files() - files) == 1  # ciphertext that nobody can open, and nobody owns
    assert traces(server.folder, nameless) == []
    server.start()
    assert server.house.sealed_files() == files
    assert server.house.rows("SELECT id FROM submissions") == submissions
    with server.house.hub.database.reading() as reading:
        assert server.house.hub.audit.verify(reading).verified


def test_a_server_killed_while_it_checks_leaves_no_trace_and_ends_the_check_at_its_next_start(server: Server) -> None:
    body = an_extract(40_000)
    token = server.house.token(POLICE)
    head = (
        f"POST /api/v1/submissions?dataset={STREET}&period={PERIOD}&attest=true HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    found = "SELECT id, state, accepted_rows FROM submissions WHERE period = ?"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        wire.sendall(head.encode() + body)
        _wait(lambda: [state for _, state, _ in server.house.rows(found, PERIOD)] == ["received"])
        nameless = server.kill()
    ((identity, state, _),) = server.house.rows(found, PERIOD)
    assert state == "received"
    assert traces(server.folder, nameless) == []
    server.start()
    _wait(lambda: server.house.rows(found, PERIOD) == [(identity, "accepted", 40_000)])
    with Api(server.address, token) as api:
        assert api.ok(f"/submissions/{identity}/report")["rows"] == 40_000
    assert traces(server.folder, []) == []

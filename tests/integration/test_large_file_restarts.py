"""A large file on its way when the server is killed or the sender stops: nothing is lost, nothing there twice or in clear."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from hub.cli.client import HubClient
from hub.cli.sending import Bookmarks, Sender
from tests.integration import test_p7_canary as canary
from tests.integration.test_p7_canary import POLICE, STREET, Server, an_extract, traces
from tests.support.partnerships import Api
from tests.support.schemas import PERIOD
from tests.support.serving import until

pytestmark = pytest.mark.fault

server = canary.server

MIB = 2**20
ROWS = 22_000
"""Some 4.6 MiB."""


@pytest.fixture
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sender's own file, outside of the hub's folders."""
    path = tmp_path_factory.mktemp("sender") / "extract.csv"
    path.write_bytes(an_extract(ROWS))
    return path


@pytest.fixture
def parts_of_a_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.cli.sending.PART", MIB)
    monkeypatch.setattr("hub.cli.sending.LARGE", MIB)


class Paused(HubClient):
    """A client that holds its breath before one of its parts."""

    reached, go_on = threading.Event(), threading.Event()

    def patch(self, path: str, content: bytes, *, offset: int) -> int:
        if offset == 2 * MIB:
            self.reached.set()
            self.go_on.wait(60)
        return super().patch(path, content, offset=offset)


@pytest.mark.usefixtures("parts_of_a_mib")
def test_a_server_killed_between_two_parts_costs_the_sender_nothing(server: Server, file: Path) -> None:
    answers: list[dict[str, Any]] = []
    client = Paused(server.address, token=server.house.token(POLICE))

    def send() -> None:
        with client:
            made = Sender(client, bookmarks=Bookmarks(file.with_name("uploads.json")), shown=lambda _what, _share: None)
            answers.append(made.send(file, dataset=STREET, period=PERIOD))

    sender = threading.Thread(target=send)
    sender.start()
    assert client.reached.wait(60)
    nameless = server.kill()
    assert server.house.rows("SELECT received, state FROM uploads") == [(2 * MIB, "open")]
    assert traces(server.folder, nameless) == []
    client.go_on.set()
    server.start()
    sender.join(120)
    (answer,) = answers
    assert answer["report"]["rows"] == ROWS
    assert server.house.rows("SELECT count(*) FROM submissions WHERE period = ?", PERIOD) == [(1,)]
    assert server.house.rows("SELECT count(*) FROM upload_parts") == [(0,)]
    with server.house.hub.database.reading() as reading:
        server.house.hub.vault.sweep(reading)
    living = server.house.rows("SELECT count(*) FROM vault_objects WHERE destroyed_at = ''")
    assert living == [(len(server.house.sealed_files()),)]
    assert traces(server.folder, []) == []


@pytest.mark.slow
def test_a_server_killed_within_a_part_has_the_parts_before_and_no_trace_of_any(server: Server) -> None:
    body = an_extract(ROWS)
    token = server.house.token(POLICE)
    files = server.house.sealed_files()
    with Api(server.address, token) as api:
        upload = api.post("/uploads", dataset=STREET, period=PERIOD, size=str(len(body))).json()["id"]
        address = f"/uploads/{upload}"
        api.http.patch(address, content=body[:MIB], headers={"Upload-Offset": "0"})
    head = (
        f"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {token}\r\n"
        f"Upload-Offset: {MIB}\r\nContent-Length: {2 * MIB}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        wire.sendall(head.encode() + body[MIB : 2 * MIB])
        until(lambda: len(server.house.sealed_files() - files) == 2)
        nameless = server.kill()
    assert traces(server.folder, nameless) == []
    server.start()
    assert len(server.house.sealed_files() - files) == 1
    with Api(server.address, token) as api:
        assert api.http.head(address).headers["upload-offset"] == str(MIB)
        for start in range(MIB, len(body), MIB):
            done = api.http.patch(address, content=body[start : start + MIB], headers={"Upload-Offset": str(start)})
            assert done.status_code == 204, done.text
        assert api.http.delete(address).status_code == 204
    assert server.house.sealed_files() == files


@pytest.mark.slow
def test_stopped_by_ctrl_c_the_same_command_goes_on_where_it_stopped(
    server: Server,
    file: Path,
) -> None:
    file.write_bytes(an_extract(160_000))  # several parts of the command's own size
    home = file.parent
    environment = {**os.environ, "HOME": str(home), "USERPROFILE": str(home)}
    token = server.house.token(POLICE)
    hub = [sys.executable, "-m", "hub"]
    login = [*hub, "login", "--hub", server.address, "--token", token]
    subprocess.run(login, env=environment, check=True, capture_output=True, timeout=60)
    command = [*hub, "submit", str(file), "--dataset", STREET, "--period", PERIOD]

    def received() -> int:
        return sum(count for (count,) in server.house.rows("SELECT received FROM uploads"))

    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as stopped:
        until(lambda: received() > 0)
        stopped.send_signal(signal.SIGINT)
        said = stopped.communicate(timeout=60)[1].decode()
    assert stopped.returncode == 130, said
    assert "Traceback" not in said
    assert 0 < received() < file.stat().st_size
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert "160000 of 160000 rows" in ended.stdout, ended.stdout + ended.stderr
    assert server.house.rows("SELECT count(*), sum(received) FROM uploads") == [(1, file.stat().st_size)]

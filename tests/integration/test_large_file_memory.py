"""A large file goes through upload, joining and check in bounded memory, at once and in parts; the server's peak is measured."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from hub.settings import Settings
from tests.integration import test_p7_canary as canary
from tests.integration.test_p7_canary import POLICE, STREET, Server
from tests.support.partnerships import Api
from tests.support.schemas import PERIOD, csv_of, rows_of
from tests.support.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.fault]

server = canary.server

MIB = 2**20
SIZE = int(os.environ.get("HUB_TEST_LARGE_MB", "1000")) * MIB
PART = 16 * MIB
IDLE = 400
"""MiB that a server may take before anything is sent."""


def pieces(size: int) -> Iterator[bytes]:
    """A good extract of about so many bytes, a few hundred kilobytes at a time; each row has an id of its own."""
    head, *lines = csv_of(rows_of(STREET, 2_000)).rstrip(b"\n").split(b"\n")
    rests = [line.split(b",", 1)[1].rstrip(b"\r") for line in lines]
    yield head.rstrip(b"\r") + b"\n"
    made = number = 0
    while made < size:
        rows = []
        for rest in rests:
            number += 1
            rows.append(b"%064x,%s\n" % (number, rest))
        piece = b"".join(rows)
        made += len(piece)
        yield piece


def parts(size: int) -> Iterator[bytes]:
    """The same in parts."""
    held = b""
    for piece in chain(pieces(size), [b""]):
        held += piece
        while len(held) >= PART or (not piece and held):
            yield held[:PART]
            held = held[PART:]


def peak(running: Server) -> int:
    """The most memory the server ever had, in MiB."""
    assert running.process is not None
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def settled(api: Api, identity: str) -> dict[str, object]:
    """The submission once it is checked."""
    until(lambda: api.ok(f"/submissions/{identity}")["state"] != "received", seconds=1200)
    return api.ok(f"/submissions/{identity}")


@pytest.mark.parametrize("way", ["at-once", "in-parts"])
def test_the_memory_of_a_server_does_not_grow_with_the_file(
    server: Server,
    way: str,
) -> None:
    idle = peak(server)
    assert idle < IDLE
    with Api(server.address, server.house.token(POLICE)) as api:
        api.http.timeout = 600
        sent = in_parts(api) if way == "in-parts" else api.send(STREET, PERIOD, pieces(SIZE)).json()
        received = peak(server)
        done = settled(api, str(sent["id"]))
    print(f"\n{way}: {SIZE // MIB} MiB, idle {idle}, received {received}, checked {peak(server)} MiB")
    assert done["accepted_rows"] == done["rows"]
    assert received - idle < 256
    assert peak(server) - idle < Settings().memory_mb + 256


def in_parts(api: Api) -> dict[str, object]:
    """Begin, send part by part, join."""
    size = sum(len(piece) for piece in pieces(SIZE))
    upload = api.post("/uploads", dataset=STREET, period=PERIOD, size=str(size)).json()["id"]
    offset, hashed = 0, hashlib.sha256()
    for part in parts(SIZE):
        answer = api.http.patch(f"/uploads/{upload}", content=part, headers={"Upload-Offset": str(offset)})
        assert answer.status_code == 204, answer.text
        offset += len(part)
        hashed.update(part)
    answer = api.post(f"/uploads/{upload}/complete", sha256=hashed.hexdigest())
    assert answer.status_code == 202, answer.text
    return dict(answer.json())

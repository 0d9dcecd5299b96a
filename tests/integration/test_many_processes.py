"""Two servers and two workers over one PostgreSQL and one state folder: one hub, whoever is asked, whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from hub.app import PARTNERSHIPS, build, seed, work_of
from hub.cli.client import free_port
from hub.cli.geography import load_files
from hub.intake import ATTESTATION, Stage, State
from hub.kit.authority import Action
from hub.settings import Mode, Settings, Where, child_environment
from tests.support.compose import settings_of, the_services
from tests.support.geography import write_squares
from tests.support.hubs import ANALYST, API, UPLOADER, an_extract
from tests.support.partnerships import Api, House
from tests.support.postgres import Cluster
from tests.support.serving import until

pytestmark = pytest.mark.db

KEY = "0123456789abcdef" * 4
MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 7))
TABLE = "/views/violence-by-place/table"


def command_of(service: str) -> list[str]:
    """What a container of the example runs, without the name of the program."""
    program, *arguments = the_services()["services"][service]["command"]
    assert program == "hub"
    return list(arguments)


@dataclass
class Processes:
    """The hub as this process sees it, and the processes that serve it and work for it."""

    house: House
    environment: dict[str, str]
    log: Path
    servers: list[Api] = field(default_factory=list)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str, **settings: object) -> subprocess.Popen[bytes]:
        """One more process of the hub."""
        names = {f"HUB_{name.upper()}": str(value) for name, value in settings.items()}
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "hub", *arguments], env=self.environment | names, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def serve(self) -> str:
        """One more server; its address."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        self.start(*command_of("hub"), host="127.0.0.1", port=port, base_url=f"https://127.0.0.1:{port}")

        def answers() -> bool:
            try:
                return httpx2.get(f"{address}/healthz").status_code == 200
            except httpx2.TransportError:
                return False

        until(answers)
        return address

    def end(self) -> None:
        """End each by its own id."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(timeout=30)


@pytest.fixture
def processes(cluster: Cluster, tmp_path: Path) -> Iterator[Processes]:
    url = cluster.empty()
    settings = Settings(mode=Mode.DEMO, state=tmp_path / "state", database_url=url, root_key=KEY, work=Where.APART)
    hub = build(settings)
    seed(hub, PARTNERSHIPS["bromley-open"])
    load_files(hub, write_squares(tmp_path))
    house = House(settings.base_url, hub, tmp_path, PARTNERSHIPS["bromley-open"])
    said = settings_of(the_services()) | {"state": str(settings.state), "database_url": url, "root_key": KEY}
    environment = child_environment(**said, memory_mb=512)
    made = Processes(house, environment, tmp_path / "log")
    try:
        yield made
    finally:
        made.end()
        hub.close()
        cluster.drop(url)


def test_two_servers_and_two_workers_are_one_hub(processes: Processes) -> None:
    house = processes.house
    uploader, analyst = house.token(UPLOADER), house.token(ANALYST)
    processes.start(*command_of("worker"))
    processes.start("worker", "--name", "worker-2")
    addresses = [processes.serve() for _ in range(2)]

    def send(task: tuple[str, str]) -> httpx2.Response:
        address, month = task
        with Api(address, uploader) as api:
            return api.send(API, month, an_extract(month))

    with ThreadPoolExecutor(4) as pool:  # each month to both servers at once
        answers = list(pool.map(send, [(address, month) for month in MONTHS for address in addresses]))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == len(MONTHS)
    assert {answer.json()["state"] for answer in answers} == {"accepted"}
    assert {answer.json()["report"]["accepted_rows"] for answer in answers} == {20}
    assert house.rows("SELECT count(*) FROM submissions") == [(len(MONTHS),)]
    arrivals = "SELECT count(*) FROM audit_entries WHERE action = 'submission:create' AND outcome = 'done'"
    assert house.rows(arrivals) == [(len(MONTHS),)]

    work = work_of(house.hub)
    work.build(house.reader(ANALYST), wait=60)
    assert (piece := work.building()) is not None
    assert piece.state == "done"
    with Api(addresses[0], analyst) as one, Api(addresses[1], analyst) as other:
        shown = [api.ok(TABLE, by="borough,quarter") for api in (one, other)]
        assert shown[0]["provenance"]["result_hash"] == shown[1]["provenance"]["result_hash"]
        with house.hub.database.unit_of_work() as uow:
            governance = house.reader("met-police-governance")
            permit = house.hub.policy.permit(uow, governance, Action.AGREEMENT_SUSPEND, "bromley-open-police")
            house.hub.agreements.suspend(uow, permit, "bromley-open-police@1", reason="a test")
        assert {api.get(TABLE, by="borough,quarter").status_code for api in (one, other)} <= {403, 404}
    with house.hub.database.reading() as reading:
        assert house.hub.audit.verify(reading).verified


def test_a_worker_killed_in_a_check_leaves_it_to_the_next_and_it_is_done_once(processes: Processes) -> None:
    house = processes.house
    permit = house.permit(UPLOADER, Action.SUBMISSION_CREATE, API)
    receiving = house.hub.intake.receive(
        permit, agency="met-police", dataset=API, period="2024-01", file_name="a.csv", attestation=ATTESTATION
    )
    receiving.write(an_extract("2024-01", 120_000))
    with house.hub.database.unit_of_work() as uow:
        sent = receiving.complete(uow)

    def at_it() -> bool:
        with house.hub.database.reading() as reading:
            found = house.hub.intake.standing(reading, sent.id)
        return house.hub.checks.of(found).stage not in {Stage.RECEIVED, Stage.DONE}

    address = processes.serve()
    first = processes.start("worker", "--name", "worker-1")
    until(at_it)
    os.kill(first.pid, signal.SIGSTOP)
    with Api(address, house.token(UPLOADER)) as api:  # a server tells how far the worker is
        told = api.ok(f"/submissions/{sent.id}")
    assert told["state"] == "received"
    assert told["progress"]["stage"] in {"reading", "checking", "sealing"}
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    def state() -> State:
        with house.hub.database.reading() as reading:
            return house.hub.intake.standing(reading, sent.id).state

    assert state() is State.RECEIVED
    processes.start("worker", "--name", "worker-1")
    until(lambda: state() is not State.RECEIVED)
    assert state() is State.ACCEPTED
    with house.hub.database.reading() as reading:
        assert house.hub.audit.verify(reading).verified
        assert len(house.hub.intake.latest_accepted(reading)) == 1

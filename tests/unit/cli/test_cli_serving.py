"""Commands that serve, and the walk they offer: `serve`, `demo`, `tour`, each with a real server on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from typing import Any

import httpx2
import pytest
import uvicorn

from hub.app import PARTNERSHIPS, Progress, build, read_progress, seed, write_progress
from hub.cli.client import free_port, server
from hub.cli.itinerary import Extract, Itinerary, real
from hub.cli.walk import Log, StepFailed, build_and_look, submit_all, verify
from hub.kit.errors import Invalid, Unavailable
from hub.settings import Mode, Settings, child_environment
from tests.support.geography import write_squares
from tests.support.hubs import API, COUNCIL, MONTHS, POLICE, an_extract
from tests.support.partnerships import House
from tests.support.serving import until
from tests.unit.cli.conftest import Command

YEAR, QUARTER = MONTHS[-12:], MONTHS[-3:]


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """A command that becomes a server gives its process its settings; the next test must not have them."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[uvicorn.Server]:
    """Every server that is started in this process: real ones, remembered so that a test can end them."""
    started: list[uvicorn.Server] = []

    class Remembered(uvicorn.Server):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr("uvicorn.Server", Remembered)
    monkeypatch.setattr(sys.modules["uvicorn.main"], "Server", Remembered)
    return started


def answers(url: str) -> bool:
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(url, timeout=10).status_code == 200
    return False


# ---- the walk --------------------------------------------------------------------------------------------------------


def an_itinerary(folder: Path, months: tuple[str, ...] = YEAR) -> Itinerary:
    extracts = []
    for period in months:
        path = folder / f"{period}.csv"
        path.write_bytes(an_extract(period))
        extracts.append(Extract(agency=POLICE, dataset=API, period=period, path=path))
    return Itinerary(partnership="bromley-open", geography=(), extracts=tuple(extracts), lead=COUNCIL)


@pytest.mark.slow
def test_the_walk_submits_builds_looks_assesses_and_verifies(house: House, tmp_path: Path) -> None:
    itinerary, log, told = an_itinerary(tmp_path), Log(), []
    submit_all(house.base_url, itinerary, log, told.append)
    build_and_look(house.base_url, itinerary, log, tmp_path / "out", told.append)
    verify(house.base_url, itinerary, log)
    assert [(one["period"], one["rows"], one["accepted_rows"]) for one in log.submissions] == [
        (period, 20, 20) for period in YEAR
    ]
    assert log.snapshot == 1
    assert {view["id"] for view in log.views} >= {"police-and-health", "violence-by-place"}
    assert Path(log.assessment).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert log.audit["verified"] is True
    assert log.audit["entries"] > 50
    assert {"snapshot", "query", "assessment", "audit"} <= set(log.seconds)
    assert told[0] == Progress(stage="submissions", done=1, total=12)
    assert [one.stage for one in told[-2:]] == ["snapshot", "assessment"]


def test_the_walk_stops_at_a_file_that_does_not_get_in(house: House, tmp_path: Path) -> None:
    itinerary = an_itinerary(tmp_path, YEAR[:1])
    itinerary.extracts[0].path.write_bytes(b"not,this,schema\n1,2,3\n")
    log = Log()
    with pytest.raises(StepFailed, match="returned"):
        submit_all(house.base_url, itinerary, log, lambda _: None)
    assert log.submissions[0]["outcome"] == "returned"


def test_the_walk_stops_at_a_log_that_was_touched(house: House, tmp_path: Path) -> None:
    with sqlite3.connect(house.hub.settings.state / "hub.sqlite") as connection:
        connection.execute("""UPDATE audit_entries SET subject = subject || 'x' WHERE "index" = 3""")
    connection.close()
    with pytest.raises(StepFailed, match="log"):
        verify(house.base_url, an_itinerary(tmp_path, ()), Log())


# ---- the tour --------------------------------------------------------------------------------------------------------


@pytest.fixture
def public_data(tmp_path: Path) -> Path:
    """A folder laid out as the real public data, with the squares in it."""
    data = tmp_path / "data"
    street = data / "police" / "bromley_api"
    street.mkdir(parents=True)
    for period in QUARTER:
        (street / f"{period}_bromley.csv").write_bytes(an_extract(period))
    (street / f"{QUARTER[0]}_outcomes.csv").write_bytes(b"of another schema\n")
    (data / "geo").mkdir()
    boundaries, lookup, _ = write_squares(tmp_path)
    shutil.move(boundaries, data / "geo" / "bromley_lsoa21.geojson")
    shutil.move(lookup, data / "geo" / "lsoa21_ward25_lad25_london.csv")
    return data


@pytest.mark.slow
def test_the_tour_walks_over_a_folder_of_public_data(hub_command: Command, public_data: Path, tmp_path: Path) -> None:
    state = tmp_path / "tour"
    ran = hub_command("tour", "--state", state, "--data", public_data, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert [one["rows"] for one in said["submissions"]] == [20] * 3
    assert set(said) >= {"submissions", "snapshot", "views", "assessment", "audit", "seconds"}
    assert Path(said["assessment"]).is_file()
    again = hub_command("tour", "--state", state, "--data", public_data)
    assert again.code == 1
    assert "[state-exists]" in again.err


@pytest.mark.slow
def test_a_tour_tells_people_what_it_did(hub_command: Command, public_data: Path, tmp_path: Path) -> None:
    ran = hub_command("tour", "--state", tmp_path / "tour", "--data", public_data, "--profile", "nhs_hes")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("3 submissions, 60 rows, snapshot 1\n")
    assert "entries, verified" in ran.out


def test_a_folder_without_the_public_data_is_said(tmp_path: Path, public_data: Path) -> None:
    with pytest.raises(Invalid) as caught:
        real(tmp_path, profile="open")
    assert caught.value.code == "no-data"
    for path in (public_data / "police" / "bromley_api").iterdir():
        path.unlink()
    with pytest.raises(Invalid, match="no police files"):
        real(public_data, profile="open")


# ---- serving ---------------------------------------------------------------------------------------------------------


def test_serve_serves_what_the_settings_say(
    hub_command: Command, servers: list[uvicorn.Server], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    for name, value in {"STATE": tmp_path / "state", "PORT": port, "BASE_URL": address}.items():
        monkeypatch.setenv(f"HUB_{name}", str(value))
    serving = threading.Thread(target=hub_command, args=("serve",), daemon=True)
    serving.start()
    until(lambda: answers(f"{address}/healthz"))
    assert httpx2.get(f"{address}/readyz").json() == {"status": "ok"}
    assert httpx2.get(f"{address}/login").status_code == 200
    servers[0].should_exit = True
    serving.join(timeout=30)
    assert not serving.is_alive()
    assert (tmp_path / "state" / "root.key").exists()


def test_a_server_that_ends_at_once_is_said_with_where_to_look(tmp_path: Path) -> None:
    environment = child_environment(state=tmp_path / "state", root_key="too short", port=1)
    with pytest.raises(Unavailable) as caught, server(environment, port=free_port(), log=tmp_path / "log"):
        pass
    assert caught.value.code == "server-ended"
    assert "HUB_ROOT_KEY" in (tmp_path / "log").read_text()
    assert "too short" not in (tmp_path / "log").read_text()


def test_the_demo_shows_a_page_at_once_and_ends_its_builder_with_it(
    hub_command: Command, servers: list[uvicorn.Server], tmp_path: Path
) -> None:
    port, state = free_port(), tmp_path / "demo"
    command = ("demo", "--port", port, "--no-browser", "--state", state, "--months", 12)
    serving = threading.Thread(target=hub_command, args=command, daemon=True)
    serving.start()
    until(lambda: answers(f"http://127.0.0.1:{port}/login"))
    assert "invented" in httpx2.get(f"http://127.0.0.1:{port}/login").text
    until(lambda: read_progress(state) is not None)
    servers[0].should_exit = True
    serving.join(timeout=60)
    assert not serving.is_alive()
    progress = read_progress(state)
    assert progress is not None
    assert not progress.complete
    other = hub_command("demo", "--port", free_port(), "--no-browser", "--state", state)
    assert other.code == 1
    assert "[other-address]" in other.err


def test_a_port_that_is_taken_is_said_before_anything_starts(hub_command: Command, tmp_path: Path) -> None:
    with socket(AF_INET, SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = hub_command("demo", "--port", taken.getsockname()[1], "--no-browser", "--state", tmp_path / "demo")
    assert ran.code == 1
    assert "[port-in-use]" in ran.err
    assert not (tmp_path / "demo").exists()


@pytest.mark.slow
def test_a_builder_whose_hub_is_gone_says_at_which_stage_it_stopped(hub_command: Command, tmp_path: Path) -> None:
    state, port = tmp_path / "demo", free_port()
    hub = build(Settings(mode=Mode.DEMO, state=state, base_url=f"http://127.0.0.1:{port}"))
    seed(hub, PARTNERSHIPS["ravensbourne"])
    hub.close()
    ran = hub_command("demo", "--build-only", "--port", port, "--state", state, "--months", 12)
    assert ran.code == 4
    assert "[no-answer]" in ran.err
    progress = read_progress(state)
    assert progress is not None
    assert (progress.stage, progress.failed) == ("geography", "no-answer")


def test_a_demo_that_is_whole_is_not_built_again(hub_command: Command, tmp_path: Path) -> None:
    write_progress(tmp_path, Progress(stage="done"))
    assert hub_command("demo", "--build-only", "--state", tmp_path).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]

"""Commands against a running hub, as a program uses it: a kept token, exit codes, and no traceback when nobody answers."""

from __future__ import annotations

import csv
import io
import json
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.asgi import create_app
from hub.cli.client import HubClient, free_port
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted, Unauthenticated, Unavailable
from hub.settings import Where
from tests.support.hubs import ANALYST, API, UPLOADER, an_extract
from tests.support.intake import checked_again
from tests.support.partnerships import House
from tests.support.serving import served, until
from tests.support.workbooks import xlsx_of
from tests.unit.cli.conftest import Command

PERIOD = "2024-01"


@pytest.fixture
def logged_in(hub_command: Command, house: House) -> Command:
    ran = hub_command("login", "--hub", house.base_url, "--token", house.token(UPLOADER))
    assert (ran.code, ran.out) == (0, ""), ran.err
    return hub_command


def test_a_token_is_kept_where_only_its_owner_reads_it(logged_in: Command, tmp_path: Path) -> None:
    kept = tmp_path / "home" / ".config" / "svd-hub" / "token.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_token_that_does_not_open_the_hub_is_not_kept(hub_command: Command, house: House, tmp_path: Path) -> None:
    ran = hub_command("login", "--hub", house.base_url, "--token", "forged")
    assert ran.code == 3
    assert not (tmp_path / "home" / ".config").exists()


def test_without_a_token_there_is_nothing_to_do(hub_command: Command) -> None:
    for arguments in (["submissions"], ["get", "violence-by-place"]):
        ran = hub_command(*arguments)
        assert ran.code == 3
        assert "[no-token]" in ran.err
        assert "hub login" in ran.err


def test_a_file_is_submitted_listed_and_reported(logged_in: Command, tmp_path: Path) -> None:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD))
    ran = logged_in("submit", path, "--dataset", API, "--period", PERIOD)
    assert ran.code == 0, ran.err
    assert "20 of 20 rows" in ran.out
    identity = ran.out.partition(":")[0]
    assert f"hub accept {identity} --attest" in ran.err
    assert logged_in("submissions").out.startswith(f"{identity}\t{API}\t{PERIOD}\tchecked\t20 rows")
    refused = logged_in("accept", identity)
    assert (refused.code, "no-attestation" in refused.err) == (1, True)
    assert logged_in("accept", identity, "--attest").out == f"{identity}: accepted, 20 of 20 rows\n"
    listed = logged_in("submissions")
    assert listed.out.startswith(f"{identity}\t{API}\t{PERIOD}\taccepted\t20 rows")
    again = json.loads(logged_in("submit", path, "--dataset", API, "--period", PERIOD, "--json").out)
    assert (again["id"], again["state"]) == (identity, "accepted")


def test_an_acceptance_is_undone_the_file_checked_again_and_withdrawn(logged_in: Command, tmp_path: Path) -> None:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD))
    sent = json.loads(logged_in("submit", path, "--dataset", API, "--period", PERIOD, "--attest", "--json").out)
    assert sent["state"] == "accepted"
    assert logged_in("undo", sent["id"]).out == f"{sent['id']}: checked, 20 of 20 rows\n"
    assert logged_in("recheck", sent["id"]).out.startswith(f"{sent['id']}: checked, 20 of 20 rows\n")
    assert logged_in("accept", sent["id"], "--attest", "--explain", "nothing=x").code == 2
    assert logged_in("withdraw", sent["id"], "--reason", "a try").out == f"{sent['id']}: withdrawn, 20 of 20 rows\n"
    assert logged_in("undo", sent["id"]).code == 1


@pytest.fixture
def worked_apart(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The same hub, served where a worker does the checks; its server waits for none. Its address."""
    monkeypatch.setattr("hub.app.work._PATIENCE", 0.0)
    monkeypatch.setattr("hub.cli.client._BETWEEN", 0.05)
    settings = house.hub.settings.model_copy(update={"work": Where.APART})
    with served(lambda _base_url: create_app(replace(house.hub, settings=settings))) as address:
        yield address


def test_a_worker_that_comes_late_is_waited_for(
    hub_command: Command, house: House, worked_apart: str, tmp_path: Path
) -> None:
    hub_command("login", "--hub", worked_apart, "--token", house.token(UPLOADER))
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD))

    def come_late() -> None:
        until(lambda: bool(checked_again(house.hub.intake, house.hub.database)))

    worker = threading.Thread(target=come_late)
    worker.start()
    ran = hub_command("submit", path, "--dataset", API, "--period", PERIOD)
    worker.join()
    assert (ran.code, "accepted, 20 of 20 rows" in ran.out) == (0, True), ran.err


def test_a_worker_that_does_not_come_is_said_and_nothing_is_lost(
    hub_command: Command, house: House, worked_apart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.client._CHECKED_WITHIN", 0.1)
    hub_command("login", "--hub", worked_apart, "--token", house.token(UPLOADER))
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD))
    ran = hub_command("submit", path, "--dataset", API, "--period", PERIOD)
    assert (ran.code, "[not-checked-yet]" in ran.err) == (4, True), ran.err
    assert "\treceived\t" in hub_command("submissions").out


def test_a_workbook_is_submitted_and_its_sheet_chosen(logged_in: Command, tmp_path: Path) -> None:
    table = list(csv.reader(io.StringIO(an_extract(PERIOD).decode(), newline="")))
    path = tmp_path / "january.xlsx"
    path.write_bytes(xlsx_of(("January", table), ("Part of it", table[:4])))
    asked = logged_in("submit", path, "--dataset", API, "--period", PERIOD)
    assert asked.code == 1
    assert "two-sheets" in asked.out
    ran = logged_in("submit", path, "--dataset", API, "--period", PERIOD, "--sheet", "Part of it")
    assert (ran.code, "3 of 3 rows" in ran.out) == (0, True), ran.err
    desk = logged_in("check", path, "--schema", API, "--period", PERIOD, "--sheet", "January", "--json")
    assert (desk.code, json.loads(desk.out)["accepted_rows"], json.loads(desk.out)["encoding"]) == (0, 20, "xlsx")


def test_a_returned_file_is_exit_code_1_and_a_refused_period_too(logged_in: Command, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    ran = logged_in("submit", path, "--dataset", API, "--period", PERIOD)
    assert ran.code == 1
    assert "error empty-file" in ran.out
    assert logged_in("submit", path, "--dataset", API, "--period", "2024-13").code == 1
    assert logged_in("submit", path, "--dataset", "health/istv-assaults", "--period", PERIOD).code == 3


def test_a_table_is_fetched_as_csv_or_json_once_there_is_one(
    hub_command: Command, house: House, tmp_path: Path
) -> None:
    hub_command("login", "--hub", house.base_url, "--token", house.token(ANALYST))
    nothing = hub_command("get", "violence-by-place")
    assert (nothing.code, nothing.out) == (1, "")
    assert "[no-snapshot]" in nothing.err
    house.submit(UPLOADER, API, PERIOD, an_extract(PERIOD))
    with HubClient(house.base_url, token=house.token(ANALYST)) as client:
        client.post("/snapshots")
    table = hub_command("get", "violence-by-place", "--by", "borough,month")
    assert table.code == 0, table.err
    assert "20" in table.out
    document = json.loads(hub_command("get", "violence-by-place", "--by", "borough,month", "--format", "json").out)
    assert document["provenance"]["snapshot"] == 1
    assert hub_command("get", "no-such-view").code == 3


def test_a_hub_that_does_not_answer_is_unavailable(hub_command: Command, house: House, tmp_path: Path) -> None:
    ran = hub_command("login", "--hub", f"http://127.0.0.1:{free_port()}", "--token", "x")
    assert ran.code == 4
    assert "[no-answer]" in ran.err
    assert "Traceback" not in ran.err


def test_the_client_logs_in_by_code_flow_and_takes_a_token(house: House) -> None:
    with HubClient(house.base_url) as client:
        assert client.login("met-police", UPLOADER)
        assert client.get("/submissions") == {"submissions": []}
    with HubClient(house.base_url) as client, pytest.raises(Unauthenticated):
        client.login("met-police", "nobody")


def test_what_the_hub_answers_becomes_the_error_it_is(house: House) -> None:
    with HubClient(house.base_url, token="forged") as client, pytest.raises(Unauthenticated):
        client.get("/views")
    with HubClient(house.base_url, token=house.token(UPLOADER)) as client:
        for ask, kind in (
            (lambda: client.get("/submissions/absent"), NotFound),
            (lambda: client.text("/views/violence-by-place/table", by="street"), (Invalid, NotFound, NotPermitted)),
            (lambda: client.post("/assessments"), (NotPermitted, NotFound)),
            (lambda: client.get("/explain"), Invalid),
        ):
            with pytest.raises(kind):
                ask()
    with HubClient(house.base_url, token=house.token(ANALYST)) as client, pytest.raises(Conflict):
        client.post("/snapshots")
    with HubClient(f"http://127.0.0.1:{free_port()}") as client, pytest.raises(Unavailable):
        client.login("met-police", UPLOADER)

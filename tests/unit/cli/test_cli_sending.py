"""`hub submit` of a large file: in parts, over lost answers and stops, shown on a terminal alone."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from hub.cli.client import HubClient
from hub.cli.sending import Bookmarks, Sender, shown_on
from hub.kit.errors import Conflict, Invalid, Unavailable
from tests.support.hubs import API, UPLOADER, an_extract
from tests.support.partnerships import House
from tests.unit.cli.conftest import Command

PERIOD = "2024-01"
PART = 4_000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large here is small, so that tests are quick."""
    monkeypatch.setattr("hub.uploads.parts.MIN_PART", 1_000)
    monkeypatch.setattr("hub.cli.sending.LARGE", 1_000)
    monkeypatch.setattr("hub.cli.sending.PART", PART)
    monkeypatch.setattr("hub.cli.sending._PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr("hub.cli.client._BETWEEN", 0.01)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD, 200))
    return path


class Watched(HubClient):
    """A client that counts its parts, and to which something happens at one of them."""

    def __init__(self, house: House, *, at: int = 0, error: BaseException | None = None, after: bool = False) -> None:
        super().__init__(house.base_url, token=house.token(UPLOADER))
        self.parts: list[int] = []
        self._at, self._error, self._after = at, error, after

    def patch(self, path: str, content: bytes, *, offset: int) -> int:
        self.parts.append(offset)
        due = len(self.parts) == self._at and self._error is not None
        if due and not self._after:
            raise self._error  # type: ignore[misc]  # it is one
        done = super().patch(path, content, offset=offset)
        if due:
            raise self._error  # type: ignore[misc]  # as above
        return done


def send(client: HubClient, file: Path, folder: Path, heard: list[tuple[str, float]] | None = None) -> dict[str, Any]:
    told = heard if heard is not None else []
    made = Sender(
        client, bookmarks=Bookmarks(folder / "uploads.json"), shown=lambda what, share: told.append((what, share))
    )
    return made.send(file, dataset=API, period=PERIOD, attest="true")


def places(file: Path) -> list[int]:
    return list(range(0, file.stat().st_size, PART))


def test_a_large_file_goes_in_parts_and_is_the_same_submission(house: House, file: Path, tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    with Watched(house) as client:
        answer = send(client, file, tmp_path, heard)
        assert client.parts == places(file)
        assert (answer["state"], answer["report"]["accepted_rows"]) == ("accepted", 200)
        assert answer["report"]["file"] == "january.csv"
        assert client.submit(file, dataset=API, period=PERIOD, attest="true")["id"] == answer["id"]
        assert client.get("/uploads") == {"uploads": []}
    assert [what for what, _ in heard][:2] == ["Reading", "Sending"]
    assert heard[-1] == ("", 1.0)
    assert Bookmarks(tmp_path / "uploads.json").get("any") == ""
    assert json.loads((tmp_path / "uploads.json").read_text()) == {}


@pytest.mark.parametrize("after", [False, True], ids=["before-it-arrives", "after-it-is-durable"])
def test_a_connection_that_breaks_costs_one_part_at_most(house: House, file: Path, tmp_path: Path, after: bool) -> None:
    with Watched(house, at=2, error=Unavailable("gone", code="no-answer"), after=after) as client:
        answer = send(client, file, tmp_path)
    assert answer["report"]["accepted_rows"] == 200
    expected = places(file)
    assert client.parts == (expected if after else [*expected[:2], *expected[1:]])


def test_stopped_by_ctrl_c_the_same_command_goes_on_where_it_stopped(house: House, file: Path, tmp_path: Path) -> None:
    with Watched(house, at=3, error=KeyboardInterrupt()) as client, pytest.raises(KeyboardInterrupt):
        send(client, file, tmp_path)
    kept = tmp_path / "uploads.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "january" not in kept.read_text()
    with Watched(house) as client:
        answer = send(client, file, tmp_path)
        assert client.parts == places(file)[2:]
    assert answer["report"]["accepted_rows"] == 200
    assert json.loads(kept.read_text()) == {}


def test_another_file_of_the_same_name_is_not_taken_for_the_one_that_was_begun(
    house: House, file: Path, tmp_path: Path
) -> None:
    with Watched(house, at=2, error=KeyboardInterrupt()) as client, pytest.raises(KeyboardInterrupt):
        send(client, file, tmp_path)
    file.write_bytes(an_extract(PERIOD, 190))
    with Watched(house) as client:
        assert send(client, file, tmp_path)["report"]["accepted_rows"] == 190
        assert client.parts == places(file)


def test_an_upload_that_has_ended_meanwhile_is_begun_anew(house: House, file: Path, tmp_path: Path) -> None:
    with Watched(house, at=2, error=KeyboardInterrupt()) as client, pytest.raises(KeyboardInterrupt):
        send(client, file, tmp_path)
    with house.hub.database.reading() as reading:
        (left,) = house.hub.uploads.listing(reading, house.reader(UPLOADER))
    house.hub.uploads.refuse(house.reader(UPLOADER), left.id, code="given-up")
    with Watched(house) as client:
        assert send(client, file, tmp_path)["report"]["accepted_rows"] == 200
        assert client.parts == places(file)


def test_joined_already_and_the_answer_lost_it_is_asked_for_again(
    house: House, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful(Watched):
        lost = 0

        def post(self, path: str, **params: str) -> dict[str, Any]:
            answer = super().post(path, **params)
            if path.endswith("/complete") and self.lost < 4:
                self.lost += 1
                raise Unavailable("gone", code="no-answer")
            return answer

    with Forgetful(house) as client:
        with pytest.raises(Unavailable):
            send(client, file, tmp_path)
        client.parts.clear()
        answer = send(client, file, tmp_path)
        assert client.parts == []
        assert [one["id"] for one in client.get("/submissions")["submissions"]] == [answer["id"]]


def test_a_hub_that_stays_away_is_given_up_and_can_be_gone_on_with(house: House, file: Path, tmp_path: Path) -> None:
    class Away(Watched):
        def patch(self, path: str, content: bytes, *, offset: int) -> int:
            raise Unavailable("gone", code="no-answer")

    with Away(house) as client, pytest.raises(Unavailable):
        send(client, file, tmp_path)
    with Watched(house) as client:
        assert send(client, file, tmp_path)["state"] == "accepted"


@pytest.mark.slow
def test_what_the_hub_does_not_take_is_not_tried_again(house: House, tmp_path: Path) -> None:
    endless = tmp_path / "endless.csv"
    endless.write_bytes(b"a,b\n" + b"x" * (2**20 + PART))
    with Watched(house) as client, pytest.raises(Invalid) as refused:
        send(client, endless, tmp_path)
    assert refused.value.code == "line-too-long"
    assert house.sealed_files() == set()
    with Watched(house, at=1, error=Conflict("ended", code="upload-ended")) as client, pytest.raises(Conflict):
        send(client, endless, tmp_path)
    assert client.parts == [0]


def test_a_file_that_changes_while_it_is_sent_is_not_kept(house: House, file: Path, tmp_path: Path) -> None:
    class Changing(Watched):
        def patch(self, path: str, content: bytes, *, offset: int) -> int:
            return super().patch(path, content.replace(b"Force", b"Other"), offset=offset)

    with Changing(house) as client, pytest.raises(Invalid) as refused:
        send(client, file, tmp_path)
    assert refused.value.code == "digest-mismatch"
    assert house.sealed_files() == set()
    assert json.loads((tmp_path / "uploads.json").read_text()) == {}


def test_progress_is_shown_on_a_terminal_and_nowhere_else(house: House, hub_command: Command, file: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        show = shown_on(stream)
        show("Sending", 0.5)
        show("", 1.0)
    assert terminal.getvalue() == "\r\x1b[KSending 50%\r\x1b[K"
    assert pipe.getvalue() == ""
    hub_command("login", "--hub", house.base_url, "--token", house.token(UPLOADER))
    ran = hub_command("submit", file, "--dataset", API, "--period", PERIOD, "--attest")
    assert (ran.code, ran.err) == (0, "")
    assert "200 of 200 rows" in ran.out


def test_a_hub_that_starts_again_while_it_checks_is_asked_again(
    house: House, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.app.work.LARGE", 100)
    heard: list[tuple[str, float]] = []

    class Restarting(Watched):
        silent = 2

        def get(self, path: str, **params: str) -> dict[str, Any]:
            if path.startswith("/submissions/sub") and self.silent:
                self.silent -= 1
                raise Unavailable("gone", code="no-answer")
            return super().get(path, **params)

    with Restarting(house) as client:
        answer = send(client, file, tmp_path, heard)
        assert client.silent == 0
    assert (answer["state"], answer["report"]["accepted_rows"]) == ("accepted", 200)
    assert any(what.startswith("Checking (") for what, _ in heard)
    monkeypatch.setattr("hub.cli.client._SILENT", -1.0)
    with Restarting(house) as client, pytest.raises(Unavailable):
        client.settled({"id": answer["id"], "state": "received"})

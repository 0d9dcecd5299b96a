"""Many small files at once through the API: two are checked at a time, the rest go the background way, nothing is lost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any

import httpx2
import pytest

from hub.app.composition import CHECKS_AT_ONCE
from hub.intake.checking import Checker
from tests.support.hubs import API, BARE, MONTHS, UPLOADER, an_extract
from tests.support.partnerships import Api, House, a_house, made

SENT = MONTHS[:8]


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(made(BARE, tmp_path_factory), tmp_path_factory.mktemp("at-once")) as served:
        yield served


class Held:
    """The hub's checker, which lets no check begin its work before it is told, and counts how many are at it."""

    def __init__(self, checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go, self.begun = threading.Event(), threading.Semaphore(0)
        self.running = self.most = 0
        self._lock, self._judged = threading.Lock(), checker.judged
        monkeypatch.setattr(checker, "judged", self._held)

    def _held(self, *what: Any, **how: Any) -> Any:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.begun.release()
        assert self.go.wait(60)
        try:
            return self._judged(*what, **how)
        finally:
            with self._lock:
                self.running -= 1


def test_of_many_files_at_once_two_are_checked_at_a_time_and_none_is_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.app.work._PATIENCE", 0.2)
    held, token = Held(house.hub.intake._checker, monkeypatch), house.token(UPLOADER)

    def send(month: str) -> httpx2.Response:
        with Api(house.base_url, token) as api:
            return api.send(API, month, an_extract(month))

    with ThreadPoolExecutor(len(SENT)) as pool:
        asked: list[Future[httpx2.Response]] = [pool.submit(send, month) for month in SENT]
        answered = as_completed(asked, timeout=120)
        early = [next(answered).result() for _ in range(len(SENT) - CHECKS_AT_ONCE)]
        assert {(one.status_code, one.json()["state"]) for one in early} == {(202, "received")}
        assert {one.json()["progress"]["stage"] for one in early} == {"received"}
        held.go.set()
        answers = [one.result(120) for one in asked]
    assert Counter(one.status_code for one in answers) == {201: CHECKS_AT_ONCE, 202: len(SENT) - CHECKS_AT_ONCE}
    assert {settled(house, one.json()["id"]) for one in answers} == {"accepted"}
    assert held.most == CHECKS_AT_ONCE
    assert house.rows("SELECT COUNT(*), COUNT(DISTINCT period) FROM submissions") == [(len(SENT), len(SENT))]


def settled(house: House, submission: str) -> str:
    """The state of a submission once it is checked, as `hub submit` asks for it."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        state = house.api(UPLOADER).ok(f"/submissions/{submission}")["state"]
        if state != "received":
            return str(state)
        time.sleep(0.05)
    return "received"

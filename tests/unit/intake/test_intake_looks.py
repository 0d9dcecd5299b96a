"""Looking at what differs: each look by the same rule and in the log, and few at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.intake import Compared, Difference, Differences, Submission
from hub.intake.difference_rows import Comparison
from hub.kit.errors import Unavailable
from tests.support.intake import AnIntake, an_intake, good
from tests.support.policy import POLICE, someone


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> AnIntake:
    return an_intake(tmp_path_factory.mktemp("looks"))


@pytest.fixture
def found(hub: AnIntake) -> Submission:
    """The second file of a month."""
    hub.submit(good(count=4))
    return hub.submit(good(count=3))


@pytest.fixture
def differences(hub: AnIntake) -> Differences:
    return Differences(
        database=hub.database,
        intake=hub.intake,
        vault=hub.vault,
        engine=hub.engine,
        schemas=hub.hub.schemas,
        policy=hub.policy,
        clock=hub.clock,
    )


def looks(hub: AnIntake) -> list[str]:
    return [one["person"] for one in hub.log() if one["action"] == "submission:compare"]


def test_a_look_at_counts_that_were_made_before_is_in_the_log_as_the_first_is(
    hub: AnIntake, found: Submission, differences: Differences
) -> None:
    sender, other = hub.uploader(), someone(POLICE, "governance_lead")
    seen = [differences.at_once(one, found.id) for one in (sender, other, sender)]
    assert all(one is not None and one.compared.withdrawn.count == 1 for one in seen)
    assert looks(hub) == [sender.person, other.person, sender.person]
    (last,) = [one for one in hub.log() if one["action"] == "submission:compare"][-1:]
    assert (last["verb"], last["purpose"]) == ("consultation", "data_quality")


def test_counts_that_were_made_before_are_shown_only_while_the_policy_lets_them_be_made(
    hub: AnIntake, found: Submission, differences: Differences
) -> None:
    assert differences.at_once(hub.uploader(), found.id) is not None
    for agreement in found.agreement.split():
        hub.hub.change("suspend", agreement, agency=POLICE)
    assert differences.at_once(hub.uploader(), found.id) is None
    assert len(looks(hub)) == 1


class Slow:
    """Lets comparisons begin, counts them, and lets none end before it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.end = threading.Semaphore(0), threading.Event()
        self.running = self.most = 0
        lock, compared = threading.Lock(), Comparison.compared

        def slowly(comparison: Comparison) -> Compared:
            with lock:
                self.running += 1
                self.most = max(self.most, self.running)
            self.begun.release()
            assert self.end.wait(30)
            try:
                return compared(comparison)
            finally:
                with lock:
                    self.running -= 1

        monkeypatch.setattr(Comparison, "compared", slowly)


def test_of_many_looks_at_once_two_are_made_at_a_time_and_all_are_answered(
    hub: AnIntake, found: Submission, differences: Differences, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)

    def look(_: int) -> Difference | None:
        return differences.of(hub.uploader(), found.id)

    with ThreadPoolExecutor(7) as pool:
        asked = [pool.submit(look, number) for number in range(7)]
        assert slow.begun.acquire(timeout=30)
        assert slow.begun.acquire(timeout=30)
        assert not slow.begun.acquire(timeout=0.1)
        slow.end.set()
        seen = [one.result(60) for one in asked]
    assert slow.most == 2
    assert {one.compared.withdrawn.count for one in seen if one is not None} == {1}
    assert len(looks(hub)) == 7


def test_who_would_wait_too_long_is_asked_to_come_again_and_nothing_is_shown_or_logged(
    hub: AnIntake, found: Submission, differences: Differences, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(differences.of, hub.uploader(), found.id) for _ in range(2)]
        assert slow.begun.acquire(timeout=30)
        assert slow.begun.acquire(timeout=30)
        monkeypatch.setattr("hub.intake.differing._SHORT", 0.01)
        with pytest.raises(Unavailable) as busy:
            differences.at_once(hub.uploader(), found.id)
        assert (busy.value.code, looks(hub)) == ("busy", [])
        slow.end.set()
        assert all(one.result(60) for one in asked)

"""While the bytes of a file are read for a person, others can write: no transaction is held, and few files are read at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.audit import in_turn
from hub.intake import Submission, reading_back
from hub.intake.checking import Checker
from hub.kit.authority import Action
from hub.kit.errors import Conflict, Unavailable
from hub.schemas import NO_PROFILE
from tests.support.intake import STREET, AnIntake, an_intake
from tests.support.schemas import csv_of, rows_of

MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 7))
NEXT = "2026-07"


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    return an_intake(tmp_path)


def during(monkeypatch: pytest.MonkeyPatch, verb: str, then: Callable[[], Any]) -> None:
    """Each time the checker has done the verb, and before it answers, `then` is done."""
    real = getattr(Checker, verb)

    def done(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        then()
        return answer

    monkeypatch.setattr(Checker, verb, done)


def writes(hub: AnIntake, tally: list[int]) -> Callable[[], None]:
    """Somebody else takes the locks of a writer at once, or it fails; tell how many looks the log has by then."""

    def take() -> None:
        with hub.database.unit_of_work() as uow:
            in_turn(uow)

    def write() -> None:
        pool = ThreadPoolExecutor(1)
        try:
            pool.submit(take).result(timeout=4)
        finally:
            pool.shutdown(wait=False)
        tally.append(sum(entry["verb"] == "consultation" for entry in hub.log()))

    return write


def wrong(hub: AnIntake) -> Submission:
    return hub.submit(csv_of(rows_of(STREET, 3, **{"Crime type": "Piracy"})))


def of_month(month: str, count: int) -> bytes:
    return csv_of([row | {"Month": month} for row in rows_of(STREET, count)])


def test_others_can_write_while_a_file_is_read_again(hub: AnIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    submission, tally = wrong(hub), list[int]()
    during(monkeypatch, "reading", writes(hub, tally))
    hub.intake.readings.reading(hub.uploader(), submission, profile=NO_PROFILE)
    assert tally == [0]
    assert (hub.log()[-1]["verb"], hub.log()[-1]["action"]) == ("consultation", "submission:read-cells")


def test_others_can_write_while_cells_are_read(hub: AnIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    submission, tally = wrong(hub), list[int]()
    during(monkeypatch, "values", writes(hub, tally))
    values = hub.intake.cell_values(hub.uploader(), submission.id, code="not-in-code-list", field="Crime type")
    assert ({one.value for one in values}, tally) == ({"Piracy"}, [0])
    assert (hub.log()[-1]["verb"], hub.log()[-1]["action"]) == ("consultation", "submission:read-cells")


def test_others_can_write_while_queries_are_read(hub: AnIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    for month in MONTHS:
        hub.submit(of_month(month, 60), period=month)
    few, tally = hub.submit(of_month(NEXT, 9), period=NEXT), list[int]()
    during(monkeypatch, "queries", writes(hub, tally))
    assert hub.intake.questions(hub.uploader(), few.id).queries
    assert tally == [0]
    assert (hub.log()[-1]["verb"], hub.log()[-1]["action"]) == ("consultation", "submission:read-queries")


def test_few_files_are_read_at_once_and_the_others_are_asked_to_come_again(
    hub: AnIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission, answers = wrong(hub), list[str]()
    monkeypatch.setattr(reading_back, "_PATIENCE", 0)

    def ask_again() -> None:
        try:
            hub.intake.readings.reading(hub.uploader(), submission, profile=NO_PROFILE)
            answers.append("read")
        except Unavailable as busy:
            answers.append(busy.code)

    during(monkeypatch, "reading", ask_again)
    ask_again()
    assert answers == ["busy", "read", "read"]
    answers.clear()
    ask_again()
    assert answers[-1] == "read"


def test_a_file_erased_since_it_was_looked_up_is_not_read(hub: AnIntake) -> None:
    submission = wrong(hub)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_WITHDRAW, STREET)
        hub.intake.withdraw(uow, permit, submission.id, reason="a test")
    with pytest.raises(Conflict) as conflict:
        hub.intake.readings.reading(hub.uploader(), submission, profile=NO_PROFILE)
    assert conflict.value.code == "not-kept"

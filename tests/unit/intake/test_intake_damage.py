"""A sealed object of the history is damaged or gone: the check goes on without it, and whom it concerns is told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from hub.db import UnitOfWork
from hub.intake import ROWS_UNREAD, Differences, State, Submission
from hub.kit.authority import Action
from hub.kit.errors import Conflict
from hub.schemas import Finding
from hub.vault.store import vault_keys
from tests.support.choosing import some
from tests.support.intake import STREET, AnIntake, an_intake
from tests.support.schemas import csv_of, rows_of

MONTHS = [f"2026-{month:02d}" for month in range(1, 9)]
LOST, NEXT = MONTHS[3], "2026-09"
CANARY = "Quillfeather Row"

Damage = Callable[[AnIntake, Submission], None]


def extract(month: str, count: int) -> bytes:
    return csv_of([row | {"Month": month, "Location": f"On or near {CANARY}"} for row in rows_of(STREET, count)])


def sealed(hub: AnIntake, of: Submission) -> Path:
    return next(path for path in hub.sealed() if path.stem == of.accepted_object)


def unlinked(hub: AnIntake, of: Submission) -> None:
    sealed(hub, of).unlink()


def cut_off(hub: AnIntake, of: Submission) -> None:
    path = sealed(hub, of)
    path.write_bytes(path.read_bytes()[:-40])


def with_another_byte(hub: AnIntake, of: Submission) -> None:
    path = sealed(hub, of)
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)


def without_a_key(hub: AnIntake, of: Submission) -> None:
    with hub.database.engine.begin() as connection:
        connection.execute(delete(vault_keys).where(vault_keys.c.object_id == of.accepted_object))


def with_another_key(hub: AnIntake, of: Submission) -> None:
    with hub.database.engine.begin() as connection:
        one = vault_keys.c.object_id == of.accepted_object
        connection.execute(update(vault_keys).where(one).values(wrapped=bytes(40)))


@contextmanager
def damaged(hub: AnIntake, month: str, damage: Damage) -> Iterator[Submission]:
    """What counts for a month, damaged; mended at the end."""
    of = counting(hub, month)
    path = sealed(hub, of)
    content, one = path.read_bytes(), vault_keys.c.object_id == of.accepted_object
    with hub.database.engine.connect() as connection:
        key = dict(connection.execute(select(vault_keys).where(one)).one()._mapping)
    damage(hub, of)
    try:
        yield of
    finally:
        path.write_bytes(content)
        with hub.database.engine.begin() as connection:
            connection.execute(delete(vault_keys).where(one))
            connection.execute(insert(vault_keys).values(key))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> AnIntake:
    """A hub in which the police have sent eight months of sixty crimes each."""
    made = an_intake(tmp_path_factory.mktemp("damage"))
    for month in MONTHS:
        assert made.submit(extract(month, 60), period=month).state is State.ACCEPTED
    return made


def counting(hub: AnIntake, month: str) -> Submission:
    with hub.database.reading() as reading:
        return next(one for one in hub.intake.latest_accepted(reading) if one.period == month)


def findings(hub: AnIntake, of: Submission) -> dict[str, Finding]:
    with hub.database.unit_of_work() as uow:
        return {one.code: one for one in hub.intake.report(uow, hub.uploader(), of.id).findings}


def withdrawn(hub: AnIntake, *several: Submission) -> None:
    for one in several:
        with hub.database.unit_of_work() as uow:
            permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_WITHDRAW, STREET)
            hub.intake.withdraw(uow, permit, one.id, reason="a test")


@pytest.mark.parametrize(
    "damage", some([unlinked, cut_off, with_another_byte, without_a_key, with_another_key], every=3)
)
def test_a_check_goes_on_with_the_rest_of_the_history_and_says_so(
    hub: AnIntake, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    with damaged(hub, LOST, damage) as lost, caplog.at_level(logging.WARNING, "hub.work"):
        few = hub.submit(extract(NEXT, 9), period=NEXT)
    found = findings(hub, few)
    assert (few.state, set(found)) == (State.CHECKED, {"history-unread", "truncated-period"})
    told = found["history-unread"]
    assert (told.severity, told.count) == ("warning", 1)
    assert "April 2026" in told.message
    (query,) = hub.intake.questions(hub.uploader(), few.id).queries
    assert dict(query.series)[LOST] is None
    assert [query.usual, dict(query.series)[MONTHS[4]]] == [60, 60]
    (entry,) = [one for one in hub.log() if few.id in one["subject"] and "history_unread" in one["detail"]]
    assert lost.id in entry["detail"]
    (line,) = caplog.messages
    assert lost.accepted_object in line
    assert CANARY not in str([*caplog.messages, entry, told])
    withdrawn(hub, few)


def test_a_whole_history_is_no_finding(hub: AnIntake) -> None:
    same = hub.submit(extract(NEXT, 60), period=NEXT)
    assert (same.state, findings(hub, same)) == (State.ACCEPTED, {})
    withdrawn(hub, same)


def test_what_was_withdrawn_while_the_file_was_asked_about_is_no_damage(
    hub: AnIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = hub.submit(extract(NEXT, 60), period=NEXT)
    sent = hub.send(extract("2026-10", 60), period="2026-10")
    asking = hub.intake._ask

    def asked_then_withdrawn(uow: UnitOfWork, submission: Submission) -> object:
        uow.after_commit(lambda: withdrawn(hub, late))
        return asking(uow, submission)

    monkeypatch.setattr(hub.intake, "_ask", asked_then_withdrawn)
    done = hub.intake.check_apart(sent.id)
    assert (hub.now(late).state, done.state, findings(hub, done)) == (State.WITHDRAWN, State.ACCEPTED, {})
    withdrawn(hub, done)


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


@pytest.mark.parametrize("damage", [unlinked, without_a_key])
def test_a_difference_from_what_cannot_be_read_says_so_and_leaves_an_entry(
    hub: AnIntake, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    again = hub.submit(extract(LOST, 59), period=LOST)
    with hub.database.reading() as reading:
        sent = hub.intake.listing(reading, hub.uploader(), dataset=STREET)
    before = next(one for one in sent if one.superseded_by == again.id)
    compare = differences(hub)
    damage(hub, before)
    with caplog.at_level(logging.WARNING, "hub.work"):
        for look in (compare.of, compare.at_once):
            with pytest.raises(Conflict) as told:
                look(hub.uploader(), again.id)
            assert told.value.code == ROWS_UNREAD
            assert "April 2026" in told.value.title
    tries = [one for one in hub.log() if one["action"] == "submission:compare" and one["outcome"] == "failed"]
    assert len(tries) >= 2
    assert before.id in tries[-1]["detail"]
    assert {before.accepted_object in line for line in caplog.messages} == {True}

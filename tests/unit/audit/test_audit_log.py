"""The log: appended in the transaction of the effect, signed, and unforgiving about a changed byte."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import hub.audit.verifier as verifier_module
from hub.audit import (
    Entry,
    Verb,
    entries,
    entry,
    inclusion_proof,
    latest_checkpoint,
    record,
    size,
    with_own_transaction,
)
from hub.audit.model import COLUMNS
from hub.audit.tree import root_from_inclusion
from hub.db import Database
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, Invalid, NotFound, NotPermitted
from tests.support.audit import an_audit, an_entry


def fill(database: Database, count: int = 7) -> None:
    with database.unit_of_work() as uow:
        for number in range(count):
            record(uow, an_entry(subject=f"submission/sub_{number}", detail={"rows": number, "code": "a\u0301"}))


def a_permit(action: Action = Action.AUDIT_READ) -> Permit:
    reader = Reader(agency="ravensbourne-council", person="per_2", roles=frozenset({"auditor"}))
    moment = FrozenClock().now()
    return Permit("permit_2", reader, action, "audit/log", "lawfulness", "cd" * 32, moment + timedelta(minutes=5))


def test_the_six_verbs_of_section_62_are_there() -> None:
    words = {verb.value for verb in Verb}
    assert {"collection", "alteration", "consultation", "disclosure", "combination", "erasure"} <= words


def test_a_write_without_an_entry_is_refused_and_undone(database: Database) -> None:
    with pytest.raises(Bug, match="without an audit entry"), database.unit_of_work() as uow:
        uow.connection.execute(text("INSERT INTO audit_checkpoints VALUES (9, 'r', 'a', 'n')"))
    with database.reading() as reading:
        assert latest_checkpoint(reading) is None


def test_a_reading_cannot_write(database: Database) -> None:
    with pytest.raises(Bug, match="cannot write"), database.reading() as reading:
        reading.connection.execute(text("DELETE FROM audit_entries"))


@pytest.mark.parametrize("words", ["x" * 1001, "two\nlines", "a\x1b[2Jb", "turned \u202e round", "\x00"])
def test_a_reason_that_no_log_should_keep_is_refused_with_its_effect(database: Database, words: str) -> None:
    with pytest.raises(Invalid) as error, database.unit_of_work() as uow:
        record(uow, an_entry(justification=words))
    assert error.value.code == "bad-text"
    assert words not in error.value.title
    with database.reading() as reading:
        assert size(reading) == 0


def test_a_reason_of_a_thousand_characters_in_any_script_is_kept(database: Database) -> None:
    with database.unit_of_work() as uow:
        record(uow, an_entry(justification="a\u00a0reason ŵ 漢 " + "x" * 980))
    with database.reading() as reading:
        assert size(reading) == 1


def test_an_error_after_the_effect_leaves_neither_effect_nor_entry(database: Database) -> None:
    undone: list[str] = []
    with pytest.raises(RuntimeError, match="killed"), database.unit_of_work() as uow:  # noqa: PT012 - the block is the case
        uow.after_rollback(lambda: undone.append("undone"))
        record(uow, an_entry())
        raise RuntimeError("killed")
    with database.reading() as reading:
        assert size(reading) == 0
    assert undone == ["undone"]


def test_work_after_the_commit_runs_once_it_is_durable(database: Database) -> None:
    seen: list[int] = []

    def look() -> None:
        with database.reading() as reading:
            seen.append(size(reading))

    with database.unit_of_work() as uow:
        record(uow, an_entry())
        uow.after_commit(look)
    assert seen == [1]


def test_an_untouched_log_is_verified_with_its_checkpoints(database: Database, clock: FrozenClock) -> None:
    audit = an_audit(clock)
    fill(database)
    with database.unit_of_work() as uow:
        first = audit.checkpoint(uow)
        assert audit.checkpoint(uow) == first
    fill(database, 3)
    with database.unit_of_work() as uow:
        audit.checkpoint(uow)
    with database.reading() as reading:
        verification = audit.verify(reading)
        assert latest_checkpoint(reading).size == 10  # type: ignore[union-attr]
    assert verification.verified
    assert verification.entries == 10


def test_an_empty_log_is_verified(database: Database) -> None:
    with database.reading() as reading:
        assert an_audit().verify(reading).verified


@pytest.mark.parametrize("column", ["index", *COLUMNS, "leaf_hash"])
@pytest.mark.parametrize("position", [0, 3, 6])
def test_one_changed_byte_in_any_stored_column_of_any_entry_is_noticed(
    database: Database, column: str, position: int
) -> None:
    fill(database)
    with database.unit_of_work() as uow:
        an_audit().checkpoint(uow)
    change = {
        "index": '"index" + 100',
        "leaf_hash": "substr(leaf_hash, 1, 63) || CASE substr(leaf_hash, 64) WHEN '0' THEN '1' ELSE '0' END",
    }.get(column, f"\"{column}\" || ' '")
    with database.engine.begin() as connection:
        connection.execute(text(f'UPDATE audit_entries SET "{column}" = {change} WHERE "index" = {position}'))
    with database.reading() as reading:
        assert not an_audit().verify(reading).verified


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit_head SET size = 6",
        "UPDATE audit_head SET frontier = ''",
        "UPDATE audit_checkpoints SET root = replace(root, substr(root, 1, 1), 'x')",
        "UPDATE audit_checkpoints SET size = 5",
        "UPDATE audit_checkpoints SET note = replace(note, 'hub.example/log', 'hub.example/lag')",
        'DELETE FROM audit_entries WHERE "index" = 6',
        "DELETE FROM audit_entries",
    ],
)
def test_a_changed_head_checkpoint_or_a_missing_entry_is_noticed(database: Database, damage: str) -> None:
    fill(database)
    with database.unit_of_work() as uow:
        an_audit().checkpoint(uow)
    with database.engine.begin() as connection:
        connection.execute(text(damage.replace("'x'", "'0'") if "root" in damage else damage))
        if "root" in damage:
            connection.execute(text("UPDATE audit_checkpoints SET root = '00' || substr(root, 3)"))
    with database.reading() as reading:
        assert not an_audit().verify(reading).verified


def test_the_log_is_read_only_for_a_purpose_of_section_62_and_the_reading_is_logged(
    database: Database, clock: FrozenClock
) -> None:
    fill(database, 2)
    with database.unit_of_work() as uow:
        found = entries(uow, a_permit(), at=clock, purpose="lawfulness", subject="submission/sub_1")
    assert [one.columns["subject"] for one in found] == ["submission/sub_1"]
    with database.reading() as reading:
        assert entry(reading, 2).columns["verb"] == "consultation"
        with pytest.raises(NotFound):
            entry(reading, 3)
    with pytest.raises(Invalid, match="curiosity"), database.unit_of_work() as uow:
        entries(uow, a_permit(), at=clock, purpose="curiosity")
    with pytest.raises(NotPermitted), database.unit_of_work() as uow:
        entries(uow, a_permit(Action.VIEW_READ), at=clock, purpose="lawfulness")


@pytest.mark.parametrize("changes", [{"resource": "audit/other"}, {"expires_at": FrozenClock().now()}])
def test_a_permit_for_another_thing_or_out_of_date_reads_no_log(
    database: Database, clock: FrozenClock, changes: dict[str, Any]
) -> None:
    with database.unit_of_work() as uow, pytest.raises(NotPermitted):
        entries(uow, replace(a_permit(), **changes), at=clock, purpose="lawfulness")


def test_an_inclusion_proof_leads_to_the_signed_root(database: Database) -> None:
    fill(database)
    with database.unit_of_work() as uow:
        head = an_audit().checkpoint(uow)
    with database.reading() as reading:
        for index in range(7):
            leaf = bytes.fromhex(entry(reading, index).leaf_hash)
            path = inclusion_proof(reading, index, size=7)
            assert root_from_inclusion(size=7, index=index, leaf=leaf, path=path).hex() == head.root
        with pytest.raises(NotFound):
            inclusion_proof(reading, 7, size=7)


def test_a_refusal_outlives_the_rollback_of_what_it_refused(database: Database) -> None:
    refusal: Entry = an_entry(verb=Verb.DECISION, outcome="refused")
    with pytest.raises(NotPermitted), database.unit_of_work() as uow:  # noqa: PT012 - the block is the case
        uow.after_rollback(lambda: with_own_transaction(database, refusal) and None)
        raise NotPermitted("no")
    with database.reading() as reading:
        assert entry(reading, 0).columns["outcome"] == "refused"


def test_the_one_file_verifier_checks_an_export_without_the_hub(database: Database, tmp_path: Path) -> None:
    fill(database)
    audit = an_audit()
    with database.unit_of_work() as uow:
        note = audit.checkpoint(uow).note
    with database.reading() as reading:
        lines = [json.dumps(row, ensure_ascii=False) for row in audit.export(reading)]
    log, heads = tmp_path / "log.jsonl", tmp_path / "heads.jsonl"
    heads.write_text(json.dumps(note), encoding="utf-8")
    lonely = tmp_path / "verifier.py"
    lonely.write_text(Path(verifier_module.__file__).read_text(encoding="utf-8"), encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(lonely), *arguments], capture_output=True, text=True, timeout=60, check=False
        )

    log.write_text("\n".join(lines), encoding="utf-8")
    good = run(str(log), str(heads), audit.verifier_key)
    assert (good.returncode, json.loads(good.stdout)["problems"]) == (0, [])
    log.write_text("\n".join(lines).replace("monthly extract", "monthly extracT", 1), encoding="utf-8")
    bad = run(str(log), str(heads), audit.verifier_key)
    assert bad.returncode == 1
    assert "entry 0" in bad.stdout
    assert run().returncode == 2

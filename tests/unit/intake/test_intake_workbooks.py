"""A workbook submitted: sealed and kept like any other file, its rows the same as from CSV, its sheet chosen by the sender."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.intake import ATTESTATION, State, Submission
from hub.kit.authority import Form, Reader
from hub.kit.errors import Refused
from hub.schemas import ImportProfile
from tests.support.intake import STREET, AnIntake, an_intake, good, traces
from tests.support.schemas import PERIOD, codes, rows_of
from tests.support.workbooks import ods_of, replaced, table_of, xlsx_of

CHECK = Reader(agency="", task="intake-check")
TABLE = table_of(rows_of(STREET, 5))


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    return an_intake(tmp_path)


def sealed_rows(hub: AnIntake, done: Submission) -> list[tuple[object, ...]]:
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow, CHECK, [done.dataset], purpose="data_quality", justification="a test", form=Form.READ_CLEAR
        )
        opened = hub.vault.files(uow, grant, [done.accepted_object])
        with opened as files, hub.engine.session(files=files) as session:
            return session.rows(f"SELECT * FROM read_parquet('sealed://{done.accepted_object}') ORDER BY hub_row")


def send(hub: AnIntake, content: bytes, *, sheet: str = "", name: str = "extract.xlsx") -> Submission:
    receiving = hub.intake.receive(
        hub.create_permit(),
        agency="ravensbourne-police",
        dataset=STREET,
        period=PERIOD,
        file_name=name,
        profile=ImportProfile(sheet=sheet),
        attestation=ATTESTATION,
    )
    receiving.write(content)
    with hub.database.unit_of_work() as uow:
        kept = receiving.complete(uow)
    return hub.intake.check_apart(kept.id)


def test_the_rows_sealed_are_the_same_from_csv_xlsx_and_ods(hub: AnIntake) -> None:
    from_csv = sealed_rows(hub, send(hub, good(count=5)))
    assert len(from_csv) == 5
    for content in (xlsx_of(TABLE), ods_of(TABLE)):
        done = send(hub, content)
        assert (done.state, done.rows, done.size) == (State.ACCEPTED, 5, len(content))
        assert sealed_rows(hub, done) == from_csv


def test_a_workbook_asks_which_sheet_and_takes_the_one_that_is_chosen(hub: AnIntake) -> None:
    content = xlsx_of(("May", TABLE), ("June", TABLE[:3]))
    asked = send(hub, content)
    with hub.database.unit_of_work() as uow:
        report = hub.intake.report(uow, hub.uploader(), asked.id)
    assert (asked.state, codes(report), report.encoding) == (State.RETURNED, ["two-sheets"], "xlsx")
    chosen = send(hub, content, sheet="June")
    assert (chosen.state, chosen.rows, chosen.profile.sheet) == (State.ACCEPTED, 2, "June")
    assert chosen.id != asked.id
    assert send(hub, content, sheet="June").id == chosen.id
    assert send(hub, content, sheet="May").id != chosen.id


def test_values_are_read_back_from_the_chosen_sheet_at_the_addresses_it_shows(hub: AnIntake) -> None:
    table = [["A title"], [], *[list(row) for row in TABLE]]
    table[4][9] = "Jaywalking"
    done = send(hub, xlsx_of(("Other", TABLE), ("Mine", table)), sheet="Mine")
    (value,) = hub.intake.cell_values(hub.uploader(), done.id, code="not-in-code-list", field="Crime type")
    assert (value.row, value.cell, value.value) == (5, "J5", "Jaywalking")


def test_nothing_of_a_workbook_is_on_disk_in_clear(hub: AnIntake, tmp_path: Path) -> None:
    """Promise P7: neither what it holds nor what was read out of it; stored, so that no inflating hides it."""
    canary = "canary-street-7731"
    table = [list(row) for row in TABLE]
    table[1][6] = canary
    content = replaced(xlsx_of(table), {}, stored=True)
    assert canary.encode() in content
    assert send(hub, content).state is State.ACCEPTED
    assert traces(tmp_path, canary) == []


def test_a_workbook_is_no_line_without_end(hub: AnIntake) -> None:
    """Compressed bytes may go on for long without one that looks like a line end; a CSV file may not."""
    noise = os.urandom(3 * 2**20).replace(b"\n", b"x").replace(b"\r", b"x")
    content = replaced(xlsx_of(TABLE), {"xl/media/image1.png": noise}, stored=True)
    assert send(hub, content).state is State.ACCEPTED
    with pytest.raises(Refused, match="1 MiB"):
        send(hub, noise)


def test_a_workbook_beyond_what_is_read_is_refused_while_it_arrives(hub: AnIntake) -> None:
    receiving = hub.intake.receive(
        hub.create_permit(), agency="ravensbourne-police", dataset=STREET, period=PERIOD, file_name="x.xlsx"
    )
    receiving.write(b"PK")
    receiving.write(b"\x03\x04")
    for _ in range(63):
        receiving.write(bytes(2**20))
    with pytest.raises(Refused, match="64 MiB"):
        receiving.write(bytes(2**20))
    receiving.abandon()
    assert hub.sealed() == []


def test_a_check_that_was_cut_off_knows_the_chosen_sheet_when_it_is_done_again(hub: AnIntake) -> None:
    receiving = hub.intake.receive(
        hub.create_permit(),
        agency="ravensbourne-police",
        dataset=STREET,
        period=PERIOD,
        file_name="x.xlsx",
        profile=ImportProfile(sheet="June"),
        attestation=ATTESTATION,
    )
    receiving.write(xlsx_of(("May", TABLE), ("June", TABLE[:3])))
    with hub.database.unit_of_work() as uow:
        kept = receiving.complete(uow)
    with hub.database.reading() as reading:
        assert hub.intake.left(reading) == (kept.id,)
    hub.intake.check_apart(kept.id)
    assert (hub.now(kept).state, hub.now(kept).rows) == (State.ACCEPTED, 2)

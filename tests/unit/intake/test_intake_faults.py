"""P6 and P7: killed at any step, a submission is absent or complete, and what was planted in it is nowhere on disk."""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hub.intake import State
from tests.support.intake import ISTV, STREET, AnIntake, an_intake, checked_again, good, traces
from tests.support.intake_crash import ARRIVING, JOINED, KEPT, PART, PARTLY, REFUSING, SETTLED, in_parts_of
from tests.support.schemas import csv_of, rows_of

ROOT = Path(__file__).resolve().parents[3]
CANARY = "Qz7CanaryLane9"
NHS = "9434765919"
ROWS = 60
PLANTED: dict[str, bytes] = {}
"""What was sent, kept in memory alone: on disk it must be nowhere."""

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hub as each kill left it."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "template").mkdir()
    an_intake(folder / "template").database.close()
    rows = rows_of(STREET, ROWS)
    for row in rows:
        row["Location"] = f"On or near {CANARY}"
    (folder / "street.csv").write_bytes(csv_of(rows))
    (folder / "istv.csv").write_bytes(good(ISTV, ROWS, assault_location_description=f"{CANARY} {NHS}"))
    temporary = folder / "tmp"
    temporary.mkdir()
    subprocess.run(
        [sys.executable, "-m", "tests.support.intake_crash", str(folder)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        check=True,
        timeout=300,
    )
    planted = {path: path.read_bytes() for path in folder.glob("*.csv")}
    for path in planted:
        path.unlink()
    PLANTED.update({path.name: content for path, content in planted.items()})
    return folder


def reopened(killed: Path, step: str) -> AnIntake:
    """The hub after a restart: swept."""
    hub = AnIntake(killed / step, agree=False)
    with hub.database.reading() as reading:
        hub.vault.sweep(reading)
    return hub


def arrivals(hub: AnIntake) -> int:
    return sum(one["action"] == "submission:create" and one["verb"] == "collection" for one in hub.log())


def test_the_canary_is_nowhere_on_disk_after_any_kill(killed: Path) -> None:
    for canary in (CANARY, NHS):
        assert traces(killed, canary) == []


def test_the_scan_would_find_a_canary_in_any_form(tmp_path: Path) -> None:
    raw = CANARY.encode()
    in_base64 = [base64.b64encode(b"x" * before + raw + b"tail") for before in range(3)]
    for number, form in enumerate([raw, raw.hex().encode(), CANARY.encode("utf-16-le"), *in_base64]):
        (tmp_path / f"{number}.bin").write_bytes(b"\0\1" + form + b"\2")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(b"before " + raw))
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", raw)
    (tmp_path / "innocent.gz").write_bytes(gzip.compress(b"nothing"))
    assert len(traces(tmp_path, CANARY)) == 8


@pytest.mark.parametrize("step", ARRIVING)
def test_killed_before_the_acknowledgement_the_submission_is_absent(killed: Path, step: str) -> None:
    hub = reopened(killed, step)
    with hub.database.reading() as reading:
        assert hub.intake.listing(reading, hub.uploader()) == ()
    assert (hub.sealed(), arrivals(hub), checked_again(hub.intake, hub.database)) == ([], 0, [])


@pytest.mark.parametrize("step", KEPT)
def test_killed_before_the_outcome_the_submission_is_there_and_is_checked_again(killed: Path, step: str) -> None:
    hub = reopened(killed, step)
    with hub.database.reading() as reading:
        (found,) = hub.intake.listing(reading, hub.uploader())
    assert (found.state, found.rows, found.accepted_object, arrivals(hub)) == (State.RECEIVED, 0, "", 1)
    assert len(hub.sealed()) == 1
    assert checked_again(hub.intake, hub.database) == [found.id]
    done = hub.now(found)
    assert (done.state, done.rows, done.accepted_rows) == (State.ACCEPTED, ROWS, ROWS)
    assert len(hub.sealed()) == 2


@pytest.mark.parametrize("step", SETTLED)
def test_killed_after_the_outcome_it_stands(killed: Path, step: str) -> None:
    hub = reopened(killed, step)
    with hub.database.reading() as reading:
        (found,) = hub.intake.latest_accepted(reading)
    assert (found.state, found.accepted_rows, len(hub.sealed())) == (State.ACCEPTED, ROWS, 2)


@pytest.mark.parametrize("step", REFUSING)
def test_a_refusal_is_whole_or_is_done_again_and_in_the_end_nothing_is_kept(killed: Path, step: str) -> None:
    hub = reopened(killed, step)
    with hub.database.reading() as reading:
        (found,) = hub.intake.listing(reading, hub.uploader(ISTV))
    durable = step == "before-unlink"
    assert found.state is (State.REFUSED if durable else State.RECEIVED)
    assert checked_again(hub.intake, hub.database) == ([] if durable else [found.id])
    done = hub.now(found)
    assert (done.state, done.rows, done.original_object, done.file_name) == (State.REFUSED, ROWS, "", "")
    assert hub.sealed() == []
    assert [one["verb"] for one in hub.log()].count("erasure") == 1


@pytest.mark.parametrize("step", PARTLY)
def test_killed_before_the_join_the_parts_acknowledged_are_there_and_no_submission(
    killed: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.uploads.parts.MIN_PART", 1_000)
    hub, content = reopened(killed, step), in_parts_of(PLANTED["street.csv"])
    with hub.database.reading() as reading:
        (upload,) = hub.uploads.listing(reading, hub.uploader())
        assert hub.intake.listing(reading, hub.uploader()) == ()
    durable = PARTLY[step]
    assert (upload.received, len(hub.sealed())) == (min(durable * PART, len(content)), durable)
    for start in range(upload.received, len(content), PART):
        upload = hub.part(upload, content[start : start + PART])
    done = hub.intake.check_apart(hub.join(upload, content).id)
    assert (done.state, done.rows, len(hub.sealed())) == (State.ACCEPTED, content.count(b"\n") - 1, 2)
    assert arrivals(hub) == 1


@pytest.mark.parametrize("step", JOINED)
def test_killed_after_the_join_it_is_a_submission_and_no_part_is_left(killed: Path, step: str) -> None:
    hub, content = reopened(killed, step), in_parts_of(PLANTED["street.csv"])
    with hub.database.reading() as reading:
        assert hub.uploads.listing(reading, hub.uploader()) == ()
        (found,) = hub.intake.listing(reading, hub.uploader())
    assert (found.state, found.size, len(hub.sealed()), arrivals(hub)) == (State.RECEIVED, len(content), 1, 1)
    assert checked_again(hub.intake, hub.database) == [found.id]
    assert hub.now(found).state is State.ACCEPTED


def test_after_a_refusal_nothing_planted_is_left_on_disk(tmp_path: Path) -> None:
    hub = an_intake(tmp_path)
    planted = good(ISTV, ROWS, assault_location_description=f"{CANARY} {NHS}")
    assert hub.submit(planted, dataset=ISTV).state is State.REFUSED
    assert hub.sealed() == []
    for canary in (CANARY, NHS):
        assert traces(tmp_path, canary) == []


def test_accepted_returned_and_quarantined_rows_are_on_disk_only_sealed(tmp_path: Path) -> None:
    hub = an_intake(tmp_path)
    rows = rows_of(STREET, ROWS)
    for row in rows:
        row["Location"] = f"On or near {CANARY}"
    rows[3]["Month"] = "May"
    assert hub.submit(csv_of(rows)).state is State.PART_ACCEPTED
    assert hub.submit(csv_of(rows).replace(b"Crime type", b"Kind", 1)).state is State.RETURNED
    assert len(hub.sealed()) == 4
    assert traces(tmp_path, CANARY) == []

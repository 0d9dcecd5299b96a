"""A file in parts: durable part by part, joined what the same bytes sent at once would be, given up nothing at all."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from hub.intake import State
from hub.kit.authority import Action, Reader
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from hub.uploads import MAX_PART, MIN_PART, Upload, UploadState
from tests.support.intake import STREET, AnIntake, an_intake, good
from tests.support.policy import HOSPITAL, POLICE, someone
from tests.support.schemas import csv_of, rows_of

SMALL = 3_000
"""Bytes of a part in these tests, where a part is otherwise a MiB at least."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AnIntake:
    monkeypatch.setattr("hub.uploads.parts.MIN_PART", 1_000)
    return an_intake(tmp_path)


@pytest.fixture
def content() -> bytes:
    return good(STREET, 60)


def the_upload(hub: AnIntake, upload: Upload) -> Upload:
    with hub.database.reading() as reading:
        return hub.uploads.upload(reading, hub.uploader(), upload.id)


def actions(hub: AnIntake) -> list[str]:
    return [one["action"] for one in hub.log() if one["outcome"] == "done"]


def test_joined_it_is_the_submission_that_the_same_bytes_sent_at_once_are(hub: AnIntake, content: bytes) -> None:
    upload = hub.in_parts(content, size=SMALL)
    assert (upload.received, upload.size) == (len(content), len(content))
    assert len(hub.sealed()) == -(-len(content) // SMALL) > 3
    submission = hub.join(upload, content)
    assert submission.sha256 == hashlib.sha256(content).hexdigest()
    assert (submission.size, submission.file_name, submission.state) == (len(content), "extract.csv", State.RECEIVED)
    assert len(hub.sealed()) == 1
    done = hub.intake.check_apart(submission.id)
    assert (done.state, done.accepted_rows) == (State.ACCEPTED, 60)
    assert hub.send(content).id == submission.id
    again = hub.in_parts(content, size=SMALL)
    assert hub.join(again, content).id == submission.id
    assert len(hub.sealed()) == 2
    assert actions(hub).count("submission:create") == 1


def test_every_step_stands_in_the_log_with_counts_and_no_name(hub: AnIntake, content: bytes) -> None:
    upload = hub.in_parts(content, size=SMALL)
    submission = hub.join(upload, content, file_name="Mrs Patient of Ward 9.csv")
    parts = -(-len(content) // SMALL)
    said = actions(hub)
    assert said.count("object:publish") == parts + 1
    assert said.count("object:destroy") == parts
    begun, ended = [one for one in hub.log() if one["subject"] == f"upload/{upload.id}" and one["verb"] != "decision"]
    assert (begun["action"], ended["action"]) == ("upload:begin", "upload:end")
    assert submission.id in ended["detail"]
    assert "Patient" not in str(hub.log())
    with hub.database.reading() as reading:
        assert "Patient" not in str(reading.connection.exec_driver_sql("SELECT * FROM uploads").all())


def test_a_part_that_does_not_follow_is_refused_and_changes_nothing(hub: AnIntake, content: bytes) -> None:
    upload = hub.part(hub.begin(len(content)), content[:SMALL])
    for offset in (0, SMALL - 1, SMALL + 1):
        with pytest.raises(Conflict, match=f"{SMALL:,} bytes") as refused:
            hub.part(upload, content[SMALL : 2 * SMALL], offset=offset)
        assert refused.value.code == "offset-mismatch"
    assert the_upload(hub, upload) == upload
    assert len(hub.sealed()) == 1


def test_of_two_same_parts_at_once_one_is_kept(hub: AnIntake, content: bytes) -> None:
    upload = hub.begin(len(content))
    first, second = (hub.uploads.part(hub.create_permit(), upload, offset=0) for _ in range(2))
    for part in (first, second):
        part.write(content[:SMALL])
    with hub.database.unit_of_work() as uow:
        assert first.complete(uow).received == SMALL
    with pytest.raises(Conflict, match="does not follow"), hub.database.unit_of_work() as uow:
        second.complete(uow)
    second.abandon()
    assert the_upload(hub, upload).received == SMALL
    assert len(hub.sealed()) == 1


def test_what_is_not_acknowledged_is_absent(hub: AnIntake, content: bytes) -> None:
    upload = hub.begin(len(content))
    part = hub.uploads.part(hub.create_permit(), upload, offset=0)
    part.write(content[:SMALL])
    part.abandon()
    assert the_upload(hub, upload).received == 0
    assert hub.sealed() == []


def test_a_process_that_starts_anew_goes_on_where_the_other_stopped(
    hub: AnIntake, content: bytes, tmp_path: Path
) -> None:
    upload = hub.part(hub.begin(len(content)), content[:SMALL])
    hub.database.close()
    other = AnIntake(tmp_path, agree=False)
    found = the_upload(other, upload)
    assert found == upload
    longer = other.part(found, content[SMALL:])
    assert other.join(longer, content).size == len(content)


def test_a_file_is_joined_once_however_often_it_is_asked(hub: AnIntake, content: bytes) -> None:
    upload = hub.in_parts(content, size=SMALL)
    first = hub.join(upload, content)
    assert hub.join(upload, content).id == first.id
    assert actions(hub).count("submission:create") == 1
    ended = the_upload(hub, upload)
    assert (ended.state, ended.submission) == (UploadState.COMPLETE, first.id)
    with pytest.raises(Conflict) as refused:
        hub.part(ended, b"more")
    assert refused.value.code == "upload-ended"


def test_a_file_that_is_not_whole_is_not_joined(hub: AnIntake, content: bytes) -> None:
    upload = hub.part(hub.begin(len(content)), content[:SMALL])
    with pytest.raises(Conflict) as refused:
        hub.join(upload, content)
    assert refused.value.code == "upload-incomplete"
    assert the_upload(hub, upload).state is UploadState.OPEN


def test_what_is_not_the_file_that_the_sender_has_leaves_nothing(hub: AnIntake, content: bytes) -> None:
    upload = hub.in_parts(content, size=SMALL)
    with pytest.raises(Refused) as refused:
        hub.join(upload, content + b"x")
    assert refused.value.code == "digest-mismatch"
    assert hub.sealed() == []
    assert the_upload(hub, upload).state is UploadState.ENDED
    with hub.database.reading() as reading:
        assert hub.intake.listing(reading, hub.uploader()) == ()
        assert reading.connection.exec_driver_sql("SELECT count(*) FROM vault_keys").scalar_one() == 0


def test_parts_have_their_bounds_and_so_has_the_whole(hub: AnIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = hub.begin(10_000)
    for content, code in ((b"a\n" * 400, "part-too-small"), (b"a\n" * 5_001, "beyond-size")):
        with pytest.raises(Invalid) as refused:
            hub.part(upload, content)
        assert refused.value.code == code
    monkeypatch.setattr("hub.uploads.parts.MAX_PART", 2_000)
    with pytest.raises(Invalid) as refused:
        hub.part(upload, b"a\n" * 1_001)
    assert refused.value.code == "part-too-large"
    assert hub.sealed() == []
    with pytest.raises(Refused) as too_large:
        hub.begin(64 * 2**20 + 1)
    assert too_large.value.code == "too-large"
    with pytest.raises(Invalid):
        hub.begin(-1)
    with pytest.raises(Invalid):
        hub.begin(1, period="2026-13")
    assert MIN_PART < MAX_PART


def test_a_line_that_never_ends_is_refused_across_the_border_of_parts(tmp_path: Path) -> None:
    hub = an_intake(tmp_path)
    upload = hub.part(hub.begin(4 * 2**20), b"a,b\n" + b"x" * (2**20 - 4))
    with pytest.raises(Refused) as refused:
        hub.part(upload, b"x" * 2**20)
    assert refused.value.code == "line-too-long"
    whole = b"a,b\n" + b"x" * (2**20 - 4) + b"x" * 4 + b"\n" + b"1,2\n" * 300_000
    longer = hub.part(upload, whole[2**20 : 2 * 2**20])
    assert longer.run == len(b"1,2")
    assert hub.part(longer, b"\n" + b"y" * (2**20 - 1)).run == 2**20 - 1


def test_a_file_refused_while_it_arrives_leaves_nothing_of_its_parts(hub: AnIntake, content: bytes) -> None:
    upload = hub.in_parts(content, size=SMALL)
    hub.uploads.refuse(hub.uploader(), upload.id, code="line-too-long")
    hub.uploads.refuse(hub.uploader(), upload.id, code="line-too-long")
    assert hub.sealed() == []
    assert "line-too-long" in str([one["detail"] for one in hub.log() if one["action"] == "upload:end"])


def test_a_workbook_has_no_lines_in_any_of_its_parts(tmp_path: Path) -> None:
    hub = an_intake(tmp_path)
    upload = hub.part(hub.begin(4 * 2**20), b"PK\x03\x04" + b"x" * 2**20)
    assert upload.archive
    assert hub.part(upload, b"x" * (2**20 + 2**19)).received == 2 * 2**20 + 2**19 + 4


def test_given_up_its_parts_are_erased_with_their_keys(hub: AnIntake, content: bytes) -> None:
    upload = hub.in_parts(content, size=SMALL)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_CREATE, STREET)
        ended = hub.uploads.give_up(uow, permit, upload.id)
    assert (ended.state, hub.sealed()) == (UploadState.ENDED, [])
    with pytest.raises(Conflict), hub.database.unit_of_work() as uow:
        hub.uploads.give_up(uow, permit, upload.id)
    with pytest.raises(Conflict):
        hub.join(upload, content)


def test_an_upload_left_lying_is_erased_after_a_day_and_no_other(hub: AnIntake, content: bytes) -> None:
    lying = hub.part(hub.begin(len(content)), content[:SMALL])
    hub.clock.advance(timedelta(hours=23))
    fresh = hub.part(hub.begin(len(content)), content[:SMALL])
    assert hub.uploads.forget_due() == []
    hub.clock.advance(timedelta(hours=1))
    assert hub.uploads.forget_due() == [lying.id]
    assert hub.uploads.forget_due() == []
    assert the_upload(hub, lying).state is UploadState.ENDED
    assert the_upload(hub, fresh).state is UploadState.OPEN
    assert len(hub.sealed()) == 1
    with hub.database.reading() as reading:
        assert [one.id for one in hub.uploads.listing(reading, hub.uploader())] == [fresh.id]
        assert hub.vault.sweep(reading) == 0


def test_an_agency_opens_only_so_many_and_so_much(hub: AnIntake) -> None:
    for _ in range(2):
        hub.begin(64 * 2**20)
    with pytest.raises(Conflict) as refused:
        hub.begin(1)
    assert refused.value.code == "too-many-uploads"
    hub.clock.advance(timedelta(days=1))
    hub.uploads.forget_due()
    for _ in range(8):
        hub.begin(1)
    with pytest.raises(Conflict):
        hub.begin(1)


def test_nobody_of_another_agency_knows_of_it(hub: AnIntake, content: bytes) -> None:
    upload = hub.part(hub.begin(len(content)), content[:SMALL])
    stranger = someone(HOSPITAL, "uploader")
    with hub.database.reading() as reading:
        assert hub.uploads.listing(reading, stranger) == ()
        with pytest.raises(NotFound):
            hub.uploads.upload(reading, stranger, upload.id)
        with pytest.raises(NotFound):
            hub.uploads.upload(reading, hub.uploader(), "upl_absent")
    with pytest.raises(NotFound):
        hub.uploads.join(stranger, upload.id, sha256="", file_name="a.csv")
    with pytest.raises(NotPermitted):
        hub.uploads.join(someone(POLICE, "governance_lead"), hub.in_parts(content).id, sha256="", file_name="a.csv")
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_READ, STREET)
    with pytest.raises(NotPermitted):
        hub.uploads.part(permit, upload, offset=upload.received)


def test_a_part_opens_to_no_reader_of_rows(hub: AnIntake, content: bytes) -> None:
    hub.part(hub.begin(len(content)), content[:SMALL])
    with hub.database.unit_of_work() as uow:
        ((part, kind),) = uow.connection.exec_driver_sql("SELECT id, kind FROM vault_objects")
        task = Reader(agency="", task="snapshot-build")
        grant = hub.policy.grant(uow, task, [STREET], purpose="svd.identify_kinds", justification="a test")
        assert kind == "part"
        with pytest.raises(NotPermitted), hub.vault.files(uow, grant, [part]):
            pass


def test_a_refused_file_sent_in_parts_leaves_nothing(hub: AnIntake) -> None:
    rows = rows_of("health/istv-assaults", 60, assault_location_description="flat 2, 9434765919")
    content = csv_of(rows)
    upload = hub.in_parts(content, size=SMALL, dataset="health/istv-assaults")
    submission = hub.join(upload, content, file_name="ward.csv")
    assert hub.intake.check_apart(submission.id).state is State.REFUSED
    assert hub.sealed() == []

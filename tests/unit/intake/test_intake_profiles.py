"""How an agency's files are read: shown to it, confirmed by it, remembered for it, never forced, and forgotten for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.intake import Confirmed, Submission, profile_store
from hub.intake.profiles import KEPT_BEFORE
from hub.kit.authority import Action
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from hub.schemas import NO_PROFILE, CheckReport, ImportProfile, Reading
from tests.support.intake import ISTV, STREET, AnIntake, an_intake, good, traces
from tests.support.policy import HOSPITAL, POLICE, someone
from tests.support.schemas import csv_of, rows_of
from tests.support.workbooks import table_of, xlsx_of

NAME, TEXT = "Offence mnth 7", "Robbery canary"
PROFILE = ImportProfile(columns={NAME: "Month", "Notes": ""}, codes={"Crime type": {TEXT: "Robbery"}})


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    return an_intake(tmp_path)


def otherwise(*, first: str = "") -> bytes:
    """An extract whose month is called otherwise, with a text in place of a code."""
    rows = rows_of(STREET, 3, **{"Crime type": TEXT})
    rows[0]["Location"] = first or rows[0]["Location"]
    return csv_of([{NAME if name == "Month" else name: value for name, value in row.items()} for row in rows])


def confirm(hub: AnIntake, profile: ImportProfile = PROFILE) -> Confirmed:
    permit = hub.create_permit()
    with hub.database.unit_of_work() as uow:
        return hub.intake.profiles.confirm(uow, permit, dataset=STREET, profile=profile)


def known(hub: AnIntake, agency: str = POLICE) -> tuple[Confirmed, ...]:
    with hub.database.reading() as reading:
        return hub.intake.profiles.of(reading, agency, STREET)


def report_of(hub: AnIntake, submission: Submission) -> CheckReport:
    with hub.database.unit_of_work() as uow:
        return hub.intake.report(uow, hub.uploader(submission.dataset), submission.id)


def shown(hub: AnIntake, submission: Submission, profile: ImportProfile = NO_PROFILE) -> Reading:
    return hub.intake.readings.reading(hub.uploader(submission.dataset), submission, profile=profile)


def told(report: CheckReport) -> list[str]:
    return [one.code for one in report.findings]


def test_the_next_file_is_read_as_was_confirmed_and_says_by_which_choice(hub: AnIntake) -> None:
    assert told(report_of(hub, hub.submit(otherwise()))) == ["missing-column"]
    kept = confirm(hub)
    submission = hub.submit(otherwise(first="On or near Elsewhere"))
    assert submission.profile == replace(PROFILE, remembered=kept.id)
    assert sorted(told(report_of(hub, submission))) == ["codes-mapped", "column-renamed"]
    assert submission.accepted_rows == 3


def test_a_file_that_fits_is_read_as_before(hub: AnIntake) -> None:
    confirm(hub)
    assert told(report_of(hub, hub.submit(good()))) == []


def test_what_does_not_fit_the_file_is_not_forced_and_the_report_says_so(hub: AnIntake) -> None:
    confirm(hub)
    rows = [{("Mnth" if name == "Month" else name): value for name, value in row.items()} for row in rows_of(STREET)]
    report = report_of(hub, hub.submit(csv_of(rows)))
    assert told(report) == ["missing-column", "choice-not-used"]
    assert NAME not in str(report.as_json())


def test_a_sheet_that_is_gone_is_not_forced(hub: AnIntake) -> None:
    book = xlsx_of(("October", table_of(rows_of(STREET))))
    confirm(hub, ImportProfile(sheet="September"))
    assert "choice-not-used" in told(report_of(hub, hub.submit(book)))
    permit = hub.create_permit()
    receiving = hub.intake.receive(
        permit,
        agency=POLICE,
        dataset=STREET,
        period="2024-04",
        file_name="x.xlsx",
        profile=ImportProfile(sheet="September", columns={"x": ""}),
    )
    receiving.write(book)
    with hub.database.unit_of_work() as uow:
        said = receiving.complete(uow)
    assert told(report_of(hub, hub.intake.check_apart(said.id))) == ["no-such-sheet"]


def test_a_remembered_encoding_is_not_forced_on_a_file_in_utf_8_and_it_is_told(hub: AnIntake) -> None:
    confirm(hub, ImportProfile(encoding="mac-roman"))
    submission = hub.submit(good(Location="Café Lane"))
    assert (told(report_of(hub, submission)), submission.accepted_rows) == (["choice-not-used"], 3)


def test_the_log_holds_agreed_columns_and_numbers_of_codes_and_nothing_out_of_the_file(hub: AnIntake) -> None:
    confirm(hub)
    (entry,) = [one for one in hub.log() if one["action"] == "import-profile:confirm"]
    assert (entry["verb"], entry["subject"]) == ("alteration", f"import-profile/{POLICE}/{STREET}")
    assert "Month" in entry["detail"]
    assert "Crime type: 1" in entry["detail"]
    assert NAME not in entry["detail"]
    assert TEXT not in entry["detail"]


def test_the_same_choice_again_is_the_one_there_is(hub: AnIntake) -> None:
    assert confirm(hub) == confirm(hub)
    assert len(known(hub)) == 1


def test_another_agency_has_its_own_choices(hub: AnIntake) -> None:
    confirm(hub)
    assert known(hub, HOSPITAL) == ()
    with hub.database.unit_of_work() as uow, pytest.raises(NotFound):
        hub.intake.profiles.forget(
            uow, hub.policy.permit(uow, hub.uploader(ISTV), Action.SUBMISSION_CREATE, ISTV), dataset=ISTV
        )


def test_a_permit_for_another_dataset_changes_nothing(hub: AnIntake) -> None:
    permit = hub.create_permit(ISTV)
    with hub.database.unit_of_work() as uow, pytest.raises(NotPermitted):
        hub.intake.profiles.confirm(uow, permit, dataset=STREET, profile=PROFILE)


def test_a_choice_that_is_not_agreed_is_not_kept(hub: AnIntake) -> None:
    for profile in (ImportProfile(columns={"x": "surname"}), ImportProfile(codes={"Crime type": {"x": "Murder"}})):
        with pytest.raises(Invalid):
            confirm(hub, profile)
    assert known(hub) == ()


def test_a_choice_can_be_gone_back_to_and_only_a_few_are_kept(hub: AnIntake) -> None:
    first = confirm(hub)
    for number in range(KEPT_BEFORE):
        hub.clock.advance(timedelta(minutes=1))
        confirm(hub, ImportProfile(columns={f"Month {number}": "Month"}))
    hub.clock.advance(timedelta(minutes=1))
    permit = hub.create_permit()
    with hub.database.unit_of_work() as uow:
        hub.intake.profiles.go_back(uow, permit, dataset=STREET, to=first.id)
    assert known(hub)[0].profile == PROFILE
    assert len(known(hub)) == KEPT_BEFORE + 1
    with hub.database.unit_of_work() as uow, pytest.raises(NotFound):
        hub.intake.profiles.go_back(uow, permit, dataset=STREET, to=first.id)


def test_two_systems_that_call_a_column_otherwise_are_both_read_and_going_back_and_forgetting_hold_for_both(
    hub: AnIntake,
) -> None:
    first, name = confirm(hub), "Mois"
    hub.clock.advance(timedelta(minutes=1))
    permit = hub.create_permit()
    other = ImportProfile(columns={name: "Month"}, codes={"Crime type": {"Vol": "Other theft"}}, delimiter=";")
    with hub.database.unit_of_work() as uow:
        second = hub.intake.profiles.add(uow, permit, dataset=STREET, profile=other)
    assert second.profile.columns == {NAME: "Month", "Notes": "", name: "Month"}
    assert second.profile.codes == {"Crime type": {TEXT: "Robbery", "Vol": "Other theft"}}
    assert (second.profile.delimiter, second.profile.encoding) == (";", "")
    theirs = otherwise().replace(NAME.encode(), name.encode()).replace(TEXT.encode(), b"Vol")
    for content in (otherwise(), theirs):
        assert hub.submit(content).accepted_rows == 3
    with hub.database.unit_of_work() as uow:
        hub.intake.profiles.go_back(uow, permit, dataset=STREET, to=first.id)
    assert known(hub)[0].profile == PROFILE
    with hub.database.unit_of_work() as uow:
        hub.intake.profiles.forget(uow, permit, dataset=STREET)
    assert known(hub) == ()


def test_what_is_forgotten_is_gone_and_the_next_file_is_read_as_it_is(hub: AnIntake) -> None:
    confirm(hub)
    assert hub.submit(otherwise()).accepted_rows == 3
    permit = hub.create_permit()
    with hub.database.unit_of_work() as uow:
        hub.intake.profiles.forget(uow, permit, dataset=STREET)
    assert known(hub) == ()
    assert [one["verb"] for one in hub.log() if one["action"] == "import-profile:forget"] == ["erasure"]
    assert told(report_of(hub, hub.submit(otherwise(first="On or near Elsewhere")))) == ["missing-column"]


def test_a_choice_under_an_earlier_schema_is_offered_and_not_used(hub: AnIntake) -> None:
    permit = hub.create_permit()
    with hub.database.unit_of_work() as uow:
        kept = hub.intake.profiles.confirm(uow, permit, dataset=STREET, profile=PROFILE)
        profile_store.remove(uow, kept.id)
        profile_store.add(uow, replace(kept, schema_version="0.9.0"))
    assert known(hub)[0].schema_version == "0.9.0"
    assert hub.submit(otherwise()).profile == NO_PROFILE


def test_a_file_is_shown_as_it_is_read_with_what_is_proposed(hub: AnIntake) -> None:
    submission = hub.submit(otherwise())
    reading = shown(hub, submission)
    assert (reading.encoding, reading.delimiter, reading.sheets) == ("utf-8", ",", ())
    assert reading.rows[0][: len(reading.header)][1] == "2024-05"
    assert reading.proposed.columns == {NAME: "Month"}
    assert [(one.field, [text.text for text in one.texts]) for one in reading.codes] == [("Crime type", [TEXT])]


def test_reading_the_file_is_logged_as_a_consultation_of_its_own_agency(hub: AnIntake) -> None:
    submission = hub.submit(otherwise())
    shown(hub, submission)
    entry = hub.log()[-1]
    assert (entry["verb"], entry["action"]) == ("consultation", "submission:read-cells")
    assert '"finding":"reading"' in entry["detail"].replace(" ", "").replace("'", '"')
    governance = someone(POLICE, "governance_lead")
    with pytest.raises((NotPermitted, NotFound)):
        hub.intake.readings.reading(governance, submission, profile=NO_PROFILE)
    with pytest.raises((NotPermitted, NotFound)):
        hub.intake.readings.reading(hub.uploader(ISTV), submission, profile=NO_PROFILE)


def test_a_file_that_is_not_kept_is_not_shown(hub: AnIntake) -> None:
    rows = [row | {"Surname": "x"} for row in rows_of(ISTV)]
    refused = hub.submit(csv_of(rows), dataset=ISTV)
    with pytest.raises(Conflict):
        shown(hub, refused)


def test_a_file_that_would_be_refused_otherwise_read_shows_no_row(hub: AnIntake) -> None:
    named = [row | {"Surname": "Canary"} for row in rows_of(STREET)]
    book = xlsx_of(("October", table_of(rows_of(STREET))), ("People", table_of(named)))
    submission = hub.submit(book)
    reading = shown(hub, submission, ImportProfile(sheet="People"))
    assert (reading.refused, reading.rows, reading.columns) == (True, (), ())
    assert reading.sheets == ("October", "People")


def test_nothing_of_the_file_stands_on_the_disk_after_it_was_shown(hub: AnIntake) -> None:
    submission = hub.submit(otherwise(first="On or near Planted Lane"))
    shown(hub, submission)
    assert traces(hub.folder, "Planted Lane") == []

"""What the partners send goes the whole way: sealed as it came, read in its own encoding, case references made pseudonyms."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.intake import State
from hub.kit.authority import Form, Reader
from tests.support import intake as support
from tests.support.intake import AnIntake, an_intake, traces
from tests.support.policy import COUNCIL, OPERATOR, POLICE, a_clause, a_document
from tests.support.schemas import codes, csv_of, found, rows_of, schema_of

FIRE = "london-fire"
INCIDENTS, SUSPENSIONS = "fire/incidents", "council/suspensions-exclusions"
CHECK = Reader(agency="", task="intake-check")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AnIntake:
    monkeypatch.setitem(support.SENDERS, INCIDENTS, FIRE)
    monkeypatch.setitem(support.SENDERS, SUSPENSIONS, COUNCIL)
    hub = an_intake(tmp_path)
    for dataset, supplier, recipient, data_class in (
        (INCIDENTS, FIRE, COUNCIL, "anonymised_record"),
        (SUSPENSIONS, COUNCIL, POLICE, "pseudonymised_record"),
    ):
        clause = a_clause(
            dataset=dataset, supplier=supplier, recipients=[recipient], data_class=data_class, profile="nhs_hes"
        )
        parties = [
            {"agency": supplier, "role": "controller", "lead": supplier == COUNCIL},
            {"agency": recipient, "role": "recipient", "lead": recipient == COUNCIL},
            {"agency": OPERATOR, "role": "processor"},
        ]
        said = a_document(agreement=dataset.split("/")[1], dpia="DPIA-7", parties=parties, datasets=[clause])
        hub.hub.agree(said)
    return hub


def test_a_sealed_windows_1252_file_is_checked_and_its_rows_are_kept_as_they_read(hub: AnIntake) -> None:
    content = csv_of(rows_of(INCIDENTS, 3, PropertyType="Café", IncGeo_WardName="NULL")).decode().encode("windows-1252")
    submission = hub.submit(content, dataset=INCIDENTS)
    assert (submission.state, submission.accepted_rows) == (State.ACCEPTED, 3)
    with hub.database.unit_of_work() as uow:
        report = hub.intake.report(uow, hub.uploader(INCIDENTS), submission.id)
        assert (report.encoding, set(codes(report))) == ("windows-1252", {"other-encoding", "null-text"})
        grant = hub.policy.grant(
            uow, CHECK, [INCIDENTS], purpose="data_quality", justification="a test", form=Form.READ_CLEAR
        )
        with (
            hub.vault.files(uow, grant, [submission.accepted_object]) as files,
            hub.engine.session(files=files) as session,
        ):
            rows = session.rows(
                'SELECT "PropertyType", "IncGeo_WardName", "Notional Cost (£)", "IncidentNumber"'
                f" FROM read_parquet('sealed://{submission.accepted_object}') ORDER BY hub_row"
            )
    assert rows[0][:3] == ("Café", None, 388.0)
    assert all(row[3] != f"{number:06d}-13052024" for number, row in enumerate(rows))


def test_the_values_of_a_finding_in_a_windows_1252_file_are_read_back_for_its_agency(hub: AnIntake) -> None:
    content = csv_of(rows_of(INCIDENTS, 3, StopCodeDescription="Café fire")).decode().encode("windows-1252")
    submission = hub.submit(content, dataset=INCIDENTS)
    assert submission.state is State.RETURNED
    with hub.database.unit_of_work() as uow:
        wrong = found(hub.intake.report(uow, hub.uploader(INCIDENTS), submission.id), "not-in-code-list")
    cells = hub.intake.cell_values(hub.uploader(INCIDENTS), submission.id, code=wrong.code, field=wrong.field)
    assert [(cell.row, cell.value) for cell in cells] == [(2, "Café fire")]


def test_the_reference_of_a_pupil_is_nowhere_in_clear(hub: AnIntake, tmp_path: Path) -> None:
    submission = hub.submit(csv_of(rows_of(SUSPENSIONS, 3, pupil_ref="P7777771")), dataset=SUSPENSIONS)
    assert (submission.state, submission.accepted_rows) == (State.ACCEPTED, 3)
    assert traces(tmp_path, "P7777771") == []


def test_a_file_with_the_numbers_of_pupils_is_refused_and_not_kept(hub: AnIntake) -> None:
    rows = [row | {"UPN": "A123456789012"} for row in rows_of(SUSPENSIONS)]
    submission = hub.submit(csv_of(rows), dataset=SUSPENSIONS)
    assert submission.state is State.REFUSED
    assert hub.sealed() == []
    assert {field.name for field in schema_of(SUSPENSIONS).fields}.isdisjoint({"UPN"})

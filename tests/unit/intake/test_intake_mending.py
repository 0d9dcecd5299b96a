"""An agency's own file opens to those who send for it, as senders: what an agreement opens to analysts opens no file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hub.geography import Geography
from hub.intake import Differences, MarkedFiles, Submission, mending_grant
from hub.kit.errors import NotPermitted
from tests.support.intake import POLICE, STREET, AnIntake
from tests.support.policy import COUNCIL, OPERATOR, a_clause, a_document, someone
from tests.support.schemas import csv_of, rows_of

ONE_FIELD = {"Month": "read_clear"}


def lookers_agreement(form: dict[str, str]) -> str:
    """The police let their own analysts read some columns to watch the quality of their data."""
    return a_document(
        agreement="quality",
        gateway="anonymised_statistics",
        purposes=["data_quality"],
        datasets=[a_clause(fields=form, recipients=[POLICE])],
        starts_on=yaml.safe_load("2026-01-01"),
        parties=[
            {"agency": POLICE, "role": "controller"},
            {"agency": COUNCIL, "role": "recipient"},
            {"agency": OPERATOR, "role": "processor"},
        ],
    )


@pytest.fixture(params=["read_clear", "read_generalised"])
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> AnIntake:
    hub = AnIntake(tmp_path, agree=False)
    hub.hub.agree(lookers_agreement({"Month": request.param}))
    return hub


@pytest.fixture
def returned(hub: AnIntake) -> Submission:
    return hub.submit(csv_of(rows_of(STREET, 3, **{"Crime type": "Piracy"})))


def marked_files(hub: AnIntake) -> MarkedFiles:
    return MarkedFiles(
        database=hub.database,
        vault=hub.vault,
        engine=hub.engine,
        schemas=hub.hub.schemas,
        geography=Geography(clock=hub.clock),
        policy=hub.policy,
        submissions=hub.intake,
        clock=hub.clock,
    )


def test_p1_columns_opened_to_an_analyst_open_no_file(hub: AnIntake, returned: Submission) -> None:
    looker = someone(POLICE, "analyst", "governance_lead")
    with pytest.raises(NotPermitted):
        marked_files(hub).marked(looker, returned.id)
    with pytest.raises(NotPermitted):
        hub.intake.cell_values(looker, returned.id, code="not-in-code-list", field="Crime type")
    with pytest.raises(NotPermitted):
        hub.intake.readings.reading(looker, returned, profile=returned.profile)


def test_who_sends_mends_the_file_whatever_else_they_may_look_at(hub: AnIntake, returned: Submission) -> None:
    sender = someone(POLICE, "analyst", "uploader")
    assert b"Piracy" in marked_files(hub).marked(sender, returned.id, form="csv").content
    (first, *_) = hub.intake.cell_values(sender, returned.id, code="not-in-code-list", field="Crime type")
    assert first.value == "Piracy"


def test_the_grant_to_mend_covers_the_whole_file_of_the_own_agency(hub: AnIntake) -> None:
    with hub.database.unit_of_work() as uow:
        grant = mending_grant(hub.policy, uow, someone(POLICE, "analyst", "uploader"), STREET, why="submission/one")
    granted = grant.datasets[STREET]
    assert (granted.pseudonyms_of, granted.scope.agencies) == ("", {POLICE})
    assert set(granted.fields) == set(hub.hub.schemas.get(STREET).names)


def test_p1_a_grant_of_some_columns_opens_no_sealed_original(tmp_path: Path) -> None:
    hub = AnIntake(tmp_path, agree=False)
    hub.hub.agree(lookers_agreement(ONE_FIELD))
    sent = hub.submit(csv_of(rows_of(STREET, 3)))
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow, someone(POLICE, "analyst"), [STREET], purpose="data_quality", justification="a look"
        )
    assert set(grant.datasets[STREET].fields) == set(ONE_FIELD)
    with (
        hub.database.reading() as reading,
        pytest.raises(NotPermitted) as refused,
        hub.vault.files(reading, grant, [sent.original_object]),
    ):
        pass
    assert refused.value.reasons == ("own-only",)


def test_p3_what_was_compared_before_a_suspension_is_not_shown_after_it(tmp_path: Path) -> None:
    hub = AnIntake(tmp_path, agree=False)
    hub.hub.agree(a_document())
    hub.submit(csv_of(rows_of(STREET, 3)))
    second = hub.send(csv_of(rows_of(STREET, 4)), attestation="")
    hub.intake.check_apart(second.id)
    differences = Differences(
        database=hub.database,
        intake=hub.intake,
        vault=hub.vault,
        engine=hub.engine,
        schemas=hub.hub.schemas,
        policy=hub.policy,
        clock=hub.clock,
    )
    assert differences.at_once(hub.uploader(), second.id) is not None
    hub.hub.change("suspend", "duty@1", agency=POLICE)
    assert differences.at_once(hub.uploader(), second.id) is None

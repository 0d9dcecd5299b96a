"""A submission's own file given back: to those who send for the agency, logged, and nothing of it left behind."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from hub.geography import Geography
from hub.intake import MarkedFiles, Submission
from hub.kit.authority import Action
from hub.kit.errors import Conflict, NotFound, NotPermitted
from tests.support.intake import ISTV, POLICE, STREET, AnIntake, an_intake, good, traces
from tests.support.policy import AMBULANCE, someone
from tests.support.schemas import csv_of, rows_of
from tests.support.workbooks import table_of, xlsx_of

NHS = "9434765919"


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    return an_intake(tmp_path)


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


def dirty(hub: AnIntake, **changes: str) -> Submission:
    return hub.submit(xlsx_of(("Mine", table_of(rows_of(STREET, 3, **{"Crime type": "Piracy", **changes})))))


def test_an_uploader_gets_the_file_back_marked_and_that_is_logged(hub: AnIntake) -> None:
    done = dirty(hub)
    made = marked_files(hub).marked(hub.uploader(), done.id)
    sheet = openpyxl.load_workbook(io.BytesIO(made.content))["Mine"]
    assert (sheet["J2"].value, sheet["J2"].fill.fill_type, sheet["J3"].fill.fill_type) == ("Piracy", "solid", None)
    entry = hub.log()[-1]
    assert (entry["verb"], entry["action"]) == ("consultation", "submission:read-file")
    assert "Piracy" not in str(hub.log())
    assert '"cells":1' in entry["detail"].replace(" ", "")
    again = marked_files(hub).marked(hub.uploader(), done.id, form="csv")
    assert again.content.decode("utf-8-sig").count("J2 Crime type: ") == 1


def test_it_says_what_the_report_of_the_submission_says(hub: AnIntake) -> None:
    done = dirty(hub)
    with hub.database.unit_of_work() as uow:
        report = hub.intake.report(uow, hub.uploader(), done.id)
    assert marked_files(hub).marked(hub.uploader(), done.id).report == report


def test_nobody_else_gets_it_and_no_other_form_is_made(hub: AnIntake) -> None:
    done = dirty(hub)
    with pytest.raises(NotFound):
        marked_files(hub).marked(someone(AMBULANCE, "uploader"), done.id)
    with pytest.raises(NotPermitted):
        marked_files(hub).marked(someone(POLICE, "analyst"), done.id)
    with pytest.raises(NotFound):
        marked_files(hub).marked(hub.uploader(), done.id, form="pdf")
    assert not any(entry["action"] == "submission:read-file" for entry in hub.log())


def test_a_refused_or_withdrawn_file_cannot_be_given_back_and_the_answer_says_why(hub: AnIntake) -> None:
    refused = hub.submit(good(ISTV, 3, assault_location_description=NHS), dataset=ISTV)
    withdrawn = hub.submit(good())
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_WITHDRAW, STREET)
        hub.intake.withdraw(uow, permit, withdrawn.id, reason="a test")
    for done in (refused, withdrawn):
        with pytest.raises(Conflict) as conflict:
            marked_files(hub).marked(hub.uploader(done.dataset), done.id)
        assert (conflict.value.code, "refused" in conflict.value.remedy) == ("not-kept", True)
    with pytest.raises(Conflict):
        marked_files(hub).marked(hub.uploader(), hub.send(good(count=4)).id)


def test_nothing_of_the_file_is_on_disk_in_clear(hub: AnIntake, tmp_path: Path) -> None:
    """Promise P7."""
    canary = "canary-street-4419"
    done = dirty(hub, Location=canary)
    for form in ("xlsx", "csv"):
        assert canary.encode() in b"".join(_texts(marked_files(hub).marked(hub.uploader(), done.id, form=form).content))
    assert traces(tmp_path, canary) == []


def _texts(content: bytes) -> list[bytes]:
    if not content.startswith(b"PK"):
        return [content]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1]
    return [str(cell.value).encode() for row in sheet.iter_rows() for cell in row]


def test_a_file_part_of_which_was_accepted_is_marked_as_it_was_judged(hub: AnIntake) -> None:
    rows = rows_of(STREET, 4)
    rows[2]["Crime type"] = "Piracy"
    done = hub.submit(csv_of(rows))
    made = marked_files(hub).marked(hub.uploader(), done.id)
    assert [
        cell.row for cell in openpyxl.load_workbook(io.BytesIO(made.content))["Your file"]["J"] if cell.fill.fill_type
    ] == [4]

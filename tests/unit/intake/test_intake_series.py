"""Editions of a series, and datasets whose case references are those of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.intake import State, Submission
from hub.kit.authority import Form, Reader
from tests.support.intake import STREET, AnIntake, an_intake
from tests.support.policy import a_clause, a_document
from tests.support.schemas import csv_of, found, rows_of, schema_of
from tests.support.schemas_samples import samples

WARDS, OUTCOMES = "police/ward-counts", "police/outcomes"
CHECK = Reader(agency="", task="intake-check")


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    hub = an_intake(tmp_path)
    clauses = [a_clause(dataset=WARDS), a_clause(dataset=OUTCOMES)]
    hub.hub.agree(a_document(agreement="more", datasets=clauses))
    return hub


def edition(last: str, months: int = 3) -> bytes:
    """A table of that many months up to and with `last`, such as 202405."""
    names = [f"{last[:4]}{int(last[4:]) - back:02d}" for back in reversed(range(months))]
    columns = schema_of(WARDS).column_names
    return csv_of(
        [{name: row[name] for name in columns} | dict.fromkeys(names, "8") for row in samples()[WARDS].rows(3)]
    )


def latest(hub: AnIntake) -> list[Submission]:
    with hub.database.reading() as reading:
        return list(hub.intake.latest_accepted(reading))


def test_of_a_series_only_the_newest_edition_counts_whenever_it_was_sent(hub: AnIntake) -> None:
    newest = hub.submit(edition("202405"), dataset=WARDS, period="2024-05")
    older = hub.submit(edition("202404"), dataset=WARDS, period="2024-04")
    assert (newest.state, older.state) == (State.ACCEPTED, State.ACCEPTED)
    assert [one.id for one in latest(hub)] == [newest.id]


def test_each_month_of_a_dataset_that_is_no_series_counts(hub: AnIntake) -> None:
    for period in ("2024-04", "2024-05"):
        rows = [dict(row) | {"Month": period} for row in rows_of(STREET)]
        hub.submit(csv_of(rows), dataset=STREET, period=period)
    assert [one.period for one in latest(hub)] == ["2024-04", "2024-05"]


def test_an_edition_sent_for_another_month_is_returned_and_supersedes_nothing(hub: AnIntake) -> None:
    kept = hub.submit(edition("202405"), dataset=WARDS, period="2024-05")
    wrong = hub.submit(edition("202404"), dataset=WARDS, period="2024-05")
    assert (wrong.state, [one.id for one in latest(hub)]) == (State.RETURNED, [kept.id])
    with hub.database.unit_of_work() as uow:
        report = hub.intake.report(uow, hub.uploader(WARDS), wrong.id)
    assert "April 2024" in found(report, "other-edition").message


def test_the_same_month_again_supersedes_the_edition_before_it(hub: AnIntake) -> None:
    first = hub.submit(edition("202405"), dataset=WARDS, period="2024-05")
    second = hub.submit(edition("202405", months=4), dataset=WARDS, period="2024-05")
    assert hub.now(first).state is State.SUPERSEDED
    assert [one.id for one in latest(hub)] == [second.id]


def test_sealed_outcomes_join_their_crimes_by_the_pseudonymised_crime_id(hub: AnIntake) -> None:
    crimes = hub.submit(csv_of(rows_of(STREET, 4)))
    outcomes = samples()[OUTCOMES].rows(3)  # of the first three crimes
    outcomes.append(dict(outcomes[0]) | {"Outcome type": "Offender fined"})  # a second one of the first
    outcomes.append(dict(outcomes[0]) | {"Crime ID": "d" * 64})  # of a crime that is not there
    given = hub.submit(csv_of(outcomes), dataset=OUTCOMES)
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow, CHECK, [STREET, OUTCOMES], purpose="data_quality", justification="a test", form=Form.READ_CLEAR
        )
        opened = hub.vault.files(uow, grant, [crimes.accepted_object, given.accepted_object])
        with opened as files, hub.engine.session(files=files) as session:
            joined = session.rows(
                'SELECT crime.hub_row, outcome.hub_row, length("Crime ID")'
                f" FROM read_parquet('sealed://{given.accepted_object}') AS outcome"
                f" JOIN read_parquet('sealed://{crimes.accepted_object}') AS crime USING (\"Crime ID\") ORDER BY ALL"
            )
    assert joined == [(2, 2, 64), (2, 5, 64), (3, 3, 64), (4, 4, 64)]
    assert b"d" * 64 not in b"".join(path.read_bytes() for path in hub.sealed())

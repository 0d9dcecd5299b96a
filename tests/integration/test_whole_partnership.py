"""All ten agencies with a year of all datasets: nothing hidden can be worked out, and a cell has one value (P4, P10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.db import UnitOfWork
from hub.disclosure import attack
from hub.intake import Submission
from hub.intake.store import report_of
from hub.kit.authority import Action, Form, Permit, Reader
from hub.kit.errors import HubError
from hub.schemas import check_file
from hub.synthetic import PERSONAS
from hub.views.asker import ReaderAsker
from tests.support.partnerships import PURPOSE, WHOLE_RAVENSBOURNE_2025, House, a_copy, made

pytestmark = pytest.mark.slow

LOOKERS = [one.id for one in PERSONAS if one.roles & {"analyst", "strategic_lead"}]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    copy = a_copy(made(WHOLE_RAVENSBOURNE_2025, tmp_path_factory), tmp_path_factory.mktemp("whole"))
    yield copy
    copy.hub.close()


def asker_of(house: House, uow: UnitOfWork, name: str) -> ReaderAsker:
    """Everything that somebody's permits open, in every view."""
    reader = house.reader(name)

    def permit_for(view: str) -> Permit:
        return house.hub.policy.permit(uow, reader, Action.VIEW_READ, view, purpose=PURPOSE)

    return ReaderAsker(views=house.hub.views, uow=uow, permit_for=permit_for)


@pytest.mark.parametrize("name", LOOKERS)
def test_no_analyst_of_any_agency_can_work_out_what_is_hidden(house: House, name: str) -> None:
    with house.hub.database.unit_of_work() as uow:
        report = attack([asker_of(house, uow, name)])
    assert (report.is_clean, report.leaks) == (True, ())
    assert sum(one.hidden for one in report.measures) > 40
    assert all(one.narrowest >= report.protection for one in report.measures if one.hidden)


def test_the_lead_sees_measures_of_every_agency(house: House) -> None:
    with house.hub.database.unit_of_work() as uow:
        report = attack([asker_of(house, uow, "ravensbourne-council-analyst")])
        inputs = house.hub.snapshots.current(uow)
    assert inputs is not None
    agencies = {one.agency for one in inputs.inputs}
    assert len(agencies) == 10
    assert {one.measure.partition("@")[2] for one in report.measures} == agencies


def test_no_two_readers_and_no_two_views_see_a_cell_differently(house: House) -> None:
    seen: dict[tuple[str, str, str, str], set[str]] = {}
    for name in LOOKERS:
        for view in house.hub.views.catalogue():
            for table in view.tables:
                try:
                    shown = house.table(name, view.id, by=table.name.replace("-", ","))
                except HubError:
                    continue
                for row in shown.rows:
                    for column, cell in zip(shown.columns, row.cells, strict=True):
                        if cell.text:
                            key = (column.measure, row.area, row.period, column.kind or row.kind)
                            seen.setdefault(key, set()).add(cell.text)
    assert len(seen) > 10_000
    assert [key for key, texts in seen.items() if len(texts) > 1] == []


def test_a_desk_with_the_areas_says_of_every_dataset_what_the_hub_said(house: House, tmp_path: Path) -> None:
    hub, compared = house.hub, set()
    with hub.database.reading() as reading:
        newest = {one.dataset: one for one in hub.intake.latest_accepted(reading)}
        area = hub.geography.current(reading)
    for dataset, submission in newest.items():
        content = original_of(house, submission)
        path = tmp_path / f"{dataset.replace('/', '-')}.csv"
        path.write_bytes(content)
        with hub.database.reading() as reading:
            terms = hub.agreements.supply_terms(
                reading, dataset=dataset, supplier=submission.agency, at=hub.clock.now()
            )
            said = report_of(reading, submission.id)
        assert said is not None
        desk = check_file(
            path,
            hub.schemas.get(dataset, submission.schema_version),
            period=submission.period,
            registry=hub.schemas,
            area=area,
            part_accept=terms.part_accept,
            profile=submission.profile,
        ).as_json()
        kept = [one for one in said.as_json()["findings"] if one["severity"] != "query"]  # the agency's own past
        assert {**desk, "file": ""} == {**said.as_json(), "file": "", "outcome": desk["outcome"], "findings": kept}
        compared.add(dataset)
    assert len(compared) > 12


def original_of(house: House, submission: Submission) -> bytes:
    task = Reader(agency="", task="intake-check")
    with house.hub.database.unit_of_work() as uow:
        grant = house.hub.policy.grant(
            uow, task, [submission.dataset], purpose="data_quality", justification="a test", form=Form.READ_CLEAR
        )
        with house.hub.vault.files(uow, grant, [submission.original_object]) as files:
            return b"".join(files.read(submission.original_object))

"""What an agency explained stands wherever its figure is read, in the words it used; nobody else reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.audit import Verb
from hub.db import UnitOfWork
from hub.intake import Submission, store
from hub.kit.authority import Action, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotFound
from hub.views import ProtectedTable, table_csv, table_document
from tests.support.databases import a_database
from tests.support.shared import shared
from tests.support.snapshots import AHub, an_analyst

API, MET = "police/street-crime-api", "met-police"
COUNCIL, NOBODY = an_analyst("bromley-council"), an_analyst("somebody-else")
VIEW, MONTHS, ASKED = "violence-by-place", ("2016-04", "2016-05", "2016-06"), "2016-05"
SAID = 'The system was away for "nine" days; <b>see</b> {note}'
BEGINS = "Met Police explained for May 2016, "


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AHub]:
    made = a_hub(tmp_path_factory.mktemp("explained"))
    yield made
    made.database.close()


def a_hub(folder: Path) -> AHub:
    made = AHub(a_database(folder), FrozenClock(), folder)
    made.load_areas(shared("data/geo/bromley_lsoa21.geojson"), shared("data/geo/lsoa21_ward25_lad25_london.csv"))
    made.agree_shipped("bromley-closed")
    for month in MONTHS:
        sent = made.submit(MET, API, month, shared(f"data/police/bromley_api/{month}-bromley-wards.csv"))
        if month == ASKED:
            explain(made, sent)
    made.build()
    return made


def explain(hub: AHub, sent: Submission) -> None:
    """As acceptance keeps what the submitter said."""
    with hub.database.unit_of_work() as uow:
        _entry(hub, uow, sent)
        store.change(uow, replace(sent, explanations={"volume-step:": SAID}))


def _entry(hub: AHub, uow: UnitOfWork, sent: Submission) -> None:
    reader = Reader(agency=MET, person="per_uploader", roles=frozenset({"uploader"}))
    permit = hub.policy.permit(uow, reader, Action.SUBMISSION_CREATE, API)
    hub.intake._log.change(uow, permit, sent, Verb.COLLECTION, {})


def explained(table: ProtectedTable) -> list[tuple[str, str]]:
    return [(note.month, note.sentence) for note in table.notes if note.code == "explained"]


def test_the_explanation_stands_beside_the_figures_of_its_month(hub: AHub) -> None:
    for by in ("borough,month", "ward,quarter", "borough,month,kind"):
        ((month, sentence),) = explained(hub.table(COUNCIL, VIEW, by=by))
        assert month == ASKED
        assert sentence.startswith(BEGINS)
        assert SAID in sentence


def test_it_stands_beside_no_figure_of_another_month(hub: AHub) -> None:
    assert explained(hub.table(COUNCIL, VIEW, by="borough,month", where="period=2016-04")) == []
    assert explained(hub.table(COUNCIL, VIEW, by="borough,month", where="period=2016-05..2016-06")) != []


def test_it_goes_with_the_cells_into_every_form(hub: AHub) -> None:
    table = hub.table(COUNCIL, VIEW, by="borough,month")
    (note,) = [one for one in table_document(table)["notes"] if one["code"] == "explained"]
    assert (note["month"], note["column"]) == (ASKED, table.columns[0].id)
    rows = list(csv.DictReader(io.StringIO(table_csv(table), newline="")))
    assert {row["period"] for row in rows if SAID in row["explained"]} == {ASKED}
    without = hub.table(COUNCIL, VIEW, by="borough,month", where="period=2016-04")
    assert "explained" not in table_csv(without)


def test_who_may_not_see_the_figure_does_not_read_the_explanation(hub: AHub) -> None:
    with pytest.raises(NotFound):
        hub.table(NOBODY, VIEW, by="borough,month")
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, COUNCIL, Action.SNAPSHOT_READ, "snapshots", purpose="svd.identify_kinds")
        (known,) = hub.snapshots.known(uow, permit)
        offer = hub.views.offer(uow, hub.permit(uow, COUNCIL, VIEW), VIEW)
    assert known.inputs
    assert [one.explained for one in known.inputs] == [()] * len(known.inputs)
    assert [note for note in offer.notes if note.code == "explained"] == []


def test_it_does_not_change_the_hash_of_the_cells_and_the_snapshot_keeps_it(hub: AHub) -> None:
    before = hub.table(COUNCIL, VIEW, by="borough,month")
    (sent,) = [one for one in _sent(hub) if one.period == ASKED]
    with hub.database.unit_of_work() as uow:
        _entry(hub, uow, sent)
        store.change(uow, replace(sent, explanations={"volume-step:": "another word"}))
    after = hub.table(COUNCIL, VIEW, by="borough,month")
    assert table_csv(after) == table_csv(before)
    assert explained(after) == explained(before)


def test_it_goes_with_a_submission_that_is_withdrawn(tmp_path: Path) -> None:
    hub = a_hub(tmp_path)  # of its own: the others read what goes here
    (sent,) = [one for one in _sent(hub) if one.period == ASKED]
    assert explained(hub.table(COUNCIL, VIEW, by="borough,month")) != []
    hub.withdraw(sent)
    assert explained(hub.table(COUNCIL, VIEW, by="borough,month")) == []
    with hub.database.unit_of_work() as uow:
        hub.snapshots.mark_erased(uow, hub.build_permit(uow))  # as each build does
        assert not any(one.explained for one in hub.snapshots.get(uow, 1).inputs), "people's words outlive the file"
    hub.database.close()


def _sent(hub: AHub) -> tuple[Submission, ...]:
    with hub.database.reading() as reading:
        return hub.intake.latest_accepted(reading)

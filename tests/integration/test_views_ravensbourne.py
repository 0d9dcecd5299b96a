"""The invented partnership through the whole house: four agencies, one calendar year, every persona attacked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.disclosure import attack
from hub.kit.authority import Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotFound, NotPermitted
from hub.synthetic import FOUR_DATASETS, FOUR_PERSONAS, Persona, write_partnership
from hub.views import BuildReport, Shown
from tests.support.databases import a_database
from tests.support.snapshots import AHub, an_analyst

YEAR = "2025"
POLICE, HOSPITAL, AMBULANCE, COUNCIL = (
    an_analyst(f"ravensbourne-{agency}") for agency in ("police", "hospital", "ambulance", "council")
)
ATTENDANCES = "health/istv-assaults:attendances@ravensbourne-hospital"
CALLOUTS = "ambulance/violence-callouts:call-outs@ravensbourne-ambulance"
CRIMES = "police/street-crime:crimes@ravensbourne-police"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AHub, BuildReport]]:
    folder: Path = tmp_path_factory.mktemp("ravensbourne")
    hub = AHub(a_database(folder), FrozenClock(), folder)
    manifest = write_partnership(folder / "files", months=22, datasets=FOUR_DATASETS)
    hub.load_areas(*(folder / "files" / one.path for one in manifest.geography))
    hub.agree_shipped("ravensbourne")
    for one in manifest.extracts:
        if one.period.startswith(YEAR):
            hub.submit(one.agency, one.dataset, one.period, folder / "files" / one.path)
    yield hub, hub.build()
    hub.database.close()


@pytest.fixture(scope="module")
def hub(built: tuple[AHub, BuildReport]) -> AHub:
    return built[0]


def test_attendances_and_call_outs_stand_beside_police_violence(hub: AHub) -> None:
    for by, rows in (("borough,quarter", 4), ("ward,year", 22)):
        table = hub.table(COUNCIL, "police-and-health", by=by)
        assert [column.id for column in table.columns] == [
            f"{CRIMES}#Violence and sexual offences",
            ATTENDANCES,
            CALLOUTS,
        ]
        assert len(table.rows) == rows
        assert table.gaps == ()
        assert all(cell.state not in (Shown.GAP, Shown.NONE) for row in table.rows for cell in row.cells)
        assert "no-side" not in {note.code for note in table.notes}


def test_measures_name_their_agency_and_basis_and_are_never_added_up(hub: AHub) -> None:
    table = hub.table(COUNCIL, "police-and-health", by="borough,quarter")
    assert [column.counting_basis for column in table.columns] == ["crimes", "attendances", "call-outs"]
    assert len({column.agency for column in table.columns}) == 3
    assert all(column.agency_name.startswith("Ravensbourne") for column in table.columns)


def test_health_kinds_stand_in_rows_of_their_own(hub: AHub) -> None:
    table = hub.table(COUNCIL, by="borough,quarter,kind")
    health = [column.id for column in table.columns].index(ATTENDANCES)
    police = [column.id for column in table.columns].index(CRIMES)
    knife = [row for row in table.rows if row.kind == "A05"]
    assert len(knife) == 4
    for row in knife:
        assert row.kind_title == "Knife"
        assert row.cells[health].state is not Shown.NONE
        assert row.cells[police].state is Shown.NONE


def test_a_table_that_a_measure_does_not_have_is_said_and_not_guessed(hub: AHub) -> None:
    table = hub.table(COUNCIL, by="ward,quarter,kind")
    assert ATTENDANCES not in {column.id for column in table.columns}
    assert sum(note.code == "no-such-cells" for note in table.notes) == 2


def test_what_an_agreement_does_not_open_is_left_out(hub: AHub) -> None:
    """Searches go to the council alone; to the hospital they look as if there were none, in the same words."""
    searches = "police/stop-and-search:searches@ravensbourne-police"
    assert searches in {column.id for column in hub.table(COUNCIL, by="borough,quarter").columns}
    seen = hub.table(HOSPITAL, by="borough,quarter")
    assert {column.id for column in seen.columns} == {CRIMES, ATTENDANCES, CALLOUTS}
    said = [note.sentence for note in seen.notes if "earch" in note.sentence]
    assert all("or none that your agency may know of" in sentence for sentence in said)


def test_everybody_gets_the_same_cells_of_what_they_may_see(hub: AHub) -> None:
    cells: dict[tuple[str, str, str, str], set[str]] = {}
    for reader in (POLICE, HOSPITAL, AMBULANCE, COUNCIL):
        table = hub.table(reader, by="borough,quarter,kind")
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                cells.setdefault((column.id, row.area, row.period, row.kind), set()).add(cell.text)
    assert cells
    assert all(len(values) == 1 for values in cells.values())


@pytest.mark.parametrize("persona", FOUR_PERSONAS, ids=[persona.id for persona in FOUR_PERSONAS])
def test_whatever_a_persona_can_fetch_gives_nothing_hidden_away(hub: AHub, persona: Persona) -> None:
    reader = Reader(agency=persona.agency, person=f"per_{persona.id}", roles=persona.roles)
    with hub.database.unit_of_work() as uow:
        report = attack([hub.asker(uow, reader)])
    assert report.is_clean
    assert bool(report.measures) == bool(persona.roles & {"analyst", "strategic_lead"})


def test_the_log_reader_and_the_operator_see_no_table(hub: AHub) -> None:
    for role, agency in (("auditor", "ravensbourne-council"), ("operator", "ravensbourne-hosting")):
        reader = Reader(agency=agency, person="per_x", roles=frozenset({role}))
        with pytest.raises((NotFound, NotPermitted)):
            hub.table(reader, by="borough,quarter")


def test_the_build_report_counts_what_readers_are_shown(built: tuple[AHub, BuildReport]) -> None:
    hub, report = built
    for figures in report.views:
        with hub.database.unit_of_work() as uow:
            offer = hub.views.offer(uow, hub.permit(uow, COUNCIL, figures.id), figures.id)
        tables = [hub.table(COUNCIL, figures.id, by=",".join(one.by)) for one in offer.tables]
        assert figures.cells == sum(table.cells for table in tables)
        assert figures.suppressed == sum(table.suppressed for table in tables)
    assert report.uncounted == ()
    assert report.attacked >= max(one.cells for one in report.views)
    assert {measure.profile for measure in report.measures} == {"nhs_hes"}
    assert all(measure.coverage.counts is None for measure in report.measures)

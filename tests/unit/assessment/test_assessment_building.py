"""An assessment is built from protected tables alone, looked up again each time, and never served stale (P3, P4, P9)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.app import build_snapshot
from hub.assessment import BuiltAssessment
from hub.assessment.build import CHAPTERS, FIGURED, indicators
from hub.assessment.gaps import unheld
from hub.assessment.model import Make
from hub.audit.store import stored_entries
from hub.cli.context import load_context
from hub.kit.authority import Action, Permit
from hub.kit.canonical import sha256_hex
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.spoken import spoken_period
from hub.kit.words import say
from hub.views import read_catalogue
from tests.support.geography import square_lsoa
from tests.support.hubs import ANALYST, API, MONTHS, OPERATOR, SQUARES, STRATEGIC, UPLOADER, an_extract
from tests.support.partnerships import House, a_copy, made

PURPOSE = "svd.strategy_prepare"


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[House]:
    found = a_copy(made(SQUARES, tmp_path_factory), tmp_path)
    yield found
    found.hub.close()


def permit(house: House, action: Action = Action.ASSESSMENT_BUILD, *, name: str = ANALYST) -> Permit:
    return house.permit(name, action, "assessments", purpose=PURPOSE)


def build(house: House, *, name: str = ANALYST) -> BuiltAssessment:
    asked = permit(house, name=name)
    with house.hub.database.unit_of_work() as uow:
        return house.hub.assessments.build(uow, asked, justification="test")


def read(house: House, identity: str, *, name: str = ANALYST) -> BuiltAssessment:
    asked = permit(house, Action.ASSESSMENT_READ, name=name)
    with house.hub.database.unit_of_work() as uow:
        return house.hub.assessments.read(uow, asked, identity, justification="test")


def test_every_figure_carries_the_evidence_it_stands_on(house: House) -> None:
    built = build(house)
    assert {figure.indicator for figure in built.figures} == {"V1", "T4", "H0", "P2"}
    for figure in built.figures:
        evidence = figure.evidence
        assert evidence.measure == f"{API}:crimes@met-police"
        assert (evidence.snapshot, evidence.profile) == (1, "open")
        assert json.loads(evidence.query)["view"] in ("violence-by-place", "police-and-health")
        assert evidence.policy_hash == house.hub.policy.hash
        assert evidence.definition == "london-minimum@1"
        assert evidence.result_hash[:12] in built.html
    assert built.sha256 == sha256_hex(built.html.encode())


def test_a_figure_says_what_the_table_says(house: House) -> None:
    table = house.table(ANALYST, "police-and-health", by="borough,quarter", purpose=PURPOSE)
    quarters = {spoken_period(row.period): row.cells[0].text for row in table.rows}
    (series,) = [figure for figure in build(house).figures if figure.indicator == "H0"]
    assert {line.cells[0]: line.cells[1] for line in series.lines} == quarters
    assert series.evidence.result_hash == table.result_hash


def test_rolling_years_hold_the_known_counts(house: House) -> None:
    (violence,) = [
        figure for figure in build(house).figures if figure.indicator == "V1" and figure.agency == "met-police"
    ]
    by_kind = {line.cells[0]: line.cells[1:] for line in violence.lines}
    assert by_kind["Violence and sexual offences"][:3] == ("December 2024", "96", "96")
    assert by_kind["Robbery"] == ("December 2024", "48", "48", "+0 %")


def test_built_again_it_is_the_same_bytes(house: House) -> None:
    first, second = build(house), build(house)
    assert first.id != second.id
    assert first.html == second.html
    assert read(house, first.id).html == first.html


def test_the_document_needs_nothing_from_outside_and_runs_nothing(house: House) -> None:
    built = build(house)
    assert not re.search(r"<script|javascript:|src=|@import|https?://(?!www\.w3\.org)", built.html)
    for chapter in CHAPTERS:
        assert f'id="{chapter}"' in built.html
    assert built.body in built.html


def test_what_is_missing_is_said(house: House) -> None:
    html = build(house).html
    for words in (
        "No submission of “Assault attendances at emergency departments (ISTV)” is in the snapshot. It is held by the hospital"
        " trusts and the integrated care board. Without it there is no figure for: H1 Assault attendances",
        "No submission of “Ambulance call-outs to violence” is in the snapshot. It is held by the ambulance trust.",
        "No submission of “Street-level crime, CSV layout” is in the snapshot.",
    ):
        assert words in html


def test_a_reader_meets_names_and_not_codes(house: House) -> None:
    built = build(house)
    words = re.sub(r"<details.*?</details>", "", built.html, flags=re.DOTALL)  # the evidence is for machines
    words = re.sub(r"<[^>]+>", " ", words)
    assert "Knife" in words
    assert "rolling 12 months: Metropolitan Police" in words
    assert "Wards with most recorded crime: Robbery, Metropolitan Police" in words
    for code in ("A05", "met-police", "police/stop-and-search", "health/istv-assaults", "2024-12", "nhs_hes"):
        assert code not in words


def test_evidence_is_kept_and_figures_are_not(house: House) -> None:
    built = build(house)
    asked = permit(house, Action.ASSESSMENT_READ)
    with house.hub.database.reading() as reading:
        (record,) = house.hub.assessments.all(reading, asked)
        (kept,) = house.rows("SELECT * FROM assessments")
        *_, entry = stored_entries(reading, matching={"action": "assessment:build"})
    assert (record.id, record.sha256, record.agency) == (built.id, built.sha256, "bromley-council")
    assert {one["result_hash"] for one in json.loads(record.evidence)} == {
        figure.evidence.result_hash for figure in built.figures
    }
    assert "Robbery" not in str(kept)
    assert (entry.columns["verb"], entry.columns["subject"]) == ("combination", f"assessment/{built.id}")
    assert entry.columns["justification"] == "test"  # DPA 2018 s.62(2)


def test_reading_one_is_logged_with_its_justification(house: House) -> None:
    read(house, build(house).id)
    with house.hub.database.reading() as reading:
        *_, entry = stored_entries(reading, matching={"action": "assessment:read", "verb": "consultation"})
    assert entry.columns["justification"] == "test"


def test_another_agency_gets_no_hash_of_what_it_may_not_see(house: House) -> None:
    """Hashes of a few rounded cells can be tried out: to others than the builder's agency they would tell the cells."""
    built = build(house)
    asked = permit(house, Action.ASSESSMENT_READ)
    other = replace(asked, reader=replace(asked.reader, agency="met-police"))
    with house.hub.database.reading() as reading:
        (record,) = house.hub.assessments.all(reading, other)
    assert (record.id, record.sha256, record.evidence) == (built.id, "", "[]")


def test_after_another_snapshot_it_must_be_built_again(house: House) -> None:
    built = build(house)
    house.submit(UPLOADER, API, MONTHS[-1], an_extract(MONTHS[-1], 30))
    build_snapshot(house.hub, house.reader(OPERATOR))
    with pytest.raises(Conflict) as caught:
        read(house, built.id)
    assert caught.value.code == "assessment-stale"
    assert read(house, build(house).id).snapshot == 2


def test_a_suspended_agreement_takes_the_figures_away_at_the_next_look(house: House) -> None:
    built = build(house)
    asked = house.permit("met-police-governance", Action.AGREEMENT_SUSPEND, "bromley-open-police")
    with house.hub.database.unit_of_work() as uow:
        house.hub.agreements.suspend(uow, asked, "bromley-open-police", reason="test")
    with pytest.raises((NotPermitted, NotFound, Conflict)):
        read(house, built.id)


def test_another_reader_of_the_same_agency_reads_the_same_bytes(house: House) -> None:
    built = build(house)
    assert read(house, built.id, name=STRATEGIC).html == built.html


def load_people(house: House, folder: Path) -> None:
    """A hundred residents in each of the four squares, forty of them under 25."""
    squares = [square_lsoa(column, row) for row in (0, 1) for column in (0, 1)]
    people = folder / "people-2021.csv"
    head = "lsoa21_code,Total,Aged 24 years and under,Aged 25 years and over\n"
    people.write_text(head + "".join(f"{code},100,40,60\n" for code in squares), encoding="utf-8")
    poor = folder / "imd2025.csv"
    poor.write_text(
        "lsoa21_code,IMD_decile,IMD_score\n" + "".join(f"{code},2,30\n" for code in squares), encoding="utf-8"
    )
    load_context(house.hub, [people, poor])


def test_with_residents_there_are_rates_and_without_them_a_named_gap(house: House, tmp_path: Path) -> None:
    """48 robberies in the twelve months to December 2024 among 400 residents: 120 for 1,000, worked out here by hand."""
    before = build(house)
    assert "No population was loaded" in before.html
    assert "V2" not in {figure.indicator for figure in before.figures}
    load_people(house, tmp_path)
    after = build(house)
    (rates,) = [figure for figure in after.figures if figure.indicator == "V2"]
    assert ("Robbery", "December 2024", "48", "120.0") in [line.cells for line in rates.lines]
    assert "400 residents (2021)" in rates.notes[0]
    assert rates.evidence.context[0].startswith("population@1 (2021, ")
    assert "No population was loaded" not in after.html
    (fifths,) = [figure for figure in after.figures if figure.indicator == "C2"]
    assert fifths.lines[0].cells == ("Most deprived fifth of England", "4", "100 %")
    assert after.html == build(house).html
    with pytest.raises(Conflict) as caught:
        read(house, before.id)  # what was built without residents does not come out the same now
    assert caught.value.code == "assessment-stale"


def test_every_indicator_asks_for_a_table_that_its_view_offers(house: House) -> None:
    views = {view.id: view for view in house.hub.views.catalogue()}
    for indicator in indicators():
        view = views[indicator.view]
        assert indicator.by in {table.name for table in view.tables}, indicator.id
        datasets = {column.dataset for column in view.columns}
        assert {indicator.dataset, *filter(None, (indicator.beside,))} <= datasets, indicator.id
        if indicator.total:
            other, by = indicator.total.split(" ")
            assert by in {table.name for table in views[other].tables}, indicator.id
        measure = read_catalogue(house.hub.schemas).measures[indicator.dataset]
        assert indicator.by in {table.name for table in measure.tables}, indicator.id
        family = next(table.family for table in view.tables if table.name == indicator.by)
        known = measure.kinds_of(family, house.hub.schemas.get(indicator.dataset))
        assert set(indicator.kinds) <= known, indicator.id
        assert not (measure.stock and indicator.make in (Make.ROLLING_12, Make.RATE, Make.SHARE)), indicator.id
        assert say(f"assessment.indicator.{indicator.id}")
        assert indicator.chapter in FIGURED


def test_what_nobody_can_tell_is_named_with_who_holds_it(house: House) -> None:
    html = build(house).html
    assert "K4 Lethal-barrelled discharges: no dataset agreed in this hub tells it. It is held by the police." in html
    declared = {indicator.id for indicator in indicators()}
    assert not declared & {one.split(" ")[0] for one in unheld()}


def choose(house: House, reference: str) -> None:
    asked = house.permit(STRATEGIC, Action.DEFINITION_CHOOSE, "definitions")
    with house.hub.database.unit_of_work() as uow:
        house.hub.definitions.choose(uow, asked, reference, minute="Board <2 March>, item 3")


def test_the_definition_that_the_partnership_chose_is_the_one_that_counts(house: House) -> None:
    before = build(house)
    assert "recorded no choice" in before.html
    choose(house, "thames-valley@1")
    after = build(house)
    assert {figure.evidence.definition for figure in after.figures} == {"thames-valley@1"}
    assert "Board &lt;2 March&gt;, item 3" in after.html  # what people write is shown, never run
    assert "county lines" in after.html  # a group that counts and that no dataset tells is a named gap
    kinds = {line.cells[0] for figure in after.figures if figure.indicator == "V1" for line in figure.lines}
    together = "All kinds of the definition together"
    assert kinds == {"Violence and sexual offences", "Possession of weapons", together}
    assert read(house, before.id).html == before.html  # what was built keeps the definition that it names


def test_a_permit_that_ran_out_or_names_something_else_opens_no_assessment(house: House) -> None:
    built, reading = build(house), permit(house, Action.ASSESSMENT_READ)
    late = house.hub.clock.now()
    for asked in (replace(reading, expires_at=late), replace(reading, resource="views")):
        with house.hub.database.unit_of_work() as uow:
            with pytest.raises(NotPermitted):
                house.hub.assessments.read(uow, asked, built.id, justification="x")
            with pytest.raises(NotPermitted):
                house.hub.assessments.all(uow, asked)
    building = permit(house)
    with house.hub.database.unit_of_work() as uow, pytest.raises(NotPermitted):
        house.hub.assessments.build(uow, replace(building, expires_at=late), justification="x")


def test_a_permit_for_something_else_opens_no_assessment(house: House) -> None:
    built = build(house)
    other = house.permit(ANALYST, Action.VIEW_READ, "violence-by-place", purpose=PURPOSE)
    with house.hub.database.unit_of_work() as uow:
        for attempt in (
            lambda: house.hub.assessments.build(uow, other, justification="x"),
            lambda: house.hub.assessments.read(uow, other, built.id, justification="x"),
            lambda: house.hub.assessments.all(uow, other),
        ):
            with pytest.raises(NotPermitted):
                attempt()
    with pytest.raises(NotFound):
        read(house, "asm_absent")

"""Context by LSOA: what is read, what is refused and why, and how areas are summed and weighted."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import text

from hub import audit
from hub.db import Database
from hub.geography import Context, ContextReport, Geography
from hub.geography.context_read import read_context
from hub.kit.authority import Action
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, Conflict, Invalid, NotPermitted
from tests.support.geography import a_geography, a_geography_permit, bromley, square_lsoa, write_squares
from tests.support.shared import shared

A, B, C, D = (square_lsoa(column, row) for row in (0, 1) for column in (0, 1))
"""The four squares: A and C are one ward, B and D the other."""

PEOPLE = (
    "lsoa21_code,Total,Aged 24 years and under,Aged 25 years and over\n"
    f"{A},100,40,60\n{B},300,100,200\n{C},50.0,20,30\n{D},150,0,150\nX01999999,9,4,5\n"
)
POOR = f"lsoa21_code,IMD_decile,IMD_score\n{A},1.0,40.5\n{B},2.0,20\n{C},9,4.25\n{D},10,2\n"


@pytest.fixture
def geography(database: Database, clock: FrozenClock, tmp_path: Path) -> Geography:
    return a_geography(database, clock, *write_squares(tmp_path))


@dataclass(frozen=True)
class Desk:
    """Somebody who loads files."""

    database: Database
    clock: FrozenClock
    geography: Geography
    folder: Path

    @property
    def context(self) -> Context:
        return Context(geography=self.geography, clock=self.clock)

    def load(self, text: str, name: str, *, vintage: str = "") -> ContextReport:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        with self.database.unit_of_work() as uow:
            permit = a_geography_permit(self.clock, action=Action.CONTEXT_LOAD)
            return self.context.load(uow, permit, path, source="Invented", vintage=vintage)


@pytest.fixture
def desk(database: Database, clock: FrozenClock, geography: Geography, tmp_path: Path) -> Desk:
    return Desk(database, clock, geography, tmp_path)


def test_residents_of_an_area_are_the_sum_of_its_lsoas(desk: Desk) -> None:
    report = desk.load(PEOPLE, "people-2021.csv")
    assert (report.file.kind, report.file.vintage, report.file.records, report.file.used) == (
        "population",
        "2021",
        5,
        4,
    )
    assert (report.file.source, report.replaced) == ("Invented", False)
    with desk.database.reading() as reading:
        population, index = desk.context.population(reading), desk.geography.current(reading)
        assert desk.context.deprivation(reading) is desk.context.harm_weights(reading) is None
    assert population is not None
    assert index is not None
    tree = index.tree
    assert population.of(tree, tree.borough.code) == 600
    assert [population.of(tree, ward.code) for ward in tree.level("ward")] == [150, 450]
    assert population.of(tree, C) == 50
    assert population.aged(tree, tree.borough.code, 0, 24) == 160
    assert population.aged(tree, tree.borough.code, 0, 17) is None  # no band ends there: nothing is estimated
    without = replace(population, residents={A: 100, B: 300, D: 150})
    assert without.of(tree, tree.borough.code) is None
    assert without.of(tree, tree.ward_of(B)) == 450


def test_deprivation_of_an_area_is_weighted_by_its_residents(desk: Desk) -> None:
    desk.load(PEOPLE, "people-2021.csv")
    desk.load(POOR, "imd2025.csv")
    with desk.database.reading() as reading:
        population, deprivation, index = (
            desk.context.population(reading),
            desk.context.deprivation(reading),
            desk.geography.current(reading),
        )
    assert population is not None
    assert deprivation is not None
    assert index is not None
    tree = index.tree
    expected = (40.5 * 100 + 20 * 300 + 4.25 * 50 + 2 * 150) / 600
    found = deprivation.score(tree, tree.borough.code, population)
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=1e-12)
    assert deprivation.score(tree, tree.ward_of(A), population) == Fraction(42625, 1500)
    assert deprivation.quintiles(tree, tree.borough.code) == (2, 0, 0, 0, 2)
    assert deprivation.quintiles(tree, tree.ward_of(B)) == (1, 0, 0, 0, 1)
    unknown = replace(deprivation, by_lsoa={A: deprivation.by_lsoa[A]})
    assert unknown.score(tree, tree.borough.code, population) is None
    assert unknown.quintiles(tree, tree.borough.code) is None


def test_a_newer_file_replaces_the_older_and_both_stay_listed(desk: Desk) -> None:
    first = desk.load(PEOPLE, "people-2021.csv")
    second = desk.load(PEOPLE.replace("100,40,60", "110,50,60"), "people.csv", vintage="2023")
    assert second.replaced
    with desk.database.reading() as reading:
        files = desk.context.files(reading)
        population = desk.context.population(reading)
    assert [(one.number, one.vintage) for one in files] == [(2, "2023"), (1, "2021")]
    assert {one.sha256 for one in files} == {first.file.sha256, second.file.sha256}
    assert population is not None
    assert population.residents[A] == 110
    assert population.file.reference == f"population@2 (2023, {second.file.sha256[:12]})"


def test_a_file_that_is_not_the_one_loaded_is_refused_not_served(desk: Desk) -> None:
    """A wrong number is refused (P12): the bytes kept are looked at again when they are read."""
    desk.load(PEOPLE, "people-2021.csv")
    other = zlib.compress(PEOPLE.replace("100,40,60", "900,840,60").encode())
    with desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE context_files SET content = :other"), {"other": other})
    with desk.database.reading() as reading, pytest.raises(Bug) as caught:
        desk.context.population(reading)
    assert caught.value.code == "corrupt-context"


def test_each_load_leaves_an_entry_and_needs_its_permit(desk: Desk) -> None:
    report = desk.load(PEOPLE, "people-2021.csv")
    reader = a_geography_permit(desk.clock, action=Action.AUDIT_READ)
    with desk.database.unit_of_work() as uow:
        entry = audit.entries(uow, reader, at=desk.clock, purpose="self-monitoring")[-1]
    assert (entry.columns["subject"], entry.columns["verb"], entry.columns["action"]) == (
        "context/population",
        "alteration",
        "context:load",
    )
    other, late = a_geography_permit(desk.clock), a_geography_permit(desk.clock, action=Action.CONTEXT_LOAD)
    with desk.database.unit_of_work() as uow:
        for permit in (other, replace(late, expires_at=desk.clock.now())):
            with pytest.raises(NotPermitted):
                desk.context.load(uow, permit, desk.folder / report.file.file_name)


def test_without_boundaries_it_cannot_be_told_what_is_missing(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    with pytest.raises(Conflict) as caught:
        Desk(database, clock, Geography(clock=clock), tmp_path).load(PEOPLE, "people-2021.csv")
    assert caught.value.code == "no-tree"


def test_weights_are_read_exactly_by_dataset_and_kind(desk: Desk) -> None:
    text = (
        "dataset,kind,weight\npolice/street-crime,Robbery,365\npolice/street-crime,Drugs,0.5\npolice/other,Robbery,1\n"
    )
    report = desk.load(text, "weights-2026.csv")
    assert (report.file.kind, report.file.used) == ("harm-weights", 3)
    with desk.database.reading() as reading:
        weights = desk.context.harm_weights(reading)
    assert weights is not None
    assert weights.of("police/street-crime") == {"Robbery": Fraction(365), "Drugs": Fraction(1, 2)}
    assert weights.of("fire/incidents") == {}


BAD = [
    ("people.csv", PEOPLE, "context-no-vintage"),
    ("people-2021-2022.csv", PEOPLE, "context-no-vintage"),
    ("p-2021.csv", PEOPLE.replace("lsoa21_code", "lsoa11_code"), "context-lsoa-2011"),
    ("p-2021.csv", PEOPLE.replace("lsoa21_code", "LSOA11CD"), "context-lsoa-2011"),
    ("p-2021.csv", "ward,Total\nX,1\n", "context-unknown"),
    ("p-2021.csv", f"lsoa21_code,Households\n{A},1\n", "context-unknown"),
    ("p-2021.csv", "lsoa21_code,Total\n\n", "context-empty"),
    ("p-2021.csv", "", "context-empty"),
    ("p-2021.csv", "PK\x03\x04", "context-workbook"),
    ("p-2021.csv", PEOPLE.replace(",60\n", "\n"), "context-ragged"),
    ("p-2021.csv", PEOPLE.replace(f"{B},300", f"{A},300"), "context-twice"),
    ("p-2021.csv", PEOPLE.replace(f"{B},300", ",300"), "context-blank"),
    ("p-2021.csv", PEOPLE.replace(f"{B},300", f"{B},"), "context-blank"),
    ("p-2021.csv", PEOPLE.replace(f"{B},300", "Total,300"), "context-no-code"),
    ("p-2021.csv", PEOPLE.replace("50.0", "50.5"), "context-not-whole"),
    ("p-2021.csv", PEOPLE.replace("50.0", "n/a"), "context-no-number"),
    ("p-2021.csv", PEOPLE.replace("50.0", "nan"), "context-no-number"),
    ("p-2021.csv", PEOPLE.replace("50.0", "-50"), "context-negative"),
    ("p-2021.csv", PEOPLE.replace("50.0", "51"), "context-bands-and-total"),
    ("p-2021.csv", PEOPLE.replace("Aged 25 years", "Aged 30 years"), "context-bands"),
    ("imd2025.csv", POOR.replace("1.0", "11"), "context-decile"),
    ("imd2025.csv", POOR.replace("1.0", "1.5"), "context-not-whole"),
    ("imd2025.csv", POOR.replace("40.5", "-1"), "context-negative"),
    ("w2026.csv", "kind,weight\nRobbery,1\n", "context-no-dataset"),
    ("w2026.csv", "dataset,kind,weight\na/b,x,1\na/b,x,2\n", "context-twice"),
    ("w2026.csv", "dataset,kind,weight\na/b,,1\n", "context-blank"),
    ("w2026.csv", "dataset,kind,weight\na/b,x,-1\n", "context-negative"),
    ("w2026.csv", "dataset,kind,weight\na/b,x,heavy\n", "context-no-number"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "code"), BAD)
def test_a_bad_file_is_refused_with_its_mending(name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_context(text.encode(), file=name)
    assert caught.value.code == code
    assert name in caught.value.title
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PEOPLE.replace(f"{D},150,0,150\n", ""), "context-missing"),
        ("lsoa21_code,Total\nE01000001,5\n", "context-elsewhere"),
        (PEOPLE.replace("50.0", "50.5"), "context-not-whole"),
    ],
)
def test_a_refused_file_changes_nothing(desk: Desk, text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        desk.load(text, "people-2021.csv")
    assert caught.value.code == code
    with desk.database.reading() as reading:
        assert desk.context.files(reading) == ()


@pytest.mark.parametrize(
    ("text", "named", "code", "says"),
    [
        (f"date,lsoa21_code,Total\n2021,{A},5\n", "2011", "context-other-vintage", "2021.*2011"),
        (f"date,lsoa21_code,Total\n2021,{A},5\n2022,{B},5\n", "", "context-two-vintages", "2021 and 2022"),
        (f"lsoa21_code,Total\n{A},5\n", "soon", "context-bad-vintage", "year"),
    ],
)
def test_a_wrong_vintage_is_named(text: str, named: str, code: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        read_context(text.encode(), file="people.csv", vintage=named)
    assert caught.value.code == code


def test_a_file_that_is_no_utf_8_is_refused() -> None:
    with pytest.raises(Invalid, match="byte 1 ") as caught:
        read_context(b"\xff\xfe", file="people-2021.csv")
    assert caught.value.code == "context-encoding"


def test_the_real_census_and_index_give_bromley_its_published_population_and_deciles() -> None:
    """Recomputed here by the csv module from the raw files; about 330,000 people live in Bromley (census 2021)."""
    tree = bromley().tree
    wanted = {area.code for area in tree.level("lsoa21")}
    census = shared("data/context/census2021_age_lsoa21_london.csv")
    found = read_context(census.read_bytes(), file=census.name)
    assert (found.kind, found.vintage, found.records) == ("population", "2021", 4994)
    assert found.population is not None
    assert sum(found.population.residents[lsoa] for lsoa in wanted) == 329_978
    with census.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["geography code"] in wanted]
    young = sum(int(row[name]) for row in rows for name in row if name in YOUNG)
    bands = [band for band in found.population.bands if band.high is not None and band.high <= 24]
    assert sum(sum(found.population.by_band[lsoa][: len(bands)]) for lsoa in wanted) == young
    index = shared("data/context/imd2025_london_lsoa21.csv")
    deprived = read_context(index.read_bytes(), file=index.name)
    assert (deprived.kind, deprived.vintage) == ("deprivation", "2025")
    assert deprived.deprivation is not None
    assert deprived.deprivation["E01000001"].score == Fraction("8.742")
    assert deprived.deprivation["E01000001"].quintile == 4
    old = shared("data/context/imd2019_london_lsoa11.csv")
    with pytest.raises(Invalid, match="LSOA 2011"):
        read_context(old.read_bytes(), file=old.name)


YOUNG = {
    "Age: Aged 4 years and under",
    *(f"Age: Aged {low} to {low + 4} years" for low in (5, 10, 15, 20)),
}

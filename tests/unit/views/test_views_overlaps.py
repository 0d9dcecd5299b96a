"""Families that look at the same fields: what one says of another's hidden cells, the attacker is told, and no reader gets."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from hub.disclosure import (
    EXACT,
    NHS_HES,
    AreaPlace,
    CellKey,
    Lattice,
    Relation,
    TableSpec,
    WholeMeasure,
    attack,
    build_mask,
    protect_measure,
)
from hub.schemas import SchemaRegistry
from hub.views.building import within
from hub.views.declared import Catalogue, read_catalogue
from hub.views.overlaps import that_hold

SCHEMAS = SchemaRegistry.from_folder()
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(SCHEMAS)


def lattice(catalogue: Catalogue, dataset: str) -> Lattice:
    """The measure as shipped, over one borough of two wards and one year."""
    declared = catalogue.measures[dataset]
    wards = tuple(AreaPlace(f"W{number}", "ward", "B") for number in (1, 2))
    return Lattice(
        areas=(AreaPlace("B", "borough", ""), *wards),
        months=MONTHS,
        kinds=tuple(code.code for code in SCHEMAS.get(dataset).kinds),
        tables=tuple(table for table in declared.tables if table.area_level != "lsoa21"),
        sensitive=declared.sensitive,
        families={family.name: tuple(family.kinds) for family in declared.families},
        relations=declared.relations,
    )


def youth_justice(outcomes: dict[str, int]) -> dict[CellKey, int]:
    """So many outcomes of each type in the year, one after the other through wards and months; each with its tier."""
    tiers = {"PREV": "prevention", "YC": "caution", "YCC": "caution", "DTO": "custody", "S250": "custody"}
    events: dict[CellKey, int] = {}
    for outcome, number in outcomes.items():
        for (month, ward), _ in zip(list(product(MONTHS, ("W1", "W2"))) * 50, range(number), strict=False):
            for kind in (outcome, f"tier:{tiers.get(outcome, 'court')}"):
                key = CellKey(ward, month, kind)
                events[key] = events.get(key, 0) + 1
    return events


CUSTODY = {"DTO": 7, "S250": 7, "YRO": 240, "PREV": 120, "YC": 60, "YCC": 60}
"""A tier of 14 shows as 15, that is 13 to 17: each of its two hidden types must then be 6 or 7."""


def test_a_tier_beside_its_types_gives_a_hidden_cell_away_to_an_attacker_who_knows_the_tiers(
    catalogue: Catalogue,
) -> None:
    shipped = lattice(catalogue, "youth-justice/caseload")
    masked = build_mask(shipped, shipped.roll_up(youth_justice(CUSTODY)), NHS_HES)
    knowing = WholeMeasure(lattice=shipped, profile=NHS_HES, masked=masked)
    ignorant = WholeMeasure(lattice=replace(shipped, relations=()), profile=NHS_HES, masked=masked)
    assert attack([ignorant]).is_clean
    assert {(leak.key.kind, leak.lower, leak.upper) for leak in attack([knowing]).leaks} >= {("S250", 6, 7)}


def test_what_is_published_withstands_an_attacker_who_knows_the_tiers(catalogue: Catalogue) -> None:
    shipped = lattice(catalogue, "youth-justice/caseload")
    protected = protect_measure(shipped, shipped.roll_up(youth_justice(CUSTODY)), NHS_HES)
    assert protected.verdict.is_clean
    assert [one.reason for one in protected.masked.report.dropped] == ["attacked"]
    assert TableSpec.named("borough-quarter-tier") in protected.masked.tables


def test_relations_follow_from_the_definitions_alone(catalogue: Catalogue) -> None:
    of_youth = catalogue.measures["youth-justice/caseload"].relations
    assert Relation(("DTO", "S250"), ("tier:custody",)) in of_youth
    assert Relation(("tier:custody",), ("DTO", "S250")) in of_youth
    of_crime = catalogue.measures["police/recorded-crime"].relations
    assert Relation(("enabled:yes",), ("knife:Y",)) in of_crime
    assert Relation(("homicide:yes",), ("Homicide",)) in of_crime
    assert Relation(("Homicide",), ("homicide:yes", "abuse:U", "abuse:Y")) in of_crime
    assert not [one for one in of_crime if any(kind.startswith("when:") for kind in one.part + one.whole)]
    assert not catalogue.measures["council/antisocial-behaviour"].relations


def test_every_relation_holds_for_every_crime_that_can_be_recorded(catalogue: Catalogue) -> None:
    schema, declared = SCHEMAS.get("police/recorded-crime"), catalogue.measures["police/recorded-crime"]
    codes = schema.field("prc_code").codes
    assert codes is not None
    enabled = {"1/4.1/4.10/4.2", "1", "4.1", "4.2", "4.10", "2", "3B", "5D", "8N", "8P", "8S", "34A", "34B"}
    enabled |= {f"19{one}" for one in "CDEFGH"} | {"17A", "17B", "20A", "20B"}
    for code, knife, abuse in product(codes.codes, "YNU", "YNU"):
        kinds = {
            code.group or "not-stated",
            f"knife:{knife}",
            f"abuse:{abuse}",
            f"enabled:{'yes' if knife == 'Y' and code.code in enabled else 'other'}",
            f"homicide:{'yes' if code.group == 'Homicide' and abuse == 'N' else 'other'}",
        }
        for one in declared.relations:
            assert len(kinds & set(one.part)) <= len(kinds & set(one.whole))


def test_an_attacker_knows_that_sharp_objects_are_a_part_of_all_assaults_and_gets_nothing_by_it(
    catalogue: Catalogue,
) -> None:
    """M1 of the success measures: X99 under 25 within X99 within X85-Y09, of numbers as small as one borough has."""
    shipped = lattice(catalogue, "health/admissions")
    assert set(shipped.relations) == {Relation(("X99",), ("X85-Y09",)), Relation(("X99-under-25",), ("X99",))}
    published = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        events: dict[CellKey, int] = {}
        for month, ward in product(MONTHS, ("W1", "W2")):
            assaults = int(rng.poisson(4 + 2 * seed))
            sharp = int(rng.binomial(assaults, 0.5))
            counts = {"X85-Y09": assaults, "X99": sharp, "X99-under-25": int(rng.binomial(sharp, 0.6))}
            events |= {CellKey(ward, month, kind): number for kind, number in counts.items() if number}
        protected = protect_measure(shipped, shipped.roll_up(events), NHS_HES)
        assert protected.verdict.is_clean
        published += len(protected.masked.tables)
    assert published >= 6  # something is left to look at: the years at least


def test_a_relation_that_the_counts_belie_is_not_used() -> None:
    relation = Relation(("a",), ("b",))
    month = "2026-01"
    assert that_hold([relation], {CellKey("W1", month, "a"): 1, CellKey("W2", month, "b"): 1}) == (relation,)
    assert that_hold([relation], {CellKey("W1", month, "a"): 2, CellKey("W1", month, "b"): 1}) == ()


def test_a_family_that_another_tells_is_counted_only_where_nothing_is_hidden(catalogue: Catalogue) -> None:
    for dataset, name in (("fire/incidents", "group"), ("police/ward-counts", "major")):
        declared, fields = catalogue.measures[dataset], SCHEMAS.get(dataset).names
        assert name in {one.name for one in within(declared, fields, EXACT).families}
        closed = within(declared, fields, NHS_HES)
        assert name not in {one.name for one in closed.families} | {table.family for table in closed.tables}

"""What a reader gets, rule by rule. Reads as the manual: each test states a small table and what becomes of it.

Profiles: `nhs_hes` is the rule of NHS Digital for sub-national counts since September 2018; `open` is for data already public.
"""

from __future__ import annotations

import numpy as np
import pytest

from hub.assessment.figures import change
from hub.disclosure import NHS_HES, OPEN, CellState, months_of, protect, quarter_of, year_of
from hub.geography import PlaceSpec
from hub.intake import TRANSITIONS, State
from hub.schemas import SchemaRegistry

SIGN = {CellState.STAR: "*", CellState.WITHHELD: "w"}


def shown(counts: list[int], *, sensitive: bool = False, profile: object = NHS_HES) -> list[str]:
    array = np.array(counts, dtype=np.int64)
    states, values = protect(array, profile, np.full(len(counts), sensitive))  # type: ignore[arg-type]
    return [SIGN.get(CellState(state), str(value)) for state, value in zip(states, values, strict=True)]


def test_nothing_stays_nothing_small_numbers_are_hidden_and_others_are_rounded_to_five() -> None:
    """
    count    0   1   7   8   12   13   1002
    shown    0   *   *   10  10   15   1000
    """
    assert shown([0, 1, 7, 8, 12, 13, 1002]) == ["0", "*", "*", "10", "10", "15", "1000"]


def test_where_area_or_kind_is_sensitive_nothing_is_hidden_as_well() -> None:
    """
    count    0   1   8
    shown    *   *   10
    """
    assert shown([0, 1, 8], sensitive=True) == ["*", "*", "10"]


def test_data_that_is_public_already_is_shown_as_it_is() -> None:
    assert shown([0, 1, 7, 8, 13], profile=OPEN) == ["0", "1", "7", "8", "13"]


def test_months_make_quarters_and_quarters_make_calendar_years() -> None:
    assert quarter_of("2026-10") == "2026-Q4"
    assert year_of("2026-Q4") == "2026"
    assert months_of("2026-Q1") == ("2026-01", "2026-02", "2026-03")


@pytest.mark.parametrize(
    ("newest", "before", "said"),
    [
        (110, 100, "+10 %"),
        (90, 100, "-10 %"),
        (100, 100, "+0 %"),
        (19, 100, "not shown"),
        (100, 19, "not shown"),
        (None, 100, "not shown"),
    ],
)
def test_a_change_is_shown_only_on_a_base_of_twenty(newest: int | None, before: int | None, said: str) -> None:
    assert change(newest, before) == said


def test_crime_id_is_a_case_reference_and_no_key_so_rows_are_counted() -> None:
    schema = SchemaRegistry.from_folder().get("police/street-crime")
    assert schema.key == ()
    assert schema.case_references == ("Crime ID",)


def test_the_api_layout_has_a_key_so_distinct_ids_are_counted() -> None:
    schema = SchemaRegistry.from_folder().get("police/street-crime-api")
    assert schema.key == ("id",)
    assert schema.place == PlaceSpec(kind="point", fields=("longitude", "latitude"))


def test_a_hospital_extract_has_three_header_and_six_assault_elements_and_nothing_that_identifies() -> None:
    schema = SchemaRegistry.from_folder().get("health/istv-assaults")
    assert len(schema.names) == 9
    assert {field.sensitivity for field in schema.fields}.isdisjoint({"D"})
    assert {refused.name for refused in schema.refused} >= {"nhs_number"}


def test_each_schema_counts_on_one_basis_and_bases_differ() -> None:
    bases = {schema.id: schema.counting_basis for schema in SchemaRegistry.from_folder().all()}
    assert bases == {
        "ambulance/violence-callouts": "call-outs",
        "council/antisocial-behaviour": "reports",
        "council/children-in-need": "children",
        "council/consultation-responses": "responses",
        "council/perception-survey": "respondents",
        "council/road-collisions": "collisions",
        "council/suspensions-exclusions": "suspensions",
        "fire/incidents": "incidents",
        "fire/special-services": "incidents",
        "police/lsoa-counts": "crimes",
        "police/ward-counts": "crimes",
        "health/admissions": "admissions",
        "health/istv-assaults": "attendances",
        "police/outcomes": "outcomes",
        "police/recorded-crime": "crimes",
        "police/stop-and-search": "searches",
        "police/street-crime": "crimes",
        "police/street-crime-api": "crimes",
        "housing/antisocial-behaviour": "cases",
        "probation/caseload": "people",
        "transport/incidents": "incidents",
        "youth-justice/caseload": "outcomes",
    }


def test_a_refused_submission_goes_nowhere_from_there() -> None:
    assert TRANSITIONS[State.REFUSED] == frozenset()

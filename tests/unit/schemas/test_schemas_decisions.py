"""Decision 0040: no prediction about a person gets in, and what needs a named role is shown with no row."""

from __future__ import annotations

import pytest

from hub.schemas.model import plain_name
from hub.views.declared import read_catalogue
from tests.support.schemas import registry, schema_of

PREDICTIONS = (
    "ogrs3_1yr", "ogrs3_2yr", "ogrs_band", "ogrs4g", "ogrs4v", "ogp", "ogp2", "ovp_1yr", "ovp_2yr", "ovp2", "rsr", "snsv", "osp_dc",
    "osp_iic",
)  # fmt: skip
RATINGS = ("assetplus_reoffending", "assetplus_rosh", "safety_wellbeing")
NAMED_ROLE = {
    "probation/caseload": {
        "rosh_community", "rosh_to", "mappa_level", "mappa_category", "gang_flag", "criminogenic_needs", "licence_conditions",
    },
    "youth-justice/caseload": {"nrm_referred"},
    "housing/antisocial-behaviour": {"vulnerability_flag"},
    "council/children-in-need": {"Disability", "AssessmentFactor", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse"},
}  # fmt: skip
ABOUT_PEOPLE = (
    "probation/caseload",
    "youth-justice/caseload",
    "council/suspensions-exclusions",
    "council/children-in-need",
)


def refused(dataset: str) -> set[str]:
    return {name for field in schema_of(dataset).refused for name in field.names}


def test_no_prediction_about_a_person_under_probation_gets_in() -> None:
    assert {plain_name(name) for name in PREDICTIONS} <= refused("probation/caseload")


def test_no_rating_of_a_child_gets_in() -> None:
    assert {plain_name(name) for name in RATINGS} <= refused("youth-justice/caseload")


@pytest.mark.parametrize("dataset", NAMED_ROLE)
def test_what_needs_a_named_role_is_shown_with_no_row(dataset: str) -> None:
    schema = schema_of(dataset)
    assert all(not schema.field(name).shown for name in NAMED_ROLE[dataset])


@pytest.mark.parametrize("dataset", ABOUT_PEOPLE)
def test_who_a_row_is_about_is_a_case_reference_and_neither_name_number_nor_birthday(dataset: str) -> None:
    schema = schema_of(dataset)
    assert schema.case_references == (schema.names[0],)
    assert schema.data_class == "pseudonymised_record"
    assert {"dateofbirth", "dob", "forename", "surname", "nhsnumber", "pncid"} <= refused(dataset)
    if dataset != "probation/caseload":
        assert {"upn", "personbirthdate"} <= refused(dataset)


def test_a_stock_is_declared_in_month_tables_alone() -> None:
    tables = read_catalogue(registry()).measures["probation/caseload"].tables
    assert {table.period_level for table in tables} == {"month"}

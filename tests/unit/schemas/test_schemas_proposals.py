"""Proposals for columns and codes: mostly right, never for a refused name, never minutes for hours, always with a reason."""

from __future__ import annotations

import time

import pytest

from hub.schemas import ColumnSeen, code_proposals, column_proposals
from tests.support.mangling import WAYS, measured, measured_by_hand
from tests.support.schemas import rows_of, schema_of

CRIME, FIRE, CASELOAD, ISTV = "police/street-crime", "fire/incidents", "probation/caseload", "health/istv-assaults"

SOON = ("abbreviations",)
"""The way that every run looks at; the long run looks at all."""


def seen(*names: str) -> list[ColumnSeen]:
    return [ColumnSeen(name=name) for name in names]


@pytest.mark.parametrize("way", [way if way in SOON else pytest.param(way, marks=pytest.mark.slow) for way in WAYS])
def test_columns_named_as_agencies_name_them_are_nearly_all_proposed_rightly(way: str) -> None:
    result = measured(way, values=True)
    assert result.columns > 100
    assert result.precision >= 0.995
    assert result.recall >= 0.98


@pytest.mark.parametrize("values", [False, True])
def test_names_of_an_analysts_own_exports_are_mostly_proposed_and_hardly_ever_wrongly(values: bool) -> None:
    result = measured_by_hand(values=values)
    assert result.columns > 90
    assert result.precision >= 0.97
    assert result.recall >= (0.85 if values else 0.78)


@pytest.mark.slow
@pytest.mark.parametrize("values", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_columns_of_another_dataset_among_them_are_hardly_ever_proposed(way: str, values: bool) -> None:
    result = measured(way, values=values, strangers=5)
    assert result.precision >= 0.93
    assert result.recall >= 0.98


def test_each_proposal_says_why_in_words() -> None:
    schema = schema_of(CRIME)
    rows = rows_of(CRIME, 5)
    given = [ColumnSeen(name="CRIME_MTH", values=tuple({row["Month"] for row in rows}))]
    (only,) = column_proposals(schema, given).columns
    assert (only.column, only.field) == ("CRIME_MTH", "Month")
    assert all(reason.endswith(".") for reason in only.reasons)
    assert any("dates" in reason for reason in only.reasons)


def test_hours_are_never_proposed_for_minutes_and_the_reason_is_told() -> None:
    given = [
        ColumnSeen(name=name) for name in schema_of(FIRE).column_names if not name.startswith(("PumpMin", "PumpHou"))
    ]
    (only,) = column_proposals(schema_of(FIRE), [*given, *seen("Pump Hrs (rounded)")]).columns
    assert only.field == "PumpHoursRoundUp"
    rest = [*given, *seen("PumpHoursRoundUp", "Pump hours rounded")]
    proposals = column_proposals(schema_of(FIRE), rest)
    assert proposals.columns == ()
    (apart,) = proposals.apart
    assert (apart.column, apart.field) == ("Pump hours rounded", "PumpMinutesRounded")
    assert "hours" in apart.reason
    assert "minutes" in apart.reason


@pytest.mark.parametrize("other", ["home_lsoa11", "LSOA 2011 of residence"])
def test_another_vintage_of_areas_is_not_proposed(other: str) -> None:
    names = [name for name in schema_of(CASELOAD).column_names if name != "home_lsoa21"]
    assert column_proposals(schema_of(CASELOAD), seen(*names, other)).field_for(other) == ""


@pytest.mark.parametrize("name", ["NHS Number", "nhs_no", "Surname", "date of birth"])
def test_a_column_that_may_never_be_sent_is_proposed_for_nothing(name: str) -> None:
    values = tuple(row["assault_location_description"] for row in rows_of(ISTV, 5))
    given = [ColumnSeen(name=name, values=values)]
    assert column_proposals(schema_of(ISTV), given).columns == ()


def test_nothing_is_proposed_where_two_are_as_likely() -> None:
    assert column_proposals(schema_of(ISTV), seen("datetime")).columns == ()
    assert column_proposals(schema_of(CRIME), seen("Crime month", "Month of crime")).columns == ()


def test_an_unknown_name_is_proposed_by_what_stands_in_the_column_alone() -> None:
    rows = rows_of(CRIME, 20)
    for row, kind in zip(rows, ("Burglary", "Robbery", "Drugs", "Public order") * 5, strict=True):
        row["Crime type"] = kind
    given = [
        ColumnSeen(name="F11" if name == "Crime type" else name, values=tuple(dict.fromkeys(row[name] for row in rows)))
        for name in schema_of(CRIME).column_names
    ]
    (only,) = column_proposals(schema_of(CRIME), given).columns
    assert (only.column, only.field) == ("F11", "Crime type")
    assert only.reasons == ("The values are codes of its list.",)


def test_numbers_behind_one_word_are_no_names() -> None:
    assert column_proposals(schema_of(FIRE), seen(*(f"qqq {number}" for number in range(4)))).columns == ()


@pytest.mark.slow
def test_five_hundred_columns_of_long_names_are_looked_at_in_little_time() -> None:
    started = time.process_time()
    given = seen(*(f"{'qqq www ' * 30}{number}" for number in range(500)))
    assert column_proposals(schema_of(FIRE), given).columns == ()
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("dataset", "field", "text", "code"),
    [
        ("police/recorded-crime", "knife_flag", "yes", "Y"),
        ("police/recorded-crime", "knife_flag", "TRUE", "Y"),
        ("police/recorded-crime", "knife_flag", "0", "N"),
        ("police/recorded-crime", "knife_flag", "NK", "U"),
        ("police/recorded-crime", "knife_flag", "maybe", ""),
        (CASELOAD, "sex", "female", "F"),
        (CASELOAD, "sex", "Man", "M"),
        (CASELOAD, "sex", "other", ""),
        (CASELOAD, "ethnicity", "White British", "W1"),
        (CASELOAD, "ethnicity", "Mixed White & Asian", "M3"),
        (CASELOAD, "ethnicity", "Mixed", ""),
        ("council/consultation-responses", "age_band", "18 to 24", "18-24"),
        ("council/consultation-responses", "age_band", "25 - 34 years", "25-34"),
        ("council/consultation-responses", "age_band", "65 plus", "65+"),
        ("council/consultation-responses", "age_band", "0-17", ""),
        (CRIME, "Crime type", "Violence & sexual offences", "Violence and sexual offences"),
        (CRIME, "Crime type", "Robery", "Robbery"),
        (CRIME, "Crime type", "Other", ""),
        (FIRE, "IncidentGroup", "special services", "Special Service"),
        (ISTV, "assault_method", "knife", "A05"),
        (ISTV, "assault_method", "not a knife", ""),
    ],
)
def test_texts_are_proposed_as_the_code_they_clearly_mean(dataset: str, field: str, text: str, code: str) -> None:
    made = code_proposals(schema_of(dataset).field(field), [text])
    assert [one.code for one in made] == ([code] if code else [])
    assert all(one.reason.endswith(".") for one in made)


def test_a_code_of_the_list_is_proposed_as_nothing_else() -> None:
    for dataset in (CRIME, CASELOAD, FIRE):
        for field in schema_of(dataset).columns:
            codes = [code.code for code in field.codes.codes] if field.codes else []
            assert code_proposals(field, codes) == ()


def test_a_text_is_proposed_as_a_code_of_the_month() -> None:
    sex = schema_of("council/children-in-need").field("Sex")
    assert [one.code for one in code_proposals(sex, ["Male"], period="2024-05")] == ["M"]

"""One question, one spelling: what `by` and `where` may say, and what is said to those who ask for something else."""

from __future__ import annotations

import pytest

from hub.kit.errors import Bug, Invalid, NotFound
from hub.schemas import SchemaRegistry
from hub.views import ask, by_of, read_catalogue
from hub.views.asked import period_matches
from hub.views.showing import spec_for
from tests.support.views import the_catalogue

VIEW = the_catalogue().view("violence-by-place")


def test_order_spelling_and_form_of_a_question_make_no_difference() -> None:
    spelt = [
        ask(VIEW, by="ward,quarter,kind", where="area=E05013994|E05013995;period=2016-Q2..2016-Q4;kind=drugs"),
        ask(
            VIEW,
            by=["kind", "quarter", "ward"],
            where={"kind": "drugs", "area": ["E05013995", "E05013994"], "period": "2016-Q2..2016-Q4"},
        ),
        ask(
            VIEW,
            by="kind ward  quarter",
            where=" kind = drugs ; period=2016-Q2..2016-Q4;area=E05013995|E05013994|E05013995",
        ),
    ]
    assert len({repr(query.as_json()) for query in spelt}) == 1
    assert spelt[0].as_json() == {
        "view": "violence-by-place",
        "table": "ward-quarter-kind",
        "where": {"area": ["E05013994", "E05013995"], "period": ["2016-Q2..2016-Q4"], "kind": ["drugs"]},
    }


def test_without_by_the_first_table_answers_and_without_an_area_the_borough() -> None:
    assert ask(VIEW).table == VIEW.tables[0]
    assert ask(VIEW, by="quarter").table.name == "borough-quarter"
    assert ask(VIEW, by="lsoa,year").table.name == "lsoa21-year"
    assert all(ask(VIEW, by=by_of(table)).table == table for table in VIEW.tables)


@pytest.mark.parametrize("by", ["lsoa21,month", "ward", "ward,borough,year", "month,year", "year,year", "street,year"])
def test_a_table_that_is_not_offered_is_refused_with_the_ones_that_are(by: str) -> None:
    with pytest.raises(Invalid, match="has no table by") as caught:
        ask(VIEW, by=by)
    assert caught.value.code == "no-such-table"
    assert "ward,quarter,kind" in caught.value.remedy


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("street=1", "bad-filter"),
        ("area", "bad-filter"),
        ("area=a;area=b", "bad-filter"),
        ("period=2016-13", "bad-period"),
        ("period=2016-Q1", "bad-period"),
        ("period=2016-01..2016-02..2016-03", "bad-period"),
        ("period=..2016-03", "bad-period"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(where: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        ask(VIEW, by="borough,month", where=where)
    assert caught.value.code == code
    assert caught.value.remedy


def test_a_period_range_holds_both_its_ends() -> None:
    months = ["2015-12", "2016-01", "2016-02", "2016-03"]
    assert [month for month in months if period_matches(month, ["2016-01..2016-02"])] == ["2016-01", "2016-02"]
    assert [month for month in months if period_matches(month, ["2015-12", "2016-03"])] == ["2015-12", "2016-03"]
    assert all(period_matches(month, []) for month in months)


def test_the_shipped_catalogue_fits_the_shipped_schemas() -> None:
    catalogue = read_catalogue(SchemaRegistry.from_folder())
    assert set(catalogue.views) >= {"violence-by-place", "police-and-health", "when", "kinds", "drivers", "youth"}
    assert set(catalogue.measures) == {schema.id for schema in SchemaRegistry.from_folder().all()}
    for measure in catalogue.measures.values():
        assert measure.sensitive == {"area", "kind"}
        assert all(table.period_level == "year" for table in measure.tables if table.area_level == "lsoa21")
    assert all(table.period_level == "month" for table in catalogue.measures["probation/caseload"].tables)
    names = {table.name for table in catalogue.measures["police/street-crime"].tables}
    assert {"borough-month-kind", "ward-quarter-kind", "ward-quarter", "ward-year-kind", "lsoa21-year"} <= names
    health = {table.name for table in catalogue.measures["health/istv-assaults"].tables}
    assert {"borough-quarter-kind", "ward-year"} <= health
    with pytest.raises(NotFound):
        catalogue.view("no-such-view")


def test_every_table_that_is_counted_stands_in_some_view() -> None:
    """A table that nobody is shown still costs cells of the others their numbers."""
    catalogue = read_catalogue(SchemaRegistry.from_folder())
    shown = {
        (column.dataset, spec_for(column, table))
        for view in catalogue.views.values()
        for column in view.columns
        for table in view.tables
        if not (column.kind and table.family)
    }
    counted = {(measure.dataset, table) for measure in catalogue.measures.values() for table in measure.tables}
    assert {(dataset, table.name) for dataset, table in counted - shown} == set()


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("measures.yaml", "counting_basis: searches", "counting_basis: crimes"),
        ("measures.yaml", "agency_kind: nhs_trust", "agency_kind: prison"),
        ("measures.yaml", "dataset: police/street-crime-api", "dataset: police/street-crime"),
        ("police-and-health.yaml", "kind: violent-crime", "kind: violence"),
        ("measures.yaml", "      - ward-month\n  - dataset: youth", "      - ward-year\n  - dataset: youth"),
        ("measures.yaml", "field: sentence_type", "field: pdu"),
        ("police-and-health.yaml", "right: health", "right: fire"),
        ("police-and-health.yaml", "id: police-and-health", "id: health-and-police"),
    ],
)
def test_a_catalogue_that_does_not_fit_its_schemas_stops_the_hub(
    tmp_path_factory: pytest.TempPathFactory, file: str, before: str, after: str
) -> None:
    from hub.views.declared import _FOLDER

    folder = tmp_path_factory.mktemp("catalogue")
    for path in _FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        changed = text.replace(before, after, 1) if path.name == file else text
        assert (changed != text) == (path.name == file)
        (folder / path.name).write_text(changed, encoding="utf-8")
    with pytest.raises(Bug):
        read_catalogue(SchemaRegistry.from_folder(), folder)

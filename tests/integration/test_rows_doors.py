"""Granted rows through every door: page, API, downloads and command give the same cells; what is explained is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from hub.cli.kept import TOKEN_FILE
from hub.cli.remote import rows
from hub.kit.authority import Action
from hub.synthetic import FOUR_PERSONAS
from tests.support.pages import tables_of, words_of
from tests.support.partnerships import PURPOSE, RAVENSBOURNE_QUARTER, House, a_house, made
from tests.support.rows import MOVED, SEARCHES, SHARED, STREET, agree_in, an_agreement

POLICE, COUNCIL, HOSPITAL = (f"ravensbourne-{name}-analyst" for name in ("police", "council", "hospital"))
WHY = "to see what the patrols should look at"
LOOKERS = [one.id for one in FOUR_PERSONAS if one.roles & {"analyst", "strategic_lead", "auditor"}]
DATASETS = (STREET, SEARCHES, "health/istv-assaults", "ambulance/violence-callouts")
DRAWN = Random(20261123).sample(list(product(LOOKERS, DATASETS, (PURPOSE, "csp.plan"))), 14)


def given(name: str, dataset: str, fields: dict[str, str], **changes: Any) -> str:
    return an_agreement(
        name,
        dataset,
        fields,
        recipients=("ravensbourne-council",),
        supplier="ravensbourne-police",
        processor="ravensbourne-hosting",
        **changes,
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(RAVENSBOURNE_QUARTER, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("rows")) as served:
        agree_in(served.hub, given("ravensbourne-street-rows", STREET, SHARED))
        agree_in(served.hub, given("ravensbourne-search-rows", SEARCHES, MOVED))
        yield served


def by_page(house: House, who: str, dataset: str, **more: str) -> httpx2.Response:
    said = {"purpose": PURPOSE, "justification": WHY} | more
    return house.visitor(who).post(f"/rows/{dataset}", **said)


def cells_of_page(answer: httpx2.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return tables_of(answer.text)["rows"]


def cells_of_csv(text: str) -> list[list[str]]:
    """The cells of a file, the guard against formulas taken off."""
    return [[cell.removeprefix("'") for cell in row] for row in csv.reader(io.StringIO(text))]


@pytest.mark.parametrize("dataset", [STREET, SEARCHES])
def test_page_api_downloads_and_command_show_the_same_cells(
    house: House, dataset: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P4, for rows."""
    answer = house.api(COUNCIL).ok(f"/datasets/{dataset}/rows", purpose=PURPOSE, justification=WHY, month="2026-01")
    names = [one["name"] for one in answer["fields"]]
    first = [[cell or "" for cell in row.values()] for row in answer["rows"]]
    assert 0 < len(first) <= answer["total"]
    assert cells_of_page(by_page(house, COUNCIL, dataset, month="2026-01")) == [names, *first]
    whole = house.api(COUNCIL).get(f"/datasets/{dataset}/rows", purpose=PURPOSE, format="csv", month="2026-01")
    assert whole.headers["content-disposition"].endswith('ravensbourne-police-2026-01.csv"')
    assert len(cells_of_csv(whole.text)) == answer["total"] + 1
    assert cells_of_csv(whole.text)[: len(first) + 1] == [names, *first]
    form = {"purpose": PURPOSE, "justification": WHY, "month": "2026-01"}
    download = house.visitor(COUNCIL).post(f"/rows/{dataset}/rows.csv", **form)
    assert download.text == whole.text
    monkeypatch.setenv("HOME", str(tmp_path))
    kept = TOKEN_FILE.expanduser()
    kept.parent.mkdir(parents=True)
    kept.write_text(f'{{"hub": "{house.base_url}", "token": "{house.api(COUNCIL).token}"}}', encoding="utf-8")
    ended = CliRunner().invoke(rows, [dataset, "--purpose", PURPOSE, "--justification", WHY, "--month", "2026-01"])
    assert ended.exit_code == 0, ended.output
    assert cells_of_csv(ended.stdout) == cells_of_csv(whole.text)


def test_the_next_page_goes_on_where_the_first_ended(house: House) -> None:
    api = house.api(COUNCIL)
    first = api.ok(f"/datasets/{STREET}/rows", purpose=PURPOSE, limit="5")
    second = api.get(f"/datasets/{STREET}/rows", purpose=PURPOSE, limit="5", cursor=first["cursor"])
    assert second.headers["link"].endswith('rel="next"')
    both = api.ok(f"/datasets/{STREET}/rows", purpose=PURPOSE, limit="10")
    assert first["rows"] + second.json()["rows"] == both["rows"]
    part = api.get(f"/datasets/{STREET}/rows", purpose=PURPOSE, limit="5", format="csv")
    assert len(cells_of_csv(part.text)) == 6
    page = by_page(house, COUNCIL, STREET)
    assert 'name="cursor"' in page.text
    on = page.text.split('name="cursor" value="')[1].split('"')[0]
    further = by_page(house, COUNCIL, STREET, cursor=on)
    assert "101 to 200" in words_of(further.text)
    assert api.get(f"/datasets/{STREET}/rows", purpose=PURPOSE, format="xml").status_code == 422
    assert api.get(f"/datasets/{STREET}/rows", purpose=PURPOSE, cursor="nonsense").status_code == 422


def test_a_page_of_rows_asks_why_first(house: House) -> None:
    visitor = house.visitor(COUNCIL)
    listing = visitor.get("/rows")
    head, *open_to = tables_of(listing.text)["openings"]
    assert head[0] == "Dataset"
    assert {row[2] for row in open_to} == {"ravensbourne-street-rows@1", "ravensbourne-search-rows@1"}
    asking = visitor.get(f"/rows/{STREET}?purpose={PURPOSE}")
    assert "Why do you need these rows?" in words_of(asking.text)
    assert "rows" not in tables_of(asking.text)
    shown = {row[0]: row[2] for row in tables_of(asking.text)["forms"][1:]}
    assert shown["Crime ID"] == "a pseudonym that this agreement alone uses"
    assert shown["LSOA code"] == "the ward"
    for path in (f"/rows/{STREET}", f"/rows/{STREET}/rows.csv"):
        refused = visitor.post(path, purpose=PURPOSE, justification=" ")
        assert refused.status_code == 422
        assert "Say why you need these rows" in words_of(refused.text)
    assert visitor.get("/rows/police/gossip").status_code == 404
    assert house.visitor(HOSPITAL).get(f"/rows/{STREET}").status_code == 404
    nothing = house.visitor("ravensbourne-council-strategy").get("/rows")
    assert "No rows are open to you" in words_of(nothing.text)


def test_each_look_is_a_disclosure_with_its_reason(house: House) -> None:
    by_page(house, COUNCIL, SEARCHES)
    (logged,) = house.rows(
        "SELECT verb, purpose, justification, recipients FROM audit_entries WHERE action = 'dataset:read-rows'"
        " AND outcome = 'done' ORDER BY audit_entries.\"index\" DESC LIMIT 1"
    )
    assert logged == ("disclosure", PURPOSE, WHY, "ravensbourne-council")


@pytest.mark.parametrize(("who", "dataset", "purpose"), DRAWN)
def test_what_is_explained_of_rows_is_what_every_door_shows(house: House, who: str, dataset: str, purpose: str) -> None:
    answer = house.api(who).get("/explain", dataset=dataset, purpose=purpose)
    shown = house.api(who).get(f"/datasets/{dataset}/rows", purpose=purpose)
    if answer.status_code != 200 or not answer.json()["rows"]:
        assert shown.status_code in {403, 404}
        assert house.visitor(who).get(f"/rows/{dataset}?purpose={purpose}").status_code in {403, 404}
        return
    said = answer.json()
    for opening in said["rows"]:
        which = {"supplier": opening["supplier"], "agreement": opening["agreement"], "purpose": purpose}
        given_out = house.api(who).ok(f"/datasets/{dataset}/rows", **which)
        assert {one["name"]: one["form"] for one in given_out["fields"]} == opening["fields"]
        page = by_page(house, who, dataset, **which)
        assert cells_of_page(page)[0] == list(opening["fields"])
    order = ["read_clear", "read_pseudonymised", "read_generalised", "count", "none"]
    for field in said["fields"]:
        forms = [opening["fields"].get(field["field"], "none") for opening in said["rows"]]
        best = min(forms, key=order.index)
        assert best == (field["form"] if field["form"] in order[:3] else "none")


def test_a_suspended_agreement_takes_the_rows_away_at_the_next_request(house: House) -> None:
    """P3: page, API, download."""
    only = {"Crime type": "read_clear", "Month": "read_clear", "LSOA code": "read_generalised"}
    agree_in(house.hub, given("ravensbourne-short-rows", STREET, only, purposes=["svd.review"]))
    review = {"purpose": "svd.review"}
    assert house.api(COUNCIL).get(f"/datasets/{STREET}/rows", **review).status_code == 200
    permit = house.permit("ravensbourne-police-governance", Action.AGREEMENT_SUSPEND, "ravensbourne-short-rows@1")
    with house.hub.database.unit_of_work() as uow:
        house.hub.agreements.suspend(uow, permit, "ravensbourne-short-rows@1", reason="test")
    refused = house.api(COUNCIL).get(f"/datasets/{STREET}/rows", **review)
    assert refused.status_code == 403
    assert "agreement.suspended" in refused.json()["reasons"]
    form = {"purpose": "svd.review", "justification": WHY}
    assert house.visitor(COUNCIL).post(f"/rows/{STREET}", **form).status_code == 403
    assert house.visitor(COUNCIL).post(f"/rows/{STREET}/rows.csv", **form).status_code == 403

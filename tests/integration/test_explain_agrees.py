"""`hub explain` says what the page and the API say, and what it says is what happens: for drawn readers, datasets and purposes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli.explain import explain
from hub.kit.authority import Form
from hub.kit.errors import NotFound, NotPermitted
from hub.kit.words import say
from hub.synthetic import FOUR_PERSONAS
from tests.support.pages import tables_of, words_of
from tests.support.partnerships import RAVENSBOURNE_2025, House, a_house, made

DATASETS = ("police/street-crime", "police/stop-and-search", "health/istv-assaults", "ambulance/violence-callouts")
PURPOSES = ("svd.identify_kinds", "svd.strategy_prepare", "csp.plan", "lpb.monitor")
WITH_TOKEN = [one.id for one in FOUR_PERSONAS if one.roles & {"analyst", "strategic_lead", "auditor"}]
DRAWN = Random(20261102).sample(list(product(WITH_TOKEN, DATASETS, PURPOSES)), 16)
VIEW = "/views/violence-by-place"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(RAVENSBOURNE_2025, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("explain")) as served:
        yield served


def by_command(house: House, who: str, dataset: str, purpose: str) -> dict[str, Any] | None:
    """What `hub explain --json` prints; None when it refuses."""
    options = ["--as", who, "--dataset", dataset, "--purpose", purpose, "--json"]
    env = {"HUB_DATABASE_URL": house.hub.settings.database_url}
    ended = CliRunner(env=env).invoke(explain, [*options, "--state", str(house.hub.settings.state)])
    if isinstance(ended.exception, NotFound | NotPermitted):
        return None
    assert ended.exit_code == 0, ended.output
    return dict(json.loads(ended.stdout))


def timeless(said: dict[str, Any]) -> dict[str, Any]:
    """Without the moment of asking: the command has a clock of its own."""
    return {name: value for name, value in said.items() if name != "at"}


@pytest.mark.parametrize(("who", "dataset", "purpose"), DRAWN)
def test_command_api_and_page_explain_alike_and_the_view_does_so(
    house: House, who: str, dataset: str, purpose: str
) -> None:
    said = by_command(house, who, dataset, purpose)
    answer = house.api(who).get("/explain", dataset=dataset, purpose=purpose)
    page = house.visitor(who).get(f"/explain?dataset={dataset}&purpose={purpose}")
    if said is None:
        assert answer.status_code == page.status_code
        assert answer.status_code in {403, 404}
        return
    assert timeless(answer.json()) == timeless(said)
    assert page.status_code == 200
    head, *rows = tables_of(page.text)["fields"]
    words = words_of(page.text)
    for row, one in zip(rows, said["fields"], strict=True):
        shown = dict(zip(head, row, strict=True))
        assert shown["Field"] == one["field"]
        assert shown["What you see"] == say(f"web.explain.form.{one['form']}")
        assert shown["Permitted by"] == ", ".join(one["policies"])
        assert shown["Agreement"] == ", ".join(one["clauses"])
        for reason in one["reasons"]:
            assert (
                f"{reason['sentence']} {reason['section'] and '(' + reason['section'] + ') '}[{reason['code']}]"
                in words
            )
    assert said["policy_hash"] in words
    assert house.hub.policy.hash == said["policy_hash"]
    table = house.api(who).get(f"{VIEW}/table", by="borough,quarter", purpose=purpose)
    columns = {column["dataset"] for column in table.json()["columns"]} if table.status_code == 200 else set()
    assert (dataset in columns) == said["tables"]["permitted"]


@pytest.mark.parametrize("who", ["ravensbourne-police-analyst", "ravensbourne-council-analyst"])
def test_rows_are_granted_in_the_form_that_is_explained(house: House, who: str) -> None:
    """A field explained as clear is in a Grant for rows, and no other; who is explained to get counts gets no Grant."""
    said = house.api(who).ok("/explain", dataset="police/street-crime")
    clear = {one["field"] for one in said["fields"] if one["form"] == "read_clear"}

    def granted() -> set[str]:
        with house.hub.database.unit_of_work() as uow:
            grant = house.hub.policy.grant(
                uow,
                house.reader(who),
                ["police/street-crime"],
                purpose="svd.identify_kinds",
                justification="test",
                form=Form.READ_CLEAR,
            )
        fields = grant.datasets["police/street-crime"].fields
        return {name for name, form in fields.items() if form is Form.READ_CLEAR}

    if clear:
        assert granted() == clear
        assert "Crime ID" not in clear  # a case reference is shown to nobody
    else:
        assert {one["form"] for one in said["fields"]} <= {"count", "none"}
        with pytest.raises(NotPermitted):
            granted()


def test_a_field_that_stays_closed_names_the_rule_that_closes_it(house: House) -> None:
    said = house.api("ravensbourne-council-analyst").ok("/explain", dataset="health/istv-assaults")
    assert {one["form"] for one in said["fields"]} <= {"count", "none"}
    sentences = [reason for one in said["fields"] for reason in one["reasons"]]
    assert any("PCSC Act 2022 s.10(10)" in reason["section"] for reason in sentences)
    assert all("floor.health-rows" in one["floor"] for one in said["fields"] if one["form"] == "count")


def test_one_field_alone_is_explained_as_among_the_others(house: House) -> None:
    api = house.api("ravensbourne-council-analyst")
    whole = api.ok("/explain", dataset="police/street-crime")["fields"]
    (one,) = api.ok("/explain", dataset="police/street-crime", field="Crime type")["fields"]
    assert one in whole
    assert api.get("/explain", dataset="police/street-crime", field="Shoe size").status_code == 404

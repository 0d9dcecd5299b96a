"""What counts as serious violence, through pages and API of a real hub: read by all, chosen by the strategic lead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hubs import ANALYST, BARE, STRATEGIC, UPLOADER
from tests.support.partnerships import House, a_house, made


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[House]:
    with a_house(made(BARE, tmp_path_factory), tmp_path) as house:
        yield house


def test_a_strategic_lead_records_the_boards_choice_on_the_page(bare: House) -> None:
    with bare.visitor(STRATEGIC) as lead:
        assert "recorded no choice yet" in lead.get("/definitions").text
        page = lead.get("/definitions/thames-valley@1").text
        assert "PCSC Act 2022 s.13(6)(a)" in page
        unheard = lead.get("/definitions/london-minimum@1").text
        assert "Violence against property during one of these: no dataset of this hub tells it yet" in unheard
        empty = lead.post("/definitions/thames-valley@1/choose", minute=" ")
        assert empty.status_code == 422
        assert "Say where the decision is minuted" in empty.text
        done = lead.post("/definitions/thames-valley@1/choose", minute="Board <b>2 March</b>, item 3")
        assert done.status_code == 303
        listing = lead.get(done.headers["location"]).text
        assert "The choice has been recorded" in listing
        assert "Board &lt;b&gt;2 March&lt;/b&gt;, item 3" in listing
        assert 'name="minute"' not in lead.get("/definitions/thames-valley@1").text
        assert 'name="minute"' in lead.get("/definitions/london-minimum@1").text
        assert lead.get("/definitions/nowhere@1").status_code == 404


def test_others_read_and_do_not_choose(bare: House) -> None:
    with bare.visitor(UPLOADER) as person:
        assert person.get("/definitions").status_code == 200
        assert 'name="minute"' not in person.get("/definitions/ravensbourne@1").text
        assert person.post("/definitions/ravensbourne@1/choose", minute="x").status_code == 403
    assert bare.api(ANALYST).post("/definitions/ravensbourne@1/choice", minute="x").status_code == 403


def test_the_api_lists_shows_and_records_the_same(bare: House) -> None:
    api = bare.api(STRATEGIC)
    before = api.ok("/definitions")
    assert (before["in_force"], before["chosen"], before["choices"]) == ("london-minimum@1", False, [])
    shown = api.ok("/definitions/ravensbourne@1")
    assert shown["datasets"]["police/street-crime"]["kinds"]["robbery"] == ["Robbery"]
    assert shown["sha256"] in {one["sha256"] for one in before["definitions"]}
    recorded = api.post("/definitions/ravensbourne@1/choice", minute="Board, item 4")
    assert recorded.status_code == 201, recorded.text
    again = api.post("/definitions/ravensbourne@1/choice", minute="Board, item 4")
    assert (again.status_code, again.json()["code"]) == (409, "already-chosen")
    after = api.ok("/definitions")
    assert (after["in_force"], after["chosen"]) == ("ravensbourne@1", True)
    assert [one["minute"] for one in after["choices"]] == ["Board, item 4"]

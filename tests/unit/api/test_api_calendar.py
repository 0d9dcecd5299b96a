"""What is due, through the pages and the API of a served hub: the same lines, and nothing for those who may not see them."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.hubs import ANALYST, API, OPERATOR, SEARCH, STREET, UPLOADER, an_extract
from tests.support.pages import tables_of, words_of
from tests.support.partnerships import Api, House

DUE = "2026-10"


def test_an_agency_sees_its_own_extracts_and_the_quarters_of_the_law(served: House) -> None:
    answer = served.api(UPLOADER).ok("/calendar")
    assert (answer["agency"], answer["today"]) == ("met-police", "2026-11-02")
    due = {one["dataset"]: one for one in answer["extracts"] if one["period"] == DUE}
    assert due.keys() >= {API, STREET, SEARCH}
    assert (due[API]["state"], due[API]["due_on"], due[API]["days_late"]) == ("due", "2026-11-16", 0)
    assert {one["agency"] for one in answer["extracts"]} == {"met-police"}
    assert {one["item"] for one in answer["prescribed"]} == {1, 2}


def test_the_lead_sees_the_partnership_and_others_are_refused(served: House) -> None:
    answer = served.api(ANALYST).ok("/calendar/partnership")
    assert {one["agency"] for one in answer["extracts"]} >= {"met-police", "london-fire"}
    assert all(one["submission"] is None for one in answer["extracts"])
    for person in (UPLOADER, OPERATOR):
        refused = served.api(person).get("/calendar/partnership")
        assert (refused.status_code, refused.json()["code"]) == (403, "role.none")
    assert served.api(OPERATOR).ok("/calendar")["extracts"] == []


def test_without_a_token_there_is_no_calendar(served: House) -> None:
    with Api(served.base_url) as anybody:
        assert anybody.get("/calendar").status_code == 401


def test_page_api_and_first_page_say_the_same(served: House) -> None:
    extracts = served.api(UPLOADER).ok("/calendar")["extracts"]
    browser = served.visitor(UPLOADER)
    shown = tables_of(browser.get("/calendar?state=due").text)["calendar"][1:]
    assert len(shown) == sum(1 for one in extracts if one["state"] == "due") > 1
    home = words_of(browser.get("/").text)
    assert home.count("nothing accepted yet for October 2026. Due by 16 November 2026.") == len(shown)


def test_the_partnership_is_a_page_for_the_lead_alone(served: House) -> None:
    shown = tables_of(served.visitor(ANALYST).get("/calendar?of=partnership&state=all").text)["calendar"]
    assert shown[0][0] == "Agency"
    assert len(shown) == 1 + len(served.api(ANALYST).ok("/calendar/partnership")["extracts"])
    assert served.visitor(UPLOADER).get("/calendar?of=partnership").status_code == 403
    assert "partnership's calendar" not in served.visitor(UPLOADER).get("/calendar").text
    assert "partnership&#39;s calendar" in served.visitor(ANALYST).get("/calendar").text


def test_an_address_that_nobody_made_shows_what_it_can(served: House) -> None:
    for query in ("state=nonsense", "month=2026-13", "agency=other&of=own", "month=&state=", "of=everybody"):
        assert served.visitor(UPLOADER).get(f"/calendar?{query}").status_code == 200


def test_due_days_are_downloaded_for_ones_own_calendar(served: House) -> None:
    answer = served.visitor(UPLOADER).get("/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert 'filename="due-met-police.ics"' in answer.headers["content-disposition"]
    lines = answer.text.replace("\r\n ", "").split("\r\n")
    assert "DTSTART;VALUE=DATE:20261116" in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 3
    assert max(len(line.encode()) for line in answer.text.split("\r\n")) <= 75


def test_scores_come_from_reports_and_page_and_api_say_the_same(bare: House) -> None:
    for month, count in (("2024-01", 20), ("2024-02", 30)):
        bare.submit(UPLOADER, API, month, an_extract(month, count))
    whole = bare.api(UPLOADER).ok("/scorecard", months="60")
    (score,) = (one for one in whole["datasets"] if one["dataset"] == API)
    rows = {one["period"]: one["rows"] for one in score["periods"] if one["rows"]}
    assert rows == {"2024-01": 20, "2024-02": 30}
    assert score["filled"]["whole"] > 0
    assert (score["placed"]["part"], score["placed"]["whole"]) == (50, 50)
    gaps = [one["period"] for one in score["periods"] if one["state"] == "gap"]
    assert gaps[0] == "2024-03"
    assert whole["advice"][0]["code"] == "gap"
    shown = tables_of(bare.visitor(UPLOADER).get("/scorecard?months=nonsense").text)
    assert any(name.startswith("score-") for name in shown)


def test_a_scorecard_of_others_is_how_whole_and_how_soon_for_the_lead_alone(served: House) -> None:
    answer = served.api(ANALYST).ok("/scorecard/partnership")
    assert {"agency", "dataset", "periods_asked", "periods_accepted", "periods_in_time"} <= answer["datasets"][0].keys()
    assert not {"repeated", "filled", "placed", "periods"} & answer["datasets"][0].keys()
    assert served.api(UPLOADER).get("/scorecard/partnership").status_code == 403
    assert served.api(UPLOADER).get("/scorecard", months="0").status_code == 422
    assert "partners" in tables_of(served.visitor(ANALYST).get("/scorecard").text)
    assert "partners" not in tables_of(served.visitor(UPLOADER).get("/scorecard").text)
    assert served.api(OPERATOR).ok("/scorecard")["datasets"] == []


def test_the_lead_downloads_letters_and_an_agency_names_its_mailbox(bare: House) -> None:
    with bare.at(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        kept = bare.visitor("met-police-governance").post("/calendar/mailbox", address="data@met.example")
        assert kept.headers["location"] == "/calendar/mailbox?done=kept"
        refused = bare.visitor("met-police-governance").post("/calendar/mailbox", address="<script>@x")
        assert refused.status_code == 422
        assert "<script>@x" not in refused.text
        assert bare.visitor(UPLOADER).post("/calendar/mailbox", address="me@met.example").status_code == 403
        assert "Reminders go to data@met.example." in words_of(bare.visitor(UPLOADER).get("/calendar/mailbox").text)
        shown = tables_of(bare.visitor(ANALYST).get("/calendar/reminders").text)["reminders"]
        (police,) = (row for row in shown if row[4] == "data@met.example")
        assert int(police[1]) > 1
        answer = bare.visitor(ANALYST).get("/calendar/reminders/met-police.eml")
        assert answer.headers["content-type"] == "message/rfc822"
        assert f"{police[1]} extracts are late." in answer.text
        assert bare.visitor(ANALYST).get("/calendar/reminders/nobody.eml").status_code == 404
        assert bare.visitor(UPLOADER).get("/calendar/reminders").status_code == 403
        assert bare.visitor(UPLOADER).get("/calendar/reminders/met-police.eml").status_code == 403

"""What differs from the file before, through page, API and command: with a key, without one, and between two real editions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner
from pyarrow import csv as arrow_csv

from hub.cli.diff import diff
from hub.cli.kept import TOKEN_FILE
from hub.intake import KEPT, Differences, State, Submission
from hub.intake.difference_codes import TOLERANCE
from hub.kit.authority import Action, Reader
from tests.support.hubs import API, BARE, UPLOADER, an_extract
from tests.support.intake import SENDERS, AnIntake, an_intake
from tests.support.pages import tables_of, words_of
from tests.support.partnerships import House, a_house, made
from tests.support.policy import a_clause, a_document, someone
from tests.support.schemas import csv_of, rows_of
from tests.support.shared import shared

MONTH = "2024-01"
GOVERNANCE_LEAD, STRANGER = "met-police-governance", "city-police-analyst"


# ---- with a key, through every door --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(made(BARE, tmp_path_factory), tmp_path_factory.mktemp("difference")) as served:
        yield served


def edited(content: bytes) -> bytes:
    """Two rows left out, one added, and the category of three others changed."""
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for row in rows[5:8]:
        row["category"] = "burglary"
    rows[7]["street_name"] = "On or near Elsewhere"
    fresh = dict(rows[0]) | {"id": "9999999", "persistent_id": "f" * 64}
    return csv_of([fresh, *rows[2:]])


@pytest.fixture(scope="module")
def sent(house: House) -> tuple[Submission, Submission]:
    first = house.submit(UPLOADER, API, MONTH, an_extract(MONTH))
    second = house.submit(UPLOADER, API, MONTH, edited(an_extract(MONTH)))
    assert {first.state, second.state} <= KEPT
    return first, second


SAID = "1 row added, 3 changed, 2 withdrawn since"


def test_page_api_and_command_say_the_same(
    house: House, sent: tuple[Submission, Submission], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sent
    said = house.api(UPLOADER).ok(f"/submissions/{second.id}/difference")
    assert said["summary"].startswith(SAID)
    assert said["against"]["id"] == first.id
    assert (said["by"], said["unchanged"]) == ("key", 15)
    assert said["added"] == {"count": 1, "in_other_months": 0, "first_rows": [2]}
    assert said["withdrawn"]["first_rows"] == [2, 3]
    assert said["changed"]["first_rows"] == [6, 7, 8]
    fields = {one["field"]: one["rows"] for one in said["fields"]}
    assert fields == {"category": 3, "street_name": 1}
    moves = {(one["before"], one["after"]): one["rows"] for one in said["fields"][0]["moves"]}
    assert sum(moves.values()) == 3
    assert {after for _, after in moves} == {"burglary"}
    cells = {(one["row"], one["row_before"], one["field"]): (one["before"], one["after"]) for one in said["examples"]}
    assert cells[8, 9, "street_name"][1] == "On or near Elsewhere"
    assert len(cells) == 4
    own = words_of(house.visitor(UPLOADER).get(f"/submissions/{second.id}").text)
    assert SAID in own
    page = house.visitor(UPLOADER).get(f"/submissions/{second.id}/difference").text
    assert SAID in words_of(page)
    tables = tables_of(page)
    assert [row[1] for row in tables["counts"][1:]] == ["1", "3", "2", "15"]
    assert dict(tables["fields"][1:]) == {"category": "3", "street_name": "1"}
    assert len(tables["examples"]) == 5
    monkeypatch.setenv("HOME", str(tmp_path))
    kept = TOKEN_FILE.expanduser()
    kept.parent.mkdir(parents=True)
    kept.write_text(f'{{"hub": "{house.base_url}", "token": "{house.api(UPLOADER).token}"}}', encoding="utf-8")
    ended = CliRunner().invoke(diff, [second.id, "--json"])
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout) == said
    spoken = CliRunner().invoke(diff, [second.id])
    assert spoken.stdout.splitlines()[0] == said["summary"]
    assert "changed\tcategory\t3 rows" in spoken.stdout


def test_the_first_file_of_a_month_has_nothing_before_it_and_can_be_held_against_another(
    house: House, sent: tuple[Submission, Submission]
) -> None:
    first, second = sent
    assert house.api(UPLOADER).ok(f"/submissions/{first.id}/difference")["against"] is None
    page = house.visitor(UPLOADER).get(f"/submissions/{first.id}/difference").text
    assert "This is the first accepted file for January 2024" in words_of(page)
    assert f'value="{second.id}"' in page
    back = house.api(UPLOADER).ok(f"/submissions/{first.id}/difference", against=second.id)
    assert (back["added"]["count"], back["changed"]["count"], back["withdrawn"]["count"]) == (2, 3, 1)
    chosen = house.visitor(UPLOADER).get(f"/submissions/{first.id}/difference?against={second.id}")
    assert "2 rows added, 3 changed, 1 withdrawn" in words_of(chosen.text)
    assert house.api(UPLOADER).get(f"/submissions/{first.id}/difference", against=first.id).status_code == 422
    assert house.api(UPLOADER).get(f"/submissions/{first.id}/difference", against="sub_none").status_code == 404


def test_who_may_not_see_values_sees_counts_and_each_look_is_a_consultation(
    house: House, sent: tuple[Submission, Submission]
) -> None:
    _, second = sent
    (before,) = house.rows('SELECT max("index") FROM audit_entries')
    page = house.visitor(GOVERNANCE_LEAD).get(f"/submissions/{second.id}/difference").text
    assert SAID in words_of(page)
    assert "examples" not in tables_of(page)
    looked = house.rows(
        "SELECT verb, person, subject FROM audit_entries WHERE action = 'submission:compare' AND \"index\" > ?", *before
    )
    assert looked == [("consultation", house.reader(GOVERNANCE_LEAD).person, f"submission/{second.id}")]
    assert house.api(STRANGER).get(f"/submissions/{second.id}/difference").status_code == 404


def test_no_value_of_a_row_stands_in_the_log(house: House, sent: tuple[Submission, Submission]) -> None:
    house.api(UPLOADER).ok(f"/submissions/{sent[1].id}/difference")
    entries = str(house.rows("SELECT * FROM audit_entries WHERE action = 'submission:compare'"))
    assert "burglary" not in entries
    assert "9999999" not in entries


def test_a_file_that_waits_for_its_agencys_word_says_both_before_the_button(house: House) -> None:
    """Held against the file that counts, before acceptance and after it."""
    counts = house.submit(UPLOADER, API, "2024-03", an_extract("2024-03"))
    answer = house.api(UPLOADER).send(API, "2024-03", an_extract("2024-03", count=19, category="drugs"), attest="false")
    assert answer.json()["state"] == "checked"
    identity = answer.json()["id"]
    said = house.api(UPLOADER).ok(f"/submissions/{identity}/difference")
    assert said["against"]["id"] == counts.id
    assert said["summary"].startswith("No row added, 1 changed, 1 withdrawn since")
    page = house.visitor(UPLOADER).get(f"/submissions/{identity}").text
    words = words_of(page)
    assert words.index("No row added, 1 changed, 1 withdrawn") < words.index("Who will see this")
    assert page.index('id="seen-by"') < page.index('name="attest"') < page.index("<button", page.index('name="attest"'))
    accepted = house.api(UPLOADER).http.post(f"/submissions/{identity}/accept", json={"attest": True})
    assert accepted.status_code == 200, accepted.text
    assert house.api(UPLOADER).ok(f"/submissions/{identity}/difference") == said


def test_files_too_large_are_refused_and_large_ones_are_compared_when_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.submit(UPLOADER, API, "2024-04", an_extract("2024-04"))
    again = house.submit(UPLOADER, API, "2024-04", an_extract("2024-04", count=18))
    monkeypatch.setattr("hub.intake.differing.AT_ONCE", 30)
    page = house.visitor(UPLOADER).get(f"/submissions/{again.id}").text
    assert "the files are large" in words_of(page)
    assert f"/submissions/{again.id}/difference" in page
    monkeypatch.setattr("hub.intake.differing.MOST_ROWS", 30)
    refused = house.api(UPLOADER).get(f"/submissions/{again.id}/difference")
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-to-compare")
    monkeypatch.setattr("hub.intake.differing.MOST_ROWS", 38)
    assert house.api(UPLOADER).ok(f"/submissions/{again.id}/difference")["withdrawn"]["count"] == 2
    assert "2 withdrawn" in words_of(house.visitor(UPLOADER).get(f"/submissions/{again.id}").text)


def test_a_withdrawn_file_is_compared_with_nothing(house: House) -> None:
    one = house.submit(UPLOADER, API, "2024-02", an_extract("2024-02"))
    permit = house.permit(UPLOADER, Action.SUBMISSION_WITHDRAW, API)
    with house.hub.database.unit_of_work() as uow:
        house.hub.intake.withdraw(uow, permit, one.id, reason="test")
    two = house.submit(UPLOADER, API, "2024-02", an_extract("2024-02", count=19))
    assert house.api(UPLOADER).ok(f"/submissions/{two.id}/difference")["against"] is None
    gone = house.api(UPLOADER).get(f"/submissions/{two.id}/difference", against=one.id)
    assert (gone.status_code, gone.json()["code"]) == (409, "rows-not-kept")


def test_while_others_are_compared_the_page_stands_and_who_asks_is_told_when_to_come_again(
    house: House, sent: tuple[Submission, Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.intake.differing._SHORT", 0.01)
    monkeypatch.setattr(Differences._answered, "__kwdefaults__", {"patience": 0.01})
    address = f"/submissions/{sent[1].id}"
    turns = house.hub.differences._turns
    with turns.turn(), turns.turn():
        house.hub.differences._kept.clear()
        page = house.visitor(UPLOADER).get(address)
        answers = [
            house.visitor(UPLOADER).get(f"{address}/difference"),
            house.api(UPLOADER).get(f"{address}/difference"),
        ]
    assert (page.status_code, "being compared just now" in words_of(page.text)) == (200, True)
    assert [(one.status_code, one.headers["retry-after"]) for one in answers] == [(503, "30")] * 2
    assert SAID in words_of(house.visitor(UPLOADER).get(address).text)


def test_a_file_whose_predecessor_is_damaged_keeps_its_page_which_says_so(house: House) -> None:
    month = "2024-06"
    first = house.submit(UPLOADER, API, month, an_extract(month))
    second = house.submit(UPLOADER, API, month, an_extract(month, count=19))
    (sealed,) = [path for path in house.vault.rglob("*.sealed") if path.stem == first.accepted_object]
    sealed.write_bytes(sealed.read_bytes()[:-9])
    address = f"/submissions/{second.id}"
    page = house.visitor(UPLOADER).get(address)
    assert (page.status_code, "your file for June 2024 could not be read" in words_of(page.text)) == (200, True)
    apart = house.visitor(UPLOADER).get(f"{address}/difference")
    assert (apart.status_code, "your file for June 2024 could not be read" in words_of(apart.text)) == (200, True)
    assert f'value="{first.id}"' in apart.text
    answer = house.api(UPLOADER).get(f"{address}/difference")
    assert (answer.status_code, answer.json()["code"]) == (409, "rows-unread")


# ---- without a key, and pseudonyms ---------------------------------------------------------------------------------


@pytest.fixture
def intake(tmp_path: Path) -> AnIntake:
    hub = an_intake(tmp_path)
    hub.hub.agree(a_document(agreement="more", datasets=[a_clause(dataset="police/ward-counts")]))
    return hub


def compared(hub: AnIntake, dataset: str, found: Submission, *roles: str) -> dict[str, Any]:
    """The difference as the API would write it."""
    differences = Differences(
        database=hub.database,
        intake=hub.intake,
        vault=hub.vault,
        engine=hub.engine,
        schemas=hub.hub.schemas,
        policy=hub.policy,
        clock=hub.clock,
    )
    asker: Reader = someone(hub.uploader(dataset).agency, *(roles or ("uploader",)))
    difference = differences.of(asker, found.id)
    assert difference is not None
    return difference.as_json()


def test_without_a_key_equal_rows_are_matched_one_for_one(intake: AnIntake) -> None:
    dataset = "police/street-crime"
    rows = rows_of(dataset, 4)
    intake.submit(csv_of([*rows, rows[0], rows[0]]))
    changed = dict(rows[2]) | {"Crime type": "Bicycle theft"}
    said = compared(intake, dataset, intake.submit(csv_of([rows[1], rows[0], changed, rows[3], rows[0]])))
    assert (said["by"], said["changed"], said["unchanged"]) == ("whole-row", None, 4)
    assert said["added"]["first_rows"] == [4]
    assert said["withdrawn"]["count"] == 2
    assert said["examples"] == []


def test_a_key_that_is_pseudonymised_still_tells_rows_apart(intake: AnIntake) -> None:
    dataset = "police/recorded-crime"
    clause = a_clause(dataset=dataset, data_class="pseudonymised_record")
    intake.hub.agree(a_document(agreement="crimes", dpia="DPIA-1", datasets=[clause]))
    SENDERS.setdefault(dataset, SENDERS["police/street-crime"])
    rows = rows_of(dataset, 3)
    intake.submit(csv_of(rows), dataset=dataset)
    again = [dict(rows[2]), dict(rows[0]) | {"knife_flag": "N" if rows[0]["knife_flag"] != "N" else "Y"}]
    said = compared(intake, dataset, intake.submit(csv_of(again), dataset=dataset))
    assert said["by"] == "key"
    assert (said["added"]["count"], said["changed"]["count"], said["withdrawn"]["count"]) == (0, 1, 1)
    assert {one["field"] for one in said["examples"]} == {"knife_flag"}
    assert rows[0]["crime_ref"] not in json.dumps(said)


# ---- the two real editions of ward counts ----------------------------------------------------------------------------

EDITIONS = (("2025-06", "vintage-2025-06"), ("2026-01", "vintage-2026-01"))
_KEY = ["WardCode", "MajorText", "MinorText", "month"]


def _long(name: str) -> pa.Table:
    """An edition as Arrow reads it, one row a ward, category and month."""
    table = arrow_csv.read_csv(
        shared("data") / "police" / "mps_ward" / f"{name}-mps-ward-level-crime.csv",
        convert_options=arrow_csv.ConvertOptions(strings_can_be_null=False),
    )
    months = [column for column in table.column_names if column.isdigit()]
    parts = [
        table.select(["WardCode", "MajorText", "MinorText", "WardName", "LookUp_BoroughName"])
        .append_column("month", pa.array([f"{month[:4]}-{month[4:]}"] * table.num_rows))
        .append_column("count", table[month].cast(pa.int64()))
        for month in months
    ]
    return pa.concat_tables(parts)


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    hub = an_intake(tmp_path_factory.mktemp("editions"))
    hub.hub.agree(a_document(agreement="more", datasets=[a_clause(dataset="police/ward-counts")]))
    found = [
        hub.submit(
            (shared("data") / "police" / "mps_ward" / f"{name}-mps-ward-level-crime.csv").read_bytes(),
            dataset="police/ward-counts",
            period=period,
        )
        for period, name in EDITIONS
    ]
    assert found[0].state in KEPT
    assert found[1].state is State.CHECKED  # it waits: the categories that came and went are to be explained
    return compared(hub, "police/ward-counts", found[1])


def test_between_two_real_editions_the_counts_are_those_of_another_library(editions: dict[str, Any]) -> None:
    before, after = (_long(name) for _, name in EDITIONS)
    both = before.join(after, keys=_KEY, join_type="inner", right_suffix=" after")
    same = pc.and_(
        pc.equal(both["count"], both["count after"]),
        pc.and_(
            pc.equal(both["WardName"], both["WardName after"]),
            pc.equal(both["LookUp_BoroughName"], both["LookUp_BoroughName after"]),
        ),
    )
    unchanged = pc.sum(same).as_py()
    assert editions["rows_before"] == before.num_rows
    assert editions["rows_after"] == after.num_rows
    assert editions["unchanged"] == unchanged
    assert editions["changed"]["count"] == both.num_rows - unchanged
    assert editions["added"]["count"] == after.num_rows - both.num_rows
    assert editions["withdrawn"]["count"] == before.num_rows - both.num_rows
    assert editions["against"]["period"] == "2025-06"
    months = [set(pc.unique(one["month"]).to_pylist()) for one in (before, after)]
    assert set(editions["months_gone"]) == months[0] - months[1]
    assert set(editions["months_new"]) == months[1] - months[0]


def test_the_categories_that_were_cut_anew_are_named_with_the_counts_of_another_library(
    editions: dict[str, Any],
) -> None:
    before, after = (_long(name) for _, name in EDITIONS)
    shared_months = sorted(set(pc.unique(before["month"]).to_pylist()) & set(pc.unique(after["month"]).to_pylist()))
    totals = []
    for table in (before, after):
        kept = table.filter(pc.is_in(table["month"], value_set=pa.array(shared_months)))
        summed = kept.group_by("MinorText").aggregate([("count", "sum")])
        totals.append(dict(zip(summed["MinorText"].to_pylist(), summed["count_sum"].to_pylist(), strict=True)))
    (minor,) = editions["categories"]
    assert minor["field"] == "MinorText"
    assert {one["code"] for one in minor["vanished"]} == {code for code, n in totals[0].items() if n} - {
        code for code, n in totals[1].items() if n
    }
    assert {one["code"] for one in minor["appeared"]} == {code for code, n in totals[1].items() if n} - {
        code for code, n in totals[0].items() if n
    }
    cut = {
        tuple(one["code"] for one in group["before"]): tuple(one["code"] for one in group["after"])
        for group in minor["regroupings"]
    }
    assert cut == {
        ("VIOLENCE WITHOUT INJURY",): ("STALKING AND HARASSMENT",),
        ("BURGLARY - RESIDENTIAL", "BURGLARY IN A DWELLING"): (
            "RES BURGLARY OF A HOME",
            "RES BURGLARY OF UNCONNECTED BUILDING",
        ),
    }
    for group in minor["regroupings"]:
        assert group["apart"] <= TOLERANCE
        for code in (*group["before"], *group["after"]):
            assert code["before"] == totals[0].get(code["code"], 0)
            assert code["after"] == totals[1].get(code["code"], 0)
        assert group["lost"] == sum(one["before"] - one["after"] for one in group["before"])
        assert group["gained"] == sum(one["after"] - one["before"] for one in group["after"])

"""A file whose columns and codes are written otherwise: mended through the page, the API and the command line, and remembered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from hub.cli import hub as program
from hub.cli.kept import TOKEN_FILE
from tests.support.pages import words_of
from tests.support.schemas import csv_of, rows_of
from tests.support.site import GOVERNANCE_LEAD, POLICE, UPLOADER, Site, Visitor, an_empty_site

STREET, PERIOD = "police/street-crime", "2024-05"
TEXT = "Violence & <b>sexual</b> offences"
NAMES = {"Month": "Crime month", "LSOA code": 'lsoa_cd "x"'}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with an_empty_site(tmp_path_factory.mktemp("mapping")) as served:
        yield served


@pytest.fixture
def police(site: Site) -> Iterator[Visitor]:
    with site.visitor(POLICE, UPLOADER) as visitor:
        yield visitor
        visitor.post(f"/import-profiles/{STREET}")  # nothing stays remembered


def otherwise(**changes: str) -> bytes:
    """An extract whose columns are called otherwise, with one text in place of a code."""
    rows = rows_of(STREET, 3, **{"Crime type": TEXT, **changes})
    return csv_of([{NAMES.get(name, name): value for name, value in row.items()} | {"Notes": "n"} for row in rows])


def fields_of(page: str) -> dict[str, str]:
    """The fields of the form that confirms, as a browser would send them."""
    form = page.split('id="choices"')[1].split("</form>", maxsplit=1)[0]
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    }
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[unescape(name)] = unescape(chosen.group(1)) if chosen else ""
    fields.pop("csrf_token", None)
    return fields | {"remember": "yes"}


def sent(visitor: Visitor, content: bytes) -> str:
    """The address of the submission's page."""
    return visitor.send(STREET, PERIOD, "extract.csv", content).headers["location"]


def test_a_person_mends_the_file_by_confirming_what_the_page_proposes(police: Visitor) -> None:
    address = sent(police, otherwise())
    report = police.get(address).text
    assert "missing-column" in report
    assert f'href="{address}/reading"' in report
    page = police.get(f"{address}/reading").text
    assert TEXT not in page
    assert "Violence &amp; &lt;b&gt;sexual&lt;/b&gt; offences" in page
    fields = fields_of(page)
    assert {"Month", "LSOA code", "Violence and sexual offences"} <= set(fields.values())
    answer = police.post(f"{address}/reading", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    after = words_of(police.get(address).text)
    assert "read with the choices confirmed by" in after
    assert "Accepted 3" in after or "codes-mapped" in after


def test_the_next_file_is_read_so_and_the_pages_say_who_confirmed_it(site: Site, police: Visitor) -> None:
    address = sent(police, otherwise(Location="On or near One"))
    police.post(f"{address}/reading", **fields_of(police.get(f"{address}/reading").text))
    second = police.get(sent(police, otherwise(Location="On or near Two"))).text
    name = site.persona(POLICE, UPLOADER)
    assert f"confirmed by {name}" in words_of(second)
    assert "missing-column" not in second
    assert f'href="/import-profiles/{STREET}"' in police.get(f"/submit/{STREET}/{PERIOD}").text
    assert f'href="/import-profiles/{STREET}"' in police.get("/account").text
    kept = words_of(police.get(f"/import-profiles/{STREET}").text)
    assert name in kept
    assert "Crime month" in kept


def test_a_choice_is_forgotten_and_an_earlier_one_comes_back(police: Visitor) -> None:
    address = sent(police, otherwise(Location="On or near Three"))
    fields = fields_of(police.get(f"{address}/reading").text)
    police.post(f"{address}/reading", **fields)
    police.post(f"{address}/reading", **(fields | {"code-0-0": ""}))
    profile = police.get(f"/import-profiles/{STREET}").text
    (earlier,) = re.findall(r'name="to" value="([^"]+)"', profile)
    assert police.post(f"/import-profiles/{STREET}", to=earlier).status_code == 303
    assert "in force again" in words_of(police.get(f"/import-profiles/{STREET}?done=back").text)
    assert police.post(f"/import-profiles/{STREET}").status_code == 303
    assert "Nothing is remembered" in words_of(police.get(f"/import-profiles/{STREET}").text)
    assert police.post(f"/import-profiles/{STREET}").status_code == 404


def test_two_systems_that_call_a_column_otherwise_do_not_overwrite_each_other(police: Visitor) -> None:
    """Also where both pages were opened before either was confirmed, and where one file was read before the other was known."""

    def written(month: str, place: str) -> bytes:
        rows = rows_of(STREET, 3, Location=f"On or near {place}")
        return csv_of([{month if name == "Month" else name: value for name, value in row.items()} for row in rows])

    systems = ("Mois", "Monat")
    addresses = [sent(police, written(name, "One")) for name in systems]
    pages = [fields_of(police.get(f"{address}/reading").text) for address in addresses]
    for name, address, fields in zip(systems, addresses, pages, strict=True):
        (place,) = [key.removeprefix("name-") for key, value in fields.items() if (key[:5], value) == ("name-", name)]
        assert police.post(f"{address}/reading", **fields | {f"column-{place}": "Month"}).status_code == 303
    for name in systems:
        page = police.get(sent(police, written(name, "Two"))).text
        assert "missing-column" not in page
        assert f"is named {name}. It was read as Month" in words_of(page)
    kept = words_of(police.get(f"/import-profiles/{STREET}").text)
    assert all(name in kept for name in systems)
    assert "A file has one of them" in kept


def test_two_columns_for_one_field_are_told_beside_the_choices_that_were_made(police: Visitor) -> None:
    address = sent(police, otherwise(Location="On or near Four"))
    fields = fields_of(police.get(f"{address}/reading").text)
    columns = {name for name, value in fields.items() if name.startswith("column-") and value in ("Month", "LSOA code")}
    twice = fields | dict.fromkeys(columns, "Month")
    answer = police.post(f"{address}/reading", **twice)
    assert answer.status_code == 422
    assert "Two columns of the file are said to be Month" in words_of(answer.text)
    assert list(fields_of(answer.text).values()).count("Month") >= 2


def test_an_encoding_is_confirmed_by_the_lines_that_it_makes(police: Visitor) -> None:
    address = sent(police, csv_of(rows_of(STREET, 3, Location="On or near Café")).decode().encode("cp1252"))
    page = police.get(f"{address}/reading")
    assert "Café" in page.text
    assert 'id="choices"' not in page.text
    chosen = police.get(f"{address}/reading?encoding=windows-1252").text
    police.post(f"{address}/reading", **(fields_of(chosen) | {"remember": ""}))
    assert "wrong-encoding" not in police.get(address).text
    assert "Nothing is remembered" in words_of(police.get(f"/import-profiles/{STREET}").text)


def test_a_file_that_fits_offers_no_page(police: Visitor) -> None:
    assert "/reading" not in police.get(sent(police, csv_of(rows_of(STREET, 4)))).text


def test_others_have_no_such_page(site: Site, police: Visitor) -> None:
    address = sent(police, otherwise(Location="On or near Five"))
    with site.visitor(POLICE, GOVERNANCE_LEAD) as governance:
        assert governance.get(f"{address}/reading").status_code == 403
        assert governance.get(f"/import-profiles/{STREET}").status_code == 403
    with site.visitor("ravensbourne-hospital", UPLOADER) as stranger:
        assert stranger.get(f"{address}/reading").status_code == 404
        assert stranger.post(f"{address}/reading", remember="yes").status_code == 404
    with site.visitor() as nobody:
        assert nobody.get(f"{address}/reading").status_code == 303


def test_a_form_from_elsewhere_confirms_nothing(police: Visitor) -> None:
    address = sent(police, otherwise(Location="On or near Six"))
    answer = police.http.post(f"{address}/reading", data={"csrf_token": "wrong", "remember": "yes"})
    assert answer.status_code == 403


# ---- API and command line ------------------------------------------------------------------------------------------


@pytest.fixture
def token(site: Site, police: Visitor) -> str:
    page = police.post("/account/tokens", name="tests", days="7", scope="submit").text
    return re.search(r'id="fresh-token">([^<]+)<', page).group(1).strip()  # type: ignore[union-attr]


@pytest.fixture
def api(site: Site, token: str) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=f"{site.base_url}/api/v1", headers=headers, timeout=60) as client:
        yield client


def test_the_api_proposes_checks_again_remembers_and_forgets(api: httpx2.Client) -> None:
    asked = {"dataset": STREET, "period": PERIOD}
    made = api.post("/submissions", params=asked, content=otherwise(Location="On or near Seven")).json()
    assert made["report"]["outcome"] == "returned"
    reading = api.get(f"/submissions/{made['id']}/reading").json()
    assert {one["field"] for one in reading["codes"]} == {"Crime type"}
    assert set(reading["proposed"]["columns"].values()) == {"Month", "LSOA code"}
    again = {"profile": reading["proposed"], "remember": True}
    done = api.post(f"/submissions/{made['id']}/recheck", json=again).json()
    assert (done["state"], done["accepted_rows"]) == ("checked", 3)
    path = f"/datasets/{STREET}/import-profile"
    assert api.get(path).json()["profile"] == reading["proposed"]
    second = api.post("/submissions", params=asked, content=otherwise(Location="On or near Eight")).json()
    assert second["report"]["accepted_rows"] == 3
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.put(path, json=reading["proposed"]).json()["confirmed_by"]


@pytest.mark.parametrize(
    "profile",
    [
        {"columns": {"x": "surname"}},
        {"columns": {"x": 1}},
        {"codes": {"Crime type": ["x"]}},
        {"codes": {"Crime type": {"x": "Murder"}}},
        {"remembered": "imp_1"},
        {"encoding": "x" * 300},
        {"columns": []},
    ],
)
def test_a_profile_that_is_none_is_refused_by_the_api(api: httpx2.Client, profile: dict[str, object]) -> None:
    answer = api.put(f"/datasets/{STREET}/import-profile", json=profile)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-profile")


def hub(*words: str) -> Result:
    return CliRunner().invoke(program, words, standalone_mode=False)


def test_the_command_line_proposes_on_a_desk_and_checks_with_what_was_proposed(tmp_path: Path) -> None:
    file, profile = tmp_path / "extract.csv", tmp_path / "profile.json"
    file.write_bytes(otherwise())
    assert hub("check", str(file), "--schema", STREET, "--period", PERIOD).return_value == 1
    proposed = CliRunner().invoke(program, ["profile", "propose", str(file), "--schema", STREET, "--period", PERIOD])
    assert "Month" in proposed.stderr
    profile.write_text(proposed.stdout, encoding="utf-8")
    checked = hub("check", str(file), "--schema", STREET, "--period", PERIOD, "--profile", str(profile))
    assert "3 of 3 rows" in checked.stdout


def test_the_command_line_tells_the_hub_what_to_remember(
    site: Site, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    kept = TOKEN_FILE.expanduser()
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"hub": site.base_url, "token": token}))
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps({"columns": {"Crime month": "Month"}}))
    assert hub("profile", "set", STREET, str(profile)).exception is None
    assert json.loads(hub("profile", "show", STREET).stdout)["profile"] == {"columns": {"Crime month": "Month"}}
    assert hub("profile", "forget", STREET).exception is None
    assert hub("profile", "show", STREET).exception is not None

"""`hub calendar` against a running hub."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.hubs import ANALYST, API, UPLOADER, an_extract
from tests.support.partnerships import House
from tests.unit.cli.conftest import Command


def test_what_is_open_is_listed_and_everything_on_demand(hub_command: Command, house: House) -> None:
    hub_command("login", "--hub", house.base_url, "--token", house.token(UPLOADER))
    listed = hub_command("calendar")
    assert listed.code == 0, listed.err
    assert f"{API}\t2026-10\tdue\tdue 2026-11-16\n" in listed.out
    assert "2026-11" not in [line.split("\t")[1] for line in listed.out.splitlines()]
    whole = json.loads(hub_command("calendar", "--json").out)["extracts"]
    assert len(hub_command("calendar", "--all").out.splitlines()) == len(whole)
    assert hub_command("calendar", "--partnership").code == 3


def test_the_lead_sees_who_is_meant(hub_command: Command, house: House) -> None:
    hub_command("login", "--hub", house.base_url, "--token", house.token(ANALYST))
    listed = hub_command("calendar", "--partnership")
    assert f"met-police\t{API}\t2026-10\tdue\tdue 2026-11-16\n" in listed.out


def test_a_scorecard_is_a_line_for_each_dataset(hub_command: Command, house: House) -> None:
    hub_command("login", "--hub", house.base_url, "--token", house.token(UPLOADER))
    house.submit(UPLOADER, API, "2024-01", an_extract("2024-01"))
    ran = hub_command("scorecard", "--months", 60)
    assert ran.code == 0, ran.err
    (line,) = (one for one in ran.out.splitlines() if one.startswith(f"{API}\t"))
    assert line.split("\t")[1:3] == ["0 of 0 periods", "0 in time"]
    assert line.endswith("% filled\t100.0 % placed")
    assert json.loads(hub_command("scorecard", "--json").out)["months"] == 12
    assert hub_command("scorecard", "--partnership").code == 3


def test_letters_are_written_for_every_agency_and_nothing_is_mailed_without_a_server(
    hub_command: Command, bare_state: Path, tmp_path: Path
) -> None:
    letters = tmp_path / "letters"
    ran = hub_command("remind", "--state", bare_state, "--out", letters)
    assert ran.code == 0, ran.err
    assert {path.suffix for path in letters.iterdir()} <= {".eml"}
    assert len(ran.out.splitlines()) == len(list(letters.iterdir()))
    refused = hub_command("remind", "--state", bare_state, "--send")
    assert (refused.code, "[no-mail-server]" in refused.err) == (1, True)

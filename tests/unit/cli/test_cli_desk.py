"""Commands that need no hub: help, schemas, policies, and the checks on a desk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from hub.cli import exit_code
from hub.kit.errors import (
    Bug,
    Conflict,
    HubError,
    Invalid,
    NotFound,
    NotPermitted,
    Refused,
    Unauthenticated,
    Unavailable,
)
from tests.support.hubs import API, an_extract
from tests.support.schemas import csv_of, registry
from tests.support.schemas_samples import samples
from tests.unit.cli.conftest import Command

PERIOD = "2024-01"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("x"), 1),
        (Conflict("x"), 1),
        (Bug("x"), 1),
        (NotPermitted("x"), 3),
        (NotFound("x"), 3),
        (Refused("x"), 3),
        (Unauthenticated("x"), 3),
        (Unavailable("x"), 4),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: HubError, code: int) -> None:
    assert exit_code(error) == code


def test_the_help_lists_every_command_and_every_command_has_help(hub_command: Command) -> None:
    listed = hub_command("--help")
    assert listed.code == 0
    for name in ("check", "submit", "snapshot", "get", "explain", "tour", "demo", "audit", "serve", "init"):
        assert f"\n  {name} " in listed.out
        assert hub_command(name, "--help").code == 0
    assert hub_command("-h").out == listed.out
    assert hub_command("--version").out.startswith("hub, version ")


def test_wrong_usage_is_exit_code_2_and_told_on_stderr(hub_command: Command) -> None:
    for arguments in (["no-such-command"], ["check"], ["check", "absent.csv", "--schema", API], ["schema", "show"]):
        ran = hub_command(*arguments)
        assert (ran.code, ran.out) == (2, ""), arguments
        assert ran.err


def test_the_help_of_check_imports_no_engine_and_no_server() -> None:
    program = (
        "import sys; sys.argv = ['hub', 'check', '--help']\n"
        "from hub.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'duckdb', 'sqlalchemy', 'fastapi', 'numpy', 'uvicorn', 'dbos', 'fcntl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_schemas_are_listed_shown_and_given_as_a_template(hub_command: Command) -> None:
    listed = hub_command("schema", "list")
    assert [line.split("\t")[0] for line in listed.out.splitlines()] == [one.id for one in registry().all()]
    shown = json.loads(hub_command("schema", "show", API).out)
    names = [field["name"] for field in shown["fields"]]
    assert hub_command("schema", "template", API).out == ",".join(names) + "\n"
    wide = hub_command("schema", "template", "police/lsoa-counts").out.strip().split(",")
    assert wide[:5] == ["lsoa_code", "lsoa_name", "borough", "major_category", "minor_category"]
    assert (len(wide[5:]), wide[5:]) == (12, sorted(wide[5:]))
    unknown = hub_command("schema", "show", "no/such")
    assert (unknown.code, unknown.out) == (3, "")
    assert "[not-found]" in unknown.err


def test_the_policies_are_well(hub_command: Command) -> None:
    ran = hub_command("policy", "check")
    assert ran.code == 0
    assert ran.out.startswith("policies: well")


def test_a_good_file_passes_on_a_desk_with_the_report_of_the_hub(hub_command: Command, tmp_path: Path) -> None:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD))
    ran = hub_command("check", path, "--schema", API, "--period", PERIOD)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("accepted")
    assert "20 of 20 rows of january.csv" in ran.out
    report = json.loads(hub_command("check", path, "--schema", API, "--period", PERIOD, "--json").out)
    assert (report["schema"], report["rows"], report["accepted_rows"]) == (API, 20, 20)
    assert set(report) >= {"version", "file", "sha256", "encoding", "quarantined_rows", "outcome", "findings"}


def test_a_bad_file_is_exit_code_1_and_each_finding_says_where_and_how_to_mend_it(
    hub_command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD, category="unheard-of"))
    ran = hub_command("check", path, "--schema", API, "--period", PERIOD)
    assert ran.code == 1
    assert ran.out.startswith("returned: 0 of 20 rows")
    assert "error not-in-code-list, 1 (D2): " in ran.out
    assert "unheard-of" not in ran.out
    as_json = hub_command("check", path, "--schema", API, "--period", PERIOD, "--json")
    assert as_json.code == 1
    assert json.loads(as_json.out)["outcome"] == "returned"


def test_a_period_that_is_no_month_and_a_schema_that_is_none_are_refused(hub_command: Command, tmp_path: Path) -> None:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD))
    assert hub_command("check", path, "--schema", API, "--period", "2024-13").code == 1
    assert hub_command("check", path, "--schema", "no/such").code == 3


def test_many_cells_are_told_by_the_first_five(hub_command: Command, tmp_path: Path) -> None:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract(PERIOD).replace(b"robbery", b"unheard-of").replace(b"drugs", b"unheard-of"))
    ran = hub_command("check", path, "--schema", API, "--period", PERIOD)
    assert "(first 5: " in ran.out


def test_an_edition_is_checked_on_a_desk_for_its_last_month(hub_command: Command, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(csv_of(samples()["police/ward-counts"].rows(20)))  # up to May 2024
    for period, code in (("2024-05", 0), ("", 0), ("2024-06", 1)):
        ran = hub_command("check", path, "--schema", "police/ward-counts", "--period", period)
        assert (ran.code, "other-edition" in ran.out) == (code, bool(code)), ran.out


def test_a_template_is_a_workbook_or_a_header_line_in_a_file_of_its_own(hub_command: Command, tmp_path: Path) -> None:
    book, line = tmp_path / "t.xlsx", tmp_path / "t.csv"
    ran = hub_command("schema", "template", API, "--period", "2024-01", "--out", book)
    assert (ran.code, ran.out, ran.err) == (0, "", f"{book}\n")
    assert openpyxl.load_workbook(book).sheetnames == ["Extract", "How to fill it in", "Codes"]
    assert hub_command("schema", "template", API, "--out", line).code == 0
    assert line.read_text(encoding="utf-8").strip() == hub_command("schema", "template", API).out.strip()
    assert hub_command("schema", "template", API, "--out", line).code == 2
    wide = hub_command("schema", "template", "police/lsoa-counts", "--period", "2024-02").out.strip().split(",")
    assert wide[-2:] == ["202401", "202402"]

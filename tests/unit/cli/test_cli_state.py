"""Commands over a state folder: made, looked after, built, explained, assessed, and its log proved."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from hub.audit import verifier
from hub.kit.paths import data_root
from tests.support.geography import square_lsoa, write_squares
from tests.support.hubs import ANALYST, API, STRATEGIC, UPLOADER
from tests.unit.cli.conftest import Command


def test_a_state_folder_is_made_once_with_the_operator_as_its_first_agency(
    hub_command: Command, tmp_path: Path
) -> None:
    state = tmp_path / "new"
    ran = hub_command("init", "--state", state, "--operator", "Somewhere Borough Council")
    assert (ran.code, ran.out) == (0, "")
    assert "root.key" in ran.err
    with sqlite3.connect(state / "hub.sqlite") as connection:
        assert connection.execute("SELECT id, name, kind FROM agencies").fetchall() == [
            ("hub-operator", "Somewhere Borough Council", "hub_operator")
        ]
    connection.close()
    again = hub_command("init", "--state", state, "--operator", "x")
    assert again.code == 1
    assert "[state-exists]" in again.err


def test_a_folder_that_is_none_is_said_and_not_made(hub_command: Command, tmp_path: Path) -> None:
    for command in (["doctor"], ["upgrade"], ["audit", "verify"], ["snapshot", "build"]):
        ran = hub_command(*command, "--state", tmp_path / "absent")
        assert ran.code == 3
        assert "[no-state]" in ran.err
    assert not (tmp_path / "absent").exists()


def test_the_doctor_looks_at_database_log_and_vault(hub_command: Command, state: Path) -> None:
    stray = state / "vault" / "zz" / "obj_zz.sealed"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left by a kill")
    ran = hub_command("doctor", "--state", state)
    assert ran.code == 0
    newest = max(path.name[:4] for path in (data_root("alembic") / "versions").glob("0*.py"))
    assert f"database: sqlite, revision {newest}" in ran.out
    assert "verified" in ran.out
    assert "vault: 1 stray files removed, 0 sealed objects" in ran.out
    assert not stray.exists()


def test_the_doctor_names_sealed_objects_that_are_damaged_or_gone(hub_command: Command, state: Path) -> None:
    with sqlite3.connect(state / "hub.sqlite") as connection:
        row = (
            "obj_gone",
            "met-police",
            "police/street-crime",
            "accepted",
            5,
            "0" * 64,
            "2026-11-23T00:00:00.000000Z",
            "",
        )
        connection.execute("INSERT INTO vault_objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.close()
    ran = hub_command("doctor", "--state", state)
    assert (ran.code, "1 sealed objects DAMAGED or gone" in ran.out, "obj_gone" in ran.err) == (1, True, True)
    with sqlite3.connect(state / "hub.sqlite") as connection:
        connection.execute("DELETE FROM vault_objects WHERE id = 'obj_gone'")
    connection.close()
    assert hub_command("doctor", "--state", state).code == 0


def test_one_changed_letter_in_the_log_is_found(hub_command: Command, state: Path) -> None:
    with sqlite3.connect(state / "hub.sqlite") as connection:
        connection.execute("""UPDATE audit_entries SET subject = subject || 'x' WHERE "index" = 3""")
    connection.close()
    for command in (["doctor"], ["audit", "verify"], ["audit", "verify", "--json"]):
        ran = hub_command(*command, "--state", state)
        assert ran.code == 1, command
    assert "DAMAGED" in hub_command("audit", "verify", "--state", state).out
    assert json.loads(ran.out)["verified"] is False
    assert any("3" in problem for problem in json.loads(ran.out)["problems"])


def test_upgrading_says_at_which_revision_the_tables_are(hub_command: Command, state: Path) -> None:
    assert hub_command("upgrade", "--state", state).out.startswith("revision 0")


def test_the_log_is_exported_and_the_one_file_verifier_accepts_it(
    hub_command: Command, state: Path, tmp_path: Path
) -> None:
    head = hub_command("audit", "checkpoint", "--state", state)
    key = head.err.partition("verifier key: ")[2].strip()
    exported = hub_command("audit", "export", "--state", state)
    (tmp_path / "log.jsonl").write_text(exported.out, encoding="utf-8")
    (tmp_path / "heads.jsonl").write_text(json.dumps(head.out) + "\n", encoding="utf-8")
    count = len(exported.out.splitlines())
    verified = json.loads(hub_command("audit", "verify", "--state", state, "--json").out)
    assert (verified["entries"], verified["verified"]) == (count, True)
    files = [str(tmp_path / "log.jsonl"), str(tmp_path / "heads.jsonl")]
    done = subprocess.run([sys.executable, verifier.__file__, *files, key], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {"entries": count, "root": verified["root"], "checkpoints": 1, "problems": []}


def test_areas_are_loaded_as_the_operator_or_as_a_named_person(
    hub_command: Command, bare_state: Path, tmp_path: Path
) -> None:
    files = write_squares(tmp_path)
    ran = hub_command("geography", "load", *files, "--state", bare_state)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "boundaries\t4\tboundaries.geojson"
    refused = hub_command("geography", "load", files[0], "--state", bare_state, "--as", UPLOADER)
    assert refused.code == 3
    assert hub_command("geography", "load", files[0], "--state", bare_state, "--as", "nobody").code == 3
    (tmp_path / "wrong.geojson").write_text("{}")
    assert hub_command("geography", "load", tmp_path / "wrong.geojson", "--state", bare_state).code == 1


def test_definitions_are_listed_shown_and_chosen(hub_command: Command, bare_state: Path) -> None:
    assert [line.split("\t")[0] for line in hub_command("definition", "list").out.splitlines()] == [
        "london-minimum@1",
        "ravensbourne@1",
        "thames-valley@1",
    ]
    shown = json.loads(hub_command("definition", "show", "thames-valley").out)
    assert shown["groups"][0]["factors"]["maximum_penalty"]["section"] == "PCSC Act 2022 s.13(6)(a)"
    assert hub_command("definition", "show", "nowhere").code == 3
    asked = ("definition", "choose", "thames-valley@1", "--state", bare_state)
    assert hub_command(*asked, "--minute", "Board, 2 March 2026", "--as", ANALYST).code == 3
    assert hub_command(*asked, "--minute", " ", "--as", STRATEGIC).code == 1
    assert hub_command(*asked, "--minute", "Board, 2 March 2026", "--as", STRATEGIC).out.startswith("thames-valley@1\t")
    listed = hub_command("definition", "list", "--state", bare_state)
    assert "thames-valley@1\tThames Valley definition of serious violence\tin force" in listed.out
    assert "Board, 2 March 2026" in listed.err


def test_context_is_loaded_and_listed(hub_command: Command, bare_state: Path, tmp_path: Path) -> None:
    people = tmp_path / "people-2021.csv"
    squares = "".join(f"{square_lsoa(column, row)},100\n" for row in (0, 1) for column in (0, 1))
    people.write_text(f"lsoa21_code,Total\n{squares}", encoding="utf-8")
    ran = hub_command("context", "load", people, "--source", "Invented census", "--state", bare_state)
    assert ran.out.split("\t")[:5] == ["population", "2021", "4", "4", "Invented census"]
    assert hub_command("context", "list", "--state", bare_state).out == ran.out
    refused = hub_command("context", "load", people, "--state", bare_state, "--as", UPLOADER)
    assert refused.code == 3
    other = hub_command("context", "load", people, "--vintage", "21", "--state", bare_state)
    assert (other.code, "[context-bad-vintage]" in other.err) == (1, True)


def test_a_snapshot_is_built_or_it_is_said_why_not(hub_command: Command, state: Path, bare_state: Path) -> None:
    ran = hub_command("snapshot", "build", "--state", state)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("snapshot 2\n")
    assert "violence-by-place\t" in ran.out
    named = hub_command("snapshot", "build", "--state", state, "--as", ANALYST)
    assert named.out.startswith("snapshot 3\n")


def test_nothing_to_freeze_is_an_error(hub_command: Command, bare_state: Path) -> None:
    ran = hub_command("snapshot", "build", "--state", bare_state)
    assert ran.code == 1
    assert "[nothing]" in ran.err


def test_a_hub_without_an_operator_says_that_somebody_must_be_named(hub_command: Command, tmp_path: Path) -> None:
    state = tmp_path / "new"
    hub_command("init", "--state", state, "--operator", "x")
    ran = hub_command("snapshot", "build", "--state", state)
    assert ran.code == 3
    assert "[nobody-with-role]" in ran.err
    assert "--as" in ran.err


def test_an_explanation_names_form_policy_and_clause_of_each_field(hub_command: Command, state: Path) -> None:
    arguments = ["explain", "--as", ANALYST, "--dataset", API, "--purpose", "svd.identify_kinds", "--state", state]
    ran = hub_command(*arguments)
    assert ran.code == 0, ran.err
    assert "profile open" in ran.out
    assert any(line.startswith("category\t") for line in ran.out.splitlines())
    one = json.loads(hub_command(*arguments, "--field", "category", "--json").out)
    assert [field["field"] for field in one["fields"]] == ["category"]
    assert hub_command(*arguments, "--field", "no-such-field").code == 3


def test_an_assessment_is_written_for_who_may_build_one(hub_command: Command, state: Path, tmp_path: Path) -> None:
    out = tmp_path / "documents"
    arguments = ["assessment", "build", "--out", out, "--state", state]
    ran = hub_command(*arguments, "--as", ANALYST)
    assert ran.code == 0, ran.err
    assert ran.out.strip() == str(out / "assessment.html")
    first = (out / "assessment.html").read_bytes()
    assert hub_command(*arguments, "--as", STRATEGIC).code in (0, 3)
    hub_command(*arguments, "--as", ANALYST)
    assert (out / "assessment.html").read_bytes() == first
    assert hub_command(*arguments, "--as", UPLOADER).code == 3
    other = hub_command(*arguments, "--as", ANALYST, "--format", "pdf")
    assert (other.code, other.out) == (3, "")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"HUB_MODE": "production", "HUB_ROOT_KEY": "5ecre7" * 10}, "HUB_DATABASE_URL"),
        ({"HUB_PORT": "eighty"}, "HUB_PORT"),
        ({"HUB_ROOT_KEY": "5ecre7"}, "HUB_ROOT_KEY"),
    ],
)
def test_wrong_settings_are_named_without_their_values_and_without_a_traceback(
    hub_command: Command, state: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = hub_command("doctor", "--state", state)
    assert ran.code == 1
    assert said in ran.err
    assert "5ecre7" not in ran.err
    assert "eighty" not in ran.err
    assert "Traceback" not in ran.err

"""What stands in a file or in its name never drives the terminal of whoever looks at it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hub.cli import hub
from hub.cli.telling import shown, tell
from tests.support.hostile import naughty
from tests.support.schemas import PERIOD, csv_of, rows_of

STREET = "police/street-crime"
DRIVES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066\r"


def drives(text: str) -> list[str]:
    return [sign for sign in text if not sign.isprintable() and sign not in "\t\n"]


def a_file(folder: Path, name: str) -> Path:
    rows = rows_of(STREET, 3)
    rows[0] |= {"Crime type": f"Robery{DRIVES}", "Month": f"2024{DRIVES}", "Location": DRIVES}
    path = folder / name
    path.write_bytes(csv_of([row | {f"Zz{DRIVES}": "1", f"LSOA kode{DRIVES}": "1"} for row in rows]))
    return path


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--schema", STREET, "--period", PERIOD),
        ("check", "--schema", STREET, "--period", PERIOD, "--part-accept", "--marked", "OUT"),
        ("profile", "propose", "--schema", STREET, "--period", PERIOD),
        ("profile", "propose", "--schema", STREET, "--json"),
    ],
)
def test_no_command_says_what_drives_a_terminal(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = a_file(tmp_path, "\x1b]0;owned\x07\u202e.csv")
    at = 2 if command[0] == "profile" else 1
    words = [str(tmp_path / "\x1b[2J.csv") if one == "OUT" else one for one in command]
    ran = CliRunner().invoke(hub, [*words[:at], str(path), *words[at:]])
    assert ran.exit_code in (0, 1, 2)
    assert drives(ran.output) == []


def test_a_line_is_said_as_it_is_but_for_what_is_not_shown() -> None:
    assert shown("a\tb\nc \u2013 é") == "a\tb\nc \u2013 é"
    assert shown("a\x1b[2J\r\x9b\u202e\ud800") == r"a\x1b[2J\r\x9b\u202e\ud800"
    for text in naughty():
        assert drives(shown(text)) == []
        assert shown(text) == text or not text.isprintable()


def test_a_terminal_that_lacks_a_sign_shows_a_question_mark() -> None:
    @click.command()
    def say_it() -> None:
        tell("caf\u00e9 \u2013")

    assert CliRunner(charset="latin-1").invoke(say_it).stdout_bytes.decode("latin-1") == "caf\u00e9 ?\n"

"""The name of a download is one plain file name in one line of a header, whatever it was made of."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import hub
from hub.kit.attachment import attachment
from tests.support.hostile import NASTY

HEADER = re.compile(r"attachment; filename=\"([A-Za-z0-9][A-Za-z0-9._ -]*)\"(; filename\*=UTF-8''[A-Za-z0-9._~%-]+)?")


def header(name: str) -> str:
    ((said, value),) = attachment(name).items()
    assert said == "Content-Disposition"
    return value


def saved_as(name: str) -> str:
    """The file name as a browser understands it: that in UTF-8 where there is one (RFC 6266 section 4.3)."""
    found = HEADER.fullmatch(header(name))
    assert found is not None, header(name)
    return unquote(found[2].partition("''")[2], errors="strict") if found[2] else found[1]


def test_a_plain_name_is_the_name() -> None:
    for name in ("police-street-crime-2026-10.csv", "due-ravensbourne-police.ics", "a b.xlsx", "table"):
        assert header(name) == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("Überfälle - März.csv", "Überfälle - März.csv"),
        ("犯罪.xlsx", "犯罪.xlsx"),
        ("a\r\nSet-Cookie: a=b.csv", "aSet-Cookie- a-b.csv"),
        ('a"; filename="b.exe', "a-- filename--b.exe"),
        ("../../etc/passwd.csv", "etc-passwd.csv"),
        ("..\\..\\C:\\a.csv", "C--a.csv"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\0b\u2028c.csv", "abc.csv"),
        (".bashrc", "download.bashrc"),
        ("a%0d%0ab.csv", "a-0d-0ab.csv"),
        ("", "download"),
        (".", "download"),
        ("..", "download"),
        ("\ud800.csv", "download.csv"),
        ("x" * 5_000 + ".csv", "x" * 146 + ".csv"),
        ("a." + "x" * 5_000, "a." + "x" * 148),
    ],
)
def test_letters_of_any_script_are_kept_and_what_acts_in_a_header_or_a_path_is_not(name: str, saved: str) -> None:
    assert saved_as(name) == saved


def test_a_browser_of_ascii_alone_gets_a_name_too() -> None:
    assert 'filename="Uberfalle.csv"' in header("Überfälle.csv")
    assert 'filename="download.xlsx"' in header("犯罪.xlsx")


def test_a_hostile_name_is_one_line_and_one_file() -> None:
    for name in (*NASTY, *(f"{one}.csv" for one in NASTY)):
        saved = saved_as(name)
        assert not re.search(r"[\\/:*?\"<>|%;\x00-\x1f]", saved), name
        assert not saved.startswith("."), name
        assert 0 < len(saved) <= 150, name


def test_no_other_module_writes_the_header() -> None:
    """Each rule in one place: whoever makes a download calls `attachment`."""
    house = Path(hub.__file__).parent
    writers = [path for path in house.rglob("*.py") if '"Content-Disposition"' in path.read_text(encoding="utf-8")]
    assert [path.name for path in writers] == ["attachment.py"]

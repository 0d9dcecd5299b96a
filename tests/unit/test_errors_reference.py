"""The page of error codes is read from the code: whole, and stopped by a code it cannot read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.kit.words import catalogue
from tools.errors_page import ROOT, Raised, errors_page, raised

PAGE = ROOT / "docs" / "reference" / "errors.md"
GIVEN = re.compile(
    r"(?:NotFound|NotPermitted|Refused|Conflict|Invalid|Unauthenticated|Unavailable)\([^()]*\([^()]*\)[^()]*code=\"([a-z-]+)\""
)


@pytest.fixture(scope="module")
def found() -> list[Raised]:
    return list(raised(ROOT))


def hub_with(folder: Path, line: str) -> Path:
    (folder / "hub").mkdir()
    (folder / "hub" / "one.py").write_text(f"def go(given, wrong):\n    {line}\n", encoding="utf-8")
    return folder


def test_errors_md_is_what_the_code_raises() -> None:
    assert PAGE.read_text(encoding="utf-8") == errors_page()


def test_every_code_a_plain_search_finds_is_among_them(found: list[Raised]) -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "hub").rglob("*.py")))
    plain = set(GIVEN.findall(source))
    assert len(plain) > 40
    assert plain - {one.code for one in found} == set()


def test_every_refusal_of_identity_is_among_them(found: list[Raised]) -> None:
    refusals = {key.split(".")[2] for key in catalogue() if key.startswith("identity.refusal.")}
    assert refusals - {one.code for one in found} == set()


def test_errors_that_are_a_class_of_their_own_are_among_them(found: list[Raised]) -> None:
    assert {"not-acceptable", "agreement-refused", "seal-broken"} <= {one.code for one in found}


def test_words_come_from_the_catalogue_and_places_are_named(tmp_path: Path) -> None:
    line = 'raise Invalid(say("geography.not-json", file="x", line=1, column=2), code="no-such-thing")'
    (one,) = raised(hub_with(tmp_path, line))
    assert (one.code, one.kind) == ("no-such-thing", "invalid")
    assert "*file* is not JSON" in one.says


def test_a_code_made_in_an_unknown_way_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not know"):
        list(raised(hub_with(tmp_path, "raise Conflict('no', code=given + wrong)")))

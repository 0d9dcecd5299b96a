"""The catalogue of findings is whole: every code has its words, every word its code, and the reference pages are up to date."""

from __future__ import annotations

import re
from pathlib import Path

from hub.kit.words import catalogue as words
from hub.schemas import catalogue, column_letter
from hub.schemas.findings import in_order, rows_said
from hub.schemas.reference import findings_page, schemas_page
from tests.support.schemas import registry

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "docs" / "reference"


def test_every_finding_has_words_and_every_word_a_finding() -> None:
    said = {key.split(".")[2] for key in words() if key.startswith("schemas.finding.")}
    assert said == set(catalogue())
    for code in catalogue():
        assert {f"schemas.finding.{code}.{part}" for part in ("title", "message", "remedy")} <= set(words())


def test_every_finding_is_used_by_the_code() -> None:
    rooms = (ROOT / "hub" / "schemas", ROOT / "hub" / "intake")  # the queries against history are intake's
    source = "".join(path.read_text(encoding="utf-8") for room in rooms for path in sorted(room.glob("*.py")))
    assert [code for code in catalogue() if f'"{code}"' not in source] == []


def test_every_code_the_checks_name_is_in_the_catalogue() -> None:
    rooms = (ROOT / "hub" / "schemas", ROOT / "hub" / "intake")  # the queries against history are intake's
    source = "".join(path.read_text(encoding="utf-8") for room in rooms for path in sorted(room.glob("*.py")))
    named = set(re.findall(r'(?:finding|Probe)\(\s*"([a-z-]+)"', source))
    assert named <= set(catalogue())


def test_findings_md_is_what_the_catalogue_says() -> None:
    assert (REFERENCE / "findings.md").read_text(encoding="utf-8") == findings_page()


def test_schemas_md_is_what_the_schemas_say() -> None:
    assert (REFERENCE / "schemas.md").read_text(encoding="utf-8") == schemas_page(registry())


def test_columns_are_named_as_spreadsheets_name_them() -> None:
    assert [column_letter(place) for place in (0, 5, 25, 26, 51, 52, 701, 702)] == [
        "A", "F", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


def test_one_row_is_no_plural() -> None:
    assert (rows_said(1), rows_said(1857)) == ("1 row", "1,857 rows")


def test_an_empty_report_has_an_order_too() -> None:
    assert in_order([]) == ()

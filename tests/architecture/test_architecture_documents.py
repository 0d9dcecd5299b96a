"""What the explanations say of the code and of the tests is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATHS = ROOT / "docs" / "explanation" / "a-request-from-door-to-row.md"
PROMISES = ROOT / "docs" / "explanation" / "promises.md"
REFERENCE = re.compile(r"`((?:hub|policies|schemas|tests|tools|benchmarks)(?:/[\w.-]+)*)(?::([\w.]+))?`")
SAID = re.compile(r"`([a-z]\w*\.py|tests/[\w/.-]+\.py):(test_\w+)`")


@cache
def names_in(path: Path) -> frozenset[str]:
    """Every class and function at the top of a module, and every method as `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return frozenset(found)


def references(document: Path) -> list[tuple[str, str]]:
    return REFERENCE.findall(document.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "document", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_every_file_and_name_that_a_page_cites_exists(document: Path) -> None:
    wrong = []
    for path, name in references(document):
        target = ROOT / path
        if not target.exists() or (name and name not in names_in(target)):
            wrong.append(f"{path}:{name}" if name else path)
    assert wrong == []


def test_the_path_of_a_request_names_every_room_and_stays_readable() -> None:
    text = PATHS.read_text(encoding="utf-8")
    assert text.count("\n") <= 200
    rooms = {path.parent.name for path in (ROOT / "hub").glob("*/__init__.py")} - {"kit", "query", "strategy"}
    assert {room for room in rooms if f"hub/{room}/" not in text} == set()
    assert len(references(PATHS)) > 80


def test_a_wrong_name_would_be_noticed() -> None:
    assert "Intake.receive" in names_in(ROOT / "hub" / "intake" / "service.py")
    assert "Intake.no_such_verb" not in names_in(ROOT / "hub" / "intake" / "service.py")
    assert REFERENCE.findall("see `hub/intake/service.py:Intake.receive` and `hub check`") == [
        ("hub/intake/service.py", "Intake.receive")
    ]


def test_each_promise_is_shown_by_tests_that_exist() -> None:
    sections = re.split(r"^## ", PROMISES.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert [section.partition(".")[0] for section in sections] == [f"P{number}" for number in range(1, 13)]
    for section in sections:
        shown = SAID.findall(section)
        assert shown, f"{section[:30]}: no test is named"
        for path, name in shown:
            assert name in names_in(ROOT / path), f"{path}:{name}"

"""What the how-tos say of datasets, agreements, personas and each other is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from hub.schemas import SchemaRegistry
from hub.synthetic import AGENCIES, PERSONAS

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
EXTRACTS = ROOT / "docs" / "how-to" / "send-your-first-extract.md"
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FIRST_PAGE = re.compile(r"pictures/first-page-([a-z-]+)\.png")
COMMON = {
    "nhs_number", "name", "forename", "surname", "date_of_birth", "address", "postcode", "phone", "email",
    "national_insurance_number", "pnc_id", "risk_score",
}  # fmt: skip


def sections() -> dict[str, str]:
    """The part of the page on each agency, by the datasets in its table."""
    parts = re.split(
        r"^### ", EXTRACTS.read_text(encoding="utf-8").partition("\n## What the hub reads")[0], flags=re.MULTILINE
    )
    return {dataset: part for part in parts[1:] for dataset in re.findall(r"^\| `([a-z/-]+)` \|", part, re.MULTILINE)}


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    wrong = []
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            wrong.append(f"{path}#{anchor}")
    assert wrong == []


def test_each_first_page_in_the_docs_is_a_personas() -> None:
    shown = {name for page in DOCS for name in FIRST_PAGE.findall(page.read_text(encoding="utf-8"))}
    assert shown == {person.id for person in PERSONAS}


def test_every_dataset_of_the_demo_has_its_line_with_its_cadence() -> None:
    registry, said = SchemaRegistry.from_folder(), sections()
    wanted = {dataset for agency in AGENCIES for dataset in agency.supplies}
    assert wanted - set(said) == set()
    for dataset, part in said.items():
        assert f"| `{dataset}` | {registry.get(dataset).cadence} |" in part


def test_every_column_that_refuses_a_file_beyond_the_common_ones_is_named() -> None:
    registry = SchemaRegistry.from_folder()
    for dataset, part in sections().items():
        own = {one.name for one in registry.get(dataset).refused} - COMMON
        assert {name for name in own if f"`{name}`" not in part} == set(), dataset


def test_the_gateway_of_each_dataset_is_that_of_the_demos_agreements() -> None:
    folder = ROOT / "policies" / "agreements" / "ravensbourne"
    by: dict[str, set[str]] = {}
    for path in (*folder.glob("*.yaml"), *(folder / "wider").glob("*.yaml")):
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        for clause in read["datasets"]:
            if clause["recipients"] == [clause["supplier"]]:  # own rows: the agreement the dataset stands on first
                by.setdefault(clause["dataset"], set()).add(read["gateway"])
    rows = re.findall(r"^\| \[[^|]+\| ([^|]+) \| `(\w+)` \|$", EXTRACTS.read_text(encoding="utf-8"), re.MULTILINE)
    said = {dataset: {gateway} for datasets, gateway in rows for dataset in re.findall(r"`([^`]+)`", datasets)}
    assert said == by

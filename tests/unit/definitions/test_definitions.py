"""Definitions of serious violence: read strictly, found by reference, all four factors answered."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import Field

from hub.definitions import FACTORS, Definitions, Document, read_strictly
from hub.definitions.service import read
from hub.kit.errors import Invalid, NotFound
from hub.kit.paths import data_root

SHIPPED = (data_root("policies") / "definitions" / "serious-violence-1.yaml").read_text(encoding="utf-8")


def changed(**changes: object) -> str:
    return yaml.safe_dump(yaml.safe_load(SHIPPED) | changes)


def test_the_shipped_definition_answers_the_four_factors_and_excludes_terrorism() -> None:
    current = Definitions.from_folder().current()
    assert current.reference == "serious-violence@1"
    assert [(factor.name, factor.section) for factor in current.factors] == list(FACTORS.items())
    assert all(factor.text for factor in current.factors)
    assert "terrorism" in current.excludes
    assert current.kinds_of("police/street-crime") == (
        "Violence and sexual offences",
        "Robbery",
        "Possession of weapons",
    )
    assert current.kinds_of("fire/incidents") == ()


def test_declared_kinds_are_codes_of_the_agreed_schemas() -> None:
    codes = {
        path.stem: set(yaml.safe_load(path.read_text(encoding="utf-8"))["codes"])
        for path in (data_root("schemas") / "codes").glob("*.yaml")
    }
    lists = {
        "police/street-crime": "crime-type",
        "police/street-crime-api": "crime-category",
        "police/stop-and-search": "search-object",
        "health/istv-assaults": "assault-method",
        "ambulance/violence-callouts": "chief-complaint",
    }
    for dataset, declared in Definitions.from_folder().current().declared.items():
        assert set(declared.kinds) <= codes[lists[dataset]]


def test_the_one_adopted_last_is_current_and_each_is_found_by_its_reference() -> None:
    definitions = Definitions([read(changed(version=2, adopted_on=date(2027, 1, 1))), read(SHIPPED)])
    assert definitions.current().version == 2
    assert definitions.get("serious-violence@1").version == 1
    assert definitions.get("serious-violence").version == 2
    assert [one.version for one in definitions.all()] == [1, 2]
    with pytest.raises(NotFound):
        definitions.get("serious-violence@3")


def test_no_definition_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Definitions.from_folder(tmp_path).current()


def test_the_same_version_twice_is_refused() -> None:
    with pytest.raises(Invalid, match=r"serious-violence@1 stands in two files"):
        Definitions([read(SHIPPED), read(SHIPPED)])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"factors": {"prevalence": "much"}}, r"s\.13\(6\)"),
        ({"factors": dict.fromkeys(FACTORS, " ")}, r"s\.13\(6\)"),
        ({"excludes": []}, r"s\.13\(3\)\(b\)"),
        ({"version": 0}, "version: "),
        ({"version": "1"}, "version: "),
        ({"definition": "Not A Slug"}, "definition: "),
    ],
)
def test_a_wrong_definition_is_refused_with_its_place(changes: dict[str, object], says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        read(changed(**changes))
    assert refused.value.code == "bad-document"
    assert refused.value.remedy


class Leaf(Document):
    weight: int = 0


class Tree(Document):
    name: str
    leaves: list[Leaf] = Field(default_factory=list)
    twigs: dict[str, Leaf] = Field(default_factory=dict)


ODD = ("[" * 20_000, "!!bool maybe", "!!int ''", "!!timestamp soon", ":".join(["1"] * 300) + ":1.5")
"""Values on which PyYAML breaks in its own ways."""


@pytest.mark.parametrize(
    ("text", "code", "says", "remedy"),
    [
        ("name: a\nname: b", "not-yaml", r"'name' stands twice \(line 2, column 1\)", "each key once"),
        ("name: &a b\nleaves: *a", "not-yaml", "aliases are not read", "without anchors"),
        ("name: [", "not-yaml", r"\(line 1", "key: value"),
        ("name: \x00", "not-yaml", "unacceptable character", "key: value"),
        ("just words", "not-yaml", "holds no keys", "key: value"),
        *((f"name: {odd}", "not-yaml", "does not fit|nested too deeply", "key: value") for odd in ODD),
        ("? [a, b]\n: c", "not-yaml", "a key is no text", "key: value"),
        ("nome: a", "bad-document", "nome is not a known key", "Write name instead of nome."),
        ("name: a\nzzz: 1", "bad-document", "zzz is not a known key", "known there are: name, leaves, twigs"),
        (
            "name: a\nleaves: [{wieght: 1}]",
            "bad-document",
            r"leaves\.0\.wieght",
            r"Write weight instead of leaves\.0\.wieght",
        ),
        ("name: a\ntwigs: {b: {qq: 1}}", "bad-document", r"twigs\.b\.qq", "Remove"),
        ("leaves: []", "bad-document", "name is missing", "Add name."),
        ("name: 3", "bad-document", "name: ", "Correct name."),
        ("name: a\nleaves: 3", "bad-document", "leaves: ", "Correct leaves."),
        ("name: " + "a" * 300_000, "document-too-long", "256 KiB", "shorten"),
    ],
)
def test_what_is_wrong_in_a_document_is_named_with_its_mending(text: str, code: str, says: str, remedy: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        read_strictly(Tree, text, what="the tree")
    assert refused.value.code == code
    assert re.search(remedy, refused.value.remedy)


def test_a_right_document_is_read() -> None:
    tree = read_strictly(Tree, "name: oak\nleaves: [{weight: 2}]\ntwigs: {a: {}}", what="the tree")
    assert (tree.name, tree.leaves[0].weight, tree.twigs["a"].weight) == ("oak", 2, 0)

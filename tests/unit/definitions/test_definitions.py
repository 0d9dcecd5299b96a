"""Definitions of serious violence: read strictly, found by reference, all four factors answered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import Field

from hub import audit
from hub.db import Database
from hub.definitions import FACTORS, Definitions, Document, read, read_strictly
from hub.kit.authority import Action, Permit
from hub.kit.clock import FrozenClock
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from hub.kit.paths import data_root
from hub.schemas import SchemaRegistry
from tests.support.geography import a_geography_permit

SHIPPED = (data_root("policies") / "definitions" / "ravensbourne-1.yaml").read_text(encoding="utf-8")


def changed(**changes: object) -> str:
    return yaml.safe_dump(yaml.safe_load(SHIPPED) | changes)


def a_permit(clock: FrozenClock, action: Action = Action.DEFINITION_CHOOSE) -> Permit:
    return a_geography_permit(clock, action=action)


SHIPPED_IDS = ("london-minimum@1", "ravensbourne@1", "thames-valley@1")


@pytest.mark.parametrize("reference", SHIPPED_IDS)
def test_each_shipped_definition_scores_the_four_factors_for_each_group_and_excludes_terrorism(reference: str) -> None:
    found = Definitions.from_folder().get(reference)
    assert "terrorism" in found.excludes
    assert found.limits
    assert len(found.groups) >= 4
    for group in found.groups:
        assert [(score.factor, score.section) for score in group.scores] == list(FACTORS.items())
        assert all(1 <= score.score <= 5 and score.why.endswith(".") for score in group.scores)


def test_two_lawful_definitions_count_the_same_data_differently() -> None:
    definitions = Definitions.from_folder()
    london, thames, local = (definitions.get(one) for one in ("london-minimum", "thames-valley", "ravensbourne"))
    assert london.kinds_of("police/street-crime") == ("Violence and sexual offences", "Robbery")
    assert thames.kinds_of("police/street-crime") == ("Violence and sexual offences", "Possession of weapons")
    assert local.kinds_of("police/street-crime") == ("Violence and sexual offences", "Robbery", "Possession of weapons")
    assert local.kinds_of("police/nothing") == ()
    assert set(thames.kinds_of("health/istv-assaults")) < set(london.kinds_of("health/istv-assaults"))
    assert [group.id for group in london.uncounted] == ["property"]


def test_declared_kinds_are_codes_of_the_agreed_schemas() -> None:
    schemas = SchemaRegistry.from_folder()
    for definition in Definitions.from_folder().all():
        for dataset, declared in definition.declared.items():
            assert set(declared.kinds) <= {code.code for code in schemas.get(dataset).kinds}, (definition.id, dataset)


def test_each_is_found_by_its_reference_and_the_setting_names_the_first() -> None:
    later = read(changed(version=2, written_on=date(2027, 1, 1)))
    definitions = Definitions([later, read(SHIPPED)])
    assert definitions.first().version == 2
    assert definitions.get("ravensbourne@1").version == 1
    assert definitions.get("ravensbourne").version == 2
    assert [one.version for one in definitions.all()] == [1, 2]
    with pytest.raises(NotFound):
        definitions.get("ravensbourne@3")
    assert Definitions([later, read(SHIPPED)], first="ravensbourne@1").first().version == 1
    with pytest.raises(NotFound):
        Definitions([later], first="nowhere").first()


def test_no_definition_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Definitions.from_folder(tmp_path).first()


def test_a_choice_is_recorded_with_its_minute_and_kept_when_another_follows(
    database: Database, clock: FrozenClock
) -> None:
    definitions = Definitions.from_folder(clock=clock, first="london-minimum")
    with database.reading() as reading:
        before = definitions.in_force(reading)
    assert (before.definition.id, before.choice) == ("london-minimum", None)
    with database.unit_of_work() as uow:
        definitions.choose(uow, a_permit(clock), "thames-valley", minute="Board,\n 2 March 2026")
        definitions.choose(uow, a_permit(clock), "ravensbourne@1", minute="Board, 1 June 2026")
    with database.reading() as reading:
        now = definitions.in_force(reading)
        history = definitions.history(reading)
        older = definitions.used(reading, "thames-valley@1")
        never = definitions.used(reading, "london-minimum@1")
    assert now.definition.reference == "ravensbourne@1"
    assert [(one.number, one.reference, one.minute) for one in history] == [
        (2, "ravensbourne@1", "Board, 1 June 2026"),
        (1, "thames-valley@1", "Board, 2 March 2026"),
    ]
    assert older.choice == history[1]
    assert never.choice is None
    with database.unit_of_work() as uow:
        entries = audit.entries(uow, a_permit(clock, Action.AUDIT_READ), at=clock, purpose="self-monitoring")
    assert [entry.columns["subject"] for entry in entries][-2:] == [
        "definition/thames-valley@1",
        "definition/ravensbourne@1",
    ]


def test_a_choice_needs_its_permit_a_minute_and_a_change(database: Database, clock: FrozenClock) -> None:
    definitions = Definitions.from_folder(clock=clock)
    permit = a_permit(clock)
    with database.unit_of_work() as uow:
        for wrong in (a_permit(clock, Action.VIEW_READ), replace(permit, expires_at=clock.now())):
            with pytest.raises(NotPermitted):
                definitions.choose(uow, wrong, "ravensbourne", minute="x")
        for minute in ("", "  ", "x" * 301):
            with pytest.raises(Invalid) as caught:
                definitions.choose(uow, permit, "ravensbourne", minute=minute)
            assert caught.value.code == "no-minute"
        with pytest.raises(NotFound):
            definitions.choose(uow, permit, "nowhere", minute="x")
        definitions.choose(uow, permit, "ravensbourne", minute="x")
        with pytest.raises(Conflict, match="in force already"):
            definitions.choose(uow, permit, "ravensbourne@1", minute="y")


def test_a_document_changed_under_its_name_is_not_used(database: Database, clock: FrozenClock) -> None:
    """A figure must not change its meaning under the same name (P12)."""
    with database.unit_of_work() as uow:
        Definitions([read(SHIPPED)], clock=clock).choose(uow, a_permit(clock), "ravensbourne", minute="x")
    other = Definitions([read(changed(title="Another"))], clock=clock)
    with database.reading() as reading:
        for asked in (other.in_force, lambda one: other.used(one, "ravensbourne@1")):
            with pytest.raises(Conflict) as caught:
                asked(reading)
            assert caught.value.code == "definition-changed"


def test_the_same_version_twice_is_refused() -> None:
    with pytest.raises(Invalid, match=r"ravensbourne@1 stands in two files"):
        Definitions([read(SHIPPED), read(SHIPPED)])


GROUP = yaml.safe_load(SHIPPED)["groups"]["homicide"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"groups": {"homicide": {"title": "x", "factors": {}}}}, r"s\.13\(6\)"),
        (
            {"groups": {"homicide": GROUP | {"factors": {key: {"score": 1, "why": " "} for key in FACTORS}}}},
            r"s\.13\(6\)",
        ),
        ({"groups": {"homicide": GROUP | {"factors": {key: {"score": 6, "why": "x"} for key in FACTORS}}}}, "score: "),
        ({"groups": {}}, "groups: "),
        ({"datasets": {"a/b": {"kinds": {"nothing": ["x"]}, "reason": "r"}}}, "no group of the definition"),
        ({"datasets": {"a/b": {"kinds": {"injury": []}, "reason": "r"}}}, "has no kind there"),
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
        ("name: [", "not-yaml", r"\(line 2", "key: value"),
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

"""SI 2007/1831: each of the twelve prescribed sets has a dataset that its holder supplies."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hub.kit.errors import Invalid
from hub.kit.paths import data_root
from hub.policy import PolicyLibrary
from hub.schemas import prescribed_sets
from hub.schemas.prescribed import prescribed_page
from tests.support.schemas import registry

FILE = "prescribed-information.yaml"


def test_the_twelve_sets_are_there_and_each_is_carried_by_what_its_holder_supplies() -> None:
    sets = prescribed_sets(registry())
    assert [one.item for one in sets] == list(range(1, 13))
    for one in sets:
        assert one.carriers
        for carrier in one.carriers:
            assert set(one.holder_kinds) & set(registry().get(carrier.dataset).agency_kinds)
    assert {kind for one in sets for kind in one.holder_kinds} <= set(PolicyLibrary().kinds)


def test_the_holders_are_those_the_schedule_names() -> None:
    holders = {one.item: one.holder for one in prescribed_sets(registry())}
    assert [item for item, holder in holders.items() if holder == "police"] == [1, 2]
    assert [item for item, holder in holders.items() if holder.startswith("fire")] == [3, 4]
    assert [item for item, holder in holders.items() if holder == "local authority"] == [5, 6, 7, 8]
    assert [item for item, holder in holders.items() if holder == "health body"] == [9, 10, 11, 12]


def test_items_nine_to_eleven_take_every_sub_category_of_the_admissions_once() -> None:
    named = [
        code
        for one in prescribed_sets(registry())
        for carrier in one.carriers
        for code in carrier.codes
        if one.item in (9, 10, 11)
    ]
    asked_by_the_regulations = [code.code for code in registry().get("health/admissions", "1.0.0").kinds]
    assert sorted(named) == sorted(asked_by_the_regulations)
    since = {code.code for code in registry().get("health/admissions").kinds} - set(asked_by_the_regulations)
    assert since == {
        "X99",
        "X99-under-25",
    }  # for the Home Office's measure of success; no item of the Schedule asks for them


def test_the_reference_page_is_what_the_table_says() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "prescribed-information.md"
    assert page.read_text(encoding="utf-8") == prescribed_page(prescribed_sets(registry()))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dataset": "police/parking"}, "not agreed"),
        ({"dataset": "fire/incidents"}, "supplied by none"),
        ({"dataset": "police/outcomes", "kinds": ["Forgiven"]}, "Forgiven"),
        ({"dataset": "police/outcomes", "field": "colour", "codes": ["red"]}, "colour"),
    ],
)
def test_a_slip_in_the_table_is_named(tmp_path: Path, change: dict[str, object], says: str) -> None:
    raw = yaml.safe_load((data_root("schemas") / FILE).read_text(encoding="utf-8"))
    raw["sets"][0]["datasets"] = [change]
    (tmp_path / FILE).write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(Invalid, match=says) as invalid:
        prescribed_sets(registry(), tmp_path)
    assert "item 1" in invalid.value.title

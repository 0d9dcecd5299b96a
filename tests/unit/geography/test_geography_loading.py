"""Loading: what comes into force, what is recorded, what a refused file leaves behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from hub import audit
from hub.db import Database
from hub.geography import Geography, PlaceSpec
from hub.geography.words import normal_place, place_in
from hub.kit.authority import Action
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, Conflict, Invalid, NotFound, NotPermitted
from tests.support.geography import a_geography, a_geography_permit, index_of, square_lsoa, write_squares


def test_boundaries_and_lookup_together_make_the_tree_in_force(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    boundaries, lookup, gazetteer = write_squares(tmp_path)
    geography = Geography(clock=clock)
    permit = a_geography_permit(clock)
    with database.unit_of_work() as uow:
        assert geography.current(uow) is None
        assert geography.load(uow, permit, boundaries).missing == ("lookup",)
        assert geography.current(uow) is None
        report = geography.load(uow, permit, lookup)
    assert (report.kind, report.records, report.missing, report.replaced) == ("lookup", 5, (), False)
    with database.reading() as reading:
        index = geography.current(reading)
        assert index is not None
        assert index.tree == index_of(boundaries, lookup).tree
        assert index.tree.id == report.tree_id
        assert geography.current(reading) is index
    with database.unit_of_work() as uow:
        later = geography.load(uow, permit, gazetteer)
    assert later.tree_id != report.tree_id
    with database.reading() as reading:
        now = geography.current(reading)
        assert now is not None
        assert now.tree.id == later.tree_id
        assert geography.index(reading, report.tree_id).tree == index.tree
        with pytest.raises(NotFound):
            geography.index(reading, "0" * 12)


def test_each_file_loaded_leaves_an_entry(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    a_geography(database, clock, *write_squares(tmp_path))
    reader = a_geography_permit(clock, action=Action.AUDIT_READ)
    with database.unit_of_work() as uow:
        stored = audit.entries(uow, reader, at=clock, purpose="self-monitoring")
    assert [entry.columns["subject"] for entry in stored] == [
        "geography/boundaries",
        "geography/lookup",
        "geography/gazetteer",
    ]
    assert {entry.columns["verb"] for entry in stored} == {"alteration"}


def test_a_file_that_does_not_fit_changes_nothing(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    geography = a_geography(database, clock, *write_squares(tmp_path))
    other = tmp_path / "other"
    other.mkdir()
    boundaries, lookup, gazetteer = write_squares(other, columns=3)
    permit = a_geography_permit(clock)
    with pytest.raises(Invalid), database.unit_of_work() as uow:
        geography.load(uow, permit, boundaries)
    with database.reading() as reading:
        before = geography.current(reading)
        assert before is not None
        assert len(before.tree.level("ward")) == 2
    with database.unit_of_work() as uow:
        reports = geography.load_all(uow, permit, [boundaries, lookup, gazetteer])
    assert all(report.replaced for report in reports)
    with database.reading() as reading:
        after = geography.current(reading)
        assert after is not None
        assert len(after.tree.level("ward")) == 3


def test_two_files_of_one_kind_are_refused(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    boundaries, lookup, _ = write_squares(tmp_path)
    with pytest.raises(Invalid, match="Two lookup files"), database.unit_of_work() as uow:
        Geography(clock=clock).load_all(uow, a_geography_permit(clock), [boundaries, lookup, lookup])


def test_a_permit_for_something_else_or_an_expired_one_loads_nothing(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    boundaries, _, _ = write_squares(tmp_path)
    wrong = a_geography_permit(clock, action=Action.VIEW_READ)
    expired = a_geography_permit(clock)
    clock.advance(timedelta(minutes=5))
    for permit in (wrong, expired):
        with pytest.raises(NotPermitted), database.unit_of_work() as uow:
            Geography(clock=clock).load(uow, permit, boundaries)


def test_a_borough_is_one_or_the_asker_is_told(tmp_path: Path) -> None:
    boundaries, lookup, _ = write_squares(tmp_path)
    text = lookup.read_text(encoding="utf-8-sig").replace(
        "X05000002,Ward 1,X09000001,Squareham", "X05000002,Ward 1,X09000003,Two"
    )
    lookup.write_text(text, encoding="utf-8")
    tree = index_of(boundaries, lookup).tree
    assert tree.name == "Squareham and Two"
    assert tree.ancestor(square_lsoa(1, 0), "borough") == "X09000003"
    with pytest.raises(Conflict):
        _ = tree.borough
    with pytest.raises(NotFound):
        tree.level("county")
    with pytest.raises(NotFound):
        tree.ward_of("X05000001")
    with pytest.raises(NotFound):
        tree.area("X00000000")


def test_a_description_is_placed_by_the_longest_place_it_names(tmp_path: Path) -> None:
    index = index_of(*write_squares(tmp_path))
    said = ["outside THE KINGS ARMS, late", "Arms of nobody", "market square", "Far Station", "somewhere", ""]
    codes, places = index.words(said)
    assert codes.tolist() == [square_lsoa(1, 0), square_lsoa(0, 0), square_lsoa(0, 0), "", "", ""]
    assert places.tolist() == ["inside", "inside", "inside", "outside", "unlocated", "unlocated"]


def test_two_places_of_equal_length_decide_nothing() -> None:
    known = {"market square": "A", "kings arms": "B", "market": "C"}
    assert place_in("Kings Arms by Market Square", known, longest=2) == ""
    assert place_in("market square, Market Square", known, longest=2) == "A"
    assert normal_place("  St. Mary's\u2014Cray ") == "st marys cray"


def test_codes_are_inside_outside_or_no_place(tmp_path: Path) -> None:
    index = index_of(*write_squares(tmp_path))
    codes, places = index.codes([square_lsoa(1, 1), "X01999999", "E01011111", "X05000001", "not a code"])
    assert codes.tolist() == [square_lsoa(1, 1), "", "", "", ""]
    assert places.tolist() == ["inside", "outside", "outside", "outside", "unlocated"]


def test_a_place_is_said_by_as_many_fields_as_its_kind_needs() -> None:
    PlaceSpec("point", ("lon", "lat"))
    PlaceSpec("none")
    for kind, fields in (("point", ("lon",)), ("postcode", ("p",)), ("none", ("x",))):
        with pytest.raises(Bug):
            PlaceSpec(kind, fields)


def test_an_index_locates_nothing_it_was_not_asked(tmp_path: Path) -> None:
    index = index_of(*write_squares(tmp_path))
    codes, places = index.points(np.array([]), np.array([]))
    assert (codes.tolist(), places.tolist()) == ([], [])

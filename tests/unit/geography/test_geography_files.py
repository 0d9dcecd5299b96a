"""Files of areas: what is taken in, and what a bad file is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.geography.read import kind_of, read_boundaries, read_gazetteer, read_lookup
from hub.geography.tree import grow
from hub.kit.errors import Invalid
from tests.support.geography import bromley, index_of, square, write_squares

HEADER = "LSOA21CD,LSOA21NM,WD25CD,WD25NM,LAD25CD,LAD25NM\n"


def feature(code: str = "X01000001", **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "Feature",
        "properties": {"lsoa21cd": code, "lsoa21nm": code},
        "geometry": {"type": "Polygon", "coordinates": [square(0, 0)]},
    }
    made.update(changes)
    return made


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def code_of(content: bytes, reader: Any = read_boundaries) -> str:
    with pytest.raises(Invalid) as caught:
        reader(content, file="areas.x")
    assert caught.value.remedy
    return caught.value.code


def test_the_real_bromley_is_one_borough_of_22_wards_and_199_lsoas() -> None:
    tree = bromley().tree
    assert tree.name == tree.borough.name == "Bromley"
    assert (len(tree.level("borough")), len(tree.level("ward")), len(tree.level("lsoa21"))) == (1, 22, 199)
    assert tree.ward_of("E01000701") == "E05013994"
    assert {area.code for area in tree.children(tree.borough.code)} == {area.code for area in tree.level("ward")}


def test_the_tree_id_depends_on_content_and_not_on_the_order_of_records(tmp_path: Path) -> None:
    boundaries, lookup, gazetteer = write_squares(tmp_path)
    first = index_of(boundaries, lookup, gazetteer).tree
    document = json.loads(boundaries.read_text())
    document["features"].reverse()
    boundaries.write_text(json.dumps(document, indent=1))
    header, *rows = lookup.read_text(encoding="utf-8-sig").splitlines()
    lookup.write_text("\n".join([header, *reversed(rows)]), encoding="utf-8")
    assert index_of(boundaries, lookup, gazetteer).tree == first
    assert len(first.id) == 12
    document["features"][0]["geometry"]["coordinates"][0][1][0] += 0.0001
    boundaries.write_text(json.dumps(document))
    assert index_of(boundaries, lookup, gazetteer).tree.id != first.id
    assert index_of(boundaries, lookup).tree.id != first.id


def test_the_kind_of_a_file_is_known_from_what_it_holds(tmp_path: Path) -> None:
    kinds = [kind_of(path.read_bytes(), file=path.name) for path in write_squares(tmp_path)]
    assert kinds == ["boundaries", "lookup", "gazetteer"]
    assert code_of(b"a,b\n1,2\n", kind_of) == "not-a-geography-file"
    assert code_of(b"", kind_of) == "not-a-geography-file"
    assert code_of(b"LSOA21CD,\xff\n", kind_of) == "wrong-encoding"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"type": "FeatureCollection", "features": [', "not-json"),
        (b"[]", "not-a-collection"),
        (b'{"type": "FeatureCollection", "features": []}', "not-a-collection"),
        (collection(feature(), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}), "wrong-crs"),
        (collection(feature(properties=None)), "no-code"),
        (collection("nonsense"), "no-code"),
        (collection(feature(), feature()), "code-twice"),
        (collection(feature(geometry=None)), "bad-shape"),
        (collection(feature(geometry={"type": "Point", "coordinates": [0, 51]})), "bad-shape"),
        (collection(feature(geometry={"type": "Polygon", "coordinates": "x"})), "bad-shape"),
        (
            collection(
                feature(geometry={"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})
            ),
            "bad-shape",
        ),
        (
            collection(
                feature(
                    geometry={
                        "type": "Polygon",
                        "coordinates": [[[540000, 169000], [541000, 169000], [541000, 170000], [540000, 169000]]],
                    }
                )
            ),
            "not-degrees",
        ),
    ],
)
def test_bad_boundaries_are_told_what_is_wrong(content: bytes, code: str) -> None:
    assert code_of(content) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"LSOA21CD,LSOA21NM\nX01000001,A\n", "missing-column"),
        (HEADER.encode(), "no-rows"),
        (HEADER.encode() + b"X01000001,A,X05000001,W,X09000001\n", "ragged-row"),
        (HEADER.encode() + b"X01000001,A,,W,X09000001,B\n", "blank-cell"),
        (HEADER.encode() + b"X01000001,A,X05000001,W,X09000001,B\n" * 2, "code-twice"),
        (
            HEADER.encode() + b"X01000001,A,X05000001,W,X09000001,B\nX01000002,A,X05000001,W,X09000002,C\n",
            "two-parents",
        ),
    ],
)
def test_a_bad_lookup_is_told_what_is_wrong(content: bytes, code: str) -> None:
    assert code_of(content, read_lookup) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"place,lsoa21\n", "no-rows"),
        (b"place,lsoa21\n...,X01000001\n", "blank-cell"),
        (b"place,lsoa21\nThe Arms,X01000001\nthe  ARMS.,X01000002\n", "place-twice"),
    ],
)
def test_a_bad_gazetteer_is_told_what_is_wrong(content: bytes, code: str) -> None:
    assert code_of(content, read_gazetteer) == code


def test_an_error_names_the_row(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"lookup\.csv, row 3: WD25CD is blank"):
        read_lookup(
            f"{HEADER}X01000001,A,X05000001,W,X09000001,B\nX01000002,A, ,W,X09000001,B\n".encode(), file="lookup.csv"
        )


def fit(boundaries: bytes, lookup: str, gazetteer: bytes = b"") -> str:
    places = read_gazetteer(gazetteer, file="g") if gazetteer else ()
    with pytest.raises(Invalid) as caught:
        grow(read_boundaries(boundaries, file="b"), read_lookup((HEADER + lookup).encode(), file="l"), places)
    return caught.value.code


def test_files_that_do_not_fit_each_other_are_refused() -> None:
    one = "X01000001,A,X05000001,W,X09000001,B\n"
    assert fit(collection(feature("X01000009")), one) == "not-in-lookup"
    assert fit(collection(feature()), one + "X01000002,A,X05000001,W,X09000001,B\n") == "no-boundary"
    other_ward = feature(properties={"LSOA21CD": "X01000001", "WD25CD": "X05000007"})
    assert fit(collection(other_ward), one) == "ward-differs"
    assert fit(collection(feature()), one, b"place,lsoa21\nArms,X01000009\n") == "gazetteer-code"

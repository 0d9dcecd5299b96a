"""An index made of files of areas: of those that a hub has in force, or of plain files on a desk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.geography.locate import AreaIndex
from hub.geography.model import Boundary, GazetteerRow, LookupRow
from hub.geography.read import kind_of, problem, read_boundaries, read_gazetteer, read_lookup
from hub.geography.tree import grow
from hub.geography.words import normal_place
from hub.kit.words import say


def index_of(
    boundaries: Sequence[Boundary], lookup: Sequence[LookupRow], gazetteer: Sequence[GazetteerRow] = ()
) -> AreaIndex:
    """The index of these areas. Invalid where they do not fit together."""
    return AreaIndex(
        tree=grow(boundaries, lookup, gazetteer),
        boundaries=boundaries,
        known={code for row in lookup for code in (row.lsoa, row.ward)},
        gazetteer={normal_place(row.place): row.lsoa for row in gazetteer},
    )


def index_of_files(paths: Sequence[Path]) -> AreaIndex:
    """The index of plain files, one of each kind at most: boundaries and lookup, and place names where there are any.

    Invalid names the file and what is wrong, or the kind that is there twice or not at all.
    """
    contents: dict[str, tuple[bytes, str]] = {}
    for path in paths:
        content = path.read_bytes()
        kind = kind_of(content, file=path.name)
        if kind in contents:
            raise problem("same-kind-twice", kind=say(f"geography.kinds.{kind}"))
        contents[kind] = (content, path.name)
    for kind in ("boundaries", "lookup"):
        if kind not in contents:
            raise problem("kind-missing", kind=say(f"geography.kinds.{kind}"))
    (outlines, outlines_name), (rows, rows_name) = contents["boundaries"], contents["lookup"]
    places, places_name = contents.get("gazetteer", (b"", ""))
    return index_of(
        read_boundaries(outlines, file=outlines_name),
        read_lookup(rows, file=rows_name),
        read_gazetteer(places, file=places_name) if places_name else (),
    )

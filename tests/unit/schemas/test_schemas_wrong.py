"""The rows that do not get in are the same ones, however few or many they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import check, probe, wrong
from tests.support.schemas import PERIOD, csv_of, rows_of, schema_of

CRIME = "police/street-crime"
_FAULTS = (
    {"Crime type": "robbery"},
    {"Crime type": "robbery", "Month": ""},
    {"Latitude": "514.02"},
    {"Longitude": "ring 020 8123 4567"},
    {"Location": "mail jo.bloggs@example.org.uk"},
)
_PLAIN = 3


def judged(folder: Path, *, unlike_identifiers: bool) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """The report, the accepted rows and the quarantined ones of a file in which each third row is wrong."""
    faults = _FAULTS[:_PLAIN] if unlike_identifiers else _FAULTS
    rows = rows_of(CRIME, 3 * len(faults))
    for place, fault in enumerate(faults):
        rows[3 * place].update(fault)
    path, content = folder / "extract.csv", csv_of(rows)
    path.write_bytes(content)
    with DuckDbEngine().session(local=[path]) as session:
        done = check(
            session,
            str(path),
            schema_of(CRIME),
            period=PERIOD,
            file_name=path.name,
            read_bytes=lambda: [content],
            part_accept=True,
        )
        kept, held_back = (
            session.rows(f"SELECT * FROM {relation} ORDER BY hub_row") for relation in (done.accepted, done.quarantined)
        )
    assert [row[-1] for row in held_back] == [2 + 3 * place for place in range(len(faults))]
    assert len(kept) == done.report.accepted_rows == 2 * len(faults)
    return done.report.as_json(), kept, held_back


@pytest.mark.parametrize("unlike_identifiers", [True, False])
@pytest.mark.parametrize(("apart", "numbered"), [(0, 1_000_000), (200_000, 0), (0, 0)])
def test_many_wrong_rows_are_found_as_few_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, unlike_identifiers: bool, apart: int, numbered: int
) -> None:
    expected = judged(tmp_path, unlike_identifiers=unlike_identifiers)
    monkeypatch.setattr(probe, "_APART_AT_MOST", apart)
    monkeypatch.setattr(wrong, "_NUMBERED_AT_MOST", numbered)
    assert judged(tmp_path, unlike_identifiers=unlike_identifiers) == expected

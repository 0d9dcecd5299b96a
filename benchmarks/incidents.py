"""The benchmark's file: twenty columns, as many rows as asked, the same bytes each time; where asked some rows wrong, or all.

python -m benchmarks.incidents TARGET ROWS {clean,bad,worst}
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

BAD_EVERY = {"clean": 0, "bad": 100, "worst": 1}
"""One row in so many is wrong; 0: none."""

_CODES = {
    "crime_type": (
        "anti-social-behaviour bicycle-theft burglary criminal-damage drugs other-crime other-theft weapons public-order robbery"
        " shoplifting theft-person vehicle-crime violence"
    ),
    "sub_type": "s0 s1 s2 s3 s4 s5 s6 s7",
    "outcome": "o0 o1 o2 o3 o4 o5 o6 o7 o8 o9",
    "place_type": "street home shop school park transport licensed car-park work online care other",
    "sex": "F M X U",
    "age_band": "0-9 10-17 18-24 25-34 35-49 50-64 65+ unknown",
    "ethnicity": "A B M O W U",
    "weapon": "none knife blunt firearm corrosive bottle vehicle",
    "relationship": "stranger acquaintance partner family unknown",
}
_BLANK = {"outcome": 30, "weapon": 60, "closed_on": 40}
"""How many of a hundred rows are blank in a column that may be."""

COLUMNS = (
    *("incident_id", "case_ref", "location_id", "team"),
    *_CODES,
    *("victims", "severity", "distance_m", "priority"),
    *("reported_on", "closed_on", "occurred_at"),
)
_WRONG = (
    ("case_ref", "'not a reference'"),
    ("location_id", "''"),
    ("crime_type", "'unheard-of'"),
    ("sex", "'female'"),
    ("victims", "'many'"),
    ("severity", "'11'"),
    ("reported_on", "'31/10/2026'"),
    ("closed_on", "'2020-01-01'"),
    ("occurred_at", "'2026-09-30T23:00:00'"),
)
"""Nine ways to be wrong, one a bad row, in turn."""

UNSEEN = ("closed_on", "occurred_at")
"""Wrong by a rule over several columns or by the month: a checker of single columns does not see it."""


def write_incidents(target: Path, *, rows: int, kind: str = "clean") -> int:
    """Write the file; its size in bytes."""
    columns = ", ".join(f"{_spoilt(name, sql, BAD_EVERY[kind])} AS {name}" for name, sql in _columns().items())
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            f"COPY (SELECT {columns} FROM range({rows}) AS counted(i)) TO '{target}' (FORMAT csv, HEADER, DELIMITER ',')"
        )
    return target.stat().st_size


def _columns() -> dict[str, str]:
    reported = f"DATE '2026-10-01' + CAST({_drawn('reported', 31)} AS INTEGER)"
    columns = {
        "incident_id": "'INC-' || lpad(i::VARCHAR, 9, '0')",
        "case_ref": "left(md5(i::VARCHAR), 12)",
        "location_id": f"'LOC' || lpad(({_drawn('place', 40_000)})::VARCHAR, 6, '0')",
        "team": f"'T' || chr(65 + {_drawn('team', 26)}::INTEGER) || 'B' || lpad(({_drawn('crew', 400)})::VARCHAR, 3, '0')",
    }
    for name, said in _CODES.items():
        codes = said.split()
        columns[name] = f"list_extract({codes!r}, 1 + {_drawn(name, len(codes))}::INTEGER)"
    columns |= {
        "victims": _drawn("victims", 21),
        "severity": f"1 + {_drawn('severity', 10)}",
        "distance_m": _drawn("distance", 50_001),
        "priority": f"1 + {_drawn('priority', 5)}",
        "reported_on": reported,
        "closed_on": f"{reported} + CAST({_drawn('closed', 90)} AS INTEGER)",
        "occurred_at": f"strftime(TIMESTAMP '2026-10-01' + to_seconds({_drawn('second', 31 * 86_400)}), '%Y-%m-%dT%H:%M:%S')",
    }
    for name, percent in _BLANK.items():
        columns[name] = f"CASE WHEN {_drawn(name + ' blank', 100)} >= {percent} THEN {columns[name]} END"
    return columns


def _drawn(what: str, size: int) -> str:
    """A number from 0 up to `size`, the same for the same row and word in every run."""
    return f"(hash(i, '{what}') % {size})"


def wrong_rows(rows: int, kind: str, *, unseen: bool = True) -> int:
    """How many rows are wrong; without `unseen` those alone that single columns show."""
    every, ways = BAD_EVERY[kind], len(_WRONG)
    if not every:
        return 0
    counted = [place for place, (column, _) in enumerate(_WRONG) if unseen or column not in UNSEEN]
    return sum(len(range(place * every, rows, every * ways)) for place in counted)


def _spoilt(name: str, sql: str, every: int) -> str:
    wrong = " ".join(
        f"WHEN i % {every * len(_WRONG)} = {place * every} THEN {value}"
        for place, (column, value) in enumerate(_WRONG)
        if every and column == name
    )
    return f"CASE {wrong} ELSE ({sql})::VARCHAR END" if wrong else sql


if __name__ == "__main__":
    print(json.dumps({"bytes": write_incidents(Path(sys.argv[1]), rows=int(sys.argv[2]), kind=sys.argv[3])}))

"""Times of one pass over granted rows, beside the same by hand; prints them in seconds. The first round is not counted.

    python -m benchmarks.rows_work FOLDER ROWS ROUNDS

`hub`: the Grant asked for and recorded, the sealed file opened, every column of every row read in its form; places are located
by the first who asks. `hand`: the same expressions written by hand over the same sealed file, no policy, with the places' areas
in a table already. `raw`: the same columns as they are kept, sealed. `plain`: the hand-written SQL over a plain Parquet file.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import Measured, Stopwatch
from benchmarks.rows_hub import AGREEMENTS, COUNCIL, DATASET, RowsHub, made_in
from hub.kit.authority import Reader

READER = Reader(agency=COUNCIL, person="per_analyst", roles=frozenset({"analyst"}))
FORMS = {
    "happened_at": "hub_month",
    "longitude": "area",
    "latitude": "area",
    "age": "CASE WHEN age BETWEEN 0 AND 9 THEN '0-9' WHEN age BETWEEN 10 AND 17 THEN '10-17'"
    " WHEN age BETWEEN 18 AND 24 THEN '18-24' WHEN age BETWEEN 25 AND 34 THEN '25-34'"
    " WHEN age BETWEEN 35 AND 49 THEN '35-49' WHEN age BETWEEN 50 AND 64 THEN '50-64'"
    " WHEN age > 64 THEN '65+' END",
    "kind": "CASE WHEN kind IN ('k0', 'k1') THEN 'theft' WHEN kind IN ('k2', 'k3', 'k4') THEN 'violence'"
    " WHEN kind IN ('k5') THEN 'damage' END",
    "outcome": "outcome",
}
PSEUDONYM = (
    "sha256((SELECT outer_block FROM keys) || unhex(sha256((SELECT inner_block FROM keys) || encode(case_ref))))"
)


def _pass(columns: list[str], source: str) -> str:
    """Reads every column of every row, and gives one number."""
    return f"SELECT bit_xor(hash({', '.join(columns)})), count(*) FROM ({source})"


def _hand(which: str, read: str) -> str:
    forms = (FORMS | {"case_ref": PSEUDONYM}) if which == "pseudonyms" else FORMS
    columns = ", ".join(f"{sql} AS {name}" for name, sql in forms.items())
    joined = f"{read} LEFT JOIN places ON longitude = said_0 AND latitude = said_1"
    return _pass(list(forms), f"SELECT {columns} FROM {joined}")


def _raw(which: str, read: str) -> str:
    columns = [*FORMS, "case_ref"] if which == "pseudonyms" else list(FORMS)
    return _pass(columns, f"SELECT {', '.join(columns)} FROM {read}")


class Works:
    """The four ways, for one set of forms."""

    def __init__(self, hub: RowsHub, plain: Path) -> None:
        self._hub = hub
        self._plain = plain

    def hub(self, which: str) -> int:
        """Through the policy and a Grant."""
        hub = self._hub
        with hub.database.unit_of_work() as uow:
            grant = hub.policy.grant(
                uow, READER, [DATASET], purpose="svd.identify_kinds", justification="bench", agreement=AGREEMENTS[which]
            )
        with hub.database.reading() as reading, hub.granted.open(reading, grant, DATASET) as opened:
            names = [one.name for one in opened.fields]
            ((_, rows),) = opened.session.rows(_pass(names, f"SELECT * FROM {opened.relation}"))
        return int(rows)

    def hand(self, which: str) -> int:
        """By hand, sealed."""
        return self._sealed(_hand(which, self._hub.sealed), places=True)

    def raw(self, which: str) -> int:
        """As kept, sealed."""
        return self._sealed(_raw(which, self._hub.sealed), places=False)

    def plain(self, which: str) -> int:
        """By hand, plain."""
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(f"CREATE TEMP TABLE places AS SELECT * FROM '{self._plain.parent / 'places.parquet'}'")
            connection.execute(
                "CREATE TEMP TABLE keys AS SELECT repeat('o', 64)::BLOB AS outer_block, repeat('i', 64)::BLOB AS inner_block"
            )
            ((_, rows),) = connection.execute(_hand(which, f"read_parquet('{self._plain}')")).fetchall()
        return int(rows)

    def _sealed(self, sql: str, *, places: bool) -> int:
        with self._hub.opened() as session:
            if places:
                session.load("places", self._hub.places)
                session.run(
                    "CREATE TEMP TABLE keys AS SELECT repeat('o', 64)::BLOB AS outer_block, repeat('i', 64)::BLOB AS inner_block"
                )
            ((_, rows),) = session.rows(sql)
        return int(rows)


def _timed(work: Callable[[], int], rows: int) -> Measured:
    watch = Stopwatch()
    found = work()
    if found != rows:
        raise SystemExit(f"{found} rows instead of {rows}")
    return watch.stop()


def main(folder: Path, rows: int, rounds: int) -> dict[str, Any]:
    """Each way in each round, in a shuffled order."""
    hub = made_in(folder, rows)
    plain = folder / "plain.parquet"
    hub.write_plain(plain)
    works = Works(hub, plain)
    ways = [(which, kind) for which in AGREEMENTS for kind in ("hub", "hand", "raw", "plain")]
    times: dict[str, list[Measured]] = {f"{which}-{kind}": [] for which, kind in ways}
    order = random.Random(2026)
    for turn in range(rounds + 1):
        order.shuffle(ways)
        for which, kind in ways:
            measured = _timed(lambda which=which, kind=kind: getattr(works, kind)(which), rows)  # type: ignore[misc]
            if turn:  # the first round warms up
                times[f"{which}-{kind}"].append(measured)
    hub.database.close()
    return {"times": times}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))

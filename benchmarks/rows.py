"""Part `rows`: a record-level query through a Grant, beside the same SQL by hand, raw, and unsealed (DESIGN section 8)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import Measured, in_own_process, median
from benchmarks.report import Result

HAND_BAR, RAW_BAR, PLAIN_BAR = 1.05, 1.5, 2.1


def rows(*, rows: int, rounds: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """Measure; the results, and each single measurement by name."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        found = in_own_process("benchmarks.rows_work", str(Path(name)), str(rows), str(rounds))
    results: list[Result] = []
    for which, said in (
        ("generalised", "month, LSOA, age band and group"),
        ("pseudonyms", "the same and the agreement's pseudonym"),
    ):
        work = f"decision, grant, sealed session and one pass over {rows:,} rows: {said}"
        times = {kind: median(found["times"][f"{which}-{kind}"], "seconds") for kind in ("hub", "hand", "raw", "plain")}
        floors = (
            ("by-hand", "hand", "the same SQL by hand over the same sealed file, places looked up before", HAND_BAR),
            ("raw", "raw", "the same columns as they are kept", RAW_BAR if which == "generalised" else None),
            ("plain-twin", "plain", "the same SQL by hand over a plain file", PLAIN_BAR),
        )
        results += [
            Result(
                name=f"rows.{which}.{named}",
                work=work,
                figure=round(times["hub"], 4),
                unit="s",
                floor=floor,
                floor_figure=round(times[kind], 4),
                bar=bar,
            )
            for named, kind, floor, bar in floors
        ]
    return results, dict(found["times"])

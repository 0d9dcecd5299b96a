"""Part `intake`: check and accept, beside two floors and two peers of the same call."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.incidents import wrong_rows
from benchmarks.intake_peers import at_scale, beside_peers, from_workbook, work
from benchmarks.measure import Measured, in_own_process, in_turn, median
from benchmarks.report import Result

SEALED_BAR, PLAIN_BAR, BAD_BAR, MEMORY_MIB = 1.7, 3.0, 1.5, 1024.0
_SEALED = "no checks, same hashing, sealing and sealed reading"
_PLAIN = "no checks, plain DuckDB csv to parquet"
_SOUND = "the same file without mistakes"


def intake(*, rows: int, rounds: int, small: int, large: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """Measure; the results, and each single measurement by name."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        clean, bad = folder / "clean.csv", folder / "bad.csv"
        for path in (clean, bad):
            in_own_process("benchmarks.incidents", str(path), str(rows), path.stem)
        works = {
            "plain-floor": work(folder, "plain-floor", clean),
            "sealed-floor": work(folder, "sealed-floor", clean),
            "clean": work(folder, "hub", clean),
            "bad": work(folder, "hub", bad),
            "pseudonyms": work(folder, "hub-pseudonyms", clean),
        }
        found = in_turn(works, rounds)
    for name in ("clean", "pseudonyms"):
        _expect(found[name], rows=rows, accepted=rows)
    _expect(found["bad"], rows=rows, accepted=rows - wrong_rows(rows, "bad"))
    results, measured = _results(found, rows), found
    for more in (
        from_workbook(rows=small, rounds=rounds),
        beside_peers(rows=small, rounds=rounds),
        beside_peers(rows=rows, rounds=rounds),
        at_scale(rows=large, bars=(SEALED_BAR, PLAIN_BAR), memory_mib=MEMORY_MIB),
    ):
        results += more[0]
        measured |= more[1]
    return results, measured


def _expect(measured: list[Measured], *, rows: int, accepted: int) -> None:
    """A measurement of a wrong result is none."""
    for one in measured:
        if (one["rows"], one["accepted_rows"]) != (rows, accepted):
            raise SystemExit(f"read {one['rows']} rows and accepted {one['accepted_rows']}, not {rows} and {accepted}")


def _results(found: dict[str, list[Measured]], rows: int) -> list[Result]:
    work = f"check and accept {rows:,} rows x 20 columns, sealed"
    speeds = {name: round(rows / median(measured, "seconds")) for name, measured in found.items()}
    peak = round(max(one["peak_mib"] for name in ("clean", "bad", "pseudonyms") for one in found[name]))

    def beside(
        name: str, floor: str, floor_name: str, bar: float | None, *, which: str = "clean", said: str = work
    ) -> Result:
        return Result(
            name=f"intake.{name}",
            work=said,
            figure=speeds[which],
            unit="rows/s",
            floor=floor,
            floor_figure=speeds[floor_name],
            bar=bar,
        )

    def processor(name: str, floor: str, floor_name: str) -> Result:
        return Result(
            name=f"intake.{name}-cpu",
            work=f"{work}; processor time, steadier than the clock on a busy machine",
            figure=round(median(found["clean"], "cpu_seconds"), 3),
            unit="cpu s",
            floor=floor,
            floor_figure=round(median(found[floor_name], "cpu_seconds"), 3),
        )

    return [
        beside("sealed-floor", _SEALED, "sealed-floor", SEALED_BAR),
        beside("plain-floor", _PLAIN, "plain-floor", PLAIN_BAR),
        beside("bad-file", _SOUND, "clean", BAD_BAR, which="bad", said=f"{work}, 1 % of the rows wrong"),
        beside(
            "pseudonyms",
            _SEALED,
            "sealed-floor",
            None,
            which="pseudonyms",
            said=f"{work}, one column a case reference",
        ),
        processor("sealed-floor", _SEALED, "sealed-floor"),
        processor("plain-floor", _PLAIN, "plain-floor"),
        Result(
            name="intake.peak-memory",
            work=f"{work}; the whole process",
            figure=peak,
            unit="MiB",
            floor="what it may use",
            floor_figure=MEMORY_MIB,
            bar=1.0,
        ),
    ]

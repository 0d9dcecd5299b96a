"""Part `intake`: check and accept, beside two floors of the same call (DESIGN section 8)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Measured, in_own_process, in_turn, median
from benchmarks.report import Result

SEALED_BAR, PLAIN_BAR, BAD_BAR, MEMORY_MIB = 1.7, 3.0, 1.5, 1024.0
_SEALED = "no checks, same hashing, sealing and sealed reading"
_PLAIN = "no checks, plain DuckDB csv to parquet"
_SOUND = "the same file without mistakes"


def intake(*, rows: int, rounds: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """Measure; the results, and each single measurement by name."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        clean, bad = folder / "clean.csv", folder / "bad.csv"
        for path in (clean, bad):
            in_own_process("benchmarks.incidents", str(path), str(rows), path.stem)
        works = {
            "plain-floor": _work(folder, "plain-floor", clean),
            "sealed-floor": _work(folder, "sealed-floor", clean),
            "clean": _work(folder, "hub", clean),
            "bad": _work(folder, "hub", bad),
            "pseudonyms": _work(folder, "hub-pseudonyms", clean),
        }
        found = in_turn(works, rounds)
    for name in ("clean", "pseudonyms"):
        _expect(found[name], rows=rows, accepted=rows)
    _expect(found["bad"], rows=rows, accepted=rows - -(-rows // 100))
    return _results(found, rows), found


def _work(folder: Path, which: str, source: Path) -> Callable[[], Measured]:
    def work() -> Measured:
        state = folder / "state"
        try:
            return in_own_process("benchmarks.intake_work", which, str(source), str(state))
        finally:
            shutil.rmtree(state, ignore_errors=True)

    return work


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

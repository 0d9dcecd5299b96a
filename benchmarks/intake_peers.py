"""Part `intake`, continued: beside frictionless-py and pandera over polars, at ten million rows, and from a workbook."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.incidents import wrong_rows
from benchmarks.measure import Measured, in_own_process, in_turn, median
from benchmarks.report import Result

KINDS: Mapping[str, str] = {"clean": "no row wrong", "bad": "1 % of the rows wrong", "worst": "every row wrong"}
FRICTIONLESS_BAR = 0.05
"""At least twenty times as many rows a second, at a million."""

_PEERS = ("frictionless", "pandera")
_SLOW = 500_000
"""From so many rows on frictionless is measured once: it takes a minute and more."""


def beside_peers(*, rows: int, rounds: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """The hub does more than each peer (it seals, accepts and logs); the time is of everything each does."""
    results: list[Result] = []
    measurements: dict[str, list[Measured]] = {}
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        for kind in KINDS:
            source = folder / f"{kind}.csv"
            in_own_process("benchmarks.incidents", str(source), str(rows), kind)
            works = {"hub": work(folder, "hub", source), "pandera": work(folder, "pandera", source)}
            found = in_turn(works, rounds)
            found |= in_turn({"frictionless": work(folder, "frictionless", source)}, 1 if rows >= _SLOW else rounds)
            source.unlink()
            _expect(found, rows=rows, kind=kind)
            measurements |= {f"{name}-{kind}-{rows}": one for name, one in found.items()}
            results += [_beside(found, peer, rows=rows, kind=kind) for peer in _PEERS]
            results += [_memory(found, peer, rows=rows, kind=kind) for peer in _PEERS]
    return results, measurements


def at_scale(
    *, rows: int, bars: tuple[float, float], memory_mib: float
) -> tuple[list[Result], dict[str, list[Measured]]]:
    """The hub and both floors once each, one after the other. `bars`: against the sealed floor, and the plain one."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        source = folder / "clean.csv"
        in_own_process("benchmarks.incidents", str(source), str(rows), "clean")
        found = in_turn({which: work(folder, which, source) for which in ("plain-floor", "sealed-floor", "hub")}, 1)
    _expect_all(found["hub"], rows=rows, accepted=rows)
    said = f"check and accept {rows:,} rows x 20 columns, sealed"
    speeds = {which: round(rows / median(one, "seconds")) for which, one in found.items()}
    results = [
        Result(
            name=f"intake.{floor}-{rows}",
            work=said,
            figure=speeds["hub"],
            unit="rows/s",
            floor=f"no checks, {floor}",
            floor_figure=speeds[floor],
            bar=bar,
        )
        for floor, bar in zip(("sealed-floor", "plain-floor"), bars, strict=True)
    ]
    peak = round(found["hub"][0]["peak_mib"])
    whole = f"{said}; the whole process"
    memory = Result(
        name=f"intake.peak-memory-{rows}",
        work=whole,
        figure=peak,
        unit="MiB",
        floor="what it may use",
        floor_figure=memory_mib,
        bar=1.0,
    )
    return [*results, memory], {f"{which}-{rows}": one for which, one in found.items()}


def from_workbook(*, rows: int, rounds: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """The same rows as XLSX and as CSV."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        source, book = folder / "clean.csv", folder / "clean.xlsx"
        in_own_process("benchmarks.incidents", str(source), str(rows), "clean")
        in_own_process("benchmarks.workbook", str(source), str(book))
        found = in_turn({"xlsx": work(folder, "hub", book), "csv": work(folder, "hub", source)}, rounds)
    for one in found.values():
        _expect_all(one, rows=rows, accepted=rows)
    speeds = {which: round(rows / median(one, "seconds")) for which, one in found.items()}
    result = Result(
        name="intake.xlsx",
        work=f"check and accept {rows:,} rows x 20 columns from XLSX, sealed",
        figure=speeds["xlsx"],
        unit="rows/s",
        floor="the same rows from CSV",
        floor_figure=speeds["csv"],
    )
    return [result], {f"{which}-workbook": one for which, one in found.items()}


def work(folder: Path, which: str, source: Path) -> Callable[[], Measured]:
    """One measurement of one of the works, in a process and a state of its own."""

    def measured() -> Measured:
        state = folder / "state"
        try:
            return in_own_process("benchmarks.intake_work", which, str(source), str(state))
        finally:
            shutil.rmtree(state, ignore_errors=True)

    return measured


def _expect(found: Mapping[str, list[Measured]], *, rows: int, kind: str) -> None:
    """A measurement of a wrong result is none. The peers do not see every way to be wrong."""
    seen = {"hub": rows - wrong_rows(rows, kind)} | dict.fromkeys(_PEERS, rows - wrong_rows(rows, kind, unseen=False))
    for name, measured in found.items():
        _expect_all(measured, rows=rows, accepted=seen[name])


def _expect_all(measured: list[Measured], *, rows: int, accepted: int) -> None:
    for one in measured:
        if (one["rows"], one["accepted_rows"]) != (rows, accepted):
            raise SystemExit(f"read {one['rows']} rows and accepted {one['accepted_rows']}, not {rows} and {accepted}")


def _beside(found: Mapping[str, list[Measured]], peer: str, *, rows: int, kind: str) -> Result:
    speeds = {name: round(rows / median(measured, "seconds")) for name, measured in found.items()}
    return Result(
        name=f"intake.{peer}-{kind}-{rows}",
        work=f"check and accept {rows:,} rows x 20 columns, {KINDS[kind]}, sealed",
        figure=speeds["hub"],
        unit="rows/s",
        floor=f"{peer}, checks alone",
        floor_figure=speeds[peer],
        bar=FRICTIONLESS_BAR if peer == "frictionless" and rows >= _SLOW else None,
    )


def _memory(found: Mapping[str, list[Measured]], peer: str, *, rows: int, kind: str) -> Result:
    peaks = {name: round(max(one["peak_mib"] for one in measured)) for name, measured in found.items()}
    return Result(
        name=f"intake.{peer}-memory-{kind}-{rows}",
        work="the same; the whole process",
        figure=peaks["hub"],
        unit="MiB",
        floor=peer,
        floor_figure=peaks[peer],
    )

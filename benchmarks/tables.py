"""Part `tables`: how long a protected table takes, policy decision and audit commit included (DESIGN section 8)."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.measure import Measured, in_own_process
from benchmarks.report import Result

P50_MS, P99_MS = 5.0, 25.0
_REPEATS = 12


def tables(*, months: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """Measure; the results, and the percentiles behind them."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        state = Path(name) / "state"
        found = in_own_process("benchmarks.tables_work", str(state), str(months), str(_REPEATS))
    times = {which: _percentiles(values) for which, values in found["times"].items()}
    work = (
        f"a protected table of the demo ({months} months), {found['questions']} questions x {_REPEATS},"
        " decision and audit commit included"
    )

    def beside(which: str, percentile: str, floor: str, floor_figure: float, bar: float | None) -> Result:
        return Result(
            name=f"tables.{percentile}{which}",
            work=work,
            figure=times["hub"][percentile],
            unit="ms",
            floor=floor,
            floor_figure=floor_figure,
            bar=bar,
        )

    results = [
        beside("", "p50", "what it may take", P50_MS, 1.0),
        beside("", "p99", "what it may take", P99_MS, 1.0),
        beside("-beside-sql", "p50", "bare SELECT of the same cells", times["sql"]["p50"], None),
        beside("-beside-sql", "p99", "bare SELECT of the same cells", times["sql"]["p99"], None),
        beside("-beside-memory", "p50", "the same cells from a dict", times["memory"]["p50"], None),
    ]
    return results, {"tables": [{**times, "entries": found["entries"], "peak_mib": found["peak_mib"]}]}


def _percentiles(values: list[float]) -> dict[str, float]:
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cut[49], 4), "p99": round(cut[98], 4), "count": len(values)}

"""What a measurement says, as a line of a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

COLUMNS = ("name", "work", "figure", "unit", "floor", "floor_figure", "ratio", "bar", "meets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One measured thing beside its floor.

    `figure` and `floor_figure` are medians in `unit`. `ratio` says how many times the floor's cost it costs (for a
    figure per second: floor / figure; else figure / floor). `bar` is the most it may be, None where there is none;
    `meets` is None then.
    """

    name: str
    work: str
    figure: float
    unit: str
    floor: str
    floor_figure: float
    bar: float | None = None

    @property
    def ratio(self) -> float:
        """Cost in floors, from the rounded figures, so that a reader can recompute it."""
        more_is_better = self.unit.endswith("/s")
        above, below = (self.floor_figure, self.figure) if more_is_better else (self.figure, self.floor_figure)
        return round(above / below, 3) if below else float("inf")

    @property
    def meets(self) -> bool | None:
        """Whether the bar is met."""
        return None if self.bar is None else self.ratio <= self.bar

    def as_json(self) -> dict[str, Any]:
        """The nine entries of the contract, in its order."""
        said = asdict(self) | {"ratio": self.ratio, "meets": self.meets}
        return {name: said[name] for name in COLUMNS}


def machine() -> dict[str, Any]:
    """What it ran on: figures of two machines are not comparable, ratios nearly are."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "python": platform.python_version(),
    }


def table(results: Sequence[Result]) -> str:
    """The results as people read them."""
    lines = [[name for name in COLUMNS if name != "work"]]
    for one in results:
        said = one.as_json()
        lines.append([_cell(said[name]) for name in COLUMNS if name != "work"])
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([texts[0], "-" * len(texts[0]), *texts[1:]])


def write(results: Iterable[Result], target: Path, **more: Any) -> None:
    """Write the JSON of a run; `more` says how it was run."""
    document = {"machine": machine(), **more, "results": [one.as_json() for one in results]}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:,.3f}"
    return str(value)


def _processor() -> str:
    try:
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in said.splitlines() if line.startswith("model name")), "")

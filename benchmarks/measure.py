"""Run one measurement in a process of its own, and many in turn."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Measured = dict[str, Any]


def in_own_process(module: str, *arguments: str) -> Measured:
    """What `python -m module arguments…` prints as its last line: a JSON object. Its stderr is shown when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def in_turn(works: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, list[Measured]]:
    """Each work once in each round, so that a slow minute of the machine falls on all alike; each is told as it is done."""
    found: dict[str, list[Measured]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work())
            print(f"  {name}: {found[name][-1]['seconds']:.2f} s", file=sys.stderr, flush=True)
    return found


def median(measured: Sequence[Measured], what: str) -> float:
    """The median of one entry."""
    return float(statistics.median(one[what] for one in measured))


class Stopwatch:
    """Seconds by the clock and of processor time since it was made; `lap` names a point on the way."""

    def __init__(self) -> None:
        self._start, self._used = time.perf_counter(), _processor_time()
        self._laps: Measured = {}

    def lap(self, name: str) -> None:
        """Remember how long it took up to here."""
        self._laps[f"{name}_seconds"] = time.perf_counter() - self._start

    def stop(self, **more: object) -> Measured:
        """What was measured. Processor time is the steadier figure when others use the machine."""
        elapsed, used = time.perf_counter() - self._start, _processor_time() - self._used
        return {"seconds": elapsed, "cpu_seconds": used, **self._laps, **more}


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """The most memory this process ever had resident, in MiB.

    `getrusage` alone would count what the parent had when it forked, so Linux's own high-water mark of this program is preferred.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)

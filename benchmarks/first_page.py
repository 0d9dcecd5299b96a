"""Part `first-page`: seconds from the command `hub demo`, in a fresh state folder, to the first page, and to the whole partnership
behind it (DESIGN section 8).
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import ROOT, Measured
from benchmarks.report import Result
from hub.app.progress import read_progress

SECONDS = 5.0
WHOLE_SECONDS = 90.0
_PATIENCE, _LONG_PATIENCE = 120.0, 900.0


def first_page(*, rounds: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """Measure; the median, beside what it may take, and beside an interpreter that only imports the web framework. The whole
    partnership is waited for once.
    """
    whole = _until_whole()
    found = [{"seconds": _until_answer(), "import_seconds": _importing()} for _ in range(rounds)]
    figure = round(statistics.median(one["seconds"] for one in found), 3)
    floor = round(statistics.median(one["import_seconds"] for one in found), 3)
    work = "from `hub demo` in a fresh state folder to the first 200 on /login"
    results = [
        Result(
            name="first-page.demo",
            work=work,
            figure=figure,
            unit="s",
            floor="what it may take",
            floor_figure=SECONDS,
            bar=1.0,
        ),
        Result(
            name="first-page.beside-import",
            work=work,
            figure=figure,
            unit="s",
            floor="python -c 'import fastapi, uvicorn, sqlalchemy'",
            floor_figure=floor,
        ),
        Result(
            name="first-page.whole-partnership",
            work="from `hub demo` in a fresh state folder to every extract accepted, the snapshot in force, the assessment built",
            figure=round(whole, 1),
            unit="s",
            floor="what it may take on two cores",
            floor_figure=WHOLE_SECONDS,
            bar=1.0,
        ),
    ]
    return results, {"first-page": [*found, {"whole_seconds": whole}]}


def _until_answer() -> float:
    with _a_demo() as (demo, address, _state, start):
        _until(lambda: _answers(f"{address}/login"), demo, start, _PATIENCE)
        return time.perf_counter() - start


def _until_whole() -> float:
    with _a_demo() as (demo, _address, state, start):
        _until(lambda: _is_whole(state), demo, start, _LONG_PATIENCE)
        return time.perf_counter() - start


@contextmanager
def _a_demo() -> Iterator[tuple[subprocess.Popen[bytes], str, Path, float]]:
    """The demo in a fresh state folder: its process, address and folder, and when it was started. Ended with the block."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="hub-bench-", ignore_cleanup_errors=True) as state:
        command = [sys.executable, "-m", "hub", "demo", "--no-browser", "--port", str(port), "--state", state]
        start = time.perf_counter()
        demo = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield demo, f"http://127.0.0.1:{port}", Path(state), start
        finally:
            demo.send_signal(2)  # as Ctrl-C: it ends its builder as well
            try:
                demo.wait(timeout=60)
            except subprocess.TimeoutExpired:
                demo.kill()
                demo.wait()


def _until(is_so: Callable[[], bool], demo: subprocess.Popen[bytes], start: float, patience: float) -> None:
    while not is_so():
        if demo.poll() is not None or time.perf_counter() - start > patience:
            raise SystemExit("hub demo ended, or took too long")
        time.sleep(0.02)


def _is_whole(state: Path) -> bool:
    try:
        progress = read_progress(state)
    except FileNotFoundError:
        return False
    if progress is not None and progress.failed:
        raise SystemExit(f"the demo was not built: {progress.failed}")
    return progress is not None and progress.complete


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _importing() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import fastapi, uvicorn, sqlalchemy"], check=True)
    return time.perf_counter() - start


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Part `first-page`: seconds from the command `hub demo` to the first page, in a fresh state folder (DESIGN section 8)."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from benchmarks.measure import ROOT, Measured
from benchmarks.report import Result

SECONDS = 5.0
_PATIENCE = 120.0


def first_page(*, rounds: int) -> tuple[list[Result], dict[str, list[Measured]]]:
    """Measure; the median, beside what it may take, and beside an interpreter that only imports the web framework."""
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
    ]
    return results, {"first-page": list(found)}


def _until_answer() -> float:
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="hub-bench-", ignore_cleanup_errors=True) as state:
        command = [sys.executable, "-m", "hub", "demo", "--no-browser", "--port", str(port), "--state", state]
        start = time.perf_counter()
        demo = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not _answers(f"http://127.0.0.1:{port}/login"):
                if demo.poll() is not None or time.perf_counter() - start > _PATIENCE:
                    raise SystemExit("hub demo did not answer")
                time.sleep(0.02)
            return time.perf_counter() - start
        finally:
            demo.send_signal(2)  # as Ctrl-C: it ends its builder as well
            try:
                demo.wait(timeout=60)
            except subprocess.TimeoutExpired:
                demo.kill()
                demo.wait()


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

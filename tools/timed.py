"""Run one part of the tests and print how long it took: `python tools/timed.py NAME COMMAND...`."""

import subprocess
import sys
import time

name, *command = sys.argv[1:]
print(f"== {name}", flush=True)
start = time.monotonic()
code = subprocess.run(command).returncode
print(f"[{name}: {time.monotonic() - start:.0f} s, {'ok' if code == 0 else 'FAILED'}]", flush=True)
sys.exit(code)

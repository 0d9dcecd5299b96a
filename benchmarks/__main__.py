"""The command line of the benchmarks: a table on stdout, `benchmarks/out/latest.json` beside it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.first_page import first_page
from benchmarks.intake import intake
from benchmarks.masking import masking
from benchmarks.measure import ROOT
from benchmarks.report import table, write
from benchmarks.rows import rows
from benchmarks.tables import tables

PARTS = {"intake": intake, "rows": rows, "tables": tables, "masking": masking, "first-page": first_page}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts asked for. Exit 0 whether or not the bars are met: the table and the file say that."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=sorted(PARTS), help="one part instead of all")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the intake file (default 1,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="times each thing is measured, in turn (default 5)")
    parser.add_argument(
        "--small", type=int, default=100_000, help="rows of the small file beside peers (default 100,000)"
    )
    parser.add_argument("--large", type=int, default=10_000_000, help="rows at scale, once (default 10,000,000)")
    parser.add_argument(
        "--months", type=int, default=36, help="months behind the parts tables and masking (default 36)"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "latest.json")
    said = parser.parse_args(arguments)
    options = {
        "intake": {"rows": said.rows, "rounds": said.rounds, "small": said.small, "large": said.large},
        "rows": {"rows": said.rows, "rounds": said.rounds},
        "tables": {"months": said.months},
        "masking": {"months": said.months, "rounds": said.rounds},
        "first-page": {"rounds": said.rounds},
    }
    results, measured = [], {}
    for name in [said.only] if said.only else PARTS:
        print(f"{name} …", file=sys.stderr, flush=True)
        found, measured[name] = PARTS[name](**options[name])  # type: ignore[operator]
        results.extend(found)
    print(table(results))
    write(results, said.out, rounds=said.rounds, measurements=measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())

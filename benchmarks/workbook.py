"""The benchmark's file as a workbook, all cells text: python -m benchmarks.workbook SOURCE TARGET"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from openpyxl import Workbook

from benchmarks.incidents import COLUMNS

_NUMBERS = frozenset(("victims", "severity", "distance_m", "priority"))


def write_workbook(source: Path, target: Path) -> int:
    """Write the rows of a CSV file as XLSX; its size in bytes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("incidents")
    with source.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        sheet.append(next(rows))
        for row in rows:
            sheet.append([_cell(name, value) for name, value in zip(COLUMNS, row, strict=True)])
    book.save(target)
    return target.stat().st_size


def _cell(name: str, value: str) -> object:
    if not value:
        return None
    return int(value) if name in _NUMBERS else value


if __name__ == "__main__":
    print(json.dumps({"bytes": write_workbook(Path(sys.argv[1]), Path(sys.argv[2]))}))

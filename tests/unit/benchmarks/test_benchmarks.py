"""The benchmarks run and say what they promise. No time is asserted: that is for `make bench` on a quiet machine."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.incidents import COLUMNS, write_incidents, wrong_rows
from benchmarks.masking import masking
from benchmarks.peers import frictionless, pandera
from benchmarks.report import COLUMNS as CONTRACT
from benchmarks.report import Result, table
from hub.schemas import SchemaRegistry, check_file

ROOT = Path(__file__).resolve().parents[3]


def a_result(**changes: object) -> Result:
    values: dict[str, object] = {
        "name": "part.thing",
        "work": "work",
        "figure": 500.0,
        "unit": "rows/s",
        "floor": "nothing",
        "floor_figure": 1000.0,
        "bar": 1.7,
    }
    return Result(**(values | changes))  # type: ignore[arg-type]


def test_a_ratio_says_how_many_floors_it_costs_whichever_way_the_unit_runs() -> None:
    assert (a_result().ratio, a_result().meets) == (2.0, False)
    assert (a_result(unit="ms").ratio, a_result(unit="ms").meets) == (0.5, True)
    assert a_result(bar=None).meets is None
    assert list(a_result().as_json()) == list(CONTRACT)
    assert "NO" in table([a_result()])


def test_the_file_has_twenty_columns_and_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        write_incidents(tmp_path / name, rows=500)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    with (tmp_path / "one.csv").open(newline="") as lines:
        header, *rows = csv.reader(lines)
    assert header == list(COLUMNS)
    assert (len(header), len(rows)) == (20, 500)


def test_masking_is_measured_beside_counting_and_what_it_protects_is_clean() -> None:
    results, measured = masking(months=3, rounds=1)
    assert [one.name for one in results] == ["masking.557-a-month", "masking.70-a-month"]
    assert all(one.figure > 0 for one in results)
    assert all(one["clean"] for name in ("protect-557", "protect-70") for one in measured[name])


@pytest.mark.parametrize("kind", ["clean", "bad", "worst"])
def test_the_checks_find_the_wrong_rows_and_no_others(tmp_path: Path, kind: str) -> None:
    registry = SchemaRegistry.from_folder(ROOT / "benchmarks" / "bench_schemas")
    path = tmp_path / "incidents.csv"
    write_incidents(path, rows=1_800, kind=kind)
    report = check_file(path, registry.get("police/bench-incidents"), period="2026-10", part_accept=True)
    assert report.rows == 1_800
    assert report.quarantined_rows == wrong_rows(1_800, kind) == {"clean": 0, "bad": 18, "worst": 1_800}[kind]
    errors = {finding.code for finding in report.findings if finding.severity == "error"}
    assert len(errors) == (0 if kind == "clean" else 8)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["clean", "bad", "worst"])
def test_the_peers_read_the_same_file_and_see_what_single_columns_show(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "incidents.csv"
    write_incidents(path, rows=900, kind=kind)
    for peer in (frictionless, pandera):
        found = peer(path)
        assert (found["rows"], found["accepted_rows"]) == (900, 900 - wrong_rows(900, kind, unseen=False))


@pytest.mark.slow
def test_the_part_intake_writes_the_contract(tmp_path: Path) -> None:
    out = tmp_path / "out" / "latest.json"
    arguments = [
        "--only",
        "intake",
        "--rows",
        "5000",
        "--small",
        "2000",
        "--large",
        "8000",
        "--rounds",
        "1",
        "--out",
        str(out),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(out.read_text())
    assert said["machine"]["cores"] >= 1
    names = [one["name"] for one in said["results"]]
    assert {"intake.sealed-floor", "intake.plain-floor", "intake.bad-file", "intake.peak-memory"} <= set(names)
    for one in said["results"]:
        assert list(one) == list(CONTRACT)
        assert one["figure"] > 0
        assert one["floor_figure"] > 0
        assert one["meets"] in (True, False, None)
        assert one["name"] in done.stdout

"""Same seed, same bytes; one stream leaves the others alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.synthetic import write_partnership
from hub.synthetic.streams import Streams
from tests.support.synthetic import GOLDEN, Written, hashes, written

_WRITE = """
import sys
from pathlib import Path
from hub.synthetic import write_partnership
write_partnership(Path(sys.argv[1]), months=2)
"""


def test_every_file_of_the_demo_has_the_bytes_it_always_had(ravensbourne: Written) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    changed = sorted(path for path, sha256 in hashes(ravensbourne.folder).items() if golden.get(path) != sha256)
    assert changed == [], "if the change is meant, write the list anew: python -m tests.support.synthetic"
    assert set(golden) == set(hashes(ravensbourne.folder))


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return written(tmp_path_factory.mktemp("two"), months=2)


def test_the_bytes_do_not_depend_on_the_process_or_its_hash_seed(two_months: Written, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "77"}
    subprocess.run([sys.executable, "-c", _WRITE, str(tmp_path)], check=True, env=environment, timeout=120)
    made = hashes(tmp_path)
    assert made == hashes(two_months.folder)
    manifest = two_months.manifest
    assert len(made) == len(manifest.extracts) + len(manifest.samples) + len(manifest.geography) + 3


def test_a_months_extracts_are_the_same_however_many_months_are_written(
    ravensbourne: Written, two_months: Written
) -> None:
    few = two_months.manifest
    whole = {extract.path: extract for extract in ravensbourne.manifest.extracts}
    assert [whole[extract.path] for extract in few.extracts] == list(few.extracts)
    assert few.samples == ravensbourne.manifest.samples
    assert few.geography == ravensbourne.manifest.geography


def test_another_seed_changes_what_happens_but_not_the_ground(ravensbourne: Written, tmp_path: Path) -> None:
    other = written(tmp_path, seed=7, months=1).manifest
    known = {extract.path: extract.sha256 for extract in ravensbourne.manifest.extracts}
    assert all(known[extract.path] != extract.sha256 for extract in other.extracts)
    assert other.geography == ravensbourne.manifest.geography


def test_a_stream_gives_the_same_numbers_whatever_else_was_drawn() -> None:
    streams = Streams(2022)
    alone = streams.named("ed", "2024-05").random(5).tolist()
    streams.named("ambulance", "2024-05").random(1000)
    assert streams.named("ed", "2024-05").random(5).tolist() == alone
    assert streams.named("ed", "2024-06").random(5).tolist() != alone
    assert Streams(2023).named("ed", "2024-05").random(5).tolist() != alone


def test_the_manifest_on_disk_is_the_manifest_returned(ravensbourne: Written) -> None:
    stored = json.loads((ravensbourne.folder / "manifest.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(ravensbourne.manifest.as_json()))
    assert stored["notice"].startswith("All of this is invented")


def test_the_manifest_tells_the_true_rows_and_hashes(ravensbourne: Written) -> None:
    true = hashes(ravensbourne.folder)
    manifest = ravensbourne.manifest
    for file in (*manifest.extracts, *manifest.samples, *manifest.geography):
        assert true[file.path] == file.sha256
        assert "invented" in file.path
    for file in (*manifest.extracts, *manifest.samples):
        assert (ravensbourne.folder / file.path).read_bytes().count(b"\n") == file.rows + 1
    assert true[manifest.truth.path] == manifest.truth.sha256
    assert manifest.periods == tuple(f"{2023 + (10 + k) // 12}-{(10 + k) % 12 + 1:02d}" for k in range(36))
    assert (manifest.periods[0], manifest.periods[-1]) == ("2023-11", "2026-10")


def test_a_selection_of_datasets_has_the_same_bytes_as_in_the_whole(two_months: Written, tmp_path: Path) -> None:
    few = written(tmp_path, months=1, datasets=["health/istv-assaults"]).manifest
    (extract,) = few.extracts
    assert extract in two_months.manifest.extracts
    assert all(sample in two_months.manifest.samples for sample in few.samples)
    assert {sample.dataset for sample in few.samples} == {"health/istv-assaults"}
    with pytest.raises(ValueError, match="no such dataset"):
        write_partnership(tmp_path, months=1, datasets=["police/horses"])


@pytest.mark.parametrize("months", [0, 37])
def test_a_number_of_months_out_of_range_is_refused(months: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="between 1 and 36"):
        write_partnership(tmp_path, months=months)
    assert list(tmp_path.iterdir()) == []

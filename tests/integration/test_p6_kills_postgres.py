"""Promise P6 under kills on PostgreSQL: the same steps, another database, nothing half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.db import Database
from tests.integration.test_p6_kills import kills
from tests.support.intake import AnIntake
from tests.support.intake_seeds import JOBS
from tests.support.postgres import Cluster

pytestmark = pytest.mark.db


def killed_on(cluster: Cluster, folder: Path, jobs: list[str], seeds: list[int]) -> int:
    """Kill each job once for each seed, every one over a database of its own; how many kills there were."""
    (folder / "template").mkdir()
    made = cluster.migrated()
    AnIntake(folder / "template", database=(database := Database(made))).database.close()
    database.close()
    urls = [cluster.copy(made) for _ in range(len(jobs) * (1 + len(seeds)))]
    (folder / "urls.json").write_text(json.dumps(urls))
    found = kills(folder, "--urls", folder / "urls.json", "--jobs", ",".join(jobs), *seeds)
    for url in [made, *urls]:
        cluster.drop(url)
    return len(found)


def test_killed_at_a_step_on_a_server_a_submission_is_complete_or_absent(cluster: Cluster, tmp_path: Path) -> None:
    assert killed_on(cluster, tmp_path, ["in_parts", "refused"], [1, 2]) == 4


@pytest.mark.slow
def test_killed_at_many_steps_on_a_server_a_submission_is_complete_or_absent(cluster: Cluster, tmp_path: Path) -> None:
    seeds = [11, 12, 13, 14, 15]
    assert killed_on(cluster, tmp_path, list(JOBS), seeds) == len(JOBS) * len(seeds)

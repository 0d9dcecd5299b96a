"""Durable jobs on PostgreSQL: the same stages, once per subject, and known again by the next process."""

from __future__ import annotations

import pytest

from hub.jobs import Jobs, JobState
from hub.settings import Settings
from tests.support.postgres import Cluster

pytestmark = pytest.mark.db


def test_jobs_are_kept_where_the_settings_say(cluster: Cluster) -> None:
    url = cluster.empty()
    seen: list[str] = []
    try:
        for _ in range(2):
            jobs = Jobs(database_url=Settings(database_url=url).jobs_url)
            jobs.register("build", [("count", seen.append), ("mask", seen.append)])
            jobs.launch()
            done = jobs.wait(jobs.start("build", "7"))
            jobs.close()
            assert done.state is JobState.DONE
        assert seen == ["7", "7"]
    finally:
        cluster.drop(url)

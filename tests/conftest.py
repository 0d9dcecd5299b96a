"""What every test shares: sockets only on loopback, a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

from hub.db import Database
from hub.kit.clock import FrozenClock
from tests.support.databases import a_database, a_sqlite_database, run_on
from tests.support.postgres import Cluster, a_cluster

# How fast examples are made says how busy the machine is, not whether the hub is right.
hypothesis.settings.register_profile(
    "hub", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("hub")


def pytest_runtest_setup() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="what hubs of tests keep their records in",
    )


@pytest.fixture(scope="session", autouse=True)
def _everything_on(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.config.getoption("--database") == "postgresql":
        run_on(request.getfixturevalue("cluster"))
    yield
    run_on(None)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = a_database(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL server, started by the first test that needs it."""
    with a_cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with all tables: once SQLite, once PostgreSQL. For tests marked `db`."""
    if request.param == "sqlite":
        made = a_sqlite_database(tmp_path)
        yield made
        made.close()
        return
    server: Cluster = request.getfixturevalue("cluster")
    url = server.migrated()
    made = Database(url)
    yield made
    made.close()
    server.drop(url)

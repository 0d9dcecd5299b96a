"""PostgreSQL goes away in the middle of a commit: what is done happens once, and nobody is told the wrong thing (P5, P6)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub import audit
from hub.db import Database
from hub.kit.errors import Unavailable
from tests.support.audit import an_entry
from tests.support.cutting import Cut, Line, a_line
from tests.support.postgres import Cluster

pytestmark = pytest.mark.db

AN_AGENCY = (
    "INSERT INTO agencies (id, name, kind, facilitator, disabled_at) VALUES ('somebody', 'S', 'transport', '', '')"
)


@pytest.fixture
def line(cluster: Cluster) -> Iterator[Line]:
    with a_line(cluster) as made:
        yield made


@pytest.fixture
def over_the_line(cluster: Cluster, line: Line) -> Iterator[Database]:
    url = cluster.migrated()
    database = Database(url.replace(str(cluster.folder), str(line.folder)))
    yield database
    database.close()
    cluster.drop(url)


def written(database: Database, happened: list[str]) -> None:
    with database.unit_of_work() as uow:
        uow.after_commit(lambda: happened.append("committed"))
        uow.after_rollback(lambda: happened.append("rolled back"))
        uow.connection.exec_driver_sql(AN_AGENCY)
        audit.record(uow, an_entry())


def kept(database: Database) -> tuple[int, int]:
    with database.reading() as reading:
        counts = [
            reading.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("agencies", "audit_entries")
        ]
    return counts[0], counts[1]


def test_a_commit_that_never_arrived_is_undone_and_said_to_be(over_the_line: Database, line: Line) -> None:
    happened: list[str] = []
    line.cut = Cut.BEFORE
    with pytest.raises(Unavailable) as caught:
        written(over_the_line, happened)
    assert caught.value.code == "database-away"
    assert happened == ["rolled back"]
    assert kept(over_the_line) == (0, 0)


def test_a_commit_whose_answer_was_lost_is_done_once_and_said_to_be(over_the_line: Database, line: Line) -> None:
    happened: list[str] = []
    line.cut = Cut.AFTER
    written(over_the_line, happened)
    assert happened == ["committed"]
    assert kept(over_the_line) == (1, 1)


def test_where_nobody_can_tell_nothing_outside_is_undone_or_finished(over_the_line: Database, line: Line) -> None:
    """A ciphertext is not unlinked while the record of it may be there: the sweep of the next start decides."""
    happened: list[str] = []
    line.cut, line.stays_down = Cut.AFTER, True
    with pytest.raises(Unavailable) as caught:
        written(over_the_line, happened)
    assert caught.value.code == "outcome-unknown"
    assert happened == []
    line.down = False
    assert kept(over_the_line) == (1, 1)


def test_a_database_that_is_away_is_said_in_words_without_its_address(over_the_line: Database, line: Line) -> None:
    over_the_line.close()
    line.down = True
    for use in (over_the_line.reading, over_the_line.unit_of_work):
        with pytest.raises(Unavailable) as caught, use():
            pass
        assert caught.value.code == "database-away"
        assert str(line.folder) not in f"{caught.value.title} {caught.value.remedy}"


def test_a_line_lost_before_the_end_undoes_all_of_it(over_the_line: Database, cluster: Cluster) -> None:
    happened: list[str] = []
    with pytest.raises(Unavailable) as caught, over_the_line.unit_of_work() as uow:  # noqa: PT012 - lost on the way
        uow.after_rollback(lambda: happened.append("rolled back"))
        uow.connection.exec_driver_sql(AN_AGENCY)
        audit.record(uow, an_entry())
        cluster.hang_up(over_the_line.url.partition("@/")[2].partition("?")[0])
        uow.connection.exec_driver_sql("SELECT 1")
    assert caught.value.code == "database-away"
    assert happened == ["rolled back"]
    assert kept(over_the_line) == (0, 0)


def test_each_piece_of_work_after_the_end_is_tried_whatever_became_of_the_one_before(each_database: Database) -> None:
    happened: list[str] = []

    def broken() -> None:
        raise OSError("the disk is away")

    with pytest.raises(OSError, match="disk"), each_database.unit_of_work() as uow:  # noqa: PT012 - what follows it raises
        uow.after_commit(broken)
        uow.after_commit(lambda: happened.append("second"))
    assert happened == ["second"]

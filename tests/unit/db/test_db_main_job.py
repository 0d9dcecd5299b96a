"""The main job on PostgreSQL as well: agreements, upload, check, snapshot, view, log; and what identity keeps of logins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.app import PARTNERSHIPS, build, build_snapshot, seed
from hub.audit.store import stored_entries
from hub.cli.geography import load_files
from hub.db import Database
from hub.identity import Scope
from hub.kit.authority import Action
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotFound, Unauthenticated
from hub.settings import Mode, Settings
from tests.support.geography import write_squares
from tests.support.hubs import ANALYST, API, EACH_MONTH, UPLOADER, an_extract
from tests.support.identity import POLICE, a_demo_hub, a_token_permit
from tests.support.partnerships import BUILT_AT, House
from tests.support.postgres import Cluster

pytestmark = pytest.mark.db

QUARTER = ("2024-01", "2024-02", "2024-03")


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    cluster: Cluster | None = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    url = cluster.empty() if cluster else ""
    settings = Settings(mode=Mode.DEMO, state=tmp_path / "state", base_url=BUILT_AT, database_url=url)
    hub = build(settings, clock=FrozenClock())
    seed(hub, PARTNERSHIPS["bromley-open"])
    load_files(hub, write_squares(tmp_path))
    yield House(BUILT_AT, hub, tmp_path, PARTNERSHIPS["bromley-open"])
    hub.close()
    if cluster:
        cluster.drop(url)


def test_uploads_become_a_protected_table_and_the_log_holds(house: House) -> None:
    for period in QUARTER:
        submission = house.submit(UPLOADER, API, period, an_extract(period))
        assert (submission.state.value, submission.accepted_rows) == ("accepted", EACH_MONTH)
    report = build_snapshot(house.hub, house.reader(ANALYST))
    assert report.snapshot == 1
    table = house.table(ANALYST, by="borough,quarter")
    assert [cell.value for row in table.rows for cell in row.cells] == [3 * EACH_MONTH]
    by_kind = house.table(ANALYST, by="borough,quarter,kind", where="kind=robbery")
    assert [cell.value for row in by_kind.rows for cell in row.cells] == [12]
    with house.hub.database.reading() as reading:
        assert house.hub.audit.verify(reading).verified
        assert [found.index for found in stored_entries(reading)] == list(
            range(house.hub.audit.verify(reading).entries)
        )


def test_a_month_sent_again_supersedes_and_a_withdrawn_one_is_erased(house: House) -> None:
    first = house.submit(UPLOADER, API, "2024-01", an_extract("2024-01"))
    assert house.submit(UPLOADER, API, "2024-01", an_extract("2024-01")).id == first.id
    second = house.submit(UPLOADER, API, "2024-01", an_extract("2024-01", 5))
    with house.hub.database.reading() as reading:
        assert [one.id for one in house.hub.intake.latest_accepted(reading)] == [second.id]
    permit = house.permit("met-police-governance", Action.SUBMISSION_WITHDRAW, API)
    with house.hub.database.unit_of_work() as uow:
        house.hub.intake.withdraw(uow, permit, second.id, reason="test")
    with house.hub.database.reading() as reading:
        assert house.hub.intake.latest_accepted(reading) == ()
        with pytest.raises(NotFound):
            house.hub.vault.describe(reading, "obj_unknown")
        assert house.hub.vault.describe(reading, second.accepted_object).destroyed_at is not None
    assert all(second.accepted_object not in name for name in house.sealed_files())


def test_a_refusal_is_in_the_log_though_its_transaction_was_undone(house: House) -> None:
    submission = house.submit(UPLOADER, API, "2024-01", an_extract("2024-01"))
    reader = house.reader(ANALYST)
    with pytest.raises(NotFound), house.hub.database.unit_of_work() as uow:
        house.hub.intake.submission(uow, reader, submission.id)
    with house.hub.database.reading() as reading:
        *_, last = stored_entries(reading)
    assert (last.columns["outcome"], last.columns["person"]) == ("refused", reader.person)


def test_logins_sessions_and_tokens_live_and_end(each_database: Database, clock: FrozenClock) -> None:
    with a_demo_hub(each_database, clock) as demo:
        start = demo.login()
        session = demo.session(start.cookie)
        assert session.person.subject == "alex"
        with each_database.unit_of_work() as uow:
            permit = a_token_permit(clock, demo.people[POLICE])
            token = demo.identity.issue_token(
                uow, permit, person=session.person.id, name="test", days=1, scopes=["read"]
            )
        with each_database.reading() as reading:
            assert demo.identity.bearer(reading, token, scope=Scope.READ).person.id == session.person.id
            with pytest.raises(Unauthenticated):
                demo.identity.bearer(reading, token + "x", scope=Scope.READ)
        with each_database.unit_of_work() as uow:
            demo.identity.end_session(uow, start.cookie)
        with pytest.raises(Unauthenticated):
            demo.session(start.cookie)

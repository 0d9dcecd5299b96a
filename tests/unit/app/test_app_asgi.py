"""Starting the web application mends what a crash left, and serves pages, API and health side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from hub.asgi import create_app, from_environment
from hub.intake import ATTESTATION, State
from hub.kit.authority import Action
from hub.settings import Where
from tests.support.hubs import API, BARE, UPLOADER, an_extract
from tests.support.partnerships import BUILT_AT, House, a_copy, made
from tests.support.serving import until


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> House:
    return a_copy(made(BARE, tmp_path_factory), tmp_path)


def received(house: House) -> str:
    """A submission whose check never came: the process was killed."""
    permit = house.permit(UPLOADER, Action.SUBMISSION_CREATE, API)
    receiving = house.hub.intake.receive(
        permit, agency="met-police", dataset=API, period="2024-01", file_name="january.csv", attestation=ATTESTATION
    )
    receiving.write(an_extract("2024-01"))
    with house.hub.database.unit_of_work() as uow:
        return receiving.complete(uow).id


def standing(house: House, submission: str) -> State:
    with house.hub.database.reading() as reading:
        return house.hub.intake.standing(reading, submission).state


def test_starting_checks_what_was_left_and_sweeps_what_nobody_owns(house: House) -> None:
    identity = received(house)
    stray = house.vault / "zz" / "obj_zz.sealed"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left by a kill")
    with TestClient(create_app(house.hub), base_url=BUILT_AT):
        until(lambda: standing(house, identity) is not State.RECEIVED)
        assert standing(house, identity) is State.ACCEPTED
        assert not stray.exists()


def test_where_a_worker_does_the_work_the_server_leaves_it(house: House) -> None:
    identity = received(house)
    apart = replace(house.hub, settings=house.hub.settings.model_copy(update={"work": Where.APART}))
    with TestClient(create_app(apart), base_url=BUILT_AT) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
    assert standing(house, identity) is State.RECEIVED


def test_pages_api_and_health_stand_side_by_side(house: House) -> None:
    with TestClient(create_app(house.hub), base_url=BUILT_AT) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/login").headers["content-type"].startswith("text/html")
        assert client.get("/api/v1/views").headers["content-type"] == "application/problem+json"
        for absent in ("/docs", "/openapi.json", "/redoc"):
            assert client.get(absent, follow_redirects=False).status_code in (302, 303, 404)


@pytest.mark.parametrize(("mode", "people"), [("demo", True), ("embedded", False)])
def test_the_environment_says_what_is_served_and_only_the_demo_is_set_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str, people: bool
) -> None:
    for name, value in {"MODE": mode, "STATE": str(tmp_path), "BASE_URL": BUILT_AT, "PARTNERSHIP": "Somewhere"}.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    app = from_environment()
    assert app.title == "Somewhere"
    with TestClient(app, base_url=BUILT_AT) as client:
        assert ("Ravensbourne" in client.get("/login").text) is people

"""The example of an installation in containers says nothing that the hub would refuse. No container is run here: what the
services of the hub run is run as it stands there in tests/integration/test_many_processes.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.settings import Mode, Settings, Where
from tests.support.compose import GIVEN, ROOT, VARIABLE, settings_of, the_services


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return the_services()


def test_every_setting_of_the_hub_is_one_and_together_they_are_fit_for_production(compose: dict[str, Any]) -> None:
    said = settings_of(compose)
    assert set(said) <= set(Settings.model_fields)
    settings = Settings(**said)  # type: ignore[arg-type]
    assert settings.mode is Mode.PRODUCTION
    assert settings.base_url == "https://hub.example.test"
    assert settings.root_key.get_secret_value() == GIVEN["HUB_ROOT_KEY"]
    assert settings.work is Where.APART


def test_the_worker_is_given_the_very_settings_of_the_hub_and_the_very_state(compose: dict[str, Any]) -> None:
    hub, worker = (compose["services"][name] for name in ("hub", "worker"))
    assert settings_of(compose, "worker") == settings_of(compose)
    assert (worker["volumes"], worker["build"]) == (hub["volumes"], hub["build"])
    assert [service["command"][:2] for service in (hub, worker)] == [["hub", "serve"], ["hub", "worker"]]


def test_secrets_are_given_and_never_written_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if re.search(r"(PASSWORD|ROOT_KEY):", line):
            assert re.search(r": (postgresql\S*:)?\$\{\w+:\?", line), line


def test_only_the_proxy_is_reached_from_outside_and_leads_to_the_hubs_own_port(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    caddyfile = compose["configs"]["caddyfile"]["content"]
    assert f"reverse_proxy hub:{settings_of(compose)['port']}" in caddyfile
    assert "{$HUB_NAME}" in caddyfile
    assert services["proxy"]["environment"]["HUB_NAME"] in settings_of(compose)["base_url"]


def test_the_database_is_the_one_that_the_hub_is_told_of(compose: dict[str, Any]) -> None:
    database = compose["services"]["db"]["environment"]
    url = (
        f"postgresql+psycopg://{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}@db/{database['POSTGRES_DB']}"
    )
    assert settings_of(compose)["database_url"] == url


def test_volumes_and_networks_that_are_used_are_declared(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], name
        assert set(service["networks"]) <= set(compose["networks"])


def test_the_image_has_all_that_the_wheel_ships_and_runs_as_nobody_special() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for folder in ("hub", "schemas", "policies", "alembic"):
        assert f"COPY {folder} {folder}" in image
        assert f"!{folder}" in kept
    assert "--require-hashes" in image
    assert re.search(r"^USER hub$", image, re.MULTILINE)


def test_the_page_says_that_it_was_not_run_and_names_every_variable() -> None:
    page = (ROOT / "docs" / "how-to" / "run-in-containers.md").read_text(encoding="utf-8")
    assert "We have not run it in containers" in page
    wanted = {name for name, _, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))}
    assert {name for name in wanted if f"{name}=" not in page} == set()

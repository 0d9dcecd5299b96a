"""Settings are read once, frozen, and refuse in production what is only fit for trying out."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.settings import Mode, Settings

PRODUCTION = {
    "mode": "production",
    "database_url": "postgresql+psycopg://hub@127.0.0.1/hub",
    "base_url": "https://hub.example",
    "root_key": "00112233445566778899aabbccddeeff" * 2,
}


def test_an_embedded_hub_needs_no_settings(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    assert settings.mode is Mode.EMBEDDED
    assert settings.url == f"sqlite:///{tmp_path / 'hub.sqlite'}"


def test_production_takes_real_values() -> None:
    assert Settings(**PRODUCTION).url.startswith("postgresql")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"database_url": ""}, "HUB_DATABASE_URL"),
        ({"database_url": "sqlite:///x"}, "HUB_DATABASE_URL"),
        ({"base_url": "http://hub.example"}, "HUB_BASE_URL"),
        ({"root_key": ""}, "HUB_ROOT_KEY"),
        ({"root_key": "0" * 64}, "HUB_ROOT_KEY"),
        ({"mode": "demo", "host": "0.0.0.0"}, "HUB_HOST"),
    ],
)
def test_what_is_only_fit_for_trying_out_is_refused_by_name(change: dict[str, str], name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**(PRODUCTION | change))  # type: ignore[arg-type]


def test_settings_are_frozen_and_a_secret_does_not_print_itself() -> None:
    settings = Settings(**PRODUCTION)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    assert "0011" not in repr(settings)

"""The example of an installation in containers, read as Compose would read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {"HUB_ROOT_KEY": "0123456789abcdef" * 4, "HUB_DATABASE_PASSWORD": "s3cret", "KEYCLOAK_PASSWORD": "s3cret"}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def filled(text: str) -> str:
    """As Compose fills in variables: what is given, else the default; what must be given must be in `GIVEN`."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if name in GIVEN:
            return GIVEN[name]
        assert kind == "-", f"{name} has no default and is not given"
        return str(rest)

    return VARIABLE.sub(value, text).replace("$$", "$")


def the_services() -> dict[str, Any]:
    """The whole file, its variables filled in."""
    return dict(yaml.safe_load(filled((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))))


def settings_of(compose: dict[str, Any], service: str = "hub") -> dict[str, str]:
    """The hub's settings that a service is given, by their names in `Settings`."""
    said = compose["services"][service]["environment"]
    return {name.removeprefix("HUB_").lower(): value for name, value in said.items() if name.startswith("HUB_")}

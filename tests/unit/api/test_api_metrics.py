"""Who may see how busy the hub is: programs on its machine, or whoever has the token that the settings name."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers

from hub.api.health import _may_count


def asked(host: str, **headers: str) -> object:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(client=SimpleNamespace(host=host) if host else None, headers=Headers(named))


@pytest.mark.parametrize(
    ("host", "headers", "may"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("203.0.113.9", {}, False),
        ("", {}, False),
        ("127.0.0.1", {"x_forwarded_for": "203.0.113.9"}, False),
        ("127.0.0.1", {"forwarded": "for=203.0.113.9"}, False),
        ("203.0.113.9", {"authorization": "Bearer "}, False),
    ],
)
def test_without_a_token_only_programs_on_the_machine_see_it(host: str, headers: dict[str, str], may: bool) -> None:
    assert _may_count(asked(host, **headers), "") is may  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "headers", "may"),
    [
        ("203.0.113.9", {"authorization": "Bearer let me"}, True),
        ("127.0.0.1", {}, False),
        ("203.0.113.9", {"authorization": "Bearer let"}, False),
        ("203.0.113.9", {"authorization": "let me"}, False),
    ],
)
def test_with_a_token_whoever_sends_it_sees_it_and_nobody_else(host: str, headers: dict[str, str], may: bool) -> None:
    assert _may_count(asked(host, **headers), "let me") is may  # type: ignore[arg-type]

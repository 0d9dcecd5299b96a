"""Refusals of identity, by stable code; their words stand in the catalogue under `identity.refusal`."""

from __future__ import annotations

from hub.kit.errors import Unauthenticated, Unavailable
from hub.kit.words import say


def refusal(code: str) -> Unauthenticated:
    """The error to raise when it is not known who asks, for the reason `code`."""
    return Unauthenticated(
        say(f"identity.refusal.{code}.title"), code=code, remedy=say(f"identity.refusal.{code}.remedy")
    )


def unavailable(code: str) -> Unavailable:
    """The error to raise when a provider does not answer as it must, for the reason `code`."""
    return Unavailable(say(f"identity.refusal.{code}.title"), code=code, remedy=say(f"identity.refusal.{code}.remedy"))

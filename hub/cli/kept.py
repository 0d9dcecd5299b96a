"""The hub and the token that `hub login` keeps, in a file that only its owner can read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from hub.kit.errors import Unauthenticated

if TYPE_CHECKING:
    from hub.cli.client import HubClient

TOKEN_FILE = Path("~/.config/svd-hub/token.json")


def keep(address: str, token: str) -> Path:
    """Keep them; the file they are in."""
    path = TOKEN_FILE.expanduser()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"hub": address, "token": token}, file)
    return path


def connected() -> HubClient:
    """A client of the hub that one has logged in to. Unauthenticated: nobody has."""
    from hub.cli.client import HubClient

    path = TOKEN_FILE.expanduser()
    if not path.exists():
        raise Unauthenticated("no token is kept", code="no-token", remedy="Run hub login first.")
    kept = json.loads(path.read_text(encoding="utf-8"))
    return HubClient(str(kept["hub"]), token=str(kept["token"]))

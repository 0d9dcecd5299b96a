"""The root key: from the settings, or from a file in the state folder that only its owner can read. Never in the database."""

from __future__ import annotations

import os
from pathlib import Path

from hub.kit.crypto import keys
from hub.kit.errors import Invalid
from hub.settings import Settings


def root_key(settings: Settings) -> bytes:
    """32 bytes. The first start of an embedded hub makes the file; a damaged one is refused, never replaced."""
    said = settings.root_key.get_secret_value()
    if said:
        return _parsed(said, "HUB_ROOT_KEY")
    path = settings.state / "root.key"
    if not path.exists():
        _write(path, keys.new_key())
    return _parsed(path.read_text(encoding="ascii").strip(), str(path.name))


def _parsed(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != keys.KEY_BYTES:
        raise Invalid(
            f"{where}: not 64 hexadecimal digits", code="bad-root-key", remedy="Restore the key from its backup."
        )
    return key


def _write(path: Path, key: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())

"""Style sheet, script and pictures under addresses that hold a hash of the content, so that they may be kept for ever."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from hub.kit.errors import Bug, NotFound

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    squeezed: bytes
    media_type: str


class Statics:
    """All files of the static folder, read once."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._urls: dict[str, str] = {}
        self._assets: dict[str, _Asset] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix not in _TYPES:
                continue
            body = path.read_bytes()
            name = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}"
            self._urls[path.name] = f"/static/{name}"
            self._assets[name] = _Asset(body, gzip.compress(body, mtime=0), _TYPES[path.suffix])

    def url(self, name: str) -> str:
        """The address of a file, with its content hash; an unknown name is a Bug."""
        try:
            return self._urls[name]
        except KeyError:
            raise Bug(f"no static file {name!r}") from None

    def serve(self, request: Request, name: str) -> Response:
        """The file under a hashed name; only exact names of this folder's files exist. `NotFound` for all else."""
        asset = self._assets.get(name)
        if asset is None:
            raise NotFound("no such file")
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.squeezed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(asset.body, media_type=asset.media_type, headers=headers)

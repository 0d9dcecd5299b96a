"""The header that has a browser save an answer as a file: one rule for the names of all downloads."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]*")
_LONGEST, _LONGEST_ENDING = 150, 10
_NAMELESS = "download"


def attachment(name: str) -> dict[str, str]:
    """`Content-Disposition: attachment` with the name (RFC 6266); in UTF-8 too (RFC 8187) where it is not plain ASCII.

    Whatever the name holds, the header is one line of ASCII, and what is saved is one file in the folder that the person chose:
    letters and digits of any script and `._ -`; no folder, no drive, no hidden file, no sign that nobody sees. The ending of a
    name that is cut is kept.
    """
    kept = _kept(name)
    if _PLAIN.fullmatch(kept):
        return {"Content-Disposition": f'attachment; filename="{kept}"'}
    plain = _kept(unicodedata.normalize("NFKD", kept).encode("ascii", "ignore").decode())
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"}


def _kept(name: str) -> str:
    seen = "".join(_sign(sign) for sign in name)
    stem, dot, ending = seen.rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = seen, "", ""
    stem = stem.strip(" .-_")[: _LONGEST - len(dot + ending)].rstrip(" .") or _NAMELESS
    return f"{stem}{dot}{ending}"


def _sign(sign: str) -> str:
    """The sign where a name may have it, a hyphen for another, nothing for what nobody sees."""
    kind = unicodedata.category(sign)[0]
    if kind in "LNM" or sign in "._ -":
        return sign
    return "" if kind in "CZ" else "-"

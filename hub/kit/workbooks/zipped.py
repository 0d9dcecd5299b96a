"""A zip archive that is no workbook but holds one file: that file, inflated piece by piece to a bound."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

from hub.kit.workbooks.archive import open_archive
from hub.kit.workbooks.model import MOST_UNZIPPED, BadWorkbook

_PIECE = 2**20
_BESIDE = ("__macosx/",)
_BESIDE_NAMES = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


def the_only_file(content: bytes) -> Iterator[bytes]:
    """The pieces of the one file in the archive. Folders, and what macOS and Windows put beside files, are passed over.

    BadWorkbook at once where the archive is broken, locked or a bomb, or holds no file or several; and on the way where the
    file is not exactly what the archive says of it.
    """
    archive = open_archive(content)
    files = [member for member in archive.members.values() if not _is_beside(member)]
    if len(files) != 1:
        raise BadWorkbook("bad-zip", "several" if files else "nothing")
    if files[0].file_size > MOST_UNZIPPED:
        raise BadWorkbook("bad-zip", "inflated")
    return _inflated(archive.packed(files[0]), files[0])


def _is_beside(member: zipfile.ZipInfo) -> bool:
    name = member.filename.casefold()
    return member.is_dir() or name.startswith(_BESIDE) or name.rpartition("/")[2] in _BESIDE_NAMES


def _inflated(packed: memoryview, member: zipfile.ZipInfo) -> Iterator[bytes]:
    size, check = 0, 0
    for piece in _stored(packed) if member.compress_type == zipfile.ZIP_STORED else _deflated(packed):
        size, check = size + len(piece), zlib.crc32(piece, check)
        if size > member.file_size:
            raise BadWorkbook("bad-zip", "bomb")  # it is longer than it says
        if piece:
            yield piece
    if size != member.file_size or check != member.CRC:
        raise BadWorkbook("bad-zip", "zip")


def _stored(packed: memoryview) -> Iterator[bytes]:
    for start in range(0, len(packed), _PIECE):
        yield bytes(packed[start : start + _PIECE])


def _deflated(packed: memoryview) -> Iterator[bytes]:
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for part in _stored(packed):
            rest = part
            while rest and not inflating.eof:
                yield inflating.decompress(rest, _PIECE)
                rest = inflating.unconsumed_tail
        while not inflating.eof and (piece := inflating.decompress(b"", _PIECE)):
            yield piece
    except zlib.error:
        raise BadWorkbook("bad-zip", "zip") from None
    if not inflating.eof:
        raise BadWorkbook("bad-zip", "zip")

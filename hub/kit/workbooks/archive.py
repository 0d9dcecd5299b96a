"""The zip archive of a workbook: looked over before anything is inflated, inflated to a bound, and packed anew.

The reader of values gets an archive of our own making that holds nothing but parts which were inflated here and found to be
as long as they were declared to be. So it cannot be made to see another archive than was looked over, or to inflate more.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from hub.kit.workbooks.model import MOST_BYTES, MOST_INFLATED, BadWorkbook

_MOST_MEMBERS = 4_000
_MOST_DIRECTORY = 2**20
_MOST_RATIO, _RATIO_FROM = 100, 4 * 2**20
_MOST_SMALL = 4 * 2**20
_END = b"PK\x05\x06"
_LOCAL = b"PK\x03\x04"
_END_SIZE, _LOCAL_SIZE = 22, 30
_OLD = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED = 0x1 | 0x40
_UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|[\x00-\x1f]")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UTF8 = frozenset((b"utf-8", b"utf8", b"us-ascii", b"ascii"))


@dataclass(slots=True)
class Archive:
    """The members of a zip file, by name without case. Reads none of them until it is asked, and each at most to the bound."""

    content: bytes
    members: Mapping[str, zipfile.ZipInfo]
    left: int = MOST_INFLATED

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name.casefold() in self.members

    def part(self, name: str) -> bytes:
        """An XML part, whole: UTF-8 without document type or entities. BadWorkbook otherwise, or when it is absent."""
        return plain_xml(self.inflated(name))

    def tree(self, name: str) -> Element:
        """A small XML part, parsed."""
        data = self.part(name)
        if len(data) > _MOST_SMALL:
            raise BadWorkbook("workbook-too-large", "part")
        try:
            root: Element = fromstring(data, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, RecursionError):
            raise BadWorkbook("bad-workbook", "xml") from None
        return root

    def inflated(self, name: str) -> bytes:
        """The bytes of a member, if it is exactly as long as it says and its checksum is right."""
        member = self.members.get(name.casefold())
        if member is None:
            raise BadWorkbook("bad-workbook", "part-missing")
        if member.file_size > self.left:
            raise BadWorkbook("workbook-too-large", "inflated")
        data = self._inflated(member)
        self.left -= len(data)
        return data

    def packed(self, member: zipfile.ZipInfo) -> memoryview:
        """The bytes of a member as they stand in the archive."""
        start = member.header_offset
        head = self.content[start : start + _LOCAL_SIZE]
        if len(head) < _LOCAL_SIZE or head[:4] != _LOCAL:
            raise BadWorkbook("bad-workbook", "zip")
        start += _LOCAL_SIZE + sum(struct.unpack("<HH", head[26:30]))
        packed = memoryview(self.content)[start : start + member.compress_size]
        if len(packed) != member.compress_size:
            raise BadWorkbook("bad-workbook", "zip")
        return packed

    def _inflated(self, member: zipfile.ZipInfo) -> bytes:
        packed = self.packed(member)
        data = bytes(packed) if member.compress_type == zipfile.ZIP_STORED else _inflate(packed, member.file_size)
        if len(data) != member.file_size or zlib.crc32(data) != member.CRC:
            raise BadWorkbook("bad-workbook", "zip")
        return data


def open_archive(content: bytes) -> Archive:
    """Look over the directory of a zip file; nothing is inflated. BadWorkbook for one that is broken, encrypted or a bomb."""
    if len(content) > MOST_BYTES:
        raise BadWorkbook("workbook-too-large", "file")
    if content.startswith(_OLD):  # a workbook of the old kind, or the container of one with a password
        raise BadWorkbook("password-protected") if _LOCKED in content else BadWorkbook("not-a-workbook", "old-workbook")
    _check_end(content)
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, OverflowError):
        raise BadWorkbook("bad-workbook", "zip") from None
    if len(members) > _MOST_MEMBERS:
        raise BadWorkbook("workbook-too-large", "members")
    named: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        _check_member(member)
        if named.setdefault(member.filename.casefold(), member) is not member:
            raise BadWorkbook("bad-workbook", "names")
    return Archive(content, named)


def packed(parts: Mapping[str, bytes]) -> io.BytesIO:
    """A new archive of these parts, not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    out.seek(0)
    return out


def plain_xml(data: bytes) -> bytes:
    """The same bytes, if they are XML in UTF-8 that declares no document type and no entity. BadWorkbook otherwise."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:200]:
        raise BadWorkbook("bad-workbook", "encoding")
    said = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if said is not None and said.group(1).lower() not in _UTF8:
        raise BadWorkbook("bad-workbook", "encoding")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadWorkbook("bad-workbook", "entities")
    return data


def _check_end(content: bytes) -> None:
    """The directory is one, at the end, and of a size that can be read in an instant: workbooks of this size need no zip64."""
    place = content.rfind(_END, max(0, len(content) - 65_535 - _END_SIZE))
    if place < 0 or len(content) < place + _END_SIZE:
        raise BadWorkbook("bad-workbook", "zip")
    count, size = struct.unpack("<HI", content[place + 10 : place + 16])
    if count == 0xFFFF or size == 0xFFFFFFFF:
        raise BadWorkbook("bad-workbook", "zip64")
    if count > _MOST_MEMBERS or size > _MOST_DIRECTORY:
        raise BadWorkbook("workbook-too-large", "members")


def _check_member(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise BadWorkbook("password-protected")
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    if is_link or _UNSAFE.search(member.orig_filename) or "\\" in member.filename:
        raise BadWorkbook("bad-workbook", "names")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadWorkbook("bad-workbook", "zip")
    if member.file_size > _RATIO_FROM and member.file_size > _MOST_RATIO * max(member.compress_size, 1):
        raise BadWorkbook("workbook-too-large", "bomb")


def _inflate(data: memoryview, size: int) -> bytes:
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        out = inflating.decompress(data, size + 1)
    except zlib.error:
        raise BadWorkbook("bad-workbook", "zip") from None
    if len(out) > size:
        raise BadWorkbook("workbook-too-large", "bomb")  # it is longer than it says
    return out

"""A form with a file, parsed as it arrives: the fields first, then one file, handed on byte for byte and never spooled.

Promise P7: no upload touches the disk in clear. So nothing here keeps the file; what comes is written to the sink at once. The
body is complete only when its final boundary has been seen (promise P6: absent or complete, never half).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath, PureWindowsPath

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from hub.kit.errors import Invalid
from hub.kit.words import say

FILE_FIELD = "file"
_MOST_FIELDS = 10
_LONGEST_FIELD = 8 * 1024
_LONGEST_NAME = 200

Sink = Callable[[bytes], None]
"""Takes the bytes of the file, in order."""


class FileForm:
    """Parses one multipart body. `begin(fields, file_name)` is called when the file's part starts; what it returns gets the bytes.

    Raises `Invalid` for a body that is no such form, holds two files, or puts a field after the file.
    """

    def __init__(self, content_type: str, *, begin: Callable[[Mapping[str, str], str], Sink]) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise Invalid(say("web.submit.error_not_multipart"), code="not-a-file-form")
        self._begin = begin
        self._fields: dict[str, str] = {}
        self._headers: dict[bytes, bytes] = {}
        self._header = (b"", b"")
        self._field: tuple[str, bytearray] | None = None
        self._sink: Sink | None = None
        self._had_file = False
        self._ended = False
        callbacks = {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # its callbacks are typed too narrowly

    def feed(self, chunk: bytes) -> None:
        """The next bytes of the body."""
        try:
            self._parser.write(chunk)
        except MultipartParseError:
            raise Invalid(say("web.submit.error_not_multipart"), code="not-a-file-form") from None

    def finish(self) -> None:
        """The body has ended: raises `Invalid` if it was cut off, or held no file."""
        if not self._ended:
            raise Invalid(say("web.submit.error_cut_off"), code="cut-off")
        if not self._had_file:
            raise Invalid(say("web.submit.error_no_file"), code="no-file")

    # ---- what the parser tells -------------------------------------------------------------------------------------

    def _part_begin(self) -> None:
        self._headers = {}
        self._header = (b"", b"")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._had_file:
            again = b"filename" in options
            raise Invalid(say("web.submit.error_two_files" if again else "web.submit.error_order"), code="wrong-form")
        if b"filename" not in options:
            if len(self._fields) >= _MOST_FIELDS:
                raise Invalid(say("web.submit.error_not_multipart"), code="wrong-form")
            self._field = (name, bytearray())
            return
        if name != FILE_FIELD:
            raise Invalid(say("web.submit.error_not_multipart"), code="wrong-form")
        file_name = shown_name(options[b"filename"].decode("utf-8", "replace"))
        if not file_name:
            raise Invalid(say("web.submit.error_no_file"), code="no-file")
        self._had_file = True
        self._sink = self._begin(dict(self._fields), file_name)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._sink is not None:
            self._sink(data[start:end])
        elif self._field is not None:
            if len(self._field[1]) + end - start > _LONGEST_FIELD:
                raise Invalid(say("web.submit.error_not_multipart"), code="wrong-form")
            self._field[1].extend(data[start:end])

    def _part_end(self) -> None:
        if self._field is not None:
            self._fields[self._field[0]] = self._field[1].decode("utf-8", "replace")
            self._field = None
        self._sink = None

    def _end(self) -> None:
        self._ended = True


def shown_name(name: str) -> str:
    """A file's name as display text: no folder, no control or invisible characters, at most 200 long. Never used as a path."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return plain.strip()[:_LONGEST_NAME]

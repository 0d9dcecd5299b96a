"""A file as the table of text in it, whatever it is written in: what the checks read, and what values are read back from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.engine import BY_LINE, BadParquet, EngineSession, Reject
from hub.kit.words import say
from hub.kit.workbooks import BadWorkbook
from hub.kit.workbooks import opened as workbook_apart
from hub.schemas.delimiters import COMMAS, Division, divided, is_delimiter, said_delimiter
from hub.schemas.encodings import UTF8, Reader, known_encoding, said_encodings
from hub.schemas.findings import Finding, finding
from hub.schemas.model import DatasetSchema
from hub.schemas.parquet import PARQUET, bad_parquet, parquet_text
from hub.schemas.profile import NO_PROFILE, ImportProfile
from hub.schemas.text import Text, count_records, in_utf8, scan
from hub.schemas.workbook import Sent, bad_zip, read_workbook, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file as text, and how it is divided.

    `record` is the header, empty where there is no table: then `stopped` says why, and `rows` how many records there are if that
    can be told. `told` is what was peculiar on the way. `read_bytes` gives the text in UTF-8, or the bytes as they are where
    they are none. `unreadable` are rows with a cell whose value is not known, `unused` columns with neither name nor value,
    `others` further sheets, to be looked through. `sent` is the workbook it was, if it was one. `raw`
    gives the bytes of the text as they are written, out of an archive if it was in one.
    """

    text: Text
    source: str
    read_bytes: Reader
    record: tuple[str, ...] = ()
    division: Division = COMMAS
    told: tuple[Finding, ...] = ()
    stopped: tuple[Finding, ...] = ()
    rows: int = 0
    unreadable: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    others: tuple[bytes, ...] = ()
    sent: Sent | None = None
    raw: Reader = tuple

    def read_into(self, session: EngineSession, relation: str, columns: Sequence[str]) -> list[Reject]:
        """Read its rows into a relation of the session: see `EngineSession.read_csv`."""
        return session.read_csv(
            self.source,
            columns=columns,
            into=relation,
            delimiter=self.division.delimiter,
            header=self.division.header_rows,
            encoding=self.text.encoding,
        )

    def count_records(self) -> int:
        """Data records of the text, without reading them as columns."""
        return max(count_records(self.read_bytes, self.division.delimiter) - self.division.header_rows + 1, 0)


def open_extract(
    session: EngineSession,
    source: str,
    schema: DatasetSchema,
    *,
    read_bytes: Reader,
    sha256: str = "",
    profile: ImportProfile = NO_PROFILE,
) -> Opened:
    """Open the file `source` of a session. `read_bytes` gives its bytes anew at each call; `sha256` is their hash where it is
    known; `profile` is what a person has confirmed about how the file is read. Never raises for what is wrong with the file.
    """
    return _opened(session, source, schema, read_bytes=read_bytes, sha256=sha256, profile=profile)


def _opened(
    session: EngineSession,
    source: str,
    schema: DatasetSchema,
    *,
    read_bytes: Reader,
    sha256: str,
    profile: ImportProfile,
    zipped: bool = False,
) -> Opened:
    confirmed = known_encoding(profile.encoding) if profile.encoding else ""
    text = scan(read_bytes, sha256=sha256, encodings=schema.encodings, confirmed=confirmed)
    opened = Opened(text=text, source=source, read_bytes=read_bytes, raw=read_bytes)
    if text.is_binary:
        return _unpacked(session, opened, schema, profile, zipped=zipped)
    wrong = _wrong_profile(profile, confirmed)
    return replace(opened, stopped=wrong) if wrong else _as_table(opened, schema, profile)


def _unpacked(
    session: EngineSession, opened: Opened, schema: DatasetSchema, profile: ImportProfile, *, zipped: bool
) -> Opened:
    """A workbook, a Parquet file, or the one file of a zip archive as the table in it; where there is none, what stopped it."""
    if opened.text.fault is not None and opened.text.fault.what == PARQUET:
        return _from_parquet(session, opened, schema, profile)
    sent = read_workbook(
        opened.read_bytes, schema, sheet=profile.sheet, confirmed=profile.columns, all_sheets=schema.health
    )
    if sent.form == "zip":
        return _unzipped(session, opened, schema, profile, zipped=zipped)
    if profile.remembered and any(one.code == "no-such-sheet" for one in sent.findings):
        again = _unpacked(session, opened, schema, replace(profile, sheet=""), zipped=zipped)
        told = finding("choice-not-used", message="message-sheet")
        return replace(again, told=(*again.told, told), stopped=(*again.stopped, told) if again.stopped else ())
    table, text = sent.csv, replace(opened.text, form=sent.form)
    opened = replace(opened, text=text, stopped=sent.findings, others=sent.others, read_bytes=lambda: (), sent=sent)
    if table is None:
        return opened
    opened = replace(opened, told=sent.findings, unreadable=sent.unreadable, unused=sent.unused)
    return _as_table(_with_text(session, opened, table), schema, profile)


def _with_text(session: EngineSession, opened: Opened, table: bytes | Iterable[bytes]) -> Opened:
    """The file with the text that was taken out of it."""
    source = session.hold(table)
    text = scan(lambda: session.held(source), sha256=opened.text.sha256)
    text = replace(text, size=opened.text.size, form=opened.text.form)
    return replace(opened, text=text, source=source, read_bytes=lambda: session.held(source), stopped=())


def _from_parquet(session: EngineSession, opened: Opened, schema: DatasetSchema, profile: ImportProfile) -> Opened:
    opened = replace(opened, text=replace(opened.text, form=PARQUET))
    try:
        with parquet_text(opened.read_bytes, schema, profile) as text:
            return _as_table(_with_text(session, opened, text), schema, profile)
    except BadParquet as bad:
        return replace(opened, stopped=(bad_parquet(bad),), read_bytes=lambda: ())


def _unzipped(
    session: EngineSession, opened: Opened, schema: DatasetSchema, profile: ImportProfile, *, zipped: bool
) -> Opened:
    """The one file of a zip archive; it may be of any kind that is read, but no other zip archive."""
    try:
        if zipped:
            raise BadWorkbook("bad-zip", "nested")
        with workbook_apart(whole(opened.read_bytes)) as apart:
            source = session.hold(apart.unzipped())
    except BadWorkbook as bad:
        return replace(opened, stopped=(bad_zip(bad),), read_bytes=lambda: ())
    sha256, size = opened.text.sha256, opened.text.size
    inside = _opened(
        session,
        source,
        schema,
        read_bytes=lambda: session.held(source),
        sha256=sha256,
        profile=profile,
        zipped=True,
    )
    return replace(inside, text=replace(inside.text, size=size))


def _as_table(opened: Opened, schema: DatasetSchema, profile: ImportProfile) -> Opened:
    text = opened.text
    if text.fault is not None:
        return replace(opened, stopped=(_fault(text),), rows=_records_of(opened))
    if text.form:  # written here, with commas
        return replace(opened, record=next(text.records(), ()))
    division = divided(text.head, schema, profile)
    records = list(zip(range(division.header_rows), text.records(division.delimiter), strict=False))
    return replace(
        opened,
        read_bytes=in_utf8(opened.read_bytes, text.encoding),
        record=records[-1][1] if records else (),
        division=division,
        told=(*opened.told, *_other_encoding(text), *division.findings(), *_not_used(text, division, profile)),
    )


def _wrong_profile(profile: ImportProfile, confirmed: str) -> tuple[Finding, ...]:
    """What a profile asks for that no file can be read with."""
    if profile.encoding and not confirmed:
        return (finding("wrong-encoding", message="message-unknown", remedy="remedy-unknown"),)
    if profile.delimiter and not is_delimiter(profile.delimiter):
        return (finding("wrong-delimiter"),)
    return ()


def _not_used(text: Text, division: Division, profile: ImportProfile) -> Iterator[Finding]:
    """What was confirmed and gave way to what the file proves. Of an encoding only where the text would be another in it."""
    confirmed, now = known_encoding(profile.encoding) if profile.encoding else "", text.encoding.removeprefix(BY_LINE)
    differs = text.odd_bytes or any(name.startswith("utf-16") for name in (confirmed, now))
    if confirmed and confirmed != now and differs:
        words: dict[str, Any] = {"encoding": said_encodings([confirmed]), "now": said_encodings([now])}
        yield finding("choice-not-used", message="message-encoding", remedy="remedy-encoding", **words)
    if profile.delimiter and profile.delimiter != division.delimiter:
        words = {"delimiter": said_delimiter(profile.delimiter), "now": said_delimiter(division.delimiter)}
        yield finding("choice-not-used", message="message-delimiter", **words)


def _other_encoding(text: Text) -> tuple[Finding, ...]:
    if text.encoding == UTF8:
        return ()
    name = text.encoding.removeprefix(BY_LINE)
    words: dict[str, Any] = {"encoding": said_encodings([name]), "bytes": f"{text.odd_bytes:,}"}
    if text.encoding.startswith(BY_LINE):
        rows = text.mixture.first
        return (finding("other-encoding", count=text.mixture.odd, rows=rows, message="message-lines", **words),)
    if name.startswith("utf-16"):
        return (finding("other-encoding", message="message-utf16", **words),)
    message = "message-confirmed" if text.confirmed else "message"
    return (finding("other-encoding", count=text.odd_bytes, message=message, **words),)


def _fault(text: Text) -> Finding:
    fault = text.fault
    if fault is None or fault.kind == "empty-file":
        return finding("empty-file")
    if text.form and fault.kind == "not-csv":
        code = "bad-parquet" if text.form == PARQUET else "bad-workbook"
        return finding(code, rows=[fault.row], what=say(f"schemas.finding.{code}.sign", row=f"{fault.row:,}"))
    words: dict[str, Any] = {"offset": f"{fault.offset:,}", "row": f"{fault.row:,}"}
    if fault.kind == "not-csv":
        return finding("not-csv", rows=[fault.row], what=say(f"schemas.finding.not-csv.{fault.what}", **words))
    if fault.kind in ("wrong-encoding", "mixed-encoding"):
        return _no_encoding(text, words)
    return finding(fault.kind, rows=[fault.row], **words)


def _no_encoding(text: Text, words: dict[str, Any]) -> Finding:
    fault, mixture = text.fault, text.mixture
    name = said_encodings([text.encoding.removeprefix(BY_LINE)])
    likely = said_encodings(text.proposed)
    if fault is not None and fault.kind == "mixed-encoding":
        good = f"{mixture.good:,}"
        return finding("mixed-encoding", count=mixture.odd, rows=mixture.first, good=good, likely=likely, **words)
    rows = mixture.first or ([fault.row] if fault is not None else [])
    if fault is not None and fault.what == "utf16":
        return finding(
            "wrong-encoding", rows=rows, message="message-utf16", remedy="remedy-utf16", encoding=name, **words
        )
    if text.confirmed:
        return finding("wrong-encoding", rows=rows, message="message-confirmed", likely=likely, encoding=name, **words)
    message = "message" if text.proposed else "message-none"
    remedy = "remedy" if text.proposed else "remedy-none"
    return finding(
        "wrong-encoding", count=max(mixture.odd, 1), rows=rows, message=message, remedy=remedy, likely=likely, **words
    )


def _records_of(opened: Opened) -> int:
    """Records of a file that the engine cannot read, where they can be told at all."""
    fault = opened.text.fault
    readable = fault is not None and fault.kind in ("wrong-encoding", "mixed-encoding") and fault.what != "utf16"
    return count_records(opened.read_bytes) if readable else 0

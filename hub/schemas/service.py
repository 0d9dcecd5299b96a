"""`check`: a file against an agreed schema, and what becomes of it. The same on the desk and in the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from hub.engine import EngineError, EngineSession, Reject, RejectKind, quoted
from hub.geography import AreaIndex
from hub.kit.words import say
from hub.schemas.alike import alike_findings
from hub.schemas.compile import compiled
from hub.schemas.findings import ERROR, Finding, catalogue, column_letter, finding, in_order
from hub.schemas.header import Header, read_header
from hub.schemas.identifiers import identifiers_in_bytes
from hub.schemas.mapping import check_profile, coded, coded_findings
from hub.schemas.model import ROW_NUMBER, DatasetSchema
from hub.schemas.opening import Opened, open_extract
from hub.schemas.period import check_period
from hub.schemas.places import area_probes, told_apart
from hub.schemas.probe import EXTRACT, broken_rows, hits
from hub.schemas.profile import NO_PROFILE, ImportProfile
from hub.schemas.report import KEPT, Checked, CheckReport, Outcome, outcome_of
from hub.schemas.rows import (
    identifier_findings,
    make_accepted,
    place_findings,
    probe_findings,
    repeat_findings,
    said_kinds,
    written_findings,
)
from hub.schemas.seen import Seen
from hub.schemas.text import Text
from hub.schemas.wide import edition_findings, truncated_findings
from hub.schemas.wrong import wrong_rows

ACCEPTED, QUARANTINED, NOTHING = "hub_accepted", "hub_quarantined", "hub_nothing"
_RAW = "hub_file"
_SAY_NOTHING = frozenset(
    ("not-csv", "bad-workbook", "workbook-too-large", "password-protected", "bad-zip", "bad-parquet")
)
"""Findings of files whose bytes, compressed or encrypted, say nothing and look like anything."""
_STEPS = 5
Stage = Callable[[str, int, int], None]
"""Hears what a check is at beyond reading, and how many of its steps are done."""
_FILES_OWN_FAULT = frozenset(("engine-memory", "engine-value", "engine-count"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is being checked."""

    session: EngineSession
    opened: Opened
    schema: DatasetSchema
    period: str
    file_name: str
    area: AreaIndex | None
    others: tuple[DatasetSchema, ...]
    part_accept: bool
    profile: ImportProfile
    stage: Stage = lambda _name, _done, _total: None
    seen: Seen = field(default_factory=Seen)


def check(
    session: EngineSession,
    source: str,
    schema: DatasetSchema,
    *,
    period: str,
    file_name: str,
    read_bytes: Callable[[], Iterable[bytes]],
    area: AreaIndex | None = None,
    others: Iterable[DatasetSchema] = (),
    part_accept: bool = False,
    sha256: str = "",
    profile: ImportProfile = NO_PROFILE,
    stage: Stage = lambda _name, _done, _total: None,
) -> Checked:
    """Check the file `source` of a session against a schema.

    `period` is the month the file is for; empty asks nothing of months. `read_bytes` gives the same file's bytes anew
    at each call. `others` are the agreed schemas a stray file may belong to. With `part_accept` rows that break a
    rule are quarantined and the others kept; without it any error returns the file. `sha256` is the hash of the bytes
    where it is known already. `profile` is what the sender confirmed about how the file is read. A session checks one
    file: the relations it leaves are named in the result. Invalid when the period is no month or the profile asks for
    what the schema has not; a bad file never raises.
    """
    if period:
        check_period(period)
    check_profile(profile, schema)
    opened = open_extract(session, source, schema, read_bytes=read_bytes, sha256=sha256, profile=profile)
    case = _Case(
        session=session,
        opened=opened,
        schema=schema,
        period=period,
        file_name=file_name,
        area=area,
        others=tuple(others),
        part_accept=part_accept,
        profile=profile,
        stage=stage,
    )
    case.seen.opened = opened
    return replace(_checked(case, opened.text), seen=case.seen)


def _checked(case: _Case, text: Text) -> Checked:
    if case.opened.stopped:
        return _closed(case, text, list(case.opened.stopped), rows=case.opened.rows)
    try:
        return _read(case, text)
    except EngineError as error:
        if error.code not in _FILES_OWN_FAULT:
            raise
        why = say(f"schemas.finding.unreadable-file.{error.code}")
    return _closed(case, text, [finding("unreadable-file", why=why)], rows=0)


def _read(case: _Case, text: Text) -> Checked:
    """Read the file as columns: the bytes are text."""
    opened = case.opened
    header = read_header(opened.record, case.schema, others=case.others, confirmed=case.profile.columns)
    header = _without(header, opened.unused)
    case.seen.header = header
    if not header.columns:
        return _closed(case, text, list(header.findings), rows=opened.count_records())
    rejects = opened.read_into(case.session, _RAW, header.columns)
    ((read, last),) = case.session.rows(f"SELECT count(*), coalesce(max({ROW_NUMBER}), 1) FROM {_RAW}")
    rejects = [reject for reject in rejects if reject.row > 1]
    rows = read + len({reject.row for reject in rejects})
    stopped = list(header.findings) if header.stops else edition_findings(header.months, case.period)
    stopped = stopped or _broken(text, rejects, rows=rows, last_read=last)
    if stopped:
        return _closed(case, text, stopped, rows=rows)
    return _rows(case, text, header, rejects, rows)


def _rows(case: _Case, text: Text, header: Header, rejects: Sequence[Reject], rows: int) -> Checked:
    """Check the rows themselves: the file has the agreed columns."""
    session, schema = case.session, case.schema
    case.stage("checking", 0, _STEPS)
    _make_extract(session, schema, header, case.profile)
    plan = compiled(schema, header.present, period=case.period, months=header.months)
    apart = hits(session, [*plan.probes, *area_probes(session, schema, case.area)], apart=True)
    found = told_apart(session, schema, apart)
    case.stage("checking", 1, _STEPS)
    broken_in = broken_rows(apart, found)
    sighted = identifier_findings(session, schema, header, found, broken_in=broken_in)
    identifiers = [one for one in sighted if one.code == "possible-identifier"]
    findings = [
        *case.opened.told,
        *header.findings,
        *_ragged(rejects),
        *probe_findings(found, header),
        *sighted,
    ]
    findings += written_findings(session, _RAW, schema, header)
    findings += coded_findings(session, _RAW, schema, header, case.profile)
    if schema.health and not identifiers:
        findings += _unread_identifiers(case) if rejects else _beside_identifiers(case)
    case.seen.found, case.seen.identifiers, case.seen.rejects, case.seen.looked = found, sighted, rejects, True
    case.stage("checking", 2, _STEPS)
    findings += repeat_findings(session, schema, header)
    case.stage("checking", 3, _STEPS)
    wrong, out = wrong_rows(session, found, identifiers, unreadable=case.opened.unreadable, broken_in=broken_in)
    kept = rows - len({reject.row for reject in rejects}) - out
    outcome = outcome_of(findings, health=schema.health, part_accept=case.part_accept, kept_rows=kept)
    if outcome not in KEPT:
        return _report_closed(case, text, findings, rows=rows)
    truncated, without = truncated_findings(session, EXTRACT, header.months, wrong, header.columns)
    findings += truncated
    make_accepted(session, plan, wrong, ACCEPTED, QUARANTINED, without=without)
    case.stage("checking", 4, _STEPS)
    outlying, places = place_findings(session, schema, case.area, ACCEPTED)
    findings += [*outlying, *alike_findings(session, schema, case.area, ACCEPTED)]
    outcome = outcome_of(findings, health=schema.health, part_accept=case.part_accept, kept_rows=kept)
    report = _report(case, text, findings, rows=rows, accepted=kept, outcome=outcome)
    return Checked(report=report, accepted=ACCEPTED, quarantined=QUARANTINED, places=places)


def _make_extract(session: EngineSession, schema: DatasetSchema, header: Header, profile: ImportProfile) -> None:
    columns = [
        f"{coded(schema, schema.field(name), quoted(name), profile)} AS {quoted(name)}"
        if name in schema.names
        else quoted(name)
        for name in header.columns
    ]
    session.run(f"CREATE TEMP VIEW {EXTRACT} AS SELECT {', '.join(columns)}, {ROW_NUMBER} FROM {_RAW}")


def _without(header: Header, unused: Sequence[int]) -> Header:
    """The header without a word on columns of a sheet that have neither name nor value."""
    letters = {f"column {column_letter(place)}" for place in unused}
    told = tuple(one for one in header.findings if one.code != "extra-column" or one.field not in letters)
    return replace(header, findings=told)


def _broken(text: Text, rejects: Sequence[Reject], *, rows: int, last_read: int) -> list[Finding]:
    """Faults of the file as a whole that show only when it is read as columns."""
    unclosed = [reject.row for reject in rejects if reject.kind is RejectKind.UNCLOSED_QUOTE]
    if unclosed:
        return [finding("unclosed-quote", rows=unclosed[:1], row=f"{unclosed[0]:,}")]
    if rows == 0:
        return [finding("header-only", rows=[1])]
    last = max(rejects, key=lambda reject: reject.row, default=None)
    if last and last.kind is RejectKind.MISSING_COLUMNS and last.row > last_read and not text.ends_with_line:
        return [finding("cut-off", rows=[last.row], row=f"{last.row:,}")]
    return []


def _ragged(rejects: Sequence[Reject]) -> list[Finding]:
    ragged = sorted({reject.row for reject in rejects if reject.kind is not RejectKind.OTHER})
    unreadable = sorted({reject.row for reject in rejects if reject.kind is RejectKind.OTHER} - set(ragged))
    return [
        finding(code, count=len(rows), rows=rows)
        for code, rows in (("ragged-row", ragged), ("unreadable-row", unreadable))
        if rows
    ]


def _unread_identifiers(case: _Case) -> list[Finding]:
    """Identifiers anywhere in the bytes of a health file whose rows could not all be looked through as columns."""
    seen = identifiers_in_bytes(lambda: chain(case.opened.read_bytes(), case.opened.others))
    return _sighted_in_bytes(seen)


def _beside_identifiers(case: _Case) -> list[Finding]:
    """Identifiers in a health workbook beside its table, in other sheets or above it: the file would be kept with them."""
    return _sighted_in_bytes(identifiers_in_bytes(lambda: case.opened.others)) if case.opened.others else []


def _sighted_in_bytes(seen: Mapping[str, int]) -> list[Finding]:
    if not seen:
        return []
    return [
        finding(
            "possible-identifier", count=sum(seen.values()), message="message-unread", kinds=said_kinds(sorted(seen))
        )
    ]


def _closed(case: _Case, text: Text, findings: list[Finding], *, rows: int) -> Checked:
    """No row gets in: returned, or refused at the floor. A refused report keeps only what refused it."""
    return _report_closed(case, text, [*case.opened.told, *findings], rows=rows)


def _report_closed(case: _Case, text: Text, findings: list[Finding], *, rows: int) -> Checked:
    health = case.schema.health
    refusing = [found for found in findings if catalogue()[found.code].refuses(health=health)]
    if health and not refusing and _unseen(findings):
        refusing = _unread_identifiers(case)
    outcome = Outcome.REFUSED if refusing else Outcome.RETURNED
    report = _report(case, text, refusing or findings, rows=rows, accepted=0, outcome=outcome)
    case.session.run(f"CREATE TEMP TABLE {NOTHING} ({ROW_NUMBER} BIGINT)")
    return Checked(report=report, accepted=NOTHING, quarantined=NOTHING)


def _unseen(findings: Sequence[Finding]) -> bool:
    """Whether the file was closed before its columns were looked through, and holds text to look through."""
    whole = [found.code for found in findings if found.severity == ERROR and catalogue()[found.code].about != "row"]
    return bool(whole) and not _SAY_NOTHING.intersection(whole)


def _report(
    case: _Case, text: Text, findings: Sequence[Finding], *, rows: int, accepted: int, outcome: Outcome
) -> CheckReport:
    unread = text.fault is not None and text.fault.kind in ("wrong-encoding", "mixed-encoding", "not-csv")
    return CheckReport(
        schema=case.schema.id,
        version=case.schema.version,
        period=case.period,
        file=case.file_name,
        sha256=text.sha256,
        size=text.size,
        encoding=text.form or ("" if unread else text.encoding),
        rows=rows,
        accepted_rows=accepted,
        outcome=outcome,
        findings=in_order(findings),
    )

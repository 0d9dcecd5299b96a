"""A submission with its report and receipt, and the list of an agency's submissions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hub.intake import KEPT, WITHDRAWABLE, CellValue, State, Submission, key_of
from hub.kit.words import say
from hub.schemas import QUERY, CheckReport, Finding, catalogue
from hub.web.dates import spoken_moment, spoken_month
from hub.web.elements import Cell, Column, Fact, Link, Progress, Table, Tag
from hub.web.pages.before import BeforePart
from hub.web.pages.queries import QueryBlock
from hub.web.pages.reading import reading_address
from hub.web.pages.word import WordPart

_COLOURS = {
    State.RECEIVED: "blue",
    State.CHECKED: "turquoise",
    State.ACCEPTED: "green",
    State.PART_ACCEPTED: "yellow",
    State.RETURNED: "red",
    State.REFUSED: "red",
    State.SUPERSEDED: "grey",
    State.WITHDRAWN: "grey",
}
_MOODS = {
    State.RECEIVED: "wait",
    State.CHECKED: "wait",
    State.PART_ACCEPTED: "wait",
    State.RETURNED: "bad",
    State.REFUSED: "bad",
}
_AGAIN = frozenset({State.CHECKED, State.RETURNED, State.REFUSED, State.PART_ACCEPTED, State.WITHDRAWN})
_UNCOUNTED = {State.RETURNED: "_returned", State.CHECKED: "_checked"}
_COUNTS = {State.REFUSED: "web.submission.report_counts_none", State.CHECKED: "web.submission.report_counts_checked"}
_SEVERITIES = ("error", "warning", "query")


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One cause: what is wrong, how often, where, and one sentence on how to mend it. Never a value of the file.

    `values` is the address of the page that reads the values back, empty where the reader may not. `explained`: what the agency
    said of a query.
    """

    ident: str
    code: str
    severity: str
    title: str
    message: str
    remedy: str
    places: str
    field: str
    cells: tuple[str, ...]
    cells_label: str
    values: str = ""
    explained: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """What became of a file. `mood` is `good`, `wait` or `bad`; `marked` (without its ending), `again`, `undo`, `recheck` and
    `withdraw` are addresses, empty where not allowed; `word` is the form that lets a checked file in; `mend_first`: it would
    leave rows out, so that mending it is offered before accepting the rest.
    """

    heading: str
    status: Tag
    mood: str
    explanation: str
    counts: str
    checking: bool
    kept_nothing: bool
    findings: tuple[FindingCard, ...]
    severities: str
    receipt: tuple[Fact, ...]
    progress: Progress | None = None
    marked: str = ""
    again: str = ""
    mend_first: bool = False
    word: WordPart | None = None
    undo: str = ""
    recheck: str = ""
    withdraw: str = ""
    withdraw_text: str = ""
    withdraw_error: str = ""
    before: BeforePart | None = None
    queries: tuple[QueryBlock, ...] = ()
    reading: str = ""
    read_with: Link | None = None


@dataclass(frozen=True, slots=True)
class SubmissionsPage:
    """An agency's submissions, newest first."""

    table: Table
    can_submit: bool


@dataclass(frozen=True, slots=True)
class CellsPage:
    """The values one finding points at, for the agency that sent them."""

    title: str
    table: Table


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the policy lets the reader do with a submission."""

    send_again: bool
    withdraw: bool
    mend: bool = False


def status_tag(state: State) -> Tag:
    """The state as a tag."""
    return Tag(say(f"web.submission.state.{state.value}"), _COLOURS[state])


def heading_of(submission: Submission, titles: Mapping[str, str]) -> str:
    """`Street-level crime, September 2026`."""
    title = titles.get(submission.dataset, submission.dataset)
    return say("web.submission.title", title=title, period=spoken_month(submission.period))


def submission_page(
    submission: Submission,
    report: CheckReport | None,
    *,
    titles: Mapping[str, str],
    agreements: Mapping[str, str],
    sender: str,
    allowed: Allowed,
    progress: Progress | None = None,
    word: WordPart | None = None,
    withdraw_error: str = "",
    before: BeforePart | None = None,
    queries: tuple[QueryBlock, ...] = (),
    read_with: Link | None = None,
) -> SubmissionPage:
    """The page of one submission; `report` is None while the check has not ended."""
    state = submission.state
    waits = "_part" if state is State.CHECKED and submission.quarantined_rows else ""
    return SubmissionPage(
        heading=heading_of(submission, titles),
        status=status_tag(state),
        mood=_MOODS.get(state, "good"),
        explanation=say(f"web.submission.explain.{state.value}{waits}"),
        counts=_counts(submission) if report is not None else "",
        checking=state is State.RECEIVED,
        kept_nothing=state is State.REFUSED,
        findings=_cards(submission, report, allowed) if report is not None else (),
        severities=_severities(report.findings) if report is not None else "",
        receipt=_receipt(submission, titles, agreements, sender),
        progress=progress,
        marked=f"/submissions/{submission.id}/marked" if _to_mark(submission, report, allowed) else "",
        again=f"/submit/{submission.dataset}/{submission.period}" if allowed.send_again and state in _AGAIN else "",
        mend_first=bool(waits) and allowed.send_again,
        word=word if allowed.send_again and state is State.CHECKED else None,
        undo=f"/submissions/{submission.id}/undo" if allowed.withdraw and state in KEPT else "",
        recheck=_recheck(submission) if allowed.send_again else "",
        withdraw=f"/submissions/{submission.id}/withdraw" if allowed.withdraw and state in WITHDRAWABLE else "",
        withdraw_text=say(f"web.submission.withdraw_text{_UNCOUNTED.get(state, '')}"),
        withdraw_error=withdraw_error,
        before=before,
        queries=queries,
        reading=reading_address(submission, report, mend=allowed.mend and allowed.send_again),
        read_with=read_with,
    )


def _counts(submission: Submission) -> str:
    return say(
        _COUNTS.get(submission.state, "web.submission.report_counts"),
        rows=f"{submission.rows:,}",
        accepted=f"{submission.accepted_rows:,}",
        quarantined=f"{submission.quarantined_rows:,}",
    )


def _recheck(submission: Submission) -> str:
    kept = submission.state in {State.CHECKED, State.RETURNED} and submission.original_object
    return f"/submissions/{submission.id}/recheck" if kept else ""


def submissions_page(found: Sequence[Submission], titles: Mapping[str, str], *, can_submit: bool) -> SubmissionsPage:
    """The list, newest first."""
    rows = [
        (
            Cell(titles.get(one.dataset, one.dataset), href=f"/submissions/{one.id}"),
            Cell(spoken_month(one.period)),
            Cell(tag=status_tag(one.state)),
            Cell(f"{one.rows:,}"),
            Cell(f"{one.accepted_rows:,}"),
            Cell(spoken_moment(one.at)),
        )
        for one in found
    ]
    columns = (
        Column(say("web.submissions.dataset")),
        Column(say("web.submissions.period")),
        Column(say("web.submissions.status")),
        Column(say("web.submissions.rows"), numeric=True),
        Column(say("web.submissions.accepted"), numeric=True),
        Column(say("web.submissions.sent")),
    )
    return SubmissionsPage(Table("submissions", say("web.submissions.caption"), columns, rows, wrap=True), can_submit)


def cells_page(values: Sequence[CellValue], *, code: str, field: str) -> CellsPage:
    """The values a finding points at."""
    rows = [(Cell(one.cell or f"{one.row:,}", mono=True), Cell(one.value)) for one in values]
    columns = (Column(say("web.submission.cells_cell")), Column(say("web.submission.cells_value")))
    title = catalogue()[code].title
    return CellsPage(
        title, Table("values", say("web.submission.cells_caption", title=title, field=field), columns, rows)
    )


def _to_mark(submission: Submission, report: CheckReport | None, allowed: Allowed) -> bool:
    """Whether there is something to mark in a file that is kept, for somebody who may read it. A query marks no cell."""
    wrong = report is not None and any(one.severity != QUERY for one in report.findings)
    return allowed.mend and bool(submission.original_object) and wrong


def _cards(submission: Submission, report: CheckReport, allowed: Allowed) -> tuple[FindingCard, ...]:
    readable = allowed.mend and bool(submission.original_object)
    base = f"/submissions/{submission.id}/cells" if readable else ""
    said = submission.explanations
    return tuple(
        _card(index, one, base, said.get(key_of(one.code, one.field), "")) for index, one in enumerate(report.findings)
    )


def _card(index: int, one: Finding, base: str, said: str) -> FindingCard:
    places = one.cells or tuple(f"{row:,}" for row in one.rows)
    return FindingCard(
        ident=f"finding-{index}",
        code=one.code,
        severity=one.severity,
        title=catalogue()[one.code].title,
        message=one.message,
        remedy=one.remedy,
        explained=say("queries.explained", text=said) if said else "",
        places="" if one.severity == QUERY else _count(one.count),
        field=one.field.removeprefix("column "),
        cells=places,
        cells_label=_label(one),
        values=f"{base}?{urlencode({'code': one.code, 'field': one.field})}" if base and _has_values(one) else "",
    )


def _has_values(one: Finding) -> bool:
    """Whether anything stands in the cells: not where they are blank, nor where the first row is what is wrong."""
    return bool(one.field) and not one.code.startswith("blank-") and any(row > 1 for row in one.rows)


def _label(one: Finding) -> str:
    kind = say("web.submission.cells") if one.cells else say("web.submission.rows")
    shown = len(one.cells or one.rows)
    if shown == one.count:
        return f"{kind}:"
    return f"{kind}: {say('web.submission.first_cells', shown=shown, count=f'{one.count:,}')}"


def _count(count: int) -> str:
    return say("web.submission.count_one") if count == 1 else say("web.submission.count_many", count=f"{count:,}")


def _severities(findings: Sequence[Finding]) -> str:
    counted = Counter(one.severity for one in findings)
    return ", ".join(_of_severity(name, counted[name]) for name in _SEVERITIES if counted[name])


def _of_severity(name: str, count: int) -> str:
    return say(f"web.submission.{'severity_one' if count == 1 else 'severities'}.{name}", count=count)


def _receipt(
    submission: Submission, titles: Mapping[str, str], agreements: Mapping[str, str], sender: str
) -> tuple[Fact, ...]:
    """The receipt; `agreements` maps the references it was sent under to their titles."""
    size = say("web.submission.receipt_size_bytes", size=f"{submission.size:,}")
    facts = [
        Fact(say("web.submission.receipt_id"), submission.id, mono=True),
        Fact(say("web.submission.receipt_file"), submission.file_name or say("web.submission.receipt_no_name")),
        Fact(say("web.submission.receipt_sha"), submission.sha256, mono=True),
        Fact(say("web.submission.receipt_size"), size),
    ]
    if submission.state is not State.RECEIVED:
        facts += [
            Fact(say("web.submission.receipt_rows"), f"{submission.rows:,}"),
            Fact(say("web.submission.receipt_accepted"), f"{submission.accepted_rows:,}"),
        ]
        if submission.state is not State.REFUSED:
            facts.append(Fact(say("web.submission.receipt_quarantined"), f"{submission.quarantined_rows:,}"))
    title = titles.get(submission.dataset, submission.dataset)
    references = submission.agreement.split()
    facts += [
        Fact(
            say("web.submission.receipt_schema"),
            say("web.submission.receipt_schema_of", title=title, version=submission.schema_version),
        ),
        Fact(say("web.submission.receipt_agreement"), items=tuple(agreements.get(one, one) for one in references)),
        Fact(say("web.submission.receipt_audit"), f"{submission.audit_index:,}"),
        Fact(say("web.submission.receipt_at"), spoken_moment(submission.at)),
        Fact(say("web.submission.receipt_by"), sender),
    ]
    return tuple(facts)

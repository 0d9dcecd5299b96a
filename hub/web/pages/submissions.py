"""A submission with its report and receipt, and the list of an agency's submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.intake import KEPT, WITHDRAWABLE, CellValue, State, Submission
from hub.kit.words import say
from hub.schemas import QUERY, CheckReport, catalogue
from hub.web.dates import spoken_moment, spoken_month
from hub.web.elements import Cell, Column, Fact, Link, Progress, Table, Tag
from hub.web.pages.before import BeforePart
from hub.web.pages.causes import ReportPart, report_part
from hub.web.pages.queries import QueryBlock
from hub.web.pages.reading import reading_address
from hub.web.pages.seen_by import agreement_links
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
    report: ReportPart | None
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
        report=report_part(submission, report, readable=_readable(submission, allowed)) if report is not None else None,
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
            Cell(titles.get(one.dataset, one.dataset), href=f"/submissions/{one.id}", spoken=spoken_month(one.period)),
            Cell(spoken_month(one.period)),
            Cell(tag=status_tag(one.state)),
            Cell(f"{one.rows:,}"),
            Cell(say("web.submissions.not_yet") if one.state is State.CHECKED else f"{one.accepted_rows:,}"),
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
    return _readable(submission, allowed) and wrong


def _readable(submission: Submission, allowed: Allowed) -> bool:
    return allowed.mend and bool(submission.original_object)


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
            Fact(
                say(f"web.submission.receipt_accepted{'_checked' if submission.state is State.CHECKED else ''}"),
                f"{submission.accepted_rows:,}",
            ),
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
        Fact(say("web.submission.receipt_agreement"), links=agreement_links(references, agreements)),
        Fact(say("web.submission.receipt_audit"), f"{submission.audit_index:,}"),
        Fact(say("web.submission.receipt_at"), spoken_moment(submission.at)),
        Fact(say("web.submission.receipt_by"), sender),
    ]
    return tuple(facts)

"""Sample pages: every template with a made-up view model, for tests of the pages without the rooms behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hub.kit.charts import Mark, MarkKind, Series, bar_chart, line_chart
from hub.web.elements import (
    Card,
    Cell,
    Choice,
    Column,
    Fact,
    Figure,
    Frame,
    Link,
    Problem,
    Progress,
    Provenance,
    Select,
    Step,
    Table,
    Tag,
)
from hub.web.pages.account import AccountPage, TokenCard
from hub.web.pages.agreements import AgreementPage, AgreementsPage, ProposePage, SharedDataset
from hub.web.pages.assessments import AssessmentsPage
from hub.web.pages.audit import AuditPage
from hub.web.pages.before import BeforePart
from hub.web.pages.causes import Cause, CauseGroup, FindingCard, ReportPart
from hub.web.pages.difference import DifferencePage
from hub.web.pages.errors import AccessibilityPage, ErrorPage
from hub.web.pages.explain import ExplainPage
from hub.web.pages.findings import catalogue_page, kind_page
from hub.web.pages.home import HomePage
from hub.web.pages.rows import AskingPage, ListingPage, ShownPage
from hub.web.pages.seen_by import SeenByPage, SeenGroup
from hub.web.pages.sign_in import ChooserPage, PersonaGroup, SignInFailedPage, SignInPage
from hub.web.pages.snapshots import SnapshotPage, SnapshotsPage
from hub.web.pages.submissions import CellsPage, SubmissionPage, SubmissionsPage
from hub.web.pages.submit import ChoosePage, UploadPage
from hub.web.pages.views import MeasureBlock, ViewPage, ViewsPage
from hub.web.render import Renderer
from hub.web.statics import Statics
from tests.support.web_calendar import samples_of_calendar
from tests.support.web_people import samples_of_people
from tests.support.web_queries import samples_of_queries

HOSTILE = "<script>alert('x')</script>\"'{{ 7*7 }}"


@dataclass(frozen=True)
class Sample:
    """A template with a frame and a view model."""

    name: str
    template: str
    frame: Frame
    page: Any


@cache
def a_renderer(*, demo: bool = True) -> Renderer:
    return Renderer(partnership="Safer Ravensbourne Partnership", demo=demo, statics=Statics())


def a_frame(title: str, **changes: Any) -> Frame:
    values: dict[str, Any] = {
        "title": title,
        "current": "/views",
        "person": "Amira Okafor",
        "agency": "Ravensbourne Police",
        "csrf_token": "token-1",
        "navigation": tuple(
            Link(text, href)
            for text, href in (
                ("Today", "/"),
                ("Submit an extract", "/submit"),
                ("Submissions", "/submissions"),
                ("Views", "/views"),
                ("Agreements", "/agreements"),
                ("Who sees what", "/explain"),
            )
        ),
    }
    return Frame(**{**values, **changes})


def months(count: int, year: int = 2024) -> list[str]:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return [f"{names[index % 12]} {year + index // 12}" for index in range(count)]


def a_line_figure(ident: str = "lines", text: str = "Police: recorded violence by month") -> Figure:
    labels = months(24)
    marks = [Mark(label, MarkKind.NUMBER, 340 + (index * 37) % 90 + index * 3) for index, label in enumerate(labels)]
    marks[7] = Mark(labels[7], MarkKind.GAP)
    marks[15] = Mark(labels[15], MarkKind.WITHHELD)
    small = [Mark(label, MarkKind.NUMBER, 10 + 5 * (index % 9)) for index, label in enumerate(labels)]
    for place in (3, 4, 12, 18):
        small[place] = Mark(labels[place], MarkKind.STAR)
    small[7] = Mark(labels[7], MarkKind.GAP)
    series = (Series("Violence and sexual offences", tuple(marks)), Series("Robbery", tuple(small)))
    return Figure(
        ident=ident,
        title=text,
        subtitle="Ravensbourne, January 2024 to December 2025, crimes",
        chart=line_chart(
            series, ident=ident, title=text, description="Line chart of 24 months. The table holds the same figures."
        ),
        key=(("star", "small count, hidden"), ("withheld", "withheld"), ("gap", "no data for the month")),
    )


def a_bar_figure(ident: str = "bars") -> Figure:
    wards = [
        "Alder Common",
        "Bridge Quarter",
        "Church Fields",
        "Downs End",
        "East Cray and Riverside",
        "Foundry",
        "Greenmantle",
        "Hazel Lane",
    ]
    kinds = [MarkKind.NUMBER] * 5 + [MarkKind.STAR, MarkKind.WITHHELD, MarkKind.GAP]
    bars = tuple(Mark(ward, kind, 40 + 55 * index) for index, (ward, kind) in enumerate(zip(wards, kinds, strict=True)))
    text = "Emergency department: assault attendances by ward"
    return Figure(
        ident=ident,
        title=text,
        subtitle="Ravensbourne wards, 2025, attendances rounded to 5",
        chart=bar_chart(bars, ident=ident, title=text, description="Bar chart of 8 wards."),
        key=(("star", "small count, hidden"), ("withheld", "withheld")),
    )


def a_table(ident: str = "cells") -> Table:
    rows = []
    for index, month in enumerate(months(9)):
        last = (
            Cell("*", kind="star", spoken="small count, hidden"),
            Cell("w", kind="withheld", spoken="withheld"),
            Cell("no data", kind="gap", spoken="no data"),
        )
        rows.append((Cell(month), Cell("Violence and sexual offences"), Cell(f"{1340 + index * 5:,}"), last[index % 3]))
    return Table(
        ident=ident,
        caption="Police: crimes, and attendances, by month",
        columns=(
            Column("Month"),
            Column("Kind"),
            Column("Crimes (police)", numeric=True),
            Column("Attendances (hospital)", numeric=True),
        ),
        rows=rows,
        sortable=True,
    )


def a_select(name: str, label: str, values: dict[str, str]) -> Select:
    return Select(
        name,
        label,
        tuple(Choice(value, text, selected=index == 1) for index, (value, text) in enumerate(values.items())),
    )


def _progress() -> Progress:
    return Progress(
        "The demo partnership is being made",
        "You can sign in now. Views fill as soon as their data is ready.",
        (
            Step("Invent four agencies and 36 months", "done"),
            Step("Submit 144 extracts", "running", "61 of 144"),
            Step("Build the snapshot", "waiting"),
        ),
    )


def _personas() -> tuple[Card, ...]:
    people = (
        ("Amira Okafor", "Ravensbourne Police. Sends the agency's extracts."),
        ("Ben Tregarth", "Ravensbourne University Hospital. Sends the agency's extracts."),
        ("Chandra Ivory", "Ravensbourne Ambulance Service. Sends the agency's extracts."),
        ("Dilys Marchetti", "Ravensbourne Council. Explores views and writes the assessment."),
        ("Esi Lindqvist", "Ravensbourne Council. Looks after agreements and who may see what."),
        ("Farid Penhallow", "Ravensbourne Council. Checks that everything was lawful."),
    )
    return tuple(Card(name, text, f"/login/start/prv_{index}") for index, (name, text) in enumerate(people))


def _groups() -> tuple[PersonaGroup, ...]:
    return tuple(PersonaGroup(card.text.split(". ")[0], (card,)) for card in _personas())


def _receipt() -> tuple[Fact, ...]:
    return (
        Fact("File", "ravensbourne-2026-09.csv"),
        Fact("SHA-256 of the file", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", mono=True),
        Fact("Size", "1,204,332 bytes"),
        Fact("Rows in the file", "5,310"),
        Fact("Entry in the audit log", link=Link("4,182", "/audit")),
        Fact("Received", "2 November 2026, 09:00 UTC"),
    )


def _cause(index: int, severity: str, title: str, cells: tuple[str, ...]) -> Cause:
    finding = FindingCard(
        ident=f"finding-{index}",
        title=title,
        message="The column holds codes that the agreed list does not have.",
        remedy="",
        places="37 places",
        field="Crime type",
        cells=cells,
        cells_label=f"The first {len(cells)} of 37",
        values="/submissions/x/cells?code=not-in-code-list",
    )
    remedy = "Use the codes of the list; the schema page shows them."
    where = "Crime type: 37 places"
    return Cause(f"cause-{index}", "not-in-code-list", severity, title, where, remedy, (finding,), is_open=index == 0)


def _report() -> ReportPart:
    return ReportPart(
        "1 thing to mend, 1 question to explain, 1 to look at",
        (
            CauseGroup(
                "Mend these: they sent the file back",
                (_cause(0, "error", "A code that is not in the list", tuple(f"J{row}" for row in range(112, 132))),),
            ),
            CauseGroup("Questions about the figures", (_cause(1, "query", "Half as many rows as last month", ()),)),
            CauseGroup("Look at these", (_cause(2, "warning", "Rows that say exactly the same", ("2", "3")),)),
        ),
    )


def _submission(**changes: Any) -> SubmissionPage:
    values: dict[str, Any] = {
        "heading": "Street-level crime, September 2026",
        "status": Tag("Returned", "red"),
        "mood": "bad",
        "explanation": "Nothing from this file is used. Mend what the report names and send the file again.",
        "counts": "5,310 rows read: 5,273 accepted, 37 held back.",
        "checking": False,
        "kept_nothing": False,
        "report": _report(),
        "receipt": _receipt(),
        "again": "/submit/police/street-crime/2026-09",
    }
    return SubmissionPage(**{**values, **changes})


def _upload(error: str = "") -> UploadPage:
    return UploadPage(
        title="Street-level crime",
        period="September 2026",
        action="/submit/police/street-crime/2026-09",
        hint="A CSV file in UTF-8, with the column names of the schema in its first row, up to 4,096 MB.",
        template="/templates/police/street-crime.xlsx?period=2026-09",
        who=(
            Fact("Agreement", link=Link("Ravensbourne police data for the Duty", "/agreements/ravensbourne-police")),
            Fact("Purposes", items=("Identify the kinds of serious violence", "Identify its causes")),
            Fact("Recipients", items=("Ravensbourne Council", "Ravensbourne University Hospital")),
        ),
        who_text=(
            "Your agency can read its own rows back. Nobody else sees a row.",
            "Others see protected counts only.",
        ),
        columns=Table(
            "columns",
            "Columns the file needs",
            (Column("Column"), Column("What it holds"), Column("Required")),
            (
                (Cell("Month", mono=True), Cell("Month of the crime"), Cell("yes")),
                (Cell("Crime type", mono=True), Cell("Kind of crime"), Cell("yes")),
            ),
            caption_hidden=True,
        ),
        refused=("name", "date_of_birth"),
        error=error,
        earlier="Already accepted for this month, 3 October 2026. A file accepted now takes its place.",
    )


def _provenance() -> Provenance:
    return Provenance(
        (
            Fact("Snapshot", link=Link("Number 4, frozen 2 November 2026", "/snapshots/4")),
            Fact("Disclosure profile", "open (police), nhs_hes (health)"),
            Fact("Policy hash", "4ae71336e44bf9bf79d2752e234818a5", mono=True),
            Fact("Result hash", "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35", mono=True),
        )
    )


def _view() -> ViewPage:
    return ViewPage(
        question="Where and when does violence happen?",
        description="Police violence by place and time, beside assault attendances.",
        action="/views/violence-by-place",
        filters=(
            a_select("by", "Show", {"a": "Borough by month by kind", "b": "Ward by quarter"}),
            a_select("measure", "Measure", {"a": "All", "b": "Police: crimes"}),
            a_select("period", "From", {"a": "January 2024", "b": "February 2024"}),
        ),
        coverage=(
            "Ravensbourne Police: 24 of 24 months, 97 % of rows located.",
            "Ravensbourne University Hospital: 23 of 24 months; August 2024 is missing.",
        ),
        blocks=(
            MeasureBlock("m1", "Police: crimes", ("Ranked by what is shown.",), a_line_figure(), a_table()),
            MeasureBlock("m2", "Emergency department: attendances", (), a_bar_figure(), a_table("cells2")),
        ),
        legend=(
            ("*", "a small count, from 1 to 7"),
            ("w", "withheld so that another cell cannot be worked out"),
            ("", "Counts of 8 and over are rounded to the nearest 5."),
        ),
        downloads=(Link("CSV", "/views/violence-by-place.csv"),),
        provenance=_provenance(),
    )


def _agreement() -> AgreementPage:
    return AgreementPage(
        title="Ravensbourne police data for the Serious Violence Duty",
        status=Tag("In force", "green"),
        facts=(Fact("Gateway", "Police, Crime, Sentencing and Courts Act 2022 s.16"), Fact("Until", "31 March 2028")),
        parties=Table(
            "parties",
            "Parties",
            (Column("Agency"), Column("Role"), Column("Signed")),
            ((Cell("Ravensbourne Police"), Cell("controller"), Cell("1 April 2026")),),
            caption_hidden=True,
        ),
        datasets=(
            SharedDataset(
                "Street-level crime", (Fact("From", "Ravensbourne Police"), Fact("To", items=("Ravensbourne Council",)))
            ),
        ),
        confirm=("The list of specified authorities was last read on 1 October 2026.",),
        sign="/agreements/x/sign",
        sign_text="Sign for Ravensbourne Police",
        changes=(Choice("suspend", "Suspend"), Choice("end", "End")),
        change_action="/agreements/x/change",
        document="id: ravensbourne-police\nversion: 1\n",
    )


def _simple_table(ident: str, caption: str) -> Table:
    return Table(
        ident,
        caption,
        (Column("Number", numeric=False), Column("Frozen"), Column("State"), Column("Submissions", numeric=True)),
        ((Cell("4", href="/snapshots/4"), Cell("2 November 2026"), Cell(tag=Tag("In force", "green")), Cell("144")),),
    )


def samples() -> Iterator[Sample]:
    """Every template once or more, as people will see it."""
    anonymous = {"person": "", "agency": "", "csrf_token": "", "navigation": (), "current": ""}
    agencies = tuple(
        Link(name, "/login/start/prv_1")
        for name in ("Ravensbourne Police", "Ravensbourne University Hospital", "Ravensbourne Council")
    )
    yield Sample("findings", "findings.html", a_frame("Findings"), catalogue_page())
    yield Sample("finding", "finding.html", a_frame("Finding"), kind_page("possible-identifier"))
    yield Sample("login", "login.html", a_frame("Sign in", **anonymous), SignInPage(agencies))
    yield from samples_of_queries(lambda name, template, page: Sample(name, template, a_frame(name), page), _submission)
    yield from samples_of_calendar(lambda name, template, page: Sample(name, template, a_frame(name), page))
    yield from samples_of_people(lambda name, template, page: Sample(name, template, a_frame(name), page))
    yield Sample(
        "login-demo",
        "login.html",
        a_frame("Sign in", **anonymous, refresh_seconds=4),
        SignInPage(agencies, _groups(), _progress()),
    )
    yield Sample(
        "login-failed",
        "login_failed.html",
        a_frame("You could not be signed in", **anonymous),
        SignInFailedPage("The answer of the provider did not fit.", "Start again in one window.", "wrong-state"),
    )
    yield Sample(
        "chooser",
        "chooser.html",
        a_frame("Who are you?", **anonymous),
        ChooserPage("Ravensbourne Police", _personas()[:2]),
    )
    due = (
        Card(
            "Submit this month's extract",
            "Street-level crime: nothing accepted yet for October 2026.",
            "/submit",
            due=True,
        ),
        Card(
            "Mend a returned file",
            "Street-level crime, September 2026: the file was returned.",
            "/submissions/x",
            due=True,
        ),
    )
    places = (
        Card("Look at the combined views", "What the agencies' figures show side by side.", "/views"),
        Card("Agreements", "Who shares what with whom.", "/agreements"),
    )
    yield Sample(
        "home",
        "home.html",
        a_frame("What do I do today?", current="/"),
        HomePage("Amira Okafor, Ravensbourne Police", due, places, "Nothing is waiting for you."),
    )
    yield Sample(
        "submit-choose",
        "submit_choose.html",
        a_frame("Submit an extract"),
        ChoosePage(
            a_select("dataset", "Dataset", {"a": "Street-level crime", "b": "Stop and search"}),
            a_select("period", "Reporting period", {"2026-10": "October 2026", "2026-09": "September 2026"}),
        ),
    )
    made = TokenCard(
        "Quarterly workbook",
        Tag("In use", "green"),
        (Fact("Made", "2 November 2026, 09:00"),),
        "/account/tokens/tok_1/revoke",
    )
    yield Sample(
        "account",
        "account.html",
        a_frame("Your account"),
        AccountPage(
            (Fact("Name", "Amira Okafor"),),
            (made,),
            "https://hub.example/api/v1",
            (Choice("read", "Read", selected=True),),
            (Choice("30", "30 days", selected=True),),
            fresh="svdhub_shown-once",
        ),
    )
    yield Sample("submit", "submit.html", a_frame("Submit"), _upload())
    wrong = "Choose a file to send"
    yield Sample("submit-error", "submit.html", a_frame("Submit", problems=(Problem(wrong, "#file"),)), _upload(wrong))
    yield Sample("report", "submission.html", a_frame("Street-level crime, September 2026"), _submission())
    yield Sample(
        "report-refused",
        "submission.html",
        a_frame("Assaults"),
        _submission(status=Tag("Refused", "red"), kept_nothing=True),
    )
    yield Sample(
        "report-accepted",
        "submission.html",
        a_frame("Assaults", notice="Done well"),
        _submission(
            status=Tag("Accepted", "green"),
            mood="good",
            report=None,
            again="",
            withdraw="/submissions/x/withdraw",
        ),
    )
    yield Sample(
        "report-checking",
        "submission.html",
        a_frame("Assaults", refresh_seconds=3),
        _submission(
            status=Tag("Being checked", "blue"),
            mood="wait",
            checking=True,
            progress=Progress(
                "How far the check is", "", (Step("Received", "done"), Step("Reading", "running")), percent=20
            ),
            report=None,
            again="",
        ),
    )
    yield Sample(
        "cells",
        "cells.html",
        a_frame("What stands in these cells"),
        CellsPage("A code", _simple_table("values", "Values")),
    )
    yield Sample(
        "submissions",
        "submissions.html",
        a_frame("Submissions of Ravensbourne Police"),
        SubmissionsPage(_simple_table("list", "Submissions, newest first"), can_submit=True),
    )
    yield Sample("views", "views.html", a_frame("Combined views"), ViewsPage(places, no_snapshot=True))
    yield Sample("view", "view.html", a_frame("Violence by place", breadcrumbs=(Link("Views", "/views"),)), _view())
    yield Sample(
        "explain",
        "explain.html",
        a_frame("Who can see this field, and why?"),
        ExplainPage(
            (a_select("dataset", "Dataset", {"a": "Street-level crime", "b": "Stop and search"}),),
            asked=True,
            facts=(Fact("Agreement", "x"),),
            table=a_table("why"),
        ),
    )
    yield Sample(
        "agreements",
        "agreements.html",
        a_frame("Agreements"),
        AgreementsPage(_simple_table("list", "Agreements"), can_propose=True),
    )
    yield Sample("agreement", "agreement.html", a_frame("Agreement"), _agreement())
    yield Sample(
        "propose",
        "propose.html",
        a_frame("Propose", problems=(Problem("s.16 does not cover a hospital trust", "#document"),)),
        ProposePage("id: x\n", "s.16 does not cover a hospital trust"),
    )
    yield Sample(
        "snapshots",
        "snapshots.html",
        a_frame("Snapshots"),
        SnapshotsPage(_simple_table("list", "Snapshots, newest first"), can_build=True, progress=_progress()),
    )
    yield Sample(
        "snapshot",
        "snapshot.html",
        a_frame("Snapshot 4"),
        SnapshotPage((Fact("State", tag=Tag("In force", "green")),), (_simple_table("list", "What is in snapshot 4"),)),
    )
    yield Sample(
        "assessments",
        "assessments.html",
        a_frame("Strategic assessments"),
        AssessmentsPage(_simple_table("list", "Assessments, newest first"), can_build=True),
    )
    checkpoint = (Fact("Entries", "4,182"), Fact("Root hash", "d4735e3a265e16eee03f59718b9b5d03", mono=True))
    purposes = (
        Choice("lawfulness", "Verifying that processing is lawful"),
        Choice("self-monitoring", "Self-monitoring"),
    )
    yield Sample(
        "audit",
        "audit.html",
        a_frame("Audit log"),
        AuditPage(checkpoint, "svd-hub/log\n4182\n1HNeOiZeFu==\n", purposes),
    )
    yield Sample(
        "audit-entries",
        "audit.html",
        a_frame("Audit log"),
        AuditPage(
            checkpoint,
            "",
            purpose="lawfulness",
            table=_simple_table("entries", "Entries, newest first"),
            older="4100",
        ),
    )
    yield Sample(
        "error",
        "error.html",
        a_frame("You may not do this"),
        ErrorPage(
            "Your agreement does not cover this.",
            ("The agreement ended on 1 October 2026 (agreement-expired)",),
            "Ask your information governance lead.",
            "agreement-expired",
        ),
    )
    yield from _rows()
    yield from _before()
    yield Sample("accessibility", "accessibility.html", a_frame("Accessibility statement"), AccessibilityPage(60))


def _before() -> Iterator[Sample]:
    title = "What differs: street-level crime, October 2026"
    counts = _simple_table("counts", "Rows")
    full = DifferencePage(
        heading=title,
        summary="12 rows added, 3 changed, none withdrawn since 3 November 2026.",
        lines=("Compared with the file of 3 November 2026, 09:00 for October 2026.", "Rows are told apart by id."),
        choose=a_select("against", "Compare with", {"sub_1": "October 2026, received 3 November 2026"}),
        counts=counts,
        fields=_simple_table("fields", "Columns in which rows changed"),
        moves=((_simple_table("moves-0", "Crime type: from which code to which"), "There are 3 others."),),
        categories=(_simple_table("categories-0", "Crime type"),),
        regroupings=("BURGLARY was split into BURGLARY OF A HOME and BURGLARY OF A SHED.",),
        examples=_simple_table("examples", "Cells of the first changed rows (a sample)"),
    )
    yield Sample("difference", "difference.html", a_frame(title), full)
    first = DifferencePage(title, "This is the first accepted file for October 2026.", (), None)
    yield Sample("difference-first", "difference.html", a_frame(title), first)
    title = "Who will see this: street-level crime, October 2026"
    groups = (
        SeenGroup(
            "Rows for Ravensbourne Council",
            (Fact("Agreement", items=("rows@1",)),),
            _simple_table("seen-0", "How each column reaches Ravensbourne Council"),
            "Columns and forms: Ravensbourne Council",
            _simple_table("preview-0", "The first rows of this very file"),
            "They stand in the order of what they show.",
        ),
        SeenGroup(
            "Protected counts for Ravensbourne Hospital",
            (Fact("Agreement", items=("counts@1",)),),
            _simple_table("seen-1", "How each column reaches Ravensbourne Hospital"),
            "Columns and forms: Ravensbourne Hospital",
        ),
    )
    lines = ("Rows, in the form agreed: Ravensbourne Council.",)
    yield Sample("seen-by", "seen_by.html", a_frame(title), SeenByPage(title, lines, groups))
    yield Sample("upload-seen", "submit.html", a_frame("Submit"), replace(_upload(), seen=groups))
    before = BeforePart(
        ("12 rows added, 3 changed, none withdrawn since 3 November 2026.",),
        Link("See what differs", "/submissions/x/difference"),
        lines,
        Link("See it as they will", "/submissions/x/seen-by"),
    )
    yield Sample("report-before", "submission.html", a_frame("Assaults"), _submission(before=before))


def _rows() -> Iterator[Sample]:
    purpose = Select("purpose", "Purpose", (Choice("svd.review", "Keep the strategy under review", True),))
    forms = _simple_table("forms", "How each column is shown")
    facts = (Fact("Purpose", "Keep the strategy under review"), Fact("Agreement", "street-rows@1"))
    hidden = {"purpose": "svd.review", "supplier": "ravensbourne-police", "agreement": "street-rows@1"}
    listing = ListingPage((purpose,), _simple_table("openings", "Rows open to you"))
    yield Sample("rows-list", "rows_list.html", a_frame("Rows"), listing)
    yield Sample("rows-none", "rows_list.html", a_frame("Rows"), ListingPage((purpose,), None))
    title = "Street-level crime, rows from Ravensbourne Police"
    asking = AskingPage(title, "/rows/police/street-crime", facts, forms, hidden, "", "Say why you need these rows")
    yield Sample("rows-ask", "rows_ask.html", a_frame(title), asking)
    shown = ShownPage(
        title=title,
        action="/rows/police/street-crime",
        facts=facts,
        columns=forms,
        rows=_simple_table("rows", "Rows"),
        months=Select("month", "Month", (Choice("", "Every month", True), Choice("2026-10", "October 2026"))),
        hidden=hidden | {"justification": "to plan patrols"},
        month="",
        next="WyJ4IiwgMTAwXQ",
        again=True,
    )
    yield Sample("rows", "rows.html", a_frame(title), shown)

"""What the checks found, by cause: what returns the file first, then what holds rows back, questions, and what is only told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hub.intake import State, Submission, key_of
from hub.kit.words import say
from hub.schemas import ERROR, QUERY, CheckReport, Finding, catalogue

FEW = 3
"""So many causes stand open; of more, each can be opened."""

_Key = tuple[str, str]
"""A code and how grave it is: a nearly empty month is told of in a table of many months, and asked about in a month's own file."""

_COUNTED = {ERROR: "mend", QUERY: "explain"}


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One finding: what is wrong, how often, where, and one sentence on how to mend it. Never a value of the file.

    `remedy` is empty where that of the cause holds. `values` is the address of the page that reads the values back, empty where
    the reader may not. `explained`: what the agency said of a query.
    """

    ident: str
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
class Cause:
    """Findings of one code. `where` names the columns and how many places; `remedy` is said once where it is the same in all.

    The link to a cause leads to `ident`, which stands inside what is folded: following it opens the cause.
    """

    ident: str
    code: str
    severity: str
    title: str
    where: str
    remedy: str
    findings: tuple[FindingCard, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Causes that do the same to the file."""

    title: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class ReportPart:
    """The report: `summary` is `3 things to mend, 2 to look at`."""

    summary: str
    groups: tuple[CauseGroup, ...]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """All of them, in the order of the page."""
        return tuple(cause for group in self.groups for cause in group.causes)


def report_part(submission: Submission, report: CheckReport, *, readable: bool) -> ReportPart | None:
    """The report of a submission, or None where nothing was found. `readable`: the reader may see what stands in the cells."""
    if not report.findings:
        return None
    by_code: dict[_Key, list[Finding]] = {}
    for one in report.findings:
        by_code.setdefault((one.code, one.severity), []).append(one)
    base = f"/submissions/{submission.id}/cells" if readable else ""
    groups: dict[str, list[_Key]] = {}
    for code in by_code:
        groups.setdefault(_group(*code, submission), []).append(code)
    ordered = [code for name in _ORDER for code in groups.get(name, ())]
    made = {
        code: _cause(
            place, by_code[code], base, submission, is_open=len(by_code) <= FEW or code in groups.get("whole", ())
        )
        for place, code in enumerate(ordered)
    }
    return ReportPart(
        summary=_summary(by_code, submission.explanations),
        groups=tuple(
            CauseGroup(_title(name, groups, submission), tuple(made[code] for code in groups[name]))
            for name in _ORDER
            if name in groups
        ),
    )


_ORDER = ("refused", "whole", "rows", "asked", "told")


def _group(code: str, severity: str, submission: Submission) -> str:
    kind = catalogue()[code]
    if severity != ERROR:
        return "asked" if severity == QUERY else "told"
    if submission.state is State.REFUSED and kind.floor:
        return "refused"
    return "whole" if kind.about != "row" else "rows"


def _title(name: str, groups: Mapping[str, object], submission: Submission) -> str:
    """What the group does to the file. Errors of rows return it where nothing else does and no row came in."""
    if name == "rows":
        if submission.accepted_rows:
            name = "rows_held"
        elif "whole" not in groups and submission.state is State.RETURNED:
            name = "rows_returned"
    return say(f"web.report.group.{name}")


def _summary(by_code: Mapping[_Key, Sequence[Finding]], said: Mapping[str, str]) -> str:
    counted: dict[str, int] = {}
    for (_, severity), found in by_code.items():
        name = _COUNTED.get(severity, "look")
        if name == "explain" and all(key_of(one.code, one.field) in said for one in found):
            name = "explained"
        counted[name] = counted.get(name, 0) + (len(found) if name.startswith("explain") else 1)
    names = [name for name in ("mend", "explain", "explained", "look") if name in counted]
    parts = []
    for name in names:
        form = "one" if counted[name] == 1 else "many"
        after = "_after" if name == "look" and names[0] == "mend" else ""
        parts.append(say(f"web.report.{name}.{form}{after}", count=counted[name]))
    return ", ".join(parts)


def _cause(place: int, found: Sequence[Finding], base: str, submission: Submission, *, is_open: bool) -> Cause:
    kind, severity = catalogue()[found[0].code], found[0].severity
    shared = found[0].remedy if len({one.remedy for one in found}) == 1 else ""
    cards = tuple(_card(f"finding-{place}-{number}", one, base, submission, shared) for number, one in enumerate(found))
    names = ", ".join(one.field for one in found if one.field)
    many = sum(one.count for one in found)
    places = cards[0].places if len(cards) == 1 else "" if severity == QUERY else _count(many)
    return Cause(
        ident=f"cause-{place}",
        code=kind.code,
        severity=severity,
        title=kind.title,
        where=": ".join(filter(None, (names, places))),
        remedy=shared,
        findings=cards,
        is_open=is_open,
    )


def _card(ident: str, one: Finding, base: str, submission: Submission, shared: str) -> FindingCard:
    lacking = one.code == "missing-column" and not one.cells
    places = () if lacking else one.cells or tuple(f"{row:,}" for row in one.rows)
    said = submission.explanations.get(key_of(one.code, one.field), "")
    return FindingCard(
        ident=ident,
        title=catalogue()[one.code].title,
        message=one.message,
        remedy="" if shared else one.remedy,
        explained=say("queries.explained", text=said) if said else "",
        places=say("web.report.lacking") if lacking else _places(one),
        field=one.field.removeprefix("column "),
        cells=places,
        cells_label=_label(one),
        values=f"{base}?{urlencode({'code': one.code, 'field': one.field})}" if base and _has_values(one) else "",
    )


def _places(one: Finding) -> str:
    if one.severity == QUERY:
        return ""
    about_the_file = catalogue()[one.code].about == "file" and not one.rows and one.count == 1
    return say("web.report.whole_file") if about_the_file else _count(one.count)


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

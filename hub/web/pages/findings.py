"""The catalogue of findings, and the page of each."""

from __future__ import annotations

from dataclasses import dataclass

from hub.kit.words import say
from hub.schemas import FindingPage, catalogue, finding_page
from hub.web.elements import Cell, Column, Table, Tag

_COLOURS = {"error": "red", "warning": "yellow", "query": "blue"}


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Every kind of finding, in the order a report shows them."""

    table: Table


@dataclass(frozen=True, slots=True)
class KindPage:
    """One kind of finding: what it means, why it is asked, an example, how to mend it, what becomes of the file."""

    tag: Tag
    said: FindingPage
    example: Table


def catalogue_page() -> CataloguePage:
    """The list."""
    rows = [
        (
            Cell(kind.title, href=f"/findings/{kind.code}"),
            Cell(kind.code, mono=True),
            Cell(tag=_tag(kind.severity)),
        )
        for kind in catalogue().values()
    ]
    names = ("column", "code", "severity")
    columns = tuple(Column(say(f"findings.page.{name}")) for name in names)
    return CataloguePage(Table("findings", say("findings.page.title"), columns, rows, caption_hidden=True, wrap=True))


def kind_page(code: str) -> KindPage:
    """One kind. NotFound: the catalogue has no such code."""
    said = finding_page(code)
    columns = (Column(say("findings.page.wrong")), Column(say("findings.page.right")))
    rows = [(Cell(said.wrong, mono=True), Cell(said.right, mono=True))]
    table = Table("example", say("findings.page.example"), columns, rows, wrap=True)
    return KindPage(_tag(said.kind.severity), said, table)


def _tag(severity: str) -> Tag:
    return Tag(say(f"web.submission.severity.{severity}"), _COLOURS[severity])

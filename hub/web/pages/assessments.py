"""Strategic assessments: the list with the build button, and one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.assessment import AssessmentRecord
from hub.kit.words import say
from hub.web.dates import spoken_stamp
from hub.web.elements import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class AssessmentsPage:
    """Assessments built so far, newest first."""

    table: Table
    can_build: bool


@dataclass(frozen=True, slots=True)
class AssessmentPage:
    """One assessment: `body` is HTML of the assessment room, made from its own templates."""

    title: str
    body: str
    download: str
    sha256: str


def assessments_page(found: Sequence[AssessmentRecord], *, can_build: bool) -> AssessmentsPage:
    """The list."""
    rows = [
        (
            Cell(say("web.assessments.page_title", snapshot=one.snapshot), href=f"/assessments/{one.id}"),
            Cell(spoken_stamp(one.built_at)),
            Cell(one.definition, mono=True),
            Cell(one.sha256[:16], mono=True),
        )
        for one in found
    ]
    columns = tuple(Column(say(f"web.assessments.{name}")) for name in ("name", "at", "definition", "sha"))
    return AssessmentsPage(Table("assessments", say("web.assessments.caption"), columns, rows, wrap=True), can_build)

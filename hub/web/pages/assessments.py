"""Strategic assessments: the list with the build button."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Table


@dataclass(frozen=True, slots=True)
class AssessmentsPage:
    """Assessments built so far, newest first."""

    table: Table
    can_build: bool

"""The word of a sender who knows why the figures are as they are."""

from __future__ import annotations

from hub.db import Database
from hub.intake import ATTESTATION, Intake, State, Submission, key_of
from hub.kit.authority import Permit
from hub.schemas import QUERY

WHY = "It was really so."


def let_in(database: Database, intake: Intake, permit: Permit, checked: Submission) -> Submission:
    """The submission, let in where it waits: each query of its report is explained."""
    if checked.state is not State.CHECKED:
        return checked
    with database.unit_of_work() as uow:
        report = intake.report(uow, permit.reader, checked.id)
        said = {key_of(one.code, one.field): WHY for one in report.findings if one.severity == QUERY}
        return intake.accept(uow, permit, checked.id, attestation=ATTESTATION, explanations=said)

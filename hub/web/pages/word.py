"""The word of a person of the agency, by which a checked submission's rows come to count: statements, explanations, the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.intake import ATTESTATION, Submission, attestation_lines, fault_of, key_of, on_one_line
from hub.kit.words import say
from hub.schemas import QUERY, CheckReport, DatasetSchema, catalogue

FIELD = "explain."
"""What the name of an explanation's field begins with; the query's name follows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One query to be explained. `name` is that of its field in the form."""

    ident: str
    name: str
    title: str
    message: str
    text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class WordPart:
    """The form by which a checked submission is let in. `error` stands at the tick box; `checked_as` names what is shown."""

    action: str
    statements: tuple[str, ...]
    version: str
    checked_as: str
    asked: tuple[Asked, ...]
    error: str = ""


def word_part(
    submission: Submission,
    report: CheckReport,
    schema: DatasetSchema,
    *,
    said: Mapping[str, str] | None = None,
    offered: Mapping[str, str] | None = None,
) -> WordPart:
    """The form; with `said`, what was filled in and where something is missing. `offered` is what was said of the same
    figures before.
    """
    queries = [one for one in report.findings if one.severity == QUERY]
    asked = []
    for place, one in enumerate(queries):
        name = key_of(one.code, one.field)
        before = submission.explanations.get(name, (offered or {}).get(name, ""))
        text = (said or {}).get(f"{FIELD}{name}", before)
        error = "" if said is None else fault_of(on_one_line(text)) if text.strip() else say("web.word.explain_missing")
        title = catalogue()[one.code].title + (f": {one.field}" if one.field else "")
        asked.append(Asked(f"explain-{place}", f"{FIELD}{name}", title, one.message, text, error))
    unticked = said is not None and said.get("attest", "") != ATTESTATION
    return WordPart(
        action=f"/submissions/{submission.id}/accept",
        statements=attestation_lines(schema),
        version=ATTESTATION,
        checked_as=submission.checked_as,
        asked=tuple(asked),
        error=say("web.word.attest_missing") if unticked else "",
    )

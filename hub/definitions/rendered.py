"""A definition as the doors give it out: the same JSON on the command line and in the API, and the page of the reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub.definitions.model import Definition
from hub.kit.words import say


def as_json(found: Definition) -> dict[str, Any]:
    """Groups with their four scores and reasons; the kinds that count in each dataset, by group."""
    return {
        "definition": found.id,
        "version": found.version,
        "reference": found.reference,
        "title": found.title,
        "written_on": found.written_on.isoformat(),
        "source": found.source,
        "sha256": found.sha256,
        "groups": [
            {
                "id": group.id,
                "title": group.title,
                "factors": {
                    score.factor: {"section": score.section, "score": score.score, "why": score.why}
                    for score in group.scores
                },
            }
            for group in found.groups
        ],
        "datasets": {
            dataset: {
                "kinds": {group: list(kinds) for group, kinds in declared.by_group.items()},
                "reason": declared.reason,
            }
            for dataset, declared in sorted(found.declared.items())
        },
        "excludes": list(found.excludes),
        "limits": list(found.limits),
        "uncounted": [group.id for group in found.uncounted],
    }


def definitions_page(definitions: Iterable[Definition]) -> str:
    """The generated reference: every definition with scores, reasons and kinds."""
    lines = [
        "# Definitions of serious violence",
        "",
        "Generated from `policies/definitions`. Seriousness is a local, documented decision on four factors (PCSC Act 2022",
        "s.13(6)), each scored from 1 (slight) to 5 (gravest); scores are never added up. A partnership records its choice with",
        "`hub definition choose`; until then `HUB_DEFINITION` names the one that counts. Terrorism is excluded (s.13(3)(b)).",
    ]
    for one in definitions:
        lines += ["", f"## {one.reference}: {one.title}", "", one.source, ""]
        heads = [say(f"definitions.factor.{score.factor}") for score in one.groups[0].scores]
        lines += [f"| group | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
        lines += [f"| {g.title} | {' | '.join(f'{s.score}: {s.why}' for s in g.scores)} |" for g in one.groups]
        lines += ["", "| dataset | kinds, by group | why |", "|---|---|---|"]
        for dataset, declared in sorted(one.declared.items()):
            kinds = "; ".join(f"{group}: {', '.join(found)}" for group, found in declared.by_group.items())
            lines.append(f"| `{dataset}` | {kinds} | {' '.join(declared.reason.split())} |")
        lines += ["", *(f"- {limit}" for limit in one.limits)]
        lines += [f"- No dataset of this hub tells: {group.title}." for group in one.uncounted]
    return "\n".join(lines) + "\n"

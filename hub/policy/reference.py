"""The reference page of agency kinds, generated from the policy files; a test compares it with what is committed."""

from __future__ import annotations

from hub.kit.words import say
from hub.policy.library import PolicyLibrary


def kinds_page(library: PolicyLibrary) -> str:
    """docs/reference/agency-kinds.md: what each kind of agency may disclose and receive, gateway by gateway."""
    lines = [say("policy.kinds.made"), "", f"# {say('policy.kinds.title')}", "", say("policy.kinds.intro").strip(), ""]
    heads = [say(f"policy.kinds.column-{name}") for name in ("id", "kind", "lists", "marks")]
    lines += ["| " + " | ".join(heads) + " |", "|---|---|---|---|"]
    for kind in library.kinds.values():
        lists = "; ".join(one.section for one in library.lists.values() if kind.id in one.kinds)
        said = (
            (say("policy.kinds.responsible"), kind.id in library.responsible_authorities),
            (say("policy.kinds.health"), kind.health),
            (say("policy.kinds.health-authority"), kind.health_or_social_care),
        )
        marks = "; ".join(words for words, true in said if true)
        lines.append(f"| `{kind.id}` | {kind.title} | {lists} | {marks} |")
    gateways = tuple(library.gateways.values())
    lines += ["", f"## {say('policy.kinds.gateways')}", "", say("policy.kinds.gateways-intro").strip(), ""]
    lines += ["| |" + "".join(f" `{one.id}` |" for one in gateways), "|---|" + "---|" * len(gateways)]
    for name in library.kinds:
        cells = (_part(name in one.disclosers, name in one.recipients) for one in gateways)
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    lines += ["", f"## {say('policy.kinds.confirm')}", ""]
    lines += [
        say("policy.kinds.confirm-line", section=one.section, as_of=one.as_of, what=one.lawyer_must_confirm)
        for one in library.lists.values()
    ]
    return "\n".join(lines) + "\n"


def _part(discloses: bool, receives: bool) -> str:
    if discloses and receives:
        return say("policy.kinds.both")
    return say("policy.kinds.discloser") if discloses else say("policy.kinds.recipient") if receives else ""

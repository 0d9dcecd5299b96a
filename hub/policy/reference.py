"""The reference pages of agency kinds and of the policies, generated from the policy files; tests compare them with docs."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.kit.words import catalogue, say
from hub.policy.library import CEDAR_FOLDERS, PolicyLibrary
from hub.schemas.model import DATA_CLASSES

_RULE = re.compile(r'^@id\("(?P<id>[^"]+)"\)(?P<rest>.*?^.*?;)$', re.MULTILINE | re.DOTALL)
_ACTIONS = re.compile(r"\baction\s*(?:(?:==|in)\s*(\[[^\]]*\]|Action::\"[^\"]+\"))?")
_RESOURCE = re.compile(r"\bresource(?: is (\w+))?\s*\)")
_CONDITION = re.compile(r"\b(when|unless) \{(.*?)\}\s*(?=;|when|unless)", re.DOTALL)
_REASONS = ("policy.floor.", "policy.agreement.", "policy.purpose.", "policy.role.", "policy.policy.")


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


@dataclass(frozen=True, slots=True)
class _Rule:
    """One Cedar policy as the page shows it."""

    id: str
    section: str
    actions: tuple[str, ...]
    over: str
    condition: str


def policies_page(library: PolicyLibrary) -> str:
    """docs/reference/policies.md: floor, terms, roles, reasons, purposes, gateways, profiles, as the files have them."""
    lines = [say("policy.page.made"), f"# {say('policy.page.title')}", "", say("policy.page.intro").strip(), ""]
    rules: list[_Rule] = []
    for folder in CEDAR_FOLDERS:
        lines += [f"## {say(f'policy.page.{folder}')}", "", say(f"policy.page.{folder}-intro").strip(), ""]
        for path in sorted((library.folder / folder).glob("*.cedar")):
            about, found = _read(path)
            rules += found
            lines += [f"### `{path.stem}`", "", about, "", *_rules_table(folder, found), ""]
    lines += [
        *_other_reasons({rule.id for rule in rules}),
        *_purposes(library),
        *_gateways(library),
        *_profiles(library),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _read(path: Path) -> tuple[str, list[_Rule]]:
    """What a Cedar file says it is about, and its rules in order. The library has read it before: it is valid."""
    text = path.read_text(encoding="utf-8")
    about = re.match(r"(?://.*\n)*", text)
    said = " ".join(line.strip("/ ") for line in about[0].splitlines()) if about else ""
    return said, [_rule(found["id"], found["rest"]) for found in _RULE.finditer(text)]


def _rule(name: str, rest: str) -> _Rule:
    section = re.search(r'@section\("([^"]+)"\)', rest)
    head = rest.partition("{")[0]
    actions, over = _ACTIONS.search(head), _RESOURCE.search(head)
    return _Rule(
        id=name,
        section=section[1] if section else "",
        actions=tuple(re.findall(r'"([^"]+)"', (actions[1] or "") if actions else "")),
        over=(over[1] or "") if over else "",
        condition=" and ".join(
            ("not: " if word == "unless" else "") + f"`{' '.join(body.split())}`".replace("|", "\\|")
            for word, body in _CONDITION.findall(rest)
        ),
    )


def _rules_table(folder: str, rules: Iterable[_Rule]) -> Iterator[str]:
    if folder == "roles":
        yield from _head("policy", "may", "over", "when")
        for rule in rules:
            may = ", ".join(f"`{action}`" for action in rule.actions)
            yield f"| `{rule.id}` | {may} | {rule.over} | {rule.condition} |"
        return
    yield from _head("rule", *(("law",) if folder == "floor" else ()), "stops", "short", "says")
    for rule in rules:
        stops = ", ".join(f"`{action}`" for action in rule.actions) or say("policy.page.everything")
        law = (rule.section,) if folder == "floor" else ()
        cells = (f"`{rule.id}`", *law, stops, _words(f"policy.reason.{rule.id}"), _words(f"policy.{rule.id}"))
        yield f"| {' | '.join(cells)} |"


def _other_reasons(rules: set[str]) -> Iterator[str]:
    """Reasons of a decision that are no Cedar rule: they are found before, or when an agreement is proposed."""
    yield from (f"## {say('policy.page.reasons')}", "", say("policy.page.reasons-intro").strip(), "")
    yield from _head("reason", "says")
    codes = (key.removeprefix("policy.") for key in sorted(catalogue()) if key.startswith(_REASONS))
    yield from (f"| `{code}` | {_words(f'policy.{code}')} |" for code in codes if code not in rules)
    yield ""


def _purposes(library: PolicyLibrary) -> Iterator[str]:
    yield from (f"## {say('policy.page.purposes')}", "", say("policy.page.purposes-intro").strip(), "")
    yield from _head("purpose", "what", "law", "family", "tasks")
    for one in library.purposes.values():
        yield f"| `{one.id}` | {one.title} | {one.section} | {one.family} | {_codes(one.tasks)} |"
    yield ""


def _gateways(library: PolicyLibrary) -> Iterator[str]:
    yield from (f"## {say('policy.page.gateways')}", "", say("policy.page.gateways-intro").strip(), "")
    yield from _head("gateway", "what", "law", "purposes", "classes", "row-classes", "profiles")
    for one in library.gateways.values():
        families = sorted({library.purposes[purpose].family for purpose in one.purposes})
        yield (
            f"| `{one.id}` | {one.title} | {one.section} | {', '.join(families)} | {_classes(one.data_classes)} |"
            f" {_classes(one.row_classes) or say('policy.page.counts-only')} | {_codes(sorted(one.profiles))} |"
        )
    yield ""


def _profiles(library: PolicyLibrary) -> Iterator[str]:
    yield from (f"## {say('policy.page.profiles')}", "", say("policy.page.profiles-intro").strip(), "")
    yield from _head("profile", "what", "threshold", "rounding", "zero", "built")
    for one in library.profiles.values():
        below, nearest = (str(one.threshold) if one.hides else "", str(one.round_to) if one.round_to > 1 else "")
        marks = (say("policy.page.yes" if true else "policy.page.no") for true in (one.hides_zero, one.built))
        yield f"| `{one.profile}` | {one.title.strip()} | {below} | {nearest} | {' | '.join(marks)} |"


def _head(*names: str) -> tuple[str, str]:
    return "| " + " | ".join(say(f"policy.page.column-{name}") for name in names) + " |", "|" + "---|" * len(names)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _classes(names: Container[str]) -> str:
    """In the order of the list: from public to personal."""
    return _codes(name for name in DATA_CLASSES if name in names)


def _words(key: str) -> str:
    text = " ".join(catalogue().get(key, "").split())
    return re.sub(r"\{(\w+)\}", lambda found: f"*{found[1].replace('_', ' ')}*", text).replace("|", "\\|")

"""One page for each finding of the catalogue: the same words in the reference (docs/reference/findings/) and on the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hub.kit.errors import NotFound
from hub.kit.words import catalogue as words
from hub.kit.words import say
from hub.schemas.findings import ERROR, SAMPLE, FindingKind, catalogue

_PLACE = re.compile(r"\{([a-z_]+)[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPage:
    """Everything there is to say of one kind of finding. `also` are the other sentences a check may choose, each once."""

    kind: FindingKind
    means: str
    remedy: str
    also: tuple[str, ...]
    why: str
    wrong: str
    right: str
    excel: str
    system: str
    returns: str
    floor: str
    samples: str


def finding_page(code: str) -> FindingPage:
    """The page of a code. NotFound: the catalogue has no such code."""
    kind = catalogue().get(code)
    if kind is None:
        raise NotFound(say("schemas.error.no-finding"))
    outcome = f"error-{kind.about}" if kind.severity == ERROR else kind.severity
    return FindingPage(
        kind=kind,
        means=_said(code, "message"),
        remedy=_said(code, "remedy"),
        also=_others(code),
        why=say(f"findings.{code}.why"),
        wrong=say(f"findings.{code}.wrong"),
        right=say(f"findings.{code}.right"),
        excel=say(f"findings.{code}.excel"),
        system=say(f"findings.{code}.system"),
        returns=say(f"findings.page.outcome.{outcome}"),
        floor=say(f"findings.page.floors.{kind.floor or 'none'}"),
        samples=say("findings.page.sample-note", sample=SAMPLE),
    )


def finding_markdown(code: str) -> str:
    """docs/reference/findings/<code>.md."""
    page = finding_page(code)
    lines = [say("findings.page.made"), f"# {page.kind.title}", ""]
    lines += [
        f"{say('findings.page.code')}: `{code}`. {say('findings.page.severity')}: {page.kind.severity}."
        f" [{say('findings.page.back')}](../findings.md).",
        "",
    ]
    lines += _part("means", page.means)
    if page.also:
        lines += [f"{say('findings.page.also')}:", "", *(f"- {one}" for one in page.also), ""]
    lines += _part("why", page.why)
    lines += [
        f"## {say('findings.page.example')}",
        "",
        f"| {say('findings.page.wrong')} | {say('findings.page.right')} |",
        "| --- | --- |",
        f"| `{_cell(page.wrong)}` | `{_cell(page.right)}` |",
        "",
    ]
    lines += _part("excel", page.excel)
    lines += _part("system", f"{page.system}\n\n{page.remedy}")
    lines += _part("returns", f"{page.returns} {page.floor}")
    lines += _part("samples", page.samples)
    return "\n".join(lines).rstrip() + "\n"


def _part(name: str, text: str) -> list[str]:
    return [f"## {say(f'findings.page.{name}')}", "", text, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'").replace("\n", " ")


def _said(code: str, part: str) -> str:
    """A sentence with its places shown as such: they are filled when a file is checked."""
    return _PLACE.sub(r"[\1]", words()[f"schemas.finding.{code}.{part}"].strip())


def _others(code: str) -> tuple[str, ...]:
    prefix = f"schemas.finding.{code}."
    keys = [key.removeprefix(prefix) for key in words() if key.startswith(f"{prefix}message-")]
    return tuple(dict.fromkeys(_said(code, key) for key in keys))

"""docs/reference/errors.md: every code an error of the hub can bear, read from the places that raise them."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.api.problems import status_of
from hub.cli import exit_code
from hub.kit import errors
from hub.kit.errors import HubError
from hub.kit.words import catalogue

ROOT = Path(__file__).resolve().parent.parent
KINDS: Mapping[str, type[HubError]] = {
    kind.__name__: kind
    for kind in (
        errors.NotFound,
        errors.NotPermitted,
        errors.Refused,
        errors.Conflict,
        errors.Invalid,
        errors.Unauthenticated,
        errors.Unavailable,
        errors.Bug,
    )
}
MADE_BY: Mapping[tuple[str, str], tuple[str, str, str, str]] = {
    ("hub/geography/context", "context_problem"): ("Invalid", "context-{}", "geography.context.{}", "geography.context.{}-remedy"),
    ("hub/geography/context", "problem"): ("Invalid", "context-{}", "geography.context.{}", "geography.context.{}-remedy"),
    ("hub/geography/", "problem"): ("Invalid", "{}", "geography.{}", "geography.{}-remedy"),
    ("hub/identity/", "refusal"): ("Unauthenticated", "{}", "identity.refusal.{}.title", "identity.refusal.{}.remedy"),
    ("hub/identity/", "unavailable"): ("Unavailable", "{}", "identity.refusal.{}.title", "identity.refusal.{}.remedy"),
    ("hub/identity/directory.py", "_invalid"): ("Invalid", "bad-{}", "identity.invalid.{}", ""),
    ("hub/schemas/registry.py", "_refused"): ("Refused", "{}", "schemas.floor.{}", "schemas.floor.{}-remedy"),
    ("hub/agreements/service.py", "_move"): ("Conflict", "not-{}", "agreements.wrong-status", ""),
}  # fmt: skip
"""Functions that make an error of a code they are given, by where their callers stand (the first that fits): the kind, the code,
and the keys of its words, `{}` being what they are given."""
ELSEWHERE = frozenset({("hub/policy/recording.py", "codes[0]")})
"""Codes that are those of another page: the first reason of a decision."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One code of one kind, with what is said and how to mend it as far as the catalogue has the words."""

    code: str
    kind: str
    says: str = ""
    remedy: str = ""


def errors_page(root: Path = ROOT) -> str:
    """docs/reference/errors.md."""
    lines = [
        "<!-- Generated from the code by `make docs`. -->",
        "# Errors",
        "",
        "What the hub refuses, it refuses by a code that stays the same while the words may change. The API answers with `application/problem+json`"
        " (`code`, `title`, `remedy`, and `reasons` where something is not permitted), a page with the same words, the command line with one line on"
        " stderr and an exit code. No error holds a value of a row. What a check finds in a file is no error: see [findings](findings.md).",
        "",
        "| kind | when | API | exit code |",
        "|---|---|---|---|",
    ]
    for name, kind in KINDS.items():
        said = (kind.__doc__ or "").split(". ")[0].strip().rstrip(".").replace("`reasons` are", "reasons are")
        lines.append(f"| `{kind.code}` | {said} | {status_of(kind(name))} | {exit_code(kind(name))} |")
    lines += [
        "",
        "Two codes have a status of their own in the API: `too-large` 413 and `not-acceptable` 406. Over the API and on pages every `not-found`"
        " looks alike, whatever its code here: absent, and not your business.",
        "",
        "## Codes",
        "",
        "*Words in italics* stand for what is named there. An error without a code of its own bears that of its kind.",
        "",
        "| code | kind | what it says | how to mend it |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{one.code}` | {one.kind} | {one.says or '*what is wrong*'} | {one.remedy} |"
        for one in _merged(raised(root))
    ]
    lines += [
        "",
        "Also as codes of errors: the reasons of a decision and the rules of the floor, in [policies](policies.md); where a workbook cannot be"
        " read, the code of the [finding](findings.md).",
    ]
    return "\n".join(lines) + "\n"


def raised(root: Path) -> Iterator[Raised]:
    """Every code with a kind, in the order of the files. ValueError: a code is made in a way that this page does not know."""
    for path in sorted((root / "hub").rglob("*.py")):
        file = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for within, call in _calls(tree):
            yield from _of_call(file, within, call)
        if file != "hub/kit/errors.py":  # its classes are the kinds
            yield from _of_classes(tree)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Each call with the innermost function it stands in."""
    waiting = deque[tuple[ast.AST, ast.AST]]([(tree, tree)])
    while waiting:
        within, node = waiting.popleft()
        if isinstance(node, ast.Call):
            yield within, node
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else within
        waiting.extend((inner, child) for child in ast.iter_child_nodes(node))


def _of_call(file: str, within: ast.AST, call: ast.Call) -> Iterator[Raised]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    given = {word.arg: word.value for word in call.keywords}
    maker = _maker(file, name)
    if maker:
        yield from (_made(maker, key) for key in _given(call, within))
    elif name in KINDS and "code" in given:
        kind, code = KINDS[name].code, given["code"]
        says = _words(call.args[0], within) if call.args else ""
        remedy = _words(given["remedy"], within) if "remedy" in given else ""
        known = _keys(code) or [_constant(file, code.id) if isinstance(code, ast.Name) else ""]
        yield from (Raised(one, kind, says, remedy) for one in known if one)
        if (
            not all(known)
            and not _maker(file, getattr(within, "name", ""))
            and (file, ast.unparse(code)) not in ELSEWHERE
        ):
            raise ValueError(f"{file}: the code {ast.unparse(code)} of {name} is made in a way this page does not know")


def _of_classes(tree: ast.Module) -> Iterator[Raised]:
    """Errors that are a class of their own with a code of their own; they say what their docstring says."""
    for made in tree.body:
        bases = [base.id for base in made.bases if isinstance(base, ast.Name)] if isinstance(made, ast.ClassDef) else []
        if isinstance(made, ast.ClassDef) and bases and (bases[0] in KINDS or bases[0] == "HubError"):
            kind = KINDS[bases[0]].code if bases[0] in KINDS else "of its own"
            for line in made.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
                    says = " ".join((ast.get_docstring(made) or "").split(". ")[0].split()).rstrip(".")
                    yield Raised(str(ast.literal_eval(line.value)), kind, says)


def _maker(file: str, name: str) -> tuple[str, str, str, str] | None:
    return next(
        (made for (where, function), made in MADE_BY.items() if function == name and file.startswith(where)), None
    )


def _given(call: ast.Call, within: ast.AST) -> list[str]:
    """The texts that a maker can be given as the code: its first argument that is a text, or a name that holds one."""
    for argument in call.args:
        found = _keys(argument)
        if not found and isinstance(argument, ast.Name):
            found = [key for value in _held(argument.id, within) for key in _keys(value)]
        if found:
            return found
    return []


def _made(maker: tuple[str, str, str, str], given: str) -> Raised:
    kind, code, says, remedy = maker
    return Raised(code.format(given), KINDS[kind].code, _said(says.format(given)), _said(remedy.format(given)))


def _constant(file: str, name: str) -> str:
    """The text of a constant of the module."""
    assigned = (
        node for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body if isinstance(node, ast.Assign)
    )
    return next(
        (
            str(node.value.value)
            for node in assigned
            if isinstance(node.value, ast.Constant)
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ),
        "",
    )


def _held(name: str, within: ast.AST) -> list[ast.expr]:
    """What a name may hold by the assignments around it, also where two names are given at once."""
    found: list[ast.expr] = []
    for one in ast.walk(within):
        for target in one.targets if isinstance(one, ast.Assign) else ():
            if isinstance(target, ast.Name) and target.id == name:
                found.append(one.value)
            elif isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple):
                pairs = zip(target.elts, one.value.elts, strict=True)
                found += [value for part, value in pairs if isinstance(part, ast.Name) and part.id == name]
    return found


def _words(node: ast.expr, within: ast.AST) -> str:
    """What an expression says: a text, a text with places, a sentence of the catalogue, or a name that holds one of them."""
    if isinstance(node, ast.Name):
        return " / ".join(dict.fromkeys(filter(None, (_words(value, within) for value in _held(node.id, within)))))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
        return " / ".join(filter(None, (_said(key) for key in _keys(node.args[0]))))
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*…*" for part in node.values).replace(
            "|", "\\|"
        )
    return str(node.value).replace("|", "\\|") if isinstance(node, ast.Constant) else ""


def _keys(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_keys(node.body), *_keys(node.orelse)]
    return [str(node.value)] if isinstance(node, ast.Constant) else []


def _said(key: str) -> str:
    text = " ".join(catalogue().get(key, "").split())
    return re.sub(r"\{(\w+)\}", lambda found: f"*{found[1].replace('_', ' ')}*", text).replace("|", "\\|")


def _merged(found: Iterator[Raised]) -> list[Raised]:
    """One line for each code and kind, in their order, with all that is said under it."""
    says: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for one in found:
        said, remedies = says.setdefault((one.code, one.kind), ({}, {}))
        said.setdefault(one.says)
        remedies.setdefault(one.remedy)
    return [
        Raised(code, kind, " / ".join(filter(None, sorted(said))), " / ".join(filter(None, sorted(remedies))))
        for (code, kind), (said, remedies) in sorted(says.items())
    ]

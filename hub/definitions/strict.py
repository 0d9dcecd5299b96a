"""Read YAML that people agree on: no duplicate key, alias or unknown key, nothing coerced; each mistake with place and mending."""

from __future__ import annotations

import difflib
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from yaml.composer import Composer

from hub.kit.errors import Invalid
from hub.kit.words import say

MAX_BYTES = 256 * 1024


class Document(BaseModel):
    """Base of the shapes that are read strictly."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, strict=True)


Shape = TypeVar("Shape", bound=Document)


class _Loader(Composer, yaml.CSafeLoader):
    """PyYAML's safe loader, parsing in C, without aliases (they can explode) and without silently overwritten keys."""

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            alias: Any = self.get_event()
            raise yaml.MarkedYAMLError(problem="aliases are not read", problem_mark=alias.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_strictly(shape: type[Shape], text: str, *, what: str) -> Shape:
    """The document `text` as a `shape`. Invalid names everything that is wrong with it, where, and how to mend it.

    `what` names the document for a person, such as "the agreement". These documents hold agreed terms, never data of a person, so a
    mistaken value may be quoted.
    """
    if len(text.encode()) > MAX_BYTES:
        raise Invalid(
            say("definitions.too-long", what=what, kilobytes=MAX_BYTES // 1024),
            code="document-too-long",
            remedy=say("definitions.too-long-remedy"),
        )
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = say("definitions.place", line=mark.line + 1, column=mark.column + 1) if mark else ""
        raise _not_yaml(what, f"{error.problem} {place}".strip()) from None
    except (yaml.YAMLError, ValueError) as error:
        raise _not_yaml(what, str(error).splitlines()[0]) from None
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        # what PyYAML lets out for a tag that does not fit its value, a key that is no text, or very deep nesting
        raise _not_yaml(what, say("definitions.strange")) from None
    if not isinstance(content, dict):
        raise _not_yaml(what, say("definitions.no-keys"))
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        problems = [_problem(shape, found) for found in error.errors()]
        raise Invalid(
            say("definitions.wrong", what=what, problems="; ".join(problem for problem, _ in problems)),
            code="bad-document",
            remedy=" ".join(dict.fromkeys(remedy for _, remedy in problems)),
        ) from None


def _not_yaml(what: str, problem: str) -> Invalid:
    return Invalid(
        say("definitions.not-yaml", what=what, problem=problem),
        code="not-yaml",
        remedy=say("definitions.not-yaml-remedy"),
    )


def _problem(shape: type[Document], found: Any) -> tuple[str, str]:
    """One mistake and its mending, in words."""
    where = ".".join(str(part) for part in found["loc"])
    if found["type"] == "extra_forbidden":
        known = _keys_at(shape, found["loc"][:-1])
        near = difflib.get_close_matches(str(found["loc"][-1]), known, n=1)
        if near:
            return say("definitions.unknown-key", where=where), say("definitions.near-key", where=where, near=near[0])
        return say("definitions.unknown-key", where=where), say(
            "definitions.known-keys", where=where, known=", ".join(known)
        )
    if found["type"] == "missing":
        return say("definitions.missing-key", where=where), say("definitions.add-key", where=where)
    message = found["msg"].removeprefix("Value error, ")
    return say("definitions.bad-value", where=where, message=message), say("definitions.mend-value", where=where)


def _keys_at(shape: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The keys that a shape knows at `path`, by walking the annotations; empty where it cannot tell."""
    here: Any = shape
    for part in path:
        if isinstance(part, int):
            continue
        field = here.model_fields.get(part) if isinstance(here, type) and issubclass(here, BaseModel) else None
        here = _inner(field.annotation) if field else None
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _inner(annotation: Any) -> Any:
    """The innermost shape named by an annotation such as `tuple[Party, ...]` or `dict[str, Factor]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner(argument)
        if found is not None:
            return found
    return None

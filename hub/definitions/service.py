"""Find a definition of serious violence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import Field, field_validator

from hub.definitions.model import FACTORS, DeclaredKinds, Definition, Factor
from hub.definitions.strict import Document, read_strictly
from hub.kit.canonical import sha256_hex
from hub.kit.errors import Invalid, NotFound
from hub.kit.paths import data_root
from hub.kit.words import say

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
DATASET = r"^[a-z0-9-]+/[a-z0-9-]+$"


class _Kinds(Document):
    kinds: list[str] = Field(min_length=1)
    reason: str = Field(min_length=1)


class _Definition(Document):
    definition: str = Field(pattern=SLUG)
    version: int = Field(ge=1)
    title: str = Field(min_length=1)
    adopted_on: date
    adopted_by: str = Field(min_length=1)
    datasets: dict[str, _Kinds]
    factors: dict[str, str]
    excludes: list[str]

    @field_validator("factors")
    @classmethod
    def _all_four(cls, factors: dict[str, str]) -> dict[str, str]:
        if set(factors) != set(FACTORS) or not all(text.strip() for text in factors.values()):
            raise ValueError(say("definitions.four-factors", factors=", ".join(FACTORS)))
        return factors

    @field_validator("excludes")
    @classmethod
    def _no_terrorism(cls, excludes: list[str]) -> list[str]:
        if "terrorism" not in excludes:
            raise ValueError(say("definitions.terrorism"))
        return excludes


class Definitions:
    """The definitions of a hub: all versions, the current one, one by its reference."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self._all = tuple(sorted(definitions, key=lambda one: (one.adopted_on, one.id, one.version)))
        references = [one.reference for one in self._all]
        for twice in {reference for reference in references if references.count(reference) > 1}:
            raise Invalid(say("definitions.twice", reference=twice), code="definition-twice")

    @classmethod
    def from_folder(cls, path: Path | None = None) -> Definitions:
        """All definitions in the folder of YAML files (default: the shipped `policies/definitions`)."""
        folder = path or data_root("policies") / "definitions"
        return cls(read(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.yaml")))

    def all(self) -> tuple[Definition, ...]:
        """Every version of every definition, in the order of adoption."""
        return self._all

    def current(self) -> Definition:
        """The one adopted last. NotFound when there is none."""
        if not self._all:
            raise NotFound(say("definitions.none"))
        return self._all[-1]

    def get(self, reference: str) -> Definition:
        """The definition `id@version`, or the newest version of `id`. NotFound when there is none."""
        for one in reversed(self._all):
            if reference in (one.reference, one.id):
                return one
        raise NotFound(say("definitions.unknown", reference=reference))


def read(text: str) -> Definition:
    """The definition that a YAML document says. Invalid names each mistake; the four factors of s.13(6) must all be answered."""
    document = read_strictly(_Definition, text, what=say("definitions.what"))
    return Definition(
        id=document.definition,
        version=document.version,
        title=document.title,
        adopted_on=document.adopted_on,
        adopted_by=document.adopted_by,
        declared={
            dataset: DeclaredKinds(dataset, tuple(said.kinds), said.reason)
            for dataset, said in document.datasets.items()
        },
        factors=tuple(Factor(name, section, document.factors[name]) for name, section in FACTORS.items()),
        excludes=tuple(document.excludes),
        sha256=sha256_hex(text.encode()),
    )

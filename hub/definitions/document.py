"""Read a definition: strictly, with all four factors scored for every group and terrorism excluded."""

from __future__ import annotations

from datetime import date

from pydantic import Field, ValidationInfo, field_validator

from hub.definitions.model import FACTORS, HIGHEST, LOWEST, DeclaredKinds, Definition, Group, Score
from hub.definitions.strict import Document, read_strictly
from hub.kit.canonical import sha256_hex
from hub.kit.words import say

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
DATASET = r"^[a-z0-9-]+/[a-z0-9-]+$"


class _Score(Document):
    score: int = Field(ge=LOWEST, le=HIGHEST)
    why: str = Field(min_length=1)


class _Group(Document):
    title: str = Field(min_length=1)
    factors: dict[str, _Score]

    @field_validator("factors")
    @classmethod
    def _all_four(cls, factors: dict[str, _Score]) -> dict[str, _Score]:
        if set(factors) != set(FACTORS) or not all(one.why.strip() for one in factors.values()):
            raise ValueError(say("definitions.four-factors", factors=", ".join(FACTORS)))
        return factors


class _Kinds(Document):
    kinds: dict[str, list[str]] = Field(min_length=1)
    reason: str = Field(min_length=1)


class _Definition(Document):
    definition: str = Field(pattern=SLUG)
    version: int = Field(ge=1)
    title: str = Field(min_length=1)
    written_on: date
    source: str = Field(min_length=1)
    groups: dict[str, _Group] = Field(min_length=1)
    datasets: dict[str, _Kinds]
    excludes: list[str]
    limits: list[str] = Field(default_factory=list)

    @field_validator("excludes")
    @classmethod
    def _no_terrorism(cls, excludes: list[str]) -> list[str]:
        if "terrorism" not in excludes:
            raise ValueError(say("definitions.terrorism"))
        return excludes

    @field_validator("datasets")
    @classmethod
    def _known_groups(cls, datasets: dict[str, _Kinds], info: ValidationInfo) -> dict[str, _Kinds]:
        groups = info.data.get("groups")
        for dataset, declared in datasets.items():
            for group, kinds in declared.kinds.items():
                if groups is not None and (group not in groups or not kinds):
                    raise ValueError(say("definitions.unknown-group", dataset=dataset, group=group))
        return datasets


def read(text: str) -> Definition:
    """The definition that a YAML document says. Invalid names each mistake; s.13(6) must be answered for every group."""
    document = read_strictly(_Definition, text, what=say("definitions.what"))
    return Definition(
        id=document.definition,
        version=document.version,
        title=document.title,
        written_on=document.written_on,
        source=document.source.strip(),
        groups=tuple(_group(identity, said) for identity, said in document.groups.items()),
        declared={
            dataset: DeclaredKinds(
                dataset, {group: tuple(kinds) for group, kinds in said.kinds.items()}, said.reason.strip()
            )
            for dataset, said in document.datasets.items()
        },
        excludes=tuple(document.excludes),
        limits=tuple(limit.strip() for limit in document.limits),
        sha256=sha256_hex(text.encode()),
    )


def _group(identity: str, said: _Group) -> Group:
    scores = tuple(
        Score(name, section, said.factors[name].score, said.factors[name].why.strip())
        for name, section in FACTORS.items()
    )
    return Group(identity, said.title, scores)

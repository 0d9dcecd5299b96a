"""The policy files, read once: Cedar policies, purposes, gateways, kinds, disclosure profiles, and the hash of them all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

import cedarpy

from hub import __version__
from hub.definitions import Document, read_strictly
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.errors import Invalid
from hub.kit.paths import data_root
from hub.kit.words import say
from hub.policy.model import ClosedList, Gateway, Kind, Purpose
from hub.schemas.model import DATA_CLASSES

CEDAR_FOLDERS: Mapping[str, str] = {"floor": "forbid", "terms": "forbid", "roles": "permit"}
"""The folders of Cedar policies and the only effect allowed in each: the floor and the terms forbid, roles permit."""

RESPONSIBLE = "community_safety_partners"
"""The closed list of responsible authorities (CDA 1998 s.5): each nominates a facilitator (SI 2007/1830 reg 4(3))."""

_DATA_FILES = ("hub.cedarschema", "purposes.yaml", "gateways.yaml", "kinds.yaml")


class _Kind(Document):
    title: str
    health: bool = False
    health_or_social_care_authority: bool = False


class _Purpose(Document):
    title: str
    section: str
    family: str
    tasks: list[str] = []  # noqa: RUF012 - pydantic copies it


class _List(Document):
    section: str
    as_of: object
    lawyer_must_confirm: str
    kinds: list[str]


class _Gateway(Document):
    title: str
    section: str
    disclosers: Literal["any"] | list[str]
    recipients: Literal["any"] | list[str]
    families: list[str]
    data_classes: list[str]
    row_classes: list[str]
    profiles: list[str]


class _Kinds(Document):
    as_of: object
    lawyer_must_confirm: str
    kinds: dict[str, _Kind]


class _Purposes(Document):
    purposes: dict[str, _Purpose]


class _Gateways(Document):
    lists: dict[str, _List]
    gateways: dict[str, _Gateway]


Shape = TypeVar("Shape", bound=Document)


class ProfileFile(Document):
    """A disclosure profile as agreed: the numbers must be those that `hub.disclosure` applies (a test compares)."""

    profile: str
    title: str
    threshold: int
    round_to: int
    hides_zero: bool
    built: bool

    @property
    def hides(self) -> bool:
        """Whether any count is hidden."""
        return self.threshold > 0


class PolicyLibrary:
    """Everything under `policies/` but agreements, cases and definitions. Immutable; built once per process."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_root("policies")
        self.kinds = _kinds(self._read(_Kinds, "kinds.yaml"))
        self.purposes = _purposes(self._read(_Purposes, "purposes.yaml"))
        said = self._read(_Gateways, "gateways.yaml")
        self.lists = {
            name: ClosedList(name, one.section, tuple(one.kinds), str(one.as_of), one.lawyer_must_confirm)
            for name, one in said.lists.items()
        }
        self.responsible_authorities = frozenset(self.lists[RESPONSIBLE].kinds)
        self.profiles = {path.stem: self._profile(path) for path in sorted((self.folder / "profiles").glob("*.yaml"))}
        self.gateways = {name: self._gateway(name, one) for name, one in said.gateways.items()}
        self.schema_text = self._text("hub.cedarschema")
        self.sections: dict[str, str] = {}
        text = "\n".join(self._cedar(folder, effect) for folder, effect in CEDAR_FOLDERS.items())
        checked = cedarpy.validate_policies(text, self.schema_text)
        if not checked.validation_passed:
            ids = checked.id_annotations_by_policy_id
            problems = "; ".join(f"{ids.get(one.policy_id, one.policy_id)}: {one.error}" for one in checked.errors)
            raise Invalid(say("policy.library.not-valid", problems=problems), code="bad-policy")
        self.policy_set = cedarpy.PolicySet.from_str(text)
        self.schema = cedarpy.Schema.from_str(self.schema_text)
        self.hash = self._hash()

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def _read(self, shape: type[Shape], name: str) -> Shape:
        return read_strictly(shape, self._text(name), what=name)

    def _profile(self, path: Path) -> ProfileFile:
        read = read_strictly(ProfileFile, path.read_text(encoding="utf-8"), what=path.name)
        if read.profile != path.stem:
            raise Invalid(say("policy.library.file-name", file=path.name, name=read.profile), code="bad-policy")
        return read

    def _gateway(self, name: str, said: _Gateway) -> Gateway:
        for what, unknown in (
            ("list", {*_lists(said.disclosers), *_lists(said.recipients)} - set(self.lists)),
            ("data class", {*said.data_classes, *said.row_classes} - set(DATA_CLASSES)),
            ("profile", set(said.profiles) - set(self.profiles)),
            ("family", set(said.families) - {purpose.family for purpose in self.purposes.values()}),
        ):
            if unknown:
                raise Invalid(
                    say(
                        "policy.library.unknown", where=f"gateways.{name}", what=what, names=", ".join(sorted(unknown))
                    ),
                    code="bad-policy",
                )
        return Gateway(
            id=name,
            title=said.title,
            section=said.section,
            disclosers=self._members(said.disclosers),
            recipients=self._members(said.recipients),
            purposes=frozenset(one.id for one in self.purposes.values() if one.family in said.families),
            data_classes=frozenset(said.data_classes),
            row_classes=frozenset(said.row_classes),
            profiles=frozenset(said.profiles),
        )

    def _members(self, said: Literal["any"] | list[str]) -> frozenset[str]:
        if said == "any":
            return frozenset(self.kinds)
        members = frozenset(kind for name in said for kind in self.lists[name].kinds)
        if not members <= set(self.kinds):
            raise Invalid(
                say(
                    "policy.library.unknown",
                    where="lists",
                    what="kind",
                    names=", ".join(sorted(members - set(self.kinds))),
                ),
                code="bad-policy",
            )
        return members

    def _cedar(self, folder: str, effect: str) -> str:
        """The text of a folder's policies; each has an `@id` used once, the folder's effect, and in the floor a `@section`."""
        texts = []
        for path in sorted((self.folder / folder).glob("*.cedar")):
            text = path.read_text(encoding="utf-8")
            for policy in json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values():
                notes = policy.get("annotations", {})
                name = notes.get("id", "")
                if not name or name in self.sections or policy["effect"] != effect:
                    raise Invalid(
                        say("policy.library.bad-cedar", file=f"{folder}/{path.name}", id=name or "?", effect=effect),
                        code="bad-policy",
                    )
                if folder == "floor" and not (name.startswith("floor.") and notes.get("section")):
                    raise Invalid(
                        say("policy.library.no-section", file=f"{folder}/{path.name}", id=name), code="bad-policy"
                    )
                self.sections[name] = notes.get("section", "")
            texts.append(text)
        return "\n".join(texts)

    def _hash(self) -> str:
        files = {
            path.relative_to(self.folder).as_posix(): sha256_hex(path.read_bytes())
            for path in (
                *(self.folder / name for name in _DATA_FILES),
                *(path for folder in CEDAR_FOLDERS for path in (self.folder / folder).glob("*.cedar")),
                *(self.folder / "profiles").glob("*.yaml"),
            )
        }
        return sha256_hex(canonical_json({"release": __version__, "files": files}))


def _lists(said: Literal["any"] | list[str]) -> list[str]:
    return [] if isinstance(said, str) else said


def _kinds(said: _Kinds) -> dict[str, Kind]:
    return {
        name: Kind(name, one.title, one.health, one.health_or_social_care_authority) for name, one in said.kinds.items()
    }


def _purposes(said: _Purposes) -> dict[str, Purpose]:
    return {
        name: Purpose(name, one.title, one.section, one.family, tuple(one.tasks)) for name, one in said.purposes.items()
    }

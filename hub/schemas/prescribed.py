"""The twelve sets of information that SI 2007/1831 prescribes, and the agreed datasets that carry them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.kit.paths import data_root
from hub.kit.words import say
from hub.schemas.load import read_yaml
from hub.schemas.load_made import wrong
from hub.schemas.model import DatasetSchema
from hub.schemas.registry import SchemaRegistry

_FILE = "prescribed-information.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A dataset that carries a set: all of it, or the rows whose `field` holds one of `codes`."""

    dataset: str
    field: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribedSet:
    """One item of the Schedule to SI 2007/1831, who must share it, and what carries it here. `gap`: what nothing carries."""

    item: int
    prescribed: str
    holder: str
    holder_kinds: tuple[str, ...]
    carriers: tuple[Carrier, ...]
    gap: str = ""


def prescribed_sets(registry: SchemaRegistry, folder: Path | None = None) -> tuple[PrescribedSet, ...]:
    """The sets in the order of the Schedule. Invalid when a dataset is not agreed, is not supplied by the holder's kind, or
    has not the codes named.
    """
    raw = read_yaml((folder or data_root("schemas")) / _FILE)
    return tuple(_set(entry, registry) for entry in sorted(raw["sets"], key=lambda entry: int(entry["item"])))


def _set(raw: Mapping[str, Any], registry: SchemaRegistry) -> PrescribedSet:
    where, kinds = f"{_FILE}: item {raw['item']}", tuple(raw["holder_kinds"])
    agreed = {schema.id: schema for schema in registry.all()}
    carriers = tuple(_carrier(entry, agreed, where) for entry in raw["datasets"])
    for carrier in carriers:
        if not set(kinds) & set(agreed[carrier.dataset].agency_kinds):
            raise wrong(where, f"{carrier.dataset} is supplied by none of {', '.join(kinds)}")
    return PrescribedSet(
        item=int(raw["item"]),
        prescribed=str(raw["prescribed"]),
        holder=str(raw["holder"]),
        holder_kinds=kinds,
        carriers=carriers,
        gap=str(raw.get("gap", "")),
    )


def _carrier(raw: Mapping[str, Any], agreed: Mapping[str, DatasetSchema], where: str) -> Carrier:
    schema = agreed.get(str(raw["dataset"]))
    if schema is None:
        raise wrong(where, f"{raw['dataset']} is not agreed")
    codes = tuple(str(code) for code in raw.get("kinds", raw.get("codes", ())))
    field = str(raw.get("field", schema.kind if codes else ""))
    if codes:
        listed = schema.field(field).codes if field in schema.names else None
        unknown = set(codes) - set(listed.valid_in("") if listed else ())
        if unknown:
            raise wrong(where, f"{schema.id} has no {field} {sorted(unknown)[0]!r}")
    return Carrier(dataset=schema.id, field=field, codes=codes)


def prescribed_page(sets: Sequence[PrescribedSet]) -> str:
    """docs/reference/prescribed-information.md."""
    lines = [say("schemas.reference.made"), f"# {say('schemas.reference.prescribed-title')}", ""]
    lines += [say("schemas.reference.prescribed-intro").strip(), ""]
    lines += ["| item | prescribed | holder | carried by | not carried |", "| --- | --- | --- | --- | --- |"]
    lines += [_row(one) for one in sets]
    return "\n".join(lines) + "\n"


def _row(one: PrescribedSet) -> str:
    kinds = ", ".join(f"`{kind}`" for kind in one.holder_kinds)
    carried = "<br>".join(_carried(one.carriers))
    return f"| {one.item} | {one.prescribed} | {one.holder} ({kinds}) | {carried} | {one.gap} |"


def _carried(carriers: Sequence[Carrier]) -> Iterator[str]:
    for carrier in carriers:
        only = f": `{carrier.field}` {', '.join(carrier.codes)}" if carrier.codes else ""
        yield f"`{carrier.dataset}`{only}"

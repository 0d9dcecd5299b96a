"""The catalogue of findings, and one finding: what is wrong, where, and how to mend it; never a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hub.kit.data_files import load_yaml
from hub.kit.words import say

SAMPLE = 20
"""How many row numbers a finding names. Its count is exact all the same."""

ERROR, WARNING, QUERY = "error", "warning", "query"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One entry of the catalogue. `about`: file, column or row. `floor`: `always`, `health` (in a health dataset) or
    empty.
    """

    code: str
    severity: str
    about: str
    floor: str
    title: str

    def refuses(self, *, health: bool) -> bool:
        """Whether the file is refused at the floor and not kept."""
        return self.floor == "always" or (self.floor == "health" and health)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause, with its exact count.

    `severity` is `error`, `warning` or `query`. `field` is a column of the schema, a letter such as `column G`, or
    empty. `rows` are the first 20 row numbers as a spreadsheet shows them, `cells` the same as addresses such as
    `F112` where the finding is about one column.
    """

    code: str
    severity: str
    field: str
    count: int
    message: str
    remedy: str
    rows: tuple[int, ...] = ()
    cells: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The finding as the check report writes it."""
        said = asdict(self) | {"rows": list(self.rows), "cells": list(self.cells)}
        return said | {"rows_named": "all" if self.names_all else f"first {len(self.rows)}", "about": self.about}

    @property
    def about(self) -> str:
        """Where the hub says what the code means and how to mend it."""
        return f"/findings/{self.code}"

    @property
    def names_all(self) -> bool:
        """Whether `rows` are all there are: else they are the first of `count`."""
        return len(self.rows) >= self.count

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Finding:
        """The finding that `as_json` wrote."""
        said = {name: document[name] for name in cls.__slots__}
        return cls(**said | {"rows": tuple(document["rows"]), "cells": tuple(document["cells"])})


@cache
def catalogue() -> Mapping[str, FindingKind]:
    """Every kind of finding by code, in the order a report shows them."""
    entries = load_yaml((Path(__file__).parent / "findings.yaml").read_text(encoding="utf-8"))
    return {
        code: FindingKind(
            code=code,
            severity=entry["severity"],
            about=entry["about"],
            floor=entry.get("floor", ""),
            title=say(f"schemas.finding.{code}.title"),
        )
        for code, entry in entries.items()
    }


def finding(
    code: str,
    *,
    count: int = 1,
    field: str = "",
    rows: Sequence[int] = (),
    cells: Sequence[str] = (),
    message: str = "message",
    remedy: str = "remedy",
    **values: Any,
) -> Finding:
    """A finding of the catalogue; `message` and `remedy` choose among its sentences, `values` fill their places."""
    kind = catalogue()[code]
    said = {"field": field, "count": f"{count:,}", "rows": rows_said(count)} | values
    return Finding(
        code=code,
        severity=kind.severity,
        field=field,
        count=count,
        message=say(f"schemas.finding.{code}.{message}", **said),
        remedy=say(f"schemas.finding.{code}.{remedy}", **said),
        rows=tuple(rows[:SAMPLE]),
        cells=tuple(cells[:SAMPLE]),
    )


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Errors before warnings, worst first, then as the catalogue and the columns stand."""
    place = {code: number for number, code in enumerate(catalogue())}
    return tuple(sorted(findings, key=lambda found: (found.severity != ERROR, place[found.code])))


def rows_said(count: int) -> str:
    """`1 row` or `1,857 rows`."""
    return say("schemas.rows.one") if count == 1 else say("schemas.rows.many", count=f"{count:,}")


def column_letter(position: int) -> str:
    """The spreadsheet's name of a column: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

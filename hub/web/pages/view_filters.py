"""The filters of a view: from the page's address to a question, and back to selects that show what was asked.

The address is the state: `?by=ward,quarter&area=E05…&from=2026-Q1&to=2026-Q4&kind=…&measure=…`. A value that does not fit the
chosen table (months after a change to years) is carried over to the period that holds it, never dropped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from hub.disclosure import AREA_LEVELS, KIND, TableSpec, months_of
from hub.geography import AreaTree
from hub.kit.words import say
from hub.views import Offer, TableOffer
from hub.web.dates import at_level, brief_period
from hub.web.elements import Choice, Select

MANY_ROWS = 120
"""A table that would have more rows than this opens with its newest period; the filter says so and shows the rest."""

_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: a table of the offer and values that fit it; empty means all."""

    table: TableOffer
    area: str = ""
    first: str = ""
    last: str = ""
    kind: str = ""
    measure: str = ""

    @property
    def by(self) -> str:
        """The table, as `views` takes it."""
        return ",".join(self.table.by)

    @property
    def where(self) -> str:
        """The filters, as `views` takes them."""
        period = f"{self.first}..{self.last}" if self.first or self.last else ""
        parts = {"area": self.area, "period": period, "kind": self.kind, "measure": self.measure}
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)

    @property
    def query_string(self) -> str:
        """The same question as an address for a download."""
        return urlencode({"by": self.by} | ({"where": self.where} if self.where else {}))


def asked_of(offer: Offer, tree: AreaTree, parameters: Mapping[str, str]) -> Asked:
    """Read the address. Unknown values are handed on as they are: the views room says what is wrong with them."""
    table = next((one for one in offer.tables if ",".join(one.by) == parameters.get("by")), offer.tables[0])
    spec = table.table
    periods = periods_of(offer, spec)
    first = at_level(_known(parameters.get("from", "")), spec.period_level, last=False)
    last = at_level(_known(parameters.get("to", "")), spec.period_level, last=True)
    if "from" not in parameters and "to" not in parameters and _rows(offer, spec, tree) > MANY_ROWS:
        first = last = _newest_whole(offer, periods)
    if first or last:
        first, last = first or periods[0], last or periods[-1]
    area = parameters.get("area", "")
    fits = not tree.has(area) or AREA_LEVELS.index(tree.area(area).level) >= AREA_LEVELS.index(spec.area_level)
    return Asked(
        table=table,
        area=area if fits else "",
        first=min(first, last),
        last=max(first, last),
        kind=_fitting(offer, table, parameters.get("kind", "")),
        measure=parameters.get("measure", ""),
    )


def selects_of(offer: Offer, tree: AreaTree, asked: Asked) -> tuple[Select, ...]:
    """The selects of the filter form, each showing what was asked."""
    spec = asked.table.table
    everything = Choice("", say("web.view.where_all"))
    tables = tuple(
        Choice(",".join(one.by), table_words(one.table, one.family), one == asked.table) for one in offer.tables
    )
    selects = [Select("by", say("web.view.by"), tables)]
    areas = _areas(spec, tree)
    if len(areas) > 1:
        chosen = tuple(Choice(code, name, code == asked.area) for code, name in areas.items())
        selects.append(Select("area", say("web.view.area"), (everything, *chosen)))
    periods = periods_of(offer, spec)
    for name, value in (("from", asked.first), ("to", asked.last)):
        chosen = tuple(Choice(period, brief_period(period), period == value) for period in periods)
        selects.append(Select(name, say(f"web.view.{name}"), (everything, *chosen)))
    if spec.with_kind and asked.table.kinds:
        chosen = tuple(Choice(code, title, code == asked.kind) for code, title in asked.table.kinds.items())
        selects.append(Select("kind", asked.table.family or say("web.view.kind"), (everything, *chosen)))
    measures = {column.measure: column.title for column in offer.columns if column.id in asked.table.columns}
    if len(measures) > 1:
        chosen = tuple(Choice(ident, title, ident == asked.measure) for ident, title in measures.items())
        selects.append(Select("measure", say("web.view.measure"), (everything, *chosen)))
    return tuple(selects)


def periods_of(offer: Offer, spec: TableSpec) -> tuple[str, ...]:
    """The periods of the table's level that the offer's months touch, in order."""
    return tuple(sorted({at_level(month, spec.period_level, last=False) for month in offer.months}))


def table_words(spec: TableSpec, family: str = "") -> str:
    """`By ward and quarter, with kinds`; `By borough and month, with hour of the week`. `family` is the title of its family."""
    words = say(
        "web.view.table_words",
        area=say(f"web.view.levels.{spec.area_level}"),
        period=say(f"web.view.levels.{spec.period_level}"),
    )
    if spec.family == KIND:
        return words + say("web.view.table_words_kind")
    if not spec.family:
        return words
    title = family or spec.family
    return words + say("web.view.table_words_family", family=title[:1].lower() + title[1:])


def _fitting(offer: Offer, table: TableOffer, kind: str) -> str:
    """The kind asked for; a kind of another family than the table's asks for all, one that nobody knows is handed on."""
    fits = kind in table.kinds or kind not in offer.kinds
    return kind if table.table.with_kind and fits else ""


def _newest_whole(offer: Offer, periods: tuple[str, ...]) -> str:
    """The newest period of which every month is there; empty when there is none."""
    held = set(offer.months)
    return next((period for period in reversed(periods) if held.issuperset(months_of(period))), "")


def _areas(spec: TableSpec, tree: AreaTree) -> dict[str, str]:
    """Areas one may choose: those of the table's level, or, for small areas, the wards they lie in."""
    level = "ward" if spec.area_level == "lsoa21" else spec.area_level
    return {area.code: area.name for area in sorted(tree.level(level), key=lambda area: area.name)}


def _known(period: str) -> str:
    """A period that can be read; anything else counts as not given."""
    return period if _PERIOD.fullmatch(period) else ""


def _rows(offer: Offer, spec: TableSpec, tree: AreaTree) -> int:
    return len(periods_of(offer, spec)) * len(tree.level(spec.area_level))

"""Whether single rows stand out: how many rows of an extract share each combination of what other agencies could be shown.

The classes `anonymised_record` and `pseudonymised_record` say that a row names nobody. That is tested anew at each check
(k-anonymity): the fields that could help to single somebody out, each in its coarsest form, are counted in combination. A
combination that fewer than k rows share is told by the names of its fields, never by a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from hub.engine import EngineSession, quoted
from hub.geography import AreaIndex
from hub.kit.authority import Form
from hub.kit.words import say
from hub.schemas.findings import Finding, finding
from hub.schemas.forms import coarser_sql, generalisation_of, row_forms
from hub.schemas.model import MONTH, ROW_NUMBER, DatasetSchema

RECORDS = frozenset(("anonymised_record", "pseudonymised_record"))
"""Data classes whose rows are tested."""

FEWEST = 5
"""So many rows at least share each combination (k): the stronger value of the NHS anonymisation standard ISB 1523."""

FEWEST_OF_HEALTH = 8
"""k of health datasets: the NHS rule for sub-national counts hides 1 to 7."""

_NAMED = 5  # combinations that a finding names; the others are counted
_WORK = 20_000_000  # distinct rows times combinations that are still looked through
_COUNTED = "hub_alike"


@dataclass(frozen=True, slots=True)
class Quasi:
    """Something that could help to single a person out: its fields, its coarsest form in words (empty: as it is), its SQL."""

    fields: tuple[str, ...]
    form: str
    sql: str

    @property
    def said(self) -> str:
        """`age (age band)`."""
        names = ", ".join(self.fields)
        return f"{names} ({self.form})" if self.form else names


def fewest_alike(schema: DatasetSchema) -> int:
    """The k of a dataset: the house's, or the schema's where it asks for more."""
    return max(schema.fewest_alike, FEWEST_OF_HEALTH if schema.health else FEWEST)


def withholds_few(schema: DatasetSchema) -> bool:
    """Whether rows whose combination fewer than k rows share are shown to nobody but their sender.

    So for anonymised records: their class promises that nobody can be singled out. A pseudonymised record is personal data by
    its class and goes only where a power covers personal data.
    """
    return schema.data_class == "anonymised_record"


def quasi_identifiers(schema: DatasetSchema) -> tuple[str, ...]:
    """The fields that rows may show and that could help to single somebody out: when, where, what, and every field that is
    not merely operational (class P). References are none: their pseudonyms mean nothing by themselves.
    """
    return tuple(
        field.name
        for field in schema.fields
        if row_forms(schema, field.name) & {Form.READ_CLEAR, Form.READ_GENERALISED}
        and field.role not in ("case-reference", "header")
        and schema.key != (field.name,)
        and (
            field.sensitivity != "P"
            or field.role in ("event-time", "kind", "place")
            or field.name in schema.place.fields
        )
    )


def alike_findings(
    session: EngineSession, schema: DatasetSchema, area: AreaIndex | None, accepted: str
) -> list[Finding]:
    """How many accepted rows stand out, and by which combinations of fields. Places are asked only where the area is known."""
    if schema.data_class not in RECORDS or schema.wide is not None:
        return []
    quasi = _coarsest(schema, with_place=area is not None)
    if not quasi:
        return []
    _count(session, schema, area, accepted, quasi)
    fewest = fewest_alike(schema)
    ((rows, distinct),) = session.rows(
        f"SELECT coalesce(sum(hub_rows) FILTER (WHERE hub_rows < {fewest}), 0), count(*) FROM {_COUNTED}"
    )
    offending, size = _offending(session, quasi, fewest, int(distinct)) if rows else ({}, 0)
    session.run(f"DROP TABLE {_COUNTED}")
    return [_told(schema, quasi, int(rows), offending, size)] if rows else []


def _told(
    schema: DatasetSchema, quasi: Sequence[Quasi], rows: int, offending: dict[tuple[int, ...], int], size: int
) -> Finding:
    worst = sorted(offending.items(), key=lambda one: (-one[1], one[0]))
    named = [
        say(
            "schemas.finding.too-few-alike.combination",
            fields=" + ".join(quasi[place].said for place in places),
            count=f"{count:,}",
        )
        for places, count in worst[:_NAMED]
    ]
    nothing = "only-all" if size else "not-looked"
    said = "; ".join(named) or say(f"schemas.finding.too-few-alike.{nothing}", size=size)
    if len(worst) > _NAMED:
        said += say("schemas.finding.too-few-alike.others", count=f"{len(worst) - _NAMED:,}", size=size)
    return finding(
        "too-few-alike",
        count=rows,
        message="message" if withholds_few(schema) else "message-pseudonymised",
        fewest=fewest_alike(schema),
        fields=" + ".join(one.said for one in quasi),
        combinations=said,
    )


def _coarsest(schema: DatasetSchema, *, with_place: bool) -> tuple[Quasi, ...]:
    found = []
    for name in quasi_identifiers(schema):
        if name in schema.place.fields:
            continue
        coarser = generalisation_of(schema, name)
        form = say(f"schemas.coarser.{coarser.value}") if coarser is not None else ""
        sql = MONTH if (name,) == schema.event_times else coarser_sql(schema, name, quoted(name))
        found.append(Quasi((name,), form, sql or quoted(name)))
    if with_place and schema.place.fields:
        found.append(Quasi(schema.place.fields, say("schemas.coarser.ward"), "hub_ward"))
    return tuple(found)


def _count(
    session: EngineSession, schema: DatasetSchema, area: AreaIndex | None, accepted: str, quasi: Sequence[Quasi]
) -> None:
    """Make the table of distinct combinations, each with its number of rows."""
    columns = ", ".join(f"{one.sql} AS hub_quasi_{place}" for place, one in enumerate(quasi))
    source = accepted
    if area is not None and schema.place.fields:
        fields = ", ".join((ROW_NUMBER, *(quoted(name) for name in schema.place.fields)))
        area.located(session, f"(SELECT {fields} FROM {accepted})", schema.place, "hub_alike_places")
        wards = area.tree.level("lsoa21")
        session.load("hub_alike_wards", {"area": [one.code for one in wards], "ward": [one.parent for one in wards]})
        ward = f"SELECT {ROW_NUMBER}, coalesce(ward, hub_lsoa) AS hub_ward FROM hub_alike_places"
        source += f" JOIN ({ward} LEFT JOIN hub_alike_wards ON hub_lsoa = area) USING ({ROW_NUMBER})"
    session.run(f"CREATE TEMP TABLE {_COUNTED} AS SELECT {columns}, count(*) AS hub_rows FROM {source} GROUP BY ALL")
    session.run("DROP TABLE IF EXISTS hub_alike_places")
    session.run("DROP TABLE IF EXISTS hub_alike_wards")


def _offending(
    session: EngineSession, quasi: Sequence[Quasi], fewest: int, distinct: int
) -> tuple[dict[tuple[int, ...], int], int]:
    """The smallest combinations of up to three fields that fewer than k rows share somewhere, each with the number of such
    rows, and up to how many fields were looked at. A combination that holds an offending one offends too, and is not named.
    """
    found: dict[tuple[int, ...], int] = {}
    looked = 0
    for size in (1, 2, 3):
        asked = [
            places
            for places in combinations(range(len(quasi)), size)
            if not any(set(smaller) <= set(places) for smaller in found)
        ]
        if not asked or len(asked) * distinct > _WORK:
            break
        found |= _below(session, asked, fewest)
        looked = size
    return found, looked


def _below(session: EngineSession, asked: Sequence[tuple[int, ...]], fewest: int) -> dict[tuple[int, ...], int]:
    """Those of the combinations that fewer than k rows share somewhere, each with the number of such rows."""
    used = sorted({place for places in asked for place in places})
    sets = ", ".join(f"({', '.join(f'hub_quasi_{place}' for place in places)})" for places in asked)
    every = ", ".join(f"hub_quasi_{place}" for place in used)
    grouped = f"SELECT grouping({every}) AS hub_set, sum(hub_rows) AS hub_rows FROM {_COUNTED} GROUP BY GROUPING SETS ({sets})"
    said = session.rows(f"SELECT hub_set, sum(hub_rows) FROM ({grouped}) WHERE hub_rows < {fewest} GROUP BY hub_set")
    # a bit is set for each column that is not in the set, the first column's being the highest
    return {
        tuple(place for bit, place in enumerate(reversed(used)) if not int(bits) >> bit & 1)[::-1]: int(rows)
        for bits, rows in said
    }

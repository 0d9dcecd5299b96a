"""Run the compiled probes over a relation and find repeats and places: everything about rows, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from hub.engine import EngineSession, literal, quoted
from hub.geography import NEAR, OUTSIDE, UNLOCATED, AreaIndex, AreaTree
from hub.kit.words import say
from hub.schemas.compile import Compiled, blanks_written, trimmed
from hub.schemas.findings import SAMPLE, Finding, column_letter, finding
from hub.schemas.header import Header
from hub.schemas.identifiers import Sighting, Suspect, cannot_hold, sightings
from hub.schemas.model import ROW_NUMBER, DatasetSchema
from hub.schemas.places import lsoas_of_2011
from hub.schemas.probe import EXTRACT, Hit, listed

_OF_2011 = "2011"


def probe_findings(found: Sequence[Hit], header: Header) -> list[Finding]:
    """The hits in words."""
    return [
        finding(
            probe.code,
            count=count,
            field=probe.field,
            rows=rows,
            cells=cells_of(header, probe.field, rows),
            **probe.words,
        )
        for probe, count, rows in found
    ]


def identifier_findings(
    session: EngineSession, schema: DatasetSchema, header: Header, found: Sequence[Hit], *, broken_in: str = EXTRACT
) -> list[Finding]:
    """Identifiers in free text, in columns nobody agreed, and in values that are not what their column agreed to.

    A code of agreed form may look like a postcode; a value that has not that form is taken for what it looks like.
    `broken_in` is the relation in which the rows of the hits are.
    """
    suspects = [*_suspects(schema, header), *_failed(schema, found, broken_in)]
    seen = sightings(session, EXTRACT, suspects)
    return [_risky(one, header) if one.risk else _sighted(one, schema, header) for one in seen]


def _suspects(schema: DatasetSchema, header: Header) -> list[Suspect]:
    texts = [
        Suspect(field.name, coded=bool(field.pattern), free=field.free_text, most=field.max_length)
        for field in schema.columns
        if field.name in header.present and field.type == "string" and field.codes is None and field.scan
        if field.free_text or not cannot_hold(field.pattern)  # a value that has not the form is looked at in any case
    ]
    agreed = {*schema.column_names, *header.months}
    return texts + [Suspect(column) for column in header.columns if column not in agreed]


def _failed(schema: DatasetSchema, found: Sequence[Hit], broken_in: str) -> list[Suspect]:
    codes = ("bad-type", "bad-date", "bad-format", "not-in-code-list", "out-of-range", "too-long")
    searched = {
        suspect.name
        for suspect in schema.columns
        if suspect.type == "string" and suspect.codes is None and suspect.scan and not suspect.pattern
    }
    return [
        Suspect(probe.field, where=probe.predicate, relation=broken_in)
        for probe, _, _ in found
        if probe.code in codes and probe.field not in searched
    ]


def _sighted(sighting: Sighting, schema: DatasetSchema, header: Header) -> Finding:
    place = header.position(sighting.column) or 0
    named = sighting.column if sighting.column in {*schema.names, *header.months} else f"column {column_letter(place)}"
    return finding(
        "possible-identifier",
        count=sighting.rows,
        field=named,
        rows=sighting.first,
        cells=cells_of(header, sighting.column, sighting.first),
        message="message-refused" if schema.health else "message",
        kinds=said_kinds(sighting.kinds),
    )


def _risky(sighting: Sighting, header: Header) -> Finding:
    """What a free text says of people, beyond what was agreed: told with its count, and nothing more."""
    return finding(
        "free-text-risk",
        count=sighting.rows,
        field=sighting.column,
        rows=sighting.first,
        cells=cells_of(header, sighting.column, sighting.first),
        kinds=said_kinds(sighting.kinds),
    )


def said_kinds(kinds: Sequence[str]) -> str:
    """Kinds of identifier in words."""
    return ", ".join(dict.fromkeys(say(f"schemas.identifier.{kind}") for kind in kinds))


def written_findings(session: EngineSession, relation: str, schema: DatasetSchema, header: Header) -> list[Finding]:
    """What reading the file changed: texts that were taken for blank, and blanks taken off around values; all counted.

    `relation` holds the columns of the file as they are written.
    """
    words = {"texts": ", ".join(blanks_written(schema))}
    return [
        finding(code, count=count, field=name, rows=rows, cells=cells_of(header, name, rows), **words)
        for (code, name, _), count, rows in counted(session, relation, written_questions(schema, header))
    ]


def written_questions(schema: DatasetSchema, header: Header) -> list[tuple[str, str, str]]:
    """Code, field and SQL of what reading a file may change, over its columns as they are written."""
    written = blanks_written(schema)
    listed = "(" + ", ".join(literal(text) for text in written) + ")"
    asked: list[tuple[str, str, str]] = []
    for field in schema.fields:
        column = quoted(field.name)
        bare = trimmed(column) if field.trim else column
        if field.name in header.present and written:
            asked.append(("null-text", field.name, f"{bare} IN {listed}"))
        if field.name in header.present and field.trim:
            asked.append(("blanks-trimmed", field.name, f"length({bare}) <> length({column})"))
    return asked


def counted(
    session: EngineSession, relation: str, asked: Sequence[tuple[str, str, str]]
) -> list[tuple[tuple[str, str, str], int, tuple[int, ...]]]:
    """Those of the questions that hold in some row, with the number of rows and the first of them."""
    if not asked:
        return []
    ((*counts,),) = session.rows(f"SELECT {', '.join(f'count_if({one[2]})' for one in asked)} FROM {relation}")
    found = [(one, count) for one, count in zip(asked, counts, strict=True) if count]
    if not found:
        return []
    firsts = ", ".join(f"min({ROW_NUMBER}, {SAMPLE}) FILTER (WHERE {one[2]})" for one, _ in found)
    ((*rows,),) = session.rows(f"SELECT {firsts} FROM {relation}")
    return [(one, count, tuple(first)) for (one, count), first in zip(found, rows, strict=True)]


def repeat_findings(session: EngineSession, schema: DatasetSchema, header: Header) -> list[Finding]:
    """Rows that repeat a key, and rows that are copies of an earlier row; both are kept.

    Where the rows are counts, none of a key's rows is left out of the sum.
    """
    found = []
    if schema.key:
        count, rows = _repeats(session, schema.key)
        if not count:
            return []  # rows with different keys are no copies
        field, keys = schema.key[0], ", ".join(schema.key)
        cells, message = cells_of(header, field, rows), "message-summed" if schema.value else "message"
        found.append(
            finding("repeated-key", count=count, field=field, rows=rows, cells=cells, message=message, keys=keys)
        )
    columns = (*(name for name in schema.names if name in header.present), *header.months)
    count, rows = _repeats(session, columns)
    if count:
        message = "message" if schema.key else "message-counted"
        found.append(finding("exact-copies", count=count, rows=rows, message=message, schema=schema.title))
    return found


def _repeats(session: EngineSession, columns: tuple[str, ...]) -> tuple[int, tuple[int, ...]]:
    """How many rows repeat an earlier row in these columns, and the first of them.

    Candidates share a 64-bit hash; only they are compared in full, so that nothing is sorted and nothing spills. A
    row blank in all of the columns repeats nothing.
    """
    names = ", ".join(quoted(name) for name in columns)
    filled = f"coalesce({names}) IS NOT NULL" if len(columns) > 1 else f"{names} IS NOT NULL"
    hashes = f"SELECT hash({names}) AS hub_hash FROM {EXTRACT} WHERE {filled} GROUP BY hub_hash HAVING count(*) > 1"
    session.run(f"CREATE TEMP TABLE hub_doubles AS {hashes}")
    ((any_double,),) = session.rows("SELECT count(*) FROM hub_doubles")
    count, rows = 0, ()
    if any_double:
        later = _later_copies(names, filled, "SELECT hub_hash FROM hub_doubles")
        ((count, first),) = session.rows(
            f"SELECT count(*), min({ROW_NUMBER}, {SAMPLE}) FROM ({later}) WHERE hub_copy > 1"
        )
        rows = tuple(first or ())
    session.run("DROP TABLE hub_doubles")
    return count, rows


def repeat_question(schema: DatasetSchema, header: Header, code: str) -> str:
    """SQL that is true for the rows that `repeated-key` or `exact-copies` is about."""
    columns = (
        schema.key
        if code == "repeated-key"
        else (*(name for name in schema.names if name in header.present), *header.months)
    )
    names = ", ".join(quoted(name) for name in columns)
    filled = f"coalesce({names}) IS NOT NULL" if len(columns) > 1 else f"{names} IS NOT NULL"
    doubles = f"SELECT hash({names}) FROM {EXTRACT} WHERE {filled} GROUP BY hash({names}) HAVING count(*) > 1"
    return f"{ROW_NUMBER} IN (SELECT {ROW_NUMBER} FROM ({_later_copies(names, filled, doubles)}) WHERE hub_copy > 1)"


def _later_copies(names: str, filled: str, doubles: str) -> str:
    """SQL of the rows whose hash is among `doubles`, each with which copy it is; compared in full."""
    return (
        f"SELECT {ROW_NUMBER}, row_number() OVER (PARTITION BY {names} ORDER BY {ROW_NUMBER}) AS hub_copy FROM {EXTRACT}"
        f" WHERE {filled} AND hash({names}) IN ({doubles})"
    )


def place_findings(
    session: EngineSession, schema: DatasetSchema, area: AreaIndex | None, accepted: str
) -> tuple[list[Finding], dict[str, int]]:
    """Rows that lie outside the partnership's area, just outside a boundary, or nowhere; all are kept. And how many lie
    in each ward, outside, and nowhere.
    """
    if area is None or schema.place.kind == "none":
        return [], {}
    fields = [ROW_NUMBER, *(quoted(name) for name in schema.place.fields)]
    each = "SELECT DISTINCT" if schema.wide else "SELECT"
    session.run(f"CREATE TEMP VIEW hub_where AS {each} {', '.join(fields)} FROM {accepted}")
    area.located(session, "hub_where", schema.place, "hub_located")
    codes = {OUTSIDE: "outside-area", NEAR: "moved-to-nearest", UNLOCATED: "no-place", _OF_2011: "lsoa-2011"}
    wanted, where = ", ".join(literal(place) for place in codes), "hub_place"
    if old := lsoas_of_2011(session, schema, area, "hub_where"):
        column = f"trim(CAST({quoted(schema.place.fields[0])} AS VARCHAR))"
        where = f"CASE WHEN hub_place = '{OUTSIDE}' AND {column} IN {listed(old)} THEN '{_OF_2011}' ELSE hub_place END"
    said = session.rows(
        f"SELECT {where} AS hub_said, count(*), min({ROW_NUMBER}, {SAMPLE}) FROM hub_located"
        f" WHERE hub_place IN ({wanted}) GROUP BY hub_said"
    )
    spread: Counter[str] = Counter()
    for place, lsoa, count in session.rows("SELECT hub_place, hub_lsoa, count(*) FROM hub_located GROUP BY ALL"):
        spread[_ward(area.tree, lsoa) if lsoa else place] += count
    session.run("DROP TABLE hub_located")
    session.run("DROP VIEW hub_where")
    findings = [
        finding(codes[place], count=count, rows=tuple(rows), fields=", ".join(schema.place.fields))
        for place, count, rows in sorted(said)
    ]
    return findings, dict(sorted(spread.items()))


def _ward(tree: AreaTree, code: str) -> str:
    """The ward of an LSOA; a ward, or the whole area, is itself."""
    area = tree.area(code)
    return area.parent if area.level == "lsoa21" else code


def make_accepted(
    session: EngineSession,
    plan: Compiled,
    wrong: str,
    accepted: str,
    quarantined: str,
    *,
    without: Set[str] = frozenset(),
) -> None:
    """Make the two relations of a checked file: `wrong` is the SQL that is true for rows that do not get in, `without`
    are the month columns of a wide table that are not counted.
    """
    rows = f"SELECT {plan.projection(without=without)} FROM {EXTRACT} WHERE NOT coalesce({wrong}, false)"
    session.run(f"CREATE TEMP VIEW {accepted} AS {rows}")
    session.run(f"CREATE TEMP VIEW {quarantined} AS SELECT * FROM {EXTRACT} WHERE coalesce({wrong}, false)")


def cells_of(header: Header, name: str, rows: Sequence[int]) -> list[str]:
    """The addresses of a column's cells in these rows; none where the file has no such column."""
    place = header.position(name)
    return [] if place is None else [f"{column_letter(place)}{row}" for row in rows]

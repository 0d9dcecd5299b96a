"""How a file is read, to be shown to the agency that sent it: its encoding, sheet, delimiter, first rows, columns and codes.

What does not fit the schema comes with proposals and their reasons. Nothing here changes how a file is checked: that takes an
import profile, which a person confirms. Holds values of the file; the caller answers for who may see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from hub.engine import BY_LINE, EngineError, EngineSession, literal, quoted
from hub.schemas.code_proposals import code_proposals
from hub.schemas.compile import text_of
from hub.schemas.encodings import ENCODINGS, UTF8, Reader, encodings_proposed
from hub.schemas.findings import Finding, column_letter
from hub.schemas.header import Header, read_header
from hub.schemas.mapping import is_keepable_name, is_keepable_text
from hub.schemas.model import DatasetSchema, Field
from hub.schemas.naming import forgetting
from hub.schemas.opening import Opened, open_extract
from hub.schemas.profile import NO_PROFILE, ImportProfile
from hub.schemas.proposals import ColumnSeen, NotTheSame, Proposals, column_proposals

ROWS_SHOWN = 10
TEXTS_SHOWN = 40
"""So many texts of one field are shown that are not in its list; how many there are is told exactly."""

_LONGEST_SHOWN = 60
_RECORDS_LOOKED_AT = 1000
_VALUES = 200
_WHOLE_UP_TO = 64 * 2**20
_LINES_SHOWN = 3
_BEFORE = 36
_LOOKED_FOR_LINES = 4 * 2**20
_TABLE = "hub_reading"
_TEXT = ("", "zip")
"""Forms of files that hold text as somebody else wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """An encoding that the file may be in, and the same lines of it read so."""

    encoding: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRead:
    """A column of the file: `field` is what it is read as (empty: left out), `how` is `agreed`, `alias`, `confirmed`, `month` or
    `unknown`; `proposed` is a field it may be, with `reasons`. `keepable` says whether its name may stand in a profile.
    """

    place: int
    name: str
    field: str
    how: str
    proposed: str = ""
    reasons: tuple[str, ...] = ()
    keepable: bool = True

    @property
    def letter(self) -> str:
        """Its name in a spreadsheet."""
        return column_letter(self.place)

    @property
    def choice(self) -> str:
        """What is chosen for it unless the person says otherwise."""
        return self.field or self.proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRead:
    """A text that stands where a code is agreed, how often, and the code it is read as or may mean."""

    text: str
    count: int
    code: str = ""
    proposed: str = ""
    reason: str = ""
    keepable: bool = True

    @property
    def choice(self) -> str:
        """What is chosen for it unless the person says otherwise."""
        return self.code or self.proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesRead:
    """The texts of one field that are not in its list, the most frequent first; `different` is how many there are."""

    field: str
    texts: tuple[TextRead, ...]
    different: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as it is read with a profile.

    `unused` says which choices of the profile gave way to what the file proves.
    `stopped` says why there is no table, and `refused` that it would be refused as it stands: then no row is shown. `whole`: the
    codes are of all rows, otherwise of the first ones. `form` is `xlsx`, `ods` or empty.
    """

    profile: ImportProfile
    form: str = ""
    encoding: str = ""
    spellings: tuple[Spelling, ...] = ()
    delimiter: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[ColumnRead, ...] = ()
    missing: tuple[str, ...] = ()
    apart: tuple[NotTheSame, ...] = ()
    codes: tuple[CodesRead, ...] = ()
    whole: bool = True
    refused: bool = False
    unused: tuple[str, ...] = ()
    stopped: tuple[Finding, ...] = field(default=())

    @property
    def proposed(self) -> ImportProfile:
        """The profile with everything that is proposed: what the page offers to confirm."""
        columns = {one.name: one.choice for one in self.columns if one.how != "agreed" and one.choice and one.keepable}
        codes = {
            one.field: {text.text: text.choice for text in one.texts if text.choice and text.keepable}
            for one in self.codes
        }
        return replace(
            self.profile,
            columns={**self.profile.columns, **columns},
            codes={**self.profile.codes, **{name: texts for name, texts in codes.items() if texts}},
        )


def reading_document(shown: Reading) -> dict[str, Any]:
    """The reading as the API and the command line write it, with everything that is proposed as a profile to confirm."""
    return {
        "profile": shown.profile.as_json(),
        "proposed": shown.proposed.as_json(),
        "form": shown.form,
        "encoding": shown.encoding,
        "encodings": [asdict(one) for one in shown.spellings],
        "delimiter": shown.delimiter,
        "sheets": list(shown.sheets),
        "sheet": shown.sheet,
        "columns": [asdict(one) | {"letter": one.letter} for one in shown.columns],
        "missing": list(shown.missing),
        "apart": [asdict(one) for one in shown.apart],
        "codes": [asdict(one) for one in shown.codes],
        "all_rows": shown.whole,
        "refused": shown.refused,
        "unused": list(shown.unused),
        "stopped": [one.code for one in shown.stopped],
        "rows": [list(row) for row in shown.rows],
    }


@forgetting()
def read_as(
    session: EngineSession,
    source: str,
    schema: DatasetSchema,
    *,
    read_bytes: Reader,
    period: str = "",
    sha256: str = "",
    profile: ImportProfile = NO_PROFILE,
) -> Reading:
    """Read the file `source` of a session with a profile, to show how it is read. Never raises for what is wrong with the file."""
    opened = open_extract(session, source, schema, read_bytes=read_bytes, sha256=sha256 or "unasked", profile=profile)
    sent = opened.sent
    written = bool(sent) or opened.text.is_binary or opened.text.form not in _TEXT
    begun = Reading(
        profile=profile,
        form=opened.text.form,
        encoding=opened.text.encoding.removeprefix(BY_LINE),
        spellings=() if written else tuple(_spellings(opened)),
        delimiter="" if written else opened.division.delimiter,
        sheets=sent.sheets if sent else (),
        sheet=sent.taken if sent else "",
        unused=tuple(one.message for one in opened.told if one.code == "choice-not-used"),
    )
    if opened.stopped or not opened.record:
        return replace(begun, stopped=opened.stopped)
    header = read_header(opened.record, schema, confirmed=profile.columns)
    if header.refused or not header.columns:
        return replace(begun, refused=header.refused, stopped=header.findings)
    records = list(islice(opened.text.records(opened.division.delimiter), _RECORDS_LOOKED_AT))
    records = records[opened.division.header_rows :] if not opened.text.form else records[1:]
    proposals = _proposals(schema, opened.record, header, records)
    columns = tuple(_columns(schema, opened.record, header, profile, proposals))
    whole = opened.text.size <= _WHOLE_UP_TO
    chosen = {one.name: one.choice for one in columns if one.choice}
    again = replace(profile, columns={**profile.columns, **chosen})
    return replace(
        begun,
        header=tuple(map(_shown, opened.record)),
        rows=tuple(tuple(map(_shown, record)) for record in records[:ROWS_SHOWN]),
        columns=columns,
        missing=tuple(
            one.name
            for one in schema.columns
            if not one.optional_column and one.name not in {column.choice for column in columns}
        ),
        apart=proposals.apart,
        codes=tuple(_codes(session, schema, opened, again, period=period)) if whole else (),
        whole=whole,
    )


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _spellings(opened: Opened) -> Iterator[Spelling]:
    """The encodings that may be meant, each with the first lines that differ between them."""
    now = opened.text.encoding.removeprefix(BY_LINE)
    proposed = [one for one in encodings_proposed(opened.raw) if one in ENCODINGS]
    names = list(dict.fromkeys((*([now] if opened.text.fault is None else []), *proposed)))
    if names in ([], [UTF8]):
        return
    lines = _odd_lines(opened.raw)
    for name in names:
        yield Spelling(encoding=name, lines=tuple(_shown(line.decode(name, "replace").strip()) for line in lines))


def _odd_lines(read_bytes: Reader) -> list[bytes]:
    """The first lines with bytes that are not ASCII, from a little before the first of these."""
    found: list[bytes] = []
    held, seen = b"", 0
    for chunk in read_bytes():
        seen += len(chunk)
        *lines, held = (held + chunk).split(b"\n")
        found += [_around(line) for line in lines if not line.isascii()]
        if len(found) >= _LINES_SHOWN or seen > _LOOKED_FOR_LINES:
            return found[:_LINES_SHOWN]
    return [*found, *([_around(held)] if not held.isascii() else [])][:_LINES_SHOWN]


def _around(line: bytes) -> bytes:
    odd = next(place for place, byte in enumerate(line) if byte > 127)
    return line[max(odd - _BEFORE, 0) : odd + _BEFORE]


# ---- columns -------------------------------------------------------------------------------------------------------


def _proposals(
    schema: DatasetSchema, record: Sequence[str], header: Header, records: Sequence[Sequence[str]]
) -> Proposals:
    seen = []
    for place, (name, column) in enumerate(zip(record, header.columns, strict=True)):
        values = dict.fromkeys(row[place] for row in records if place < len(row) and row[place].strip())
        known = column if not column.startswith("extra_") else name
        seen.append(ColumnSeen(name=known, values=tuple(islice(values, _VALUES))))
    return column_proposals(schema, seen)


def _columns(
    schema: DatasetSchema, record: Sequence[str], header: Header, profile: ImportProfile, proposals: Proposals
) -> Iterator[ColumnRead]:
    proposed = {one.column: one for one in proposals.columns}
    agreed = {*schema.column_names, *(one.name for one in schema.derived)}
    for place, (name, column) in enumerate(zip(record, header.columns, strict=True)):
        is_field = column in agreed
        how = "month" if column in header.months else "unknown"
        if is_field:
            how = "confirmed" if name in profile.columns else "agreed" if name == column else "alias"
        elif profile.columns.get(name) == "":
            how = "confirmed"
        offer = proposed.get(name) if how == "unknown" else None
        yield ColumnRead(
            place=place,
            name=name,
            field=column if is_field else "",
            how=how,
            proposed=offer.field if offer else "",
            reasons=offer.reasons if offer else (),
            keepable=is_keepable_name(name),
        )


# ---- codes ---------------------------------------------------------------------------------------------------------


def _codes(
    session: EngineSession,
    schema: DatasetSchema,
    opened: Opened,
    profile: ImportProfile,
    *,
    period: str,
) -> Iterator[CodesRead]:
    """The texts that are no codes of the month, of all columns as they are chosen or proposed."""
    header = read_header(opened.record, schema, confirmed=profile.columns)
    coded = [one for one in schema.columns if one.codes is not None and one.name in header.present]
    if not coded:
        return
    try:
        opened.read_into(session, _TABLE, header.columns)
        for one in coded:
            found = _texts(session, schema, one, profile, period)
            if found.texts:
                yield found
    except EngineError:  # the report says what is wrong with the rows
        return


def _texts(session: EngineSession, schema: DatasetSchema, one: Field, profile: ImportProfile, period: str) -> CodesRead:
    listed = ", ".join(map(literal, one.codes.valid_in(period))) if one.codes else ""
    text = text_of(schema, one, quoted(one.name))
    each = f"trim(unnest(string_split({text}, ';')))" if one.several else text
    grouped = (
        f"SELECT said, count(*) AS times FROM (SELECT {each} AS said FROM {_TABLE})"
        f" WHERE said IS NOT NULL{f' AND said NOT IN ({listed})' if listed else ''} GROUP BY said"
    )
    found = session.rows(
        f"SELECT said, times, count(*) OVER () FROM ({grouped}) ORDER BY times DESC, said LIMIT {TEXTS_SHOWN}"
    )
    known = profile.codes.get(one.name, {})
    offers = {offer.text: offer for offer in code_proposals(one, [said for said, *_ in found], period=period)}
    texts = tuple(
        TextRead(
            text=said,
            count=times,
            code=known.get(said, ""),
            proposed=offers[said].code if said in offers else "",
            reason=offers[said].reason if said in offers else "",
            keepable=is_keepable_text(said),
        )
        for said, times, _ in found
    )
    return CodesRead(field=one.name, texts=texts, different=found[0][2] if found else 0)

"""How we read your file: encoding, sheet, delimiter, the first rows, columns and codes, each to be confirmed or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hub.intake import MENDABLE, Confirmed, Submission
from hub.kit.words import say
from hub.schemas import (
    NO_PROFILE,
    CheckReport,
    CodesRead,
    ColumnRead,
    DatasetSchema,
    ImportProfile,
    Reading,
    Spelling,
    check_once,
    fitting,
    joined,
    said_delimiter,
)
from hub.web.dates import spoken_moment
from hub.web.elements import Cell, Choice, Column, Fact, Select, Table

MENDED_HERE = frozenset(
    (
        "two-sheets",
        "no-such-sheet",
        "header-unclear",
        "sheet-taken",
        "wrong-encoding",
        "mixed-encoding",
        "other-encoding",
        "wrong-delimiter",
        "other-delimiter",
        "wrong-schema",
        "missing-column",
        "repeated-column",
        "extra-column",
        "column-renamed",
        "column-left-out",
        "not-in-code-list",
        "codes-mapped",
        "choice-not-used",
    )
)
"""Findings that a person can mend by saying how the file is read."""

MOST_COLUMNS = 150
"""So many columns that are not agreed are offered; of the others the page says that they are left out."""

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Spelt:
    """An encoding to choose, with lines of the file read so."""

    value: str
    text: str
    lines: tuple[str, ...]
    selected: bool


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the file and the field to choose for it. Without a `select` its name cannot be kept."""

    name: str
    hidden: str
    select: Select | None


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """A field whose list does not have some of its texts."""

    title: str
    hidden: tuple[str, str]
    choices: tuple[ColumnChoice, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """What is shown. `action` is empty where nothing can be confirmed; `stopped` says why there is no table."""

    heading: str
    back: str
    action: str
    notice: str
    unused: tuple[str, ...]
    stopped: tuple[str, ...]
    how: tuple[Fact, ...]
    sheets: Select | None
    delimiters: Select | None
    spellings: tuple[Spelt, ...]
    rows: Table | None
    unknown: tuple[ColumnChoice, ...]
    known: tuple[ColumnChoice, ...]
    more: str
    missing: tuple[str, ...]
    apart: tuple[str, ...]
    codes: tuple[CodeGroup, ...]
    whole: bool
    hidden: tuple[tuple[str, str], ...]
    remember: bool


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """What is remembered for a dataset; `several` names stand for one column; `earlier` can be gone back to."""

    title: str
    facts: tuple[Fact, ...]
    columns: Table | None
    codes: Table | None
    current: bool
    several: bool = False
    forget: str = ""
    earlier: tuple[tuple[str, str, str], ...] = ()


def reading_address(submission: Submission, report: CheckReport | None, *, mend: bool) -> str:
    """Where a person says how the file is read; empty where that mends nothing, or they may not."""
    kept = bool(submission.original_object) and submission.state in MENDABLE
    codes = {one.code for one in report.findings} if report is not None else set()
    return f"/submissions/{submission.id}/reading" if mend and kept and codes & MENDED_HERE else ""


def base_profile(
    submission: Submission, schema: DatasetSchema, confirmed: Sequence[Confirmed], asked: Mapping[str, str]
) -> ImportProfile:
    """What the page begins with: what the file was read with, and what was confirmed before or since, of this or of other files;
    and what is asked for now.
    """
    read, newest = submission.profile, _newest(confirmed, schema)
    known = newest if read.is_empty else fitting(read, schema)
    both = joined(newest, known)
    return ImportProfile(
        encoding=asked.get("encoding", known.encoding),
        delimiter=asked.get("delimiter", known.delimiter),
        sheet=asked.get("sheet", known.sheet),
        columns=both.columns,
        codes=both.codes,
    )


def _newest(confirmed: Sequence[Confirmed], schema: DatasetSchema) -> ImportProfile:
    """What was confirmed last, as far as the schema still has it."""
    return fitting(confirmed[0].profile, schema) if confirmed else NO_PROFILE


def reading_page(
    heading: str,
    submission: Submission,
    schema: DatasetSchema,
    reading: Reading,
    *,
    notice: str = "",
    chosen: Mapping[str, str] | None = None,
) -> ReadingPage:
    """The page of one submission; `chosen` are the fields of a form that was not accepted, to be shown again."""
    unknown = [one for one in reading.columns if one.how == "unknown" or (one.how == "confirmed" and not one.field)]
    known = [one for one in reading.columns if one.field]
    asked, said = reading.profile, chosen or {}
    return ReadingPage(
        heading=heading,
        back=f"/submissions/{submission.id}",
        action=f"/submissions/{submission.id}/reading" if submission.state in MENDABLE else "",
        notice=notice,
        unused=reading.unused,
        stopped=_stopped(reading),
        how=_how(reading),
        sheets=_sheets(reading),
        delimiters=_delimiters(reading),
        spellings=_spellings(reading.spellings, reading.encoding if not reading.stopped else asked.encoding),
        rows=_rows(reading),
        unknown=tuple(_column(one, schema, said) for one in unknown[:MOST_COLUMNS]),
        known=tuple(_column(one, schema, said) for one in known),
        more=say("mapping.page.more_columns", count=len(unknown) - MOST_COLUMNS) if len(unknown) > MOST_COLUMNS else "",
        missing=reading.missing,
        apart=tuple(f"{one.column}: {one.reason}" for one in reading.apart),
        codes=tuple(_codes(place, one, schema, submission.period, said) for place, one in enumerate(reading.codes)),
        whole=reading.whole,
        hidden=(("encoding", asked.encoding), ("delimiter", asked.delimiter), ("sheet", asked.sheet)),
        remember=said.get("remember", "yes") == "yes" if said else True,
    )


def _stopped(reading: Reading) -> tuple[str, ...]:
    if reading.refused:
        return (say("mapping.page.refused"),)
    return tuple(f"{one.message} {one.remedy}" for one in reading.stopped)


def _how(reading: Reading) -> tuple[Fact, ...]:
    facts = []
    if reading.sheet:
        facts.append(Fact(say("mapping.page.sheet"), reading.sheet))
    if not reading.form and reading.columns:
        facts.append(Fact(say("mapping.page.encoding"), say(f"schemas.encoding.{reading.encoding}")))
        facts.append(Fact(say("mapping.page.delimiter"), said_delimiter(reading.delimiter)))
    elif reading.form:
        facts.append(Fact(say("mapping.page.form"), reading.form.upper()))
    return tuple(facts)


def _sheets(reading: Reading) -> Select | None:
    if len(reading.sheets) < 2:
        return None
    asked = reading.profile.sheet or reading.sheet
    choices = [Choice("", say("mapping.page.sheet_found"), not asked)]
    choices += [Choice(name, name, name == asked) for name in reading.sheets]
    return Select("sheet", say("mapping.page.sheet"), tuple(choices))


def _delimiters(reading: Reading) -> Select | None:
    if reading.form or reading.sheets or not reading.delimiter:
        return None
    asked = reading.profile.delimiter
    signs = dict.fromkeys((*_DELIMITERS, reading.delimiter, *filter(None, (asked,))))
    choices = [Choice("", say("mapping.page.delimiter_found"), not asked)]
    choices += [Choice(sign, said_delimiter(sign), sign == asked) for sign in signs]
    return Select("delimiter", say("mapping.page.delimiter"), tuple(choices))


def _spellings(spellings: Sequence[Spelling], now: str) -> tuple[Spelt, ...]:
    return tuple(
        Spelt(one.encoding, say(f"schemas.encoding.{one.encoding}"), one.lines, one.encoding == now)
        for one in spellings
    )


def _rows(reading: Reading) -> Table | None:
    if not reading.header:
        return None
    columns = tuple(
        Column(name or say("mapping.page.no_name", letter=column.letter))
        for name, column in zip(reading.header, reading.columns, strict=True)
    )
    width = len(columns)
    rows = [tuple(Cell(text) for text in (*row, *([""] * width))[:width]) for row in reading.rows]
    return Table("rows", say("mapping.page.rows", count=len(rows)), columns, rows)


def _column(one: ColumnRead, schema: DatasetSchema, said: Mapping[str, str]) -> ColumnChoice:
    name = one.name or say("mapping.page.no_name", letter=one.letter)
    if not one.keepable:
        return ColumnChoice(name, "", None)
    key = f"column-{one.place}"
    now = said.get(key, one.choice)
    choices = [Choice("", say("mapping.page.left_out"), not now)]
    choices += [Choice(field.name, _titled(field.name, field.title), field.name == now) for field in schema.columns]
    label = say("mapping.page.column", letter=one.letter, name=name)
    return ColumnChoice(one.name, f"name-{one.place}", Select(key, label, tuple(choices), " ".join(one.reasons)))


def _codes(place: int, one: CodesRead, schema: DatasetSchema, period: str, said: Mapping[str, str]) -> CodeGroup:
    field = schema.field(one.field)
    codes = [code for code in field.codes.codes if code.is_valid_in(period)] if field.codes else []
    choices = []
    for number, text in enumerate(one.texts):
        key = f"code-{place}-{number}"
        now = said.get(key, text.choice)
        listed = [Choice("", say("mapping.page.no_code"), not now)]
        listed += [Choice(code.code, _titled(code.code, code.title), code.code == now) for code in codes]
        hint = " ".join(filter(None, (say("mapping.page.times", count=f"{text.count:,}"), text.reason)))
        select = Select(key, say("mapping.page.text", text=text.text), tuple(listed), hint) if text.keepable else None
        choices.append(ColumnChoice(text.text, f"text-{place}-{number}", select))
    more = one.different - len(one.texts)
    return CodeGroup(
        title=_titled(one.field, field.title),
        hidden=(f"field-{place}", one.field),
        choices=tuple(choices),
        more=say("mapping.page.more_texts", count=f"{more:,}") if more else "",
    )


def _titled(name: str, title: str) -> str:
    return f"{name} ({title})" if title != name else name


def profile_to_keep(
    form: Mapping[str, str], submission: Submission, schema: DatasetSchema, confirmed: Sequence[Confirmed]
) -> ImportProfile:
    """What a form has the hub remember: what it says of this file, and of names and texts that are not in it what was confirmed
    last. An encoding, a delimiter or a sheet of other files stays where the page began with none.
    """
    read, newest = fitting(submission.profile, schema), _newest(confirmed, schema)
    said = confirmed_profile(form, joined(read, newest), schema)
    begun = newest if submission.profile.is_empty else read
    return replace(
        said,
        encoding=said.encoding or ("" if begun.encoding else newest.encoding),
        delimiter=said.delimiter or ("" if begun.delimiter else newest.delimiter),
        sheet=said.sheet or ("" if begun.sheet else newest.sheet),
    )


def confirmed_profile(form: Mapping[str, str], base: ImportProfile, schema: DatasetSchema) -> ImportProfile:
    """The profile that a form confirms. What was confirmed before and is not in this file stays: another system of the agency may
    write it. Invalid: two columns of the file are said to be one field.
    """
    columns = {
        form[f"name-{key.removeprefix('column-')}"]: field
        for key, field in form.items()
        if key.startswith("column-") and f"name-{key.removeprefix('column-')}" in form
    }
    check_once(columns, schema)
    before = {name: to for name, to in base.columns.items() if name not in columns}
    codes = {field: dict(texts) for field, texts in base.codes.items()}
    for key, code in form.items():
        if not key.startswith("code-"):
            continue
        place, _, number = key.removeprefix("code-").partition("-")
        field, text = form.get(f"field-{place}", ""), form.get(f"text-{place}-{number}", "")
        if code:
            codes.setdefault(field, {})[text] = code
        else:
            codes.get(field, {}).pop(text, None)
    return ImportProfile(
        encoding=form.get("encoding", ""),
        delimiter=form.get("delimiter", ""),
        sheet=form.get("sheet", ""),
        columns={**before, **{name: to for name, to in columns.items() if name != to}},
        codes={field: texts for field, texts in codes.items() if texts},
    )


def profile_page(
    schema: DatasetSchema, confirmed: Sequence[Confirmed], names: Mapping[str, str], *, may_change: bool
) -> ProfilePage:
    """What an agency has confirmed for a dataset, who did and when; `names` are people's."""
    title = say("mapping.profile.title", title=schema.title)
    if not confirmed:
        return ProfilePage(title, (), None, None, current=False)
    now, action = confirmed[0], f"/import-profiles/{schema.id}"
    asked = now.profile
    aims = [to for to in asked.columns.values() if to]
    facts = [
        Fact(say("mapping.profile.by"), names.get(now.confirmed_by, now.confirmed_by)),
        Fact(say("mapping.profile.at"), spoken_moment(now.confirmed_at)),
        Fact(say("mapping.profile.version"), now.schema_version),
    ]
    if asked.encoding:
        facts.append(Fact(say("mapping.page.encoding"), say(f"schemas.encoding.{asked.encoding}")))
    if asked.delimiter:
        facts.append(Fact(say("mapping.page.delimiter"), said_delimiter(asked.delimiter)))
    if asked.sheet:
        facts.append(Fact(say("mapping.page.sheet"), asked.sheet))
    return ProfilePage(
        title,
        tuple(facts),
        _mapped_columns(asked),
        _mapped_codes(asked),
        current=now.schema_version == schema.version,
        several=len(aims) > len(set(aims)),
        forget=action if may_change else "",
        earlier=tuple(
            (one.id, spoken_moment(one.confirmed_at), _summary(one.profile)) for one in confirmed[1:] if may_change
        ),
    )


def _summary(asked: ImportProfile) -> str:
    codes = sum(len(texts) for texts in asked.codes.values())
    return say("mapping.profile.summary", columns=len(asked.columns), codes=codes)


def _mapped_columns(asked: ImportProfile) -> Table | None:
    rows = [
        (Cell(name, mono=True), Cell(to or say("mapping.page.left_out"), mono=bool(to)))
        for name, to in sorted(asked.columns.items(), key=lambda one: (not one[1], one[1], one[0]))
    ]
    columns = (Column(say("mapping.profile.in_file")), Column(say("mapping.profile.read_as")))
    return Table("columns", say("mapping.profile.columns"), columns, rows, wrap=True) if rows else None


def _mapped_codes(asked: ImportProfile) -> Table | None:
    rows = [
        (Cell(text), Cell(field, mono=True), Cell(code, mono=True))
        for field, texts in asked.codes.items()
        for text, code in texts.items()
    ]
    names = ("in_file", "column", "read_as")
    columns = tuple(Column(say(f"mapping.profile.{name}")) for name in names)
    return Table("codes", say("mapping.profile.codes"), columns, rows, wrap=True) if rows else None

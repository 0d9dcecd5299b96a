"""Read files of context: population, deprivation, harm weights. Pure; each error says what, where and how to mend it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hub.geography.context_model import DEPRIVATION, HARM_WEIGHTS, POPULATION, Band, Deprived
from hub.kit.errors import Invalid
from hub.kit.words import say

_LSOA21 = re.compile(r"lsoa ?21( ?(cd|code))?|lsoa code 2021|geography code")
_LSOA11 = re.compile(r"lsoa ?11( ?(cd|code))?|lsoa code 2011")
_TOTAL = re.compile(r"age total|total|population|persons|persons all ages|all ages")
_BAND = re.compile(r"(?:age )?(?:aged )?(\d+)(?: years)?(?: to (\d+)| (\d+)| (and under)| (and over)|)(?: years)?")
_DECILE = re.compile(r"imd decile|index of multiple deprivation imd decile.*")
_SCORE = re.compile(r"imd score|index of multiple deprivation imd score.*")
_CODE = re.compile(r"[EWX][0-9]{8}")
_WHOLE = re.compile(r"(-?[0-9]+)(?:\.0*)?")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_DECILES = range(1, 11)


def context_problem(code: str, /, **values: Any) -> Invalid:
    """The error of that code, in the catalogue's words."""
    said = {"known": "", **values}
    return Invalid(
        say(f"geography.context.{code}", **said),
        code=f"context-{code}",
        remedy=say(f"geography.context.{code}-remedy", **said),
    )


@dataclass(frozen=True, slots=True)
class ReadPopulation:
    """Rows of a population file: residents by LSOA, in all and by band."""

    bands: tuple[Band, ...]
    residents: Mapping[str, int]
    by_band: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a file holds: one of the three, its kind, the year its figures are of, and how many rows it has."""

    kind: str
    vintage: str
    records: int
    population: ReadPopulation | None = None
    deprivation: Mapping[str, Deprived] | None = None
    weights: Mapping[str, Mapping[str, Fraction]] | None = None

    @property
    def lsoas(self) -> frozenset[str]:
        """The LSOAs that the file speaks of; none for harm weights."""
        if self.population is not None:
            return frozenset(self.population.residents)
        return frozenset(self.deprivation or ())


def read_context(content: bytes, *, file: str, vintage: str = "") -> ReadContext:
    """What a file of context holds. The kind is told by its header, never by its name.

    The vintage is what the file says of itself in a column `date`; else what the caller names; else the one year in the file's
    name. Invalid when it says none, or another than the caller names.
    """
    sheet = _sheet(content, file=file)
    kind = _kind_of(sheet)
    said = _vintage(sheet, vintage)
    if kind == POPULATION:
        return ReadContext(kind, said, len(sheet.rows), population=_population(sheet))
    if kind == DEPRIVATION:
        return ReadContext(kind, said, len(sheet.rows), deprivation=_deprivation(sheet))
    return ReadContext(kind, said, len(sheet.rows), weights=_weights(sheet))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file as a table: `names` are its columns, in small letters, words divided by one space."""

    file: str
    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def find(self, wanted: re.Pattern[str]) -> int | None:
        """The first column that `wanted` describes."""
        return next((index for index, name in enumerate(self.names) if wanted.fullmatch(name)), None)

    def problem(self, code: str, /, **values: Any) -> Invalid:
        """The error of that code, naming the file."""
        return context_problem(code, file=self.file, **values)


def _sheet(content: bytes, *, file: str) -> _Sheet:
    if content[:2] == b"PK":
        raise context_problem("workbook", file=file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise context_problem("encoding", file=file, byte=error.start + 1) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    rows = []
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise context_problem("ragged", file=file, row=number, found=len(cells), expected=len(header))
        rows.append((number, tuple(cell.strip() for cell in cells)))
    if not rows:
        raise context_problem("empty", file=file)
    return _Sheet(file, tuple(re.sub(r"[\W_]+", " ", name).strip().lower() for name in header), tuple(rows))


def _kind_of(sheet: _Sheet) -> str:
    if {"kind", "weight"} <= set(sheet.names):
        return HARM_WEIGHTS
    if sheet.find(_LSOA21) is None:
        if sheet.find(_LSOA11) is not None:
            raise sheet.problem("lsoa-2011")
        raise sheet.problem("unknown")
    if sheet.find(_DECILE) is not None:
        return DEPRIVATION
    if sheet.find(_TOTAL) is not None:
        return POPULATION
    raise sheet.problem("unknown")


def _vintage(sheet: _Sheet, named: str) -> str:
    if named and not _YEAR.fullmatch(named):
        raise sheet.problem("bad-vintage")
    if "date" in sheet.names:
        place = sheet.names.index("date")
        years = sorted({cells[place] for _, cells in sheet.rows})
        if len(years) > 1:
            raise sheet.problem("two-vintages", first=years[0], second=years[1])
        found = _YEAR.findall(years[0])
        if found and named and found[0] != named:
            raise sheet.problem("other-vintage", named=named, found=found[0])
        named = named or (found[0] if found else "")
    years = sorted(set(_YEAR.findall(re.sub("[a-z]", " ", sheet.file.lower()))))
    if named:
        return named
    if len(years) != 1:
        raise sheet.problem("no-vintage")
    return years[0]


def _population(sheet: _Sheet) -> ReadPopulation:
    total = sheet.find(_TOTAL)
    columns = [(index, band) for index, name in enumerate(sheet.names) if (band := _band(name)) is not None]
    columns.sort(key=lambda column: column[1].low)
    bands = tuple(band for _, band in columns)
    _check_bands(sheet, bands)
    residents: dict[str, int] = {}
    by_band: dict[str, tuple[int, ...]] = {}
    for row, lsoa, cells in _by_lsoa(sheet):
        residents[lsoa] = _count(sheet, cells, row, total or 0)
        by_band[lsoa] = tuple(_count(sheet, cells, row, index) for index, _ in columns)
        if bands and sum(by_band[lsoa]) != residents[lsoa]:
            raise sheet.problem("bands-and-total", row=row, code=lsoa)
    return ReadPopulation(bands, residents, by_band)


def _band(name: str) -> Band | None:
    found = _BAND.fullmatch(name)
    if found is None:
        return None
    low, to, dash, under, over = found.groups()
    if under:
        return Band(0, int(low))
    if over:
        return Band(int(low), None)
    return Band(int(low), int(to or dash or low))


def _check_bands(sheet: _Sheet, bands: Sequence[Band]) -> None:
    """Bands must follow each other from 0 to an open end: else they are no parts of the total."""
    expected: int | None = 0
    for band in bands:
        if band.low != expected:
            raise sheet.problem("bands", age=band.low)
        expected = None if band.high is None else band.high + 1
    if bands and expected is not None:
        raise sheet.problem("bands", age=expected)


def _deprivation(sheet: _Sheet) -> dict[str, Deprived]:
    decile, score = sheet.find(_DECILE), sheet.find(_SCORE)
    found: dict[str, Deprived] = {}
    for row, lsoa, cells in _by_lsoa(sheet):
        place = _count(sheet, cells, row, decile or 0)
        if place not in _DECILES:
            raise sheet.problem("decile", row=row, code=lsoa)
        found[lsoa] = Deprived(place, None if score is None else _number(sheet, cells, row, score))
    return found


def _weights(sheet: _Sheet) -> dict[str, dict[str, Fraction]]:
    if "dataset" not in sheet.names:
        raise sheet.problem("no-dataset")
    dataset, kind, weight = (sheet.names.index(name) for name in ("dataset", "kind", "weight"))
    found: dict[str, dict[str, Fraction]] = {}
    for row, cells in sheet.rows:
        if not cells[dataset] or not cells[kind]:
            raise sheet.problem("blank", row=row, column="dataset" if not cells[dataset] else "kind")
        weights = found.setdefault(cells[dataset], {})
        if cells[kind] in weights:
            raise sheet.problem("twice", row=row, code=f"{cells[dataset]} {cells[kind]}")
        weights[cells[kind]] = _number(sheet, cells, row, weight)
    return found


def _by_lsoa(sheet: _Sheet) -> Sequence[tuple[int, str, tuple[str, ...]]]:
    """Each row with its LSOA; each LSOA once, each a code."""
    place = sheet.find(_LSOA21) or 0
    seen: set[str] = set()
    found = []
    for row, cells in sheet.rows:
        lsoa = cells[place]
        if not lsoa:
            raise sheet.problem("blank", row=row, column=sheet.names[place])
        if not _CODE.fullmatch(lsoa):
            raise sheet.problem("no-code", row=row)
        if lsoa in seen:
            raise sheet.problem("twice", row=row, code=lsoa)
        seen.add(lsoa)
        found.append((row, lsoa, cells))
    return found


def _count(sheet: _Sheet, cells: Sequence[str], row: int, column: int) -> int:
    """A whole number that is not negative; `31.0`, as spreadsheets write it, is whole, `31.5` is not."""
    text = cells[column]
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        code = "blank" if not text else "not-whole" if _NUMBER.fullmatch(text) else "no-number"
        raise sheet.problem(code, row=row, column=sheet.names[column])
    if int(whole[1]) < 0:
        raise sheet.problem("negative", row=row, column=sheet.names[column])
    return int(whole[1])


def _number(sheet: _Sheet, cells: Sequence[str], row: int, column: int) -> Fraction:
    """A number that is not negative, exactly as written."""
    text = cells[column]
    if not _NUMBER.fullmatch(text):
        raise sheet.problem("no-number" if text else "blank", row=row, column=sheet.names[column])
    number = Fraction(text)
    if number < 0:
        raise sheet.problem("negative", row=row, column=sheet.names[column])
    return number

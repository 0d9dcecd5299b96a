"""Files for a visitor to try: for each dataset a clean month, the same month spoilt, and the same without a needed column; and a
hospital file that must be refused.

Each spoilt row is spoilt once, so that a report can be held against what was planted. The column is missing in a file of its
own, because a file without it is returned before its rows are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from nhs_number.validate import is_valid

from hub.synthetic.streams import Streams
from hub.synthetic.table import Table, csv_bytes


@dataclass(frozen=True, slots=True)
class Spoil:
    """One way to spoil rows: the finding it must raise, in how many rows, which column, and what becomes of its cell."""

    code: str
    rows: int
    column: str
    change: Callable[[str], str]
    only: Callable[[dict[str, str]], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Plan:
    """How one dataset's clean month becomes its dirty one."""

    spoils: tuple[Spoil, ...]
    left_out: str
    """A required column that is not there."""
    added: tuple[str, str]
    """A column nobody agreed, and what stands in it."""
    ragged: int = 3
    copies: int = 4
    copies_raise: str = "exact-copies"


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A spoilt file: its bytes, its data records and what was planted in it, by finding code."""

    content: bytes
    rows: int
    planted: dict[str, int]


def _blank(_: str) -> str:
    return ""


def _is(text: str) -> Callable[[str], str]:
    return lambda _: text


def _long(words: str) -> Callable[[str], str]:
    return lambda cell: f"{cell} " + words * (1 + 260 // len(words))


def _filled(column: str) -> Callable[[dict[str, str]], bool]:
    return lambda row: row[column] != ""


_STREET = Plan(
    left_out="Reported by",
    added=("Beat note", "see log"),
    spoils=(
        Spoil("bad-date", 9, "Month", _is("Nov-26")),
        Spoil("outside-period", 12, "Month", _is("2026-10")),
        Spoil("not-in-code-list", 14, "Crime type", _is("Violence"), _filled("Crime ID")),
        Spoil("not-in-code-list", 6, "Last outcome category", _is("NFA"), _filled("Last outcome category")),
        Spoil("bad-format", 5, "Crime ID", lambda cell: cell[:12], _filled("Crime ID")),
        Spoil("bad-format", 4, "LSOA code", lambda cell: cell[:7]),
        Spoil("bad-type", 5, "Longitude", lambda cell: f"{cell} E"),
        Spoil("out-of-range", 7, "Latitude", lambda cell: f"-{cell}"),
        Spoil("half-filled", 6, "Latitude", _blank),
        Spoil("blank-required", 8, "Location", _blank),
        Spoil("too-long", 2, "Location", _long("see attached log of the incident ")),
        Spoil("possible-identifier", 3, "Location", lambda cell: f"{cell} ring 07700 900{len(cell):03d}"),
        Spoil("blank-expected", 5, "Last outcome category", _blank, _filled("Last outcome category")),
    ),
)
_SEARCH = Plan(
    left_out="Type",
    added=("Shoulder number", "redacted"),
    spoils=(
        Spoil("bad-date", 8, "Date", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]} {cell[11:16]}"),
        Spoil("outside-period", 6, "Date", _is("2026-12-01T09:30:00+00:00")),
        Spoil("not-in-code-list", 7, "Gender", lambda cell: cell[:1]),
        Spoil("not-in-code-list", 5, "Age range", _is("18 to 24")),
        Spoil("not-in-code-list", 4, "Object of search", _is("Knife")),
        Spoil("not-in-code-list", 3, "Outcome", _is("NFA")),
        Spoil("bad-type", 4, "Part of a policing operation", _is("no")),
        Spoil("bad-type", 3, "Longitude", lambda cell: cell.replace(".", ",")),
        Spoil("out-of-range", 5, "Latitude", lambda cell: f"{float(cell) - 50:.6f}"),
        Spoil("half-filled", 4, "Longitude", _blank),
        Spoil("blank-required", 3, "Date", _blank),
        Spoil("too-long", 2, "Policing operation", _long("Operation Lapwing ")),
        Spoil("possible-identifier", 2, "Policing operation", _is("ask pc@ravensbourne.example")),
        Spoil("blank-wanted", 6, "Officer-defined ethnicity", _blank),
    ),
)
_HOSPITAL = Plan(
    left_out="site_code_of_treatment",
    added=("triage_colour", "amber"),
    spoils=(
        Spoil("bad-date", 4, "assault_datetime", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]} {cell[11:]}"),
        Spoil("outside-period", 3, "arrival_datetime", lambda cell: f"2026-12{cell[7:]}"),
        Spoil("not-in-code-list", 4, "assault_method", _is("knife")),
        Spoil("not-in-code-list", 3, "assault_location_type", _is("L3")),
        Spoil("bad-period", 3, "reporting_period_start", _is("2026-10-01")),
        Spoil("out-of-order", 3, "assault_datetime", _is("2026-11-30T23:59")),
        Spoil("long-gap", 2, "assault_datetime", lambda cell: f"2026-09{cell[7:]}"),
        Spoil("blank-required", 3, "assault_method", _blank),
        Spoil("blank-wanted", 3, "assault_location_description", _blank),
        Spoil("too-long", 2, "assault_location_description", _long("behind the bins by the railings ")),
        Spoil("too-long", 1, "assault_method_other", _long("glass ashtray and a chair ")),
        Spoil("blank-expected", 2, "assault_method", _is("A98"), lambda row: row["assault_method_other"] == ""),
    ),
    ragged=2,
    copies=2,
)
_AMBULANCE = Plan(
    left_out="conveyed",
    added=("vehicle", "DCA"),
    spoils=(
        Spoil("bad-date", 4, "call_datetime", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]} {cell[11:]}"),
        Spoil("outside-period", 3, "call_datetime", lambda cell: f"2026-10{cell[7:]}"),
        Spoil("not-in-code-list", 4, "chief_complaint_code", _is("99")),
        Spoil("not-in-code-list", 3, "age_band", _is("18-25")),
        Spoil("bad-format", 3, "incident_no", lambda cell: cell[1:7]),
        Spoil("bad-format", 3, "ampds_determinant", _is("D-27")),
        Spoil("bad-type", 4, "easting", lambda cell: f"{cell[:3]},{cell[3:]}"),
        Spoil("out-of-range", 3, "easting", lambda cell: f"{cell}0"),
        Spoil("half-filled", 3, "northing", _blank),
        Spoil("out-of-order", 3, "on_scene_datetime", _is("2026-10-31T23:58")),
        Spoil("blank-required", 3, "incident_no", _blank),
        Spoil(
            "blank-required-here",
            2,
            "crew_illness_code",
            _blank,
            lambda row: row["chief_complaint_code"] in ("17", "21"),
        ),
        Spoil("blank-wanted", 3, "response_category", _blank),
    ),
    ragged=2,
    copies=3,
    copies_raise="repeated-key",
)
PLANS = {
    "police/street-crime": _STREET,
    "police/stop-and-search": _SEARCH,
    "health/istv-assaults": _HOSPITAL,
    "ambulance/violence-callouts": _AMBULANCE,
}


def spoilt(streams: Streams, dataset: str, clean: Table) -> Spoilt:
    """The clean month with a dozen kinds of errors planted, each in rows of its own."""
    plan = PLANS[dataset]
    header, rows = list(clean.header), clean.rows()
    order = streams.named("sample", dataset).permutation(len(rows)).tolist()
    planted: Counter[str] = Counter({"extra-column": 1, "ragged-row": plan.ragged})
    untouched = set(order)
    for spoil in plan.spoils:
        column = header.index(spoil.column)
        chosen = _take(spoil, header, rows, (row for row in order if row in untouched))
        for row in chosen:
            rows[row][column] = spoil.change(rows[row][column])
        untouched.difference_update(chosen)
        planted[spoil.code] += len(chosen)
    spare = [row for row in order if row in untouched]
    ragged, copied = spare[: plan.ragged], spare[plan.ragged : plan.ragged + plan.copies]
    name, value = plan.added
    header.append(name)
    for cells in rows:
        cells.append(value)
    for number in ragged:
        rows[number].append("see note")  # as when a comma in a text is not quoted
    rows.extend(list(rows[row]) for row in copied)
    planted[plan.copies_raise] += len(copied)
    return Spoilt(csv_bytes([header, *rows]), len(rows), dict(sorted(planted.items())))


def _take(spoil: Spoil, header: list[str], rows: list[list[str]], candidates: Iterator[int]) -> list[int]:
    fitting = (row for row in candidates if spoil.only(dict(zip(header, rows[row], strict=True))))
    return [row for row, _ in zip(fitting, range(spoil.rows), strict=False)]


def without_a_column(dataset: str, clean: Table) -> Spoilt:
    """The clean month without a column that the schema needs."""
    gone = PLANS[dataset].left_out
    kept = {name: column for name, column in zip(clean.header, clean.columns, strict=True) if name != gone}
    return Spoilt(Table.of(kept).csv(), len(clean), {"missing-column": 1})


def with_nhs_numbers(streams: Streams, clean: Table) -> Spoilt:
    """The hospital's clean month with NHS numbers of the range kept for tests (999…) in six descriptions of the place.

    They have valid check digits and belong to nobody. Such a file must be refused and not kept.
    """
    rows = clean.rows()
    column = clean.header.index("assault_location_description")
    rng = streams.named("sample", "nhs-numbers")
    for row in rng.permutation(len(rows))[:6].tolist():
        number = _test_number(rng)
        rows[row][column] += f" (NHS {number[:3]} {number[3:6]} {number[6:]})"
    return Spoilt(csv_bytes([list(clean.header), *rows]), len(rows), {"possible-identifier": 6})


def _test_number(rng: np.random.Generator) -> str:
    while True:  # one in eleven beginnings has no check digit
        start = f"999{int(rng.integers(1_000_000)):06d}"
        for digit in "0123456789":
            if is_valid(start + digit):
                return start + digit

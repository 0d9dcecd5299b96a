"""Real files in every form they may be sent in, and the real files that are no extract: accepted rows and counts by other tools."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from hub.engine import DuckDbEngine
from hub.schemas import Outcome, check, check_file
from hub.schemas.header import share_of
from tests.support.schemas import codes, registry, schema_of
from tests.support.shared import shared

STREET, SEARCHES = "police/street-crime", "police/stop-and-search"
CITY = "data/police/street/2022-03-city-of-london-street.csv"
MET = "data/police/stop_search/2023-07-metropolitan-stop-and-search.csv"


def accepted(content: bytes, dataset: str, period: str) -> list[tuple[Any, ...]]:
    with DuckDbEngine().session() as session:
        source = session.hold(content)
        result = check(
            session,
            source,
            schema_of(dataset),
            period=period,
            file_name="extract",
            read_bytes=lambda: session.held(source),
        )
        return session.rows(f"SELECT * FROM {result.accepted} ORDER BY hub_row")


def by_another_tool(path: Path, form: str) -> bytes:
    """The file as another program writes it, having read it with its own eyes and types."""
    out = io.BytesIO()
    if form == "parquet":
        pq.write_table(pa_csv.read_csv(path), out)
        return out.getvalue()
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    if form == "xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Extract")
        for row in rows:
            sheet.append(row)
        book.save(out)
        return out.getvalue()
    text = io.StringIO(newline="")
    csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\r").writerows(rows)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("extract.tsv", text.getvalue().encode("utf-16"))
    return out.getvalue()


@pytest.mark.parametrize("form", ["parquet", "xlsx", "zipped-utf-16-tsv"])
@pytest.mark.parametrize(("name", "dataset"), [(CITY, STREET), pytest.param(MET, SEARCHES, marks=pytest.mark.slow)])
def test_a_real_file_gives_the_same_accepted_rows_in_every_form(name: str, dataset: str, form: str) -> None:
    path = shared(name)
    period = path.name[:7]
    plain = accepted(path.read_bytes(), dataset, period)
    assert len(plain) > 600
    assert accepted(by_another_tool(path, form), dataset, period) == plain


def others() -> list[Path]:
    """The CSV files and workbooks of the real data that fit no agreed schema whole."""
    root = shared("data")
    found = []
    for path in sorted([*root.rglob("*.csv"), *root.rglob("*.xlsx")]):
        if path.suffix == ".csv":
            with path.open(newline="", encoding="cp1252") as file:
                names = [name.removeprefix("ï»¿") for name in next(csv.reader(file))]
            fits = max(share_of(names, schema) for schema in registry().all())
        else:
            fits = 0
        if fits < 1 and "fire/lfb-animal" not in str(path):
            found.append(path)
    return found


@pytest.mark.slow
def test_every_other_real_file_is_returned_as_of_another_layout_with_all_its_rows_counted() -> None:
    files = others()
    assert len(files) > 15
    for path in files:
        report = check_file(path, schema_of(STREET), registry=registry())
        assert report.outcome in {Outcome.RETURNED, Outcome.REFUSED}, path.name
        encoding = encoding_of(path)
        reasons = (
            {"wrong-schema", "too-many-columns", "refused-field"} if encoding == "utf-8-sig" else {"wrong-encoding"}
        )
        assert reasons & set(codes(report)), (path.name, codes(report))
        if path.suffix == ".csv":
            with path.open(newline="", encoding=encoding) as file:
                assert report.rows == sum(1 for row in csv.reader(file) if row) - 1, path.name


def encoding_of(path: Path) -> str:
    """UTF-8 if it is, else what was found to be right for the two files of the real data that are not."""
    if path.suffix != ".csv":
        return "utf-8-sig"
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"

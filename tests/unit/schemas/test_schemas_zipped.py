"""A zip archive that holds one file is that file; any other is returned with what is wrong with it, and nothing leaves it."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.schemas import CheckReport, ImportProfile, Outcome
from tests.support.schemas import checked, codes, csv_of, found, rows_of
from tests.support.workbooks import ods_of, table_of, xlsx_of

CRIME = "police/street-crime"
ROWS = rows_of(CRIME, 5, Location="On or near Café")
CSV = csv_of(ROWS)
MIB = 2**20


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


def refused(report: CheckReport, *words: str) -> None:
    assert (report.outcome, codes(report), report.rows) == (Outcome.RETURNED, ["bad-zip"], 0)
    said = found(report, "bad-zip")
    assert all(word in said.message for word in words), said.message
    assert "Send the file itself" in said.remedy


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("extract.csv", CSV, "utf-8"),
        ("extract.tsv", CSV.replace(b",", b"\t"), "utf-8"),
        ("extract.csv", CSV.decode().encode("utf-16"), "utf-16-le"),
        ("extract.xlsx", xlsx_of(table_of(ROWS)), "xlsx"),
        ("extract.ods", ods_of(table_of(ROWS)), "ods"),
        ("extract.parquet", parquet(), "parquet"),
    ],
    ids=["csv", "tsv", "utf-16", "xlsx", "ods", "parquet"],
)
def test_the_one_file_in_it_is_checked_whatever_it_is(tmp_path: Path, name: str, content: bytes, encoding: str) -> None:
    method = zipfile.ZIP_STORED if encoding in {"xlsx", "parquet"} else zipfile.ZIP_DEFLATED
    archive = zipped({f"folder/{name}": content}, method=method)
    report = checked(tmp_path, CRIME, archive)
    assert report.outcome in {Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS}, codes(report)
    assert (report.accepted_rows, report.encoding, report.size) == (5, encoding, len(archive))


def test_what_systems_put_beside_a_file_is_passed_over(tmp_path: Path) -> None:
    files = {"a/": b"", "a/x.csv": CSV, "__MACOSX/a/._x.csv": b"\0\5", "a/.DS_Store": b"\0", "Thumbs.db": b"\0"}
    assert checked(tmp_path, CRIME, zipped(files)).outcome is Outcome.ACCEPTED


def test_an_encoding_that_was_confirmed_holds_inside_too(tmp_path: Path) -> None:
    archive = zipped({"x.csv": CSV.decode().encode("mac-roman")})
    assert codes(checked(tmp_path, CRIME, archive)) == ["wrong-encoding"]
    report = checked(tmp_path, CRIME, archive, profile=ImportProfile(encoding="mac-roman"))
    assert (report.encoding, report.accepted_rows) == ("mac-roman", 5)


@pytest.mark.slow
def test_a_large_file_is_kept_sealed_while_it_is_read(tmp_path: Path) -> None:
    """More than fits in memory at once: its text goes into sealed scratch, and comes out the same."""
    rows = rows_of(CRIME, 3)
    lines = csv_of(rows).splitlines(keepends=True)
    noise = random.Random(3).randbytes(32 * 200_000).hex().encode()
    content = lines[0] + b"".join(noise[64 * n : 64 * n + 64] + lines[1][64:] for n in range(200_000))
    assert len(content) > 32 * MIB
    report = checked(tmp_path, CRIME, zipped({"x.csv": content}))
    assert report.rows == 200_000


# ---- refusals ----------------------------------------------------------------------------------------------------------


def test_several_files_none_and_a_zip_in_a_zip_are_named(tmp_path: Path) -> None:
    refused(checked(tmp_path, CRIME, zipped({"a.csv": CSV, "b.csv": CSV})), "more than one file")
    refused(checked(tmp_path, CRIME, zipped({"folder/": b""})), "no file in it")
    refused(checked(tmp_path, CRIME, zipped({})), "no file in it")
    refused(checked(tmp_path, CRIME, zipped({"a.zip": zipped({"a.csv": CSV})})), "another zip file")


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    refused(checked(tmp_path, CRIME, zipped({"a.csv": b"a,b\n" + b"1,2\n" * (50 * MIB // 4)})), "unpacks to far more")


def test_a_file_that_is_longer_than_it_says_is_refused_on_the_way(tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,2\n" * (MIB // 4)
    archive = bytearray(zipped({"a.csv": content}))
    entry = archive.rindex(b"PK\x01\x02")
    struct.pack_into("<I", archive, entry + 24, 100)
    refused(checked(tmp_path, CRIME, bytes(archive)), "unpacks to far more")


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "C:\\a.csv", "a\\..\\b.csv"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    refused(checked(tmp_path, CRIME, zipped({name: CSV})), "a name that leads elsewhere")
    assert [path.name for path in tmp_path.iterdir()] == ["extract.csv"]


def test_a_wrong_checksum_and_a_cut_file_are_damaged(tmp_path: Path) -> None:
    archive = bytearray(zipped({"a.csv": CSV}, method=zipfile.ZIP_STORED))
    archive[60] ^= 1
    refused(checked(tmp_path, CRIME, bytes(archive)), "damaged")
    whole = zipped({"a.csv": CSV})
    for cut in (40, len(whole) - 1):
        refused(checked(tmp_path, CRIME, whole[:cut]), "damaged")


def test_a_password_is_named(tmp_path: Path) -> None:
    archive = bytearray(zipped({"a.csv": CSV}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(sign) + place] |= 1
    assert codes(checked(tmp_path, CRIME, bytes(archive))) == ["password-protected"]


def test_a_health_file_in_a_zip_is_looked_through(tmp_path: Path) -> None:
    rows = rows_of("health/istv-assaults", 3, assault_location_description="9434765919")
    report = checked(tmp_path, "health/istv-assaults", zipped({"a.csv": csv_of(rows)}))
    assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["possible-identifier"])
    ragged = csv_of(rows) + b"9434765919\r\n"
    assert checked(tmp_path, "health/istv-assaults", zipped({"a.csv": ragged})).outcome is Outcome.REFUSED

"""Workbooks that mean harm are refused before they do any; what is honest is read exactly, in a process that can do nothing."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from hub.kit.workbooks import Asked, BadWorkbook, Column, opened
from hub.kit.workbooks.archive import open_archive
from hub.kit.workbooks.model import MOST_BYTES
from hub.kit.workbooks.reading import OpenWorkbook
from tests.support.workbooks import (
    SHEET,
    Xml,
    ods_of,
    ods_with,
    part_of,
    replaced,
    sheet_xml,
    with_shared,
    with_sheet,
    xlsx_of,
)

PLAIN = with_shared(xlsx_of([["a", "b"], ["1", "2"]]), "<si><t>shared</t></si>")
SECONDS = 2.0
"""Processor time in which a bomb is refused."""


def asked(*columns: Column, header: int = 1) -> Asked:
    return Asked(sheet=0, header=header, columns=columns)


def read(content: bytes) -> None:
    workbook = OpenWorkbook(content)
    workbook.overview()
    workbook.table(asked())


def refusal(content: bytes) -> tuple[str, str]:
    """Why the workbook is refused, and that it costs little time."""
    start = time.process_time()
    with pytest.raises(BadWorkbook) as caught:
        read(content)
    assert time.process_time() - start < SECONDS
    return caught.value.code, caught.value.what


def csv_of_sheet(content: bytes, *columns: Column) -> list[str]:
    return OpenWorkbook(content).table(asked(*columns)).csv.decode().splitlines()


# ---- bombs -----------------------------------------------------------------------------------------------------------------


def test_a_part_that_unpacks_a_thousandfold_is_refused_before_it_is() -> None:
    rows = '<row r="2"><c r="A2"><v>1</v></c></row>' + " " * (64 * 2**20)
    bomb = with_sheet(rows)
    assert len(bomb) < 2**20
    assert refusal(bomb) == ("workbook-too-large", "bomb")


def test_parts_that_unpack_to_too_much_together_are_refused() -> None:
    archive = open_archive(PLAIN)
    archive.left = len(archive.inflated(SHEET)) + 10
    archive.inflated(SHEET)
    with pytest.raises(BadWorkbook, match="workbook-too-large"):
        archive.inflated(SHEET)


def test_a_part_that_is_longer_than_it_says_is_refused() -> None:
    """The directory lies: calamine would go on inflating."""
    content = bytearray(with_sheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{" " * 2**22}'))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    for place in range(len(content) - 4):
        if content[place : place + 4] == struct.pack("<I", size):
            content[place : place + 4] = struct.pack("<I", 300)
    assert refusal(bytes(content)) == ("workbook-too-large", "bomb")


def test_a_directory_of_a_hundred_thousand_members_is_not_even_read() -> None:
    content = bytearray(replaced(PLAIN, {}))
    place = content.rindex(b"PK\x05\x06")
    content[place + 10 : place + 12] = struct.pack("<H", 60_000)
    assert refusal(bytes(content)) == ("workbook-too-large", "members")


def test_a_file_beyond_the_limit_is_not_opened() -> None:
    with pytest.raises(BadWorkbook, match="workbook-too-large"), opened(b"PK\x03\x04" + bytes(MOST_BYTES)):
        pass


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://192.0.2.1/evil.dtd">',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_and_document_types_are_refused_in_every_part(part: str, document: str) -> None:
    data = part_of(PLAIN, part)
    start = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
    assert refusal(replaced(PLAIN, {part: data[:start] + document.encode() + data[start:]})) == (
        "bad-workbook",
        "entities",
    )


def test_a_part_in_another_encoding_hides_nothing() -> None:
    data = part_of(PLAIN, SHEET).decode().encode("utf-16")
    assert refusal(replaced(PLAIN, {SHEET: data})) == ("bad-workbook", "encoding")
    data = b'<?xml version="1.0" encoding="UTF-7"?>' + part_of(PLAIN, SHEET)
    assert refusal(replaced(PLAIN, {SHEET: data})) == ("bad-workbook", "encoding")


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "cells"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "address"),
        ('<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>', "address"),
        ('<row r="1"><c r="A99999999999"><v>1</v></c></row>', "address"),
        ('<row r="0"><c><v>1</v></c></row>', "address"),
        (f'<row r="1">{"<c><v>1</v></c>" * 16_385}</row>', "address"),
    ],
)
def test_cells_that_reach_absurdly_far_are_refused(rows: str, what: str) -> None:
    assert refusal(with_sheet(rows))[1] == what


def test_a_million_columns_are_refused() -> None:
    assert refusal(with_sheet(f'<row r="1">{"<c><v>1</v></c>" * 1_000_000}</row>'))[0] in {
        "bad-workbook",
        "workbook-too-large",
    }


def test_a_dimension_that_is_only_claimed_changes_nothing() -> None:
    content = with_sheet('<row r="1"><c r="A1"><v>1</v></c></row>', around='<dimension ref="A1:XFD1048576"/>')
    assert csv_of_sheet(content) == ["1"]


def test_cells_with_a_format_and_no_value_do_not_count() -> None:
    """Excel leaves them behind all the way down."""
    content = with_sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>')
    assert csv_of_sheet(content) == ["1"]


def test_a_long_text_shown_in_many_cells_is_refused() -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 2_001))
    content = replaced(with_shared(PLAIN, f"<si><t>{'x' * 2**20}</t></si>"), {SHEET: sheet_xml(cells)}, stored=True)
    assert refusal(content) == ("workbook-too-large", "text")


@pytest.mark.parametrize(
    "row",
    [
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
        'office:value-type="float" office:value="1"/></table:table-row>',
        '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row><table:table-row>'
        '<table:table-cell table:number-columns-repeated="16383"/><table:table-cell office:value-type="float" office:value="1"/>'
        "</table:table-row>",
        '<table:table-row table:number-rows-repeated="99999999999"><table:table-cell office:value="1"/></table:table-row>',
    ],
)
def test_repeats_in_an_ods_workbook_are_counted_out_before_they_are_filled(row: str) -> None:
    code, what = refusal(ods_with(f'<table:table table:name="a">{row}</table:table>'))
    assert (code, what) in {("workbook-too-large", "cells"), ("bad-workbook", "address")}


def test_a_long_text_repeated_in_an_ods_workbook_is_refused() -> None:
    row = (
        '<table:table-row table:number-rows-repeated="1000"><table:table-cell office:value-type="string"><text:p>'
        + "x" * 2**20
        + "</text:p></table:table-cell></table:table-row>"
    )
    assert refusal(ods_with(f'<table:table table:name="a">{row}</table:table>'))[0] == "workbook-too-large"


# ---- broken archives ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["/etc/passwd", "../../x", "C:/x", "xl/../../x", "xl\\..\\x"])
def test_names_that_lead_outside_are_refused(name: str) -> None:
    assert refusal(replaced(PLAIN, {name: b"x"})) == ("bad-workbook", "names")


def test_two_members_of_one_name_are_refused() -> None:
    assert refusal(replaced(PLAIN, {"XL/Workbook.xml": b"<x/>"})) == ("bad-workbook", "names")


@pytest.mark.parametrize("cut", [5, 100, -30, -1])
def test_a_cut_off_archive_is_refused(cut: int) -> None:
    assert refusal(PLAIN[:cut])[0] == "bad-workbook"


def test_a_damaged_part_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        start = archive.getinfo(SHEET).header_offset + 60
    damaged = PLAIN[:start] + bytes(20) + PLAIN[start + 20 :]
    assert refusal(damaged)[0] in {"bad-workbook", "workbook-too-large"}


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_missing_part_is_refused(part: str) -> None:
    assert refusal(replaced(PLAIN, {part: None}))[0] == "bad-workbook"


def test_xml_that_is_not_well_formed_is_refused() -> None:
    assert refusal(with_sheet('<row r="1"><c r="A1"><v>1</c></row>'))[0] == "bad-workbook"


# ---- exact values --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A2"><v>1</v></c>', "1"),
        ('<c r="A2"><v>-0</v></c>', "0"),
        ('<c r="A2"><v>1E+5</v></c>', "100000"),
        ('<c r="A2"><v>1.0000000000000001E-5</v></c>', "0.00001"),
        ('<c r="A2"><v>51.402000000000001</v></c>', "51.402"),
        ('<c r="A2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A2" t="inlineStr"><is><t>01</t></is></c>', "01"),
        ('<c r="A2" t="str"><f>"x"</f><v>x</v></c>', "x"),
        ('<c r="A2" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', " a "),
        ('<c r="A2" t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r></is></c>', "rich"),
        ('<c r="A2" t="inlineStr"><is><t>=1+1</t></is></c>', "=1+1"),
    ],
)
def test_a_cell_is_its_exact_text(cell: str, text: str) -> None:
    content = with_sheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>n</t></is></c></row><row r="2">{cell}</row>')
    assert csv_of_sheet(content) == ["n", text]


def test_a_number_that_lost_its_noughts_is_marked_where_pattern_or_codes_show_it() -> None:
    content = xlsx_of([["n"], [7], [123], ["007"]])
    for column in (Column(kind="text", pattern="[0-9]{3}"), Column(kind="text", codes=("007", "123"))):
        (mark,) = OpenWorkbook(content).table(asked(column)).marks
        assert (mark.kind, mark.count, mark.rows) == ("zeros", 1, (2,))
    assert OpenWorkbook(content).table(asked(Column(kind="text"))).marks == ()


def test_marks_do_not_depend_on_how_the_xml_is_written() -> None:
    """Prefixes, quotes, blanks and spelt-out signs: the quick search must send each of these to the exact pass."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    for cell in (
        "<c r='A2'><f>1</f></c>",
        '<c\nr="A2"><f\n>1</f\n></c>',
        '<c r="A2" t = "e"><v>#N/A</v></c>',
        "<c r=\"A2\" t='e'><v>#N/A</v></c>",
        "<c><f/></c>",
    ):
        content = with_sheet(
            f'<row r="1"><c r="A1"><v>9</v></c></row><row r="2">{cell}</row><row r="3"><c r="A3"><v>1</v></c></row>'
        )
        table = OpenWorkbook(content).table(asked())
        assert table.unreadable == (2,), cell
        assert table.csv == b"9\r\n\r\n1\r\n"
    data = sheet_xml('<row r="1"><c r="A1"><v>9</v></c></row><row r="2"><c r="A2"><f>1</f></c></row>').decode()
    prefixed = data.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    assert namespace in prefixed
    assert OpenWorkbook(replaced(PLAIN, {SHEET: prefixed.encode()})).table(asked()).unreadable == (2,)


def test_a_text_of_a_comment_is_no_cell() -> None:
    sheet = sheet_xml('<row r="1"><c r="A1"><v>9</v></c><!-- <c r="B1"><v>1</v></c> --></row>')
    assert csv_of_sheet(replaced(PLAIN, {SHEET: sheet})) == ["9"]


def test_signs_that_an_ods_workbook_spells_as_elements_are_read() -> None:
    cell = '<text:p>a<text:s text:c="2"/>b<text:span>c<text:line-break/>d</text:span><text:tab/>e</text:p>'
    content = ods_of([["n"], [Xml(f'<table:table-cell office:value-type="string">{cell}</table:table-cell>')]])
    assert OpenWorkbook(content).table(asked()).csv.decode() == 'n\r\n"a  bc\nd\te"\r\n'


def test_a_note_on_a_cell_is_no_part_of_its_value() -> None:
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    cell = Xml(f'<table:table-cell office:value-type="string">{note}<text:p>x</text:p></table:table-cell>')
    assert OpenWorkbook(ods_of([["n"], [cell]])).table(asked()).csv == b"n\r\nx\r\n"


def test_limits_that_the_system_does_not_know_are_left_out() -> None:
    """`hub check` on a machine without POSIX: the bounds on the file itself hold all the same."""
    program = (
        "import sys\nsys.modules['resource'] = None\nsys.modules['fcntl'] = None\n"
        "from hub.kit.apart import confine\nconfine(memory=2**30, seconds=9)\nfrom hub.schemas import check_file\nprint('done')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "done"


# ---- the process apart ---------------------------------------------------------------------------------------------------------


def test_the_process_apart_says_the_same_as_this_one() -> None:
    for content in (PLAIN, ods_of([["a", "b"], ["1", "2"]])):
        here = OpenWorkbook(content)
        with opened(content) as apart:
            assert apart.overview() == here.overview()
            assert apart.table(asked()) == here.table(asked())


def test_a_process_that_hangs_is_ended_and_that_is_said() -> None:
    # it may be gone before or after it was handed the file: either way that is the answer
    with pytest.raises(BadWorkbook, match="gone"):
        _ask_one_that_hangs()


def _ask_one_that_hangs() -> None:
    with opened(PLAIN, patience=0.0) as apart:
        apart._apart.process.wait(20)
        apart.overview()


def test_a_process_that_dies_is_answered_as_a_bad_workbook() -> None:
    with opened(PLAIN) as apart:
        apart.overview()
        apart._apart.process.kill()
        apart._apart.process.wait()
        with pytest.raises(BadWorkbook, match="gone"):
            apart.overview()


@pytest.mark.skipif(sys.platform == "win32", reason="the limits are those of POSIX")
@pytest.mark.parametrize(
    ("deed", "error"),
    [
        ("import socket; socket.socket()", "OSError"),
        ("open('/etc/hostname')", "OSError"),
        ("open('left-behind', 'w')", "OSError"),
        ("bytearray(3 * 2**30)", "MemoryError"),
        ("import os; os.pipe()", "OSError"),
    ],
)
def test_the_process_can_open_nothing_and_take_little(deed: str, error: str) -> None:
    program = (
        "from hub.kit.apart import confine\nimport socket\nconfine(memory=5 * 2**28, seconds=9)\n"
        f"try:\n    {deed}\nexcept Exception as caught:\n    print(type(caught).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == error


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells")
def test_the_process_is_told_nothing_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ROOT_KEY", "a secret")
    with opened(PLAIN) as apart:
        environment = Path(f"/proc/{apart._apart.process.pid}/environ").read_bytes()
    assert b"a secret" not in environment

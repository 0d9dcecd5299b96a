"""Encodings: what the bytes prove is read, what a person confirms is read so and told, and nothing else is ever guessed."""
# ruff: noqa: RUF001 - signs of other encodings are what this file is about

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import (
    ENCODINGS,
    ImportProfile,
    Outcome,
    check,
    encodings_proposed,
    known_encoding,
    read_as,
    reading_document,
    values_at,
)
from hub.schemas.text import Mixture, scan
from tests.support.schemas import checked, codes, csv_of, found, rows_of, schema_of

CRIME = "police/street-crime"
KEPT = {Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS}
UTF16 = ("utf-16-le", "utf-16-be")
BOM = "\ufeff"
SAID = "On or near Café “Zoë’s” – £2"


def pieces(content: bytes, size: int = 64) -> Callable[[], Iterable[bytes]]:
    return lambda: (content[start : start + size] for start in range(0, len(content), size))


def text_of(count: int = 4, **changes: str) -> str:
    return csv_of(rows_of(CRIME, count, **changes)).decode()


def locations(content: bytes, profile: ImportProfile) -> list[str]:
    """The accepted values of one column, in the order of their rows."""
    with DuckDbEngine().session() as session:
        checked = check(
            session,
            session.hold(content),
            schema_of(CRIME),
            period="2024-05",
            file_name="extract.csv",
            read_bytes=pieces(content),
            profile=profile,
        )
        return [said for (said,) in session.rows(f'SELECT "Location" FROM {checked.accepted} ORDER BY hub_row')]


# ---- UTF-16 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", BOM], ids=["no-bom", "bom"])
@pytest.mark.parametrize("codec", UTF16)
def test_utf_16_is_read_and_told(tmp_path: Path, codec: str, mark: str) -> None:
    content = (mark + text_of(Location=SAID + " 𝄞")).encode(codec)
    report = checked(tmp_path, CRIME, content)
    assert (report.outcome, codes(report), report.rows) == (Outcome.ACCEPTED_WITH_WARNINGS, ["other-encoding"], 4)
    assert (report.encoding, report.size) == (codec, len(content))
    assert "UTF-16" in found(report, "other-encoding").message
    assert locations(content, ImportProfile())[0] == SAID + " 𝄞"


@pytest.mark.parametrize("codec", UTF16)
def test_half_a_sign_of_utf_16_is_found_where_it_stands(tmp_path: Path, codec: str) -> None:
    good = text_of().encode(codec)
    place = len("\r\n".join(text_of().split("\r\n")[:3]).encode(codec)) - 8
    high, low = "\ud834".encode(codec, "surrogatepass"), "\udd1e".encode(codec, "surrogatepass")
    for broken in (good[:place] + high + good[place:], good[:place] + low + good[place:]):
        finding = found(checked(tmp_path, CRIME, broken), "wrong-encoding")
        assert (finding.rows, f"{place:,}" in finding.message) == ((3,), True)
    odd = checked(tmp_path, CRIME, good + b"x")
    assert (codes(odd), found(odd, "wrong-encoding").rows) == (["wrong-encoding"], (6,))
    assert f"{len(good):,}" in found(odd, "wrong-encoding").message


def test_a_nul_in_utf_16_is_found_at_its_own_offset(tmp_path: Path) -> None:
    text = text_of().replace("High Street", "High\0£Street", 1)
    finding = found(checked(tmp_path, CRIME, text.encode("utf-16-le")), "not-csv")
    assert (finding.rows, f"{2 * text.index(chr(0)):,}" in finding.message) == ((2,), True)


def test_a_line_without_end_in_utf_16_is_found(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, (text_of() + "Ċ" * 700_000).encode("utf-16-le"))  # its bytes look like line ends
    assert (codes(report), found(report, "line-too-long").rows) == (["line-too-long"], (6,))


def test_nothing_but_a_byte_order_mark_is_an_empty_file(tmp_path: Path) -> None:
    for codec in UTF16:
        assert codes(checked(tmp_path, CRIME, BOM.encode(codec))) == ["empty-file"]


# ---- confirmed encodings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-15", "mac-roman", "cp850"])
def test_a_confirmed_encoding_is_read_and_told(tmp_path: Path, encoding: str) -> None:
    content = text_of(Location="On or near Café Müller").encode(encoding)
    unsaid = checked(tmp_path, CRIME, content)
    assert (unsaid.outcome, codes(unsaid), unsaid.encoding) == (Outcome.RETURNED, ["wrong-encoding"], "")
    confirmed = ImportProfile(encoding=encoding)
    report = checked(tmp_path, CRIME, content, profile=confirmed)
    assert (report.outcome, codes(report), report.encoding) == (
        Outcome.ACCEPTED_WITH_WARNINGS,
        ["other-encoding"],
        encoding,
    )
    assert "because you confirmed it; 2 of them" in found(report, "other-encoding").message
    assert locations(content, confirmed)[0] == "On or near Café Müller"


def test_values_are_read_back_in_the_confirmed_encoding() -> None:
    content = text_of(Location="Café").encode("cp850")
    with DuckDbEngine().session() as session:
        values = values_at(
            session,
            session.hold(content),
            schema_of(CRIME),
            read_bytes=pieces(content),
            field="Location",
            rows=[2],
            profile=ImportProfile(encoding="cp850"),
        )
    assert values == {2: "Café"}


def test_a_byte_that_the_confirmed_encoding_does_not_know_is_located(tmp_path: Path) -> None:
    content = text_of(Location="Caf?").encode().replace(b"?", b"\x81")
    report = checked(tmp_path, CRIME, content, profile=ImportProfile(encoding="windows-1252"))
    finding = found(report, "wrong-encoding")
    assert (report.outcome, finding.rows) == (Outcome.RETURNED, (2,))
    assert f"{content.index(0x81):,}" in finding.message
    assert "as was confirmed" in finding.message


def test_a_file_in_utf_8_is_read_as_that_whatever_was_confirmed_for_an_earlier_one_and_it_is_told(
    tmp_path: Path,
) -> None:
    content = text_of(Location=SAID).encode()
    for encoding in ENCODINGS:
        report = checked(tmp_path, CRIME, content, profile=ImportProfile(encoding=encoding))
        told = [] if encoding == "utf-8" else ["choice-not-used"]
        assert (report.encoding, codes(report)) == ("utf-8", told)
        assert report.outcome is (Outcome.ACCEPTED_WITH_WARNINGS if told else Outcome.ACCEPTED)
        assert locations(content, ImportProfile(encoding=encoding))[0] == SAID
    assert "Windows-1252" in told_of(tmp_path, content, "windows-1252")
    assert "UTF-8" in told_of(tmp_path, content, "windows-1252")


def told_of(folder: Path, content: bytes, encoding: str) -> str:
    return found(checked(folder, CRIME, content, profile=ImportProfile(encoding=encoding)), "choice-not-used").message


def test_a_file_in_utf_16_is_read_as_that_whatever_was_confirmed_and_it_is_told(tmp_path: Path) -> None:
    content = text_of(Location=SAID).encode("utf-16")
    report = checked(tmp_path, CRIME, content, profile=ImportProfile(encoding="cp850"))
    assert codes(report) == ["other-encoding", "choice-not-used"]
    assert "UTF-16" in told_of(tmp_path, content, "cp850")


def test_of_plain_letters_nothing_is_told_for_they_are_the_same_in_each_encoding_but_utf_16(tmp_path: Path) -> None:
    for encoding in ENCODINGS:
        report = checked(tmp_path, CRIME, text_of().encode(), profile=ImportProfile(encoding=encoding))
        assert codes(report) == (["choice-not-used"] if encoding.startswith("utf-16") else [])


def test_the_page_says_that_a_confirmed_encoding_or_delimiter_was_not_used(tmp_path: Path) -> None:
    content = text_of(Location=SAID).encode()
    with DuckDbEngine().session() as session:
        profile = ImportProfile(encoding="windows-1252", delimiter=";")
        shown = read_as(session, session.hold(content), schema_of(CRIME), read_bytes=pieces(content), profile=profile)
    assert (shown.encoding, shown.delimiter) == ("utf-8", ",")
    assert ["Windows-1252" in shown.unused[0], "semicolon" in shown.unused[1]] == [True, True], shown.unused
    assert reading_document(shown)["unused"] == list(shown.unused)


def test_an_encoding_that_nobody_reads_is_named_as_such(tmp_path: Path) -> None:
    for encoding in ("klingon", "utf-7", "punycode", "unicode_escape", "hex", "a\0b"):
        report = checked(tmp_path, CRIME, text_of().encode(), profile=ImportProfile(encoding=encoding))
        assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["wrong-encoding"])
        assert encoding not in str(report.as_json())


def test_names_of_encodings_are_those_that_python_knows_them_by() -> None:
    assert [known_encoding(name) for name in ("cp1252", "UTF8", "latin9", "macintosh", "ibm850", "utf-16", "latin-1")] == [
        "windows-1252", "utf-8", "iso-8859-15", "mac-roman", "cp850", "utf-16-le", "",
    ]  # fmt: skip


# ---- two encodings in one file ---------------------------------------------------------------------------------------


def mixed(count: int = 60, odd: range = range(5, 35)) -> bytes:
    rows = rows_of(CRIME, count)
    for row in rows:
        row["Location"] = "On or near Café"
    lines = csv_of(rows).splitlines(keepends=True)
    return b"".join(
        line.decode().encode("windows-1252") if number in odd else line for number, line in enumerate(lines, start=1)
    )


def test_rows_of_a_second_encoding_are_counted_and_located(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, mixed())
    finding = found(report, "mixed-encoding")
    assert (report.outcome, codes(report), report.rows) == (Outcome.RETURNED, ["mixed-encoding"], 60)
    assert (finding.count, finding.rows) == (30, tuple(range(5, 25)))
    assert "30 rows are written in UTF-8 and 30 rows" in finding.message
    assert "Windows-1252" in finding.message


def test_a_mixture_is_no_agreed_encoding_either(tmp_path: Path) -> None:
    """A schema that allows Windows-1252 does not make signs of UTF-8 into three others each."""
    rows = rows_of("fire/incidents", 3, PropertyType="Café")
    content = csv_of(rows).replace("Café".encode(), b"Caf\xe9", 1)
    report = checked(tmp_path, "fire/incidents", content)
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["mixed-encoding"])


def test_a_confirmed_mixture_is_read_line_by_line_and_told(tmp_path: Path) -> None:
    confirmed = ImportProfile(encoding="windows-1252")
    report = checked(tmp_path, CRIME, mixed(), profile=confirmed)
    finding = found(report, "other-encoding")
    assert (report.outcome, report.rows, finding.count, finding.rows) == (
        Outcome.ACCEPTED_WITH_WARNINGS,
        60,
        30,
        tuple(range(5, 25)),
    )
    assert set(locations(mixed(), confirmed)) == {"On or near Café"}


def test_quoted_line_ends_do_not_shift_the_rows_of_a_mixture() -> None:
    content = 'a,b\n"1\n1",é\n\n'.encode() + b"3,\xe9\n" + b'"4\n",\xe9\n'
    assert scan(pieces(content, 3)).mixture == Mixture(odd=2, first=(4, 5), good=1)


# ---- proposals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("Café Müller, £200 – “naïve” d’Arcy", "windows-1252"),
        ("Café Müller, Zoë’s £200", "mac-roman"),
        ("Café Müller, £200, Île", "cp850"),
        ("Llanfair Clydogau, tŷ dŵr, gŵr", "iso-8859-14"),
        ("Rue de l'Œuvre, 5 €, Café", "iso-8859-15"),
        ("déjà vu", "windows-1252"),
    ],
)
def test_the_likeliest_encoding_is_proposed_first(said: str, encoding: str) -> None:
    content = text_of(Location=said).encode(encoding)
    assert encodings_proposed(pieces(content, 100))[0] == encoding


def test_what_the_bytes_prove_is_proposed_alone_and_what_cannot_be_is_not() -> None:
    assert encodings_proposed(pieces(text_of(Location="é").encode())) == ("utf-8",)
    assert encodings_proposed(pieces(text_of().encode("utf-16"), 3)) == ("utf-16-le",)
    assert encodings_proposed(pieces(b"")) == ("utf-8",)
    assert "windows-1252" not in encodings_proposed(pieces(b"a\n\x81\xe9\n"))


def test_encodings_that_give_the_same_text_are_proposed_once() -> None:
    assert encodings_proposed(pieces(b"Caf\xe9\n"))[0] == "windows-1252"
    assert not {"iso-8859-15", "iso-8859-14"} & set(encodings_proposed(pieces(b"Caf\xe9\n")))


def test_proposals_read_nothing_but_lines_that_are_no_utf_8() -> None:
    rows = mixed(40, range(39, 41))
    assert encodings_proposed(pieces(rows, 1000))[0] == "windows-1252"


# ---- health ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-16", "windows-1252"])
def test_an_identifier_in_a_health_file_of_any_encoding_refuses_it(tmp_path: Path, codec: str) -> None:
    rows = rows_of("health/istv-assaults", 3, assault_location_description="Café, 9434765919")
    report = checked(tmp_path, "health/istv-assaults", csv_of(rows).decode().encode(codec))
    assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["possible-identifier"])

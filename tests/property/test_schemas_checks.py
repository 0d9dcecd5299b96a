"""Properties of the checks: whatever stands in the cells, rows are counted rightly, nothing raises, and no value is repeated."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path

import nhs_number
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.schemas import CheckReport
from hub.schemas.identifiers import KINDS
from tests.support.schemas import PERIOD, ROWS, checked, csv_of, rows_of, schema_of

DATASETS = sorted(ROWS)
few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
months = st.sampled_from(["2024-05", "2024-5", "2024-13", "05/2024", "", " ", "2024-05-01"])


def report_on(dataset: str, content: bytes, *, part_accept: bool = True) -> CheckReport:
    with tempfile.TemporaryDirectory() as folder:
        return checked(Path(folder), dataset, content, part_accept=part_accept)


@few
@given(data=st.data())
def test_any_text_in_any_cell_is_counted_and_never_repeated(data: st.DataObject) -> None:
    dataset = data.draw(st.sampled_from(DATASETS))
    rows = rows_of(dataset, 4)
    planted = [data.draw(cells) for _ in range(3)]
    for text in planted:
        rows[data.draw(st.integers(0, 3))][data.draw(st.sampled_from(list(ROWS[dataset])))] = text
    content = csv_of(rows)
    report = report_on(dataset, content)
    records = [record for record in csv.reader(io.StringIO(content.decode(), newline="")) if record]
    assert report.rows == len(records) - 1 == report.accepted_rows + report.quarantined_rows
    said = str([finding.as_json() for finding in report.findings])
    known = str(schema_of(dataset)) + said_of_nothing(dataset)
    assert not [text for text in planted if len(text) > 6 and text in said and text not in known]


def said_of_nothing(dataset: str) -> str:
    """Texts a report may hold anyway: its own words."""
    return " ".join(path.read_text(encoding="utf-8") for path in _WORDS.glob("schemas.yaml")) + dataset + PERIOD


_WORDS = Path(__file__).resolve().parents[2] / "hub" / "kit" / "words" / "en"


@few
@given(content=st.binary(max_size=300), header=st.booleans())
def test_no_bytes_raise(content: bytes, header: bool) -> None:
    head = csv_of(rows_of("health/istv-assaults")).split(b"\r\n", 1)[0] + b"\r\n" if header else b""
    report = report_on("health/istv-assaults", head + content)
    assert report.rows >= report.accepted_rows


@few
@given(wrong=st.lists(months, min_size=1, max_size=12))
def test_bad_rows_are_exactly_those_a_plain_reading_finds_bad(wrong: list[str]) -> None:
    rows = rows_of("police/street-crime", len(wrong))
    for row, month in zip(rows, wrong, strict=True):
        row["Month"] = month
    report = report_on("police/street-crime", csv_of(rows))
    counted = {finding.code: finding.count for finding in report.findings}
    blank = sum(month == "" for month in wrong)
    bad = sum(not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) for month in wrong) - blank
    assert counted == {code: count for code, count in (("blank-required", blank), ("bad-date", bad)) if count}
    good = len(wrong) - blank - bad
    assert report.accepted_rows == good


@few
@given(numbers=st.lists(st.integers(0, 9_999_999_999), min_size=1, max_size=30))
def test_ten_digits_are_an_nhs_number_exactly_when_the_library_says_so(numbers: list[int]) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == "nhs-number"]
    for number in numbers:
        digits = f"{number:010d}"
        for text in (digits, f"{digits[:3]} {digits[3:6]} {digits[6:]}"):
            assert kind.confirm(text) == nhs_number.is_valid(digits)


@pytest.mark.parametrize(
    "dataset",
    [one if number % 4 == 0 else pytest.param(one, marks=pytest.mark.slow) for number, one in enumerate(DATASETS)],
)
@settings(few, max_examples=4)
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_no_count(dataset: str, order: object) -> None:
    rows = rows_of(dataset, 6)
    schema = schema_of(dataset)
    coded = next(field.name for field in schema.columns if field.codes is not None)
    rows[1][coded] = "no such code"
    rows[2] = dict(rows[3])
    columns = list(schema.column_names)
    months = [name for name in rows[0] if name not in columns]  # they stand in their own order, after the others
    before = report_on(dataset, csv_of(rows))
    order.shuffle(rows)  # type: ignore[attr-defined]
    order.shuffle(columns)  # type: ignore[attr-defined]
    after = report_on(dataset, csv_of(rows, [*columns, *months]))
    assert [(one.code, one.field, one.count) for one in before.findings] == [
        (one.code, one.field, one.count) for one in after.findings
    ]
    assert (before.outcome, before.accepted_rows) == (after.outcome, after.accepted_rows)

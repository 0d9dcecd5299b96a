"""Small extracts for tests, written from plain values; checks of them on a desk."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hub.schemas import CheckReport, DatasetSchema, Finding, SchemaRegistry, check_file
from tests.support.schemas_samples_partners import PARTNER_NUMBERED, PARTNER_ROWS

PERIOD = "2024-05"

ROWS: Mapping[str, Mapping[str, str]] = {
    "police/street-crime": {
        "Crime ID": "a" * 64,
        "Month": PERIOD,
        "Reported by": "Ravensbourne Police",
        "Falls within": "Ravensbourne Police",
        "Longitude": "0.014000",
        "Latitude": "51.402000",
        "Location": "On or near High Street",
        "LSOA code": "E01000676",
        "LSOA name": "Bromley 013D",
        "Crime type": "Robbery",
        "Last outcome category": "Under investigation",
        "Context": "",
    },
    "police/stop-and-search": {
        "Type": "Person search",
        "Date": "2024-05-13T22:04:00+00:00",
        "Part of a policing operation": "False",
        "Policing operation": "",
        "Latitude": "51.402",
        "Longitude": "0.014",
        "Gender": "Male",
        "Age range": "18-24",
        "Self-defined ethnicity": "White - Irish",
        "Officer-defined ethnicity": "White",
        "Legislation": "Misuse of Drugs Act 1971 (section 23)",
        "Object of search": "Controlled drugs",
        "Outcome": "Arrest",
        "Outcome linked to object of search": "True",
        "Removal of more than just outer clothing": "False",
    },
    "health/istv-assaults": {
        "reporting_period_start": "2024-05-01",
        "reporting_period_end": "2024-05-31",
        "site_code_of_treatment": "RVB01",
        "arrival_datetime": "2024-05-13T01:12",
        "assault_datetime": "2024-05-13T00:30",
        "assault_method": "A05",
        "assault_method_other": "",
        "assault_location_type": "L03",
        "assault_location_description": "outside the kebab shop",
    },
    "ambulance/violence-callouts": {
        "incident_no": "L2405131234",
        "call_datetime": "2024-05-13T00:36",
        "on_scene_datetime": "2024-05-13T00:44",
        "chief_complaint_code": "27",
        "ampds_determinant": "27D1S",
        "response_category": "C1",
        "crew_illness_code": "stabbing",
        "weapon_hint": "A05",
        "age_band": "18-24",
        "sex": "M",
        "easting": "540300",
        "northing": "169100",
        "location_type": "L01",
        "conveyed": "Y",
        "destination_site_code": "RJZ30",
        "police_on_scene": "Y",
    },
    "police/street-crime-api": {
        "id": "46152015",
        "persistent_id": "b" * 64,
        "month": PERIOD,
        "category": "violent-crime",
        "context": "",
        "location_type": "Force",
        "location_subtype": "",
        "latitude": "51.402",
        "longitude": "0.014",
        "street_id": "931308",
        "street_name": "On or near High Street",
        "outcome_category": "Under investigation",
        "outcome_date": "2024-06",
        "ward_code": "E05000106",
    },
    **PARTNER_ROWS,
}
"""One row of each dataset that breaks no rule."""


@cache
def registry() -> SchemaRegistry:
    """The agreed schemas."""
    return SchemaRegistry.from_folder()


def schema_of(dataset: str) -> DatasetSchema:
    """The agreed schema of a dataset."""
    return registry().get(dataset)


def rows_of(dataset: str, count: int = 3, **changes: str) -> list[dict[str, str]]:
    """`count` good rows, all different, with `changes` in the first."""
    rows = [_numbered(dataset, number) for number in range(count)]
    rows[0].update(changes)
    return rows


def _numbered(dataset: str, number: int) -> dict[str, str]:
    row = dict(ROWS[dataset])
    if dataset in PARTNER_NUMBERED:
        return row | PARTNER_NUMBERED[dataset](number)
    different = {
        "police/street-crime": {"Crime ID": f"{number:064x}"},
        "police/stop-and-search": {"Date": f"2024-05-{number % 28 + 1:02d}T22:04:{number // 28 % 60:02d}+00:00"},
        "health/istv-assaults": {"arrival_datetime": f"2024-05-{number % 14 + 14:02d}T01:{number // 14 % 60:02d}"},
        "ambulance/violence-callouts": {"incident_no": f"L24051{number:05d}"},
        "police/street-crime-api": {"id": str(46152015 + number)},
    }[dataset]
    if dataset == "health/istv-assaults":
        different["assault_datetime"] = different["arrival_datetime"].replace("T01", "T00")
    return row | different


def csv_of(rows: Sequence[Mapping[str, str]], columns: Sequence[str] = ()) -> bytes:
    """The rows as a CSV file with CRLF line ends, as spreadsheets write it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=columns or list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def checked(folder: Path, dataset: str, content: bytes, *, period: str = PERIOD, **options: Any) -> CheckReport:
    """The report on these bytes."""
    path = folder / "extract.csv"
    path.write_bytes(content)
    return check_file(path, schema_of(dataset), period=period, registry=registry(), **options)


def found(report: CheckReport, code: str) -> Finding:
    """The one finding of that code."""
    (only,) = [finding for finding in report.findings if finding.code == code]
    return only


def codes(report: CheckReport) -> list[str]:
    """The codes of all findings, in the order of the report."""
    return [finding.code for finding in report.findings]

"""Samples of the police datasets that came after the first."""

from __future__ import annotations

from tests.support.schemas_samples import Fault, Sample

MONTHS = ("202311", "202312", "202401", "202402", "202403", "202404", "202405")

SAMPLES = (
    Sample(
        dataset="police/ward-counts",
        row={
            "MajorText": "VIOLENCE AGAINST THE PERSON",
            "MinorText": "VIOLENCE WITH INJURY",
            "WardName": "Bickley & Sundridge",
            "WardCode": "E05013987",
            "LookUp_BoroughName": "Bromley",
            **dict.fromkeys(MONTHS, "8"),
        },
        vary=lambda number: {"WardCode": f"E05{13987 + number:06d}"},
        faults=(
            Fault(change={"MinorText": "ARGUING"}, code="not-in-code-list", field="MinorText"),
            Fault(change={"WardCode": "Bickley"}, code="bad-format", field="WardCode"),
            Fault(change={"202312": ""}, code="blank-required", field="202312"),
            Fault(change={"202403": "1,024"}, code="bad-type", field="202403"),
            Fault(change={"202405": "-1"}, code="out-of-range", field="202405"),
        ),
        refused="suspect_name",
        months=MONTHS,
    ),
    Sample(
        dataset="police/lsoa-counts",
        row={
            "lsoa_code": "E01000676",
            "lsoa_name": "Bromley 013D",
            "borough": "E09000006",
            "major_category": "ROBBERY",
            "minor_category": "ROBBERY OF PERSONAL PROPERTY",
            **dict.fromkeys(MONTHS, "8"),
        },
        vary=lambda number: {"lsoa_code": f"E01{676 + number:06d}"},
        faults=(
            Fault(change={"major_category": "THEFTS"}, code="not-in-code-list", field="major_category"),
            Fault(change={"lsoa_name": ""}, code="blank-required", field="lsoa_name"),
            Fault(change={"202311": "3.0"}, code="bad-type", field="202311"),
        ),
        refused="post code",
        months=MONTHS,
    ),
)

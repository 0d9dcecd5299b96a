"""Samples of street crime, stop and search, assault attendances and ambulance call-outs."""

from __future__ import annotations

from tests.support.schemas_samples import PERIOD, Fault, Sample


def _attended(number: int) -> dict[str, str]:
    moment = f"2024-05-{number % 14 + 14:02d}T01:{number // 14 % 60:02d}"
    return {"arrival_datetime": moment, "assault_datetime": moment.replace("T01", "T00")}


SAMPLES = (
    Sample(
        dataset="police/street-crime",
        row={
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
        vary=lambda number: {"Crime ID": f"{number:064x}"},
        faults=(
            Fault(change={"Crime type": "Piracy"}, code="not-in-code-list", field="Crime type"),
            Fault(change={"Month": "May 2024"}, code="bad-date", field="Month"),
            Fault(change={"Latitude": ""}, code="half-filled", field="", tabular=False),
            Fault(change={"Reported by": ""}, code="blank-required", field="Reported by"),
        ),
        refused="Surname",
    ),
    Sample(
        dataset="police/stop-and-search",
        row={
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
        vary=lambda number: {"Date": f"2024-05-{number % 28 + 1:02d}T22:04:{number // 28 % 60:02d}+00:00"},
        faults=(
            Fault(change={"Object of search": "Dragons"}, code="not-in-code-list", field="Object of search"),
            Fault(change={"Date": "2024-06-13T22:04:00+00:00"}, code="outside-period", field="Date", tabular=False),
            Fault(change={"Latitude": "95"}, code="out-of-range", field="Latitude"),
        ),
        refused="date of birth",
    ),
    Sample(
        dataset="health/istv-assaults",
        row={
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
        vary=_attended,
        faults=(
            Fault(change={"assault_method": "A77"}, code="not-in-code-list", field="assault_method"),
            Fault(change={"site_code_of_treatment": ""}, code="blank-required", field="site_code_of_treatment"),
            Fault(
                change={"reporting_period_end": "2024-06-30"},
                code="bad-period",
                field="reporting_period_start",
                tabular=False,
            ),
        ),
        refused="NHS Number",
    ),
    Sample(
        dataset="ambulance/violence-callouts",
        row={
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
        vary=lambda number: {"incident_no": f"L24051{number:05d}"},
        faults=(
            Fault(change={"chief_complaint_code": "5"}, code="not-in-code-list", field="chief_complaint_code"),
            Fault(change={"easting": "east"}, code="bad-type", field="easting"),
            Fault(
                change={"on_scene_datetime": "2024-05-12T00:00"},
                code="out-of-order",
                field="on_scene_datetime",
                tabular=False,
            ),
        ),
        refused="patient_name",
    ),
    Sample(
        dataset="police/street-crime-api",
        row={
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
        vary=lambda number: {"id": str(46152015 + number)},
        faults=(
            Fault(change={"category": "piracy"}, code="not-in-code-list", field="category"),
            Fault(change={"id": "x"}, code="bad-type", field="id"),
            Fault(change={"month": "2024-06"}, code="outside-period", field="month", tabular=False),
        ),
        refused="risk_score",
    ),
)

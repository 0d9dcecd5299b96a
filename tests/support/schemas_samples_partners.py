"""One good row of each dataset of fire, probation, youth justice, council, housing and transport, and rows spoilt in known ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Row = Mapping[str, str]

FIRE: Row = {
    "IncidentNumber": "014267-13052024",
    "DateOfCall": "13 May 2024",
    "CalYear": "2024",
    "TimeOfCall": "00:04:25",
    "HourOfCall": "0",
    "IncidentGroup": "Fire",
    "StopCodeDescription": "Secondary Fire",
    "SpecialServiceType": "",
    "PropertyCategory": "Outdoor",
    "PropertyType": "Road surface/pavement",
    "AddressQualifier": "In street outside gazetteer location",
    "Postcode_full": "BR1 1AA",
    "Postcode_district": "BR1",
    "UPRN": "200220110.0",
    "USRN": "20013420",
    "IncGeo_BoroughCode": "E09000006",
    "IncGeo_BoroughName": "BROMLEY",
    "ProperCase": "Bromley",
    "IncGeo_WardCode": "E05013991",
    "IncGeo_WardName": "Bromley Town",
    "IncGeo_WardNameNew": "Bromley Town",
    "Easting_m": "540311.0",
    "Northing_m": "169121.0",
    "Easting_rounded": "540350",
    "Northing_rounded": "169150",
    "Latitude": "51.402",
    "Longitude": "0.014",
    "FRS": "London",
    "IncidentStationGround": "Bromley",
    "FirstPumpArriving_AttendanceTime": "319.0",
    "FirstPumpArriving_DeployedFromStation": "Bromley",
    "SecondPumpArriving_AttendanceTime": "",
    "SecondPumpArriving_DeployedFromStation": "",
    "NumStationsWithPumpsAttending": "1.0",
    "NumPumpsAttending": "1.0",
    "PumpCount": "1",
    "PumpMinutesRounded": "60.0",
    "PumpHoursRoundUp": "",
    "Notional Cost (£)": "388.0",
    "NumCalls": "1.0",
    "deliberate_flag": "Y",
    "firefighter_attacked": "N",
}
SPECIAL: Row = {
    "IncidentNumber": "139091",
    "DateTimeOfCall": "13/05/2024 03:01",
    "CalYear": "2024",
    "FinYear": "2024/25",
    "TypeOfIncident": "Special Service",
    "PumpCount": "1",
    "PumpHoursTotal": "2",
    "HourlyNotionalCost(£)": "388",
    "IncidentNotionalCost(£)": "776",
    "FinalDescription": "Cat stuck up tree",
    "AnimalGroupParent": "Cat",
    "OriginofCall": "Person (mobile)",
    "PropertyType": "Tree scrub",
    "PropertyCategory": "Outdoor",
    "SpecialServiceTypeCategory": "Animal rescue from height",
    "SpecialServiceType": "Animal rescue from height - Domestic pet",
    "WardCode": "E05013991",
    "Ward": "Bromley Town",
    "BoroughCode": "E09000006",
    "Borough": "Bromley",
    "StnGroundName": "Bromley",
    "UPRN": "",
    "Street": "High Street",
    "USRN": "20500146",
    "PostcodeDistrict": "BR1",
    "Easting_m": "540311",
    "Northing_m": "169121",
    "Easting_rounded": "540350",
    "Northing_rounded": "169150",
    "Latitude": "51.402",
    "Longitude": "0.014",
}

_NOWHERE: Row = dict.fromkeys(("Postcode_full", "Easting_m", "Northing_m", "Latitude", "Longitude"), "")

PARTNER_ROWS: dict[str, Row] = {"fire/incidents": FIRE, "fire/special-services": SPECIAL}
"""One row of each dataset that breaks no rule."""

PARTNER_NUMBERED: dict[str, Callable[[int], Row]] = {
    "fire/incidents": lambda number: {"IncidentNumber": f"{number:06d}-13052024"},
    "fire/special-services": lambda number: {"IncidentNumber": f"{139091 + number}"},
}
"""What makes the rows of a dataset differ, by their number."""

PARTNER_DIRT: dict[str, tuple[tuple[Row, str, str], ...]] = {
    "fire/incidents": (
        ({"DateOfCall": "2024.05.13"}, "bad-date", "DateOfCall"),
        ({"DateOfCall": "13/06/2024"}, "outside-period", "DateOfCall"),
        ({"CalYear": "2023"}, "disagrees", "CalYear"),
        ({"HourOfCall": "4"}, "disagrees", "HourOfCall"),
        ({"TimeOfCall": "0.04"}, "bad-format", "TimeOfCall"),
        ({"StopCodeDescription": "Bin fire"}, "not-in-code-list", "StopCodeDescription"),
        ({"PropertyCategory": "Dwelling", **_NOWHERE, "UPRN": "200220110"}, "filled-here", "UPRN"),
        ({"Northing_m": ""}, "half-filled", ""),
        ({"IncidentNumber": ""}, "blank-required", "IncidentNumber"),
        ({"Easting_rounded": "5403505"}, "out-of-range", "Easting_rounded"),
        ({"deliberate_flag": "Yes"}, "not-in-code-list", "deliberate_flag"),
        ({"PropertyType": "call 020 8123 4567"}, "possible-identifier", "PropertyType"),
        ({"USRN": "NULL"}, "null-text", "USRN"),
        ({"PropertyType": "Car "}, "blanks-trimmed", "PropertyType"),
    ),
    "fire/special-services": (
        ({"DateTimeOfCall": "2024-05-13"}, "bad-date", "DateTimeOfCall"),
        ({"CalYear": "2023"}, "disagrees", "CalYear"),
        ({"SpecialServiceTypeCategory": "Other"}, "not-in-code-list", "SpecialServiceTypeCategory"),
        ({"FinalDescription": "OWNER ON 07700 900123"}, "possible-identifier", "FinalDescription"),
        ({"Latitude": "0"}, "out-of-range", "Latitude"),
    ),
}
"""Changes to one row of a dataset, and the finding each must raise: its code and field."""

PARTNER_REFUSED: dict[str, tuple[str, ...]] = {
    "fire/incidents": ("Full Name", "phone"),
    "fire/special-services": ("surname", "Telephone Number"),
}
"""Columns that refuse a file of the dataset."""

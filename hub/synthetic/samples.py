"""How the clean months of police, hospital and ambulance become their dirty ones."""

from __future__ import annotations

from hub.synthetic.spoiling import Plan, Spoil, filled, longer, to, to_blank

STREET = Plan(
    left_out="Reported by",
    added=("Beat note", "see log"),
    spoils=(
        Spoil("bad-date", 9, "Month", to("Nov-26")),
        Spoil("outside-period", 12, "Month", to("2026-10")),
        Spoil("not-in-code-list", 14, "Crime type", to("Violence"), filled("Crime ID")),
        Spoil("not-in-code-list", 6, "Last outcome category", to("NFA"), filled("Last outcome category")),
        Spoil("bad-format", 5, "Crime ID", lambda cell: cell[:12], filled("Crime ID")),
        Spoil("bad-format", 4, "LSOA code", lambda cell: cell[:7]),
        Spoil("bad-type", 5, "Longitude", lambda cell: f"{cell} E"),
        Spoil("out-of-range", 7, "Latitude", lambda cell: f"-{cell}"),
        Spoil("half-filled", 6, "Latitude", to_blank),
        Spoil("blank-required", 8, "Location", to_blank),
        Spoil("too-long", 2, "Location", longer("see attached log of the incident ")),
        Spoil("possible-identifier", 3, "Location", lambda cell: f"{cell} ring 07700 900{len(cell):03d}"),
        Spoil("blank-expected", 5, "Last outcome category", to_blank, filled("Last outcome category")),
    ),
)
SEARCH = Plan(
    left_out="Type",
    added=("Shoulder number", "redacted"),
    spoils=(
        Spoil("bad-date", 8, "Date", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]} {cell[11:16]}"),
        Spoil("outside-period", 6, "Date", to("2026-12-01T09:30:00+00:00")),
        Spoil("not-in-code-list", 7, "Gender", lambda cell: cell[:1]),
        Spoil("not-in-code-list", 5, "Age range", to("18 to 24")),
        Spoil("not-in-code-list", 4, "Object of search", to("Knife")),
        Spoil("not-in-code-list", 3, "Outcome", to("NFA")),
        Spoil("bad-type", 4, "Part of a policing operation", to("no")),
        Spoil("bad-type", 3, "Longitude", lambda cell: cell.replace(".", ",")),
        Spoil("out-of-range", 5, "Latitude", lambda cell: f"{float(cell) - 50:.6f}"),
        Spoil("half-filled", 4, "Longitude", to_blank),
        Spoil("blank-required", 3, "Date", to_blank),
        Spoil("too-long", 2, "Policing operation", longer("Operation Lapwing ")),
        Spoil("possible-identifier", 2, "Policing operation", to("ask pc@ravensbourne.example")),
        Spoil("blank-wanted", 6, "Officer-defined ethnicity", to_blank),
    ),
)
HOSPITAL = Plan(
    left_out="site_code_of_treatment",
    added=("triage_colour", "amber"),
    spoils=(
        Spoil("bad-date", 4, "assault_datetime", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]} {cell[11:]}"),
        Spoil("outside-period", 3, "arrival_datetime", lambda cell: f"2026-12{cell[7:]}"),
        Spoil("not-in-code-list", 4, "assault_method", to("knife")),
        Spoil("not-in-code-list", 3, "assault_location_type", to("L3")),
        Spoil("bad-period", 3, "reporting_period_start", to("2026-10-01")),
        Spoil("out-of-order", 3, "assault_datetime", to("2026-11-30T23:59")),
        Spoil("long-gap", 2, "assault_datetime", lambda cell: f"2026-09{cell[7:]}"),
        Spoil("blank-required", 3, "assault_method", to_blank),
        Spoil("blank-wanted", 3, "assault_location_description", to_blank),
        Spoil("too-long", 2, "assault_location_description", longer("behind the bins by the railings ")),
        Spoil("too-long", 1, "assault_method_other", longer("glass ashtray and a chair ")),
        Spoil("blank-expected", 2, "assault_method", to("A98"), lambda row: row["assault_method_other"] == ""),
    ),
    ragged=2,
    copies=2,
    nhs_numbers_in="assault_location_description",
)
AMBULANCE = Plan(
    left_out="conveyed",
    added=("vehicle", "DCA"),
    spoils=(
        Spoil("bad-date", 4, "call_datetime", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]} {cell[11:]}"),
        Spoil("outside-period", 3, "call_datetime", lambda cell: f"2026-10{cell[7:]}"),
        Spoil("not-in-code-list", 4, "chief_complaint_code", to("99")),
        Spoil("not-in-code-list", 3, "age_band", to("18-25")),
        Spoil("bad-format", 3, "incident_no", lambda cell: cell[1:7]),
        Spoil("bad-format", 3, "ampds_determinant", to("D-27")),
        Spoil("bad-type", 4, "easting", lambda cell: f"{cell[:3]},{cell[3:]}"),
        Spoil("out-of-range", 3, "easting", lambda cell: f"{cell}0"),
        Spoil("half-filled", 3, "northing", to_blank),
        Spoil("out-of-order", 3, "on_scene_datetime", to("2026-10-31T23:58")),
        Spoil("blank-required", 3, "incident_no", to_blank),
        Spoil(
            "blank-required-here",
            2,
            "crew_illness_code",
            to_blank,
            lambda row: row["chief_complaint_code"] in ("17", "21"),
        ),
        Spoil("blank-wanted", 3, "response_category", to_blank),
    ),
    ragged=2,
    copies=3,
    copies_raise="repeated-key",
)

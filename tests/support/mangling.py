"""Names of columns as agencies really write them: eight ways, each from the agreed name and its title."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.schemas import ColumnSeen, column_proposals
from hub.schemas.model import plain_name
from tests.support.schemas import registry, schema_of
from tests.support.schemas_samples import samples

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SHORT = {
    "assessment": "assmt",
    "attendance": "att",
    "borough": "boro",
    "category": "cat",
    "code": "cd",
    "collision": "coll",
    "community": "comm",
    "crime": "crm",
    "date": "dt",
    "datetime": "dt",
    "description": "desc",
    "ethnicity": "eth",
    "flag": "flg",
    "incident": "inc",
    "latitude": "lat",
    "location": "loc",
    "longitude": "long",
    "month": "mth",
    "name": "nm",
    "number": "no",
    "outcome": "otcm",
    "police": "pol",
    "postcode": "pcode",
    "property": "prop",
    "reason": "rsn",
    "reference": "ref",
    "reported": "rptd",
    "severity": "sev",
    "station": "stn",
    "status": "sts",
    "street": "st",
    "type": "typ",
    "year": "yr",
}


def _words(name: str) -> list[str]:
    return _WORD.findall(name)


def _without_vowels(word: str) -> str:
    return word if len(word) <= 4 else word[0] + re.sub("[aeiouAEIOU]", "", word[1:])


def _slip(name: str) -> str:
    """A letter forgotten, the same for the same name."""
    if len(name) <= 4:
        return name
    place = random.Random(name).randrange(1, len(name) - 1)
    return name[:place] + name[place + 1 :]


WAYS: Mapping[str, Callable[[str, str], str]] = {
    "capitals and spaces": lambda name, title: " ".join(_words(name)).upper(),
    "underscores": lambda name, title: "_".join(_words(name)).lower(),
    "a prefix": lambda name, title: f"tbl_{name}",
    "abbreviations": lambda name, title: "_".join(_SHORT.get(word.lower(), word.lower()) for word in _words(name)),
    "vowels left out": lambda name, title: "_".join(map(_without_vowels, _words(name))),
    "a letter forgotten": lambda name, title: _slip(name),
    "the title instead": lambda name, title: title,
    "words in another order": lambda name, title: " ".join(reversed(_words(name))),
    "cut off at ten signs": lambda name, title: name[:10],
}
"""The last is what a shapefile does to names."""


HANDWRITTEN: Mapping[str, Mapping[str, str]] = {
    "police/recorded-crime": {
        "CRIS No": "crime_ref",
        "Force": "force_code",
        "Date Recorded": "recorded_date",
        "Committed On/From Date/Time": "committed_from",
        "Committed To Date/Time": "committed_to",
        "HO Class Code": "ho_class",
        "PRC": "prc_code",
        "Knife Crime Flag": "knife_flag",
        "Gun Crime Flag": "firearm_flag",
        "DA Flag": "domestic_abuse_flag",
        "Hate Crime": "hate_crime_flag",
        "Alcohol Related": "alcohol_flag",
        "Gang Flag": "gang_flag",
        "Loc Type": "location_type",
        "X Coord": "easting",
        "Y Coord": "northing",
        "Victim Injury": "injury_level",
        "Outcome Type": "outcome_code",
        "Outcome Dt": "outcome_date",
        "Victim Count": "no_of_victims",
        "Suspect Count": "no_of_suspects",
        "CAD Number": "cad_ref",
    },
    "health/istv-assaults": {
        "Period Start": "reporting_period_start",
        "Period End": "reporting_period_end",
        "Site Code": "site_code_of_treatment",
        "Arrival Date/Time": "arrival_datetime",
        "Incident Date Time": "assault_datetime",
        "Weapon/Method": "assault_method",
        "Assault Location": "assault_location_type",
        "Location Description": "assault_location_description",
    },
    "ambulance/violence-callouts": {
        "CAD": "incident_no",
        "Call Time": "call_datetime",
        "On Scene": "on_scene_datetime",
        "Complaint Code": "chief_complaint_code",
        "AMPDS": "ampds_determinant",
        "Category": "response_category",
        "Illness Code": "crew_illness_code",
        "Age Group": "age_band",
        "Gender": "sex",
        "EASTINGS": "easting",
        "NORTHINGS": "northing",
        "Conveyed?": "conveyed",
        "Hospital Code": "destination_site_code",
        "Police Attended": "police_on_scene",
    },
    "probation/caseload": {
        "CRN": "crn",
        "Snapshot Dt": "snapshot_date",
        "Age (yrs)": "age",
        "Gender": "sex",
        "Ethnic Code": "ethnicity",
        "LSOA (2021)": "home_lsoa21",
        "PDU Name": "pdu",
        "Sentence": "sentence_type",
        "HO Offence Code": "main_offence_ho",
        "Date of Sentence": "sentence_date",
        "Licence Expiry": "licence_end_date",
        "RoSH": "rosh_community",
        "MAPPA Cat": "mappa_category",
        "MAPPA Lvl": "mappa_level",
        "Gang": "gang_flag",
        "DA Perp": "da_perpetrator_flag",
        "Crim Needs": "criminogenic_needs",
    },
    "council/antisocial-behaviour": {
        "Case ID": "case_ref",
        "Reported On": "reported_datetime",
        "Incident Date": "incident_datetime",
        "ASB Category": "asb_category",
        "ASB Sub Type": "asb_type",
        "Weapons": "weapon_mentioned",
        "Youths": "youth_related",
        "Address/Location": "location_text",
        "Reporter": "reporter_type",
        "Repeat": "repeat_flag",
        "Action Taken": "action",
        "Case Status": "status",
        "Date Closed": "closed_date",
    },
    "youth-justice/caseload": {
        "Child ID": "child_ref",
        "Outcome Dt": "outcome_date",
        "Age": "age_at_outcome",
        "Gender": "sex",
        "Ethnicity Code": "ethnicity",
        "LSOA21CD": "home_lsoa21",
        "Looked After Status": "care_status",
        "SEND": "ehcp_send",
        "Offence Code": "offence_ho",
        "Offence Dt": "offence_date",
        "Gravity": "gravity_score",
        "Disposal": "outcome_type",
        "NRM": "nrm_referred",
        "ETE Status": "education_status",
    },
    "fire/incidents": {
        "Incident No": "IncidentNumber",
        "Call Date": "DateOfCall",
        "Call Time": "TimeOfCall",
        "Stop Code": "StopCodeDescription",
        "Prop Category": "PropertyCategory",
        "Prop Type": "PropertyType",
        "PCD District": "Postcode_district",
        "Ward Code": "IncGeo_WardCode",
        "Ward": "IncGeo_WardName",
        "Lat": "Latitude",
        "Long": "Longitude",
        "Deliberate?": "deliberate_flag",
        "No. of Calls": "NumCalls",
        "Cost (GBP)": "Notional Cost (£)",
    },
}
"""Names as an analyst's own exports have them, written down before the proposals were looked at."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How good proposals are: of those made, the share that is right; of all columns, the share that is proposed rightly."""

    columns: int
    made: int
    right: int

    @property
    def precision(self) -> float:
        """The share of the proposals made that is right."""
        return self.right / max(self.made, 1)

    @property
    def recall(self) -> float:
        """The share of the columns that is proposed rightly."""
        return self.right / max(self.columns, 1)


def measured(way: str, *, values: bool, strangers: int = 0) -> Measured:
    """Over all agreed schemas, the columns in another order, names that two columns then share left out.

    `values`: the columns hold sample values. `strangers`: so many columns of another dataset stand among them and as many of
    the own are missing; a proposal for one of them is wrong.
    """
    columns = made = right = 0
    everything = registry().all()
    for place, (dataset, sample) in enumerate(sorted(samples().items())):
        schema = schema_of(dataset)
        called = {field.name: WAYS[way](field.name, field.title) for field in schema.columns}
        said = Counter(called.values())
        truth = {name: field for field, name in called.items() if said[name] == 1 and name}
        truth = {name: truth[name] for name in list(truth)[strangers:]}
        rows = sample.rows(20)
        seen = [
            ColumnSeen(
                name=name, values=tuple(dict.fromkeys(row[field] for row in rows if row[field])) if values else ()
            )
            for name, field in truth.items()
        ]
        seen += _strangers(
            everything[(place + 1) % len(everything)].id, way, set(truth) | set(called), strangers, values
        )
        random.Random(dataset).shuffle(seen)
        got = {one.column: one.field for one in column_proposals(schema, seen).columns}
        refused = frozenset[str]().union(*(one.names for one in schema.refused))
        mangled = {n: f for n, f in truth.items() if n not in schema.column_names and plain_name(n) not in refused}
        columns += len(mangled)
        made += len(got)
        right += sum(got.get(name) == field for name, field in mangled.items())
    return Measured(columns, made, right)


def measured_by_hand(*, values: bool) -> Measured:
    """Over the names written by hand."""
    columns = made = right = 0
    for dataset, called in HANDWRITTEN.items():
        schema, rows = schema_of(dataset), samples()[dataset].rows(20)
        seen = [
            ColumnSeen(
                name=name, values=tuple(dict.fromkeys(row[field] for row in rows if row[field])) if values else ()
            )
            for name, field in called.items()
        ]
        got = {one.column: one.field for one in column_proposals(schema, seen).columns}
        other = {name: field for name, field in called.items() if name not in schema.column_names}
        columns, made = columns + len(other), made + len(got)
        right += sum(got.get(name) == field for name, field in other.items())
    return Measured(columns, made, right)


def _strangers(dataset: str, way: str, taken: set[str], wanted: int, values: bool) -> Sequence[ColumnSeen]:
    rows = samples()[dataset].rows(20)
    made = []
    for field in schema_of(dataset).columns:
        name = WAYS[way](field.name, field.title)
        if name not in taken and len(made) < wanted:
            shown = tuple(dict.fromkeys(row[field.name] for row in rows if row[field.name])) if values else ()
            made.append(ColumnSeen(name=name, values=shown))
    return made


def table() -> str:
    """What was measured, as the table of the documentation: `python -m tests.support.mangling`."""
    lines = ["| the columns have | columns | precision | recall | precision among strangers |", "|---|---|---|---|---|"]
    for way in WAYS:
        alone, among = measured(way, values=True), measured(way, values=True, strangers=5)
        lines.append(
            f"| {way} | {alone.columns} | {alone.precision:.3f} | {alone.recall:.3f} | {among.precision:.3f} |"
        )
    by_hand = measured_by_hand(values=True)
    lines.append(f"| names written by hand | {by_hand.columns} | {by_hand.precision:.3f} | {by_hand.recall:.3f} | |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())

"""How much of what, where it gathers and how it is told: the figures the invented partnership is drawn from.

Measured on Bromley unless said (data-standards section 4.1 and 4.3): the twelve months to January 2026 for volumes, seventeen
months of data.police.uk for concentration. `anti-social behaviour` is no recorded crime and comes on top of the 1,959 crimes.
data.police.uk has one type for violence against the person (557 measured) and sexual offences (62): it is set to 590 here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VIOLENCE = "Violence and sexual offences"
ASB = "Anti-social behaviour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of latent event: its data.police.uk type, mean a month in police data, yearly trend and how it is spread.

    `gathering` names the point weights, `manner` the clockwork, `late` whether it is often reported months later.
    """

    type: str
    mean: float
    gathering: str
    manner: str = "other"
    trend: float = 0.0
    late: bool = False
    severity: int = 0


KINDS: dict[str, Kind] = {
    "violence-with-injury": Kind(
        type=VIOLENCE, mean=137.0, gathering="medical", manner="violence", trend=0.02, severity=3
    ),
    "violence-without-injury": Kind(
        type=VIOLENCE, mean=243.5, gathering="violence", manner="violence", trend=0.02, late=True, severity=1
    ),
    "stalking-and-harassment": Kind(type=VIOLENCE, mean=150.5, gathering="violence", trend=0.03, late=True, severity=1),
    "rape": Kind(type=VIOLENCE, mean=21.0, gathering="violence", late=True, severity=4),
    "other-sexual-offence": Kind(type=VIOLENCE, mean=38.0, gathering="violence", late=True, severity=3),
    "homicide": Kind(type=VIOLENCE, mean=0.1, gathering="violence", manner="violence", severity=5),
    "robbery-personal": Kind(type="Robbery", mean=36.0, gathering="robbery", manner="violence", severity=3),
    "robbery-business": Kind(type="Robbery", mean=16.0, gathering="shops", severity=2),
    "possession-of-weapons": Kind(
        type="Possession of weapons", mean=12.6, gathering="police-found", manner="violence", severity=2
    ),
    "public-order": Kind(
        type="Public order", mean=136.6, gathering="police-found", manner="violence", trend=0.01, severity=1
    ),
    "drugs": Kind(type="Drugs", mean=94.3, gathering="police-found", manner="search"),
    "criminal-damage-arson": Kind(type="Criminal damage and arson", mean=184.1, gathering="damage", trend=-0.03),
    "shoplifting": Kind(type="Shoplifting", mean=231.8, gathering="shops", trend=0.05),
    "other-theft": Kind(type="Other theft", mean=154.0, gathering="theft"),
    "theft-from-the-person": Kind(type="Theft from the person", mean=49.5, gathering="crowds", trend=0.03),
    "bicycle-theft": Kind(type="Bicycle theft", mean=11.8, gathering="crowds", trend=-0.04),
    "burglary": Kind(type="Burglary", mean=104.8, gathering="homes", trend=-0.05),
    "vehicle-crime": Kind(type="Vehicle crime", mean=280.1, gathering="homes", trend=-0.02),
    "other-crime": Kind(type="Other crime", mean=28.1, gathering="violence"),
    "anti-social-behaviour": Kind(type=ASB, mean=477.0, gathering="disorder", manner="violence"),
}
"""Police records of an event are of its kind. Means are of what police record, whoever else saw it."""

SHARED_SPREAD = 0.07
"""Coefficient of variation of the months' common rate of violence: with the season it gives a variance of 5.6 times the mean."""
OWN_SPREAD = 0.05
SEARCHES = 290.0

MEDICAL = {  # who knows of an assault that an ambulance or an emergency department saw; means a month
    "police+ed+ambulance": 10.0,
    "police+ed": 19.3,
    "police+ambulance": 9.2,
    "ed+ambulance": 20.0,
    "ed": 20.7,
    "ambulance": 40.8,
}
"""70 ED attendances a month, 41 % of them known to police once the planted story is added (Gray 2017);
80 ambulance call-outs, 24 % in police data (RAND RR2216: 10-34 %);
29.3 of 137 police injuries reach the ED (20-25 %)."""
MEDICAL_KINDS = {"violence-with-injury": 0.92, "robbery-personal": 0.08}
MEDICAL_TREND = 0.01
YOUNG_MEN = {True: 0.267, False: 0.408}
"""Share of male victims of 18 to 34 hurt by a stranger, by whether police know: puts their known share 15 points lower."""
CONVEYED_ELSEWHERE = 0.32
"""Of call-outs that never reach the borough's own ED, the share conveyed to another hospital: 58 % conveyed in all."""

STORY_WARD = "Lantern Quay"
STORY_FROM = "2025-11"
STORY_MEAN = 6.0
"""The planted pattern: from that month so many more assaults a month that only ambulance and hospital hear of."""
STORY_MEDICAL = {"ed+ambulance": 0.30, "ed": 0.15, "ambulance": 0.55}

LATE_REPORTS = {"0": 0.798, "1": 0.086, "2-11": 0.063, "12+": 0.053}
"""Months from commission to record, where reports come late (VAWG Bromley, measured)."""

OUTSIDE_BOROUGH = 0.008
NO_LOCATION = {"street": 0.06, "search": 0.085, "ambulance": 0.05}
BLANK_OUTCOME = 0.012
REPEATED_CRIME_ID = 0.01
SEARCH_COPIES = 0.02
BLANK_AGE = {"search": 0.15, "ambulance": 0.14}
BLANK_SEX = 0.01
BLANK_ETHNICITY = {"self": 0.011, "officer": 0.023}
"""Defects at the rates measured on real files (data-standards section 4.5)."""

FACILITIES = {  # share of points; the rest are plain streets. Sum well under one.
    "Pub": 0.022,
    "Takeaway": 0.012,
    "School": 0.010,
    "Supermarket": 0.012,
    "Parking Area": 0.024,
    "Shopping Area": 0.015,
    "Petrol Station": 0.011,
    "Sports/Recreation Area": 0.015,
    "Nightclub": 0.002,
    "Pedestrian Subway": 0.004,
    "Park/Open Space": 0.014,
}
PLAIN = "Street"
STATION, BUS_STATION, HOSPITAL, POLICE_STATION, COURT = (
    "Station",
    "Bus/Coach Station",
    "Hospital",
    "Police Station",
    "Court",
)
LABELLED = frozenset(
    {
        "Supermarket", "Parking Area", "Shopping Area", "Petrol Station", "Sports/Recreation Area", "Nightclub",
        "Pedestrian Subway", "Park/Open Space", BUS_STATION, HOSPITAL, POLICE_STATION,
    }
)  # fmt: skip
"""Kinds of place that data.police.uk names by their kind ("On or near Supermarket"); at others it names the street."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """How a kind of event spreads over points: `area` is the power of the LSOA's level of violence, `spread` the sigma of a
    lognormal between points, `nowhere` the share of plain points that see none, `pull` factors by kind of place."""

    area: float
    spread: float
    nowhere: float = 0.0
    plain: float = 1.0
    pull: dict[str, float] = field(default_factory=dict)


_NIGHT_OUT = {"Pub": 2.2, "Nightclub": 8.0, "Takeaway": 2.0, STATION: 3.0, BUS_STATION: 5.0, "Shopping Area": 2.2}
_LATE_NIGHT = {"Pub": 4.5, "Nightclub": 14.0, "Takeaway": 1.6, "Shopping Area": 1.6}
GATHERINGS: dict[str, Gathering] = {
    "violence": Gathering(
        area=1.0,
        spread=0.62,
        nowhere=0.30,
        pull=_NIGHT_OUT | {"Supermarket": 1.4, HOSPITAL: 8.0, POLICE_STATION: 4.0, COURT: 2.0, "School": 1.6},
    ),
    "medical": Gathering(
        area=1.1,
        spread=0.70,
        nowhere=0.30,
        pull=_NIGHT_OUT | _LATE_NIGHT,
    ),
    "robbery": Gathering(
        area=1.0, spread=0.8, nowhere=0.45, pull={STATION: 5.0, BUS_STATION: 5.0, "Park/Open Space": 2.0}
    ),
    "police-found": Gathering(
        area=1.05, spread=0.9, nowhere=0.40, pull=_NIGHT_OUT | {STATION: 6.0, POLICE_STATION: 12.0}
    ),
    "disorder": Gathering(
        area=0.8, spread=1.25, nowhere=0.35, pull={"Supermarket": 5.0, "Shopping Area": 6.0, STATION: 6.0}
    ),
    "damage": Gathering(area=0.6, spread=1.0, nowhere=0.3, pull={"Parking Area": 2.0, HOSPITAL: 5.0}),
    "homes": Gathering(area=0.3, spread=0.75, nowhere=0.15, pull={"Parking Area": 3.0, "Pub": 0.3}),
    "shops": Gathering(
        area=0.4, spread=1.2, plain=0.004, pull={"Supermarket": 14.0, "Shopping Area": 22.0, "Petrol Station": 5.0}
    ),
    "theft": Gathering(
        area=0.5,
        spread=1.2,
        nowhere=0.35,
        plain=0.3,
        pull={"Shopping Area": 25.0, "Petrol Station": 18.0, "Supermarket": 10.0},
    ),
    "crowds": Gathering(
        area=0.7,
        spread=1.2,
        nowhere=0.6,
        plain=0.3,
        pull={STATION: 30.0, "Nightclub": 40.0, "Shopping Area": 18.0, "Pub": 5.0},
    ),
}

_IN_SHOPS = {"L04": 0.70, "L01": 0.22, "L08": 0.08}
LOCATION_TYPES: dict[str, dict[str, float]] = {
    PLAIN: {"L01": 0.51, "L02": 0.37, "L04": 0.02, "L06": 0.02, "L08": 0.02, "L98": 0.02, "L99": 0.04},
    "Pub": {"L03": 0.90, "L01": 0.10},
    "Nightclub": {"L03": 0.92, "L01": 0.08},
    "Takeaway": {"L04": 0.80, "L01": 0.20},
    "School": {"L05": 0.85, "L01": 0.15},
    "Supermarket": _IN_SHOPS,
    "Shopping Area": _IN_SHOPS,
    "Petrol Station": _IN_SHOPS,
    "Parking Area": {"L01": 0.92, "L98": 0.08},
    "Pedestrian Subway": {"L01": 1.0},
    "Sports/Recreation Area": {"L07": 0.85, "L01": 0.15},
    "Park/Open Space": {"L07": 0.92, "L01": 0.08},
    STATION: {"L06": 0.90, "L01": 0.10},
    BUS_STATION: {"L06": 0.92, "L01": 0.08},
    HOSPITAL: {"L09": 1.0},
    POLICE_STATION: {"L10": 0.75, "L01": 0.25},
    COURT: {"L98": 1.0},
}
"""Hub list L by the kind of place."""

_BY_HAND = {"A01": 0.46, "A02": 0.13, "A03": 0.06, "A04": 0.09, "A13": 0.02, "A98": 0.02, "A99": 0.06}
METHODS: dict[str, dict[str, float]] = {
    "ambulance": _BY_HAND
    | {"A05": 0.18, "A06": 0.08, "A09": 0.025, "A07": 0.04, "A08": 0.05, "A10": 0.003, "A11": 0.008, "A14": 0.03},
    "other": _BY_HAND
    | {
        "A05": 0.032,
        "A06": 0.025,
        "A09": 0.002,
        "A07": 0.05,
        "A08": 0.04,
        "A10": 0.002,
        "A11": 0.006,
        "A12": 0.006,
        "A14": 0.01,
    },
}
"""Hub list A. Penetrating methods (A05, A06, A09) make 22.7 % of ambulance violence (measured, NW England)."""
PENETRATING = ("A05", "A06", "A09")

AGES = {"0-9": 0.015, "10-17": 0.15, "18-24": 0.24, "25-34": 0.23, "35-49": 0.23, "50-64": 0.10, "65+": 0.035}
"""Victims' ages, hub list: peak at 18 to 24."""

"""The police's stop and search records of a month, in the data.police.uk CSV layout of fifteen columns.

Searches are what police do, not what happens to people: they are no latent events and stand in no truth table.
"""

from __future__ import annotations

import numpy as np

from hub.synthetic.places import Places
from hub.synthetic.seasons import Clockwork, heaped, season, spelled, to_utc
from hub.synthetic.streams import Ints, Streams, Texts, choose, overdispersed
from hub.synthetic.table import Table, blank, repeated
from hub.synthetic.volumes import (
    BLANK_AGE,
    BLANK_ETHNICITY,
    BLANK_SEX,
    NO_LOCATION,
    OWN_SPREAD,
    SEARCH_COPIES,
    SEARCHES,
)

_TYPES = {"Person search": 0.80, "Person and Vehicle search": 0.187, "Vehicle search": 0.013}
_GENDERS = {"Male": 0.908, "Female": 0.091, "Other": 0.001}
_AGES = {"10-17": 0.206, "18-24": 0.313, "25-34": 0.226, "over 34": 0.2546, "under 10": 0.0004}
_ETHNICITIES = {  # self-defined -> officer-defined, share
    "White - English/Welsh/Scottish/Northern Irish/British": ("White", 0.34),
    "White - Any other White background": ("White", 0.10),
    "White - Irish": ("White", 0.01),
    "Black/African/Caribbean/Black British - African": ("Black", 0.06),
    "Black/African/Caribbean/Black British - Caribbean": ("Black", 0.05),
    "Black/African/Caribbean/Black British - Any other Black/African/Caribbean background": ("Black", 0.09),
    "Asian/Asian British - Any other Asian background": ("Asian", 0.04),
    "Asian/Asian British - Indian": ("Asian", 0.015),
    "Asian/Asian British - Pakistani": ("Asian", 0.01),
    "Asian/Asian British - Bangladeshi": ("Asian", 0.01),
    "Asian/Asian British - Chinese": ("Asian", 0.003),
    "Mixed/Multiple ethnic groups - White and Black Caribbean": ("Black", 0.015),
    "Mixed/Multiple ethnic groups - White and Black African": ("Black", 0.006),
    "Mixed/Multiple ethnic groups - White and Asian": ("Other", 0.004),
    "Mixed/Multiple ethnic groups - Any other Mixed/Multiple ethnic background": ("Other", 0.02),
    "Other ethnic group - Any other ethnic group": ("Other", 0.03),
    "Other ethnic group - Not stated": ("White", 0.197),
}
_DRUGS, _PACE = "Misuse of Drugs Act 1971 (section 23)", "Police and Criminal Evidence Act 1984 (section 1)"
_OBJECTS = {  # object of search -> the power it is looked for under, share
    "Controlled drugs": (_DRUGS, 0.557),
    "Offensive weapons": (_PACE, 0.210),
    "Stolen goods": (_PACE, 0.171),
    "Evidence of offences under the Act": (_PACE, 0.040),
    "Firearms": ("Firearms Act 1968 (section 47)", 0.010),
    "Articles for use in criminal damage": (_PACE, 0.005),
    "Anything to threaten or harm anyone": ("Criminal Justice and Public Order Act 1994 (section 60)", 0.005),
    "Fireworks": (_PACE, 0.002),
}
_OUTCOMES = {
    "A no further action disposal": 0.705,
    "Arrest": 0.160,
    "Community resolution": 0.086,
    "Penalty Notice for Disorder": 0.031,
    "Summons / charged by post": 0.017,
    "Caution (simple or conditional)": 0.001,
}


def search_file(streams: Streams, ground: Places, period: str, *, tidy: bool = False) -> Table:
    """Records of one month of the Europe/London clock in order of time, the times written in UTC as published.

    In summer the first hour of a month therefore bears the date of the day before. `tidy` leaves the defects out.
    """
    rng = streams.named("search", period)
    size = overdispersed(rng, SEARCHES * season(period) ** 0.5 / (1 + SEARCH_COPIES), OWN_SPREAD)
    local = np.sort(heaped(rng, Clockwork.of(period, "search").draw(rng, size)))
    point = ground.wheels["police-found"].spin(rng, size)
    table = _table(streams.named("search", "who", period), ground, local, point)
    if tidy:
        return _distinct(table)
    dirty = _blanked(streams.named("search", "dirt", period), table)
    return _with_copies(streams.named("search", "copies", period), dirty)


def _table(rng: np.random.Generator, ground: Places, local: Ints, point: Ints) -> Table:
    size = len(local)
    objects = choose(rng, {name: share for name, (_, share) in _OBJECTS.items()}, size)
    ethnicity = choose(rng, {name: share for name, (_, share) in _ETHNICITIES.items()}, size)
    return Table.of(
        {
            "Type": choose(rng, _TYPES, size),
            "Date": np.array([f"{text}:00+00:00" for text in spelled(to_utc(local))], dtype=object),
            "Part of a policing operation": repeated("False", size),
            "Policing operation": blank(size),
            "Latitude": ground.latitude[point],
            "Longitude": ground.longitude[point],
            "Gender": choose(rng, _GENDERS, size),
            "Age range": choose(rng, _AGES, size),
            "Self-defined ethnicity": ethnicity,
            "Officer-defined ethnicity": _mapped(ethnicity, {name: seen for name, (seen, _) in _ETHNICITIES.items()}),
            "Legislation": _mapped(objects, {name: power for name, (power, _) in _OBJECTS.items()}),
            "Object of search": objects,
            "Outcome": choose(rng, _OUTCOMES, size),
            "Outcome linked to object of search": blank(size),
            "Removal of more than just outer clothing": blank(size),
        }
    )


def _mapped(keys: Texts, values: dict[str, str]) -> Texts:
    return np.array([values[key] for key in keys], dtype=object)


def _blanked(rng: np.random.Generator, table: Table) -> Table:
    """Cells left blank at the measured rates; latitude and longitude together."""
    size = len(table)
    nowhere = rng.random(size) < NO_LOCATION["search"]
    gaps = {
        "Latitude": nowhere,
        "Longitude": nowhere,
        "Gender": rng.random(size) < BLANK_SEX,
        "Age range": rng.random(size) < BLANK_AGE["search"],
        "Self-defined ethnicity": rng.random(size) < BLANK_ETHNICITY["self"],
        "Officer-defined ethnicity": rng.random(size) < BLANK_ETHNICITY["officer"],
    }
    filled = zip(table.header, table.columns, strict=True)
    return Table.of({name: np.where(gaps[name], "", column) if name in gaps else column for name, column in filled})


def _with_copies(rng: np.random.Generator, table: Table) -> Table:
    """The table with a share of its rows written twice, one below the other."""
    copies = np.flatnonzero(rng.random(len(table)) < SEARCH_COPIES)
    return table.where(np.sort(np.concatenate([np.arange(len(table)), copies]), kind="stable"))


def _distinct(table: Table) -> Table:
    first = {tuple(row): number for number, row in reversed(list(enumerate(table.rows())))}
    return table.where(np.array(sorted(first.values()), dtype=np.int64))

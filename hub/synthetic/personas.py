"""The invented people of the demo, as its login page offers them. Any likeness to a real person is chance."""

from __future__ import annotations

from dataclasses import dataclass

from hub.synthetic.agencies import (
    AMBULANCE,
    COUNCIL,
    FIRE,
    FOUR,
    HOSPITAL,
    HOST,
    HOUSING,
    ICB,
    POLICE,
    PROBATION,
    TRANSPORT,
    YOUTH_JUSTICE,
    DemoAgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """An invented person. `id` serves as the subject at the agency's provider; `comes_to` says in a line what they come to do."""

    id: str
    agency: str
    name: str
    roles: frozenset[str]
    title: str
    comes_to: str


def _persona(agency: DemoAgency, slug: str, name: str, *, title: str, roles: str, comes_to: str) -> Persona:
    return Persona(
        id=f"{agency.id}-{slug}",
        agency=agency.id,
        name=name,
        roles=frozenset(roles.split()),
        title=title,
        comes_to=comes_to,
    )


_SUBMIT = "Submit this month's extract, and see who will see what of it."


def _analyst(agency: DemoAgency, name: str, title: str) -> Persona:
    return _persona(agency, "analyst", name, title=title, roles="uploader analyst", comes_to=_SUBMIT)


def _governance(agency: DemoAgency, name: str, title: str, whose: str) -> Persona:
    comes_to = f"Read what is proposed, and sign, suspend or end the {whose} part of an agreement."
    return _persona(agency, "governance", name, title=title, roles="governance_lead", comes_to=comes_to)


PERSONAS = (
    _persona(
        COUNCIL,
        "analyst",
        "Alba Finch",
        title="Partnership analyst",
        roles="analyst",
        comes_to="Join the agencies' figures by place, time and kind; explore, cite and export them.",
    ),
    _persona(
        COUNCIL,
        "governance",
        "Rowan Castell",
        title="Information governance lead",
        roles="governance_lead",
        comes_to="Write agreements, and answer who can see a field and why.",
    ),
    _persona(
        COUNCIL,
        "safety",
        "Miriam Oyelaran",
        title="Head of community safety",
        roles="governance_lead",
        comes_to="Sign agreements for the council, and approve what is built on them.",
    ),
    _persona(
        COUNCIL,
        "strategy",
        "Desmond Vale",
        title="Strategic lead of the partnership",
        roles="strategic_lead",
        comes_to="Read the strategic assessment, every number bound to its evidence.",
    ),
    _persona(
        COUNCIL,
        "auditor",
        "Petra Lindqvist-Jones",
        title="Internal auditor",
        roles="auditor",
        comes_to="Prove what happened: verify the log, and ask why a decision was taken.",
    ),
    _persona(
        COUNCIL,
        "data",
        "Yusuf Pemberley",
        title="Council data officer, community safety and children",
        roles="uploader analyst",
        comes_to=_SUBMIT,
    ),
    _analyst(POLICE, "Imran Holloway", "Police data analyst"),
    _governance(POLICE, "Bronwen Achebe", "Police information governance lead", "force's"),
    _analyst(HOSPITAL, "Tessa Quill", "Emergency department data analyst"),
    _governance(HOSPITAL, "Dr Femi Larkspur", "Caldicott guardian", "trust's"),
    _analyst(AMBULANCE, "Joss Marlowe-Rai", "Ambulance informatics analyst"),
    _governance(AMBULANCE, "Nadia Thorne", "Ambulance information governance lead", "trust's"),
    _analyst(FIRE, "Gethin Okonjo", "Fire and rescue data analyst"),
    _governance(FIRE, "Marguerite Sallow", "Fire and rescue information governance lead", "service's"),
    _analyst(PROBATION, "Dilys Tamworth", "Probation performance analyst"),
    _governance(PROBATION, "Anselm Kerridge", "Probation information governance lead", "unit's"),
    _analyst(YOUTH_JUSTICE, "Kezia Bramhall", "Youth justice information officer"),
    _governance(YOUTH_JUSTICE, "Tobias Nwosu-Pike", "Youth justice service manager", "service's"),
    _analyst(HOUSING, "Orla Vasquez-Dunn", "Housing association data analyst"),
    _governance(HOUSING, "Leopold Ashby-Mensah", "Housing association data protection officer", "association's"),
    _analyst(TRANSPORT, "Sunniva Copperfield", "Transport incident analyst"),
    _governance(TRANSPORT, "Ravi Underhill", "Transport information governance lead", "operator's"),
    _analyst(ICB, "Honor Blackwater", "Integrated care board analyst"),
    _governance(ICB, "Dr Caius Adeyemi-Frost", "Integrated care board Caldicott guardian", "board's"),
    _persona(
        HOST,
        "operator",
        "Caspian Webb",
        title="Hub operator",
        roles="operator",
        comes_to="Install, upgrade and back up, without a way to read the data.",
    ),
)

FOUR_PERSONAS = tuple(
    person
    for person in PERSONAS
    if person.agency in {agency.id for agency in FOUR} and person.id != f"{COUNCIL.id}-data"
)
"""The people of the small partnership, whose council submits nothing."""


def persona(id: str) -> Persona:  # noqa: A002 - the word of the interface
    """The persona of that id; KeyError when there is none."""
    return {person.id: person for person in PERSONAS}[id]

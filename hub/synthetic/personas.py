"""The invented agencies of the demo and the people in them, as the demo's login page offers them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAgency:
    """An invented agency. `kind` is a kind of agency as `hub.identity` knows them; `supplies` are the datasets it submits."""

    id: str
    name: str
    kind: str
    supplies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """An invented person. `id` serves as the subject at the agency's provider; `comes_to` says in a line what they come to do."""

    id: str
    agency: str
    name: str
    roles: frozenset[str]
    title: str
    comes_to: str


COUNCIL = DemoAgency(id="ravensbourne-council", name="Ravensbourne Council (invented)", kind="local_authority")
POLICE = DemoAgency(
    id="ravensbourne-police",
    name="Ravensbourne Police (invented)",
    kind="chief_officer_police",
    supplies=("police/street-crime", "police/stop-and-search"),
)
HOSPITAL = DemoAgency(
    id="ravensbourne-hospital",
    name="Ravensbourne General Hospital NHS Trust (invented)",
    kind="nhs_trust",
    supplies=("health/istv-assaults",),
)
AMBULANCE = DemoAgency(
    id="ravensbourne-ambulance",
    name="Ravensbourne Ambulance Service NHS Trust (invented)",
    kind="ambulance_trust",
    supplies=("ambulance/violence-callouts",),
)
HOST = DemoAgency(id="ravensbourne-hosting", name="Ravensbourne Hosting (invented)", kind="hub_operator")
"""Runs the hub as a processor for each controller; no partner, supplies and receives nothing."""

PARTNERS = (COUNCIL, POLICE, HOSPITAL, AMBULANCE)
"""The four agencies of the partnership; the council leads it."""
AGENCIES = (*PARTNERS, HOST)


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
_SIGN = "Read what is proposed, and sign, suspend or end the trust's part of an agreement."

PERSONAS = (
    _persona(
        POLICE,
        "analyst",
        "Imran Holloway",
        title="Police data analyst",
        roles="uploader analyst",
        comes_to=_SUBMIT,
    ),
    _persona(
        POLICE,
        "governance",
        "Bronwen Achebe",
        title="Police information governance lead",
        roles="steward approver",
        comes_to="Read what is proposed, and sign, suspend or end the force's part of an agreement.",
    ),
    _persona(
        HOSPITAL,
        "analyst",
        "Tessa Quill",
        title="Emergency department data analyst",
        roles="uploader analyst",
        comes_to=_SUBMIT,
    ),
    _persona(
        HOSPITAL,
        "governance",
        "Dr Femi Larkspur",
        title="Caldicott guardian",
        roles="steward approver",
        comes_to=_SIGN,
    ),
    _persona(
        AMBULANCE,
        "analyst",
        "Joss Marlowe-Rai",
        title="Ambulance informatics analyst",
        roles="uploader analyst",
        comes_to=_SUBMIT,
    ),
    _persona(
        AMBULANCE,
        "governance",
        "Nadia Thorne",
        title="Ambulance information governance lead",
        roles="steward approver",
        comes_to=_SIGN,
    ),
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
        roles="steward",
        comes_to="Write agreements, and answer who can see a field and why.",
    ),
    _persona(
        COUNCIL,
        "approver",
        "Miriam Oyelaran",
        title="Head of community safety",
        roles="approver",
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
        HOST,
        "operator",
        "Caspian Webb",
        title="Hub operator",
        roles="operator",
        comes_to="Install, upgrade and back up, without a way to read the data.",
    ),
)


def persona(id: str) -> Persona:  # noqa: A002 - the word of the interface
    """The persona of that id; KeyError when there is none."""
    return {person.id: person for person in PERSONAS}[id]

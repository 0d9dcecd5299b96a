"""The invented agencies of the demo: who supplies which dataset, and who only reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAgency:
    """An invented agency. `kind` is a kind of agency as `hub.identity` knows them; `supplies` are the datasets it submits."""

    id: str
    name: str
    kind: str
    supplies: tuple[str, ...] = ()


COUNCIL = DemoAgency(
    id="ravensbourne-council",
    name="Ravensbourne Council (invented)",
    kind="local_authority",
    supplies=(
        "council/antisocial-behaviour",
        "council/suspensions-exclusions",
        "council/children-in-need",
        "council/road-collisions",
        "council/perception-survey",
        "council/consultation-responses",
    ),
)
POLICE = DemoAgency(
    id="ravensbourne-police",
    name="Ravensbourne Police (invented)",
    kind="chief_officer_police",
    supplies=("police/street-crime", "police/stop-and-search", "police/recorded-crime", "police/outcomes"),
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
FIRE = DemoAgency(
    id="ravensbourne-fire",
    name="Ravensbourne Fire and Rescue Service (invented)",
    kind="fire_rescue_authority",
    supplies=("fire/incidents",),
)
PROBATION = DemoAgency(
    id="ravensbourne-probation",
    name="Ravensbourne Probation Delivery Unit (invented)",
    kind="probation_provider",
    supplies=("probation/caseload",),
)
YOUTH_JUSTICE = DemoAgency(
    id="ravensbourne-youth-justice",
    name="Ravensbourne Youth Justice Service (invented)",
    kind="youth_offending_team",
    supplies=("youth-justice/caseload",),
)
HOUSING = DemoAgency(
    id="ravensbourne-housing",
    name="Ravensbourne Homes Housing Association (invented)",
    kind="housing_association",
    supplies=("housing/antisocial-behaviour",),
)
TRANSPORT = DemoAgency(
    id="ravensbourne-transport",
    name="Ravensbourne Transport (invented)",
    kind="transport",
    supplies=("transport/incidents",),
)
ICB = DemoAgency(
    id="ravensbourne-icb",
    name="Ravensbourne Integrated Care Board (invented)",
    kind="integrated_care_board",
    supplies=("health/admissions",),
)
HOST = DemoAgency(id="ravensbourne-hosting", name="Ravensbourne Hosting (invented)", kind="hub_operator")
"""Runs the hub as a processor for each controller; no partner, supplies and receives nothing."""

PARTNERS = (COUNCIL, POLICE, HOSPITAL, AMBULANCE, FIRE, PROBATION, YOUTH_JUSTICE, HOUSING, TRANSPORT, ICB)
"""The agencies of the partnership; the council leads it."""
AGENCIES = (*PARTNERS, HOST)

FOUR = (COUNCIL, POLICE, HOSPITAL, AMBULANCE, HOST)
"""The four that the partnership began with, and its host: a small partnership, quick to set up."""
FOUR_DATASETS = (
    "police/street-crime",
    "police/stop-and-search",
    "health/istv-assaults",
    "ambulance/violence-callouts",
)
"""What the four submit in the small partnership."""

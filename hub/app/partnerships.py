"""The partnerships that `hub demo` and `hub tour` set up: agencies, people and the agreements between them. Data only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.synthetic import AGENCIES, FOUR, FOUR_PERSONAS, PARTNERSHIP, PERSONAS, DemoAgency, Persona


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedAgency:
    """An agency to be made; `kind` is a kind of `hub.identity`."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPerson:
    """A person to be made; `id` is the subject at the agency's demo issuer."""

    id: str
    agency: str
    name: str
    roles: frozenset[str]
    title: str
    comes_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership:
    """Everything a fresh state folder needs before the first extract. `agreements` are files under `policies/agreements`.

    `drafts` are proposed and left for the people to sign; `definition` is what its board adopted; empty: it has recorded no choice.
    """

    id: str
    name: str
    agencies: tuple[SeedAgency, ...]
    people: tuple[SeedPerson, ...]
    agreements: tuple[str, ...]
    invented: bool
    definition: str = ""
    drafts: tuple[str, ...] = ()

    def person(self, agency: str, role: str) -> SeedPerson:
        """The first person of an agency with a role."""
        return next(one for one in self.people if one.agency == agency and role in one.roles)


def _invented(
    id: str,  # noqa: A002 - the word of the model
    agencies: Iterable[DemoAgency],
    people: Iterable[Persona],
    *agreements: str,
) -> Partnership:
    return Partnership(
        id=id,
        name=PARTNERSHIP,
        agencies=tuple(SeedAgency(id=one.id, name=one.name, kind=one.kind) for one in agencies),
        people=tuple(
            SeedPerson(
                id=one.id, agency=one.agency, name=one.name, roles=one.roles, title=one.title, comes_to=one.comes_to
            )
            for one in people
        ),
        agreements=agreements,
        invented=True,
        definition="ravensbourne@1",
    )


RAVENSBOURNE = replace(
    _invented("ravensbourne", AGENCIES, PERSONAS, "ravensbourne", "ravensbourne/wider"), drafts=("ravensbourne/drafts",)
)
RAVENSBOURNE_FOUR = _invented("ravensbourne-four", FOUR, FOUR_PERSONAS, "ravensbourne")
"""The four agencies that it began with: what is measured and tested where more would only take longer."""

_BROMLEY_AGENCIES = (
    SeedAgency(id="bromley-council", name="London Borough of Bromley", kind="local_authority"),
    SeedAgency(id="met-police", name="Metropolitan Police Service", kind="chief_officer_police"),
    SeedAgency(id="city-police", name="City of London Police", kind="chief_officer_police"),
    SeedAgency(id="west-yorkshire-police", name="West Yorkshire Police", kind="chief_officer_police"),
    SeedAgency(id="london-fire", name="London Fire Brigade", kind="fire_rescue_authority"),
    SeedAgency(id="hub-operator", name="Hub operator", kind="hub_operator"),
)


def _people(agency: str, *kinds: tuple[str, str, str]) -> tuple[SeedPerson, ...]:
    return tuple(
        SeedPerson(
            id=f"{agency}-{slug}",
            agency=agency,
            name=f"{title} ({agency})",
            roles=frozenset(roles.split()),
            title=title,
            comes_to="Walk the tour",
        )
        for slug, title, roles in kinds
    )


_SUPPLIER = (
    ("analyst", "Data analyst", "uploader analyst"),
    ("governance", "Information governance lead", "governance_lead"),
)
_BROMLEY_PEOPLE = (
    *_people(
        "bromley-council",
        ("analyst", "Partnership analyst", "analyst"),
        ("governance", "Information governance lead", "governance_lead"),
        ("safety", "Head of community safety", "governance_lead"),
        ("strategy", "Strategic lead", "strategic_lead"),
        ("auditor", "Internal auditor", "auditor"),
    ),
    *_people("met-police", *_SUPPLIER),
    *_people("city-police", *_SUPPLIER),
    *_people("west-yorkshire-police", *_SUPPLIER),
    *_people("london-fire", *_SUPPLIER),
    *_people("hub-operator", ("operator", "Hub operator", "operator")),
)

BROMLEY_OPEN = Partnership(
    id="bromley-open",
    name="Safer Bromley (tour, public data)",
    agencies=_BROMLEY_AGENCIES,
    people=_BROMLEY_PEOPLE,
    agreements=("bromley-open",),
    invented=False,
)
BROMLEY_CLOSED = Partnership(
    id="bromley-closed",
    name="Safer Bromley (tour, the same data under nhs_hes)",
    agencies=_BROMLEY_AGENCIES,
    people=_BROMLEY_PEOPLE,
    agreements=("bromley-closed",),
    invented=False,
)

PARTNERSHIPS = {one.id: one for one in (RAVENSBOURNE, RAVENSBOURNE_FOUR, BROMLEY_OPEN, BROMLEY_CLOSED)}

"""Rows between agencies for tests: an agreement that gives them, areas with real-looking codes, and what a reader then gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from hub.agreements import read_agreement
from hub.app import Hub
from hub.kit.authority import Action, Grant, Reader
from hub.snapshots import OpenRows
from tests.support.geography import write_squares
from tests.support.snapshots import PURPOSE, AHub, an_analyst

STREET, SEARCHES = "police/street-crime", "police/stop-and-search"
MET, CITY, COUNCIL = "met-police", "city-police", "bromley-council"
STREET_FORMS = {
    "Crime ID": "read_pseudonymised",
    "Month": "read_clear",
    "LSOA code": "read_generalised",
    "Crime type": "read_clear",
}
SEARCH_FORMS = {
    "Date": "read_generalised",
    "Longitude": "read_generalised",
    "Latitude": "read_generalised",
    "Gender": "read_clear",
}
SHARED = {
    "Crime ID": "read_pseudonymised",
    "Month": "read_generalised",
    "LSOA code": "read_generalised",
    "Crime type": "read_clear",
}
"""Forms in which rows of street crime go to another agency: nothing finer than month and area."""

MOVED = {
    "Date": "read_generalised",
    "Longitude": "read_generalised",
    "Latitude": "read_generalised",
    "Object of search": "read_clear",
    "Gender": "read_clear",
}
"""Forms of stop and search: the moment and the point coarser."""


def an_agreement(
    name: str,
    dataset: str,
    fields: Mapping[str, str] | str,
    *,
    recipients: tuple[str, ...] = (COUNCIL,),
    supplier: str = MET,
    **changes: Any,
) -> str:
    """An agreement by which a police force gives rows of a dataset under s.16."""
    others = sorted({*recipients} - {supplier}) or [COUNCIL]
    processor = changes.pop("processor", "hub-operator")
    said = {
        "agreement": name,
        "version": 1,
        "title": name,
        "gateway": "pcsc_s16",
        "purposes": [PURPOSE],
        "lawful_basis": "UK GDPR Art. 6(1)(e)",
        "starts_on": yaml.safe_load("2015-01-01"),
        "expires_on": yaml.safe_load("2035-12-31"),
        "parties": [
            {"agency": supplier, "role": "controller"},
            *({"agency": agency, "role": "recipient"} for agency in others),
            {"agency": processor, "role": "processor"},
        ],
        "datasets": [
            {
                "dataset": dataset,
                "supplier": supplier,
                "data_class": "anonymised_record",
                "profile": "nhs_hes",
                "fields": fields if isinstance(fields, str) else dict(fields),
                "recipients": list(recipients),
            }
        ],
        "lawyer": {"must_confirm": [], "as_of": yaml.safe_load("2026-04-07")},
    }
    return yaml.safe_dump(said | changes, default_flow_style=None, width=10_000, sort_keys=False)


def english_squares(folder: Path) -> tuple[Path, ...]:
    """The invented squares under codes that the schemas accept: four LSOAs E0100000n, two wards E0500000n."""
    paths = write_squares(folder)
    for path in paths:
        text = path.read_text(encoding="utf-8-sig")
        path.write_text(text.replace("X01", "E01").replace("X05", "E05").replace("X09", "E09"), encoding="utf-8")
    return paths


def a_grant(hub: AHub, reader: Reader, dataset: str, **which: str) -> Grant:
    """The reader's grant of rows."""
    with hub.database.unit_of_work() as uow:
        return hub.policy.grant(uow, reader, [dataset], purpose=PURPOSE, justification="to plan patrols", **which)


@contextmanager
def opened(hub: AHub, agency: str, dataset: str, *, month: str = "", **which: str) -> Iterator[OpenRows]:
    """The rows open to an agency's analyst."""
    grant = a_grant(hub, an_analyst(agency), dataset, **which)
    with hub.database.reading() as reading, hub.granted.open(reading, grant, dataset, month=month) as rows:
        yield rows


def rows_seen(hub: AHub, agency: str, dataset: str, **which: str) -> list[dict[str, Any]]:
    """The rows an agency's analyst gets, column by column."""
    with opened(hub, agency, dataset, **which) as rows:
        names = [one.name for one in rows.fields]
        found = rows.session.rows(f"SELECT * FROM {rows.relation} ORDER BY ALL")
    return [dict(zip(names, row, strict=True)) for row in found]


def agree_in(hub: Hub, document: str) -> None:
    """Bring an agreement into force in a whole hub: one information governance lead proposes, another of each party's signs."""
    agreement = read_agreement(document)
    with hub.database.unit_of_work() as uow:
        author = Reader(agency=agreement.parties[0].agency, person="per_author", roles=frozenset({"governance_lead"}))
        permit = hub.policy.permit(uow, author, Action.AGREEMENT_PROPOSE, "agreements")
        agreed = hub.agreements.propose(uow, permit, document)
        for agency in agreed.missing_signatures:
            signer = Reader(agency=agency, person=f"per_{agency}", roles=frozenset({"governance_lead"}))
            signing = hub.policy.permit(uow, signer, Action.AGREEMENT_SIGN, agreed.reference)
            agreed = hub.agreements.sign(uow, signing, agreed.reference)
    assert agreed.status.value == "in-force"

"""What no agreement can make lawful is refused: at the verb with its reasons, on the page in words; nothing is kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from hub.agreements import ProposalRefused
from hub.kit.authority import Action, Reader
from hub.kit.errors import Refused
from hub.kit.paths import data_root
from hub.schemas import SchemaRegistry
from tests.support.pages import words_of
from tests.support.partnerships import RAVENSBOURNE_2025, House, a_house, made

GOVERNANCE_LEAD = "ravensbourne-council-governance"
POLICE, COUNCIL, HOSPITAL, AMBULANCE = (
    f"ravensbourne-{name}" for name in ("police", "council", "hospital", "ambulance")
)
STREET, API, ISTV = "police/street-crime", "police/street-crime-api", "health/istv-assaults"
NAMES = {
    POLICE: "Ravensbourne Police (invented)",
    COUNCIL: "Ravensbourne Council (invented)",
    HOSPITAL: "Ravensbourne General Hospital NHS Trust (invented)",
    AMBULANCE: "Ravensbourne Ambulance Service NHS Trust (invented)",
}


@dataclass(frozen=True)
class Draft:
    """A draft that is refused, and why: the code of one reason, the section it cites, the body it names."""

    it: str
    document: str
    code: str
    section: str
    names: str


def a_draft(name: str, *, gateway: str, controller: str, recipients: list[str], clauses: list[dict[str, Any]]) -> str:
    """An agreement that is in order but for what the test is about."""
    return yaml.safe_dump(
        {
            "agreement": name,
            "version": 1,
            "title": "A draft",
            "gateway": gateway,
            "purposes": ["svd.identify_kinds"],
            "lawful_basis": "UK GDPR Art. 6(1)(e), public task",
            "starts_on": yaml.safe_load("2026-01-01"),
            "expires_on": yaml.safe_load("2030-12-31"),
            "parties": [
                {"agency": controller, "role": "controller"},
                *({"agency": agency, "role": "recipient", "lead": agency == COUNCIL} for agency in recipients),
                {"agency": "ravensbourne-hosting", "role": "processor"},
            ],
            "datasets": clauses,
            "lawyer": {"must_confirm": ["that this is a test"], "as_of": yaml.safe_load("2026-04-07")},
        },
        sort_keys=False,
    )


def a_clause(dataset: str, supplier: str, recipients: list[str], **changes: Any) -> dict[str, Any]:
    """Counts under nhs_hes to these recipients, with `changes`."""
    return {
        "dataset": dataset,
        "supplier": supplier,
        "data_class": "anonymised_record",
        "profile": "nhs_hes",
        "fields": "count",
        "recipients": recipients,
        "part_accept": True,
    } | changes


DRAFTS = [
    Draft(
        "s16-for-a-hospital-trust",
        a_draft(
            "s16-hospital",
            gateway="pcsc_s16",
            controller=HOSPITAL,
            recipients=[COUNCIL],
            clauses=[a_clause(ISTV, HOSPITAL, [COUNCIL])],
        ),
        "floor.s16-discloser",
        "PCSC Act 2022 s.16(2)",
        HOSPITAL,
    ),
    Draft(
        "police-rows-to-the-ambulance-trust-under-s16",
        a_draft(
            "s16-ambulance",
            gateway="pcsc_s16",
            controller=POLICE,
            recipients=[COUNCIL, AMBULANCE],
            clauses=[a_clause(STREET, POLICE, [AMBULANCE], fields="read_clear")],
        ),
        "floor.s16-recipient",
        "PCSC Act 2022 s.16(2)",
        AMBULANCE,
    ),
    Draft(
        "health-rows-to-another-agency",
        a_draft(
            "health-rows",
            gateway="nhs_istv",
            controller=HOSPITAL,
            recipients=[COUNCIL],
            clauses=[a_clause(ISTV, HOSPITAL, [COUNCIL], fields="read_clear")],
        ),
        "floor.health-rows",
        "PCSC Act 2022 s.10(10)",
        COUNCIL,
    ),
    Draft(
        "rows-without-a-field-and-the-table-that-has-it",
        a_draft(
            "rows-and-table",
            gateway="pcsc_s16",
            controller=POLICE,
            recipients=[COUNCIL],
            clauses=[
                a_clause(API, POLICE, [COUNCIL, POLICE]),
                a_clause(
                    API, POLICE, [POLICE], fields=dict.fromkeys(("id", "month", "latitude", "longitude"), "read_clear")
                ),
            ],
        ),
        "floor.rows-and-table",
        "rows-and-table",
        POLICE,
    ),
    Draft(
        "open-where-it-is-closed",
        a_draft(
            "open-too",
            gateway="public_domain",
            controller=POLICE,
            recipients=[COUNCIL],
            clauses=[a_clause(STREET, POLICE, [COUNCIL], data_class="public", profile="open")],
        ),
        "agreement.one-profile",
        "ravensbourne-police-duty@1",
        POLICE,
    ),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(RAVENSBOURNE_2025, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("proposals")) as served:
        yield served


def agreements_of(house: House) -> list[tuple[Any, ...]]:
    return [*house.rows("SELECT * FROM agreement_document"), *house.rows("SELECT * FROM agreement_event")]


def propose(house: House, document: str) -> None:
    with house.hub.database.unit_of_work() as uow:
        permit = house.hub.policy.permit(uow, house.reader(GOVERNANCE_LEAD), Action.AGREEMENT_PROPOSE, "agreements")
        house.hub.agreements.propose(uow, permit, document)


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.it)
def test_it_is_refused_naming_section_and_body_and_nothing_is_kept(house: House, draft: Draft) -> None:
    before = agreements_of(house)
    with pytest.raises(ProposalRefused) as caught:
        propose(house, draft.document)
    (reason, *_) = [reason for reason in caught.value.reasons if reason.code == draft.code]
    assert draft.section in f"{reason.section} {reason.sentence}"
    assert draft.names in reason.bodies
    page = house.visitor(GOVERNANCE_LEAD).post("/agreements/propose", document=draft.document)
    assert page.status_code == 422
    words = words_of(page.text)
    assert reason.sentence in words
    assert draft.section in words
    assert NAMES[draft.names] in reason.sentence
    assert "Traceback" not in page.text
    assert agreements_of(house) == before


def test_a_refused_proposal_is_a_decision_that_the_log_holds(house: House) -> None:
    """Although nothing of the draft is kept: who proposed what, and which rules stood against it."""
    draft = DRAFTS[0]
    found = "SELECT agency, person, detail FROM audit_entries WHERE subject = ? AND (verb, outcome) = ('decision', 'refused')"
    subject = f"agreement/{yaml.safe_load(draft.document)['agreement']}@1"
    before = house.rows(found, subject)
    with pytest.raises(ProposalRefused):
        propose(house, draft.document)
    *earlier, (agency, person, detail) = house.rows(found, subject)
    assert earlier == before
    assert (agency, person) == (COUNCIL, house.reader(GOVERNANCE_LEAD).person)
    assert draft.code in json.loads(detail)["policies"].split()
    with house.hub.database.reading() as reading:
        assert house.hub.audit.verify(reading).verified


def test_the_same_flows_through_a_gateway_that_covers_them_are_taken_as_drafts(house: House) -> None:
    """So that the refusals above are of what is wrong in them, not of everything."""
    lawful = a_draft(
        "statistics-for-the-ambulance-trust",
        gateway="anonymised_statistics",
        controller=POLICE,
        recipients=[COUNCIL, AMBULANCE],
        clauses=[a_clause(STREET, POLICE, [COUNCIL, AMBULANCE])],
    )
    answer = house.visitor(GOVERNANCE_LEAD).post("/agreements/propose", document=lawful)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/agreements/statistics-for-the-ambulance-trust@1")
    page = house.visitor(GOVERNANCE_LEAD).get(answer.headers["location"])
    assert "Draft" in words_of(page.text)


def test_a_draft_that_differs_from_what_stands_names_both_on_its_page_and_when_explained(house: House) -> None:
    """Retention and the last day: nothing is refused, everything is said; the explanation tells it once it is in force."""
    draft = a_draft(
        "shorter-kept",
        gateway="anonymised_statistics",
        controller=POLICE,
        recipients=[COUNCIL, HOSPITAL],
        clauses=[a_clause(STREET, POLICE, [COUNCIL, HOSPITAL], keep_returned_days=7)],
    )
    answer = house.visitor(GOVERNANCE_LEAD).post("/agreements/propose", document=draft)
    said = words_of(house.visitor(GOVERNANCE_LEAD).get(answer.headers["location"]).text)
    assert "Where agreements differ" in said
    assert "shorter-kept@1 says 7 days" in said
    assert "ravensbourne-police-duty@1 says 30 days" in said
    assert "the shortest holds" in said
    explained = {"dataset": STREET, "purpose": "svd.identify_kinds"}
    assert "Where agreements differ" not in house.visitor(GOVERNANCE_LEAD).get(f"/explain?{urlencode(explained)}").text
    for agency in (POLICE, COUNCIL, HOSPITAL):
        _sign(house, "shorter-kept@1", agency)
    told = house.api("ravensbourne-council-analyst").ok("/explain", **explained)["differences"]
    assert {one["field"] for one in told} == {"keep_returned_days", "expires_on"}
    assert all({"shorter-kept@1"} < set(one["agreements"]) for one in told)
    page = house.visitor("ravensbourne-council-analyst").get(f"/explain?{urlencode(explained)}")
    assert all(one["sentence"] in words_of(page.text) for one in told)


def _sign(house: House, reference: str, agency: str) -> None:
    reader = Reader(agency=agency, person=f"per_signs_{agency}", roles=frozenset({"governance_lead"}))
    with house.hub.database.unit_of_work() as uow:
        permit = house.hub.policy.permit(uow, reader, Action.AGREEMENT_SIGN, reference)
        house.hub.agreements.sign(uow, permit, reference)


def test_a_document_that_cannot_be_read_says_what_to_mend(house: House) -> None:
    for document in ("agreement: [", "just words", "agreement: x\nversion: 1\n", "\x00"):
        page = house.visitor(GOVERNANCE_LEAD).post("/agreements/propose", document=document)
        assert page.status_code == 422
        assert "There is a problem" in page.text
        assert "Traceback" not in page.text


def test_nobody_but_an_information_governance_lead_of_a_party_proposes(house: House) -> None:
    page = house.visitor("ravensbourne-council-analyst").post("/agreements/propose", document=DRAFTS[0].document)
    assert page.status_code == 403


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (
            {"fields": [{"name": "patient_name", "type": "string", "title": "Name", "sensitivity": "D"}]},
            "field",
            "patient_name",
        ),
        ({"data_class": "pseudonymised_record"}, "class", "pseudonymised_record"),
        ({"data_class": "personal"}, "class", "personal"),
    ],
    ids=["a-personal-field", "pseudonymised", "personal"],
)
def test_a_health_schema_with_personal_data_is_refused_before_the_hub_starts(
    tmp_path: Path, change: dict[str, Any], code: str, said: str
) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(data_root("schemas"), folder)
    path = folder / "health" / "istv-assaults" / "1.0.0.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    schema |= {"data_class": change.get("data_class", schema["data_class"])}
    schema["fields"] += change.get("fields", [])
    path.write_text(yaml.safe_dump(schema, sort_keys=False), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        SchemaRegistry.from_folder(folder)
    assert caught.value.code == f"health-personal-{code}"
    for words in (ISTV, said, "an NHS trust", "Police, Crime, Sentencing and Courts Act 2022 s.16(4)(a)"):
        assert words in caught.value.title
    assert caught.value.remedy

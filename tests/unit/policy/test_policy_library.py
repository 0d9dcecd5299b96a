"""The policy files: what may stand where, what is noticed when it is wrong, and the hash of them all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hub.audit import READING_PURPOSES
from hub.disclosure.profiles import PROFILES
from hub.identity import AgencyKind
from hub.kit.errors import Invalid
from hub.kit.paths import data_root
from hub.policy import PolicyLibrary, kinds_page
from hub.schemas.model import AGENCY_KINDS, HEALTH_BODIES
from tests.support.policy import the_library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "policies"
    shutil.copytree(data_root("policies"), copy)
    return copy


def test_kinds_are_those_that_identity_and_schemas_write() -> None:
    library = the_library()
    assert set(library.kinds) == {kind.value for kind in AgencyKind} == set(AGENCY_KINDS)
    assert {name for name, kind in library.kinds.items() if kind.health} == set(HEALTH_BODIES)
    assert {name for name, kind in library.kinds.items() if kind.health_or_social_care} == {
        "integrated_care_board",
        "local_health_board",
    }


SECTION_12 = """
local_authority, chief_officer_police, integrated_care_board, local_health_board, probation_provider, youth_offending_team,
fire_rescue_authority; educational, prison, youth_custody; local_policing_body; nhs_trust, ambulance_trust, housing_association,
vcs, transport, academic, vru_host
"""


def test_every_kind_of_body_the_duty_meets_is_there_and_the_hubs_own() -> None:
    listed = {one.strip(" ;,\n") for one in SECTION_12.replace(";", ",").split(",")}
    assert set(the_library().kinds) == listed | {"hub_operator"}


def test_the_statutory_lists_hold_the_kinds_of_the_act_and_no_other() -> None:
    lists = the_library().lists
    specified = SECTION_12.split(";", maxsplit=1)[0]
    assert set(lists["specified_authorities"].kinds) == {one.strip() for one in specified.split(",")}
    assert set(lists["relevant_institutions"].kinds) == {"educational", "prison", "youth_custody"}
    assert the_library().responsible_authorities == set(lists["community_safety_partners"].kinds)
    on_a_list = {kind for one in lists.values() for kind in one.kinds}
    assert not on_a_list & {"ambulance_trust", "housing_association", "vcs", "transport", "academic", "vru_host"}


def test_the_page_of_kinds_says_who_discloses_and_receives_by_each_gateway() -> None:
    library = the_library()
    lines = kinds_page(library).splitlines()
    heads = next(line for line in lines if "`pcsc_s16`" in line).split("|")
    rows = {line.split("`")[1]: line.split("|") for line in lines if line.startswith("| `")}  # the later table stays
    assert set(rows) == set(library.kinds)
    for name, gateway in library.gateways.items():
        at = heads.index(f" `{name}` ")
        for kind, cells in rows.items():
            assert ("discloses" in cells[at]) == (kind in gateway.disclosers), (kind, name)
            assert ("receives" in cells[at]) == (kind in gateway.recipients), (kind, name)


def test_profiles_have_the_numbers_that_disclosure_control_applies() -> None:
    built = {name: profile for name, profile in the_library().profiles.items() if profile.built}
    assert set(built) == set(PROFILES)
    for name, said in built.items():
        applied = PROFILES[name]
        assert (said.threshold, said.round_to, said.hides_zero, said.hides) == (
            applied.threshold,
            applied.round_to,
            applied.hides_zero,
            applied.hides,
        )


def test_the_purposes_of_reading_the_log_are_those_of_the_act() -> None:
    log = {name for name, purpose in the_library().purposes.items() if purpose.family == "log"}
    assert log == set(READING_PURPOSES)


def test_every_closed_list_carries_its_date_and_what_a_lawyer_must_confirm() -> None:
    for closed in the_library().lists.values():
        assert closed.as_of == "2026-04-07"
        assert closed.lawyer_must_confirm
        assert closed.section
        assert closed.kinds


def test_the_list_of_section_16_holds_no_hospital_ambulance_trust_or_charity() -> None:
    gateway = the_library().gateways["pcsc_s16"]
    outside = {
        "nhs_trust",
        "ambulance_trust",
        "housing_association",
        "vcs",
        "transport",
        "academic",
        "vru_host",
        "hub_operator",
    }
    assert gateway.disclosers == gateway.recipients == set(AGENCY_KINDS) - outside


def test_floor_and_terms_only_forbid_and_roles_only_permit() -> None:
    for folder, effect in (("floor", "permit"), ("terms", "permit"), ("roles", "forbid")):
        for path in (data_root("policies") / folder).glob("*.cedar"):
            for line in path.read_text(encoding="utf-8").splitlines():
                assert not line.startswith(effect), f"{path.name}: {line}"


def test_the_hash_changes_with_every_policy_file_and_with_nothing_else(folder: Path) -> None:
    before = PolicyLibrary(folder).hash
    assert before == the_library().hash
    (folder / "cases" / "more.yaml").write_text("about: none", encoding="utf-8")
    (folder / "agreements" / "more.yaml").write_text("agreement: none", encoding="utf-8")
    assert PolicyLibrary(folder).hash == before
    seen = {before}
    for name in ("floor/health.cedar", "terms/clause.cedar", "roles/analyst.cedar", "hub.cedarschema"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + "\n// changed\n", encoding="utf-8")
        seen.add(PolicyLibrary(folder).hash)
    for name in ("purposes.yaml", "gateways.yaml", "kinds.yaml", "profiles/open.yaml"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
        seen.add(PolicyLibrary(folder).hash)
    assert len(seen) == 9


def change(name: str, **values: object) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        path = folder / name
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")) | values), encoding="utf-8")

    return changed


def add(name: str, text: str) -> Callable[[Path], None]:
    def added(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return added


def gateway(**values: object) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        path = folder / "gateways.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content["gateways"]["pcsc_s16"] |= values
        path.write_text(yaml.safe_dump(content), encoding="utf-8")

    return changed


def closed_list(**values: object) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        path = folder / "gateways.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content["lists"]["specified_authorities"] |= values
        path.write_text(yaml.safe_dump(content), encoding="utf-8")

    return changed


PERMIT = '@id("floor.opens")\n@section("none")\npermit (principal, action, resource);\n'
UNNAMED = "forbid (principal, action, resource);\n"
TWICE = '@id("floor.health-rows")\n@section("none")\nforbid (principal, action, resource);\n'
NO_SECTION = '@id("floor.unheard-of")\nforbid (principal, action, resource);\n'
FORBIDDING_ROLE = '@id("analyst.not")\nforbid (principal, action, resource);\n'
MISSPELT = (
    '@id("agreement.misspelt")\nforbid (principal, action == Action::"count", resource) when { resource.recipent };\n'
)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (add("floor/health.cedar", PERMIT), "floor.opens"),
        (add("floor/health.cedar", UNNAMED), r"the policy \? needs an @id"),
        (add("floor/house.cedar", TWICE), "floor.health-rows"),
        (add("floor/health.cedar", NO_SECTION), "floor.unheard-of needs an @id that begins with floor. and a @section"),
        (add("roles/analyst.cedar", FORBIDDING_ROLE), "analyst.not"),
        (add("terms/clause.cedar", MISSPELT), "agreement.misspelt"),
        (change("profiles/open.yaml", profile="shut"), "open.yaml says that it is the profile shut"),
        (gateway(disclosers=["friends"]), "unknown list friends"),
        (gateway(recipients=["strangers"]), "unknown list strangers"),
        (gateway(data_classes=["secret"]), "unknown data class secret"),
        (gateway(profiles=["blur"]), "unknown profile blur"),
        (gateway(families=["curiosity"]), "unknown family curiosity"),
        (closed_list(kinds=["coven"]), "unknown kind coven"),
        (change("kinds.yaml", witches=True), "witches is not a known key"),
    ],
)
def test_what_is_wrong_with_the_policies_is_named(folder: Path, spoil: Callable[[Path], None], says: str) -> None:
    spoil(folder)
    with pytest.raises(Invalid, match=says):
        PolicyLibrary(folder)
